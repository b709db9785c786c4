//! `goward cache`, `mark`, `trim`, `verify` and `diff` with the build caches of real Go.
#![expect(clippy::unwrap_used, reason = "a test ends with the first surprise")]

mod masked;
mod wrong;

use goward_testkit::untested::strace;
use goward_tests::binaries::workspace;
use goward_tests::call::{Call, Outcome};
use goward_tests::sandbox::Sandbox;
use masked::masked;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

/// Of each way in which Go has kept its cache.
const RELEASES: [&str; 3] = ["1.21.13", "1.23.2", "1.27.3"];

/// A machine with a module of two packages, and a build cache of its own.
struct Scene {
    sandbox: Sandbox,
    version: &'static str,
    project: PathBuf,
}

impl Scene {
    fn new(version: &'static str) -> Scene {
        let sandbox = Sandbox::with("buildcache", &[version]);
        let project = sandbox.project("p");
        sandbox.module(&project, "module m\n\ngo 1.21\n", "");
        let scene = Scene { sandbox, version, project };
        scene.edit("one");
        scene
    }

    /// Writes sources that differ from all other ones. They need little of the library: all of that is built.
    fn edit(&self, word: &str) {
        let main = format!(
            "package main\n\nimport \"m/lib\"\n\nfunc main() {{ println(lib.Word, {word:?}) }}\n"
        );
        self.sandbox.write(self.project.join("main.go"), &main);
        // As much as a hundred packages of the usual size.
        let blob = word.repeat((3 << 20) / word.len());
        let lib = format!("package lib\n\nconst Word = {word:?}\n\nvar Blob = {blob:?}\n");
        self.sandbox.write(self.project.join("lib/lib.go"), &lib);
    }

    fn cache(&self) -> PathBuf {
        self.sandbox.home().join(".cache/go-build")
    }

    /// A call of real Go with the cache of this machine, where Go has it by itself.
    fn go(&self, args: &[&str]) -> Call {
        self.sandbox.direct(self.version, &self.project, args).unset("GOCACHE")
    }

    fn goward(&self, args: &[&str]) -> Call {
        self.sandbox.goward(args).unset("GOCACHE")
    }

    /// Builds, and returns how often a compiler or assembler ran.
    #[track_caller]
    fn build(&self) -> usize {
        let out = self.sandbox.dir().join("out");
        let built = self.go(&["build", "-x", "-o", out.to_str().unwrap(), "."]).run();
        built.code(0);
        let _ = fs::remove_file(out);
        runs(&built)
    }

    /// The sizes of the entries of the cache, in all.
    fn bytes(&self) -> u64 {
        entries(&self.cache()).iter().map(|path| fs::metadata(path).unwrap().size()).sum()
    }

    /// Makes all entries look as if a cache that was saved then had been restored.
    fn age(&self, by: Duration) {
        let then = SystemTime::now() - by;
        for path in entries(&self.cache()) {
            fs::File::open(path).unwrap().set_modified(then).unwrap();
        }
    }
}

#[track_caller]
fn succeed(all: &[Outcome]) {
    for ran in all {
        ran.code(0);
    }
}

fn runs(built: &Outcome) -> usize {
    let tools = ["/compile ", "/asm ", "/cgo "];
    built.stderr.lines().filter(|line| tools.iter().any(|tool| line.contains(tool))).count()
}

/// The files in the 256 directories of a cache.
fn entries(cache: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for number in 0..=255 {
        let directory = fs::read_dir(cache.join(format!("{number:02x}"))).unwrap();
        found.extend(directory.map(|entry| entry.unwrap().path()));
    }
    found
}

/// What issue and page promise: after edits, a cache that was marked and trimmed is as small as a new one,
/// and the same build compiles nothing.
#[test]
fn a_trimmed_cache_is_as_small_as_a_new_one_and_as_good() {
    for version in RELEASES {
        let scene = Scene::new(version);
        assert!(scene.build() > 10, "{version}: a first build compiles the library");
        let fresh = scene.bytes();
        for word in ["two", "three", "four", "five"] {
            scene.edit(word);
            assert_eq!(scene.build(), 2, "{version}");
        }
        assert!(scene.bytes() > fresh * 11 / 10, "{version}: the edits leave nothing to trim");
        for age in [20 * 60, 3 * 24 * 60 * 60, 30 * 24 * 60 * 60] {
            scene.age(Duration::from_secs(age));
            scene.goward(&["cache", "mark"]).run().code(0).nothing_on_stdout();
            scene.edit(&format!("six-{age}"));
            assert_eq!(scene.build(), 2, "{version}: marked entries are there after {age} s");
            let trimmed = scene.goward(&["cache", "trim", "--unmarked"]).run();
            trimmed.code(0).says("goward: removed ").nothing_on_stdout();
            assert!(scene.bytes() <= fresh * 11 / 10, "{version}: {} of {fresh}", scene.bytes());
            assert_eq!(scene.build(), 0, "{version}: {trimmed}");
        }
    }
}

/// Go itself finds nothing to trim, and is not kept from it when its time has come.
#[test]
fn go_trims_when_it_should() {
    let scene = Scene::new("1.27.3");
    scene.build();
    let trim_time = || -> u64 {
        fs::read_to_string(scene.cache().join("trim.txt")).unwrap().trim().parse().unwrap()
    };
    let day = Duration::from_secs(24 * 60 * 60);
    scene.age(day * 20);
    fs::write(scene.cache().join("trim.txt"), "1700000000").unwrap();
    scene.goward(&["cache", "trim", "--older-than", "30d"]).run().code(0);
    assert_eq!(trim_time(), 1_700_000_000, "Go has to remove what is older than five days");
    scene.goward(&["cache", "mark"]).run().code(0);
    let marked = trim_time();
    assert!(marked > 1_700_000_000);
    // A build of another package, which needs nothing of the library.
    scene.go(&["build", "./lib"]).run().code(0);
    assert_eq!((scene.build(), trim_time()), (0, marked), "Go trimmed what was marked");
    // A day later Go trims as ever. What nothing has used for five days goes.
    scene.age(day * 20);
    fs::write(scene.cache().join("trim.txt"), (marked - 90_000).to_string()).unwrap();
    scene.go(&["build", "./lib"]).run().code(0);
    assert!(trim_time() >= marked && scene.build() > 10, "Go trims no more");
}

/// Programs that `go run` keeps since Go 1.24, and results of tests.
#[test]
fn programs_and_results_of_tests_are_kept() {
    let scene = Scene::new("1.27.3");
    let test = "package lib\n\nimport \"testing\"\n\nfunc TestWord(t *testing.T) {}\n";
    scene.sandbox.write(scene.project.join("lib/lib_test.go"), test);
    let all = || [scene.go(&["run", "-x", "."]).run(), scene.go(&["test", "./lib"]).run()];
    succeed(&all());
    let program = |path: &PathBuf| path.is_dir();
    assert!(entries(&scene.cache()).iter().any(program), "Go keeps programs no more");
    scene.age(Duration::from_secs(60));
    scene.goward(&["cache", "mark"]).run().code(0);
    succeed(&all());
    scene.goward(&["cache", "trim", "--unmarked"]).run().code(0);
    let [ran, tested] = all();
    assert!(!ran.stderr.contains("/link ") && runs(&ran) == 0, "{ran}");
    assert!(tested.stdout.contains("(cached)"), "{tested}");
    scene.goward(&["cache", "mark"]).run().code(0);
    scene.goward(&["cache", "trim", "--unmarked"]).run().code(0);
    assert_eq!(entries(&scene.cache()), <[PathBuf; 0]>::default());
    succeed(&all());
}

/// Builds beside trims do not fail, and are right.
#[test]
fn a_build_beside_trims_is_right() {
    let scene = Scene::new("1.27.3");
    scene.build();
    scene.goward(&["cache", "mark"]).run().code(0);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let trims = scope.spawn(|| {
            let mut trims = 0;
            while !done.load(Ordering::Relaxed) {
                scene.goward(&["cache", "trim", "--unmarked"]).run().code(0);
                trims += 1;
            }
            trims
        });
        for round in 0..12 {
            let word = format!("round-{}", round / 2);
            scene.edit(&word);
            let ran = scene.go(&["run", "."]).run();
            assert_eq!(ran.code(0).stderr.trim_end(), format!("{word} {word}"));
        }
        done.store(true, Ordering::Relaxed);
        assert!(trims.join().unwrap() > 3);
    });
}

/// A mark or a trim that is killed at any change leaves a cache that Go uses without an error.
#[test]
fn a_killed_mark_or_trim_leaves_a_cache() {
    let Some(strace) = strace("kills at system calls of goward cache") else { return };
    let scene = Scene::new("1.27.3");
    let trim = &["cache", "trim", "--unmarked"][..];
    for (round, (args, calls, nth)) in [
        (&["cache", "mark"][..], "ftruncate", 1),
        (&["cache", "mark"], "utimensat", 5),
        (&["cache", "mark"], "pwrite64", 1),
        (&["cache", "mark"], "pwrite64", 2),
        (trim, "unlinkat", 1),
        (trim, "unlinkat", 2),
        // The program, before its directory.
        (trim, "unlinkat,rmdir", 30),
        (trim, "unlinkat", 60),
        (trim, "pwrite64", 1),
    ]
    .into_iter()
    .enumerate()
    {
        scene.edit(&format!("round-{round}"));
        scene.go(&["run", "."]).run().code(0);
        scene.age(Duration::from_secs(60));
        if args == trim {
            scene.goward(&["cache", "mark"]).run().code(0);
        }
        let inject = format!("inject={calls}:signal=KILL:when={nth}");
        let log = scene.sandbox.dir().join("log");
        let strace_args = ["-f", "-o", log.to_str().unwrap(), "-e", &inject];
        let killed = scene.goward(args).under(&strace, strace_args).run();
        assert!(!killed.status.success(), "{calls} {nth}: {killed}");
        let ran = scene.go(&["run", "."]).run();
        let wanted = format!("round-{round} round-{round}");
        assert_eq!(ran.code(0).stderr.trim_end(), wanted, "{calls} {nth}");
        scene.goward(&["cache", "mark"]).run().code(0);
    }
}

/// goward's answer to where the cache lies is Go's.
#[test]
fn the_place_of_the_cache_is_the_one_that_go_names() {
    let scene = Scene::new("1.27.3");
    let other = scene.sandbox.dir().join("other");
    let other = other.to_str().unwrap();
    let go_env = scene.sandbox.go_env_file(&format!("GOCACHE={other}/by-file\n"));
    let file = go_env.to_str().unwrap();
    for settings in [
        &[][..],
        &[("GOENV", "off")],
        &[("GOCACHE", other)],
        &[("GOCACHE", ""), ("GOENV", file)],
        &[("GOENV", "off"), ("XDG_CACHE_HOME", other)],
        &[("GOENV", "off"), ("XDG_CACHE_HOME", "")],
    ] {
        let set =
            |call: Call| settings.iter().fold(call, |call, (key, value)| call.env(key, value));
        let theirs = set(scene.go(&["env", "GOCACHE"])).ok();
        let ours = set(scene.goward(&["cache", "mark", "-n", "--json"])).ok();
        let ours: serde_json::Value = serde_json::from_str(&ours).unwrap();
        assert_eq!(ours["cache"], theirs, "{settings:?}");
    }
    for settings in [
        &[("GOCACHE", "off")][..],
        &[("GOCACHE", "relative")],
        &[("GOENV", "off"), ("XDG_CACHE_HOME", "relative")],
        &[("GOENV", "off"), ("HOME", "")],
        &[("GOCACHEPROG", "/bin/true")],
    ] {
        let set =
            |call: Call| settings.iter().fold(call, |call, (key, value)| call.env(key, value));
        let root = scene.sandbox.root();
        for args in [&["cache", "mark"][..], &["cache", "trim", "--unmarked"]] {
            let ours = set(scene.goward(args)).env("GOWARD_ROOT", &root).run();
            ours.code(2).says("goward: error: ").nothing_on_stdout();
        }
        if settings[0].0 != "GOCACHEPROG" {
            assert!(!set(scene.go(&["build", "."])).run().status.success(), "{settings:?}");
        }
    }
}

/// The transcript of the page, typed anew. Numbers are this machine's, but for the last one.
#[test]
fn the_page_shows_what_happens() {
    let mut scene = Scene::new("1.27.3");
    scene.build();
    scene.edit("two");
    let shown = scene.same_as_the_page(0);
    assert!(!shown.contains("removed 0 "), "{shown}");
}

/// A byte flips in the package of a string. Go links the wrong program and says nothing; goward finds it, and
/// then Go is right again.
#[test]
fn damage_that_go_does_not_see_is_found() {
    let mut scene = Scene::new("1.27.3");
    // No constant and no inlining: the word lies in one package only, and not in main's, whatever the compiler likes.
    let lib = "package lib\n\n//go:noinline\nfunc Word() string { return \"the-right-word\" }\n";
    scene.sandbox.write(scene.project.join("lib/lib.go"), lib);
    let write_main = |scene: &Scene, mark: u32| {
        let main = format!(
            "package main\n\nimport \"m/lib\"\n\nfunc main() {{ println(lib.Word(), {mark}) }}\n"
        );
        scene.sandbox.write(scene.project.join("main.go"), &main);
    };
    write_main(&scene, 0);
    let run = |scene: &Scene| scene.go(&["run", "."]).run().code(0).stderr.clone();
    assert_eq!(run(&scene), "the-right-word 0\n");
    scene.goward(&["cache", "verify"]).run().code(0).says("");
    let package = entries(&scene.cache()).into_iter().find(|path| {
        let is_output = path.is_file() && path.to_str().unwrap().ends_with("-d");
        let bytes = if is_output { fs::read(path).unwrap() } else { Vec::new() };
        bytes.starts_with(b"!<arch>") && contains(&bytes, b"the-right-word")
    });
    let package = package.expect("Go keeps the package of the word");
    let bytes = fs::read(&package).unwrap();
    let mut changed = bytes.clone();
    for at in 0..bytes.len() - 14 {
        if bytes[at..].starts_with(b"the-right-word") {
            changed[at + 4] = b'w';
        }
    }
    fs::write(&package, changed).unwrap();
    // Another main package, so that Go links.
    write_main(&scene, 1);
    assert_eq!(run(&scene), "the-wight-word 1\n", "Go looks at its cache now");
    scene.age(Duration::from_secs(60));
    scene.same_as_the_page(1);
    scene.goward(&["cache", "verify"]).run().code(0);
    write_main(&scene, 2);
    assert_eq!(run(&scene), "the-right-word 2\n");
}

/// What the page shows of an overview, and of a cold cache, typed anew.
#[test]
fn the_page_shows_what_is_there_and_why_it_is_cold() {
    let mut scene = Scene::new("1.27.3");
    // A small one.
    scene.sandbox.write(scene.project.join("lib/lib.go"), "package lib\n\nconst Word = 1\n");
    scene.build();
    scene.same_as_the_page(3);
    let shown = scene.same_as_the_page(4);
    assert!(shown.contains("have other keys"), "{shown}");
    // A command that builds nothing compares nothing.
    let none = scene.goward(&["cache", "verify", "--", "go", "version"]).dir(&scene.project).run();
    none.code(0).says("nothing was compared");
}

fn contains(bytes: &[u8], piece: &[u8]) -> bool {
    bytes.windows(piece.len()).any(|window| window == piece)
}

impl Scene {
    /// Types the commands of a transcript of the page, and compares what they print.
    #[track_caller]
    fn same_as_the_page(&mut self, number: usize) -> String {
        self.sandbox.set_default("1.27.3");
        self.sandbox.add_to_path(self.sandbox.root().join("bin"), false);
        for system in ["/usr/bin", "/bin"] {
            self.sandbox.add_to_path(PathBuf::from(system), false);
        }
        let page = workspace().join("docs/src/reference/build-cache.md");
        let page = fs::read_to_string(page).expect("the page is there");
        let lines = page.split("```console\n").nth(number + 1).expect("the page has transcripts");
        let (lines, _) = lines.split_once("```").expect("it ends");
        let mut shown = String::new();
        for command in lines.lines().filter_map(|line| line.strip_prefix("$ ")) {
            let call = Call::new("/bin/sh".into(), self.project.clone(), self.sandbox.env());
            let script = format!("{{ {command}\n}} 2>&1");
            let outcome = call.unset("GOCACHE").env("COLUMNS", "400").args(["-c", &script]).run();
            shown.push_str(&format!("$ {command}\n{}", outcome.stdout));
        }
        assert_eq!(masked(&shown), masked(lines), "{shown}");
        shown
    }
}
