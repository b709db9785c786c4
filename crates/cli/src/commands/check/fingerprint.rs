//! Fingerprints for systems that take two findings with one fingerprint for the same.

use goward_govern::finding::Finding;
use std::collections::HashMap;

/// How often each fingerprint was given out.
#[derive(Default)]
pub(super) struct Fingerprints(HashMap<String, usize>);

impl Fingerprints {
    /// The finding's own; of a further finding of the same text with its number.
    pub(super) fn of(&mut self, finding: &Finding) -> String {
        let own = finding.fingerprint();
        let count = self.0.entry(own.clone()).or_default();
        *count += 1;
        if *count == 1 { own } else { format!("{own}:{count}") }
    }
}
