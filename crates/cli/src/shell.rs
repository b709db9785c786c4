//! Shells: which file of which shell puts a directory on PATH, and with what line. Paths and files
//! are bytes here: neither has to be text.

use crate::paths::to_bytes;
use std::path::{Path, PathBuf};

/// A shell's start-up file and the line that belongs in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Snippet {
    /// The file; it may not exist yet.
    pub(crate) file: PathBuf,
    /// The line, without a line break.
    pub(crate) line: Vec<u8>,
}

/// By this our lines are known again.
const MARK: &[u8] = b"# added by goward setup";

/// Separates directories in PATH, so that no directory on it can have this in its name.
const SEPARATOR: u8 = if cfg!(windows) { b';' } else { b':' };

/// What in the path of `dir` keeps it from being put on PATH by a line, if anything does.
pub(crate) fn obstacle(dir: &Path) -> Option<&'static str> {
    let text = dir.as_os_str().as_encoded_bytes();
    if text.contains(&SEPARATOR) {
        return Some(if cfg!(windows) { "`;`" } else { "`:`" });
    }
    let breaks = text.iter().any(|b| matches!(b, b'\n' | b'\r'));
    breaks.then_some("a line break")
}

/// What has to stand where so that `dirs` are first on PATH in the user's shell, by its path as in
/// `$SHELL`. `None` for a shell that is not known.
///
/// `var` looks up an environment variable, `home` is the home directory, `exists` asks for a file.
pub(crate) fn snippets(
    shell: &str,
    home: &Path,
    dirs: &[&Path],
    var: impl Fn(&str) -> Option<PathBuf>,
    exists: impl Fn(&Path) -> bool,
) -> Option<Vec<Snippet>> {
    let name = shell.rsplit(['/', '\\']).next().unwrap_or(shell).trim_end_matches(".exe");
    let at = |file: PathBuf, line: &[u8]| Snippet { file, line: line.to_owned() };
    Some(match name {
        "zsh" => {
            let dir = var("ZDOTDIR").unwrap_or_else(|| home.to_owned());
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
            let config = var("XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config"));
            vec![at(config.join("fish/conf.d/goward.fish"), &fish(dirs))]
        }
        _ => return None,
    })
}

/// A line for any shell of the Bourne family. It does nothing where the directories are first
/// already, as in a shell below a shell.
pub(crate) fn posix(dirs: &[&Path]) -> Vec<u8> {
    let list = dirs.iter().map(|dir| to_bytes(dir)).collect::<Vec<_>>().join(&b':');
    let pattern = quoted(&[&list, &b":"[..]].concat());
    let path = quoted(&list);
    [
        &b"case \"$PATH\" in "[..],
        &pattern,
        b"*) ;; *) export PATH=",
        &path,
        b"\":$PATH\" ;; esac  ",
        MARK,
    ]
    .concat()
}

fn fish(dirs: &[&Path]) -> Vec<u8> {
    let dirs: Vec<_> = dirs.iter().map(|dir| fish_quoted(&to_bytes(dir))).collect();
    let command = b"fish_add_path --global --move --prepend ";
    [command, dirs.join(&b' ').as_slice(), b"  ", MARK].concat()
}

/// The line for PowerShell on Windows: for the user, for good.
pub(crate) fn powershell(dirs: &[&Path]) -> String {
    let dirs: Vec<_> = dirs.iter().map(|dir| dir.to_string_lossy()).collect();
    let list = dirs.join(";").replace('\'', "''");
    format!(
        "[Environment]::SetEnvironmentVariable('Path', '{list};' + \
         [Environment]::GetEnvironmentVariable('Path', 'User'), 'User')"
    )
}

/// In single quotes, in which no character is special but the quote itself.
fn quoted(text: &[u8]) -> Vec<u8> {
    between_quotes(text, |byte| match byte {
        b'\'' => Some(br"'\''"),
        _ => None,
    })
}

fn fish_quoted(text: &[u8]) -> Vec<u8> {
    between_quotes(text, |byte| match byte {
        b'\\' => Some(br"\\"),
        b'\'' => Some(br"\'"),
        _ => None,
    })
}

/// In single quotes; `escape` says what stands for a byte that is special there.
fn between_quotes(text: &[u8], escape: fn(u8) -> Option<&'static [u8]>) -> Vec<u8> {
    let mut quoted = vec![b'\''];
    for &byte in text {
        match escape(byte) {
            Some(instead) => quoted.extend_from_slice(instead),
            None => quoted.push(byte),
        }
    }
    quoted.push(b'\'');
    quoted
}

/// `old` with `line` in it: in the place of an earlier line of ours, else at the end. `None` if it
/// says so already.
pub(crate) fn with_line(old: &[u8], line: &[u8]) -> Option<Vec<u8>> {
    let lines = || old.split_inclusive(|&b| b == b'\n');
    let is_ours = |present: &&[u8]| present.trim_ascii_end().ends_with(MARK);
    let earlier: Vec<&[u8]> = lines().filter(is_ours).map(<[u8]>::trim_ascii_end).collect();
    if earlier == [line] {
        return None;
    }
    let mut new = Vec::with_capacity(old.len() + line.len() + 2);
    if earlier.is_empty() {
        let gap: &[u8] = if old.is_empty() || old.ends_with(b"\n") { b"" } else { b"\n" };
        return Some([old, gap, line, b"\n"].concat());
    }
    let mut written = false;
    for present in lines() {
        if !is_ours(&present) {
            new.extend_from_slice(present);
        } else if !written {
            written = true;
            new.extend_from_slice(line);
            new.push(b'\n');
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
        // What is no UTF-8 stays as it is.
        let first = with_line(b"alias caf\xe9=y", &one).unwrap();
        assert_eq!(first, [b"alias caf\xe9=y\n", one.as_slice(), b"\n"].concat());
        assert_eq!(with_line(&first, &one), None);
        let moved = with_line(&[&first, &b"after\n"[..]].concat(), &two).unwrap();
        assert_eq!(moved, [b"alias caf\xe9=y\n", two.as_slice(), b"\nafter\n"].concat());
    }

    #[cfg(unix)]
    #[test]
    fn the_line_puts_the_directories_first_once() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt as _;
        let odd = Path::new(OsStr::from_bytes(b"/r/$HOME/b\xff"));
        let line = posix(&[Path::new("/it's here/shims"), odd]);
        let script = [&line, &b"\n"[..], &line, b"\nprintf %s \"$PATH\""].concat();
        let mut shell = std::process::Command::new("/bin/sh");
        let script = OsStr::from_bytes(&script);
        let output = shell.arg("-c").arg(script).env("PATH", "/bin").output().unwrap();
        assert_eq!(output.stdout, b"/it's here/shims:/r/$HOME/b\xff:/bin");
    }
}
