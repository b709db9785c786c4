//! Properties of every text and every machine, tried on random ones.
//!
//! Every run of the tests tries the same cases. `GOWARD_PROPERTY_CASES=N` tries N new ones of each
//! property instead.

mod bounds;
mod chain;
mod checks;
mod choices;
mod grammar;
mod model;
mod reference;
mod versions;
mod world;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Tries `property`, which panics if it does not hold, on `usual` values, the same ones every time,
/// or on as many new ones as the environment says; and shrinks its findings.
fn holds<S: Strategy>(usual: u32, values: &S, property: impl Fn(S::Value)) {
    let cases = std::env::var("GOWARD_PROPERTY_CASES").ok();
    let config = |cases| Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = match cases {
        Some(cases) => TestRunner::new(config(cases.parse().expect("a number of cases"))),
        None => {
            let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
            TestRunner::new_with_rng(config(usual), rng)
        }
    };
    let outcome = runner.run(values, |value| {
        property(value);
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}
