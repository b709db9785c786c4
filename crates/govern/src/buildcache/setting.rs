//! The place that sets a variable, in words.

use goward_resolver::Source;
use std::fmt;

/// The place that sets a variable, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting(String);

impl From<Source> for Setting {
    fn from(source: Source) -> Setting {
        Setting(source.to_string())
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
