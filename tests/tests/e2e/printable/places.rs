//! The store, the home directory, and trees: the files that another tool, another user or a damage
//! left there.

use super::said::{odd_lines, odd_texts};
use super::scene::{HERE, Scene, name, write};
use std::fs;
use std::os::unix::fs::symlink;

/// Each text in its own scene, and everything asked.
#[track_caller]
fn every(title: &str, texts: Vec<&[u8]>, arrives: bool, plant: impl Fn(&mut Scene, &[u8])) {
    for text in texts {
        let mut scene = Scene::new(title);
        plant(&mut scene, text);
        scene.ask_everything(arrives);
    }
}

#[test]
fn the_default() {
    every("default", odd_texts(), true, |scene, text| {
        write(&scene.sandbox.root().join("default"), &[text, b"\n"]);
    });
    every("home-pin", odd_texts(), true, |scene, text| {
        write(&scene.sandbox.home().join(".go-version"), &[text, b"\n"]);
    });
}

#[test]
fn the_configuration() {
    every("config", odd_lines(), false, |scene, text| {
        write(&scene.sandbox.root().join("config.toml"), &[text]);
    });
    every("config-key", odd_lines(), true, |scene, text| {
        let key = serde_json::to_string(&*String::from_utf8_lossy(text)).unwrap();
        // TOML reads all of JSON's escapes but that of DEL, which may stand as it is in JSON only.
        let key = key.replace('\x7f', "\\u007f");
        write(&scene.sandbox.root().join("config.toml"), &[key.as_bytes(), b" = 1\n"]);
    });
    every("config-mirror", odd_lines(), true, |scene, text| {
        let url = serde_json::to_string(&*String::from_utf8_lossy(text)).unwrap();
        let url = url.replace('\x7f', "\\u007f");
        let text = format!("mirrors = [{url}]\n");
        write(&scene.sandbox.root().join("config.toml"), &[text.as_bytes()]);
    });
}

/// Names of links, and where they lead.
#[test]
fn links() {
    every("link-name", odd_lines(), false, |scene, text| {
        let links = scene.sandbox.root().join("links");
        fs::create_dir_all(&links).unwrap();
        symlink(scene.sandbox.toolchain(HERE), links.join(name(text))).unwrap();
    });
    every("link-target", odd_lines(), true, |scene, text| {
        let root = scene.sandbox.root();
        let target = scene.sandbox.dir().join(name(text));
        fs::create_dir_all(root.join("links")).unwrap();
        symlink(scene.sandbox.toolchain(HERE), &target).unwrap();
        symlink(&target, root.join("links/corp")).unwrap();
        symlink(target.join("gone"), root.join("links/gone")).unwrap();
    });
}

/// The files for which the store has a record of trust.
#[test]
fn records_of_trust() {
    every("record", odd_lines(), true, |scene, text| {
        let record = scene.sandbox.root().join("trust/x").join(name(text)).join(".goenv");
        write(&record, &[b"GOFLAGS=", text, b"\n"]);
        scene.file(".goenv", &[b"GOBIN=/x\n"]);
    });
    every("record-of-this", odd_texts(), true, |scene, text| {
        let path = scene.dir.join(".goenv");
        let record = scene.sandbox.root().join("trust").join(path.strip_prefix("/").unwrap());
        write(&record, &[b"GOFLAGS=", text, b"\n", text]);
        scene.file(".goenv", &[b"GOBIN=/x\n# ", text, b"\n"]);
    });
}

#[test]
fn receipts_and_manifests() {
    every("receipt-damaged", odd_lines(), false, |scene, text| {
        let receipts = scene.sandbox.root().join("state/receipts");
        write(&receipts.join("go1.22.10.json"), &[text]);
        write(&receipts.join("go1.22.10.files"), &[text]);
    });
    every("receipt", odd_lines(), true, |scene, text| {
        let text = String::from_utf8_lossy(text).into_owned();
        let receipt = serde_json::json!({
            "toolchain": text, "platform": "linux/amd64", "source": text, "sha256": text, "size": 1,
            "trust": "T3", "built_with": text, "installed": 1,
            "files": { "count": 1, "bytes": 1, "sha256": text, text.clone(): text },
        });
        let path = scene.sandbox.root().join("state/receipts/go1.22.10.json");
        write(&path, &[receipt.to_string().as_bytes()]);
    });
}

/// Files in an installed tree, the tree's own name, the name in its `VERSION`, and trees beside it.
#[test]
fn trees() {
    every("file-in-tree", odd_lines(), false, |scene, text| {
        let tree = scene.sandbox.toolchain(HERE);
        write(&tree.join("src").join(name(text)), &[text]);
        write(&tree.join("go.env"), &[b"GOFLAGS=", text, b"\n", text, b"=x\n"]);
    });
    every("version", odd_lines(), false, |scene, text| {
        write(&scene.sandbox.toolchain(HERE).join("VERSION"), &[text]);
    });
    every("name-of-tree", odd_lines(), false, |scene, text| {
        let tree =
            scene.sandbox.root().join("toolchains").join(name(&[b"go1.22.9-", text].concat()));
        scene.sandbox.script(tree.join("bin/go"), "true");
        write(&tree.join("VERSION"), &[b"go1.22.9-", text]);
    });
    every("adopted", odd_lines(), false, |scene, text| {
        for (at, says) in [("1.21.13", b"go1.21.13\n".as_slice()), ("1.21.12", text)] {
            let tree = scene.sandbox.home().join("sdk").join(format!("go{at}"));
            scene.sandbox.script(tree.join("bin/go"), "true");
            write(&tree.join("VERSION"), &[says]);
            write(&tree.join(name(text)), &[text]);
        }
        let other = scene.sandbox.home().join(".goenv/versions").join(name(text));
        scene.sandbox.script(other.join("bin/go"), "true");
        write(&other.join("VERSION"), &[b"go1.21.11\n"]);
    });
    // A tree that is installed from where it lies, or adopted by name.
    for text in odd_lines() {
        let mut scene = Scene::new("local");
        for says in [text, b"go1.21.13"] {
            let tree = scene.dir.join(name(text));
            scene.sandbox.script(tree.join("bin/go"), "true");
            write(&tree.join("VERSION"), &[says, b"\n"]);
            write(&tree.join("src").join(name(text)), &[text]);
            for args in
                [&["adopt"][..], &["adopt", "--unverified"], &["install", "--verify", "none"]]
            {
                scene.look(&scene.goward(args).args([&tree]));
            }
        }
        let archive = scene.dir.join(name(&[text, b".tar.gz"].concat()));
        write(&archive, &[text]);
        write(&scene.dir.join(name(&[text, b".tar.gz.sha256"].concat())), &[text]);
        scene.look(&scene.goward(&["install"]).args([&archive]));
        // The command line takes text only.
        if std::str::from_utf8(text).is_ok() {
            scene.must_have_shown(super::said::MARK);
        }
    }
}

/// A system Go in a directory of any name, and one that says odd things about itself.
#[test]
fn the_system_go() {
    for text in odd_lines() {
        let mut scene = Scene::new("system");
        let tree = scene.sandbox.dir().join(name(text).to_string_lossy().replace(':', ""));
        let says = "printf 'go: nasty \\033[2J\\n::x\\n##vso[y]\\n' >&2; exit 1";
        scene.sandbox.script(tree.join("bin/go"), says);
        write(&tree.join("VERSION"), &[text]);
        scene.sandbox.add_to_path(tree.join("bin"), false);
        fs::remove_dir_all(scene.sandbox.root().join("toolchains")).unwrap();
        // Go's own output is Go's matter. goward passes on Go's answers to its own questions.
        for args in ["explain", "current", "list", "env", "default"] {
            scene.look(&scene.goward(&[args]));
            scene.look(&scene.goward(&[args, "--json"]));
        }
        scene.must_have_shown(super::said::MARK);
    }
}

#[test]
fn accounts() {
    every("netrc", odd_lines(), false, |scene, text| {
        write(&scene.sandbox.home().join(".netrc"), &[b"machine ", text, b" login ", text]);
        scene.set("GOWARD_MIRROR", b"http://127.0.0.1:9/");
    });
}
