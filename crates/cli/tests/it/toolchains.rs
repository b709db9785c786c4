//! Installing, listing, linking, uninstalling.

use crate::machine::{Machine, script};
use goward_testkit::files::Server;
use goward_testkit::release::archive;
use std::fs;

#[test]
fn an_archive_is_fetched_once() {
    let m = Machine::new();
    let server = Server::start(&m.path("mirror"));
    let m = m.with("GOWARD_MIRROR", &server.url());
    m.ok(&["install", "1.22.10", "--dry-run"]);
    assert!(!m.root("toolchains/go1.22.10").exists());
    assert_eq!(server.count(&archive("1.22.10")), 0);
    for _ in 0..2 {
        assert_eq!(m.ok(&["install", "go1.22.10"]), "");
    }
    assert_eq!(server.count(&archive("1.22.10")), 1);
}

#[test]
fn without_arguments_installs_what_the_directory_asks_for() {
    let m = Machine::new();
    m.write("p/go.mod", "module m\n\ngo 1.22.9\n");
    let ran = m.run(&["install"]);
    assert!(ran.stderr.contains("wanted by @/p/go.mod:3"), "{}", ran.stderr);
    assert!(m.root("toolchains/go1.22.10").is_dir(), "the newest of the go line's minor");
    let again = m.run(&["install"]);
    assert_eq!(
        again.stderr,
        "goward: go1.22.10 is there already, and meets @/p/go.mod:3, which asks for go >= 1.22.9\n"
    );
    m.write("p/.go-version", "1.21.13\n");
    let m = m.with("GOTOOLCHAIN", "local").with("GOWARD_AUTO_INSTALL", "never");
    m.ok(&["install"]);
    assert!(m.root("toolchains/go1.21.13").is_dir(), "what was asked for is not implicit");
}

#[test]
fn nothing_to_install_says_what_to_do() {
    let m = Machine::new();
    let ran = m.run(&["install"]);
    assert_eq!(ran.code, 3);
    assert!(ran.stderr.contains("hint: say which version: goward install latest\n"));
}

#[test]
fn each_kind_of_failure_has_its_exit_code() {
    let m = Machine::new();
    for (args, code, words) in [
        (&["install", "1.22.99"][..], 3, "no release matches 1.22.99"),
        (&["install", "1..x"], 2, "not a Go version: \"1..x\""),
        (&["install", "tip"], 2, "tip is not a release"),
        (&["install", "system"], 2, "system is not a release"),
        (&["uninstall", "1.22.10"], 3, "go1.22.10 is not installed"),
        (&["frob"], 2, "unrecognized subcommand 'frob'"),
        (&["which"], 3, "no Go toolchain is installed"),
        (&["link", "1.22", "/"], 2, "cannot be the name of a link"),
        (&["default", "nobody"], 3, "no toolchain is linked as nobody"),
    ] {
        let ran = m.run(args);
        assert_eq!((ran.code, ran.stdout.as_str()), (code, ""), "{args:?}: {}", ran.stderr);
        assert!(ran.stderr.starts_with("goward: error: "), "{args:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(words), "{args:?}: {}", ran.stderr);
    }
    let archive = fs::read_dir(m.path("mirror")).unwrap().flatten().map(|entry| entry.path());
    let archive =
        archive.into_iter().find(|path| path.to_string_lossy().contains("1.22.10")).unwrap();
    fs::write(archive, "something else").unwrap();
    let ran = m.run(&["install", "1.22.10"]);
    assert_eq!(ran.code, 5, "{}", ran.stderr);
    assert!(!m.root("toolchains/go1.22.10").exists());
    let far = Machine::new().with("GOWARD_MIRROR", "http://127.0.0.1:9/");
    let ran = far.run(&["--offline", "install", "1.22.10"]);
    assert_eq!(ran.code, 4, "{}", ran.stderr);
    assert!(!ran.stderr.contains("installing"), "{}", ran.stderr);
}

#[test]
fn dry_runs_change_nothing() {
    let m = Machine::new();
    assert_eq!(m.ok(&["install", "-n", "1.22"]), "would install go1.22.10\n");
    assert_eq!(
        m.ok(&["use", "-n", "1.22"]),
        "would install go1.22.10\nwould write @/p/.go-version: 1.22.10\n"
    );
    assert_eq!(m.ok(&["default", "-n", "1.22"]), "would write ~/.goward/default: 1.22\n");
    assert!(!m.root("toolchains").exists() && !m.path("p/.go-version").exists());
    m.ok(&["install", "1.22", "1.23"]);
    let dry = m.ok(&["uninstall", "-n", "1.23.2"]);
    assert!(dry.starts_with("would remove go1.23.2, ") && dry.ends_with(" B\n"), "{dry}");
    assert!(m.root("toolchains/go1.23.2").is_dir());
}

#[test]
fn uninstall_removes_the_tree_and_its_name_and_follows_no_link() {
    let m = Machine::new();
    m.ok(&["install", "1.22.9", "1.22.10", "1.23.2"]);
    let kept = m.write("kept/file", "ours");
    let src = m.root("toolchains/go1.22.10/src");
    fs::remove_dir_all(&src).unwrap();
    std::os::unix::fs::symlink(m.path("kept"), &src).unwrap();
    assert!(m.root("shims/go1.22.10").is_symlink());
    assert_eq!(m.ok(&["uninstall", "1.22.10"]), "");
    assert!(!m.root("toolchains/go1.22.10").exists() && kept.is_file());
    assert!(!m.root("shims/go1.22.10").is_symlink());
    assert!(m.root("toolchains/go1.23.2").exists() && m.root("shims/go1.23.2").is_symlink());
    let ran = m.run(&["uninstall", "1.22.10"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (3, ""), "{}", ran.stderr);
}

#[test]
fn the_list_marks_the_default_and_what_runs_here() {
    let m = Machine::new();
    assert_eq!(m.ok(&["list"]), "");
    m.ok(&["install", "1.21.13", "1.22.10", "1.23.2"]);
    m.ok(&["default", "1.21.13"]);
    m.write("p/.go-version", "1.22\n");
    script(&m.path("home/sdk/go1.24.1/bin/go"), "echo sdk");
    script(&m.path("home/sdk/go1.24.1/src/vendor/modules.txt"), "# whole");
    let cached = m.path("home/go/pkg/mod/golang.org");
    let host = goward_installer::Platform::host();
    let name = format!("toolchain@v0.0.1-go1.24.2.{}-{}", host.os(), host.arch());
    script(&cached.join(&name).join("bin/go"), "echo go");
    m.write(&format!("home/go/pkg/mod/golang.org/{name}/src/go.mod"), "");
    script(&m.path("tree/bin/go"), "echo tree");
    m.ok(&["link", "mine", &m.path("tree").display().to_string()]);
    assert_eq!(
        m.ok(&["list"]),
        "* go1.21.13  default; end of life\n\
         > go1.22.10  here, by @/p/.go-version:1; end of life\n  \
           go1.23.2   end of life\n  \
           go1.24.1   in ~/sdk; end of life\n  \
           go1.24.2   fetched by Go itself; end of life\n  \
           mine       linked to @/tree\n"
    );
    let json = m.json(&["list"]);
    let row = &json[1];
    assert_eq!((row["name"].as_str(), row["trust"].as_str()), (Some("go1.22.10"), Some("T3")));
    assert_eq!((&row["here"], &row["default"]), (&true.into(), &false.into()));
    assert_eq!(row["goroot"], "@/home/.goward/toolchains/go1.22.10");
    assert_eq!((&json[0]["here"], &json[0]["default"]), (&false.into(), &true.into()));
    assert!(m.ok(&["list", "-v"]).contains("    verified, T3: the mirror itself; from file://"));
}

#[test]
fn the_remote_list_is_the_mirrors() {
    let m = Machine::new();
    m.ok(&["install", "1.22.9"]);
    assert_eq!(
        m.ok(&["list", "--remote", "1.22"]),
        "go1.22.9  installed; end of life\ngo1.22.10  end of life\n"
    );
    assert_eq!(m.ok(&["list", "--remote"]).lines().count(), 4, "no prereleases");
    assert_eq!(m.ok(&["list", "--remote", "latest"]), "go1.23.2  end of life\n");
    assert_eq!(m.ok(&["list", "--remote", "oldstable"]), "go1.22.10  end of life\n");
    let json = m.json(&["list", "--remote", "1.24rc1"]);
    assert_eq!((&json[0]["name"], &json[0]["prerelease"]), (&"go1.24rc1".into(), &true.into()));
}

/// Also where nothing is there.
#[test]
fn every_command_that_reads_answers_in_json() {
    let m = Machine::new().with("GOWARD_AUTO_INSTALL", "never");
    for installed in [false, true] {
        for command in ["list", "default", "explain"] {
            let ran = m.run(&[command, "--json"]);
            assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{command}");
            serde_json::from_str::<serde_json::Value>(&ran.stdout).unwrap();
        }
        for command in ["current", "which"] {
            let ran = m.run(&[command, "--json"]);
            match installed {
                true => drop(serde_json::from_str::<serde_json::Value>(&ran.stdout).unwrap()),
                false => assert_eq!(ran.stdout, "", "{command}"),
            }
            assert_eq!(ran.code == 0, installed, "{command}: {}", ran.stderr);
        }
        m.ok(&["install", "1.22.10"]);
    }
}

#[test]
fn oldstable_is_a_word_of_every_command() {
    let m = Machine::new();
    m.ok(&["install", "1.22.9", "1.23.2"]);
    let ran = m.run(&["exec", "oldstable", "--", "go", "version"]);
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (0, "go version go1.22.10 version\n"),
        "{}",
        ran.stderr
    );
    assert!(m.root("toolchains/go1.22.10").is_dir(), "an older release of its minor is not it");
    let again = m.run(&["exec", "oldstable", "--", "go", "version"]);
    assert_eq!((again.stdout, again.stderr.as_str()), (ran.stdout, ""), "it is there");
    m.ok(&["use", "oldstable"]);
    assert_eq!(m.read("p/.go-version"), "1.22.10\n");
}

#[test]
fn quiet_is_quiet_and_errors_are_not() {
    let m = Machine::new();
    let ran = m.run(&["-q", "install", "1.22"]);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "", ""));
    assert!(m.run(&["-q", "install", "1.99"]).stderr.starts_with("goward: error: "));
}

#[test]
fn links_are_names_for_trees() {
    let m = Machine::new();
    let tree = m.path("tree").display().to_string();
    assert!(m.run(&["link", "mine", &tree]).stderr.contains("cannot find @/tree"));
    fs::create_dir(m.path("tree")).unwrap();
    assert!(m.run(&["link", "mine", &tree]).stderr.contains("@/tree is not a Go tree"));
    script(&m.path("tree/bin/go"), "echo mine");
    m.ok(&["link", "mine", &tree]);
    assert_eq!(m.run(&["link", "mine", &tree]).code, 2);
    m.ok(&["link", "--force", "mine", &tree]);
    assert_eq!(m.ok(&["exec", "mine", "--", "go"]), "mine\n");
    m.ok(&["default", "mine"]);
    assert_eq!(m.ok(&["which"]), "@/home/.goward/links/mine/bin/go\n");
    assert_eq!(m.run(&["use", "mine"]).code, 2);
    let ran = m.run(&["uninstall", "mine"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.starts_with("goward: error: mine is the default toolchain\nhint: "));
    let said = m.run(&["uninstall", "--force", "mine"]);
    let warned = "goward: warning: mine was the default, and is still named as that; to choose another \
                  one, run: goward default VERSION\n";
    assert!(said.code == 0 && said.stderr.ends_with(warned), "{}", said.stderr);
    assert!(m.path("tree/bin/go").exists() && !m.root("links/mine").exists());
}

#[test]
fn offline_is_on_or_off_or_an_error() {
    for (value, code, words) in [
        ("1", 4, "goward is offline"),
        ("true", 4, "goward is offline"),
        ("0", 4, "cannot fetch"),
        ("false", 4, "cannot fetch"),
        ("", 4, "cannot fetch"),
        // The exit status 2 of `provide` means that it does not understand the shim.
        ("yes", 1, "GOWARD_OFFLINE=\"yes\" in the environment"),
    ] {
        // No server listens there.
        let m = Machine::new().with("GOWARD_MIRROR", "http://127.0.0.1:1/");
        let m = m.with("GOWARD_OFFLINE", value);
        // One try is enough to see whether there is any.
        let ran = m.run(&["provide", "1.22.10", "--wanted-by", "me", "--impatient"]);
        assert_eq!(ran.code, code, "{value:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(words), "{value:?}: {}", ran.stderr);
    }
    let m = Machine::new().with("GOWARD_OFFLINE", "yes");
    m.write("p/.go-version", "1.22.10\n");
    assert_eq!(m.run(&["install"]).code, 2, "not the shim's refusal");
}

#[cfg(unix)]
#[test]
fn variables_that_are_not_text_are_errors() {
    use std::os::unix::ffi::OsStrExt as _;
    let m = Machine::new();
    for key in ["GOWARD_OFFLINE", "GOWARD_MIRROR"] {
        let mut command = m.command(&["install", "1.22.10"]);
        let done = command.env(key, std::ffi::OsStr::from_bytes(b"\xff")).output().unwrap();
        let ran = crate::machine::ran(done, &m);
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        assert!(ran.stderr.contains(&format!("{key} is not UTF-8 text")), "{}", ran.stderr);
    }
}

#[cfg(unix)]
#[test]
fn whatever_the_umask_no_other_user_can_write_to_the_store() {
    use std::os::unix::fs::PermissionsExt as _;
    let m = Machine::new();
    m.write("p/.goenv", "GOFLAGS=-mod=mod\n");
    script(&m.path("tree/bin/go"), "echo tree");
    let link = format!("link mine {}", m.path("tree").display());
    let goward = env!("CARGO_BIN_EXE_goward");
    for args in ["trust .goenv", &link, "install 1.22 1.23.2", "default 1.22", "list --remote"] {
        let mut shell = m.command_of(std::path::Path::new("/bin/sh"), &["-c"]);
        let done = shell.arg(format!("umask 000; exec '{goward}' {args}")).output().unwrap();
        assert!(done.status.success(), "{args}: {}", String::from_utf8_lossy(&done.stderr));
    }
    let mut left = vec![m.root("")];
    let mut seen = 0;
    while let Some(path) = left.pop() {
        let found = fs::symlink_metadata(&path).unwrap();
        seen += 1;
        if found.is_symlink() {
            continue;
        }
        let mode = found.permissions().mode() & 0o777;
        assert_eq!(mode & 0o022, 0, "{} has the mode {mode:o}", path.display());
        if found.is_dir() {
            left.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
    assert!(seen > 30, "{seen}");
}

#[test]
fn kept_archives_make_a_second_install_possible_without_the_mirror() {
    let m = Machine::new();
    m.ok(&["install", "--keep-archives", "1.22.10"]);
    let archives = fs::read_dir(m.root("cache/archives")).unwrap().flatten();
    let archive = archives.into_iter().next().unwrap();
    let name = archive.file_name().into_string().unwrap();
    assert!(name.starts_with("go1.22.10."), "{name}");
    fs::remove_file(m.path("mirror").join(name)).unwrap();
    m.ok(&["uninstall", "--force", "1.22.10"]);
    m.ok(&["install", "1.22.10"]);
    assert_eq!(m.run(&["list", "--refresh"]).code, 2, "there is nothing to refresh");
}

#[test]
fn a_release_that_no_mirror_has_is_told_once_where_a_call_does_not_wait() {
    let m = Machine::new();
    let args = ["provide", "1.25", "--at-least", "1.25.99", "--wanted-by", "me", "--impatient"];
    let first = m.run(&args);
    assert_eq!((first.code, first.stderr.lines().count()), (3, 1), "{}", first.stderr);
    assert!(
        first.stderr.contains("no release of 1.25.99 or later matches 1.25"),
        "{}",
        first.stderr
    );
    let second = m.run(&args);
    assert_eq!((second.code, second.stderr.as_str()), (3, ""));
    let other = m.run(&["provide", "1.26", "--wanted-by", "me", "--impatient"]);
    assert!(other.stderr.contains("no release matches 1.26"), "{}", other.stderr);
}
