//! What a file says of GOTOOLCHAIN, which decides whether a Go switches to the one that a module needs.

use super::uses::{Hint, Use};
use super::yaml::{Node, Value};
use super::{Builds, ELSEWHERE, means::Values};
use goward_resolver::{Gotoolchain, Mode, Version};

/// The variable that says whether Go switches.
pub(super) const SWITCH: &str = "GOTOOLCHAIN";

/// The longest value that is looked at, in characters.
const LONGEST: usize = 64;

/// What is said of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Says {
    /// Nothing: what the Go that is set up has of itself counts.
    #[default]
    Nothing,
    /// `local`: Go never switches.
    Local,
    /// `auto`, `go1.26.0+auto`: Go switches to what a module needs.
    Auto,
    /// `go1.26.0`: Go switches to this one, and from it to none.
    Named(Version),
    /// `path`, `go1.26.0+path`: Go switches to what PATH has, and downloads none.
    Path,
    /// A value that a run makes, or one that Go may take either way.
    Unknown,
}

/// What is said of it, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Switch {
    pub(super) says: Says,
    /// The line, from 1.
    line: u32,
}

impl Switch {
    /// By a value that stands in this line.
    pub(super) fn of_value(value: &str, line: u32) -> Switch {
        let says = match Gotoolchain::parse(value.trim().as_bytes()) {
            Ok(Gotoolchain { mode: Mode::Auto, .. }) => Says::Auto,
            Ok(Gotoolchain { mode: Mode::Path, .. }) => Says::Path,
            Ok(Gotoolchain { mode: Mode::Fixed, name: None }) => Says::Local,
            Ok(Gotoolchain { mode: Mode::Fixed, name: Some(name) }) => {
                Says::Named(name.version().clone())
            }
            Err(_) => Says::Unknown,
        };
        Switch { says, line }
    }

    /// By the values that a name can have.
    pub(super) fn of_values(values: Values) -> Switch {
        match values {
            Ok(values) => {
                let all = values.iter().map(|value| Switch::of_value(&value.text, value.line()));
                all.fold(Switch::default(), |all, one| all.and(&one))
            }
            Err(ELSEWHERE) => Switch::default(),
            Err(_) => Switch { says: Says::Unknown, line: 0 },
        }
    }

    /// By commands, or by an instruction that sets variables, from this line on. To look at the variable says
    /// nothing of it.
    pub(super) fn of_text(text: &str, line: u32) -> Switch {
        let (mut said, mut seen, mut lines) = (Switch::default(), 0, 0);
        for (at, _) in text.match_indices(SWITCH) {
            let (before, behind) = (&text[..at], &text[at + SWITCH.len()..]);
            let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let looks = before.ends_with(['$', '{']) || before.trim_end().ends_with("go env");
            if looks || before.ends_with(part) || behind.starts_with(part) {
                continue;
            }
            lines += text[seen..at].bytes().filter(|byte| *byte == b'\n').count();
            seen = at;
            let line = line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
            said = said.and(&Switch::of_value(value(behind), line));
        }
        said
    }

    /// By the words of a command in this line.
    pub(super) fn of_words<'w>(words: impl Iterator<Item = &'w String>, line: u32) -> Switch {
        let words: Vec<&str> = words.map(String::as_str).collect();
        let all = Switch::of_text(&words.join(" "), line);
        Switch { line, ..all }
    }

    /// By a map of variables.
    pub(super) fn of_variables(node: Option<&Node>) -> Switch {
        let value = node.and_then(|node| node.get(SWITCH));
        value.map_or(Switch::default(), |value| Switch::of_node(value))
    }

    /// By the node that is its value: a scalar, or a map that has it.
    pub(super) fn of_node(node: &Node) -> Switch {
        match &node.value {
            Value::Scalar { text, .. } => Switch::of_value(text, node.line),
            _ => {
                node.get("value").map_or(Switch { says: Says::Unknown, line: node.line }, |value| {
                    Switch::of_node(value)
                })
            }
        }
    }

    /// What two places say that count as much.
    pub(super) fn and(&self, other: &Switch) -> Switch {
        match (&self.says, &other.says) {
            (Says::Nothing, _) => other.clone(),
            (_, Says::Nothing) => self.clone(),
            (one, other) if one == other => self.clone(),
            _ => Switch { says: Says::Unknown, line: self.line },
        }
    }

    /// What is said here, or else around it.
    pub(super) fn or(&self, around: &Switch) -> Switch {
        if self.says == Says::Nothing { around.clone() } else { self.clone() }
    }

    /// What is built where this holds. `local` says whether Go stays where nothing is said.
    pub(super) fn built(&self, local: bool) -> Use {
        let why = |words: String| (self.line > 0).then_some(Hint { line: self.line, words });
        let (builds, runs, why) = match &self.says {
            Says::Nothing if local => (Builds::Fixed, None, None),
            Says::Nothing | Says::Auto | Says::Unknown => (Builds::Switching, None, None),
            Says::Local => (Builds::Fixed, None, why("this keeps Go from switching".to_owned())),
            Says::Path => (Builds::Searching, None, why("by this Go downloads none".to_owned())),
            Says::Named(version) => {
                let why = why(format!("this makes Go {version} run, whatever a module needs"));
                (Builds::Fixed, Some(version.clone()), why)
            }
        };
        Use { runs, why, ..Use::from(builds) }
    }
}

/// The value behind the name: `=local`, `: local`, ` local`.
fn value(behind: &str) -> &str {
    let value = behind.trim_start_matches(['"', '\'']).trim_start_matches([' ', '\t']);
    let value = value.strip_prefix([':', '?']).unwrap_or(value);
    let value = value.strip_prefix('=').unwrap_or(value).trim_start_matches([' ', '\t']);
    let value = value.trim_start_matches(['"', '\'']);
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ';' | '&' | '|' | ')' | ',');
    // No value is longer, and a text may have the name very often.
    let end =
        value.char_indices().enumerate().find(|(count, (_, c))| *count == LONGEST || ends(*c));
    &value[..end.map_or(value.len(), |(_, (at, _))| at)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_says_whether_go_switches() {
        let named = |version| Says::Named(Version::parse(version).unwrap());
        for (text, wants) in [
            ("GOTOOLCHAIN=local go build", Says::Local),
            ("export GOTOOLCHAIN='local'; go test", Says::Local),
            ("go env -w GOTOOLCHAIN=local", Says::Local),
            ("echo \"GOTOOLCHAIN=local\" >> $GITHUB_ENV", Says::Local),
            ("GOTOOLCHAIN local", Says::Local),
            ("$env:GOTOOLCHAIN = \"local\"", Says::Local),
            ("GOTOOLCHAIN=auto go build", Says::Auto),
            ("GOTOOLCHAIN=local+auto go build", Says::Auto),
            ("GOTOOLCHAIN=go1.26.0+auto go build", Says::Auto),
            ("GOTOOLCHAIN=go1.26.0 go build", named("1.26.0")),
            ("GOTOOLCHAIN=path go build", Says::Path),
            ("GOTOOLCHAIN=go1.26.0+path go build", Says::Path),
            ("GOTOOLCHAIN=local+path go build", Says::Path),
            ("GOTOOLCHAIN=$X go build", Says::Unknown),
            ("GOTOOLCHAIN=${{ matrix.t }} go build", Says::Unknown),
            ("unset GOTOOLCHAIN; go build", Says::Unknown),
            ("GOTOOLCHAIN=local go vet; GOTOOLCHAIN=auto go build", Says::Unknown),
            ("GOTOOLCHAIN=go1.26.0 go vet; GOTOOLCHAIN=go1.27.0 go build", Says::Unknown),
            ("GOTOOLCHAIN=local go vet; GOTOOLCHAIN=local go build", Says::Local),
            ("echo $GOTOOLCHAIN ${GOTOOLCHAIN} $(go env GOTOOLCHAIN)", Says::Nothing),
            ("MY_GOTOOLCHAIN=local GOTOOLCHAINS=local go build", Says::Nothing),
            ("go build", Says::Nothing),
        ] {
            assert_eq!(Switch::of_text(text, 1).says, wants, "{text}");
        }
        let long = "GOTOOLCHAIN=".repeat(100_000);
        assert_eq!(Switch::of_text(&long, 1).says, Says::Unknown);
        assert_eq!(Switch::of_text("a\nb\nGOTOOLCHAIN=local", 7).line, 9);
    }

    #[test]
    fn what_is_said_decides_what_is_built() {
        let of = |value: &str| Switch::of_value(value, 3);
        let built = |switch: &Switch, local| switch.built(local).builds;
        assert_eq!(built(&Switch::default(), true), Builds::Fixed);
        assert_eq!(built(&Switch::default(), false), Builds::Switching);
        for (value, wants, why) in [
            ("local", Builds::Fixed, true),
            ("go1.22.4", Builds::Fixed, true),
            ("path", Builds::Searching, true),
            ("go1.22.4+path", Builds::Searching, true),
            ("go1.22.4+auto", Builds::Switching, false),
            ("auto", Builds::Switching, false),
            ("$X", Builds::Switching, false),
        ] {
            for local in [true, false] {
                let one = of(value).built(local);
                assert_eq!((one.builds, one.why.is_some()), (wants, why), "{value}");
            }
        }
        assert_eq!(of("go1.22.4").built(true).runs, Version::parse("1.22.4"));
        assert_eq!(of("local").or(&of("auto")), of("local"));
        assert_eq!(Switch::default().or(&of("auto")), of("auto"));
    }
}
