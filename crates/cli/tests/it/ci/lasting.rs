//! Machines that outlive their jobs, and those whose umask keeps nothing from anyone.

use super::hostile::gitlab;
use super::{mode, set_mode};
use crate::machine::ran;
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The directories that jobs have for themselves in a checkout are deleted by the next job there, and nothing else is.
#[test]
fn what_an_earlier_job_had_for_itself_goes() {
    let job = gitlab();
    let kept = job.m.write("victim/x", "");
    for name in ["mod-of-76/a/x", "go-build-of-5/00/x", "mod-of-76-1/x", "mod/x", "go-build/x"] {
        job.m.write(&format!("p/.goward/{name}"), "");
    }
    symlink(kept.parent().unwrap(), job.m.path("p/.goward/mod-of-link")).unwrap();
    job.m.write("p/mod-of-76/x", "");
    job.run(&["plan"]);
    assert!(
        job.m.path("p/.goward/mod-of-76").exists(),
        "a plan that is not applied deletes nothing"
    );
    job.apply(&["--cache", "false"]);
    let left = fs::read_dir(job.m.path("p/.goward")).unwrap().flatten();
    let mut left: Vec<_> = left.map(|entry| entry.file_name().into_string().unwrap()).collect();
    left.sort();
    assert_eq!(left, [".gitignore", "go-build", "go-build-of-77", "mod", "mod-of-77"]);
    assert!(kept.exists() && job.m.path("p/mod-of-76/x").exists());
    // A second step of the job finds what the first has brought.
    let own = job.m.write("p/.goward/mod-of-77/cache/download/x", "");
    job.apply(&["--cache", "false"]);
    assert!(own.exists());
}

/// The state of a job that ended long ago goes; one that may still run keeps its own.
#[test]
fn old_states_go() {
    let job = gitlab();
    let directory = job.m.path("temporary");
    fs::create_dir(&directory).unwrap();
    let job = job.with("TMPDIR", directory.to_str().unwrap());
    job.apply(&[]);
    let states: Vec<PathBuf> =
        fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    let [states] = &states[..] else { panic!("{states:?}") };
    for (name, days) in [("old.json", 41), ("young.json", 39), ("old.txt", 41)] {
        let file = File::create(states.join(name)).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(days * 24 * 60 * 60)).unwrap();
    }
    job.apply(&[]);
    assert!(!states.join("old.json").exists());
    assert!(states.join("young.json").exists() && states.join("old.txt").exists());
    job.ok(&["finish"]);
}

/// GitLab's runner with Docker begins jobs with umask 0000: goward makes nothing that others could write to.
#[test]
fn a_umask_of_0000_opens_nothing() {
    let job = gitlab();
    let masked = |args: &[&str]| {
        let words = ["-c", "umask 0000; exec \"$0\" ci \"$@\"", job.goward.to_str().unwrap()];
        let mut command = job.m.command_of(Path::new("/bin/sh"), &[&words, args].concat());
        let ran = ran(command.output().unwrap(), &job.m);
        assert_eq!(ran.code, 0, "{args:?}: {}{}", ran.stdout, ran.stderr);
    };
    masked(&["plan", "--apply"]);
    masked(&["mark"]);
    // As Go makes them under that umask.
    let file = job.m.write("p/.goward/mod/cache/download/a.example/m/@v/v1.0.0.zip", "");
    for path in file.ancestors().take(6) {
        set_mode(path, 0o777);
    }
    masked(&["finish"]);
    for name in ["p/.goward", "p/.goward/.gitignore", "p/.goward/go-build"] {
        assert_eq!(mode(&job.m.path(name)) & 0o022, 0, "{name}");
    }
}
