//! What a stage of a Dockerfile builds: the module that it has the files of, and the Go that it runs.

use super::lines::Instruction;
use crate::claims::commands::Commands;
use crate::claims::switch::Switch;
use crate::claims::{Builds, Use, Uses};
use crate::repo::{Repository, name_of, resolve};

/// The longest path in an image that is followed, in bytes.
const LONGEST: usize = 512;

/// The repository, and the directory of a Dockerfile, which is taken for the build's context.
#[derive(Clone, Copy)]
pub(super) struct Context<'f> {
    pub(super) repository: &'f Repository,
    pub(super) directory: &'f str,
}

/// Which files of the repository a stage has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Copied {
    /// None that Go builds.
    #[default]
    Nothing,
    /// Some, and perhaps not those of a module.
    Part,
    /// Those of the module in or above this directory.
    Module(String),
    /// Those of several modules.
    Several,
}

/// A stage, up to an instruction. One that begins with another stage begins as that one ends.
#[derive(Clone, Default)]
pub(super) struct Stage {
    copied: Copied,
    /// The directory of the module in the image.
    home: String,
    /// The working directory.
    at: String,
    /// What holds of GOTOOLCHAIN.
    switch: Switch,
}

impl Stage {
    /// Takes an instruction, and returns what it builds. `local` says whether its Go does not switch unless it
    /// is told to.
    pub(super) fn take(
        &mut self,
        of: Context<'_>,
        line: &Instruction,
        local: bool,
    ) -> Option<Uses> {
        match line.name.as_str() {
            "ENV" | "ARG" => {
                self.switch = Switch::of_text(&line.text, line.line()).or(&self.switch)
            }
            "WORKDIR" => self.at = joined(&self.at, line.text.trim()),
            "COPY" | "ADD" => self.copy(of, line),
            "RUN" => return self.run(of, line, local),
            _ => {}
        }
        None
    }

    fn copy(&mut self, of: Context<'_>, line: &Instruction) {
        let words: Vec<String> = line.words().map(|word| bare(&word.text)).collect();
        if words.iter().any(|word| word.starts_with("--from=")) {
            return;
        }
        let paths: Vec<&String> = words.iter().filter(|word| !word.starts_with("--")).collect();
        if let Some((target, sources)) = paths.split_last() {
            sources.iter().for_each(|source| self.add(of, source, target));
        }
    }

    fn run(&mut self, of: Context<'_>, line: &Instruction, local: bool) -> Option<Uses> {
        let mut text = line.text.trim();
        while let Some(flag) = text.split_whitespace().next().filter(|word| word.starts_with("--"))
        {
            text = text[flag.len()..].trim_start();
            let mount = flag.strip_prefix("--mount=").filter(|mount| mount.contains("type=bind"));
            let option = |names: &[&str]| {
                let mut options = mount?.split(',').filter_map(|option| option.split_once('='));
                options.find(|(name, _)| names.contains(name)).map(|(_, value)| bare(value))
            };
            if mount.is_some() && option(&["from"]).is_none() {
                let source = option(&["source", "src"]).unwrap_or_else(|| ".".to_owned());
                let target = option(&["target", "dst", "destination"]).unwrap_or_default();
                self.add(of, &source, &target);
            }
        }
        // Its lines have become one.
        let commands = Commands::of(text, line.line());
        let around = self.switch.clone();
        if text.contains("go env -w") {
            self.switch = commands.around.or(&around);
        }
        let doubtful = || {
            let why = commands.why.clone();
            Uses::one(Use { why, ..Builds::Doubtful.into() }, of.directory)
        };
        let built = match &self.copied {
            Copied::Nothing => None,
            Copied::Module(directory) if commands.are_sure() && !commands.top => {
                let below = below(&self.at, &self.home).and_then(|path| resolve(directory, path));
                let built = commands.builds(local, &around);
                Some(below.map_or_else(doubtful, |directory| Uses::one(built, &directory)))
            }
            _ => commands.may_build().then(doubtful),
        };
        if commands.remakes && matches!(self.copied, Copied::Module(_)) {
            self.copied = Copied::Part;
        }
        built
    }

    /// Adds what is copied from the context.
    fn add(&mut self, of: Context<'_>, source: &str, target: &str) {
        let whole = resolve("", source.trim_start_matches('/')).is_some_and(|path| path.is_empty());
        let new = if whole { Copied::Module(of.directory.to_owned()) } else { of.source(source) };
        let home = match name_of(target) {
            "go.mod" | "go.work" => {
                joined(&self.at, &target[..target.len() - name_of(target).len()])
            }
            _ => joined(&self.at, target),
        };
        let old = std::mem::take(&mut self.copied);
        self.copied = match (old, new) {
            (Copied::Several, _) if !whole => Copied::Several,
            (Copied::Module(old), Copied::Module(new)) if !whole && old != new => Copied::Several,
            (_, Copied::Module(new)) => {
                self.home = home;
                Copied::Module(new)
            }
            (old, Copied::Nothing) | (old @ Copied::Module(_), _) => old,
            (_, new) => new,
        };
    }
}

impl Context<'_> {
    /// What a path of the context has in it.
    fn source(self, path: &str) -> Copied {
        let name = name_of(path);
        let module = matches!(name, "go.mod" | "go.work" | "go.*" | "*" | "go.mod*");
        let directory = if module { &path[..path.len() - name.len()] } else { path };
        if module && matches!(directory, "" | "./" | "/") {
            return Copied::Module(self.directory.to_owned());
        }
        // The context may be the top as well.
        let mut all = [self.directory, ""].into_iter().filter_map(|context| {
            let directory = resolve(context, directory.trim_start_matches('/'))?;
            let file =
                [&*directory, if directory.is_empty() { "go.mod" } else { "/go.mod" }].concat();
            self.repository.has_file(&file).then_some(directory)
        });
        if let Some(directory) = all.next() {
            return Copied::Module(directory);
        }
        let of_go = ["go", "mod", "sum", "work"];
        let other = name.rsplit_once('.').is_some_and(|(name, end)| {
            !name.is_empty() && !of_go.contains(&end) && !path.contains(['$', '*', '?', '['])
        });
        let elsewhere = path.starts_with("<<") || path.starts_with('+') || path.contains("://");
        if other || elsewhere { Copied::Nothing } else { Copied::Part }
    }
}

/// A word without the marks of a list.
fn bare(word: &str) -> String {
    word.trim_matches(['[', ']', ',', '"', '\'']).to_owned()
}

/// A path of an image, from a directory; of one that is too long, none that any other is in.
fn joined(dir: &str, path: &str) -> String {
    let path = path.trim_matches(['"', '\'']);
    let whole = path.starts_with(['/', '$']);
    let all = if whole { path.to_owned() } else { [dir, "/", path].concat() };
    let mut parts: Vec<&str> = Vec::new();
    for part in all.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let all = parts.join("/");
    if all.len() > LONGEST { "?".to_owned() } else { all }
}

/// The rest of a path in an image, behind that of a directory.
fn below<'p>(path: &'p str, dir: &str) -> Option<&'p str> {
    if path == "?" || path.contains('$') && path != dir {
        return None;
    }
    let rest = path.strip_prefix(dir)?;
    if rest.is_empty() || dir.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}
