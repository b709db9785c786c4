//! The format of the files that goward writes for itself, since more than one version of it reads them:
//! a user goes back to an older one, or has two.
//!
//! A file without a number has format 1. Goward has written natural numbers only so far: any other
//! format is a newer goward's. This one reads such a file as far as it knows it, and never rewrites it;
//! `-v` says so once. A file that cannot be read that way is an error, which says how to mend it. One that
//! only saves time is taken as if it were not there.

use crate::error::{Error, ErrorKind};
use crate::shown::Shown as _;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Once;

/// The format that is written here.
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
    /// The format that the number of a file says.
    pub fn numbered(number: u64) -> Format {
        Format(number)
    }

    /// That of a JSON object, of which nothing else need make sense here.
    pub(crate) fn of(object: &[u8]) -> Format {
        let document: Option<serde_json::Value> = serde_json::from_slice(object).ok();
        Format::said(document.as_ref().and_then(|document| document.get("format")))
    }

    fn said(format: Option<&serde_json::Value>) -> Format {
        format.map_or_else(Format::default, |format| Format(format.as_u64().unwrap_or(u64::MAX)))
    }

    /// Whether only a newer goward knows all of it.
    pub fn is_newer(self) -> bool {
        self.0 > WRITTEN
    }

    /// Says once, under `-v`, that the file at `path` is read as far as it is known.
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

/// The map of a file in JSON, whose keys are names of the user's world and never `format`, but for the
/// number. An entry that makes no sense here is left out.
pub(crate) fn entries<T: DeserializeOwned>(
    path: &Path,
    text: &[u8],
) -> (Format, BTreeMap<String, T>) {
    let mut found: BTreeMap<String, serde_json::Value> =
        serde_json::from_slice(text).unwrap_or_default();
    let format = Format::said(found.remove("format").as_ref());
    format.tell(path);
    let known = |(key, value)| Some((key, serde_json::from_value(value).ok()?));
    (format, found.into_iter().filter_map(known).collect())
}

/// That the file at `path`, which is about the toolchain `name`, is for a newer goward.
pub(crate) fn too_new(path: &Path, name: &str) -> Error {
    let message = format!("{} was written by a newer goward", path.shown());
    Error::new(ErrorKind::Store, message)
        .hint("run that goward; `goward --version` says which one this is")
        .hint(format!(
            "or have this one install it: goward uninstall {name}; goward install {name}"
        ))
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
