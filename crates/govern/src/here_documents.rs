//! Here-documents of start-up files. Their lines are text for a command; no shell runs them.

use std::collections::VecDeque;

/// The most ends that are searched for in vain: each such search reads the rest of the file.
const MOST_MISSES: usize = 100;

/// The lines of a start-up file, each with its line end, and with whether it is part of a
/// here-document. Without a line that ends it, `<<` begins none: it may stand in a calculation.
pub fn lines(text: &[u8]) -> Lines<'_> {
    Lines { rest: text, open: VecDeque::new(), misses: 0 }
}

/// See [`lines`].
#[derive(Debug)]
pub struct Lines<'a> {
    rest: &'a [u8],
    /// The ends of the here-documents that have begun, in their order.
    open: VecDeque<End>,
    misses: usize,
}

/// The line that ends a here-document.
#[derive(Debug, PartialEq, Eq)]
struct End {
    word: Vec<u8>,
    /// Whether tabs may stand before it.
    after_tabs: bool,
}

impl<'a> Iterator for Lines<'a> {
    type Item = (&'a [u8], bool);

    fn next(&mut self) -> Option<(&'a [u8], bool)> {
        let line = self.rest.split_inclusive(|&byte| byte == b'\n').next()?;
        self.rest = &self.rest[line.len()..];
        if let Some(end) = self.open.front() {
            if end.is(line) {
                self.open.pop_front();
            }
            return Some((line, true));
        }
        for end in ends(line) {
            if self.misses < MOST_MISSES && end.is_in(self.rest) {
                self.open.push_back(end);
            } else {
                self.misses += 1;
            }
        }
        Some((line, false))
    }
}

impl End {
    fn is(&self, line: &[u8]) -> bool {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let tabs = line.iter().take_while(|&&byte| byte == b'\t' && self.after_tabs).count();
        line[tabs..] == self.word
    }

    fn is_in(&self, text: &[u8]) -> bool {
        text.split_inclusive(|&byte| byte == b'\n').any(|line| self.is(line))
    }
}

/// The ends of the here-documents that a line begins.
fn ends(line: &[u8]) -> Vec<End> {
    let (mut ends, mut quote, mut at) = (Vec::new(), None, 0);
    while let Some(&byte) = line.get(at) {
        at += 1;
        match (quote, byte) {
            (Some(open), byte) if open == byte => quote = None,
            (None | Some(b'"'), b'\\') => at += 1,
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'#') if at == 1 || line[at - 2].is_ascii_whitespace() => break,
            (None, b'<') => {
                let count = 1 + line[at..].iter().take_while(|&&byte| byte == b'<').count();
                at += count - 1;
                // Three begin a word that is text, on the same line.
                if count == 2 {
                    let (end, length) = end(&line[at..]);
                    at += length;
                    ends.extend(end);
                }
            }
            _ => {}
        }
    }
    ends
}

/// The end that `text`, behind `<<`, names, and the length of its name there.
fn end(text: &[u8]) -> (Option<End>, usize) {
    let after_tabs = text.first() == Some(&b'-');
    let mut at = usize::from(after_tabs);
    at += text[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let (mut word, mut quote) = (Vec::new(), None);
    while let Some(&byte) = text.get(at) {
        match (quote, byte) {
            (Some(open), byte) if open == byte => quote = None,
            (None, b'"' | b'\'') => quote = Some(byte),
            (_, b'\n') | (None, b' ' | b'\t' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')') => {
                break;
            }
            (None, b'\\') => {}
            _ => word.push(byte),
        }
        at += 1;
    }
    let end = (!word.is_empty() && quote.is_none()).then_some(End { word, after_tabs });
    (end, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which lines of `text` are part of a here-document.
    fn marked(text: &str) -> Vec<usize> {
        let numbered = lines(text.as_bytes()).zip(1..);
        numbered.filter_map(|((_, is_text), number)| is_text.then_some(number)).collect()
    }

    #[test]
    fn here_documents_end_where_a_shell_ends_them() {
        for (text, expected) in [
            ("cat <<EOF\na\nEOF\nb\n", vec![2, 3]),
            ("cat <<-'E F' >x # y\na\n\tE F\nb", vec![2, 3]),
            ("cat << \"A\" <<\\B\na\nA\nB\nb\n", vec![2, 3, 4]),
            ("cat <<EOF\r\na\r\nEOF\r\nb\r\n", vec![2, 3]),
            ("cat <<EOF\n\tEOF\nEOF", vec![2, 3]),
            ("x=\"it's\" y='\"' cat <<a|b\n1\na\n", vec![2, 3]),
            // None begins here.
            ("x=$((1<<2))\na\nb\n", vec![]),
            ("cat <<<EOF\nEOF\n", vec![]),
            ("echo '<<EOF' \"<<EOF\" \\<<EOF # <<EOF\nEOF", vec![]),
            ("# it's\ncat <<EOF\n\tEOF\n EOF\nEOFx\n", vec![]),
            ("cat <<\n\ncat <<'a\na\n", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(marked(text), expected, "{text:?}");
        }
    }

    #[test]
    fn lines_are_whole() {
        let text = b"a\r\n\n\xff <<E\nE";
        let lines: Vec<u8> = lines(text).flat_map(|(line, _)| line.to_vec()).collect();
        assert_eq!(lines, text);
    }

    /// Each search for an end would read the rest of the file.
    #[test]
    fn many_words_without_an_end_take_no_square_of_time() {
        let text: String = (0..200_000).map(|number| format!("<<{number}\n")).collect();
        assert_eq!(lines(text.as_bytes()).filter(|(_, is_text)| *is_text).count(), 0);
    }
}
