//! The newest toolchain that a person's selector means: the newest that there is, as
//! `goward install` finds it, and not only the newest that is installed.

use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::output::ago;
use crate::toolchain::{Toolchain, present};
use crate::watch::Watch;
use crate::workshop::Workshop;
use goward_installer::{Error, ErrorKind, Index, Query, Release, Settings};
use goward_resolver::{Selector, Survey, ToolchainName, Version};

/// The toolchain that `selector` means, installed if need be.
pub(crate) fn ensure(cx: &Context, here: &Survey<'_>, selector: &Selector) -> Result<Toolchain> {
    let there = present(here, selector)?;
    match there {
        Some(there) if leaves_no_room(selector) => Ok(there),
        Some(there) => Workshop::open_at(cx, here)?.newest(selector, there),
        None => Workshop::open_at(cx, here)?.install(&Query::new(selector), None),
    }
}

/// The version that [`ensure`] would return. goward installs nothing, and says what it would
/// install.
pub(crate) fn predict(
    cx: &Context,
    here: &Survey<'_>,
    selector: &Selector,
) -> Result<Option<Version>> {
    let there = present(here, selector)?;
    match there {
        Some(there) if leaves_no_room(selector) => Ok(there.version),
        Some(there) => match Workshop::open_at(cx, here)?.newer(selector, &there)? {
            Some(release) => {
                cx.output.line(&format!("would install {}", release.store_name()));
                Ok(Some(release.version().clone()))
            }
            None => Ok(there.version),
        },
        None => Workshop::open_at(cx, here)?.predict_version(&Query::new(selector)).map(Some),
    }
}

/// Whether no other release can become what the selector means.
pub(crate) fn leaves_no_room(selector: &Selector) -> bool {
    matches!(selector, Selector::Exact(_) | Selector::Linked(_) | Selector::System)
}

impl Workshop<'_> {
    /// The newest toolchain that `selector` means, installed if need be; `there` is the newest of
    /// them that is here. If no mirror can be asked, or none has the newest, `there` is taken, and
    /// one line says so.
    pub(crate) fn newest(&self, selector: &Selector, there: Toolchain) -> Result<Toolchain> {
        // There goward also remembers a mirror that does not answer. That the store cannot be made is
        // an error only where something is to be installed, and then `install` says so.
        let _ = self.store.prepare();
        let Some(release) = self.newer(selector, &there)? else { return Ok(there) };
        let watch = Watch::new(self.cx, None).without_notes();
        let installed = self.installer(&watch).install(&release);
        drop(watch);
        match installed {
            Ok(installed) => {
                self.report(&installed);
                Ok(Toolchain::of_install(installed, Some(release.version().clone())))
            }
            Err(error) => {
                self.make_do(selector, &there, Some(release.version()), error)?;
                Ok(there)
            }
        }
    }

    /// The release that `selector` means, if it is newer than `there`.
    pub(crate) fn newer(&self, selector: &Selector, there: &Toolchain) -> Result<Option<Release>> {
        let watch = Watch::new(self.cx, None).without_notes();
        let found = self.installer(&watch).find(&Query::new(selector));
        let trouble = watch.has_held_notes();
        drop(watch);
        match found {
            Ok(release) if Some(release.version()) > there.version.as_ref() => Ok(Some(release)),
            Ok(_) => {
                let Settings { offline, .. } = self.settings;
                if offline && !self.settings.is_local() {
                    self.say(selector, there, "goward is offline");
                } else if trouble && !Index::is_current(&self.store, &self.settings) {
                    self.say(selector, there, "no mirror could be asked");
                }
                Ok(None)
            }
            Err(error) => self.make_do(selector, there, None, error).map(|()| None),
        }
    }

    /// Takes `there`, if `error` is only that the newest cannot be had now; `newest` is its
    /// version, where it is known.
    fn make_do(
        &self,
        selector: &Selector,
        there: &Toolchain,
        newest: Option<&Version>,
        error: Error,
    ) -> Result<()> {
        if !matches!(error.kind(), ErrorKind::Network | ErrorKind::NotFound) {
            let name = &there.name;
            let hint = format!("{name} is installed; to take that one, name its version");
            return Err(self.failed(error).hint(hint));
        }
        let newest = newest.map(|newest| format!("{} is out, but ", ToolchainName::of(newest)));
        let newest = newest.unwrap_or_default();
        let why = match self.settings.offline && error.kind() == ErrorKind::Network {
            true => format!("{newest}goward is offline"),
            false => format!("{newest}{}", summary(error)),
        };
        self.say(selector, there, &why);
        Ok(())
    }

    /// Says that `there` is taken without a mirror's word of today.
    fn say(&self, selector: &Selector, there: &Toolchain, why: &str) {
        let index = match Index::age(&self.store, &self.settings) {
            _ if self.settings.is_local() => String::new(),
            Some(age) => format!("; the index is from {}", ago(age)),
            None => "; there is no index of releases, so newer ones may exist".to_owned(),
        };
        let name = &there.name;
        self.cx
            .output
            .note(&format!("{name} is the newest for {selector} that is here: {why}{index}"));
    }
}

/// An error in one line.
fn summary(error: Error) -> String {
    let failure = Failure::from(error);
    let message = failure.message.unwrap_or_default();
    match failure.causes.last() {
        Some(cause) => format!("{message} ({cause})"),
        None => message,
    }
}
