//! The resolver against the model of the book, on random machines.

use crate::checks;
use crate::holds;
use proptest::collection::vec;
use proptest::num::u8;

#[test]
fn every_decision_is_the_books() {
    holds(6000, &vec(u8::ANY, 0..160), |bytes| checks::run("decide", &bytes));
}

#[test]
fn the_worlds_are_not_all_alike() {
    use crate::choices::Choices;
    use crate::model::{End, expect};
    use crate::world::World;
    use std::cell::RefCell;
    use std::collections::BTreeMap;

    let ends: RefCell<BTreeMap<&str, u32>> = RefCell::default();
    holds(2000, &vec(u8::ANY, 0..160), |bytes| {
        let expected = expect(&World::new(&mut Choices::new(&bytes)));
        let end = match expected.end {
            End::Refused => "refused",
            End::Missing => "missing",
            End::Runs(_) | End::AtHand | End::Perhaps => "runs",
            End::System => "system",
        };
        let mut ends = ends.borrow_mut();
        *ends.entry(end).or_default() += 1;
        *ends.entry("asks").or_default() += u32::from(expected.asks.is_some());
        *ends.entry("sets").or_default() += u32::from(expected.gotoolchain.is_some());
    });
    let ends = ends.into_inner();
    for what in ["refused", "missing", "runs", "system", "asks", "sets"] {
        assert!(ends.get(what).is_some_and(|times| *times >= 20), "{what}: {ends:?}");
    }
}
