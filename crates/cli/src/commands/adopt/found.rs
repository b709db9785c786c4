//! The trees of other tools on this machine.

use crate::context::Context;
use crate::failure::Result;
use crate::paths::to_path;
use goward_govern::peers::{self, Peer, Tree};
use goward_installer::Store;
use goward_installer::read::version_of;
use goward_resolver::{GoTrees, Keeper, ToolchainName};
use serde::Serialize;
use std::path::PathBuf;

/// The keeper of the trees in Go's own module cache.
pub(in crate::commands) const GO: &str = "go";

/// A Go tree of another tool.
#[derive(Clone, Debug)]
pub(in crate::commands) struct ForeignTree {
    /// The name that its `VERSION` says.
    pub(in crate::commands) name: ToolchainName,
    pub(in crate::commands) goroot: PathBuf,
    /// The tool that put it there.
    pub(in crate::commands) by: &'static str,
    /// The same, if it is a manager.
    pub(in crate::commands) peer: Option<Peer>,
}

/// A toolchain of another tool.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ForeignToolchain {
    pub(super) name: String,
    pub(super) goroot: PathBuf,
    /// The tool that put it there.
    pub(super) by: &'static str,
    /// Whether the store has this release already.
    pub(super) installed: bool,
}

impl ForeignTree {
    /// The tree at `goroot`; `None` for a directory that is none, or says no version.
    pub(in crate::commands) fn at(
        goroot: PathBuf,
        by: &'static str,
        peer: Option<Peer>,
    ) -> Option<ForeignTree> {
        ForeignTree::read(goroot, by, peer).ok()
    }

    /// As [`ForeignTree::at`], with the reason why it is none.
    pub(super) fn read(
        goroot: PathBuf,
        by: &'static str,
        peer: Option<Peer>,
    ) -> std::result::Result<ForeignTree, String> {
        let go = goroot.join("bin").join(format!("go{}", std::env::consts::EXE_SUFFIX));
        let text = version_of(&goroot).map_err(|_| "it has no readable VERSION".to_owned())?;
        if !go.is_file() {
            return Err("it has no bin/go".to_owned());
        }
        // Not the text: the file may be a stranger's link to a secret.
        let first = text.lines().next().unwrap_or_default().trim_end();
        let name = ToolchainName::parse(first)
            .ok_or_else(|| "its VERSION does not begin with a toolchain's name".to_owned())?;
        Ok(ForeignTree { name, goroot, by, peer })
    }

    fn of(tree: Tree) -> Option<ForeignTree> {
        ForeignTree::at(to_path(&tree.goroot), tree.peer.name, Some(tree.peer))
    }
}

impl ForeignToolchain {
    /// The release that a tree says it is; `None` for one with a name of its own.
    pub(super) fn of(tree: &ForeignTree, store: &Store) -> Option<ForeignToolchain> {
        ForeignToolchain::read(tree, store, false).ok()
    }

    /// As [`ForeignToolchain::of`], with the reason why it is none; one with a name of its own counts if
    /// `custom`.
    pub(super) fn read(
        tree: &ForeignTree,
        store: &Store,
        custom: bool,
    ) -> std::result::Result<ForeignToolchain, String> {
        let name = tree.name.to_string();
        if tree.name.is_custom() && !custom {
            return Err(format!("{name} is no release of Go: it has a name of its own"));
        }
        let installed = store.toolchain(&name).is_some();
        Ok(ForeignToolchain { name, goroot: tree.goroot.clone(), by: tree.by, installed })
    }
}

/// The trees of Go and of other managers, in the order of the versions.
pub(in crate::commands) fn trees(cx: &Context) -> Result<Vec<ForeignTree>> {
    let here = cx.survey()?;
    let go = GoTrees::of(&here.chain.layers()).all().into_iter();
    let go = go.filter(|tree| tree.keeper == Keeper::Go);
    let go = go.filter_map(|tree| ForeignTree::at(to_path(&tree.goroot), GO, None));
    let peers = peers::trees(here.chain.env()).into_iter().filter_map(ForeignTree::of);
    let mut found: Vec<ForeignTree> = Vec::new();
    for tree in go.chain(peers) {
        if !found.iter().any(|known| known.goroot == tree.goroot) {
            found.push(tree);
        }
    }
    found.sort_by_cached_key(|tree| tree.name.version().clone());
    Ok(found)
}

/// The trees of the system and of package managers, and one that was unpacked by hand.
pub(in crate::commands) fn trees_of_packages(cx: &Context) -> Vec<ForeignTree> {
    let found = peers::trees_of_packages(&cx.environment());
    found.into_iter().filter_map(ForeignTree::of).collect()
}

/// The toolchains of other tools, in the order of the versions.
pub(super) fn toolchains(cx: &Context, store: &Store) -> Result<Vec<ForeignToolchain>> {
    let trees = trees(cx)?;
    Ok(trees.iter().filter_map(|tree| ForeignToolchain::of(tree, store)).collect())
}
