//! The compiled-in table as a witness. No archive of the table is at hand. So one test asks the
//! table itself; the others give the installer archives of their own, as if the table knew these.

use crate::assurance::{Assurance, Expected};
use crate::authority::Authority;
use crate::digests::{self, Digest};
use crate::error::{ErrorKind, Result};
use crate::fetch::client::Client;
use crate::install::Installed;
use crate::install::offer::{Offer, Offers};
use crate::installer::Installer;
use crate::mirror::Mirror;
use crate::mirror::release::Release;
use crate::mirror::settings::Settings;
use crate::platform::Platform;
use crate::progress::Silent;
use crate::query::Artifact;
use crate::store::Store;
use flate2::{Compression, write::GzEncoder};
use goward_resolver::ToolchainName;
use std::fs;
use std::path::PathBuf;

const NAME: &str = "go1.22.10";

fn release() -> Release {
    let platform = Platform::parse("linux/amd64").unwrap();
    Release::by_name(ToolchainName::parse(NAME).unwrap(), &platform, Artifact::Binary)
}

/// A toolchain that the installer accepts, with one more file.
fn archive() -> Vec<u8> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (path, mode, text) in [
        ("VERSION", 0o644, "go1.22.10\n"),
        ("bin/go", 0o755, "go"),
        ("bin/gofmt", 0o755, "gofmt"),
        ("pkg/tool/linux_amd64/compile", 0o755, "compile"),
        ("src/cmd/go/main.go", 0o644, "package main\n"),
        ("src/go.mod", 0o644, "module std\n"),
        ("doc/x", 0o644, "for which only the archive's digest vouches\n"),
    ] {
        let mut header = tar::Header::new_ustar();
        header.set_size(text.len() as u64);
        header.set_mode(mode);
        tar.append_data(&mut header, format!("go/{path}"), text.as_bytes()).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

fn digest(bytes: &[u8]) -> Digest {
    Digest::of(bytes)
}

fn by<'a>(store: &'a Store, settings: &'a Settings) -> Installer<'a> {
    Installer { store, settings, progress: &Silent }
}

/// A store, and a mirror in a directory.
struct Place {
    home: tempfile::TempDir,
    store: Store,
    mirror: Mirror,
}

impl Place {
    fn new() -> Place {
        let home = tempfile::tempdir().unwrap();
        let store = Store::open(home.path().join("root")).unwrap();
        store.prepare().unwrap();
        let mirror = Mirror::parse(&goward_testkit::url::of_file(home.path()), false).unwrap();
        Place { home, store, mirror }
    }

    fn file(&self) -> PathBuf {
        self.home.path().join(release().file_name)
    }

    /// Installs `bytes` as if the table knew the archive as `known`; `cached` stands for a file on
    /// this machine.
    fn install(&self, bytes: &[u8], known: &Expected, cached: bool) -> Result<Installed> {
        fs::write(self.file(), bytes).unwrap();
        let (release, mut settings) = (release(), Settings::default());
        settings.mirrors = vec![self.mirror.clone()];
        settings.min_assurance = Some(Assurance::Table);
        let file_name = release.file_name.clone();
        let url = self.mirror.archive_url(&release, &file_name).unwrap();
        let authority = Authority::Digest(known.clone());
        let offer = Offer { url, file_name, authority, cached };
        let installer = by(&self.store, &settings);
        let client = Client::new(&settings.policy(), &Silent);
        installer.attempt(&release, None, &mut None, |attempt| {
            attempt.with_archive(None, &offer, &client)
        })
    }

    fn published(&self) -> usize {
        let directories = [self.store.toolchains_dir(), self.store.staging_dir()];
        directories.map(|directory| fs::read_dir(directory).unwrap().count()).iter().sum()
    }
}

fn known(bytes: &[u8]) -> Expected {
    let size = Some(bytes.len() as u64);
    Expected { digest: digest(bytes), size, assurance: Assurance::Table }
}

#[test]
fn the_table_is_the_first_witness() {
    let (place, release) = (Place::new(), release());
    let table = digests::lookup(&release.file_name).unwrap();
    let mut settings = Settings::default();
    (settings.offline, settings.min_assurance) = (true, Some(Assurance::Table));
    // The table outranks a digest that the mirror, or go.dev itself, gives now.
    let release = Release { official: Some(digest(b"another")), ..release };
    let (store, settings) = (&place.store, &settings);
    let client = Client::new(&settings.policy(), &Silent);
    let offers = Offers::new(by(store, settings), &release, &client);
    let offer = offers.at(&place.mirror, 1).unwrap();
    let wanted = Expected { digest: table.digest, size: table.size, assurance: Assurance::Table };
    assert_eq!(offer.authority.expected(), Some(&wanted));
}

#[test]
fn an_archive_with_the_tables_digest_is_installed() {
    for cached in [false, true] {
        let (place, bytes) = (Place::new(), archive());
        let installed = place.install(&bytes, &known(&bytes), cached).unwrap();
        assert_eq!(installed.assurance, Some(Assurance::Table));
        let name = release().store_name();
        let receipt = place.store.receipt(&name).unwrap().unwrap();
        assert_eq!((receipt.assurance, receipt.assurance.level()), (Assurance::Table, "T0"));
        assert_eq!(receipt.sha256, digest(&bytes).to_string());
        // An audit asks the real table, which knows another archive of that name.
        let error = place.store.audit(&name).unwrap_err().to_string();
        let table = digests::lookup(&release().file_name).unwrap().digest;
        assert!(error.ends_with(&format!("which says {table}")), "{error}");
    }
}

#[test]
fn one_flipped_bit_of_it_is_refused() {
    let (place, good) = (Place::new(), archive());
    for cached in [false, true] {
        // Every byte counts, even those of the gzip header that have no meaning.
        for at in (0..good.len()).step_by(7) {
            let mut bad = good.clone();
            bad[at] ^= 1 << (at % 8);
            let error = place.install(&bad, &known(&good), cached).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Verification, "byte {at}: {error}");
            assert_eq!(place.published(), 0, "byte {at}: {error}");
        }
    }
    // A sound archive of another content is found by its digest.
    let another = Expected { digest: digest(b"another"), ..known(&good) };
    let error = place.install(&good, &another, true).unwrap_err().to_string();
    assert!(error.contains(&format!("has the SHA-256 {}", digest(&good))), "{error}");
    assert!(error.contains("the table compiled into goward says"), "{error}");
    assert_eq!(place.published(), 0);
    place.install(&good, &known(&good), false).unwrap();
    assert_eq!(place.published(), 1);
}
