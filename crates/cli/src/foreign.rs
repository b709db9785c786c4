//! Words of other version managers, and the command of goward that does the same.

use goward_resolver::Selector;

/// A word that is no command of goward's, and goward's own words for it.
const WORDS: [(&str, &str); 33] = [
    ("local", "goward use VERSION"),
    ("pin", "goward use VERSION"),
    ("switch", "goward use VERSION"),
    ("set", "goward use VERSION"),
    ("global", "goward default VERSION"),
    ("shell", "go +VERSION for one command, or the variable GOWARD_VERSION for a shell"),
    ("unpin", "goward explain, which names the file that pins; take the line out"),
    ("unset", "goward default --unset"),
    ("versions", "goward list"),
    ("installed", "goward list"),
    ("ls-remote", "goward list --remote"),
    ("list-remote", "goward list --remote"),
    ("list-all", "goward list --remote"),
    ("listall", "goward list --remote"),
    ("releases", "goward list --remote"),
    ("available", "goward list --remote"),
    ("update", "goward upgrade"),
    ("self-update", "goward self update"),
    ("info", "goward explain"),
    ("status", "goward explain"),
    ("show", "goward explain"),
    ("remove", "goward uninstall VERSION"),
    ("delete", "goward uninstall VERSION"),
    ("get", "goward install VERSION"),
    ("add", "goward install VERSION"),
    ("download", "goward install VERSION"),
    ("init", "goward setup"),
    ("activate", "goward setup"),
    ("run", "goward exec VERSION CMD"),
    ("where", "goward which"),
    ("alias", "goward link NAME GOROOT"),
    ("clean", "goward prune"),
    ("implode", "goward self uninstall"),
];
/// Words for a work that goward spares.
const SPARED: [&str; 2] = ["rehash", "reshim"];

/// The answer to a word of another manager, with the version that the user typed behind it.
pub(crate) fn answer(word: &str, rest: &[String]) -> Option<String> {
    if SPARED.contains(&word) {
        return Some(format!("goward needs no `{word}`: new toolchains count at once"));
    }
    let (_, command) = WORDS.iter().find(|(foreign, _)| *foreign == word)?;
    let command = match rest {
        [version] if is_plain(version) => {
            // The name of the variable stays.
            let version = version.as_str();
            command
                .replace(" VERSION", &format!(" {version}"))
                .replace("+VERSION", &format!("+{version}"))
        }
        _ => (*command).to_owned(),
    };
    Some(format!("goward has no command {word:?}; goward says: {command}"))
}

/// Whether a word names releases and needs no quotes in any shell.
fn is_plain(word: &str) -> bool {
    let bare = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    let release = |selector: Selector| {
        matches!(
            selector,
            Selector::Exact(_) | Selector::Minor(_) | Selector::Latest | Selector::OldStable
        )
    };
    bare && Selector::parse(word).is_ok_and(release)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Args;
    use clap::CommandFactory as _;

    #[test]
    fn no_foreign_word_is_a_command() {
        let all = Args::command();
        for word in WORDS.iter().map(|(word, _)| *word).chain(SPARED).chain([""]) {
            assert!(all.find_subcommand(word).is_none(), "{word} is a command");
            assert_eq!(answer(word, &[]).is_some(), !word.is_empty(), "{word}");
        }
    }

    #[test]
    fn an_answer_has_the_version_that_was_typed() {
        let said = |word: &str, rest: &[&str]| {
            let rest: Vec<String> = rest.iter().map(|word| (*word).to_owned()).collect();
            let said = answer(word, &rest).unwrap();
            said.split_once("goward says: ").unwrap().1.to_owned()
        };
        for (word, version, command) in [
            ("local", "1.22", "goward use 1.22"),
            ("global", "go1.22.10", "goward default go1.22.10"),
            ("get", "latest", "goward install latest"),
            ("where", "1.22", "goward which"),
            (
                "shell",
                "1.22",
                "go +1.22 for one command, or the variable GOWARD_VERSION for a shell",
            ),
        ] {
            assert_eq!(said(word, &[version]), command);
        }
        for rest in [
            &["x"][..],
            &["--help"],
            &["1.22;x"],
            &["1.22", "1.23"],
            &[">=1.22"],
            &["\u{1b}[2J"],
            &[""],
            &["$(x)"],
        ] {
            assert_eq!(said("local", rest), "goward use VERSION", "{rest:?}");
        }
    }

    #[test]
    fn every_answer_is_a_command_for_people() {
        let all = Args::command();
        for (word, says) in WORDS {
            let Some(name) = says.strip_prefix("goward ") else {
                assert!(says.starts_with("go +"), "{word}: {says}");
                continue;
            };
            let name = name.split([' ', ',']).next().unwrap_or_default();
            let command = all.find_subcommand(name);
            assert!(command.is_some_and(|command| !command.is_hide_set()), "{word}: {says}");
        }
    }
}
