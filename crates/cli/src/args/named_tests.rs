//! The parser must take every command of goward that a message, a help text or a page of the
//! documentation names: people type it.

use super::Args;
use clap::error::ErrorKind;
use clap::{Command, CommandFactory as _, Parser as _};
use std::fs;
use std::path::{Path, PathBuf};

/// A command line in a text.
#[derive(Debug)]
struct Named {
    at: String,
    line: String,
    /// Whether people type it as it stands: the text does not only name the command.
    whole: bool,
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every file below `dir` with this ending.
fn files(dir: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![workspace().join(dir)];
    while let Some(dir) = open.pop() {
        for path in fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The texts between double quotes in Rust code: the parts of messages.
fn literals(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in joined(code) {
        // A comment has quotes of its own, and so has a character.
        let line = line.trim_start();
        if line.starts_with("//") {
            continue;
        }
        let line = line.replace("'\"'", "' '").replace("b'\\\"'", "' '");
        let mut literal: Option<String> = None;
        let mut chars = line.chars();
        while let Some(char) = chars.next() {
            match (char, &mut literal) {
                ('"', None) => literal = Some(String::new()),
                ('"', Some(_)) => found.extend(literal.take()),
                ('\\', Some(text)) => text.push(match chars.next() {
                    Some('n') => '\n',
                    other => other.unwrap_or(' '),
                }),
                (char, Some(text)) => text.push(char),
                (_, None) => {}
            }
        }
    }
    found
}

/// The lines of code. A literal that goes on after a backslash stands in one of them.
fn joined(code: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in code.lines() {
        match lines.last_mut().filter(|_| goes_on) {
            Some(last) => last.push_str(line.trim_start()),
            None => lines.push(line.to_owned()),
        }
        goes_on = line.ends_with('\\');
        if let Some(last) = lines.last_mut().filter(|_| goes_on) {
            last.pop();
        }
    }
    lines
}

/// Commands in text of a program: behind a colon or a backquote, or with the name of a command.
fn in_message(text: &str, commands: &[String]) -> Vec<(String, bool)> {
    let mut found = Vec::new();
    // The parser itself writes the usage of a command.
    for line in text.lines().filter(|line| !line.starts_with("Usage: ")) {
        for (at, _) in line.match_indices("goward ") {
            let (before, after) = (&line[..at], &line[at + "goward ".len()..]);
            let quoted = before.ends_with('`');
            let next = after.split([' ', '`', ',', ';', ':', ')']).next().unwrap_or_default();
            let asked = before.ends_with(": ") || before.trim().is_empty() && !before.is_empty();
            let known = commands.iter().any(|name| name == next) || next.starts_with("--");
            if !(quoted || known || asked && next.starts_with(|c: char| c.is_ascii_lowercase())) {
                continue;
            }
            let ends = if quoted {
                &["`"][..]
            } else {
                &["  ", "; ", ", ", " (", ")", ": ", ". ", " | ", " > "]
            };
            let end = ends.iter().filter_map(|end| after.find(end)).min().unwrap_or(after.len());
            let line = format!("goward {}", after[..end].trim_end_matches(['.', ';', ',']));
            found.push((line, asked));
        }
    }
    found
}

/// Commands in a page: in its code spans and its blocks of code.
fn in_page(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut prose = String::new();
    let mut in_block = false;
    for line in page.lines() {
        let code = line.trim_start();
        if code.starts_with("```") {
            in_block = !in_block;
        } else if in_block {
            found.extend(in_code(code));
        } else {
            // A span may go on in the next line.
            prose.push_str(line);
            prose.push(if line.is_empty() { '\n' } else { ' ' });
        }
    }
    for paragraph in prose.lines() {
        found.extend(paragraph.split('`').skip(1).step_by(2).flat_map(in_code));
    }
    found
}

/// Commands in a line of a shell or of a configuration that has one.
fn in_code(line: &str) -> Vec<String> {
    let line = line.split(" #").next().unwrap_or_default();
    let begins = |before: &str| {
        let word = before.is_empty() || before.ends_with([' ', '/', '(', '"', '\'']);
        word && !before.ends_with("-p ")
    };
    let found = line.match_indices("goward ").filter(|(at, found)| {
        // The first may be the end of a path, in front of the command.
        let after = &line[at + found.len()..];
        // Nor is a regular expression of sudo's a command.
        begins(&line[..*at]) && !after.starts_with(found) && !after.starts_with('^')
    });
    found
        .map(|(at, _)| {
            let rest = &line[at..];
            let ends = [" && ", " || ", "; ", " | ", " > ", " >> ", "  ", ")", " 2>"];
            let quote = line[..at].chars().next_back().filter(|char| matches!(char, '"' | '\''));
            let end = ends.iter().filter_map(|end| rest.find(end));
            let end = end.chain(quote.and_then(|quote| rest.find(quote))).min();
            let command = &rest[..end.unwrap_or(rest.len())];
            // git adds the file to such a command.
            let file = if line[..at].contains("textconv") { " FILE" } else { "" };
            [command, file].concat()
        })
        .collect()
}

/// The words of a command line, with a valid value in the place of each placeholder. They have the
/// optional parts of a synopsis, and the first of its alternatives.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut quote = None;
    let mut word: Option<String> = None;
    for char in line.chars() {
        match (char, quote) {
            ('\'' | '"', None) => {
                quote = Some(char);
                word.get_or_insert_default();
            }
            (char, Some(open)) if char == open => quote = None,
            (' ', None) => words.extend(word.take()),
            ('[' | ']', None) => {}
            (char, _) => word.get_or_insert_default().push(char),
        }
    }
    words.extend(word);
    words.iter().map(|word| filled(word)).collect()
}

fn filled(word: &str) -> String {
    let cut = word.trim_end_matches("...").trim_end_matches('…');
    let digest =
        cut.len() > 3 && cut.len() < word.len() && cut.bytes().all(|b| b.is_ascii_hexdigit());
    let word = if digest { "HEX" } else { cut.split('|').next().unwrap_or_default() };
    match word {
        "COMMAND" => "use".to_owned(),
        "VERSION" => "1.22.10".to_owned(),
        "GOOS/GOARCH" => "linux/arm64".to_owned(),
        "<COMMAND>" => "help".to_owned(),
        "LEVEL" => "t1".to_owned(),
        "DAYS" => "30".to_owned(),
        "SHELL" => "fish".to_owned(),
        "TOOL" => "goenv".to_owned(),
        "CONDITION" => "static".to_owned(),
        "HEX" => "0".repeat(64),
        // What a command prints, which is a version. The command itself is another one in the text.
        word if word.starts_with("$(") => "1.22.10".to_owned(),
        // A message puts in a version, a name or a path.
        word if word.contains('{') => {
            let inside = word.find('{').zip(word.rfind('}'));
            inside.map_or_else(String::new, |(open, close)| {
                format!("{}1.22.10{}", &word[..open], &word[close + 1..])
            })
        }
        word => word.to_owned(),
    }
}

/// The reason why the parser refuses the line, if it does. Help is no refusal. Neither is a lack of
/// arguments where the text only names the command.
fn refusal(line: &str, whole: bool) -> Option<String> {
    match Args::try_parse_from(words(line)) {
        Ok(_) => None,
        Err(error) => match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => None,
            ErrorKind::MissingRequiredArgument
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
                if !whole =>
            {
                None
            }
            _ => Some(error.to_string().lines().next().unwrap_or_default().to_owned()),
        },
    }
}

/// The help of every command, hidden ones too.
fn helps(command: &mut Command, into: &mut Vec<(String, String)>) {
    let help = command.render_long_help().to_string();
    into.push((format!("goward {} --help", command.get_name()), help));
    command.get_subcommands_mut().for_each(|command| helps(command, into));
}

fn all() -> Vec<Named> {
    let mut command_line = Args::command();
    command_line.build();
    let commands = command_line.get_subcommands().map(|command| command.get_name().to_owned());
    let commands: Vec<String> = commands.collect();
    let mut found = Vec::new();
    let mut add = |at: &str, lines: Vec<(String, bool)>| {
        let named = |(line, whole)| Named { at: at.to_owned(), line, whole };
        found.extend(lines.into_iter().map(named));
    };
    let code = ["crates/cli/src", "crates/installer/src", "crates/resolver/src", "shims"];
    for file in code.iter().flat_map(|dir| files(dir, "rs")) {
        let text = fs::read_to_string(&file).unwrap();
        if file.ends_with("named_tests.rs") {
            continue;
        }
        for literal in literals(text.split("#[cfg(test)]\nmod tests").next().unwrap()) {
            add(&file.display().to_string(), in_message(&literal, &commands));
        }
    }
    let mut texts = Vec::new();
    helps(&mut command_line, &mut texts);
    for (at, help) in texts {
        add(&at, in_message(&help, &commands));
    }
    let mut pages = files("docs/src", "md");
    pages.extend(files(".github", "md"));
    let beside = ["README.md", "README.zh-CN.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md"];
    pages.extend(beside.map(|name| workspace().join(name)));
    for page in pages {
        let lines = in_page(&fs::read_to_string(&page).unwrap());
        add(&page.display().to_string(), lines.into_iter().map(|line| (line, false)).collect());
    }
    found
}

#[test]
fn every_command_that_is_named_exists() {
    let named = all();
    for (what, least) in [("/cli/src/", 25), ("/installer/src/", 3), ("/resolver/src/", 8)] {
        let here = named.iter().filter(|named| named.at.contains(what)).count();
        assert!(here >= least, "this test has lost the commands of {what}: {here}");
    }
    for (what, least) in [("--help", 40), ("README.md", 5), ("zh-CN.md", 5), ("docs/src", 100)] {
        let here = named.iter().filter(|named| named.at.contains(what)).count();
        assert!(here >= least, "this test has lost the commands of {what}: {here}");
    }
    let wrong: Vec<String> = named
        .iter()
        .filter_map(|Named { at, line, whole }| {
            Some(format!("{at}: `{line}`: {}", refusal(line, *whole)?))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), named.len(), wrong.join("\n"));
}

#[test]
fn a_command_that_does_not_exist_is_found() {
    let commands = ["list".to_owned(), "use".to_owned()];
    for (literal, line) in [
        ("`goward list --available` shows what there is", "goward list --available"),
        ("{name} is known; run: goward frobnicate {name}", "goward frobnicate {name}"),
        ("to see it, goward list {} --everything", "goward list {} --everything"),
        ("run: goward use 1.22 --goen; or wait", "goward use 1.22 --goen"),
        ("Examples:\n  goward lists 1.22   some", "goward lists 1.22"),
    ] {
        let found = in_message(literal, &commands);
        assert!(found.len() == 1 && found[0].0 == line, "{literal}: {found:?}");
        assert!(refusal(line, false).is_some(), "{line}");
    }
    for page in ["See `goward list --available`.", "```console\n$ goward list --available\n```"] {
        assert_eq!(in_page(page), ["goward list --available"]);
    }
    let git = "```console\n$ git config diff.gomod.textconv \"goward mod --flat\"\n```";
    assert_eq!(in_page(git), ["goward mod --flat FILE"]);
    let code =
        "let x = '\"'; // \"goward a\"\nf(\"run: \\\n    goward {}\\n\");\n// \"goward b\"\n";
    assert!(literals(code).contains(&"run: goward {}\n".to_owned()), "{:?}", literals(code));
    assert!(!literals(code).contains(&"goward b".to_owned()));
    for fine in ["goward is a program", "what goward says, goward has", "goward: error: x"] {
        assert!(in_message(fine, &commands).is_empty(), "{fine}");
    }
    for line in ["goward use V", "goward trust [FILE]", "goward COMMAND --help", "goward help use"]
    {
        assert_eq!(refusal(line, true), None);
    }
    let bare = in_message("to make it so, run: goward use", &commands);
    assert!(bare[0].1 && refusal(&bare[0].0, true).is_some(), "{bare:?}");
    let called = in_message("`goward use` writes it", &commands);
    assert!(!called[0].1 && refusal(&called[0].0, called[0].1).is_none(), "{called:?}");
}
