//! The files that a new shell reads, in its order: a later one may put another directory first.

use super::files::Home;
use super::kind::Shell;
use std::path::{Path, PathBuf};

/// A way in which a shell starts.
pub(crate) struct Session {
    /// The words for such a shell.
    pub(crate) name: &'static str,
    /// The user's files that it reads, whether they are there or not.
    pub(crate) files: Vec<PathBuf>,
}

const NEW: &str = "a new shell";
const LOGIN: &str = "a login shell";

impl Shell {
    /// The ways in which it starts for a person. `list` gives the names in a directory.
    pub(crate) fn sessions(
        self,
        home: &Home<'_>,
        list: &dyn Fn(&Path) -> Vec<PathBuf>,
    ) -> Vec<Session> {
        let new = |files| Session { name: NEW, files };
        let login = |files| Session { name: LOGIN, files };
        match self {
            Shell::Sh | Shell::Ksh | Shell::Mksh => {
                let env = home.env_file(self).into_iter().collect();
                vec![new(env), login(vec![home.at(".profile")])]
            }
            Shell::Bash => {
                let first = home.first(&[".bash_profile", ".bash_login", ".profile"]);
                vec![new(vec![home.at(".bashrc")]), login(first.into_iter().collect())]
            }
            Shell::Zsh => {
                let dir = home.absolute("ZDOTDIR").unwrap_or_else(|| home.directory.to_owned());
                let mut env = vec![home.at(".zshenv"), dir.join(".zshenv")];
                env.dedup();
                let of = |names: &[&str]| {
                    env.iter().cloned().chain(names.iter().map(|name| dir.join(name))).collect()
                };
                vec![new(of(&[".zshrc"])), login(of(&[".zprofile", ".zshrc", ".zlogin"]))]
            }
            Shell::Fish => {
                let mut files = list(&home.config("fish/conf.d"));
                files.retain(|file| file.extension().is_some_and(|end| end == "fish"));
                files.sort();
                files.extend(self.late_files(home));
                vec![new(files)]
            }
            Shell::Csh | Shell::Tcsh => {
                let files = self.files(home);
                let all = [files.clone(), self.late_files(home)].concat();
                vec![new(files), login(all)]
            }
            Shell::Nu => {
                let config = self.files(home);
                let beside = |name| config.iter().map(move |file| file.with_file_name(name));
                vec![new(beside("env.nu").chain(config.clone()).collect())]
            }
            Shell::Elvish => vec![new(self.files(home))],
            Shell::Pwsh => Vec::new(),
        }
    }

    /// Further files, which the shell reads later: they need a line only where another line in them
    /// puts another `go` first.
    pub(crate) fn late_files(self, home: &Home<'_>) -> Vec<PathBuf> {
        match self {
            Shell::Zsh => {
                let dir = home.absolute("ZDOTDIR").unwrap_or_else(|| home.directory.to_owned());
                vec![dir.join(".zlogin")]
            }
            Shell::Fish => vec![home.config("fish/config.fish")],
            Shell::Csh | Shell::Tcsh => vec![home.at(".login")],
            _ => Vec::new(),
        }
    }
}
