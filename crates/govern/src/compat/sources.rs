//! The files in the directories of packages. A stranger may have put a FIFO or a device in the place of one: Go
//! opens what has the name of a source file, and would wait for it. So goward looks at each before it starts Go.

use crate::go::Error;
use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

/// The most entries that are looked at. No repository has as many.
const MOST: usize = 4_000_000;

/// The files that Go, or a compiler for it, opens by the ends of their names (go/build/build.go: `fileListForExt`).
const SOURCES: [&str; 20] = [
    "go", "c", "cc", "cpp", "cxx", "m", "h", "hh", "hpp", "hxx", "f", "F", "for", "f90", "s", "S",
    "sx", "swig", "swigcxx", "syso",
];

/// What Go reads of a program's directory for the compiler.
const PROFILE: &str = "default.pgo";

/// Looks at the directories of a module, as `DIR/...` names them, and at its copies of others. One that cannot be read
/// is Go's to tell.
///
/// # Errors
/// At a file that Go may open and that is neither a regular file nor a directory.
pub(super) fn admit(module: &Path) -> Result<(), Error> {
    let mut open = vec![module.to_path_buf()];
    let mut seen = 0;
    while let Some(dir) = open.pop() {
        let Ok(entries) = fs::read_dir(&dir) else { continue };
        for entry in entries.flatten() {
            seen += 1;
            if seen > MOST {
                let why = format!("it holds more than {MOST} files");
                return Err(Error::Read(module.to_path_buf(), io::Error::other(why)));
            }
            match look(&entry) {
                Found::Fine => {}
                Found::Below(dir) => open.push(dir),
                Found::Odd => {
                    let why = io::Error::other("it is no regular file, and Go would wait for it");
                    return Err(Error::Read(entry.path(), why));
                }
            }
        }
    }
    Ok(())
}

enum Found {
    Fine,
    /// A directory that may hold packages.
    Below(PathBuf),
    Odd,
}

fn look(entry: &DirEntry) -> Found {
    let name = entry.file_name();
    let Ok(kind) = entry.file_type() else { return Found::Fine };
    if kind.is_dir() {
        // Go leaves out directories of these names.
        let name = name.as_encoded_bytes();
        let is_other = name.starts_with(b".") || name.starts_with(b"_") || name == b"testdata";
        return match is_other || entry.path().join("go.mod").exists() {
            true => Found::Fine,
            false => Found::Below(entry.path()),
        };
    }
    // A C file may include one whose name begins as Go leaves it out.
    let end = Path::new(&name).extension().and_then(|end| end.to_str());
    let is_source = end.is_some_and(|end| SOURCES.contains(&end)) || name == PROFILE;
    if kind.is_file() || !is_source {
        return Found::Fine;
    }
    // A link that leads nowhere is Go's to tell.
    let leads = fs::metadata(entry.path());
    match leads.is_ok_and(|leads| !leads.is_file() && !leads.is_dir()) {
        true => Found::Odd,
        false => Found::Fine,
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    #[test]
    fn only_what_go_opens_is_odd() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        for name in ["a/testdata", "a/_x", "b"] {
            fs::create_dir_all(at(name)).unwrap();
        }
        fs::write(at("b/go.mod"), "module b\n").unwrap();
        fs::write(at("a/x.go"), "").unwrap();
        symlink("nowhere", at("a/y.go")).unwrap();
        symlink("x.go", at("a/z.go")).unwrap();
        symlink(".", at("a/loop.go")).unwrap();
        let sockets = ["a/plain", "a/_x/s.go", "a/testdata/s.go", "b/s.go", "a/app.sock", "a/.s"];
        let _held = sockets.map(|name| UnixListener::bind(at(name)).unwrap());
        admit(dir.path()).unwrap();
        let _odd = UnixListener::bind(at("a/s.s")).unwrap();
        let why = admit(dir.path()).unwrap_err().to_string();
        assert!(why.ends_with("a/s.s: it is no regular file, and Go would wait for it"), "{why}");
        fs::remove_file(at("a/s.s")).unwrap();
        symlink("/dev/zero", at("a/default.pgo")).unwrap();
        admit(dir.path()).unwrap_err();
        fs::remove_file(at("a/default.pgo")).unwrap();
        symlink("/dev/zero", at("a/d.go")).unwrap();
        admit(dir.path()).unwrap_err();
        fs::remove_file(at("a/d.go")).unwrap();
        symlink("/dev/null", at("a/x.service")).unwrap();
        admit(dir.path()).unwrap();
        let _included = UnixListener::bind(at("a/_f.h")).unwrap();
        admit(dir.path()).unwrap_err();
    }
}
