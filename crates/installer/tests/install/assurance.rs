//! Which witness may vouch for an archive.

use crate::dist::{
    NAME, VERSION, World, chain, file_name, hex, index, index_for, needed, toolchain,
};
use goward_installer::{Assurance, ErrorKind, Installer, Local, Platform, Query, Silent};
use goward_resolver::Selector;
use goward_testkit::tar::Tar;
use std::fs;

#[test]
fn a_mirror_vouches_for_itself_only_where_the_settings_say_so() {
    let mut world = World::with_archive(&toolchain().gz(), "tar.gz");
    world.settings.offline = true;
    let installed = world.install().unwrap();
    assert_eq!(installed.assurance, Some(Assurance::Mirror));
    assert_eq!(world.store.receipt(NAME).unwrap().unwrap().assurance, Assurance::Mirror);
    world.store.uninstall(NAME, false, &Silent).unwrap();

    // The same archive under a release's name: the compiled-in table outranks the mirror.
    world.settings.mirrors = vec![world.mirror(false)];
    let error = world.fails();
    assert_eq!(error.kind(), ErrorKind::Verification, "{}", chain(&error));
}

#[test]
fn a_file_of_the_name_of_a_published_archive_must_be_that() {
    let world = World::with_archive(&toolchain().gz(), "tar.gz");
    let path = world.dist().join(file_name(VERSION, "tar.gz"));
    let hex = hex(&fs::read(&path).unwrap());
    // The file beside it does not outrank the table; the user's digest does.
    fs::write(world.dist().join(format!("{}.sha256", file_name(VERSION, "tar.gz"))), &hex).unwrap();
    let mut local = Local { path, name: None, digest: None, as_it_is: None };
    let error = world.by(&Silent).install_local(&local).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Verification, "{}", chain(&error));
    assert!(error.hints().iter().any(|hint| hint.contains("--sha256")), "{:?}", error.hints());
    assert!(world.store.toolchain(NAME).is_none());
    local.digest = goward_installer::Digest::parse(&hex);
    let installed = world.by(&Silent).install_local(&local).unwrap();
    assert_eq!(installed.assurance, Some(Assurance::Given));
}

#[test]
fn an_index_that_contradicts_the_table_is_an_error_naming_both() {
    let world = World::with_archive(&toolchain().gz(), "tar.gz");
    let mut settings = world.settings.clone();
    settings.mirrors = vec![world.mirror(false)];
    settings.offline = true;
    let selector = Selector::parse("1.22").unwrap();
    let error = Installer { store: &world.store, settings: &settings, progress: &Silent }
        .find(&Query::new(&selector))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Verification, "{}", chain(&error));
    let text = error.to_string();
    assert_eq!(text.split(|c: char| !c.is_ascii_hexdigit()).filter(|w| w.len() == 64).count(), 2);
    assert!(text.contains("compiled into goward"), "{text}");
}

#[test]
fn without_a_digest_nothing_is_installed() {
    let mut world = World::with_archive(&toolchain().gz(), "tar.gz");
    // A release that the table does not know, and no way to ask go.dev.
    let (gz, name) = (toolchain().gz(), file_name("1.22.999", "tar.gz"));
    fs::write(world.dist().join(&name), &gz).unwrap();
    fs::write(world.dist().join("index.json"), index("1.22.999", &name, &gz)).unwrap();
    world.settings.mirrors = vec![world.mirror(false)];
    world.settings.offline = true;
    let error = world.install_selector("1.22.999").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Verification, "{}", chain(&error));
    assert!(error.to_string().contains("nothing vouches for"), "{error}");
    assert!(error.hints()[0].contains("GOWARD_MIRROR_DIGESTS=own"));

    // The mirror's own index, which the settings accept, but without a digest.
    let none = index(VERSION, &file_name(VERSION, "tar.gz"), &gz);
    let at = none.find("\"sha256\":\"").unwrap() + 10;
    fs::write(world.dist().join("index.json"), [&none[..at], &none[at + 64..]].concat()).unwrap();
    world.settings.mirrors = vec![world.mirror(true)];
    let error = world.fails();
    assert!(error.to_string().contains("neither an index with its SHA-256 nor"), "{error}");
}

#[test]
fn a_caller_can_demand_more() {
    let mut world = World::with_archive(&toolchain().gz(), "tar.gz");
    world.settings.min_assurance = Some(Assurance::ChecksumDatabase);
    let error = world.fails();
    assert_eq!(error.kind(), ErrorKind::Verification);
    assert!(error.to_string().contains("at least T1 is needed"), "{error}");
}

#[test]
fn an_archive_that_the_table_knows_needs_no_index() {
    let world = World::new("http://127.0.0.1:9/");
    let mut settings = goward_installer::Settings::default();
    settings.offline = true;
    for selector in ["1.22.10", "1.22", "latest", "oldstable"] {
        let selector = Selector::parse(selector).unwrap();
        let mut query = Query::new(&selector);
        query.platform = Platform::parse("windows/arm64").unwrap();
        let release = Installer { store: &world.store, settings: &settings, progress: &Silent }
            .find(&query)
            .unwrap();
        assert!(release.store_name().ends_with(".windows-arm64"), "{}", release.store_name());
    }
    for (selector, kind) in [
        ("1.22.999", ErrorKind::Network),
        ("tip", ErrorKind::Usage),
        ("system", ErrorKind::Usage),
        ("corp", ErrorKind::Usage),
    ] {
        let selector = Selector::parse(selector).unwrap();
        let error = Installer { store: &world.store, settings: &settings, progress: &Silent }
            .find(&Query::new(&selector))
            .unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
    }
}

#[test]
fn foreign_toolchains_have_a_place_of_their_own_and_no_link() {
    let foreign = Platform::parse("plan9/arm").unwrap();
    let (world, mut tar) = (World::with_archive(b"", "tar.gz"), Tar::empty());
    let compile = "pkg/tool/plan9_arm/compile";
    for path in ["bin/go", "bin/gofmt", compile, "src/cmd/go/main.go", "src/go.mod"] {
        tar.file(&format!("go/{path}"), b"");
    }
    let gz = tar.file("go/VERSION", b"go1.22.10").gz();
    let name = "go1.22.10.plan9-arm.tar.gz";
    fs::write(world.dist().join(name), &gz).unwrap();
    let listing = index_for(&foreign, VERSION, name, &gz);
    fs::write(world.dist().join("index.json"), listing).unwrap();

    let selector = Selector::parse(VERSION).unwrap();
    let mut query = Query::new(&selector);
    query.platform = foreign;
    let release = world.by(&Silent).find(&query).unwrap();
    let installed = world.by(&Silent).install(&release).unwrap();
    assert_eq!(installed.name, "go1.22.10.plan9-arm");
    assert!(world.store.newest(&query).unwrap().is_some());
    assert_eq!(fs::read_dir(world.store.shims_dir()).unwrap().count(), 0);
    world.store.uninstall(&installed.name, false, &Silent).unwrap();
    assert!(world.store.newest(&query).unwrap().is_none());
}

/// Makes `listing` the cached index of go.dev, as if it had been fetched just now.
fn pretend_go_dev_said(world: &World, listing: &str) {
    world.store.prepare().unwrap();
    let key = world.store.root().join("cache/index").join(&hex(b"https://go.dev/dl/")[..16]);
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let meta = serde_json::json!({
        "url": "https://go.dev/dl/?mode=json&include=all",
        "fetched": now,
        "validators": {},
        "sha256": hex(listing.as_bytes()),
    });
    fs::write(key.with_extension("json"), listing).unwrap();
    fs::write(key.with_extension("meta"), meta.to_string()).unwrap();
}

#[test]
fn go_devs_index_vouches_for_what_the_table_does_not_know() {
    let version = "1.22.999";
    let mut tar = toolchain();
    let gz = tar.file("go/x", b"x").gz();
    let mut world = World::with_archive(&gz, "tar.gz");
    let name = file_name(version, "tar.gz");
    fs::write(world.dist().join(&name), &gz).unwrap();
    fs::write(world.dist().join("index.json"), index(version, &name, b"lies")).unwrap();
    world.settings.mirrors = vec![world.mirror(false)];
    world.settings.offline = true;

    pretend_go_dev_said(&world, &index(version, &name, b"something else"));
    let error = world.install_selector(version).unwrap_err();
    assert!(error.to_string().contains("but go.dev's index says"), "{}", chain(&error));

    // The right digest gets the archive as far as the check of its VERSION.
    pretend_go_dev_said(&world, &index(version, &name, &gz));
    let error = world.install_selector(version).unwrap_err();
    assert!(error.to_string().contains("holds go1.22.10 according"), "{}", chain(&error));
    let mut tar = Tar::empty();
    for (path, mode, content) in needed() {
        let content = if path == "VERSION" { b"go1.22.999" } else { content };
        tar.entry(format!("go/{path}").as_bytes(), b'0', mode, content);
    }
    fs::write(world.dist().join(&name), tar.gz()).unwrap();
    pretend_go_dev_said(&world, &index(version, &name, &tar.gz()));
    let installed = world.install_selector(version).unwrap();
    assert_eq!(installed.assurance, Some(Assurance::OfficialIndex));
}
