//! The calls of `go` by the Go extension of VS Code, replayed. The files named are those of
//! golang/vscode-go, below `extension/src`.
//!
//! Unlike gopls, the extension sets the directory of its child alone: `PWD` keeps the value with
//! which the editor began.

use std::path::Path;

use goward_tests::binaries::executable;
use goward_tests::call::{Call, Outcome};
use goward_tests::proxy::ModuleProxy;

use super::probes::Probe;
use super::workspace::{Member, Workspace};

/// In the order of a start: `updateGoVarsFromConfig` in `goInstallTools.ts`, `getGoVersion` in
/// `util.ts`, `runGoModEnv` in `goModules.ts`, `goPackages.ts`, `goListAll`, the commands of
/// `goTest/` and `goBuild.ts` without the work itself.
const CALLS: &[Probe] = &[
    (&["env", "-json", "GOPATH", "GOROOT", "GOPROXY", "GOBIN", "GOMODCACHE"], &[]),
    (&["env", "-json", "GOPATH", "GOROOT", "GOBIN", "GOTOOLCHAIN", "GOVERSION"], &[]),
    (&["version"], &[]),
    (&["env", "GOMOD"], &[]),
    (&["list", "-m", "-json"], &[]),
    (&["list", "std"], &[]),
    (&["vet", "./..."], &[]),
    (&["test", "-list", ".", "./..."], &[]),
    (&["tool"], &[]),
];

fn two_modules() -> Workspace {
    Workspace::new(
        "vscode",
        ("go 1.22\n\ntoolchain go1.22.10\n", "1.22.10"),
        ("go 1.23\n\ntoolchain go1.23.2\n", "1.23.2"),
    )
}

/// Both ways for one call, from an editor that was started in HOME.
fn both(workspace: &Workspace, version: &str, dir: &Path, (args, env): &Probe) -> [Outcome; 2] {
    let home = workspace.sandbox.home();
    let with = |call: Call| {
        let call = call.env("PWD", &home);
        env.iter().fold(call, |call, (key, value)| call.env(key, value)).run()
    };
    let [bare, ours] =
        [with(workspace.direct(version, dir, args)), with(workspace.through(dir, args))];
    [ours, bare]
}

#[test]
fn each_folder_answers_for_itself() {
    let workspace = two_modules();
    for Member { dir, version } in [&workspace.a, &workspace.b] {
        for probe in CALLS {
            let [ours, bare] = both(&workspace, version, dir, probe);
            // Times differ from run to run.
            if probe.0[0] == "test" {
                let timeless = |outcome: &Outcome| -> Vec<String> {
                    let words = outcome.stdout.lines();
                    words.map(|line| line.split('\t').take(2).collect()).collect()
                };
                assert_eq!(timeless(&ours), timeless(&bare));
            } else {
                ours.same_as(&bare);
            }
            // It shows anything on stderr to the user as a failure.
            ours.code(0).silent();
        }
        // `getGoEnv` of the command "Go: Locate Configured Go Tools". One value holds a
        // directory with a random name.
        let [ours, bare] = both(&workspace, version, dir, &(&["env"], &[]));
        let steady = |outcome: &Outcome| -> Vec<String> {
            let lines = outcome.stdout.lines().filter(|line| !line.contains("GOGCCFLAGS"));
            lines.map(str::to_owned).collect()
        };
        assert_eq!(steady(&ours), steady(&bare));
        ours.code(0).silent();
    }
}

/// `getGoVersion(…, 'local')` in `util.ts` and `getGoVersionForInstall`: which Go there is without
/// any file's say. That is the default, in every folder.
#[test]
fn local_is_the_default_in_every_folder() {
    let workspace = two_modules();
    for dir in [&workspace.a.dir, &workspace.b.dir, &workspace.sandbox.home()] {
        let probe: Probe = (&["version"], &[("GOTOOLCHAIN", "local")]);
        let [ours, bare] = both(&workspace, "1.27.3", dir, &probe);
        ours.same_as(&bare).code(0).silent();
    }
}

/// `inspectGoToolVersion` in `goInstallTools.ts`: with which Go a tool was built. No directory is
/// given, so any toolchain may answer, and all answer alike.
#[test]
fn tools_are_inspected() {
    let workspace = two_modules();
    let tool = workspace.sandbox.dir().join(executable("tool"));
    let tool = tool.to_str().unwrap();
    workspace.through(&workspace.a.dir, &["build", "-o", tool, "."]).run().code(0).silent();
    for dir in [workspace.sandbox.home(), workspace.b.dir.clone()] {
        let args = ["version", "-m", tool];
        let ours = workspace.through(&dir, &args).run();
        ours.same_as(&workspace.direct("1.22.10", &workspace.a.dir, &args).run());
        ours.code(0).silent();
        assert!(ours.stdout.starts_with(&format!("{tool}: go1.22.10\n")), "{ours}");
    }
}

/// `latestModuleVersion` and `installTool` in `goInstallTools.ts`: in an empty temporary directory,
/// with `toolInstallationEnvironment` of `goEnv.ts`, which sets `GOTOOLCHAIN=auto` and GOPATH and
/// takes GOROOT, GOFLAGS and GOENV away. The default builds the tool, with any folder of the
/// editor, and the tool lies in the directory in which the extension looks for it.
#[test]
fn tools_are_installed_by_the_default() {
    let workspace = two_modules();
    let sandbox = &workspace.sandbox;
    let proxy = ModuleProxy::new(sandbox).offer(
        "example.com/tool",
        &[
            ("go.mod", "module example.com/tool\n\ngo 1.21\n"),
            ("main.go", "package main\n\nfunc main() {}\n"),
        ],
    );
    let scratch = sandbox.write("tmp/vscode-go/x", "").parent().unwrap().to_path_buf();
    let install = |call: Call| {
        let call = call.env("GOTOOLCHAIN", "auto").env("GOPATH", sandbox.home().join("go"));
        call.env("GOPROXY", proxy.url()).env("GONOSUMDB", "*").env("GOFLAGS", "-modcacherw")
    };
    let args = ["list", "-m", "--versions", "-json", "example.com/tool@latest"];
    let listed = install(workspace.through(&scratch, &args)).env("GO111MODULE", "on").run();
    let bare = install(workspace.direct("1.27.3", &scratch, &args)).env("GO111MODULE", "on").run();
    listed.same_as(&bare).code(0).silent();
    let args = ["install", "-v", "example.com/tool@v1.0.0"];
    let tool = sandbox.home().join("go/bin").join(executable("tool"));
    let ours = install(workspace.through(&scratch, &args)).run();
    let ours_bytes = std::fs::read(&tool).unwrap_or_else(|error| panic!("{error}: {ours}"));
    std::fs::remove_file(&tool).unwrap();
    install(workspace.direct("1.27.3", &scratch, &args)).run().code(0);
    ours.code(0);
    assert_eq!(ours_bytes, std::fs::read(&tool).unwrap(), "the tools differ");
}

/// Editors and terminals hand down the GOROOT of the first folder (`go.goroot`, a plugin, a
/// session of another project). The second folder's toolchain does not take it for its own.
#[test]
fn the_first_folders_goroot_does_not_reach_the_second() {
    let workspace = two_modules();
    let first = workspace.sandbox.toolchain(workspace.a.version);
    let Member { dir, version } = &workspace.b;
    for (args, _) in CALLS {
        if args[0] == "test" {
            continue;
        }
        let ours = workspace.through(dir, args).env("GOROOT", &first).run();
        ours.same_as(&workspace.direct(version, dir, args).run());
        ours.code(0).silent();
    }
}

/// Once it knows a GOROOT, the extension prefers the `go` in it over `PATH` whenever it looks anew
/// (`utils/pathUtils.ts`), and puts its `bin` first on `PATH` for terminals and gopls. In the
/// second folder the first folder's own `go` then runs, not the shim. Go switches by itself to the
/// folder's own version, and finds that as `go1.23.2` among the shims, without any network. It
/// never goes down: that is Go's rule, and the book says so.
#[test]
fn the_first_folders_own_go_finds_the_seconds_toolchain() {
    let workspace = two_modules();
    let go = workspace.sandbox.toolchain(workspace.a.version).join("bin").join(executable("go"));
    let call = |member: &Member, args: &[&str]| workspace.through(&member.dir, args).program(&go);
    let there = call(&workspace.b, &["version"]).run();
    there.same_as(&workspace.direct(workspace.b.version, &workspace.b.dir, &["version"]).run());
    there.code(0).silent();
    let args = ["list", "-e", "-json", "-deps", "-test", "./..."];
    let there = call(&workspace.b, &args).run();
    there.same_as(&workspace.through(&workspace.b.dir, &args).run()).code(0).silent();
}
