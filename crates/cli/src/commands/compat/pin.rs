//! A pin, or a toolchain line, that is below what the module needs.

use crate::paths::Near;
use goward_resolver::{Selection, Selector, Source, Version, Want};

/// A version that is asked for, and by whom.
pub(super) struct Pin {
    pub(super) version: Version,
    pub(super) source: Source,
}

impl Pin {
    /// That of a selection, if it is below the floor. A pin such as `1.22` is all its patches.
    pub(super) fn below(selection: &Selection, floor: &Version) -> Option<Pin> {
        let (version, source) = match &selection.want {
            Want::Pin(Selector::Exact(version) | Selector::Minor(version)) => {
                (version, &selection.source)
            }
            Want::Name(name) => (name.version(), &selection.source),
            // A go line alone pins nothing.
            Want::Floor { floor, .. } if floor.name.is_some() => (&floor.version, &floor.source),
            Want::Pin(_) | Want::Floor { .. } | Want::Nothing => return None,
        };
        let has_room = matches!(selection.want, Want::Pin(Selector::Minor(_)));
        let is_below = if has_room { *version < floor.language() } else { version < floor };
        is_below.then(|| Pin { version: version.clone(), source: source.clone() })
    }

    /// That it is too low, and how to raise it.
    pub(super) fn told(&self, near: &Near, instead: Option<&Version>) -> String {
        let Pin { version, source } = self;
        let verb = if matches!(source, Source::Module(_)) { "names" } else { "pins" };
        let place = match (source, source.origin()) {
            (Source::Environment(variable), _) => format!("{variable} in the environment"),
            (_, Some(origin)) => format!("{}:{}", near.show(&origin.path), origin.line),
            (_, None) => "the command line".to_owned(),
        };
        let mend = instead.and_then(|instead| match source {
            Source::PinFile(_) => Some(format!("goward use {instead}")),
            Source::Goenv(_) => Some(format!("goward use {instead} --goenv")),
            Source::Module(_) => Some(format!("goward use {instead} --go-mod")),
            Source::GoEnvFile(_) => Some(format!("go env -w GOTOOLCHAIN=go{instead}")),
            Source::Environment(variable) => Some(format!("unset {variable}")),
            _ => None,
        });
        let mend = mend.map_or_else(String::new, |command| format!("; run: {command}"));
        format!("{place} {verb} {version}, which is below what it needs{mend}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use goward_resolver::ToolchainName;

    #[test]
    fn a_minor_has_room_for_a_patch() {
        for (pin, floor, expected) in [
            ("1.22.4", "1.22.5", true),
            ("1.22.5", "1.22.5", false),
            ("1.22", "1.22.5", false),
            ("1.22", "1.23", true),
            ("go1.22.4", "1.22.5", true),
            ("go1.23.0", "1.22.5", false),
        ] {
            let want = match ToolchainName::parse(pin) {
                Some(name) => Want::Name(name),
                None => Want::Pin(Selector::parse(pin).unwrap()),
            };
            let source = Source::Environment("GOTOOLCHAIN");
            let selection = Selection { want, source, raised: false };
            let found = Pin::below(&selection, &Version::parse(floor).unwrap());
            assert_eq!(found.is_some(), expected, "{pin} {floor}");
        }
    }
}
