//! Files that a repository, another user or a killed process left in places where goward reads and
//! writes.

use crate::machine::{Machine, Ran, ran};
use goward_testkit::start::tool;
use goward_testkit::untested::is_root;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, lchown, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

pub(crate) const OTHER: u32 = 12345;

/// The outcome of a command, which must end within the patience of a user.
pub(crate) fn bounded(command: &mut Command) -> Output {
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = child.spawn().unwrap();
    let id = child.id().to_string();
    let (end, ended) = mpsc::channel();
    std::thread::spawn(move || end.send(child.wait_with_output().unwrap()));
    ended.recv_timeout(Duration::from_secs(30)).unwrap_or_else(|_| {
        tool("kill").args(["-9", &id]).status().unwrap();
        panic!("it waits for ever: {command:?}");
    })
}

pub(crate) fn run(m: &Machine, args: &[&str]) -> Ran {
    ran(bounded(&mut m.command(args)), m)
}

/// Gives a file to another user, which only root can; whether it did.
#[track_caller]
pub(crate) fn can_give(file: &Path) -> bool {
    let can = is_root("files of another user");
    if can {
        chown(file, Some(OTHER), Some(OTHER)).unwrap();
    }
    can
}

/// Puts things in the place of `path` that are no files, and calls `see` with each; the socket and
/// the huge file are last.
pub(crate) fn odd(path: &Path, see: &mut dyn FnMut(&str)) {
    let mut make = |what: &str, put: &dyn Fn()| {
        let _ = fs::remove_file(path);
        let _ = fs::remove_dir_all(path);
        put();
        see(what);
    };
    make("fifo", &|| {
        assert!(tool("mkfifo").arg(path).status().unwrap().success());
    });
    make("endless", &|| symlink("/dev/zero", path).unwrap());
    make("loop", &|| symlink(path, path).unwrap());
    make("directory", &|| fs::create_dir(path).unwrap());
    make("socket", &|| drop(UnixListener::bind(path).unwrap()));
    make("huge", &|| fs::File::create(path).unwrap().set_len(3 << 30).unwrap());
}

/// `goward use` in its three forms, with the file of each.
const FORMS: [(&str, &[&str], &str); 3] = [
    (".go-version", &["use", "1.22.10"], "1.21.13\n"),
    (".goenv", &["use", "1.22.10", "--goenv"], "GOOS=linux\n"),
    ("go.mod", &["use", "1.22.10", "--go-mod"], "module m\n\ngo 1.21\n"),
];

#[test]
fn use_writes_through_no_link_that_leads_out_of_its_directory() {
    for (name, args, text) in FORMS {
        let m = Machine::new();
        let secret = m.write("home/.ssh/authorized_keys", text);
        let link = m.path("p").join(name);
        for target in ["../home/.ssh/authorized_keys", secret.to_str().unwrap()] {
            let _ = fs::remove_file(&link);
            symlink(target, &link).unwrap();
            for dry in [false, true] {
                let all: Vec<&str> = args.iter().copied().chain(dry.then_some("-n")).collect();
                let ran = run(&m, &all);
                assert_eq!(ran.code, 1, "{name}: {}", ran.stderr);
                let why = format!(
                    "goward: error: cannot write @/p/{name}\n    it is a link to \
                     {}, which lies outside of that directory\nhint: remove the link",
                    match target.starts_with('/') {
                        true => "~/.ssh/authorized_keys".to_owned(),
                        false => format!("@/p/{target}"),
                    }
                );
                assert!(ran.stderr.starts_with(&why), "{name}: {}", ran.stderr);
            }
        }
        assert_eq!(fs::read_to_string(&secret).unwrap(), text, "{name}");
        assert!(link.is_symlink() && !m.root("toolchains/go1.22.10").exists(), "{name}");
        // By way of a second link, to an absent file, and to a file that goward cannot reach.
        for target in ["second", "nowhere", "../nowhere/x", "/proc/1/root/x/y"] {
            fs::remove_file(&link).unwrap();
            let _ = symlink(&secret, m.path("p/second"));
            symlink(target, &link).unwrap();
            let ran = run(&m, args);
            assert!(ran.code != 0 && link.is_symlink(), "{name} -> {target}: {}", ran.stderr);
            assert_eq!(fs::read_to_string(&secret).unwrap(), text, "{name} -> {target}");
        }
    }
}

#[test]
fn use_follows_a_link_that_stays_and_names_the_real_place() {
    for (name, args, text) in FORMS {
        let m = Machine::new();
        m.write("p/real", text);
        symlink("real", m.path("p").join(name)).unwrap();
        let ran = run(&m, args);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let did = if name == ".go-version" { "changed" } else { "wrote" };
        let wrote = format!("goward: {did} @/p/real (to which @/p/{name} leads)");
        assert!(ran.stderr.contains(&wrote), "{}", ran.stderr);
        assert!(m.path("p").join(name).is_symlink());
        assert!(m.read("p/real").contains("1.22.10"));
    }
}

#[test]
fn a_second_name_of_a_file_keeps_what_it_has() {
    let m = Machine::new();
    let other = m.write("home/.bashrc", "mine\n");
    fs::hard_link(&other, m.path("p/.go-version")).unwrap();
    let refused = run(&m, &["use", "1.22.10"]);
    assert_eq!(refused.code, 1, "{}", refused.stderr);
    let why = "it has another name, a hard link, which would keep the old text\nhint: ";
    assert!(refused.stderr.contains(why), "{}", refused.stderr);
    for name in ["home/.bashrc", "p/.go-version"] {
        assert_eq!(m.read(name), "mine\n", "{name}");
    }
}

#[test]
fn use_leaves_files_and_links_of_others_alone() {
    for (name, args, text) in FORMS {
        let m = Machine::new();
        let file = m.write(&format!("p/{name}"), text);
        if !can_give(&file) {
            return;
        }
        let refused = run(&m, args);
        assert_eq!(refused.code, 1, "{name}: {}", refused.stderr);
        assert!(
            refused.stderr.contains("it is a file of user 12345\nhint: "),
            "{}",
            refused.stderr
        );
        assert_eq!(fs::read_to_string(&file).unwrap(), text);
        // Their link to a file of the caller's, in a directory that all may write to.
        fs::remove_file(&file).unwrap();
        m.write("p/notes", text);
        symlink("notes", &file).unwrap();
        lchown(&file, Some(OTHER), Some(OTHER)).unwrap();
        fs::set_permissions(m.path("p"), fs::Permissions::from_mode(0o1777)).unwrap();
        let refused = run(&m, args);
        assert_eq!(refused.code, 1, "{name}: {}", refused.stderr);
        assert!(refused.stderr.contains("it is a link of user 12345"), "{}", refused.stderr);
        assert_eq!(m.read("p/notes"), text);
        assert!(!m.root("toolchains/go1.22.10").exists(), "nothing is installed for it");
    }
}

/// A container that runs as root on a checkout of another user's.
#[test]
fn use_takes_files_below_a_trusted_path_for_the_callers_own() {
    for (name, args, text) in FORMS {
        let m = Machine::new();
        let file = m.write(&format!("p/{name}"), text);
        if !can_give(&file) {
            return;
        }
        let trusted = m.path("p").display().to_string();
        let m = m.with("GOWARD_TRUSTED_PATHS", &trusted);
        let ran = run(&m, args);
        assert_eq!(ran.code, 0, "{name}: {}", ran.stderr);
        assert!(m.read(&format!("p/{name}")).contains("1.22.10"), "{name}");
        assert_eq!(fs::metadata(&file).unwrap().uid(), OTHER, "{name} stays theirs");
        // Their link may lead elsewhere at any time.
        fs::rename(&file, m.path("p/notes")).unwrap();
        symlink("notes", &file).unwrap();
        lchown(&file, Some(OTHER), Some(OTHER)).unwrap();
        let refused = run(&m, args);
        assert!(refused.stderr.contains("it is a link of user 12345"), "{}", refused.stderr);
    }
}

#[test]
fn a_file_that_is_passed_over_stops_neither_use_nor_trust() {
    let m = Machine::new();
    let theirs = m.write("p/.goenv", "GOOS=plan9\n");
    if !can_give(&theirs) {
        return;
    }
    fs::set_permissions(m.path("p"), fs::Permissions::from_mode(0o1777)).unwrap();
    fs::create_dir(m.path("p/mine")).unwrap();
    let in_mine = |args: &[&str]| {
        ran(bounded(m.command(args).current_dir(m.path("p/mine")).env("PWD", m.path("p/mine"))), &m)
    };
    let trust = in_mine(&["trust"]);
    assert!(trust.stderr.contains("there is no .goenv here or above"), "{}", trust.stderr);
    let used = in_mine(&["use", "1.22.10", "--goenv"]);
    assert_eq!(used.code, 0, "{}", used.stderr);
    assert_eq!(m.read("p/mine/.goenv"), "GOTOOLCHAIN=go1.22.10\n");
    assert_eq!(m.read("p/.goenv"), "GOOS=plan9\n");
}

#[test]
fn use_waits_for_nothing_in_a_project() {
    for (name, args, _) in FORMS {
        let m = Machine::new();
        let mut args = args.to_vec();
        let dir = m.path("p").display().to_string();
        args.extend(["--project", &dir]);
        odd(&m.path("p").join(name), &mut |what| {
            let ran = run(&m, &args);
            // A file of the caller's own may be as large as it likes where nothing is read of it.
            let replaced = (name, what) == (".go-version", "huge");
            assert_eq!(ran.code == 0, replaced, "{name}: {what}: {}", ran.stderr);
            assert!(replaced || ran.stderr.contains(name), "{name}: {what}: {}", ran.stderr);
            assert!(replaced || !m.root("toolchains").exists(), "{name}: {what}");
        });
    }
}

#[test]
fn trust_waits_for_nothing_that_took_a_files_place() {
    let m = Machine::new();
    let file = m.write("p/.goenv", "CC=clang\n");
    m.ok(&["trust"]);
    odd(&file, &mut |what| {
        assert_eq!(run(&m, &["trust", "--list"]).stdout, "changed   @/p/.goenv\n", "{what}");
        for args in [&["trust"][..], &["trust", "-n"], &["trust", "--diff"]] {
            let mut all = args.to_vec();
            all.push(file.to_str().unwrap());
            let ran = run(&m, &all);
            assert!(ran.code == 1 && ran.stdout.is_empty(), "{what}: {}", ran.stderr);
        }
    });
    fs::remove_file(&file).unwrap();
    assert_eq!(m.ok(&["trust", "--list"]), "gone      @/p/.goenv\n");
    m.write("p/.goenv", "CC=clang\n");
    let record = m.root("trust").join(file.strip_prefix("/").unwrap());
    odd(&record, &mut |what| {
        let ran = run(&m, &["trust", "--list"]);
        assert!(matches!(ran.stdout.as_str(), "" | "untrusted @/p/.goenv\n"), "{what}");
        assert!(!run(&m, &["trust", "--diff", "--json"]).stdout.contains("\"trusted\""), "{what}");
    });
}

/// The target of a repository's link, and every text of goward's that could show its content.
#[test]
fn no_text_behind_a_linked_goenv_is_shown() {
    let m = Machine::new();
    m.ok(&["install", "1.22.10"]);
    let file = m.path("p/.goenv");
    for (text, trusted) in [
        ("SECRET_TOKEN=tangerine\nCC=tangerine\n", true),
        ("GOTOOLCHAIN=go1.22.10-tangerine\n", false),
        ("GOTOOLCHAIN=tangerine\nGOOS=tangerine\n", false),
        ("GOPRIVATE=tangerine.example\n", false),
        ("tangerine tangerine\n", false),
        ("tangerine=SECRET_TOKEN\n", false),
    ] {
        m.write("home/secret", text);
        let _ = fs::remove_file(&file);
        symlink("../home/secret", &file).unwrap();
        // The commands before the user trusts it, and then the commands that tell of trust.
        let runs = [
            &["explain"][..],
            &["explain", "--json"],
            &["current"],
            &["which", "go"],
            &["trust", "-n"],
            &["trust", "--json", "-n"],
            &["trust"],
            &["trust", "--json"],
            &["trust", "--diff"],
            &["trust", "--diff", "--json"],
            &["trust", "--list"],
            &["trust", "--list", "--json"],
        ];
        for args in runs {
            let ran = run(&m, args);
            let all = format!("{}{}", ran.stdout, ran.stderr);
            assert!(!all.contains("tangerine"), "{text:?}: {args:?}: {all}");
            assert!(!args.contains(&"trust") || !all.contains("SECRET_TOKEN"), "{args:?}: {all}");
        }
        if trusted {
            let said = m.ok(&["trust"]);
            let leads = "@/p/.goenv is a link to ~/secret; its text is not shown\n";
            assert!(said.starts_with(leads), "{said}");
            assert!(said.ends_with(":\n  what line 1 says\n  what line 2 says\n"), "{said}");
            let json = m.json(&["trust"]);
            assert!(json["link"].as_str().unwrap().ends_with("/home/secret"), "{json}");
            assert_eq!(
                (&json["keys"][1]["name"], &json["keys"][1]["line"]),
                (&().into(), &2.into())
            );
        }
        run(&m, &["trust", "--revoke"]);
    }
    // A file that is none tells its text as ever.
    fs::remove_file(&file).unwrap();
    m.write("p/.goenv", "CC=tangerine\n");
    assert!(m.ok(&["trust"]).contains("CC=tangerine (line 1)"));
    assert_eq!(m.json(&["trust"])["link"], serde_json::Value::Null);
}

#[test]
fn values_of_a_linked_goenv_are_not_explained() {
    let m = Machine::set_up();
    m.ok(&["install", "1.22.10"]);
    m.write("home/secret", "GOOS=plum9\nGOFLAGS=-tags=tangerine\n");
    symlink("../home/secret", m.path("p/.goenv")).unwrap();
    for args in [&["explain"][..], &["explain", "--json"]] {
        let said = m.ok(args);
        assert!(!said.contains("tangerine") && !said.contains("plum9"), "{said}");
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains("(not shown)") && said.contains("what it says is not shown"));
    }
    let m = m.with("GOOS", "linux");
    let said = m.ok(&["env", "--explain", "GOOS"]);
    assert_eq!(
        said,
        "GOOS=linux\n    by the environment\n    hides (not shown), by @/p/.goenv:1\n"
    );
}

/// Such a home directory is the current directory, and `~` is none of its names.
#[test]
fn a_relative_home_has_no_short_name() {
    let m = Machine::new();
    let root = m.root("").display().to_string();
    let m = m.with("GOWARD_ROOT", &root).with("HOME", ".");
    let ran = run(&m, &["use", "1.22.10"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("wrote @/p/.go-version: "), "{}", ran.stderr);
    assert!(!ran.stderr.contains('~'), "{}", ran.stderr);
}

/// The VERSION of a stranger's tree may be a link to a secret, or the stranger's own text.
#[test]
fn no_text_behind_a_linked_version_is_shown() {
    let m = Machine::new().with("GOSUMDB", "off");
    crate::life::tree(&m, "tree", "1.22.5");
    m.write("home/secret", "TANGERINE\n");
    let (tree, version) = (m.path("tree").display().to_string(), m.path("tree/VERSION"));
    m.ok(&["link", "theirs", &tree]);
    fs::remove_file(&version).unwrap();
    symlink("../home/secret", &version).unwrap();
    m.write("p/.goenv", "");
    let m = m.with("GOWARD_VERSION", "theirs");
    for args in [
        &["install", "--verify", "none", &tree][..],
        &["adopt", "--unverified", &tree],
        &["explain"],
        &["explain", "--json"],
        &["current"],
        &["current", "--json"],
        &["install"],
        &["list", "-v"],
        &["use", "theirs"],
    ] {
        let ran = run(&m, args);
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(!said.contains("TANGERINE") && !said.is_empty(), "{args:?}: {said}");
    }
    let install = run(&m, &["install", "--verify", "none", &tree]);
    let start = "goward: error: @/tree/VERSION does not begin with a toolchain's name\nhint: ";
    assert!(install.stderr.starts_with(start), "{}", install.stderr);
    // The name of a toolchain is no secret, and one's own text is none to oneself.
    m.write("home/secret", "go1.22.5\n");
    assert!(m.ok(&["current"]).starts_with("go1.22.5 ("), "{}", m.ok(&["current"]));
    fs::remove_file(&version).unwrap();
    let own = m.write("tree/VERSION", "devel go1.24-mine\n");
    assert!(m.ok(&["current"]).starts_with("devel go1.24-mine ("), "{}", m.ok(&["current"]));
    if can_give(&own) {
        let said = m.ok(&["current"]);
        assert!(!said.contains("devel"), "{said}");
    }
}
