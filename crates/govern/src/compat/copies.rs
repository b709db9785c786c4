//! Go, with copies of the module files that say another go line. In a module that is a copy of its go.mod
//! (`-modfile`); in a workspace a copy of the go.work, and copies that Go sees in the place of each go.mod of
//! a member (`-overlay`). The tree stays as it is.

use super::debug::removal;
use super::sources;
use crate::go::{Error, Go, Scratch};
use crate::graph::{Grounds, ModFile, SUM_LIMIT, workspace};
use crate::listing::text;
use crate::os_path::path_of;
use goward_gomod::{File, Kind, Rules, Sole, as_word};
use goward_resolver::{Os, Version, path};
use serde_json::{Map, Value, json};
use std::ffi::{OsStr, OsString};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The module files.
pub(crate) struct Files {
    /// The go.mod or go.work that counts.
    pub(crate) own: ModFile,
    /// Which of both it is.
    pub(crate) kind: Kind,
    /// The go.mod of each member, by the place that Go gives it; in a module its own.
    pub(crate) members: Vec<ModFile>,
    /// Whether builds take the copies in `vendor`.
    pub(crate) vendored: bool,
}

impl Files {
    /// Reads them.
    pub(crate) fn read(grounds: &Grounds, file: &Path, kind: Kind) -> Result<Files, Error> {
        let own = ModFile::read(grounds, file, kind)?;
        grounds.look(&own.path, &own.file, kind)?;
        let list = file.with_file_name("vendor").join("modules.txt");
        let has_list = kind == Kind::Module && grounds.read(&list, SUM_LIMIT)?.is_some();
        // Go takes the copies by itself from this go line on.
        let first = Version::parse("1.14");
        let line = own.go_line().and_then(|line| Version::parse(&line));
        let vendored = has_list && line >= first;
        let root = file.parent().unwrap_or(file).as_os_str().as_encoded_bytes();
        let mut members = Vec::new();
        for member in &own.file.uses {
            let dir = path_of(&path::absolute(Os::HERE, root, member.path.as_bytes()));
            if let Err(error) = dir.join("go.mod").symlink_metadata()
                && error.kind() == io::ErrorKind::NotFound
            {
                return Err(without_module(&own, member));
            }
            members.push(ModFile::read(grounds, &dir.join("go.mod"), Kind::Module)?);
        }
        if kind == Kind::Module {
            members.push(own.clone());
        }
        // Those of a go.work count beside those of its members.
        let work = (kind == Kind::Workspace).then_some(&own);
        for member in members.iter().chain(work) {
            let dir = member.path.parent().unwrap_or(Path::new("/"));
            if member.path != own.path || kind == Kind::Module {
                sources::admit(dir)?;
            }
            let replaced = member.file.replace.iter().map(|one| &one.new);
            for other in replaced.filter(|new| new.version.is_empty()) {
                let base = dir.as_os_str().as_encoded_bytes();
                let other = path_of(&path::absolute(Os::HERE, base, other.path.as_bytes()));
                // A file may name any directory, as `/`. Go opens nothing below one that is no module.
                if other.join("go.mod").is_file() {
                    sources::admit(&other)?;
                }
            }
        }
        Ok(Files { own, kind, members, vendored })
    }

    /// The member of a workspace with the highest go line, and that, if the go.work has a lower one: Go then refuses the
    /// workspace (cmd/go/internal/modload/init.go). It looks at go lines from 1.21 on, and takes a missing one of the
    /// go.work for 1.18.
    pub(crate) fn above_workspace(&self) -> Option<(&ModFile, Version)> {
        let line = |file: &ModFile| Version::parse(&file.go_line()?);
        let own = line(&self.own).or_else(|| Version::parse("1.18"))?;
        let members = self.members.iter().filter_map(|member| Some((member, line(member)?)));
        let highest = members.max_by(|a, b| a.1.cmp(&b.1))?;
        let counts = self.kind == Kind::Workspace && highest.1.knows_gotoolchain();
        Some(highest).filter(|(_, line)| counts && *line > own)
    }

    /// All packages of the members, as arguments.
    pub(crate) fn patterns(&self) -> Vec<OsString> {
        let dirs = self.members.iter().filter_map(|member| member.path.parent());
        dirs.map(|dir| dir.join("...").into_os_string()).collect()
    }
}

/// What the copies say.
#[derive(Clone, Copy)]
pub(crate) enum Saying<'v> {
    /// What the files say.
    All,
    /// The same, without settings that a release has removed: the Go that is asked may be one that refuses them. A
    /// go.work says no less than its members.
    Readable,
    /// This go line, and no toolchain line; also without these settings.
    Line(&'v Version),
}

/// Go, with a directory for copies.
pub(crate) struct Copies {
    go: Go,
    scratch: Scratch,
    sum: Option<Vec<u8>>,
    made: usize,
}

/// Go, with one set of copies.
#[derive(Clone)]
pub(crate) struct Asked {
    go: Go,
    flags: Vec<OsString>,
    /// Whether `-mod=mod` lets Go change the copy.
    changeable: bool,
    /// Whether Go takes the copies in `vendor` instead.
    vendored: bool,
    /// The copy, and the file that it is of.
    copy: [String; 2],
}

impl Copies {
    /// Reads what is to be copied beside the module files.
    pub(crate) fn of((go, grounds): (&Go, &Grounds), files: &Files) -> Result<Copies, Error> {
        let scratch = Scratch::new()?;
        let go = go.with_a_cache(&scratch);
        let extension = if files.kind == Kind::Module { "sum" } else { "work.sum" };
        let sum = grounds.read(&files.own.path.with_extension(extension), SUM_LIMIT)?;
        Ok(Copies { go, scratch, sum, made: 0 })
    }

    /// Go with such copies. It takes no module that they do not name, as `go build` takes none.
    pub(crate) fn saying(&mut self, files: &Files, line: Saying<'_>) -> Result<Asked, Error> {
        self.made += 1;
        let made = self.made;
        let above = files.above_workspace().map(|(_, line)| line);
        let own = match (line, &above) {
            (Saying::Readable, Some(above)) => edited(&files.own, files.kind, Saying::Line(above))?,
            _ => edited(&files.own, files.kind, line)?,
        };
        match files.kind {
            Kind::Module => {
                let copy = self.scratch.write(&format!("{made}.mod"), &own)?;
                self.sums(&format!("{made}.sum"))?;
                let flags = vec![joined("-modfile=", &copy)];
                let (go, vendored) = (self.go.clone().with("GOWORK", "off"), files.vendored);
                let copy = [copy.as_path(), &files.own.path].map(lossy);
                Ok(Asked { go, flags, changeable: !vendored, vendored, copy })
            }
            Kind::Workspace => {
                let root = files.own.path.parent().unwrap_or(Path::new("/"));
                let file = parse(&files.own.path, own, Kind::Workspace)?;
                let moved = ModFile { file, ..files.own.clone() };
                let name = format!("{made}.work");
                let copy = self.scratch.write(&name, workspace(&moved, root).as_bytes())?;
                self.sums(&format!("{name}.sum"))?;
                let overlay = self.overlay(files, line)?;
                let flags = vec![joined("-overlay=", &overlay)];
                let go = self.go.clone().with("GOWORK", copy.clone());
                let copy = [copy.as_path(), &files.own.path].map(lossy);
                Ok(Asked { go, flags, changeable: false, vendored: false, copy })
            }
        }
    }

    fn sums(&self, name: &str) -> Result<(), Error> {
        self.sum.as_ref().map_or(Ok(()), |sum| self.scratch.write(name, sum).map(|_| ()))
    }

    /// The list of the members' files with those that Go is to see in their place.
    fn overlay(&self, files: &Files, line: Saying<'_>) -> Result<PathBuf, Error> {
        let mut replace = Map::new();
        for (number, member) in files.members.iter().enumerate() {
            let name = format!("{}-{number}.mod", self.made);
            let copy = self.scratch.write(&name, &edited(member, Kind::Module, line)?)?;
            let text = |path: &Path| path.to_str().map(str::to_owned);
            // A list in JSON has no other names.
            let unnamed = || io::Error::other("its path is no text");
            let unread = |error| Error::Read(member.path.clone(), error);
            let (from, to) = (text(&member.path), text(&copy));
            let (from, to) = from.zip(to).ok_or_else(unnamed).map_err(unread)?;
            replace.insert(from, Value::String(to));
        }
        let list = json!({ "Replace": replace }).to_string();
        self.scratch.write(&format!("{}.json", self.made), list.as_bytes())
    }
}

impl Asked {
    /// The same, with a variable set.
    pub(crate) fn with(&self, key: &str, value: &str) -> Asked {
        Asked { go: self.go.clone().with(key, value), ..self.clone() }
    }

    /// The same for a build of packages by these patterns, of which Go's words may be told if no assembler and no C compiler takes part.
    pub(crate) fn building(self, patterns: &[OsString]) -> Asked {
        const EACH: &str = "-f={{if not .Standard}}{{if or .CgoFiles .SwigFiles .SwigCXXFiles .SysoFiles .SFiles}}C{{end}}\n{{.Dir}}{{end}}";
        match self.hear(&["list", "-deps", "-test", "-e", EACH], patterns) {
            // Where Go lists nothing, it builds nothing.
            Ok((said, None | Some(Error::Failed { .. })))
                if !said.lines().any(|line| line == "C") =>
            {
                let dirs = said.lines().filter(|line| !line.is_empty()).map(PathBuf::from);
                self.without_c(dirs.collect())
            }
            _ => self,
        }
    }

    /// The same for a build of packages in these directories, in which no assembler and no C compiler takes part.
    pub(crate) fn without_c(mut self, packages: Vec<PathBuf>) -> Asked {
        self.go = self.go.without_c(packages);
        self
    }

    /// The same, where Go may write into the copy which versions it selects. For `go list -m` alone: of a package that no
    /// module of the files has, Go would ask servers for one.
    pub(crate) fn selecting(mut self) -> Asked {
        self.flags.extend(self.changeable.then(|| "-mod=mod".into()));
        self
    }

    /// The same, past copies in `vendor` that are not what the files say.
    pub(crate) fn without_vendor(mut self) -> Asked {
        self.changeable = self.changeable || self.vendored;
        self
    }

    /// The same for packages: Go may take what the module cache has, and asks no server.
    pub(crate) fn completing(mut self) -> Asked {
        self.go = self.go.offline();
        self.selecting()
    }

    /// Asks `go VERB`, and reads the output. The flags come behind the first word.
    pub(crate) fn ask<T>(
        &self,
        verb: &[&str],
        rest: &[OsString],
        read: impl FnOnce(&mut dyn Read) -> Result<T, String>,
    ) -> Result<T, Error> {
        self.go.ask(&self.arguments(verb, rest), read)
    }

    /// The same, where a status that is not 0 may be an answer.
    pub(crate) fn hear(
        &self,
        verb: &[&str],
        rest: &[OsString],
    ) -> Result<(String, Option<Error>), Error> {
        let (said, failed) = self.go.hear(&self.arguments(verb, rest), text)?;
        Ok((said?, failed))
    }

    /// Words of Go's with the file in the place of its copy.
    pub(crate) fn about_file(&self, words: &str) -> String {
        let [copy, file] = &self.copy;
        about(words, copy, file)
    }

    fn arguments<'a>(&'a self, verb: &[&'a str], rest: &'a [OsString]) -> Vec<&'a OsStr> {
        let verb = verb.iter().copied().map(OsStr::new);
        let flags = self.flags.iter().map(OsString::as_os_str);
        let rest = rest.iter().map(OsString::as_os_str);
        verb.clone().take(1).chain(flags).chain(verb.skip(1)).chain(rest).collect()
    }
}

/// Words with another file in the place of one that Go names by its whole path, or from where it runs.
fn about(words: &str, copy: &str, file: &str) -> String {
    let is_part = |char: char| !char.is_whitespace() && char != '"';
    // The directory has a name that no other has.
    let parts: Vec<&str> = copy.rsplitn(3, ['/', '\\']).take(2).collect();
    let [name, dir] = parts[..] else { return words.to_owned() };
    let (mut told, mut rest) = (String::new(), words);
    while let Some(at) = rest.find(dir) {
        let begin = rest[..at].rfind(|char| !is_part(char)).map_or(0, |before| before + 1);
        let behind = &rest[at + dir.len()..];
        let Some(behind) = behind.get(1..).and_then(|behind| behind.strip_prefix(name)) else {
            told.push_str(&rest[..at + dir.len()]);
            rest = behind;
            continue;
        };
        told.push_str(&rest[..begin]);
        told.push_str(file);
        rest = behind;
    }
    told + rest
}

/// That a go.work names a directory in which there is no module: Go refuses each command then.
fn without_module(work: &ModFile, member: &goward_gomod::Path) -> Error {
    let (line, dir) = (member.place.start.line, as_word(member.path.as_bytes()));
    let why =
        format!("line {line} uses {dir}, which has no go.mod; run: go work edit -dropuse={dir}");
    Error::Refused(work.path.clone(), why)
}

fn lossy(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn joined(flag: &str, path: &Path) -> OsString {
    let mut joined = OsString::from(flag);
    joined.push(path);
    joined
}

fn parse(path: &Path, bytes: Vec<u8>, kind: Kind) -> Result<File, Error> {
    let rules = if kind == Kind::Module { Rules::building() } else { Rules::strict(kind) };
    File::parse(bytes, rules).map_err(|why| Error::Refused(path.to_owned(), why.to_string()))
}

/// A module file that says that.
fn edited(held: &ModFile, kind: Kind, saying: Saying<'_>) -> Result<Vec<u8>, Error> {
    let refused = |why: goward_gomod::Refused| Error::Refused(held.path.clone(), why.to_string());
    let mut bytes = held.bytes.clone();
    if matches!(saying, Saying::All) {
        return Ok(bytes);
    }
    let gone = |one: &&goward_gomod::Godebug| {
        removal(&one.key.to_lossy(), &one.value.to_lossy()).is_some()
    };
    let mut file = held.file.clone();
    // Each removal moves what stands behind it.
    while let Some(one) = file.godebug.iter().find(gone) {
        let Some(at) = file.syntax().removal(one.place.start.offset) else { break };
        bytes.drain(at);
        file = parse(&held.path, bytes.clone(), kind)?;
    }
    let Saying::Line(line) = saying else { return Ok(bytes) };
    let mut syntax = file.into_syntax();
    syntax.set(Sole::Go, line.as_str()).map_err(refused)?;
    syntax.drop(Sole::Toolchain).map_err(refused)?;
    Ok(syntax.into_source())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_about_the_file() {
        let about = |words: &str| about(words, "/tmp/goward-mod-x/1.mod", "/p/go.mod");
        let told = "go: /p/go.mod requires go >= 1.22 (running go 1.21.13)";
        for copy in ["/tmp/goward-mod-x/1.mod", "../goward-mod-x/1.mod", "goward-mod-x/1.mod"] {
            assert_eq!(about(&told.replace("/p/go.mod", copy)), told);
        }
        assert_eq!(about("a goward-mod-x/1.mod:6: b\nc"), "a /p/go.mod:6: b\nc");
        for other in ["", "x goward-mod-x", "goward-mod-x/2.mod y", "goward-mod-y/1.mod"] {
            assert_eq!(about(other), other);
        }
    }

    #[test]
    fn a_copy_says_another_go_line() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("go.mod");
        let text = "module m\n\ngo 1.24.1\n\ntoolchain go1.25.1\n\ngodebug (\n\ttls3des=1\n\tpanicnil=1\n\
                    \tasynctimerchan=2\n)\n";
        std::fs::write(&path, text).unwrap();
        let grounds = Grounds::of(dir.path()).unwrap();
        let held = ModFile::read(&grounds, &path, Kind::Module).unwrap();
        let same =
            String::from_utf8(edited(&held, Kind::Module, Saying::Readable).unwrap()).unwrap();
        assert_eq!(same, text.replace("\ttls3des=1\n", "").replace("\tasynctimerchan=2\n", ""));
        let old = Version::parse("1.21").unwrap();
        let lower = edited(&held, Kind::Module, Saying::Line(&old)).unwrap();
        let lower = String::from_utf8(lower).unwrap();
        assert_eq!(lower, "module m\n\ngo 1.21\n\ngodebug (\n\tpanicnil=1\n)\n");
    }
}
