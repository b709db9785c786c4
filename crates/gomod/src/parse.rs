//! Turns tokens into lines and blocks, and gives each comment its owner: `parseFile` and
//! `assignComments` of x/mod's read.go.

use crate::error::{Error, Position, Refused, Words};
use crate::lex::{Lexeme, Lexer, Span, Token};
use crate::rules::Rules;
use crate::syntax::{Form, Line, Slice, Statement, Syntax};

impl Syntax {
    /// Reads the structure of a file.
    ///
    /// # Errors
    /// The first error of syntax. There is no second, as Go stops there.
    pub fn parse(source: impl Into<Vec<u8>>, rules: Rules) -> Result<Syntax, Refused> {
        let source = source.into();
        if u32::try_from(source.len()).is_err() {
            let error = Error::new(Position::START, "file is larger than 4 GiB");
            return Err(Refused::new(rules.kind, vec![error]));
        }
        parse(source, rules).map_err(|error| Refused::new(rules.kind, vec![error]))
    }
}

/// Reads a file of less than 4 GiB.
fn parse(source: Vec<u8>, rules: Rules) -> Result<Syntax, Error> {
    let mut lexer = Lexer::new(&source, rules.release);
    let next = lexer.next()?;
    let mut parser = Parser { lexer, next, syntax: Syntax::empty(rules), last: None, unknown: 0 };
    parser.file()?;
    let mut syntax = parser.syntax;
    syntax.source = source;
    Ok(syntax)
}

/// The most lines and statements that a file may have. Each needs many times its bytes in memory, and no
/// project has a hundredth of so many.
const MOST_LINES: usize = 1 << 19;
/// The most words, comments and blank lines that count.
const MOST_PARTS: usize = 2 << 20;

struct Parser<'a> {
    lexer: Lexer<'a>,
    /// The next token. This lookahead decides which of two errors the parser finds first.
    next: Lexeme,
    syntax: Syntax,
    /// The owner of a comment behind other tokens: the last finished line, if it ended on the line
    /// on which it began. A parenthesis owns comments, too, where no directive sees them.
    last: Option<u32>,
    /// The number of statements so far whose directive no Go knows.
    unknown: usize,
}

impl Parser<'_> {
    fn take(&mut self) -> Result<Lexeme, Error> {
        let Syntax { words, comments, suffixes, lines, statements, .. } = &self.syntax;
        if lines.len() + statements.len() > MOST_LINES
            || words.len() + comments.len() + suffixes.len() > MOST_PARTS
        {
            return Err(Error::new(
                self.next.start,
                "the file has too many lines or words to edit",
            ));
        }
        let next = self.lexer.next()?;
        Ok(std::mem::replace(&mut self.next, next))
    }

    fn file(&mut self) -> Result<(), Error> {
        let mut comments = len(&self.syntax.comments);
        let mut first = Position::START;
        loop {
            match self.next.token {
                Token::Newline | Token::End => {
                    let before = comments..len(&self.syntax.comments);
                    if !before.is_empty() {
                        self.comments(first, before);
                        comments = len(&self.syntax.comments);
                    }
                    if self.next.token == Token::End {
                        return Ok(());
                    }
                    self.take()?;
                }
                Token::Comment => {
                    if comments == len(&self.syntax.comments) {
                        first = self.next.start;
                    }
                    let comment = self.comment()?;
                    self.syntax.comments.push(comment);
                }
                _ => {
                    let before = comments..len(&self.syntax.comments);
                    self.statement(before)?;
                    comments = len(&self.syntax.comments);
                }
            }
        }
    }

    fn comments(&mut self, start: Position, before: Slice) {
        let end = self.next.start.offset;
        let lines = len(&self.syntax.lines)..len(&self.syntax.lines);
        self.syntax.statements.push(Statement { form: Form::Comments, start, end, before, lines });
    }

    /// Reads a comment, without the end of its line.
    fn comment(&mut self) -> Result<Span, Error> {
        let mut span = self.take()?.span();
        let text = span.of(self.lexer.source());
        let text = text.strip_suffix(b"\r\n").or(text.strip_suffix(b"\n")).unwrap_or(text);
        span.end = span.start + text.len() as u32;
        Ok(span)
    }

    /// Reads the end of a line, and a comment before it.
    fn end_of_line(&mut self) -> Result<u32, Error> {
        let end = self.next.end.offset;
        if self.next.token != Token::Suffix {
            self.take()?;
            return Ok(end);
        }
        let comment = self.comment()?;
        if let Some(line) = self.last {
            self.syntax.suffixes.push(comment);
            let count = len(&self.syntax.suffixes);
            let suffixes = &mut self.syntax.lines[line as usize].suffixes;
            let start = if suffixes.start == suffixes.end { count - 1 } else { suffixes.start };
            *suffixes = start..count;
        }
        Ok(end)
    }

    fn statement(&mut self, before: Slice) -> Result<(), Error> {
        let words = len(&self.syntax.words);
        let first = self.take()?;
        self.syntax.words.push(first.span());
        let mut end = first.end;
        loop {
            if self.next.token.ends_line() {
                let line = Line {
                    start: first.start,
                    words: words..len(&self.syntax.words),
                    before: before.clone(),
                    suffixes: 0..0,
                };
                let lines = self.line(line, end);
                let end = self.end_of_line()?;
                let (form, start) = (Form::Line, first.start);
                if self.is_surplus(first.span()) {
                    self.forget(lines.start, words, before.start);
                } else {
                    self.syntax.statements.push(Statement { form, start, end, before, lines });
                }
                return Ok(());
            }
            let lexeme = self.take()?;
            if lexeme.token != Token::Open {
                end = lexeme.end;
                self.syntax.words.push(lexeme.span());
                continue;
            }
            let header = words..len(&self.syntax.words);
            if self.next.token.ends_line() {
                return self.block(first.start, header, before);
            }
            self.syntax.words.push(lexeme.span());
            if self.next.token == Token::Close {
                let close = self.take()?;
                if self.next.token.ends_line() {
                    self.syntax.words.pop();
                    return self.finish(first.start, header, before);
                }
                self.syntax.words.push(close.span());
            }
        }
    }

    /// Whether a statement with this verb adds nothing to the errors that [`Refused`] keeps, nor to
    /// the file's meaning: a file of nothing else would need many times its size for them.
    fn is_surplus(&mut self, verb: Span) -> bool {
        let known = self.is_known(verb);
        self.unknown += usize::from(!known);
        !known && self.unknown > Refused::MOST
    }

    fn is_known(&self, verb: Span) -> bool {
        Rules::strict(self.syntax.rules.kind).knows(verb.of(self.lexer.source()))
    }

    /// Takes back the last line, with its words and comments.
    fn forget(&mut self, line: u32, words: u32, comments: u32) {
        let suffixes = self.syntax.lines[line as usize].suffixes.clone();
        if !suffixes.is_empty() {
            self.syntax.suffixes.truncate(suffixes.start as usize);
        }
        self.syntax.lines.truncate(line as usize);
        self.syntax.words.truncate(words as usize);
        self.syntax.comments.truncate(comments as usize);
        // No directive sees a comment that this line would own from here on.
        self.last = self.last.filter(|last| *last < line);
    }

    /// Adds a line whose words end at `end`.
    fn line(&mut self, line: Line, end: Position) -> Slice {
        let number = len(&self.syntax.lines);
        if line.start.line == end.line {
            self.last = Some(number);
        }
        self.syntax.lines.push(line);
        number..number + 1
    }

    /// Reads the rest of a block, behind its parenthesis.
    fn block(&mut self, start: Position, header: Slice, before: Slice) -> Result<(), Error> {
        self.last = None;
        let lines = len(&self.syntax.lines);
        let mut comments = len(&self.syntax.comments);
        let known = self.is_known(self.syntax.words[header.start as usize]);
        loop {
            match self.next.token {
                Token::Suffix => {
                    self.end_of_line()?;
                }
                Token::Newline => {
                    self.take()?;
                    let known = &self.syntax.comments[comments as usize..];
                    let blank = match known.last() {
                        Some(comment) => *comment != Span::default(),
                        None => lines < len(&self.syntax.lines),
                    };
                    if blank {
                        self.syntax.comments.push(Span::default());
                    }
                }
                Token::Comment => {
                    let comment = self.comment()?;
                    self.syntax.comments.push(comment);
                }
                Token::End => {
                    let words = Words::Unterminated(start);
                    return Err(Error { position: self.lexer.at, words });
                }
                Token::Close => {
                    self.take()?;
                    if !self.next.token.ends_line() {
                        let words = "syntax error (expected newline after closing paren)";
                        return Err(Error::new(self.lexer.at, words));
                    }
                    return self.finish_block(start, header, (before, lines));
                }
                _ => {
                    let before = comments..len(&self.syntax.comments);
                    self.line_of_block(before, known)?;
                    comments = len(&self.syntax.comments);
                }
            }
        }
    }

    /// Reads a line of a block. It keeps nothing of the line if no Go knows the block (`known`).
    fn line_of_block(&mut self, before: Slice, known: bool) -> Result<(), Error> {
        let words = len(&self.syntax.words);
        let start = self.next.start;
        let mut end = start;
        while !self.next.token.ends_line() {
            let lexeme = self.take()?;
            end = lexeme.end;
            self.syntax.words.push(lexeme.span());
        }
        let line = Line { start, words: words..len(&self.syntax.words), before, suffixes: 0..0 };
        let comments = line.before.start;
        let number = self.line(line, end).start;
        self.end_of_line()?;
        if !known {
            self.forget(number, words, comments);
        }
        Ok(())
    }

    /// Makes an empty block on one line, behind its parentheses.
    fn finish(&mut self, start: Position, header: Slice, before: Slice) -> Result<(), Error> {
        let lines = len(&self.syntax.lines);
        self.finish_block(start, header, (before, lines))
    }

    /// Makes a block of its comments, and of its lines from the second number of the pair on.
    fn finish_block(
        &mut self,
        start: Position,
        header: Slice,
        (before, lines): (Slice, u32),
    ) -> Result<(), Error> {
        self.last = None;
        let end = self.end_of_line()?;
        let lines = lines..len(&self.syntax.lines);
        if self.is_surplus(self.syntax.words[header.start as usize]) {
            self.syntax.words.truncate(header.start as usize);
            self.syntax.comments.truncate(before.start as usize);
        } else {
            let form = Form::Block(header);
            self.syntax.statements.push(Statement { form, start, end, before, lines });
        }
        Ok(())
    }
}

/// The number of elements, which is below the number of bytes, which is below 4 Gi.
fn len<T>(list: &[T]) -> u32 {
    list.len() as u32
}
