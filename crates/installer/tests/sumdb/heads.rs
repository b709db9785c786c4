//! Tree heads over time: forwards, backwards, and sideways.

use crate::database::{H1, OTHER_H1, Served, record};
use crate::dist::chain;
use crate::kit::{Asker, module};
use crate::server::Answer;
use goward_installer::ErrorKind;
use std::fs;

#[test]
fn the_newest_head_is_kept() {
    let (served, asker) = (Served::with(100, 100), Asker::new());
    asker.look(&served).unwrap();
    for (count, name) in [(1, "go1.23.5"), (55, "go1.23.6"), (1000, "go1.23.7")] {
        served.state().fill(count);
        let module = module(name);
        served.state().add(&module, &record(&module, H1));
        let size = served.state().size;
        let vouched = asker.ask(&served.gosumdb, &module).unwrap();
        assert_eq!(vouched.record(), (size - 1, size));
        assert_eq!(asker.latest(), served.state().head(size));
    }
    assert_eq!(fs::read_dir(asker.kept()).unwrap().count(), 1, "and nothing else");
}

/// B150: an old head is no lie as long as it is the start of the known tree. The newer one stays.
#[test]
fn an_older_head_is_accepted_if_it_is_the_start_of_the_known_one() {
    let (served, asker) = (Served::with(100, 100), Asker::new());
    let late = module("go1.23.9");
    served.state().fill(300);
    served.state().add(&late, &record(&late, H1));
    asker.ask(&served.gosumdb, &late).unwrap();
    let kept = asker.latest();
    for shown in [101, 128, 200, 256, 300] {
        let size = served.state().size;
        let new = served.state().head(size);
        let old = served.state().head(shown);
        served.tamper("lookup/", move |answer| {
            String::from_utf8(answer).unwrap().replace(&new, &old).into_bytes()
        });
        fs::remove_dir_all(asker.cache().join("lookup")).unwrap();
        let vouched = asker.look(&served).unwrap_or_else(|error| panic!("{}", chain(&error)));
        assert_eq!(vouched.record(), (100, size), "it is proven in the newest tree");
        assert_eq!(asker.latest(), kept);
    }
}

/// Two databases with one key, alike in their first `same` records only.
fn forked(same: u64, more: u64) -> (Served, Served) {
    let (one, two) = (Served::with(100, same - 101), Served::with(100, same - 101));
    let other = module("go1.23.8");
    two.state().add(&other, &record(&other, OTHER_H1));
    one.state().fill(more + 1);
    two.state().fill(more);
    (one, two)
}

fn assert_fork(asker: &Asker, served: &Served, notes: [&str; 2]) {
    let kept = asker.latest();
    for _ in 0..2 {
        // The client is moved to another server; its memory stays the same.
        let error = asker.ask(&served.gosumdb, &module("go1.23.8")).unwrap_err();
        let text = chain(&error);
        assert_eq!(error.kind(), ErrorKind::Verification, "{text}");
        assert!(text.contains("SECURITY") && text.contains(&served.server.url), "{text}");
        assert_eq!(asker.latest(), kept, "the known head stays");
        let hint = &error.hints()[0];
        let path = hint.rsplit(' ').next().unwrap();
        let evidence = fs::read_to_string(path).unwrap_or_else(|_| panic!("{hint}"));
        for note in notes {
            assert!(evidence.contains(note), "{evidence}");
            let size = note.lines().nth(1).unwrap();
            assert!(text.contains(&format!("size {size} ")), "{text}");
        }
        let same = notes[0].lines().nth(1) == notes[1].lines().nth(1);
        assert!(same || evidence.contains("The proof holds."), "{evidence}");
    }
    let lookups = fs::read_dir(asker.cache().join("lookup")).unwrap().count();
    assert_eq!(lookups, 1, "the answer of the other log is not cached");
}

/// B151: a newer head of another log; and the same the other way round, a rollback.
#[test]
fn a_fork_is_a_hard_stop_with_evidence() {
    for (same, known_more, more) in [(101, 0, 0), (200, 50, 500), (256, 3, 700), (300, 500, 50)] {
        let (one, two) = forked(same, known_more);
        two.state().fill(more);
        let asker = Asker::new();
        asker.look(&one).unwrap();
        let (sizes, (a, b)) = {
            let (one, two) = (one.state(), two.state());
            ((one.size, two.size), (one.head(one.size), two.head(two.size)))
        };
        let (older, newer) = if sizes.0 <= sizes.1 { (&a, &b) } else { (&b, &a) };
        assert_fork(&asker, &two, [older, newer]);
    }
}

/// A rollback: the server shows a shorter log, whose head is not the start of the known one.
#[test]
fn an_older_head_of_another_log_is_a_fork() {
    let (one, two) = forked(200, 0);
    one.state().fill(400);
    let asker = Asker::new();
    asker.look(&one).unwrap();
    let (older, newer) = (two.state().head(201), one.state().head(601));
    // Its tiles are the true log's, so that the known tree can be read.
    let log = one.state().log.clone();
    two.state().tamper =
        Some(Box::new(move |path, content| Answer::ok(log.tile(601, path).unwrap_or(content))));
    assert_fork(&asker, &two, [&older, &newer]);
}

#[test]
fn a_damaged_head_is_not_forgotten_in_silence() {
    let (served, asker) = (Served::with(9, 9), Asker::new());
    asker.look(&served).unwrap();
    let note = asker.latest();
    for bad in ["", "x", &note[1..], &note.replace("\n19\n", "\n18\n")] {
        fs::write(asker.kept().join("latest"), bad).unwrap();
        let error = asker.look(&served).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Verification);
        assert!(error.to_string().contains("latest is damaged"), "{error}");
        assert!(error.hints()[0].contains("remove it"), "{:?}", error.hints());
    }
}

#[test]
fn another_key_starts_another_history() {
    let (served, asker) = (Served::with(9, 9), Asker::new());
    asker.look(&served).unwrap();
    let other = Served::with(50, 0);
    other.state().signer = crate::signer::Signer::new("sum.test", 7);
    let key = other.state().signer.verifier_key();
    let gosumdb = format!("{key} {}", other.server.url);
    assert_eq!(asker.ask(&gosumdb, &module("go1.23.4")).unwrap().record(), (50, 51));
}

#[test]
fn many_at_once_agree_on_the_newest_head() {
    let (served, asker) = (Served::with(100, 100), Asker::new());
    let modules: Vec<_> = (10..20).map(|patch| module(&format!("go1.23.{patch}"))).collect();
    for module in &modules {
        served.state().add(module, &record(module, H1));
    }
    std::thread::scope(|scope| {
        for module in &modules {
            scope.spawn(|| {
                served.state().fill(10);
                asker.ask(&served.gosumdb, module).unwrap_or_else(|e| panic!("{}", chain(&e)));
            });
        }
    });
    let last = module("go1.23.4");
    let size = served.state().size;
    assert_eq!(asker.ask(&served.gosumdb, &last).unwrap().record().0, 100);
    assert_eq!(asker.latest(), served.state().head(size));
}
