//! A program that is started for an answer: its outputs are read as they come, it ends with goward and in time, with
//! all that it has started, and on Linux has a bound of memory.

#[cfg(unix)]
mod polled;
// Its tests run everywhere.
#[cfg(any(not(unix), test))]
mod pumped;
mod watch;
mod words;

use goward_installer::signals::{self, LastWill};
#[cfg(unix)]
use polled::Outputs;
#[cfg(not(unix))]
use pumped::Outputs;
use std::cell::Cell;
use std::io::{self, Read};
use std::process::{Child, ChildStdin, Command, ExitStatus};
use std::thread::{self, LocalKey};
use std::time::{Duration, Instant};
use watch::Watch;

/// The pause between two questions whether a program has ended that has closed its outputs, and so ends at once.
const POLL: Duration = Duration::from_micros(200);

/// How much programs of one kind may take.
pub(crate) struct Bounds {
    /// How much of the time is left that they have for all that a command asks. One thread asks for a command.
    pub(crate) left: &'static LocalKey<Cell<Duration>>,
    /// The memory of each process, in bytes.
    pub(crate) memory: u64,
    /// How much of its words is kept, in bytes.
    pub(crate) words: usize,
    /// How long they may do nothing, where the system tells that; `None` is without a bound of its own.
    pub(crate) idle: Option<Duration>,
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

/// Starts a program, makes something of its output by `work`, which gets the pipe to its input if it has one,
/// and waits for its end. Where that work fails, the program is ended.
pub(crate) fn converse<T>(
    command: &mut Command,
    bounds: &Bounds,
    work: impl FnOnce(Option<ChildStdin>, &mut dyn Read) -> io::Result<T>,
) -> Result<Ended<T>, Unanswered> {
    let (begun, patience) = (Instant::now(), bounds.left.get());
    if patience.is_zero() {
        return Err(Unanswered::Endless);
    }
    let mut started = Started::of(command, bounds.memory)?;
    let watch = Watch::of(started.child.id(), bounds.idle);
    let is_over = Cell::new(false);
    let left = || {
        is_over.set(is_over.get() || watch.is_idle());
        if is_over.get() { Duration::ZERO } else { patience.saturating_sub(begun.elapsed()) }
    };
    let left = Left { time: &left, pause: watch.pause() };
    let ended = started.hear(work, bounds.words, &left);
    if ended.is_err() {
        started.kill();
        // A wait cannot fail for another reason than that it is gone.
        let _ = started.child.wait();
    }
    bounds.left.set((left.time)());
    ended
}

/// The time that is left, which may end early.
struct Left<'l> {
    time: &'l dyn Fn() -> Duration,
    /// How long one may wait before one asks again.
    pause: Duration,
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

    /// Hears both outputs at once. Another process may hold an output open and be out of reach, so none of them
    /// is waited for longer than there is time.
    fn hear<T>(
        &mut self,
        work: impl FnOnce(Option<ChildStdin>, &mut dyn Read) -> io::Result<T>,
        most: usize,
        left: &Left<'_>,
    ) -> Result<Ended<T>, Unanswered> {
        let mut outputs = Outputs::of(&mut self.child, most, left)?;
        let said = work(self.child.stdin.take(), &mut outputs);
        if said.is_err() || outputs.is_late() {
            self.kill();
        }
        outputs.end();
        if outputs.is_late() {
            return Err(Unanswered::Endless);
        }
        let status = self.end(left)?.ok_or(Unanswered::Endless)?;
        Ok(Ended { said, words: outputs.into_words(), status })
    }

    /// Waits for its end; `None` if it does not come in time. It may have closed its outputs and go on.
    fn end(&mut self, left: &Left<'_>) -> io::Result<Option<ExitStatus>> {
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(Some(status));
            }
            if (left.time)().is_zero() {
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
