//! One start of a program in a given state, done twice: directly and through the shim.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use goward_testkit::start;
use goward_tests::sandbox::{Sandbox, link_file};

/// The version that the store of every [`Stage`] holds, and its default.
pub(crate) const VERSION: &str = "1.22.10";
/// The exit status of [`launch`](../../src/bin/launch.rs) when the arguments are too long.
pub(crate) const TOO_LONG: i32 = 92;

/// A sandbox in which `go` is the program that tells the state in which it starts.
pub(crate) struct Stage {
    pub(crate) sandbox: Sandbox,
    /// The directory in which a program starts, unless a test names another one.
    pub(crate) project: PathBuf,
}

/// The state in which a program starts, and its arguments and variables.
#[derive(Clone)]
pub(crate) struct Start {
    /// Instructions of `launch`, each word ended by NUL.
    words: Vec<u8>,
    argv: Vec<Vec<u8>>,
    env: Vec<Vec<u8>>,
}

/// The result of a start.
pub(crate) struct End {
    /// The program's report about itself; empty if it never ran.
    pub(crate) state: String,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) status: ExitStatus,
}

impl Stage {
    pub(crate) fn new(name: &str) -> Stage {
        let sandbox = Sandbox::empty(name);
        sandbox.set_default(VERSION);
        let project = sandbox.project("p");
        let stage = Stage { sandbox, project };
        stage.add_toolchain(VERSION);
        settle(&stage.sandbox, &stage.sandbox.shim());
        stage
    }

    /// Puts a toolchain into the store whose `go` tells the state in which it starts.
    pub(crate) fn add_toolchain(&self, version: &str) {
        self.sandbox.install_script(version, "");
        let go = self.sandbox.toolchain(version).join("bin/go");
        fs::remove_file(&go).expect("it was just made");
        link_file(Path::new(env!("CARGO_BIN_EXE_process-state")), &go);
        settle(&self.sandbox, &go);
    }

    /// Lets the project's module choose the version. Without `HOME` the home directory in the user
    /// database may hold a default, and that one is the developer's.
    pub(crate) fn module_decides(&self) {
        module_decides(&self.sandbox, &self.project);
    }

    /// A start in the project with the sandbox's environment and no arguments.
    pub(crate) fn start(&self) -> Start {
        let start = Start { words: Vec::new(), argv: vec![b"go".to_vec()], env: Vec::new() };
        let env = self.sandbox.env().into_iter().map(|(key, value)| {
            [key.as_os_str().as_bytes(), b"=", value.as_os_str().as_bytes()].concat()
        });
        env.fold(start, Start::entry)
    }

    /// The real program, as the shim is to execute it.
    pub(crate) fn real(&self) -> PathBuf {
        self.sandbox.toolchain(VERSION).join("bin/go")
    }

    /// Starts both ways and asserts that nothing at all differs.
    #[track_caller]
    pub(crate) fn same(&self, start: &Start) -> End {
        let (bare, ours) = (start.run(self, &self.real()), start.run(self, &self.sandbox.shim()));
        assert!(!bare.state.is_empty(), "the program itself does not start\n{bare}");
        ours.same_as(&bare);
        bare
    }

    /// Asserts that the shim itself fails with `code`, that Go never starts, and that stderr
    /// says `text`.
    #[track_caller]
    pub(crate) fn refused(&self, start: &Start, code: i32, text: &str) -> End {
        let ours = start.run(self, &self.sandbox.shim());
        assert_eq!(ours.status.code(), Some(code), "{ours}");
        assert_eq!(ours.state, "", "Go was started\n{ours}");
        assert!(ours.stderr.contains(text), "wanted on stderr: {text}\n{ours}");
        ours
    }
}

impl Start {
    /// Adds an instruction of `launch` with its operands.
    pub(crate) fn then<S: AsRef<OsStr>>(mut self, words: impl IntoIterator<Item = S>) -> Start {
        for word in words {
            self.words.extend_from_slice(word.as_ref().as_bytes());
            self.words.push(0);
        }
        self
    }

    /// Adds an argument.
    pub(crate) fn arg(mut self, argument: impl AsRef<[u8]>) -> Start {
        self.argv.push(argument.as_ref().to_vec());
        self
    }

    /// Replaces the whole argument vector, the program's name included.
    pub(crate) fn argv(mut self, argv: &[&[u8]]) -> Start {
        self.argv = argv.iter().map(|argument| argument.to_vec()).collect();
        self
    }

    /// Adds an entry of any form to the environment, after the others.
    pub(crate) fn entry(mut self, entry: impl AsRef<[u8]>) -> Start {
        self.env.push(entry.as_ref().to_vec());
        self
    }

    /// Takes a variable away.
    pub(crate) fn unset(mut self, key: &str) -> Start {
        let prefix = format!("{key}=");
        self.env.retain(|entry| !entry.starts_with(prefix.as_bytes()));
        self
    }

    /// Sets a variable, once.
    pub(crate) fn var(self, key: &str, value: impl AsRef<OsStr>) -> Start {
        let entry = [key.as_bytes(), b"=", value.as_ref().as_bytes()].concat();
        self.unset(key).entry(entry)
    }

    /// Starts as a user without privileges, if this process has any.
    pub(crate) fn unprivileged(self) -> Start {
        if rustix::process::geteuid().is_root() { self.then(["user", "65534"]) } else { self }
    }

    /// Starts `program` in `stage`, its three streams piped unless instructions say otherwise.
    pub(crate) fn spawn(&self, stage: &Stage, program: &Path, told: &Path) -> Child {
        let mut plan = Vec::new();
        let mut say = |words: &[&[u8]]| {
            for word in words {
                plan.extend_from_slice(word);
                plan.push(0);
            }
        };
        for argument in &self.argv {
            say(&[b"arg", argument]);
        }
        for entry in &self.env {
            say(&[b"env", entry]);
        }
        let told = [b"STATE_FILE=", told.as_os_str().as_bytes()].concat();
        say(&[b"env", &told]);
        plan.extend_from_slice(&self.words);
        for word in [b"exec", program.as_os_str().as_bytes()] {
            plan.extend_from_slice(word);
            plan.push(0);
        }
        let file = fresh(stage, "plan");
        fs::write(&file, plan).expect("the sandbox is ours");
        let mut command = start::program::<&str, &str>(env!("CARGO_BIN_EXE_launch"), []);
        command.arg(file).current_dir(&stage.project);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("launch starts")
    }

    /// Starts `program` in `stage` and waits for its end.
    pub(crate) fn run(&self, stage: &Stage, program: &Path) -> End {
        // Equal names for both ways, since the program's own environment holds the name.
        let told = stage.sandbox.dir().join(format!("state-{}", thread_name()));
        fs::write(&told, "").expect("the sandbox is ours");
        let everybody = std::os::unix::fs::PermissionsExt::from_mode(0o666);
        fs::set_permissions(&told, everybody).expect("the file is ours");
        let child = self.spawn(stage, program, &told);
        let pid = child.id();
        let output = child.wait_with_output().expect("a child can be waited for");
        End::new(output, pid, &fs::read_to_string(&told).expect("it was just made"))
    }
}

impl End {
    fn new(output: Output, pid: u32, state: &str) -> End {
        // The report comes from the started process. The compared text may have no other
        // difference.
        let own = format!("pid {pid}\n");
        assert!(state.is_empty() || state.contains(&own), "not process {pid}:\n{state}");
        End {
            state: state.replace(&own, ""),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            status: output.status,
        }
    }

    /// The lines of the state that begin with `name`.
    pub(crate) fn lines<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s str> {
        self.state.lines().filter_map(move |line| line.strip_prefix(name)?.strip_prefix(' '))
    }

    /// Asserts that the state has a line: that the comparison was about something.
    #[track_caller]
    pub(crate) fn tells(&self, line: &str) -> &End {
        assert!(self.state.lines().any(|have| have == line), "wanted: {line}\n{self}");
        self
    }

    #[track_caller]
    pub(crate) fn same_as(&self, bare: &End) {
        if let Some((ours, theirs)) = first_difference(&self.state, &bare.state) {
            panic!("state differs\nshim:   {ours}\ndirect: {theirs}\n{self}\n{bare}");
        }
        assert_eq!(self.stdout, bare.stdout, "stdout differs\n{self}\n{bare}");
        assert_eq!(self.stderr, bare.stderr, "stderr differs\n{self}\n{bare}");
        assert_eq!(self.status.into_raw(), bare.status.into_raw(), "status\n{self}\n{bare}");
    }
}

impl std::fmt::Display for End {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state: String = self.state.chars().take(6000).collect();
        write!(f, "{}\n--- state\n{state}--- stdout\n{}", self.status, self.stdout)?;
        write!(f, "--- stderr\n{}", self.stderr)
    }
}

fn first_difference<'s>(ours: &'s str, bare: &'s str) -> Option<(&'s str, &'s str)> {
    if ours == bare {
        return None;
    }
    let ended = "(no further line)";
    let lines = |text: &'s str| text.lines().chain(std::iter::repeat(ended));
    let longest = ours.lines().count().max(bare.lines().count());
    lines(ours).zip(lines(bare)).take(longest + 1).find(|(ours, bare)| ours != bare)
}

/// A file name in the sandbox that no other thread and no other start uses.
fn fresh(stage: &Stage, name: &str) -> PathBuf {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    stage.sandbox.dir().join(format!("{name}-{number}"))
}

fn thread_name() -> String {
    let id = format!("{:?}", std::thread::current().id());
    id.chars().filter(char::is_ascii_digit).collect()
}

/// See [`Stage::module_decides`]. A toolchain line changes nothing of Go's arguments and
/// environment.
pub(crate) fn module_decides(sandbox: &Sandbox, project: &Path) {
    let module = format!("module p\n\ngo 1.22\n\ntoolchain go{VERSION}\n");
    sandbox.write(project.join("go.mod"), &module);
}

/// Runs a program that was just copied until it runs: another thread may have started a process
/// while the copy was being written, which keeps it busy for a moment.
pub(crate) fn settle(sandbox: &Sandbox, program: &Path) {
    sandbox.go(sandbox.dir(), &[]).program(program).run();
}

/// Sends a signal to a process that this test started.
pub(crate) fn signal(child: &Child, number: i32) {
    let process = rustix::process::Pid::from_child(child);
    let signal = rustix::process::Signal::from_named_raw(number).expect("a signal has a name");
    rustix::process::kill_process(process, signal).expect("the child is ours and not reaped");
}
