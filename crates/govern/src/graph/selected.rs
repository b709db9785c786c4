//! What Go selects, by its own word. It is asked about copies: in a workspace about a copy of the `go.work`
//! with the members' real places, else about a copy of the `go.mod`, which it may write
//! (`-modfile`, `-mod=mod`). So the tree stays as it is.

use super::asked::ModFile;
use super::grounds::Grounds;
use crate::go::{Error, Go, Scratch};
use goward_gomod::{Kind, as_word};
use goward_resolver::{Os, path};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The largest `go.sum`, in bytes.
pub(crate) const SUM_LIMIT: usize = 64 << 20;
/// The most modules of a graph.
const MOST_MODULES: usize = 200_000;

/// A module as `go list -m -json` prints it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Listed {
    pub(crate) path: String,
    pub(crate) version: Option<String>,
    pub(crate) update: Option<Box<Listed>>,
    pub(crate) replace: Option<Box<Listed>>,
    pub(crate) main: bool,
    pub(crate) dir: Option<String>,
    pub(crate) go_mod: Option<PathBuf>,
    pub(crate) go_version: Option<String>,
    pub(crate) retracted: Vec<String>,
    pub(crate) deprecated: Option<String>,
    pub(crate) error: Option<Failure>,
}

/// What Go could not find out about a module.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Failure {
    pub(crate) err: String,
}

/// Go, with the copies that it is asked about.
pub(crate) struct Asking {
    go: Go,
    /// The copies lie here, for as long as Go is asked.
    scratch: Scratch,
    /// The copy of a `go.mod`.
    copy: Option<PathBuf>,
}

impl Asking {
    /// Makes the copies.
    pub(crate) fn of(
        (go, grounds): (&Go, &Grounds),
        file: &ModFile,
        kind: Kind,
    ) -> Result<Asking, Error> {
        let scratch = Scratch::new()?;
        let go = &go.with_a_cache(&scratch);
        let copy = |from: &Path, name: &str| match grounds.read(from, SUM_LIMIT)? {
            Some(bytes) => scratch.write(name, &bytes).map(|_| ()),
            None => Ok(()),
        };
        let beside = |name: &str| file.path.with_file_name(name);
        match kind {
            Kind::Module => {
                let own = scratch.write("go.mod", &file.bytes)?;
                copy(&beside("go.sum"), "go.sum")?;
                // Whatever lies above, this is the module file that counts.
                let go = go.clone().with("GOWORK", "off");
                Ok(Asking { go, scratch, copy: Some(own) })
            }
            Kind::Workspace => {
                let root = file.path.parent().unwrap_or(Path::new("/"));
                let own = scratch.write("go.work", workspace(file, root).as_bytes())?;
                let sum = file.path.with_extension("work.sum");
                copy(&sum, "go.work.sum")?;
                let go = go.clone().with("GOWORK", own);
                Ok(Asking { go, scratch, copy: None })
            }
        }
    }

    /// Every selected module. Of newer versions Go looks for the newest alone, which says what is retracted
    /// (`-retracted`) and deprecated (`-u`).
    pub(crate) fn all(&self) -> Result<Vec<Listed>, Error> {
        let mut args = vec!["list", "-e", "-retracted", "-u", "-m", "-json"];
        args.extend(self.copy.is_some().then_some("-mod=mod"));
        args.push("all");
        self.call(&args, stream)
    }

    /// The graph as text.
    pub(crate) fn graph(&self) -> Result<String, Error> {
        self.call(&["mod", "graph"], text)
    }

    /// The packages that lead to a module: a line for each, as `go mod why -m` prints them.
    pub(crate) fn imports(&self, path: &str) -> Result<Vec<String>, Error> {
        let text = self.call(&["mod", "why", "-m", "--", path], text)?;
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        // In parentheses Go says that there is no such chain.
        Ok(lines.filter(|line| !line.starts_with('(')).map(str::to_owned).collect())
    }

    /// What `go mod tidy` would change, as a diff; empty if nothing. Go has that from 1.23 on.
    pub(crate) fn tidy_diff(&self) -> Result<String, Error> {
        let args = self.args(&["mod", "tidy", "-diff"]);
        let (diff, failed) = self.go.hear(&words(&args), text)?;
        let diff = diff?;
        match failed {
            // With a diff the status is 1.
            Some(error) if diff.trim().is_empty() => Err(error),
            _ => Ok(diff),
        }
    }

    /// The `go.mod` and the `go.sum` that `go mod tidy` would write. It writes them into the copies.
    pub(crate) fn tidied(&self) -> Result<(Vec<u8>, Vec<u8>), Error> {
        self.call(&["mod", "tidy"], text)?;
        Ok((self.scratch.read("go.mod", SUM_LIMIT)?, self.scratch.read("go.sum", SUM_LIMIT)?))
    }

    /// Whether the module cache is what was downloaded: Go's words on what is not, and nothing else, are
    /// an [`Error::Failed`].
    pub(crate) fn verify(&self) -> Result<String, Error> {
        self.call(&["mod", "verify"], text)
    }

    /// Calls Go, with its own copy of the `go.mod` where there is one.
    fn call<T>(
        &self,
        args: &[&str],
        read: impl FnOnce(&mut dyn Read) -> Result<T, String>,
    ) -> Result<T, Error> {
        self.go.ask(&words(&self.args(args)), read)
    }

    /// The arguments, with the copy.
    fn args(&self, args: &[&str]) -> Vec<OsString> {
        let mut args: Vec<OsString> = args.iter().map(OsString::from).collect();
        if let Some(copy) = &self.copy {
            let mut flag = OsString::from("-modfile=");
            flag.push(copy);
            // Behind `list`, `mod graph`, `mod why`.
            let at = if args[0] == "mod" { 2 } else { 1 };
            args.insert(at, flag);
        }
        args
    }
}

fn words(args: &[OsString]) -> Vec<&OsStr> {
    args.iter().map(OsString::as_os_str).collect()
}

/// All of an output that is text.
pub(crate) fn text(out: &mut dyn Read) -> Result<String, String> {
    let mut bytes = Vec::new();
    out.read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The values that follow each other without commas.
pub(crate) fn stream<T: DeserializeOwned>(out: &mut dyn Read) -> Result<Vec<T>, String> {
    let mut bytes = Vec::new();
    // From a reader, the parser takes one byte after the other.
    out.read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    let values = serde_json::Deserializer::from_slice(&bytes).into_iter::<T>();
    let mut all = Vec::new();
    for value in values {
        if all.len() == MOST_MODULES {
            return Err("it lists more modules than there can be".to_owned());
        }
        all.push(value.map_err(|error| error.to_string())?);
    }
    Ok(all)
}

/// A `go.work` that means the same elsewhere: its directories are whole paths.
pub(crate) fn workspace(work: &ModFile, root: &Path) -> String {
    let file = &work.file;
    // Go takes a whole path as it is, and finds no package below one that is not clean.
    let root = root.as_os_str().as_encoded_bytes();
    let place = |path: &[u8]| as_word(&path::absolute(Os::HERE, root, path));
    let word = |text: &goward_gomod::Text| as_word(text.as_bytes());
    let mut text = String::new();
    let mut line = |words: &[String]| {
        text.push_str(&words.join(" "));
        text.push('\n');
    };
    for (verb, single) in [("go", &file.go), ("toolchain", &file.toolchain)] {
        if let Some(single) = single {
            line(&[verb.to_owned(), word(&single.value)]);
        }
    }
    for godebug in &file.godebug {
        line(&["godebug".to_owned(), format!("{}={}", word(&godebug.key), word(&godebug.value))]);
    }
    for member in &file.uses {
        line(&["use".to_owned(), place(member.path.as_bytes())]);
    }
    for replace in &file.replace {
        let mut words = vec!["replace".to_owned(), word(&replace.old.path)];
        let version = |text: &goward_gomod::Text| (!text.is_empty()).then(|| word(text));
        words.extend(version(&replace.old.version));
        words.push("=>".to_owned());
        match version(&replace.new.version) {
            Some(version) => words.extend([word(&replace.new.path), version]),
            None => words.push(place(replace.new.path.as_bytes())),
        }
        line(&words);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_need_no_commas() {
        let mut text =
            "{\"Path\":\"a\"}\n{\"Path\":\"b\",\"Version\":\"v1.0.0\",\"New\":1}".as_bytes();
        let all: Vec<Listed> = stream(&mut text).unwrap();
        assert_eq!(all.len(), 2);
        assert_eq!(all[1].version.as_deref(), Some("v1.0.0"));
        stream::<Listed>(&mut "{\"Path\":\"a\"} x".as_bytes()).unwrap_err();
    }

    #[cfg(unix)]
    #[test]
    fn a_workspace_means_the_same_elsewhere() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("go.work");
        let text = "go 1.21.0\n\ntoolchain go1.22.1\n\ngodebug (\n\tx=1\n)\nuse (\n\t./a\n\t\"b c\"\n\
                    \t/d\n)\nreplace m v1.0.0 => ../m\nreplace n => o v1.1.0\n";
        std::fs::write(&path, text).unwrap();
        let grounds = Grounds::of(dir.path()).unwrap();
        let work = ModFile::read(&grounds, &path, Kind::Workspace).unwrap();
        assert_eq!(
            workspace(&work, Path::new("/w/x")),
            "go 1.21.0\ntoolchain go1.22.1\ngodebug x=1\nuse /w/x/a\nuse \"/w/x/b c\"\nuse /d\n\
             replace m v1.0.0 => /w/m\nreplace n => o v1.1.0\n"
        );
    }
}
