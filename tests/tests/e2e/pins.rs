//! Pins with real Go: the settings that Go shows and sets below one, names that no release has, and
//! homes that the user database knows.

use std::fs;
use std::path::Path;

use goward_tests::binaries::executable;
use goward_tests::mirror::{VERSIONS, note};
use goward_tests::sandbox::{Sandbox, copy_program, version_of};

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::with("pins", &VERSIONS);
    sandbox.set_default("1.27.3");
    sandbox
}

/// Go warns of a variable in the environment that hides the setting that it writes. The user has
/// none.
#[test]
fn gotoolchain_is_shown_and_set_as_the_user_has_it() {
    let sandbox = sandbox();
    for version in VERSIONS {
        let project = sandbox.project(version);
        sandbox.write(project.join(".go-version"), version);
        // With a newer module Go would go up for anything else.
        sandbox.write(project.join("go.mod"), "module m\n\ngo 1.99\n");
        for args in [
            &["env", "GOTOOLCHAIN"][..],
            &["-C", ".", "env", "GOTOOLCHAIN"],
            &["env", "-w", "GOTOOLCHAIN=go1.23.2"],
        ] {
            let ours = sandbox.go(&project, args).run();
            let set = fs::read(sandbox.config_dir().join("env")).ok();
            let bare = sandbox.direct(version, &project, args).run();
            ours.same_as(&bare).code(0).silent();
            assert_eq!(set, fs::read(sandbox.config_dir().join("env")).ok(), "{ours}");
            let _ = fs::remove_file(sandbox.config_dir().join("env"));
        }
        // These two look at it first: Go would look for 1.99 on the network.
        sandbox.go_env_file("GOTOOLCHAIN=auto\n");
        for args in [&["env", "-u", "GOTOOLCHAIN"][..], &["env", "GOMOD"], &["env", "GOWORK"]] {
            sandbox.go(&project, args).env("GOPROXY", "off").run().code(0).silent();
        }
    }
}

#[test]
fn go_reports_a_goroot_of_no_version_itself() {
    let sandbox = sandbox();
    let dir = sandbox.project("p");
    let bare_root = sandbox.dir().join("bare");
    fs::create_dir_all(bare_root.join("bin")).expect("it is ours");
    fs::create_dir_all(bare_root.join("pkg/tool/linux_amd64")).expect("it is ours");
    for args in [
        &["tool", "dist", "list", "-json"][..],
        &["tool", "-n", "dist"],
        &["env", "GOROOT"],
        &["build", "std"],
    ] {
        let (ours, bare) = (sandbox.go(&dir, args), sandbox.direct("1.27.3", &dir, args));
        let (ours, bare) = (ours.env("GOROOT", &bare_root), bare.env("GOROOT", &bare_root));
        ours.run().same_as(&bare.run());
    }
}

/// Links straight to a tree, as `goward install` makes them, need no shim; this is the shim itself
/// under such a name.
#[test]
fn under_the_name_of_a_minor_its_newest_release_runs() {
    let sandbox = sandbox();
    let dir = sandbox.project("p");
    sandbox.write(dir.join(".go-version"), "1.27.3");
    let named = |name: &str| {
        let shim = sandbox.shims().join(executable(name));
        // There may be a link to the tree itself. The test must write nothing through it.
        let _ = fs::remove_file(&shim);
        copy_program(&sandbox.shim(), &shim);
        sandbox.go(&dir, &["version"]).program(shim)
    };
    assert_eq!(version_of(&named("go1.22")), "1.22.10");
    assert_eq!(version_of(&named("go1.23.2")), "1.23.2");
    named("go1.26").run().code(127).says("go1.26 is not installed; run: goward install 1.26");
    let custom = named("go1.21.13-corp").run();
    custom.code(127).says("go1.21.13-corp is not installed; run: go +go1.21.13-corp");
    let advised = sandbox.go(&dir, &["+go1.21.13-corp"]).run();
    advised.code(127).says("run: goward link go1.21.13-corp GOROOT");
}

/// The tree calls itself by its release's name, so by its custom name Go would not find itself.
#[test]
fn a_custom_name_that_is_linked_runs_and_stays() {
    let sandbox = sandbox();
    let dir = sandbox.project("p");
    sandbox.module(&dir, "module m\n\ngo 1.21\n", "package main\n\nfunc main() {}\n");
    let tree = sandbox.toolchain("1.23.2");
    sandbox.goward(&["link", "go1.23.2-corp", &tree.display().to_string()]).ok();
    let go = |args: &[&str]| sandbox.go(&dir, args).env("GOPROXY", "off");
    let by_env = go(&["version"]).env("GOTOOLCHAIN", "go1.23.2-corp");
    assert_eq!(version_of(&by_env), "1.23.2");
    go(&["build", "-o", "out", "."]).env("GOTOOLCHAIN", "go1.23.2-corp").run().code(0).silent();
    let wished = go(&["version"]).env("GOTOOLCHAIN", "go1.23.2-corp+auto");
    assert_eq!(version_of(&wished), "1.23.2");
    assert_eq!(version_of(&go(&["+go1.23.2-corp", "version"])), "1.23.2");
    assert_eq!(version_of(&go(&["version"]).env("GOWARD_VERSION", "go1.23.2-corp")), "1.23.2");
    sandbox.go_env_file("GOTOOLCHAIN=go1.23.2-corp\n");
    assert_eq!(version_of(&go(&["version"])), "1.23.2");
    fs::remove_file(sandbox.config_dir().join("env")).expect("it was written");
    sandbox.write(dir.join(".goenv"), "GOTOOLCHAIN=go1.23.2-corp\n");
    go(&["version"]).run().code(125).says("needs your trust");
    sandbox.goward(&["trust", &dir.join(".goenv").display().to_string()]).ok();
    assert_eq!(version_of(&go(&["version"])), "1.23.2");
    for bad in ["go1.23.2", "1.23.2-corp", "go1.23.2/corp", "go1.23.2 corp", "go1.23.x-corp"] {
        let linked = sandbox.goward(&["link", bad, &tree.display().to_string()]).run();
        linked.code(2).says("cannot be the name of a link");
    }
}

/// Containers and sandboxes mask a file by a mount of the null device; a link to it needs no mount.
#[test]
fn a_mount_of_the_null_device_is_an_empty_file() {
    let sandbox = sandbox();
    let top = sandbox.project("q");
    sandbox.write(top.join(".go-version"), "1.22.10");
    let dir = sandbox.project("q/p");
    for file in [".go-version", ".tool-versions", ".goenv", "go.mod", "go.work"] {
        sandbox.write(dir.join(file), "nonsense\n");
    }
    let masked = ".go-version .goenv go.mod go.work";
    let script = format!(
        "for file in {masked}; do mount --bind /dev/null \"$P/$file\"; done; exec \"$0\" version"
    );
    let Some(outcome) = mounting(&sandbox, &dir, &script) else { return };
    assert!(outcome.code(0).silent().stdout.contains("go1.27.3"), "{outcome}");
}

/// As `sudo` and build tools leave it: HOME is another directory than the user's own home.
#[test]
fn a_home_is_one_whatever_home_says() {
    let sandbox = sandbox();
    let home = sandbox.project("ann");
    sandbox.write(home.join(".go-version"), "1.22.10");
    let dir = sandbox.project("ann/p");
    sandbox.write(dir.join("go.mod"), "module m\n\ntoolchain go1.23.2\n");
    let users = sandbox.write("passwd", &format!("ann:x:0:0::{}:/bin/sh\n", home.display()));
    let script = format!("mount --bind {} /etc/passwd; exec \"$0\" version", users.display());
    // Without it the file is a pin.
    assert_eq!(version_of(&sandbox.go(&dir, &["version"])), "1.22.10");
    let Some(outcome) = mounting(&sandbox, &dir, &script) else { return };
    assert!(outcome.code(0).silent().stdout.contains("go1.23.2"), "{outcome}");
    let explain = format!(
        "mount --bind {} /etc/passwd; exec env COLUMNS=400 {} -v explain",
        users.display(),
        sandbox.manager().display()
    );
    let Some(outcome) = mounting(&sandbox, &dir, &explain) else { return };
    outcome.code(0);
    let moved =
        format!("{}/.go-version lies in a home directory, so it is a default", home.display());
    assert!(outcome.stdout.contains(&moved), "{outcome}");
}

#[test]
fn explain_tells_what_counts_as_absent_and_why() {
    let sandbox = sandbox();
    let dir = sandbox.project("p");
    let explain = |words: &[&str]| {
        // In a window this wide no line is broken.
        let outcome = sandbox.goward(&["-v", "explain"]).env("COLUMNS", "400").dir(&dir).run();
        for word in words {
            assert!(outcome.code(0).stdout.contains(word), "no {word:?} in {outcome}");
        }
    };
    fs::create_dir_all(dir.join(".tool-versions")).expect("it is ours");
    fs::create_dir_all(sandbox.config_dir().join("env")).expect("it is ours");
    explain(&[
        ".tool-versions is a directory; it counts as absent",
        "config/go/env is a directory; it counts as absent",
        "it cannot be read: absent, as for Go",
    ]);
    fs::remove_dir(sandbox.config_dir().join("env")).expect("it is empty");
    fs::remove_dir(dir.join(".tool-versions")).expect("it is empty");
    sandbox.write(dir.join(".tool-versions"), "golang 1.26.1 1.22.10\n");
    explain(&["1.22.10", "decides; 1.26.1 goes before it and is not installed"]);
    fs::remove_file(dir.join(".tool-versions")).expect("it is there");
    // `$HOME` needs no user database.
    sandbox.write(dir.join(".go-version"), "1.22.10\n");
    let explain = sandbox.goward(&["-v", "explain"]).env("COLUMNS", "400");
    let outcome = explain.dir(&dir).env("HOME", &dir).run();
    let moved = "~/.go-version lies in a home directory, so it is a default";
    assert!(outcome.stdout.contains(moved), "{outcome}");
}

/// A shell script in name spaces of its own, in which `$0` is the shim and `$P` the directory;
/// `None` where this user may not mount anything.
fn mounting(sandbox: &Sandbox, dir: &Path, script: &str) -> Option<goward_tests::call::Outcome> {
    let call = |script: &str| {
        let call = sandbox.go(dir, &["-m", "/bin/sh", "-e", "-c", script]);
        let call = call.program("/usr/bin/unshare").args([sandbox.shim()]);
        call.env("PATH", "/usr/sbin:/usr/bin:/bin").env("P", dir)
    };
    let possible = cfg!(target_os = "linux") && Path::new("/usr/bin/unshare").exists();
    if possible && call("mount -t tmpfs tmpfs \"$P\"").run().status.success() {
        return Some(call(script).run());
    }
    note("NOT TESTED: mounting over a file: this system mounts nothing");
    None
}
