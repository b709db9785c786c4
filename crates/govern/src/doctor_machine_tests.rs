//! Checks of what stands around Go, on a machine that is healthy but for one thing.

use super::facts::{
    Desktop, Directory, Disk, EditorSetting, Facts, Limits, NoCache, StartupLine, StoreState, Tool,
    Weight,
};
use super::tests::{broken, healthy, on_path, said, version};
use super::*;
use crate::path::Whose;
use crate::peers::{self, Peer};
use crate::startup::others::Does;
use std::time::{Duration, SystemTime};

fn goenv() -> Peer {
    peers::all().into_iter().find(|peer| peer.name == "goenv").expect("goward knows goenv")
}

#[test]
fn other_managers_are_told() {
    let behind =
        |facts: &mut Facts| facts.go.push(on_path("/h/.goenv/shims/go", Whose::Peer(goenv())));
    let words = "note /h/.goenv/shims/go of goenv is on PATH | goward import";
    assert_eq!(said(&broken("other-managers", behind)), words);
    let first = broken("other-managers", |facts| {
        behind(facts);
        facts.go.reverse();
    });
    assert_eq!(first.status, Status::Warning);
    let enters = broken("other-managers", |facts| {
        let does = Does::Enters(goenv());
        for line in [3, 9] {
            facts.lines.push(StartupLine { file: "/h/.bashrc".into(), line, does });
        }
    });
    let words = "note /h/.bashrc:3 brings goenv into new shells | goward import";
    assert_eq!(said(&enters), words);
    assert_eq!((enters.others.len(), &*enters.details[0]), (0, "/h/.bashrc:9 as well"));
}

#[test]
fn caches_that_go_cannot_write_are_told() {
    let with = |change: &dyn Fn(&mut Directory)| {
        broken("caches", |facts| change(facts.build_cache.as_mut().unwrap()))
    };
    let of_root = with(&|cache| (cache.owner, cache.is_writable) = (Some(0), false));
    let words = "error GOCACHE is /h/.cache/go-build, which belongs to root: Go cannot write there \
                 | sudo chown -R \"$(id -un)\" /h/.cache/go-build";
    assert_eq!(said(&of_root), words);
    let own = with(&|cache| cache.is_writable = false);
    assert!(said(&own).ends_with("| chmod u+rwx /h/.cache/go-build"), "{}", said(&own));
    let disk = |disk: Disk| with(&|cache| cache.disk = Some(disk));
    let free = Disk { free: 1 << 40, ..Disk::default() };
    assert_eq!(disk(Disk { read_only: true, ..free }).status, Status::Error);
    assert_eq!(disk(Disk { remote: true, ..free }).status, Status::Note);
    assert_eq!(with(&|cache| cache.is_blocked = true).status, Status::Error);
    assert_eq!(with(&|cache| cache.owner = Some(5)).status, Status::Note);
    assert_eq!(with(&|cache| cache.is_there = false).status, Status::Ok);
    let none = |is_meant| {
        let why =
            NoCache { why: "it is elsewhere".to_owned(), mend: "set it".to_owned(), is_meant };
        broken("caches", |facts| facts.build_cache = Err(why.clone()))
    };
    assert_eq!(said(&none(false)), "error it is elsewhere | set it");
    assert_eq!(said(&none(true)), "ok it is elsewhere; Go can write GOMODCACHE | ");
}

#[test]
fn a_cache_that_only_grows_is_told() {
    let now = SystemTime::now();
    let with = |weight: Weight| {
        broken("caches", |facts| facts.build_cache.as_mut().unwrap().weight = Some(weight))
    };
    let large = Weight { bytes: 21 << 30, ..Weight::default() };
    let words = "note GOCACHE, /h/.cache/go-build, holds at least 21 GiB | goward cache";
    assert_eq!(said(&with(large)), words);
    assert!(with(Weight { is_whole: true, ..large }).message.ends_with(" holds 21 GiB"));
    assert_eq!(with(Weight { bytes: 20 << 30, ..large }).status, Status::Ok);
    let late = |hours: u64| {
        let trimmed = Some(now - Duration::from_secs(hours * 60 * 60));
        with(Weight { changed: Some(now), trimmed, ..Weight::default() })
    };
    assert!(late(73).message.contains("3 days after it removed old entries last"));
    assert_eq!((late(73).status, late(47).status), (Status::Note, Status::Ok));
    // Nothing was built since.
    let idle = Weight { changed: Some(now - Duration::from_secs(9)), trimmed: Some(now), ..large };
    assert_eq!(with(Weight { bytes: 1, ..idle }).status, Status::Ok);
    let modules = broken("caches", |facts| {
        facts.module_cache.as_mut().unwrap().weight = Some(large);
    });
    assert!(said(&modules).ends_with("| go clean -modcache"), "{}", said(&modules));
    let full = broken("caches", |facts| {
        facts.build_cache.as_mut().unwrap().disk = Some(Disk::default());
    });
    assert!(full.status == Status::Error && full.message.ends_with("full"), "{}", full.message);
}

#[test]
fn a_temporary_directory_that_runs_nothing_is_told() {
    let with = |change: &dyn Fn(&mut Directory)| {
        broken("tmp-noexec", |facts| change(&mut facts.temporary))
    };
    let no_exec = Disk { no_exec: true, ..Disk::default() };
    assert_eq!(with(&|tmp| tmp.disk = Some(no_exec)).status, Status::Warning);
    assert_eq!(with(&|tmp| tmp.is_writable = false).status, Status::Error);
    let gone = with(&|tmp| tmp.is_there = false);
    assert!(said(&gone).ends_with("| mkdir -p /tmp"), "{}", said(&gone));
}

#[test]
fn a_repository_in_which_git_refuses_is_told() {
    let foreign = |facts: &mut Facts| facts.repository.as_mut().unwrap().owner = 0;
    let verdict = broken("vcs", foreign);
    assert_eq!(verdict.status, Status::Warning);
    assert!(said(&verdict).ends_with("git config --global --add safe.directory /h/p"));
    let safe = broken("vcs", |facts| {
        foreign(facts);
        facts.repository.as_mut().unwrap().is_safe = true;
    });
    assert_eq!(safe.status, Status::Ok);
    assert_eq!(broken("vcs", |facts| facts.has_git = false).status, Status::Warning);
    let pipe = broken("vcs", |facts| {
        facts.repository.as_mut().unwrap().odd = Some("/h/p/.git/config".into());
    });
    let words = "error /h/p/.git/config is no regular file: git would wait for it, and go build for git \
                 | look at it, and remove it";
    assert_eq!(said(&pipe), words);
    let nothing = broken("vcs", |facts| {
        facts.has_git = false;
        facts.repository = None;
    });
    assert_eq!(nothing.status, Status::Ok);
    let old = broken("vcs", |facts| facts.git = Some((2, 23)));
    let words = "warning git is 2.23, and Go 1.25 and later need 2.24 for the stamp of a build";
    assert!(said(&old).starts_with(words), "{}", said(&old));
    let no_need = broken("vcs", |facts| {
        facts.git = Some((1, 99));
        facts.default = None;
        facts.toolchains[0].version = version("1.24.9");
    });
    assert_eq!(no_need.status, Status::Ok);
}

#[test]
fn narrow_limits_are_told() {
    let with = |limits: Limits| broken("limits", |facts| facts.limits = limits).status;
    let ample = healthy().limits;
    assert_eq!(with(Limits { files: Some(1023), ..ample }), Status::Warning);
    assert_eq!(with(Limits { processes: Some(100), ..ample }), Status::Warning);
    assert_eq!(with(Limits { memory: Some(1 << 29), ..ample }), Status::Warning);
    assert_eq!(with(Limits { promised: Some(1 << 29), ..ample }), Status::Warning);
    assert_eq!(with(Limits { promised: Some(1 << 31), ..ample }), Status::Ok);
    assert_eq!(with(Limits::default()), Status::Ok);
}

#[test]
fn a_store_that_is_not_sound_is_told() {
    let with = |store: StoreState| broken("store", |facts| facts.store = store);
    let pair = || vec![("go1.22.10".to_owned(), "it is missing".to_owned())];
    let fault =
        with(StoreState { fault: Some("others can write".into()), ..StoreState::default() });
    assert_eq!(said(&fault), "error others can write | ");
    let lost = with(StoreState { unrecorded: pair(), ..StoreState::default() });
    assert!(said(&lost).ends_with("| goward repair --force 1.22.10"), "{}", said(&lost));
    assert_eq!(with(StoreState { links: pair(), ..StoreState::default() }).status, Status::Warning);
    let left = with(StoreState { unfinished: vec!["/s/x".into()], ..StoreState::default() });
    assert_eq!(left.status, Status::Note);
    let words = "bin/go is missing, and 2 more".to_owned();
    let damaged = vec![("go1.22.10".to_owned(), words)];
    let damaged = with(StoreState { damaged, ..StoreState::default() });
    let words = "error go1.22.10 is damaged: bin/go is missing, and 2 more | goward repair 1.22.10";
    assert_eq!(said(&damaged), words);
    let unlooked = vec!["go1.22.10".to_owned()];
    let late = with(StoreState { unlooked, ..StoreState::default() });
    assert!(late.status == Status::Ok && late.details[0].contains("go1.22.10"), "{late:?}");
    assert_eq!(broken("store", |facts| facts.root = None).status, Status::Error);
    let fault = "/h/.goward/default: is not a regular file";
    let default = broken("store", |facts| facts.default_fault = Some(fault.to_owned()));
    assert_eq!(
        said(&default),
        format!("error {fault} | choose the default anew: goward default VERSION")
    );
}

#[test]
fn a_wrong_clock_is_told() {
    let year = Duration::from_secs(365 * 24 * 60 * 60);
    let old = broken("clock", |facts| facts.now = SystemTime::UNIX_EPOCH + 40 * year);
    assert_eq!(old.status, Status::Error);
    let ahead = broken("clock", |facts| facts.written = Some(facts.now + year));
    assert!(ahead.message.contains("365 days in the future"), "{}", ahead.message);
}

#[test]
fn a_full_disk_is_told_once() {
    let full = |free: u64| {
        move |facts: &mut Facts| {
            let disk = Disk { free, ..Disk::default() };
            for one in [facts.root.as_mut().unwrap(), &mut facts.temporary] {
                one.disk = Some(disk);
            }
        }
    };
    let little = broken("disk", full(500 << 20));
    assert_eq!(said(&little), "warning 500 MiB are free for the store, /h/.goward | goward prune");
    assert_eq!(little.others.len(), 0, "both are on one disk");
    assert_eq!(broken("disk", full(50 << 20)).status, Status::Error);
    let files = broken("disk", |facts| {
        let disk = Disk { free: 50 << 30, files: Some(10), ..Disk::default() };
        facts.root.as_mut().unwrap().disk = Some(disk);
    });
    assert!(files.message.contains("10 more files"), "{}", files.message);
}

#[test]
fn a_go_in_the_settings_of_an_editor_is_told() {
    let with = |value: &str| {
        let (file, value) = ("/h/settings.json".into(), value.to_owned());
        let setting = EditorSetting { file, line: 3, key: "go.goroot", value };
        broken("editors", |facts| facts.editors.push(setting))
    };
    let told = with("/usr/local/go");
    assert!(
        said(&told).starts_with("warning /h/settings.json:3 sets go.goroot"),
        "{}",
        said(&told)
    );
    assert_eq!(with("/h/.goward/shims/go").status, Status::Ok);
}

#[test]
fn a_tool_that_an_older_go_has_built_is_told() {
    let with = |built_by: &str, default: Option<&str>| {
        let tool = Tool { path: "/h/go/bin/dlv".into(), built_by: version(built_by) };
        broken("editors", |facts| {
            facts.tools.push(tool);
            facts.default = default.map(version);
        })
    };
    let words = "warning /h/go/bin/dlv was built by go1.26.6, and does not know code for go1.27.3 | \
                 install it anew, with that Go";
    assert_eq!(said(&with("1.26.6", Some("1.27.3"))), words);
    // An installed release that is not the default may be for one project.
    assert_eq!(with("1.26.6", Some("1.26.1")).status, Status::Note);
    assert_eq!(with("1.26.6", None).status, Status::Note);
    assert_eq!(with("1.27.0", Some("1.27.3")).status, Status::Ok);
    assert_eq!(with("1.28.0", Some("1.27.3")).status, Status::Ok);
}

#[test]
fn a_desktop_without_the_shims_is_told() {
    let blind = broken("path-gui", |facts| facts.desktop = Some(Desktop { has_shims: false }));
    assert_eq!(blind.status, Status::Note);
    assert_eq!(broken("path-gui", |facts| facts.desktop = None).status, Status::Skipped);
}

#[test]
fn other_users_are_told() {
    let open = broken("users", |facts| facts.open_parents.push("/h".into()));
    assert!(said(&open).ends_with("| chmod o-w /h"), "{}", said(&open));
    let go_env = broken("users", |facts| facts.open_go_env.push("/h/.config/go/env".into()));
    assert!(said(&go_env).ends_with("| chmod o-w /h/.config/go/env"), "{}", said(&go_env));
    let root = broken("users", |facts| facts.system_root_fault = Some("it is open".into()));
    assert_eq!(root.status, Status::Warning);
    let sudo = |facts: &mut Facts| {
        facts.user = 0;
        facts.variables.insert("SUDO_USER", b"me".to_vec());
    };
    assert!(broken("users", sudo).message.contains("home directory of user 1000"));
    let path = broken("users", |facts| {
        sudo(facts);
        facts.home_owner = Some(0);
        facts.path.remove(0);
    });
    assert_eq!(path.status, Status::Note, "{}", path.message);
}

#[test]
fn names_of_checks_are_words_that_stay() {
    for (at, check) in CHECKS.iter().enumerate() {
        let is_word =
            |char: char| char.is_ascii_lowercase() || char == '-' || char.is_ascii_digit();
        assert!(check.id.chars().all(is_word), "{}", check.id);
        assert!(CHECKS[..at].iter().all(|other| other.id != check.id), "{}", check.id);
    }
    assert!(Check::named("nothing").is_none());
}
