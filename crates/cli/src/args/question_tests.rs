//! An often asked question is read by a parser that knows no other command. It must read the same.

use super::Args;
use crate::commands;
use clap::{Arg, ArgAction, Command, CommandFactory as _, Parser as _};
use std::ffi::{OsStr, OsString};

/// The ways to write an argument on a command line, right and wrong ones.
fn forms(argument: &Arg) -> Vec<Vec<String>> {
    let takes_value = matches!(argument.get_action(), ArgAction::Set | ArgAction::Append);
    let mut names: Vec<String> = Vec::new();
    names.extend(argument.get_short().map(|short| format!("-{short}")));
    names.extend(argument.get_long().map(|long| format!("--{long}")));
    let mut forms: Vec<Vec<String>> = Vec::new();
    for name in names {
        if takes_value {
            forms.push(vec![format!("{name}=1.22")]);
            forms.push(vec![name.clone(), "~/wrong value".to_owned()]);
        }
        forms.push(vec![name]);
    }
    if argument.is_positional() {
        let values = ["1.22", "", "-", "help", "list", "+1.22", "\u{7528}"];
        forms.extend(values.map(|value| vec![value.to_owned()]));
        forms.push(vec!["--".to_owned(), "-v".to_owned(), "a".to_owned()]);
    }
    forms
}

/// The beginnings of command lines: no argument of `command`, one, or any two; and wrong ones.
fn lines(command: &Command) -> Vec<Vec<String>> {
    let name = [command.get_name().to_owned()];
    let mut words: Vec<Vec<String>> = command.get_arguments().flat_map(forms).collect();
    let wrong = ["-h", "--help", "-V", "--version", "--jsn", "--impatient", "-Z"];
    words.extend(wrong.map(|word| vec![word.to_owned()]));
    let mut lines = vec![name.to_vec()];
    for first in &words {
        lines.push([&name[..], &first[..]].concat());
        // In front of the command, where a value is none.
        lines.push([&first[..], &name[..]].concat());
        for second in &words {
            lines.push([&name[..], &first[..], &second[..]].concat());
        }
    }
    lines
}

fn line(words: &[String]) -> Vec<OsString> {
    ["goward".into()].into_iter().chain(words.iter().map(OsString::from)).collect()
}

/// What the parser says of a line: what it read, or its complaint in full.
fn said(read: clap::error::Result<Args>) -> Result<String, String> {
    read.map(|args| format!("{args:?}"))
        .map_err(|error| format!("{:?} {}", error.kind(), error.render().ansi()))
}

fn is_question(command: &Command) -> bool {
    commands::question(OsStr::new(command.get_name())).is_some()
}

#[test]
fn a_question_is_read_as_the_parser_of_all_commands_reads_it() {
    let mut all = Args::command();
    all.build();
    let (mut read, mut refused, mut questions) = (0, 0, 0);
    for command in all.get_subcommands() {
        questions += usize::from(is_question(command));
        for words in lines(command).into_iter().filter(|_| is_question(command)) {
            let line = line(&words);
            let wanted = said(Args::try_parse_from(&line));
            assert_eq!(said(Args::read(line.clone())), wanted, "{words:?}");
            // Otherwise this test would compare the parser of all commands with itself.
            let begins = commands::question(OsStr::new(&words[0])).is_some();
            assert_eq!(Args::question(&line).is_some(), begins && wanted.is_ok(), "{words:?}");
            *(if wanted.is_ok() { &mut read } else { &mut refused }) += 1;
        }
    }
    assert_eq!(questions, 7, "a name in the table is no command");
    assert!(read > 300 && refused > 300, "this test has lost its lines: {read}, {refused}");
}

#[test]
fn any_other_line_is_for_the_parser_of_all_commands() {
    for words in [&[][..], &["use"], &["use", "1.22"], &["ls"], &["why"], &["lis"], &["-q", "list"]]
    {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        assert!(Args::question(&line(&words)).is_none(), "{words:?}");
        let wanted = said(Args::try_parse_from(line(&words)));
        assert_eq!(said(Args::read(line(&words))), wanted, "{words:?}");
    }
    assert!(Args::question(&[]).is_none());
}
