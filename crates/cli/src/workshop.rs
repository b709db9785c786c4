//! The means of a command that installs: the store, the settings, and the way to the user.

use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::paths::Shown as _;
use crate::toolchain::Toolchain;
use crate::watch::Watch;
use goward_installer::{
    Assurance, Error, ErrorKind, Installed, Installer, Mirror, Query, Release, Settings, Store,
};
use goward_resolver::{Survey, ToolchainName, Version};

/// The store and the settings, for as long as one command works with them.
pub(crate) struct Workshop<'c> {
    /// The way to the user.
    pub(crate) cx: &'c Context,
    /// The store that gets the toolchains.
    pub(crate) store: Store,
    /// The settings of the installs.
    pub(crate) settings: Settings,
}

impl<'c> Workshop<'c> {
    /// A workshop with the settings of the variables, the configuration and the current directory.
    pub(crate) fn open(cx: &'c Context) -> Result<Workshop<'c>> {
        Workshop::open_at(cx, &cx.survey()?)
    }

    /// As [`Workshop::open`], by a survey that the caller has already.
    pub(crate) fn open_at(cx: &'c Context, here: &Survey<'_>) -> Result<Workshop<'c>> {
        let store = cx.store()?;
        let settings = cx.settings(here, &store)?;
        Ok(Workshop { cx, store, settings })
    }

    /// Applies `--from` and `--verify`.
    pub(crate) fn take(&mut self, from: Option<&str>, verify: Option<Assurance>) -> Result<()> {
        match from {
            None => {}
            Some("proxy") => {
                let go = self.cx.go_variables()?;
                self.settings.use_module_proxies(|key| go.get(key).cloned())?;
            }
            Some(list) => {
                let urls = list.split(',').map(str::trim);
                let mirrors = urls.map(|url| Mirror::parse(url, false));
                self.settings.mirrors = mirrors.collect::<std::result::Result<_, _>>()?;
                if self.settings.mirrors.iter().any(Mirror::is_proxy) {
                    self.use_checksum_database()?;
                }
            }
        }
        if let Some(owner) = self.cx.policy()? {
            owner.judge_mirrors(&self.settings, "--from")?;
            owner.judge_trust(verify, "--verify")?;
        }
        let Some(least) = verify.or(self.settings.min_assurance) else { return Ok(()) };
        self.settings.min_assurance = Some(least);
        self.demand(least)
    }

    /// Demands a witness that is at least as strong as `least`.
    pub(crate) fn demand(&mut self, least: Assurance) -> Result<()> {
        // The stronger of two levels is the lesser value.
        let least = self.settings.min_assurance.map_or(least, |trust| trust.min(least));
        self.settings.min_assurance = Some(least);
        if least == Assurance::ChecksumDatabase && self.settings.checksum_database.is_none() {
            self.use_checksum_database()?;
        }
        Ok(())
    }

    /// The installer, which reports its progress to `watch`.
    pub(crate) fn installer<'w>(&'w self, watch: &'w Watch) -> Installer<'w> {
        Installer { store: &self.store, settings: &self.settings, progress: watch }
    }

    /// Makes the installer ask Go's checksum database, with Go's proxies as a way to it.
    pub(crate) fn use_checksum_database(&mut self) -> Result<()> {
        let go = self.cx.go_variables()?;
        Ok(self.settings.use_checksum_database(|key| go.get(key).cloned())?)
    }

    /// The release that the query asks for.
    pub(crate) fn find(&self, query: &Query<'_>) -> Result<Release> {
        Ok(self.cx.watched(|watch| self.installer(watch).find(query))?)
    }

    /// Installs the release and reports it; `wanted_by` is the file that asks for it, if one does.
    pub(crate) fn install(&self, query: &Query<'_>, wanted_by: Option<&str>) -> Result<Toolchain> {
        let brought = self.installer(&Watch::new(self.cx, wanted_by)).bring(query);
        let (release, installed) = brought.map_err(|error| self.failed(error))?;
        self.report(&installed);
        Ok(Toolchain::of_install(installed, Some(release.version().clone())))
    }

    /// Prints the release that goward would install, and returns its version.
    pub(crate) fn predict_version(&self, query: &Query<'_>) -> Result<Version> {
        let release = self.find(query)?;
        self.cx.output.line(&format!("would install {}", release.store_name()));
        Ok(release.version().clone())
    }

    /// As [`Workshop::predict_version`], if the release is not installed already; returns its name if
    /// it is.
    pub(crate) fn announce(&self, query: &Query<'_>) -> Result<Option<String>> {
        let least = query.at_least.as_ref();
        let exact =
            query.selector.exact().filter(|exact| least.is_none_or(|least| *exact >= least));
        let is_here = |name: &String| self.store.toolchain(name).is_some();
        let name = match exact.map(|exact| ToolchainName::of(exact).to_string()).filter(is_here) {
            Some(name) => name,
            None => self.find(query)?.store_name(),
        };
        let there = is_here(&name);
        self.cx.output.line(&match there {
            true => format!("{name} is installed already"),
            false => format!("would install {name}"),
        });
        Ok(there.then_some(name))
    }

    /// The failure of an install, with a remedy that the user may try.
    pub(crate) fn failed(&self, error: Error) -> Failure {
        let unreachable = error.kind() == ErrorKind::Network;
        let hint = unreachable.then(|| self.cx.proxy_hint()).flatten();
        hint.into_iter().fold(Failure::from(error), Failure::hint)
    }

    /// Reports the installed toolchain and its witness, or that it was there already.
    pub(crate) fn report(&self, installed: &Installed) {
        let (name, place) = (&installed.name, installed.directory.shown());
        self.cx.output.note(&match installed.assurance.map(vouched) {
            _ if installed.already => format!("{name} is installed already, in {place}"),
            Some(who) => format!("installed {name} in {place} ({who})"),
            None => format!("installed {name} in {place}"),
        });
    }
}

/// The witness of a toolchain, for people.
pub(crate) fn vouched(trust: Assurance) -> String {
    match trust {
        Assurance::User => format!("not verified: {}", trust.describe()),
        _ => format!("verified, {}: {}", trust.level(), trust.describe()),
    }
}
