//! What the commands of a job or of a stage do with Go, as far as their text tells.

mod files;
mod go;
mod place;
mod shell;

use super::Builds;
use super::switch::{SWITCH, Switch};
use super::uses::{Hint, Use};
use super::yaml::{Node, Value};
use crate::here_documents;
use crate::repo::resolve;
use go::Asks;
use place::Goes;
use shell::Command;
use std::rc::Rc;

/// The programs that are the Go of the job: the one that is set up, or the one of an image.
const GO: [&str; 2] = ["go", "/usr/local/go/bin/go"];

/// Programs that build nothing.
const QUIET: &str = " [ [[ addgroup adduser apk apt apt-get cat cd chmod chown clear cp curl date dnf done echo esac \
    exit export false fi find for git gofmt goimports grep groupadd head hostname id ls microdnf mkdir mv popd \
    printf pushd pwd rm set sleep sort tail tar test touch tr true umask uname unset unzip useradd wget which yum ";

/// Words by which a program of [`QUIET`] runs another one.
const RUNS: [&str; 6] = ["-exec", "-execdir", "-ok", "-okdir", "foreach", "bisect"];

/// Words before a command.
const BEFORE: &str = " ! { } do elif else env exec if sudo then time until while ";

/// The longest command that a hint repeats, in characters.
const LONGEST: usize = 24;

/// What commands do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Commands {
    /// What the surest command of go looks at that runs in the directory in which they begin, and on the files
    /// that are there.
    here: Option<Here>,
    /// Go certainly builds, or loads modules, wherever.
    pub(super) go: bool,
    /// They have gone to another directory, where another module may be.
    moves: bool,
    /// They make a module or take the files of another commit.
    pub(super) remakes: bool,
    /// They build in several directories, or in one that is not known.
    spread: bool,
    /// They go to the top of the files before they build.
    pub(super) top: bool,
    /// They run programs that may build something, also with another Go.
    pub(super) others: bool,
    /// What the commands that build say about GOTOOLCHAIN.
    near: Switch,
    /// What all of them say about it for others.
    pub(super) around: Switch,
    /// Why it is not certain what they build.
    pub(super) why: Option<Hint>,
    /// Where they have gone to another directory, or to other files.
    pub(super) away: Option<Hint>,
}

/// What a command looks at that builds here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Here {
    /// The go.mod alone.
    Module,
    /// The go.work as well.
    All,
}

impl Commands {
    /// Those of a text that begins in this line of its file.
    pub(super) fn of(text: &str, line: u32) -> Commands {
        let mut commands = Commands::default();
        commands.add(text, line);
        commands
    }

    /// Adds those of a text that begins in this line.
    pub(super) fn add(&mut self, text: &str, line: u32) {
        for command in &shell::split(text) {
            self.add_command(command, line.saturating_add(command.line));
        }
        // A function runs where it is called.
        if text.contains("()") && (self.moves || self.remakes) && self.here.take().is_some() {
            self.why = self.why.take().or_else(|| self.away.clone());
        }
        // The text of a here-document may be written where others read it.
        let lines = here_documents::lines(text.as_bytes()).zip(line..);
        for ((text, _), line) in lines.filter(|((_, is_text), _)| *is_text) {
            let said = Switch::of_text(&String::from_utf8_lossy(text), line);
            self.around = self.around.and(&said);
        }
    }

    fn add_command(&mut self, command: &Command, line: u32) {
        let (before, words) = bare(command);
        let hint = |begin: &str, end: &str| Some(hint(line, begin, words, end));
        if sets(words) {
            let said = Switch::of_words(command.words.iter(), line);
            self.around = self.around.and(&said);
        }
        if let Some(arguments) = of_go(words) {
            self.add_go(command, arguments, line);
        } else if !is_quiet(words) || command.nests {
            self.other(hint("not seen: what ", " builds"));
        }
        let exports = words.is_empty() || words.first().is_some_and(|word| word == "export");
        let turned = || before.iter().chain(words).any(|word| files::turns(word));
        if files::changes(words) || exports && turned() {
            self.remakes = true;
            self.away = self.away.take().or_else(|| hint("other files after ", ""));
        }
        match place::of_shell(words) {
            Goes::Nowhere => {}
            Goes::Top if self.here.is_none() => {
                (self.top, self.moves) = (true, false);
                self.away = self.away.take().filter(|_| self.remakes);
            }
            _ => {
                self.moves = true;
                self.away = self.away.take().or_else(|| hint("elsewhere after ", ""));
            }
        }
    }

    /// Adds a command of go.
    fn add_go(&mut self, command: &Command, arguments: &[String], line: u32) {
        let (before, words) = bare(command);
        let hint = |begin: &str, end: &str| Some(hint(line, begin, words, end));
        let turned = before.iter().any(|word| files::turns(word));
        let asks = if turned { Asks::Other } else { go::asks(arguments) };
        if asks == Asks::Nothing {
            self.others |= command.nests;
            return;
        }
        if asks == Asks::Other {
            return self.other(hint("not known: what ", " builds"));
        }
        let goes = go::directory(arguments).map_or(Goes::Nowhere, place::of);
        // `sudo` has a PATH of its own, and after `!` a failure is wanted.
        let fails = before.iter().any(|word| matches!(word.as_str(), "sudo" | "!"));
        let why = match goes {
            _ if fails || command.may_fail => hint("", " may fail, or run another Go"),
            Goes::Nowhere => self.away.clone(),
            _ => hint("elsewhere by ", ""),
        };
        // What stands before a command is for it alone.
        let near = Switch::of_words(before.iter().filter(|word| assigns(word)), line);
        self.build(asks, near, why);
    }

    /// Adds a command that may build something.
    fn other(&mut self, why: Option<Hint>) {
        self.others = true;
        self.why = self.why.take().or(why);
    }

    /// Adds a command that builds; `why` says why it is not certain that it is the module here.
    fn build(&mut self, asks: Asks, near: Switch, why: Option<Hint>) {
        self.go = true;
        if self.moves || self.remakes || why.is_some() {
            return self.other(why);
        }
        let here = if asks == Asks::All { Here::All } else { Here::Module };
        self.here = self.here.max(Some(here));
        self.near = self.near.and(&near);
    }

    /// Adds a build that is no command of a text, of the module here.
    pub(super) fn build_here(&mut self) {
        self.build(Asks::All, Switch::default(), self.away.clone());
    }

    /// Adds those of every scalar in a node. The caller has paid for its weight.
    pub(super) fn add_all(&mut self, node: &Node) {
        match &node.value {
            Value::Scalar { text, .. } => self.add(text, node.line),
            Value::List(items) => items.iter().for_each(|item| self.add_all(item)),
            Value::Map(map) => {
                map.entries().iter().for_each(|(key, _)| self.goes_by(key));
                for (key, value) in map.entries() {
                    self.add_entry(key.text().unwrap_or_default(), value);
                }
            }
        }
    }

    /// Takes the key by which a step names its directory.
    fn goes_by(&mut self, key: &Node) {
        const KEYS: [&str; 4] =
            ["working-directory", "working_directory", "workingDirectory", "dir"];
        if key.text().is_some_and(|key| KEYS.contains(&key)) {
            self.moves = true;
            let words = "elsewhere by this".to_owned();
            self.away = self.away.take().or(Some(Hint { line: key.line, words }));
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
            self.around = self.around.and(&Switch::of_node(value));
        }
        self.add_all(value);
    }

    /// Those of steps that name their directory by `key`, and the directory in which those build that do. Where
    /// they build in several, or in one that is not known, nothing is certain. The caller has paid for their weight.
    pub(super) fn of_steps(steps: &[Rc<Node>], key: &str) -> (Commands, String) {
        let (mut all, mut built) = (Commands::default(), None);
        for step in steps {
            let mut own = Commands { away: all.away.clone(), ..Commands::default() };
            own.remakes = all.remakes;
            let directory = own.add_step(step, key);
            let directory = if own.top { Some(String::new()) } else { directory };
            if own.here.is_some() {
                all.spread |= directory.is_none() || built.is_some() && built != directory;
                built = built.or(directory);
            }
            if own.remakes {
                all.away = all.away.or(own.away);
            }
            all.here = all.here.max(own.here);
            all.go |= own.go;
            all.remakes |= own.remakes;
            all.others |= own.others;
            all.near = all.near.and(&own.near);
            all.around = all.around.and(&own.around);
            all.why = all.why.or(own.why);
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
            } else if let Some(text) = name.text() {
                self.goes_by(name);
                self.add_entry(text, value);
            } else {
                self.add_all(value);
            }
        }
        directory
    }

    /// Whether they certainly build the module in the directory in which they begin.
    pub(super) fn are_sure(&self) -> bool {
        self.here.is_some() && !self.spread
    }

    /// Whether what they build here looks at the go.mod alone.
    pub(super) fn are_alone(&self) -> bool {
        self.here == Some(Here::Module)
    }

    /// Whether they may build something.
    pub(super) fn may_build(&self) -> bool {
        self.go || self.others
    }

    /// What they and what stands around them say about GOTOOLCHAIN.
    pub(super) fn switch(&self) -> Switch {
        self.near.or(&self.around)
    }

    /// What is built with a Go that they run with. `local` says whether that Go is one that does not
    /// switch unless it is told to, and `around` what is said of GOTOOLCHAIN where they say nothing.
    pub(super) fn builds(&self, local: bool, around: &Switch) -> Use {
        if self.are_sure() {
            let built = self.switch().or(around).built(local);
            return Use { alone: self.are_alone(), ..built };
        }
        let builds = if self.may_build() { Builds::Doubtful } else { Builds::Unknown };
        Use { why: self.why.clone(), ..Use::from(builds) }
    }
}

/// The words of a command behind those of the shell and variables, and these.
fn bare(command: &Command) -> (&[String], &[String]) {
    let before = |word: &&String| assigns(word) || is(word, BEFORE);
    let count = command.words.iter().take_while(before).count();
    command.words.split_at(count)
}

/// A hint that repeats a command. An excerpt has no room for a long one.
fn hint(line: u32, begin: &str, words: &[String], end: &str) -> Hint {
    Hint { line, words: [begin, &quoted(words), end].concat() }
}

/// The first words of a command.
fn quoted(words: &[String]) -> String {
    let all = words.join(" ");
    let mut chars = all.chars().map(|c| if c.is_whitespace() { ' ' } else { c });
    let mut text: String = chars.by_ref().take(LONGEST).collect();
    if chars.next().is_some() {
        text.push_str(" …");
    }
    ["`", &text, "`"].concat()
}

fn is(word: &str, of: &str) -> bool {
    !word.contains(' ') && of.contains(&[" ", word, " "].concat())
}

fn assigns(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| is_name(name))
}

/// Whether a command, behind what it assigns, sets variables for those that follow.
fn sets(words: &[String]) -> bool {
    let Some((name, rest)) = words.split_first() else { return true };
    let writes = || rest.iter().any(|word| word.contains("_ENV") || word.contains("setvariable"));
    match name.as_str() {
        "declare" | "export" | "set" | "setx" | "unset" => true,
        "echo" | "printf" | "Write-Output" | "Write-Host" => writes(),
        "go" => {
            rest.first().is_some_and(|word| word == "env") && rest.iter().any(|word| word == "-w")
        }
        name => name.starts_with("$env:") || name.starts_with('>'),
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// What go is told, if a command is one of go.
fn of_go(words: &[String]) -> Option<&[String]> {
    let (name, arguments) = words.split_first()?;
    GO.contains(&name.as_str()).then_some(arguments)
}

/// Whether a program builds nothing.
fn is_quiet(words: &[String]) -> bool {
    let runs = |word: &String| RUNS.contains(&word.as_str());
    let Some((name, arguments)) = words.split_first() else { return true };
    is(name, QUIET) && !arguments.iter().any(runs)
}

#[cfg(test)]
#[path = "commands_tests.rs"]
mod tests;
