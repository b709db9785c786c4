//! What Go selects, by its own word. It is asked about copies: in a workspace about a copy of the `go.work`
//! with the members' real places, else about a copy of the `go.mod`, which it may write
//! (`-modfile`, `-mod=mod`). So the tree stays as it is.

use super::asked::ModFile;
use super::grounds::Grounds;
use crate::go::{Error, Go, Scratch};
use crate::listing::{Module, stream, text};
use goward_gomod::{Kind, as_word};
use goward_resolver::{Os, path};
use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The largest `go.sum`, in bytes.
pub(crate) const SUM_LIMIT: usize = 64 << 20;

/// From so many modules on, Go reads a graph sooner on all processors; below that, its threads take a sixth of its
/// time and save none. It must not ask a server then: it asks as many at once as it has processors
/// (cmd/go/internal/modload/buildlist.go).
const MANY: usize = 500;

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
    pub(crate) fn all(&self) -> Result<Vec<Module>, Error> {
        let mut args = vec!["list", "-e", "-retracted", "-u", "-m", "-json"];
        args.extend(self.copy.is_some().then_some("-mod=mod"));
        args.push("all");
        self.call(&args, stream)
    }

    /// The graph as text, once `modules` modules have been selected: that call has fetched what this one needs.
    pub(crate) fn graph(&self, modules: usize) -> Result<String, Error> {
        let go = match modules {
            ..MANY => &self.go.clone().with("GOMAXPROCS", "1"),
            _ => &self.go,
        };
        go.ask(&words(&self.args(&["mod", "graph"])), text)
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
