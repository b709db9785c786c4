//! Brings itself into a given state, then becomes another program in it.
//!
//! The one argument names a file of words, each ended by NUL: instructions with their operands,
//! carried out in order (see `linux::carry_out`), then `exec PATH`. The instructions `arg` and
//! `env` give the arguments and variables of the next program, to the byte; descriptors above 2,
//! ignored and blocked signals of its own caller are forgotten first.
#![cfg_attr(target_os = "linux", no_main)]

#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "system calls that prepare a process, and an entry without runtime")]
mod linux {
    //! There is no Rust runtime round this `main`, which would change descriptors and signals.

    use std::ffi::{CStr, CString, c_char, c_int, c_ulong};
    use std::io;
    use std::ptr;

    /// The arguments and variables of the next program.
    #[derive(Default)]
    struct Next {
        arguments: Vec<CString>,
        variables: Vec<CString>,
    }

    #[unsafe(no_mangle)]
    extern "C" fn main(_argc: c_int, _argv: *const *const c_char) -> c_int {
        let Some(error) = run().err() else { return 0 };
        let line = format!("launch: {error}\n");
        // SAFETY: the pointer and the length are those of one string.
        unsafe { libc::write(2, line.as_ptr().cast(), line.len()) };
        // No shim and no payload gives these by itself.
        if error.raw_os_error() == Some(libc::E2BIG) { 92 } else { 91 }
    }

    fn run() -> io::Result<()> {
        let plan = std::env::args_os().nth(1).ok_or(io::ErrorKind::InvalidInput)?;
        let plan = std::fs::read(plan)?;
        forget()?;
        let words = plan.split_inclusive(|&byte| byte == 0);
        let mut words = words.map(|word| CStr::from_bytes_with_nul(word).map(CStr::to_owned));
        let mut next = Next::default();
        let mut operand = || words.next().and_then(Result::ok).ok_or(io::ErrorKind::UnexpectedEof);
        loop {
            let word = operand()?;
            let word = word.to_str().unwrap_or_default();
            match word {
                "arg" => next.arguments.push(operand()?),
                "env" => next.variables.push(operand()?),
                "exec" => return Err(become_program(&operand()?, &next)),
                _ => {
                    let count = operands(word)?;
                    let mut given = Vec::new();
                    for _ in 0..count {
                        given.push(operand()?);
                    }
                    carry_out(word, &given)
                        .map_err(|error| io::Error::other(format!("{word} {given:?}: {error}")))?;
                }
            }
        }
    }

    /// The settings of a test runner must not affect a test.
    fn forget() -> io::Result<()> {
        // The kernel's own `struct sigaction` with the default in it. The C library would not touch
        // the two signals that it uses itself.
        let default = [0u64; 4];
        // SAFETY: default dispositions install no code; set and structure are local; the rest are
        // numbers.
        unsafe {
            let none: libc::sigset_t = std::mem::zeroed();
            answer(libc::sigprocmask(libc::SIG_SETMASK, &raw const none, ptr::null_mut()))?;
            for signal in 1..=64 {
                // Some cannot be changed, and were not.
                libc::syscall(libc::SYS_rt_sigaction, signal, default.as_ptr(), 0, 8);
            }
            answer(libc::syscall(libc::SYS_close_range, 3, u32::MAX, 0)).map(drop)
        }
    }

    /// How many operands an instruction has.
    fn operands(word: &str) -> io::Result<usize> {
        Ok(match word {
            "session" | "group" | "no-new-privileges" | "subreaper" | "batch" | "block-all" => 0,
            "open" | "limit" => 3,
            "pipe" | "seek" | "chmod" => 2,
            "close" | "nonblock" | "ignore" | "block" | "raise" | "umask" | "nice" | "chdir"
            | "enter" | "rmdir" | "user" | "personality" | "death-signal" | "drop-capability"
            | "slack" | "alarm" | "oom" | "ioprio" | "terminal" => 1,
            _ => return Err(io::Error::other(format!("no such instruction: {word}"))),
        })
    }

    fn become_program(path: &CStr, next: &Next) -> io::Error {
        let array = |strings: &[CString]| -> Vec<*const c_char> {
            strings.iter().map(|string| string.as_ptr()).chain([ptr::null()]).collect()
        };
        let (argv, envp) = (array(&next.arguments), array(&next.variables));
        // SAFETY: C strings and arrays of such that end with a null pointer.
        unsafe { libc::execve(path.as_ptr(), argv.as_ptr(), envp.as_ptr()) };
        io::Error::last_os_error()
    }

    fn number(word: &CStr) -> io::Result<i64> {
        let text = word.to_str().map_err(io::Error::other)?;
        text.parse().map_err(io::Error::other)
    }

    fn answer(result: impl Into<i64>) -> io::Result<c_int> {
        let result = result.into();
        if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result as c_int) }
    }

    /// One instruction. Numbers are decimal.
    fn carry_out(word: &str, given: &[CString]) -> io::Result<()> {
        let first = given.first().map(|word| number(word).unwrap_or(-1)).unwrap_or(-1);
        let small = first as c_int;
        // SAFETY: each call takes numbers or C strings only, or has a comment of its own.
        unsafe {
            match word {
                // open FD PATH FLAGS
                "open" => place(libc::open(given[1].as_ptr(), number(&given[2])? as c_int), small),
                // pipe READ WRITE
                "pipe" => pipe(small, number(&given[1])? as c_int),
                "seek" => answer(libc::lseek(small, number(&given[1])?, libc::SEEK_SET)).map(drop),
                "close" => answer(libc::close(small)).map(drop),
                "nonblock" => answer(libc::fcntl(small, libc::F_SETFL, libc::O_NONBLOCK)).map(drop),
                "ignore" => ignore(small),
                "block" => block(|set| libc::sigaddset(set, small)),
                "block-all" => block(|set| libc::sigfillset(set)),
                "raise" => answer(libc::raise(small)).map(drop),
                "umask" => answer(libc::umask(first as libc::mode_t)).map(drop),
                "nice" => answer(libc::setpriority(libc::PRIO_PROCESS, 0, small)).map(drop),
                "session" => answer(libc::setsid()).map(drop),
                "group" => answer(libc::setpgid(0, 0)).map(drop),
                "chdir" => answer(libc::chdir(given[0].as_ptr())).map(drop),
                // chmod MODE PATH
                "chmod" => answer(libc::chmod(given[1].as_ptr(), first as libc::mode_t)).map(drop),
                // Makes a directory if need be, and goes there.
                "enter" => {
                    libc::mkdir(given[0].as_ptr(), 0o755);
                    answer(libc::chdir(given[0].as_ptr())).map(drop)
                }
                "rmdir" => answer(libc::rmdir(given[0].as_ptr())).map(drop),
                "user" => become_user(first as libc::uid_t),
                // limit RESOURCE SOFT HARD
                "limit" => limit(first as u32, number(&given[1])?, number(&given[2])?),
                "personality" => answer(libc::personality(first as c_ulong)).map(drop),
                "no-new-privileges" => control(libc::PR_SET_NO_NEW_PRIVS, 1),
                "subreaper" => control(libc::PR_SET_CHILD_SUBREAPER, 1),
                "death-signal" => control(libc::PR_SET_PDEATHSIG, first as c_ulong),
                "drop-capability" => control(libc::PR_CAPBSET_DROP, first as c_ulong),
                "slack" => control(libc::PR_SET_TIMERSLACK, first as c_ulong),
                "alarm" => answer(libc::alarm(first as u32)).map(drop),
                "ioprio" => answer(libc::syscall(libc::SYS_ioprio_set, 1, 0, first)).map(drop),
                "oom" => std::fs::write("/proc/self/oom_score_adj", first.to_string()),
                "batch" => {
                    let priority: libc::sched_param = std::mem::zeroed();
                    answer(libc::sched_setscheduler(0, libc::SCHED_BATCH, &priority)).map(drop)
                }
                "terminal" => terminal(&given[0]),
                other => Err(io::Error::other(format!("no such instruction: {other}"))),
            }
        }
    }

    fn control(option: c_int, value: c_ulong) -> io::Result<()> {
        // SAFETY: options that take one number.
        answer(unsafe { libc::prctl(option, value, 0, 0, 0) }).map(drop)
    }

    /// Gives the open descriptor `from` the number `to`.
    fn place(from: c_int, to: c_int) -> io::Result<()> {
        answer(from)?;
        if from != to {
            // SAFETY: numbers only.
            unsafe {
                answer(libc::dup2(from, to))?;
                answer(libc::close(from))?;
            }
        }
        Ok(())
    }

    fn pipe(read: c_int, write: c_int) -> io::Result<()> {
        let mut ends = [0; 2];
        // SAFETY: the kernel writes two integers.
        answer(unsafe { libc::pipe(ends.as_mut_ptr()) })?;
        place(ends[1], write)?;
        place(ends[0], read)
    }

    fn ignore(signal: c_int) -> io::Result<()> {
        // SAFETY: ignoring installs no code.
        match unsafe { libc::signal(signal, libc::SIG_IGN) } {
            libc::SIG_ERR => Err(io::Error::last_os_error()),
            _ => Ok(()),
        }
    }

    fn block(fill: impl FnOnce(*mut libc::sigset_t) -> c_int) -> io::Result<()> {
        // SAFETY: the set is local and filled before it is used.
        unsafe {
            let mut set: libc::sigset_t = std::mem::zeroed();
            libc::sigemptyset(&raw mut set);
            answer(fill(&raw mut set))?;
            answer(libc::sigprocmask(libc::SIG_BLOCK, &raw const set, ptr::null_mut())).map(drop)
        }
    }

    /// Sets a resource limit; negative numbers are no limit.
    fn limit(resource: u32, soft: i64, hard: i64) -> io::Result<()> {
        let value = |number: i64| u64::try_from(number).unwrap_or(libc::RLIM_INFINITY);
        let limit = libc::rlimit { rlim_cur: value(soft), rlim_max: value(hard) };
        // SAFETY: the kernel reads one local structure.
        answer(unsafe { libc::setrlimit(resource, &raw const limit) }).map(drop)
    }

    fn become_user(user: libc::uid_t) -> io::Result<()> {
        // SAFETY: numbers only; no supplementary groups.
        unsafe {
            answer(libc::setgroups(0, ptr::null()))?;
            answer(libc::setgid(user))?;
            answer(libc::setuid(user)).map(drop)
        }
    }

    /// A new session whose controlling terminal is also stdin, stdout and stderr.
    fn terminal(path: &CStr) -> io::Result<()> {
        // SAFETY: numbers and a C string.
        unsafe {
            answer(libc::setsid())?;
            let terminal = answer(libc::open(path.as_ptr(), libc::O_RDWR | libc::O_NOCTTY))?;
            answer(libc::ioctl(terminal, libc::TIOCSCTTY, 0))?;
            for stream in 0..3 {
                answer(libc::dup2(terminal, stream))?;
            }
            if terminal > 2 {
                answer(libc::close(terminal))?;
            }
        }
        Ok(())
    }
}

#[cfg(not(target_os = "linux"))]
fn main() {}
