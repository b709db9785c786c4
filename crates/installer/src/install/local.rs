//! Installing an archive or a tree from this machine.

use crate::assurance::{Assurance, Expected};
use crate::authority::Authority;
use crate::canonical::canonical;
use crate::digests::{self, Digest};
use crate::error::{Error, ErrorKind, Result, reject};
use crate::fetch::client::Client;
use crate::fetch::url::of_path;
use crate::install::attempt::Installed;
use crate::install::offer::Offer;
use crate::installer::Installer;
use crate::mirror::release::Release;
use crate::platform::Platform;
use crate::query::Artifact;
use crate::read::{if_there, read_text, version_of};
use crate::shown::Shown as _;
use crate::unpack;
use goward_resolver::ToolchainName;
use std::path::{Path, PathBuf};

/// The extensions of archives that goward can install.
const EXTENSIONS: [&str; 3] = [".tar.gz", ".tar.xz", ".zip"];
/// In bytes. After this archive's digest, the file may list others.
const MAX_DIGESTS: usize = 64 << 10;

/// An archive, or a tree: the directory that holds `bin/go`.
#[derive(Clone, Debug)]
pub struct Local {
    /// Where it is.
    pub path: PathBuf,
    /// The toolchain in it, if the archive's name does not tell.
    pub name: Option<ToolchainName>,
    /// The archive's digest, given by the user. It outranks the compiled-in table: a company's
    /// archive of go1.22.10 need not be go.dev's.
    pub digest: Option<Digest>,
    /// The remedy where no witness vouches for it, if the caller has one: how the user takes it as it is.
    pub as_it_is: Option<&'static str>,
}

impl Local {
    /// Whether `text` is a path to an archive or a tree rather than a version.
    pub fn is_path(text: &str) -> bool {
        text.contains(['/', '\\'])
            || text == "."
            || text == ".."
            || EXTENSIONS.iter().any(|extension| text.ends_with(extension))
    }
}

impl Installer<'_> {
    /// Installs an archive or a copy of a tree, if a witness vouches for it. With `min_assurance`
    /// [`Assurance::User`] in the settings the user does. The version in it must be the one that it
    /// is installed as.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if there is no such file, and as [`Installer::install`].
    pub fn install_local(&self, local: &Local) -> Result<Installed> {
        let path = canonical(&local.path).map_err(|error| {
            Error::not_found(format!("cannot find {}", local.path.shown())).because(error)
        })?;
        if path.is_dir() {
            let name = name_of_tree(local, &path)?;
            // A tree that goward cannot copy needs no witness.
            unpack::check_directory(&path)?;
            let release = Release::by_name(name, &Platform::host(), Artifact::Binary);
            let authority = self.witness(local, &release, &path)?;
            return self.attempt(&release, None, &mut None, |attempt| {
                attempt.with_directory(&path, authority)
            });
        }
        let name = path.file_name().and_then(|name| name.to_str());
        let file_name = name.unwrap_or_default().to_owned();
        let Some(stem) = EXTENSIONS.iter().find_map(|extension| file_name.strip_suffix(extension))
        else {
            return Err(Error::usage(format!(
                "{} is neither a directory nor a .tar.gz, .tar.xz or .zip archive",
                path.shown()
            )));
        };
        let release = archive_release(local, stem)?;
        let authority = self.witness(local, &release, &path)?;
        let offer = Offer { url: of_path(&path)?, file_name, authority, cached: true };
        let in_table = offer.authority.assurance() == Assurance::Table;
        let installed = self.attempt(&release, None, &mut None, |attempt| {
            let client = Client::new(&self.settings.policy(), self.progress);
            attempt.with_archive(None, &offer, &client)
        });
        installed.map_err(|error| {
            let other = in_table && error.kind() == ErrorKind::Verification;
            let hint = "if it is not meant to be go.dev's, give its own digest with --sha256";
            error.hint_if(other, hint)
        })
    }

    /// Finds the witness for the archive or the tree at `path`.
    fn witness(&self, local: &Local, release: &Release, path: &Path) -> Result<Authority> {
        let authority = if !path.is_dir() {
            self.witness_of_archive(local, release, path)?
        } else if local.digest.is_some() {
            let message = format!("{} is a directory, which has no SHA-256", path.shown());
            return Err(Error::usage(message));
        } else {
            self.witness_of_files(local, release, path)?
        };
        authority.at_least(self.settings, &path.shown(), None)?;
        Ok(authority)
    }

    /// For an archive: the user's digest, the compiled-in table, a file with the digest beside it,
    /// the checksum database, or nothing.
    fn witness_of_archive(
        &self,
        local: &Local,
        release: &Release,
        path: &Path,
    ) -> Result<Authority> {
        let file_name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let known = digests::lookup(file_name);
        let given = |digest| {
            Authority::Digest(Expected { digest, size: None, assurance: Assurance::Given })
        };
        Ok(match (local.digest, known) {
            (Some(digest), Some(known)) if known.digest == digest => Authority::Digest(known),
            (Some(digest), known) => {
                if known.is_some() {
                    let text = format!("the SHA-256 given is not that of go.dev's {file_name}");
                    self.progress.note(&text);
                }
                given(digest)
            }
            (None, Some(known)) => Authority::Digest(known),
            (None, None) => match beside(path)? {
                Some(digest) => given(digest),
                None => self.witness_of_files(local, release, path)?,
            },
        })
    }

    /// The checksum database, which knows the hash of the files, or nothing.
    fn witness_of_files(&self, local: &Local, release: &Release, path: &Path) -> Result<Authority> {
        if self.settings.least_assurance() == Some(Assurance::User) {
            return Ok(Authority::User);
        }
        let refuse = || {
            let hint = "give its digest with --sha256, or in a file of that name and .sha256";
            reject(format!("nothing vouches for {}", path.shown()))
                .hint_if(!path.is_dir() && local.as_it_is.is_some(), hint)
                .hint_if(local.as_it_is.is_some(), local.as_it_is.unwrap_or_default())
                .unvouched()
        };
        match self.vouch(&release.name, &release.platform) {
            Ok(Some(vouched)) => Ok(Authority::Database(Box::new(vouched))),
            Ok(None) => Err(refuse()),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Network) => {
                Err(refuse().because(error))
            }
            // The database contradicts itself.
            Err(error) if error.kind() == ErrorKind::Verification => Err(error.unvouched()),
            Err(error) => Err(error),
        }
    }
}

/// The name that a tree gives itself, under which it is installed.
fn name_of_tree(local: &Local, tree: &Path) -> Result<ToolchainName> {
    let path = tree.join("VERSION");
    let text = version_of(tree).map_err(|error| {
        Error::not_found(format!("{} is not a Go tree: it has no readable VERSION", tree.shown()))
            .because(error)
            .hint("build a checkout with: goward install --source DIR --name NAME")
    })?;
    let first = text.lines().next().unwrap_or_default().trim_end();
    let name =
        ToolchainName::parse(first).filter(ToolchainName::is_file_name).ok_or_else(|| {
            // Not the text: the file may be a stranger's link to a secret.
            Error::usage(format!("{} does not begin with a toolchain's name", path.shown()))
                .hint(format!("use it where it is: goward link NAME {}", tree.word("GOROOT")))
        })?;
    match &local.name {
        Some(wanted) if *wanted != name => {
            Err(reject(format!("{} calls itself {name}, not {wanted}", tree.shown())))
        }
        _ => Ok(name),
    }
}

/// `go1.22.10.linux-amd64` is a name and a platform; for any other text the user must give the
/// name.
fn archive_release(local: &Local, stem: &str) -> Result<Release> {
    let parsed = stem.rsplit_once('.').and_then(|(name, platform)| {
        let name = ToolchainName::parse(name).filter(ToolchainName::is_file_name)?;
        Some((name, Platform::parse(platform)?))
    });
    match (&local.name, parsed) {
        (None, Some((name, platform))) => Ok(Release::by_name(name, &platform, Artifact::Binary)),
        (Some(name), parsed) => {
            let platform = parsed.map_or_else(Platform::host, |(_, platform)| platform);
            Ok(Release::by_name(name.clone(), &platform, Artifact::Binary))
        }
        (None, None) => {
            Err(Error::usage(format!("the name {stem} does not say which toolchain it holds"))
                .hint("archives are called as on go.dev, such as go1.22.10.linux-amd64.tar.gz")
                .hint("say it with: --name go1.22.10"))
        }
    }
}

/// The digest in `FILE.sha256`: alone, or as `sha256sum` writes it.
fn beside(path: &Path) -> Result<Option<Digest>> {
    let mut name = path.as_os_str().to_owned();
    name.push(".sha256");
    let path = PathBuf::from(name);
    let text = if_there(read_text(&path, MAX_DIGESTS))
        .map_err(|error| reject(format!("cannot read {}", path.shown())).because(error))?;
    let Some(text) = text else { return Ok(None) };
    digests::first_of(text.as_bytes())
        .map(Some)
        .ok_or_else(|| reject(format!("{} does not begin with a SHA-256", path.shown())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn paths_are_told_from_versions() {
        for path in ["./x", "/x", "a/b", ".", "..", "go1.22.10.linux-amd64.tar.gz", "x.zip", r"a\b"]
        {
            assert!(Local::is_path(path), "{path}");
        }
        for version in ["1.22", "latest", ">=1.21,<1.23", "go1.22.10", "1.22.x", "mine"] {
            assert!(!Local::is_path(version), "{version}");
        }
    }

    #[test]
    fn names_of_archives_say_what_they_hold() {
        let local = |name: Option<&str>| Local {
            path: PathBuf::new(),
            name: name.map(|name| ToolchainName::parse(name).unwrap()),
            digest: None,
            as_it_is: None,
        };
        let release = archive_release(&local(None), "go1.22.10.plan9-arm").unwrap();
        assert_eq!(release.store_name(), "go1.22.10.plan9-arm");
        let release = archive_release(&local(None), "go1.22.10-corp.plan9-arm").unwrap();
        assert_eq!(release.name().as_str(), "go1.22.10-corp");
        let error = archive_release(&local(None), "download").unwrap_err();
        assert!(error.hints()[1].contains("--name go1.22.10"));
        let release = archive_release(&local(Some("go1.22.10")), "download").unwrap();
        assert!(release.platform().is_host());
    }

    #[test]
    fn digests_stand_beside_archives() {
        let home = tempfile::tempdir().unwrap();
        let archive = home.path().join("a.tar.gz");
        assert_eq!(beside(&archive).unwrap(), None);
        let hex = "e337ecd9c321377c0d8832690c2cb10463447c0bd0e65e2e3413dfff63a3435b";
        for text in [format!("{hex}  a.tar.gz\n"), hex.to_owned()] {
            fs::write(home.path().join("a.tar.gz.sha256"), text).unwrap();
            assert_eq!(beside(&archive).unwrap().unwrap().to_string(), hex);
        }
        fs::write(home.path().join("a.tar.gz.sha256"), "none").unwrap();
        assert!(beside(&archive).is_err());
    }

    /// A FIFO without a writer, or an endless file, must not hold the caller up.
    #[cfg(unix)]
    #[test]
    fn odd_files_are_refused_at_once() {
        let home = tempfile::tempdir().unwrap();
        let local = Local { path: home.path().into(), name: None, digest: None, as_it_is: None };
        let (version, archive) = (home.path().join("VERSION"), home.path().join("a.tar.gz"));
        let digest = home.path().join("a.tar.gz.sha256");
        let fifo = |path: &Path| {
            assert!(goward_testkit::start::tool("mkfifo").arg(path).status().unwrap().success());
        };
        let endless = |path: &Path| std::os::unix::fs::symlink("/dev/zero", path).unwrap();
        let huge = |path: &Path| fs::File::create(path).unwrap().set_len(1 << 40).unwrap();
        for make in [&fifo as &dyn Fn(&Path), &endless, &huge] {
            make(&version);
            make(&digest);
            let error = name_of_tree(&local, home.path()).unwrap_err().to_string();
            assert!(error.contains("has no readable VERSION"), "{error}");
            let error = beside(&archive).unwrap_err().to_string();
            assert!(error.contains("cannot read"), "{error}");
            fs::remove_file(&version).unwrap();
            fs::remove_file(&digest).unwrap();
        }
    }
}
