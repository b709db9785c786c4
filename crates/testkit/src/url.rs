//! URLs of files. A path of a developer's may have characters that a URL must escape.

use std::path::Path;

/// The `file://` URL of a path.
///
/// # Panics
///
/// When the path is not UTF-8.
pub fn of_file(path: &Path) -> String {
    let path = path.to_str().expect("paths of tests are text").replace('\\', "/");
    let start = if path.starts_with('/') { "" } else { "/" };
    let mut url = format!("file://{start}");
    for character in path.chars() {
        match character {
            ' ' | '%' | '?' | '#' | '"' => url.push_str(&format!("%{:02X}", character as u32)),
            other => url.push(other),
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_a_url_cannot_hold_are_escaped() {
        assert_eq!(of_file(Path::new("/a b/100%/c")), "file:///a%20b/100%25/c");
        assert_eq!(of_file(Path::new("C:\\a")), "file:///C:/a");
    }
}
