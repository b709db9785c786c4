//! A key with its value here. It comes from the first layer that sets it: a flag, the variable, the file,
//! the default. Bounds that the owner of a machine sets will be one more layer.

use super::Config;
use super::key::{Key, Kind, OWN, Value};
use crate::paths::Shown as _;
use serde::Serialize;
use std::path::Path;

/// The layer from which a value comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Layer {
    Flag,
    Environment,
    File,
    Default,
}

/// A key with its value.
#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) key: &'static Key,
    /// `None` where nothing sets it and it has no default, or where the variable makes no sense.
    pub(crate) value: Option<Value>,
    pub(crate) layer: Layer,
    /// The line of the file that sets it.
    pub(crate) line: Option<usize>,
    /// The value of the file that has no effect.
    pub(crate) hidden: Option<Value>,
    /// What the variable should be, where it makes no sense.
    pub(crate) fault: Option<String>,
}

impl Setting {
    /// The setting by the file, with its text, and by the environment `var`. `offline` is the flag.
    pub(crate) fn of(
        key: &'static Key,
        (config, text): (&Config, &str),
        var: impl Fn(&str) -> Option<String>,
        offline: bool,
    ) -> Setting {
        let in_file = config.value(key);
        let line = in_file.as_ref().and_then(|_| super::edit::line(text, key.name));
        let (mut fault, said) = (None, var(key.variable));
        let (layer, value) = if key.kind == Kind::Boolean && offline {
            (Layer::Flag, Some(Value::Switch(true)))
        } else if let Some(said) = said {
            let parsed = key.parse(&[said]);
            fault = parsed.as_ref().err().and_then(|failure| failure.hints.first().cloned());
            (Layer::Environment, parsed.ok())
        } else if key.kind == Kind::Word && var("GOWARD_MIRROR").is_some() {
            // The file vouches for its own mirrors alone.
            (Layer::Default, None)
        } else if in_file.is_some() {
            (Layer::File, in_file.clone())
        } else {
            (Layer::Default, key.initial())
        };
        let hidden = in_file.filter(|_| layer != Layer::File);
        Setting { key, value, layer, line, hidden, fault }
    }

    /// Where the value comes from, for people; `file` is the configuration.
    pub(crate) fn source(&self, file: &Path) -> String {
        match (self.layer, self.line) {
            (Layer::Flag, _) => "--offline".to_owned(),
            (Layer::Environment, _) => format!("{} in the environment", self.key.variable),
            (Layer::File, Some(line)) => format!("{}:{line}", file.shown()),
            (Layer::File, None) => file.shown(),
            (Layer::Default, _) => "default".to_owned(),
        }
    }
}

impl Config {
    /// The value of a key in the file.
    pub(crate) fn value(&self, key: &Key) -> Option<Value> {
        match key.kind {
            Kind::Urls => {
                let mirrors = self.mirrors.as_ref()?.iter();
                Some(Value::List(mirrors.map(|mirror| mirror.get_ref().clone()).collect()))
            }
            Kind::Address => self.dist_url.as_ref().map(|url| Value::Text(url.get_ref().clone())),
            Kind::Word => self.mirror_digests.map(|_| Value::Text(OWN.to_owned())),
            Kind::Boolean => self.offline.map(Value::Switch),
            Kind::Version => {
                let minimum = self.policy.minimum.as_ref()?;
                Some(Value::Text(minimum.get_ref().clone()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_layer_that_sets_a_key_counts() {
        let text = "offline = false\nmirrors = ['file:///a']\nmirror-digests = 'own'\n";
        let config = Config::parse(text).unwrap();
        let of = |name: &str, vars: &[(&str, &str)], flag| {
            let var = |key: &str| vars.iter().find(|(k, _)| *k == key).map(|(_, v)| v.to_string());
            let setting = Setting::of(Key::named(name).unwrap(), (&config, text), var, flag);
            let value = setting.value.map(|value| value.shown());
            let hidden = setting.hidden.map(|value| value.shown());
            (value.unwrap_or_default(), setting.layer, setting.line, hidden.unwrap_or_default())
        };
        let no = String::new;
        assert_eq!(of("offline", &[], false), ("false".into(), Layer::File, Some(1), no()));
        let on = ("true".into(), Layer::Flag, Some(1), "false".into());
        assert_eq!(of("offline", &[("GOWARD_OFFLINE", "0")], true), on);
        let by_variable = ("true".into(), Layer::Environment, Some(1), "false".into());
        assert_eq!(of("offline", &[("GOWARD_OFFLINE", "1")], false), by_variable);
        let faulty = (no(), Layer::Environment, Some(1), "false".into());
        assert_eq!(of("offline", &[("GOWARD_OFFLINE", "yes")], false), faulty);
        let none = (no(), Layer::Default, None, no());
        assert_eq!(of("policy.minimum", &[], false), none);
        let apart = (no(), Layer::Default, Some(3), "own".into());
        assert_eq!(of("mirror-digests", &[("GOWARD_MIRROR", "file:///b")], false), apart);
        let usual = ("https://go.dev/dl/".to_owned(), Layer::Default, None, no());
        let empty = Config::parse("").unwrap();
        let mirrors = Setting::of(Key::named("mirrors").unwrap(), (&empty, ""), |_| None, false);
        let value = mirrors.value.unwrap().shown();
        assert_eq!((value, mirrors.layer, mirrors.line, no()), usual);
    }
}
