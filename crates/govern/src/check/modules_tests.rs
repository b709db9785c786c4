//! Rules of go.mod and go.work.

use super::Case;
use super::MOD;

pub(super) fn of_modules() -> [Case<'static>; 11] {
    use crate::rule::Rule::*;
    [
        (
            ModuleFileInvalid,
            &[("go.mod", "module m\n\ngo 1.22\ngo 1.23\n")],
            &["module-file-invalid error go.mod:4"],
        ),
        (
            ModuleFileInvalid,
            &[("go.mod", "module m\n\ngo 1.26.0\n\nreplace x.org/x => C:\\x\n")],
            &["module-file-invalid error go.mod:5"],
        ),
        (ModuleFileInvalid, &[("testdata/go.mod", "x"), ("go.mod", MOD)], &[]),
        (GoLineMissing, &[("go.mod", "module m\n")], &["go-line-missing warning go.mod:1"]),
        (GoLineMissing, &[("go.mod", "// marks the end of the module above\n")], &[]),
        (
            ToolchainBelowGo,
            &[("go.mod", "module m\n\ngo 1.26.0\n\ntoolchain go1.25.5\n")],
            &["toolchain-below-go note go.mod:5"],
        ),
        (ToolchainBelowGo, &[("go.mod", "module m\n\ngo 1.26.0\n\ntoolchain go1.26.6\n")], &[]),
        (
            GodebugRemoved,
            &[("go.mod", "module m\n\ngo 1.25.0\n\ngodebug tls3des=1\n")],
            &["godebug-removed warning go.mod:5"],
        ),
        (
            GodebugRemoved,
            &[
                ("go.mod", "module m\n\ngo 1.25.0\n\ngodebug asynctimerchan=1\n"),
                (".go-version", "1.27.3\n"),
            ],
            &["godebug-removed error go.mod:5"],
        ),
        (
            GodebugRemoved,
            &[
                ("go.mod", "module m\n\ngo 1.25.0\n\ngodebug tls3des=1\n"),
                (".go-version", "1.26.6\n"),
            ],
            &[],
        ),
        (GodebugRemoved, &[("go.mod", "module m\n\ngo 1.25.0\n\ngodebug tls3des=0\n")], &[]),
    ]
}

/// The Go that removed a value: chosen by a claim, and in a `.goenv`.
pub(super) fn of_godebug() -> [Case<'static>; 8] {
    use crate::rule::Rule::*;
    const OLD: (&str, &str) = ("go.mod", "module m\n\ngo 1.25.0\n\ngodebug tls3des=1\n");
    const PIN: (&str, &str) = (".go-version", "1.26.6\n");
    const ENV: (&str, &str) = (".goenv", "GODEBUG=netdns=go,tls3des=1\n");
    const FOUND: &[&str] = &["godebug-removed error go.mod:5"];
    [
        (GodebugRemoved, &[OLD, ("mise.toml", "[tools]\ngo = \"1.27\"\n")], FOUND),
        (GodebugRemoved, &[OLD, PIN, ("mise.toml", "[tools]\ngo = \"latest\"\n")], FOUND),
        (GodebugRemoved, &[OLD, PIN, ("mise.toml", "[tools]\ngo = \"1.26\"\n")], &[]),
        (
            GodebugRemoved,
            &[OLD, PIN, ("Makefile", "GO_VERSION = 1.27.3\n")],
            &["godebug-removed warning go.mod:5"],
        ),
        (GodebugRemoved, &[ENV, ("go.mod", MOD)], &["godebug-removed warning .goenv:1"]),
        (GodebugRemoved, &[ENV, (".go-version", "1.27.3\n")], &["godebug-removed error .goenv:1"]),
        (GodebugRemoved, &[ENV, PIN], &[]),
        (GodebugRemoved, &[(".goenv", "GODEBUG=tls3des=0,netdns=go\n"), ("go.mod", MOD)], &[]),
    ]
}

pub(super) fn of_requirements() -> [Case<'static>; 12] {
    use crate::rule::Rule::*;
    const TOOLS: &str = "module m\n\ngo 1.22\n\nrequire golang.org/x/tools v0.24.0\n\nreplace golang.org/x/tools => golang.org/x/tools v0.28.0\n";
    const SAME: &str = "module m\n\ngo 1.22\n\nrequire golang.org/x/tools v0.24.0\n\nreplace golang.org/x/tools v0.23.0 => golang.org/x/tools v0.28.0\n";
    const WORSE: &str = "module m\n\ngo 1.22\n\nrequire golang.org/x/tools v0.24.0\n\nreplace golang.org/x/tools => golang.org/x/tools v0.20.0\n";
    const BREAKS: &[&str] = &["new-go-breaks note go.mod:5"];
    [
        (NewGoBreaks, &[("go.mod", TOOLS)], &[]),
        (NewGoBreaks, &[("go.mod", SAME)], BREAKS),
        (NewGoBreaks, &[("go.mod", WORSE)], BREAKS),
        (
            NewGoBreaks,
            &[
                ("go.mod", "module m\n\ngo 1.22\n\nrequire golang.org/x/tools v0.24.0\n"),
                ("go.sum", ""),
            ],
            &["new-go-breaks note go.mod:5"],
        ),
        (
            NewGoBreaks,
            &[("go.mod", "module m\n\ngo 1.22\n\nrequire golang.org/x/tools v0.26.0\n")],
            &[],
        ),
        (
            ReplaceOutside,
            &[("a/go.mod", "module m\n\ngo 1.26.0\n\nreplace x => ../../x\n")],
            &["replace-outside warning a/go.mod:5"],
        ),
        (ReplaceOutside, &[("a/go.mod", "module m\n\ngo 1.26.0\n\nreplace x => ../x\n")], &[]),
        (
            SumMissing,
            &[("go.mod", "module m\n\ngo 1.26.0\n\nrequire x.org/x v1.0.0\n")],
            &["sum-missing warning go.mod:5"],
        ),
        (
            SumMissing,
            &[("go.mod", "module m\n\ngo 1.26.0\n\nrequire x.org/x v1.0.0\n"), ("go.sum", "")],
            &[],
        ),
        (
            SumMissing,
            &[(
                "go.mod",
                "module m\n\ngo 1.26.0\n\nrequire x.org/x v1.0.0\n\nreplace x.org/x => ./x\n",
            )],
            &[],
        ),
        (SumMissing, &[("go.mod", MOD)], &[]),
        (
            SumMissing,
            &[("go.mod", "module m\n\ngo 1.26.0\n\nrequire x.org/x v1.0.0\n"), ("vendor", "")],
            &[],
        ),
    ]
}

pub(super) fn of_workspaces() -> [Case<'static>; 14] {
    use crate::rule::Rule::*;
    const WORK: &str = "go 1.25.0\n\nuse ./a\n";
    const ASKED: (&str, &str) = (
        ".goward.toml",
        "[check.rules]\nwork-committed = \"note\"\ntoolchain-unstated = \"warning\"\n",
    );
    [
        // Both are off unless a policy asks.
        (WorkCommitted, &[("go.work", WORK)], &[]),
        (WorkCommitted, &[("go.work", WORK), ASKED], &["work-committed note go.work:1"]),
        (ToolchainUnstated, &[("go.mod", MOD)], &[]),
        (ToolchainUnstated, &[("go.mod", MOD), ASKED], &["toolchain-unstated warning go.mod:3"]),
        (ToolchainUnstated, &[("go.mod", MOD), (".go-version", "1.26.6\n"), ASKED], &[]),
        (
            WorkBelowMember,
            &[("go.work", WORK), ("a/go.mod", MOD)],
            &["work-below-member error go.work:1"],
        ),
        (WorkBelowMember, &[("go.work", "go 1.26.0\n\nuse ./a\n"), ("a/go.mod", MOD)], &[]),
        (WorkMemberMissing, &[("go.work", WORK)], &["work-member-missing error go.work:3"]),
        (WorkMemberMissing, &[("go.work", "go 1.25.0\n\nuse ../a\n")], &[]),
        // A submodule is one entry of git.
        (WorkMemberMissing, &[("go.work", WORK), ("a", "")], &[]),
        (WorkMemberMissing, &[("go.work", "go 1.25.0\n\nuse ./a/b/c\n"), ("a", "")], &[]),
        (
            WorkModuleUnlisted,
            &[("go.work", WORK), ("a/go.mod", MOD), ("b/go.mod", MOD)],
            &["work-module-unlisted warning b/go.mod:1"],
        ),
        (
            WorkModuleUnlisted,
            &[("go.work", WORK), ("a/go.mod", MOD), ("a/testdata/b/go.mod", MOD)],
            &[],
        ),
        (
            WorkModuleUnlisted,
            &[
                ("go.work", WORK),
                ("a/go.mod", MOD),
                ("b/go.mod", MOD),
                ("b/.goenv", "GOWORK=off\n"),
            ],
            &[],
        ),
    ]
}
