//! A program that is started for an answer: its outputs are read as they come, it ends with goward and in time, with
//! all that it has started, and on Linux has a bound of memory.

use goward_installer::signals::{self, LastWill};
use std::cell::Cell;
use std::io::{self, Read};
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc::{self, Receiver};
use std::thread::{self, LocalKey};
use std::time::{Duration, Instant};

/// The pause between two questions whether a program has ended that has closed its outputs, and so ends at once.
const POLL: Duration = Duration::from_micros(200);

/// How much programs of one kind may take.
pub(crate) struct Bounds {
    /// How much of the time is left that they have for all that a command asks. One thread asks for a command.
    pub(crate) left: &'static LocalKey<Cell<Duration>>,
    /// The memory of each process, in bytes.
    pub(crate) memory: u64,
    /// How much of its words is kept, in bytes.
    pub(crate) words: u64,
}

/// A program that has ended.
#[derive(Debug)]
pub(crate) struct Ended<T> {
    /// What was made of its output.
    pub(crate) said: io::Result<T>,
    /// The beginning of what it wrote to its standard error.
    pub(crate) words: Vec<u8>,
    pub(crate) status: ExitStatus,
}

/// Why a program has not ended by itself.
#[derive(Debug)]
pub(crate) enum Unanswered {
    /// It took too long, or those before it did.
    Endless,
    /// It cannot be started, or heard.
    Unable(io::Error),
}

impl From<io::Error> for Unanswered {
    fn from(error: io::Error) -> Unanswered {
        Unanswered::Unable(error)
    }
}

/// Starts a program, and waits for its end while a thread makes something of its output. `take` gives the thread's
/// work the ends of the pipes that it needs. Where that work fails, the program is ended.
pub(crate) fn converse<T, W>(
    command: &mut Command,
    bounds: &Bounds,
    take: impl FnOnce(&mut Child) -> Option<W>,
) -> Result<Ended<T>, Unanswered>
where
    T: Send + 'static,
    W: FnOnce() -> io::Result<T> + Send + 'static,
{
    let (begun, patience) = (Instant::now(), bounds.left.get());
    if patience.is_zero() {
        return Err(Unanswered::Endless);
    }
    let left = || patience.saturating_sub(begun.elapsed());
    let mut started = Started::of(command, bounds.memory)?;
    let work = take(&mut started.child);
    let ended = started.hear(work, bounds.words, &left);
    if ended.is_err() {
        started.kill();
        // A wait cannot fail for another reason than that it is gone.
        let _ = started.child.wait();
    }
    bounds.left.set(left());
    ended
}

/// The program, and what ends it before a signal ends us.
#[derive(Debug)]
struct Started {
    child: Child,
    group: Group,
    _will: LastWill,
}

impl Started {
    /// Starts it. Each of its processes may have `memory` bytes of its own, where the system has such a bound;
    /// what it maps of files does not count.
    fn of(command: &mut Command, memory: u64) -> io::Result<Started> {
        signals::give_apart(command);
        let ((child, group), _will) = signals::with_will(|| -> io::Result<_> {
            let child = command.spawn()?;
            let group = Group::of(&child);
            bound(&child, memory);
            Ok(((child, group), move || group.kill()))
        })?;
        Ok(Started { child, group, _will })
    }

    /// Hears both outputs at once: the program waits for the reader of the one that is full. Another process may
    /// hold an output open and be out of reach, so none of the readers is waited for longer than there is time.
    fn hear<T, W>(
        &mut self,
        work: Option<W>,
        most: u64,
        left: &dyn Fn() -> Duration,
    ) -> Result<Ended<T>, Unanswered>
    where
        T: Send + 'static,
        W: FnOnce() -> io::Result<T> + Send + 'static,
    {
        let (Some(work), Some(err)) = (work, self.child.stderr.take()) else {
            return Err(io::Error::other("it has no output").into());
        };
        let (said, words) = (by_thread(work)?, by_thread(move || Ok(words(err, most)))?);
        let said = said.recv_timeout(left());
        if !matches!(said, Ok(Ok(_))) {
            self.kill();
        }
        let words = words.recv_timeout(left());
        if words.is_err() {
            self.kill();
        }
        let status = self.end(left)?;
        match (said, words, status) {
            (Ok(said), Ok(words), Some(status)) => Ok(Ended { said, words: words?, status }),
            _ => Err(Unanswered::Endless),
        }
    }

    /// Waits for its end; `None` if it does not come in time. It may have closed its outputs and go on.
    fn end(&mut self, left: &dyn Fn() -> Duration) -> io::Result<Option<ExitStatus>> {
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(Some(status));
            }
            if left().is_zero() {
                return Ok(None);
            }
            thread::sleep(POLL);
        }
    }

    /// Ends it, with all that it has started. It may have ended already.
    fn kill(&mut self) {
        self.group.kill();
        let _ = self.child.kill();
    }
}

/// The first `limit` bytes of an output, and the rest of it.
pub(crate) fn piece<R: Read>(mut output: R, limit: u64) -> io::Result<(Vec<u8>, R)> {
    let mut bytes = Vec::new();
    output.by_ref().take(limit).read_to_end(&mut bytes)?;
    Ok((bytes, output))
}

/// The beginning of the words, which are all read.
fn words(mut output: impl Read, most: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    // What was read before an error is kept.
    let _ = output.by_ref().take(most).read_to_end(&mut bytes);
    let _ = io::copy(&mut output, &mut io::sink());
    bytes
}

/// The result of some work that a thread does; an error where there can be no more threads.
fn by_thread<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<Receiver<io::Result<T>>> {
    let (send, result) = mpsc::channel();
    thread::Builder::new().spawn(move || {
        // The other side may have given up.
        let _ = send.send(work());
    })?;
    Ok(result)
}

/// Bounds the memory of a program.
#[cfg_attr(not(target_os = "linux"), expect(unused_variables, reason = "no other system has it"))]
fn bound(child: &Child, memory: u64) {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};
        // The user may have set a lower one, which holds.
        let Rlimit { current, maximum } = getrlimit(Resource::Data);
        let lower = |own: Option<u64>| Some(own.map_or(memory, |own| own.min(memory)));
        let limit = Rlimit { current: lower(current), maximum: lower(maximum) };
        // It may have ended already.
        let _ = prlimit(Some(Pid::from_child(child)), Resource::Data, limit);
    }
}

/// The program with all that it has started.
#[derive(Clone, Copy, Debug)]
struct Group {
    #[cfg(unix)]
    leader: rustix::process::Pid,
}

impl Group {
    #[cfg_attr(not(unix), expect(unused_variables, reason = "there a child is killed alone"))]
    fn of(child: &Child) -> Group {
        Group {
            #[cfg(unix)]
            leader: rustix::process::Pid::from_child(child),
        }
    }

    fn kill(self) {
        #[cfg(unix)]
        {
            use rustix::process::{Signal, kill_process_group};
            // It may have ended just now.
            let _ = kill_process_group(self.leader, Signal::KILL);
        }
    }
}
