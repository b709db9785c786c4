//! `goward completions`: scripts that complete its commands in a shell.

use crate::context::Context;
use crate::failure::Result;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Args as ClapArgs, Command as CommandLine, ValueEnum as _};
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
    #[arg(value_parser = PossibleValuesParser::new(shells()).try_map(|name| named(&name)))]
    shell: Shell,
}

/// PowerShell's program is called `pwsh`, and `goward setup` calls the shell so.
const PWSH: &str = "pwsh";

/// The names of the shells.
fn shells() -> impl Iterator<Item = clap::builder::PossibleValue> {
    Shell::value_variants().iter().filter_map(|shell| {
        let value = shell.to_possible_value()?;
        Some(if *shell == Shell::PowerShell { value.alias(PWSH) } else { value })
    })
}

fn named(name: &str) -> std::result::Result<Shell, String> {
    Shell::from_str(if name == PWSH { "powershell" } else { name }, false)
}

impl Completions {
    /// Prints the script that completes `command_line`.
    pub(crate) fn run(self, cx: &mut Context, command_line: CommandLine) -> Result<()> {
        let (mut script, mut command_line) = (Vec::new(), visible(&command_line));
        clap_complete::generate(self.shell, &mut command_line, "goward", &mut script);
        cx.output.bytes(&script);
        Ok(())
    }
}

/// The command line without the commands that only the shim calls.
fn visible(whole: &CommandLine) -> CommandLine {
    let shown = whole.get_subcommands().filter(|command| !command.is_hide_set());
    let about = whole.get_about().cloned().unwrap_or_default();
    CommandLine::new("goward")
        .version(env!("CARGO_PKG_VERSION"))
        .about(about)
        .args(whole.get_arguments())
        .subcommands(shown)
}
