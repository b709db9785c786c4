//! A file as lines and blocks of tokens with their comments, without the meaning of the lines.

use crate::error::Position;
use crate::lex::Span;
use crate::rules::Rules;
use std::ops::Range;

/// A file and its structure, as Go's `modfile.FileSyntax`. It knows no directives, so an edit of a
/// file with a newer Go's directives works, too. Its [edits](Syntax::set) change no byte outside of
/// their own directive.
#[derive(Clone, Debug)]
pub struct Syntax {
    pub(crate) source: Vec<u8>,
    pub(crate) rules: Rules,
    /// All words of all lines, in order.
    pub(crate) words: Vec<Span>,
    /// All comments alone on their line, in order; an empty one is a blank line.
    pub(crate) comments: Vec<Span>,
    /// All comments behind other tokens, in order.
    pub(crate) suffixes: Vec<Span>,
    /// All lines with words, of blocks and others, in order.
    pub(crate) lines: Vec<Line>,
    pub(crate) statements: Vec<Statement>,
}

/// A part of one of the lists of [`Syntax`].
pub(crate) type Slice = Range<u32>;

/// A line of words.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) start: Position,
    pub(crate) words: Slice,
    /// Comments right above it; in a block, with the blank lines there.
    pub(crate) before: Slice,
    pub(crate) suffixes: Slice,
}

/// A statement of the top level.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub(crate) form: Form,
    pub(crate) start: Position,
    /// Behind the end of its last line.
    pub(crate) end: u32,
    /// Comments right above it, or all of a statement of comments.
    pub(crate) before: Slice,
    /// Its only line, or those of a block.
    pub(crate) lines: Slice,
}

/// The three forms of statements.
#[derive(Clone, Debug)]
pub(crate) enum Form {
    /// Comments between blank lines.
    Comments,
    /// One line.
    Line,
    /// A block, with the words before its parenthesis.
    Block(Slice),
}

impl Syntax {
    pub(crate) fn empty(rules: Rules) -> Syntax {
        let (source, words, comments, suffixes) = Default::default();
        let (lines, statements) = Default::default();
        Syntax { source, rules, words, comments, suffixes, lines, statements }
    }

    /// The file.
    #[must_use]
    pub fn source(&self) -> &[u8] {
        &self.source
    }

    /// The file, without its structure.
    #[must_use]
    pub fn into_source(self) -> Vec<u8> {
        self.source
    }

    /// The bytes of words.
    pub(crate) fn words(&self, words: &Slice) -> impl ExactSizeIterator<Item = &[u8]> + Clone {
        pick(&self.words, words).iter().map(|span| span.of(&self.source))
    }

    /// The first word of a statement.
    pub(crate) fn verb(&self, statement: &Statement) -> Option<&[u8]> {
        match &statement.form {
            Form::Comments => None,
            Form::Line => {
                self.lines_of(statement).first().and_then(|line| self.words(&line.words).next())
            }
            Form::Block(words) => self.words(words).next(),
        }
    }

    pub(crate) fn lines_of(&self, statement: &Statement) -> &[Line] {
        pick(&self.lines, &statement.lines)
    }
}

/// A part of one of the lists.
pub(crate) fn pick<'a, T>(list: &'a [T], slice: &Slice) -> &'a [T] {
    &list[slice.start as usize..slice.end as usize]
}
