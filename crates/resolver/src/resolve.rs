//! From what is wanted to what there is: the store, other people's installs, PATH.

use crate::chain::Chain;
use crate::default;
use crate::error::{Code, Error};
use crate::gotrees::GoTrees;
use crate::modfile::Floor;
use crate::name::ToolchainName;
use crate::pinfile::Pin;
use crate::policy::{Minimum, as_word};
use crate::roots::{newest_release, program};
use crate::selection::{Selection, Want};
use crate::selector::Selector;
use crate::source::Source;
use crate::system::on_path;
use crate::text;
use crate::version::Version;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::OnceCell;

pub use crate::miss::Miss;
pub use crate::target::{Target, TargetKind};

/// What resolution came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolution {
    /// The level that decided, which is below the selection's where that left it to the default.
    pub source: Source,
    /// The release to install first, if no toolchain that is there will do.
    pub miss: Option<Box<Miss>>,
    /// The toolchain that runs if nothing is installed first.
    pub target: Result<Target, Error>,
    /// Whether the target does not meet the floor. It runs all the same, so that Go itself reports
    /// the error.
    pub below_floor: bool,
}

/// Resolution of one selection.
pub(crate) struct Resolver<'c> {
    pub(crate) chain: &'c Chain<'c>,
    pub(crate) tool: &'static str,
    /// What the store holds, listed once however many selectors ask.
    pub(crate) listed: OnceCell<Vec<Version>>,
}

impl<'c> Resolver<'c> {
    pub(crate) fn new(chain: &'c Chain<'c>) -> Resolver<'c> {
        Resolver { chain, tool: chain.invocation.tool.program(), listed: OnceCell::new() }
    }

    pub(crate) fn resolve(&self, selection: &Selection) -> Result<Resolution, Error> {
        match &selection.want {
            Want::Pin(selector) => self.pin(selector, selection),
            Want::Name(name) => self.name(name, selection),
            Want::Floor { floor, mode } => self.floor(floor, *mode),
            Want::Nothing => self.base(),
        }
    }

    /// A pin in goward's grammar, or the default.
    fn pin(&self, selector: &Selector, selection: &Selection) -> Result<Resolution, Error> {
        let source = &selection.source;
        let found = match selector {
            Selector::System => {
                return Ok(here(source, self.system().ok_or_else(|| no_system(source))));
            }
            Selector::Linked(name) => {
                return Ok(here(source, self.linked(name, source)));
            }
            Selector::Exact(version) => self.exact(&ToolchainName::of(version), source)?,
            open => return self.open(open, selection),
        };
        match found {
            Some(target) => Ok(here(source, Ok(target))),
            None => self.missing(selector, None, selection, None),
        }
    }

    /// Of all that a line of `.tool-versions` says the first that is installed, else the first.
    pub(crate) fn preferred(&self, pin: &Pin) -> Result<Selector, Error> {
        let (mut choice, mut others) = (&pin.selector, pin.fallbacks.iter());
        // Whether it is there is looked up where the default is: without a floor.
        let source = Source::Default(pin.origin.clone());
        let selection = Selection::of(Want::Nothing, source);
        while !pin.fallbacks.is_empty() && self.pin(choice, &selection)?.target.is_err() {
            match others.next() {
                Some(other) => choice = other,
                None => return Ok(pin.selector.clone()),
            }
        }
        Ok(choice.clone())
    }

    /// The installed versions.
    pub(crate) fn list(&self) -> Result<&[Version], Error> {
        if self.listed.get().is_none() {
            let _ = self.listed.set(self.chain.roots.installed()?);
        }
        Ok(self.listed.get().map_or(&[], |listed| listed))
    }

    /// An open selector takes the newest installed match that also meets the module's floor. If there
    /// is none, the index is asked. A person who types `+latest` means the newest that there is, so
    /// the index is asked for that in any case.
    fn open(&self, selector: &Selector, selection: &Selection) -> Result<Resolution, Error> {
        let floor = match selection.source {
            Source::Default(_) => None,
            _ => self.stated_floor().filter(|floor| selector.may_reach(&floor.version)),
        };
        let minimum = if selection.raised { Minimum::of(self.chain.env())? } else { None };
        let minimum = minimum.map(|minimum| minimum.version);
        let least = floor.map(|floor| floor.version).max(minimum.clone());
        let installed = self.list()?;
        // If the newest does not meet the floor, nothing does.
        let newest = selector.newest_from(installed, minimum.as_ref());
        let meets = |v: &&Version| least.as_ref().is_none_or(|least| *v >= least);
        let newest_of_all =
            matches!((selector, &selection.source), (Selector::Latest, Source::CommandLine));
        if let Some(best) = newest.filter(meets).filter(|_| !newest_of_all) {
            return Ok(here(&selection.source, self.installed(best)));
        }
        // A conflict that Go reports is better than no toolchain at all.
        let fallback = self.still_there(newest)?;
        self.missing(selector, least, selection, fallback)
    }

    /// A pin that is a `GOTOOLCHAIN` value. A custom name is looked up on PATH first, as Go does,
    /// then among the user's links, and the plain release never stands in for it.
    fn name(&self, name: &ToolchainName, selection: &Selection) -> Result<Resolution, Error> {
        let source = &selection.source;
        if let Some(target) = self.exact(name, source)? {
            return Ok(here(source, Ok(target)));
        }
        if name.is_custom() {
            return Ok(here(
                source,
                Err(Error::missing(text!(
                    "{} (wanted by {}) is neither on PATH nor in the store; it is no \
                     release\nrun: goward link {} GOROOT",
                    name,
                    source,
                    name
                ))),
            ));
        }
        self.missing(&Selector::Exact(name.version().clone()), None, selection, None)
    }

    /// The resolution as if there were no module file: levels 7 to 9.
    pub(crate) fn base(&self) -> Result<Resolution, Error> {
        if let Some(pin) = default::pin(self.chain)? {
            let selector = self.preferred(&pin)?;
            let source = Source::Default(pin.origin);
            return self.pin(&selector, &Selection::of(Want::Pin(selector.clone()), source));
        }
        match self.system() {
            Some(system) => Ok(here(&Source::System, Ok(system))),
            None => self.newest(),
        }
    }

    /// Level 9.
    pub(crate) fn newest(&self) -> Result<Resolution, Error> {
        let unpacked = self.chain.roots.unpacked()?;
        let newest = newest_release(&unpacked);
        let newest = newest.map_or_else(|| Err(self.nothing_selected()), |v| self.installed(v));
        Ok(here(&Source::Newest, newest))
    }

    /// What was adopted in place runs only where something selects it.
    fn adopted(&self) -> Option<Version> {
        newest_release(&self.chain.roots.installed().unwrap_or_default()).cloned()
    }

    fn nothing_selected(&self) -> Error {
        let Some(version) = self.adopted() else {
            let why =
                "no Go toolchain is installed and nothing selects one\nrun: goward install latest";
            return Error::missing(String::from(why));
        };
        Error::missing(text!(
            "nothing selects a Go toolchain, and go{}, adopted in place, runs only where it is selected\nrun: goward default {}",
            version,
            version
        ))
    }

    /// For a way out (`go env -w GOTOOLCHAIN=…`): the base if it understands the command, else the
    /// newest installed that does, else a real system Go.
    pub(crate) fn any_modern(&self) -> Option<Resolution> {
        let modern = |version: &Version| version.knows_gotoolchain();
        let real =
            |found: &Resolution| found.target.as_ref().is_ok_and(|target| target.goroot.is_some());
        let base = self.base().ok().filter(real);
        if let Some(found) = &base
            && self.version_of(found).as_ref().is_some_and(modern)
        {
            return base;
        }
        let installed = self.chain.roots.installed().unwrap_or_default();
        let newest = installed.iter().filter(|v| modern(v)).max();
        if let Some(Ok(target)) = newest.map(|newest| self.installed(newest)) {
            return Some(here(&Source::Newest, Ok(target)));
        }
        base.or_else(|| Some(here(&Source::System, Ok(self.system()?))).filter(real))
    }

    /// The floor on which Go will insist. A pin may fall below it, but never silently.
    pub(crate) fn stated_floor(&self) -> Option<Floor> {
        if self.chain.invocation.is_package_at_version() {
            return None;
        }
        match &self.chain.module {
            Some(Ok(module)) => module.required(),
            _ => None,
        }
    }

    /// The toolchain of exactly this name: in the store, in the places of Go and golang.org/dl;
    /// for a custom name first of all on PATH, and in the end among the linked ones.
    #[inline(never)]
    pub(crate) fn exact(
        &self,
        name: &ToolchainName,
        source: &Source,
    ) -> Result<Option<Target>, Error> {
        let custom = name.is_custom() && name.is_file_name();
        if custom && let Some(found) = on_path(self.chain.env(), name.as_str()) {
            let (name, kind) = (Some(name.clone()), TargetKind::Custom);
            return Ok(Some(Target { name, kind, ..found }));
        }
        let (mut goroot, mut kind) = (self.chain.roots.find(name)?, TargetKind::Managed);
        if goroot.is_none() {
            if !name.is_custom() {
                let tree = GoTrees::of(&self.chain.layers()).find(name.version());
                goroot = tree.map(|(goroot, _)| goroot);
            } else if custom && self.may_link(source) {
                (goroot, kind) = (self.chain.roots.linked(name.as_str())?, TargetKind::Linked);
            }
        }
        Ok(goroot.map(|goroot| self.target(goroot, Some(name.clone()), kind)))
    }

    /// Whether the source may name a linked toolchain: a repository only in a `.goenv` that the user
    /// trusts.
    fn may_link(&self, source: &Source) -> bool {
        match source {
            Source::Goenv(_) => self.chain.trusts_goenv(),
            source => !Minimum::judges(source),
        }
    }

    /// An installed release, unless there is none or it has vanished meanwhile.
    pub(crate) fn still_there(&self, version: Option<&Version>) -> Result<Option<Target>, Error> {
        match version.map(|version| self.installed(version)) {
            Some(Err(error)) if error.code == Code::Refused => Err(error),
            found => Ok(found.and_then(Result::ok)),
        }
    }

    fn installed(&self, version: &Version) -> Result<Target, Error> {
        let name = ToolchainName::of(version);
        // A language version never names a tree; anything listed does, unless it vanished.
        let gone = || Error::missing(text!("{} was removed while it was being looked up", name));
        let goroot = self.chain.roots.find(&name)?.ok_or_else(gone)?;
        Ok(self.target(goroot, Some(name), TargetKind::Managed))
    }

    fn linked(&self, name: &str, source: &Source) -> Result<Target, Error> {
        let goroot = self.chain.roots.linked(name)?.ok_or_else(|| {
            let version = name.strip_prefix('v').filter(|rest| Version::parse(rest).is_some());
            let way = match version {
                Some(version) => text!("if you mean the version, write {}", version),
                None => text!("run: goward link {} GOROOT", name),
            };
            Error::missing(text!(
                "no toolchain is linked as {} (wanted by {})\n{}",
                name,
                source,
                way
            ))
        })?;
        Ok(self.target(goroot, None, TargetKind::Linked))
    }

    pub(crate) fn target(
        &self,
        goroot: Vec<u8>,
        name: Option<ToolchainName>,
        kind: TargetKind,
    ) -> Target {
        let program = program(self.chain.env().host().os(), &goroot, self.tool);
        Target { program, goroot: Some(goroot), name, kind }
    }

    pub(crate) fn system(&self) -> Option<Target> {
        on_path(self.chain.env(), self.tool)
    }

    /// Nothing installed will do: ask for it to be installed, or say why that is off.
    fn missing(
        &self,
        selector: &Selector,
        at_least: Option<Version>,
        selection: &Selection,
        fallback: Option<Target>,
    ) -> Result<Resolution, Error> {
        let source = &selection.source;
        let off = match self.chain.env().downloads_off()? {
            None if *source != Source::CommandLine => self.fixed_by_gotoolchain(source),
            off => off,
        };
        let and = if off.is_some() { " and " } else { "" };
        let minimum = if selection.raised { Minimum::of(self.chain.env())? } else { None };
        let (gap, way) = match minimum {
            Some(minimum) => ("\n", minimum.way_past(selector)),
            None => ("", String::new()),
        };
        // An install would fail alike.
        let first = if self.chain.env().is_offline()? { "unset it and " } else { "" };
        let error = Error::missing(text!(
            "Go {}, wanted by {}, is not installed{}{}\n{}run: goward install {}{}{}",
            selector,
            source,
            and,
            off.as_deref().unwrap_or_default(),
            first,
            as_word(selector),
            gap,
            way
        ));
        let miss = off.is_none().then(|| {
            Box::new(Miss {
                selector: selector.clone(),
                at_least,
                source: source.clone(),
                is_floor: false,
                has_fallback: fallback.is_some(),
                is_offer: false,
                root: self.chain.roots.root.clone(),
            })
        });
        let target = fallback.ok_or(error);
        Ok(Resolution { source: source.clone(), miss, target, below_floor: false })
    }

    /// The newest release, to be offered where no toolchain is here and nothing selects one, unless a
    /// setting switches installs off.
    pub(crate) fn offer(&self) -> Option<Box<Miss>> {
        let source = Source::Newest;
        let allowed = matches!(self.chain.env().downloads_off(), Ok(None))
            && self.adopted().is_none()
            && self.fixed_by_gotoolchain(&source).is_none();
        allowed.then(|| {
            Box::new(Miss {
                selector: Selector::Latest,
                at_least: None,
                source,
                is_floor: false,
                has_fallback: false,
                is_offer: true,
                root: self.chain.roots.root.clone(),
            })
        })
    }

    /// `GOTOOLCHAIN=local`, `path` and `+path` switch implicit downloads off. With a pin above it, an
    /// invalid value lower down is Go's business.
    fn fixed_by_gotoolchain(&self, source: &Source) -> Option<String> {
        let (_, by) = self.chain.gotoolchain().ok()?.filter(|(value, _)| !value.may_download())?;
        let by = if by == *source { String::new() } else { text!(" (set by {})", by) };
        Some(text!("GOTOOLCHAIN{} allows no download", by))
    }
}

/// Resolved without anything to install.
#[inline(never)]
pub(crate) fn here(source: &Source, target: Result<Target, Error>) -> Resolution {
    Resolution { source: source.clone(), miss: None, target, below_floor: false }
}

fn no_system(source: &Source) -> Error {
    let way = match source {
        Source::PinFile(_) => "goward use latest",
        // A file in the home directory outranks what `goward default` writes.
        Source::Default(origin) if !origin.path.ends_with(b"default") => {
            "goward use latest --project ~"
        }
        Source::Default(_) => "goward default latest",
        _ => "go +latest",
    };
    Error::missing(text!(
        "no go on PATH besides goward's own (system is wanted by {})\ninstall Go, or choose \
         a version with: {}",
        source,
        way
    ))
}
