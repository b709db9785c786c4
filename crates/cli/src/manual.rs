//! The manual pages, of the same declarations as the help. Releases and packages have them. No program that people run
//! makes them: a build with the feature `manual`
//! does, and writes them into the directory that is its first word.

use crate::args::Args;
use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use roff::{Inline, Roff, bold, roman};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

/// Writes each page into a file of this directory.
///
/// # Errors
/// As the system.
pub(crate) fn write(directory: &Path) -> io::Result<()> {
    pages()?.iter().try_for_each(|(name, text)| fs::write(directory.join(name), text))
}

/// The pages by the names of their files.
fn pages() -> io::Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    let mut all = without_help(Args::command());
    all.build();
    add(&all, &mut found)?;
    Ok(found)
}

/// A command without the commands `help`, whose pages would say what all the others say.
fn without_help(command: Command) -> Command {
    command.disable_help_subcommand(true).mut_subcommands(without_help)
}

/// Adds the page of a command, and those of its parts.
fn add(command: &Command, to: &mut BTreeMap<String, String>) -> io::Result<()> {
    let man = Man::new(command.clone()).manual("Manual of goward").source("goward");
    to.insert(man.get_filename(), page(command, &man)?);
    command.get_subcommands().filter(|part| !part.is_hide_set()).try_for_each(|part| add(part, to))
}

fn page(command: &Command, man: &Man) -> io::Result<String> {
    let mut text = Vec::new();
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut text)?;
    }
    let closing = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    // A page has no date, and the crate writes an empty one without quotes, where the next word takes
    // its place.
    let text = String::from_utf8(text).map_err(io::Error::other)?;
    Ok(text.replacen(" 1  goward", " 1 \"\" goward", 1) + &self::closing(&closing))
}

/// The closing text of a help page: prose in paragraphs, and examples line by line.
fn closing(text: &str) -> String {
    let mut page = Roff::new();
    // A paragraph belongs to the section before it, so prose needs one of its own.
    let mut section = "";
    for paragraph in text.split("\n\n").filter(|paragraph| !paragraph.is_empty()) {
        let (first, rest) = paragraph.split_once('\n').unwrap_or((paragraph, ""));
        let wanted = match first {
            "Examples:" => "EXAMPLES",
            _ if first.starts_with("Exit codes:") => "EXIT STATUS",
            _ => "NOTES",
        };
        let is_new = section != wanted;
        section = wanted;
        match is_new {
            true => page.control("SH", [wanted]),
            false => page.control("PP", []),
        };
        match wanted {
            "EXAMPLES" => lines(&mut page, rest),
            "EXIT STATUS" => {
                prose(&mut page, paragraph.trim_start_matches("Exit codes:").trim_start());
            }
            _ => prose(&mut page, paragraph),
        }
    }
    page.to_roff()
}

/// Text that the reader's window fills; lines with an indent stay lines.
fn prose(page: &mut Roff, paragraph: &str) {
    let (mut words, mut kept): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    for line in paragraph.lines() {
        if line.starts_with(' ') {
            kept.push(line);
        } else {
            words.push(line.trim_end());
        }
    }
    if !words.is_empty() {
        page.text([roman(words.join(" "))]);
    }
    if !kept.is_empty() {
        lines(page, &kept.join("\n"));
    }
}

/// Lines as they are, each command in bold.
fn lines(page: &mut Roff, text: &str) {
    page.control("nf", []);
    for line in text.lines() {
        let line = line.trim_start();
        let (command, remark) = line.split_at(line.find("  ").unwrap_or(line.len()));
        let remark: Vec<Inline> = if remark.is_empty() { Vec::new() } else { vec![roman(remark)] };
        page.text([vec![bold(command)], remark].concat());
    }
    page.control("fi", []);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_page_of_each_command() {
        let directory = tempfile::tempdir().unwrap();
        write(directory.path()).unwrap();
        let read = |name: &str| fs::read_to_string(directory.path().join(name));
        assert!(fs::read_dir(directory.path()).unwrap().count() > 45);
        let page = read("goward-self-uninstall.1").unwrap();
        for part in [".SH NAME\n", "\n.SH SYNOPSIS\n", "\n.SH OPTIONS\n", "\n.SH EXAMPLES\n.nf\n"] {
            assert!(page.contains(part), "{page}");
        }
        let page = read("goward.1").unwrap();
        assert!(page.contains(" 1 \"\" goward \"Manual of goward\"\n"), "{page}");
        assert!(page.contains(".SH SUBCOMMANDS\n"), "{page}");
        read("goward-provide.1").expect_err("only the shim calls it");
    }

    #[test]
    fn examples_stay_lines_and_prose_does_not() {
        let text = "Some words\nthat go on.\n\nExamples:\n  goward x   a remark\n  .y\n\nExit codes: 0 done,\n1 not.";
        let page = closing(text);
        for part in [
            ".SH NOTES\nSome words that go on.\n",
            ".SH EXAMPLES\n.nf\n\\fBgoward x\\fR   a remark\n\\fB.y\\fR\n.fi\n",
            ".SH \"EXIT STATUS\"\n0 done, 1 not.\n",
        ] {
            assert!(page.contains(part), "{page}");
        }
    }
}
