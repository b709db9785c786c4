//! A release small enough to be installed a hundred times: the shape of Go's archives, a few
//! hundred files, and a `go` that only says its version.

use std::fs;
use std::path::{Path, PathBuf};

use goward_testkit::release::{self, File, archive};

use crate::sandbox::Sandbox;

/// How many files of no meaning the release has: enough for a kill to come in between.
const FILLERS: usize = 300;

/// A mirror in a sandbox that offers one small release.
#[derive(Debug)]
pub struct SmallRelease {
    dir: PathBuf,
    tree: PathBuf,
}

impl SmallRelease {
    /// The version of the release.
    pub const VERSION: &str = "1.30.1";

    /// Makes the archive and the index.
    pub fn make(sandbox: &Sandbox) -> SmallRelease {
        let small = SmallRelease {
            dir: sandbox.dir().join("small-mirror"),
            tree: sandbox.dir().join("small-tree"),
        };
        let files = files();
        for (name, _, content) in &files {
            let path = small.tree.join(name);
            fs::create_dir_all(path.parent().expect("a file lies in a directory"))
                .and_then(|()| fs::write(path, content))
                .expect("the sandbox is ours");
        }
        let name = archive(Self::VERSION);
        let packed = release::pack(&files);
        let index = release::index([(Self::VERSION, &*name, &*packed)]);
        fs::create_dir_all(&small.dir).expect("the sandbox is ours");
        fs::write(small.dir.join(&name), packed).expect("the sandbox is ours");
        fs::write(small.dir.join("index.json"), index).expect("the sandbox is ours");
        small
    }

    /// The directory to serve.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The same files unpacked, to compare with.
    pub fn tree(&self) -> &Path {
        &self.tree
    }

    /// The name of the archive.
    pub fn archive(&self) -> String {
        archive(Self::VERSION)
    }
}

/// The files below `go/`, sorted.
fn files() -> Vec<File> {
    let version = SmallRelease::VERSION;
    let mut files =
        release::needed(version, &format!("echo \"go version go{version} small/small\""));
    files.push(("go.env".into(), 0o644, "GOTOOLCHAIN=auto\n".into()));
    for number in 0..FILLERS {
        // Text that does not compress to nothing: archives have a limit on that.
        let text: String =
            (0..200).map(|line| format!("{:x}\n", (number * 211 + line) * 7919)).collect();
        files.push((format!("src/filler/p{:02}/f{number}.go", number % 20), 0o644, text.into()));
    }
    files.sort();
    files
}
