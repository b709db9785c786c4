//! What git's objects hold. One process answers for all of them, by their names.

use super::{command, converse};
use crate::repo::{Content, Error, NOT_FETCHED};
use goward_resolver::ReadError;
use std::io::{self, BufRead as _, BufReader, Read, Write as _};
use std::path::Path;
use std::process::{ChildStdin, Stdio};

/// As many questions fit into a pipe, so git never waits for their reader while this one waits for git.
pub(in crate::repo) const AT_ONCE: usize = 32;
/// In bytes: the name of an object, its kind and its size.
const LONGEST_HEAD: u64 = 256;

/// The name of an object, in hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::repo) struct ObjectName(String);

/// The names of a file and of a tree without content, by the two ways in which git names objects.
const EMPTY: [[&str; 2]; 2] = [
    ["e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", "4b825dc642cb6eb9a060e54bf8d69288fbee4904"],
    [
        "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
        "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
    ],
];

impl ObjectName {
    /// The name of the empty tree, if this is the empty file.
    pub(in crate::repo) fn tree_if_empty(&self) -> Option<&'static str> {
        EMPTY.iter().find_map(|[file, tree]| (self.0 == *file).then_some(*tree))
    }

    /// `None` for what is no such name.
    pub(in crate::repo) fn parse(text: &[u8]) -> Option<ObjectName> {
        let digits = matches!(text.len(), 40 | 64) && text.iter().all(u8::is_ascii_hexdigit);
        digits.then(|| ObjectName(String::from_utf8_lossy(text).into_owned()))
    }
}

/// The process that answers.
pub(in crate::repo) struct Blobs<'c> {
    questions: ChildStdin,
    answers: BufReader<&'c mut dyn Read>,
}

impl Blobs<'_> {
    /// Lets `work` ask the git of the repository at `top`, and ends it.
    ///
    /// # Errors
    /// If git fails, or answers something else than what it was asked.
    pub(in crate::repo) fn ask<T>(
        (git, top): (&Path, &Path),
        work: impl FnOnce(&mut Blobs<'_>) -> io::Result<T>,
    ) -> Result<T, Error> {
        let mut command = command(git, top);
        command.args(["cat-file", "--batch"]).stdin(Stdio::piped());
        converse(command, |questions, answers| {
            let questions = questions.ok_or_else(|| io::Error::other("it has no input"))?;
            work(&mut Blobs { questions, answers: BufReader::new(answers) })
        })
    }

    /// Asks for objects, at most [`AT_ONCE`]. [`Blobs::next`] has their content, in the same order.
    pub(in crate::repo) fn want<'a>(
        &mut self,
        names: impl Iterator<Item = &'a ObjectName>,
    ) -> io::Result<()> {
        let lines: String = names.map(|name| format!("{}\n", name.0)).collect();
        self.questions.write_all(lines.as_bytes()).map_err(|error| match error.kind() {
            // It ended too early.
            io::ErrorKind::BrokenPipe => io::ErrorKind::UnexpectedEof.into(),
            _ => error,
        })
    }

    /// The content of the next object; of one with more than `limit` bytes it is only known that it has.
    pub(in crate::repo) fn next(&mut self, limit: usize) -> io::Result<Content> {
        let mut head = String::new();
        self.answers.by_ref().take(LONGEST_HEAD).read_line(&mut head)?;
        if head.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let words: Vec<&str> = head.trim_end().split(' ').collect();
        let (kind, size) = match words[..] {
            // A partial clone has it elsewhere.
            [_, "missing"] => return Ok(Err(NOT_FETCHED)),
            [_, kind, size] => (kind, size.parse::<u64>().ok()),
            _ => ("", None),
        };
        let unfit = || io::Error::other("it answers something else than what it was asked");
        let size = size.ok_or_else(unfit)?;
        let content = if kind != "blob" {
            self.pass(size)?;
            Err(ReadError::NotRegular)
        } else if size > limit as u64 {
            self.pass(size)?;
            Err(ReadError::TooLarge)
        } else {
            let mut bytes = Vec::new();
            self.answers.by_ref().take(size).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        let mut end = [0];
        self.answers.read_exact(&mut end)?;
        if end == *b"\n" { Ok(content) } else { Err(unfit()) }
    }

    /// Reads on, and keeps nothing.
    fn pass(&mut self, size: u64) -> io::Result<()> {
        io::copy(&mut self.answers.by_ref().take(size), &mut io::sink()).map(|_| ())
    }
}
