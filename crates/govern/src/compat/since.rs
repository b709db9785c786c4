//! The packages of the standard library that came after Go 1.16, each with the first minor that has it
//! without an experiment. They are those of the manifest that every toolchain from 1.23 on carries
//! (`src/cmd/vendor/golang.org/x/tools/internal/stdlib/manifest.go`); a test compares.

/// Path and minor, by path.
const SINCE: [(&str, u16); 29] = [
    ("cmp", 21),
    ("crypto/ecdh", 20),
    ("crypto/fips140", 24),
    ("crypto/hkdf", 24),
    ("crypto/hpke", 26),
    ("crypto/mldsa", 27),
    ("crypto/mlkem", 24),
    ("crypto/mlkem/mlkemtest", 26),
    ("crypto/pbkdf2", 24),
    ("crypto/sha3", 24),
    ("debug/buildinfo", 18),
    ("encoding/json/jsontext", 27),
    ("encoding/json/v2", 27),
    ("go/doc/comment", 19),
    ("go/version", 22),
    ("iter", 23),
    ("log/slog", 21),
    ("maps", 21),
    ("math/rand/v2", 22),
    ("net/netip", 18),
    ("runtime/coverage", 20),
    ("slices", 21),
    ("structs", 23),
    ("testing/cryptotest", 26),
    ("testing/slogtest", 21),
    ("testing/synctest", 25),
    ("unique", 23),
    ("uuid", 27),
    ("weak", 24),
];

/// The minor of Go 1 that brought a package, if it came after Go 1.16.
#[must_use]
pub(super) fn since(package: &str) -> Option<u16> {
    let at = SINCE.binary_search_by_key(&package, |(path, _)| path).ok()?;
    Some(SINCE[at].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_found_by_their_whole_path() {
        assert!(SINCE.is_sorted_by_key(|(path, _)| *path));
        assert_eq!((since("slices"), since("math/rand/v2")), (Some(21), Some(22)));
        assert_eq!((since("strings"), since("example.com/slices"), since("")), (None, None, None));
    }
}
