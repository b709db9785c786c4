//! Go's refusal, foretold before goward downloads or writes anything.

use super::Use;
use crate::commands::explain::foretold::Foretold;
use crate::commands::explain::{cures, members::Command};
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::newest::leaves_no_room;
use crate::paths::{Near, Shown as _};
use crate::project::Form;
use crate::toolchain::present;
use crate::watch::Watch;
use crate::workshop::Workshop;
use goward_installer::Query;
use goward_resolver::{ChainLevel, GoRefusal, Selector, Survey, Version};

impl Use {
    /// Go's refusal of what goward is about to write. Fails where the line would have no effect.
    pub(super) fn foresee(
        &self,
        cx: &Context,
        here: &Survey<'_>,
        selector: &Selector,
    ) -> Result<Option<Failure>> {
        let Some(Ok(module)) = &here.chain.module else { return Ok(None) };
        let expected = module.required().map(|floor| {
            let expected = expected(cx, here, selector, &floor.version)?;
            Ok::<_, Failure>(expected.map(|(version, new)| (floor, version, new)))
        });
        let Some((floor, version, new)) = expected.transpose()?.flatten() else {
            return self.foretold(cx, here, selector);
        };
        let refusal = GoRefusal { floor, compares: version.knows_gotoolchain() };
        if self.form() == Form::Module {
            return Err(self.without_effect(here, &refusal, &version));
        }
        if !refusal.compares || self.is_outranked(here) {
            return Ok(None);
        }
        let failure = self.refused(here, &refusal, &version);
        if new && !self.dry_run {
            cx.output.warning(&failure.one_line());
        }
        Ok(Some(failure))
    }

    /// Go's refusal to work here, whatever Go it is.
    fn foretold(
        &self,
        cx: &Context,
        here: &Survey<'_>,
        selector: &Selector,
    ) -> Result<Option<Failure>> {
        let (Selector::Exact(version) | Selector::Minor(version)) = selector else {
            return Ok(None);
        };
        let there = present(here, selector)?;
        let version = there.as_ref().and_then(|there| there.version.as_ref()).unwrap_or(version);
        let refusal = (!self.is_outranked(here))
            .then(|| Foretold::of(here, None, version, Command::Build))
            .flatten();
        // The line that goward writes may mend the file.
        let mends = |foretold: &Foretold| {
            let of_file = matches!(foretold, Foretold::Line(_) | Foretold::Needless(_));
            self.form() == Form::Module && of_file
        };
        let refusal = refusal.filter(|it| !mends(it)).map(|it| it.failure(here, version));
        if let Some(refusal) = refusal.as_ref().filter(|_| there.is_none() && !self.dry_run) {
            cx.output.warning(&refusal.one_line());
        }
        Ok(refusal)
    }

    /// Whether a level above the written one decides at present.
    fn is_outranked(&self, here: &Survey<'_>) -> bool {
        let own = if self.goenv { ChainLevel::Goenv } else { ChainLevel::PinFile };
        let plan = here.plan().ok();
        plan.and_then(|plan| plan.selection.source.level()).is_some_and(|level| level < own)
    }

    /// Go's refusal of `version`, with the two ways out.
    pub(super) fn refused(
        &self,
        here: &Survey<'_>,
        refusal: &GoRefusal,
        version: &Version,
    ) -> Failure {
        let message = format!("Go refuses go{version} here: {}", needs(refusal));
        Failure::new(Exit::Failure, message)
            .hint(format!("choose a later Go: {}", self.command(&refusal.floor.version.or_later())))
            .hint_of(self.lower(here, refusal, version))
    }

    /// The refusal to write a toolchain line that is below the go line, with the same ways out.
    fn without_effect(&self, here: &Survey<'_>, refusal: &GoRefusal, version: &Version) -> Failure {
        let message = format!("toolchain go{version} would have no effect: {}", needs(refusal));
        Failure { message: Some(message), ..self.refused(here, refusal, version) }
    }

    /// The edit of the go line that makes Go accept `version`.
    fn lower(&self, here: &Survey<'_>, refusal: &GoRefusal, version: &Version) -> Option<String> {
        let near = Near::new(here.chain.directory.as_deref());
        let cure = cures::lower(here, refusal, version, &near)?;
        let place = self.project.as_ref().filter(|_| !self.here);
        let place = place.map(|dir| format!("in {}, ", dir.shown())).unwrap_or_default();
        Some(format!("{place}ask for less: {}", cure.command))
    }

    /// This command, for another selector.
    fn command(&self, version: &str) -> String {
        let mut command = format!("goward use {version}");
        let flags = [(self.goenv, " --goenv"), (self.go_mod, " --go-mod"), (self.here, " --here")];
        flags.into_iter().filter(|(set, _)| *set).for_each(|(_, flag)| command.push_str(flag));
        if let Some(dir) = self.project.as_ref().filter(|_| !self.here) {
            command.push_str(&format!(" --project {}", dir.word("DIR")));
        }
        command
    }
}

/// The line that asks for more.
fn needs(refusal: &GoRefusal) -> String {
    let floor = &refusal.floor;
    format!("{} needs Go {} or later", floor.source, floor.version)
}

/// The version that [`ensure`](crate::newest::ensure) will return, if it is below `floor`, and whether
/// goward will download it.
fn expected(
    cx: &Context,
    here: &Survey<'_>,
    selector: &Selector,
    floor: &Version,
) -> Result<Option<(Version, bool)>> {
    let there = match present(here, selector)? {
        // A newer one is no lower.
        Some(there) if there.version.as_ref().is_none_or(|version| version >= floor) => {
            return Ok(None);
        }
        Some(there) if leaves_no_room(selector) => {
            return Ok(there.version.map(|version| (version, false)));
        }
        there => there.and_then(|there| there.version),
    };
    let workshop = Workshop::open_at(cx, here)?;
    let watch = Watch::new(cx, None).without_notes();
    let found = workshop.installer(&watch).find(&Query::new(selector));
    drop(watch);
    let expected = match (found, there) {
        (Ok(release), Some(there)) if there >= *release.version() => (there, false),
        (Ok(release), _) => (release.version().clone(), true),
        (Err(_), Some(there)) => (there, false),
        (Err(error), None) => return Err(workshop.failed(error)),
    };
    Ok(Some(expected).filter(|(version, _)| version < floor))
}
