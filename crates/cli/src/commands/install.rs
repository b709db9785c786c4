//! `goward install`: toolchains by version, by archive or tree, from their sources, or what this
//! directory asks for.

mod local;
mod source;
mod vouch;

use crate::commands::{current, default};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::obtain::{self, Obtained};
use crate::policy;
use crate::watch::Watch;
use clap::Args;
use goward_installer::{Digest, ErrorKind, Installer, Local, Mirror, Settings, Store, Trust, Want};
use goward_resolver::{
    Minimum, Plan, Policy, Selector, Source, ToolchainName, Version, Want as Wish, system_program,
};

/// Installs toolchains.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  goward install            what this directory asks for
  goward install latest
  goward install 1.22 1.21.13
  goward install '>=1.21,<1.23' --dry-run
  goward install --from proxy 1.23.2              as a module, by GOPROXY
  goward install --from 'https://x.example/{version}/{file}' 1.23.2
  goward install ./go1.22.10.linux-amd64.tar.gz   an archive that lies here
  goward install --source 1.22.10                 built from its sources
  goward install --source ~/src/go --name mine    a checkout, then: go +mine version")]
pub(crate) struct Install {
    /// Which, or paths of archives (.tar.gz, .tar.xz, .zip) and Go trees; by default what this
    /// directory asks for
    #[arg(value_name = "VERSION")]
    versions: Vec<String>,
    /// From where: `proxy` for the module proxies of GOPROXY, or URLs as in GOWARD_MIRROR: of
    /// directories, or with {version}, {file}, {os}, {arch} in their paths
    #[arg(long, value_name = "SOURCE")]
    from: Option<String>,
    /// Build it from its sources; VERSION may be the directory of a checkout
    #[arg(long)]
    source: bool,
    /// The name of a built checkout, or of the toolchain in an archive whose name does not say it
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The SHA-256 that the archive must have
    #[arg(long, value_name = "HEX", value_parser = vouch::digest)]
    sha256: Option<Digest>,
    /// Who must vouch at least: t0, t1, t2, t3; `none` takes local files and zips of module
    /// proxies as they are
    #[arg(long, value_name = "LEVEL", value_parser = vouch::level)]
    verify: Option<Trust>,
    /// Ask the mirrors for their releases even if their last word is minutes old
    #[arg(long)]
    refresh: bool,
    /// Keep the archives too, in the store's cache/archives, where later installs find them
    #[arg(long)]
    keep_archives: bool,
    /// Say what would be installed, and install nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
}

/// One thing to install.
struct Order {
    selector: Selector,
    at_least: Option<Version>,
    wanted_by: Option<String>,
    /// Whether a stranger's file asks for it.
    foreign: bool,
}

impl Install {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        (cx.refresh, cx.keep_archives) = (self.refresh, self.keep_archives);
        if self.source {
            return source::run(&self, cx);
        }
        if self.versions.iter().any(|text| Local::is_path(text)) {
            return local::run(&self, cx);
        }
        if self.name.is_some() || self.sha256.is_some() {
            let message = "--name and --sha256 are about archives that lie here";
            return Err(Failure::new(Exit::Usage, message).hint("give the path of one"));
        }
        let orders = match self.versions.is_empty() {
            true => what_this_directory_wants(cx)?.into_iter().collect(),
            false => typed(cx, &self.versions)?,
        };
        let store = cx.store()?;
        // A stranger chooses among releases with known digests, and no default.
        let foreign = orders.iter().any(|order| order.foreign);
        let least = foreign.then_some(Trust::ChecksumDatabase);
        let settings = self.settings(cx, &store, least)?;
        let mut first = None;
        for order in &orders {
            let mut want = Want::new(&order.selector);
            want.at_least = order.at_least.clone();
            // A file's wish is met as the shim would meet it.
            want.or_older = order.wanted_by.is_some();
            if self.dry_run {
                announce(cx, &store, &settings, &want)?;
                continue;
            }
            let obtained = match &order.selector {
                Selector::System | Selector::Linked(_) => return Err(no_release(&order.selector)),
                _ => {
                    let watch = Watch::new(&cx.output, order.wanted_by.as_deref());
                    let obtained = obtain::install_with(&store, &settings, &want, &watch);
                    drop(watch);
                    obtained.map_err(|error| order.failed(cx, error))?
                }
            };
            obtain::report(cx, &obtained);
            first.get_or_insert(obtained);
        }
        match first {
            Some(obtained) if !foreign => make_default(cx, &store, &obtained),
            _ => Ok(()),
        }
    }

    /// What the flags make of the settings, with no less trust than `least`.
    fn settings(&self, cx: &Context, store: &Store, least: Option<Trust>) -> Result<Settings> {
        let mut settings = cx.settings(store)?;
        match self.from.as_deref() {
            None => {}
            Some("proxy") => {
                let go = cx.go_variables()?;
                settings.take_from_go(|key| go.get(key).cloned())?;
            }
            Some(list) => {
                let urls = list.split(',').map(str::trim);
                let mirrors = urls.map(|url| Mirror::parse(url, false));
                settings.mirrors = mirrors.collect::<std::result::Result<_, _>>()?;
                if settings.mirrors.iter().any(Mirror::is_proxy) {
                    let go = cx.go_variables()?;
                    settings.ask_go(|key| go.get(key).cloned())?;
                }
            }
        }
        // The stronger of two is the lesser.
        settings.min_trust = self.verify.into_iter().chain(least).min();
        let database = settings.min_trust == Some(Trust::ChecksumDatabase);
        if database && settings.checksum_database.is_none() {
            let go = cx.go_variables()?;
            settings.ask_go(|key| go.get(key).cloned())?;
        }
        Ok(settings)
    }
}

impl Order {
    /// A failed install, with the way out that it has.
    fn failed(&self, cx: &Context, error: goward_installer::Error) -> Failure {
        let unproven = error.kind() == ErrorKind::Verification && self.foreign;
        let failure = obtain::failed(cx, error);
        match (unproven, self.selector.exact(), &self.wanted_by) {
            (true, Some(version), Some(wanted_by)) => failure.hint(format!(
                "{wanted_by} is another user's; if you want it all the same: goward install {version}"
            )),
            _ => failure,
        }
    }
}

fn typed(cx: &Context, versions: &[String]) -> Result<Vec<Order>> {
    let order = |text: &String| {
        let selector = obtain::typed(cx, text)?;
        Ok(Order { selector, at_least: None, wanted_by: None, foreign: false })
    };
    versions.iter().map(order).collect()
}

fn no_release(selector: &Selector) -> Failure {
    let message = format!("{selector} is not a release that can be installed");
    let failure = Failure::new(Exit::Usage, message);
    match selector {
        Selector::Linked(name) => {
            failure.hint(format!("link a Go tree with: goward link {name} GOROOT"))
        }
        _ => failure,
    }
}

/// What `go` would miss here; `None`, with a note, where it misses nothing.
fn what_this_directory_wants(cx: &mut Context) -> Result<Option<Order>> {
    // What is wrong with them is this command's to say, not the shim's.
    cx.settings(&cx.store()?)?;
    // This command installs on demand; what may happen without being asked does not bind it.
    let asked_for = Policy { may_install: true, ..Policy::default() };
    let plan = cx.survey_by(&[b"go", b"build"], asked_for)?.plan()?;
    if let Some(install) = &plan.install {
        let order = Order {
            selector: install.selector.clone(),
            at_least: install.at_least.clone(),
            wanted_by: Some(install.source.to_string()),
            foreign: install.foreign,
        };
        return judged(cx, order, &install.source, install.is_floor).map(Some);
    }
    if let Some(order) = unmet(&plan) {
        let is_floor = matches!(plan.selection.want, Wish::Floor { .. });
        return judged(cx, order, &plan.selection.source, is_floor).map(Some);
    }
    let launch = plan.launch.clone().map_err(|error| {
        let failure = Failure::from(error);
        match plan.selection.want {
            Wish::Base => failure.hint("say which version: goward install latest"),
            _ => failure,
        }
    })?;
    let name = current::toolchain(cx, &plan);
    let name = name.unwrap_or_else(|| crate::paths::shown(&launch.program));
    cx.output.note(&match &plan.selection.want {
        Wish::Floor { floor, .. } if plan.source != floor.source => {
            format!("{name} is there already, and meets {}, which asks for {floor}", floor.source)
        }
        _ => format!("{name} is there already, wanted by {}", plan.source),
    });
    Ok(None)
}

/// What may be installed of what a repository's file asks for.
fn judged(cx: &Context, order: Order, source: &Source, is_floor: bool) -> Result<Order> {
    if !Minimum::judges(source) {
        return Ok(order);
    }
    let Order { selector, at_least, foreign, .. } = order;
    let wish = policy::Wish { selector, at_least, is_floor, wanted_by: source.to_string() };
    let policy::Wish { selector, at_least, wanted_by, .. } = wish.judged(cx, &cx.store()?)?;
    Ok(Order { selector, at_least, wanted_by: Some(wanted_by), foreign })
}

/// A selection that `GOTOOLCHAIN` keeps `go` from installing.
fn unmet(plan: &Plan) -> Option<Order> {
    let foreign = plan.selection.foreign;
    let wanted_by = Some(plan.selection.source.to_string());
    match &plan.selection.want {
        Wish::Pin(selector @ (Selector::System | Selector::Linked(_))) => {
            tracing::debug!(%selector, "nothing to install");
            None
        }
        Wish::Pin(selector) if plan.target.is_none() => {
            Some(Order { selector: selector.clone(), at_least: None, wanted_by, foreign })
        }
        Wish::Name(name) if plan.target.is_none() && !name.is_custom() => {
            let selector = Selector::Exact(name.version().clone());
            Some(Order { selector, at_least: None, wanted_by, foreign })
        }
        // What meets it from a level below has been weighed.
        Wish::Floor { floor, .. } if plan.is_unmet() => {
            let (selector, at_least) = (floor.selector(), Some(floor.version.clone()));
            Some(Order { selector, at_least, wanted_by, foreign })
        }
        _ => None,
    }
}

fn announce(cx: &Context, store: &Store, settings: &Settings, want: &Want<'_>) -> Result<()> {
    let exact = want
        .selector
        .exact()
        .filter(|version| want.at_least.as_ref().is_none_or(|least| *version >= least));
    let there = |name: &String| store.toolchain(name).is_some();
    if let Some(name) = exact.map(|exact| ToolchainName::of(exact).to_string()).filter(there) {
        cx.output.line(&format!("{name} is installed already"));
        return Ok(());
    }
    let watch = Watch::new(&cx.output, None);
    let release = Installer { store, settings, progress: &watch }.find(want)?;
    drop(watch);
    let name = release.store_name();
    cx.output.line(&match there(&name) {
        true => format!("{name} is installed already"),
        false => format!("would install {name}"),
    });
    Ok(())
}

/// Where nothing selects and no Go is on PATH, the first toolchain becomes the default: else
/// `go version` would not run after an install. One that was there already does, too: whatever
/// installed it may have been killed before this. Otherwise one line says how to.
fn make_default(cx: &Context, store: &Store, obtained: &Obtained) -> Result<()> {
    let Some(version) = &obtained.version else { return Ok(()) };
    let here = cx.survey()?;
    // A default that cannot be read is one that the user set.
    let has_default = !matches!(here.default_pin(), Ok(None));
    if !has_default && system_program(here.chain.env(), "go").is_none() {
        store.set_default_selector(Some(version.as_str()))?;
        cx.output.note(&format!("{} is the default now", obtained.name));
    } else if obtained.new {
        let command = default::command(&here, version.as_str());
        cx.output.note(&format!("to make it the default, run: {command}"));
    }
    Ok(())
}
