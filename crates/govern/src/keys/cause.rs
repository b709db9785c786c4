//! The causes of other keys.

use super::Made;
use super::label::{Label, labelled};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Why the keys of a step differ.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// Another release of Go.
    Release,
    /// Another operating system or architecture.
    Platform,
    /// `-trimpath` on one side only.
    Trimpath,
    /// The sources, or the module cache, lie elsewhere.
    Directory,
    /// A variable, such as `GOAMD64` or `CGO_CFLAGS`.
    Variable(String),
    /// Flags, such as those of `compile` or `-ldflags`.
    Flags(String),
    /// Another C compiler, or the like.
    Compiler(String),
    /// Another program of the toolchain in the same release.
    Tool(String),
    /// Another version of a module.
    Module,
    /// Another go line of a module.
    GoLine,
    /// The build information names another version of this module.
    Dependency(String),
    /// The settings that the go line and `//go:debug` lines choose.
    Godebug,
    /// Another profile of `-pgo`.
    Profile,
    /// What the version control system says of the sources.
    Stamp,
    /// A source file of a package.
    File(String, String),
    /// A package was built otherwise by the same key.
    Content(String),
    /// A piece that goward does not know, by its first word.
    Other(String),
}

/// A cause with the values on both sides; `None` where a side has none.
pub(super) type Reason = (Cause, Option<String>, Option<String>);

impl Cause {
    /// The kind, in a word that stays the same.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Cause::Release => "toolchain",
            Cause::Platform => "platform",
            Cause::Trimpath | Cause::Flags(_) => "flags",
            Cause::Directory => "dir",
            Cause::Variable(_) => "variable",
            Cause::Compiler(_) => "compiler",
            Cause::Tool(_) => "tool",
            Cause::Module | Cause::Dependency(_) => "module",
            Cause::GoLine => "go-line",
            Cause::Godebug => "godebug",
            Cause::Profile => "profile",
            Cause::Stamp => "stamp",
            Cause::File(..) => "file",
            Cause::Content(_) => "content",
            Cause::Other(_) => "other",
        }
    }

    /// The remedy, if there is one besides the same setting on both sides.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Cause::Directory => "use -trimpath or the same path",
            Cause::Stamp => "use -buildvcs=false where the stamp is not needed",
            Cause::Content(_) => "its build differs each time: goward cache verify --twice -- go …",
            _ => return None,
        })
    }

    /// Whether the values on both sides are of use to a reader.
    #[must_use]
    pub fn has_values(&self) -> bool {
        !matches!(self, Cause::File(..) | Cause::Content(_) | Cause::Compiler(_) | Cause::Profile)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Release => write!(f, "toolchain"),
            Cause::Platform => write!(f, "platform"),
            Cause::Trimpath => write!(f, "-trimpath"),
            Cause::Directory => write!(f, "dir"),
            Cause::Variable(name) => write!(f, "{name}"),
            Cause::Flags(name) if name.starts_with('-') => write!(f, "{name}"),
            Cause::Flags(name) => write!(f, "flags of {name}"),
            Cause::Compiler(name) => write!(f, "another compiler ({name})"),
            Cause::Tool(name) => write!(f, "program {name} of the toolchain"),
            Cause::Module => write!(f, "module"),
            Cause::GoLine => write!(f, "go line"),
            Cause::Dependency(module) => write!(f, "module {module}"),
            Cause::Godebug => write!(f, "GODEBUG of the program"),
            Cause::Profile => write!(f, "another profile of -pgo"),
            Cause::Stamp => write!(f, "vcs stamp"),
            Cause::File(package, file) => write!(f, "file {file} of {package}"),
            Cause::Content(package) => write!(f, "{package} is other bytes by the same key"),
            Cause::Other(word) => write!(f, "{word}"),
        }
    }
}

/// The values of the labels that differ, on both sides.
#[derive(Default)]
struct Sides(BTreeMap<Label, [BTreeSet<String>; 2]>);

/// Why two keys of a step differ, and the imports that differ.
pub(super) fn reasons(package: &str, before: &Made, after: &Made) -> (Vec<Reason>, Vec<String>) {
    let mut sides = Sides::default();
    for (at, (one, other)) in [(before, after), (after, before)].into_iter().enumerate() {
        for piece in one.pieces.difference(&other.pieces) {
            for (label, value) in labelled(piece) {
                sides.0.entry(label).or_default()[at].insert(value);
            }
        }
    }
    sides.0.retain(|_, [before, after]| before != after);
    let mut imports = Vec::new();
    for label in sides.0.keys() {
        if let Label::Import(name) = label {
            imports.push(if name.is_empty() { package.to_owned() } else { name.clone() });
        }
    }
    let is_standard = before.pieces.iter().any(|piece| piece.contains(" standard true "));
    sides.forget_consequences(is_standard);
    (sides.reasons(package), imports)
}

impl Sides {
    fn has(&self, label: &Label) -> bool {
        self.0.contains_key(label)
    }

    /// Forgets differences that another one explains.
    fn forget_consequences(&mut self, is_standard: bool) {
        let (release, platform) = (self.has(&Label::Release), self.has(&Label::Platform));
        let trimpath = self.has(&Label::Trimpath);
        let variable = |name: &str| Label::Variable(name.to_owned());
        let cgo_piece = self.0.get(&Label::Tool("cgo".to_owned()));
        let one_sided = |[a, b]: &[BTreeSet<String>; 2]| a.is_empty() != b.is_empty();
        if cgo_piece.is_some_and(one_sided) && !platform {
            let (on, off) = (BTreeSet::from(["1".to_owned()]), BTreeSet::from(["0".to_owned()]));
            let was_on = cgo_piece.is_some_and(|[before, _]| !before.is_empty());
            let values = if was_on { [on, off] } else { [off, on] };
            self.0.insert(variable("CGO_ENABLED"), values);
        }
        let cgo = self.has(&variable("CGO_ENABLED"));
        self.0.retain(|label, values| {
            let one_sided = one_sided(values);
            match label {
                Label::Release | Label::Platform => true,
                Label::Import(_) | Label::Standard => false,
                _ if is_standard && (release || platform) => false,
                Label::Tool(_) if one_sided => !(release || platform || cgo),
                Label::Other(_) => !(release || platform),
                Label::Tool(_) | Label::Godebug | Label::Stamp => !release,
                Label::Directory | Label::Module => !trimpath,
                Label::Variable(name) if name == "GOROOT" => !(release || trimpath),
                Label::Variable(name) if name == "CGO_ENABLED" => !platform,
                Label::Variable(name) if one_sided && trimpath && name.starts_with("CGO_") => false,
                Label::Variable(_) | Label::Flags(_) if one_sided => !(release || platform || cgo),
                Label::Compiler(_) | Label::File(_) if one_sided => !(platform || cgo),
                _ => true,
            }
        });
    }

    fn reasons(self, package: &str) -> Vec<Reason> {
        let reason = |(label, [before, after]): (Label, [BTreeSet<String>; 2])| {
            let cause = cause(label, package)?;
            let is_trimpath = cause == Cause::Trimpath;
            let text = |values: BTreeSet<String>| {
                if is_trimpath {
                    return (!values.is_empty()).then(|| "true".to_owned());
                }
                let text = values.into_iter().collect::<Vec<_>>().join(", ");
                (!text.is_empty()).then_some(text)
            };
            let (before, after) = (text(before), text(after));
            Some(match (&cause, before, after) {
                (Cause::Directory, Some(before), Some(after)) => {
                    let (before, after) = without_common_end(&before, &after);
                    (cause, Some(before), Some(after))
                }
                (_, before, after) => (cause, before, after),
            })
        };
        self.0.into_iter().filter_map(reason).collect()
    }
}

fn cause(label: Label, package: &str) -> Option<Cause> {
    Some(match label {
        Label::Release => Cause::Release,
        Label::Tool(name) => Cause::Tool(name),
        Label::Platform => Cause::Platform,
        Label::Directory => Cause::Directory,
        Label::Trimpath => Cause::Trimpath,
        Label::Module => Cause::Module,
        Label::GoLine => Cause::GoLine,
        Label::File(name) => Cause::File(package.to_owned(), name),
        Label::Variable(name) => Cause::Variable(name),
        Label::Flags(name) => Cause::Flags(name),
        Label::Compiler(name) => Cause::Compiler(name),
        Label::Stamp => Cause::Stamp,
        Label::Dependency(module) => Cause::Dependency(module),
        Label::Godebug => Cause::Godebug,
        Label::Profile => Cause::Profile,
        Label::Other(word) => Cause::Other(word),
        Label::Import(_) | Label::Standard => return None,
    })
}

/// Two paths without the names at the end that both have, so that those of all packages of a tree are the same two.
fn without_common_end(before: &str, after: &str) -> (String, String) {
    let (mut one, mut other) = (before, after);
    while let (Some((a, last)), Some((b, same))) = (one.rsplit_once('/'), other.rsplit_once('/')) {
        if last != same || a.is_empty() || b.is_empty() {
            break;
        }
        (one, other) = (a, b);
    }
    (one.to_owned(), other.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_of_a_tree_have_one_pair_of_directories() {
        for (before, after, wanted) in [
            ("/ci/a/x/lib", "/ci/b/x/lib", ("/ci/a", "/ci/b")),
            ("/ci/a/x", "/ci/b/x", ("/ci/a", "/ci/b")),
            ("/a/x", "/x", ("/a/x", "/x")),
            ("/a", "/b", ("/a", "/b")),
            ("", "/b", ("", "/b")),
        ] {
            let (one, other) = without_common_end(before, after);
            assert_eq!((one.as_str(), other.as_str()), wanted);
        }
    }
}
