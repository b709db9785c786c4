//! One module: what is asked of it, what is selected, and what is to be said about that.

use super::Versions;
use super::asked::Asked;
use super::order::Kind;
use super::why::{Graph, Step};
use crate::go::{Network, lacks_network};
use crate::listing::Module;
use goward_resolver::Version;
use std::collections::BTreeMap;

/// A module that is asked for or selected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its path.
    pub path: String,
    /// What the main modules ask for.
    pub asked: Vec<Asked>,
    /// The version that Go selects; `None` if it selects none.
    pub selected: Option<String>,
    /// Whether it is itself a main module, whose files count in the place of any version.
    pub is_main: bool,
    /// The way from a main module to the one that requires the selected version; empty if there is none in
    /// the graph, or if the graph is not known.
    pub because: Vec<Step>,
    /// Its replacement.
    pub replaced: Option<Replaced>,
    /// Whether a version that is asked for is excluded.
    pub excluded: bool,
    /// Why its author has taken the selected version back; `None` where that is not known.
    pub retracted: Option<Vec<String>>,
    /// The newest version that is not taken back, if it is newer.
    pub newest: Option<String>,
    /// What its author says in the place of it.
    pub deprecated: Option<String>,
    /// What the version says of itself.
    pub kind: Option<Kind>,
    /// Its own go line.
    pub go_line: Option<String>,
    /// Whether the Go that runs here is as new as that; `None` where either is not known.
    pub go_line_ok: Option<bool>,
    /// Whether that go line is above the main module's, so that Go would raise the latter.
    pub raises_go_line: bool,
    /// The version that is copied into `vendor`.
    pub vendored: Option<String>,
    /// What Go could not find out, in its words. A stranger may have written parts.
    pub error: Option<String>,
    /// Whether it is only not known offline.
    pub is_unknown_offline: bool,
    /// Why newer versions, and with them retractions, are not known, in Go's words.
    pub unchecked: Option<String>,
    /// Whether its files are on this machine.
    pub is_here: bool,
}

/// A replacement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// A module, or a directory as the file has it.
    pub path: String,
    /// The version of the module.
    pub version: Option<String>,
    /// The directory, if its files are on this machine.
    pub dir: Option<String>,
}

impl Row {
    /// Whether Go uses what is asked for.
    #[must_use]
    pub fn is_as_asked(&self) -> bool {
        !self.is_main
            && self.asked.iter().all(|asked| Some(&asked.version) == self.selected.as_ref())
    }

    /// Whether Go would write another version into the `go.mod`, or another go line.
    #[must_use]
    pub fn changes_file(&self) -> bool {
        let dropped = self.excluded && !self.asked.is_empty();
        let raised = self.selected.is_some() && !self.is_as_asked();
        raised || dropped || self.raises_go_line
    }

    /// Whether something differs from what is asked for, or is wrong.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.is_changed() || self.error.is_some()
    }

    /// Whether Go does something else with it than what go.mod asks for, as far as Go knows.
    pub fn is_changed(&self) -> bool {
        let stale = self.vendored.is_some() && self.vendored != self.selected;
        !self.is_as_asked()
            || stale
            || self.replaced.is_some()
            || self.excluded
            || self.retracted.as_ref().is_some_and(|why| !why.is_empty())
            || self.deprecated.is_some()
            || self.go_line_ok == Some(false)
            || self.raises_go_line
    }
}

/// What all rows are judged by.
pub(super) struct Context<'a> {
    pub(super) asked: BTreeMap<String, Vec<Asked>>,
    pub(super) excluded: Versions,
    pub(super) graph: Option<&'a Graph<'a>>,
    pub(super) network: Network,
    /// The go line of the main module or the workspace.
    pub(super) go_line: Option<Version>,
    pub(super) runs: Option<&'a Version>,
    pub(super) vendored: Option<&'a BTreeMap<String, String>>,
}

impl Context<'_> {
    /// A row for each module that is asked for or selected, by path.
    pub(super) fn rows(&self, listed: &[Module]) -> Vec<Row> {
        let mut known: BTreeMap<&str, Option<&Module>> =
            self.asked.keys().map(|path| (path.as_str(), None)).collect();
        for module in listed {
            if !module.main || known.contains_key(module.path.as_str()) {
                known.insert(&module.path, Some(module));
            }
        }
        known.into_iter().map(|(path, module)| self.row(path, module)).collect()
    }

    fn row(&self, path: &str, module: Option<&Module>) -> Row {
        let nothing = Module::default();
        let module = module.unwrap_or(&nothing);
        let asked = self.asked.get(path).cloned().unwrap_or_default();
        let is_excluded =
            |asked: &Asked| self.excluded.contains(&(path.to_owned(), asked.version.clone()));
        let selected = module.version.clone();
        let because = match (self.graph, &selected) {
            (Some(graph), Some(version)) => graph.way_to(path, version),
            _ => Vec::new(),
        };
        let failed = module.error.as_ref().map(|error| error.err.clone());
        // With the module's own file known, only the look for newer versions can have failed.
        let (unchecked, error) = match module.go_mod.is_some() {
            true => (failed, None),
            false => (None, failed),
        };
        let offline = self.network == Network::Off;
        let go_line = module.go_version.clone();
        let needs = go_line.as_deref().and_then(Version::parse);
        Row {
            path: path.to_owned(),
            excluded: asked.iter().any(is_excluded),
            is_main: module.main,
            because,
            replaced: module.replace.as_deref().map(|to| Replaced {
                path: to.path.clone(),
                version: to.version.clone(),
                dir: to.dir.clone(),
            }),
            retracted: (!offline && unchecked.is_none()).then(|| module.retracted.clone()),
            newest: module.update.as_ref().and_then(|update| update.version.clone()),
            deprecated: module.deprecated.clone(),
            kind: selected.as_deref().map(Kind::of),
            go_line_ok: needs.as_ref().zip(self.runs).map(|(needs, runs)| runs >= needs),
            raises_go_line: !module.main && self.raises(needs.as_ref()),
            go_line,
            vendored: self.vendored.and_then(|all| all.get(path).cloned()),
            is_unknown_offline: offline && error.as_deref().is_some_and(lacks_network),
            error,
            unchecked,
            is_here: module.dir.is_some(),
            asked,
            selected,
        }
    }

    /// Whether Go would raise the main module's go line for a module that needs this one. It does so for
    /// versions from 1.21 on.
    fn raises(&self, needs: Option<&Version>) -> bool {
        let main = self.go_line.as_ref();
        needs
            .is_some_and(|needs| needs.knows_gotoolchain() && main.is_some_and(|main| needs > main))
    }
}
