//! Statements and floors: what each directory chooses, and the least that its module needs.

use super::floors::{Floors, Need};
use crate::finding::Place;
use crate::kind::FileKind;
use crate::pins;
use crate::repo::host::RepoHost;
use crate::repo::{Repository, directory_of, upwards};
use goward_resolver::{
    Chain, GoLine, Gotoolchain, Mode, ModuleFile, Origin, Selector, Source, ToolchainName,
};
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
    /// A GOTOOLCHAIN such as `go1.26.6+auto` in a `.goenv`, from which Go switches only up.
    Least,
    /// A toolchain line.
    ToolchainLine,
    /// A go line, where a `.goenv` says that it chooses its minor.
    GoLine,
}

impl Kind {
    /// What it is called.
    pub(super) fn words(self) -> &'static str {
        match self {
            Kind::Pin => "pin",
            Kind::Least => "GOTOOLCHAIN",
            Kind::ToolchainLine => "toolchain line",
            Kind::GoLine => "go line",
        }
    }
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
    /// What the modules need by themselves.
    own: Floors,
    /// What they need with the go.work that Go reads in them, if there is one.
    raised: Option<Floors>,
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
        let mut raised = BTreeMap::new();
        let stated = |dir: String| {
            let Ok(survey) = host.survey(&dir) else { return (dir, None) };
            if let (Some(module), Some(work)) = (modules.get(&dir), workspace(host, &survey.chain))
            {
                raised.insert(dir.clone(), with_work(module, works.get(directory_of(&work))));
            }
            let statement = statement(host, &survey.chain);
            (dir, statement)
        };
        let statements = directories.into_iter().map(stated).collect();
        let own: BTreeMap<_, _> =
            modules.iter().map(|(dir, site)| (dir.clone(), site.floor.clone())).collect();
        let raised = (!raised.is_empty()).then(|| {
            let mut all = own.clone();
            all.extend(raised);
            Floors::of(all)
        });
        Sites { statements, own: Floors::of(own), raised, modules, works }
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

    /// What the toolchain line of the nearest module at or above a directory names.
    pub(super) fn toolchain_line(&self, dir: &str) -> Option<(Selector, Place)> {
        let site = upwards(dir).find_map(|dir| self.modules.get(dir))?;
        let line = site.lines.toolchain.as_ref()?;
        let says = pins::of_name(&ToolchainName::parse(&line.value)?)?;
        Some((says, Place::line(&site.file, line.line)))
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
        self.own.some_module_below(dir)
    }

    /// What modules need with the go.work that Go reads in them.
    pub(super) fn floors(&self) -> &Floors {
        self.raised.as_ref().unwrap_or(&self.own)
    }

    /// What modules need by themselves.
    pub(super) fn own_floors(&self) -> &Floors {
        &self.own
    }

    /// The floor of a module, with its go.work's, or of a workspace.
    pub(super) fn floor<'s>(&'s self, site: &'s Site) -> Option<&'s Need> {
        match site.is_work {
            true => site.floor.as_ref(),
            false => self.floors().module(directory_of(&site.file)),
        }
    }

    /// The least floor of the modules that a build in a directory may be of: of the nearest one above,
    /// else of those below.
    pub(super) fn least_floor(&self, dir: &str) -> Option<&Need> {
        self.floors().around(dir).map(|(least, _)| least)
    }
}

/// The go.work that Go reads in a directory, from the top.
fn workspace(host: &RepoHost<'_>, chain: &Chain<'_>) -> Option<String> {
    let module = chain.module.as_ref().filter(|_| chain.has_workspace())?;
    host.from_top(&module.as_ref().ok()?.path)
}

/// The greater floor of a module and of its workspace.
fn with_work(module: &Site, work: Option<&Site>) -> Option<Need> {
    let floors = [Some(module), work].into_iter().flatten().filter_map(|site| site.floor.as_ref());
    // Of two equal ones the module's own.
    floors.reduce(|most, floor| if most.version < floor.version { floor } else { most }).cloned()
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
fn statement(host: &RepoHost<'_>, chain: &Chain<'_>) -> Option<Statement> {
    let stated = |says, origin: &Origin, kind| Statement { says, at: place(host, origin), kind };
    let module = || -> Option<Statement> {
        let module = chain.module.as_ref()?.as_ref().ok()?;
        let lines = chain.go_line().unwrap_or(GoLine::Usual);
        let floor = module.floor(lines).filter(|floor| floor.wish)?;
        let kind = if floor.name.is_some() { Kind::ToolchainLine } else { Kind::GoLine };
        let says = match &floor.name {
            Some(name) => pins::of_name(name)?,
            None => Selector::Minor(floor.version.language()),
        };
        debug_assert!(kind == Kind::ToolchainLine || lines == GoLine::Minor);
        Some(stated(says, floor.source.origin()?, kind))
    };
    let named = chain.gotoolchain().ok().flatten();
    if let Some((Gotoolchain { name: Some(name), mode }, Source::Goenv(origin))) = &named {
        let says = pins::of_name(name)?;
        if *mode == Mode::Fixed {
            return Some(stated(says, origin, Kind::Pin));
        }
        // Go switches to what the module file asks for, if that is later.
        let file = chain.module.as_ref().and_then(|module| module.as_ref().ok());
        let asked = file.and_then(|file| file.floor(GoLine::Usual));
        return match asked.is_some_and(|floor| *name.version() < floor.version) {
            true => module(),
            false => Some(stated(says, origin, Kind::Least)),
        };
    }
    if let Some(Ok(pin)) = chain.parsed_pin().transpose() {
        return Some(stated(pin.selector, &pin.origin, Kind::Pin));
    }
    module()
}
