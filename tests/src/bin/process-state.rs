//! Stands in for `go` to show the state in which a process starts.
//!
//! It writes everything that a program can learn about its own beginning, as text, to the file that
//! the variable `STATE_FILE` names, if it does (stdout may be closed): arguments, environment,
//! descriptors, signals, limits, identity. Then it obeys `STATE_THEN`: `exit N`, or `wait` for a
//! signal after the word `ready` on stdout.
#![cfg_attr(target_os = "linux", no_main)]

#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "an entry without Rust's runtime, which would change the state")]
mod linux {
    //! There is no Rust runtime round this `main`: it would reopen closed descriptors and ignore
    //! SIGPIPE before this program could look.

    use std::ffi::{CStr, OsStr, OsString, c_char, c_int};
    use std::fmt::Write as _;
    use std::fs;
    use std::io::{self, Write as _};
    use std::os::unix::ffi::OsStrExt as _;

    /// Lines of `/proc/self/status` that no two processes share, or that tell of the past only.
    const PASSING: [&str; 19] = [
        "Tgid",
        "Pid",
        "Ngid",
        "NS",
        "Vm",
        "Rss",
        "Hugetlb",
        "FDSize",
        "SigQ",
        "voluntary",
        "nonvoluntary",
        "State",
        "Kthread",
        "CoreDumping",
        "x86_",
        "untag",
        "Mems_allowed:",
        "Cpus_allowed:",
        "PPid",
    ];
    /// Files of `/proc/self` with the facts that a program passes on to the next.
    const WHOLE: [&str; 9] = [
        "limits",
        "cgroup",
        "oom_score_adj",
        "personality",
        "coredump_filter",
        "timerslack_ns",
        "loginuid",
        "sessionid",
        "comm",
    ];

    #[unsafe(no_mangle)]
    extern "C" fn main(_argc: c_int, _argv: *const *const c_char) -> c_int {
        // 90 is no code that a shim gives by itself.
        run().unwrap_or(90)
    }

    fn run() -> io::Result<c_int> {
        let text = state()?;
        if let Some(file) = std::env::var_os("STATE_FILE").filter(|file| !file.is_empty()) {
            fs::write(file, &text)?;
        }
        let then = std::env::var("STATE_THEN").unwrap_or_default();
        if then == "wait" {
            io::stdout().write_all(b"ready\n")?;
            io::stdout().flush()?;
            loop {
                // SAFETY: takes nothing.
                unsafe { libc::pause() };
            }
        }
        Ok(then.strip_prefix("exit ").and_then(|code| code.parse().ok()).unwrap_or(0))
    }

    fn state() -> io::Result<String> {
        let mut text = String::new();
        // First, before anything here opens a descriptor for longer.
        descriptors(&mut text)?;
        identity(&mut text)?;
        for (name, strings) in [("arg", "cmdline"), ("env", "environ")] {
            let bytes = fs::read(format!("/proc/self/{strings}"))?;
            for string in bytes.split_inclusive(|&byte| byte == 0) {
                line(&mut text, name, string.strip_suffix(&[0]).unwrap_or(string));
            }
        }
        for link in ["exe", "cwd", "root", "ns/mnt", "ns/net", "ns/pid", "ns/user", "ns/uts"] {
            line(&mut text, link, link_text(&format!("/proc/self/{link}")).as_bytes());
        }
        for name in WHOLE {
            // Not every kernel has all of them.
            line(&mut text, name, &fs::read(format!("/proc/self/{name}")).unwrap_or_default());
        }
        for fact in fs::read_to_string("/proc/self/status")?.lines() {
            if !PASSING.iter().any(|passing| fact.starts_with(passing)) {
                line(&mut text, "status", fact.as_bytes());
            }
        }
        Ok(text)
    }

    fn line(text: &mut String, name: &str, bytes: &[u8]) {
        let _ = writeln!(text, "{name} {}", bytes.escape_ascii());
    }

    /// The target of a link, or the reason why it cannot be read.
    fn link_text(path: &str) -> OsString {
        fs::read_link(path).map_or_else(|error| error.kind().to_string().into(), Into::into)
    }

    /// Every open descriptor: its kind, its position and its flags.
    fn descriptors(text: &mut String) -> io::Result<()> {
        let mut open: Vec<u32> = Vec::new();
        for entry in fs::read_dir("/proc/self/fd")? {
            open.extend(entry?.file_name().to_str().and_then(|name| name.parse::<u32>().ok()));
        }
        open.sort_unstable();
        let mut pipes: Vec<OsString> = Vec::new();
        for number in open {
            let target = link_text(&format!("/proc/self/fd/{number}"));
            // The descriptor of the listing itself is closed by now.
            let Ok(facts) = fs::read_to_string(format!("/proc/self/fdinfo/{number}")) else {
                continue;
            };
            let facts: Vec<_> = facts.lines().take(2).collect();
            let _ = writeln!(text, "fd {number} {} {}", named(target, &mut pipes), facts.join(" "));
        }
        Ok(())
    }

    /// A target without the numbers that differ from run to run: pipes count from 0, in the order
    /// in which they are met, so that two ends of one pipe are still seen to be one.
    fn named(target: OsString, pipes: &mut Vec<OsString>) -> String {
        let bytes = target.as_bytes();
        if bytes.starts_with(b"/dev/pts/") {
            return "/dev/pts/N".to_owned();
        }
        if !bytes.starts_with(b"pipe:") {
            return bytes.escape_ascii().to_string();
        }
        let known = pipes.iter().position(|pipe| *pipe == target);
        let number = known.unwrap_or_else(|| {
            pipes.push(target);
            pipes.len() - 1
        });
        format!("pipe {number}")
    }

    /// The identity of this process for the kernel. Process numbers are written as relations.
    fn identity(text: &mut String) -> io::Result<()> {
        let stat = fs::read_to_string("/proc/self/stat")?;
        let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
        let fields: Vec<_> = after_name.split_whitespace().collect();
        let own = std::process::id().to_string();
        let relation = |at: usize| if fields[at] == own { "own" } else { fields[at] };
        let _ = writeln!(text, "pid {own}");
        // The third field of proc_pid_stat(5) is the first one here.
        let _ = writeln!(text, "ppid {}", fields[1]);
        let _ = writeln!(text, "pgrp {} session {}", relation(2), relation(3));
        let _ = writeln!(text, "terminal {} foreground {}", fields[4] != "0", relation(5));
        let _ = writeln!(text, "priority {} nice {}", fields[15], fields[16]);
        let _ = writeln!(text, "rt_priority {} policy {}", fields[37], fields[38]);
        // SAFETY: plain questions; the one pointer is to a local integer.
        unsafe {
            let mut signal: c_int = 0;
            libc::prctl(libc::PR_GET_PDEATHSIG, &raw mut signal);
            let _ = writeln!(text, "signal at the parent's death {signal}");
            let _ = writeln!(text, "subreaper {}", flag(libc::PR_GET_CHILD_SUBREAPER));
            let _ = writeln!(text, "securebits {}", libc::prctl(libc::PR_GET_SECUREBITS));
            let _ = writeln!(
                text,
                "no huge pages {}",
                libc::prctl(libc::PR_GET_THP_DISABLE, 0, 0, 0, 0)
            );
            let _ = writeln!(text, "ioprio {}", libc::syscall(libc::SYS_ioprio_get, 1, 0));
            let mut timer: libc::itimerval = std::mem::zeroed();
            libc::getitimer(libc::ITIMER_REAL, &raw mut timer);
            let _ = writeln!(text, "alarm {}", timer.it_value.tv_sec > 0);
            let _ = writeln!(text, "secure {}", libc::getauxval(libc::AT_SECURE));
            let name = libc::getauxval(libc::AT_EXECFN) as *const c_char;
            if !name.is_null() {
                // SAFETY: the kernel put a C string there, for the life of the process.
                line(
                    text,
                    "executed as",
                    OsStr::from_bytes(CStr::from_ptr(name).to_bytes()).as_bytes(),
                );
            }
        }
        Ok(())
    }

    /// The answer of a `prctl` that writes an integer.
    fn flag(question: c_int) -> c_int {
        let mut answer: c_int = 0;
        // SAFETY: the pointer is to a local integer, as these questions want.
        unsafe { libc::prctl(question, &raw mut answer) };
        answer
    }
}

#[cfg(not(target_os = "linux"))]
fn main() {}
