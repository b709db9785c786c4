//! Paths without links.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The path without any link, as [`fs::canonicalize`] gives it, but in the usual spelling. Windows
/// puts a prefix before such paths, which switches off its own rules; many programs, Go among them,
/// cannot use these. The shim does the same.
///
/// # Errors
///
/// As [`fs::canonicalize`].
pub fn canonical(path: impl AsRef<Path>) -> io::Result<PathBuf> {
    let path = fs::canonicalize(path)?;
    let plain = path.to_str().filter(|_| cfg!(windows)).and_then(without_prefix);
    Ok(plain.map_or(path, PathBuf::from))
}

/// The path without the prefix; `None` if it has none.
fn without_prefix(path: &str) -> Option<String> {
    match path.strip_prefix(r"\\?\UNC\") {
        Some(share) => Some(format!(r"\\{share}")),
        None => path.strip_prefix(r"\\?\").map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_of_windows_goes() {
        for (path, wanted) in [
            (r"\\?\C:\Users\me\.goward", Some(r"C:\Users\me\.goward")),
            (r"\\?\UNC\server\share\go", Some(r"\\server\share\go")),
            (r"C:\Users\me", None),
            (r"\\server\share", None),
            ("/home/me", None),
        ] {
            assert_eq!(without_prefix(path).as_deref(), wanted, "{path}");
        }
    }
}
