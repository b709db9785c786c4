//! `goward-gomod` against real Go: its results, its refusals and their places, and the places of
//! new lines in its edits.
#![expect(clippy::unwrap_used, reason = "a test ends with the first surprise")]

mod corpus;
mod generate;
mod itself;
mod said;

use corpus::{Breadth, Sample, samples};
use goward_gomod::{File, Kind, Release, Rules};
use goward_testkit::start::program;
use goward_tests::binaries::executable;
use goward_tests::mirror;
use goward_tests::sandbox::files_below;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The releases that are asked, and their minor numbers.
const ASKED: [(&str, u16); 2] = [("1.21.13", 21), ("1.27.3", 27)];

/// Those between them, and the words that they were the first to know: the test asks them only
/// about files with these.
const BETWEEN: [(&str, u16); 2] = [("1.22.10", 22), ("1.23.2", 23)];
const NEW_BETWEEN: [&str; 2] = ["=> .", "godebug"];

/// A directory of its own, which goes with the value.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let dir = std::env::temp_dir().join(format!("goward-gomod-{name}-{}", std::process::id()));
        std::fs::create_dir_all(dir.join("config/go/telemetry")).unwrap();
        std::fs::create_dir_all(dir.join("tmp")).unwrap();
        // Go would otherwise leave a process behind that writes there while we delete it.
        std::fs::write(dir.join("config/go/telemetry/mode"), "off").unwrap();
        Scratch(dir)
    }

    /// Real Go in this directory: whether it was content, its answer, and its errors.
    fn go(&self, version: &str, args: &[&str]) -> (bool, String, String) {
        let dir = |name: &str| self.0.join(name).into_os_string();
        let mut env =
            vec![("HOME", dir("home")), ("XDG_CONFIG_HOME", dir("config")), ("TMPDIR", dir("tmp"))];
        env.extend([("USERPROFILE", dir("home")), ("AppData", dir("config")), ("TMP", dir("tmp"))]);
        for (name, value) in [("GOTOOLCHAIN", "local"), ("GOENV", "off"), ("GOPROXY", "off")] {
            env.push((name, value.into()));
        }
        env.push((
            "GOCACHE",
            goward_tests::binaries::workspace().join("target/go-test-cache").into(),
        ));
        let go = mirror::tree(version).join("bin").join(executable("go"));
        let output = program(go, env).args(args).current_dir(&self.0).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.success(), text(&output.stdout), text(&output.stderr))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Does something with each of the samples, on as many threads as there are processors.
fn each(samples: &[Sample], work: impl Fn(usize, &Sample) + Sync) {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(2, usize::from).clamp(2, 8);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((number, sample)) = {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    samples.get(number).map(|sample| (number, sample))
                } {
                    work(number, sample);
                }
            });
        }
    });
}

/// The crate reads the same as `go mod edit -json` and `go work edit -json` print, and refuses
/// every file that they refuse, on the same lines; in the words of the newest Go.
#[test]
fn edit_prints_what_is_read() {
    let samples = samples(Breadth::Shapes, 60);
    assert!(samples.len() >= 300, "only {} files", samples.len());
    let scratch = Scratch::new("edit");
    let (taken, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
    each(&samples, |number, sample| {
        let extension = if sample.kind == Kind::Module { "mod" } else { "work" };
        let name = format!("f{number}.{extension}");
        std::fs::write(scratch.0.join(&name), &sample.text).unwrap();
        let text = String::from_utf8_lossy(&sample.text);
        let all = NEW_BETWEEN.iter().any(|new| text.contains(new));
        let between = BETWEEN.into_iter().filter(|_| all);
        for release in ASKED.into_iter().chain(between) {
            let count =
                if edit_agrees(&scratch, sample, &name, release) { &taken } else { &refused };
            count.fetch_add(1, Ordering::Relaxed);
        }
    });
    let (taken, refused) = (taken.into_inner(), refused.into_inner());
    mirror::note(&format!("{} files, {taken} times taken and {refused} refused", samples.len()));
    assert!(taken >= 200 && refused >= 150, "{taken} taken, {refused} refused");
}

/// Whether Go and the crate take a file; they must agree.
fn edit_agrees(
    scratch: &Scratch,
    sample: &Sample,
    name: &str,
    (version, minor): (&str, u16),
) -> bool {
    let work = sample.kind == Kind::Workspace;
    let command = if work { "work" } else { "mod" };
    let (done, json, errors) = scratch.go(version, &[command, "edit", "-json", name]);
    let rules = Rules::strict(sample.kind).of(Release(minor));
    let about = format!("Go {version}: {}\n{}", sample.origin, sample.text.escape_ascii());
    let ours = match File::parse(&sample.text[..], rules) {
        Ok(file) => {
            assert!(done, "{about}\nGo refuses it: {errors}");
            let mut ours = said::as_edit_says(&file, sample.kind);
            // The directives that these know and do not print.
            let silent: &[&str] = match minor {
                23 if work => &["Toolchain", "Godebug"],
                23 => &["GoDebug"],
                21 | 22 if work => &["Toolchain"],
                _ => &[],
            };
            silent.iter().for_each(|key| drop(ours.as_object_mut().unwrap().remove(*key)));
            let go: Value = serde_json::from_str(&json).unwrap();
            assert_eq!(said::plain(ours), said::plain(go), "{about}");
            return true;
        }
        Err(ours) => ours,
    };
    assert!(!done, "{about}\nGo takes it; the crate says: {ours}");
    let ours: Vec<_> = ours.errors().iter().map(|it| it.line_of(name)).collect();
    let go = errors.strip_prefix(&format!("go: errors parsing {name}:\n")).unwrap_or(&errors);
    let go = go.strip_prefix("errors parsing go.work:\n").unwrap_or(go);
    let (ours, go) = (ours.join("\n"), go.trim_end_matches('\n'));
    assert_eq!(lines(&ours, name), lines(go, name), "{about}\n{ours}\n{go}");
    assert!(minor < 27 || ours == go, "{about}\n{ours}\n{go}");
    false
}

/// The lines that errors name, in their order.
fn lines(errors: &str, file: &str) -> Vec<u32> {
    let start = format!("{file}:");
    let lines = errors.lines().filter_map(|line| line.strip_prefix(&start));
    lines.map(|rest| rest.split([':', ' ']).next().unwrap().parse().unwrap()).collect()
}

/// Which characters are printable: a table of the crate, against Go's own, in its sources.
#[test]
fn printable_characters_are_gos() {
    for (version, minor) in ASKED {
        let table = mirror::tree(version).join("src/strconv/isprint.go");
        let printable = printable(&table);
        let rules = Rules::strict(Kind::Module).of(Release(minor));
        let takes = |text: String| File::parse(format!("module x{text}"), rules).is_ok();
        let parting = |c: &char| " ()[]{},\"'`\t\r\n".contains(*c);
        let is = |c: u32| printable.contains(&c);
        let all = ('\0'..=char::MAX).filter(|c| !parting(c));
        assert!(takes(all.clone().filter(|c| is(u32::from(*c))).collect()), "Go {version}");
        // All of the others would take a minute. The test takes those beside printable ones, and
        // some more.
        for (c, code) in all.map(|c| (c, u32::from(c))).filter(|(_, code)| !is(*code)) {
            let beside = is(code.saturating_sub(1)) || is(code + 1);
            assert!(!(beside || code % 61 == 0) || !takes(c.into()), "Go {version}: {c:?}");
        }
    }
}

/// The characters of strconv's tables: ranges, and the exceptions in them, which are not printable.
fn printable(table: &Path) -> std::collections::HashSet<u32> {
    let text = std::fs::read_to_string(table).unwrap();
    let list = |name: &str| -> Vec<u32> {
        let start = text.find(&format!("var {name} = ")).unwrap();
        let body = text[start..].split_once('{').unwrap().1.split_once('}').unwrap().0;
        let lines = body.lines().map(|line| line.split("//").next().unwrap_or_default());
        let words = lines.flat_map(|line| line.split(',')).map(str::trim);
        words.filter_map(|word| u32::from_str_radix(word.strip_prefix("0x")?, 16).ok()).collect()
    };
    let mut all = std::collections::HashSet::new();
    for (ranges, without, base) in
        [("isPrint16", "isNotPrint16", 0), ("isPrint32", "isNotPrint32", 0x1_0000)]
    {
        let without: Vec<u32> = list(without).into_iter().map(|it| base + it).collect();
        for range in list(ranges).chunks(2) {
            all.extend((range[0]..=range[1]).filter(|c| !without.contains(c)));
        }
    }
    assert!(all.len() > 100_000, "the tables were not understood");
    all
}

/// Go's own `modules.txt` lists every package that lies beside it, and all that the `go.mod` asks
/// for.
#[test]
fn modules_txt_lists_what_is_vendored() {
    for (version, dir) in mirror::VERSIONS.iter().flat_map(|it| [(it, "src"), (it, "src/cmd")]) {
        let dir = mirror::tree(version).join(dir);
        let read = |name: &str| std::fs::read(dir.join(name)).unwrap();
        let file = File::parse(read("go.mod"), Rules::strict(Kind::Module)).unwrap();
        let vendored = goward_gomod::vendored(&read("vendor/modules.txt"));
        assert!(!file.require.is_empty() && file.require.len() == vendored.len());
        for required in &file.require {
            let entry = vendored.iter().find(|it| it.module == required.module).unwrap();
            assert!(
                entry.explicit && entry.replacement.is_none() && entry.go.as_str() > Some("1.")
            );
        }
        let packages =
            vendored.iter().flat_map(|it| &it.packages).map(goward_gomod::Text::to_lossy);
        let there = files_below(&dir.join("vendor")).into_iter().filter_map(|(path, _)| {
            let is_go = path.extension().is_some_and(|it| it == "go" || it == "s");
            Some(path.parent()?.to_str()?.replace('\\', "/")).filter(|_| is_go)
        });
        assert_eq!(packages.collect::<BTreeSet<_>>(), there.collect::<BTreeSet<_>>(), "{version}");
    }
}
