//! The files in the directories of packages. A stranger may have put a FIFO or a device in the place of one: Go
//! opens what has the name of a source file, and would wait for it. So goward looks at each before it starts Go.

use super::includes::Includes;
use crate::go::Error;
use crate::source_names::{has_end, is_source_name};
use goward_installer::{Shown as _, canonical};
use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

/// The most entries that are looked at. No repository has as many.
const MOST: usize = 4_000_000;

/// One of these is for the linker, and includes nothing.
const OBJECT: &str = "syso";

/// What Go reads of a program's directory for the compiler.
const PROFILE: &str = "default.pgo";

/// Looks at the directories of a module, as `DIR/...` names them, and at its copies of others. One that cannot be read
/// is Go's to tell.
///
/// # Errors
/// At a file that Go may open, or that a source includes, and that is neither a regular file nor a directory; and at a
/// link by which Go would read a file of another kind, such as a key, as source, and quote it.
pub(super) fn admit(module: &Path) -> Result<(), Error> {
    let mut open = vec![module.to_path_buf()];
    let (mut seen, mut includes) = (0, Includes::of(module));
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
                Found::Foreign(file) => {
                    let file = file.shown();
                    let why = format!("it leads to {file}, which is no source: Go would quote it");
                    return Err(Error::Read(entry.path(), io::Error::other(why)));
                }
                Found::Odd => {
                    let why = io::Error::other("it is no regular file, and Go would wait for it");
                    return Err(Error::Read(entry.path(), why));
                }
                Found::Source => {
                    if let Some((odd, by)) = includes.odd(&dir, entry.path()) {
                        let by = by.shown();
                        let why = match odd.is_file() {
                            true => format!(
                                "it is no source of the module, and {by} includes it: Go would quote it"
                            ),
                            false => format!(
                                "it is no regular file, Go would wait for it, and {by} includes it"
                            ),
                        };
                        return Err(Error::Read(odd, io::Error::other(why)));
                    }
                }
            }
        }
    }
    Ok(())
}

enum Found {
    Fine,
    /// A file that may include others.
    Source,
    /// A directory that may hold packages.
    Below(PathBuf),
    Odd,
    /// A link to a file whose name is no source's.
    Foreign(PathBuf),
}

fn look(entry: &DirEntry) -> Found {
    let name = entry.file_name();
    let Ok(kind) = entry.file_type() else { return Found::Fine };
    if kind.is_dir() {
        // Go leaves out directories of these names.
        let name = name.as_encoded_bytes();
        let is_other = name.starts_with(b".") || name.starts_with(b"_") || name == b"testdata";
        return match is_other || entry.path().join("go.mod").is_file() {
            true => Found::Fine,
            false => Found::Below(entry.path()),
        };
    }
    // A C file may include one whose name begins as Go leaves it out.
    if name != PROFILE && !is_source_name(Path::new(&name)) {
        return Found::Fine;
    }
    let is_included = name != PROFILE && !has_end(Path::new(&name), OBJECT);
    let includes = if is_included { Found::Source } else { Found::Fine };
    if kind.is_file() {
        return includes;
    }
    match fs::metadata(entry.path()) {
        Ok(leads) if leads.is_file() => match canonical(entry.path()) {
            Ok(file) if name != PROFILE && !is_source_name(&file) => Found::Foreign(file),
            _ => includes,
        },
        Ok(leads) if !leads.is_dir() => Found::Odd,
        // A link that leads nowhere is Go's to tell.
        _ => Found::Fine,
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
        fs::write(at("key"), "secret").unwrap();
        symlink("../key", at("a/k.go")).unwrap();
        let why = admit(dir.path()).unwrap_err().to_string();
        assert!(why.ends_with("/key, which is no source: Go would quote it"), "{why}");
        fs::remove_file(at("a/k.go")).unwrap();
        symlink("/dev/null", at("a/x.service")).unwrap();
        admit(dir.path()).unwrap();
        let _included = UnixListener::bind(at("a/_f.h")).unwrap();
        admit(dir.path()).unwrap_err();
    }

    /// Whatever its name, and wherever it lies.
    #[test]
    fn what_a_source_includes_is_looked_at() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        fs::create_dir_all(at("a/testdata")).unwrap();
        let _held = UnixListener::bind(at("a/testdata/pipe")).unwrap();
        fs::write(at("x.inc"), "#include \"a/testdata/pipe\"\n").unwrap();
        for (name, text, expected) in [
            ("a/x.s", "#include \"textflag.h\"\n#include \"testdata\"\n", None),
            ("a/x.s", "TEXT x\n#include \"testdata/pipe\"\n", Some("a/x.s")),
            ("a/x.s", "#include \"testdata/\\x70ipe\"\n", Some("a/x.s")),
            // C looks from the directory of the file that includes.
            ("a/x.c", "#include \"../x.inc\"\n", Some("x.inc")),
            ("a/x.go", "package a\n\n// #include <testdata/pipe>\nimport \"C\"\n", Some("a/x.go")),
            ("a/x.go", "package a\n\n// #include \"testdata/pipe\"\n", None),
            ("a/x.s", "#include \"/dev/zero\"\n", Some("a/x.s")),
            ("a/x.s", "#include \"/etc/passwd\"\n", Some("a/x.s")),
            ("a/x.c", "#include \"/usr/include/stdio.h\"\n", None),
        ] {
            fs::write(at(name), text).unwrap();
            let why = admit(dir.path()).err().map(|error| error.to_string());
            let by = |expected: &str| format!("{expected} includes it");
            match expected {
                None => assert_eq!(why, None, "{text}"),
                Some(by_it) => {
                    assert!(why.as_ref().is_some_and(|why| why.contains(&by(by_it))), "{why:?}")
                }
            }
            fs::remove_file(at(name)).unwrap();
        }
    }
}
