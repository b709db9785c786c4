//! What a system has restored without goward, or a step has written, meant to get past it.

use super::caches::{SUM, ZIP, build_cache, entry, job, modules, put, row};
use super::hostile::gitlab;
use super::{Job, set_mode};
use goward_testkit::start::tool;
use serde_json::Value;
use std::fs::{self, File};

/// A poisoned entry: of one module the zip that go.sum names, with the hash that Go would believe, and its tree.
const POISON: [&str; 3] = [
    "cache/download/a.example/m/@v/v1.0.0.zip",
    "cache/download/a.example/m/@v/v1.0.0.ziphash",
    "a.example/m@v1.0.0/m.go",
];

/// GitLab has restored the entry before the first step.
fn poisoned() -> Job {
    let job = gitlab();
    job.m.write("p/go.mod", "module m\n\ngo 1.21\n");
    job.m.write("p/go.sum", SUM);
    for name in POISON {
        job.m.write(&format!("p/.goward/mod/{name}"), "evil");
    }
    job.m.write("p/.goward/go-build/README", "evil");
    job
}

/// What a job's Go finds in its caches.
fn found(job: &Job, told: &Value) -> Vec<String> {
    let mut all = Vec::new();
    for name in ["GOMODCACHE", "GOCACHE"] {
        let place = job.m.path("").join(told["env"][name].as_str().unwrap());
        let mut open = vec![place];
        while let Some(directory) = open.pop() {
            for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
                match entry.file_type().unwrap().is_dir() {
                    true => open.push(entry.path()),
                    false => all.push(entry.file_name().into_string().unwrap()),
                }
            }
        }
    }
    all
}

/// Where the plan restores nothing, Go finds nothing that was restored all the same.
#[test]
fn a_checkout_without_readable_sums_uses_no_restored_cache_on_gitlab() {
    for attack in ["huge", "many", "off"] {
        let job = poisoned();
        let args: &[&str] = if attack == "off" { &["--cache", "false"] } else { &[] };
        if attack == "huge" {
            File::create(job.m.path("p/go.work.sum")).unwrap().set_len(17 << 20).unwrap();
        } else if attack == "many" {
            for number in 0..10_001 {
                job.m.write(&format!("p/{number}/go.sum"), "");
            }
        }
        // The name of the job's own directory is no secret.
        job.m.write("p/.goward/mod-of-77/a.example/m@v1.0.0/m.go", "evil");
        job.m.write("p/.goward/go-build-of-77/00/x", "evil");
        let told = job.apply(args);
        assert!(told["caches"].as_array().unwrap().iter().all(|one| one["read"] == false));
        job.ok(&["mark"]);
        assert_eq!(found(&job, &told), [""; 0], "{attack}");
        // What the job itself brings there stays, also through a second step.
        job.m.write("p/.goward/mod-of-77/cache/download/new", "");
        fs::remove_file(job.m.path("p/go.work.sum")).unwrap_or_default();
        let again = job.apply(args);
        job.ok(&["mark"]);
        assert_eq!(again["env"], told["env"], "{attack}");
        assert_eq!(found(&job, &again), ["new"], "{attack}");
        let done = job.json(&["finish"]);
        assert!(done["caches"].as_array().unwrap().iter().all(|one| one["save"] == false));
    }
}

#[test]
fn restored_files_are_none_of_the_checkout_s() {
    let job = poisoned();
    job.m.write("p/.goward/mod/x/go.sum", "evil.example v1.0.0 h1:x=\n");
    for number in 0..100_001 {
        File::create(job.m.path(&format!("p/.goward/mod/{number}"))).unwrap();
    }
    let told = job.apply(&[]);
    assert_eq!(row(&told, "modules")["read"], true, "{told:#}");
    job.ok(&["mark"]);
    let left: Vec<String> = found(&job, &told);
    assert!(left.iter().all(|name| name != "m.go" && !name.ends_with("hash")), "{left:?}");
}

/// The client of GitHub's caches may fail with half of an entry on the disk.
#[test]
fn what_a_failed_restore_has_left_is_pruned() {
    let job = job();
    job.apply(&[]);
    for name in POISON {
        put(&job, name);
    }
    let marked = job.json(&["mark"]);
    assert_eq!(row(&marked, "modules")["restored"], "(unknown)");
    assert_eq!(row(&marked, "modules")["deleted"]["files"], 2, "{marked:#}");
    assert!(modules(&job, ZIP).exists() && !modules(&job, "a.example").exists());
    // It holds what the job needs, whatever its name was.
    let done = job.json(&["finish"]);
    let saved = row(&done, "modules");
    assert_eq!(saved["why"], "the restored entry has the same modules", "{done:#}");
    put(&job, "cache/download/a.example/m/@v/v1.0.0.mod");
    assert_eq!(row(&job.json(&["finish"]), "modules")["save"], false, "no other zip");
}

/// A step of the job may have written to the state; what starts the job says what may be saved.
#[test]
fn a_state_adds_no_right() {
    for event in ["pull_request_target", "workflow_run", "issue_comment"] {
        let job = job().caused_by(event, "refs/heads/main");
        job.apply(&["--cache", "true"]);
        job.ok(&["mark"]);
        put(&job, ZIP);
        build_cache(&job);
        entry(&job, '1', 0);
        let file = "work/_temp/goward-ci/state.json";
        let text = job.m.read(file).replace("\"never\"", "\"always\"");
        let text = text.replace("\"own\":false", "\"own\":true");
        job.m.write(file, &text.replace("\"marked\":null", "\"marked\":0"));
        let done = job.json(&["finish"]);
        for cache in done["caches"].as_array().unwrap() {
            assert_eq!(cache["save"], false, "{event}: {done:#}");
        }
        // Nor does another system's name, with variables that a step has set.
        let text = text.replace("\"system\":\"github\"", "\"system\":\"circleci\"");
        job.m.write(file, &text);
        let job = job.with("CIRCLE_BRANCH", "main");
        let done = job.json(&["finish"]);
        assert!(done["caches"].as_array().unwrap().iter().all(|one| one["save"] == false));
    }
}

#[test]
fn a_state_chooses_neither_key_nor_directory() {
    let job = job();
    let told = job.apply(&[]);
    job.ok(&["mark"]);
    put(&job, ZIP);
    let file = "work/_temp/goward-ci/state.json";
    let text = job.m.read(file);
    let key = row(&told, "modules")["key"].as_str().unwrap();
    job.m.write(file, &text.replace("\"key\":\"goward-", "\"key\":\"evil-"));
    let saved = job.json(&["finish"]);
    assert!(row(&saved, "modules")["key"].as_str().unwrap().starts_with(key), "{saved:#}");
    let odd = text.replace("\"sums\":\"", "\"sums\":\"../x,\\n");
    job.m.write(file, &odd);
    let saved = job.json(&["finish"]);
    let key = row(&saved, "modules")["key"].as_str().unwrap();
    assert!(
        key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte)),
        "{key}"
    );
    // All that lies in another directory would be deleted, or handed to the system.
    let precious = job.m.write("home/precious/cache/download/x", "");
    job.m.write(file, &text.replace("/home/go/pkg/mod", "/home/precious"));
    let ran = job.run(&["mark", "--restored", "modules=x"]);
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains("GOMODCACHE is ~/go/pkg/mod in this step"), "{}", ran.stderr);
    let done = job.json(&["finish"]);
    let saved = row(&done, "modules");
    assert_eq!((&saved["save"], &saved["paths"]), (&false.into(), &serde_json::json!([])));
    assert!(saved["why"].as_str().unwrap().contains("when the job was planned"), "{saved:#}");
    assert!(precious.exists());
}

/// An archive is a stranger's: it may hold what no download cache has.
#[test]
fn an_odd_archive_fails_no_job() {
    let job = job();
    job.apply(&[]);
    put(&job, ZIP);
    put(&job, "cache/download/closed/x");
    set_mode(&modules(&job, "cache/download/closed"), 0o000);
    assert!(tool("mkfifo").arg(modules(&job, "cache/fifo")).status().unwrap().success());
    let script = "import os, sys\nos.chdir(sys.argv[1])\n\
                  for n in range(6000):\n  os.mkdir('n' * 200)\n  os.chdir('n' * 200)\n";
    let mut made = tool("python3");
    made.args(["-c", script]).arg(modules(&job, "cache/download"));
    assert!(made.status().unwrap().success());
    job.ok(&["mark", "--restored", "modules=goward-mod-1-linux-x"]);
    let left = fs::read_dir(modules(&job, "cache/download")).unwrap();
    assert_eq!(left.count(), 1);
}

/// Another process that keeps the cache for itself costs no job its time.
#[test]
fn a_lock_that_another_process_holds_is_told_of_and_left() {
    let job = job();
    job.apply(&[]);
    build_cache(&job);
    entry(&job, '1', 60);
    job.ok(&["mark"]);
    let file = job.m.path("home/.cache/go-build/goward-mark.txt");
    let file = File::options().write(true).open(file).unwrap();
    file.lock().unwrap();
    let since = std::time::Instant::now();
    let ran = job.run(&["finish"]);
    assert!(ran.code == 0 && since.elapsed().as_secs() < 60, "{}", ran.stderr);
    let words =
        "goward: waiting for another process that has locked ~/.cache/go-build/goward-mark.txt\n";
    assert!(ran.stderr.contains(words), "{}", ran.stderr);
    assert!(ran.stdout.contains("not saved: build: another process has held the lock of "));
    assert!(ran.stdout.contains(" for more than 15 s\n"), "{}", ran.stdout);
}
