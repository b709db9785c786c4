//! Completion: what a shell offers behind `goward` when the user presses Tab.
//!
//! The script of `goward completions` calls goward with [`VARIABLE`] set. It then prints candidates,
//! and nothing else: it asks no server, writes nothing and runs no program.

use crate::args::Args;
use crate::commands::outdated::releases::Releases;
use crate::config::key::{self, Kind};
use crate::context::Context;
use crate::failure::Result;
use crate::output::Output;
use crate::workshop::Workshop;
use clap::{Arg, Command as CommandLine, CommandFactory as _};
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};
use clap_complete::env::CompleteEnv;
use goward_gomod::{File, Rules};
use goward_govern::condition::FORMS;
use goward_govern::cross::{NEWEST, ports};
use goward_resolver::shown;

/// The variable that holds the name of the shell which asks.
pub(crate) const VARIABLE: &str = "GOWARD_COMPLETE";

/// How to find the values of one argument.
type Values = fn(&Context) -> Result<Vec<String>>;

/// The arguments that take a version or a name: command, argument, values.
const VALUES: [(&str, &str, Values); 21] = [
    ("use", "version", versions),
    ("default", "version", versions),
    ("exec", "version", versions),
    ("list", "version", versions),
    ("list", "remote", releases),
    ("install", "versions", releases),
    ("uninstall", "versions", here),
    ("verify", "versions", installed),
    ("repair", "versions", installed),
    ("unlink", "name", links),
    ("inspect", "require", conditions),
    ("mod", "why", required),
    ("check", "to", patches),
    ("compat", "at_most", releases),
    ("compat", "from", releases),
    ("compat", "to", releases),
    ("cross", "targets", platforms),
    ("config get", "key", keys),
    ("config set", "key", keys),
    ("config set", "values", values_of_key),
    ("config unset", "key", keys),
];

/// Prints the candidates and ends this process, if a shell asks for them.
pub(crate) fn answer() {
    CompleteEnv::with_factory(command_line).var(VARIABLE).complete();
}

/// The command line that completion knows: only what is for people, with the values that are there.
pub(crate) fn command_line() -> CommandLine {
    let whole = Args::command();
    let shown = whole.get_subcommands().filter(|command| !command.is_hide_set()).cloned();
    let mut all = CommandLine::new("goward")
        .version(env!("CARGO_PKG_VERSION"))
        .about(whole.get_about().cloned().unwrap_or_default())
        .args(whole.get_arguments())
        .subcommands(shown);
    for (command, argument, values) in VALUES {
        let candidates = ArgValueCandidates::new(move || candidates(values));
        all = offering(all, command, &|one| match one.get_id() == argument {
            true => one.add(candidates.clone()),
            false => one,
        });
    }
    all
}

/// The command line `all`, with the arguments of the command of this name, of one word or more, as
/// `change` makes them. They stay in their places: the order of arguments is their meaning.
fn offering(all: CommandLine, command: &str, change: &dyn Fn(Arg) -> Arg) -> CommandLine {
    match command.split_once(' ') {
        Some((first, rest)) => all.mut_subcommand(first, |inner| offering(inner, rest, change)),
        None => all.mut_subcommand(command, |command| command.mut_args(change)),
    }
}

/// Where anything is wrong there are no candidates; the command itself will say what.
fn candidates(values: Values) -> Vec<CompletionCandidate> {
    let cx = Context::new(Output::new(true, true), false, true);
    let allowed = goward_resolver::refuse_borrowed_rights(&cx.machine).is_ok();
    let values = allowed.then(|| values(&cx).ok()).flatten().unwrap_or_default();
    let values = values.into_iter().filter(|value| is_one_word(value));
    values
        .enumerate()
        .map(|(at, value)| {
            // In this order, and not in that of the alphabet.
            CompletionCandidate::new(value).display_order(Some(at))
        })
        .collect()
}

/// Whether a name can be offered as it is. A file in the store may have any name.
fn is_one_word(value: &str) -> bool {
    shown(value.as_bytes()) == value && !value.contains([' ', ':', '\\', '\'', '"', '$', '`'])
}

/// The names of installed toolchains, the newest first.
fn installed(cx: &Context) -> Result<Vec<String>> {
    let store = cx.store()?;
    let mut names: Vec<String> = store.installed()?.iter().map(|one| one.store_name()).collect();
    names.reverse();
    Ok(names.into_iter().map(|name| without_go(&name)).collect())
}

/// `1.22.10` for `go1.22.10`; a custom name stays.
fn without_go(name: &str) -> String {
    let version =
        name.strip_prefix("go").filter(|rest| goward_resolver::Version::parse(rest).is_some());
    version.unwrap_or(name).to_owned()
}

/// The names of linked trees.
fn links(cx: &Context) -> Result<Vec<String>> {
    Ok(cx.roots()?.links()?.into_iter().map(|(name, _)| name).collect())
}

/// The conditions that need no value of the user's own.
fn conditions(_: &Context) -> Result<Vec<String>> {
    let complete = FORMS.iter().filter(|form| !form.contains("PATH"));
    Ok(complete.map(|form| (*form).to_owned()).collect())
}

/// The modules that the go.mod of this directory asks for.
fn required(cx: &Context) -> Result<Vec<String>> {
    let here = cx.survey()?;
    let Some(Ok(module)) = &here.chain.module else { return Ok(Vec::new()) };
    let text = here.chain.text(&module.path).map(|text| text.bytes.clone());
    let file = File::parse(text.unwrap_or_default(), Rules::building()).ok();
    let required = file.iter().flat_map(|file| &file.require);
    Ok(required.map(|one| one.module.path.to_lossy()).collect())
}

/// The pairs of system and processor that the newest Go builds for, the first-class ones first.
fn platforms(_: &Context) -> Result<Vec<String>> {
    let mut ports = ports(NEWEST);
    ports.sort_by_key(|port| !port.first_class);
    Ok(ports.iter().map(|port| port.target.to_string()).collect())
}

/// The keys of the configuration.
fn keys(_: &Context) -> Result<Vec<String>> {
    Ok(key::ALL.iter().map(|key| key.name.to_owned()).collect())
}

/// The values of the key that stands on the line.
fn values_of_key(cx: &Context) -> Result<Vec<String>> {
    let words: Vec<_> = std::env::args().collect();
    let key = key::ALL.iter().find(|key| words.iter().any(|word| word == key.name));
    Ok(match key.map(|key| key.kind) {
        Some(Kind::Boolean) => ["true", "false"].map(str::to_owned).to_vec(),
        Some(Kind::Word) => vec![key::OWN.to_owned()],
        Some(Kind::Version) => patches(cx)?,
        // The rest is no user's to set.
        Some(Kind::Urls | Kind::Address | Kind::Moment | Kind::Level | Kind::Severities) | None => {
            Vec::new()
        }
    })
}

/// All that can be removed.
fn here(cx: &Context) -> Result<Vec<String>> {
    Ok([installed(cx)?, links(cx)?].concat())
}

/// What a person may choose among what is here.
fn versions(cx: &Context) -> Result<Vec<String>> {
    let words = ["latest", "oldstable", "system"].map(str::to_owned);
    Ok([here(cx)?, words.to_vec()].concat())
}

/// The newest patch of each minor, as far as is known without a request.
fn releases(cx: &Context) -> Result<Vec<String>> {
    let words = ["latest", "oldstable"].map(str::to_owned);
    Ok([patches(cx)?, words.to_vec()].concat())
}

/// The newest patch of each minor.
fn patches(cx: &Context) -> Result<Vec<String>> {
    let newest = Releases::on_disk(&Workshop::open(cx)?).newest_of_minors();
    Ok(newest.iter().map(ToString::to_string).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A wrong name would end the process when a user presses Tab.
    #[test]
    fn every_argument_with_values_exists() {
        let all = Args::command();
        for (command, argument, _) in VALUES {
            let find = |all: CommandLine, name| all.find_subcommand(name).unwrap().clone();
            let command = command.split(' ').fold(all.clone(), find);
            assert!(command.get_arguments().any(|arg| arg.get_id() == argument), "{argument}");
        }
        assert!(command_line().find_subcommand("provide").is_none());
        command_line().debug_assert();
    }

    #[test]
    fn an_odd_name_is_not_offered() {
        for name in ["a b", "a\x1b[2J", "a:b", "$(x)", "a\nb", "\u{202e}"] {
            assert!(!is_one_word(name), "{name:?}");
        }
        assert!(is_one_word("go1.23.2-corp") && is_one_word("1.22.10"));
    }

    #[test]
    fn a_version_is_offered_as_people_type_it() {
        assert_eq!(without_go("go1.22.10"), "1.22.10");
        assert_eq!(without_go("go1.22.10-corp"), "go1.22.10-corp");
        assert_eq!(without_go("mine"), "mine");
    }
}
