//! `.goenv` and the go/env file, from the book's pages on `.goenv` and the chain.

use super::toolchain::{Up, gotoolchain, is_custom};
use super::{lines, own_lines, without_blanks};

/// The tier of a setting in a `.goenv`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tier {
    /// Applied at once.
    Open,
    /// Applied at once, unless it hides another value that the user has set.
    Yielding,
    /// Applied once the file is trusted.
    Guarded,
    /// Not applied, and the file is refused.
    Refused,
}

/// One setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Setting {
    pub(crate) key: String,
    pub(crate) value: Vec<u8>,
    pub(crate) line: u32,
    pub(crate) tier: Tier,
}

/// The settings of a `.goenv`, or the line for which it is refused.
pub(crate) fn goenv(bytes: &[u8]) -> Result<Vec<Setting>, u32> {
    let mut settings: Vec<Setting> = Vec::new();
    for (line, text) in own_lines(bytes) {
        if text.is_empty() || text.starts_with(b"#") {
            continue;
        }
        let (key, value) = assignment(&text).ok_or(line)?;
        let tier = tier(&key, &value);
        let twice = settings.iter().any(|setting| setting.key == key);
        if twice || tier == Tier::Refused || settings.len() == 256 {
            return Err(line);
        }
        settings.push(Setting { key, value, line, tier });
    }
    Ok(settings)
}

/// `KEY=VALUE`, with the accepted characters round the two.
fn assignment(text: &[u8]) -> Option<(String, Vec<u8>)> {
    let equals = text.iter().position(|b| *b == b'=')?;
    let mut key = without_blanks(&text[..equals]);
    if let Some(rest) = key.strip_prefix(b"export")
        && without_blanks(rest).len() < rest.len()
    {
        key = without_blanks(rest);
    }
    let mut value = without_blanks(&text[equals + 1..]);
    for quote in [b'"', b'\''] {
        if value.len() >= 2 && value.starts_with(&[quote]) && value.ends_with(&[quote]) {
            value = value[1..value.len() - 1].to_vec();
            break;
        }
    }
    let key = String::from_utf8(key).ok()?;
    let upper = |c: char| c.is_ascii_uppercase() || c == '_';
    let well_formed = key.starts_with(upper) && key.chars().all(|c| upper(c) || c.is_ascii_digit());
    let control = value.iter().any(|b| *b < b' ' && *b != b'\t' || *b == 0x7f);
    (well_formed && !control).then_some((key, value))
}

/// Every key that goward refuses with any value, and every beginning of one.
const NEVER: &str = "PATH PATHEXT COMSPEC SYSTEMROOT HOME USERPROFILE APPDATA XDG_CONFIG_HOME PWD \
    OLDPWD SHELL IFS BASH_ENV ENV PROMPT_COMMAND GLIBC_TUNABLES GOROOT GOTOOLDIR GOENV GOEXE \
    GOGCCFLAGS GOHOSTARCH GOHOSTOS GOMOD GOTELEMETRY GOTELEMETRYDIR GOVERSION LD_* DYLD_* MALLOC_* \
    GIT_* SSH_* SSL_CERT_* GOTOOLCHAIN_INTERNAL_* GOWARD_*";

/// The keys whose value is a word of lower-case letters, digits, `.` and `,`.
const TARGETS: &str = "GOOS GOARCH GO386 GOAMD64 GOARM GOARM64 GOMIPS GOMIPS64 GOPPC64 GORISCV64 \
    GOWASM";

/// The tier of one setting; an empty value sets nothing.
pub(crate) fn tier(key: &str, value: &[u8]) -> Tier {
    let never = |word: &str| match word.strip_suffix('*') {
        Some(beginning) => key.starts_with(beginning),
        None => key == word,
    };
    if key == "GOWARD_GO_LINE" {
        let known = ["", "minor", "minimum"].iter().any(|word| word.as_bytes() == value);
        return if known { Tier::Open } else { Tier::Refused };
    }
    if NEVER.split_whitespace().any(never) {
        return Tier::Refused;
    }
    if value.is_empty() {
        return Tier::Open;
    }
    // A value that is not UTF-8 is in none of these grammars.
    let text = String::from_utf8_lossy(value);
    let open_or = |good: bool, otherwise: Tier| if good { Tier::Open } else { otherwise };
    let yielding_or = |good: bool, otherwise| if good { Tier::Yielding } else { otherwise };
    let made_of = |more: &str| {
        text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || more.contains(c))
    };
    match key {
        "GOTOOLCHAIN" => open_or(looks_nothing_up(value), Tier::Guarded),
        "CGO_ENABLED" => yielding_or(text == "0" || text == "1", Tier::Refused),
        "GO111MODULE" => yielding_or(text == "on", Tier::Guarded),
        "GOEXPERIMENT" => yielding_or(made_of(",") && text.len() <= 256, Tier::Refused),
        "GOFIPS140" => yielding_or(made_of(".,") && text.len() <= 32, Tier::Refused),
        "GOFLAGS" => yielding_or(text.split(' ').all(is_harmless_flag), Tier::Guarded),
        "GOPROXY" => yielding_or(is_public(&text), Tier::Guarded),
        _ if TARGETS.split_whitespace().any(|target| target == key) => {
            open_or(made_of(".,") && text.len() <= 32, Tier::Refused)
        }
        _ => Tier::Guarded,
    }
}

/// A value that is refused anyway is left to the chain, which says so in Go's words.
fn looks_nothing_up(value: &[u8]) -> bool {
    gotoolchain(value).is_none_or(|parsed| match parsed.name {
        Some(name) => parsed.up != Up::Path && !is_custom(&name),
        None => value == b"auto" || value == b"local",
    })
}

fn is_harmless_flag(flag: &str) -> bool {
    const WHOLE: &str =
        "-mod=readonly -mod=vendor -trimpath -race -v -buildvcs=false -buildvcs=auto";
    let flag = if flag.starts_with("--") { &flag[1..] } else { flag };
    let tag = |c: char| c.is_ascii_alphanumeric() || "_.,".contains(c);
    flag.is_empty()
        || WHOLE.split(' ').any(|whole| whole == flag)
        || flag.strip_prefix("-tags=").is_some_and(|tags| !tags.is_empty() && tags.chars().all(tag))
}

/// The book's table of public proxies.
const PROXIES: &str = "https://proxy.golang.org https://goproxy.cn https://goproxy.io \
    https://mirrors.aliyun.com/goproxy https://mirrors.cloud.tencent.com/go \
    https://repo.huaweicloud.com/repository/goproxy";

fn is_listed(element: &str) -> bool {
    PROXIES.split(' ').any(|url| element == url || element == format!("{url}/"))
}

fn is_public(value: &str) -> bool {
    let elements: Vec<&str> = value.split([',', '|']).collect();
    let known = |element: &&str| ["off", "direct"].contains(element) || is_listed(element);
    elements.len() <= 8 && elements.iter().all(known)
}

/// Whether a yielding setting may hide the value that would count without it.
pub(crate) fn may_hide(key: &str, value: &[u8], hidden: Option<&[u8]>) -> bool {
    let Some(hidden) = hidden else { return true };
    if key != "GOPROXY" {
        return value == hidden;
    }
    let (value, hidden) = (String::from_utf8_lossy(value), String::from_utf8_lossy(hidden));
    let hidden: Vec<&str> = hidden.split([',', '|']).map(|element| element.trim_ascii()).collect();
    let direct = hidden.contains(&"direct");
    let public = |element: &&str| element.is_empty() || *element == "direct" || is_listed(element);
    hidden.iter().all(public) && (direct || !value.split([',', '|']).any(|one| one == "direct"))
}

/// The value of `key` in a go/env file, and its line: the last line that counts.
pub(crate) fn go_env(bytes: &[u8], key: &str) -> Option<(Vec<u8>, u32)> {
    let beginning = format!("{key}=").into_bytes();
    let counts = |line: &[u8]| line.first().is_some_and(u8::is_ascii_uppercase);
    let mut last = None;
    for (number, line) in lines(bytes) {
        if counts(&line) && line.starts_with(&beginning) {
            last = Some((line[beginning.len()..].to_vec(), number));
        }
    }
    last
}
