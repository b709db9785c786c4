//! The two outputs of a program, heard at once and in time where the system cannot say which of them has
//! something: a thread for each reads on, and hands over what it has.

use super::Left;
use super::words::Words;
use std::io::{self, Read};
use std::process::Child;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread;

/// What is read of an output at once, in bytes.
const PIECE: usize = 8 << 10;
/// The pieces that may wait.
const WAITING: usize = 4;

/// A piece of an output.
enum Piece {
    Output(Vec<u8>),
    Words(Vec<u8>),
}

/// The outputs. To read is to read the standard output; what comes on the other meanwhile is kept, since a
/// program waits for the reader of the one that is full.
pub(super) struct Outputs<'l> {
    pieces: Receiver<io::Result<Piece>>,
    /// What was handed over and not read yet.
    rest: io::Cursor<Vec<u8>>,
    is_closed: bool,
    words: Words,
    left: &'l Left<'l>,
    is_late: bool,
}

impl<'l> Outputs<'l> {
    /// Those of a child, of whose words `most` bytes are kept, for as long as time is `left`.
    ///
    /// # Errors
    /// Where it has no pipes, or there can be no more threads.
    pub(super) fn of(
        child: &mut Child,
        most: usize,
        left: &'l Left<'l>,
    ) -> io::Result<Outputs<'l>> {
        let (Some(out), Some(err)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(io::Error::other("it has no output"));
        };
        let (send, pieces) = mpsc::sync_channel(WAITING);
        pump(out, Piece::Output, send.clone())?;
        pump(err, Piece::Words, send)?;
        let (rest, words) = (io::Cursor::default(), Words::new(most));
        Ok(Outputs { pieces, rest, is_closed: false, words, left, is_late: false })
    }

    /// Hears the words until both outputs have ended or the time is over.
    pub(super) fn end(&mut self) {
        self.is_closed = true;
        while self.next().is_ok_and(|more| more) {}
    }

    /// Whether the time was over first.
    pub(super) fn is_late(&self) -> bool {
        self.is_late
    }

    pub(super) fn into_words(self) -> Vec<u8> {
        self.words.kept()
    }

    /// Takes the next piece; says whether there was one.
    fn next(&mut self) -> io::Result<bool> {
        loop {
            let left = (self.left.time)();
            match self.pieces.recv_timeout(left.min(self.left.pause)) {
                Ok(Ok(Piece::Words(words))) => self.words.add(&words),
                Ok(Ok(Piece::Output(_))) if self.is_closed => {}
                Ok(Ok(Piece::Output(output))) => self.rest = io::Cursor::new(output),
                Ok(Err(error)) => return Err(error),
                Err(RecvTimeoutError::Disconnected) => return Ok(false),
                Err(RecvTimeoutError::Timeout) if !left.is_zero() => continue,
                Err(RecvTimeoutError::Timeout) => {
                    self.is_late = true;
                    return Err(io::ErrorKind::TimedOut.into());
                }
            }
            return Ok(true);
        }
    }
}

impl Read for Outputs<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.rest.read(bytes)?;
            if count > 0 || bytes.is_empty() || !self.next()? {
                return Ok(count);
            }
        }
    }
}

/// Starts the thread that reads an output.
fn pump(
    mut output: impl Read + Send + 'static,
    kind: fn(Vec<u8>) -> Piece,
    to: SyncSender<io::Result<Piece>>,
) -> io::Result<()> {
    let work = move || {
        let mut piece = vec![0; PIECE];
        loop {
            let read = match output.read(&mut piece) {
                Ok(0) => return,
                Ok(count) => Ok(kind(piece[..count].to_vec())),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Err(error),
            };
            let failed = read.is_err();
            // The other side may have given up.
            if to.send(read).is_err() || failed {
                return;
            }
        }
    };
    thread::Builder::new().spawn(work).map(drop)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::process::Stdio;
    use std::time::{Duration, Instant};

    /// What is read of a shell's script, its words, and whether it is late after a second.
    fn heard(script: &str) -> (io::Result<String>, Vec<u8>, bool) {
        let mut command = goward_testkit::start::tool("sh");
        command.args(["-c", script]).stdin(Stdio::null());
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a shell");
        let until = Instant::now() + Duration::from_secs(1);
        let time = || until.saturating_duration_since(Instant::now());
        let left = Left { time: &time, pause: Duration::MAX };
        let mut outputs = Outputs::of(&mut child, 5, &left).expect("it has pipes");
        let mut said = String::new();
        let read = outputs.read_to_string(&mut said).map(|_| said);
        if read.is_err() {
            child.kill().expect("it is ours");
        }
        outputs.end();
        child.wait().expect("it is ours");
        let is_late = outputs.is_late();
        (read, outputs.into_words(), is_late)
    }

    #[test]
    fn both_outputs_are_heard_at_once_and_in_time() {
        let noise = "head -c 300000 /dev/zero | tr '\\0' x >&2; seq 30000";
        let (said, words, is_late) = heard(noise);
        assert_eq!(said.unwrap().lines().count(), 30000);
        assert_eq!((&*words, is_late), (b"xxxxx".as_slice(), false));
        let (said, words, is_late) = heard("printf ab >&2; echo c; exec sleep 9");
        assert_eq!(said.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert_eq!((&*words, is_late), (b"ab".as_slice(), true));
    }
}
