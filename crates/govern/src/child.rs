//! A program that is started for an answer: it ends with goward, with all that it has started, and on Linux has
//! a bound of memory.

use goward_installer::signals::{self, LastWill};
use std::io;
use std::process::{Child, Command};

/// The program, and what ends it before a signal ends us.
#[derive(Debug)]
pub(crate) struct Started {
    pub(crate) child: Child,
    group: Group,
    _will: LastWill,
}

impl Started {
    /// Starts it. Each of its processes may have `memory` bytes of its own, where the system has such a bound;
    /// what it maps of files does not count.
    pub(crate) fn of(command: &mut Command, memory: u64) -> io::Result<Started> {
        signals::give_apart(command);
        let ((child, group), _will) = signals::with_will(|| -> io::Result<_> {
            let child = command.spawn()?;
            let group = Group::of(&child);
            bound(&child, memory);
            Ok(((child, group), move || group.kill()))
        })?;
        Ok(Started { child, group, _will })
    }

    /// Ends it, with all that it has started. It may have ended already.
    pub(crate) fn kill(&mut self) {
        self.group.kill();
        let _ = self.child.kill();
    }
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
