//! The answer of the checksum database about one toolchain, and the comparison of a tree or a zip
//! with it.

use super::kept::Kept;
use super::module::Module;
use super::server::Server;
use crate::error::{Error, ErrorKind, Result, reject};
use crate::installer::Installer;
use crate::platform::Platform;
use crate::progress::Progress;
use crate::shown::Shown as _;
use goward_resolver::{ToolchainName, quoted};
use goward_sumdb::{Client, Error as Unproven, H1, Ops, Proven, Unsummed};
use std::path::Path;

/// The record that a checksum database has of a toolchain, proven to be in its log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vouched {
    module: Module,
    database: String,
    proven: Proven,
}

impl Vouched {
    /// The module of the record.
    pub fn module(&self) -> &Module {
        &self.module
    }

    /// The hash that its zip must have.
    pub fn h1(&self) -> H1 {
        self.proven.h1()
    }

    /// The database's name.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// The number of the record in the log, and the number of records in the log.
    pub fn record(&self) -> (u64, u64) {
        self.proven.record()
    }

    /// Compares a tree with the record: one that an ordinary archive unpacked to, or an installed
    /// one. `origin` names its origin in the error.
    pub fn check_tree(&self, tree: &Path, origin: &str) -> Result<()> {
        if !self.module.matches_archive() {
            return Err(reject(format!(
                "{} cannot say what {origin} must be: before Go 1.21 the module {} was not made \
                 from the archive",
                self.database, self.module
            )));
        }
        let h1 = self.module.h1_of(tree).map_err(|error| match error.kind() {
            ErrorKind::Verification => {
                reject(format!("{origin} is no tree of Go's")).because(error)
            }
            _ => error,
        })?;
        self.compare(h1, origin)
    }

    /// Compares the hash of a zip or a tree from `origin`.
    pub fn compare(&self, h1: H1, origin: &str) -> Result<()> {
        let (database, module, said) = (&self.database, &self.module, self.h1());
        if h1 == said {
            return Ok(());
        }
        Err(reject(format!("{origin} has the hash {h1}, but {database} says {said} of {module}"))
            .hint("try another mirror, or find out who changed the files"))
    }
}

impl Installer<'_> {
    /// The record of the checksum database about the release `name` for `platform`. `None` if the
    /// settings name no database, or if it cannot know the archive: toolchains of the user's own,
    /// and those before Go 1.21.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if the database has no such module, [`ErrorKind::Verification`] if
    /// anything about the answer is not proven, and the usual ones if the database cannot be asked
    /// or the store cannot be used.
    pub fn vouch(&self, name: &ToolchainName, platform: &Platform) -> Result<Option<Vouched>> {
        let module = Module::of(name, platform).filter(Module::matches_archive);
        module.map_or(Ok(None), |module| self.look_up(&module))
    }

    /// As [`Installer::vouch`], for any module.
    pub(crate) fn look_up(&self, module: &Module) -> Result<Option<Vouched>> {
        let Installer { store, settings, progress } = *self;
        let Some(access) = &settings.checksum_database else { return Ok(None) };
        let kept = Kept::new(store, &access.database);
        kept.prepare()?;
        let server = Server::new(&settings.policy(), access, progress);
        let asking = Asking { server, kept, progress };
        let client = Client::new(access.database.key(), &asking);
        let proven = client.lookup(module.path(), &module.version());
        let proven = proven.map_err(|error| asking.explain(error))?;
        let database = access.database.name().to_owned();
        Ok(Some(Vouched { module: module.clone(), database, proven }))
    }
}

/// One lookup, as [`Client`] sees it.
struct Asking<'a> {
    server: Server<'a>,
    kept: Kept<'a>,
    progress: &'a dyn Progress,
}

impl Ops for Asking<'_> {
    fn read_remote(&self, path: &str, limit: u64) -> std::result::Result<Vec<u8>, Unproven> {
        self.server.get(path, limit).map_err(|error| {
            match (path.strip_prefix("lookup/"), error.kind()) {
                (Some(module), ErrorKind::NotFound) => {
                    let message = format!("{} does not know {module}", self.server.describe());
                    failed(Error::not_found(message).because(error))
                }
                (None, ErrorKind::Verification) => Unproven::Untrusted(error.into()),
                _ => failed(error),
            }
        })
    }

    fn read_cache(&self, path: &str) -> Option<Vec<u8>> {
        self.kept.read(path)
    }

    fn write_cache(&self, path: &str, bytes: &[u8]) {
        self.kept.write(path, bytes);
    }

    fn drop_cache(&self, path: &str) {
        self.kept.forget(path);
    }

    fn latest(&self) -> std::result::Result<Option<Vec<u8>>, Unproven> {
        self.kept.latest().map_err(failed)
    }

    fn set_latest(&self, old: Option<&[u8]>, new: &[u8]) -> std::result::Result<bool, Unproven> {
        self.kept.set_latest(old, new, self.progress).map_err(failed)
    }
}

fn failed(error: Error) -> Unproven {
    Unproven::Failed(error.into())
}

impl Asking<'_> {
    /// Names the server or the file whose content is not trusted.
    fn explain(&self, error: Unproven) -> Error {
        match error {
            Unproven::Failed(why) => ours(why),
            Unproven::Damaged(why) => {
                let file = self.kept.latest_file();
                reject(format!("the tree head kept in {} is damaged", file.shown()))
                    .because(ours(why))
                    .hint(format!("if you know why, remove it and start anew: {}", file.shown()))
            }
            Unproven::Untrusted(why) => {
                reject(format!("{} gave what cannot be trusted", self.server.describe()))
                    .because(ours(why))
                    .hint("nothing was taken from it; try again by another network or proxy")
            }
            Unproven::Fork(fork) => {
                let server = self.server.describe();
                let error = reject(format!("SECURITY: {server} shows {fork}"));
                let error = match self.kept.keep_evidence(&fork.evidence(&server)) {
                    Ok(path) => error.hint(format!("the evidence is kept in {}", path.shown())),
                    Err(failed) => error.because(failed),
                };
                error.hint(
                    "a server may be showing you other releases than it shows to others: install \
                     nothing, and show the evidence to those who run the database",
                )
            }
        }
    }
}

/// The error of this program inside `why`, or one that says why something is not proven.
fn ours(why: Box<dyn std::error::Error + Send + Sync>) -> Error {
    why.downcast().map_or_else(|why| reject(why.to_string()), |ours| *ours)
}

impl From<Unsummed> for Error {
    fn from(why: Unsummed) -> Error {
        match why {
            Unsummed::Twice(name) => {
                reject(format!("there are two files {}", quoted(name.as_bytes())))
            }
            Unsummed::LineBreak(name) => {
                reject(format!("the name {} has a line break", quoted(name.as_bytes())))
            }
            Unsummed::Damaged(name, error) => {
                reject(format!("{} is damaged", quoted(name.as_bytes()))).because(error)
            }
            Unsummed::Zip(why, None) => reject(why),
            Unsummed::Zip(why, Some(cause)) => reject(why).because(cause),
        }
    }
}
