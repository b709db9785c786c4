//! Levels of trust, from the command line.

use crate::database::{H1, Served, record};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use goward_testkit::files::{Fault, Server};
use goward_testkit::release::archive;
use goward_tests::call::{Call, Outcome};
use goward_tests::proxy::ModuleProxy;
use goward_tests::release::SmallRelease;
use goward_tests::sandbox::{Sandbox, files_below};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::path::Path;

const VERSION: &str = SmallRelease::VERSION;

/// A mirror with a release that no table knows, and a database that may know it.
pub(super) struct Scene {
    pub(super) sandbox: Sandbox,
    pub(super) release: SmallRelease,
    pub(super) mirror: Server,
    database: Served,
}

impl Scene {
    /// `h1` gives the database's answer; `None` if the database is absent.
    fn new(name: &str, h1: impl FnOnce(&Path) -> Option<String>) -> Scene {
        let sandbox = Sandbox::empty(name);
        let release = SmallRelease::make(&sandbox);
        let (mirror, database) = (Server::start(release.dir()), Served::with(5, 5));
        if let Some(h1) = h1(release.tree()) {
            database.state().add(&module(), &record(&module(), &h1));
        }
        Scene { sandbox, release, mirror, database }
    }

    /// A world in which every server tells the truth.
    pub(super) fn honest(name: &str) -> Scene {
        Scene::new(name, |tree| Some(h1(tree)))
    }

    pub(super) fn call(&self, args: &[&str]) -> Call {
        let call = self.sandbox.goward(args).env("GOWARD_MIRROR", self.mirror.url());
        call.env("GOSUMDB", &self.database.gosumdb)
    }

    pub(super) fn goward(&self, args: &[&str]) -> Outcome {
        self.call(args).run()
    }

    /// `T0` to `T3`, or `none`, as the list shows it.
    pub(super) fn level(&self) -> String {
        let text = self.call(&["list", "--json"]).ok();
        let list: serde_json::Value = serde_json::from_str(&text).unwrap();
        let rows = list.as_array().unwrap();
        let mine = rows.iter().find(|row| row["name"] == format!("go{VERSION}"));
        mine.unwrap_or_else(|| panic!("{text}"))["trust"].as_str().unwrap().to_owned()
    }

    /// Nothing of an install is there: no tree, no name for it, nothing half done.
    #[track_caller]
    fn assert_nothing(&self) {
        let root = self.sandbox.root();
        let mut left = files_below(&root);
        left.retain(|(path, _)| {
            ["toolchains", "state/staging", "receipts"].iter().any(|dir| path.starts_with(dir))
        });
        assert_eq!(left, []);
        assert!(!self.sandbox.toolchain(VERSION).exists());
        assert!(fs::symlink_metadata(root.join(format!("shims/go{VERSION}"))).is_err());
    }
}

/// The module of the release on this machine.
fn module() -> String {
    let name = archive(VERSION);
    format!("golang.org/toolchain@v0.0.1-{}", name.trim_end_matches(".tar.gz"))
}

/// The hash of the module of the files below `tree`, by its definition.
fn h1(tree: &Path) -> String {
    let mut lines: Vec<(String, String)> = Vec::new();
    for (path, _) in files_below(tree) {
        let name = path.to_str().unwrap().replace("go.mod", "_go.mod");
        let digest = Sha256::digest(fs::read(tree.join(path)).unwrap());
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        lines.push((format!("{}/{name}", module()), digest));
    }
    lines.sort();
    let list: String = lines.iter().map(|(name, hex)| format!("{hex}  {name}\n")).collect();
    format!("h1:{}", STANDARD.encode(Sha256::digest(list)))
}

/// Without any setting, the database vouches for a release that the table does not know.
#[test]
fn the_database_vouches_for_an_ordinary_install() {
    let scene = Scene::honest("t1");
    scene.goward(&["install", VERSION]).code(0).nothing_on_stdout();
    assert_eq!(scene.level(), "T1");
    let list = scene.goward(&["list", "-v"]);
    assert!(list.stdout.contains("T1") && list.stdout.contains("checksum database"), "{list}");
}

/// Both ways to it: a proxy that says that it passes questions on is the only one asked.
#[test]
fn a_module_proxy_leads_to_the_database() {
    let scene = Scene::honest("t1-by-proxy");
    let key = scene.database.gosumdb.split(' ').next().unwrap();
    let proxy = format!("{}proxy", scene.database.server.url);
    let install = scene.call(&["install", VERSION, "--verify", "t1"]);
    install.env("GOSUMDB", key).env("GOPROXY", proxy).run().code(0);
    assert_eq!(scene.level(), "T1");
    let lookup = format!("/proxy/sumdb/sum.test/lookup/{}", module());
    assert_eq!(scene.database.server.count(&lookup), 1);
    assert_eq!(scene.database.server.count(&format!("/lookup/{}", module())), 0);
}

#[test]
fn a_level_is_met_or_nothing_is_installed() {
    for (level, code) in [("t0", 5), ("t1", 0), ("t2", 0), ("t3", 0)] {
        let scene = Scene::honest("level");
        let outcome = scene.goward(&["install", VERSION, "--verify", level]);
        outcome.code(code).nothing_on_stdout();
        match code {
            0 => assert_eq!(scene.level(), "T1", "who vouches does not depend on what is needed"),
            _ => {
                outcome.says("at least T0 is needed");
                scene.assert_nothing();
            }
        }
    }
    // A mirror that vouches for itself, and a database that says nothing.
    for (level, code) in [("t0", 5), ("t1", 5), ("t2", 5), ("t3", 0)] {
        let scene = Scene::new("own-level", |_| None);
        let install = scene.call(&["install", VERSION, "--verify", level]);
        install.env("GOWARD_MIRROR_DIGESTS", "own").run().code(code).nothing_on_stdout();
        match code {
            0 => assert_eq!(scene.level(), "T3"),
            _ => scene.assert_nothing(),
        }
    }
}

#[test]
fn an_archive_that_the_database_contradicts_is_not_installed() {
    let scene = Scene::new("wrong-h1", |_| Some(H1.to_owned()));
    let outcome = scene.goward(&["install", VERSION]);
    outcome.code(5).nothing_on_stdout().says(H1).says(&h1(scene.release.tree()));
    scene.assert_nothing();
    // Nor does a mirror that vouches for itself change that.
    let own = scene.call(&["install", VERSION, "--verify", "t1"]);
    own.env("GOWARD_MIRROR_DIGESTS", "own").run().code(5);
    scene.assert_nothing();
}

#[test]
fn a_zip_of_a_module_proxy_needs_the_database() {
    for (honest, code) in [(true, 0), (false, 5)] {
        let wrong = |tree: &Path| Some(if honest { h1(tree) } else { H1.to_owned() });
        let scene = Scene::new("zip", wrong);
        let proxy = ModuleProxy::new(&scene.sandbox).offer_go(VERSION, scene.release.tree());
        let install = scene.call(&["install", "--from", "proxy", VERSION]);
        let outcome = install.env("GOPROXY", proxy.url()).run();
        outcome.code(code).nothing_on_stdout();
        match honest {
            true => assert_eq!(scene.level(), "T1"),
            false => {
                outcome.says(H1).says(&h1(scene.release.tree()));
                scene.assert_nothing();
            }
        }
    }
}

/// `goward verify` compares the store's own record, and asks the database anew: a user who can
/// change the one cannot change the other. F18.
#[test]
fn a_record_that_was_removed_with_the_change_deceives_no_witness() {
    let scene = Scene::honest("verify");
    scene.goward(&["install", VERSION]).code(0);
    let verify = || scene.goward(&["verify"]);
    let intact = verify();
    intact.code(0);
    assert!(intact.stdout.contains("as installed; sum.test agrees"), "{intact}");
    let file = scene.sandbox.toolchain(VERSION).join("src/cmd/go/main.go");
    fs::write(&file, "package evil\n").unwrap();
    let damaged = verify();
    damaged.code(5).says(&format!("goward repair go{VERSION}"));
    assert!(damaged.stdout.contains("changed   src/cmd/go/main.go\n"), "{damaged}");
    assert!(damaged.stdout.contains("has the hash h1:"), "{damaged}");
    for (path, _) in files_below(&scene.sandbox.root()) {
        if path.to_str().unwrap().contains("receipt") {
            fs::remove_file(scene.sandbox.root().join(path)).unwrap();
        }
    }
    let unrecorded = verify();
    unrecorded.code(5);
    assert!(unrecorded.stdout.contains("no receipt"), "{unrecorded}");
    assert!(unrecorded.stdout.contains("has the hash h1:"), "{unrecorded}");
}

/// Offline, goward proves again the facts that it proved once, and claims no others.
#[test]
fn offline_the_database_says_what_is_in_the_cache() {
    let scene = Scene::honest("verify-offline");
    scene.goward(&["install", VERSION]).code(0);
    let verify = || scene.call(&["verify", "--json"]).env("GOWARD_OFFLINE", "1").run();
    let says = |outcome: &Outcome| {
        let rows: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
        (rows[0]["status"].clone(), rows[0]["database_says"].clone())
    };
    let cached = verify();
    cached.code(0);
    assert_eq!(says(&cached), ("intact".into(), "agrees".into()));
    fs::remove_dir_all(scene.sandbox.root().join("cache/sumdb")).unwrap();
    let unknown = verify();
    unknown.code(0);
    assert_eq!(says(&unknown), ("intact".into(), "unreachable".into()));
    let text = scene.call(&["verify"]).env("GOWARD_OFFLINE", "1").run();
    assert!(text.stdout.contains("the checksum database was not asked: "), "{text}");
}

/// The new tree has no weaker a witness than the old one. If it cannot have that, the old one
/// stays. F18.
#[test]
fn a_repair_asks_for_no_less_than_the_install() {
    let scene = Scene::honest("repair");
    scene.goward(&["install", VERSION]).code(0);
    let file = scene.sandbox.toolchain(VERSION).join("src/cmd/go/main.go");
    fs::remove_file(&file).unwrap();
    scene.mirror.fail(&archive(VERSION), Fault::Corrupt, usize::MAX);
    scene.goward(&["repair"]).code(5).nothing_on_stdout();
    assert!(!file.exists() && scene.sandbox.toolchain(VERSION).join("VERSION").exists());
    // A mirror that now vouches for itself is not enough either.
    scene.database.state().records.clear();
    for cache in ["cache/sumdb", "state/sumdb"] {
        fs::remove_dir_all(scene.sandbox.root().join(cache)).unwrap();
    }
    let own = scene.call(&["repair"]).env("GOWARD_MIRROR_DIGESTS", "own").run();
    own.code(5).says("at least T1 is needed");
    assert!(!file.exists());
    let known = h1(scene.release.tree());
    let healthy = Scene::new("healthy", |_| Some(known));
    let repair = scene.call(&["repair"]).env("GOWARD_MIRROR", healthy.mirror.url());
    repair.env("GOSUMDB", &healthy.database.gosumdb).run().code(0).nothing_on_stdout();
    assert_eq!(fs::read_to_string(&file).unwrap(), "package main\n");
    assert_eq!(scene.level(), "T1");
}
