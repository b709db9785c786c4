//! The first `go` on PATH, on a machine of its own.
#![expect(clippy::unwrap_used, reason = "a test ends with the first surprise")]

use super::*;
use goward_resolver::SHIM_MAGIC;
use goward_shim::OsHost;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::PathBuf;

/// A home directory with programs in it.
struct Scene(tempfile::TempDir);

impl Scene {
    fn new() -> Scene {
        Scene(tempfile::tempdir().unwrap())
    }

    fn at(&self, name: &str) -> PathBuf {
        let top = self.0.path().as_os_str().as_encoded_bytes();
        let top = OsHost::new([]).canonical(top).unwrap();
        PathBuf::from(String::from_utf8(top).unwrap()).join(name)
    }

    fn file(&self, name: &str, bytes: &[u8], mode: u32) {
        let path = self.at(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn shim(&self, name: &str) {
        self.file(name, SHIM_MAGIC, 0o755);
    }

    fn tree(&self, name: &str, version: &str) {
        self.file(&format!("{name}/bin/go"), b"#!/bin/sh\n", 0o755);
        self.file(&format!("{name}/VERSION"), version.as_bytes(), 0o644);
        fs::create_dir_all(self.at(name).join("pkg/tool")).unwrap();
    }

    /// The first `go`, with this scene as `@`: whose, program, entry, version, and the entry of
    /// goward's own.
    fn first(&self, path: &str, vars: &[(&str, &str)]) -> Option<[String; 5]> {
        let top = self.at("").display().to_string();
        let top = top.trim_end_matches('/');
        let bytes = |text: &str| text.replace('@', top).into_bytes();
        let fixed = [("PATH", path), ("HOME", "@"), ("GOWARD_ROOT", "@/.goward")];
        let vars = fixed.iter().chain(vars);
        let mut host =
            OsHost::new(vars.map(|(key, value)| (key.as_bytes().to_vec(), bytes(value))));
        host.stand_in_for(bytes("@/.goward/shims/go"));
        let first = first_go(&Environment::new(&host))?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(top, "@");
        let whose = match first.whose {
            Whose::Peer(peer) => peer.name.to_owned(),
            other => format!("{other:?}"),
        };
        let version = first.version(&host).unwrap_or_default();
        let ours = first.ours.map_or_else(|| "-".to_owned(), |entry| text(&entry));
        Some([whose, text(&first.program), text(&first.entry), version, ours])
    }
}

#[test]
fn the_first_go_is_named_with_its_keeper() {
    let s = Scene::new();
    s.shim(".goward/shims/go");
    s.tree("usr", "go1.19.8\n");
    s.tree(".gvm/gos/go1.20", "go1.20\ntime x\n");
    s.tree(".goward/toolchains/go1.22.10", "go1.22.10\n");
    s.file(".goenv/shims/go", b"#!/bin/sh\nexec goenv exec\n", 0o755);
    s.file("elsewhere/shims/go", b"#!/bin/sh\n", 0o755);
    fs::create_dir_all(s.at("bin")).unwrap();
    symlink(s.at(".gvm/gos/go1.20/bin/go"), s.at("bin/go")).unwrap();
    fs::create_dir_all(s.at("directory/go")).unwrap();
    s.file("plain/go", b"text", 0o644);
    let ours = "@/.goward/shims";
    for (path, expected) in [
        ("@/.goward/shims:@/usr/bin", ["Shim", "@/.goward/shims/go", "@/.goward/shims", "", ours]),
        // What is no program is passed over.
        (
            "@/none:@/directory:@/plain:@/.goward/shims",
            ["Shim", "@/.goward/shims/go", "@/.goward/shims", "", ours],
        ),
        ("@/usr/bin/:@/.goward/shims", ["Other", "@/usr/bin/go", "@/usr/bin/", "go1.19.8", ours]),
        ("@/usr/bin", ["Other", "@/usr/bin/go", "@/usr/bin", "go1.19.8", "-"]),
        (
            "@/.goenv/shims:@/.goward/shims",
            ["goenv", "@/.goenv/shims/go", "@/.goenv/shims", "", ours],
        ),
        // A link leads to its keeper.
        ("@/bin:@/.goward/shims", ["gvm", "@/bin/go", "@/bin", "go1.20", ours]),
        (
            "@/.goward/toolchains/go1.22.10/bin",
            [
                "Store",
                "@/.goward/toolchains/go1.22.10/bin/go",
                "@/.goward/toolchains/go1.22.10/bin",
                "go1.22.10",
                "-",
            ],
        ),
    ] {
        let first = s.first(path, &[]).unwrap();
        assert_eq!(first.each_ref().map(String::as_str), expected, "{path}");
    }
    let moved = s.first("@/elsewhere/shims", &[("GOENV_ROOT", "@/elsewhere")]).unwrap();
    assert_eq!(moved[0], "goenv");
    for none in ["", ":", "@/none", "@/directory:@/plain"] {
        assert_eq!(s.first(none, &[]), None, "{none}");
    }
}

/// A shell takes the `go` of a relative entry, which no Go and no shim would.
#[test]
fn relative_entries_count_from_the_directory_that_is_asked_about() {
    let s = Scene::new();
    s.file("p/go", b"#!/bin/sh\n", 0o755);
    s.file("p/tools/go", b"#!/bin/sh\n", 0o755);
    let dir = s.at("p").into_os_string().into_encoded_bytes();
    for (path, program, entry) in [(":/none", "p/go", ""), ("tools", "p/tools/go", "tools")] {
        let host = OsHost::new([(b"PATH".to_vec(), path.as_bytes().to_vec())]);
        let here = goward_resolver::Survey::of(
            &host,
            Some(&dir),
            &[b"go"],
            goward_resolver::Policy::default(),
        );
        let here = here.unwrap();
        let first = first_go(here.chain.env()).unwrap();
        let found = goward_resolver::path::absolute(Os::HERE, b"", &first.program);
        assert_eq!(String::from_utf8(found).unwrap(), s.at(program).display().to_string());
        assert_eq!(first.entry, entry.as_bytes());
    }
}

#[test]
fn a_version_file_of_a_stranger_is_harmless() {
    let s = Scene::new();
    for (version, said) in [
        ("go1.23\x1b[2J\n", "go1.23\\x1b[2J"),
        ("rm -rf\n", ""),
        ("", ""),
        ("devel go1.24-abc Tue\n", "devel go1.24-abc Tue"),
        (&format!("go{}", "1".repeat(100)), ""),
        (&"go1\n".repeat(5000), ""),
    ] {
        s.tree("usr", version);
        assert_eq!(s.first("@/usr/bin", &[]).unwrap()[3], said);
    }
}
