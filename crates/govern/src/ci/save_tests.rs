//! The table of decisions: each occasion, with each kind of restored entry.

use super::*;
use crate::ci::occasion::{Branch, Event, Occasion};
use crate::ci::rights::{Mode, Rights};

/// What was restored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Had {
    Nothing,
    /// This job's, from yesterday, of whatever sums.
    Exact,
    /// Another job's.
    Other,
    /// This job's, six days old.
    Old,
}

const ALL: [Had; 4] = [Had::Nothing, Had::Exact, Had::Other, Had::Old];

/// A name, the occasion with whether it is a fork's, whether builds are restored, and what is saved.
type Row = (&'static str, Event, Branch, bool, bool, &'static [Had]);

/// Each occasion, whether the build cache is restored there, and in which cases it is saved if little is new.
const TABLE: [Row; 19] = [
    ("push to default", Event::Push, Branch::Default, false, true, SAVES),
    ("push elsewhere", Event::Push, Branch::Other, false, true, FIRST),
    ("push, unknown", Event::Push, Branch::Unknown, false, true, FIRST),
    ("request", Event::PullRequest, Branch::Other, false, true, FIRST),
    ("request to default", Event::PullRequest, Branch::Default, false, true, FIRST),
    ("request, fork", Event::PullRequest, Branch::Other, true, false, &[]),
    ("target", Event::PullRequestTarget, Branch::Default, false, false, &[]),
    ("target, fork", Event::PullRequestTarget, Branch::Default, true, false, &[]),
    ("workflow_run", Event::WorkflowRun, Branch::Default, false, false, &[]),
    ("tag", Event::Tag, Branch::Other, false, false, &[]),
    ("tag called as default", Event::Tag, Branch::Default, false, false, &[]),
    ("release", Event::Release, Branch::Other, false, false, &[]),
    ("release of default", Event::Release, Branch::Default, false, false, &[]),
    ("schedule", Event::Schedule, Branch::Default, false, true, SAVES),
    ("dispatch on default", Event::Manual, Branch::Default, false, true, SAVES),
    ("dispatch elsewhere", Event::Manual, Branch::Other, false, true, FIRST),
    ("dispatch, unknown", Event::Manual, Branch::Unknown, false, true, FIRST),
    ("merge queue", Event::MergeQueue, Branch::Other, false, true, &[]),
    ("any other", Event::Other, Branch::Default, false, false, &[]),
];
const SAVES: &[Had] = &[Had::Nothing, Had::Other, Had::Old];
const FIRST: &[Had] = &[Had::Nothing];

fn restored(had: Had) -> Option<Restored> {
    let same = Restored { same_job: true, age: Some(1), is_named: true };
    match had {
        Had::Nothing => None,
        Had::Exact => Some(same),
        Had::Other => Some(Restored { same_job: false, ..same }),
        Had::Old => Some(Restored { age: Some(6), ..same }),
    }
}

fn size(percent: u64) -> Size {
    Size { files: 100, bytes: 1_000, new_bytes: percent * 10 }
}

#[test]
fn each_occasion_saves_what_it_may_and_what_is_worth_it() {
    for (name, event, branch, fork, reads, saves) in TABLE {
        let rights = Rights::of(&Occasion { event, branch, fork }, Mode::Auto, false);
        assert_eq!(rights.build.read, reads, "{name}");
        assert!(rights.modules.read, "{name}: Go checks modules in every job");
        for had in ALL {
            let saved = build(&rights.build, restored(had).as_ref(), &size(9));
            assert_eq!(saved.save, saves.contains(&had), "{name}, {had:?}: {}", saved.why);
            assert!(!saved.why.is_empty());
            // Much that is new is saved, too, where anything is.
            let much = build(&rights.build, restored(had).as_ref(), &size(10));
            let may = saves.contains(&had) || (saves == SAVES && had == Had::Exact);
            assert_eq!(much.save, may, "{name}, {had:?}: {}", much.why);
            // Modules that are the same need no other entry.
            let of = restored(had)
                .map(|had| OfModules { same: had.same_job && had.age == Some(1), age: had.age });
            let modules = modules(&rights.modules, of, &size(9));
            let may = saves.contains(&had);
            assert_eq!(modules.save, may, "{name}, {had:?}: {}", modules.why);
        }
        assert!(!build(&rights.build, None, &Size::default()).save, "{name}: nothing was built");
        assert!(
            !super::modules(&rights.modules, None, &Size::default()).save,
            "{name}: no modules"
        );
    }
}

/// With no input may a job save what its occasion forbids.
#[test]
fn the_input_only_takes_away_or_brings_what_is_read() {
    for (name, event, branch, fork, reads, saves) in TABLE {
        let occasion = Occasion { event, branch, fork };
        let of = |mode, lasting| Rights::of(&occasion, mode, lasting);
        for lasting in [false, true] {
            let off = of(Mode::Off, lasting);
            assert!(!off.modules.read && !off.build.read && off.build.write == Write::Never);
            let read = of(Mode::Read, lasting);
            assert_eq!((read.build.read, read.build.write), (reads, Write::Never), "{name}");
            let on = of(Mode::On, lasting);
            assert_eq!(on.build.write, of(Mode::Auto, false).build.write, "{name}");
            let released = matches!(event, Event::Tag | Event::Release);
            assert_eq!(on.build.read, reads || released, "{name}");
            assert_eq!(saves.is_empty(), on.build.write == Write::Never, "{name}");
        }
        let lasting = of(Mode::Auto, true);
        assert!(!lasting.modules.read && lasting.modules.write == Write::Never, "{name}");
    }
}

#[test]
fn the_input_has_four_values() {
    for (text, mode) in [
        ("", Some(Mode::Auto)),
        ("auto", Some(Mode::Auto)),
        ("true", Some(Mode::On)),
        ("false", Some(Mode::Off)),
        ("read", Some(Mode::Read)),
        ("yes", None),
        ("True", None),
    ] {
        assert_eq!(Mode::parse(text), mode, "{text}");
    }
}

#[test]
fn an_entry_whose_key_says_no_day_is_old() {
    let rights = Rights::of(
        &Occasion { event: Event::Push, branch: Branch::Default, fork: false },
        Mode::Auto,
        false,
    );
    let unknown = Restored { same_job: true, age: None, is_named: true };
    assert!(build(&rights.build, Some(&unknown), &size(0)).save);
    // Of an entry that the system restored by itself nothing is known: only what is new is worth it.
    let unnamed = Restored::unnamed();
    let saved = [9, 10].map(|percent| build(&rights.build, Some(&unnamed), &size(percent)).save);
    assert_eq!(saved, [false, true]);
}

/// A change of the sums alone is worth no entry: most of the old one is still what the job needs.
#[test]
fn few_new_modules_wait_for_another_day() {
    let rights = Rights::of(
        &Occasion { event: Event::Push, branch: Branch::Default, fork: false },
        Mode::Auto,
        false,
    );
    let of = |same, age| OfModules { same, age };
    for (restored, percent, saves, why) in [
        (of(false, Some(0)), 0, false, "only 0 % of it is new, and the restored entry is of today"),
        (of(false, Some(0)), 9, false, "only 9 % of it is new, and the restored entry is of today"),
        (of(false, Some(0)), 10, true, "10 % of it is new"),
        // Else each job would fetch these for ever.
        (of(false, Some(1)), 1, true, "the modules are not those of the restored entry"),
        (of(false, Some(9)), 0, true, "the modules are not those of the restored entry"),
        (of(false, None), 0, true, "the modules are not those of the restored entry"),
        (of(true, Some(0)), 0, false, "the same modules"),
        (of(true, Some(9)), 0, false, "the same modules"),
        (of(true, None), 0, false, "the same modules"),
    ] {
        let saved = modules(&rights.modules, Some(restored), &size(percent));
        assert_eq!(saved.save, saves, "{restored:?}, {percent} %: {}", saved.why);
        assert!(saved.why.ends_with(why), "{restored:?}, {percent} %: {}", saved.why);
    }
}
