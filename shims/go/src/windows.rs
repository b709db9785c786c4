//! Windows has no exec: a child runs Go, with all that this process has, and its exit code is
//! ours.
//!
//! The child is in a job that ends with this process, so that a kill of the shim kills Go, too, as it
//! would without goward. Processes that Go started live on, as they would then. Ctrl-C and
//! Ctrl-Break go to both, and the answer is Go's.

mod files;
mod owner;
mod system;

pub(crate) use files::{
    effective_user, from_bytes, identity_of, into_bytes, is_executable, is_link_loop, is_null,
    never_block, ownership, privileges, without_prefix,
};

use crate::command_line::without_selector;
use goward_resolver::{Error, Launch};
use std::io::{self, ErrorKind};

/// Runs `launch.program` with the command line that this process has, and exits as it does.
/// Returns only if that failed.
pub fn execute(launch: &Launch) -> Error {
    match run(launch) {
        Ok(code) => {
            #[expect(clippy::exit, reason = "the child's exit code is this process's")]
            // The same 32 bits: codes such as 0xC0000005 are negative here, and whole.
            std::process::exit(code.cast_signed())
        }
        Err(error) if error.kind() == ErrorKind::NotFound => launch.vanished(),
        Err(error) => launch.refused(&error.to_string()),
    }
}

fn run(launch: &Launch) -> io::Result<u32> {
    for change in &launch.env {
        let value = change.value.as_deref().map(crate::wtf8::units);
        system::set_variable(&crate::wtf8::units(change.key.as_bytes()), value.as_deref())?;
    }
    let line = system::command_line();
    let line = if launch.drop_selector { without_selector(line) } else { line.to_vec() };
    // From here on Ctrl-C is the child's.
    system::leave_events_to_the_child()?;
    let program = crate::wtf8::units(&launch.program);
    let job = system::Job::new();
    let child = match system::start(&program, &line, job.as_ref().ok()) {
        // Where this process may make no job, Go runs all the same: a killed shim then leaves it
        // behind, which is no reason not to build.
        Err(error) if error.kind() != ErrorKind::NotFound => system::start(&program, &line, None),
        started => started,
    };
    // The job ends with its handle: not before the child.
    let code = child.and_then(|child| system::wait(&child));
    drop(job);
    code
}
