//! From what is wanted to what there is: the store, other people's installs, PATH.

use crate::chain::Chain;
use crate::environment::Environment;
use crate::error::{Code, Error};
use crate::gotoolchain::Mode;
use crate::modfile::Floor;
use crate::pinfile::Pin;
use crate::policy::Minimum;
use crate::printable::quoted;
use crate::select::{self, Selection, Want, may_reach};
use crate::selector::Selector;
use crate::source::Source;
use crate::store::{Store, program};
use crate::switching::self_version;
use crate::system::on_path;
use crate::text;
use crate::{ToolchainName, Version};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// A toolchain that can be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The program to execute.
    pub program: Vec<u8>,
    /// The tree that it belongs to, where that is known.
    pub goroot: Option<Vec<u8>>,
    /// The toolchain by name; `None` for linked trees and the system's Go, which nobody asked.
    pub name: Option<ToolchainName>,
    /// Whose it is.
    pub kind: TargetKind,
}

/// Whose a toolchain is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetKind {
    /// Installed in a store, or by Go or golang.org/dl and as good.
    Managed,
    /// A GOROOT that the user registered under a name.
    Linked,
    /// A custom toolchain found on PATH under its own name.
    Custom,
    /// The next `go` on PATH.
    System,
}

/// What resolution came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolution {
    /// The level that decided, which is below the selection's where that left it to the default.
    pub source: Source,
    /// What should be installed first, where nothing that is there will do.
    pub install: Option<Box<Install>>,
    /// What runs if nothing was to be installed, or could not be.
    pub target: Result<Target, Error>,
    /// Whether the target runs only because the floor cannot be met: Go is to speak for itself.
    pub below_floor: Option<Box<Floor>>,
}

/// What the manager is asked to install before the shim looks again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Install {
    /// One release, or the newest that a selector takes.
    pub selector: Selector,
    /// The least version that will do.
    pub at_least: Option<Version>,
    /// Who wants it.
    pub source: Source,
    /// Whether that is a minimum, which the manager's policy may raise; a pin it refuses.
    pub is_floor: bool,
    /// Whether the file that wants it belongs to somebody else, so that only digests known
    /// without the mirror's word will do.
    pub foreign: bool,
    /// Whether something else will do meanwhile, so that nobody should wait for a dead network.
    pub impatient: bool,
    /// The root to install into.
    pub root: Option<Vec<u8>>,
}

impl Install {
    /// What to say where no manager lies beside the shim.
    pub const NO_MANAGER: &str =
        "cannot install anything: there is no goward beside this shim; run: goward setup";

    /// The manager's command line for this, without the program: `provide SELECTOR …`.
    pub fn arguments(&self) -> Vec<String> {
        let mut arguments = alloc::vec![String::from("provide"), text!("{}", self.selector)];
        if let Some(version) = &self.at_least {
            arguments.extend([String::from("--at-least"), text!("{}", version)]);
        }
        arguments.extend([String::from("--wanted-by"), text!("{}", self.source)]);
        if Minimum::judges(&self.source) {
            let wish = if self.is_floor { "floor" } else { "pin" };
            arguments.extend([String::from("--project"), String::from(wish)]);
        }
        if self.foreign {
            arguments.push(String::from("--known-digests"));
        }
        if self.impatient {
            arguments.push(String::from("--impatient"));
        }
        arguments
    }
}

/// Resolution of one selection.
pub(crate) struct Resolver<'c> {
    pub(crate) chain: &'c Chain<'c>,
    pub(crate) store: &'c Store<'c>,
    pub(crate) tool: &'static str,
}

impl Resolver<'_> {
    pub(crate) fn resolve(&self, selection: &Selection) -> Result<Resolution, Error> {
        match &selection.want {
            Want::Pin(selector) => self.pin(selector, selection),
            Want::Name(name) => self.name(name, selection),
            Want::Floor { floor, mode } if selection.raised => self.raised(floor, *mode),
            Want::Floor { floor, mode } => self.floor(floor, *mode),
            Want::Base => self.base(),
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
            Selector::Exact(version) => self.exact(&ToolchainName::of(version))?,
            roomy => return self.roomy(roomy, selection),
        };
        match found {
            Some(target) => Ok(here(source, Ok(target))),
            None => self.missing(selector, None, selection, None),
        }
    }

    /// A selector that leaves room takes the newest installed match that also meets the module's
    /// floor; where there is none, the index is asked.
    fn roomy(&self, selector: &Selector, selection: &Selection) -> Result<Resolution, Error> {
        let floor = match selection.source {
            Source::Default(_) => None,
            _ => self.stated_floor().filter(|floor| may_reach(selector, &floor.version)),
        };
        let minimum = if selection.raised { Minimum::of(self.chain.env)? } else { None };
        let minimum = minimum.map(|minimum| minimum.version);
        let allowed = |v: &&Version| minimum.as_ref().is_none_or(|minimum| *v >= minimum);
        let least = floor.map(|floor| floor.version).max(minimum.clone());
        let installed = self.store.installed()?;
        let meets = |v: &&Version| least.as_ref().is_none_or(|least| *v >= least);
        if let Some(best) = selector.newest(installed.iter().filter(meets)) {
            return Ok(here(&selection.source, self.installed(best)));
        }
        // Better the conflict that Go will name than nothing at all.
        let fallback = selector.newest(installed.iter().filter(allowed));
        let fallback = self.still_there(fallback)?;
        self.missing(selector, least, selection, fallback)
    }

    /// A pin that is a `GOTOOLCHAIN` value. A custom name is looked up on PATH first, as Go does,
    /// and the plain release never stands in for it.
    fn name(&self, name: &ToolchainName, selection: &Selection) -> Result<Resolution, Error> {
        let source = &selection.source;
        if let Some(target) = self.exact(name)? {
            return Ok(here(source, Ok(target)));
        }
        if name.is_custom() {
            return Ok(here(
                source,
                Err(Error::missing(text!(
                    "{} (wanted by {}) is neither on PATH nor in the store; it is no \
                     release, so put it on PATH under that name",
                    name,
                    source
                ))),
            ));
        }
        self.missing(&Selector::Exact(name.version().clone()), None, selection, None)
    }

    /// A wish of a repository's file that the user's policy has made a minimum: what runs without
    /// the file meets it, or the newest installed release does, else it is met as any other floor.
    fn raised(&self, floor: &Floor, mode: Mode) -> Result<Resolution, Error> {
        let least = &floor.version;
        let base = self.base()?.target.ok();
        let base = base.filter(|target| self.version_of(target).is_some_and(|v| v >= *least));
        if let Some(target) = base {
            return Ok(here(&floor.source, Ok(target)));
        }
        let installed = self.store.installed()?;
        let newest = installed.iter().filter(|v| *v >= least && !v.is_prerelease()).max();
        match self.still_there(newest)? {
            Some(target) => Ok(here(&floor.source, Ok(target))),
            None => self.floor(floor, mode),
        }
    }

    /// The version of what runs, by its name, or by what a tree without one calls itself.
    fn version_of(&self, target: &Target) -> Option<Version> {
        if let Some(name) = &target.name {
            return Some(name.version().clone());
        }
        self_version(self.chain.env.host(), target.goroot.as_deref()?)
    }

    /// A minimum: exactly that release if installed, else the newest installed of its minor
    /// above it, else it is installed; where that cannot be, the nearest installed above, and in
    /// the end the base with `GOTOOLCHAIN` untouched.
    fn floor(&self, floor: &Floor, mode: Mode) -> Result<Resolution, Error> {
        let source = &floor.source;
        if let Some(target) = self.at_floor(floor)? {
            return Ok(here(source, Ok(target)));
        }
        let installed = self.store.installed()?;
        let above = |v: &&Version| match &floor.name {
            // A custom build's equal is not the plain release.
            Some(name) if name.is_custom() => **v > floor.version,
            _ => **v >= floor.version,
        };
        let release = |v: &&Version| floor.version.is_prerelease() || !v.is_prerelease();
        let candidates = || installed.iter().filter(above).filter(release);
        if let Some(best) = candidates().filter(|v| v.same_minor(&floor.version)).max() {
            return Ok(here(source, self.installed(best)));
        }
        if !floor.version.knows_gotoolchain() && floor.name.is_none() {
            // Every modern Go builds for a go line below 1.21: it selects nothing.
            return self.base();
        }
        let nearest = self.still_there(candidates().min())?;
        let impatient = nearest.is_some();
        let (target, below_floor) = match nearest {
            Some(target) => (Ok(target), None),
            None => (self.base()?.target.map_err(|_| unmet(floor)), Some(Box::new(floor.clone()))),
        };
        let resolution = Resolution { source: source.clone(), install: None, target, below_floor };
        Ok(match self.installable(floor, mode)? {
            None => resolution,
            Some(selector) => Resolution {
                install: Some(Box::new(Install {
                    selector,
                    at_least: Some(floor.version.clone()),
                    source: source.clone(),
                    is_floor: true,
                    foreign: floor.foreign,
                    impatient,
                    root: self.store.root.clone(),
                })),
                ..resolution
            },
        })
    }

    fn at_floor(&self, floor: &Floor) -> Result<Option<Target>, Error> {
        match &floor.name {
            Some(name) => self.exact(name),
            None if floor.version.is_language() => Ok(None),
            None => self.exact(&ToolchainName::of(&floor.version)),
        }
    }

    /// What an unmet floor installs; `None` where nothing may be installed for it.
    fn installable(&self, floor: &Floor, mode: Mode) -> Result<Option<Selector>, Error> {
        let modules_off = self.chain.layers().get("GO111MODULE").is_some_and(|v| v.bytes == b"off");
        let from_file = matches!(floor.source, Source::Module(_));
        if downloads_off(self.chain.env)?.is_some()
            || mode == Mode::Path
            || (modules_off && from_file)
        {
            return Ok(None);
        }
        let custom = floor.name.as_ref().is_some_and(ToolchainName::is_custom);
        Ok((!custom).then(|| floor.selector()))
    }

    /// Levels 7 to 9.
    fn base(&self) -> Result<Resolution, Error> {
        if let Some(Pin { selector, origin, foreign, .. }) =
            select::default_pin(self.chain, self.store)?
        {
            let source = Source::Default(origin);
            let want = Want::Pin(selector.clone());
            return self.pin(&selector, &Selection { want, source, foreign, raised: false });
        }
        if let Some(system) = self.system() {
            return Ok(here(&Source::System, Ok(system)));
        }
        let unpacked = self.store.unpacked()?;
        let newest = unpacked.iter().filter(|v| !v.is_prerelease()).max();
        Ok(here(
            &Source::Newest,
            newest.map_or_else(|| Err(nothing_at_all()), |v| self.installed(v)),
        ))
    }

    /// For a way out (`go env -w GOTOOLCHAIN=…`): the base if it understands the command, else the
    /// newest installed that does, else a real system Go.
    pub(crate) fn any_modern(&self) -> Option<(Source, Target)> {
        let base = self.base().ok();
        let base = base.and_then(|found| Some((found.source, found.target.ok()?)));
        let modern = |name: &ToolchainName| name.version().knows_gotoolchain();
        if let Some((_, target)) = &base
            && target.name.as_ref().is_some_and(modern)
        {
            return base;
        }
        let installed = self.store.installed().unwrap_or_default();
        let newest = installed.iter().filter(|v| v.knows_gotoolchain()).max();
        let newest = newest.and_then(|v| Some((Source::Newest, self.installed(v).ok()?)));
        let real = |(_, target): &(Source, Target)| target.goroot.is_some();
        let system = || Some((Source::System, self.system()?));
        newest.or_else(|| base.filter(real)).or_else(|| system().filter(real))
    }

    /// The floor that the module states, for pins: they may fall below it, but never silently.
    pub(crate) fn stated_floor(&self) -> Option<Floor> {
        if self.chain.invocation.is_package_at_version() {
            return None;
        }
        match &self.chain.module {
            Some(Ok(module)) => module.floor(),
            _ => None,
        }
    }

    /// The toolchain of exactly this name: in the store, in the places of Go and golang.org/dl,
    /// and for a custom name first of all on PATH.
    fn exact(&self, name: &ToolchainName) -> Result<Option<Target>, Error> {
        let env = self.chain.env;
        if name.is_custom()
            && name.is_file_name()
            && let Some(found) = on_path(env, name.as_str())
        {
            return Ok(Some(Target {
                program: found.program,
                goroot: found.goroot,
                name: Some(name.clone()),
                kind: TargetKind::Custom,
            }));
        }
        let in_store = self.store.find(name)?;
        let adopted = || self.store.adopted(name.version(), &self.chain.layers());
        let goroot = in_store.or_else(|| if name.is_custom() { None } else { adopted() });
        Ok(goroot.map(|goroot| self.target(goroot, Some(name.clone()), TargetKind::Managed)))
    }

    /// An installed release, unless there is none or it has vanished meanwhile.
    fn still_there(&self, version: Option<&Version>) -> Result<Option<Target>, Error> {
        match version.map(|version| self.installed(version)) {
            Some(Err(error)) if error.code == Code::Refused => Err(error),
            found => Ok(found.and_then(Result::ok)),
        }
    }

    fn installed(&self, version: &Version) -> Result<Target, Error> {
        let name = ToolchainName::of(version);
        // A language version never names a tree; anything listed does, unless it vanished.
        let gone = || Error::missing(text!("{} was removed while it was being looked up", name));
        let goroot = self.store.find(&name)?.ok_or_else(gone)?;
        Ok(self.target(goroot, Some(name), TargetKind::Managed))
    }

    fn linked(&self, name: &str, source: &Source) -> Result<Target, Error> {
        let goroot = self.store.linked(name)?.ok_or_else(|| {
            Error::missing(text!(
                "no toolchain is linked as {} (wanted by {}); run: goward link {} GOROOT",
                name,
                source,
                name
            ))
        })?;
        Ok(self.target(goroot, None, TargetKind::Linked))
    }

    fn target(&self, goroot: Vec<u8>, name: Option<ToolchainName>, kind: TargetKind) -> Target {
        let program = program(self.chain.env.host().os(), &goroot, self.tool);
        Target { program, goroot: Some(goroot), name, kind }
    }

    fn system(&self) -> Option<Target> {
        let found = on_path(self.chain.env, self.tool)?;
        let (program, goroot) = (found.program, found.goroot);
        Some(Target { program, goroot, name: None, kind: TargetKind::System })
    }

    /// Nothing installed will do: ask for it to be installed, or say why that is off.
    fn missing(
        &self,
        selector: &Selector,
        at_least: Option<Version>,
        selection: &Selection,
        fallback: Option<Target>,
    ) -> Result<Resolution, Error> {
        let Selection { source, foreign, .. } = selection;
        let off = match downloads_off(self.chain.env)? {
            None if *source != Source::CommandLine => self.fixed_by_gotoolchain(source)?,
            off => off,
        };
        let why = off.as_ref().map(|why| text!(" and {}", why)).unwrap_or_default();
        let command = match selector {
            Selector::Range(_) => text!("goward install '{}'", selector),
            _ => text!("goward install {}", selector),
        };
        let named = match selector {
            Selector::Exact(version) => text!("{}", ToolchainName::of(version)),
            _ => text!("no toolchain that matches {}", selector),
        };
        let is_not = if matches!(selector, Selector::Exact(_)) { " is not" } else { " is" };
        // An install would fail alike.
        let first = if is_offline(self.chain.env)? { "unset it and " } else { "" };
        let error = Error::missing(text!(
            "{} (wanted by {}){} installed{}; {}run: {}",
            named,
            source,
            is_not,
            why,
            first,
            command
        ));
        let install = off.is_none().then(|| {
            Box::new(Install {
                selector: selector.clone(),
                at_least,
                source: source.clone(),
                is_floor: false,
                foreign: *foreign,
                impatient: fallback.is_some(),
                root: self.store.root.clone(),
            })
        });
        let target = fallback.ok_or(error);
        Ok(Resolution { source: source.clone(), install, target, below_floor: None })
    }

    /// `GOTOOLCHAIN=local`, `path` and `+path` switch implicit downloads off.
    fn fixed_by_gotoolchain(&self, source: &Source) -> Result<Option<String>, Error> {
        match self.chain.gotoolchain() {
            Ok(Some((value, by))) if !value.may_download() => {
                let by = if by == *source { String::new() } else { text!(" (set by {})", by) };
                Ok(Some(text!("GOTOOLCHAIN{} allows no download", by)))
            }
            Ok(_) => Ok(None),
            // With a pin above it, an invalid value lower down is Go's business.
            Err(_) => Ok(None),
        }
    }
}

/// Why a miss installs nothing, if the user has said so.
fn downloads_off(env: &Environment<'_>) -> Result<Option<String>, Error> {
    let never = match env.get("GOWARD_AUTO_INSTALL") {
        None | Some(b"always") => None,
        Some(b"never") => Some("GOWARD_AUTO_INSTALL=never"),
        Some(other) => {
            return Err(Error::malformed(text!(
                "GOWARD_AUTO_INSTALL={} in the environment; write always or never",
                quoted(other)
            )));
        }
    };
    let why = if is_offline(env)? { Some("GOWARD_OFFLINE is set") } else { never };
    Ok(why.map(String::from))
}

/// Whether the user wants no network at all.
pub(crate) fn is_offline(env: &Environment<'_>) -> Result<bool, Error> {
    match env.get("GOWARD_OFFLINE") {
        None | Some(b"0" | b"false") => Ok(false),
        Some(b"1" | b"true") => Ok(true),
        Some(other) => Err(Error::malformed(text!(
            "GOWARD_OFFLINE={} in the environment; write 1 or 0",
            quoted(other)
        ))),
    }
}

/// Resolved without anything to install.
fn here(source: &Source, target: Result<Target, Error>) -> Resolution {
    Resolution { source: source.clone(), install: None, target, below_floor: None }
}

fn no_system(source: &Source) -> Error {
    Error::missing(text!(
        "no go on PATH besides goward's own (system is wanted by {}); install Go, or choose \
         a version with: goward default latest",
        source
    ))
}

fn unmet(floor: &Floor) -> Error {
    Error::missing(text!(
        "{} (wanted by {}) is not installed, and neither is any other Go; run: goward install {}",
        floor,
        floor.source,
        floor.selector()
    ))
}

fn nothing_at_all() -> Error {
    Error::missing(String::from(
        "no Go toolchain is installed and nothing selects one; run: goward install latest",
    ))
}
