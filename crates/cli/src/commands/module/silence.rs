//! One failure that Go tells of module after module, such as a network that is not there: it is told once.

use goward_govern::graph::Row;
use std::collections::BTreeMap;

/// The failures of several modules, each with Go's words and the number of modules.
#[derive(Default)]
pub(super) struct Silence {
    of: BTreeMap<String, (String, usize)>,
}

impl Silence {
    /// Of the modules that Go could not find out about.
    pub(super) fn of(rows: &[Row]) -> Silence {
        let mut of: BTreeMap<String, (String, usize)> = BTreeMap::new();
        let failed = rows.iter().filter(|row| !row.is_unknown_offline);
        for cause in failed.filter_map(|row| cause(row.error.as_deref()?)) {
            of.entry(key(cause)).or_insert_with(|| (cause.to_owned(), 0)).1 += 1;
        }
        of.retain(|_, (_, count)| *count > 1);
        Silence { of }
    }

    /// Whether these words of Go's are of such a failure.
    pub(super) fn has(&self, words: &str) -> bool {
        words.lines().filter_map(cause).any(|cause| self.of.contains_key(&key(cause)))
    }

    /// The failures, each with the number of its modules.
    pub(super) fn told(&self) -> impl Iterator<Item = (&str, usize)> {
        self.of.values().map(|(cause, count)| (cause.as_str(), *count))
    }
}

/// What went wrong with a request, without its address: that is of one module.
fn cause(words: &str) -> Option<&str> {
    let (request, cause) = words.rsplit_once("\": ")?;
    request.contains(" \"http").then_some(cause.trim())
}

/// Each request has a port of its own.
fn key(cause: &str) -> String {
    cause.chars().filter(|char| !char.is_ascii_digit()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_has_no_module_in_it() {
        let words = |module: &str, port: u32| {
            let request = format!("Get \"https://proxy.test/{module}/@v/v1.0.0.info\"");
            format!("go: {module}@v1.0.0: {request}: dial udp 10.0.0.1:{port}: i/o timeout")
        };
        let (one, other) = (words("a.org/a", 4711), words("b.org/b", 815));
        assert_eq!(cause(&one), Some("dial udp 10.0.0.1:4711: i/o timeout"));
        assert_eq!(cause(&one).map(key), cause(&other).map(key));
        assert_eq!(cause("go: a.org/a@v1.0.0: unknown \"revision\": v1.0.0"), None);
        assert_eq!(cause("missing go.sum entry"), None);
    }
}
