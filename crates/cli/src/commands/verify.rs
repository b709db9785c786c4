//! `goward verify`: compares each installed toolchain with its receipt and Go's checksum database.

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::output::Style;
use crate::paths::shown;
use crate::toolchain::typed;
use crate::workshop::Workshop;
use clap::Args;
use goward_installer::{
    Assurance, Audit, Difference, ErrorKind, Extent, Receipt, Store, Toolchain,
};
use goward_resolver::{Selector, ToolchainName};
use serde::Serialize;
use std::io;

/// Verifies.
#[derive(Debug, Args)]
#[command(after_help = "\
Each file is compared with the store's own record. The files of Go's own releases are then compared
with Go's checksum database, too: a record that was changed together with the tree does not deceive
it. With --offline it is asked as far as its answers are in the cache.

Examples:
  goward verify                every toolchain in the store
  goward verify 1.22.10 -v     with every file that differs
  goward repair 1.22.10        put it right")]
pub(crate) struct Verify {
    /// Exact versions, or names as in `goward list` [default: all]
    #[arg(value_name = "VERSION")]
    versions: Vec<String>,
    /// Print JSON (its fields: see the page JSON of the book)
    #[arg(long)]
    json: bool,
}

/// The result of one toolchain's checks.
pub(crate) struct Verdict {
    pub(crate) toolchain: Toolchain,
    pub(crate) receipt: Option<Receipt>,
    audit: std::result::Result<Audit, goward_installer::Error>,
    database: Database,
}

/// The answer of the checksum database.
enum Database {
    /// goward has no answer: the database does not know this toolchain.
    Silent,
    Agrees(String),
    Differs(goward_installer::Error),
    Unreachable(goward_installer::Error),
}

#[derive(Serialize)]
struct Row {
    name: String,
    status: &'static str,
    files: Option<u64>,
    compared: &'static str,
    trust: Option<&'static str>,
    database: Option<String>,
    database_says: Option<&'static str>,
    differences: Vec<Found>,
    /// Why there was nothing to compare it with, where its record is damaged.
    fault: Option<String>,
}

#[derive(Serialize)]
struct Found {
    path: String,
    kind: &'static str,
}

/// The number of differences that goward lists without `-v`.
const SHOWN: usize = 10;

impl Verify {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        let workshop = Workshop::open(cx)?;
        let toolchains = chosen(cx, &workshop.store, &self.versions)?;
        if toolchains.is_empty() && !self.json {
            cx.output.note("no toolchain is installed");
        }
        let (mut rows, mut damaged, mut known) = (Vec::new(), Vec::new(), 0);
        let (mut first, all) = (None, toolchains.len());
        for toolchain in toolchains {
            let verdict = match verdict(cx, &workshop, toolchain) {
                Ok(verdict) => verdict,
                Err(failure) => {
                    cx.output.failure(&failure);
                    // One that cannot be looked at does not hide the others.
                    first.get_or_insert(Failure::silent(failure.exit));
                    continue;
                }
            };
            let Some(verdict) = verdict else { continue };
            known += usize::from(verdict.is_known());
            if verdict.is_damaged() {
                damaged.push(verdict.toolchain.store_name());
            }
            if self.json {
                rows.push(verdict.row());
            } else {
                verdict.print(cx);
            }
        }
        if self.json {
            cx.output.json(&rows)?;
        }
        if let Some(failure) = first.filter(|_| damaged.is_empty()) {
            return Err(failure);
        }
        if damaged.is_empty() && known == 0 && all > 0 {
            let message = "nothing was verified: there is nothing to compare these with";
            return Err(Failure::new(Exit::Failure, message).hint(
                "to have them checked as they are installed, run: goward uninstall VERSION, then \
                 goward install VERSION",
            ));
        }
        if damaged.is_empty() {
            return Ok(());
        }
        let message = format!("not what was installed: {}", damaged.join(", "));
        Err(Failure::new(Exit::Verification, message)
            .hint(format!("put it right with: goward repair {}", damaged.join(" "))))
    }
}

/// The toolchains that the user names, or all.
pub(crate) fn chosen(cx: &Context, store: &Store, versions: &[String]) -> Result<Vec<Toolchain>> {
    if versions.is_empty() {
        return Ok(store.installed()?);
    }
    let one = |text: &String| {
        if let Some(toolchain) = store.toolchain(text) {
            return Ok(toolchain);
        }
        match typed(cx, text)? {
            Selector::Exact(version) => {
                Ok(store.require(&ToolchainName::of(&version).to_string())?)
            }
            Selector::Linked(name) => Err(store.missing(&name).into()),
            selector => {
                let message = format!("{selector} is not an exact version");
                Err(Failure::new(Exit::Usage, message).hint("name exact versions"))
            }
        }
    };
    versions.iter().map(one).collect()
}

/// Looks at one toolchain. `None`, which is said, if another process removes it meanwhile.
pub(crate) fn verdict(
    cx: &Context,
    workshop: &Workshop<'_>,
    toolchain: Toolchain,
) -> Result<Option<Verdict>> {
    let (name, directory) = (toolchain.store_name(), toolchain.directory().to_owned());
    match judged(cx, workshop, toolchain) {
        Err(_) if directory.symlink_metadata().is_err_and(|error| is_absent(&error)) => {
            cx.output.note(&format!("{name} was removed meanwhile"));
            Ok(None)
        }
        verdict => verdict.map(Some),
    }
}

fn is_absent(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound
}

fn judged(cx: &Context, workshop: &Workshop<'_>, toolchain: Toolchain) -> Result<Verdict> {
    let (store, name) = (&workshop.store, toolchain.store_name());
    let audit = match store.audit(&name) {
        Err(error) if error.kind() != ErrorKind::Verification => return Err(error.into()),
        audit => audit,
    };
    // An unreadable receipt tells nothing, and `audit` has reported it.
    let receipt = store.receipt(&name).unwrap_or_default();
    // A tree that a company packs, or that a user builds or brings, may differ from Go's release.
    let released =
        receipt.as_ref().is_none_or(|receipt| receipt.assurance <= Assurance::OfficialIndex);
    let database = if released { ask(cx, workshop, &toolchain)? } else { Database::Silent };
    Ok(Verdict { toolchain, receipt, audit, database })
}

fn ask(cx: &Context, workshop: &Workshop<'_>, toolchain: &Toolchain) -> Result<Database> {
    let Workshop { store, settings, .. } = workshop;
    match cx.watched(|watch| store.audit_by_database(toolchain, settings, watch)) {
        Ok(None) => Ok(Database::Silent),
        Ok(Some(vouched)) => Ok(Database::Agrees(vouched.database().to_owned())),
        Err(error) => match error.kind() {
            ErrorKind::Verification => Ok(Database::Differs(error)),
            ErrorKind::Network | ErrorKind::NotFound => Ok(Database::Unreachable(error)),
            _ => Err(error.into()),
        },
    }
}

impl Verdict {
    /// Whether a check finds damage.
    pub(crate) fn is_damaged(&self) -> bool {
        let differs = self.audit.as_ref().map_or(true, |audit| !audit.differences.is_empty());
        differs || matches!(self.database, Database::Differs(_))
    }

    fn is_known(&self) -> bool {
        let compared = self.audit.as_ref().is_ok_and(|audit| audit.extent != Extent::Nothing);
        compared || matches!(self.database, Database::Agrees(_))
    }

    fn status(&self) -> &'static str {
        match (self.is_damaged(), self.is_known()) {
            (true, _) => "damaged",
            (false, true) => "intact",
            (false, false) => "unknown",
        }
    }

    fn compared(&self) -> &'static str {
        match self.audit.as_ref().map(|audit| audit.extent) {
            Ok(Extent::Contents) => "contents",
            Ok(Extent::Shape) => "shape",
            Ok(Extent::Nothing) | Err(_) => "nothing",
        }
    }

    fn differences(&self) -> &[Difference] {
        self.audit.as_ref().map_or(&[], |audit| &audit.differences)
    }

    fn row(&self) -> Row {
        let (database, database_says) = match &self.database {
            Database::Silent => (None, None),
            Database::Agrees(name) => (Some(name.clone()), Some("agrees")),
            Database::Differs(_) => (None, Some("differs")),
            Database::Unreachable(_) => (None, Some("unreachable")),
        };
        let found = |one: &Difference| Found { path: one.path.clone(), kind: one.kind.word() };
        Row {
            name: self.toolchain.store_name(),
            status: self.status(),
            files: self.audit.as_ref().ok().map(|audit| audit.files),
            compared: self.compared(),
            trust: self.receipt.as_ref().map(|receipt| receipt.assurance.level()),
            database,
            database_says,
            differences: self.differences().iter().map(found).collect(),
            fault: self.audit.as_ref().err().map(ToString::to_string),
        }
    }

    fn print(&self, cx: &Context) {
        let status = match self.status() {
            damaged @ "damaged" => cx.output.paint(Style::Bad, damaged),
            status => status.to_owned(),
        };
        let differences = self.differences();
        let found = self.audit.as_ref().map(|audit| (audit.extent, audit.files, differences.len()));
        let found = match found {
            Err(error) => error.to_string(),
            Ok((Extent::Nothing, ..)) => "there is no receipt to compare it with".to_owned(),
            Ok((Extent::Shape, files, 0)) => format!(
                "{files} files, names and sizes as installed; the receipt knows no contents"
            ),
            Ok((Extent::Shape, ..)) => "its files are not those that were installed".to_owned(),
            Ok((Extent::Contents, files, 0)) => format!("{files} files as installed"),
            Ok((Extent::Contents, files, count)) => format!("{count} of {files} files differ"),
        };
        let said = match &self.database {
            Database::Silent => String::new(),
            Database::Agrees(name) => format!("; {name} agrees"),
            Database::Differs(error) => format!("; {error}"),
            Database::Unreachable(error) => {
                format!("; the checksum database was not asked: {error}")
            }
        };
        cx.output.line(&format!("{}  {status}: {found}{said}", self.toolchain.store_name()));
        let limit = if cx.verbose { differences.len() } else { SHOWN };
        for one in differences.iter().take(limit).filter(|one| !one.path.is_empty()) {
            cx.output.line(&format!("    {:8}  {}", one.kind.word(), shown(one.path.as_bytes())));
        }
        if differences.len() > limit {
            cx.output.line(&format!("    and {} more (-v shows them)", differences.len() - limit));
        }
    }
}
