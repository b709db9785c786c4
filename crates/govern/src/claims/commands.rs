//! What the commands of a job or of a stage do with Go, as far as their text tells.

use super::Builds;
use super::switch::{SWITCH, Switch};
use super::yaml::{Node, Value};
use crate::repo::resolve;
use std::rc::Rc;

/// Commands of go that build or load the module in the working directory.
const GO: [&str; 10] = [
    "build",
    "install ./",
    "install .",
    "test",
    "vet",
    "mod ",
    "generate",
    "list",
    "run ./",
    "run .",
];

/// Programs that build nothing.
const QUIET: &str = " [ [[ addgroup adduser apk apt apt-get cat cd chmod chown clear cp curl date dnf done echo esac \
    exit export false fi find for git gofmt goimports grep groupadd head hostname id ls microdnf mkdir mv popd \
    printf pushd pwd rm set sleep sort tail tar test touch tr true umask uname unset unzip useradd wget which yum ";

/// Words before a command.
const BEFORE: &str = " ! { } do elif else env exec if sudo then time until while ";

/// What go does without a look at a module, where none of [`GO`] is said.
const QUIET_GO: &str = " clean env fmt help install telemetry version ";

/// Words after which the files are no longer those of the commit, or the module is another one.
const OTHER_FILES: [&str; 7] = [
    "go mod init",
    "go mod edit",
    "git checkout ",
    "git switch ",
    "git reset ",
    "git worktree ",
    "git clone ",
];

/// What commands do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Commands {
    /// Go builds, or loads modules.
    pub(super) go: bool,
    /// They go to another directory, where another module may be.
    pub(super) moves: bool,
    /// They make a module or take the files of another commit.
    pub(super) remakes: bool,
    /// They run programs that may build something.
    pub(super) others: bool,
    /// What they say about GOTOOLCHAIN.
    pub(super) switch: Switch,
}

impl Commands {
    /// Those of a text.
    pub(super) fn of(text: &str) -> Commands {
        let mut commands = Commands::default();
        commands.add(text);
        commands
    }

    /// Adds those of a text.
    pub(super) fn add(&mut self, text: &str) {
        self.go |= runs_go(text);
        self.moves |= moves(text);
        self.remakes |= OTHER_FILES.iter().any(|words| text.contains(words));
        self.others |= !is_quiet(text);
        self.switch = self.switch.and(Switch::of_text(text));
    }

    /// Adds those of every scalar in a node. The caller has paid for its weight.
    pub(super) fn add_all(&mut self, node: &Node) {
        match &node.value {
            Value::Scalar { text, .. } => self.add(text),
            Value::List(items) => items.iter().for_each(|item| self.add_all(item)),
            Value::Map(map) => {
                for (key, value) in map.entries() {
                    let key = key.text().unwrap_or_default();
                    if key == SWITCH {
                        self.switch = self.switch.and(Switch::of_node(value));
                    }
                    self.moves |= matches!(
                        key,
                        "working-directory" | "working_directory" | "workingDirectory" | "dir"
                    );
                    self.add_all(value);
                }
            }
        }
    }

    /// Those of steps that name their directory by `key`, and the directory in which those build that do. Where
    /// they build in several, or in one that is not known, they move. The caller has paid for their weight.
    pub(super) fn of_steps(steps: &[Rc<Node>], key: &str) -> (Commands, String) {
        let (mut all, mut built) = (Commands::default(), None);
        for step in steps {
            let mut own = Commands::default();
            let directory = own.add_step(step, key);
            if own.build_here() {
                own.moves = directory.is_none() || built.is_some() && built != directory;
                built = built.or(directory);
            }
            all.go |= own.go;
            all.moves |= own.moves;
            all.remakes |= own.remakes;
            all.others |= own.others;
            all.switch = all.switch.and(own.switch);
        }
        (all, built.unwrap_or_default())
    }

    /// Adds those of a step, which may have them in a map below `run`, and gives its directory, from the top;
    /// `None` if that is not known.
    fn add_step(&mut self, step: &Node, key: &str) -> Option<String> {
        let run = step.get("run").filter(|run| !run.entries().is_empty());
        let node = run.map_or(step, |run| run);
        if node.entries().is_empty() {
            self.add_all(node);
        }
        let mut directory = Some(String::new());
        for (name, value) in node.entries() {
            if name.text() == Some(key) {
                let plain = value.text().filter(|path| !path.contains(['$', '<', '~']));
                directory = plain.and_then(|path| resolve("", path));
            } else {
                self.add_all(value);
            }
        }
        directory
    }

    /// Whether they certainly build the module in the directory in which they begin.
    pub(super) fn build_here(self) -> bool {
        self.go && !self.moves && !self.remakes
    }

    /// Whether they may build something.
    pub(super) fn may_build(self) -> bool {
        self.go || self.others
    }

    /// What is built with a Go that they run with. `local` says whether that Go is one that does not
    /// switch unless it is told to.
    pub(super) fn builds(self, local: bool) -> Builds {
        match self.build_here() {
            true if self.switch.stays(local) => Builds::Fixed,
            true => Builds::Switching,
            false if self.may_build() => Builds::Doubtful,
            false => Builds::Unknown,
        }
    }
}

/// The directory of a claim about what is built in one: of an uncertain build none is known.
pub(super) fn in_directory(builds: Builds, directory: &str) -> String {
    let certain = builds >= Builds::Switching;
    if certain { directory.to_owned() } else { String::new() }
}

/// Whether a text has only commands that build nothing.
fn is_quiet(text: &str) -> bool {
    let is = |word: &str, of: &str| of.contains(&[" ", word, " "].concat());
    let assigns = |word: &str| word.split_once('=').is_some_and(|(name, _)| is_name(name));
    let quiet = |command: &str| {
        let words = command.split_whitespace().map(|word| word.trim_matches(['"', '\'']));
        let mut words = words.skip_while(|word| assigns(word) || is(word, BEFORE));
        match words.next() {
            Some("go") => words.next().is_none_or(|word| is(word, QUIET_GO)),
            Some(name) => name.starts_with('#') || is(name, QUIET),
            None => true,
        }
    };
    !text.contains(['`', '\\'])
        && !text.contains("$(")
        && text.split(['\n', ';', '&', '|', '(', ')']).all(quiet)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// Whether a text has a command of go that builds.
fn runs_go(text: &str) -> bool {
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
fn moves(text: &str) -> bool {
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
    fn steps_build_in_one_directory_or_move() {
        let steps = |text: &str| {
            let tree = super::super::yaml::load(text.as_bytes()).unwrap().unwrap();
            let (commands, directory) = Commands::of_steps(tree.items(), "wd");
            (commands.build_here(), directory)
        };
        for (text, here, directory) in [
            ("[{script: go test}]", true, ""),
            ("[{script: go test, wd: a/b}, {script: npm ci, wd: web}]", true, "a/b"),
            ("[checkout, {run: {command: go test, wd: ./a}}, {run: go version}]", true, "a"),
            ("[{script: go test, wd: a}, {script: go vet}]", false, "a"),
            ("[{script: go test, wd: $(top)/a}]", false, ""),
            ("[{script: go test, wd: ../a}]", false, ""),
            ("[{script: cd b; go test, wd: a}]", false, ""),
            ("[{script: make, wd: a}]", false, ""),
        ] {
            assert_eq!(steps(text), (here, directory.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_they_build_is_said_only_where_it_is_known() {
        let builds = |text: &str, local| Commands::of(text).builds(local);
        assert_eq!(builds("go build", true), Builds::Fixed);
        assert_eq!(builds("go build", false), Builds::Switching);
        assert_eq!(builds("GOTOOLCHAIN=auto go build", true), Builds::Switching);
        assert_eq!(builds("GOTOOLCHAIN=local go build", false), Builds::Fixed);
        for text in [
            "cd x; go build",
            "make",
            "make -C e2e test",
            "hugo",
            "go mod init hello && go build",
            "git clone https://x.org/x && go build",
            "git checkout release-1.24; go test",
            "echo $(make)",
            "if make; then echo y; fi",
            "go run x.org/mage@v1 build",
            "./build.sh",
        ] {
            assert_eq!(builds(text, true), Builds::Doubtful, "{text}");
        }
        for text in [
            "gofmt -l .",
            "go install x.org/x@v1",
            "X=1 go version; # make",
            "apt-get update && apt-get install -y git",
            "set -e\nif [ -f x ]; then echo y; fi\n",
            "",
        ] {
            assert_eq!(builds(text, true), Builds::Unknown, "{text}");
        }
    }
}
