//! What a job restores and saves, and why.

use super::{Job, column};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;

pub(super) const SUM: &str = "a.example/m v1.0.0 h1:x=\na.example/m v1.0.0/go.mod h1:y=\n";
/// Where Go has the files of that module.
pub(super) const ZIP: &str = "cache/download/a.example/m/@v/v1.0.0.zip";

/// A job with a module and Go's caches, which do not exist yet.
pub(super) fn job() -> Job {
    let job = Job::new();
    job.m.write("p/go.mod", "module m\n\ngo 1.21\n");
    job.m.write("p/go.sum", SUM);
    job
}

pub(super) fn modules(job: &Job, name: &str) -> PathBuf {
    job.m.path("home/go/pkg/mod").join(name)
}

/// A file of the module cache.
pub(super) fn put(job: &Job, name: &str) {
    job.m.write(&format!("home/go/pkg/mod/{name}"), "1234");
}

/// An entry of the build cache, as Go writes it.
pub(super) fn entry(job: &Job, digit: char, age: u64) {
    let id = digit.to_string().repeat(64);
    let dir = format!("home/.cache/go-build/{}", &id[..2]);
    let output = job.m.write(&format!("{dir}/{id}-d"), &"x".repeat(1000));
    let line = format!("v1 {id} {id} {:>20} {:>20}\n", 1000, 0);
    let action = job.m.write(&format!("{dir}/{id}-a"), &line);
    let when = std::time::SystemTime::now() - std::time::Duration::from_secs(age);
    for file in [output, action] {
        fs::File::options().write(true).open(file).unwrap().set_modified(when).unwrap();
    }
}

/// A build cache that is proven to be Go's.
pub(super) fn build_cache(job: &Job) {
    job.m.write("home/.cache/go-build/README", "This directory holds cached build artifacts from the Go build system.\nRun \"go clean -cache\" if the directory is getting too large.\nRun \"go clean -fuzzcache\" to delete the fuzz cache.\nSee go.dev to learn more about Go.\n");
    for number in 0..256 {
        fs::create_dir_all(job.m.path(&format!("home/.cache/go-build/{number:02x}"))).unwrap();
    }
}

/// The row of one cache.
pub(super) fn row<'v>(told: &'v Value, name: &str) -> &'v Value {
    let rows = told["caches"].as_array().unwrap();
    rows.iter().find(|row| row["name"] == name).unwrap()
}

#[test]
fn keys_are_ladders_of_what_the_caches_depend_on() {
    let first = job().apply(&[]);
    let (of_modules, of_build) = (row(&first, "modules"), row(&first, "build"));
    let key = of_modules["key"].as_str().unwrap();
    assert!(key.starts_with("goward-mod-1-linux-") && key.ends_with('-'), "{key}");
    assert_eq!(of_modules["restore"], serde_json::json!([key, "goward-mod-1-linux-"]));
    let key = of_build["key"].as_str().unwrap();
    let go = crate::machine::newest();
    let start = format!(
        "goward-build-1-linux-{}-ubuntu24-go{go}-",
        goward_installer::Platform::host().arch()
    );
    assert!(key.starts_with(&start) && key.ends_with(".42.1"), "{key}");
    let restore = of_build["restore"].as_array().unwrap();
    assert!(restore.iter().all(|rung| key.starts_with(rung.as_str().unwrap())));
    // A runner's JSON has lines and blanks of its own, and is no line of anything.
    let matrix = |text: &str| row(&job().apply(&["--matrix", text]), "build")["restore"].clone();
    let (one, two) =
        (matrix("{\n  \"os\": \"a\",\n  \"go\": \"1\"\n}"), matrix("{\"go\":\"1\",\"os\":\"a\"}"));
    assert_eq!(one, two);
    assert_ne!(one, of_build["restore"]);
    assert_eq!(one[2], of_build["restore"][2]);
    let other = job();
    other.m.write("p/go.sum", &format!("{SUM}b.example v1.0.0 h1:z=\n"));
    assert_ne!(row(&other.apply(&[]), "modules")["key"], of_modules["key"]);
}

#[test]
fn a_restored_module_cache_keeps_what_go_checks() {
    let job = job();
    let told = job.apply(&[]);
    assert_eq!(
        row(&told, "modules")["paths"][0],
        modules(&job, "cache/download").to_str().unwrap()
    );
    for name in [
        ZIP,
        "cache/download/a.example/m/@v/v1.0.0.mod",
        "cache/download/a.example/m/@v/v1.0.0.ziphash",
        "cache/download/evil.example/m/@v/v1.0.0.zip",
        "a.example/m@v1.0.0/m.go",
        "cache/lock",
    ] {
        put(&job, name);
    }
    let key = format!("{}0123", row(&told, "modules")["key"].as_str().unwrap());
    let marked = job.json(&["mark", "--restored", &format!("modules={key}")]);
    let row = row(&marked, "modules");
    assert_eq!((&row["restored"], &row["exact"]), (&key.into(), &true.into()));
    assert_eq!(row["deleted"], serde_json::json!({ "files": 4, "bytes": 16 }));
    assert!(modules(&job, ZIP).is_file() && !modules(&job, "a.example").exists());
    // The end saves nothing that is the same, and something that is not.
    let done = job.json(&["finish"]);
    let saved = super::caches::row(&done, "modules");
    assert_eq!((&saved["save"], &saved["files"]), (&true.into(), &2.into()), "{done:#}");
    let key = saved["key"].as_str().unwrap();
    job.ok(&["mark", "--restored", &format!("modules={key}")]);
    let done = job.json(&["finish"]);
    let saved = super::caches::row(&done, "modules");
    assert_eq!(
        (&saved["save"], &saved["why"]),
        (&false.into(), &"the restored entry has the same modules".into())
    );
}

#[test]
fn the_build_cache_is_swept_to_what_the_job_used() {
    let job = job();
    job.apply(&[]);
    build_cache(&job);
    for digit in ['1', '2', '3'] {
        entry(&job, digit, 60);
    }
    let marked = job.json(&["mark", "--restored", "build=goward-build-1-other"]);
    assert_eq!(row(&marked, "build")["marked"], 6);
    // Go uses one and makes another.
    entry(&job, '2', 0);
    entry(&job, '4', 0);
    let done = job.json(&["finish"]);
    let saved = row(&done, "build");
    assert_eq!((&saved["save"], &saved["files"]), (&true.into(), &4.into()), "{done:#}");
    assert!(saved["why"].as_str().unwrap().contains("another job's"), "{saved:#}");
    let left = |digit: char| {
        let id = digit.to_string().repeat(64);
        job.m.path(&format!("home/.cache/go-build/{}/{id}-d", &id[..2])).exists()
    };
    assert_eq!(['1', '2', '3', '4'].map(left), [false, true, false, true]);
}

/// Each event, and whether its job restores the build cache, and saves where nothing could be restored.
#[test]
fn each_event_has_its_rights() {
    for (event, reference, reads, saves, why) in [
        ("push", "refs/heads/main", true, true, "a push to the default branch"),
        ("push", "refs/heads/topic", true, true, "a push to another branch"),
        ("push", "refs/tags/v1", false, false, "no other job could restore"),
        ("release", "refs/tags/v1", false, false, "no other job could restore"),
        ("schedule", "refs/heads/main", true, true, "a scheduled run"),
        ("workflow_dispatch", "refs/heads/main", true, true, "a manual run"),
        ("workflow_run", "refs/heads/main", false, false, "another run started this one"),
        ("pull_request_target", "refs/heads/main", false, false, "a fork's"),
        ("pull_request", "refs/pull/1/merge", false, false, "a fork's"),
        ("issue_comment", "refs/heads/main", false, false, "anyone may cause"),
    ] {
        let job = job().caused_by(event, reference);
        let told = job.apply(&[]);
        assert_eq!(
            (&row(&told, "build")["read"], &row(&told, "modules")["read"]),
            (&reads.into(), &true.into()),
            "{event}"
        );
        job.ok(&["mark"]);
        put(&job, ZIP);
        let done = job.json(&["finish"]);
        let saved = row(&done, "modules");
        assert_eq!(saved["save"], saves, "{event} {reference}: {done:#}");
        assert!(saved["why"].as_str().unwrap().contains(why), "{event}: {saved:#}");
        let log = done["log"].to_string();
        assert!(
            log.contains(why)
                && log.contains(if saves { "to save: modules" } else { "not saved: modules" }),
            "{log}"
        );
    }
}

#[test]
fn a_request_of_the_repository_itself_saves_only_a_first_entry() {
    let payload = "{\"repository\":{\"default_branch\":\"main\"},\"pull_request\":{\"head\":{\"repo\":{\"full_name\":\"o/r\"}},\"base\":{\"repo\":{\"full_name\":\"o/r\"}}}}";
    for (restored, saves) in [(false, true), (true, false)] {
        let job = job().caused_by("pull_request", "refs/pull/1/merge");
        job.m.write("work/event.json", payload);
        job.apply(&[]);
        let key: &[&str] =
            if restored { &["--restored", "modules=goward-mod-1-linux-x-y"] } else { &[] };
        job.ok(&[&["mark"], key].concat());
        put(&job, ZIP);
        let done = job.json(&["finish"]);
        assert_eq!(row(&done, "modules")["save"], saves, "{done:#}");
    }
}

/// What lies there may be the user's, and no part of an entry.
#[test]
fn a_cache_that_is_there_already_stays_as_it_is() {
    let job = job();
    put(&job, "a.example/m@v1.0.0/m.go");
    put(&job, "cache/download/other.example/@v/v1.0.0.zip");
    build_cache(&job);
    entry(&job, '1', 0);
    let told = job.apply(&[]);
    for cache in told["caches"].as_array().unwrap() {
        assert_eq!(cache["read"], false, "{cache:#}");
        assert!(
            cache["why"].as_str().unwrap().ends_with("is not empty, and stays as it is"),
            "{cache:#}"
        );
    }
    job.ok(&["mark"]);
    let done = job.json(&["finish"]);
    assert!(done["caches"].as_array().unwrap().iter().all(|cache| cache["save"] == false));
    assert!(modules(&job, "a.example/m@v1.0.0/m.go").exists());
    assert!(modules(&job, "cache/download/other.example/@v/v1.0.0.zip").exists());
    assert!(job.m.path("home/.cache/go-build/11").read_dir().unwrap().count() == 2);
}

/// The directories are the user's then, also those that are empty.
#[test]
fn a_job_without_caches_touches_none() {
    for (key, value, args) in [
        ("X", "", &["--cache", "false"][..]),
        ("RUNNER_ENVIRONMENT", "self-hosted", &[]),
        ("GITHUB_EVENT_NAME", "issue_comment", &[]),
    ] {
        let job = job().with(key, value);
        let told = job.apply(args);
        assert_eq!(row(&told, "build")["read"], false, "{key}");
        put(&job, "a.example/m@v1.0.0/m.go");
        build_cache(&job);
        entry(&job, '1', 60);
        let before =
            fs::metadata(job.m.path("home/.cache/go-build/11")).unwrap().modified().unwrap();
        let marked = job.json(&["mark"]);
        assert_eq!(row(&marked, "build")["marked"], 0, "{key}");
        let done = job.json(&["finish"]);
        assert_eq!(row(&done, "build")["save"], false, "{key}");
        // Where the job may restore modules, what is there before its Go runs was restored.
        let is_its_own = row(&told, "modules")["read"] == true;
        assert_eq!(modules(&job, "a.example/m@v1.0.0/m.go").exists(), !is_its_own, "{key}");
        let after =
            fs::metadata(job.m.path("home/.cache/go-build/11")).unwrap().modified().unwrap();
        assert_eq!(before, after, "{key}");
        // What is restored all the same is refused.
        let ran = job.run(&["mark", "--restored", "build=goward-build-1-x"]);
        assert_eq!(ran.code, 2, "{key}: {}", ran.stderr);
        assert!(
            ran.stderr.contains("the plan of this job restores no build cache: "),
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn a_second_plan_of_a_job_leaves_the_caches_to_the_first() {
    let job = job();
    let first = job.apply(&[]);
    job.ok(&["mark", "--restored", "build=goward-build-1-x"]);
    put(&job, ZIP);
    build_cache(&job);
    entry(&job, '2', 0);
    let second = job.apply(&["--go-version", "1.22.9"]);
    for cache in second["caches"].as_array().unwrap() {
        assert_eq!(
            (&cache["read"], &cache["why"]),
            (&false.into(), &"an earlier step of this job looks after it".into())
        );
    }
    // Its mark does not make what the job has used look unused.
    let again = job.json(&["mark"]);
    assert_eq!(
        (&row(&again, "build")["marked"], &row(&again, "build")["restored"]),
        (&0.into(), &"goward-build-1-x".into())
    );
    let done = job.json(&["finish"]);
    assert_eq!(row(&done, "build")["files"], 2, "{done:#}");
    // Another job that finds the file of this one.
    let job = job.with("GITHUB_RUN_ID", "43");
    assert_eq!(job.run(&["finish"]).code, 1);
    let key = row(&first, "modules")["key"].as_str().unwrap();
    assert!(row(&done, "modules")["key"].as_str().unwrap().starts_with(key));
    assert_eq!(row(&done, "modules")["save"], true);
}

#[test]
fn go_s_own_variables_say_where_the_caches_lie() {
    let job = job().with("GOCACHE", "off").with("GOFLAGS", "");
    let at = job.m.path("elsewhere").display().to_string();
    let job = job.with("GOMODCACHE", &at);
    // A file of the checkout does not.
    job.m.write("p/.goenv", "GOMODCACHE=/tmp/evil\nGOCACHE=/tmp/evil\n");
    let told = job.apply(&[]);
    assert_eq!(row(&told, "modules")["paths"][0], format!("{at}/cache/download"));
    let build = row(&told, "build");
    assert!(
        build["read"] == false && build["why"].as_str().unwrap().starts_with("GOCACHE is off"),
        "{build:#}"
    );
    assert!(!told.to_string().contains("evil"), "{told:#}");
    assert_eq!(column(&told["caches"], "name"), ["modules", "build"]);
}
