//! Every source of the chain, deciding alone and against its neighbours, with real Go.

mod gotoolchain;

use std::fs;
use std::path::{Path, PathBuf};

use goward_tests::call::Call;
use goward_tests::mirror::VERSIONS;
use goward_tests::sandbox::{Sandbox, version_of};

/// The sources that can name a version, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Source {
    CommandLine,
    GowardVersion,
    Gotoolchain,
    Goenv,
    GoEnvFile,
    GoVersion,
    GoWork,
    GoMod,
    HomeGoVersion,
    Default,
    System,
    NewestInstalled,
}

use Source::*;

const SOURCES: [Source; 12] = [
    CommandLine,
    GowardVersion,
    Gotoolchain,
    Goenv,
    GoEnvFile,
    GoVersion,
    GoWork,
    GoMod,
    HomeGoVersion,
    Default,
    System,
    NewestInstalled,
];

/// A sandbox in which sources are set one after the other.
struct Chain {
    sandbox: Sandbox,
    project: PathBuf,
    env: Vec<(&'static str, String)>,
    first_argument: Option<String>,
}

impl Chain {
    fn new() -> Chain {
        let sandbox = Sandbox::with("chain", &VERSIONS[1..]);
        let project = sandbox.project("p/deep/er");
        Chain { sandbox, project, env: Vec::new(), first_argument: None }
    }

    /// Makes `source` name `version`, if it can name one, and returns the version that it then
    /// selects.
    fn set(&mut self, source: Source, version: &str) -> String {
        let sandbox = &self.sandbox;
        // Two levels above the resolution directory, so that the walk is part of every test.
        let top = sandbox.project("p");
        match source {
            CommandLine => self.first_argument = Some(format!("+{version}")),
            GowardVersion => self.env.push(("GOWARD_VERSION", version.to_owned())),
            Gotoolchain => self.env.push(("GOTOOLCHAIN", format!("go{version}"))),
            Goenv => drop(sandbox.write(top.join(".goenv"), &format!("GOTOOLCHAIN=go{version}\n"))),
            GoEnvFile => drop(sandbox.go_env_file(&format!("GOTOOLCHAIN=go{version}\n"))),
            GoVersion => drop(sandbox.write(top.join(".go-version"), &format!("{version}\n"))),
            // A go line alone is a minimum, which a default meets.
            GoWork => {
                let text = format!("go 1.21\n\ntoolchain go{version}\n\nuse .\n");
                drop(sandbox.write(top.join("go.work"), &text));
            }
            GoMod => {
                let text = format!("module m\n\ngo 1.21\n\ntoolchain go{version}\n");
                drop(sandbox.write(top.join("go.mod"), &text));
            }
            HomeGoVersion => drop(sandbox.write("home/.go-version", &format!("{version}\n"))),
            Default => sandbox.set_default(version),
            System => return self.sandbox.add_system_go().version.clone(),
            NewestInstalled => return VERSIONS[3].to_owned(),
        }
        version.to_owned()
    }

    /// The call of `go version` that all this amounts to.
    fn call(&self) -> Call {
        let call = self
            .env
            .iter()
            .fold(self.sandbox.go(&self.project, &[]), |call, (key, value)| call.env(key, value));
        call.args(self.first_argument.iter()).args(["version"])
    }
}

#[test]
fn each_source_decides_alone() {
    for source in SOURCES {
        let mut chain = Chain::new();
        let wanted = chain.set(source, "1.22.10");
        assert_eq!(version_of(&chain.call()), wanted, "{source:?}");
    }
}

/// All pairs, not only neighbours: the stronger source decides, even if the weaker one names a
/// newer Go.
#[test]
fn the_stronger_of_two_sources_decides() {
    for upper in SOURCES {
        for lower in SOURCES.into_iter().filter(|lower| *lower > upper) {
            // Only a module raises the version that `go.work` sets, and only in Go's own, later
            // errors.
            for (strong, weak) in [("1.22.10", "1.23.2"), ("1.23.2", "1.22.10")] {
                let mut chain = Chain::new();
                let wanted = chain.set(upper, strong);
                chain.set(lower, weak);
                let got = version_of(&chain.call());
                assert_eq!(got, wanted, "{upper:?} {strong} over {lower:?} {weak}");
            }
        }
    }
}

#[test]
fn all_sources_together_fall_away_from_the_top() {
    for (first, strongest) in SOURCES.into_iter().enumerate() {
        let mut chain = Chain::new();
        let wanted = chain.set(strongest, "1.22.10");
        for lower in SOURCES.into_iter().skip(first + 1) {
            chain.set(lower, "1.23.2");
        }
        assert_eq!(version_of(&chain.call()), wanted, "{strongest:?} on top");
    }
}

#[test]
fn the_nearest_file_counts() {
    for (name, far, near) in [
        (".goenv", "GOTOOLCHAIN=go1.21.13\n", "GOTOOLCHAIN=go1.22.10\n"),
        (".go-version", "1.21.13\n", "1.22.10\n"),
        (".tool-versions", "golang 1.21.13\n", "nodejs 20.0.0\ngolang 1.22.10\n"),
        ("go.work", "toolchain go1.21.13\n", "toolchain go1.22.10\n"),
        ("go.mod", "module a\ntoolchain go1.21.13\n", "module b\ntoolchain go1.22.10\n"),
    ] {
        let sandbox = Sandbox::with("nearest", &VERSIONS);
        let (top, middle, deep) =
            (sandbox.project("p"), sandbox.project("p/a"), sandbox.project("p/a/b"));
        sandbox.write(top.join(name), far);
        sandbox.write(middle.join(name), near);
        assert_eq!(sandbox.version(&deep), "1.22.10", "{name} below");
        assert_eq!(sandbox.version(&middle), "1.22.10", "{name} beside");
        assert_eq!(sandbox.version(&top), "1.21.13", "{name} above");
    }
}

#[test]
fn tool_versions_counts_as_go_version_in_a_directory_without_one() {
    let sandbox = Sandbox::with("toolversions", &VERSIONS);
    let (top, deep) = (sandbox.project("p"), sandbox.project("p/a"));
    sandbox.write(top.join(".go-version"), "1.21.13\n");
    sandbox.write(deep.join(".tool-versions"), "# tools\npython 3.12.0\ngo 1.22.10\n");
    assert_eq!(sandbox.version(&deep), "1.22.10", "the nearer .tool-versions");
    sandbox.write(deep.join(".go-version"), "1.23.2\n");
    assert_eq!(sandbox.version(&deep), "1.23.2", ".go-version beside it");
    fs::remove_file(deep.join(".go-version")).unwrap();
    sandbox.write(deep.join(".tool-versions"), "python 3.12.0\n");
    assert_eq!(sandbox.version(&deep), "1.21.13", "one that does not speak of Go");
}

#[test]
fn module_floors() {
    for (go_mod, wanted) in [
        ("go 1.22", "1.22.10"),
        ("go 1.22.3", "1.22.10"),
        ("go 1.23.2", "1.23.2"),
        ("go 1.22\n\ntoolchain go1.23.2", "1.23.2"),
        ("go 1.23\n\ntoolchain go1.22.10", "1.23.2"),
        ("go 1.25", "1.27.3"),
        ("", "1.21.13"),
        ("go 1.16", "1.21.13"),
        ("toolchain default\ngo 1.22", "1.21.13"),
        ("go v1.22", "1.21.13"),
        ("go (\n1.22\n)", "1.21.13"),
        ("// go 1.22", "1.21.13"),
        ("\u{feff}go 1.22", "1.21.13"),
        ("go 1.22 // why", "1.22.10"),
        ("go\t1.22\r", "1.22.10"),
        ("go 1.22\ngo 1.23", "1.22.10"),
    ] {
        let sandbox = Sandbox::with("floors", &VERSIONS);
        let project = sandbox.project("p");
        // The line under test comes first: a byte order mark is one only there.
        sandbox.write(project.join("go.mod"), &format!("{go_mod}\nmodule m\n"));
        // If the default meets the floor, only a toolchain line chooses.
        let met = if go_mod.contains("toolchain go1.23.2") { wanted } else { "1.27.3" };
        for (default, wanted) in [("1.21.13", wanted), ("1.27.3", met)] {
            sandbox.set_default(default);
            let got = sandbox.go(&project, &["version"]).env("GOWARD_OFFLINE", "1").run();
            got.code(0);
            let right = got.stdout.starts_with(&format!("go version go{wanted} "));
            assert!(right, "{go_mod:?} {default}\n{got}");
        }
    }
}

#[test]
fn a_workspace_rules_over_its_members() {
    let sandbox = Sandbox::with("work", &VERSIONS);
    sandbox.set_default("1.21.13");
    let (top, member) = (sandbox.project("w"), sandbox.project("w/member"));
    sandbox.write(top.join("go.work"), "go 1.23\n\nuse ./member\n");
    sandbox.write(member.join("go.mod"), "module m\n\ngo 1.22\n");
    assert_eq!(sandbox.version(&member), "1.23.2");
    let off = sandbox.go(&member, &["version"]).env("GOWORK", "off");
    assert_eq!(version_of(&off), "1.22.10", "GOWORK=off");
    let other = sandbox.write("other/x.work", "go 1.21.13\n");
    let named = sandbox.go(&member, &["version"]).env("GOWORK", other);
    assert_eq!(version_of(&named), "1.21.13", "GOWORK names another file");
}

#[test]
fn go_dash_c_resolves_from_its_directory() {
    let sandbox = Sandbox::with("chdir", &VERSIONS);
    let (here, there) = (sandbox.project("p"), sandbox.project("p/sub"));
    sandbox.set_default("1.21.13");
    sandbox.module(&there, "module m\n\ngo 1.23\n", "package main\n\nfunc main() {}\n");
    for args in [
        &["-C", "sub", "env", "GOVERSION"][..],
        &["-C=sub", "env", "GOVERSION"],
        &["--C", "sub", "env", "GOVERSION"],
        &["--C=sub", "env", "GOVERSION"],
        &["env", "-C", "sub", "GOVERSION"],
        &["env", "-C=sub", "GOVERSION"],
        &["env", "--C", "sub", "GOVERSION"],
        &["env", "--C=sub", "GOVERSION"],
    ] {
        assert_eq!(sandbox.go(&here, args).ok(), "go1.23.2", "{args:?}");
    }
    let far = sandbox.go(&here, &["-C", "sub", "version"]);
    assert_eq!(version_of(&far), "1.23.2");
}

/// Go walks up from `$PWD` when that names the current directory, so a link keeps its parents.
#[cfg(unix)]
#[test]
fn a_linked_directory_keeps_the_parents_of_its_name() {
    let sandbox = Sandbox::with("logical", &VERSIONS);
    let (real, named) = (sandbox.project("real/sub"), sandbox.project("named"));
    sandbox.write(real.parent().unwrap().join(".go-version"), "1.21.13\n");
    sandbox.write(named.join(".go-version"), "1.22.10\n");
    let link = named.join("sub");
    std::os::unix::fs::symlink(&real, &link).unwrap();
    let version = |pwd: &Path| version_of(&sandbox.go(&real, &["version"]).env("PWD", pwd));
    assert_eq!(version(&link), "1.22.10", "PWD names the directory by the link");
    assert_eq!(version(&real), "1.21.13", "PWD names it by its path");
    assert_eq!(version(Path::new("/")), "1.21.13", "PWD names another directory");
}

#[test]
fn a_go_mod_in_the_temporary_directory_is_ignored() {
    let sandbox = Sandbox::with("temp", &VERSIONS);
    sandbox.set_default("1.27.3");
    let temp = sandbox.dir().join("tmp");
    sandbox.write(temp.join("go.mod"), "module stray\n\ngo 1.22\n");
    let below = sandbox.dir().join("tmp/x");
    fs::create_dir_all(&below).unwrap();
    assert_eq!(sandbox.version(&below), "1.27.3");
}

#[test]
fn gofmt_resolves_like_go() {
    let sandbox = Sandbox::with("gofmt", &VERSIONS);
    let (old, new) = (sandbox.project("old"), sandbox.project("new"));
    sandbox.write(old.join(".go-version"), "1.21.13\n");
    sandbox.write(new.join("go.mod"), "module m\n\ngo 1.27\n");
    let gofmt = sandbox.shims().join(goward_tests::binaries::executable("gofmt"));
    for (dir, version) in [(&old, "1.21.13"), (&new, "1.27.3")] {
        let call = sandbox.go(dir, &[]).program(&gofmt);
        let formatted = call.clone().stdin("package  p\n").run();
        formatted.code(0).silent();
        assert_eq!(formatted.stdout, "package p\n");
        call.clone().args(["+1.22.10", "-l", "."]).run().code(0).silent();
        #[cfg(target_os = "linux")]
        runs(&call, &sandbox.toolchain(version).join("bin/gofmt"));
        #[cfg(not(target_os = "linux"))]
        let _ = version;
    }
}

/// Asserts that a program that waits for input becomes `wanted` in the process that was started.
#[cfg(target_os = "linux")]
fn runs(call: &Call, wanted: &Path) {
    let mut child = call.spawn();
    let exe = PathBuf::from(format!("/proc/{}/exe", child.id()));
    let is_wanted = || fs::read_link(&exe).is_ok_and(|exe| exe == wanted);
    for _ in 0..2000 {
        if is_wanted() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let runs = fs::read_link(&exe);
    drop(child.stdin.take());
    assert!(child.wait().expect("a child can be waited for").success());
    assert_eq!(runs.expect("the process was there"), wanted);
}

/// For any variable: caller's environment, nearest `.goenv`, go/env file, Go's default.
#[test]
fn variables_are_layered_like_the_toolchain() {
    let sandbox = Sandbox::with("layers", &["1.27.3"]);
    let project = sandbox.project("p");
    let deep = sandbox.project("p/a/b");
    let proxy = |dir: &Path| sandbox.go(dir, &["env", "GOPROXY"]).unset("GOPROXY");
    let builtin = sandbox.direct("1.27.3", &project, &["env", "GOPROXY"]).unset("GOPROXY").ok();
    assert_eq!(proxy(&project).ok(), builtin, "Go's default");
    let set = ["env", "-w", "GOPROXY=https://proxy.golang.org"];
    sandbox.go(&project, &set).unset("GOPROXY").run().code(0).silent();
    assert_eq!(proxy(&project).ok(), "https://proxy.golang.org", "go/env");
    sandbox.write(project.join(".goenv"), "GOPROXY=https://goproxy.cn\n");
    assert_eq!(proxy(&project).ok(), "https://goproxy.cn", ".goenv over go/env");
    assert_eq!(proxy(&deep).ok(), "https://goproxy.cn", "from below");
    let elsewhere = sandbox.project("q");
    assert_eq!(proxy(&elsewhere).ok(), "https://proxy.golang.org", "not elsewhere");
    assert_eq!(proxy(&deep).env("GOPROXY", "off").ok(), "off", "the caller over .goenv");
    assert_eq!(proxy(&deep).env("GOPROXY", "").ok(), "https://goproxy.cn", "empty is unset");
    sandbox.write(deep.join(".goenv"), "GOFLAGS=-v\n");
    assert_eq!(proxy(&deep).ok(), "https://proxy.golang.org", "only the nearest .goenv is read");
}

/// The order in which people do it: the file first, then `go env -w`, which says so itself.
#[test]
fn goenv_holds_against_a_later_go_env_w() {
    let sandbox = Sandbox::with("later", &["1.27.3"]);
    let project = sandbox.project("p");
    sandbox.write(project.join(".goenv"), "GOPROXY=https://goproxy.cn\n");
    let call = |args: &[&str]| sandbox.go(&project, args).unset("GOPROXY").run();
    let set = call(&["env", "-w", "GOPROXY=https://proxy.golang.org"]);
    set.code(0).says("does not override conflicting OS environment variable");
    let read = call(&["env", "GOPROXY"]);
    read.code(0).silent();
    assert_eq!(read.stdout, "https://goproxy.cn\n");
    // A file that the user may never have read hides no setting of his.
    let corp = sandbox.go(&sandbox.project("q"), &["env", "-w", "GOPROXY=https://corp.example"]);
    corp.unset("GOPROXY").run().code(0).silent();
    let refused = call(&["env", "GOPROXY"]);
    refused.code(125).nothing_on_stdout().says(".goenv:1").says("\"https://corp.example\"");
    refused.says("goward trust");
}

#[test]
fn a_directory_named_goenv_is_stepped_over() {
    let sandbox = Sandbox::with("goenvdir", &VERSIONS);
    let (top, deep) = (sandbox.project("p"), sandbox.project("p/a"));
    fs::create_dir(deep.join(".goenv")).unwrap();
    sandbox.write(top.join(".goenv"), "GOTOOLCHAIN=go1.22.10\n");
    assert_eq!(sandbox.version(&deep), "1.22.10");
}

/// A key that needs trust stops everything until the user has given it.
#[test]
fn an_untrusted_goenv_stops_everything() {
    let sandbox = Sandbox::with("untrusted", &["1.27.3"]);
    let project = sandbox.project("p");
    sandbox.write(project.join(".goenv"), "GOPROXY=https://goproxy.cn\nGOSUMDB=off\n");
    let refused = sandbox.go(&project, &["version"]).run();
    refused.code(125).nothing_on_stdout().says(".goenv:2").says("GOSUMDB").says("goward trust");
}
