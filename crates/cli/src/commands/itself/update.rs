//! `goward self update`: a newer release of goward in the place of this one.

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::packaged::Packaged;
use crate::paths::Shown as _;
use crate::shim::VERSION;
use crate::values;
use clap::{Args, ValueHint};
use goward_installer::{CONFIG, Dist, ReleaseVersion, SelfUpdate, Signed, Store, canonical};
use serde::Serialize;
use std::path::PathBuf;

/// The public keys that sign releases.
const KEYS: &[&str] = include!(concat!(env!("OUT_DIR"), "/keys.rs"));
/// The target for which this program was built.
const TARGET: &str = env!("BUILT_FOR");

/// Updates goward.
#[derive(Debug, Args)]
#[command(after_help = "\
Fetches the newest release, or VERSION, and proves it: minisign's signature of SHA256SUMS by a key that is built into
this goward, the version that the signature names, the archive's SHA-256. Then the new goward has to start and to read
the store, before it takes the place of this one, shims first. It stays where it is if anything is wrong. The newest
release is never older than this one; an older one has to be named. The last pair stays in the store, for
--rollback. A goward that a package manager looks after is not changed. GOWARD_DIST_URL, or dist-url in config.toml,
names a company's copy of the releases.

Examples:
  goward self update --check          is there a newer one?
  goward self update                  the newest
  goward self update 0.2.0            this one, newer or older
  goward self update --dry-run
  goward self update --rollback       the one before the last update
  goward self update --from ~/goward-0.2.0    fetched before, with SHA256SUMS and its signature

Exit codes: 0 done, or there is nothing newer; 1 a package manager looks after this goward, this program is not the
store's, or it has no key; 3 no such release; 4 network; 5 a file is not what was released; 6 the store.")]
pub(crate) struct Update {
    /// The version [default: the newest]
    #[arg(value_parser = values::OF_GOWARD, conflicts_with = "rollback")]
    version: Option<ReleaseVersion>,
    /// Say which version is the newest, and change nothing
    #[arg(long, conflicts_with_all = ["dry_run", "rollback"])]
    check: bool,
    /// Find and prove the release, and change nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Put the goward before the last update back in place
    #[arg(long, conflicts_with_all = ["from", "dry_run"])]
    rollback: bool,
    /// A directory with the files of one release, in place of the network
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    from: Option<PathBuf>,
    /// Print JSON (its fields: see the page JSON of the book)
    #[arg(long)]
    json: bool,
}

/// The answer to programs.
#[derive(Serialize)]
struct Answer<'a> {
    /// The version of this program.
    current: &'a str,
    /// The version that was found, or put back in place.
    version: String,
    /// The day of the newest release.
    released: Option<&'a str>,
    /// Whether the found one is newer than this program.
    newer: bool,
    /// Whether it is in place now.
    done: bool,
    /// The command of the package manager that looks after this program.
    packaged: Option<String>,
}

impl Update {
    pub(super) fn run(self, cx: &Context) -> Result<()> {
        let store = cx.store()?;
        let packaged = Packaged::here();
        if !self.check && !self.dry_run {
            may_change(&store, packaged.as_ref())?;
        }
        if self.rollback {
            let version = cx.watched(|watch| store.roll_back(watch))?;
            cx.output.note(&format!("goward {version} is back in place of goward {VERSION}"));
            return self.answer(cx, (&version, None), true, None);
        }
        if KEYS.is_empty() {
            return Err(no_key());
        }
        let here = cx.survey()?;
        let settings = cx.settings(&here, &store)?;
        let dist = self.dist(cx, &store)?;
        cx.watched(|watch| {
            let (store, settings, progress) = (&store, &settings, watch);
            let update =
                SelfUpdate { store, settings, progress, dist: &dist, keys: KEYS, target: TARGET };
            let found = update.find(self.version.as_ref())?;
            let done = self.proceed(cx, &update, &found)?;
            let command = packaged.as_ref().map(|packaged| packaged.command.clone());
            self.answer(cx, (found.version(), found.released()), done, command)?;
            if let Some(packaged) = packaged.filter(|_| is_newer(found.version())) {
                cx.output.note(&packaged.hint());
            }
            Ok(())
        })
    }

    /// Updates, unless there is nothing to do or the user only asks. Returns whether it did.
    fn proceed(&self, cx: &Context, update: &SelfUpdate<'_>, found: &Signed) -> Result<bool> {
        let version = found.version();
        let day = found.released().map(|day| format!(", released on {day}")).unwrap_or_default();
        if self.check {
            let newest = if self.version.is_some() { "goward" } else { "the newest is goward" };
            self.line(cx, &format!("this is goward {VERSION}; {newest} {version}{day}"));
            return Ok(false);
        }
        if self.version.is_none() && !is_newer(version) {
            let known = if version.to_string() == VERSION { "" } else { " there" };
            cx.output.note(&format!(
                "goward {VERSION} is here; the newest{known} is goward {version}{day}"
            ));
            return Ok(false);
        }
        if self.dry_run {
            self.line(cx, &format!("would put goward {version}{day} in place of goward {VERSION}"));
            return Ok(false);
        }
        update.install(found)?;
        cx.output.note(&format!("goward {version} is in place of goward {VERSION}"));
        Ok(true)
    }

    fn line(&self, cx: &Context, text: &str) {
        if !self.json {
            cx.output.line(text);
        }
    }

    fn answer(
        &self,
        cx: &Context,
        (version, released): (&ReleaseVersion, Option<&str>),
        done: bool,
        packaged: Option<String>,
    ) -> Result<()> {
        if !self.json {
            return Ok(());
        }
        let newer = is_newer(version);
        let version = version.to_string();
        cx.output.object(&Answer { current: VERSION, version, released, newer, done, packaged })
    }

    /// The place of releases: the directory that was typed, else by the environment and config.toml. A
    /// `.goenv` has no say.
    fn dist(&self, cx: &Context, store: &Store) -> Result<Dist> {
        if let Some(directory) = &self.from {
            let real = canonical(directory);
            let real = real.map_err(|error| Failure::io("read", directory, &error))?;
            return Ok(Dist::directory(&real)?);
        }
        let config = cx.config(&store.root().join(CONFIG))?;
        let below = cx.policy()?.map(|owner| &owner.config);
        config.dist(below, cx.text("GOWARD_DIST_URL").as_deref())
    }
}

fn is_newer(version: &ReleaseVersion) -> bool {
    ReleaseVersion::parse(VERSION).is_some_and(|ours| *version > ours)
}

/// Fails unless this program is the store's own manager, and no package manager's.
fn may_change(store: &Store, packaged: Option<&Packaged>) -> Result<()> {
    let real = |path: PathBuf| canonical(path).ok();
    let here = std::env::current_exe().ok().and_then(real);
    if let Some(packaged) = packaged {
        let message = "this goward is a package's, so it does not change itself";
        return Err(Failure::new(Exit::Failure, message).hint(packaged.hint()));
    }
    let manager = store.manager_file();
    let is_link = manager.is_symlink();
    if is_link || here.is_none() || here != real(manager.clone()) {
        let message =
            format!("this program is not {}, so it does not replace that", manager.shown());
        return Err(Failure::new(Exit::Failure, message)
            .hint("run the goward that `goward setup` has put there")
            .hint("or put this one there: goward setup"));
    }
    Ok(store.check()?)
}

fn no_key() -> Failure {
    let message = "this build of goward has no key that signs releases, so it can prove none";
    Failure::new(Exit::Failure, message)
        .hint("take a goward of a release archive, or build a newer one from its source")
}
