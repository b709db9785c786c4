//! The store's layout, and what is installed.

use crate::environment::Environment;
use crate::error::Error;
use crate::host::{Host, Kind, Os};
use crate::layers::Layers;
use crate::path::{base_name, is_absolute, join, join_bytes, parent, same_text};
use crate::printable::quoted;
use crate::{ToolchainName, Version};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::OnceCell;

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
const SYSTEM_ROOT: &str = "/usr/local/lib/goward";

/// The caller's own root and the way to the system's.
pub struct Store<'e> {
    env: &'e Environment<'e>,
    /// The caller's root; `None` only where there is no home directory and nothing names one.
    pub root: Option<Vec<u8>>,
    /// The root that the running shim lies in, and whether it is the caller's.
    shim: OnceCell<Option<(Vec<u8>, bool)>>,
}

impl<'e> Store<'e> {
    /// Finds the caller's root: `$GOWARD_ROOT`, else the directory above the running shim if it
    /// belongs to the caller, else `~/.goward`.
    pub fn locate(env: &'e Environment<'e>) -> Result<Store<'e>, Error> {
        let host = env.host();
        absolute_setting(env, "GOWARD_SYSTEM_ROOT")?;
        let root = absolute_setting(env, "GOWARD_ROOT")?;
        let mut store = Store { env, root, shim: OnceCell::new() };
        if store.root.is_none() {
            let in_home = || Some(join(host.os(), &host.home()?, ".goward"));
            store.root = store.shim_root(true).map(<[u8]>::to_vec).or_else(in_home);
        }
        Ok(store)
    }

    /// The second, read-only root: `$GOWARD_SYSTEM_ROOT`, else the running shim's when that is
    /// not the caller's own, else `/usr/local/lib/goward`.
    pub fn system_root(&self) -> Option<Vec<u8>> {
        let windows = self.env.host().os() == Os::Windows;
        let usual = (!windows).then_some(SYSTEM_ROOT.as_bytes());
        let set = self.env.get("GOWARD_SYSTEM_ROOT");
        let root = set.or_else(|| self.shim_root(false)).or(usual)?;
        (self.root.as_deref() != Some(root)).then(|| root.to_vec())
    }

    /// The root that the running shim lies in, the directory above `shims`, if it is the caller's,
    /// or if it is not.
    fn shim_root(&self, callers: bool) -> Option<&[u8]> {
        let host = self.env.host();
        let shim = self.shim.get_or_init(|| {
            let exe = host.exe()?;
            let root = root_of(host.os(), &exe)?;
            Some((root.to_vec(), host.is_callers(root)))
        });
        shim.as_ref().filter(|(_, is_callers)| *is_callers == callers).map(|(root, _)| &root[..])
    }

    /// The caller's root, then the system's.
    pub fn roots(&self) -> impl Iterator<Item = Vec<u8>> {
        self.root.clone().into_iter().chain(self.system_root())
    }

    /// The GOROOT of an installed toolchain. Installed means that its final directory exists.
    pub fn find(&self, name: &ToolchainName) -> Option<Vec<u8>> {
        if !name.is_file_name() {
            return None;
        }
        // The system's root is looked for only if the caller's own has nothing.
        let own = self.root.as_deref().and_then(|root| self.below(root, name.as_str()));
        own.or_else(|| {
            let root = self.system_root()?;
            self.below(&root, name.as_str()).filter(|goroot| self.is_sound(&root, goroot))
        })
    }

    fn below(&self, root: &[u8], name: &str) -> Option<Vec<u8>> {
        let host = self.env.host();
        let dir = join(host.os(), &join(host.os(), root, TOOLCHAINS), name);
        (host.kind(&dir) == Kind::Directory).then_some(dir)
    }

    /// Whether nobody but the caller and root can have put something into a toolchain of the
    /// system's root. The caller's own root needs no such look.
    fn is_sound(&self, root: &[u8], goroot: &[u8]) -> bool {
        let host = self.env.host();
        let go = program(host.os(), goroot, "go");
        host.is_guarded(root) && host.is_guarded(goroot) && host.is_guarded(&go)
    }

    /// The versions of all installed releases, in no order.
    pub fn installed(&self) -> Vec<Version> {
        let host = self.env.host();
        let mut versions = Vec::new();
        for root in self.roots() {
            for name in host.list(&join(host.os(), &root, TOOLCHAINS)) {
                let name = core::str::from_utf8(&name).ok().and_then(ToolchainName::parse);
                let Some(name) = name.filter(|name| !name.is_custom()) else { continue };
                let own = self.root.as_ref() == Some(&root);
                let sound = |dir: Vec<u8>| self.is_sound(&root, &dir);
                if own || self.below(&root, name.as_str()).is_some_and(sound) {
                    versions.push(name.version().clone());
                }
            }
        }
        versions
    }

    /// The GOROOT registered as `name`.
    pub fn linked(&self, name: &str) -> Option<Vec<u8>> {
        let host = self.env.host();
        self.roots()
            .map(|root| join(host.os(), &join(host.os(), &root, LINKS), name))
            .find(|dir| host.kind(dir) == Kind::Directory)
    }

    /// The names of all linked trees with their GOROOTs.
    pub fn links(&self) -> Vec<(String, Vec<u8>)> {
        let host = self.env.host();
        let names = self.roots().flat_map(|root| host.list(&join(host.os(), &root, LINKS)));
        let names = names.filter_map(|name| String::from_utf8(name).ok());
        names.filter_map(|name| self.linked(&name).map(|goroot| (name, goroot))).collect()
    }

    /// A complete toolchain (1.21 or later) that something else installed: Go itself in the
    /// module cache, or golang.org/dl in `~/sdk`.
    pub fn adopted(&self, version: &Version, layers: &Layers<'_>) -> Option<Vec<u8>> {
        if !version.knows_gotoolchain() {
            return None;
        }
        let host = self.env.host();
        let os = host.os();
        let module = format!("v0.0.1-go{version}.{}-{}", os.goos(), host.arch());
        let in_cache = module_cache(layers, host).and_then(|cache| {
            // Go unpacks in place, and keeps this file beside the archive until it is done.
            let partial = format!("cache/download/golang.org/toolchain/@v/{module}.partial");
            let whole = host.kind(&join(os, &cache, &partial)) == Kind::Absent;
            whole.then(|| join(os, &cache, &format!("golang.org/{CACHED}{module}")))
        });
        let in_sdk = || Some(join(os, &host.home()?, &format!("sdk/go{version}")));
        let there = |dir: &[u8], file: &str| host.kind(&join(os, dir, file)) != Kind::Absent;
        let runs = |dir: &[u8]| host.kind(&program(os, dir, "go")).is_program();
        // What each of the two makes last of what a build needs: Go renames src/_go.mod when the
        // rest is there; golang.org/dl unpacks in the order of the names.
        in_cache
            .filter(|dir| runs(dir) && there(dir, "src/go.mod"))
            .or_else(|| in_sdk().filter(|dir| runs(dir) && there(dir, "src/vendor/modules.txt")))
    }

    /// Every such toolchain, with its GOROOT.
    pub fn all_adopted(&self, layers: &Layers<'_>) -> Vec<(Version, Vec<u8>)> {
        let host = self.env.host();
        let platform = format!(".{}-{}", host.os().goos(), host.arch());
        let cached = module_cache(layers, host);
        let cached = cached.map(|cache| host.list(&join(host.os(), &cache, "golang.org")));
        let in_sdk = host.home().map(|home| host.list(&join(host.os(), &home, "sdk")));
        let names = cached.into_iter().chain(in_sdk).flatten();
        let mut versions: Vec<Version> = names
            .filter_map(|name| {
                let name = core::str::from_utf8(&name).ok()?;
                let module = name.strip_prefix(CACHED).and_then(|n| n.strip_prefix("v0.0.1-"));
                let name = module.unwrap_or(name);
                let name = name.strip_suffix(&platform).unwrap_or(name);
                Version::parse(name.strip_prefix("go")?)
            })
            .collect();
        versions.sort();
        versions.dedup();
        let with_root = |v: Version| self.adopted(&v, layers).map(|goroot| (v, goroot));
        versions.into_iter().filter_map(with_root).collect()
    }
}

/// How Go names a downloaded toolchain, inside `golang.org` in the module cache.
const CACHED: &str = "toolchain@";

/// `<goroot>/bin/<tool>`.
pub fn program(os: Os, goroot: &[u8], tool: &str) -> Vec<u8> {
    join(os, goroot, &format!("bin/{tool}{}", os.exe_suffix()))
}

/// The first line of `<goroot>/VERSION`: what a toolchain calls itself.
pub(crate) fn self_name(host: &dyn Host, goroot: &[u8]) -> Option<Vec<u8>> {
    let text = host.read(&join(host.os(), goroot, "VERSION"), 4096).ok()??;
    let first = text.bytes.split(|&b| b == b'\n').next().unwrap_or_default();
    Some(first.trim_ascii().to_vec())
}

/// What trust in a `.goenv` is bound to: the true path of its directory with the file's own name.
/// A link in another directory to a trusted file is another file: its settings would be taken
/// relative to that other directory.
pub fn trust_subject(host: &dyn Host, file: &[u8]) -> Option<Vec<u8>> {
    let os = host.os();
    let directory = host.canonical(parent(os, file)?)?;
    Some(join_bytes(os, &directory, base_name(os, file)))
}

/// Where the trusted copy of a `.goenv` lies: its canonical path, mirrored below `<root>/trust`.
/// See [`trust_subject`] for what is canonical about it.
pub fn trust_record(os: Os, root: &[u8], canonical: &[u8]) -> Vec<u8> {
    let mirrored = canonical.strip_prefix(br"\\?\").unwrap_or(canonical);
    let drive = |&b: &u8| os != Os::Windows || b != b':';
    let mirrored: Vec<u8> = mirrored.iter().copied().filter(drive).collect();
    let relative = mirrored.strip_prefix(b"/").unwrap_or(&mirrored);
    let mut path = join(os, root, TRUST);
    path.push(if os == Os::Windows { b'\\' } else { b'/' });
    path.extend_from_slice(relative);
    path
}

/// `GOMODCACHE`, as Go finds it.
fn module_cache(layers: &Layers<'_>, host: &dyn Host) -> Option<Vec<u8>> {
    let os = host.os();
    // Go refuses relative values; below the current directory lies whatever a repository put there.
    let absolute = |path: Vec<u8>| is_absolute(os, &path).then_some(path);
    if let Some(value) = layers.get("GOMODCACHE") {
        return absolute(value.bytes.to_vec());
    }
    let list = layers.get("GOPATH").map(|value| value.bytes.to_vec());
    let separator = if os == Os::Windows { b';' } else { b':' };
    let first = list.as_deref().and_then(|list| list.split(|&b| b == separator).next());
    let gopath = match first {
        Some(first) if !first.is_empty() => absolute(first.to_vec())?,
        _ => join(os, &host.home()?, "go"),
    };
    Some(join(os, &gopath, "pkg/mod"))
}

fn absolute_setting(env: &Environment<'_>, key: &str) -> Result<Option<Vec<u8>>, Error> {
    match env.get(key) {
        Some(path) if !is_absolute(env.host().os(), path) => Err(Error::refused(format!(
            "{key}={} in the environment is not an absolute path; set it to one, or unset it",
            quoted(path)
        ))),
        path => Ok(path.map(<[u8]>::to_vec)),
    }
}

/// `<root>` for `<root>/shims/go`.
fn root_of(os: Os, shim: &[u8]) -> Option<&[u8]> {
    let dir = parent(os, shim)?;
    let installed = same_text(os, base_name(os, dir), SHIMS.as_bytes());
    parent(os, dir).filter(|_| installed)
}

/// Where the manager of a shim lies: `<root>/bin/goward` for `<root>/shims/go`, else in the shim's
/// own directory, as in a build tree.
pub fn manager_of(os: Os, shim: &[u8]) -> Option<Vec<u8>> {
    let name = format!("goward{}", os.exe_suffix());
    Some(match root_of(os, shim) {
        Some(root) => join(os, root, &format!("bin/{name}")),
        None => join(os, parent(os, shim)?, &name),
    })
}
