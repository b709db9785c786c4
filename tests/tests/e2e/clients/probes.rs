//! The calls of `go` that newer releases of gopls make than a distribution has, replayed.
//!
//! Each table says where its calls come from; the files are those of golang.org/x/tools. gopls
//! runs each in the folder with `PWD` set to that folder (`internal/gocommand/invoke.go`), which
//! every probe here does too. Nothing is normalised: stdout, stderr and status are compared to
//! the byte.

use std::collections::BTreeMap;
use std::path::Path;

use goward_tests::call::Call;

use super::workspace::{Member, Workspace};

/// Arguments of `go`, and variables that the client sets for this call.
pub(crate) type Probe = (&'static [&'static str], &'static [(&'static str, &'static str)]);

/// `FetchGoEnv` in `gopls/internal/cache/view.go`: once a folder, before anything else. The
/// second is `GoVersion` in `internal/gocommand/version.go`.
const START: &[Probe] = &[
    (
        &[
            "env",
            "-json",
            "GOOS",
            "GOARCH",
            "GOCACHE",
            "GOPATH",
            "GOPRIVATE",
            "GOMODCACHE",
            "GOFLAGS",
            "GO111MODULE",
            "GOTOOLCHAIN",
            "GOROOT",
        ],
        &[],
    ),
    (&["list", "-e", "-f", "{{context.ReleaseTags}}", "--", "unsafe"], &[("GO111MODULE", "off")]),
    (&["version"], &[]),
];

/// `golistargs` and `getSizesForArgs` in `go/packages/golist.go`, as `gopls/internal/cache/load.go`
/// calls them: all packages of the folder with their tests; then single packages and files.
const LOAD: &[Probe] = &[
    (&["list", "-f", "{{context.GOARCH}} {{context.Compiler}}", "--", "unsafe"], &[]),
    (
        &[
            "list",
            "-e",
            "-json=Name,ImportPath,Error,Dir,GoFiles,IgnoredGoFiles,IgnoredOtherFiles,CFiles,\
             CgoFiles,CXXFiles,MFiles,HFiles,FFiles,SFiles,SwigFiles,SwigCXXFiles,SysoFiles,\
             TestGoFiles,XTestGoFiles,CompiledGoFiles,Export,DepOnly,Imports,ImportMap,\
             TestImports,XTestImports,ForTest,DepsErrors,Module,EmbedFiles",
            "-compiled=true",
            "-test=true",
            "-export=false",
            "-deps=true",
            "-find=false",
            "-pgo=off",
            "--",
            "./...",
            "builtin",
        ],
        &[],
    ),
    (&["list", "-e", "-json", "-compiled", "-test", "-deps", "--", "builtin", "./..."], &[]),
    (&["list", "-e", "-json=Name,ImportPath,Error", "-find=true", "--", "./words"], &[]),
    (&["list", "-e", "-json", "--", "words/words.go"], &[]),
    (&["list", "-e", "-json", "--", "example.com/nobody/has/this"], &[]),
];

/// `requiredGoEnvVars` in `internal/imports/fix.go`; `internal/imports/mod.go` and
/// `internal/gocommand/vendor.go`, which look for the main modules and their vendor directories.
const MODULES: &[Probe] = &[
    (
        &[
            "env",
            "-json",
            "GO111MODULE",
            "GOFLAGS",
            "GOINSECURE",
            "GOMOD",
            "GOMODCACHE",
            "GONOPROXY",
            "GONOSUMDB",
            "GOPATH",
            "GOPROXY",
            "GOROOT",
            "GOSUMDB",
            "GOWORK",
        ],
        &[],
    ),
    (&["env", "-json", "GOMOD", "GOWORK", "GOVERSION"], &[]),
    (&["env", "GOROOT"], &[]),
    (&["env", "GOFLAGS"], &[]),
    (&["list", "-m", "-f", "{{.Path}}\n{{.Dir}}\n{{.GoMod}}\n{{.GoVersion}}"], &[]),
    (&["list", "-m", "-e", "-json", "..."], &[]),
    (&["list", "-m", "-json"], &[]),
    (&["list", "-m", "-json"], &[("GOWORK", "off")]),
    (&["mod", "edit", "-json"], &[]),
];

/// Asserts that each probe in `dir` has the same result through the shim as from `version` itself.
pub(crate) fn assert_same(workspace: &Workspace, version: &str, dir: &Path, probes: &[Probe]) {
    for (args, env) in probes {
        let with = |call: Call| {
            let call = call.env("PWD", dir);
            env.iter().fold(call, |call, (key, value)| call.env(key, value)).run()
        };
        let bare = with(workspace.direct(version, dir, args));
        assert!(!bare.stderr.contains("toolchain"), "the wrong baseline: {bare}");
        with(workspace.through(dir, args)).same_as(&bare);
        // A probe that only fails says nothing about the toolchain.
        assert!(bare.stderr.is_empty() && bare.status.success(), "{bare}");
    }
}

/// The two modules want different minors.
fn two_modules() -> Workspace {
    Workspace::new(
        "probes",
        ("go 1.22\n\ntoolchain go1.22.10\n", "1.22.10"),
        ("go 1.23\n\ntoolchain go1.23.2\n", "1.23.2"),
    )
}

#[test]
fn each_folder_of_a_workspace_answers_for_itself() {
    let workspace = two_modules();
    for Member { dir, version } in [&workspace.a, &workspace.b] {
        assert_eq!(workspace.sandbox.version(dir), *version);
        for probes in [START, LOAD, MODULES] {
            assert_same(&workspace, version, dir, probes);
        }
        // gopls asks in the directory of an open file as well.
        assert_same(&workspace, version, &dir.join("words"), START);
    }
}

/// Under a `go.work` both folders get its version, with any text of their `go.mod` files.
#[test]
fn under_a_go_work_both_folders_answer_alike() {
    let workspace = two_modules();
    let top = workspace.a.dir.parent().unwrap();
    workspace.sandbox.write(top.join("go.work"), "go 1.27.3\n\nuse (\n\t./a\n\t./b\n)\n");
    // One default of another version, so that the answer cannot come from there.
    workspace.sandbox.set_default("1.21.13");
    for dir in [&workspace.a.dir, &workspace.b.dir] {
        for probes in [START, LOAD, MODULES] {
            assert_same(&workspace, "1.27.3", dir, probes);
        }
    }
    assert_same(&workspace, "1.27.3", top, START);
    assert_same(
        &workspace,
        "1.27.3",
        top,
        &[(&["list", "-e", "-json", "--", "./a/...", "./b/..."], &[])],
    );
    // A file outside the workspace's modules: gopls sets GOWORK=off and uses the module alone.
    assert_same(&workspace, "1.22.10", &workspace.a.dir, &[(&["version"], &[("GOWORK", "off")])]);
}

/// Unsaved buffers: `WriteOverlays` in `internal/gocommand/invoke.go` writes them to temporary
/// files and names those in a JSON file. The package of the buffer exists nowhere else.
#[test]
fn unsaved_buffers_are_seen() {
    let workspace = two_modules();
    for (letter, member) in [("a", &workspace.a), ("b", &workspace.b)] {
        let buffer = workspace.sandbox.write(
            format!("tmp/{letter}.go"),
            "package words\n\nimport \"net/url\"\n\nvar U url.URL\n",
        );
        let (old, new) = (member.dir.join("words/words.go"), member.dir.join("new/new.go"));
        let replace: BTreeMap<_, _> = [(old, &buffer), (new, &buffer)].into();
        let replace = serde_json::json!({ "Replace": replace });
        let overlay = workspace.sandbox.write(format!("tmp/{letter}.json"), &replace.to_string());
        let flag = format!("-overlay={}", overlay.display());
        let args = ["list", "-e", "-json", "-compiled", &flag, "--", "./..."];
        let ours = workspace.through(&member.dir, &args).env("PWD", &member.dir).run();
        ours.same_as(
            &workspace.direct(member.version, &member.dir, &args).env("PWD", &member.dir).run(),
        );
        ours.code(0).silent();
        assert!(ours.stdout.contains("net/url") && ours.stdout.contains("new.go"), "{ours}");
    }
}

/// `PWD` of a folder that is a link: Go answers with the name in `PWD`, and the files that select
/// are looked for above that name. A `PWD` of another directory, as a client leaves it that sets
/// its child's directory alone, counts for nothing.
#[cfg(unix)]
#[test]
fn pwd_is_heeded_as_go_heeds_it() {
    let workspace = two_modules();
    let sandbox = &workspace.sandbox;
    let link = sandbox.project("elsewhere").join("link");
    std::os::unix::fs::symlink(&workspace.a.dir, &link).unwrap();
    let args = ["list", "-json", "./..."];
    let ours = workspace.through(&link, &args).env("PWD", &link).run();
    ours.same_as(&workspace.direct("1.22.10", &link, &args).env("PWD", &link).run());
    assert!(ours.code(0).stdout.contains("elsewhere/link/words"), "{ours}");
    let stale = workspace.a.dir.to_str().unwrap();
    let args = ["env", "-json", "GOMOD", "GOWORK", "GOVERSION"];
    let ours = workspace.through(&workspace.b.dir, &args).env("PWD", stale).run();
    ours.same_as(&workspace.direct("1.23.2", &workspace.b.dir, &args).env("PWD", stale).run());
    assert!(ours.code(0).stdout.contains("go1.23.2"), "{ours}");
}
