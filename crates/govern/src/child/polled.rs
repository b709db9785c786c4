//! The two outputs of a program, heard at once and in time by the thread that asks: the system says which of them
//! has something.

use super::Left;
use super::words::Words;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::process::{Child, ChildStderr, ChildStdout};

/// What is read of its words at once, in bytes.
const PIECE: usize = 4 << 10;

/// The outputs. To read is to read the standard output; what comes on the other meanwhile is kept, since a
/// program waits for the reader of the one that is full.
pub(super) struct Outputs<'l> {
    out: Option<ChildStdout>,
    err: Option<ChildStderr>,
    words: Words,
    left: &'l Left<'l>,
    is_late: bool,
}

impl<'l> Outputs<'l> {
    /// Those of a child, of whose words `most` bytes are kept, for as long as time is `left`.
    ///
    /// # Errors
    /// Where it has no pipes.
    pub(super) fn of(
        child: &mut Child,
        most: usize,
        left: &'l Left<'l>,
    ) -> io::Result<Outputs<'l>> {
        let (out, err) = (child.stdout.take(), child.stderr.take());
        if out.is_none() || err.is_none() {
            return Err(io::Error::other("it has no output"));
        }
        Ok(Outputs { out, err, words: Words::new(most), left, is_late: false })
    }

    /// Closes the standard output, and hears the words until they end or the time is over.
    pub(super) fn end(&mut self) {
        self.out = None;
        while self.err.is_some() && self.next().is_ok() {}
    }

    /// Whether the time was over first.
    pub(super) fn is_late(&self) -> bool {
        self.is_late
    }

    pub(super) fn into_words(self) -> Vec<u8> {
        self.words.kept()
    }

    /// Waits until one of them has something or has ended. Hears the words; says whether it is the output.
    fn next(&mut self) -> io::Result<bool> {
        let mut open: Vec<PollFd<'_>> = Vec::with_capacity(2);
        open.extend(self.out.iter().map(|out| asked(out.as_fd())));
        open.extend(self.err.iter().map(|err| asked(err.as_fd())));
        loop {
            let left = (self.left.time)();
            let time = left.min(self.left.pause);
            let time = Timespec::try_from(time).map_err(io::Error::other)?;
            match poll(&mut open, Some(&time)) {
                // What never pauses is late, too.
                Ok(_) if left.is_zero() => {
                    self.is_late = true;
                    return Err(io::ErrorKind::TimedOut.into());
                }
                Ok(0) => {}
                Ok(_) => break,
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let has = |one: Option<&PollFd<'_>>| one.is_some_and(|one| !one.revents().is_empty());
        let has_output = self.out.is_some() && has(open.first());
        if self.err.is_some() && has(open.last()) {
            self.listen();
        }
        Ok(has_output)
    }

    /// Hears the words that are there.
    fn listen(&mut self) {
        let mut piece = [0; PIECE];
        match self.err.as_mut().map(|err| err.read(&mut piece)) {
            Some(Ok(count @ 1..)) => self.words.add(&piece[..count]),
            Some(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
            // What was read before an error is kept.
            _ => self.err = None,
        }
    }
}

impl Read for Outputs<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.out.is_none() {
                return Ok(0);
            }
            if self.next()?
                && let Some(out) = &mut self.out
            {
                return out.read(bytes);
            }
        }
    }
}

fn asked(file: BorrowedFd<'_>) -> PollFd<'_> {
    PollFd::from_borrowed_fd(file, PollFlags::IN)
}
