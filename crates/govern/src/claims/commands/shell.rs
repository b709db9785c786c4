//! The commands in a text of a shell, as far as its marks tell. Texts of other shells are read alike.

use crate::here_documents;

/// A command.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Command {
    /// Its words, without quotation marks.
    pub(super) words: Vec<String>,
    /// Whether it runs other commands inside of a word, or has no end.
    pub(super) nests: bool,
}

/// The commands of a text, without comments and here-documents.
pub(super) fn split(text: &str) -> Vec<Command> {
    let lines = here_documents::lines(text.as_bytes()).filter(|(_, is_text)| !is_text);
    let code: String = lines.map(|(line, _)| String::from_utf8_lossy(line)).collect();
    let code = without_expressions(&code);
    let (mut reader, mut quote) = (Reader::default(), None);
    let mut chars = code.chars().peekable();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some('\''), c) => reader.push(c),
            (_, '\\') => {
                let goes_on = chars.next_if_eq(&'\r').is_some() | chars.next_if_eq(&'\n').is_some();
                if let Some(c) = chars.next_if(|_| !goes_on) {
                    reader.push(c);
                }
            }
            (_, '`') => reader.command.nests = true,
            (Some(_), c) => {
                reader.command.nests |= c == '$' && chars.peek() == Some(&'(');
                reader.push(c);
            }
            (None, '"' | '\'') => {
                quote = Some(c);
                reader.word.get_or_insert_default();
            }
            (None, '#') if reader.word.is_none() => {
                while chars.next_if(|c| *c != '\n').is_some() {}
            }
            // `2>&1`, `&>file`.
            (None, '&') if reader.redirects() || chars.peek() == Some(&'>') => reader.push(c),
            (None, '\n' | ';' | '&' | '|' | '(' | ')') => reader.end(),
            (None, c) if c.is_whitespace() => reader.end_word(),
            (None, c) => reader.push(c),
        }
    }
    reader.command.nests |= quote.is_some();
    reader.end();
    reader.commands
}

/// The text with `${{}}` for each expression of a workflow, whose marks are not the shell's.
fn without_expressions(text: &str) -> String {
    let (mut all, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, inside)) = rest.split_once("${{") {
        let Some((_, behind)) = inside.split_once("}}") else { break };
        all.extend([before, "${{}}"]);
        rest = behind;
    }
    all.push_str(rest);
    all
}

#[derive(Default)]
struct Reader {
    commands: Vec<Command>,
    command: Command,
    word: Option<String>,
}

impl Reader {
    fn push(&mut self, c: char) {
        self.word.get_or_insert_default().push(c);
    }

    fn redirects(&self) -> bool {
        self.word.as_ref().is_some_and(|word| word.ends_with(['<', '>']))
    }

    fn end_word(&mut self) {
        self.command.words.extend(self.word.take());
    }

    fn end(&mut self) {
        self.end_word();
        let command = std::mem::take(&mut self.command);
        if command != Command::default() {
            self.commands.push(command);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_end_where_a_shell_ends_them() {
        for (text, wants) in [
            ("a b; c && d | e & f\n(g)", "a b/c/d/e/f/g"),
            ("a 'b; c' \"d && e\" f\\;g", "a b; c d && e f;g"),
            ("a \\\n  b # c; d\n# it's\ne#f", "a b/e#f"),
            ("a 2>&1 &>x; b", "a 2>&1 &>x/b"),
            ("a <<E; b\nc; d\nE\ne <<< f", "a <<E/b/e <<< f"),
            ("a ${{ b && 'c' || d }}/e; f", "a ${{}}/e/f"),
            ("a ${{ b; c", "a ${{ b/c"),
            ("a $(b c) d", "a $/b c/d"),
            ("", ""),
        ] {
            let all = split(text);
            let said: Vec<String> = all.iter().map(|one| one.words.join(" ")).collect();
            assert_eq!(said.join("/"), wants, "{text}");
            assert!(!all.iter().any(|one| one.nests), "{text}");
        }
        for text in ["a \"$(b)\"", "a `b`", "a 'b; c", "a \"b"] {
            assert!(split(text).iter().any(|one| one.nests), "{text}");
        }
    }

    #[test]
    fn a_text_of_marks_takes_no_square_of_time() {
        for mark in ["${{", "<<E\n", "'", "\\", "`", "$(", "#\n"] {
            split(&mark.repeat(20_000));
        }
    }
}
