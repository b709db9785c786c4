//! The toolchains that Go itself keeps in its module cache, and golang.org/dl in `~/sdk`. They run as
//! well as installed ones.

use crate::host::{Host, Kind, Listed};
use crate::layers::Layers;
use crate::path::{elements, is_absolute, join};
use crate::roots::program;
use crate::soundness;
use crate::text;
use crate::version::Version;
use alloc::string::String;
use alloc::vec::Vec;

/// How Go names a downloaded toolchain, inside `golang.org` in the module cache.
const CACHED: &str = "toolchain@";

/// Where the two keep their trees.
pub struct GoTrees<'h> {
    host: &'h dyn Host,
    /// `GOMODCACHE`.
    cache: Option<Vec<u8>>,
}

/// A toolchain that one of the two has installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoTree {
    /// Its release.
    pub version: Version,
    /// Its GOROOT.
    pub goroot: Vec<u8>,
    /// Which of the two keeps it.
    pub keeper: Keeper,
}

/// Which of the two keeps a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeper {
    /// Go itself, in the module cache.
    Go,
    /// golang.org/dl, in `~/sdk`.
    Sdk,
}

impl<'h> GoTrees<'h> {
    /// As these layers place them.
    pub fn of(layers: &Layers<'h>) -> GoTrees<'h> {
        let host = layers.env.host();
        GoTrees { host, cache: module_cache(layers, host) }
    }

    /// `GOMODCACHE`, the directory in which Go keeps them.
    pub fn module_cache(&self) -> Option<&[u8]> {
        self.cache.as_deref()
    }

    /// The GOROOT of the complete toolchain (1.21 or later) of this release, if one of the two has it.
    pub fn find(&self, version: &Version) -> Option<(Vec<u8>, Keeper)> {
        if !version.knows_gotoolchain() {
            return None;
        }
        // The file that each of the two writes last, so its presence means a complete tree: Go
        // renames src/_go.mod when the rest is there; golang.org/dl unpacks in the order of the names.
        if let Some(goroot) = self.cached(version).filter(|dir| self.is_whole(dir, "src/go.mod")) {
            return Some((goroot, Keeper::Go));
        }
        let sdk = join(self.host.os(), &self.host.home()?, &text!("sdk/go{}", version));
        self.is_whole(&sdk, "src/vendor/modules.txt").then_some((sdk, Keeper::Sdk))
    }

    /// Every such toolchain, in the order of the versions.
    pub fn all(&self) -> Vec<GoTree> {
        let (host, os) = (self.host, self.host.os());
        let platform = text!(".{}-{}", os.goos(), host.arch());
        let cached = self.cache.as_ref().map(|cache| host.list(&join(os, cache, "golang.org")));
        let in_sdk = host.home().map(|home| host.list(&join(os, &home, "sdk")));
        let names = cached.into_iter().chain(in_sdk).flatten();
        let mut versions: Vec<Version> = names
            .filter_map(|Listed { name, .. }| {
                let name = core::str::from_utf8(&name).ok()?;
                let module = name.strip_prefix(CACHED).and_then(|n| n.strip_prefix("v0.0.1-"));
                let name = module.unwrap_or(name);
                let name = name.strip_suffix(&platform).unwrap_or(name);
                Version::parse(name.strip_prefix("go")?)
            })
            .collect();
        versions.sort();
        versions.dedup();
        let tree = |version| {
            let (goroot, keeper) = self.find(&version)?;
            Some(GoTree { version, goroot, keeper })
        };
        versions.into_iter().filter_map(tree).collect()
    }

    /// Where Go has unpacked a release, unless it is not done yet.
    fn cached(&self, version: &Version) -> Option<Vec<u8>> {
        let (host, os, cache) = (self.host, self.host.os(), self.cache.as_ref()?);
        let module: String = text!("v0.0.1-go{}.{}-{}", version, os.goos(), host.arch());
        // Go unpacks in place, and keeps this file beside the archive until it is done.
        let partial = text!("cache/download/golang.org/toolchain/@v/{}.partial", module);
        let whole = host.kind(&join(os, cache, &partial)) == Kind::Absent;
        whole.then(|| join(os, cache, &text!("golang.org/{}{}", CACHED, module)))
    }

    /// Whether a tree runs, is out of other users' reach, and has the file that is made last.
    fn is_whole(&self, goroot: &[u8], last: &str) -> bool {
        let (host, os) = (self.host, self.host.os());
        let sound = soundness::examine(host, goroot);
        sound.is_some_and(|(_, fault)| fault.is_none())
            && host.kind(&program(os, goroot, "go")).is_program()
            && host.kind(&join(os, goroot, last)) != Kind::Absent
    }
}

/// `GOMODCACHE`, as Go finds it.
fn module_cache(layers: &Layers<'_>, host: &dyn Host) -> Option<Vec<u8>> {
    let os = host.os();
    // Go refuses relative values; below the current directory lies whatever a repository put there.
    let absolute = |path: &[u8]| is_absolute(os, path).then(|| path.to_vec());
    if let Some((value, _)) = layers.get("GOMODCACHE") {
        return absolute(value);
    }
    let first = layers.get("GOPATH").and_then(|(list, _)| elements(os, list).next());
    let gopath = match first {
        Some(first) if !first.is_empty() => absolute(first)?,
        _ => join(os, &host.home()?, "go"),
    };
    Some(join(os, &gopath, "pkg/mod"))
}
