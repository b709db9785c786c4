//! `goward completions`: scripts that complete its commands in a shell.

use crate::args::Args;
use crate::context::Context;
use crate::failure::Result;
use clap::{Args as ClapArgs, CommandFactory as _};
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
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Args::command(), "goward", &mut script);
        cx.output.bytes(&script);
        Ok(())
    }
}
