//! Floors: what go.mod, go.work and `NAME+auto` ask for, and what there is for it.
//!
//! A go line is a minimum, which whatever would run without it may meet. A toolchain line is a
//! wish for its own minor.

use crate::child;
use crate::error::Error;
use crate::gotoolchain::Mode;
use crate::miss::Miss;
use crate::modfile::Floor;
use crate::name::ToolchainName;
use crate::resolve::{Resolution, Resolver, here};
use crate::selector::Selector;
use crate::source::Source;
use crate::switching::self_version;
use crate::version::Version;
use alloc::boxed::Box;
use core::cmp::Ordering;

/// What would run here if no module file were there.
struct Base {
    resolution: Resolution,
    /// Whether it meets the floor, or will once it is installed.
    meets: bool,
    /// Whether it is of the very version.
    equal: bool,
    /// Whether it reads what the module asks for, and so never builds with too old a Go.
    modern: bool,
}

impl Resolver<'_> {
    /// A minimum is met by the base, untouched; else by the newest installed release of its minor
    /// that meets it, else by the newest installed that does, else the newest of its minor is
    /// installed.
    ///
    /// A wish is met by the release that it names, else by the newest installed of its minor above
    /// it, else it is installed. To a custom name any Go of the same version answers.
    #[inline(never)]
    pub(crate) fn floor(&self, floor: &Floor, mode: Mode) -> Result<Resolution, Error> {
        let source = &floor.source;
        let named = floor.name.as_ref().filter(|name| !name.version().is_language());
        if let Some(name) = named
            && let Some(target) = self.exact(name, source)?
        {
            return Ok(here(source, Ok(target)));
        }
        let base = self.base_for(floor)?;
        let there = base.resolution.target.is_ok();
        if there && if floor.wish { named.is_some() && base.equal } else { base.meets } {
            return Ok(base.resolution);
        }
        if let Some(name) = named.filter(|name| name.is_custom())
            && let Some(target) = self.exact(&ToolchainName::of(name.version()), source)?
        {
            return Ok(here(source, Ok(target)));
        }
        let best = best(floor, self.list()?);
        let own = best.is_some_and(|v| v.same_minor(&floor.version));
        let met = own || !floor.wish && best.is_some();
        let to_come = base.meets && !there && !floor.wish;
        let mut miss = match () {
            () if to_come => base.resolution.miss.clone(),
            () if met => None,
            () => self.order(floor, mode)?,
        };
        let found = match self.still_there(best)? {
            Some(target) => here(source, Ok(target)),
            None => self.without(floor, base)?,
        };
        if let Some(miss) = &mut miss {
            miss.has_fallback = found.target.is_ok() && !found.below_floor;
        }
        let miss = miss.or(found.miss);
        Ok(Resolution { miss, ..found })
    }

    /// The base, weighed. If the version of the user's default cannot be read, it meets every floor:
    /// Go judges for itself. If the system's Go does not say its version, it is passed over.
    #[inline(never)]
    fn base_for(&self, floor: &Floor) -> Result<Base, Error> {
        let mut resolution = self.base()?;
        let mut version = self.version_of(&resolution);
        if version.is_none() && resolution.source == Source::System {
            resolution = self.newest()?;
            version = self.version_of(&resolution);
        }
        let meets = match (&version, &resolution.miss) {
            (Some(version), _) => *version >= floor.version,
            (None, Some(miss)) => miss.selector.is_above(&floor.version),
            (None, None) => resolution.target.is_ok(),
        };
        let equal = version.as_ref() == Some(&floor.version);
        let modern = version.is_some_and(|version| version.knows_gotoolchain());
        Ok(Base { resolution, meets, equal, modern })
    }

    /// The version of what runs, by its name, or by what a tree without one calls itself.
    pub(crate) fn version_of(&self, resolution: &Resolution) -> Option<Version> {
        let target = resolution.target.as_ref().ok()?;
        match &target.name {
            Some(name) => Some(name.version().clone()),
            None => self_version(self.chain.env().host(), target.goroot.as_deref()?),
        }
    }

    /// The resolution if no installed toolchain meets the floor, and none can be installed: the base,
    /// if that will not build with too old a Go.
    #[inline(never)]
    fn without(&self, floor: &Floor, base: Base) -> Result<Resolution, Error> {
        if base.meets {
            return Ok(base.resolution);
        }
        if self.modules_off() {
            return self.base();
        }
        if !base.modern {
            return Ok(here(&floor.source, Err(self.unmet(floor))));
        }
        Ok(Resolution { source: floor.source.clone(), below_floor: true, ..base.resolution })
    }

    /// What is to be installed first, where that is allowed.
    #[inline(never)]
    fn order(&self, floor: &Floor, mode: Mode) -> Result<Option<Box<Miss>>, Error> {
        let off = matches!(floor.source, Source::Module(_)) && self.modules_off();
        if off || mode == Mode::Path || self.chain.env().downloads_off()?.is_some() {
            return Ok(None);
        }
        Ok(Some(Box::new(Miss {
            selector: floor.selector(),
            at_least: Some(floor.version.clone()),
            source: floor.source.clone(),
            is_floor: true,
            is_offer: false,
            has_fallback: false,
            root: self.chain.roots.root.clone(),
        })))
    }

    fn modules_off(&self) -> bool {
        self.chain.layers().get("GO111MODULE").is_some_and(|(value, _)| value == b"off")
    }

    /// Why nothing runs, with the ways out.
    fn unmet(&self, floor: &Floor) -> Error {
        let system = self.system();
        let way = system.map_or("", |_| "\nto run the system's Go all the same: go +system");
        Error::missing(child::unmet(floor) + way)
    }
}

/// What of the installed meets the floor best: the newest of its minor, else for a minimum the newest
/// of all, for a wish the nearest. A prerelease does only if the floor names one and nothing else
/// does.
#[inline(never)]
fn best<'v>(floor: &Floor, installed: &'v [Version]) -> Option<&'v Version> {
    let least = &floor.version;
    let rank = |v: &Version| (!v.is_prerelease(), v.same_minor(least));
    let mut best = None;
    for version in installed {
        let (released, own) = rank(version);
        if version < least || !(released || least.is_prerelease()) {
            continue;
        }
        let better = |best: &Version| match (released, own).cmp(&rank(best)) {
            Ordering::Equal => (version > best) != (floor.wish && !own),
            other => other == Ordering::Greater,
        };
        if best.is_none_or(better) {
            best = Some(version);
        }
    }
    best
}

impl Selector {
    /// Whether every release that it can name meets `floor`. `latest` can name an older one only
    /// where there is none that does.
    fn is_above(&self, floor: &Version) -> bool {
        match self {
            Selector::Exact(version) => version >= floor,
            Selector::Minor(minor) => minor.first_release() >= *floor,
            Selector::Latest => true,
            Selector::Range(range) => range.is_above(floor),
            _ => false,
        }
    }
}
