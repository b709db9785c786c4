//! The format of the files that goward writes for itself. More than one version of goward may read
//! them: a user goes back to an older one, or has two.
//!
//! A file without a number has format 1. Up to now goward has written natural numbers only;
//! anything else comes from a newer goward. This one reads such a file as far as it knows it, and
//! never rewrites it; `-v` says so once. If a file cannot be read that way, that is an error, which
//! names the remedy; a file that only saves time is ignored instead.

use crate::error::Error;
use crate::shown::Shown as _;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Once;

/// The format that this goward writes.
const WRITTEN: u64 = 1;

/// The format of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "serde_json::Value")]
pub struct Format(u64);

impl Default for Format {
    fn default() -> Format {
        Format(WRITTEN)
    }
}

impl Format {
    /// The format for a number in a file.
    pub fn numbered(number: u64) -> Format {
        Format(number)
    }

    /// The format of a JSON object. Nothing else in the object has to be known here.
    pub(crate) fn of(object: &[u8]) -> Format {
        let document: Option<serde_json::Value> = serde_json::from_slice(object).ok();
        Format::said(document.as_ref().and_then(|document| document.get("format")))
    }

    fn said(format: Option<&serde_json::Value>) -> Format {
        format.map_or_else(Format::default, |format| Format(format.as_u64().unwrap_or(u64::MAX)))
    }

    /// Whether it holds more than this goward knows.
    pub fn is_newer(self) -> bool {
        self.0 > WRITTEN
    }

    /// Says once, under `-v`, that only a part of the file at `path` is understood.
    pub fn tell(self, path: &Path) {
        static TOLD: Once = Once::new();
        if self.is_newer() {
            TOLD.call_once(|| {
                let path = path.shown();
                tracing::info!(
                    "{path} was written by a newer goward; what this one knows of it counts"
                );
            });
        }
    }
}

impl From<serde_json::Value> for Format {
    fn from(said: serde_json::Value) -> Format {
        Format::said(Some(&said))
    }
}

/// The map of a file in JSON. Its keys are names from outside of goward, never `format`, but for
/// the number. An entry that is not understood is left out. No text has none.
pub(crate) fn entries<T: DeserializeOwned>(
    path: &Path,
    text: &[u8],
) -> (Format, BTreeMap<String, T>) {
    // The parser would search for the place of its error.
    let found = (!text.is_empty()).then(|| serde_json::from_slice(text).ok()).flatten();
    let mut found: BTreeMap<String, serde_json::Value> = found.unwrap_or_default();
    let format = Format::said(found.remove("format").as_ref());
    format.tell(path);
    let known = |(key, value)| Some((key, serde_json::from_value(value).ok()?));
    (format, found.into_iter().filter_map(known).collect())
}

/// The error for the file at `path`, about the toolchain `name`, that only a newer goward can read.
pub(crate) fn too_new(path: &Path, name: &str) -> Error {
    let message = format!("{} was written by a newer goward", path.shown());
    Error::store(message).hint("run that goward; `goward --version` says which one this is").hint(
        format!("or have this one install it: goward uninstall {name}; goward install {name}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct File {
        #[serde(default)]
        format: Format,
    }

    #[test]
    fn nothing_is_one_and_what_is_no_number_is_newer() {
        for (text, newer) in [
            ("{}", false),
            ("{\"format\": 1}", false),
            ("{\"format\": 2, \"x\": []}", true),
            ("{\"format\": \"2\"}", true),
            ("{\"format\": \"1\"}", true),
            ("{\"format\": -1}", true),
            ("{\"format\": 2.5}", true),
            ("{\"format\": 1e30}", true),
            ("{\"format\": null}", true),
            ("{\"format\": [1]}", true),
            ("[2]", false),
        ] {
            assert_eq!(Format::of(text.as_bytes()).is_newer(), newer, "{text}");
            if text.starts_with('{') {
                let (format, _) = entries::<u64>(Path::new("x"), text.as_bytes());
                let file: File = serde_json::from_str(text).unwrap();
                assert_eq!([format, file.format].map(Format::is_newer), [newer; 2], "{text}");
            }
        }
        assert_eq!(serde_json::to_string(&Format::default()).unwrap(), "1");
    }

    #[test]
    fn known_entries_of_a_newer_map_count() {
        let text = br#"{"format": 2, "a": 1, "b": {"new": true}}"#;
        let (format, map) = entries::<u64>(Path::new("x"), text);
        assert!(format.is_newer());
        assert_eq!(map.into_iter().collect::<Vec<_>>(), [("a".to_owned(), 1)]);
    }
}
