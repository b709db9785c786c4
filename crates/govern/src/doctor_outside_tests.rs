//! Checks of what Go and goward take from outside, on a machine that is healthy but for one thing.

use super::facts::{Answer, Compiler, Facts, Library, Manager, Misset};
use super::tests::{broken, compiler, edits, made, said, server, toolchain, version};
use super::*;
use crate::cross::OF_REPOSITORY;
use crate::cross::probe::{Made, Outcome};
use goward_resolver::Os;

/// The verdict where the compiler is this one.
fn with_compiler(change: impl FnOnce(&mut Compiler)) -> Verdict {
    broken("cgo", |facts| change(&mut facts.compiler))
}

#[test]
fn a_missing_compiler_is_told() {
    let with = |chosen: bool, on: bool, why: &str| {
        with_compiler(|compiler| {
            (compiler.is_there, compiler.is_chosen, compiler.outcome) = (false, chosen, None);
            (compiler.is_on, compiler.why) = (on, why.to_owned());
        })
    };
    let rule = "Go's own rule, since gcc is not on PATH";
    assert_eq!(with(false, false, rule).status, Status::Note);
    assert_eq!(with(true, true, "Go's own rule").status, Status::Warning);
    assert_eq!(with(false, true, "CGO_ENABLED in the environment").status, Status::Warning);
    let off = with(true, false, "CGO_ENABLED in /h/.config/go/env:3");
    assert_eq!(said(&off), "ok cgo is off, by CGO_ENABLED in /h/.config/go/env:3 | ");
    let debian = with_compiler(|compiler| {
        (compiler.is_there, compiler.packages) = (false, Some("gcc libc6-dev"));
    });
    assert!(said(&debian).ends_with("| sudo apt-get install gcc libc6-dev"), "{}", said(&debian));
}

#[test]
fn a_compiler_that_links_nothing_is_told() {
    let with = |outcome: Outcome| {
        with_compiler(|compiler| {
            (compiler.outcome, compiler.packages) = (Some(outcome), Some("gcc libc6-dev"));
        })
    };
    let header = "probe.c:1:10: fatal error: pthread.h: No such file or directory";
    let words = format!(
        "warning the C compiler gcc links no program: {header} | sudo apt-get install gcc libc6-dev"
    );
    assert_eq!(said(&with(Outcome::Failed(header.to_owned()))), words);
    let escape = with(Outcome::Failed("\u{1b}[2J".to_owned()));
    assert!(escape.status == Status::Warning && !said(&escape).contains('\u{1b}'));
    assert!(!said(&escape).contains("apt-get"), "{}", said(&escape));
    // It may be one that makes its C library first.
    let endless = with(Outcome::Endless);
    assert_eq!(endless.status, Status::Ok);
    assert!(endless.details.iter().any(|detail| detail.contains("within a second")));
    let other = with(Outcome::Made(Made { arch: Some("arm64"), ..made() }));
    let words = "warning the C compiler gcc makes programs for linux/arm64, and this machine is linux/amd64 | \
                 name another in CC";
    assert_eq!(said(&other), words);
    let refused = |why: &'static str| {
        with_compiler(|compiler| (compiler.refused, compiler.outcome) = (Some(why), None)).status
    };
    assert_eq!((refused(OF_REPOSITORY), refused("it is empty")), (Status::Note, Status::Warning));
    let stub = with_compiler(|compiler| (compiler.is_stub, compiler.outcome) = (true, None));
    assert!(said(&stub).ends_with("| xcode-select --install"), "{}", said(&stub));
    let libc = with_compiler(|compiler| compiler.libc = Some("musl 1.2.5".to_owned()));
    assert!(libc.details.contains(&"with musl 1.2.5".to_owned()), "{:?}", libc.details);
}

#[test]
fn an_old_linker_on_windows_is_told() {
    let with = |os: Os, linker: Option<(u8, u8)>, newest: &str| {
        broken("cgo", |facts| {
            (facts.os, facts.default) = (os, None);
            facts.toolchains = vec![toolchain(newest, "")];
            facts.compiler = compiler(Some(Outcome::Made(Made { os: None, linker, ..made() })));
        })
    };
    let old = with(Os::Windows, Some((2, 36)), "1.25.1");
    let words = "warning the linker is of binutils 2.36, and cgo of Go 1.25 and later needs 2.37 | \
                 install a newer mingw-w64";
    assert_eq!(said(&old), words);
    assert_eq!(with(Os::Windows, Some((2, 36)), "1.24.9").status, Status::Ok);
    assert_eq!(with(Os::Windows, Some((2, 37)), "1.25.1").status, Status::Ok);
    // That of LLVM.
    assert_eq!(with(Os::Windows, Some((14, 0)), "1.25.1").status, Status::Ok);
    assert_eq!(with(Os::Linux, Some((2, 36)), "1.25.1").status, Status::Ok);
}

#[test]
fn what_the_c_library_refuses_is_told() {
    let library = || Library {
        path: "/h/p/x.so".into(),
        is_gos: true,
        fixed_data: Some(8),
        runs_stack: false,
    };
    let with = |is_musl: bool, one: Library| {
        broken("libc-tls", |facts| {
            facts.is_musl = is_musl;
            facts.libraries.push(one);
        })
    };
    let musl = with(true, library());
    assert!(said(&musl).starts_with("warning /h/p/x.so, made by Go, cannot be loaded"));
    assert_eq!(with(false, library()).status, Status::Ok);
    let large = with(false, Library { fixed_data: Some(4096), ..library() });
    let command = "| export GLIBC_TUNABLES=glibc.rtld.optional_static_tls=4096";
    assert!(said(&large).ends_with(command), "{}", said(&large));
    let stack = Library { fixed_data: None, runs_stack: true, ..library() };
    assert!(with(false, stack).message.contains("a stack that code may run on"));
    let with = |stack: Option<u64>, is_on: bool| {
        broken("libc-tls", |facts| (facts.limits.stack, facts.compiler.is_on) = (stack, is_on))
    };
    assert!(said(&with(Some(64 << 10), true)).contains("64 KiB"));
    assert_eq!(with(Some(64 << 10), false).status, Status::Ok);
    assert_eq!((with(None, true).status, with(None, false).status), (Status::Note, Status::Ok));
}

#[test]
fn servers_that_do_not_answer_are_told() {
    let silent = || server(Some("no route"));
    let one = broken("network", |facts| facts.servers.as_mut().unwrap().push(silent()));
    assert_eq!(said(&one), "warning https://x/ gave no list after 9 ms: no route | ");
    let all = broken("network", |facts| facts.servers = Some(vec![silent()]));
    assert_eq!(all.status, Status::Error);
    assert_eq!(broken("network", |facts| facts.servers = None).status, Status::Skipped);
    let off = broken("network", |facts| drop(facts.variables.insert("GOSUMDB", b"off".to_vec())));
    assert_eq!(off.status, Status::Note);
    let unasked = |is_meant: bool| {
        broken("network", |facts| facts.unasked.push(("GOPROXY=off".to_owned(), is_meant)))
    };
    assert_eq!((unasked(true).status, unasked(false).status), (Status::Note, Status::Error));
}

#[test]
fn goward_in_two_places_is_told() {
    let manager = |program: &str, package: Option<&str>| Manager {
        program: program.into(),
        package: package.map(str::to_owned),
    };
    let own = manager("/h/.goward/bin/goward", None);
    let two = broken("path-order", |facts| {
        facts.managers = vec![manager("/usr/bin/goward", Some("apt upgrade goward")), own.clone()];
    });
    assert_eq!(two.status, Status::Note);
    let words = "/usr/bin/goward (of a package: apt upgrade goward) runs, and there is another goward \
                 on PATH, /h/.goward/bin/goward";
    assert_eq!(two.message, words);
    assert_eq!(broken("path-order", |facts| facts.managers = vec![own]).status, Status::Ok);
}

/// A shell that is older than its start-up file's line gains nothing by another setup.
#[test]
fn a_shell_from_before_the_setup_is_told_of_a_new_one() {
    let before = |facts: &mut Facts| {
        facts.go.remove(0);
        facts.path.remove(0);
    };
    let shell = broken("path-order", before);
    let fix = shell.fix.clone().unwrap_or_default();
    assert_eq!(fix.command.as_deref(), Some(". /h/.bashrc"));
    assert_eq!(fix.words, "open a new shell: /h/.bashrc:9 puts goward's shims first there");
    let none = broken("path-order", |facts| {
        before(facts);
        facts.go.clear();
    });
    assert_eq!(said(&none), "error there is no `go` on PATH | . /h/.bashrc");
    let other = |change: &dyn Fn(&mut Facts)| {
        said(&broken("path-order", |facts| {
            before(facts);
            change(facts);
        }))
    };
    // A line that this goward cannot name for the shell that runs: only a new one is told.
    let fish =
        other(&|facts| facts.shims.as_mut().unwrap().line = Some(("/h/config.fish".into(), 1)));
    assert!(fish.contains("| open a new shell"), "{fish}");
    let bare = other(&|facts| facts.shims.as_mut().unwrap().line = None);
    assert!(bare.ends_with("| goward setup"), "{bare}");
    let lost = other(&|facts| facts.shims.as_mut().unwrap().is_there = false);
    assert!(lost.ends_with("| goward setup"), "{lost}");
}

#[test]
fn flags_that_go_refuses_are_told() {
    let refused = broken("goflags", |facts| {
        facts.refused_flags = Some("go: parsing $GOFLAGS: unknown flag -x".to_owned());
    });
    let words = "error the default Go refuses GOFLAGS, at every command: go: parsing $GOFLAGS: unknown \
                 flag -x | take that flag out of GOFLAGS";
    assert_eq!(said(&refused), words);
}

#[test]
fn settings_that_make_no_sense_are_told() {
    let with = |is_harmless: bool| {
        let (message, words) = ("/h/c:1: \u{1b}x".to_owned(), "mend it".to_owned());
        broken("config", |facts| facts.missets.push(Misset { is_harmless, message, words }))
    };
    assert_eq!(said(&with(false)), "error /h/c:1: \\x1bx | mend it");
    assert_eq!(with(true).status, Status::Warning);
    let files = broken("config", |facts| facts.settings.push("/h/.goward/config.toml".into()));
    assert_eq!(said(&files), "ok /h/.goward/config.toml can be read | ");
}

#[test]
fn toolchains_of_another_processor_or_in_parts_are_told() {
    let slow = broken("toolchains", |facts| {
        facts.emulated = Some(("darwin/amd64".to_owned(), "Rosetta"));
    });
    assert!(slow.message.contains("darwin/amd64, which Rosetta imitates"), "{}", slow.message);
    let part = broken("toolchains", |facts| facts.broken_trees.push("/h/a b".into()));
    assert!(said(&part).ends_with("| chmod -R u+w '/h/a b' && rm -r '/h/a b'"), "{}", said(&part));
    let musl = |text: &str| {
        broken("toolchains", |facts| {
            facts.is_musl = true;
            facts.toolchains = vec![toolchain(text, "")];
            facts.toolchains[0].answer = Answer::Fails("no such file".into());
        })
    };
    assert!(said(&musl("1.20.14")).contains("needs glibc"), "{}", said(&musl("1.20.14")));
    assert!(said(&musl("1.21.0")).ends_with("| goward repair 1.21.0"));
    let old = broken("toolchains", |facts| facts.toolchains.push(toolchain("1.20.14", "x")));
    assert!(old.status == Status::Ok, "{}", old.message);
    assert!(old.details.contains(&"no fixes any more: 1.20.14".to_owned()), "{:?}", old.details);
}

#[test]
fn a_name_with_blanks_is_mended_for_good() {
    let verdict = super::tests::of_file("go-env-file", "GOFLAGS = -v\n");
    let (line, text) = edits(&verdict).remove(0);
    let mended = super::tests::of_file("go-env-file", &format!("{}\n", text.unwrap_or_default()));
    assert_eq!((line, mended.status), (1, Status::Ok), "{}", mended.message);
}

#[test]
fn toolchains_that_do_not_run_are_told() {
    let with = |answer: Answer| broken("toolchains", |facts| facts.toolchains[0].answer = answer);
    let fails = with(Answer::Fails("no such file".into()));
    assert_eq!(said(&fails), "error go1.27.3 does not run: no such file | goward repair 1.27.3");
    assert_eq!(with(Answer::Unsound("it belongs to user 5".into())).status, Status::Error);
    assert_eq!(with(Answer::Says("go version go1.27.3 plan9/386".into())).status, Status::Warning);
    assert_eq!(with(Answer::NotAsked).status, Status::Ok);
    let none = broken("toolchains", |facts| {
        facts.toolchains.clear();
        facts.go.pop();
    });
    assert!(said(&none).ends_with("| goward install"), "{}", said(&none));
    let old = broken("toolchains", |facts| facts.default = Some(version("1.25.9")));
    assert!(said(&old).contains("Go mends 1.26 and 1.27"), "{}", said(&old));
    let patch = broken("toolchains", |facts| facts.default = Some(version("1.26.1")));
    let words = "warning the default is go1.26.1, and go1.26.6 is out | goward upgrade --default";
    assert_eq!(said(&patch), words);
}
