//! The way from arguments to a running Go: what every build of the shim does.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use goward_resolver::resolve::Miss;
use goward_resolver::{
    Code, Error, Home, Host, Launch, Plan, decide, escaped, on_one_line, sound_manager, text,
};

/// One build of the shim: its eyes and its hands.
pub trait Shim {
    /// The machine.
    fn host(&self) -> &dyn Host;

    /// The arguments that it was given.
    fn arguments(&self) -> Vec<&[u8]>;

    /// Becomes Go. Returns only if that failed.
    fn execute(&self, launch: &Launch) -> Error;

    /// Whether a person can be asked: stdin, stdout and stderr are terminals. The command in
    /// `X=$(go env GOPATH)`, such as a start-up file has, must not wait for an answer.
    fn is_on_terminal(&self) -> bool;

    /// Has the program `manager` install something, and waits: its status, 0 where that is lost, or
    /// why it could not be run. All its output goes to stderr: stdout belongs to Go, and so does
    /// stdin, which the manager gets for an offer alone.
    fn start(&self, manager: &[u8], miss: &Miss) -> Result<i32, String>;

    /// Writes to stderr. A closed or full one does no harm: Go goes on without it.
    fn write(&self, line: &[u8]);
}

/// Returns only if Go does not run: with the status for that.
pub fn run(shim: &impl Shim) -> i32 {
    let argv = shim.arguments();
    let plan = decide(shim.host(), &argv);
    let wanted = |plan: &Plan| {
        let offer = || plan.offer.clone().filter(|_| shim.is_on_terminal());
        plan.miss.clone().or_else(offer)
    };
    match plan.as_deref().ok().and_then(wanted).as_deref() {
        Some(miss) => provide(shim, &argv, miss),
        None => carry_out(shim, &plan),
    }
}

/// Has the manager install something first. The manager's status may be lost (where SIGCHLD is
/// ignored), so the shim decides again from the toolchains that are there then.
#[inline(never)]
fn provide(shim: &impl Shim, argv: &[&[u8]], miss: &Miss) -> i32 {
    let told = ask(shim, miss);
    if told == Some(Code::Forbidden) {
        return Code::Forbidden.status();
    }
    let plan = decide(shim.host(), argv);
    match plan.as_ref().map(|plan| &plan.launch) {
        Ok(Err(why)) if told == Some(why.code) => why.code.status(),
        _ => carry_out(shim, &plan),
    }
}

/// Asks the manager beside the shim, once. Returns what the manager has told the user: that nothing
/// may run, or that no toolchain is there.
fn ask(shim: &impl Shim, miss: &Miss) -> Option<Code> {
    let host = shim.host();
    let status = sound_manager(host, &host.exe().unwrap_or_default())
        .and_then(|manager| shim.start(&manager, miss));
    match status {
        Ok(Miss::NOT_UNDERSTOOD) => say(shim, "warning", Miss::OLD_MANAGER),
        Ok(status) => return miss.told_by(status),
        Err(why) => say(shim, "warning", &why),
    }
    None
}

#[inline(never)]
fn carry_out(shim: &impl Shim, plan: &Result<Box<Plan>, Error>) -> i32 {
    match plan.as_ref().and_then(|plan| plan.launch.as_ref()) {
        Ok(launch) => {
            for note in &launch.notes {
                say(shim, "warning", note);
            }
            fail(shim, &shim.execute(launch))
        }
        Err(error) => fail(shim, error),
    }
}

/// Says an error. Returns the status for it.
#[inline(never)]
fn fail(shim: &impl Shim, error: &Error) -> i32 {
    say(shim, "error", &on_one_line(error.lines()));
    error.code.status()
}

/// One line on stderr, printable whatever it quotes, with `~/` for the home directory as a Unix shell
/// knows it.
fn say(shim: &impl Shim, kind: &str, message: &str) {
    let home = if cfg!(unix) { shim.host().var("HOME") } else { None };
    let home = Home::new(&[home.unwrap_or_default()], &[escaped]);
    let line = text!("goward: {}: {}\n", kind, home.shorten(&escaped(message.as_bytes())));
    shim.write(line.as_bytes());
}
