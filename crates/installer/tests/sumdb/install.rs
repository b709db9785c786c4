//! Installs that a checksum database vouches for: ordinary archives, known by their files.

use crate::database::{H1, Served, record};
use crate::dist::{NAME, World, chain, file_name, hex, needed};
use crate::tar::Tar;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use goward_installer::{Assurance, ErrorKind, Installed, Module, Platform, Silent};
use goward_resolver::ToolchainName;
use sha2::{Digest as _, Sha256};
use std::fs;

/// A release that the compiled-in table does not know.
pub(crate) const VERSION: &str = "1.22.999";

pub(crate) fn module() -> Module {
    Module::of(&ToolchainName::parse("go1.22.999").unwrap(), &Platform::host()).unwrap()
}

/// The files of the release: those of every toolchain, and those by which an archive differs from a
/// zip.
pub(crate) fn files() -> Vec<(String, u32, Vec<u8>)> {
    let mut files: Vec<_> = needed()
        .into_iter()
        .map(|(path, mode, text)| (path.to_owned(), mode, text.to_vec()))
        .collect();
    files[0].2 = b"go1.22.999\ntime 2024-12-02T00:00:00Z\n".to_vec();
    for path in ["src/cmd/go.mod", "doc/x", "test/y/z.go", "api/go1.txt", "misc/m"] {
        files.push((path.to_owned(), 0o644, format!("this is {path}\n").into_bytes()));
    }
    files
}

/// The hash of the module zip, by its definition.
pub(crate) fn h1(files: &[(String, u32, Vec<u8>)]) -> String {
    let mut lines: Vec<_> = files
        .iter()
        .filter(|(path, ..)| {
            !["api/", "doc/", "misc/", "test/"].iter().any(|d| path.starts_with(d))
        })
        .map(|(path, _, text)| {
            (format!("{}/{}", module(), path.replace("go.mod", "_go.mod")), text)
        })
        .collect();
    lines.sort();
    let list: String =
        lines.iter().map(|(name, text)| format!("{}  {name}\n", hex(text))).collect();
    format!("h1:{}", STANDARD.encode(Sha256::digest(list)))
}

pub(crate) fn archive(files: &[(String, u32, Vec<u8>)]) -> Vec<u8> {
    let mut tar = Tar::empty();
    for (path, mode, text) in files {
        tar.entry(format!("go/{path}").as_bytes(), b'0', *mode, text);
    }
    tar.gz()
}

/// A mirror whose only witness is the database, which has `h1`.
fn world(files: &[(String, u32, Vec<u8>)], h1: &str) -> (World, Served) {
    let mut world = World::with_archive(b"", "tar.gz");
    let (gz, name) = (archive(files), file_name(VERSION, "tar.gz"));
    fs::write(world.dist().join(&name), &gz).unwrap();
    let listing = crate::dist::index(VERSION, &name, &gz);
    fs::write(world.dist().join("index.json"), listing).unwrap();
    world.settings.mirrors = vec![world.mirror(false)];
    world.settings.has_fallback = true;
    let served = Served::with(300, 10);
    served.state().add(&module(), &record(&module(), h1));
    let key = served.gosumdb.clone();
    world.settings.use_checksum_database(|name| (name == "GOSUMDB").then(|| key.clone())).unwrap();
    (world, served)
}

fn install(world: &World) -> Result<Installed, goward_installer::Error> {
    world.install_selector(VERSION)
}

#[test]
fn an_ordinary_archive_is_vouched_for_by_its_files() {
    let (mut world, _served) = world(&files(), &h1(&files()));
    world.settings.min_assurance = Some(Assurance::ChecksumDatabase);
    let installed = install(&world).unwrap_or_else(|error| panic!("{}", chain(&error)));
    assert_eq!(installed.assurance, Some(Assurance::ChecksumDatabase));
    let receipt = world.store.receipt(&installed.name).unwrap().unwrap();
    assert_eq!(receipt.assurance, Assurance::ChecksumDatabase);
    assert_eq!(receipt.sha256, hex(&archive(&files())));
    assert!(installed.directory.join("doc/x").is_file(), "what the zip lacks is there, too");
    // The installed tree still has the hash of the database.
    world.settings.offline = true;
    let vouched = world.by(&Silent).vouch(module().name(), &Platform::host()).unwrap().unwrap();
    vouched.check_tree(&installed.directory, "the toolchain").unwrap();
    fs::write(installed.directory.join("src/extra"), "").unwrap();
    let error = vouched.check_tree(&installed.directory, "the toolchain").unwrap_err();
    assert!(error.to_string().contains("the toolchain has the hash h1:"), "{error}");
}

#[test]
fn one_changed_byte_in_any_file_is_refused() {
    let good = h1(&files());
    let inside = |path: &str| h1(&[]) != h1(&[(path.to_owned(), 0, Vec::new())]);
    for (at, (path, ..)) in files().iter().enumerate() {
        let mut bad = files();
        bad[at].2[0] ^= 1;
        // A VERSION that does not name the release is refused, and its hash is the first reason.
        let (world, _served) = world(&bad, &good);
        match install(&world) {
            Ok(_) if !inside(path) => continue,
            Ok(_) => panic!("{path} was changed"),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Verification, "{}", chain(&error));
                assert!(error.to_string().contains(&format!("says {good}")), "{error}");
                assert!(error.to_string().contains(&h1(&bad)), "{error}");
                assert_eq!(fs::read_dir(world.store.toolchains_dir()).unwrap().count(), 0);
                assert_eq!(
                    fs::read_dir(world.store.root().join("state/staging")).unwrap().count(),
                    0
                );
            }
        }
    }
}

#[test]
fn more_or_fewer_files_are_refused() {
    let good = h1(&files());
    let mut more = files();
    more.push(("src/cmd/go/zz.go".into(), 0o644, b"package main\n".to_vec()));
    let mut fewer = files();
    fewer.remove(4);
    for bad in [more, fewer] {
        let (world, _served) = world(&bad, &good);
        install(&world).unwrap_err();
    }
}

/// The file that is `_go.mod` in the zip has one name in an archive, so that one hash stands for
/// one tree.
#[test]
fn the_zips_name_of_a_go_mod_is_refused_in_an_archive() {
    let good = h1(&files());
    for path in ["src/go.mod", "src/cmd/go.mod"] {
        let at = files().iter().position(|(name, ..)| name == path).unwrap();
        let mut instead = files();
        instead[at].0 = path.replace("go.mod", "_go.mod");
        let mut beside = files();
        beside.push(instead[at].clone());
        for bad in [instead, beside] {
            let (world, _served) = world(&bad, &good);
            let error = install(&world).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Verification, "{}", chain(&error));
            let says = "_go.mod\" is what a module zip calls a go.mod";
            assert!(chain(&error).contains(says), "{}", chain(&error));
            assert!(chain(&error).contains("go1.22.999."), "{}", chain(&error));
            assert_eq!(fs::read_dir(world.store.toolchains_dir()).unwrap().count(), 0);
        }
    }
}

/// The database does not know the modes in a tarball's headers, so they have no effect: Go's own
/// rule decides.
#[cfg(unix)]
#[test]
fn modes_are_gos_whatever_a_mirror_makes_of_them() {
    use std::os::unix::fs::PermissionsExt as _;
    let mut good = files();
    good.push(("src/make.bash".into(), 0o755, b"#!/usr/bin/env bash\n".to_vec()));
    let mut swapped = good.clone();
    for (_, mode, _) in &mut swapped {
        *mode = if *mode == 0o755 { 0o644 } else { 0o755 };
    }
    for served in [&good, &swapped] {
        let (world, _served) = world(served, &h1(&good));
        let installed = install(&world).unwrap_or_else(|error| panic!("{}", chain(&error)));
        for (path, mode, _) in &good {
            let found = installed.directory.join(path).metadata().unwrap().permissions().mode();
            assert_eq!(found & 0o111, mode & 0o111, "{path}");
        }
        let audit = world.store.audit(&installed.name).unwrap();
        assert_eq!(audit.differences, []);
    }
    // The database vouches for a tree on the disk in the same way, and an archive's digest covers
    // its modes.
    let (mut world, _served) = world(&swapped, H1);
    world.settings.mirrors = vec![world.mirror(true)];
    let installed = install(&world).unwrap_or_else(|error| panic!("{}", chain(&error)));
    let mode = installed.directory.join("VERSION").metadata().unwrap().permissions().mode();
    assert_eq!((installed.assurance, mode & 0o111), (Some(Assurance::Mirror), 0o111));
}

/// Go's module cache has the names of the zip. Once Go has run, the usual names lie beside them.
#[cfg(unix)]
#[test]
fn a_tree_of_gos_module_cache_is_known_by_its_files() {
    use std::os::unix::fs::PermissionsExt as _;
    for used in [false, true] {
        let (mut world, _served) = world(&[], &h1(&files()));
        world.settings.min_assurance = Some(Assurance::ChecksumDatabase);
        let tree = world.dist().join(format!("mod/{}", module()));
        for (path, _, text) in files() {
            let Some(name) = module().zip_name(&path).unwrap() else { continue };
            let zipped = name.strip_prefix(&format!("{}/", module())).unwrap().to_owned();
            for name in [zipped].into_iter().chain(used.then_some(path)) {
                fs::create_dir_all(tree.join(&name).parent().unwrap()).unwrap();
                fs::write(tree.join(&name), &text).unwrap();
            }
        }
        let local =
            goward_installer::Local { path: tree, name: None, digest: None, as_it_is: None };
        let installed = world.by(&Silent).install_local(&local);
        let installed = installed.unwrap_or_else(|error| panic!("{}", chain(&error)));
        assert_eq!(installed.assurance, Some(Assurance::ChecksumDatabase));
        let tree = installed.directory;
        assert!(tree.join("src/go.mod").is_file() && !tree.join("src/_go.mod").exists());
        let mode = tree.join("bin/go").metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o111, 0o111, "it had no modes");
    }
}

/// B155: the database vouches for a tree whose own name is another one.
#[test]
fn a_tree_of_another_name_is_refused() {
    let mut files = files();
    files[0].2 = b"go1.22.998\n".to_vec();
    let (world, _served) = world(&files, &h1(&files));
    let error = install(&world).unwrap_err();
    assert!(error.to_string().contains("holds go1.22.998 according"), "{}", chain(&error));
}

#[test]
fn a_database_that_lies_stops_the_install() {
    let (world, served) = world(&files(), &h1(&files()));
    served.tamper("tile/", |tile| tile.iter().map(|byte| byte ^ 1).collect());
    let error = install(&world).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Verification, "{}", chain(&error));
    assert!(error.to_string().contains("cannot be trusted"), "{}", chain(&error));
}

#[test]
fn a_database_that_says_nothing_leaves_it_to_the_next() {
    let (mut world, served) = world(&files(), H1);
    served.state().records.clear();
    // No other witness vouches either.
    world.settings.offline = true;
    let error = install(&world).unwrap_err();
    assert!(error.to_string().contains("nothing vouches for"), "{}", chain(&error));
    assert!(world.store.toolchain(NAME).is_none());
}
