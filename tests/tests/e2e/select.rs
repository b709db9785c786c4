//! The selection contract, through the built shim on real files: every case of `select/*.txt`.
//! Where the chosen version is one of the mirror's, the real Go is asked whether it would stay.

#![cfg(unix)]

use goward_testkit::start::tool;
use goward_testkit::untested::{Lack, not_tested};
use goward_tests::binaries::binaries;
use goward_tests::mirror;
use goward_tests::select::disk::Programs;
use goward_tests::select::shim::{Verdict, run};
use goward_tests::select::{Case, World, cases};
use std::io::Write as _;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

#[test]
fn every_case_holds_through_the_shim() {
    let fake = Path::new(env!("CARGO_BIN_EXE_fake-go"));
    let top = std::env::temp_dir().join(format!("gs{}", std::process::id()));
    std::fs::create_dir_all(&top).expect("a directory for the worlds can be made");
    // Short, and without links on the way: paths are compared.
    let top = top.canonicalize().expect("it exists");
    let programs = programs(&binaries().shim, fake, &top);
    let root = is_root(&top);
    if !root {
        not_tested("cases with files of another user", Lack::Root, "only root can make such files");
    }
    let only = std::env::var("SELECT_CASE").unwrap_or_default();
    let all = cases().expect("the case files are well formed");
    let chosen: Vec<&Case> = all
        .iter()
        .filter(|case| case.only != Some(World::Memory) && case.id.starts_with(&only))
        .collect();
    assert!(!chosen.is_empty(), "no case begins with {only:?}");

    // Made before the threads start, since that may take a while.
    mirror::mirror();
    let real = |version: &str| mirror::VERSIONS.contains(&version).then(|| mirror::tree(version));

    let next = AtomicUsize::new(0);
    let verdicts = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(case) = chosen.get(at) else { break };
                    let base = top.join(at.to_string());
                    let verdict = run(case, &base, &programs, root, &real);
                    clear(&base);
                    verdicts.lock().expect("no case panics").push((at, verdict));
                }
            });
        }
    });
    clear(&top);
    let verdicts = verdicts.into_inner().expect("no case panics");
    let (summary, failures) = report(&chosen, all.len(), verdicts);
    // Not captured: the log names the cases that did not run, even if all others hold.
    writeln!(std::io::stderr(), "{summary}").expect("stderr is open");
    assert!(failures.is_empty(), "{} cases fail:\n{}", failures.len(), failures.join("\n"));
}

/// The count of everything, and the failures.
fn report(
    chosen: &[&Case],
    all: usize,
    mut verdicts: Vec<(usize, Verdict)>,
) -> (String, Vec<String>) {
    verdicts.sort_by_key(|(at, _)| *at);
    let (mut passed, mut skipped, mut failures) = (0, Vec::new(), Vec::new());
    for (at, verdict) in verdicts {
        let case = chosen[at];
        match verdict {
            Verdict::Pass => passed += 1,
            Verdict::Skipped(why) => skipped.push(format!("  {}: {why}", case.id)),
            Verdict::Fail(wrong) => failures.push(format!(
                "{} ({})\n  {}\n    {}",
                case.id,
                case.place,
                case.title,
                wrong.join("\n    ")
            )),
        }
    }
    let summary = format!(
        "{all} cases; through the shim {} ran: {passed} hold, {} fail; {} not run here:\n{}",
        chosen.len(),
        failures.len(),
        skipped.len(),
        skipped.join("\n")
    );
    (summary, failures)
}

/// One copy of each program beside the worlds, to be hard-linked into them.
fn programs(shim: &Path, fake: &Path, top: &Path) -> Programs {
    let programs = Programs { shim: top.join("shim"), fake: top.join("fake") };
    std::fs::copy(shim, &programs.shim).expect("the shim can be copied");
    std::fs::copy(fake, &programs.fake).expect("the fake go can be copied");
    programs
}

fn is_root(dir: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(dir).expect("it exists").uid() == 0
}

/// Deletes a world, also where its modes forbid that.
fn clear(dir: &Path) {
    if std::fs::remove_dir_all(dir).is_err() {
        let _ = tool("chmod").args(["-R", "u+rwX"]).arg(dir).output();
        let _ = std::fs::remove_dir_all(dir);
    }
    let _ = std::fs::remove_dir_all(format!("{}.orders", dir.display()));
}
