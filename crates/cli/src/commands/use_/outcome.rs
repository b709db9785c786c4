//! Whether `go` follows the line that goward wrote, and whether Go accepts that.

use super::{Edit, Effect, Use};
use crate::advice::checked_line;
use crate::commands::explain::foretold::Foretold;
use crate::commands::explain::members::Command;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::{Shown as _, to_path};
use crate::project::Form;
use crate::running;
use goward_installer::canonical;
use goward_resolver::{ChainLevel, GoLine, Plan, Source, Survey, Version, Want};
use std::path::Path;

impl Use {
    /// Whether `go` here follows the line that goward wrote, and whether Go takes that.
    pub(super) fn judge(&self, cx: &Context, edit: &Edit, version: Option<&Version>) -> Effect {
        let looked = cx.survey_for(&[b"go", b"build"]).and_then(|here| Ok((here.plan()?, here)));
        let (plan, here) = match looked {
            Ok(looked) => looked,
            Err(error) => {
                let why = error.message.unwrap_or_default();
                let refuses = format!("`go` here still refuses to run: {why}");
                let failure = Some(Failure::new(Exit::Failure, refuses));
                return Effect { failure, refused: false };
            }
        };
        let refusal = version.and_then(|version| here.refused_by_go(&plan, version));
        let refusal = refusal.filter(|refusal| refusal.compares && in_it(edit, &plan.source));
        self.repeat_notes(cx, &plan, refusal.is_some());
        let foretold = version.filter(|_| refusal.is_none() && in_it(edit, &plan.source));
        let foretold = foretold.and_then(|version| {
            let foretold = Foretold::of(&here, Some(&plan), version, Command::Build)?;
            Some(foretold.failure(&here, version))
        });
        let failure = match (self.overruled(cx, &here, &plan, (edit, version)), refusal, version) {
            (Some(said), ..) => Failure::new(Exit::Failure, said),
            (None, Some(refusal), Some(version)) => {
                let failure = Some(self.refused(&here, &refusal, version));
                return Effect { failure, refused: true };
            }
            _ => match (foretold, &plan.launch) {
                (Some(foretold), _) => {
                    return Effect { failure: Some(foretold), refused: true };
                }
                // goward wrote `system`, and the system has no Go.
                (None, Err(error)) if version.is_none() && in_it(edit, &plan.source) => {
                    Failure::from(error.clone())
                }
                _ => return Effect::default(),
            },
        };
        Effect { failure: Some(failure), refused: false }
    }

    /// The end of a command that has written, but without the effect that the user wants.
    pub(super) fn end_with(&self, cx: &Context, failure: Failure) -> Result<()> {
        if !self.allow_conflict {
            return Err(Failure { exit: Exit::Failure, ..failure });
        }
        let sentences = failure.message.into_iter().chain(failure.hints);
        cx.output.warning(&sentences.collect::<Vec<_>>().join("; "));
        Ok(())
    }

    /// Prints the notes of the shim. One of them is about Go's refusal, of which goward says more.
    fn repeat_notes(&self, cx: &Context, plan: &Plan, refused: bool) {
        let conflict = format!("{} pins ", plan.selection.source);
        let notes = plan.launch.iter().flat_map(|launch| &launch.notes);
        let notes = notes.filter(|note| !(refused && note.starts_with(&conflict)));
        notes.for_each(|note| cx.output.warning(&checked_line(cx, note)));
    }

    /// The sentence on what `go` here runs in the place of the version that goward wrote.
    fn overruled(
        &self,
        cx: &Context,
        here: &Survey<'_>,
        plan: &Plan,
        (edit, version): (&Edit, Option<&Version>),
    ) -> Option<String> {
        let runs = || {
            let by = running::chooser(here, plan).unwrap_or_else(|_| plan.source.clone());
            format!("`go` here runs {}, by {by}", running(cx, plan))
        };
        match (&plan.selection.want, version) {
            // The greatest version of a module file's lines counts.
            (Want::Floor { floor, .. }, Some(version)) if in_it(edit, &floor.source) => {
                if floor.version > *version {
                    Some(format!("{} asks for {floor}, which is more: {}", floor.source, runs()))
                } else if !floor.wish && !in_it(edit, &plan.source) {
                    Some(match here.chain.go_line() {
                        Ok(GoLine::Minimum) => {
                            format!("GOWARD_GO_LINE makes it a minimum: {}", runs())
                        }
                        // Go's scanner finds another line first, which Go's parser does not count.
                        _ => format!("{}, since Go does not find that line", runs()),
                    })
                } else {
                    None
                }
            }
            _ if in_it(edit, &plan.source) => None,
            // Another source chooses the same version: `go` runs what the user asked for.
            (_, Some(version)) if running(cx, plan) == format!("go{version}") => None,
            _ if self.form() == Form::Module => Some(match local(here, &plan.source) {
                Some(by) => {
                    let mend = version.and_then(|version| self.mend(&by, version));
                    let mend = mend.unwrap_or_default();
                    format!(
                        "{}: GOTOOLCHAIN=local, by {by}, forbids it to follow that line{mend}",
                        runs()
                    )
                }
                None => format!("{}, which it cannot raise", runs()),
            }),
            _ => {
                let mend = version.and_then(|version| self.mend(&plan.source, version));
                Some(format!("{}, which outranks it{}", runs(), mend.unwrap_or_default()))
            }
        }
    }

    /// The command that makes `version` count where `source` outranks the new line.
    fn mend(&self, source: &Source, version: &Version) -> Option<String> {
        Some(match source {
            Source::Goenv(_) => {
                let mut mend = format!("; to change that, run: goward use {version} --goenv");
                if let Some(dir) = &self.project {
                    mend.push_str(&format!(" --project {}", dir.word("DIR")));
                }
                mend
            }
            Source::Environment(variable) => format!("; to change that, unset {variable}"),
            Source::GoEnvFile(_) => "; to change that, run: go env -u GOTOOLCHAIN".to_owned(),
            _ => return None,
        })
    }
}

/// The place of a `GOTOOLCHAIN=local` that leaves the decision to `source`, which is below module files.
fn local(here: &Survey<'_>, source: &Source) -> Option<Source> {
    let below = source.level().is_none_or(|level| level > ChainLevel::Module);
    let set = here.chain.gotoolchain().ok()?.filter(|(value, _)| below && value.is_local());
    set.map(|(_, by)| by)
}

/// Whether the edited file is the source.
fn in_it(edit: &Edit, source: &Source) -> bool {
    source.origin().is_some_and(|origin| same(&origin.path, edit.place.named()))
}

fn running(cx: &Context, plan: &Plan) -> String {
    let name = running::toolchain(cx, plan);
    name.unwrap_or_else(|| match &plan.launch {
        Ok(launch) => crate::paths::shown(&launch.program),
        Err(_) => "nothing".to_owned(),
    })
}

fn same(found: &[u8], written: &Path) -> bool {
    let real = |path: &Path| canonical(path).ok();
    let found = to_path(found);
    found == written || real(&found).is_some_and(|found| Some(found) == real(written))
}
