//! A key with its value here. It comes from the first layer that sets it: a flag, the variable, the user's
//! file, the policy file of the machine, the default. A bound of the policy file holds for all of them.

use super::key::{Key, Kind, OWN, Setter, Value};
use super::policy_file::{FILE, PolicyFile};
use super::{AutoInstall, Config, version};
use crate::paths::Shown as _;
use crate::values;
use serde::Serialize;
use std::path::Path;

/// The layer from which a value comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Layer {
    Flag,
    Environment,
    File,
    Policy,
    Default,
}

/// The files that set keys.
#[derive(Clone, Copy)]
pub(crate) struct Files<'f> {
    /// The user's, with its text.
    pub(crate) own: (&'f Config, &'f str),
    /// The policy file, if there is one.
    pub(crate) owner: Option<&'f PolicyFile>,
}

/// What the policy file lets a value be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Bound {
    /// The least, or the only, or all values, by the key.
    pub(crate) value: Value,
    pub(crate) file: &'static str,
    pub(crate) line: usize,
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
    /// The value of the user's file that has no effect.
    pub(crate) hidden: Option<Value>,
    /// What the variable should be, where it makes no sense, or the value, where it is out of bounds.
    pub(crate) fault: Option<String>,
    /// The bound by the policy file.
    pub(crate) bound: Option<Bound>,
}

impl Setting {
    /// The setting by the files and by the environment `var`. `offline` is the flag.
    pub(crate) fn of(
        key: &'static Key,
        files: Files<'_>,
        var: impl Fn(&str) -> Option<String>,
        offline: bool,
    ) -> Setting {
        let (config, text) = files.own;
        let in_file = config.value(key);
        let line = in_file.as_ref().and_then(|_| super::edit::line(text, key.name));
        let with_owner = files.owner.and_then(|owner| Some((owner, owner.config.value(key)?)));
        let of_owner = with_owner.filter(|_| {
            // A file's digests apply only to its own mirrors.
            !matches!(key.kind, Kind::Word | Kind::Urls) || !config.names_mirrors()
        });
        let (mut fault, said) = (None, key.variable.and_then(&var));
        let (layer, value) = if key.name == "offline" && offline {
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
        } else if let Some((_, value)) = &of_owner {
            (Layer::Policy, Some(value.clone()))
        } else {
            (Layer::Default, key.initial())
        };
        let hidden = in_file.filter(|_| layer != Layer::File);
        let line = match (layer, files.owner) {
            (Layer::Policy, Some(owner)) => owner.line(key.name),
            _ => line,
        };
        let bound = files.owner.and_then(|owner| Bound::of(key, owner));
        if let Some(bound) = &bound
            && let Some(value) = value.as_ref().filter(|value| !bound.allows(key, value))
        {
            fault = Some(format!("{} does not allow {}", bound.shown(), value.shown()));
        }
        Setting { key, value, layer, line, hidden, fault, bound }
    }

    /// Where the value comes from, for people; `file` is the configuration.
    pub(crate) fn source(&self, file: &Path) -> String {
        let file = if self.layer == Layer::Policy { Path::new(FILE) } else { file };
        match (self.layer, self.line) {
            (Layer::Flag, _) => "--offline".to_owned(),
            (Layer::Environment, _) => {
                format!("{} in the environment", self.key.variable.unwrap_or_default())
            }
            (Layer::File | Layer::Policy, Some(line)) => format!("{}:{line}", file.shown()),
            (Layer::File | Layer::Policy, None) => file.shown(),
            (Layer::Default, _) => "default".to_owned(),
        }
    }
}

impl Bound {
    /// The bound of a key, if the policy file has one.
    pub(crate) fn of(key: &Key, owner: &PolicyFile) -> Option<Bound> {
        let of = |value, line| Some(Bound { value, file: FILE, line });
        match key.name {
            "mirrors" => {
                let bound = owner.only_mirrors()?;
                let bases = bound.value.iter().map(|mirror| mirror.base().to_owned());
                of(Value::List(bases.collect()), bound.line)
            }
            "policy.auto-install" => of(Value::Text("never".into()), owner.never_installs()?.line),
            _ => {
                let is_bound = matches!(key.kind, Kind::Version | Kind::Level);
                let value = owner.config.value(key).filter(|_| is_bound)?;
                of(value, owner.line(key.name).unwrap_or(1))
            }
        }
    }

    /// Whether a value lies within it.
    pub(crate) fn allows(&self, key: &Key, value: &Value) -> bool {
        let (bound, value) = (self.value.lines(), value.lines());
        let both = bound.first().zip(value.first());
        match key.kind {
            Kind::Urls => {
                let base = |url: &String| url.trim_end_matches('/').to_owned();
                value.iter().all(|url| bound.iter().any(|one| base(one) == base(url)))
            }
            Kind::Version => both.is_none_or(|(least, value)| version(value) >= version(least)),
            Kind::Level => {
                both.is_none_or(|(least, value)| values::level(value) <= values::level(least))
            }
            _ => bound == value,
        }
    }

    /// For people.
    pub(crate) fn shown(&self) -> String {
        format!("{}:{} ({})", self.file, self.line, self.value.shown())
    }
}

impl Config {
    /// The value of a key in the file.
    pub(crate) fn value(&self, key: &Key) -> Option<Value> {
        let (text, policy) = (|text: &str| Value::Text(text.to_owned()), &self.policy);
        match (key.kind, key.setter) {
            (Kind::Urls, _) => {
                let mirrors = self.mirrors.as_ref()?.iter();
                Some(Value::List(mirrors.map(|mirror| mirror.get_ref().clone()).collect()))
            }
            (Kind::Address, _) => self.dist_url.as_ref().map(|url| text(url.get_ref())),
            (Kind::Word, _) => self.mirror_digests.map(|_| text(OWN)),
            (Kind::Boolean, Setter::User) => self.offline.map(Value::Switch),
            (Kind::Boolean, Setter::Owner) => {
                policy.mirrors_only.as_ref().map(|on| Value::Switch(*on.get_ref()))
            }
            (Kind::Version, _) => policy.minimum.as_ref().map(|least| text(least.get_ref())),
            (Kind::Moment, _) => policy.auto_install.as_ref().map(|moment| {
                text(match moment.get_ref() {
                    AutoInstall::Always => "always",
                    AutoInstall::Never => "never",
                })
            }),
            (Kind::Level, _) => {
                policy.min_trust.as_ref().map(|least| text(&least.get_ref().to_ascii_lowercase()))
            }
            (Kind::Severities, _) => policy.check_rules.as_ref().map(|rules| {
                let rules = rules.get_ref().iter();
                let one = |(rule, severity): (&toml::Spanned<String>, &toml::Spanned<String>)| {
                    format!("{} = {}", rule.get_ref(), severity.get_ref())
                };
                Value::List(rules.map(one).collect())
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own<'f>(config: &'f Config, text: &'f str) -> Files<'f> {
        Files { own: (config, text), owner: None }
    }

    #[test]
    fn the_policy_file_fills_in_and_bounds() {
        let text = "mirrors = ['file:///m']\n[policy]\nminimum = '1.24'\nauto-install = 'never'\n\
            mirrors-only = true\nmin-trust = 'T1'\ncheck-rules = { version-eol = 'error' }\n";
        let owner = PolicyFile::parse(text).unwrap();
        let own = "[policy]\nminimum = '1.23'\n";
        let (none, config) = (Config::default(), Config::parse(own).unwrap());
        let of = |name: &str, file: (&Config, &str), vars: &[(&str, &str)]| {
            let var = |key: &str| vars.iter().find(|(k, _)| *k == key).map(|(_, v)| v.to_string());
            let files = Files { own: file, owner: Some(&owner) };
            let setting = Setting::of(Key::named(name).unwrap(), files, var, false);
            let bound = setting.bound.map_or(0, |bound| bound.line);
            let value = setting.value.map(|value| value.shown()).unwrap_or_default();
            (value, setting.layer, setting.line, bound, setting.fault.is_some())
        };
        // Key, variable, value; line of the value and of the bound; whether it is a fault.
        for line in [
            "mirrors - file:///m Policy 1 5 fits",
            "mirrors GOWARD_MIRROR=file:///m/ file:///m/ Environment 0 5 fits",
            "mirrors GOWARD_MIRROR=file:///x file:///x Environment 0 5 fault",
            "policy.minimum - 1.24 Policy 3 3 fits",
            "policy.minimum own 1.23 File 2 3 fault",
            "policy.minimum GOWARD_MINIMUM=1.25 1.25 Environment 0 3 fits",
            "policy.auto-install - never Policy 4 4 fits",
            "policy.auto-install GOWARD_AUTO_INSTALL=always always Environment 0 4 fault",
            "policy.min-trust - t1 Policy 6 6 fits",
            "policy.min-trust GOWARD_VERIFY=none none Environment 0 6 fault",
            "policy.min-trust GOWARD_VERIFY=t0 t0 Environment 0 6 fits",
            "policy.mirrors-only - true Policy 5 0 fits",
            "offline - false Default 0 0 fits",
        ] {
            let [name, by, wanted] = line.splitn(3, ' ').collect::<Vec<_>>()[..] else { panic!() };
            let vars: Vec<_> = by.split_once('=').into_iter().collect();
            let file = if by == "own" { (&config, own) } else { (&none, "") };
            let (value, layer, line, bound, fault) = of(name, file, &vars);
            let (line, fault) = (line.unwrap_or(0), if fault { "fault" } else { "fits" });
            assert_eq!(format!("{value} {layer:?} {line} {bound} {fault}"), wanted, "{name} {by}");
        }
        let (rules, layer, line, ..) = of("policy.check-rules", (&none, ""), &[]);
        assert_eq!((&*rules, layer, line), ("version-eol = error", Layer::Policy, Some(7)));
    }

    #[test]
    fn the_first_layer_that_sets_a_key_counts() {
        let text = "offline = false\nmirrors = ['file:///a']\nmirror-digests = 'own'\n";
        let config = Config::parse(text).unwrap();
        let of = |name: &str, vars: &[(&str, &str)], flag| {
            let var = |key: &str| vars.iter().find(|(k, _)| *k == key).map(|(_, v)| v.to_string());
            let setting = Setting::of(Key::named(name).unwrap(), own(&config, text), var, flag);
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
        let mirrors = Setting::of(Key::named("mirrors").unwrap(), own(&empty, ""), |_| None, false);
        let value = mirrors.value.unwrap().shown();
        assert_eq!((value, mirrors.layer, mirrors.line, no()), usual);
    }
}
