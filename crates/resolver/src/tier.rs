//! What a setting in a `.goenv` may do. A setting that applies at once must be harmless even if an
//! enemy wrote it: it may change what is built, never where from, who vouches, what runs, or what
//! the user has decided.

use crate::go_line::{GO_LINE, GoLine};
use crate::gotoolchain::{Gotoolchain, Mode};
use crate::list::{holds, words};
use crate::proxies;

/// How much consent a setting needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    /// Applied at once: it chooses, and can neither execute nor redirect.
    Open,
    /// Applied at once where it hides nothing that the user's go/env file or the chosen toolchain's
    /// `go.env` decides otherwise; else as [`Tier::Guarded`].
    Yielding,
    /// Applied once the user has trusted the bytes of the file.
    Guarded,
    /// Never applied.
    Never,
    /// An open key with a value that Go would not know.
    Invalid,
}

/// Keys that decide what is executed, where goward and Go find their own files, or that Go
/// computes itself (`cmd/go/internal/envcmd/env.go`, `checkEnvWrite`).
const NEVER: &str = "GLIBC_TUNABLES PATH PATHEXT COMSPEC SYSTEMROOT HOME USERPROFILE APPDATA \
    XDG_CONFIG_HOME PWD OLDPWD SHELL IFS BASH_ENV ENV PROMPT_COMMAND GOROOT GOTOOLDIR GOENV \
    GOEXE GOGCCFLAGS GOHOSTARCH GOHOSTOS GOMOD GOTELEMETRY GOTELEMETRYDIR GOVERSION";

/// Families of such keys.
const NEVER_PREFIXES: &str = "LD_ DYLD_ MALLOC_ GIT_ SSH_ SSL_CERT_ GOTOOLCHAIN_INTERNAL_ GOWARD_";

/// Keys whose value picks a target; validated by shape, Go itself knows the list.
const TARGETS: &str =
    "GOOS GOARCH GO386 GOAMD64 GOARM GOARM64 GOMIPS GOMIPS64 GOPPC64 GORISCV64 GOWASM";

/// The tier of one setting. An empty value sets nothing and is open for every key that is not
/// forbidden.
pub(crate) fn classify(key: &str, value: &[u8]) -> Tier {
    if key == GO_LINE {
        return if GoLine::parse(value).is_some() { Tier::Open } else { Tier::Invalid };
    }
    if holds(NEVER, key.as_bytes())
        || words(NEVER_PREFIXES).any(|prefix| key.as_bytes().starts_with(prefix))
    {
        return Tier::Never;
    }
    if value.is_empty() {
        return Tier::Open;
    }
    let within = |ok: bool, tier: Tier, otherwise: Tier| if ok { tier } else { otherwise };
    match key {
        "GOTOOLCHAIN" => within(names_no_path_lookup(value), Tier::Open, Tier::Guarded),
        "CGO_ENABLED" => within(matches!(value, b"0" | b"1"), Tier::Yielding, Tier::Invalid),
        "GO111MODULE" => within(value == b"on", Tier::Yielding, Tier::Guarded),
        "GOEXPERIMENT" => within(is_made_of(value, 256, b","), Tier::Yielding, Tier::Invalid),
        "GOFIPS140" => within(is_made_of(value, 32, b".,"), Tier::Yielding, Tier::Invalid),
        "GOFLAGS" => {
            let harmless = value.split(|b| *b == b' ').all(is_harmless_flag);
            within(harmless, Tier::Yielding, Tier::Guarded)
        }
        "GOPROXY" => within(proxies::is_public(value), Tier::Yielding, Tier::Guarded),
        key if holds(TARGETS, key.as_bytes()) => {
            within(is_made_of(value, 32, b".,"), Tier::Open, Tier::Invalid)
        }
        _ => Tier::Guarded,
    }
}

/// Whether a yielding setting may be applied over `hidden`: the value that Go would take without it,
/// `None` where nothing sets it.
pub(crate) fn may_hide(key: &str, value: &[u8], hidden: Option<&[u8]>) -> bool {
    match key {
        "GOPROXY" => proxies::may_replace(value, hidden),
        _ => hidden.is_none_or(|hidden| hidden == value),
    }
}

/// Lower-case letters, digits and some `more`.
fn is_made_of(value: &[u8], limit: usize, more: &[u8]) -> bool {
    let word = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || more.contains(b);
    value.len() <= limit && value.iter().all(word)
}

/// A repository may choose among releases, but not make Go look up its words on PATH. A value
/// that Go refuses passes: the chain refuses it with Go's words.
fn names_no_path_lookup(value: &[u8]) -> bool {
    match Gotoolchain::parse(value) {
        Ok(Gotoolchain { name: None, .. }) => matches!(value, b"auto" | b"local"),
        Ok(Gotoolchain { name: Some(name), mode }) => mode != Mode::Path && !name.is_custom(),
        Err(_) => true,
    }
}

/// Flags beside `-tags`. With `-buildvcs=true`, go vet and go generate would run git in the repository,
/// too.
const HARMLESS_FLAGS: &str =
    "-mod=readonly -mod=vendor -trimpath -race -v -buildvcs=false -buildvcs=auto";

/// Go takes two dashes for one.
fn is_harmless_flag(flag: &[u8]) -> bool {
    match flag.strip_prefix(b"-").filter(|flag| flag.starts_with(b"-")).unwrap_or(flag) {
        b"" => true,
        flag if holds(HARMLESS_FLAGS, flag) => true,
        flag => flag.strip_prefix(b"-tags=").is_some_and(|tags| {
            !tags.is_empty()
                && tags.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b','))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiers() {
        for (key, value, tier) in [
            ("GOTOOLCHAIN", "go1.22.10", Tier::Open),
            ("GOTOOLCHAIN", "go1.22.10+auto", Tier::Open),
            ("GOTOOLCHAIN", "auto", Tier::Open),
            ("GOTOOLCHAIN", "local", Tier::Open),
            ("GOTOOLCHAIN", "nonsense", Tier::Open),
            ("GOTOOLCHAIN", "local+auto", Tier::Guarded),
            ("GOTOOLCHAIN", "path", Tier::Guarded),
            ("GOTOOLCHAIN", "go1.22.10+path", Tier::Guarded),
            ("GOTOOLCHAIN", "go1.22.10-evil", Tier::Guarded),
            ("GOOS", "linux", Tier::Open),
            ("GOARM", "7,softfloat", Tier::Open),
            ("GOOS", "../x", Tier::Invalid),
            ("CGO_ENABLED", "0", Tier::Yielding),
            ("CGO_ENABLED", "yes", Tier::Invalid),
            ("GO111MODULE", "on", Tier::Yielding),
            ("GO111MODULE", "auto", Tier::Guarded),
            ("GO111MODULE", "off", Tier::Guarded),
            ("GOEXPERIMENT", "nojsonv2,x", Tier::Yielding),
            ("GOFIPS140", "v1.0.0", Tier::Yielding),
            ("GOFIPS140", "./x", Tier::Invalid),
            ("GOFLAGS", "-mod=vendor -tags=a,b_c -v", Tier::Yielding),
            ("GOFLAGS", "--mod=vendor --tags=a,b_c", Tier::Yielding),
            ("GOFLAGS", "-buildvcs=false", Tier::Yielding),
            ("GOFLAGS", "-buildvcs=true", Tier::Guarded),
            ("GOFLAGS", "--buildvcs=true", Tier::Guarded),
            ("GOFLAGS", "---v", Tier::Guarded),
            ("GOFLAGS", "--", Tier::Guarded),
            ("GOFLAGS", "-tags=a -exec=sh", Tier::Guarded),
            ("GOFLAGS", "-toolexec=./x", Tier::Guarded),
            ("GOFLAGS", "-tags=a\t-exec=sh", Tier::Guarded),
            ("GOPROXY", "https://goproxy.cn,direct", Tier::Yielding),
            ("GOPROXY", "off", Tier::Yielding),
            ("GOPROXY", "https://a|off", Tier::Guarded),
            ("GOPROXY", "http://evil", Tier::Guarded),
            ("GOPRIVATE", "corp/*", Tier::Guarded),
            ("GONOSUMDB", "corp/*", Tier::Guarded),
            ("GOSUMDB", "off", Tier::Guarded),
            ("GOWORK", "off", Tier::Guarded),
            ("GODEBUG", "execerrdot=0", Tier::Guarded),
            ("CC", "./cc", Tier::Guarded),
            ("MY_APP", "1", Tier::Guarded),
            ("LD_PRELOAD", "x", Tier::Never),
            ("PATH", "x", Tier::Never),
            ("GOENV", "/x", Tier::Never),
            ("GOROOT", "", Tier::Never),
            ("GOWARD_MIRROR", "x", Tier::Never),
            ("GOWARD_GO_LINE", "minor", Tier::Open),
            ("GOWARD_GO_LINE", "minimum", Tier::Open),
            ("GOWARD_GO_LINE", "", Tier::Open),
            ("GOWARD_GO_LINE", "exact", Tier::Invalid),
            ("GOTOOLCHAIN_INTERNAL_SWITCH_VERSION", "x", Tier::Never),
            ("CC", "", Tier::Open),
        ] {
            assert_eq!(classify(key, value.as_bytes()), tier, "{key}={value}");
        }
    }
}
