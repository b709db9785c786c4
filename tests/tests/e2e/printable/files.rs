//! Files of a repository, and names of its directories.

use super::said::{odd_lines, odd_texts};
use super::scene::{HERE, Scene, name, write};
use std::fs;

/// Each file, written with each text, and everything asked.
#[track_caller]
fn every(title: &str, arrives: bool, plant: impl Fn(&mut Scene, &[u8])) {
    for text in odd_texts() {
        let mut scene = Scene::new(title);
        plant(&mut scene, text);
        scene.ask_everything(arrives);
    }
}

#[test]
fn pin_files() {
    every("go-version", true, |scene, text| scene.file(".go-version", &[text]));
    every("surplus", false, |scene, text| scene.file(".go-version", &[b"1.22.10\n", text]));
    every("tool-versions", true, |scene, text| {
        scene.file(".tool-versions", &[b"golang ", text, b"\n"]);
    });
    every("tool-versions-2", false, |scene, text| {
        scene.file(".tool-versions", &[b"nodejs ", text, b"\ngolang 1.22.10 ", text, b"\n"]);
    });
}

#[test]
fn goenv() {
    // Kept, so that trust and diff have something to show.
    every("goenv-guarded", true, |scene, text| {
        scene.file(".goenv", &[b"GOBIN=/x\n# ", text, b"\nGOFLAGS=", text, b"\n"]);
    });
    every("goenv-toolchain", true, |scene, text| {
        scene.file(".goenv", &[b"GOTOOLCHAIN=", text, b"\n"]);
    });
    every("goenv-suffix", true, |scene, text| {
        scene.file(".goenv", &[b"GOTOOLCHAIN=go1.99.0-", &name_of(text), b"\n"]);
    });
    every("goenv-goos", false, |scene, text| scene.file(".goenv", &[b"GOOS=", text, b"\n"]));
    every("goenv-go-line", false, |scene, text| {
        scene.file(".goenv", &[b"GOWARD_GO_LINE=", text, b"\n"]);
    });
    every("goenv-key", true, |scene, text| scene.file(".goenv", &[text, b"=x\n"]));
    every("goenv-no-key", true, |scene, text| scene.file(".goenv", &[b"export ", text, b"\n"]));
}

/// A toolchain's name has no separators.
fn name_of(text: &[u8]) -> Vec<u8> {
    text.iter().filter(|byte| !b"/\\".contains(byte)).copied().collect()
}

/// A character that ends a name for Go does not end it in goward's messages.
#[test]
fn module_files() {
    for file in ["go.mod", "go.work"] {
        every("toolchain-line", true, |scene, text| {
            let text = name_of(text);
            scene.file(file, &[b"module m\n\ngo 1.21\ntoolchain go1.99.0-", &text, b"\n"]);
        });
        every("odd-toolchain-line", false, |scene, text| {
            scene.file(file, &[b"module m\ngo 1.21\ntoolchain ", text, b"\n"]);
        });
        every("go-line", false, |scene, text| {
            scene.file(file, &[b"module ", text, b"\ngo ", text, b"\ngodebug ", text, b"\n"]);
        });
    }
    // Below a pin, of which the shim warns.
    every("conflict", false, |scene, text| {
        let text = name_of(text);
        scene.file(".go-version", &[HERE.as_bytes(), b"\n"]);
        scene.file("go.mod", &[b"module m\n\ngo 1.21\ntoolchain go1.99.0-", &text, b"\n"]);
    });
}

/// A directory of a clone can be called anything.
#[test]
fn names_of_directories() {
    let files: [(&str, &[u8]); 6] = [
        (".go-version", b"bad\n"),
        (".go-version", b"1.22.10\n1.22.9\n"),
        (".goenv", b"GOFLAGS=-x\n"),
        (".goenv", b"GOTOOLCHAIN=1.22\n"),
        ("go.mod", b"module m\n\ngo 1.99\n"),
        ("go.work", b"go 1.22.10\n"),
    ];
    for (file, content) in files {
        for text in odd_lines() {
            let mut scene = Scene::new("directory");
            scene.dir = scene.dir.join(name(text));
            write(&scene.dir.join(file), &[content]);
            scene.ask_everything(true);
        }
    }
}

/// Directories in the place of files, and below the searched directories.
#[test]
fn names_below_a_folder() {
    for text in odd_lines() {
        let mut scene = Scene::new("below");
        let odd = scene.dir.join(name(text));
        fs::create_dir_all(odd.join("a/.goenv")).unwrap();
        write(&odd.join("b/.go-version"), &[b"1.22.10\n"]);
        write(
            &odd.join("c/go.mod"),
            &[b"module m\n\ngo 1.21\ntoolchain go1.99.0-", &name_of(text)],
        );
        let commands = [&["prune", "-n", "."][..], &["prune", "--json", "."], &["outdated", "."]];
        for args in commands.into_iter().chain([&["upgrade", "-n", "."][..]]) {
            scene.look(&scene.goward(args));
        }
        for dir in ["a", "b", "c", "gone"] {
            let dir = odd.join(dir);
            for args in [&["explain"][..], &["explain", "--json"], &["use", "1.22.10", "--project"]]
            {
                scene.look(&scene.goward(args).args([&dir]));
            }
            for args in [["trust", "-n"], ["install", "-n"], ["adopt", "-n"], ["link", "corp"]] {
                scene.look(&scene.goward(&args).args([dir.join(".goenv")]));
            }
        }
        scene.must_have_shown(super::said::MARK);
    }
}
