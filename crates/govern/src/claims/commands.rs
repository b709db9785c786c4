//! What the commands of a job or of a stage do with Go, as far as their text tells.

mod shell;

use super::Builds;
use super::switch::{SWITCH, Switch};
use super::yaml::{Node, Value};
use crate::repo::resolve;
use shell::Command;
use std::rc::Rc;

/// The programs that are the Go of the job: the one that is set up, or the one of an image.
const GO: [&str; 2] = ["go", "/usr/local/go/bin/go"];

/// Commands of go that build or load the module in the working directory.
const BUILDS: [&str; 5] = ["build", "test", "vet", "generate", "list"];

/// Programs that build nothing.
const QUIET: &str = " [ [[ addgroup adduser apk apt apt-get cat cd chmod chown clear cp curl date dnf done echo esac \
    exit export false fi find for git gofmt goimports grep groupadd head hostname id ls microdnf mkdir mv popd \
    printf pushd pwd rm set sleep sort tail tar test touch tr true umask uname unset unzip useradd wget which yum ";

/// Commands that go to another directory.
const MOVES: [&str; 5] = ["cd", "pushd", "chdir", "Set-Location", "Push-Location"];

/// Words by which a program of [`QUIET`] runs another one.
const RUNS: [&str; 6] = ["-exec", "-execdir", "-ok", "-okdir", "foreach", "bisect"];

/// Words before a command.
const BEFORE: &str = " ! { } do elif else env exec if sudo then time until while ";

/// What go does without a look at a module, where it does not build.
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
    /// Go certainly builds, or loads modules.
    pub(super) go: bool,
    /// They go to another directory, where another module may be.
    pub(super) moves: bool,
    /// They make a module or take the files of another commit.
    pub(super) remakes: bool,
    /// They run programs that may build something, also with another Go.
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
        for command in &shell::split(text) {
            self.go |= builds(command);
            self.moves |= moves(command);
            self.others |= !is_quiet(command);
        }
        self.remakes |= OTHER_FILES.iter().any(|words| text.contains(words));
        self.switch = self.switch.and(Switch::of_text(text));
    }

    /// Adds those of every scalar in a node. The caller has paid for its weight.
    pub(super) fn add_all(&mut self, node: &Node) {
        match &node.value {
            Value::Scalar { text, .. } => self.add(text),
            Value::List(items) => items.iter().for_each(|item| self.add_all(item)),
            Value::Map(map) => {
                for (key, value) in map.entries() {
                    self.add_entry(key.text().unwrap_or_default(), value);
                }
            }
        }
    }

    fn add_entry(&mut self, key: &str, value: &Node) {
        if matches!(key, "name" | "displayName") {
            // Words for people, or the image that runs: no command of this Go.
            let mut named = Commands::default();
            named.add_all(value);
            self.others |= named.may_build();
            return;
        }
        if key == SWITCH {
            self.switch = self.switch.and(Switch::of_node(value));
        }
        self.moves |=
            matches!(key, "working-directory" | "working_directory" | "workingDirectory" | "dir");
        self.add_all(value);
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
            } else if let Some(name) = name.text() {
                self.add_entry(name, value);
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

/// A command behind words of the shell and variables, and whether it runs as it stands: `sudo` has a PATH of
/// its own, and after `!` a failure is wanted.
fn bare(command: &Command) -> (&[String], bool) {
    let before = |word: &&String| assigns(word) || is(word, BEFORE);
    let count = command.words.iter().take_while(before).count();
    let (before, words) = command.words.split_at(count);
    (words, !before.iter().any(|word| matches!(word.as_str(), "sudo" | "!")))
}

fn is(word: &str, of: &str) -> bool {
    !word.contains(' ') && of.contains(&[" ", word, " "].concat())
}

fn assigns(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| is_name(name))
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// What go is told, if a command is one of go.
fn of_go(words: &[String]) -> Option<&[String]> {
    let (name, arguments) = words.split_first()?;
    GO.contains(&name.as_str()).then_some(arguments)
}

/// Whether a command builds nothing.
fn is_quiet(command: &Command) -> bool {
    let (words, _) = bare(command);
    let runs = |word: &String| RUNS.contains(&word.as_str());
    let quiet = match (of_go(words), words) {
        (Some(arguments), _) => arguments.first().is_none_or(|word| is(word, QUIET_GO)),
        (None, [name, arguments @ ..]) => is(name, QUIET) && !arguments.iter().any(runs),
        (None, []) => true,
    };
    quiet && !command.nests
}

/// Whether a command is one of the Go of the job, and builds.
fn builds(command: &Command) -> bool {
    let (words, as_it_stands) = bare(command);
    let Some(arguments) = of_go(words).filter(|_| as_it_stands) else { return false };
    let behind = match arguments.first() {
        Some(word) if is_directory_flag(word) => {
            if word.contains('=') {
                1
            } else {
                2
            }
        }
        _ => 0,
    };
    let Some([name, rest @ ..]) = arguments.get(behind..) else { return false };
    match name.as_str() {
        "mod" => !rest.is_empty(),
        "install" => rest.is_empty() || is_of_here(rest),
        "run" => is_of_here(rest),
        name => BUILDS.contains(&name),
    }
}

/// Whether `go install` or `go run` gets packages of the working directory, and not of a version.
fn is_of_here(arguments: &[String]) -> bool {
    let here = |word: &str| word == "." || word.starts_with("./");
    let named = arguments.iter().find(|word| here(word) || word.contains('@'));
    named.is_some_and(|word| here(word))
}

/// Whether a command goes to another directory, for others or for itself.
fn moves(command: &Command) -> bool {
    let (words, _) = bare(command);
    let Some(arguments) = of_go(words) else {
        return words.first().is_some_and(|name| MOVES.contains(&name.as_str()));
    };
    // It has to be the first flag. Some commands have two words.
    let is_pair = arguments.first().is_some_and(|word| matches!(word.as_str(), "mod" | "work"));
    let flag =
        arguments.iter().take(if is_pair { 3 } else { 2 }).find(|word| word.starts_with('-'));
    flag.is_some_and(|word| is_directory_flag(word))
}

/// `-C dir`, `-C=dir`, each with one dash or two.
fn is_directory_flag(word: &str) -> bool {
    let name = word.split('=').next().unwrap_or_default();
    matches!(name, "-C" | "--C")
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
            "X=\"a b\" env Y='c' go vet",
            "/usr/local/go/bin/go mod download",
            "go test $(go list ./... | grep -v x) 2>&1 | tee log",
            "GOOS=linux \\\n  go build",
            "if go vet; then :; fi",
            "go install -ldflags '-s -w' ./cmd/x",
            "go install",
            "go run -race . x.org/y@v1",
        ] {
            assert!(Commands::of(text).go, "{text}");
        }
        for text in [
            "cargo build",
            "go version",
            "go install x.org/x@v1",
            "go run x.org/x@v1 ./...",
            "my-go test",
            "golangci-lint run",
            "go ",
        ] {
            assert!(!Commands::of(text).go, "{text}");
        }
    }

    #[test]
    fn a_flag_of_go_names_another_directory() {
        for text in [
            "set -e; cd x; go vet",
            "(cd x && go test)",
            "go -C x build",
            "go test -C ./x ./...",
            "go test -C=x",
            "go vet --C x",
            "go build --C=x .",
            "go mod tidy -C x",
        ] {
            let commands = Commands::of(text);
            assert!(commands.moves, "{text}");
            assert_eq!(commands.builds(true), Builds::Doubtful, "{text}");
        }
        for text in
            ["abcd x", "go run . -C x", "go test -count=1 -C x", "make -C x", "git -C x log"]
        {
            assert!(!Commands::of(text).moves, "{text}");
        }
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
            // Another Go, or one of another PATH.
            "docker run -v $PWD:/m golang:1.24 go test ./...",
            "python build.py --cmd \"go build\"",
            "/usr/lib/go-1.24/bin/go build",
            "sudo go test ./...",
            "bash -c 'go build'",
            "bash <<E\ngo build\nE",
            "find . -name x -exec go build {} +",
            "git submodule foreach go test ./...",
            // It has to fail.
            "! go build",
        ] {
            assert_eq!(builds(text, true), Builds::Doubtful, "{text}");
        }
        for text in [
            "gofmt -l .",
            "go install x.org/x@v1",
            "X=1 go version; # make",
            "apt-get update && apt-get install -y git",
            "set -e\nif [ -f x ]; then echo y; fi\n",
            "# then run: go build\ngo version",
            "echo \"run go mod tidy\"",
            "cat <<'E' > x.sh\ngo test ./...\nE\n",
            "git commit -m 'go build'",
            "X=$(git describe)",
            "",
        ] {
            assert_eq!(builds(text, true), Builds::Unknown, "{text}");
        }
    }
}
