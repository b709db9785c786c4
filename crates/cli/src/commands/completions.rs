//! `goward completions`: scripts that complete its commands in a shell.

use crate::context::Context;
use crate::failure::Result;
use clap::Args as ClapArgs;
use clap_complete::Shell;

/// Prints a completion script.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  goward completions bash > ~/.local/share/bash-completion/completions/goward
  goward completions zsh > ~/.zfunc/_goward
  goward completions fish > ~/.config/fish/completions/goward.fish")]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    /// Prints the script that completes `command_line`.
    pub(crate) fn run(self, cx: &mut Context, mut command_line: clap::Command) -> Result<()> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command_line, "goward", &mut script);
        cx.output.bytes(&script);
        Ok(())
    }
}
