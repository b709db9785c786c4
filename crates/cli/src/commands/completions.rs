//! `goward completions`: scripts that complete its commands in a shell.

use crate::completion::VARIABLE;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use clap::{Args as ClapArgs, ValueEnum};
use clap_complete::env::{Bash, Elvish, EnvCompleter, Fish, Powershell, Zsh};

/// Prints a completion script.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
The script asks goward for what can be typed next: commands, flags, installed versions, linked names.
Where a start-up file of the shell reads it anew, it is always that of the goward you have.

Examples:
  goward completions bash
  echo 'source <(goward completions bash)' >> ~/.bashrc
  echo 'source <(goward completions zsh)' >> ~/.zshrc
  mkdir -p ~/.config/fish/completions
  goward completions fish > ~/.config/fish/completions/goward.fish")]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// A shell that can complete. PowerShell's program is called `pwsh`, and `goward setup` calls the
/// shell so.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Shell {
    Bash,
    Elvish,
    Fish,
    #[value(alias = "pwsh")]
    Powershell,
    Zsh,
}

/// A user of zsh need not have switched its completion on.
const ZSH_BEGINS: &str = "#compdef goward\n\
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }\n";
/// In a directory of `fpath` the script itself is called for the first completion.
const ZSH_ENDS: &str =
    "\n[ \"$funcstack[1]\" != _goward ] || _clap_dynamic_completer_goward \"$@\"";

impl Completions {
    /// Prints the script.
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        let shell: &dyn EnvCompleter = match self.shell {
            Shell::Bash => &Bash,
            Shell::Elvish => &Elvish,
            Shell::Fish => &Fish,
            Shell::Powershell => &Powershell,
            Shell::Zsh => &Zsh,
        };
        let mut script = Vec::new();
        shell.write_registration(VARIABLE, "goward", "goward", "goward", &mut script).map_err(
            |error| Failure::new(Exit::Failure, "cannot make the script").because(error),
        )?;
        let mut script = String::from_utf8_lossy(&script).into_owned();
        if matches!(self.shell, Shell::Zsh) {
            let body = script.trim_start_matches("#compdef goward\n").trim_end();
            script = format!("{ZSH_BEGINS}{body}{ZSH_ENDS}\n");
        }
        cx.output.bytes(script.as_bytes());
        Ok(())
    }
}
