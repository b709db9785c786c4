//! Exit codes: part of the interface, for scripts to tell failures apart.

use goward_installer::ErrorKind;
use goward_resolver::Code;

/// Every status with which `goward` itself ends. A program of `goward exec` ends with its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: done.
    Success = 0,
    /// 1: the command failed, for none of the reasons below.
    Failure = 1,
    /// 2: the command line, a variable or a configuration file is invalid, or a policy forbids it.
    Usage = 2,
    /// 3: there is no such toolchain, release or file.
    NotFound = 3,
    /// 4: goward could not reach a server, or the user switched the network off.
    Network = 4,
    /// 5: an archive, an answer or a tree is not the one that goward expects.
    Verification = 5,
    /// 6: goward cannot read or write the store, or another process keeps it busy.
    Store = 6,
    /// 7: the command looked, and found something that should not be.
    Found = 7,
    /// 125: the policy forbids this install to `goward provide`, which the shim calls; or the newest
    /// release, which `go +latest` means, is not what it should be, so that no older one may run.
    Forbidden = Code::Forbidden.status() as isize,
    /// 126: `goward exec` found the program but cannot execute it.
    CannotExecute = 126,
    /// 127: `goward exec` did not find the program.
    NoProgram = 127,
}

impl From<ErrorKind> for Exit {
    fn from(kind: ErrorKind) -> Exit {
        match kind {
            ErrorKind::Build | ErrorKind::File => Exit::Failure,
            ErrorKind::Usage => Exit::Usage,
            ErrorKind::NotFound => Exit::NotFound,
            ErrorKind::Network => Exit::Network,
            ErrorKind::Verification => Exit::Verification,
            ErrorKind::Store => Exit::Store,
        }
    }
}

impl From<Code> for Exit {
    /// The shim's own statuses (125 to 127) tell why Go does not start. This command starts no Go.
    fn from(code: Code) -> Exit {
        match code {
            Code::Refused | Code::CannotExecute => Exit::Failure,
            Code::Malformed | Code::Forbidden => Exit::Usage,
            Code::Missing => Exit::NotFound,
        }
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> std::process::ExitCode {
        std::process::ExitCode::from(exit as u8)
    }
}
