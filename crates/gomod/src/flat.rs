//! A file with one directive a line: its blocks are taken apart.

use crate::lex::{Lexeme, Lexer, Token};
use crate::rules::{Kind, Release, Rules};
use crate::syntax::Syntax;

/// The longest directive that is repeated in front of each line of its block, in bytes. With a longer one
/// a stranger could make much of little.
const LONGEST: usize = 32;

/// A `go.mod` or `go.work` with one directive a line, so that each line of a comparison says what it is
/// about. Comments stay, behind their directive or on lines of their own; blank lines go. `None` where the
/// file has no such form: its syntax is wrong, or it has a block that Go reads in no file.
///
/// ```
/// let source = b"module m\n\nrequire (\n\ta.example  v1.2.3 // indirect\n\tb.example v1.0.0\n)\n";
/// let flat = "module m\nrequire a.example v1.2.3 // indirect\nrequire b.example v1.0.0\n";
/// assert_eq!(goward_gomod::flat(source).unwrap(), flat.as_bytes());
/// ```
#[must_use]
pub fn flat(source: &[u8]) -> Option<Vec<u8>> {
    // It refuses what has no structure, and what is too large to have one.
    Syntax::parse(source, Rules::strict(Kind::Module)).ok()?;
    let mut writer = Writer { source, flat: Vec::with_capacity(source.len()), verb: None };
    let mut lexer = Lexer::new(source, Release::NEWEST);
    let mut line: Vec<Lexeme> = Vec::new();
    loop {
        let lexeme = lexer.next().ok()?;
        match lexeme.token {
            Token::Comment => writer.comment(&lexeme),
            token if token.ends_line() => {
                let written = writer.line(&line)?;
                line.clear();
                match token {
                    Token::Suffix if written => writer.suffix(&lexeme),
                    Token::Suffix => writer.comment(&lexeme),
                    Token::End => return Some(writer.flat),
                    _ => {}
                }
            }
            _ => line.push(lexeme),
        }
    }
}

struct Writer<'s> {
    source: &'s [u8],
    flat: Vec<u8>,
    /// In a block, the word before its parenthesis.
    verb: Option<&'s [u8]>,
}

impl<'s> Writer<'s> {
    fn word(&self, lexeme: &Lexeme) -> &'s [u8] {
        lexeme.span().of(self.source)
    }

    /// Writes the directive of a line; returns whether it has one. The parser decides in the same way
    /// whether a parenthesis begins or ends a block.
    fn line(&mut self, line: &[Lexeme]) -> Option<bool> {
        use Token::{Close, Open};
        let token = |at: usize| line.len().checked_sub(at).map(|at| line[at].token);
        let (last, before) = (token(1), token(2));
        match self.verb {
            _ if line.is_empty() => {}
            Some(_) if line.len() == 1 && last == Some(Close) => self.verb = None,
            None if last == Some(Open) => self.verb = Some(self.block(&line[..line.len() - 1])?),
            None if last == Some(Close) && before == Some(Open) => {
                self.block(&line[..line.len() - 2])?;
            }
            _ => {
                self.directive(line)?;
                return Some(true);
            }
        }
        Some(false)
    }

    /// The directive of a block, by the words before its parenthesis. `None` for a block that Go reads in no
    /// file: taken apart, it would look as if Go did.
    fn block(&self, header: &[Lexeme]) -> Option<&'s [u8]> {
        let [verb] = header else { return None };
        let verb = self.word(verb);
        (verb.len() <= LONGEST && !matches!(verb, b"go" | b"toolchain")).then_some(verb)
    }

    /// Writes the words with blanks where Go's own printer has them. `None` if one has the end of a line.
    fn directive(&mut self, line: &[Lexeme]) -> Option<()> {
        self.flat.extend_from_slice(self.verb.unwrap_or_default());
        let mut blank = self.verb.is_some();
        for lexeme in line {
            let word = self.word(lexeme);
            if word.contains(&b'\n') {
                return None;
            }
            blank &= !matches!(word, b"," | b")" | b"]" | b"}");
            self.flat.extend_from_slice(if blank { b" " } else { b"" });
            self.flat.extend_from_slice(word);
            blank = !matches!(word, b"(" | b"[" | b"{");
        }
        self.flat.push(b'\n');
        Some(())
    }

    fn comment(&mut self, lexeme: &Lexeme) {
        self.flat.extend_from_slice(self.word(lexeme).trim_ascii_end());
        self.flat.push(b'\n');
    }

    /// Writes a comment behind the directive that was written last.
    fn suffix(&mut self, lexeme: &Lexeme) {
        self.flat.pop();
        self.flat.push(b' ');
        self.comment(lexeme);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shows(source: &str) -> Option<String> {
        flat(source.as_bytes()).map(|flat| String::from_utf8(flat).unwrap())
    }

    #[test]
    fn each_directive_has_a_line() {
        for (source, expected) in [
            ("", ""),
            ("\n\n", ""),
            ("module m // a\r\n\r\ngo 1.21\r\n", "module m // a\ngo 1.21\n"),
            ("// above\nmodule   m", "// above\nmodule m\n"),
            (
                "require ( // why\n\n\t// b\n\tx  v1 //indirect  \n) // end\n",
                "// why\n// b\nrequire x v1 //indirect\n// end\n",
            ),
            ("require()\nuse (\n)\n", ""),
            ("retract (\n[v1.0.0 ,v1.1.0]\nv2)\n)\n", "retract [v1.0.0, v1.1.0]\nretract v2)\n"),
            ("replace (\n\"a b\" => `../c`\n)\n", "replace \"a b\" => `../c`\n"),
            ("future (\n\ta b\n)\n", "future a b\n"),
            ("require (x v1)\n", "require (x v1)\n"),
            ("x (\n a (\n )\n", "x a (\n"),
        ] {
            assert_eq!(shows(source).as_deref(), Some(expected), "{source:?}");
        }
    }

    /// Unknown directives count, however many there are.
    #[test]
    fn nothing_is_left_out() {
        let source = "future (\n\ta\n)\nfuture b\n".repeat(500);
        assert_eq!(shows(&source).unwrap(), "future a\nfuture b\n".repeat(500));
    }

    #[test]
    fn what_has_no_such_form_is_refused() {
        let long = "a".repeat(LONGEST + 1);
        for source in [
            "require (\n",
            "/* x */",
            "a\0",
            "go (\n1.21\n)\n",
            "toolchain (\n)\n",
            "a b (\n)\n",
            "(\n)\n",
            "x \"a\\\nb\"\n",
            &format!("{long} (\na\n)\n"),
        ] {
            assert_eq!(shows(source), None, "{source:?}");
        }
        assert!(shows(&format!("{long} a\n")).is_some());
    }
}
