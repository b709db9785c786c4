//! What the child gets: everything it would have had, plus or minus exactly what is decided here.

use crate::chain::Chain;
use crate::consent::CallConsent;
use crate::environment::{EnvChange, Environment};
use crate::error::Error;
use crate::go_line::GO_LINE;
use crate::goenv::Setting;
use crate::gotoolchain::{Gotoolchain, Mode};
use crate::host::{Host, Kind};
use crate::invocation::Tool;
use crate::modfile::Floor;
use crate::name::ToolchainName;
use crate::path::{join, same_text};
use crate::policy::{Minimum, pin_later};
use crate::roots::self_name;
use crate::selection::{Selection, Want};
use crate::selector::Selector;
use crate::source::Source;
use crate::switching::{go_selects, go_stays, rises_to_its_equal};
use crate::system::is_goroot;
use crate::target::{Target, TargetKind};
use crate::text;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::OnceCell;

/// How many calls over scripts on PATH may lie behind a call; the fifth shim in a row stops.
pub(crate) const MAX_DEPTH: u32 = 4;
/// The counter of such calls; set only where the next `go` on PATH is no real toolchain.
pub(crate) const DEPTH: &str = "GOWARD_DEPTH";

const SWITCH_VERSION: &str = "GOTOOLCHAIN_INTERNAL_SWITCH_VERSION";

/// Whether Go may go on to another toolchain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Switching {
    /// As the selection has it.
    AsSelected,
    /// Go is to stay where it is, whatever `GOTOOLCHAIN` says.
    Off,
}

/// The differences between the process's environment and the child's. Fails where a `.goenv` would
/// hide what it may not without the user's consent.
pub(crate) fn changes(
    consent: &CallConsent<'_>,
    selection: &Selection,
    target: &Target,
    switching: Switching,
) -> Result<Vec<EnvChange>, Error> {
    let (chain, local) = (consent.chain, switching == Switching::Off);
    let chosen = Chosen { host: chain.env().host(), target, name: OnceCell::new() };
    let mut wanted = goenv_exports(chain);
    if local {
        wanted.push(EnvChange::set("GOTOOLCHAIN", b"local"));
    }
    let wished = matches!(&selection.want, Want::Floor { floor, .. } if floor.wish);
    if !local && (wished || target.kind != TargetKind::System) {
        add(&mut wanted, gotoolchain(chain, selection, &chosen));
    }
    if target.kind != TargetKind::System {
        add(&mut wanted, goroot(chain, &chosen));
        add(&mut wanted, switch_version(chain.env(), target));
    }
    consent.over_go_env_of(goroot_of_go(chain, target, &wanted))?;
    add(&mut wanted, depth(chain.env(), target));
    if selection.source == Source::CommandLine {
        wanted.push(EnvChange::set("GOWARD_VERSION", passed_on(selection, target).as_bytes()));
    }
    Ok(chain.env().changes(wanted))
}

// As `extend`, which is large in machine code.
#[inline(never)]
fn add(wanted: &mut Vec<EnvChange>, change: Option<EnvChange>) {
    if let Some(change) = change {
        wanted.push(change);
    }
}

/// The tree whose `go.env` Go will read: where that is concerned, for once, a GOROOT of the go/env
/// file goes before that of the environment (`cmd/go/internal/cfg/cfg.go`, `findGOROOT`).
fn goroot_of_go<'t>(
    chain: &'t Chain<'_>,
    target: &'t Target,
    wanted: &'t [EnvChange],
) -> Option<&'t [u8]> {
    let inherited = match wanted.iter().find(|change| change.key == "GOROOT") {
        Some(change) => change.value.as_deref(),
        None => chain.env().get("GOROOT"),
    };
    let in_file = chain.go_env_file.as_ref().and_then(|file| file.get("GOROOT"));
    in_file.map(|(value, _)| value).or(inherited).or(target.goroot.as_deref())
}

/// The tree that was chosen.
struct Chosen<'t> {
    host: &'t dyn Host,
    target: &'t Target,
    name: OnceCell<Option<Vec<u8>>>,
}

impl Chosen<'_> {
    /// What it calls itself: read only where that matters, and once.
    fn self_name(&self) -> Option<&[u8]> {
        let read = || self_name(self.host, self.target.goroot.as_deref()?);
        self.name.get_or_init(read).as_deref()
    }

    /// That as a name.
    fn own_name(&self) -> Option<ToolchainName> {
        ToolchainName::parse(core::str::from_utf8(self.self_name()?).ok()?)
    }

    /// Whether another tree calls itself the same; `None` if it does not say what it is.
    fn is_of_the_version_of(&self, goroot: &[u8]) -> Option<bool> {
        let theirs = self_name(self.host, goroot)?;
        // A release's tree calls itself by its name, with or without experiments behind it
        // ("go1.23.2 X:foo"): another tree's name begins otherwise.
        let managed = self.target.kind == TargetKind::Managed;
        let release = self.target.name.as_ref().filter(|name| managed && !name.is_custom());
        let may_be = release.is_none_or(|name| theirs.starts_with(name.as_str().as_bytes()));
        Some(may_be && self.self_name() == Some(&theirs))
    }
}

/// The project's layer. For Go the environment beats the go/env file, so it is enough to export the
/// settings that the caller's environment lacks.
fn goenv_exports(chain: &Chain<'_>) -> Vec<EnvChange> {
    let settings = chain.goenv.as_ref().map_or(&[][..], |goenv| &goenv.settings);
    let minimum = Minimum::of(chain.env()).ok().flatten();
    // Go would go down to a forbidden release also where another level decides. goward's own keys
    // count for that directory alone.
    let forbidden = |setting: &Setting| {
        let below = || minimum.as_ref().is_some_and(|minimum| minimum.forbids(&setting.value));
        setting.key == GO_LINE || (setting.key == "GOTOOLCHAIN" && below())
    };
    let mut exports = Vec::new();
    for setting in settings {
        let counts = !setting.value.is_empty() && chain.env().get(&setting.key).is_none();
        if counts && !forbidden(setting) {
            exports.push(EnvChange::set(&setting.key, &setting.value));
        }
    }
    exports
}

/// `GOTOOLCHAIN`, so that Go inside the chosen toolchain neither rises nor falls where the chain
/// has spoken.
fn gotoolchain(chain: &Chain<'_>, selection: &Selection, chosen: &Chosen<'_>) -> Option<EnvChange> {
    let set = |value: &str| Some(EnvChange::set("GOTOOLCHAIN", value.as_bytes()));
    if chain.invocation.go_answers_locally() {
        // Go stays for these, and would show, or warn of, a variable that the user never set.
        return None;
    }
    match &selection.want {
        Want::Nothing | Want::Pin(Selector::System) => None,
        // Go may go up for the tool it is to build, unless the very command says otherwise, or
        // there is to be no network.
        Want::Pin(_) if selection.source != Source::CommandLine && may_rise(chain) => set("auto"),
        Want::Pin(_) => set("local"),
        Want::Name(name) => {
            // A tree built with experiments calls itself "go1.23.2 X:foo", and a linked one anything;
            // by name, Go would not find itself.
            let linked = chosen.target.kind == TargetKind::Linked;
            let own = chosen.self_name().or(linked.then_some(b""))?;
            let old = !linked && !name.version().knows_gotoolchain();
            if own == name.as_str().as_bytes() || old { None } else { set("local") }
        }
        Want::Floor { floor, mode } => {
            let value = match chain.gotoolchain() {
                Ok(Some((value, _))) => value,
                _ => Gotoolchain::AUTO,
            };
            // A toolchain without a name meets a minimum as it is, and a wish only as long as Go
            // stays in it. By the name of a link Go would not find itself.
            let own;
            let linked = chosen.target.kind == TargetKind::Linked;
            let local = match &chosen.target.name {
                Some(name) if !linked => name,
                None if !floor.wish => return None,
                named => match chosen.own_name() {
                    Some(name) => {
                        own = name;
                        &own
                    }
                    None => return named.as_ref().and_then(|_| set("local")),
                },
            };
            if go_stays(local, &value, chain) {
                return None;
            }
            // By any other value this Go would go on to the name that a line has for its version.
            if rises_to_its_equal(local, chain) {
                return set("local");
            }
            let suffix = if *mode == Mode::Path { "path" } else { "auto" };
            set(&text!("{}+{}", local.as_str(), suffix))
        }
    }
}

/// Whether Go may go up for the `p@v` that it is to build.
fn may_rise(chain: &Chain<'_>) -> bool {
    let by_go = match chain.gotoolchain() {
        Ok(Some((value, _))) => value.mode == Mode::Auto,
        Ok(None) => true,
        Err(_) => false,
    };
    let by_us = matches!(chain.env().is_offline(), Ok(false));
    chain.invocation.is_package_at_version() && by_go && by_us
}

/// `GOROOT`. An inherited one that names another version's tree would break every build. Go itself
/// reports one that names no tree, or a tree without a version. goward sets the variable only if the
/// go/env file sets it, since Go would follow that instead of its own location.
fn goroot(chain: &Chain<'_>, chosen: &Chosen<'_>) -> Option<EnvChange> {
    let host = chain.env().host();
    let ours = chosen.target.goroot.as_deref();
    if let Some(inherited) = chain.env().get("GOROOT") {
        let same = ours.is_some_and(|ours| same_text(host.os(), inherited, ours));
        // A tree that is being developed has no VERSION, but keeps what it last called itself.
        let cache = || host.kind(&join(host.os(), inherited, "VERSION.cache")) != Kind::Absent;
        let stays = || chosen.is_of_the_version_of(inherited).unwrap_or_else(|| !cache());
        if same || stays() || !is_goroot(host, inherited) {
            return None;
        }
    }
    let in_file = chain.go_env_file.as_ref().and_then(|file| file.get("GOROOT"));
    match (in_file, ours) {
        (Some(_), Some(ours)) => Some(EnvChange::set("GOROOT", ours)),
        _ => chain.env().get("GOROOT").map(|_| EnvChange::unset("GOROOT")),
    }
}

/// Go's word to the toolchain that it switches to; leaked to another one it is fatal there.
fn switch_version(env: &Environment<'_>, target: &Target) -> Option<EnvChange> {
    let meant = env.get(SWITCH_VERSION)?;
    let ours = target.name.as_ref().is_some_and(|name| name.as_str().as_bytes() == meant);
    (!ours).then(|| EnvChange::unset(SWITCH_VERSION))
}

fn depth(env: &Environment<'_>, target: &Target) -> Option<EnvChange> {
    if target.kind == TargetKind::System && target.goroot.is_none() {
        return Some(EnvChange::set(DEPTH, text!("{}", current_depth(env) + 1).as_bytes()));
    }
    env.get(DEPTH).map(|_| EnvChange::unset(DEPTH))
}

/// How many calls over PATH lie behind us.
pub(crate) fn current_depth(env: &Environment<'_>) -> u32 {
    let text = env.get(DEPTH).and_then(|text| core::str::from_utf8(text).ok());
    text.and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// `+SELECTOR` for nested shims: the exact version that it came to.
fn passed_on(selection: &Selection, target: &Target) -> String {
    match (&target.name, &selection.want) {
        (Some(name), _) => String::from(name.version().as_str()),
        (None, want) => text!("{}", want),
    }
}

/// The one line on stderr about a pin from a file that falls below what the module states.
pub(crate) fn conflict(selection: &Selection, target: &Target, floor: &Floor) -> Option<String> {
    let running = target.name.as_ref()?;
    if !selection.source.is_file() || *running.version() >= floor.version {
        return None;
    }
    let (Want::Pin(_) | Want::Name(_)) = &selection.want else { return None };
    let wants = match &floor.name {
        Some(name) => text!("names {}", name),
        None => text!("requires go >= {}", floor.version),
    };
    let mend = match &selection.source {
        Source::GoEnvFile(_) => String::from("go env -u GOTOOLCHAIN"),
        source => pin_later(&floor.version, matches!(source, Source::Goenv(_))),
    };
    Some(text!(
        "{} pins {}, but {} {}; to mend it, run: {}",
        selection.source,
        selection.want,
        floor.source,
        wants,
        mend
    ))
}

/// Whether Go will switch or refuse by itself; gofmt never does.
pub(crate) fn go_minds(chain: &Chain<'_>) -> bool {
    chain.invocation.tool != Tool::Gofmt && go_selects(chain)
}

/// That nothing here meets the floor, and the remedy: an error, or a note on stderr before Go itself
/// downloads or refuses.
pub(crate) fn unmet(floor: &Floor) -> String {
    text!(
        "{} wants {}, which is not installed\nrun: goward install {}",
        floor.source,
        floor,
        floor.version.or_later()
    )
}
