//! What the module files ask for, what Go selects, and why. Go's own word is asked for
//! ([`selected`]), on copies, and compared with what our parser reads ([`asked`]).

mod asked;
mod grounds;
pub mod order;
mod row;
mod selected;
mod why;

pub use asked::Asked;
pub(crate) use asked::ModFile;
pub(crate) use grounds::Grounds;
pub use row::{Replaced, Row};
pub use why::Step;

use crate::go::{Error, Go, Network};
use crate::listing::Module;
use asked::by_module;
use goward_gomod::{Kind, is_of_workspace, vendored};
use goward_resolver::Version;
use row::Context;

pub(crate) use selected::{Asking, SUM_LIMIT, workspace};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use why::Graph;

/// The largest `vendor/modules.txt`, in bytes.
pub(crate) const VENDOR_LIMIT: usize = 64 << 20;
/// The most bytes of the `go.mod` files of a workspace together: a stranger's may name any number.
const MOST_BYTES: usize = 64 << 20;

/// How Go finds the modules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// By a `go.mod`.
    Module,
    /// By a `go.mod`, and builds take copies in `vendor`.
    Vendor,
    /// By a `go.work`.
    Workspace,
}

impl Mode {
    /// Its name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Mode::Module => "module",
            Mode::Vendor => "vendor",
            Mode::Workspace => "workspace",
        }
    }
}

/// A main module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Main {
    /// Its path.
    pub path: String,
    /// Its go line.
    pub go_line: Option<String>,
    /// Its `go.mod`.
    pub file: PathBuf,
}

/// The answer.
#[derive(Debug)]
pub struct Report {
    /// How Go finds the modules.
    pub mode: Mode,
    /// The main modules.
    pub main: Vec<Main>,
    /// The go line of the `go.mod` or `go.work`, with its line.
    pub go_line: Option<(String, u32)>,
    /// All other modules that are asked for or selected, by path.
    pub modules: Vec<Row>,
    /// Whether Go would write another `go.mod`: it builds nothing by this one.
    pub untidy: bool,
    /// Why the graph is not known, and with it the reasons.
    pub error: Option<Error>,
    /// Who requires the module that was asked about: each with the version that it asks for.
    pub required_by: Vec<(Step, String)>,
    /// The packages that lead to it, by their imports.
    pub imports: Vec<String>,
}

/// A question about module files.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The `go.mod` or `go.work` that counts.
    pub file: &'a Path,
    /// Which of both it is.
    pub kind: Kind,
    /// The version of the Go that runs in the directory.
    pub runs: Option<&'a Version>,
    /// A module, to be told all about.
    pub why: Option<&'a str>,
}

impl Report {
    /// Asks Go.
    ///
    /// # Errors
    /// If a module file cannot be read, or Go cannot list its modules.
    pub fn of(go: &Go, question: &Question<'_>) -> Result<Report, Error> {
        Report::within(&Grounds::around(question.file)?, go, question)
    }

    /// The same, where the repository is known.
    pub(crate) fn within(
        grounds: &Grounds,
        go: &Go,
        question: &Question<'_>,
    ) -> Result<Report, Error> {
        let file = ModFile::read(grounds, question.file, question.kind)?;
        grounds.look(&file.path, &file.file, question.kind)?;
        let asking = Asking::of((go, grounds), &file, question.kind)?;
        let listed = asking.all()?;
        if !listed.iter().any(|module| module.main) {
            return Err(Error::Answer("list -m".to_owned(), "it names no main module".to_owned()));
        }
        let vendor = vendored_by(grounds, question)?;
        let go_line = file.file.go.as_ref();
        let go_line = go_line.map(|line| (line.value.to_lossy(), line.place.start.line));
        let files = match question.kind {
            Kind::Module => vec![file],
            Kind::Workspace => members(grounds, &listed)?,
        };
        let (said, error) = match asking.graph(listed.len()) {
            Ok(text) => (Some(text), None),
            Err(error) => (None, Some(error)),
        };
        let by_main = by_main(&files);
        let graph = said.as_deref().map(|text| Graph::of(text, &by_main));
        let context = Context {
            asked: by_module(&files),
            excluded: files.iter().flat_map(ModFile::excluded).collect(),
            graph: graph.as_ref(),
            network: go.network(),
            go_line: go_line.as_ref().and_then(|(line, _)| Version::parse(line)),
            runs: question.runs,
            vendored: vendor.as_ref(),
        };
        let mode = match (question.kind, &vendor) {
            (Kind::Workspace, _) => Mode::Workspace,
            (Kind::Module, Some(_)) => Mode::Vendor,
            (Kind::Module, None) => Mode::Module,
        };
        let modules = context.rows(&listed);
        // The members of a workspace may ask for less than is selected.
        let untidy = mode != Mode::Workspace && modules.iter().any(Row::changes_file);
        let main = files.iter().map(|file| Main {
            path: file.module(),
            go_line: file.go_line(),
            file: file.path.clone(),
        });
        let (main, required_by) = (main.collect(), Vec::new());
        let imports = Vec::new();
        let mut report =
            Report { mode, main, go_line, modules, untidy, error, required_by, imports };
        report.tell_why((&asking, go.network()), graph.as_ref(), question.why);
        Ok(report)
    }

    /// Adds all that is known about one module, if it is one of these.
    fn tell_why(
        &mut self,
        (asking, network): (&Asking, Network),
        graph: Option<&Graph<'_>>,
        why: Option<&str>,
    ) {
        let Some(why) = why.filter(|why| self.modules.iter().any(|row| row.path == **why)) else {
            return;
        };
        self.required_by = graph.map(|graph| graph.users_of(why)).unwrap_or_default();
        let lacks = self.modules.iter().any(|row| !row.is_main && !row.is_here);
        let imports = match network {
            Network::Off if lacks => Err(Error::Offline("mod why".to_owned())),
            _ => asking.imports(why),
        };
        match imports {
            Ok(imports) => self.imports = imports,
            Err(error) => self.error = self.error.take().or(Some(error)),
        }
    }
}

/// The `go.mod` files of the members of a workspace, as Go has them.
fn members(grounds: &Grounds, listed: &[Module]) -> Result<Vec<ModFile>, Error> {
    let paths = listed.iter().filter(|module| module.main).filter_map(|main| main.go_mod.as_ref());
    let (mut files, mut bytes) = (Vec::new(), 0);
    for path in paths {
        let file = ModFile::read(grounds, path, Kind::Module)?;
        bytes += file.bytes.len();
        if bytes > MOST_BYTES {
            return Err(Error::Read(path.clone(), std::io::ErrorKind::FileTooLarge.into()));
        }
        files.push(ModFile { bytes: Vec::new(), ..file });
    }
    Ok(files)
}

/// The requirements of each main module.
fn by_main(files: &[ModFile]) -> BTreeMap<String, Vec<(String, Asked)>> {
    files.iter().map(|file| (file.module(), file.requirements().collect())).collect()
}

/// The versions of the modules that are copied into `vendor`; `None` where there is no such directory.
fn vendored_by(
    grounds: &Grounds,
    question: &Question<'_>,
) -> Result<Option<BTreeMap<String, String>>, Error> {
    if question.kind == Kind::Workspace {
        return Ok(None);
    }
    let path = question.file.with_file_name("vendor").join("modules.txt");
    let Some(bytes) = grounds.read(&path, VENDOR_LIMIT)? else { return Ok(None) };
    // Those of a workspace are not what this module alone selects.
    if is_of_workspace(&bytes) {
        return Ok(None);
    }
    let modules = vendored(&bytes).into_iter().map(|entry| entry.module);
    let modules = modules.filter(|module| !module.version.is_empty());
    Ok(Some(modules.map(|it| (it.path.to_lossy(), it.version.to_lossy())).collect()))
}

/// Modules with versions.
type Versions = BTreeSet<(String, String)>;
