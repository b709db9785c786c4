//! Methods that types of the standard library gained with a release. `go vet` does not see where the code needs one
//! through an interface of its own: older releases then refuse the type.

use goward_installer::read;
use std::path::Path;

/// The largest Go file in which interfaces are looked for, in bytes.
const LIMIT: usize = 8 << 20;

/// The method, the package of the type, and the minor of Go 1 that brought it; `tests/compat/run` compares it with the
/// sources of the releases. A method that nearly every interface may ask for, `String`, is left out.
pub(super) const GAINED: [(&str, &str, u16); 89] = [
    ("AddCertWithConstraint", "crypto/x509", 22),
    ("AddFS", "archive/tar", 22),
    ("AddFS", "archive/zip", 22),
    ("And", "sync/atomic", 23),
    ("AppendBinary", "crypto/x509", 24),
    ("AppendBinary", "math/rand/v2", 24),
    ("AppendBinary", "net/netip", 24),
    ("AppendBinary", "net/url", 24),
    ("AppendBinary", "time", 24),
    ("AppendDecode", "encoding/base32", 22),
    ("AppendDecode", "encoding/base64", 22),
    ("AppendEncode", "encoding/base32", 22),
    ("AppendEncode", "encoding/base64", 22),
    ("AppendText", "crypto/x509", 24),
    ("AppendText", "log/slog", 24),
    ("AppendText", "math/big", 24),
    ("AppendText", "net", 24),
    ("AppendText", "net/netip", 24),
    ("AppendText", "regexp", 24),
    ("AppendText", "time", 24),
    ("ArtifactDir", "testing", 26),
    ("Attr", "testing", 25),
    ("Bytes", "crypto/ecdsa", 25),
    ("CanSeq", "reflect", 23),
    ("CanSeq2", "reflect", 23),
    ("Chdir", "testing", 24),
    ("Chmod", "os", 25),
    ("Chown", "os", 25),
    ("Chtimes", "os", 25),
    ("Clear", "sync", 23),
    ("Clone", "crypto/sha3", 25),
    ("Clone", "hash/maphash", 25),
    ("Clone", "net/url", 27),
    ("Compare", "net/netip", 22),
    ("Context", "testing", 24),
    ("CookiesNamed", "net/http", 23),
    ("DialIP", "net", 26),
    ("DialTCP", "net", 26),
    ("DialUDP", "net", 26),
    ("DialUnix", "net", 26),
    ("Divide", "math/big", 27),
    ("Encapsulator", "crypto/mlkem", 26),
    ("Fields", "reflect", 26),
    ("Float32", "encoding/json/jsontext", 27),
    ("FloatPrec", "math/big", 22),
    ("Go", "sync", 25),
    ("Ins", "reflect", 26),
    ("Lchown", "os", 25),
    ("Link", "os", 25),
    ("Loop", "testing", 24),
    ("MarshalBinary", "crypto/x509", 23),
    ("MarshalJSONTo", "encoding/json", 25),
    ("MarshalText", "crypto/x509", 23),
    ("Methods", "reflect", 26),
    ("MkdirAll", "os", 25),
    ("N", "math/rand/v2", 27),
    ("NewClientConn", "net/http", 26),
    ("Or", "sync/atomic", 23),
    ("Outer", "io", 22),
    ("Output", "testing", 25),
    ("Outs", "reflect", 26),
    ("OverflowComplex", "reflect", 23),
    ("OverflowFloat", "reflect", 23),
    ("OverflowInt", "reflect", 23),
    ("OverflowUint", "reflect", 23),
    ("PathValue", "net/http", 22),
    ("Peek", "bytes", 26),
    ("Read", "math/rand/v2", 23),
    ("ReadFile", "os", 25),
    ("Readlink", "os", 25),
    ("RemoveAll", "os", 25),
    ("Rename", "os", 25),
    ("Seq", "reflect", 23),
    ("Seq2", "reflect", 23),
    ("SetKeepAliveConfig", "net", 23),
    ("SetPathValue", "net/http", 22),
    ("Source", "log/slog", 25),
    ("StoreSession", "crypto/tls", 23),
    ("Symlink", "os", 25),
    ("Uint", "math/rand/v2", 23),
    ("UnmarshalBinary", "crypto/x509", 23),
    ("UnmarshalJSONFrom", "encoding/json", 25),
    ("UnmarshalText", "crypto/x509", 23),
    ("Unwrap", "encoding/json", 25),
    ("Unwrap", "net", 23),
    ("WithHandle", "os", 26),
    ("WriteFile", "os", 25),
    ("WriteTo", "net", 22),
    ("WriteTo", "os", 22),
];

/// Whether the interfaces of a Go file may ask for one of these methods: those that they do.
pub(super) fn asked(path: &Path) -> Vec<String> {
    let bytes = read::read(path, LIMIT).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let mut found = Vec::new();
    for (at, word) in text.match_indices("interface") {
        let Some(body) = text[at + word.len()..].trim_start().strip_prefix('{') else { continue };
        let mut depth = 1;
        let end = body.find(|c| {
            depth += match c {
                '{' => 1,
                '}' => -1,
                _ => 0,
            };
            depth == 0
        });
        let lines = body[..end.unwrap_or(body.len())].split(['\n', ';']).map(str::trim);
        // A comment may stand there, which does no harm but a doubt.
        let names = lines.filter_map(|line| line.split_once('(')).map(|(name, _)| name);
        let is_known = |name: &&str| GAINED.iter().any(|(gained, ..)| gained == name);
        found.extend(names.filter(is_known).map(str::to_owned));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_that_interfaces_ask_for_are_found() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("x.go");
        for (text, expected) in [
            ("type TB interface {\n\tHelper()\n\tChdir(dir string)\n}\n", "Chdir"),
            ("func f(t interface{ CanSeq() bool; Name() string }) {}", "CanSeq"),
            ("type W interface {\n\tDo(func(struct{ x int }) error)\n\tGo(func())\n}", "Go"),
            ("type R interface { io.Reader }\nfunc (f F) Chdir(dir string) {}", ""),
            ("// an interface\nfunc Chdir() {}\n", ""),
        ] {
            std::fs::write(&file, text).unwrap();
            assert_eq!(asked(&file).join(" "), expected, "{text}");
        }
    }

    #[test]
    fn the_table_is_in_order() {
        assert!(GAINED.is_sorted());
    }
}
