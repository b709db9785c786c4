//! Lookups of a client that has only memory.

use crate::memory::{Database, H1};
use goward_sumdb::Error;

#[test]
fn a_proven_answer_is_taken_and_kept() {
    for size in [1, 2, 255, 256, 257, 1300] {
        let database = Database::of(size);
        let proven = database.lookup(size / 2).unwrap();
        assert_eq!((proven.h1().to_string().as_str(), proven.record()), (H1, (size / 2, size)));
        assert_eq!(database.kept(), database.head());
        assert!(!database.asked().is_empty());
        assert_eq!(database.lookup(size / 2).unwrap(), proven);
        assert_eq!(database.asked(), [""; 0], "what is kept proves it again");
    }
}

#[test]
fn damaged_files_of_the_cache_are_fetched_anew() {
    let database = Database::of(600);
    let proven = database.lookup(70).unwrap();
    let cached = database.cached();
    database.spoil();
    database.asked();
    assert_eq!(database.lookup(70).unwrap(), proven);
    assert!(database.asked().len() >= cached.len() && database.cached() == cached);
}

#[test]
fn nothing_that_was_changed_on_the_way_is_believed() {
    let paths = {
        let database = Database::of(600);
        database.lookup(70).unwrap();
        database.asked()
    };
    assert!(paths.len() >= 3, "{paths:?}");
    for path in paths {
        let (mut database, exact) = (Database::of(600), path.clone());
        database.tamper = Some(Box::new(move |asked, mut content| {
            if asked == exact {
                let last = content.len() - 9;
                content[last] ^= 1;
            }
            content
        }));
        let error = database.lookup(70).unwrap_err();
        assert!(matches!(error, Error::Untrusted(_)), "{path}: {error}");
        assert!(!database.cached().contains(&path), "{path}");
    }
}

#[test]
fn a_newer_head_must_continue_the_one_that_is_kept() {
    let first = Database::of(300);
    first.lookup(70).unwrap();
    let grown = first.followed_by(Database::of(900));
    assert_eq!(grown.lookup(800).unwrap().record(), (800, 900));
    assert_eq!(grown.kept(), grown.head());

    let first = Database::of(300);
    first.lookup(70).unwrap();
    let (kept, forked) = (first.kept(), first.followed_by(Database::forked(900, 200)));
    let Error::Fork(fork) = forked.lookup(71).unwrap_err() else { panic!("that is a fork") };
    assert!(fork.to_string().starts_with("different logs: the tree of size 300 "), "{fork}");
    let evidence = fork.evidence("here");
    assert!(evidence.contains(&kept) && evidence.contains(&forked.head()), "{evidence}");
    assert!(evidence.ends_with("The proof holds.\n"), "{evidence}");
    assert_eq!(forked.kept(), kept, "the known head stays");
}

#[test]
fn a_head_that_is_kept_is_checked_and_not_forgotten() {
    let database = Database::of(9);
    database.lookup(3).unwrap();
    let note = database.kept().replace("\n9\n", "\n8\n");
    database.keep(&note);
    let error = database.lookup(3).unwrap_err();
    assert!(matches!(error, Error::Damaged(_)), "{error}");
    assert_eq!(database.kept(), note);
}

#[test]
fn an_answer_that_cannot_be_had_is_no_lie() {
    let database = Database::of(9);
    let error = database.lookup(9).unwrap_err();
    assert!(matches!(error, Error::Failed(_)), "{error}");
    assert_eq!(database.cached(), [""; 0]);
}
