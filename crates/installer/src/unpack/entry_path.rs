//! Names inside archives: which are acceptable, on every system alike.

use crate::error::{Result, reject};

const MAX_PATH: usize = 512;
const MAX_COMPONENT: usize = 255;
const MAX_DEPTH: usize = 32;

/// Checks the name of an entry and returns it without the top directory and the last slash;
/// `None` for the top directory itself.
pub(super) fn check<'a>(raw: &'a [u8], top: &str) -> Result<Option<&'a str>> {
    let shown = || String::from_utf8_lossy(&raw[..raw.len().min(80)]).escape_debug().to_string();
    let wrong = |why: &str| reject(format!("the entry {:?} {why}", shown()));

    let path = std::str::from_utf8(raw).map_err(|_| wrong("has a name that is not UTF-8"))?;
    let path = path.strip_suffix('/').unwrap_or(path);
    if path == top {
        return Ok(None);
    }
    if path.len() > MAX_PATH {
        return Err(wrong("has too long a name"));
    }
    let components = path.split('/').collect::<Vec<_>>();
    if components.len() > MAX_DEPTH {
        return Err(wrong("lies too deep"));
    }
    for component in &components {
        check_component(component).map_err(wrong)?;
    }
    match path.strip_prefix(top).and_then(|rest| rest.strip_prefix('/')) {
        Some(inside) => Ok(Some(inside)),
        None => Err(wrong(&format!("is not below {top}/"))),
    }
}

fn check_component(name: &str) -> std::result::Result<(), &'static str> {
    match name {
        "" => return Err("is absolute or has an empty component"),
        "." | ".." => return Err("has a component . or .."),
        _ if name.len() > MAX_COMPONENT => return Err("has too long a component"),
        _ => {}
    }
    if name.chars().any(|c| c.is_control() || r#"\:*?"<>|"#.contains(c)) {
        return Err("has a character that not every system allows");
    }
    if name.chars().any(is_decomposed) {
        return Err("has a decomposed character, which some systems take for the composed one");
    }
    if name.ends_with(['.', ' ']) {
        return Err("has a component that ends with a dot or a blank");
    }
    if is_reserved(name) {
        return Err("has a component that is a device on Windows");
    }
    Ok(())
}

/// Combining diacritics and conjoining Hangul, and characters that change the direction or are
/// invisible: none of them has a place in a source tree that every system must hold.
fn is_decomposed(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{1100}'..='\u{11ff}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{fe20}'..='\u{fe2f}' | '\u{feff}')
}

/// Device names, with any extension and in any case.
fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end_matches(' ');
    let numbered = |prefix: &str| {
        stem.len() == prefix.len() + 1
            && stem.is_char_boundary(prefix.len())
            && stem[..prefix.len()].eq_ignore_ascii_case(prefix)
            && stem.ends_with(|c: char| c.is_ascii_digit())
    };
    ["con", "prn", "aux", "nul"].iter().any(|device| stem.eq_ignore_ascii_case(device))
        || numbered("com")
        || numbered("lpt")
}

/// The form under which names that some file system takes for one are equal.
pub(super) fn fold(path: &str) -> String {
    if path.is_ascii() {
        path.to_ascii_lowercase()
    } else {
        // Upper case first: it joins what lower case alone keeps apart (ſ and s, K and k).
        path.to_uppercase().to_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_names_lose_the_top_directory() {
        for (raw, inside) in [
            ("go", None),
            ("go/", None),
            ("go/VERSION", Some("VERSION")),
            ("go/bin/", Some("bin")),
            (
                "go/test/fixedbugs/issue27836.dir/Äfoo.go",
                Some("test/fixedbugs/issue27836.dir/Äfoo.go"),
            ),
            ("go/src/cmd/console.go", Some("src/cmd/console.go")),
            ("go/.gitattributes", Some(".gitattributes")),
        ] {
            assert_eq!(check(raw.as_bytes(), "go").unwrap(), inside, "{raw}");
        }
    }

    #[test]
    fn bad_names_are_refused() {
        let deep = format!("go{}", "/d".repeat(32));
        let long = format!("go/{}", "x".repeat(301));
        let longer = format!("go/{}", "xyz/".repeat(150));
        for raw in [
            "",
            "/",
            "/etc/passwd",
            "../x",
            "go/../x",
            "go/../../x",
            "go//abs",
            "go/./x",
            "go/a/..",
            "bin/go",
            "gox/y",
            "go/a\\b",
            "go/C:",
            "go/a:b",
            "go/con",
            "go/CON.txt",
            "go/aux .c",
            "go/com1",
            "go/lpt9.go",
            "go/trailing.",
            "go/trailing ",
            "go/a\nb",
            "go/\x1b[31m",
            "go/e\u{301}",
            "go/\u{202e}x",
            "go/nul\0",
            "go/a*",
            "go/x//",
            &deep,
            &long,
            &longer,
        ] {
            assert!(check(raw.as_bytes(), "go").is_err(), "{raw:?}");
        }
        assert!(check(b"go/\xff", "go").is_err());
    }

    #[test]
    fn names_that_some_system_confuses_fold_together() {
        assert_eq!(fold("A/b"), fold("a/B"));
        assert_eq!(fold("\u{212a}"), fold("k"));
        assert_eq!(fold("STRASSE"), fold("straße"));
        assert_ne!(fold("a"), fold("b"));
    }
}
