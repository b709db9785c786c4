//! `GOFLAGS`: the user's, without flags that would change what is asked. Go's rules of quoting are those of
//! `cmd/internal/quoted/quoted.go`.

/// Flags of `go build` that need a value (`cmd/go/internal/work/build.go`, `cmd/go/internal/base/flag.go`).
pub const WITH_VALUE: [&str; 19] = [
    "asmflags",
    "buildmode",
    "compiler",
    "covermode",
    "coverpkg",
    "debug-actiongraph",
    "debug-trace",
    "gccgoflags",
    "gcflags",
    "installsuffix",
    "ldflags",
    "mod",
    "modfile",
    "overlay",
    "p",
    "pgo",
    "pkgdir",
    "tags",
    "toolexec",
];

/// Flags that say what is printed, or which module file is read and whether Go may write it.
const DROPPED: [&[u8]; 8] = [b"mod", b"modfile", b"overlay", b"json", b"m", b"f", b"C", b"reuse"];

/// Without git, and never empty: Go would take an empty value for none, and look into its go/env file.
const OWN: &[u8] = b"-buildvcs=false";

/// The flags that stay, and our own.
pub(super) fn kept(value: &[u8]) -> Vec<u8> {
    let mut kept: Vec<&[u8]> = words(value);
    kept.retain(|word| !DROPPED.contains(&name(word)));
    kept.push(OWN);
    kept.join(&b' ')
}

/// The words, with their quotation marks. A mark in the middle of a word is none.
pub(crate) fn words(value: &[u8]) -> Vec<&[u8]> {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    let (mut words, mut rest) = (Vec::new(), value);
    loop {
        let start = rest.iter().position(|byte| !is_blank(byte)).unwrap_or(rest.len());
        rest = &rest[start..];
        let Some(first) = rest.first() else { return words };
        let end = match first {
            quote @ (b'\'' | b'"') => {
                rest[1..].iter().position(|byte| byte == quote).map_or(rest.len(), |at| at + 2)
            }
            _ => rest.iter().position(is_blank).unwrap_or(rest.len()),
        };
        words.push(&rest[..end]);
        rest = &rest[end..];
    }
}

/// The name of a flag, without marks, dashes and value.
pub(crate) fn name(word: &[u8]) -> &[u8] {
    let word = word.strip_prefix(b"'").or(word.strip_prefix(b"\"")).unwrap_or(word);
    let word = word.strip_prefix(b"--").or(word.strip_prefix(b"-")).unwrap_or(word);
    let end = word.iter().position(|byte| b"='\"".contains(byte)).unwrap_or(word.len());
    &word[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_the_answer_goes() {
        for (value, expected) in [
            ("", ""),
            (" -mod=mod ", ""),
            ("-mod=mod -tags=a,b --modfile=/x -json", "-tags=a,b "),
            ("'-mod=mod' \"-overlay=a b\" '-ldflags=-s -w -m'", "'-ldflags=-s -w -m' "),
            ("-modcacherw -m -f={{.Path}} -C=/ -trimpath\t-reuse=x", "-modcacherw -trimpath "),
            ("'-toolexec=a", "'-toolexec=a "),
        ] {
            let kept = String::from_utf8(kept(value.as_bytes())).unwrap();
            assert_eq!(kept, format!("{expected}-buildvcs=false"), "{value:?}");
        }
    }
}
