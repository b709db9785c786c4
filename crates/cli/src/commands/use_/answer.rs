//! The answer of `goward use --json`.

use super::{Edit, Use};
use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::paths::{text, to_bytes};
use crate::toolchain::present;
use goward_resolver::{Selector, Survey, Version, system_program};
use serde::Serialize;

/// The toolchain that goward writes down.
pub(super) struct Obtained {
    /// Its version; `None` for the system's.
    pub(super) version: Option<Version>,
    /// Whether this command installed it.
    pub(super) new: bool,
}

/// The result of the new line.
#[derive(Default)]
pub(super) struct Effect {
    /// The reason why `go` here does not follow the line.
    pub(super) failure: Option<Failure>,
    /// Whether the reason is that Go refuses the version.
    pub(super) refused: bool,
}

#[derive(Serialize)]
struct Answer<'a> {
    file: String,
    /// The line that says the version.
    line: Option<u32>,
    /// The version that the file named before.
    from: Option<&'a str>,
    to: &'a str,
    /// The release that it comes to.
    version: Option<&'a str>,
    /// Whether the toolchain is here now.
    installed: bool,
    /// Whether this command installed it.
    new: bool,
    /// Whether goward wrote the file.
    written: bool,
    /// Whether `go` here follows the line; `None` where only a run without `--dry-run` can tell.
    takes_effect: Option<bool>,
    refused: bool,
    /// The reason why it has no effect.
    why: Option<&'a str>,
    hints: &'a [String],
}

impl Use {
    /// Prints the document.
    pub(super) fn answer(
        &self,
        cx: &Context,
        (here, edit): (&Survey<'_>, &Edit),
        obtained: &Obtained,
        effect: &Effect,
    ) -> Result<()> {
        let failure = effect.failure.as_ref();
        let version = obtained.version.as_ref();
        let installed = match version {
            Some(version) => present(here, &Selector::Exact(version.clone()))?.is_some(),
            None => system_program(here.chain.env(), "go").is_some(),
        };
        cx.output.object(&Answer {
            file: text(&to_bytes(edit.place.named())),
            line: edit.line(self.form()),
            from: edit.before.as_deref(),
            to: edit.to(),
            version: version.map(Version::as_str),
            installed,
            new: obtained.new,
            written: !self.dry_run && !edit.there,
            takes_effect: match failure {
                Some(_) => Some(false),
                None => (!self.dry_run).then_some(true),
            },
            refused: effect.refused,
            why: failure.and_then(|failure| failure.message.as_deref()),
            hints: failure.map(|failure| failure.hints.as_slice()).unwrap_or_default(),
        })
    }
}
