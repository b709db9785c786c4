//! The store's layout, and what is installed.

mod links;

use crate::environment::Environment;
use crate::error::Error;
use crate::host::{Facts, FileText, Host, Listed, Node, Os, Owner};
use crate::name::ToolchainName;
use crate::path::{base_name, is_absolute, join, parent, same_text};
use crate::pinfile::{PIN_LIMIT, PinFile, Syntax};
use crate::printable::{escaped, quoted};
use crate::soundness::{self, Fault};
use crate::text;
use crate::trusted_paths::TrustedPaths;
use crate::version::Version;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::{Cell, OnceCell};

/// The directory of installed toolchains below a root.
pub const TOOLCHAINS: &str = "toolchains";
/// The directory of registered foreign GOROOTs below a root.
pub const LINKS: &str = "links";
/// The file that holds the default selector below a root.
pub const DEFAULT: &str = "default";
/// The directory of trusted copies below a root.
pub const TRUST: &str = "trust";
/// The directory that is put on PATH, below a root.
pub const SHIMS: &str = "shims";
/// Where a system-wide store lies if nothing says otherwise.
pub const SYSTEM_ROOT: &str = "/usr/local/lib/goward";

/// The caller's own root and the way to the system's.
///
/// Everything on the way to a toolchain is looked at before it is used: a root, `toolchains` or
/// `links` in it, the tree. If another user could change one of them, it is refused in the caller's
/// own root, and does not exist in the system's.
pub struct Roots<'h> {
    pub(crate) env: Environment<'h>,
    /// The caller's root; `None` only where there is no home directory and nothing names one.
    pub root: Option<Vec<u8>>,
    /// Where the user trusts every file of every owner.
    pub(crate) trusted_paths: TrustedPaths,
    /// The root that the running shim lies in, with what the system says of it.
    shim: OnceCell<Option<(Vec<u8>, Facts)>>,
    own: Place,
    system: OnceCell<Option<Place>>,
}

/// Whose the running shim's root is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Caller,
    Another,
}

/// What of a store is listed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Listing {
    /// Every release.
    All,
    /// What goward itself unpacked, and no link.
    Unpacked,
}

/// A registered link: its name, and its GOROOT or why it does not count.
pub type Link = (String, Result<Vec<u8>, Error>);

/// A root, with what was found out about its directories.
#[derive(Default)]
struct Place {
    root: Vec<u8>,
    /// Whether it is the caller's own.
    own: bool,
    /// Which of the root, `toolchains` and `links` are known to be there and sound, or not there.
    known: [Cell<Option<bool>>; 3],
}

impl<'h> Roots<'h> {
    /// Finds the caller's root: `$GOWARD_ROOT`, else the directory above the running shim if it
    /// belongs to the caller, else `~/.goward`.
    pub fn locate(env: Environment<'h>) -> Result<Box<Roots<'h>>, Error> {
        let host = env.host();
        absolute_setting(&env, "GOWARD_SYSTEM_ROOT")?;
        let root = absolute_setting(&env, "GOWARD_ROOT")?;
        let trusted_paths = TrustedPaths::read(&env)?;
        let (shim, system) = (OnceCell::new(), OnceCell::new());
        let own = Place::default();
        let mut roots = Box::new(Roots { env, root, trusted_paths, shim, own, system });
        if roots.root.is_none() {
            let in_home = || Some(join(host.os(), &host.home()?, ".goward"));
            roots.root = roots.shim_root(Whose::Caller).map(<[u8]>::to_vec).or_else(in_home);
        }
        (roots.own.root, roots.own.own) = (roots.root.clone().unwrap_or_default(), true);
        Ok(roots)
    }

    /// The host that it lies on.
    pub(crate) fn host(&self) -> &'h dyn Host {
        self.env.host()
    }

    /// The second, read-only root: `$GOWARD_SYSTEM_ROOT`, else the running shim's when that is
    /// not the caller's own, else `/usr/local/lib/goward`.
    pub fn system_root(&self) -> Option<Vec<u8>> {
        self.system_place().map(|place| place.root.clone())
    }

    fn system_place(&self) -> Option<&Place> {
        let place = self.system.get_or_init(|| {
            let windows = self.env.host().os() == Os::Windows;
            let usual = (!windows).then_some(SYSTEM_ROOT.as_bytes());
            let set = self.env.get("GOWARD_SYSTEM_ROOT");
            let root = set.or_else(|| self.shim_root(Whose::Another)).or(usual)?;
            let place = || Place { root: root.to_vec(), ..Place::default() };
            (self.root.as_deref() != Some(root)).then(place)
        });
        place.as_ref()
    }

    /// The root that the running shim lies in, the directory above `shims`, if it is that user's.
    fn shim_root(&self, whose: Whose) -> Option<&[u8]> {
        let host = self.env.host();
        let shim = self.shim.get_or_init(|| {
            let exe = host.exe()?;
            let root = root_of(host.os(), &exe)?;
            Some((root.to_vec(), host.target(root)?))
        });
        let wanted = |facts: &Facts| (facts.owner == host.user()) == (whose == Whose::Caller);
        shim.as_ref().filter(|(_, facts)| wanted(facts)).map(|(root, _)| &root[..])
    }

    /// The caller's root, then the system's.
    pub fn roots(&self) -> impl Iterator<Item = Vec<u8>> {
        self.root.clone().into_iter().chain(self.system_root())
    }

    /// The same roots, with what was found out about them.
    fn places(&self) -> impl Iterator<Item = &Place> {
        let own = self.root.is_some().then_some(&self.own);
        own.into_iter().chain(self.system_place())
    }

    /// What `look` finds in the caller's root, else in the system's, which is looked for only then.
    fn first<T>(
        &self,
        look: &dyn Fn(&Place) -> Result<Option<T>, Error>,
    ) -> Result<Option<T>, Error> {
        if self.root.is_some()
            && let Some(found) = look(&self.own)?
        {
            return Ok(Some(found));
        }
        self.system_place().map_or(Ok(None), look)
    }

    /// Whether the root is there and sound. An error if it is the caller's own and is not.
    fn is_usable(&self, place: &Place) -> Result<bool, Error> {
        let [known, ..] = &place.known;
        if known.get().is_none() {
            let shim = self.shim.get().and_then(Option::as_ref);
            let looked = match shim.filter(|(root, _)| *root == place.root) {
                // The shim's own root is a true path, so nothing on the way is a link.
                Some((_, facts)) => Some((*facts, soundness::fault_on(self.env.host(), facts))),
                None => soundness::examine(self.env.host(), &place.root),
            };
            known.set(Some(self.weigh(place, &place.root, looked)?));
        }
        Ok(known.get() == Some(true))
    }

    /// `toolchains` or `links` of a root, where that is there and sound, as the root is.
    fn directory(&self, place: &Place, name: &str) -> Result<Option<Vec<u8>>, Error> {
        if !self.is_usable(place)? {
            return Ok(None);
        }
        let directory = join(self.env.host().os(), &place.root, name);
        let [_, toolchains, links] = &place.known;
        let known = if name == LINKS { links } else { toolchains };
        if known.get().is_none() {
            known.set(Some(self.is_sound(place, &directory)?));
        }
        Ok((known.get() == Some(true)).then_some(directory))
    }

    /// Whether it is the place that every system has, and not one that a variable names.
    fn is_systems_own(&self, place: &Place) -> bool {
        !place.own
            && place.root == SYSTEM_ROOT.as_bytes()
            && self.env.get("GOWARD_SYSTEM_ROOT").is_none()
    }

    /// Whether what `path` names is there and no user but the caller and root can change it.
    fn is_sound(&self, place: &Place, path: &[u8]) -> Result<bool, Error> {
        self.weigh(place, path, soundness::examine(self.env.host(), path))
    }

    /// Weighs a look at `path`: a path with a fault is refused in the caller's own root, and does not
    /// exist in the system's.
    fn weigh(
        &self,
        place: &Place,
        path: &[u8],
        looked: Option<(Facts, Option<Fault>)>,
    ) -> Result<bool, Error> {
        let host = self.env.host();
        match looked {
            None => Ok(false),
            Some((_, None)) => Ok(true),
            Some(_) if self.trusted_paths.hold(host, &place.root) => Ok(true),
            Some((_, Some(Fault::Foreign)))
                if self.is_systems_own(place) && soundness::is_unmapped_roots(host, path) =>
            {
                Ok(true)
            }
            Some((facts, Some(fault))) if place.own => {
                Err(soundness::refusal(host, path, &facts, fault))
            }
            Some(_) => Ok(false),
        }
    }

    /// The GOROOT of an installed toolchain. Installed means that its final directory exists. An
    /// error if another user could change what would run.
    pub fn find(&self, name: &ToolchainName) -> Result<Option<Vec<u8>>, Error> {
        if !name.is_file_name() {
            return Ok(None);
        }
        self.first(&|place| match self.directory(place, TOOLCHAINS)? {
            Some(toolchains) => self.tree(place, &toolchains, name.as_str()),
            None => Ok(None),
        })
    }

    /// The tree of that name, if it is there, and sound. A link is a toolchain that was adopted in
    /// place, as long as what it leads to still is that toolchain.
    fn tree(&self, place: &Place, dir: &[u8], name: &str) -> Result<Option<Vec<u8>>, Error> {
        let host = self.env.host();
        let tree = join(host.os(), dir, name);
        let Some(entry) = host.entry(&tree) else { return Ok(None) };
        let there = match entry.node {
            Node::Directory => {
                let fault = soundness::fault_on(host, &entry);
                self.weigh(place, &tree, Some((entry, fault)))?
            }
            Node::Link if self_name(host, &tree).as_deref() == Some(name.as_bytes()) => {
                self.is_sound(place, &tree)?
            }
            _ => false,
        };
        Ok((there && self.runs_soundly(place, &tree)?).then_some(tree))
    }

    /// Whether no other user can exchange the programs of a tree that is sound itself. The caller's
    /// own root is the caller's to keep; another user may have put together the system's.
    fn runs_soundly(&self, place: &Place, tree: &[u8]) -> Result<bool, Error> {
        let os = self.env.host().os();
        let sound = |path: &[u8]| self.is_sound(place, path);
        Ok(place.own || (sound(&join(os, tree, "bin"))? && sound(&program(os, tree, "go"))?))
    }

    /// The versions of all installed releases, in no order.
    pub fn installed(&self) -> Result<Vec<Version>, Error> {
        self.versions(Listing::All)
    }

    /// As [`Roots::installed`], without what was adopted in place.
    pub fn unpacked(&self) -> Result<Vec<Version>, Error> {
        self.versions(Listing::Unpacked)
    }

    fn versions(&self, listing: Listing) -> Result<Vec<Version>, Error> {
        let mut versions = Vec::new();
        for place in self.places() {
            let Some(toolchains) = self.directory(place, TOOLCHAINS)? else { continue };
            for Listed { name, link } in self.env.host().list(&toolchains) {
                let name = core::str::from_utf8(&name).ok().and_then(ToolchainName::parse);
                let Some(name) = name.filter(|name| !name.is_custom()) else { continue };
                // The resolver looks at a tree that the caller unpacked once it is chosen.
                let counts = match (link, place.own) {
                    (true, _) if listing == Listing::Unpacked => false,
                    (false, true) => true,
                    _ => matches!(self.tree(place, &toolchains, name.as_str()), Ok(Some(_))),
                };
                if counts {
                    versions.push(name.version().clone());
                }
            }
        }
        Ok(versions)
    }

    /// The file `default` of the first root that has one.
    pub(crate) fn default_file(&self) -> Result<Option<PinFile>, Error> {
        self.first(&|place| self.default_in(place))
    }

    fn default_in(&self, place: &Place) -> Result<Option<PinFile>, Error> {
        if !self.is_usable(place)? {
            return Ok(None);
        }
        let path = join(self.env.host().os(), &place.root, DEFAULT);
        let Some(mut text) = self.judged(place, &path, PIN_LIMIT)? else { return Ok(None) };
        // A sound file counts as the caller's own, also if another user wrote it.
        text.owner = Owner::Trusted;
        Ok(Some(PinFile { path, text, syntax: Syntax::GoVersion }))
    }

    /// A file of a root, read where it lies, if it is there and sound.
    fn judged(&self, place: &Place, path: &[u8], limit: usize) -> Result<Option<FileText>, Error> {
        let host = self.env.host();
        let read = host.read_entry(path, limit).map_err(|why| Error::unreadable(path, why))?;
        let Some(text) = read else { return Ok(None) };
        if text.link.is_some() {
            return if place.own { Err(linked(path)) } else { Ok(None) };
        }
        let fault = soundness::fault_on(host, &text.facts);
        Ok(self.weigh(place, path, Some((text.facts, fault)))?.then_some(text))
    }

    /// Whether `GOWARD_TRUSTED_PATHS` vouches for the caller's root, whatever the owners of its files.
    pub fn is_vouched(&self) -> bool {
        self.vouches_for(&self.own.root)
    }

    /// Whether `GOWARD_TRUSTED_PATHS` vouches for what lies in `directory`.
    pub fn vouches_for(&self, directory: &[u8]) -> bool {
        self.trusted_paths.hold(self.env.host(), directory)
    }

    /// The file `name` of the caller's own root, of at most `limit` bytes, if it is there. An error
    /// if another user could have written it.
    pub fn own_file(&self, name: &str, limit: usize) -> Result<Option<FileText>, Error> {
        let path = join(self.env.host().os(), &self.own.root, name);
        match self.root.is_some().then(|| self.judged(&self.own, &path, limit)).transpose()? {
            Some(Some(text)) => Ok(self.is_usable(&self.own)?.then_some(text)),
            _ => Ok(None),
        }
    }

    /// The root whose trust records count: the caller's, where `trust` in it is sound.
    pub(crate) fn trust_root(&self) -> Result<Option<&[u8]>, Error> {
        let trust = join(self.env.host().os(), &self.own.root, TRUST);
        let there = self.root.is_some() && self.is_usable(&self.own)?;
        Ok((there && self.is_sound(&self.own, &trust)?).then_some(&self.own.root))
    }

    /// Whether a file of the caller's root was read where it lies, and no other user may change it.
    pub(crate) fn is_sound_file(&self, text: &FileText) -> bool {
        let host = self.env.host();
        let sound = || soundness::fault_on(host, &text.facts).is_none() || self.is_vouched();
        text.link.is_none() && sound()
    }
}

/// `<goroot>/bin/<tool>`.
pub fn program(os: Os, goroot: &[u8], tool: &str) -> Vec<u8> {
    join(os, goroot, &text!("bin/{}{}", tool, os.exe_suffix()))
}

/// The first line of `<goroot>/VERSION`: what a toolchain calls itself.
pub(crate) fn self_name(host: &dyn Host, goroot: &[u8]) -> Option<Vec<u8>> {
    let text = host.read(&join(host.os(), goroot, "VERSION"), 4096).ok()??;
    let first = text.bytes.split(|&b| b == b'\n').next().unwrap_or_default();
    Some(first.trim_ascii().to_vec())
}

fn absolute_setting(env: &Environment<'_>, key: &str) -> Result<Option<Vec<u8>>, Error> {
    match env.get(key) {
        Some(path) if !is_absolute(env.host().os(), path) => Err(Error::malformed(text!(
            "{}={} in the environment is not an absolute path\nset it to one, or unset it",
            key,
            quoted(path)
        ))),
        path => Ok(path.map(<[u8]>::to_vec)),
    }
}

/// The newest of some versions that is no prerelease.
pub(crate) fn newest_release(versions: &[Version]) -> Option<&Version> {
    versions.iter().filter(|version| !version.is_prerelease()).max()
}

/// `<root>` for `<root>/shims/go`.
pub(crate) fn root_of(os: Os, shim: &[u8]) -> Option<&[u8]> {
    let dir = parent(os, shim)?;
    let installed = same_text(os, base_name(os, dir), SHIMS.as_bytes());
    parent(os, dir).filter(|_| installed)
}

/// The refusal of a file of the store that is reached through a link, which whoever owns it may
/// turn elsewhere.
fn linked(path: &[u8]) -> Error {
    Error::refused(text!(
        "{} is a link, and goward reads this file only where it lies\nreplace the link by a file",
        escaped(path)
    ))
}
