//! Offers: the place where a mirror has the archive of a release, and the authority for it.

use crate::assurance::{Assurance, Expected, Size};
use crate::authority::Authority;
use crate::database::{Module, Vouched};
use crate::digests::{self, Digest};
use crate::error::{Error, ErrorKind, Result, reject};
use crate::fetch::client::Client;
use crate::fetch::patience::Patience;
use crate::fetch::url::redact;
use crate::installer::Installer;
use crate::mirror::Mirror;
use crate::mirror::index::Index;
use crate::mirror::release::Release;
use crate::query::Artifact;
use crate::store::replace;
use std::cell::Cell;
use std::error::Error as _;

/// The most bytes that a file with a digest may have.
const MAX_DIGESTS: u64 = 64 << 10;

/// The place of an archive, and the authority for it.
pub(crate) struct Offer {
    pub(crate) url: String,
    pub(crate) file_name: String,
    pub(crate) authority: Authority,
    /// The archive is a file on this machine; do not keep a copy.
    pub(crate) cached: bool,
}

impl Offer {
    /// The size of the archive, if it is known.
    pub(crate) fn size(&self) -> Option<Size> {
        let expected = self.authority.expected()?;
        Some(Size { bytes: expected.size?, says: expected.assurance })
    }

    /// Adds to a wrong digest how the mirror's own digest could count instead.
    pub(crate) fn explain(&self, error: Error) -> Error {
        let others =
            matches!(self.authority.assurance(), Assurance::Table | Assurance::OfficialIndex);
        let wrong = error.kind() == ErrorKind::Verification;
        error.hint_if(others && wrong, OTHER_ARCHIVE)
    }
}

/// The remedy where a mirror has another archive than go.dev.
pub(crate) const OTHER_ARCHIVE: &str = "if this mirror packs archives anew, and you trust it, let its own digests count: \
     GOWARD_MIRROR_DIGESTS=own beside GOWARD_MIRROR, or mirror-digests = \"own\" beside mirrors in \
     config.toml (those of --from never count); else do not use it until you know why";

/// Searches the mirrors for the archive of one release.
pub(crate) struct Offers<'a> {
    installer: Installer<'a>,
    release: &'a Release,
    client: &'a Client<'a>,
    /// The time that is left for all their indexes.
    patience: Patience,
    /// Whether the checksum database did not answer: it is not asked again at each mirror.
    silent: Cell<bool>,
}

impl<'a> Offers<'a> {
    pub(crate) fn new(
        installer: Installer<'a>,
        release: &'a Release,
        client: &'a Client<'a>,
    ) -> Offers<'a> {
        let (patience, silent) = (client.patience(), Cell::new(false));
        Offers { installer, release, client, patience, silent }
    }

    /// The offer of `mirror`, one of `among` mirrors that have not been tried.
    pub(crate) fn at(&self, mirror: &Mirror, among: usize) -> Result<Offer> {
        let release = self.release;
        let (file_name, authority) = if mirror.has_own_digests() {
            let (file_name, expected) = self.own_digest(mirror, among)?;
            (file_name, Authority::Digest(expected))
        } else if mirror.is_proxy() {
            (mirror.file_name(release), self.module_hash()?)
        } else {
            (mirror.file_name(release), self.independent(among)?)
        };
        let way_out = format!("if you want it, run: goward install {}", release.version());
        authority.at_least(self.installer.settings, release.name.as_str(), Some(way_out))?;
        let url = mirror.archive_url(release, &file_name)?;
        Ok(Offer { url, file_name, authority, cached: false })
    }

    fn index(&self, mirror: &Mirror, among: usize) -> Result<Index> {
        let ask = |by| self.installer.index_of(mirror, self.client, false, by);
        self.patience.ask(among, ask)
    }

    /// The mirror's own digest: from its index, else from the file beside the archive.
    fn own_digest(&self, mirror: &Mirror, among: usize) -> Result<(String, Expected)> {
        let release = self.release;
        let (file_name, unindexed) = match self.index(mirror, among) {
            Ok(index) => {
                let Some(archive) = index.archive_of(release) else {
                    let (name, platform) = (&release.name, &release.platform);
                    let base = redact(mirror.base());
                    let message = format!("the index of {base} has no {name} for {platform}");
                    return Err(Error::not_found(message));
                };
                if let Some(digest) = archive.digest {
                    let expected =
                        Expected { digest, size: archive.size, assurance: Assurance::Mirror };
                    return Ok((archive.file_name.clone(), expected));
                }
                (archive.file_name.clone(), None)
            }
            Err(error) if error.is_absence() => (mirror.file_name(release), Some(error)),
            Err(error) => return Err(error),
        };
        let digest = self.digest_beside(mirror, &file_name, among).map_err(|error| {
            // The error of the index says more.
            match unindexed {
                Some(cause) if error.source().is_none() && !mirror.is_template() => {
                    error.because(cause)
                }
                _ => error,
            }
        })?;
        Ok((file_name, Expected { digest, size: None, assurance: Assurance::Mirror }))
    }

    /// The digest in the mirror's file `ARCHIVE.sha256`.
    fn digest_beside(&self, mirror: &Mirror, file_name: &str, among: usize) -> Result<Digest> {
        let url = format!("{}.sha256", mirror.archive_url(self.release, file_name)?);
        let read = self.patience.ask(among, |by| self.client.read(&url, None, MAX_DIGESTS, by));
        let text = match read {
            Ok((text, _)) => text.unwrap_or_default(),
            Err(error) if error.is_outage() => return Err(error),
            Err(_) => {
                let base = redact(mirror.base());
                // A template cannot have an index.
                let (lacks, or_index) = if mirror.is_template() {
                    (format!("there is no {}", redact(&url)), "")
                } else {
                    let lacks = "it has neither an index with its SHA-256 nor";
                    (format!("{lacks} {file_name}.sha256"), ", or an index.json")
                };
                return Err(reject(format!(
                    "{base} speaks for itself and does not say what {file_name} must be: {lacks}"
                ))
                .hint(format!("put that file beside the archive, as sha256sum writes it{or_index}"))
                .hint(
                    "or let others vouch: leave out GOWARD_MIRROR_DIGESTS=own, or mirror-digests \
                         in config.toml",
                ));
            }
        };
        digests::first_of(&text)
            .ok_or_else(|| reject(format!("{} does not begin with a SHA-256", redact(&url))))
    }

    /// The compiled-in table, else a checksum database, else go.dev's own index.
    fn independent(&self, among: usize) -> Result<Authority> {
        if let Some(known) = digests::lookup(&self.release.file_name) {
            return Ok(Authority::Digest(known));
        }
        match self.database()? {
            Some(authority) => Ok(authority),
            None => self.official_digest(among).map(Authority::Digest),
        }
    }

    /// The checksum database. `None`, with a note, if it cannot answer; an answer that cannot be
    /// trusted is an error.
    fn database(&self) -> Result<Option<Authority>> {
        let module = Module::of(&self.release.name, &self.release.platform);
        let Some(module) =
            module.filter(|m| m.matches_archive() && self.release.artifact == Artifact::Binary)
        else {
            return Ok(None);
        };
        match self.look_up(&module) {
            Ok(vouched) => Ok(vouched.map(|vouched| Authority::Database(Box::new(vouched)))),
            // The user asked for T1, so do not fall back to T2.
            Err(error)
                if self.installer.settings.least_assurance()
                    == Some(Assurance::ChecksumDatabase) =>
            {
                let hint = "--verify=t2 is content with the digest that go.dev's own index gives";
                let may_lower = self.installer.settings.bound.is_none();
                Err(self.unasked(error).hint_if(may_lower, hint))
            }
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Network) => {
                self.installer.progress.note(&format!("{error}; asking go.dev's index instead"));
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn official_digest(&self, among: usize) -> Result<Expected> {
        let release = self.release;
        let refuse = |why: &str| {
            let name = &release.file_name;
            let database = "Go's checksum database did not answer: go env -w \
                            GOSUMDB=sum.golang.google.cn names a server of it that more networks reach";
            reject(format!("nothing vouches for {name}: {why}"))
                .hint_if(self.silent.get(), database)
                .hint(
                    "if the mirror is your own, its digests can stand for themselves: name it in \
                 GOWARD_MIRROR and set GOWARD_MIRROR_DIGESTS=own (those of --from never count)",
                )
        };
        let digest = match release.official {
            Some(digest) => digest,
            None => {
                let index = self.index(&Mirror::official(), among).map_err(|error| {
                    refuse("it is not in the compiled-in table, and go.dev's index cannot be had")
                        .because(error)
                })?;
                let digest = index.archive_of(release).and_then(|archive| archive.digest);
                digest.ok_or_else(|| refuse("go.dev's index has no digest of it"))?
            }
        };
        Ok(Expected { digest, size: None, assurance: Assurance::OfficialIndex })
    }

    /// For a zip of a module proxy: the checksum database or, if the user accepts that, no witness.
    fn module_hash(&self) -> Result<Authority> {
        if self.installer.settings.least_assurance() == Some(Assurance::User) {
            return Ok(Authority::User);
        }
        let module = Module::of(&self.release.name, &self.release.platform);
        let module = module.filter(|_| self.release.artifact == Artifact::Binary);
        let vouched = module.map_or(Ok(None), |module| self.look_up(&module));
        let vouched = vouched.map_err(|error| self.unasked(error))?.ok_or_else(|| {
            let name = &self.release.file_name;
            reject(format!("no checksum database can vouch for {name} of a module proxy"))
        })?;
        Ok(Authority::Module(Box::new(vouched)))
    }

    /// Asks the checksum database, unless it was out of reach a moment ago.
    fn look_up(&self, module: &Module) -> Result<Option<Vouched>> {
        if self.silent.get() {
            return Err(Error::network("the checksum database could not be reached a moment ago"));
        }
        self.installer
            .look_up(module)
            .inspect_err(|error| self.silent.set(error.kind() == ErrorKind::Network))
    }

    /// Adds to a network error what the database was needed for.
    fn unasked(&self, error: Error) -> Error {
        if error.kind() != ErrorKind::Network {
            return error;
        }
        let (name, platform) = (&self.release.name, &self.release.platform);
        let message = format!(
            "the checksum database, which is to vouch for {name} on {platform}, cannot be reached"
        );
        Error::network(message).because(error).hint(
            "name a server of the database that can be reached in GOSUMDB (\"NAME URL\"), or a \
             proxy that passes on to it in GOPROXY",
        )
    }

    /// The same archive in the store's cache. It is hashed again as any other.
    pub(crate) fn cached(&self, source: &Offer) -> Option<Offer> {
        let path = self.installer.store.archives_dir().join(&source.file_name);
        let url = format!("file://{}", path.to_str()?.replace('%', "%25"));
        path.is_file().then(|| Offer {
            url,
            file_name: source.file_name.clone(),
            authority: match source.authority.clone() {
                Authority::Digest(expected) => {
                    Authority::Digest(Expected { size: None, ..expected })
                }
                database => database,
            },
            cached: true,
        })
    }

    pub(crate) fn forget_cached(&self, source: &Offer, error: &Error) -> Result<()> {
        self.installer.progress.note(&format!("{error}; it is removed from the cache"));
        replace::remove(&self.installer.store.archives_dir().join(&source.file_name))
    }
}
