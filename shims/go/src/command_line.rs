//! The command line of Windows: one string, which every program splits by itself.
//!
//! Go gets the very string that we got. Splitting and quoting anew would change what a program
//! sees that splits in its own way, and no quoting is right for all of them.

const QUOTE: u16 = b'"' as u16;
const BACKSLASH: u16 = b'\\' as u16;

/// `line` without its second word, the `+SELECTOR`, and without the blanks behind that.
///
/// The words are those of `std::env::args`, which follows Microsoft's C runtime since 2008.
pub(crate) fn without_selector(line: &[u16]) -> Vec<u16> {
    let name = skip_program(line);
    let selector = name + blanks(&line[name..]);
    let end = selector + skip_word(&line[selector..]);
    let rest = end + blanks(&line[end..]);
    [&line[..selector], &line[rest..]].concat()
}

fn is_blank(unit: u16) -> bool {
    unit == u16::from(b' ') || unit == u16::from(b'\t')
}

fn blanks(line: &[u16]) -> usize {
    line.iter().take_while(|unit| is_blank(**unit)).count()
}

/// The length of the program's name: there, nothing escapes a quote.
fn skip_program(line: &[u16]) -> usize {
    let mut quoted = false;
    let end = line.iter().position(|&unit| {
        quoted ^= unit == QUOTE;
        is_blank(unit) && !quoted
    });
    end.unwrap_or(line.len())
}

/// The length of the word that `line` begins with: an odd number of backslashes escapes a quote,
/// and two quotes within quotes are one.
fn skip_word(line: &[u16]) -> usize {
    let (mut quoted, mut backslashes, mut at) = (false, 0, 0);
    while let Some(&unit) = line.get(at) {
        match unit {
            BACKSLASH => backslashes += 1,
            QUOTE if backslashes % 2 == 1 => backslashes = 0,
            QUOTE if quoted && line.get(at + 1) == Some(&QUOTE) => (at, backslashes) = (at + 1, 0),
            QUOTE => (quoted, backslashes) = (!quoted, 0),
            unit if is_blank(unit) && !quoted => break,
            _ => backslashes = 0,
        }
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_selector_goes() {
        for (line, wanted) in [
            ("go +1.22 build", "go build"),
            ("go \t +1.22  \tbuild \"a b\"  ", "go \t build \"a b\"  "),
            ("go +1.22", "go "),
            (
                r#""C:\Program Files\go.exe" +1.22 a\\ "b\"c" \"#,
                r#""C:\Program Files\go.exe" a\\ "b\"c" \"#,
            ),
            (r#"C:\"a b"\go.exe "+>=1.21, <1.23" x"#, r#"C:\"a b"\go.exe x"#),
            // A backslash before the quote that ends the program's name escapes nothing.
            (r#""C:\" +1.22 x"#, r#""C:\" x"#),
            (r#"go +"1 \" 2"3 x"#, "go x"),
            (r#"go "+a"" b" x"#, "go x"),
            (r#"go "+a\\" b"#, "go b"),
            (r#"go "+a\" b""#, "go "),
            ("", ""),
        ] {
            let units: Vec<u16> = line.encode_utf16().collect();
            let left = String::from_utf16_lossy(&without_selector(&units));
            assert_eq!(left, wanted, "{line}");
        }
    }
}
