//! Runs a program that is to become the manager, before it does: it says its version, and whether it can use
//! the store. It gets no input, and a minute.

use super::release::ReleaseVersion;
use crate::error::{Error, OrCannot as _, Result, reject};
use crate::read;
use crate::shown::Shown as _;
use crate::signals;
use crate::store::Store;
use goward_resolver::quoted;
use std::ffi::OsStr;
use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// How long a program may take to answer.
const PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(5);
/// The most bytes of an answer.
const ANSWER: usize = 64 << 10;

/// A program in a private directory of staging, into which its answers go.
pub(super) struct Trial<'a> {
    pub(super) program: &'a Path,
    pub(super) store: &'a Store,
}

impl Trial<'_> {
    /// The version that the program says it is of.
    pub(super) fn version(&self) -> Result<ReleaseVersion> {
        let (status, said, _) = self.run(&[OsStr::new("--version")])?;
        let version = said.strip_prefix("goward ").and_then(|rest| rest.strip_suffix('\n'));
        version.and_then(ReleaseVersion::parse).filter(|_| status.success()).ok_or_else(|| {
            let said = quoted(said.lines().next().unwrap_or_default().as_bytes());
            reject(format!("the new goward says {said}, and no version ({status})"))
        })
    }

    /// Fails if the program cannot use the store. Has it write its shim to the file `shim`, which is new.
    pub(super) fn check(&self, shim: Option<&Path>) -> Result<()> {
        let mut words = vec![OsStr::new("self"), OsStr::new("check")];
        words.extend(shim.iter().flat_map(|shim| [OsStr::new("--shim-to"), shim.as_os_str()]));
        let (status, _, complaint) = self.run(&words)?;
        if status.success() {
            return Ok(());
        }
        let root = self.store.root().shown();
        let refused =
            Error::store(format!("the new goward cannot use the store {root} ({status})"));
        let why = complaint.lines().next().unwrap_or_default().trim();
        let refused = if why.is_empty() { refused } else { refused.because(why.to_owned()) };
        Err(refused.hint("nothing was changed: the goward that is here stays"))
    }

    fn run(&self, words: &[&OsStr]) -> Result<(ExitStatus, String, String)> {
        let directory = self.program.parent().unwrap_or(Path::new("/"));
        let (out, err) = (directory.join("stdout"), directory.join("stderr"));
        let make = |path: &Path| File::create(path).or_cannot("write", path);
        let mut command = Command::new(self.program);
        command.args(words).env("GOWARD_ROOT", self.store.root()).current_dir(directory);
        command.stdin(Stdio::null()).stdout(make(&out)?).stderr(make(&err)?);
        signals::give(&mut command);
        let cannot = |error| Error::store("the new goward does not start").because(error);
        let mut child = command.spawn().map_err(cannot)?;
        let status = wait(&mut child)?;
        let text = |path: &Path| -> Result<String> {
            let bytes = read::read(path, ANSWER).or_cannot("read", path)?;
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        };
        Ok((status, text(&out)?, text(&err)?))
    }
}

fn wait(child: &mut Child) -> Result<ExitStatus> {
    let cannot = |error| Error::store("cannot wait for the new goward").because(error);
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().map_err(cannot)? {
            return Ok(status);
        }
        if begun.elapsed() > PATIENCE {
            // It may have ended at this moment.
            let _ = child.kill();
            child.wait().map_err(cannot)?;
            let seconds = PATIENCE.as_secs();
            return Err(Error::store(format!(
                "the new goward gives no answer in {seconds} seconds"
            ))
            .hint("nothing was changed: the goward that is here stays"));
        }
        std::thread::sleep(POLL);
    }
}
