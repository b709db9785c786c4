//! Exit codes: part of the interface, for scripts to tell failures apart.

use goward_installer::ErrorKind;
use goward_resolver::Code;

/// Every status with which `goward` itself ends. What `goward exec` runs ends with its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: done.
    Success = 0,
    /// 1: it could not be done, for none of the reasons below.
    Failure = 1,
    /// 2: the command line, a variable or a configuration file makes no sense, or a policy forbids it.
    Usage = 2,
    /// 3: no such toolchain, release or file.
    NotFound = 3,
    /// 4: a server could not be reached, or the network is switched off.
    Network = 4,
    /// 5: something arrived that is not what it should be.
    Verification = 5,
    /// 6: the store cannot be read or written, or is busy.
    Store = 6,
    /// 125: `goward provide`, which the shim calls, is forbidden to install this by the policy.
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
    /// The shim's own statuses (125 to 127) say why Go did not start; here Go was not to start.
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
