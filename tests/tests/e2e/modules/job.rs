//! A job of a CI system with real Go: `goward ci` marks, Go builds, `goward ci` finishes, and a later job restores
//! what was saved; or what a stranger put in its place.

use super::scene::{NEWEST, Scene};
use goward_testkit::start::tool;
use goward_testkit::zip::{self, Entry};
use goward_tests::call::{Call, Outcome};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// A project whose job has caches.
struct Job {
    scene: Scene,
    dir: PathBuf,
    run: u32,
}

const MAIN: &str = "package main\n\nimport _ \"example.com/a\"\n\nfunc main() {}\n";

impl Job {
    fn new(name: &str) -> Job {
        let scene = Scene::with(name, &[NEWEST]);
        let dir = scene.sandbox.project("job");
        let text = "module example.com/job\n\ngo 1.21\n\nrequire example.com/a v1.0.0\n";
        scene.sandbox.module(&dir, text, MAIN);
        // The sums are made before, and elsewhere.
        let elsewhere = |key: &str| scene.sandbox.dir().join("made").join(key);
        let tidy = scene.online(scene.sandbox.direct(NEWEST, &dir, &["mod", "tidy"]), &dir);
        let tidy = tidy.env("GOMODCACHE", elsewhere("mod")).env("GOCACHE", elsewhere("build"));
        tidy.run().code(0);
        fs::create_dir_all(scene.sandbox.dir().join("work")).expect("ours");
        Job { scene, dir, run: 0 }
    }

    /// The job's surroundings in a call.
    fn around(&self, call: Call) -> Call {
        let at = |name: &str| self.scene.sandbox.dir().join("work").join(name);
        let call = self.scene.online(call, &self.dir).env("GOCACHE", self.builds());
        let call = call.env("GITHUB_ACTIONS", "true");
        let call = call.env("RUNNER_ENVIRONMENT", "github-hosted").env("RUNNER_TEMP", at("_temp"));
        let call = call.env("GITHUB_ENV", at("_temp/env")).env("GITHUB_PATH", at("_temp/path"));
        let call = call.env("GITHUB_EVENT_NAME", "schedule").env("GITHUB_WORKSPACE", &self.dir);
        call.env("GITHUB_RUN_ID", self.run.to_string()).env("GITHUB_JOB", "test")
    }

    /// The document of `goward ci ARGS --json`.
    #[track_caller]
    fn ci(&self, args: &[&str]) -> Value {
        let call = self.scene.sandbox.goward(&[&["ci"], args, &["--json"]].concat());
        let ran = self.around(call).run();
        serde_json::from_str(&ran.code(0).stdout).unwrap_or_else(|error| panic!("{error}: {ran}"))
    }

    /// A new job on a new machine, planned.
    fn begin(&mut self) -> Value {
        self.run += 1;
        let gone = "for dir; do chmod -R u+w \"$dir\" 2>/dev/null; rm -rf \"$dir\"; done";
        let temporary = self.scene.sandbox.dir().join("work/_temp");
        let mut clear = tool("sh");
        clear.args(["-c", gone, "sh"]).args([&temporary, &self.scene.cache(), &self.builds()]);
        assert!(clear.status().expect("sh starts").success());
        fs::create_dir(&temporary).expect("ours");
        ["env", "path"].iter().for_each(|name| fs::write(temporary.join(name), "").expect("ours"));
        let root = self.scene.sandbox.root().display().to_string();
        self.ci(&["plan", "--apply", "--root", &root, "--default-version", NEWEST])
    }

    /// GOCACHE.
    fn builds(&self) -> PathBuf {
        self.scene.sandbox.home().join(".cache/go-build")
    }

    /// `go build` without a network, and how often it starts a compiler.
    fn build(&self, online: bool) -> (Outcome, usize) {
        let call =
            self.scene.sandbox.direct(NEWEST, &self.dir, &["build", "-x", "-o", "/dev/null"]);
        let call = self.scene.online(call, &self.dir).env("GOCACHE", self.builds());
        let call = if online { call } else { call.env("GOPROXY", "off") };
        let ran = call.run();
        let compiled = ran.stderr.lines().filter(|line| line.contains("/compile -o ")).count();
        (ran, compiled)
    }

    /// Saves an entry as a CI system would.
    fn save(&self, row: &Value) -> PathBuf {
        let entry = self.scene.sandbox.dir().join("entries").join(word(&row["name"]));
        fs::create_dir_all(&entry).expect("ours");
        copy(Path::new(word(&row["paths"][0])), &entry);
        entry
    }

    fn restore(&self, planned: &Value, entry: &Path) {
        copy(entry, Path::new(word(&planned["paths"][0])));
    }
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value:#}"))
}

/// Copies all below a directory, with its times.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("ours");
    let done = tool("cp").arg("-a").arg(from.join(".")).arg(to).status().expect("cp starts");
    assert!(done.success());
}

fn row<'v>(document: &'v Value, name: &str) -> &'v Value {
    let rows = document["caches"].as_array().expect("rows");
    rows.iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("{document:#}"))
}

#[test]
fn a_later_job_builds_from_what_was_saved() {
    let mut job = Job::new("ci-saved");
    let planned = job.begin();
    assert_eq!(planned["go_version"], NEWEST);
    job.ci(&["mark"]);
    let (built, compiled) = job.build(true);
    built.code(0);
    assert!(compiled > 10, "the first job builds all: {compiled}");
    let done = job.ci(&["finish"]);
    let names = ["modules", "build"];
    let entries = names.map(|name| {
        assert_eq!(row(&done, name)["save"], true, "{done:#}");
        (name, job.save(row(&done, name)), word(&row(&done, name)["key"]).to_owned())
    });
    let planned = job.begin();
    let mut restored = vec!["mark".to_owned()];
    for (name, entry, key) in &entries {
        let rungs = row(&planned, name)["restore"].as_array().expect("rungs");
        assert!(key.starts_with(word(&rungs[0])), "{key} on {rungs:?}");
        job.restore(row(&planned, name), entry);
        restored.extend(["--restored".to_owned(), format!("{name}={key}")]);
    }
    let marked = job.ci(&restored.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(row(&marked, "modules")["deleted"]["files"], 0, "{marked:#}");
    let (built, compiled) = job.build(false);
    built.code(0);
    assert_eq!(compiled, 0, "{built}");
    let done = job.ci(&["finish"]);
    assert!(names.iter().all(|name| row(&done, name)["save"] == false), "{done:#}");
    // The sweep has taken nothing that the same build needs.
    let (built, compiled) = job.build(false);
    assert_eq!((built.code(0).status.code(), compiled), (Some(0), 0));
    job.scene.sandbox.write(job.dir.join("main.go"), &MAIN.replace("{}", "{ println(1) }"));
    let (built, compiled) = job.build(false);
    built.code(0);
    assert_eq!(compiled, 1, "{built}");
}

/// With a `.ziphash` beside it, Go takes a zip as it is. Without, it hashes the zip, and stops.
#[test]
fn a_poisoned_module_is_refused_by_go_itself() {
    let mut job = Job::new("ci-poisoned");
    job.begin();
    job.ci(&["mark"]);
    job.build(true).0.code(0);
    let done = job.ci(&["finish"]);
    let entry = job.save(row(&done, "modules"));
    let place = entry.join("example.com/a/@v");
    let evil = [
        Entry::new(
            "example.com/a@v1.0.0/go.mod",
            fs::read(place.join("v1.0.0.mod")).expect("there").as_slice(),
        ),
        Entry::new(
            "example.com/a@v1.0.0/x.go",
            b"package a\n\nfunc init() { println(\"evil\") }\n",
        ),
    ];
    fs::write(place.join("v1.0.0.zip"), zip::write(&evil)).expect("ours");
    let sums = fs::read_to_string(job.dir.join("go.sum")).expect("there");
    let hash = sums.lines().find_map(|line| line.strip_prefix("example.com/a v1.0.0 "));
    fs::write(place.join("v1.0.0.ziphash"), hash.expect("a sum")).expect("ours");
    fs::create_dir_all(entry.join("evil.example/@v")).expect("ours");
    fs::write(entry.join("evil.example/@v/v1.0.0.zip"), "any").expect("ours");
    for (marks, refused) in [(false, false), (true, true)] {
        let planned = job.begin();
        job.restore(row(&planned, "modules"), &entry);
        if marks {
            let marked = job.ci(&["mark", "--restored", "modules=goward-mod-1-any"]);
            assert_eq!(row(&marked, "modules")["deleted"]["files"], 2, "{marked:#}");
        }
        let (built, _) = job.build(false);
        assert_eq!(!built.status.success(), refused, "{built}");
        assert_eq!(built.stderr.contains("checksum mismatch"), refused, "{built}");
        assert_eq!(job.scene.cache().join("cache/download/evil.example").exists(), !marks);
    }
}
