//! Runs a case through the built shim, on real files.

use super::case::{Bytes, Case, Step, System};
use super::check::{Outcome, Seen, check};
use super::disk::{self, Programs, UNPRIVILEGED};
use super::layout::{Layout, platform};
use goward_testkit::start;
use rustix::process::{Pid, Signal, kill_process_group};
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::{self, Read};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// No call may take longer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Names a program that runs the shim, such as `qemu-aarch64`: for a shim of another architecture.
pub const RUNNER: &str = "GOWARD_TEST_RUNNER";

/// The end of a case.
#[derive(Debug)]
pub enum Verdict {
    /// It holds.
    Pass,
    /// It does not; why.
    Fail(Vec<String>),
    /// This machine cannot run it; why.
    Skipped(&'static str),
}

/// The GOROOT of a real Go release, for the versions there are.
pub type RealGo<'a> = &'a (dyn Fn(&str) -> Option<PathBuf> + Sync);

/// Runs `case` below `base`, which must not exist yet. Where a real Go of the chosen version is at
/// hand, it is asked whether it would stay.
pub fn run(case: &Case, base: &Path, programs: &Programs, root: bool, real: RealGo<'_>) -> Verdict {
    if case.steps.iter().any(Step::needs_root) && !root {
        return Verdict::Skipped("giving files to another user needs root");
    }
    let xdg = case.env.iter().any(|(key, _)| key == b"XDG_CONFIG_HOME");
    if xdg && cfg!(target_os = "macos") {
        return Verdict::Skipped("a Mac does not know XDG_CONFIG_HOME");
    }
    let kernel = |step: &Step| matches!(step, Step::Symlink(_, to) if to.starts_with(b"/proc/"));
    if case.steps.iter().any(kernel) && !Path::new("/proc/self/mem").exists() {
        return Verdict::Skipped("this system has no /proc");
    }
    let calls_back = |step: &Step| matches!(step, Step::Script(..));
    if std::env::var_os(RUNNER).is_some() && case.steps.iter().any(calls_back) {
        return Verdict::Skipped("a script cannot call a shim of another architecture");
    }
    let base = base.as_os_str().as_bytes().to_vec();
    let layout = Layout { base, system: System::Here, platform: platform() };
    match world_and_calls(case, &layout, programs, root, real) {
        Ok(wrong) if wrong.is_empty() => Verdict::Pass,
        Ok(wrong) => Verdict::Fail(wrong),
        Err(error) => Verdict::Fail(vec![format!("the world could not be made: {error}")]),
    }
}

fn world_and_calls(
    case: &Case,
    layout: &Layout,
    programs: &Programs,
    root: bool,
    real: RealGo<'_>,
) -> io::Result<Vec<String>> {
    let cwd = disk::make(case, layout, programs)?;
    let base = disk::os_path(&layout.base);
    let unprivileged = root && case.steps.iter().any(Step::needs_unprivileged);
    if unprivileged {
        disk::hand_over(&base)?;
    }
    let as_user = unprivileged.then_some(UNPRIVILEGED);
    let mut given: BTreeMap<Bytes, Bytes> = layout.environment(case).into_iter().collect();
    let mut env = given.clone();
    if let Some(outer) = &case.outer {
        let dir = disk::os_path(&layout.path(&outer.cwd));
        let call = Call { layout, argv: &outer.argv, cwd: &dir, env: &env, as_user };
        match call.run(None)?.outcome {
            Outcome::Ran { env: inner, .. } => env = inner,
            other => return Ok(vec![format!("the outer call did not run a go: {other:?}")]),
        }
        // `+SELECTOR` passes this variable on: it is in the inner call's true environment.
        if let Some(version) = env.get(b"GOWARD_VERSION".as_slice()) {
            given.insert(b"GOWARD_VERSION".to_vec(), version.clone());
        }
        for (key, value) in &outer.between {
            let value = layout.value(value);
            env.insert(key.clone(), value.clone());
            given.insert(key.clone(), value.clone());
        }
    }
    let before = disk::snapshot(&base);
    let vanishing = disk::vanishing(case, layout);
    let call = Call { layout, argv: &case.argv, cwd: &cwd, env: &env, as_user };
    let mut seen = call.run(vanishing.as_deref())?;
    seen.asked = disk::asked(layout);
    if vanishing.is_none() {
        let after = disk::snapshot(&base);
        let gone = before.iter().filter(|line| !after.contains(line)).map(|l| format!("- {l}"));
        let new = after.iter().filter(|line| !before.contains(line)).map(|l| format!("+ {l}"));
        seen.changes = gone.chain(new).collect();
    }
    let resolve = |path: &[u8]| match std::fs::canonicalize(disk::os_path(path)) {
        Ok(path) => path.into_os_string().into_vec(),
        Err(_) => path.to_vec(),
    };
    let mut wrong = check(case, layout, &given, &seen, &resolve);
    if let (Outcome::Ran { program, argv, env }, None, true) =
        (&seen.outcome, as_user, cwd.is_dir())
    {
        wrong.extend(ask_real_go(case, real, program, argv, env, &cwd)?);
    }
    Ok(wrong)
}

/// Asks a real Go of the chosen version, in the same directory and environment, for its version:
/// it has to be the one that answers, unless the case says that it leaves.
fn ask_real_go(
    case: &Case,
    real: RealGo<'_>,
    program: &[u8],
    argv: &[Bytes],
    env: &BTreeMap<Bytes, Bytes>,
    cwd: &Path,
) -> io::Result<Option<String>> {
    let program = String::from_utf8_lossy(program);
    let version =
        program.rsplit_once("/toolchains/go").and_then(|(_, v)| v.strip_suffix("/bin/go"));
    // These have rules of their own, which `go version` in their place does not show.
    let special = argv.iter().any(|arg| arg == b"env" || arg.contains(&b'@'));
    // The worlds' GOROOTs hold nothing to build with.
    let Some(version) = version.filter(|_| !special && !env.contains_key(b"GOROOT".as_slice()))
    else {
        return Ok(None);
    };
    let Some(goroot) = real(version) else { return Ok(None) };
    let chdir = match argv.get(1..) {
        Some([flag, dir, ..]) if matches!(flag.as_slice(), b"-C" | b"--C") => vec![flag, dir],
        Some([flag, ..]) if flag.starts_with(b"-C") || flag.starts_with(b"--C") => vec![flag],
        // Behind a command it is that command's.
        _ if argv.iter().any(|arg| arg.starts_with(b"-C") || arg.starts_with(b"--C")) => {
            return Ok(None);
        }
        _ => Vec::new(),
    };
    let env = env.iter().map(|(key, value)| (OsStr::from_bytes(key), OsStr::from_bytes(value)));
    let mut go = start::program(goroot.join("bin/go"), env);
    go.args(chdir.into_iter().map(|word| OsString::from_vec(word.clone()))).arg("version");
    go.current_dir(cwd).stdin(Stdio::null());
    // It must neither download nor care about the build.
    let output = go.env("GOPROXY", "off").env("GOFLAGS", "").output()?;
    let answer = String::from_utf8_lossy(&output.stdout).into_owned();
    let stays = output.status.success() && answer.starts_with(&format!("go version go{version} "));
    if stays != case.expect.leaves {
        return Ok(None);
    }
    let want = if stays { "leaves" } else { "stays" };
    let stderr = String::from_utf8_lossy(&output.stderr);
    Ok(Some(format!("expected: a real go{version} {want}; got: {answer}{}", stderr.trim())))
}

/// One call of the shim.
struct Call<'a> {
    layout: &'a Layout,
    argv: &'a [Bytes],
    cwd: &'a Path,
    env: &'a BTreeMap<Bytes, Bytes>,
    as_user: Option<u32>,
}

impl Call<'_> {
    fn run(&self, vanishing: Option<&Path>) -> io::Result<Seen> {
        let name = &self.argv[0];
        let shim = self.layout.path(&[b"goward/shims/", name.as_slice()].concat());
        let runner = std::env::var_os(RUNNER);
        let pairs = self.env.iter();
        let env = pairs.map(|(key, value)| (OsStr::from_bytes(key), OsStr::from_bytes(value)));
        let mut command = match (vanishing, &runner) {
            (None, None) => start::program(disk::os_path(&shim), env),
            (None, Some(runner)) => {
                let mut command = start::program(runner, env);
                // QEMU's way to give the program another name than that of its file.
                command.arg("-0").arg(OsString::from_vec(name.clone())).arg(disk::os_path(&shim));
                command
            }
            (Some(dir), runner) => {
                let mut shell = start::program("/bin/sh", env);
                let script = "/bin/rmdir \"$1\" && shift && exec /usr/bin/env -u PWD \"$@\"";
                shell.args(["-c", script, "sh"]).arg(dir);
                shell.args(runner).arg(disk::os_path(&shim));
                shell
            }
        };
        if vanishing.is_none() && runner.is_none() {
            command.arg0(OsString::from_vec(name.clone()));
        }
        for arg in &self.argv[1..] {
            command.arg(OsString::from_vec(self.layout.value(arg)));
        }
        command.current_dir(self.cwd).process_group(0);
        if let Some(user) = self.as_user {
            command.uid(user).gid(user);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let status = wait(&mut child)?;
        let stdout = drain(child.stdout.take())?;
        let stderr = drain(child.stderr.take())?;
        let (outcome, stdout) = self.outcome(status, stdout, vanishing.is_some());
        let (asked, changes) = (Vec::new(), Vec::new());
        Ok(Seen { outcome, stderr, stdout, asked, source: None, changes })
    }

    fn outcome(
        &self,
        status: Option<ExitStatus>,
        stdout: Bytes,
        through_shell: bool,
    ) -> (Outcome, Bytes) {
        let Some(status) = status else { return (Outcome::Hung, stdout) };
        match report(&stdout) {
            Some((program, mut argv, env)) if status.success() => {
                if through_shell && let Some(name) = argv.first_mut() {
                    name.clone_from(&self.argv[0]);
                }
                (Outcome::Ran { program, argv, env }, Bytes::new())
            }
            _ => (Outcome::Failed(status.code().unwrap_or(-1)), stdout),
        }
    }
}

/// The end of the child, or `None` if it had to be killed.
fn wait(child: &mut Child) -> io::Result<Option<ExitStatus>> {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        std::thread::sleep(Duration::from_micros(500));
    }
    // A direct call: some programs named `kill` take a negative number for all processes.
    kill_process_group(Pid::from_child(child), Signal::KILL)?;
    child.wait().map(|_| None)
}

fn drain(pipe: Option<impl Read>) -> io::Result<Bytes> {
    let mut bytes = Bytes::new();
    if let Some(mut pipe) = pipe {
        pipe.read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

type Report = (Bytes, Vec<Bytes>, BTreeMap<Bytes, Bytes>);

/// Reads the output of a fake go.
fn report(stdout: &[u8]) -> Option<Report> {
    let text = stdout.strip_suffix(b"\0")?;
    let mut fields = text.split(|b| *b == 0).map(<[u8]>::to_vec);
    if fields.next()? != b"fake-go" {
        return None;
    }
    let program = fields.next()?;
    let count: usize = String::from_utf8(fields.next()?).ok()?.parse().ok()?;
    let argv = fields.by_ref().take(count).collect();
    let mut env = BTreeMap::new();
    for field in fields {
        let at = field.iter().position(|b| *b == b'=')?;
        env.insert(field[..at].to_vec(), field[at + 1..].to_vec());
    }
    Some((program, argv, env))
}
