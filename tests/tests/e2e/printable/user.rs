//! The environment and the command line: the user's own words may have come from anywhere.

use super::said::{MARK, odd_lines, odd_texts};
use super::scene::Scene;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;

#[test]
fn variables() {
    for (key, arrives) in [
        ("GOWARD_VERSION", true),
        ("GOTOOLCHAIN", true),
        ("GOWARD_ROOT", true),
        ("GOWARD_MIRROR", false),
        ("GOWARD_MIRROR_DIGESTS", false),
        ("GOWARD_OFFLINE", true),
        ("GOWARD_AUTO_INSTALL", false),
        ("GOWARD_LOG", false),
        ("GOPROXY", false),
        ("GOSUMDB", false),
        ("GOFLAGS", false),
        ("GOROOT", false),
        ("GOENV", false),
        ("GOMODCACHE", false),
        ("HTTPS_PROXY", false),
        ("NETRC", false),
        ("HOME", false),
        ("PWD", false),
    ] {
        for text in odd_lines() {
            let mut scene = Scene::new("variable");
            scene.set(key, text);
            scene.file("go.mod", &[b"module m\n\ngo 1.99\n"]);
            scene.ask_everything(arrives);
        }
    }
}

#[test]
fn selectors_and_arguments() {
    for text in odd_lines() {
        let mut scene = Scene::new("argument");
        let selector = [b"+", text].concat();
        scene.look(&scene.go(&[&selector, b"version"]));
        scene.must_have_shown(MARK);
        let explain = scene.goward(&["explain", "--"]);
        scene.look(&explain.clone().args([OsStr::from_bytes(&selector)]));
        scene
            .look(&scene.goward(&["explain", "--json", "--"]).args([OsStr::from_bytes(&selector)]));
        for command in [
            &["install"][..],
            &["use"],
            &["default"],
            &["uninstall"],
            &["verify"],
            &["repair"],
            &["link", "x"],
            &["link"],
            &["trust"],
            &["which"],
            &["env"],
            &["exec", "--"],
            &["list", "--remote"],
            &["adopt"],
            &["prune"],
            &["outdated"],
            &["upgrade", "-n"],
            &["nothing-like-it"],
            &[],
        ] {
            scene.look(&scene.goward(command).args([OsStr::from_bytes(text)]));
        }
    }
}

/// The file that `go env -w` writes.
#[test]
fn the_go_env_file() {
    for key in ["GOTOOLCHAIN", "GOPROXY", "GOSUMDB", "GOAUTH", "GOFLAGS", "GOROOT"] {
        for text in odd_texts() {
            let mut scene = Scene::new("go-env");
            let path = scene.sandbox.go_env_file("");
            super::scene::write(&path, &[key.as_bytes(), b"=", text, b"\n"]);
            scene.ask_everything(key == "GOTOOLCHAIN");
        }
    }
}
