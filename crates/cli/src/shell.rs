//! Shells: which file of which shell puts a directory on PATH, and with what line.

use std::path::{Path, PathBuf};

/// A shell's start-up file and the line that belongs in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Snippet {
    /// The file; it may not exist yet.
    pub(crate) file: PathBuf,
    /// The line, without a line break.
    pub(crate) line: String,
}

/// By this our lines are known again.
const MARK: &str = "# added by goward setup";

/// What has to stand where so that `dirs` are first on PATH in the user's shell, by its path as in
/// `$SHELL`. `None` for a shell that is not known.
///
/// `var` looks up an environment variable, `home` is the home directory, `exists` asks for a file.
pub(crate) fn snippets(
    shell: &str,
    home: &Path,
    dirs: &[&Path],
    var: impl Fn(&str) -> Option<String>,
    exists: impl Fn(&Path) -> bool,
) -> Option<Vec<Snippet>> {
    let name = shell.rsplit(['/', '\\']).next().unwrap_or(shell).trim_end_matches(".exe");
    let at = |file: PathBuf, line: &str| Snippet { file, line: line.to_owned() };
    Some(match name {
        "zsh" => {
            let dir = var("ZDOTDIR").map_or_else(|| home.to_owned(), PathBuf::from);
            vec![at(dir.join(".zshrc"), &posix(dirs))]
        }
        "bash" => {
            // A login shell reads only the first of these, and not .bashrc.
            let login = [".bash_profile", ".bash_login", ".profile"];
            let login = login.iter().map(|file| home.join(file)).find(|file| exists(file));
            let login = login.unwrap_or_else(|| home.join(".profile"));
            let line = posix(dirs);
            vec![at(home.join(".bashrc"), &line), at(login, &line)]
        }
        "sh" | "dash" | "ash" | "ksh" => vec![at(home.join(".profile"), &posix(dirs))],
        "fish" => {
            let config = var("XDG_CONFIG_HOME").map_or_else(|| home.join(".config"), PathBuf::from);
            vec![at(config.join("fish/conf.d/goward.fish"), &fish(dirs))]
        }
        _ => return None,
    })
}

/// A line for any shell of the Bourne family. It does nothing where the directories are first
/// already, as in a shell below a shell.
pub(crate) fn posix(dirs: &[&Path]) -> String {
    let list = joined(dirs, ":");
    let pattern = quoted(&format!("{list}:"));
    let path = quoted(&list);
    format!("case \"$PATH\" in {pattern}*) ;; *) export PATH={path}\":$PATH\" ;; esac  {MARK}")
}

fn fish(dirs: &[&Path]) -> String {
    let dirs: Vec<String> = dirs.iter().map(|dir| fish_quoted(&dir.to_string_lossy())).collect();
    format!("fish_add_path --global --move --prepend {}  {MARK}", dirs.join(" "))
}

/// The line for PowerShell on Windows: for the user, for good.
pub(crate) fn powershell(dirs: &[&Path]) -> String {
    let list = joined(dirs, ";").replace('\'', "''");
    format!(
        "[Environment]::SetEnvironmentVariable('Path', '{list};' + \
         [Environment]::GetEnvironmentVariable('Path', 'User'), 'User')"
    )
}

fn joined(dirs: &[&Path], separator: &str) -> String {
    let dirs: Vec<_> = dirs.iter().map(|dir| dir.to_string_lossy()).collect();
    dirs.join(separator)
}

/// In single quotes, in which no character is special but the quote itself.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn fish_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'"))
}

/// `old` with `line` in it: in the place of an earlier line of ours, else at the end. `None` if it
/// says so already.
pub(crate) fn with_line(old: &str, line: &str) -> Option<String> {
    let ours = |present: &&str| present.trim_end().ends_with(MARK);
    let earlier: Vec<&str> = old.lines().filter(ours).collect();
    if earlier == [line] {
        return None;
    }
    if earlier.is_empty() {
        let gap = if old.is_empty() || old.ends_with('\n') { "" } else { "\n" };
        return Some(format!("{old}{gap}{line}\n"));
    }
    let mut written = false;
    let mut new = String::with_capacity(old.len());
    for present in old.split_inclusive('\n') {
        if !present.trim_end().ends_with(MARK) {
            new.push_str(present);
        } else if !written {
            written = true;
            new.push_str(line);
            new.push('\n');
        }
    }
    Some(new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(shell: &str, existing: &[&str]) -> Option<Vec<String>> {
        let exists = |file: &Path| existing.iter().any(|name| file.ends_with(name));
        let found = snippets(shell, Path::new("/h"), &[Path::new("/r/shims")], |_| None, exists)?;
        Some(found.iter().map(|snippet| snippet.file.display().to_string()).collect())
    }

    #[cfg(unix)]
    #[test]
    fn each_shell_has_its_files() {
        let list = |files: &[&str]| Some(files.iter().map(ToString::to_string).collect());
        assert_eq!(files("/bin/zsh", &[]), list(&["/h/.zshrc"]));
        assert_eq!(files("/bin/bash", &[]), list(&["/h/.bashrc", "/h/.profile"]));
        assert_eq!(
            files("bash", &[".profile", ".bash_profile"]),
            list(&["/h/.bashrc", "/h/.bash_profile"])
        );
        assert_eq!(files("/usr/bin/fish", &[]), list(&["/h/.config/fish/conf.d/goward.fish"]));
        assert_eq!(files("/usr/bin/nu", &[]), None);
    }

    #[test]
    fn lines_are_added_once_and_moved_with_the_root() {
        let (one, two) = (posix(&[Path::new("/a")]), posix(&[Path::new("/b")]));
        let first = with_line("alias x=y", &one).unwrap();
        assert_eq!(first, format!("alias x=y\n{one}\n"));
        assert_eq!(with_line(&first, &one), None);
        let moved = with_line(&format!("{first}after\n"), &two).unwrap();
        assert_eq!(moved, format!("alias x=y\n{two}\nafter\n"));
    }

    #[cfg(unix)]
    #[test]
    fn the_line_puts_the_directories_first_once() {
        let dirs = [Path::new("/it's here/shims"), Path::new("/r/$HOME/bin")];
        let line = posix(&dirs);
        let script = format!("{line}\n{line}\nprintf %s \"$PATH\"");
        let mut shell = std::process::Command::new("/bin/sh");
        let output = shell.arg("-c").arg(script).env("PATH", "/bin").output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "/it's here/shims:/r/$HOME/bin:/bin");
    }
}
