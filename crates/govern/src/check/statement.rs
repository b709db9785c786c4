//! Statements and floors: what each directory chooses, and the least that its module needs.

use crate::finding::Place;
use crate::kind::FileKind;
use crate::pins;
use crate::repo::host::RepoHost;
use crate::repo::{Repository, directory_of, upwards};
use goward_resolver::{GoLine, ModuleFile, Origin, Selector, Source, Version};
use std::collections::{BTreeMap, BTreeSet};

/// What chooses an exact Go, or a minor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) says: Selector,
    pub(super) at: Place,
    pub(super) kind: Kind,
}

/// The kinds of statements, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A pin: a pin file, or the GOTOOLCHAIN of a `.goenv` that names one toolchain.
    Pin,
    /// A toolchain line.
    ToolchainLine,
    /// A go line, where a `.goenv` says that it chooses its minor.
    GoLine,
}

/// The least that a module file needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Need {
    pub(super) version: Version,
    pub(super) at: Place,
    /// What asks for it, in few words.
    pub(super) by: String,
}

/// A module, or a workspace.
#[derive(Debug)]
pub(super) struct Site {
    /// Its file.
    pub(super) file: String,
    pub(super) is_work: bool,
    pub(super) lines: ModuleFile,
    pub(super) floor: Option<Need>,
}

/// Every directory with a file that says something.
#[derive(Debug)]
pub(super) struct Sites {
    statements: BTreeMap<String, Option<Statement>>,
    /// Modules by their directories.
    modules: BTreeMap<String, Site>,
    /// Workspaces by their directories.
    works: BTreeMap<String, Site>,
    /// For each directory with modules below it, those directories.
    below: BTreeMap<String, Below>,
}

/// The modules in and below a directory.
#[derive(Debug, Default)]
struct Below {
    /// The directory of the first.
    first: String,
    /// Directories of the modules with the least and the greatest floor.
    extremes: Option<(String, String)>,
    /// Whether a module has no floor.
    open: bool,
}

impl Sites {
    pub(super) fn of(repository: &Repository, host: &RepoHost<'_>) -> Sites {
        let mut directories = BTreeSet::from([String::new()]);
        let (mut modules, mut works) = (BTreeMap::new(), BTreeMap::new());
        for (path, kind, content) in repository.read_files() {
            let counts = kind.is_module() || matches!(kind, FileKind::Pin | FileKind::Goenv);
            if !counts || is_passed_over(path) {
                continue;
            }
            directories.insert(directory_of(path).to_owned());
            if kind.is_module()
                && let Ok(bytes) = content
            {
                let text = goward_resolver::FileText::of(goward_resolver::Owner::Trusted, bytes);
                let lines = ModuleFile::scan(&host.path(path), &text);
                let floor = floor_of(host, &lines);
                let is_work = kind == FileKind::Work;
                let of_its_kind = if is_work { &mut works } else { &mut modules };
                let site = Site { file: path.to_owned(), is_work, lines, floor };
                of_its_kind.insert(directory_of(path).to_owned(), site);
            }
        }
        let stated = |dir: String| {
            let statement = statement(host, &dir);
            (dir, statement)
        };
        let statements = directories.into_iter().map(stated).collect();
        Sites { statements, below: below(&modules), modules, works }
    }

    /// Every statement that is made in a directory, once.
    pub(super) fn statements(&self) -> impl Iterator<Item = &Statement> {
        let mut seen = BTreeSet::new();
        self.statements.values().flatten().filter(move |one| seen.insert(one.at.clone()))
    }

    /// The statement that holds in a directory.
    pub(super) fn statement(&self, dir: &str) -> Option<&Statement> {
        upwards(dir).find_map(|dir| self.statements.get(dir))?.as_ref()
    }

    /// The modules.
    pub(super) fn modules(&self) -> impl Iterator<Item = &Site> {
        self.modules.values()
    }

    /// The module in a directory.
    pub(super) fn module(&self, dir: &str) -> Option<&Site> {
        self.modules.get(dir)
    }

    /// The workspaces.
    pub(super) fn works(&self) -> impl Iterator<Item = &Site> {
        self.works.values()
    }

    /// The workspace in a directory.
    pub(super) fn work(&self, dir: &str) -> Option<&Site> {
        self.works.get(dir)
    }

    /// The modules and the workspaces.
    pub(super) fn all(&self) -> impl Iterator<Item = &Site> {
        self.modules().chain(self.works())
    }

    /// The directory of a module in or below a directory.
    pub(super) fn some_module_below(&self, dir: &str) -> Option<&str> {
        self.below.get(dir).map(|below| below.first.as_str())
    }

    /// The least floor of the modules that a build in a directory may be of: of the nearest one above,
    /// else of those below.
    pub(super) fn least_floor(&self, dir: &str) -> Option<&Need> {
        self.floors(dir).map(|(least, _)| least)
    }

    /// The least and the greatest floor of the modules that a build in a directory may be of. They differ
    /// where no module is above, and several are below.
    pub(super) fn floors(&self, dir: &str) -> Option<(&Need, &Need)> {
        if let Some(above) = upwards(dir).find_map(|dir| self.modules.get(dir)) {
            return above.floor.as_ref().map(|floor| (floor, floor));
        }
        let below = self.below.get(dir).filter(|below| !below.open)?;
        let (least, most) = below.extremes.as_ref()?;
        let floor = |dir: &String| self.modules.get(dir)?.floor.as_ref();
        Some((floor(least)?, floor(most)?))
    }
}

/// What lies below each directory that has modules in or below it.
fn below(modules: &BTreeMap<String, Site>) -> BTreeMap<String, Below> {
    let mut all: BTreeMap<String, Below> = BTreeMap::new();
    let version = |dir: &String| Some(&modules.get(dir)?.floor.as_ref()?.version);
    for (dir, site) in modules {
        for above in upwards(dir) {
            if !all.contains_key(above) {
                all.insert(above.to_owned(), Below { first: dir.clone(), ..Below::default() });
            }
            let Some(below) = all.get_mut(above) else { continue };
            let Some(floor) = &site.floor else {
                below.open = true;
                continue;
            };
            let (least, most) = below.extremes.get_or_insert_with(|| (dir.clone(), dir.clone()));
            if version(least).is_some_and(|other| floor.version < *other) {
                least.clone_from(dir);
            }
            if version(most).is_some_and(|other| *other < floor.version) {
                most.clone_from(dir);
            }
        }
    }
    all
}

/// Whether a module file is another project's, which lies here.
pub(super) fn is_passed_over(path: &str) -> bool {
    let passed = |part: &str| matches!(part, "vendor" | "testdata" | "node_modules");
    directory_of(path).split('/').any(passed)
}

/// The place of an origin in a repository.
pub(super) fn place(host: &RepoHost<'_>, origin: &Origin) -> Place {
    Place::line(&host.from_top(&origin.path).unwrap_or_default(), origin.line)
}

fn floor_of(host: &RepoHost<'_>, lines: &ModuleFile) -> Option<Need> {
    let floor = lines.required()?;
    let origin = floor.source.origin()?;
    let by = match floor.feature {
        Some(word) => format!("{word} needs Go {}", floor.version),
        None => "this go line".to_owned(),
    };
    Some(Need { version: floor.version.clone(), at: place(host, origin), by })
}

/// What chooses in a directory. A file that goward refuses states nothing.
fn statement(host: &RepoHost<'_>, dir: &str) -> Option<Statement> {
    let survey = host.survey(dir).ok()?;
    let chain = &survey.chain;
    let named = chain.gotoolchain().ok().flatten();
    if let Some((toolchain, Source::Goenv(origin))) = &named
        && toolchain.mode == goward_resolver::Mode::Fixed
        && let Some(name) = &toolchain.name
    {
        let says = pins::of_name(name)?;
        return Some(Statement { says, at: place(host, origin), kind: Kind::Pin });
    }
    if let Some(Ok(pin)) = chain.parsed_pin().transpose() {
        return Some(Statement {
            says: pin.selector,
            at: place(host, &pin.origin),
            kind: Kind::Pin,
        });
    }
    let module = chain.module.as_ref()?.as_ref().ok()?;
    let lines = chain.go_line().unwrap_or(GoLine::Usual);
    let floor = module.floor(lines).filter(|floor| floor.wish)?;
    let kind = if floor.name.is_some() { Kind::ToolchainLine } else { Kind::GoLine };
    let says = match &floor.name {
        Some(name) => pins::of_name(name)?,
        None => Selector::Minor(floor.version.language()),
    };
    debug_assert!(kind == Kind::ToolchainLine || lines == GoLine::Minor);
    Some(Statement { says, at: place(host, floor.source.origin()?), kind })
}
