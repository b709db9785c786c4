//! The chain as it was found: every source of levels 1 to 6, read but not yet weighed.

use crate::environment::{Environment, no_setting};
use crate::error::{Code, Error};
use crate::go_line::{self, GO_LINE, GoLine};
use crate::goenv::Goenv;
use crate::goenvfile::GoEnvFile;
use crate::gotoolchain::Gotoolchain;
use crate::host::{FileText, Host, Owner, ReadError};
use crate::invocation::Invocation;
use crate::layers::Layers;
use crate::modfile::ModuleFile;
use crate::path::{base_name, is_absolute};
use crate::pinfile::{Pin, PinFile, Syntax};
use crate::printable::escaped;
use crate::roots::Roots;
use crate::soundness::whose;
use crate::source::Source;
use crate::standing::PassedOver;
use crate::text;
use crate::trust::is_trusted;
use crate::walk::{self, ENV_LIMIT, Finds, Found, MOD_LIMIT, Unread};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::OnceCell;

/// How often, a millisecond apart, a go/env file is read again that a process may be rewriting:
/// `go env -w` truncates it before it writes, and may be kept from the processor in between. Mostly
/// the file is whole at the second look, or has not changed for 0.3 s and is taken as complete.
const REREADS: usize = 300;

/// Everything that may select a toolchain for one invocation, or set a variable for it.
pub struct Chain<'h> {
    /// Where toolchains lie, and with it the caller's true environment.
    pub roots: Box<Roots<'h>>,
    /// What was typed.
    pub invocation: Invocation<'h>,
    /// Where files are looked for, upwards; `None` if the current directory was deleted.
    pub directory: Option<Vec<u8>>,
    /// Where the nearest `.goenv` lies, whether it can be taken as it is or not.
    pub goenv_path: Option<Vec<u8>>,
    /// That `.goenv`; consent is settled, but for the settings that yield to others.
    pub goenv: Option<Goenv>,
    /// The file that `go env -w` writes.
    pub go_env_file: Option<GoEnvFile>,
    /// The nearest pin file, unparsed, or why it cannot be read.
    pub pin: Option<Result<PinFile, Error>>,
    /// The `go.work` or else the `go.mod` that Go would read, or why it cannot be read.
    pub module: Option<Result<ModuleFile, Error>>,
    /// A `go.mod` that Go ignores because it lies in the temporary directory.
    pub ignored_module: Option<Vec<u8>>,
    /// Files that count as absent because of who owns them.
    pub passed_over: Vec<PassedOver>,
    /// Files that count as absent because they cannot be read.
    pub unread: Vec<Unread>,
    /// The null device in the place of a pin file, where the search for pins ended.
    pub no_pin: Option<Vec<u8>>,
    /// Pin files in home directories, which are defaults and no pins; that of `$HOME` first.
    pub(crate) defaults: Vec<Found>,
    /// Whether the one of `$HOME` would be among them.
    pub(crate) seen_home: bool,
    /// The nearest `go.work` and `go.mod` of the walk.
    pub(crate) modules: [Option<Box<Found>>; 2],
    /// The file that has the default, looked for once: and whether it is the store's.
    pub(crate) default: OnceCell<Result<Option<(PinFile, bool)>, Error>>,
}

/// The files of which the chain says nothing because they cannot be taken as they are, with why.
#[derive(Clone, Debug, Default)]
pub struct Refusals {
    /// Of the nearest `.goenv`.
    pub goenv: Option<Error>,
    /// Of the file that `go env -w` writes.
    pub go_env_file: Option<Error>,
}

impl Refusals {
    /// The first of them, which is what a command fails with.
    pub fn first(&self) -> Option<&Error> {
        self.goenv.as_ref().or(self.go_env_file.as_ref())
    }
}

impl<'h> Chain<'h> {
    /// Reads every source. A `.goenv` or go/env file that cannot be taken as it is, is left out, and
    /// the refusal is given beside the chain. Nothing may run then, since its settings may matter to
    /// everything.
    #[inline(never)]
    pub(crate) fn read(roots: Box<Roots<'h>>, invocation: Invocation<'h>) -> (Chain<'h>, Refusals) {
        let mut refusals = Refusals::default();
        let env = &roots.env;
        let directory = walk::resolution_directory(env, &invocation);
        let mut finds = match &directory {
            Some(directory) => walk::walk(&roots, directory),
            None => Finds::default(),
        };
        let host = env.host();
        let goenv = finds.goenv.as_ref().and_then(|found| {
            goenv(host, found, &roots).map_err(|why| refusals.goenv = Some(why)).ok()
        });
        let go_env_file = go_env_file(env, &mut finds.unread).unwrap_or_else(|why| {
            refusals.go_env_file = Some(why);
            None
        });
        let masked = finds.pin.take_if(|pin| pin.is_null());
        let pin = finds.pin.as_ref().map(|found| pin_file(host, found));
        let layers = Layers { env, goenv: goenv.as_ref(), go_env_file: go_env_file.as_ref() };
        let module = module(host, &layers, &finds);
        let Finds { work, module: nearest, ignored_module, defaults, seen_home, .. } = finds;
        let chain = Chain {
            roots,
            invocation,
            directory,
            goenv_path: finds.goenv.map(|found| found.path),
            goenv,
            go_env_file,
            pin,
            module,
            ignored_module,
            passed_over: finds.passed_over,
            unread: finds.unread,
            no_pin: masked.map(|found| found.path),
            defaults,
            seen_home,
            modules: [work, nearest],
            default: OnceCell::new(),
        };
        (chain, refusals)
    }

    /// The text of a `go.work` or `go.mod` that the walk has read: no file is read twice.
    pub fn text(&self, path: &[u8]) -> Option<&FileText> {
        let found = self.modules.iter().flatten().find(|found| found.path == path)?;
        found.text.as_ref().ok()
    }

    /// The caller's true environment.
    pub fn env(&self) -> &Environment<'h> {
        &self.roots.env
    }

    /// The layers that set Go's variables.
    pub fn layers(&self) -> Layers<'_> {
        Layers {
            env: self.env(),
            goenv: self.goenv.as_ref(),
            go_env_file: self.go_env_file.as_ref(),
        }
    }

    /// How the module files' lines are read, by the environment, else by the nearest `.goenv`. A
    /// `.goenv` with a malformed value was refused.
    pub fn go_line(&self) -> Result<GoLine, Error> {
        let in_goenv = || Some(self.goenv.as_ref()?.get(GO_LINE)?.0);
        let value = self.env().get(GO_LINE);
        GoLine::parse(value.or_else(in_goenv).unwrap_or_default())
            .ok_or_else(|| no_setting(GO_LINE, value.unwrap_or_default(), go_line::VALUES))
    }

    /// The one `GOTOOLCHAIN` that counts, and where it is set. An error in Go's words if Go would
    /// refuse it.
    pub fn gotoolchain(&self) -> Result<Option<(Gotoolchain, Source)>, Error> {
        let Some((value, source)) = self.layers().get("GOTOOLCHAIN") else { return Ok(None) };
        let why = match Gotoolchain::parse(value) {
            Ok(parsed) => return Ok(Some((parsed, source))),
            Err(why) => why,
        };
        let quotable = match &source {
            Source::Environment(_) => {
                return Err(Error::malformed(text!("in the environment: {}", why)));
            }
            Source::GoEnvFile(at) => !is_link(self.env().host(), &at.path),
            _ => self.may_quote_goenv(),
        };
        let hidden = "invalid GOTOOLCHAIN\nwrite a name such as go1.22.10";
        let why = if quotable { why } else { String::from(hidden) };
        Err(Error::of(Code::Refused, source, why))
    }

    /// Whether the text of the `.goenv` may be shown.
    pub fn may_quote_goenv(&self) -> bool {
        self.goenv.as_ref().is_none_or(|goenv| goenv.text.is_quotable())
    }

    /// Whether the user has trusted the `.goenv` as it is.
    pub fn trusts_goenv(&self) -> bool {
        self.goenv.as_ref().is_some_and(|goenv| {
            let text = &goenv.text;
            let recorded = || is_trusted(&self.roots, &goenv.path, &text.bytes) == Ok(true);
            text.owner == Owner::Trusted && (goenv.vouched || recorded())
        })
    }

    /// Whether Go reads the module file as a go.work: a file that `GOWORK` names is one, whatever
    /// its name (`cmd/go/internal/modload/init.go`, `FindGoWork`).
    pub fn has_workspace(&self) -> bool {
        let Some(Ok(module)) = &self.module else { return false };
        let named = self.layers().get("GOWORK").is_some_and(|(value, _)| value == module.path);
        named || base_name(self.env().host().os(), &module.path) == b"go.work"
    }

    /// The pin files in home directories, which are defaults and no pins.
    pub fn moved_down(&self) -> impl Iterator<Item = &[u8]> {
        self.defaults.iter().map(|found| &found.path[..])
    }

    /// The pin of the nearest pin file.
    pub fn parsed_pin(&self) -> Result<Option<Pin>, Error> {
        let Some(pin) = &self.pin else { return Ok(None) };
        pin.as_ref().map_err(Clone::clone)?.parse(false).map(Some)
    }
}

/// Whether `path` is a link, so that its text may be another user's secret.
pub(crate) fn is_link(host: &dyn Host, path: &[u8]) -> bool {
    host.entry(path).is_some_and(|facts| facts.is_link())
}

/// The text of a found file, or the error that names it.
fn readable<'f>(host: &dyn Host, found: &'f Found) -> Result<&'f FileText, Error> {
    found.text.as_ref().map_err(|why| match (why, host.target(&found.path)) {
        // Mostly `sudo` made it. The owner tells the user how to mend it.
        (ReadError::Denied, Some(facts)) => Error::refused(text!(
            "{}: cannot be read: permission denied, and it belongs to {}\nmend its permissions",
            escaped(&found.path),
            whose(host.os(), facts.owner)
        )),
        _ => Error::unreadable(&found.path, *why),
    })
}

/// A pin file that was found and read.
pub(crate) fn pin_file(host: &dyn Host, found: &Found) -> Result<PinFile, Error> {
    let text = readable(host, found)?.clone();
    Ok(PinFile { path: found.path.clone(), text, syntax: Syntax::of(found.name) })
}

/// Parses a `.goenv` and settles consent. A setting that could execute or redirect counts only if the
/// user has trusted these very bytes, and never if another user owns the file.
fn goenv(host: &dyn Host, found: &Found, roots: &Roots<'_>) -> Result<Goenv, Error> {
    let mut goenv = Goenv::parse(&found.path, readable(host, found)?.clone())?;
    goenv.vouched = found.vouched;
    let Some(guarded) = goenv.first_guarded() else { return Ok(goenv) };
    let text = &goenv.text;
    let foreign = text.owner == Owner::Foreign;
    if foreign || !(found.vouched || is_trusted(roots, &found.path, &text.bytes)?) {
        let mut guarded = guarded.clone();
        // Behind a link even a key may be a secret.
        if text.link.is_some() {
            guarded.key = String::from("what this line sets");
        }
        return Err(goenv.refusal(roots, &guarded, ""));
    }
    Ok(goenv)
}

fn go_env_file(
    env: &Environment<'_>,
    unread: &mut Vec<Unread>,
) -> Result<Option<GoEnvFile>, Error> {
    let Some(path) = GoEnvFile::locate(env) else { return Ok(None) };
    let host = env.host();
    let mut read = host.read(&path, ENV_LIMIT);
    for _ in 0..REREADS {
        match &read {
            Ok(Some(text)) if text.fresh && !text.bytes.ends_with(b"\n") => {
                host.pause();
                read = host.read(&path, ENV_LIMIT);
            }
            _ => break,
        }
    }
    match read {
        Ok(Some(text)) => Ok(Some(GoEnvFile { path, text })),
        Ok(None) => Ok(None),
        // Go reads nothing from it, and says nothing.
        Err(why @ (ReadError::Directory | ReadError::Denied | ReadError::LinkLoop)) => {
            unread.push(Unread { path, why });
            Ok(None)
        }
        Err(why) => Err(Error::unreadable(&path, why)),
    }
}

/// Go's own discovery (`cmd/go/internal/toolchain/select.go`, `modGoToolchain`): a go.work wins
/// over a go.mod completely.
fn module(
    host: &dyn Host,
    layers: &Layers<'_>,
    finds: &Finds,
) -> Option<Result<ModuleFile, Error>> {
    let scan = |found: &Found| Ok(ModuleFile::scan(&found.path, readable(host, found)?));
    let nearest = || finds.module.as_deref().map(scan);
    match layers.get("GOWORK").map(|(value, _)| value) {
        Some(b"off") => nearest(),
        None | Some(b"auto") => finds.work.as_deref().map(scan).or_else(nearest),
        Some(path) if is_absolute(host.os(), path) => match host.read(path, MOD_LIMIT) {
            Ok(None) => nearest(),
            Ok(Some(text)) => Some(Ok(ModuleFile::scan(path, &text))),
            Err(why) => Some(Err(Error::unreadable(path, why))),
        },
        // Go refuses a relative GOWORK in its own words.
        Some(_) => None,
    }
}
