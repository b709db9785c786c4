//! `goward install`: toolchains by version, by archive or tree, from their sources, or the one that
//! this directory asks for.

mod demand;
pub(super) mod first;
mod here;
mod local;
mod source;

use crate::commands::set_default::make_first;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::system_root;
use crate::toolchain;
use crate::values;
use crate::workshop::Workshop;
use clap::Args;
use goward_installer::{Assurance, Digest, Local, Query};
use goward_resolver::Selector;

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
  goward install ./go1.22.10.linux-amd64.tar.gz   a local archive
  goward install --source 1.22.10                 built from its sources
  goward install --system 1.22.10                 for all users, as root
  goward install --source ~/src/go --name mine    a checkout, then: go +mine version")]
pub(crate) struct Install {
    /// Versions, or paths of archives (.tar.gz, .tar.xz, .zip) and Go trees [default: what this
    /// directory asks for]
    #[arg(value_name = "VERSION")]
    versions: Vec<String>,
    /// The source: `proxy` for the module proxies of GOPROXY, or URLs as in GOWARD_MIRROR: of
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
    #[arg(long, value_name = "HEX", value_parser = values::digest)]
    sha256: Option<Digest>,
    /// Who must confirm the checksum, at least: t0 (built into goward), t1 (Go's checksum database),
    /// t2 (go.dev), t3 (the mirror); `none` takes local files and zips of module proxies unchecked
    #[arg(long, value_name = "LEVEL", value_parser = values::level)]
    verify: Option<Assurance>,
    /// Ask the mirrors for their releases even if the cached index is fresh
    #[arg(long)]
    refresh: bool,
    /// Keep the archives too, in the store's cache/archives, where later installs find them
    #[arg(long)]
    keep_archives: bool,
    /// Install for all users, into the system's root, as root or as the owner of that directory
    #[arg(long)]
    system: bool,
    /// Say what would be installed, and install nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
}

impl Install {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        if self.system {
            system_root::enter(cx)?;
            if !self.dry_run {
                system_root::check_owner(cx)?;
            }
        }
        if self.source {
            return source::run(&self, cx);
        }
        if self.versions.iter().any(|text| text.contains("://")) {
            // The text may hold a password.
            let message = "a URL is neither a version nor a path";
            return Err(Failure::new(Exit::Usage, message)
                .hint("download the archive, then run: goward install ./FILE")
                .hint("to install from a mirror, run: goward install --from URL VERSION"));
        }
        if self.versions.iter().any(|text| Local::is_path(text)) {
            return local::run(&self, cx);
        }
        if self.name.is_some() || self.sha256.is_some() {
            let message = "--name and --sha256 are about local archives";
            return Err(Failure::new(Exit::Usage, message).hint("give the path of one"));
        }
        if self.versions.is_empty() {
            return here::run(&self, cx);
        }
        let selectors = typed(cx, &self.versions)?;
        let workshop = self.workshop(cx)?;
        let mut first = None;
        for selector in &selectors {
            if self.dry_run {
                if let Some(name) = workshop.announce(&Query::new(selector))? {
                    self.demand().of_installed(&workshop.store, &name)?;
                }
                continue;
            }
            if matches!(selector, Selector::System | Selector::Linked(_)) {
                return Err(no_release(selector));
            }
            let toolchain = workshop.install(&Query::new(selector), None)?;
            if !toolchain.new {
                self.demand().of_installed(&workshop.store, &toolchain.name)?;
            }
            first.get_or_insert(toolchain);
        }
        first.map_or(Ok(()), |first| make_first(cx, &workshop.store, &first))
    }

    /// The workshop with the mirrors and the witness that the flags name.
    fn workshop<'c>(&self, cx: &'c Context) -> Result<Workshop<'c>> {
        let mut workshop = Workshop::open(cx)?;
        workshop.settings.refresh = self.refresh;
        workshop.settings.keep_archives = self.keep_archives;
        workshop.take(self.from.as_deref(), self.verify)?;
        Ok(workshop)
    }
}

fn typed(cx: &Context, versions: &[String]) -> Result<Vec<Selector>> {
    versions.iter().map(|text| toolchain::typed(cx, text)).collect()
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
