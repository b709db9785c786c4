//! Conditions on an executable that Go has built: `glibc<=2.28`, `go>=1.24`, `trimpath`.

use crate::requirement;
use goward_gobin::{Program, Recorded};
use goward_resolver::{Selector, Version};
use std::cmp::Ordering;
use std::fmt;

/// The forms of a condition, for messages and completions.
pub const FORMS: [&str; 14] = [
    "go>=1.24",
    "1.24",
    "supported",
    "not-forced",
    "static",
    "glibc<=2.28",
    "pie",
    "stripped",
    "trimpath",
    "cgo=0",
    "vcs=clean",
    "goamd64<=v2",
    "module=PATH",
    "dep=PATH>=v1.2.0",
];

/// A condition.
#[derive(Clone, Debug)]
pub struct Condition {
    text: String,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Go(Relation, Version),
    GoIs(Selector),
    Glibc(Relation, Vec<u64>),
    Amd64(Relation, u64),
    Cgo(bool),
    Vcs { modified: bool },
    Module(String),
    Dep(String, Option<(Relation, semver::Version)>),
    Supported,
    NotForced,
    Static,
    Pie,
    Stripped,
    Trimpath,
}

#[derive(Clone, Copy, Debug)]
enum Relation {
    Less,
    AtMost,
    Same,
    AtLeast,
    More,
}

impl Relation {
    /// Splits `glibc<=2.28` at its first relation.
    fn split(text: &str) -> Option<(&str, Relation, &str)> {
        let at = text.find(['<', '>', '='])?;
        let (name, rest) = text.split_at(at);
        let words = [
            ("<=", Relation::AtMost),
            (">=", Relation::AtLeast),
            ("==", Relation::Same),
            ("=", Relation::Same),
            ("<", Relation::Less),
            (">", Relation::More),
        ];
        let found = words.into_iter().find_map(|(word, relation)| {
            rest.strip_prefix(word).map(|value| (name, relation, value))
        });
        found.map(|(name, relation, value)| (name.trim(), relation, value.trim()))
    }

    fn holds(self, order: Ordering) -> bool {
        match self {
            Relation::Less => order.is_lt(),
            Relation::AtMost => order.is_le(),
            Relation::Same => order.is_eq(),
            Relation::AtLeast => order.is_ge(),
            Relation::More => order.is_gt(),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Condition {
    /// Reads a condition.
    ///
    /// # Errors
    /// A sentence with the forms that there are.
    pub fn parse(text: &str) -> Result<Condition, String> {
        let text = text.trim();
        let kind = kind(text)
            .ok_or_else(|| format!("no condition: {text:?}; the forms are {}", FORMS.join(", ")))?;
        Ok(Condition { text: text.to_owned(), kind })
    }

    /// Whether debug information has to be read for it.
    pub fn needs_debug(&self) -> bool {
        matches!(self.kind, Kind::NotForced)
    }

    /// Whether it is about a forced version, so that its reason tells of one.
    pub fn is_of_forced(&self) -> bool {
        matches!(self.kind, Kind::NotForced)
    }

    /// Judges a program. `supported` tells whether Go still mends the minor of its version, `against`
    /// what contradicts the version.
    ///
    /// # Errors
    /// Why the program does not meet it.
    pub fn judge(
        &self,
        program: &Program,
        supported: Option<bool>,
        against: &[String],
    ) -> Result<(), String> {
        let met = |met: bool, why: String| if met { Ok(()) } else { Err(why) };
        match &self.kind {
            Kind::Go(relation, wanted) => {
                let version = go_version(program)?;
                met(relation.holds(version.cmp(wanted)), format!("it is go{version}"))
            }
            Kind::GoIs(selector) => {
                let version = go_version(program)?;
                met(selector.matches(&version), format!("it is go{version}"))
            }
            Kind::Static | Kind::Glibc(..) | Kind::Pie if !program.needs.linked => {
                Err("not known: it is not linked".to_owned())
            }
            Kind::Stripped if program.recorded == Recorded::Header => {
                Err("not known of a package".to_owned())
            }
            Kind::Glibc(relation, wanted) => {
                let Some(needed) = &program.needs.glibc_at_least else { return Ok(()) };
                let known = numbers(needed);
                let known = known.ok_or_else(|| format!("not known: it needs GLIBC_{needed}"))?;
                let holds = relation.holds(known.cmp(wanted));
                met(holds, format!("it needs GLIBC_{needed}{}", by_cgo(program)))
            }
            Kind::Static => {
                let library = program.needs.libraries.first();
                let loader = program.needs.interpreter.as_ref();
                let why = library.or(loader).map(|name| format!("it needs {name}"));
                why.map_or(Ok(()), |why| Err(format!("{why}{}", by_cgo(program))))
            }
            Kind::Supported => match supported {
                Some(supported) => met(supported, "Go mends its minor no more".to_owned()),
                None => Err("its version is no release".to_owned()),
            },
            Kind::NotForced => {
                let why = format!("its version was forced: {}", against.join("; "));
                met(against.is_empty(), why)
            }
            Kind::Pie => met(program.needs.pie, "it is loaded at one address".to_owned()),
            Kind::Stripped => match (program.needs.symbols, program.needs.dwarf) {
                (false, false) => Ok(()),
                (true, false) => Err("it has symbols".to_owned()),
                (_, true) => Err("it has debug information".to_owned()),
            },
            Kind::Amd64(relation, wanted) if program.arch.as_deref() == Some("amd64") => {
                let level = setting(program, "GOAMD64").unwrap_or_else(|_| "v1".to_owned());
                let number = level.strip_prefix('v').and_then(|number| number.parse().ok());
                let number = number.ok_or_else(|| format!("not known: GOAMD64 is {level:?}"))?;
                met(relation.holds(u64::cmp(&number, wanted)), format!("it is {level}"))
            }
            Kind::Amd64(..) => Ok(()),
            _ => self.judge_build(program),
        }
    }

    /// Judges what only the settings and modules of the build tell.
    fn judge_build(&self, program: &Program) -> Result<(), String> {
        let met = |met: bool, why: String| if met { Ok(()) } else { Err(why) };
        match &self.kind {
            Kind::Trimpath => {
                let value = setting(program, "-trimpath");
                met(value.as_deref() == Ok("true"), "built without -trimpath".to_owned())
            }
            Kind::Cgo(wanted) => {
                let value = setting(program, "CGO_ENABLED")?;
                met((value == "1") == *wanted, format!("built with CGO_ENABLED={value}"))
            }
            Kind::Vcs { modified } => {
                let value = setting(program, "vcs.modified")?;
                let changes = if value == "true" { "with changes" } else { "without changes" };
                met((value == "true") == *modified, format!("built {changes} to the commit"))
            }
            Kind::Module(wanted) => {
                let path = String::from_utf8_lossy(program.info.modules().main.path);
                let module = if path.is_empty() { "no module".into() } else { path.clone() };
                met(path == wanted.as_str(), format!("it is {module}"))
            }
            Kind::Dep(path, None) => requirement::find(program, path).map(drop),
            Kind::Dep(path, Some((relation, wanted))) => {
                let fits = |found: &semver::Version| relation.holds(found.cmp_precedence(wanted));
                requirement::judge(program, path, fits)
            }
            _ => Ok(()),
        }
    }
}

fn kind(text: &str) -> Option<Kind> {
    Some(match text {
        "supported" => Kind::Supported,
        "not-forced" => Kind::NotForced,
        "static" => Kind::Static,
        "pie" => Kind::Pie,
        "stripped" => Kind::Stripped,
        "trimpath" => Kind::Trimpath,
        "vcs=clean" => Kind::Vcs { modified: false },
        "vcs=dirty" => Kind::Vcs { modified: true },
        "cgo=0" => Kind::Cgo(false),
        "cgo=1" => Kind::Cgo(true),
        _ => return related(text),
    })
}

/// A condition with a value.
fn related(text: &str) -> Option<Kind> {
    let Some((name, relation, value)) = Relation::split(text) else {
        let selector = Selector::parse(text).ok()?;
        let fits = matches!(selector, Selector::Exact(_) | Selector::Minor(_) | Selector::Range(_));
        return fits.then_some(Kind::GoIs(selector));
    };
    let go = |value: &str| Version::parse(value.strip_prefix("go").unwrap_or(value));
    let exact = matches!(relation, Relation::Same);
    Some(match name {
        // `go=1.24` is the minor, as everywhere.
        "go" if exact => return related(value.strip_prefix("go").unwrap_or(value)),
        "go" => Kind::Go(relation, go(value)?),
        "glibc" => Kind::Glibc(relation, numbers(value)?),
        "goamd64" => Kind::Amd64(relation, value.strip_prefix('v')?.parse().ok()?),
        "module" if exact && !value.is_empty() => Kind::Module(value.to_owned()),
        "dep" if exact => match Relation::split(value) {
            Some((path, relation, version)) if !path.is_empty() => {
                Kind::Dep(path.to_owned(), Some((relation, requirement::version(version)?)))
            }
            None if !value.is_empty() => Kind::Dep(value.to_owned(), None),
            _ => return None,
        },
        _ => return None,
    })
}

fn numbers(text: &str) -> Option<Vec<u64>> {
    text.split('.').map(|number| number.parse().ok()).collect()
}

/// The version that the program claims, without experiments and a company's suffix.
///
/// # Errors
/// If it claims no release.
pub fn go_version(program: &Program) -> Result<Version, String> {
    let claimed = String::from_utf8_lossy(&program.info.version);
    let word = claimed.split([' ', '-']).next().unwrap_or_default();
    let version = word.strip_prefix("go").and_then(Version::parse);
    version.ok_or_else(|| format!("its version is no release: {claimed:?}"))
}

/// The version that the program claims, if it is the name of a release and nothing else. Experiments
/// may follow: `go1.27.3 X:jsonv2`. A vendor's suffix makes it another name.
pub fn release_name(program: &Program) -> Option<Version> {
    let claimed = std::str::from_utf8(&program.info.version).ok()?;
    let (word, rest) = claimed.split_once(' ').unwrap_or((claimed, "X:"));
    rest.starts_with("X:").then(|| word.strip_prefix("go").and_then(Version::parse))?
}

fn setting(program: &Program, key: &str) -> Result<String, String> {
    let value = program.info.setting(key).map(|value| String::from_utf8_lossy(&value).into_owned());
    value.ok_or_else(|| format!("the build recorded no {key}"))
}

fn by_cgo(program: &Program) -> &'static str {
    match program.info.setting("CGO_ENABLED").as_deref() {
        Some(b"1") => "; built with CGO_ENABLED=1",
        _ => "",
    }
}
