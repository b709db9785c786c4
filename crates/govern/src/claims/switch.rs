//! What a file says of GOTOOLCHAIN, which decides whether a Go switches to the one that a module needs.

use super::yaml::{Node, Value};
use super::{ELSEWHERE, means::Values};
use goward_resolver::{Gotoolchain, Mode};

/// The variable that says whether Go switches.
pub(super) const SWITCH: &str = "GOTOOLCHAIN";

/// The longest value that is looked at, in characters.
const LONGEST: usize = 64;

/// What is said of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Switch {
    /// Nothing: what the Go that is set up has of itself counts.
    #[default]
    Unsaid,
    /// `local`: Go never switches.
    Local,
    /// `auto`, `go1.26.0+auto`: Go switches to what a module needs.
    Auto,
    /// `go1.26.0`: Go switches to this one.
    Named,
    /// A value that a run makes, or one that Go may take either way.
    Unknown,
}

impl Switch {
    /// By a value.
    pub(super) fn of_value(value: &str) -> Switch {
        match Gotoolchain::parse(value.trim().as_bytes()) {
            Ok(Gotoolchain { mode: Mode::Auto, .. }) => Switch::Auto,
            Ok(Gotoolchain { mode: Mode::Fixed, name: None }) => Switch::Local,
            Ok(Gotoolchain { mode: Mode::Fixed, name: Some(_) }) => Switch::Named,
            Ok(_) | Err(_) => Switch::Unknown,
        }
    }

    /// By the values that a name can have.
    pub(super) fn of_values(values: Values) -> Switch {
        match values {
            Ok(values) => {
                let all = values.iter().map(|value| Switch::of_value(&value.text));
                all.fold(Switch::Unsaid, Switch::and)
            }
            Err(ELSEWHERE) => Switch::Unsaid,
            Err(_) => Switch::Unknown,
        }
    }

    /// By commands, or by an instruction that sets variables. To look at the variable says nothing of it.
    pub(super) fn of_text(text: &str) -> Switch {
        let mut said = Switch::Unsaid;
        for (at, _) in text.match_indices(SWITCH) {
            let (before, behind) = (&text[..at], &text[at + SWITCH.len()..]);
            let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let looks = before.ends_with(['$', '{']) || before.trim_end().ends_with("go env");
            if looks || before.ends_with(part) || behind.starts_with(part) {
                continue;
            }
            said = said.and(Switch::of_value(value(behind)));
        }
        said
    }

    /// By a map of variables.
    pub(super) fn of_variables(node: Option<&Node>) -> Switch {
        let value = node.and_then(|node| node.get(SWITCH));
        value.map_or(Switch::Unsaid, |value| Switch::of_node(value))
    }

    /// By the node that is its value: a scalar, or a map that has it.
    pub(super) fn of_node(node: &Node) -> Switch {
        match &node.value {
            Value::Scalar { text, .. } => Switch::of_value(text),
            _ => node.get("value").map_or(Switch::Unknown, |value| Switch::of_node(value)),
        }
    }

    /// What two places say that count as much.
    pub(super) fn and(self, other: Switch) -> Switch {
        match (self, other) {
            (Switch::Unsaid, one) | (one, Switch::Unsaid) => one,
            (one, other) if one == other => one,
            _ => Switch::Unknown,
        }
    }

    /// What is said here, or else around it.
    pub(super) fn or(self, around: Switch) -> Switch {
        if self == Switch::Unsaid { around } else { self }
    }

    /// Whether Go certainly stays. `local` says whether it does where nothing is said.
    pub(super) fn stays(self, local: bool) -> bool {
        self == Switch::Local || self == Switch::Unsaid && local
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
    fn only_local_keeps_a_go_from_switching() {
        for (text, wants) in [
            ("GOTOOLCHAIN=local go build", Switch::Local),
            ("export GOTOOLCHAIN='local'; go test", Switch::Local),
            ("go env -w GOTOOLCHAIN=local", Switch::Local),
            ("echo \"GOTOOLCHAIN=local\" >> $GITHUB_ENV", Switch::Local),
            ("GOTOOLCHAIN local", Switch::Local),
            ("$env:GOTOOLCHAIN = \"local\"", Switch::Local),
            ("GOTOOLCHAIN=auto go build", Switch::Auto),
            ("GOTOOLCHAIN=local+auto go build", Switch::Auto),
            ("GOTOOLCHAIN=go1.26.0+auto go build", Switch::Auto),
            ("GOTOOLCHAIN=go1.26.0 go build", Switch::Named),
            ("GOTOOLCHAIN=path go build", Switch::Unknown),
            ("GOTOOLCHAIN=$X go build", Switch::Unknown),
            ("GOTOOLCHAIN=${{ matrix.t }} go build", Switch::Unknown),
            ("unset GOTOOLCHAIN; go build", Switch::Unknown),
            ("GOTOOLCHAIN=local go vet; GOTOOLCHAIN=auto go build", Switch::Unknown),
            ("GOTOOLCHAIN=local go vet; GOTOOLCHAIN=local go build", Switch::Local),
            ("echo $GOTOOLCHAIN ${GOTOOLCHAIN} $(go env GOTOOLCHAIN)", Switch::Unsaid),
            ("MY_GOTOOLCHAIN=local GOTOOLCHAINS=local go build", Switch::Unsaid),
            ("go build", Switch::Unsaid),
        ] {
            assert_eq!(Switch::of_text(text), wants, "{text}");
        }
        let long = "GOTOOLCHAIN=".repeat(100_000);
        assert_eq!(Switch::of_text(&long), Switch::Unknown);
        assert!(Switch::Unsaid.stays(true) && !Switch::Unsaid.stays(false));
        assert!(Switch::Local.stays(false) && !Switch::Auto.stays(true));
        assert_eq!(Switch::Local.or(Switch::Auto), Switch::Local);
        assert_eq!(Switch::Unsaid.or(Switch::Auto), Switch::Auto);
    }
}
