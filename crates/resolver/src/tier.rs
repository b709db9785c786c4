//! What a setting in a `.goenv` may do: a cloned repository must not gain execution of code, or
//! leak the names of private modules, merely because somebody runs `go version` in it.

use crate::gotoolchain::{Gotoolchain, Mode};

/// How much consent a setting needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    /// Applied at once: it can choose, not execute or redirect.
    Open,
    /// Applied once the user has trusted the bytes of the file.
    Guarded,
    /// Never applied.
    Never,
    /// An open key with a value that Go would not know.
    Invalid,
}

/// Keys that decide what is executed, where goward and Go find their own files, or that Go
/// computes itself (`cmd/go/internal/envcmd/env.go`, `checkEnvWrite`).
const NEVER: &[&str] = &[
    "GLIBC_TUNABLES",
    "PATH",
    "PATHEXT",
    "COMSPEC",
    "SYSTEMROOT",
    "HOME",
    "USERPROFILE",
    "APPDATA",
    "XDG_CONFIG_HOME",
    "PWD",
    "OLDPWD",
    "SHELL",
    "IFS",
    "BASH_ENV",
    "ENV",
    "PROMPT_COMMAND",
    "GOROOT",
    "GOTOOLDIR",
    "GOENV",
    "GOEXE",
    "GOGCCFLAGS",
    "GOHOSTARCH",
    "GOHOSTOS",
    "GOMOD",
    "GOTELEMETRY",
    "GOTELEMETRYDIR",
    "GOVERSION",
];

/// Families of such keys.
const NEVER_PREFIXES: &[&str] =
    &["LD_", "DYLD_", "MALLOC_", "GIT_", "SSH_", "SSL_CERT_", "GOTOOLCHAIN_INTERNAL_", "GOWARD_"];

/// Keys whose value picks a target; validated by shape, Go itself knows the list.
const TARGETS: &[&str] = &[
    "GOOS",
    "GOARCH",
    "GO386",
    "GOAMD64",
    "GOARM",
    "GOARM64",
    "GOMIPS",
    "GOMIPS64",
    "GOPPC64",
    "GORISCV64",
    "GOWASM",
    "GOFIPS140",
];

/// The tier of one setting. An empty value sets nothing and is open for every key that is not
/// forbidden.
pub(crate) fn classify(key: &str, value: &[u8]) -> Tier {
    if NEVER.contains(&key) || NEVER_PREFIXES.iter().any(|prefix| key.starts_with(prefix)) {
        return Tier::Never;
    }
    if value.is_empty() {
        return Tier::Open;
    }
    let open_if = |ok: bool, otherwise: Tier| if ok { Tier::Open } else { otherwise };
    match key {
        "GOTOOLCHAIN" => open_if(names_no_path_lookup(value), Tier::Guarded),
        "CGO_ENABLED" => open_if(matches!(value, b"0" | b"1"), Tier::Invalid),
        "GO111MODULE" => open_if(matches!(value, b"on" | b"auto"), Tier::Guarded),
        "GOEXPERIMENT" => open_if(
            value.len() <= 256 && value.iter().all(|b| is_lower_word(*b) || *b == b','),
            Tier::Invalid,
        ),
        "GOFLAGS" => open_if(value.split(|b| *b == b' ').all(is_harmless_flag), Tier::Guarded),
        "GOPROXY" => {
            open_if(value.split(|b| matches!(b, b',' | b'|')).all(is_secure_proxy), Tier::Guarded)
        }
        "GOPRIVATE" => Tier::Open,
        key if TARGETS.contains(&key) => open_if(
            value.len() <= 32
                && value.iter().all(|b| is_lower_word(*b) || matches!(b, b'.' | b',')),
            Tier::Invalid,
        ),
        _ => Tier::Guarded,
    }
}

fn is_lower_word(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

/// A repository may choose among releases, but not make Go look up its words on PATH. A value
/// that Go refuses passes: the chain refuses it with Go's words.
fn names_no_path_lookup(value: &[u8]) -> bool {
    match Gotoolchain::parse(value) {
        Ok(value) => value.mode != Mode::Path && !value.name.is_some_and(|name| name.is_custom()),
        Err(_) => true,
    }
}

fn is_harmless_flag(flag: &[u8]) -> bool {
    match flag {
        b"" | b"-mod=readonly" | b"-mod=vendor" | b"-trimpath" | b"-race" | b"-v" => true,
        b"-buildvcs=true" | b"-buildvcs=false" | b"-buildvcs=auto" => true,
        _ => flag.strip_prefix(b"-tags=").is_some_and(|tags| {
            !tags.is_empty()
                && tags.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b','))
        }),
    }
}

fn is_secure_proxy(element: &[u8]) -> bool {
    let element = element.trim_ascii();
    matches!(element, b"off" | b"direct")
        || element.strip_prefix(b"https://").is_some_and(|rest| !rest.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiers() {
        for (key, value, tier) in [
            ("GOTOOLCHAIN", "go1.22.10", Tier::Open),
            ("GOTOOLCHAIN", "go1.22.10+auto", Tier::Open),
            ("GOTOOLCHAIN", "nonsense", Tier::Open),
            ("GOTOOLCHAIN", "path", Tier::Guarded),
            ("GOTOOLCHAIN", "go1.22.10+path", Tier::Guarded),
            ("GOTOOLCHAIN", "go1.22.10-evil", Tier::Guarded),
            ("GOOS", "linux", Tier::Open),
            ("GOARM", "7,softfloat", Tier::Open),
            ("GOOS", "../x", Tier::Invalid),
            ("CGO_ENABLED", "0", Tier::Open),
            ("CGO_ENABLED", "yes", Tier::Invalid),
            ("GO111MODULE", "on", Tier::Open),
            ("GO111MODULE", "off", Tier::Guarded),
            ("GOFLAGS", "-mod=vendor -tags=a,b_c -v", Tier::Open),
            ("GOFLAGS", "-tags=a -exec=sh", Tier::Guarded),
            ("GOFLAGS", "-toolexec=./x", Tier::Guarded),
            ("GOPROXY", "https://goproxy.cn,direct", Tier::Open),
            ("GOPROXY", "https://a|off", Tier::Open),
            ("GOPROXY", "http://evil", Tier::Guarded),
            ("GOPROXY", "https://a,file:///x", Tier::Guarded),
            ("GOPRIVATE", "corp/*", Tier::Open),
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
            ("GOTOOLCHAIN_INTERNAL_SWITCH_VERSION", "x", Tier::Never),
            ("CC", "", Tier::Open),
        ] {
            assert_eq!(classify(key, value.as_bytes()), tier, "{key}={value}");
        }
    }
}
