//! `goward list`: toolchains that goward or another tool installed, and releases to install.

use crate::commands::current;
use crate::commands::outdated::end_of_life::EndOfLife;
use crate::commands::outdated::releases::Releases;
use crate::context::Context;
use crate::failure::Result;
use crate::on_path::Typed;
use crate::output::{Style, size};
use crate::paths::{Shown as _, shown, to_path};
use crate::running;
use crate::toolchain::{present, spelt};
use crate::values;
use crate::workshop::{Workshop, vouched};
use clap::Args;
use goward_installer::{Assurance, Entry, Index, Platform, Query, Store, canonical, day};
use goward_resolver::{
    GoTree, GoTrees, Keeper, Plan, Selector, Source, Survey, ToolchainName, Version, system_program,
};
use serde::{Serialize, Serializer};
use std::path::{Path, PathBuf};

/// Lists.
#[derive(Debug, Args)]
#[command(after_help = "\
`>` marks what `go` runs in this directory, `*` the default. Where a newer patch is out, as far as
goward knows without a request, the list names it. `end of life`: that minor gets no more security fixes.

Examples:
  goward list
  goward list 1.22             those of Go 1.22
  goward list -v               with paths, sizes, dates, and who confirmed its checksum
  goward list --remote 1.22    the releases of Go 1.22, and whether it has reached its end of life
  goward list --remote latest  the newest release
  goward list --json")]
pub(crate) struct List {
    /// List only those that match VERSION
    #[arg(value_name = "VERSION", value_parser = values::SELECTOR)]
    version: Option<Selector>,
    /// List the releases that can be installed; with SELECTOR those that match it
    #[arg(short, long, value_name = "SELECTOR", num_args = 0..=1, value_parser = values::SELECTOR)]
    remote: Option<Option<Selector>>,
    /// With --remote: ask the mirrors even if the cached index is fresh
    #[arg(long, requires = "remote")]
    refresh: bool,
    /// Print JSON (its fields: see the page JSON of the book)
    #[arg(long)]
    json: bool,
}

/// A toolchain that is here.
#[derive(Default, Serialize)]
struct Row {
    name: String,
    version: Option<String>,
    goroot: Option<String>,
    origin: KeptBy,
    platform: Option<String>,
    here: bool,
    default: bool,
    /// `T0` to `T3`, from the receipt.
    #[serde(serialize_with = "level")]
    trust: Option<Assurance>,
    /// The URL or file of the archive, from the receipt.
    source: Option<String>,
    /// The bytes of its files.
    size: Option<u64>,
    /// The time of its install, in seconds since 1970.
    installed: Option<u64>,
    /// The toolchain that built it here.
    built_with: Option<String>,
    /// The newest patch of its minor that is known, if that is newer.
    newer_patch: Option<String>,
    /// The end of its minor, if that has come.
    eol: Option<EndOfLife>,
    /// The same, unless it is here, too.
    #[serde(skip)]
    missing_patch: Option<String>,
}

impl Row {
    /// Whether a selector takes this version, or names it.
    fn is_taken_by(&self, selector: &Selector) -> bool {
        let version = self.version.as_deref().and_then(Version::parse);
        match selector {
            Selector::Linked(name) => self.name == *name,
            Selector::System => self.origin == KeptBy::Path,
            _ => version.is_some_and(|version| selector.matches(&version)),
        }
    }
}

fn level<S: Serializer>(trust: &Option<Assurance>, to: S) -> std::result::Result<S::Ok, S::Error> {
    trust.map(Assurance::level).serialize(to)
}

/// The place that keeps the toolchain of a row.
#[derive(Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum KeptBy {
    #[default]
    Store,
    SystemStore,
    /// Go itself, in the module cache.
    Go,
    /// golang.org/dl, in `~/sdk`.
    Sdk,
    Link,
    /// The next `go` on PATH.
    Path,
}

/// A release that goward could install.
#[derive(Serialize)]
struct Release {
    name: String,
    version: String,
    prerelease: bool,
    installed: bool,
    /// The end of its minor, if that has come.
    eol: Option<EndOfLife>,
}

impl List {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        if let Some(selector) = &self.remote {
            return self.remote(cx, selector.clone().or_else(|| self.version.clone()));
        }
        // An error in this directory's selection does not make the list fail.
        let here = cx.survey()?;
        let plan = here.plan().ok();
        let launch = plan.as_ref().and_then(|plan| plan.launch.as_ref().ok());
        Typed::of(here.chain.env(), "go", launch).warn(cx);
        let missing = plan.as_deref().and_then(current::missing);
        let chooser = plan.as_ref().and_then(|plan| running::chooser(&here, plan).ok());
        // No other toolchain stands in for one that is installed first.
        let runs = plan.as_deref().filter(|_| missing.is_none());
        let mut rows = rows(cx, &here, runs)?;
        if let Some(selector) = &self.version {
            rows.retain(|row| row.is_taken_by(selector));
        }
        let known = mark_old(cx, &here, &mut rows);
        if self.json {
            return cx.output.json(&rows);
        }
        if let Some(selector) = self.version.as_ref().filter(|_| rows.is_empty()) {
            cx.output.note(&format!("no Go that matches {selector} is here"));
        } else if rows.is_empty() {
            cx.output.note("no toolchain is installed; run: goward install latest");
        }
        let width = rows.iter().map(|row| row.name.len()).max().unwrap_or_default();
        for row in &rows {
            print(cx, row, width, chooser.as_ref());
        }
        if let Some(missing) = missing {
            let (name, by) = (current::name_of(&missing.selector), &missing.source);
            cx.output.note(&format!("{name}, wanted here by {by}, is not installed"));
        }
        let outdated = rows.iter().any(|row| row.missing_patch.is_some());
        if let Some(known) = known.filter(|_| outdated) {
            cx.output.note(&format!(
                "newer patches are out, by {known}; to see what asks for the old ones, run: goward \
                 outdated"
            ));
        }
        let sizes: Vec<u64> = rows.iter().filter_map(|row| row.size).collect();
        if cx.verbose && sizes.len() > 1 {
            let (all, bytes) =
                (sizes.len(), size(sizes.iter().fold(0, |all: u64, one| all.saturating_add(*one))));
            cx.output.line(&format!("{all} toolchains take {bytes} in all"));
        }
        Ok(())
    }

    fn remote(&self, cx: &Context, selector: Option<Selector>) -> Result<()> {
        let typed = selector.map(|selector| spelt(cx, selector)).transpose()?;
        let selector = typed.as_ref().unwrap_or(&Selector::Latest);
        let mut workshop = Workshop::open(cx)?;
        workshop.settings.refresh = self.refresh;
        let Workshop { store, settings, .. } = &workshop;
        let index = cx.watched(|watch| Index::load(store, settings, watch))?;
        let minors = Releases::on_disk(&workshop).minors();
        let platform = Platform::host();
        let taken: Vec<&Entry> = match &typed {
            // Each of these words means one release.
            Some(word @ (Selector::Latest | Selector::OldStable)) => {
                index.newest(&Query::new(word)).into_iter().collect()
            }
            _ => {
                let takes = |entry: &&Entry| selector.matches(entry.version());
                index.entries().iter().filter(|entry| entry.has(&platform)).filter(takes).collect()
            }
        };
        let release = |entry: &Entry| {
            let (version, name) = (entry.version(), ToolchainName::of(entry.version()).to_string());
            let (prerelease, installed) =
                (version.is_prerelease(), store.toolchain(&name).is_some());
            let eol = minors.end(version);
            Release { name, version: version.to_string(), prerelease, installed, eol }
        };
        let releases: Vec<Release> = taken.into_iter().map(release).collect();
        if self.json {
            return cx.output.json(&releases);
        }
        for release in &releases {
            let marks = [(release.installed, "installed"), (release.eol.is_some(), "end of life")];
            let marks: Vec<&str> = marks.iter().filter(|mark| mark.0).map(|mark| mark.1).collect();
            let marks = cx.output.paint(Style::Faint, &marks.join("; "));
            cx.output.line(format!("{}  {marks}", release.name).trim_end());
        }
        if releases.is_empty() {
            cx.output.note(&format!("no release matches {selector} in {}", index.source()));
        } else {
            tracing::info!(source = index.source(), "listed");
        }
        Ok(())
    }
}

fn rows(cx: &Context, here: &Survey<'_>, plan: Option<&Plan>) -> Result<Vec<Row>> {
    let (chain, roots) = (&here.chain, here.roots());
    let mut rows = Vec::new();
    for (root, origin) in roots.roots().zip([KeptBy::Store, KeptBy::SystemStore]) {
        let there = in_store(&Store::open(to_path(&root))?, origin)?;
        let (sound, unsound): (Vec<Row>, Vec<Row>) =
            there.into_iter().partition(|row| counts(roots, row));
        rows.extend(sound);
        if let Some(first) = unsound.first() {
            let (name, others) = (&first.name, unsound.len() - 1);
            let more = if others > 0 { format!(" and {others} more") } else { String::new() };
            let place = shown(&root);
            cx.output.warning(&format!(
                "{name}{more} in {place} is passed over: another user could change what runs"
            ));
        }
    }
    for GoTree { version, goroot, keeper } in GoTrees::of(&chain.layers()).all() {
        let origin = if keeper == Keeper::Go { KeptBy::Go } else { KeptBy::Sdk };
        let name = ToolchainName::of(&version).to_string();
        rows.push(row(name, Some(&version), &to_path(&goroot), origin));
    }
    // A killed process leaves names that are no names of links.
    let is_name = |name: &str| matches!(Selector::parse(name), Ok(Selector::Linked(_)));
    for (name, goroot) in roots.links()?.into_iter().filter(|(name, _)| is_name(name)) {
        match goroot {
            Ok(goroot) => rows.push(row(name, None, &to_path(&goroot), KeptBy::Link)),
            Err(error) => cx.output.warning(&error.to_string()),
        }
    }
    if let Some(program) = system_program(chain.env(), "go") {
        let real = canonical(to_path(&program)).ok();
        let goroot = real.and_then(|real| Some(text(real.parent()?.parent()?)));
        let (name, origin) = ("system".to_owned(), KeptBy::Path);
        rows.push(Row { name, goroot, origin, ..Row::default() });
    }
    let default = here.default_pin().ok().flatten();
    let default = default.and_then(|pin| present(here, &pin.selector).ok().flatten());
    mark(&mut rows, plan, default.map(|default| default.name));
    Ok(rows)
}

/// Whether `go` could run it. In the system's root, a tree that another user could change counts as
/// absent. In the caller's root it is an error, which the shim reports.
fn counts(roots: &goward_resolver::Roots<'_>, row: &Row) -> bool {
    let Some(name) = ToolchainName::parse(&row.name) else { return true };
    row.origin != KeptBy::SystemStore || !matches!(roots.find(&name), Ok(None))
}

fn in_store(store: &Store, origin: KeptBy) -> Result<Vec<Row>> {
    let toolchains = store.installed()?;
    let rows = toolchains.iter().map(|toolchain| {
        let name = toolchain.store_name();
        // An unreadable receipt vouches for nothing.
        let receipt = store.receipt(&name).unwrap_or_default();
        let version = toolchain.name().version();
        Row {
            platform: Some(toolchain.platform().to_string()),
            trust: receipt.as_ref().map(|receipt| receipt.assurance),
            source: receipt.as_ref().map(|receipt| receipt.source.clone()),
            size: receipt.as_ref().map(|receipt| receipt.files().1),
            installed: receipt.as_ref().map(|receipt| receipt.installed),
            built_with: receipt.and_then(|receipt| receipt.built_with),
            ..row(name, Some(version), toolchain.directory(), origin)
        }
    });
    Ok(rows.collect())
}

fn row(name: String, version: Option<&Version>, goroot: &Path, origin: KeptBy) -> Row {
    Row {
        name,
        version: version.map(ToString::to_string),
        goroot: Some(text(goroot)),
        origin,
        platform: version.map(|_| Platform::host().to_string()),
        ..Row::default()
    }
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Marks the row of the toolchain that runs here, and the default's row.
fn mark(rows: &mut [Row], plan: Option<&Plan>, default: Option<String>) {
    let goroot = plan.and_then(|plan| plan.target.as_ref()?.goroot.as_deref());
    let goroot = goroot.map(|goroot| text(&to_path(goroot)));
    if let Some(row) = rows.iter_mut().find(|row| goroot.is_some() && row.goroot == goroot) {
        row.here = true;
    }
    if let Some(row) = rows.iter_mut().find(|row| default.as_ref() == Some(&row.name)) {
        row.default = true;
    }
}

/// Gives each release of a row its newer patch and the end of its minor, by what is known without a
/// request. Returns the source of that knowledge.
fn mark_old(cx: &Context, survey: &Survey<'_>, rows: &mut [Row]) -> Option<String> {
    // An error in the settings does not make the list fail.
    let releases = Releases::on_disk(&Workshop::open_at(cx, survey).ok()?);
    let minors = releases.minors();
    let here: Vec<String> = rows.iter().filter_map(|row| row.version.clone()).collect();
    for row in rows {
        let version = row.version.as_deref().and_then(Version::parse);
        let release = version.filter(|version| row.name == ToolchainName::of(version).as_str());
        let newer = release.as_ref().and_then(|release| releases.newer_patch(release));
        row.newer_patch = newer.map(ToString::to_string);
        row.eol = release.as_ref().and_then(|release| minors.end(release));
        row.missing_patch = row.newer_patch.clone().filter(|newer| !here.contains(newer));
    }
    Some(releases.from)
}

fn print(cx: &Context, row: &Row, width: usize, chooser: Option<&Source>) {
    let mark = match (row.here, row.default) {
        (true, _) => ">",
        (false, true) => "*",
        _ => " ",
    };
    let goroot = row.goroot.as_deref().unwrap_or("?");
    let place = match row.origin {
        KeptBy::Store => None,
        KeptBy::SystemStore => Some("of this machine".to_owned()),
        KeptBy::Go => Some("fetched by Go itself".to_owned()),
        KeptBy::Sdk => Some("in ~/sdk".to_owned()),
        KeptBy::Link => Some(format!("linked to {}", linked(goroot).shown())),
        KeptBy::Path => Some(format!("on PATH, {goroot}")),
    };
    let by = chooser.filter(|_| row.here).map(|chooser| format!("here, by {chooser}"));
    let out = row.missing_patch.as_ref().map(|version| format!("{version} is out"));
    let end = row.eol.as_ref().map(|_| "end of life".to_owned());
    let remarks = [by, row.default.then(|| "default".to_owned()), place, out, end];
    let remarks: Vec<String> = remarks.into_iter().flatten().collect();
    let name = if row.here { cx.output.paint(Style::Strong, &row.name) } else { row.name.clone() };
    let padding = " ".repeat(width - row.name.len());
    let line = format!("{mark} {name}{padding}  {}", remarks.join("; "));
    cx.output.line(line.trim_end());
    if !cx.verbose {
        return;
    }
    cx.output.line(&format!("    {goroot}"));
    if let (Some(who), Some(source)) = (row.trust.map(vouched), &row.source) {
        cx.output.line(&format!("    {who}; from {source}"));
    }
    if let Some(with) = &row.built_with {
        cx.output.line(&format!("    built from source with {with}"));
    }
    if let (Some(bytes), Some(installed)) = (row.size, row.installed) {
        let (size, date) = (size(bytes), day(installed));
        cx.output.line(&format!("    {size}, installed on {date}"));
    }
}

fn linked(link: &str) -> PathBuf {
    std::fs::read_link(link).unwrap_or_else(|_| PathBuf::from(link))
}
