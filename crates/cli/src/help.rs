//! Help, laid out for the reader's window.

use crate::args::Args;
use crate::groups;
use crate::output::page::{width, wrapped};
use clap::error::ErrorKind;
use clap::{Command, CommandFactory as _};
use textwrap::core::display_width;

/// The blanks before a remark that stands below its example.
const BELOW: &str = "      ";

/// The help that `error` is, laid out for the window; another complaint as it is.
pub(crate) fn laid_out(error: clap::Error) -> clap::Error {
    let kinds = [ErrorKind::DisplayHelp, ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand];
    let again = || command_line(width()).try_get_matches_from(std::env::args_os()).err();
    kinds.contains(&error.kind()).then(again).flatten().unwrap_or(error)
}

/// The command line, whose help is `width` columns wide.
pub(crate) fn command_line(width: usize) -> Command {
    let all = Args::command().term_width(width);
    let template = groups::template(&all, width);
    below(all, width).help_template(template)
}

/// A command whose closing text, and that of its parts, is laid out.
fn below(command: Command, width: usize) -> Command {
    let text = command.get_after_help().map(|text| closing(&text.to_string(), width));
    let command = match text {
        Some(text) => command.after_help(text),
        None => command,
    };
    command.mut_subcommands(|part| below(part, width))
}

/// Prose as wide as the window, and each example with its remark beside or below it.
fn closing(text: &str, width: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut prose = String::new();
    for line in text.lines() {
        let is_heading = line.ends_with(':') && prose.is_empty();
        if line.is_empty() || line.starts_with(' ') || is_heading {
            lines.extend(wrapped(&std::mem::take(&mut prose), "", width));
            lines.extend(example(line, width));
        } else {
            prose.push_str(if prose.is_empty() { "" } else { " " });
            prose.push_str(line);
        }
    }
    lines.extend(wrapped(&prose, "", width));
    lines.join("\n")
}

/// One line of the examples, or of what stands between two paragraphs.
fn example(line: &str, width: usize) -> Vec<String> {
    let blanks = line.len() - line.trim_start().len();
    let remark = line[blanks..].find("  ").map(|at| line.split_at(blanks + at));
    match remark {
        Some((command, remark)) if display_width(line) > width => {
            let below = wrapped(remark.trim(), BELOW, width);
            [command.to_owned()].into_iter().chain(below).collect()
        }
        _ => vec![line.to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closing_text_is_as_wide_as_the_window() {
        let text = "Some words\nthat go on.\n\nExamples:\n  goward use 1.22   the newest patch of it\n  goward x";
        let wide = "Some words that go on.\n\nExamples:\n  goward use 1.22   the newest patch of it\n  goward x";
        assert_eq!(closing(text, 80), wide);
        let narrow = "Some words that\ngo on.\n\nExamples:\n  goward use 1.22\n      the newest\n      patch of it\n  goward x";
        assert_eq!(closing(text, 17), narrow);
    }

    /// Of the help of every command.
    #[test]
    fn no_line_of_help_is_broken_by_the_window() {
        fn all(mut command: Command, width: usize, seen: &mut usize) {
            let help = command.render_long_help().to_string();
            for line in help.lines() {
                // A command to copy, a usage and a long word are whole.
                let whole = ["goward ", "go +", "Usage: "];
                let whole = whole.iter().any(|start| line.trim_start().starts_with(start));
                let fits = display_width(line) <= width || whole || !line.trim().contains(' ');
                assert!(fits, "{width}: {line}\n{help}");
            }
            *seen += 1;
            command.build();
            let parts: Vec<_> = command.get_subcommands().cloned().collect();
            parts.into_iter().for_each(|part| all(part, width, seen));
        }
        for width in [40, 80] {
            let mut seen = 0;
            all(command_line(width), width, &mut seen);
            assert!(seen > 25, "{seen}");
        }
    }
}
