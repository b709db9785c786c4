//! Asks Go: the newest that is here, about the module file that counts in the directory.

use super::silence::Silence;
use crate::context::Context;
use crate::failure::Result;
use crate::paths::{Near, to_path};
use crate::real_go::{RealGo, failed, module};
use goward_govern::graph::{Question, Report};

/// The answer, and what it is about.
pub(super) struct Told {
    pub(super) report: Report,
    /// The Go that was asked.
    pub(super) toolchain: String,
    /// The Go that runs in the directory, if its version is known.
    pub(super) runs: Option<String>,
    /// The directory, from which files are named.
    pub(super) near: Near,
    /// What Go could not find out about several modules, for one reason.
    pub(super) silence: Silence,
}

/// Asks; `why` is a module to be told all about.
pub(super) fn ask(cx: &Context, why: Option<&str>) -> Result<Told> {
    let here = cx.survey_for(&[b"go", b"list"])?;
    let (module, kind) = module(&here, "mod")?;
    let RealGo { go, version, runs } = RealGo::of(cx, &here, module)?;
    let toolchain = version.as_ref().map_or("go".to_owned(), |version| format!("go{version}"));
    let file = to_path(&module.path);
    let question = Question { file: &file, kind, runs: runs.as_ref(), why };
    let report = cx.patiently("asking Go about its modules", || Report::of(&go, &question));
    let report = report.map_err(|error| failed(&error))?;
    let silence = Silence::of(&report.modules);
    let near = Near::new(here.chain.directory.as_deref());
    Ok(Told { report, toolchain, runs: runs.map(|version| format!("go{version}")), near, silence })
}
