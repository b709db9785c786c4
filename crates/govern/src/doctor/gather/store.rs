//! The store, and trees of toolchains elsewhere.

use super::super::facts::StoreState;
use super::{Machine, first_line};
use crate::os_path::path_of;
use goward_installer::{Glance, Store};
use goward_resolver::path::join;
use goward_resolver::{GoTrees, Kind, Version, program};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// An install takes less time than that.
const UNFINISHED: Duration = Duration::from_secs(24 * 60 * 60);
/// For a look at all files of all toolchains.
const PATIENCE: Duration = Duration::from_millis(600);
/// The names of toolchains in the module cache begin so.
const CACHED: &str = "toolchain@v0.0.1-go";

/// The state of the store; of the files of toolchains only where `may_look`.
pub(super) fn state(machine: &Machine<'_>, may_look: bool) -> StoreState {
    let Some(store) = machine.store else { return StoreState::default() };
    let names: Vec<String> =
        store.installed().unwrap_or_default().iter().map(|one| one.store_name()).collect();
    let mut state = StoreState {
        fault: store.check().err().map(|error| error.to_string()),
        unfinished: store.unfinished(UNFINISHED),
        links: links(machine),
        ..StoreState::default()
    };
    let by = Instant::now() + PATIENCE;
    // The newest are in use.
    for name in names.into_iter().rev() {
        match store.receipt(&name) {
            Ok(Some(_)) if may_look => look(store, (name, by), &mut state),
            Ok(Some(_)) => {}
            Ok(None) => state.unrecorded.push((name, "it is missing".to_owned())),
            Err(error) => state.unrecorded.push((name, first_line(&error.to_string()))),
        }
    }
    state
}

fn look(store: &Store, (name, by): (String, Instant), state: &mut StoreState) {
    match store.glance(&name, by) {
        Ok(Glance::Whole | Glance::Unknown) => {}
        Ok(Glance::Unfinished) => state.unlooked.push(name),
        Ok(Glance::Damaged(count, first)) => {
            let more = match count - 1 {
                0 => String::new(),
                more => format!(", and {more} more"),
            };
            let words = format!("{} is {}{more}", first.path, first.kind.word());
            state.damaged.push((name, words));
        }
        // It may have been removed meanwhile.
        Err(error) if store.toolchain(&name).is_some() => {
            state.damaged.push((name, first_line(&error.to_string())));
        }
        Err(_) => {}
    }
}

fn links(machine: &Machine<'_>) -> Vec<(String, String)> {
    let links = machine.roots.links().unwrap_or_default().into_iter();
    let links = links.filter_map(|(name, tree)| {
        let host = machine.env.host();
        let why = match tree {
            Err(error) => first_line(&error.to_string()),
            Ok(tree) if host.kind(&program(host.os(), &tree, "go")).is_program() => {
                return None;
            }
            Ok(_) => "it leads to no Go".to_owned(),
        };
        Some((name, why))
    });
    links.collect()
}

/// Trees of toolchains in the module cache that Go runs without a further look, and that lack their `go`: Go looks for the
/// hash of the archive, and that there is no note of an unfinished one (`DownloadDir` of cmd/go/internal/modfetch).
pub(super) fn broken_trees(machine: &Machine<'_>) -> Vec<PathBuf> {
    let Some(layers) = machine.layers else { return Vec::new() };
    let (host, trees) = (machine.env.host(), GoTrees::of(layers));
    let (os, Some(cache)) = (host.os(), trees.module_cache()) else { return Vec::new() };
    let platform = format!(".{}-{}", os.goos(), host.arch());
    let all = join(os, cache, "golang.org");
    let broken = |name: &str| {
        let version = name.strip_prefix(CACHED)?.strip_suffix(&platform)?;
        Version::parse(version)?;
        let tree = join(os, &all, name);
        let module = name.strip_prefix("toolchain@")?;
        let has = |end: &str| {
            let file = format!("cache/download/golang.org/toolchain/@v/{module}.{end}");
            host.kind(&join(os, cache, &file)) != Kind::Absent
        };
        let has_go = host.kind(&program(os, &tree, "go")).is_program();
        (has("ziphash") && !has("partial") && !has_go).then(|| path_of(&tree))
    };
    let names = host.list(&all).into_iter();
    let mut found: Vec<PathBuf> =
        names.filter_map(|one| broken(std::str::from_utf8(&one.name).ok()?)).collect();
    found.sort();
    found
}
