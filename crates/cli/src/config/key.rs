//! The keys of `config.toml`: the values of each, and the variable that outranks it.

use super::policy_file::FILE;
use super::version;
use crate::failure::{Exit, Failure, Result};
use crate::values;
use goward_govern::slip;
use goward_installer::{Dist, Mirror, redact};
use goward_resolver::{quoted, switch};
use serde::Serialize;

/// A key.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Key {
    /// Its name: behind a dot what stands in a table.
    pub(crate) name: &'static str,
    /// Its values.
    pub(crate) kind: Kind,
    /// The variable that outranks it, if there is one.
    pub(crate) variable: Option<&'static str>,
    /// The value where nothing sets it.
    pub(crate) default: Option<&'static str>,
    /// Who may set it in a file.
    pub(crate) setter: Setter,
}

/// Who may set a key in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setter {
    /// Each user, in a file of their own; the policy file holds for those who do not.
    User,
    /// The owner of the machine alone, in the policy file.
    Owner,
}

/// The kind of a key's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// One URL of a mirror or more.
    Urls,
    /// The URL of a directory.
    Address,
    /// One word.
    Word,
    /// On or off.
    Boolean,
    /// A Go version.
    Version,
    /// When the shim installs.
    Moment,
    /// A level of trust.
    Level,
    /// Severities by the names of rules.
    Severities,
}

/// All keys that people set. `format` is goward's own.
pub(crate) const ALL: [Key; 9] = [
    of_user("mirrors", Kind::Urls, "GOWARD_MIRROR", Some("https://go.dev/dl/")),
    of_user("mirror-digests", Kind::Word, "GOWARD_MIRROR_DIGESTS", None),
    of_user("offline", Kind::Boolean, "GOWARD_OFFLINE", Some("false")),
    of_user("dist-url", Kind::Address, "GOWARD_DIST_URL", None),
    of_user("policy.minimum", Kind::Version, "GOWARD_MINIMUM", None),
    of_owner("policy.mirrors-only", Kind::Boolean, None, Some("false")),
    of_owner("policy.auto-install", Kind::Moment, Some("GOWARD_AUTO_INSTALL"), Some("always")),
    of_owner("policy.min-trust", Kind::Level, Some("GOWARD_VERIFY"), None),
    of_owner("policy.check-rules", Kind::Severities, None, None),
];

const fn of_user(
    name: &'static str,
    kind: Kind,
    variable: &'static str,
    default: Option<&'static str>,
) -> Key {
    Key { name, kind, variable: Some(variable), default, setter: Setter::User }
}

const fn of_owner(
    name: &'static str,
    kind: Kind,
    variable: Option<&'static str>,
    default: Option<&'static str>,
) -> Key {
    Key { name, kind, variable, default, setter: Setter::Owner }
}

/// The word that a key of [`Kind::Word`] takes.
pub(crate) const OWN: &str = "own";

/// A value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(crate) enum Value {
    Switch(bool),
    Text(String),
    List(Vec<String>),
}

impl Kind {
    /// What may be written, for a sentence.
    pub(crate) fn allowed(self) -> &'static str {
        match self {
            Kind::Urls => "base URLs of mirrors, such as https://go.example/dl/ or file:///srv/go/",
            Kind::Address => "the URL of a directory, such as https://mirror.example/goward/",
            Kind::Word => OWN,
            Kind::Boolean => "true or false",
            Kind::Version => "a Go version such as 1.24.5",
            Kind::Moment => "always or never",
            Kind::Level => "t0, t1, t2 or t3",
            Kind::Severities => "a table of rules, each with error, warning or note",
        }
    }
}

impl Key {
    /// The key of this name.
    ///
    /// # Errors
    /// If there is none, with all names.
    pub(crate) fn named(name: &str) -> Result<&'static Key> {
        ALL.iter().find(|key| key.name == name).ok_or_else(|| {
            let names: Vec<&str> = ALL.iter().map(|key| key.name).collect();
            let (said, meant) = (quoted(name.as_bytes()), slip::meant(name, names.iter().copied()));
            Failure::new(Exit::Usage, format!("{said} is no key of the configuration{meant}"))
                .hint(format!("keys are: {}", names.join(", ")))
        })
    }

    /// The value that these words mean.
    ///
    /// # Errors
    /// With what is allowed.
    pub(crate) fn parse(&self, words: &[String]) -> Result<Value> {
        let refuse = |word: &str, why: Option<String>| {
            let said = quoted(redact(word).as_bytes());
            let failure = Failure::new(Exit::Usage, format!("{} cannot be {said}", self.name));
            let failure = why.into_iter().fold(failure, Failure::because);
            failure.hint(format!("write {}", self.kind.allowed()))
        };
        if self.kind == Kind::Urls {
            let urls = words.iter().flat_map(|word| word.split(',')).map(str::trim);
            let urls: Vec<String> = urls.filter(|url| !url.is_empty()).map(str::to_owned).collect();
            for url in &urls {
                Mirror::parse(url, false).map_err(|error| refuse(url, Some(error.to_string())))?;
            }
            let some = (!urls.is_empty()).then_some(Value::List(urls));
            return some.ok_or_else(|| refuse(&words.join(" "), None));
        }
        let [word] = words else { return Err(refuse(&words.join(" "), None)) };
        let value = match self.kind {
            Kind::Boolean => {
                switch::parse(word.as_bytes()).filter(|_| !word.is_empty()).map(Value::Switch)
            }
            Kind::Version => version(word).map(|version| Value::Text(version.to_string())),
            Kind::Address => Dist::parse(word).ok().map(|_| Value::Text(word.clone())),
            Kind::Word => (word == OWN).then(|| Value::Text(word.clone())),
            Kind::Moment => ["always", "never"].contains(&word.as_str()).then(|| as_typed(word)),
            Kind::Level => values::level(word).ok().map(|_| as_typed(&word.to_ascii_lowercase())),
            Kind::Urls | Kind::Severities => None,
        };
        value.ok_or_else(|| refuse(word, None))
    }

    /// The key of this name, which a user may set.
    ///
    /// # Errors
    /// If there is none, or only the owner of the machine sets it.
    pub(crate) fn settable(name: &str) -> Result<&'static Key> {
        let key = Key::named(name)?;
        if key.setter == Setter::User {
            return Ok(key);
        }
        let message = format!("{name} is for the owner of the machine");
        Err(Failure::new(Exit::Usage, message).hint(format!("as root, write it into {FILE}")))
    }

    /// The value where nothing sets it.
    pub(crate) fn initial(&self) -> Option<Value> {
        self.parse(&[self.default?.to_owned()]).ok()
    }
}

fn as_typed(word: &str) -> Value {
    Value::Text(word.to_owned())
}

impl Value {
    /// As TOML.
    pub(crate) fn toml(&self) -> String {
        // A string of JSON is one of TOML.
        let text = |text: &String| serde_json::Value::from(text.as_str()).to_string();
        match self {
            Value::Switch(on) => on.to_string(),
            Value::Text(one) => text(one),
            Value::List(all) => {
                format!("[{}]", all.iter().map(text).collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// For people.
    pub(crate) fn shown(&self) -> String {
        self.lines().join(", ")
    }

    /// For scripts, one line each.
    pub(crate) fn lines(&self) -> Vec<String> {
        match self {
            Value::Switch(on) => vec![on.to_string()],
            Value::Text(text) => vec![text.clone()],
            Value::List(all) => all.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn values_are_read_as_people_write_them() {
        let three = r#"["file:///a", "file:///b", "proxy+https://c"]"#;
        for (key, typed, toml) in [
            ("mirrors", &["https://a.example/x"][..], r#"["https://a.example/x"]"#),
            ("mirrors", &["file:///a, file:///b", "proxy+https://c"], three),
            ("mirror-digests", &["own"], r#""own""#),
            ("offline", &["1"], "true"),
            ("dist-url", &["https://a.example/x/"], r#""https://a.example/x/""#),
            ("offline", &["false"], "false"),
            ("policy.minimum", &["go1.24.5"], r#""1.24.5""#),
        ] {
            let value = Key::named(key).unwrap().parse(&words(typed)).unwrap();
            assert_eq!(value.toml(), toml, "{key}");
        }
    }

    #[test]
    fn a_refusal_says_what_is_allowed_and_no_password() {
        for (key, typed) in [
            ("mirrors", &["ftp://me:secret@x/"][..]),
            ("mirrors", &[""]),
            ("mirrors", &["https://a.example/ x"]),
            ("mirror-digests", &["any"]),
            ("offline", &["yes"]),
            ("dist-url", &["https://me:secret@x/"]),
            ("offline", &[""]),
            ("offline", &["true", "false"]),
            ("policy.minimum", &["latest"]),
        ] {
            let key = Key::named(key).unwrap();
            let failure = key.parse(&words(typed)).unwrap_err();
            assert_eq!(failure.exit, Exit::Usage);
            assert!(failure.hints[0].ends_with(key.kind.allowed()), "{:?}", failure.hints);
            let all = format!("{failure:?}");
            assert!(!all.contains("secret"), "{all}");
        }
        let failure = Key::named("mirror").unwrap_err();
        assert!(failure.message.unwrap().ends_with("did you mean mirrors?"));
        assert!(failure.hints[0].ends_with("policy.check-rules"), "{:?}", failure.hints);
        assert!(Key::settable("policy.minimum").is_ok());
        let failure = Key::settable("policy.auto-install").unwrap_err();
        assert_eq!(failure.hints, [format!("as root, write it into {FILE}")]);
    }

    /// The book lists every key with its default and its variable.
    #[test]
    fn the_page_has_a_row_for_each_key() {
        let page = |name: &str| {
            let path = format!("{}/../../docs/src/reference/{name}", env!("CARGO_MANIFEST_DIR"));
            std::fs::read_to_string(path).unwrap()
        };
        let (keys, variables) = (page("configuration.md"), page("variables.md"));
        for Key { name, variable, default, setter, .. } in &ALL {
            let row = keys.lines().find(|line| line.starts_with(&format!("| `{name}` |")));
            let row = row.unwrap_or_else(|| panic!("configuration.md has no row for {name}"));
            let code =
                |text: &Option<&str>| text.map_or("none".to_owned(), |text| format!("`{text}`"));
            assert!(row.contains(&format!("| {} | {} |", code(default), code(variable))), "{row}");
            let setter = match setter {
                Setter::User => "| you |",
                Setter::Owner => "| root |",
            };
            assert!(row.contains(setter), "{row}");
            let has_row = |name: &str| variables.contains(&format!("| `{name}` |"));
            assert!(variable.is_none_or(has_row), "{variable:?}");
        }
    }
}
