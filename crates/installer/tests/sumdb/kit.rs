//! A client of checksum databases.

use crate::database::Served;
use crate::dist::chain;
use goward_installer::{Error, Installer, Module, Platform, Settings, Silent, Store, Vouched};
use goward_resolver::ToolchainName;
use std::path::PathBuf;

fn platform() -> Platform {
    Platform::parse("linux/amd64").unwrap()
}

/// The module of a toolchain on linux/amd64.
pub(crate) fn module(name: &str) -> Module {
    Module::of(&ToolchainName::parse(name).unwrap(), &platform()).unwrap()
}

/// A store that asks databases.
pub(crate) struct Asker {
    home: tempfile::TempDir,
    pub(crate) settings: Settings,
    /// The value of `GOPROXY`.
    pub(crate) goproxy: String,
}

impl Asker {
    pub(crate) fn new() -> Asker {
        let mut settings = Settings::default();
        // One try: the tests of the network are elsewhere.
        settings.has_fallback = true;
        Asker { home: tempfile::tempdir().unwrap(), settings, goproxy: "direct".into() }
    }

    pub(crate) fn store(&self) -> Store {
        Store::open(self.home.path().join("root")).unwrap()
    }

    pub(crate) fn ask(&self, gosumdb: &str, module: &Module) -> Result<Vouched, Error> {
        let (store, mut settings) = (self.store(), self.settings.clone());
        let vars = |name: &str| match name {
            "GOSUMDB" => Some(gosumdb.to_owned()),
            "GOPROXY" => Some(self.goproxy.clone()),
            _ => None,
        };
        settings.use_checksum_database(vars).unwrap();
        let installer = Installer { store: &store, settings: &settings, progress: &Silent };
        let vouched = installer.vouch(module.name(), &platform())?;
        Ok(vouched.expect("the module is that of an archive"))
    }

    /// Asks `served` about go1.23.4.
    pub(crate) fn look(&self, served: &Served) -> Result<Vouched, Error> {
        self.ask(&served.gosumdb, &module("go1.23.4"))
    }

    /// Asks the database, which must fail. Returns the message with its causes.
    pub(crate) fn refused(&self, served: &Served) -> String {
        let error = self.look(served).expect_err("this should have been refused");
        assert_eq!(error.kind(), goward_installer::ErrorKind::Verification, "{}", chain(&error));
        let text = chain(&error);
        assert!(text.contains(&format!("sum.test at {}", served.server.url)), "{text}");
        text
    }

    fn dir(&self, parent: &str) -> PathBuf {
        let databases = self.home.path().join("root").join(parent).join("sumdb");
        let mut found = std::fs::read_dir(databases).unwrap();
        let dir = found.next().unwrap().unwrap().path();
        assert!(found.next().is_none(), "one database was asked");
        dir
    }

    /// Where answers and tiles are cached.
    pub(crate) fn cache(&self) -> PathBuf {
        self.dir("cache")
    }

    /// Where the newest head is kept.
    pub(crate) fn kept(&self) -> PathBuf {
        self.dir("state")
    }

    /// The note of the newest head.
    pub(crate) fn latest(&self) -> String {
        std::fs::read_to_string(self.kept().join("latest")).unwrap_or_default()
    }
}
