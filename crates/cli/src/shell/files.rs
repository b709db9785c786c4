//! The start-up files of a shell that need a line.

use super::kind::Shell;
use clap::ValueEnum as _;
use std::path::{Path, PathBuf};

/// The file that is always empty.
const NULL: &str = "/dev/null";

/// Every start-up file that may have the line: for any shell, and with any files and variables at
/// the time when goward wrote it.
pub(crate) fn all_files(home: &Home<'_>) -> Vec<PathBuf> {
    let Home { directory, var, exists } = *home;
    let unset = |_: &str| None;
    let all = |_: &Path| true;
    let none = |_: &Path| false;
    let second = |file: &Path| file.ends_with(".bash_login");
    let mut found = Vec::new();
    for exists in [exists, &all, &none, &second] {
        for home in [Home { directory, var, exists }, Home { directory, var: &unset, exists }] {
            let shells = Shell::value_variants().iter();
            found.extend(
                shells.flat_map(|shell| [shell.files(&home), shell.late_files(&home)].concat()),
            );
        }
    }
    found.sort();
    found.dedup();
    found
}

/// The facts that decide the place of a start-up file.
pub(crate) struct Home<'a> {
    /// The home directory.
    pub(crate) directory: &'a Path,
    /// Looks up an environment variable; an empty one counts as unset.
    pub(crate) var: &'a dyn Fn(&str) -> Option<PathBuf>,
    /// Whether a file exists.
    pub(crate) exists: &'a dyn Fn(&Path) -> bool,
}

impl Shell {
    /// The start-up files that need the line, so that it counts in a login shell and in a shell on
    /// a terminal, even where the shell reads a file before that sets PATH anew.
    pub(crate) fn files(self, home: &Home<'_>) -> Vec<PathBuf> {
        match self {
            Shell::Sh | Shell::Ksh | Shell::Mksh => home.with_env_file(self),
            Shell::Bash => home.of_bash(),
            Shell::Zsh => home.of_zsh(),
            Shell::Fish => vec![home.config("fish/conf.d/goward.fish")],
            Shell::Csh => vec![home.at(".cshrc")],
            // Every tcsh reads only the first of the two files that exists.
            Shell::Tcsh => vec![home.first(&[".tcshrc"]).unwrap_or_else(|| home.at(".cshrc"))],
            Shell::Nu
                if cfg!(target_os = "macos") && home.absolute("XDG_CONFIG_HOME").is_none() =>
            {
                vec![home.at("Library/Application Support/nushell/config.nu")]
            }
            Shell::Nu => vec![home.config("nushell/config.nu")],
            // The older place comes first if it has a file.
            Shell::Elvish => {
                let old = home.first(&[".elvish/rc.elv"]);
                vec![old.unwrap_or_else(|| home.config("elvish/rc.elv"))]
            }
            Shell::Pwsh => vec![home.config("powershell/profile.ps1")],
        }
    }

    /// The advice for a shell that is no login shell, where it reads none of [`Shell::files`].
    pub(crate) fn unread(self, home: &Home<'_>) -> Option<String> {
        let reads_env = matches!(self, Shell::Sh | Shell::Ksh | Shell::Mksh);
        if !reads_env || home.env_file(self).is_some() {
            return None;
        }
        Some(match ((home.var)("ENV"), self.env_default()) {
            (None, Some(name)) => {
                format!("to have it in every shell, make ~/{name} and run this again")
            }
            (Some(file), _) if file != Path::new(NULL) => {
                "to have it in every shell, put its line into the file that ENV names, too"
                    .to_owned()
            }
            _ => "to have it in every shell, set ENV to the path of a file and run this again"
                .to_owned(),
        })
    }

    /// The ways to name the home directory in `$ENV`, which this shell expands.
    fn env_homes(self) -> &'static [&'static str] {
        match self {
            Shell::Ksh => &["~/", "$HOME/", "${HOME}/"],
            // mksh expands nothing.
            Shell::Mksh => &[],
            _ => &["$HOME/", "${HOME}/"],
        }
    }

    /// The file that every shell on a terminal reads where `ENV` is not set.
    fn env_default(self) -> Option<&'static str> {
        match self {
            Shell::Ksh => Some(".kshrc"),
            Shell::Mksh => Some(".mkshrc"),
            _ => None,
        }
    }
}

impl Home<'_> {
    pub(super) fn at(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// The absolute directory that a variable names. A relative one would change with each `cd`.
    pub(super) fn absolute(&self, key: &str) -> Option<PathBuf> {
        (self.var)(key).filter(|dir| dir.is_absolute())
    }

    pub(super) fn config(&self, name: &str) -> PathBuf {
        self.absolute("XDG_CONFIG_HOME").unwrap_or_else(|| self.at(".config")).join(name)
    }

    pub(super) fn first(&self, names: &[&str]) -> Option<PathBuf> {
        names.iter().map(|name| self.at(name)).find(|file| (self.exists)(file))
    }

    /// The file that a login shell reads, and the file that every shell on a terminal reads.
    fn with_env_file(&self, shell: Shell) -> Vec<PathBuf> {
        let mut files = vec![self.at(".profile")];
        files.extend(self.env_file(shell).filter(|file| *file != files[0]));
        files
    }

    /// The file that every shell on a terminal reads: `$ENV` names it, or else it is the shell's
    /// default if that exists. By the null device the user wants none.
    pub(super) fn env_file(&self, shell: Shell) -> Option<PathBuf> {
        match (self.var)("ENV") {
            Some(file) if file == Path::new(NULL) => None,
            Some(file) => self.expanded(shell.env_homes(), file),
            None => self.first(shell.env_default().as_slice()),
        }
    }

    /// The file of a value of `ENV`, which shells expand. `None` if only a shell understands it.
    fn expanded(&self, homes: &[&str], file: PathBuf) -> Option<PathBuf> {
        let text = file.to_string_lossy();
        match homes.iter().find_map(|home| text.strip_prefix(home)) {
            Some(rest) if !rest.contains(['$', '`']) => Some(self.at(rest)),
            Some(_) => None,
            None => (file.is_absolute() && !text.contains(['$', '`'])).then(|| file.clone()),
        }
    }

    /// A login bash reads the first of three files, and not `.bashrc`. `sh` and the desktop always
    /// read `.profile`.
    fn of_bash(&self) -> Vec<PathBuf> {
        let profile = self.at(".profile");
        let login = self.first(&[".bash_profile", ".bash_login"]);
        let mut files = vec![self.at(".bashrc")];
        match login {
            Some(login) if (self.exists)(&profile) => files.extend([login, profile]),
            Some(login) => files.push(login),
            None => files.push(profile),
        }
        files
    }

    /// Each zsh reads `.zshenv`, then a login shell `.zprofile` (after the system's, which may
    /// set PATH anew), then one on a terminal `.zshrc`. goward edits the first only if it exists:
    /// then it may put another directory first in shells that read no other file.
    fn of_zsh(&self) -> Vec<PathBuf> {
        let directory = self.absolute("ZDOTDIR").unwrap_or_else(|| self.directory.to_owned());
        // The user sets `ZDOTDIR` in the one in the home directory.
        let mut files = vec![self.at(".zshenv"), directory.join(".zshenv")];
        files.dedup();
        files.retain(|file| (self.exists)(file));
        files.extend([".zprofile", ".zshrc"].map(|name| directory.join(name)));
        files
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(shell: &str, existing: &[&str], vars: &[(&str, &str)]) -> Vec<String> {
        let exists = |file: &Path| existing.iter().any(|name| file == Path::new("/h").join(name));
        let var = |key: &str| {
            vars.iter().find(|(known, _)| *known == key).map(|(_, value)| PathBuf::from(value))
        };
        let home = Home { directory: Path::new("/h"), var: &var, exists: &exists };
        let found = Shell::of(shell).unwrap().files(&home);
        found.iter().map(|file| file.display().to_string()).collect()
    }

    #[cfg(unix)]
    #[test]
    fn each_shell_has_its_files() {
        for (shell, existing, vars, expected) in [
            ("/bin/zsh", &[][..], &[][..], &["/h/.zprofile", "/h/.zshrc"][..]),
            ("/bin/zsh", &[".zshenv"], &[], &["/h/.zshenv", "/h/.zprofile", "/h/.zshrc"]),
            (
                "zsh",
                &[".zshenv", "z/.zshenv"],
                &[("ZDOTDIR", "/h/z")],
                &["/h/.zshenv", "/h/z/.zshenv", "/h/z/.zprofile", "/h/z/.zshrc"],
            ),
            ("zsh", &[], &[("ZDOTDIR", "z")], &["/h/.zprofile", "/h/.zshrc"]),
            ("/bin/bash", &[], &[], &["/h/.bashrc", "/h/.profile"]),
            ("bash", &[".bash_login"], &[], &["/h/.bashrc", "/h/.bash_login"]),
            (
                "bash",
                &[".profile", ".bash_profile"],
                &[],
                &["/h/.bashrc", "/h/.bash_profile", "/h/.profile"],
            ),
            ("/bin/dash", &[], &[], &["/h/.profile"]),
            ("sh", &[], &[("ENV", "/e/rc")], &["/h/.profile", "/e/rc"]),
            ("ash", &[], &[("ENV", "$HOME/.shrc")], &["/h/.profile", "/h/.shrc"]),
            ("sh", &[], &[("ENV", "$HOME/.profile")], &["/h/.profile"]),
            ("sh", &[], &[("ENV", "~/.shrc")], &["/h/.profile"]),
            ("sh", &[], &[("ENV", "${ENVDIR}/rc")], &["/h/.profile"]),
            ("ksh", &[".kshrc"], &[], &["/h/.profile", "/h/.kshrc"]),
            ("ksh", &[".kshrc"], &[("ENV", "/e/rc")], &["/h/.profile", "/e/rc"]),
            ("mksh", &[], &[], &["/h/.profile"]),
            ("ksh", &[], &[("ENV", "~/x")], &["/h/.profile", "/h/x"]),
            ("mksh", &[], &[("ENV", "/h/x")], &["/h/.profile", "/h/x"]),
            ("mksh", &[], &[("ENV", "$HOME/x")], &["/h/.profile"]),
            ("sh", &[], &[("ENV", "/dev/null")], &["/h/.profile"]),
            ("mksh", &[".mkshrc"], &[("ENV", "/dev/null")], &["/h/.profile"]),
            ("/usr/bin/fish", &[], &[], &["/h/.config/fish/conf.d/goward.fish"]),
            ("fish", &[], &[("XDG_CONFIG_HOME", "/x")], &["/x/fish/conf.d/goward.fish"]),
            ("tcsh", &[], &[], &["/h/.cshrc"]),
            ("tcsh", &[".tcshrc", ".cshrc"], &[], &["/h/.tcshrc"]),
            ("csh", &[".tcshrc"], &[], &["/h/.cshrc"]),
            ("nu", &[], &[("XDG_CONFIG_HOME", "/x")], &["/x/nushell/config.nu"]),
            ("elvish", &[], &[], &["/h/.config/elvish/rc.elv"]),
            ("elvish", &[".elvish/rc.elv"], &[], &["/h/.elvish/rc.elv"]),
            ("pwsh", &[], &[], &["/h/.config/powershell/profile.ps1"]),
        ] {
            assert_eq!(files(shell, existing, vars), expected, "{shell} {existing:?} {vars:?}");
        }
        assert_eq!(Shell::of("/usr/bin/xonsh"), None);
        assert_eq!(Shell::of(""), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_shell_that_reads_no_file_but_at_login_is_known() {
        let unread = |shell: &str, existing: &'static [&'static str], env: Option<&str>| {
            let exists =
                |file: &Path| existing.iter().any(|name| file == Path::new("/h").join(name));
            let var = |key: &str| env.filter(|_| key == "ENV").map(PathBuf::from);
            let home = Home { directory: Path::new("/h"), var: &var, exists: &exists };
            Shell::of(shell).unwrap().unread(&home)
        };
        for (shell, existing, env, mend) in [
            ("sh", &[][..], None, Some("set ENV to the path of a file")),
            ("dash", &[], Some("/dev/null"), Some("set ENV to the path of a file")),
            ("sh", &[], Some("~/.shrc"), Some("into the file that ENV names")),
            ("sh", &[], Some("$HOME/.shrc"), None),
            ("sh", &[], Some("$HOME/.profile"), None),
            ("ksh", &[], None, Some("make ~/.kshrc")),
            ("ksh", &[".kshrc"], None, None),
            ("mksh", &[], None, Some("make ~/.mkshrc")),
            ("mksh", &[".mkshrc"], Some("/dev/null"), Some("set ENV to the path of a file")),
            ("mksh", &[".mkshrc"], None, None),
            ("bash", &[], Some("/dev/null"), None),
            ("fish", &[], None, None),
        ] {
            let said = unread(shell, existing, env);
            let fits = match (&said, mend) {
                (Some(said), Some(mend)) => said.contains(mend),
                (said, mend) => said.is_none() && mend.is_none(),
            };
            assert!(fits, "{shell} {existing:?} {env:?}: {said:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn no_file_that_may_have_the_line_is_passed_over() {
        let now = [("ENV", PathBuf::from("/e/rc")), ("ZDOTDIR", PathBuf::from("/h/z"))];
        let var = |key: &str| now.iter().find(|(known, _)| *known == key).map(|(_, v)| v.clone());
        let home = Home { directory: Path::new("/h"), var: &var, exists: &|_| false };
        let found = all_files(&home);
        for file in [
            ".profile",
            ".bashrc",
            ".bash_profile",
            ".bash_login",
            ".zshenv",
            ".zprofile",
            ".zshrc",
            "z/.zshenv",
            "z/.zprofile",
            "z/.zshrc",
            ".kshrc",
            ".mkshrc",
            "/e/rc",
            ".cshrc",
            ".tcshrc",
            ".config/fish/conf.d/goward.fish",
            ".config/nushell/config.nu",
            ".config/elvish/rc.elv",
            ".elvish/rc.elv",
            "z/.zlogin",
            ".login",
            ".config/fish/config.fish",
        ] {
            assert!(found.contains(&Path::new("/h").join(file)), "{file}: {found:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_path_that_is_no_text_is_no_word_of_every_shell() {
        use std::os::unix::ffi::OsStrExt as _;
        let odd = Path::new(std::ffi::OsStr::from_bytes(b"/\xff"));
        for shell in Shell::value_variants() {
            let none = matches!(shell, Shell::Nu | Shell::Pwsh);
            assert_eq!(shell.line(&[odd]).is_none(), none, "{shell:?}");
        }
    }
}
