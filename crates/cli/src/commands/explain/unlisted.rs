//! A `go.work` that does not list the module here: every Go from 1.18 on then refuses to name its
//! packages (`cmd/go/internal/modload/load.go`, `resolveLocalPackage`).

use super::cures::{Cure, place};
use super::members::{Command, Workspace};
use crate::paths::Near;
use goward_gomod::{File, Rules};
use goward_govern::go::WITH_VALUE;
use goward_resolver::{Host, Kind, Origin, Os, Plan, Survey, Version, path};

/// Flags of single commands whose value is the next argument.
const OF_COMMANDS: [&str; 27] = [
    "C",
    "o",
    "exec",
    "f",
    "reuse",
    "run",
    "skip",
    "vettool",
    "vet",
    "bench",
    "benchtime",
    "blockprofile",
    "blockprofilerate",
    "count",
    "coverprofile",
    "cpu",
    "cpuprofile",
    "fuzz",
    "fuzztime",
    "fuzzminimizetime",
    "list",
    "memprofile",
    "memprofilerate",
    "mutexprofile",
    "outputdir",
    "parallel",
    "timeout",
];

/// The refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::commands) struct Unlisted {
    /// The first line of the `go.work` that lists a member; 0 if it has none.
    work: Origin,
    /// The module's `go.mod`.
    module: Vec<u8>,
}

/// Go's refusal of `command`, by a Go of the version `running`.
pub(super) fn of(
    here: &Survey<'_>,
    plan: Option<&Plan>,
    running: &Version,
    command: Command,
) -> Option<Unlisted> {
    let arguments: &[&[u8]] = match command {
        Command::Asked => here.chain.invocation.arguments(),
        Command::Build => &[b"build"],
    };
    // Go loads the workspace for `fix` since it looks for packages there.
    let asked = here.loads_workspace() || command == Command::Build;
    if !asked && !arguments.starts_with(&[b"fix"]) {
        return None;
    }
    let host = here.chain.env().host();
    let patterns = patterns(host.os(), arguments, running)?;
    let workspace = Workspace::read(here)?;
    let own = here.chain.directory.as_deref()?;
    let goroot = plan.and_then(|plan| plan.target.as_ref()?.goroot.as_deref());
    let module = patterns.iter().find_map(|directory| {
        let place = path::absolute(host.os(), own, directory);
        let is_of_go = |goroot: &[u8]| path::is_within(host.os(), &place, goroot);
        if goroot.is_some_and(is_of_go) {
            return None;
        }
        unlisted(&workspace, host, &place)
    })?;
    let line = workspace.file.uses.first().map_or(0, |member| member.place.start.line);
    Some(Unlisted { work: Origin { line, ..workspace.origin }, module })
}

/// The `go.mod` of the module that holds `place`, if Go does not know it there.
fn unlisted(workspace: &Workspace, host: &dyn Host, place: &[u8]) -> Option<Vec<u8>> {
    let os = host.os();
    let is_file = |path: &Vec<u8>| !matches!(host.kind(path), Kind::Absent | Kind::Directory);
    let module = path::ancestors(os, place).map(|dir| path::join(os, dir, "go.mod"));
    let module = { module }.find(is_file)?;
    let directory = path::parent(os, &module)?;
    // Go compares the paths as text, and does not look through links.
    let knows = |member: Vec<u8>| path::same_text(os, &member, directory);
    // A module of the module cache has its version in the path.
    let apart = directory.contains(&b'@');
    let known = apart || workspace.members(host).any(knows);
    (!known && !is_replacement(workspace, host, directory)).then_some(module)
}

/// Whether the workspace replaces a module by `directory`: Go then knows its packages, if the module is
/// required, which goward does not find out.
fn is_replacement(workspace: &Workspace, host: &dyn Host, directory: &[u8]) -> bool {
    let os = host.os();
    let among = |file: &File, dir: &[u8]| {
        let local = file.replace.iter().filter(|replace| replace.new.version.is_empty());
        let mut local = local.map(|replace| path::absolute(os, dir, replace.new.path.as_bytes()));
        local.any(|dir| path::same_text(os, &dir, directory))
    };
    let root = path::parent(os, &workspace.origin.path).unwrap_or_default();
    among(&workspace.file, root)
        || workspace.near(host).into_iter().any(|(path, text)| {
            let file = File::parse(text.bytes, Rules::building());
            let dir = path::parent(os, &path).unwrap_or_default();
            file.is_ok_and(|file| among(&file, dir))
        })
}

/// The directories whose packages the command names; `None` where Go does not look for their module.
fn patterns<'a>(os: Os, arguments: &[&'a [u8]], running: &Version) -> Option<Vec<&'a [u8]>> {
    let (command, rest) = arguments.split_first()?;
    let since = match *command {
        b"build" | b"install" | b"list" | b"run" | b"test" | b"vet" => "1.18",
        b"generate" => "1.22",
        // Go 1.23.2 does not refuse these two, and 1.27.3 does.
        b"doc" | b"fix" => "1.27",
        _ => return None,
    };
    if Version::parse(since).is_none_or(|since| *running < since) {
        return None;
    }
    let spelt = |flag: &[u8]| rest.iter().any(|argument| flag_name(argument) == Some(flag));
    if *command == b"list" && (spelt(b"m") || spelt(b"e")) {
        return None;
    }
    let words = words(rest);
    let of_run = *command == b"run";
    match words.as_slice() {
        [] if of_run => None,
        [] => Some(vec![b"."]),
        _ if *command == b"doc" => None,
        // Files are a package of their own.
        [first, ..] if first.ends_with(b".go") => None,
        [first, ..] if of_run => Some(directory(os, first).into_iter().collect()),
        words => Some(words.iter().filter_map(|word| directory(os, word)).collect()),
    }
}

/// The arguments that are no flags, and no values of flags.
fn words<'a>(arguments: &[&'a [u8]]) -> Vec<&'a [u8]> {
    let (mut words, mut arguments) = (Vec::new(), arguments.iter());
    while let Some(argument) = arguments.next() {
        match flag_name(argument) {
            // The rest belongs to the test.
            Some(b"args") => break,
            Some(name) => {
                if takes_a_value(name) && !argument.contains(&b'=') {
                    arguments.next();
                }
            }
            None => words.push(*argument),
        }
    }
    words
}

/// Whether the value of that flag is the next argument, if it has no `=`.
pub(super) fn takes_a_value(name: &[u8]) -> bool {
    WITH_VALUE.iter().chain(&OF_COMMANDS).any(|flag| flag.as_bytes() == name)
}

/// The name of a flag, without its dashes and its value.
pub(super) fn flag_name(argument: &[u8]) -> Option<&[u8]> {
    let name = argument.strip_prefix(b"-")?;
    let name = name.strip_prefix(b"-").unwrap_or(name);
    name.split(|byte| *byte == b'=').next()
}

/// The directory of an argument that names packages by their directory; others name them by their
/// paths. Behind the directory, `...` names those below, too: Go looks for the module all the same.
fn directory(os: Os, word: &[u8]) -> Option<&[u8]> {
    let is_local = matches!(word, b"." | b"..")
        || word.starts_with(b"./")
        || word.starts_with(b"../")
        || path::is_absolute(os, word);
    let dots = word.windows(3).position(|three| three == b"...");
    let end = dots.map_or(word.len(), |dots| {
        word[..dots].iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash.max(1))
    });
    is_local.then(|| &word[..end])
}

impl Unlisted {
    /// The reason, with paths as they look from there.
    pub(super) fn because(&self, near: &Near) -> String {
        let (work, module) = (place(&self.work, &near.show(&self.work.path)), &self.module);
        let module = near.show(module);
        if self.work.line == 0 {
            format!("{work} lists no module, and so not that of {module}")
        } else {
            format!("the list in {work} leaves out the module of {module}")
        }
    }

    /// The list that leaves the module out.
    pub(super) fn against(&self, near: &Near) -> (String, String) {
        let module = near.show(&self.module);
        (place(&self.work, &near.show(&self.work.path)), format!("leaves out {module}"))
    }

    /// The commands that list the module, or leave the workspace alone.
    pub(super) fn cures(&self, near: &Near) -> Vec<Cure> {
        let (word, file) = (near.word_above(&self.module), near.show(&self.work.path));
        let list = Cure {
            command: format!("go work use {word}"),
            effect: format!("adds the module to {file}"),
        };
        let effect = "in this shell: builds the module here alone";
        let alone = Cure { command: "export GOWORK=off".to_owned(), effect: effect.to_owned() };
        vec![list, alone]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directories_that_a_command_names() {
        let named = |line: &str, running: &str| {
            let words: Vec<&[u8]> = line.split(' ').map(str::as_bytes).collect();
            let found = patterns(Os::Linux, &words, &Version::parse(running).unwrap())?;
            let text = |dir: &&[u8]| String::from_utf8_lossy(dir).into_owned();
            Some(found.iter().map(text).collect::<Vec<_>>().join(" "))
        };
        for (line, expected) in [
            ("build", Some(".")),
            ("build -o x -v", Some(".")),
            ("build ./... ../a /b/x", Some(". ../a /b/x")),
            ("build ./x...", Some(".")),
            ("test -run X ./a -args ./b", Some("./a")),
            ("build -tags=a fmt", Some("")),
            ("build main.go", None),
            ("run ./a ./b", Some("./a")),
            ("run", None),
            ("list -m", None),
            ("list --e=true", None),
            ("mod tidy", None),
            ("doc fmt", None),
        ] {
            assert_eq!(named(line, "1.27.3").as_deref(), expected, "{line}");
        }
        for (line, first) in
            [("generate", "1.22"), ("fix", "1.27"), ("doc", "1.27"), ("vet", "1.18")]
        {
            assert_eq!(named(line, first).as_deref(), Some("."), "{line}");
            assert_eq!(named(line, "1.17"), None, "{line}");
        }
    }
}
