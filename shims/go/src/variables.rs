//! A copy of the environment.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// Variables by name; on Windows in any case.
pub(crate) struct Variables(BTreeMap<Vec<u8>, Vec<u8>>);

impl Variables {
    /// Of two equal names the first counts, as for `getenv`.
    pub(crate) fn new(all: impl IntoIterator<Item = (Vec<u8>, Vec<u8>)>) -> Variables {
        let mut variables = BTreeMap::new();
        for (mut key, value) in all {
            if cfg!(windows) {
                key.make_ascii_uppercase();
            }
            variables.entry(key).or_insert(value);
        }
        Variables(variables)
    }

    /// The value of a variable, empty ones included.
    pub(crate) fn get(&self, key: &str) -> Option<&[u8]> {
        let value = if cfg!(windows) {
            self.0.get(key.to_ascii_uppercase().as_bytes())
        } else {
            self.0.get(key.as_bytes())
        };
        value.map(Vec::as_slice)
    }
}
