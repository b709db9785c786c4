//! What the commands of a job or of a stage do with Go, as far as their text tells.

use super::Builds;
use super::yaml::{Node, Value};

/// The variable that says whether Go switches.
pub(super) const SWITCH: &str = "GOTOOLCHAIN";

/// Commands of go that build or load the module in the working directory.
const GO: [&str; 8] =
    ["build", "install ./", "install .", "test", "vet", "mod ", "generate", "list"];

/// What commands do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Commands {
    /// Go builds, or loads modules.
    pub(super) go: bool,
    /// They go to another directory, where another module may be.
    pub(super) moves: bool,
    /// They say something about GOTOOLCHAIN.
    pub(super) switches: bool,
}

impl Commands {
    /// Adds those of a text.
    pub(super) fn add(&mut self, text: &str) {
        self.go |= runs_go(text);
        self.moves |= moves(text);
        self.switches |= text.contains(SWITCH);
    }

    /// Adds those of every scalar in a node. The caller has paid for its weight.
    pub(super) fn add_all(&mut self, node: &Node) {
        match &node.value {
            Value::Scalar { text, .. } => self.add(text),
            Value::List(items) => items.iter().for_each(|item| self.add_all(item)),
            Value::Map(entries) => {
                for (key, value) in entries {
                    let key = key.text().unwrap_or_default();
                    self.switches |= key.contains(SWITCH);
                    self.moves |= matches!(
                        key,
                        "working-directory" | "working_directory" | "workingDirectory" | "dir"
                    );
                    self.add_all(value);
                }
            }
        }
    }

    /// What is built with a Go that they run with. `local` says whether that Go is one that does not
    /// switch unless it is told to.
    pub(super) fn builds(self, local: bool) -> Builds {
        match self {
            Commands { go: false, .. } | Commands { moves: true, .. } => Builds::Doubtful,
            Commands { switches: false, .. } if local => Builds::Fixed,
            _ => Builds::Switching,
        }
    }
}

/// Whether a text has a command of go that builds.
pub(super) fn runs_go(text: &str) -> bool {
    let begins = |at: usize| {
        let before = text[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
    };
    text.match_indices("go ").any(|(at, _)| {
        let rest = text[at + 3..].trim_start();
        begins(at) && GO.iter().any(|command| rest.starts_with(command))
    })
}

/// Whether commands go to another directory.
pub(super) fn moves(text: &str) -> bool {
    let mut parts = text.split(['\n', ';', '&', '(', '|']).map(str::trim_start);
    parts.any(|part| part.starts_with("cd ") || part.starts_with("pushd "))
        || text.contains("go -C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_of_go_are_words() {
        for text in [
            "go build ./...",
            "x && go  test",
            "CGO_ENABLED=0 go vet",
            "/usr/local/go/bin/go mod download",
        ] {
            assert!(runs_go(text), "{text}");
        }
        for text in [
            "cargo build",
            "go version",
            "go install x.org/x@v1",
            "my-go test",
            "golangci-lint run",
            "go ",
        ] {
            assert!(!runs_go(text), "{text}");
        }
        assert!(moves("set -e; cd x") && moves("(cd x && go test)") && moves("go -C x build"));
        assert!(!moves("abcd x"));
    }

    #[test]
    fn what_they_build_is_said_only_where_it_is_known() {
        let builds = |text: &str, local| {
            let mut commands = Commands::default();
            commands.add(text);
            commands.builds(local)
        };
        assert_eq!(builds("go build", true), Builds::Fixed);
        assert_eq!(builds("go build", false), Builds::Switching);
        assert_eq!(builds("GOTOOLCHAIN=auto go build", true), Builds::Switching);
        assert_eq!(builds("cd x; go build", true), Builds::Doubtful);
        assert_eq!(builds("make", true), Builds::Doubtful);
    }
}
