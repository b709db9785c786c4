//! Names inside archives: those that every system can hold are accepted.

use crate::error::{Result, reject};
use caseless::Caseless as _;
use goward_resolver::quoted;
use unicode_normalization::{UnicodeNormalization as _, is_nfc};

const MAX_PATH: usize = 512;
const MAX_COMPONENT: usize = 255;
const MAX_DEPTH: usize = 32;

/// Checks the name of an entry and returns it without the top directory and the last slash;
/// `None` for the top directory itself.
pub(super) fn check<'a>(raw: &'a [u8], top: &str) -> Result<Option<&'a str>> {
    let wrong = |why: &str| reject(format!("the entry {} {why}", quoted(raw)));

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
    if name.chars().any(is_decomposed) || !is_nfc(name) {
        return Err("has a decomposed character, which some systems take for the composed one");
    }
    if name.chars().any(is_ignorable) {
        return Err("has an invisible character, which some systems leave out");
    }
    if name.ends_with(['.', ' ']) {
        return Err("has a component that ends with a dot or a blank");
    }
    if is_reserved(name) {
        return Err("has a component that is a device on Windows");
    }
    if is_short(name) {
        return Err("has a component of the form that Windows gives to another's short name");
    }
    Ok(())
}

/// Combining diacritics and conjoining Hangul, composed or not. File systems treat them
/// differently, so no source tree may have them.
fn is_decomposed(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1100}'..='\u{11ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// The characters that Unicode calls `Default_Ignorable_Code_Point`, with the places that it
/// reserves for more of them. HFS+ ignores some of these when it compares names, and no person can
/// see them.
fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Device names, with any extension and in any case. Windows takes superscript digits for digits
/// (`internal/filepathlite/path_windows.go`); other forms of letters and digits are not worth the
/// risk.
fn is_reserved(name: &str) -> bool {
    let stem = fold(name.split('.').next().unwrap_or(name).trim_end_matches(' '));
    let port = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    ["con", "prn", "aux", "nul", "conin$", "conout$", "clock$"].contains(&stem.as_str())
        || port.is_some_and(|number| matches!(number.as_bytes(), [b'0'..=b'9']))
}

/// Whether it has the form of a short name, such as `PROGRA~1` or `GIT~1.TXT`, by which Windows
/// finds a file with a longer name.
fn is_short(name: &str) -> bool {
    let (stem, extension) = name.split_once('.').unwrap_or((name, ""));
    let numbered = stem.split_once('~').is_some_and(|(start, number)| {
        let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        !start.is_empty() && digits
    });
    numbered && stem.chars().count() <= 8 && extension.chars().count() <= 3
}

/// Two names that some file system takes for one have the same folded form: compatible characters,
/// and letters that differ in case only, are the same (Unicode, section 3.13, D146).
pub(super) fn fold(path: &str) -> String {
    if path.is_ascii() {
        return path.to_ascii_lowercase();
    }
    let compatible: String = path.nfd().default_case_fold().nfkd().collect();
    // Upper case joins letters that case folding keeps apart: some systems take the dotless i for
    // an I.
    compatible.to_uppercase().chars().default_case_fold().nfkd().collect()
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
            // None of these is a device or a short name.
            ("go/com", Some("com")),
            ("go/com10", Some("com10")),
            ("go/conin", Some("conin")),
            ("go/x.go~1", Some("x.go~1")),
            ("go/~1", Some("~1")),
            ("go/longername~1", Some("longername~1")),
            // The first cannot be composed further; the other two are single characters.
            ("go/\u{915}\u{93c}", Some("\u{915}\u{93c}")),
            ("go/\u{8c48}", Some("\u{8c48}")),
            ("go/\u{fb01}le.go", Some("\u{fb01}le.go")),
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
            "go/COM\u{b9}",
            "go/com\u{b2}.go",
            "go/LPT\u{b3}",
            "go/lpt\u{2074}",
            "go/\u{ff23}\u{ff2f}\u{ff2e}",
            "go/CONIN$",
            "go/conout$.txt",
            "go/GIT~1",
            "go/git~1/config",
            "go/readme~2.md",
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
    fn names_that_look_like_others_are_refused() {
        for raw in [
            // File systems that normalize change each of these.
            "go/\u{958}",
            "go/\u{fb2a}",
            "go/\u{f900}",
            "go/\u{212b}",
            // Invisible: a soft hyphen, a variation selector, a tag, a Hangul filler.
            "go/x\u{ad}y",
            "go/x\u{fe0f}",
            "go/x\u{e0041}",
            "go/\u{3164}",
        ] {
            assert!(check(raw.as_bytes(), "go").is_err(), "{raw:?}");
        }
    }

    #[test]
    fn names_that_some_system_confuses_fold_together() {
        assert_eq!(fold("A/b"), fold("a/B"));
        for (a, b) in [
            ("\u{212a}", "k"),
            ("STRASSE", "straße"),
            ("\u{17f}", "S"),
            ("\u{131}", "i"),
            ("\u{fb01}le", "FILE"),
            ("\u{ff21}", "a"),
            ("\u{2163}", "iv"),
            ("x\u{b2}", "X2"),
            ("\u{3c2}", "\u{3a3}"),
            // Both normalize to the same text.
            ("\u{958}", "\u{915}\u{93c}"),
            ("\u{fb2a}", "\u{5e9}\u{5c1}"),
            ("\u{f900}", "\u{8c48}"),
            ("\u{e9}", "E\u{301}"),
            ("\u{1fb3}", "\u{391}\u{345}"),
        ] {
            assert_eq!(fold(a), fold(b), "{a} {b}");
        }
        assert_ne!(fold("a"), fold("b"));
        assert_ne!(fold("\u{e9}"), fold("e"));
    }
}
