//! Whether a package manager looks after this program: then that one updates it, and goward does not.
//!
//! A package has the file `share/goward/packaged` beside its `bin`. Its first line is the command that updates
//! goward, its second, if there is one, the path of this program that stays when it is updated.

use goward_installer::{canonical, read};
use goward_resolver::shown;
use std::path::{Path, PathBuf};

/// The most bytes of the file.
const LIMIT: usize = 4 << 10;

/// A package that has this program.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Packaged {
    /// The command that updates it, for people.
    pub(crate) command: String,
    /// The path of this program by which it is found after an update, too.
    pub(crate) program: PathBuf,
}

impl Packaged {
    /// The package of this program, if there is one.
    pub(crate) fn here() -> Option<Packaged> {
        Packaged::of(&canonical(std::env::current_exe().ok()?).ok()?)
    }

    /// The package of the program at this path, which is no link.
    pub(crate) fn of(program: &Path) -> Option<Packaged> {
        let prefix = program.parent()?.parent()?;
        let text = read::read_text(&prefix.join("share").join("goward").join("packaged"), LIMIT);
        let text = text.ok()?;
        let mut lines = text.lines().map(str::trim);
        let command = lines.next().filter(|command| !command.is_empty())?;
        let stays = lines
            .next()
            .map(PathBuf::from)
            .filter(|path| path.is_absolute() && canonical(path).is_ok_and(|real| real == program));
        let program = stays.unwrap_or_else(|| program.to_owned());
        Some(Packaged { command: shown(command.as_bytes()), program })
    }

    /// The remedy of a command that a package manager has to do.
    pub(crate) fn hint(&self) -> String {
        format!("to update it, use your package manager: {}", self.command)
    }
}

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    #[test]
    fn a_package_names_its_command_and_the_path_that_stays() {
        use super::*;
        use std::fs;

        let home = tempfile::tempdir().unwrap();
        let top = canonical(home.path()).unwrap();
        let cellar = top.join("Cellar/goward/0.1.0");
        let program = cellar.join("bin/goward");
        fs::create_dir_all(program.parent().unwrap()).unwrap();
        fs::write(&program, "").unwrap();
        assert_eq!(Packaged::of(&program), None);
        fs::create_dir_all(cellar.join("share/goward")).unwrap();
        fs::create_dir_all(top.join("opt")).unwrap();
        std::os::unix::fs::symlink(&cellar, top.join("opt/goward")).unwrap();
        let stays = top.join("opt/goward/bin/goward");
        let found = |text: &str| {
            fs::write(cellar.join("share/goward/packaged"), text).unwrap();
            Packaged::of(&program)
        };
        let with = |command: &str, program: &Path| {
            Some(Packaged { command: command.to_owned(), program: program.to_owned() })
        };
        let text = |path: &Path| format!("brew upgrade goward\n{}\n", path.display());
        assert_eq!(found(&text(&stays)), with("brew upgrade goward", &stays));
        assert_eq!(found("pip install -U goward\n"), with("pip install -U goward", &program));
        // A path of another program, or of none, is not followed.
        for other in [Path::new("/bin/sh"), Path::new("bin/goward"), &top.join("absent")] {
            assert_eq!(found(&text(other)), with("brew upgrade goward", &program));
        }
        assert_eq!(found("\u{1b}[2Jx\n").unwrap().command, "\\x1b[2Jx");
        for nothing in ["", "\n\n"] {
            assert_eq!(found(nothing), None);
        }
        assert_eq!(found(&"x".repeat(LIMIT + 1)), None);
    }
}
