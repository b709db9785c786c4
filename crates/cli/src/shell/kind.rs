//! The shells that goward knows.

use clap::ValueEnum;

/// A shell that goward has a line for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shell {
    /// `sh`, `dash` and `ash`: they read `$ENV` and `.profile`.
    #[value(alias = "dash", alias = "ash")]
    Sh,
    /// bash.
    Bash,
    /// zsh.
    Zsh,
    /// The Korn shell.
    #[value(alias = "ksh93")]
    Ksh,
    /// The MirBSD Korn shell.
    Mksh,
    /// fish.
    Fish,
    /// The C shell.
    Csh,
    /// The C shell with a better line editor.
    Tcsh,
    /// Nushell.
    #[value(alias = "nushell")]
    Nu,
    /// Elvish.
    Elvish,
    /// PowerShell, not on Windows.
    #[value(alias = "powershell")]
    Pwsh,
}

impl Shell {
    /// The shell of a path such as `$SHELL` has.
    pub(crate) fn of(path: &str) -> Option<Shell> {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path).trim_end_matches(".exe");
        <Shell as ValueEnum>::from_str(name, false).ok()
    }

    /// The path of the shell that the password database has for the user; empty if it has none, and
    /// on Windows.
    pub(crate) fn of_account() -> String {
        #[cfg(unix)]
        {
            use nix::unistd::{Uid, User};
            let user = User::from_uid(Uid::current()).ok().flatten();
            user.map(|user| user.shell.to_string_lossy().into_owned()).unwrap_or_default()
        }
        #[cfg(not(unix))]
        String::new()
    }

    /// Its usual name.
    pub(crate) fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// Whether goward edits the files itself. For an untested shell it only prints the line.
    pub(crate) fn is_edited(self) -> bool {
        self != Shell::Pwsh
    }
}
