//! `goward list`: toolchains that are here, whoever put them here, and releases that could be.

use crate::context::Context;
use crate::failure::Result;
use crate::obtain;
use crate::output::Style;
use crate::paths::{shown, shown_path, to_path};
use crate::watch::Watch;
use clap::Args;
use goward_installer::{Index, Platform, Store, Trust};
use goward_resolver::{
    Chain, Environment, Invocation, Plan, Selector, ToolchainName, Version, default_pin,
    system_program,
};
use serde::Serialize;
use std::path::PathBuf;

/// Lists.
#[derive(Debug, Args)]
#[command(after_help = "\
`>` marks what `go` runs in this directory, `*` the default.

Examples:
  goward list
  goward list -v               with paths, and who vouched for each
  goward list --remote 1.22    the releases of Go 1.22
  goward list --json")]
pub(crate) struct List {
    /// List the releases that can be installed; with SELECTOR those that it takes
    #[arg(short, long, visible_alias = "available", value_name = "SELECTOR", num_args = 0..=1)]
    remote: Option<Option<String>>,
    /// With --remote: ask the mirrors even if their last word is minutes old
    #[arg(long, requires = "remote")]
    refresh: bool,
    /// Print JSON: an array of objects. Here: name, version, goroot, origin (store, system-store,
    /// go, sdk, link, path), platform, here, default, trust, source. Remote: name, version,
    /// prerelease, installed
    #[arg(long)]
    json: bool,
}

/// A toolchain that is here.
#[derive(Clone, Debug, Serialize)]
struct Row {
    name: String,
    version: Option<String>,
    goroot: Option<String>,
    origin: Origin,
    platform: Option<String>,
    here: bool,
    default: bool,
    /// `T0` to `T3`, from the receipt.
    trust: Option<&'static str>,
    /// Where the archive came from.
    source: Option<String>,
    #[serde(skip)]
    vouched: Option<&'static str>,
}

/// Who put it here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Origin {
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

/// A release that could be here.
#[derive(Serialize)]
struct Release {
    name: String,
    version: String,
    prerelease: bool,
    installed: bool,
}

impl List {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        if let Some(selector) = &self.remote {
            cx.refresh = self.refresh;
            return self.remote(cx, selector.as_deref());
        }
        // What this directory gets may be an error; the list is no place to fail for it.
        let plan = cx.plan(&[]).ok();
        let rows = rows(cx, plan.as_ref())?;
        if self.json {
            cx.output.json(&rows);
            return Ok(());
        }
        if rows.is_empty() {
            cx.output.note("no toolchain is installed; run: goward install latest");
        }
        let width = rows.iter().map(|row| row.name.len()).max().unwrap_or_default();
        for row in &rows {
            print(cx, row, width, plan.as_ref());
        }
        Ok(())
    }

    fn remote(&self, cx: &Context, selector: Option<&str>) -> Result<()> {
        let selector = selector.map(obtain::parse).transpose()?.unwrap_or(Selector::Latest);
        let store = cx.store()?;
        let settings = cx.settings(&store)?;
        let watch = Watch::new(&cx.output, None);
        let index = Index::load(&store, &settings, &watch)?;
        drop(watch);
        let platform = Platform::host();
        let releases: Vec<Release> = index
            .entries()
            .iter()
            .filter(|entry| entry.has(&platform) && selector.matches(entry.version()))
            .map(|entry| {
                let name = ToolchainName::of(entry.version()).to_string();
                Release {
                    installed: store.toolchain(&name).is_some(),
                    version: entry.version().to_string(),
                    prerelease: entry.version().is_prerelease(),
                    name,
                }
            })
            .collect();
        if self.json {
            cx.output.json(&releases);
            return Ok(());
        }
        for release in &releases {
            let mark = if release.installed { "  installed" } else { "" };
            cx.output.line(&format!("{}{}", release.name, cx.output.paint(Style::Faint, mark)));
        }
        if releases.is_empty() {
            cx.output.note(&format!("no release matches {selector} in {}", index.source()));
        } else {
            tracing::info!(source = index.source(), "listed");
        }
        Ok(())
    }
}

fn rows(cx: &Context, plan: Option<&Plan>) -> Result<Vec<Row>> {
    let env = Environment::new(&cx.machine);
    let roots = goward_resolver::Store::locate(&env)?;
    let (chain, _) = Chain::survey(&env, Invocation::parse(&cx.machine, &[b"go"]), &roots);
    let mut rows = Vec::new();
    for (root, origin) in roots.roots().zip([Origin::Store, Origin::SystemStore]) {
        rows.extend(in_store(&Store::open(to_path(&root))?, origin)?);
    }
    for (version, goroot) in roots.all_adopted(&chain.layers()) {
        let cached = shown(&goroot).contains("golang.org");
        let origin = if cached { Origin::Go } else { Origin::Sdk };
        rows.push(row(ToolchainName::of(&version).to_string(), Some(&version), &goroot, origin));
    }
    for (name, goroot) in roots.links() {
        rows.push(row(name, None, &goroot, Origin::Link));
    }
    if let Some(program) = system_program(&env, "go") {
        let mut system = row("system".to_owned(), None, &program, Origin::Path);
        let real = std::fs::canonicalize(to_path(&program)).ok();
        system.goroot = real.and_then(|real| Some(real.parent()?.parent()?.to_owned())).map(text);
        rows.push(system);
    }
    let default = default_pin(&chain, &roots).ok().flatten();
    let default = default.and_then(|pin| obtain::present(cx, &pin.selector).ok().flatten());
    mark(&mut rows, plan, default.map(|default| default.name));
    Ok(rows)
}

fn in_store(store: &Store, origin: Origin) -> Result<Vec<Row>> {
    let toolchains = store.installed()?;
    let rows = toolchains.iter().map(|toolchain| {
        let name = toolchain.store_name();
        // A receipt that cannot be read vouches for nothing.
        let receipt = store.receipt(&name).unwrap_or_default();
        let trust = receipt.as_ref().map(|receipt| receipt.trust);
        Row {
            version: Some(toolchain.name().version().to_string()),
            goroot: Some(text(toolchain.directory().to_owned())),
            origin,
            platform: Some(toolchain.platform().to_string()),
            here: false,
            default: false,
            trust: trust.map(Trust::level),
            source: receipt.map(|receipt| receipt.source),
            vouched: trust.map(Trust::describe),
            name,
        }
    });
    Ok(rows.collect())
}

fn row(name: String, version: Option<&Version>, goroot: &[u8], origin: Origin) -> Row {
    Row {
        name,
        version: version.map(ToString::to_string),
        goroot: Some(text(to_path(goroot))),
        origin,
        platform: version.map(|_| Platform::host().to_string()),
        here: false,
        default: false,
        trust: None,
        source: None,
        vouched: None,
    }
}

fn text(path: PathBuf) -> String {
    path.to_string_lossy().into_owned()
}

/// Marks the row that runs here, and the default's.
fn mark(rows: &mut [Row], plan: Option<&Plan>, default: Option<String>) {
    let target = plan.and_then(|plan| plan.target.as_ref());
    let goroot =
        target.and_then(|target| target.goroot.as_deref()).map(|goroot| text(to_path(goroot)));
    if let Some(row) = rows.iter_mut().find(|row| goroot.is_some() && row.goroot == goroot) {
        row.here = true;
    }
    if let Some(row) = rows.iter_mut().find(|row| default.as_ref() == Some(&row.name)) {
        row.default = true;
    }
}

fn print(cx: &Context, row: &Row, width: usize, plan: Option<&Plan>) {
    let mark = match (row.here, row.default) {
        (true, _) => ">",
        (false, true) => "*",
        _ => " ",
    };
    let mut remarks = Vec::new();
    if row.here
        && let Some(plan) = plan
    {
        remarks.push(format!("here, by {}", plan.source));
    }
    if row.default {
        remarks.push("default".to_owned());
    }
    let goroot = row.goroot.as_deref().unwrap_or("?");
    match row.origin {
        Origin::Store => {}
        Origin::SystemStore => remarks.push("of this machine".to_owned()),
        Origin::Go => remarks.push("fetched by Go itself".to_owned()),
        Origin::Sdk => remarks.push("in ~/sdk".to_owned()),
        Origin::Link => remarks.push(format!("linked to {}", shown_path(&linked(goroot)))),
        Origin::Path => remarks.push(format!("on PATH, {goroot}")),
    }
    let name = if row.here { cx.output.paint(Style::Strong, &row.name) } else { row.name.clone() };
    let padding = " ".repeat(width - row.name.len());
    let line = format!("{mark} {name}{padding}  {}", remarks.join("; "));
    cx.output.line(line.trim_end());
    if cx.verbose {
        cx.output.line(&format!("    {goroot}"));
        if let (Some(level), Some(who)) = (row.trust, row.vouched) {
            let source = row.source.as_deref().unwrap_or("?");
            cx.output.line(&format!("    verified, {level}: {who}; from {source}"));
        }
    }
}

fn linked(link: &str) -> PathBuf {
    std::fs::read_link(link).unwrap_or_else(|_| PathBuf::from(link))
}
