//! URLs: what messages may show of them, and the paths in them.

use std::path::{Path, PathBuf};

/// A URL fit for messages: without user name and password.
pub(crate) fn redact(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.into() };
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    match host.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://{host}{path}"),
        None => url.into(),
    }
}

/// The path that a `file://` URL names, with `%XX` decoded.
pub(crate) fn file_path(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("file://")?;
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if let (b'%', [high, low, after @ ..]) = (*first, tail) {
            let digit = |b: &u8| char::from(*b).to_digit(16);
            bytes.push(u8::try_from(digit(high)? * 16 + digit(low)?).ok()?);
            rest = after;
        } else {
            bytes.push(*first);
        }
    }
    let text = String::from_utf8(bytes).ok()?;
    // `file:///C:/go` is C:/go on Windows.
    let text = if cfg!(windows) { text.trim_start_matches('/') } else { &text };
    Some(Path::new(text).to_path_buf())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_urls_name_paths() {
        assert_eq!(file_path("file:///a/b%20c").unwrap(), Path::new("/a/b c"));
        assert_eq!(file_path("file:///a%2"), Some("/a%2".into()));
        assert_eq!(file_path("https://x/"), None);
    }
}
