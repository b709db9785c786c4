//! Choosing and running in a project.

use crate::machine::{self, Machine};
use std::fs;

#[test]
fn use_writes_the_nearest_pin_file() {
    let m = Machine::new();
    let ran = m.run(&["use", "1.22"]);
    assert!(ran.stderr.ends_with("goward: wrote @/p/.go-version: 1.22.10\n"), "{}", ran.stderr);
    assert_eq!(m.read("p/.go-version"), "1.22.10\n");
    let below = |args: &[&str]| {
        fs::create_dir_all(m.path("p/a/b")).unwrap();
        let mut command = m.command(args);
        command.current_dir(m.path("p/a/b")).env("PWD", m.path("p/a/b"));
        machine::ran(command.output().unwrap(), &m)
    };
    assert_eq!(below(&["use", "1.21"]).code, 0);
    assert_eq!(m.read("p/.go-version"), "1.21.13\n", "the nearest that there is");
    m.write("p/a/.tool-versions", "golang 1.22.9\n");
    below(&["use", "1.22"]);
    assert_eq!(m.read("p/a/.tool-versions"), "golang 1.22.10\n", "it is the nearest");
    assert!(!m.path("p/a/.go-version").exists());
    fs::remove_file(m.path("p/.go-version")).unwrap();
    fs::remove_file(m.path("p/a/.tool-versions")).unwrap();
    m.write("p/go.mod", "module m\n\ngo 1.21\n");
    below(&["use", "latest", "--as-given"]);
    assert_eq!(m.read("p/.go-version"), "latest\n", "beside the go.mod");
    let absent = below(&["use", "1.29.9"]);
    assert!(absent.code == 3 && absent.stderr.contains("1.29.9"), "{}", absent.stderr);
    below(&["use", "1.22", "--dry-run"]);
    assert_eq!(
        m.read("p/.go-version"),
        "latest\n",
        "what cannot be had, or is tried, is not written"
    );
    let here = m.path("p/a/b").display().to_string();
    below(&["use", "1.22", "--project", &here]);
    assert_eq!(m.read("p/a/b/.go-version"), "1.22.10\n");
}

fn ran_with(m: &Machine, key: &str, value: &str, args: &[&str]) -> crate::machine::Ran {
    crate::machine::ran(m.command(args).env(key, value).output().unwrap(), m)
}

#[test]
fn use_says_what_outranks_it() {
    let m = Machine::new();
    m.ok(&["install", "1.23.2"]);
    m.write("p/.goenv", "GOTOOLCHAIN=go1.23.2\n");
    let ran = m.run(&["use", "1.22"]);
    assert!(
        ran.stderr.ends_with(
            "goward: error: `go` here runs go1.23.2, by @/p/.goenv:1, which outranks it; to change \
             that, run: goward use 1.22.10 --goenv\n"
        ),
        "{}",
        ran.stderr
    );
    assert_eq!((ran.code, m.read("p/.go-version").as_str()), (1, "1.22.10\n"));
    let ran = m.run(&["use", "1.22", "--allow-conflict"]);
    let says = "goward: warning: `go` here runs go1.23.2";
    assert!(ran.code == 0 && ran.stderr.contains(says), "{}", ran.stderr);
    let below = m.path("p/a b");
    fs::create_dir(&below).unwrap();
    let ran = m.run(&["use", "1.22", "--project", below.to_str().unwrap()]);
    let said = "; to change that, run: goward use 1.22.10 --goenv --project ";
    assert!(ran.stderr.contains(said), "{}", ran.stderr);
    // The command of the hint helps.
    m.ok(&["use", "1.22.10", "--goenv", "--project", below.to_str().unwrap()]);
    assert!(m.path("p/a b/.goenv").exists());
    let ran = m.run(&["use", "1.22.10", "--goenv"]);
    assert_eq!((ran.code, m.read("p/.goenv").as_str()), (0, "GOTOOLCHAIN=go1.22.10\n"));
    assert!(!ran.stderr.contains("outranks"), "{}", ran.stderr);
    fs::remove_file(m.path("p/.goenv")).unwrap();
    let call = ran_with(&m, "GOWARD_VERSION", "1.23.2", &["use", "1.22"]);
    assert!(
        call.stderr.ends_with("outranks it; to change that, unset GOWARD_VERSION\n"),
        "{}",
        call.stderr
    );
}

#[test]
fn use_edits_one_line_of_a_goenv_and_leaves_trust_to_the_user() {
    let m = Machine::new();
    m.write("p/.goenv", "# ours\r\nGOOS=linux\r\n");
    m.ok(&["use", "1.22", "--goenv"]);
    assert_eq!(m.read("p/.goenv"), "# ours\r\nGOOS=linux\r\nGOTOOLCHAIN=go1.22.10\r\n");
    m.write("p/.goenv", "# ours\nGOFLAGS=-v\nGOTOOLCHAIN=go1.23.2\nGOOS=linux\n");
    m.ok(&["use", "1.22", "--goenv"]);
    assert_eq!(m.read("p/.goenv"), "# ours\nGOFLAGS=-v\nGOTOOLCHAIN=go1.22.10\nGOOS=linux\n");
    assert_eq!(m.run(&["use", "1.22", "--goenv", "--as-given"]).code, 2);
    m.write("p/.goenv", "GOFLAGS=-mod=mod -toolexec=x\n");
    m.ok(&["trust"]);
    let ran = m.run(&["use", "1.22", "--goenv"]);
    assert!(
        ran.stderr
            .ends_with("your trust in it is void; to renew it, run: goward trust @/p/.goenv\n"),
        "{}",
        ran.stderr
    );
    assert_eq!(m.run(&["current"]).code, 1, "trust is not renewed silently");
}

#[test]
fn use_writes_the_toolchain_line() {
    let m = Machine::new();
    m.write("p/go.mod", "module m\n\ngo 1.21\n");
    m.ok(&["use", "1.22", "--go-mod"]);
    assert_eq!(m.read("p/go.mod"), "module m\n\ngo 1.21\n\ntoolchain go1.22.10\n");
    m.ok(&["use", "1.23.2", "--go-mod"]);
    assert_eq!(m.read("p/go.mod"), "module m\n\ngo 1.21\n\ntoolchain go1.23.2\n");
    fs::remove_file(m.path("p/go.mod")).unwrap();
    assert_eq!(m.run(&["use", "1.22", "--go-mod"]).code, 3);
}

/// Go reads the file that GOWORK names as a go.work, with any name.
#[test]
fn the_file_of_gowork_is_a_workspace() {
    for name in ["w.mod", "go.mod", "x.work"] {
        let m = Machine::new();
        let file = m.write(&format!("elsewhere/{name}"), "go 1.22\n\nuse ./m\n");
        let m = m.with("GOWORK", file.to_str().unwrap());
        m.ok(&["use", "1.23.2", "--go-mod"]);
        let text = m.read(&format!("elsewhere/{name}"));
        assert_eq!(text, "go 1.22\n\ntoolchain go1.23.2\n\nuse ./m\n", "{name}");
        assert!(m.ok(&["-v", "explain"]).contains("  go.work "), "{name}");
    }
}

/// All bytes but those of the one value stay, and a new line goes where Go puts it.
#[test]
fn use_keeps_the_rest_of_a_module_file() {
    let m = Machine::new();
    for (file, old, new) in [
        (
            "go.mod",
            "module m\r\n\r\ngo 1.21 // g\r\ntoolchain   go1.21.0\t// why\r\nfuture (\r\n\tx\r\n)\r\n",
            "module m\r\n\r\ngo 1.21 // g\r\ntoolchain   go1.22.10\t// why\r\nfuture (\r\n\tx\r\n)\r\n",
        ),
        // The line that a scanner of lines takes for the toolchain line is in a block of another
        // directive.
        (
            "go.mod",
            "module m\nrequire (\n\ttoolchain go1.20\n)\ngo 1.21\n",
            "module m\nrequire (\n\ttoolchain go1.20\n)\ngo 1.21\n\ntoolchain go1.22.10\n",
        ),
        ("go.mod", "module m // of ours", "module m // of ours\n\ntoolchain go1.22.10\n"),
        ("go.work", "// top\n\nuse ./a\n", "// top\n\ntoolchain go1.22.10\n\nuse ./a\n"),
    ] {
        m.write(&format!("p/{file}"), old);
        let ran = m.run(&["use", "1.22.10", "--go-mod"]);
        let hidden = old.contains("\ttoolchain");
        // goward keeps the block of a later Go, and says that this one refuses it.
        let unknown = old.contains("future");
        assert_eq!(ran.stderr.contains("Go does not find that line"), hidden, "{}", ran.stderr);
        assert_eq!(ran.stderr.contains("unknown block type: future"), unknown, "{}", ran.stderr);
        assert_eq!(ran.code, i32::from(hidden || unknown), "{}", ran.stderr);
        assert_eq!(m.read(&format!("p/{file}")), new);
        fs::remove_file(m.path(&format!("p/{file}"))).unwrap();
    }
}

/// goward does not edit a file that Go refuses: it tells the place and Go's words, before it
/// installs anything.
#[test]
fn use_edits_no_module_file_that_is_broken() {
    let m = Machine::new();
    for (text, says) in [
        (
            "module m\ngo 1.21\nrequire (\n",
            "@/p/go.mod:4: syntax error (unterminated block started at @/p/go.mod:3:1)",
        ),
        (
            "module m /* x */\ngo 1.21\n",
            "@/p/go.mod:1:10: mod files must use // comments (not /* */ comments)",
        ),
        (
            "go 1.21\ntoolchain go1.21.0\ntoolchain go1.21.0\n",
            "@/p/go.mod:3: repeated toolchain statement",
        ),
    ] {
        m.write("p/go.mod", text);
        let ran = m.run(&["use", "1.22.10", "--go-mod"]);
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        let what = "cannot write a toolchain line into @/p/go.mod";
        assert!(ran.stderr.contains(what) && ran.stderr.contains(says), "{}", ran.stderr);
        assert_eq!(m.read("p/go.mod"), text);
        assert!(!m.path("home/.goward/toolchains/go1.22.10").exists());
    }
}

#[test]
fn current_and_which_say_what_runs() {
    let m = Machine::new();
    m.ok(&["install", "1.21.13", "1.22.10"]);
    m.write("p/.go-version", "# ours\n1.22\n");
    assert_eq!(m.ok(&["current"]), "go1.22.10 (@/p/.go-version:2)\n");
    let json = m.json(&["current"]);
    assert_eq!(json["toolchain"], "go1.22.10");
    assert_eq!((&json["source"], &json["line"]), (&"pin-file".into(), &2.into()));
    let goroot = "@/home/.goward/toolchains/go1.22.10";
    assert_eq!(m.ok(&["which"]), format!("{goroot}/bin/go\n"));
    assert_eq!(m.ok(&["which", "gofmt"]), format!("{goroot}/bin/gofmt\n"));
    assert_eq!(m.ok(&["which", "--root"]), format!("{goroot}\n"));
    assert_eq!(m.run(&["which", "../../x"]).code, 3);
}

#[test]
fn exec_gives_what_a_plus_gives() {
    let m = Machine::new();
    let script = "go x; echo $GOWARD_VERSION $GOTOOLCHAIN; exit 7";
    let ran = m.run(&["exec", "1.22", "--", "sh", "-c", script]);
    assert_eq!(ran.code, 7, "{}", ran.stderr);
    assert_eq!(ran.stdout, "go version go1.22.10 x\n1.22.10 local\n");
    assert_eq!(m.run(&["exec", "1.22", "--", "no-such-program"]).code, 127);
    assert_eq!(m.run(&["exec", "1.22", "--", "/"]).code, 126);
}

/// A policy that a command sets in the place of the caller's environment does not reach a program's
/// environment.
#[cfg(unix)]
#[test]
fn a_policy_reaches_no_child() {
    let m = Machine::new();
    let m = m.with("GOWARD_AUTO_INSTALL", "never");
    let say = "echo \"$GOWARD_AUTO_INSTALL,$GOWARD_OFFLINE,$GOWARD_CHANGES\"";
    let ran = m.ok(&["exec", "1.22.10", "--", "sh", "-c", say]);
    assert!(ran.starts_with("never,,") && !ran.contains("AUTO_INSTALL"), "{ran}");
    let ran = m.ok(&["--offline", "exec", "1.22.10", "--", "sh", "-c", say]);
    assert!(ran.starts_with("never,,") && !ran.contains("OFFLINE"), "{ran}");
}

#[test]
fn env_tells_who_sets_each_variable() {
    let m = Machine::new();
    m.ok(&["install", "1.22.10"]);
    m.write("p/.goenv", "GOPROXY=https://goproxy.cn\nGOOS=js\n");
    m.write("home/.config/go/env", "GOPROXY=https://goproxy.io\n");
    let m = m.with("GOOS", "plan9").with("XDG_CONFIG_HOME", "");
    assert_eq!(m.ok(&["env"]), "GOOS=plan9\nGOPROXY=https://goproxy.cn\nGOVERSION=go1.22.10\n");
    assert_eq!(
        m.ok(&["env", "--explain"]),
        "GOOS=plan9\n    by the environment\n    hides js, by @/p/.goenv:2\n\
         GOPROXY=https://goproxy.cn\n    by @/p/.goenv:1\n    \
         hides https://goproxy.io, by ~/.config/go/env:1\n\
         "
    );
    let all = m.ok(&["env", "--explain", "-v"]);
    assert!(all.ends_with("\nGOVERSION=go1.22.10\n    by Go itself\n"), "{all}");
    assert!(m.run(&["env", "--explain"]).stderr.contains("1 more are as Go has them; -v"));
    let json = m.json(&["env", "GOPROXY"]);
    assert_eq!(
        (&json[0]["layer"], &json[0]["hidden"][0]["layer"]),
        (&"goenv".into(), &"go-env-file".into())
    );
}

/// Whoever wrote it, a program of a linked tree is a program.
#[test]
fn env_ends_a_go_that_prints_without_end() {
    let m = Machine::new();
    machine::script(&m.path("tree/bin/go"), "x=$(printf %65536s); while :; do echo \"$x\"; done");
    m.ok(&["link", "mine", m.path("tree").to_str().unwrap()]);
    m.ok(&["default", "mine"]);
    let ran = m.run(&["env"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let says = "for its variables\n    go env -json gave no answer: it prints without end\n";
    assert!(ran.stderr.contains(says), "{}", ran.stderr);
}

#[test]
fn use_says_that_a_toolchain_line_below_the_go_line_has_no_effect() {
    let m = Machine::new();
    m.ok(&["install", "1.23.2", "1.22.10"]);
    m.write("p/go.mod", "module m\n\ngo 1.23\n");
    let ran = m.run(&["use", "1.22.10", "--go-mod"]);
    let says = "goward: error: toolchain go1.22.10 would have no effect: @/p/go.mod:3 needs Go 1.23 \
                or later\nhint: choose a later Go: goward use 1.23 --go-mod\n\
                hint: ask for less: go mod edit -go=1.22\n";
    assert!(ran.code == 1 && ran.stderr.ends_with(says), "{}", ran.stderr);
    assert_eq!(m.read("p/go.mod"), "module m\n\ngo 1.23\n");
    let ran = m.run(&["use", "1.23.2", "--go-mod"]);
    assert!(ran.code == 0 && !ran.stderr.contains("warning"), "{}", ran.stderr);
    let m = m.with("GOWARD_GO_LINE", "minimum");
    let ran = m.run(&["use", "1.23.2", "--go-mod"]);
    assert!(ran.stderr.contains("GOWARD_GO_LINE makes it a minimum"), "{}", ran.stderr);
    m.write("p/go.mod", "module m\ngo 1.21\ntool example.com/x\n");
    let ran = m.run(&["use", "1.22.10"]);
    assert!(ran.code == 1 && ran.stderr.contains("@/p/go.mod:3 needs Go 1.24"), "{}", ran.stderr);
}
