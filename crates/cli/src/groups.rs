//! The groups of the commands: one table, by which `goward --help` and the book order them.

use crate::output::page::wrapped;
use clap::Command;
use textwrap::core::display_width;

/// A heading, and the commands below it in their order.
type Group = (&'static str, &'static [&'static str]);

/// Every command that people type is in one group.
const GROUPS: [Group; 5] = [
    ("Choose", &["use", "default", "trust", "link", "unlink", "exec"]),
    ("Ask", &["which", "current", "explain", "env", "list", "outdated"]),
    ("Bring", &["install", "uninstall", "upgrade", "adopt", "import", "verify", "repair", "prune"]),
    ("Judge", &["check", "hook", "compat", "mod", "inspect", "cross", "cache", "doctor"]),
    ("goward", &["setup", "config", "self", "ci", "completions", "version", HELP]),
];
/// The parser has this one by itself.
const HELP: &str = "help";

/// The template of `goward --help` in a window of `width` columns.
pub(crate) fn template(all: &Command, width: usize) -> String {
    let header = all.get_styles().get_header();
    let heading = |name: &str| format!("{header}{name}:{header:#}\n");
    let groups = GROUPS.iter().map(|(name, commands)| {
        let rows: String = commands.iter().map(|command| row(all, command, width)).collect();
        format!("{}{rows}\n", heading(name))
    });
    let groups: String = groups.collect();
    let options = heading("Everywhere");
    let usage = "{about-with-newline}\n{usage-heading} {usage}\n\n";
    [usage, &groups, &options, "{options}{after-help}\n"].concat()
}

/// The lines of one command, in the manner of the parser's own lists.
fn row(all: &Command, name: &str, width: usize) -> String {
    let command = all.find_subcommand(name);
    let about = command.and_then(Command::get_about).map(ToString::to_string);
    let mut about = about.unwrap_or_else(|| "Print the help of a command".to_owned());
    let aliases: Vec<_> = command.into_iter().flat_map(Command::get_visible_aliases).collect();
    if !aliases.is_empty() {
        about = [&about, " [alias: ", &aliases.join(", "), "]"].concat();
    }
    let names = GROUPS.iter().flat_map(|(_, names)| *names).map(|name| display_width(name));
    let column = names.max().unwrap_or_default() + 4;
    let lines = wrapped(&about, &" ".repeat(column), width);
    let literal = all.get_styles().get_literal();
    let padding = " ".repeat(column - 2 - display_width(name));
    let text = lines.join("\n");
    format!("  {literal}{name}{literal:#}{padding}{}\n", text.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Args;
    use clap::CommandFactory as _;

    #[test]
    fn every_command_for_people_is_in_one_group() {
        let all = Args::command();
        let mut visible: Vec<&str> =
            all.get_subcommands().filter(|c| !c.is_hide_set()).map(Command::get_name).collect();
        visible.push(HELP);
        let mut grouped: Vec<&str> = GROUPS.iter().flat_map(|(_, names)| *names).copied().collect();
        visible.sort_unstable();
        grouped.sort_unstable();
        assert_eq!(grouped, visible);
    }

    #[test]
    fn the_readme_lists_every_command() {
        for (page, heading) in
            [("README.md", "## What works today"), ("README.zh-CN.md", "## 目前能做什么")]
        {
            let path = format!("{}/../../{page}", env!("CARGO_MANIFEST_DIR"));
            let text = std::fs::read_to_string(path).unwrap();
            let (_, rest) = text.split_once(heading).unwrap_or_else(|| panic!("{page}"));
            let section = rest.split("\n## ").next().unwrap_or_default();
            let names = GROUPS.iter().flat_map(|(_, names)| *names);
            // These two every program has.
            for name in names.filter(|name| ![HELP, "version"].contains(name)) {
                assert!(section.contains(&format!("`{name}`")), "{page}: {name}");
            }
        }
    }

    #[test]
    fn the_list_fits_the_window() {
        for width in [40, 80] {
            let template = template(&Args::command(), width);
            for line in template.lines().filter(|line| !line.contains('{')) {
                let plain: String = line
                    .split('\x1b')
                    .map(|piece| {
                        piece
                            .split_once('m')
                            .filter(|_| piece.starts_with('['))
                            .map_or(piece, |(_, rest)| rest)
                    })
                    .collect();
                assert!(display_width(&plain) <= width, "{width}: {plain}");
            }
        }
    }
}
