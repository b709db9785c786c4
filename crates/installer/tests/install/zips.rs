//! Zip archives with the right digest and bad content.

use crate::dist::{World, chain, needed};
use goward_installer::ErrorKind;
use goward_testkit::zip::{Entry, write};

fn refused(id: &str, archive: &[u8], says: &str) {
    let error = World::with_archive(archive, "zip").fails();
    assert_eq!(error.kind(), ErrorKind::Verification, "{id}: {}", chain(&error));
    assert!(chain(&error).contains(says), "{id}: {}", chain(&error));
}

/// The entries of a whole toolchain.
fn toolchain() -> Vec<Entry> {
    let files = needed().into_iter();
    files.map(|(path, _, content)| Entry::new(&format!("go/{path}"), content)).collect()
}

fn with(entry: Entry) -> Vec<u8> {
    let mut entries = toolchain();
    entries.push(entry);
    write(&entries)
}

#[test]
fn good_zips_are_installed() {
    let world = World::with_archive(&with(Entry::new("go/src/all.bash", b"#!")), "zip");
    let installed = world.install().unwrap();
    let version = std::fs::read(installed.directory.join("VERSION")).unwrap();
    assert_eq!(version, b"go1.22.10\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &str| {
            installed.directory.join(path).metadata().unwrap().permissions().mode() & 0o100
        };
        // The modes in a zip are not reliable: those of Go's tarballs count.
        assert_eq!((mode("bin/go"), mode("src/all.bash"), mode("VERSION")), (0o100, 0o100, 0));
    }
}

#[test]
fn hostile_zips_are_refused_and_leave_nothing() {
    let plain = Entry::new("go/x", b"content");
    refused("B123", &with(Entry::new("go/../../x", b"")), ". or ..");
    refused("B124", &with(Entry { mode: 0o120_777, ..plain.clone() }), "neither a file");
    refused("B125", &with(Entry::new("go/VERSION", b"")), "twice");
    refused("B125 case", &with(Entry::new("go/version", b"")), "would be one file");
    let other = Entry { local_name: Some(b"go/y".into()), ..plain.clone() };
    refused("B126", &with(other), "the zip archive is damaged");
    refused("B127", &with(Entry { overlaps: true, ..plain.clone() }), "the zip archive is damaged");
    let good = write(&toolchain());
    refused("B128", &[b"#!/bin/sh\n", &good[..]].concat(), "data before the zip archive");
    refused("B129", &[&good[..], b"junk"].concat(), "does not end where");
    let mut comment = good.clone();
    let at = comment.len() - 2;
    comment[at] = 4;
    comment.extend(b"text");
    refused("B129 comment", &comment, "does not end where");
    refused("B130", &with(Entry { crc: Some(7), ..plain.clone() }), "the zip archive is damaged");
    refused("B131", &with(Entry { size: Some(3), ..plain.clone() }), "larger than its declared");
    refused("B132", &with(Entry { flags: 1, ..plain.clone() }), "Password required");
    for method in [9, 12, 14, 93, 95] {
        refused("B133", &with(Entry { method: Some(method), ..plain.clone() }), "unusual");
    }
    refused("B136", &with(Entry::new("golang.org/toolchain@v0.0.1/x", b"")), "not below go/");
    refused("B121", b"<html>sign in, please</html>", "does not end where");
    refused("B122", b"", "does not end where");
    let directory = Entry::new("go/d/", b"content");
    refused("directory", &with(directory.clone()), "not the directory");
    refused("directory of no size", &with(Entry { size: Some(0), ..directory }), "larger than");
}
