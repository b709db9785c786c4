//! Turns bytes into tokens, as `readToken` in x/mod's read.go does.

use crate::character::first;
use crate::error::{Error, Position};
use crate::printable::printable;
use crate::quote::escape;
use crate::rules::Release;

/// A part of the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Span {
    /// Its bytes.
    pub(crate) fn of(self, source: &[u8]) -> &[u8] {
        &source[self.start as usize..self.end as usize]
    }
}

/// The kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// The end of the file.
    End,
    /// The end of a line.
    Newline,
    /// A comment alone on its line, with the end of that line.
    Comment,
    /// A comment behind other tokens, with the end of its line.
    Suffix,
    /// `(`.
    Open,
    /// `)`.
    Close,
    /// A word, quoted or not, or one of `[]{},`.
    Word,
}

impl Token {
    /// Whether it ends a line.
    pub(crate) fn ends_line(self) -> bool {
        matches!(self, Token::End | Token::Newline | Token::Suffix)
    }
}

/// A token and its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lexeme {
    pub(crate) token: Token,
    pub(crate) start: Position,
    /// The place behind it; behind the line's end, if the token includes that.
    pub(crate) end: Position,
}

impl Lexeme {
    /// Its bytes.
    pub(crate) fn span(&self) -> Span {
        Span { start: self.start.offset, end: self.end.offset }
    }
}

const SLASH_STAR: &str = "mod files must use // comments (not /* */ comments)";

/// Reads the tokens of a file.
pub(crate) struct Lexer<'a> {
    source: &'a [u8],
    release: Release,
    /// The place up to which it has read.
    pub(crate) at: Position,
    /// Whether this line had a token before.
    in_line: bool,
}

impl<'a> Lexer<'a> {
    /// Starts at the beginning of `source`, which is shorter than 4 GiB.
    pub(crate) fn new(source: &'a [u8], release: Release) -> Lexer<'a> {
        Lexer { source, release, at: Position::START, in_line: false }
    }

    /// All of the file.
    pub(crate) fn source(&self) -> &'a [u8] {
        self.source
    }

    fn rest(&self) -> &'a [u8] {
        &self.source[self.at.offset as usize..]
    }

    fn peek(&self) -> Option<char> {
        first(self.rest()).map(|(c, _)| c)
    }

    /// Reads one character.
    fn advance(&mut self) {
        let Some((c, length)) = first(self.rest()) else { return };
        self.at.offset += length as u32;
        self.at.column += 1;
        if c == '\n' {
            self.at.line += 1;
            self.at.column = 1;
        }
    }

    fn refuse<T>(&self, words: impl Into<String>) -> Result<T, Error> {
        Err(Error::new(self.at, words))
    }

    /// Reads the next token.
    pub(crate) fn next(&mut self) -> Result<Lexeme, Error> {
        while matches!(self.peek(), Some(' ' | '\t' | '\r')) {
            self.advance();
        }
        if self.rest().starts_with(b"//") {
            return Ok(self.comment());
        }
        if self.rest().starts_with(b"/*") {
            return self.refuse(SLASH_STAR);
        }
        let start = self.at;
        let token = match self.peek() {
            None => Token::End,
            Some('\n') => self.one(Token::Newline),
            Some('(') => self.one(Token::Open),
            Some(')') => self.one(Token::Close),
            Some('[' | ']' | '{' | '}' | ',') => self.one(Token::Word),
            Some(quote @ ('"' | '`')) => self.quoted(quote)?,
            Some(c) if self.in_words(c) => self.word()?,
            Some(c) => {
                return self
                    .refuse(format!("unexpected input character '{}'", escape(c, self.release)));
            }
        };
        self.in_line = token != Token::Newline;
        Ok(Lexeme { token, start, end: self.at })
    }

    fn one(&mut self, token: Token) -> Token {
        self.advance();
        token
    }

    /// Reads a comment, to the end of its line.
    fn comment(&mut self) -> Lexeme {
        let start = self.at;
        while self.peek().is_some_and(|c| c != '\n') {
            self.advance();
        }
        self.advance();
        let token = if self.in_line { Token::Suffix } else { Token::Comment };
        self.in_line = false;
        Lexeme { token, start, end: self.at }
    }

    /// Reads a quoted word. A backslash escapes the next character, even the end of a line.
    fn quoted(&mut self, quote: char) -> Result<Token, Error> {
        let start = self.at;
        let unfinished = || Err(Error::new(start, "unexpected EOF in string"));
        self.advance();
        loop {
            match self.peek() {
                None => return unfinished(),
                Some('\n') => return self.refuse("unexpected newline in string"),
                Some('\\') if quote == '"' => {
                    self.advance();
                    if self.peek().is_none() {
                        return unfinished();
                    }
                    self.advance();
                }
                Some(c) => {
                    self.advance();
                    if c == quote {
                        return Ok(Token::Word);
                    }
                }
            }
        }
    }

    /// Reads a word without quotes, up to white space, a bracket, a comma or a comment.
    fn word(&mut self) -> Result<Token, Error> {
        while self.peek().is_some_and(|c| self.in_words(c)) {
            if self.rest().starts_with(b"//") {
                break;
            }
            if self.rest().starts_with(b"/*") {
                return self.refuse(SLASH_STAR);
            }
            self.advance();
        }
        Ok(Token::Word)
    }

    /// Go's `isIdent`. `printable` refuses all white space except the ASCII space.
    fn in_words(&self, c: char) -> bool {
        !matches!(c, ' ' | '(' | ')' | '[' | ']' | '{' | '}' | ',') && printable(c, self.release)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Token::{Close, Comment, End, Newline, Open, Suffix, Word};

    fn tokens(source: &str) -> Vec<(Token, &str)> {
        let mut lexer = Lexer::new(source.as_bytes(), Release::NEWEST);
        let mut all = Vec::new();
        loop {
            let lexeme = lexer.next().expect("it is well-formed");
            let span = lexeme.span();
            all.push((lexeme.token, &source[span.start as usize..span.end as usize]));
            if lexeme.token == End {
                return all;
            }
        }
    }

    #[test]
    fn bytes_fall_into_tokens() {
        for (source, expected) in [
            ("", vec![(End, "")]),
            ("a b\r\n", vec![(Word, "a"), (Word, "b"), (Newline, "\n"), (End, "")]),
            ("a//b\n//c", vec![(Word, "a"), (Suffix, "//b\n"), (Comment, "//c"), (End, "")]),
            ("x (\t)", vec![(Word, "x"), (Open, "("), (Close, ")"), (End, "")]),
            (
                "[v1,v2]",
                ["[", "v1", ",", "v2", "]"]
                    .map(|w| (Word, w))
                    .into_iter()
                    .chain([(End, "")])
                    .collect(),
            ),
            ("\"a // \\\" b\"c", vec![(Word, "\"a // \\\" b\""), (Word, "c"), (End, "")]),
            ("`\\` // d", vec![(Word, "`\\`"), (Suffix, "// d"), (End, "")]),
            ("\"\\\n\" //e", vec![(Word, "\"\\\n\""), (Suffix, "//e"), (End, "")]),
            ("a=>'b' é", vec![(Word, "a=>'b'"), (Word, "é"), (End, "")]),
        ] {
            assert_eq!(tokens(source), expected, "{source:?}");
        }
    }

    #[test]
    fn bytes_that_are_no_token_are_refused_in_their_place() {
        for (source, place, words) in [
            ("a\n b/*", "2:3", SLASH_STAR),
            ("/* a */", "1:1", SLASH_STAR),
            ("é \"a\nb\"", "1:5", "unexpected newline in string"),
            ("\n `a", "2:2", "unexpected EOF in string"),
            ("\"\\", "1:1", "unexpected EOF in string"),
            ("a\0", "1:2", "unexpected input character '\\x00'"),
            ("\u{feff}module m", "1:1", "unexpected input character '\\ufeff'"),
            ("a\u{a0}b", "1:2", "unexpected input character '\\u00a0'"),
            ("a\x0cb", "1:2", "unexpected input character '\\f'"),
        ] {
            let mut lexer = Lexer::new(source.as_bytes(), Release::NEWEST);
            let error = loop {
                match lexer.next() {
                    Ok(lexeme) => assert_ne!(lexeme.token, End, "{source:?}"),
                    Err(error) => break error,
                }
            };
            let Position { line, column, .. } = error.position();
            assert_eq!(
                (format!("{line}:{column}"), error.message("m")),
                (place.into(), words.into())
            );
        }
    }
}
