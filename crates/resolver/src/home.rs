//! The home directory in text for people: a path below it is shown as `~/…`, as in a shell.
//!
//! This works on whole lines, since paths stand in all kinds of messages. A path is taken for one
//! below the home directory where a word begins with it; between quotes no shell would expand `~`,
//! and behind `=` or `:` not every shell, so there it stays as it is. Where a quote ends cannot be told
//! once a name may hold quotes, so behind the first of a line every path stays. Data for programs
//! never comes by here.

use alloc::string::String;
use alloc::vec::Vec;

/// The home directory by the names that a line may have for it.
#[derive(Clone, Debug, Default)]
pub struct Home {
    /// Its names, each with a slash at its end.
    names: Vec<String>,
}

impl Home {
    /// For a home directory by its paths, each in the ways in which a line may show it. A relative
    /// one, and the root of a file system, below which everything lies, have no short name.
    pub fn new(paths: &[&[u8]], shows: &[fn(&[u8]) -> String]) -> Home {
        let mut names = Vec::new();
        for path in paths.iter().filter(|path| path.starts_with(b"/")) {
            let end = path.iter().rposition(|&byte| byte != b'/').map_or(0, |last| last + 1);
            if end > 0 {
                names.extend(shows.iter().map(|show| show(&path[..end]) + "/"));
            }
        }
        Home { names }
    }

    /// The line, which is printable, with short names.
    pub fn shorten(&self, line: &str) -> String {
        let mut short = String::with_capacity(line.len());
        self.shorten_to(line, &mut short);
        short
    }

    /// As [`Home::shorten`], behind what `text` holds.
    pub fn shorten_to(&self, line: &str, text: &mut String) {
        let mut rest = line;
        while let Some((before, after)) = self.next(line, rest) {
            text.push_str(before);
            text.push_str("~/");
            rest = after;
        }
        text.push_str(rest);
    }

    /// The parts of `rest`, the end of `line`, before and behind the next name for the home directory
    /// that a word begins with.
    fn next<'a>(&self, line: &str, rest: &'a str) -> Option<(&'a str, &'a str)> {
        let done = line.len() - rest.len();
        // Every name begins with a slash.
        let mut slashes = (0..rest.len()).filter(|at| rest.as_bytes()[*at] == b'/');
        slashes.find_map(|at| {
            let (before, path) = rest.split_at_checked(at)?;
            let after = self.names.iter().filter_map(|name| path.strip_prefix(name.as_str()));
            // The longest name counts: one may lie in another.
            let after = after.min_by_key(|after| after.len())?;
            begins_word(&line.as_bytes()[..done + at]).then_some((before, after))
        })
    }
}

/// Whether a path behind `before` begins there. A blank may be part of a name; so one behind a word
/// with a slash in it does not count.
fn begins_word(before: &[u8]) -> bool {
    let before = without_color(before);
    if has_quote(before) {
        return false;
    }
    match before {
        [] | [.., b'('] => true,
        [words @ .., b' '] => {
            let name = words.iter().rev().take_while(|byte| **byte != b' ');
            !name.into_iter().any(|&byte| byte == b'/')
        }
        _ => false,
    }
}

/// Whether a text quotes a word. An apostrophe, behind a letter, quotes nothing.
fn has_quote(text: &[u8]) -> bool {
    let mut last = b' ';
    text.iter().any(|&byte| {
        let behind = core::mem::replace(&mut last, byte);
        matches!(byte, b'\'' | b'"') && !behind.is_ascii_alphanumeric() && behind.is_ascii()
    })
}

/// Without the colours at the end, which the manager puts in front of a word.
fn without_color(mut text: &[u8]) -> &[u8] {
    while let Some(escape) = text.iter().rposition(|&byte| byte == 0x1b)
        && let [b'[', codes @ .., b'm'] = &text[escape + 1..]
        && codes.iter().all(|&byte| byte.is_ascii_digit() || byte == b';')
    {
        text = &text[..escape];
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::printable::{escaped, shown};

    fn shorten(home: &str, real: Option<&str>, line: &str) -> String {
        let paths: Vec<&[u8]> =
            [Some(home), real].into_iter().flatten().map(str::as_bytes).collect();
        Home::new(&paths, &[escaped, shown]).shorten(line)
    }

    #[test]
    fn paths_are_short_where_a_shell_would_understand_it() {
        for (line, short) in [
            ("/h/me/p/.goenv:3: no", "~/p/.goenv:3: no"),
            ("go1.22.10 (/h/me/p/go.mod:3)", "go1.22.10 (~/p/go.mod:3)"),
            ("copied /h/me/a to /h/me/b", "copied ~/a to ~/b"),
            ("run: goward trust /h/me/p/.goenv", "run: goward trust ~/p/.goenv"),
            ("  8  system    /h/me/sdk/go  next", "  8  system    ~/sdk/go  next"),
            ("\x1b[1;32m/h/me/x\x1b[0m", "\x1b[1;32m~/x\x1b[0m"),
            ("wanted by \x1b[2m/h/me/x", "wanted by \x1b[2m~/x"),
            // The directory itself, and another one whose name only begins like it.
            ("cannot read /h/me", "cannot read /h/me"),
            ("/h/me: no", "/h/me: no"),
            ("/h/me2/x and /h/men/x", "/h/me2/x and /h/men/x"),
            // Part of another path.
            ("/mnt/h/me/x", "/mnt/h/me/x"),
            ("/mnt /h/me/x", "/mnt /h/me/x"),
            ("file:///h/me/x", "file:///h/me/x"),
            // No shell, or not every shell, would expand it.
            ("goward trust '/h/me/a b'", "goward trust '/h/me/a b'"),
            ("goward trust \"/h/me/a b\"", "goward trust \"/h/me/a b\""),
            ("GOROOT=/h/me/sdk", "GOROOT=/h/me/sdk"),
            ("PATH is /bin:/h/me/bin", "PATH is /bin:/h/me/bin"),
            ("`/h/me/x`", "`/h/me/x`"),
            // Between backquotes stand commands of goward's own, no names.
            ("In /h/me/p, `go build` runs it, by /h/me/x", "In ~/p, `go build` runs it, by ~/x"),
            // A name between quotes may have blanks in it, quotes, and the home directory.
            ("goward trust '/t/a x /h/me/p/.goenv'", "goward trust '/t/a x /h/me/p/.goenv'"),
            ("run '/t/'\\'' x /h/me/f' now", "run '/t/'\\'' x /h/me/f' now"),
            ("/t/'b: run: go '/t/'\\''b x /h/me/f'", "/t/'b: run: go '/t/'\\''b x /h/me/f'"),
            ("no \"a /h/me/x\"", "no \"a /h/me/x\""),
            ("goward's other users' files: /h/me/x", "goward's other users' files: ~/x"),
        ] {
            assert_eq!(shorten("/h/me", None, line), short, "{line}");
            assert_eq!(shorten("/h/me//", None, line), short, "{line}");
            assert_eq!(shorten("/link/x", Some("/h/me"), line), short, "{line}");
        }
    }

    #[test]
    fn a_home_may_have_any_name_or_none_that_counts() {
        for (home, real, line, short) in [
            ("/", None, "/etc/x", "/etc/x"),
            ("//", Some("/"), "/etc/x", "/etc/x"),
            ("", Some("/h"), "/h/x", "~/x"),
            ("h", None, "h/x", "h/x"),
            ("/link", Some("/h/me"), "/link/a or /h/me/b", "~/a or ~/b"),
            // The longer name first: one may lie in the other.
            ("/h", Some("/h/me"), "/h/me/x or /h/x", "~/x or ~/x"),
            ("/h/é", None, "/h/é/x or /h/\\xc3\\xa9/y", "~/x or ~/y"),
            ("/h/a b", None, "copied /h/a b/x", "copied ~/x"),
            ("/h/\x1b", None, "see /h/\\x1b/x", "see ~/x"),
        ] {
            assert_eq!(shorten(home, real, line), short, "{home} {line}");
        }
        assert_eq!(Home::default().shorten("/h/x"), "/h/x");
    }
}
