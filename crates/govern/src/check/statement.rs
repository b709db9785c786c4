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
    sites: Vec<Site>,
}

impl Sites {
    pub(super) fn of(repository: &Repository, host: &RepoHost<'_>) -> Sites {
        let (mut directories, mut sites) = (BTreeSet::from([String::new()]), Vec::new());
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
                sites.push(Site { file: path.to_owned(), is_work, lines, floor });
            }
        }
        let stated = |dir: String| {
            let statement = statement(host, &dir);
            (dir, statement)
        };
        Sites { statements: directories.into_iter().map(stated).collect(), sites }
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
        self.sites.iter().filter(|site| !site.is_work)
    }

    /// The workspaces.
    pub(super) fn works(&self) -> impl Iterator<Item = &Site> {
        self.sites.iter().filter(|site| site.is_work)
    }

    /// The modules and the workspaces.
    pub(super) fn all(&self) -> &[Site] {
        &self.sites
    }

    /// The least floor of the modules that a build in a directory may be of: of the nearest one above,
    /// else of those below.
    pub(super) fn least_floor(&self, dir: &str) -> Option<&Need> {
        let above = upwards(dir).find_map(|dir| {
            let here = self.modules().find(|site| directory_of(&site.file) == dir)?;
            Some(here.floor.as_ref())
        });
        match above {
            Some(floor) => floor,
            None => {
                let below = self.modules().filter(|site| crate::repo::is_within(&site.file, dir));
                let floors: Option<Vec<&Need>> = below.map(|site| site.floor.as_ref()).collect();
                floors?.into_iter().min_by(|a, b| a.version.cmp(&b.version))
            }
        }
    }
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
