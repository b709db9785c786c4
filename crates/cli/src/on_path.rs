//! The program that typing `go` runs. Where PATH finds another one before goward's shim, goward is
//! not asked, and its answers hold for no shell.

use crate::context::Context;
use crate::paths::{Shown as _, shown, to_path};
use goward_govern::path::{FirstGo, Whose, first};
use goward_govern::peers::{Leftover, Peer};
use goward_resolver::{Environment, Launch};
use serde::Serialize;

/// The first `go` on PATH, for `--json`.
#[derive(Debug, Serialize)]
pub(crate) struct OnPath {
    /// Its path.
    program: String,
    /// Whether it is goward's shim, or the toolchain that runs here.
    goward: bool,
    /// Another manager that keeps it.
    manager: Option<&'static str>,
    /// The version that its tree says.
    version: Option<String>,
    /// The entry of PATH.
    entry: String,
}

/// What PATH has for a name, and whether that contradicts goward.
pub(crate) struct Typed {
    name: &'static str,
    first: Option<FirstGo>,
    /// Whether another program runs than goward's answer says.
    shadowed: bool,
    version: Option<String>,
}

impl Typed {
    /// Looks for `name`, where goward's answer is `launch`.
    pub(crate) fn of(env: &Environment<'_>, name: &'static str, launch: Option<&Launch>) -> Typed {
        let host = env.host();
        let first = first(env, name);
        let shadowed = first.as_ref().is_some_and(|first| match first.whose {
            Whose::Shim => false,
            // `goward exec` and a running Go put the toolchain that runs here first.
            Whose::Store => launch.is_none_or(|launch| {
                launch.program != first.program
                    && host.identity(&launch.program) != host.identity(&first.program)
            }),
            Whose::Peer(_) | Whose::Other => true,
        });
        let version = first.as_ref().filter(|_| shadowed).and_then(|first| first.version(host));
        Typed { name, first, shadowed, version }
    }

    /// The warning that goward is not asked, with the cure; `None` where it is, or is not set up.
    pub(crate) fn warning(&self, cx: &Context) -> Option<String> {
        let Some(first) = &self.first else { return self.nowhere(cx) };
        if !self.shadowed {
            return None;
        }
        let (name, program) = (self.name, shown(&first.program));
        let version = self.version.as_ref().map(|version| format!(" ({version})"));
        let version = version.unwrap_or_default();
        let whose = match first.whose {
            Whose::Peer(peer) => format!(" of {}", peer.name),
            _ => String::new(),
        };
        let order = match (&first.ours, cx.store()) {
            (Some(ours), _) => {
                let (entry, ours) = (entry(&first.entry), entry(ours));
                // Windows puts the machine's entries before the user's, which are all that setup knows.
                let cure = if cfg!(windows) {
                    "as an administrator, take it out of the machine's Path"
                } else {
                    "to put goward first, run: goward setup"
                };
                format!("{entry} comes before {ours} on PATH; {cure}")
            }
            (None, Ok(store)) if store.shim_file("go").is_file() => {
                let shims = store.shims_dir().shown();
                format!("{shims} is not on PATH; to put it there, run: goward setup")
            }
            _ => "goward's shim is not on PATH; to put it there, run: goward setup".to_owned(),
        };
        Some(format!("typing `{name}` here runs {program}{version}{whose}, not goward: {order}"))
    }

    /// Whether goward's shim is on PATH, behind another program.
    pub(crate) fn is_behind(&self) -> bool {
        self.shadowed && self.first.as_ref().is_some_and(|first| first.ours.is_some())
    }

    /// The warning that PATH has no such program, although goward is set up.
    fn nowhere(&self, cx: &Context) -> Option<String> {
        let store = cx.store().ok().filter(|store| store.shim_file(self.name).is_file())?;
        let (name, shims) = (self.name, store.shims_dir().shown());
        Some(format!(
            "typing `{name}` here runs nothing: {shims} is not on PATH; to put it there, run: goward setup"
        ))
    }

    /// Prints the warning.
    pub(crate) fn warn(&self, cx: &Context) {
        if let Some(warning) = self.warning(cx) {
            cx.output.warning(&warning);
        }
    }

    /// For `--json`; `None` if PATH has no such program.
    pub(crate) fn for_json(&self) -> Option<OnPath> {
        let first = self.first.as_ref()?;
        let text = |bytes: &[u8]| to_path(bytes).to_string_lossy().into_owned();
        Some(OnPath {
            program: text(&first.program),
            goward: !self.shadowed,
            manager: match first.whose {
                Whose::Peer(peer) => Some(peer.name),
                _ => None,
            },
            version: self.version.clone(),
            entry: text(&first.entry),
        })
    }
}

/// An entry of PATH, for people.
fn entry(bytes: &[u8]) -> String {
    if bytes.is_empty() { "the current directory".to_owned() } else { shown(bytes) }
}

/// A variable that another manager has left, with the cure.
pub(crate) fn leftover(left: &Leftover) -> String {
    let (key, value) = (left.key, shown(&left.value));
    match left.peer {
        Some(Peer { name }) => format!(
            "{key}={value} in the environment leads into a directory of {name}, and Go obeys it; run: \
             unset {key}"
        ),
        None => format!(
            "{key}={value} in the environment is no directory, and Go fails with it; run: unset {key}"
        ),
    }
}
