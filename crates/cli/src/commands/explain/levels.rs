//! The nine levels as they were found, and how each fared.

use crate::commands::current;
use crate::paths::{shown, to_path};
use goward_resolver::{
    Chain, Error, GoLine, Gotoolchain, Layered, Origin, PinFile, Plan, Selector, Source, Store,
    Survey, Syntax, ToolchainName, Version, Want, escaped, system_program,
};
use serde::{Serialize, Serializer};

/// One source of one level.
#[derive(Debug, Serialize)]
pub(super) struct Level {
    /// 1 to 9.
    pub(super) level: u8,
    /// A stable word.
    #[serde(rename = "source")]
    pub(super) id: &'static str,
    /// For people.
    #[serde(skip)]
    pub(super) title: &'static str,
    /// How it fared.
    pub(super) status: Status,
    /// What it says.
    pub(super) value: Option<String>,
    /// Where.
    #[serde(flatten, serialize_with = "origin")]
    pub(super) origin: Option<Origin>,
    /// Why it fared so.
    pub(super) reason: String,
}

/// How a level fared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Status {
    /// It decides.
    Won,
    /// It names a toolchain, but a level above it does too.
    Outranked,
    /// A level above decides, so that this one is not asked.
    NotReached,
    /// It is there and names no toolchain.
    Silent,
    /// It is switched off.
    Off,
    /// It is there and cannot be taken.
    Refused,
    /// It is not there.
    Absent,
}

/// As `file` and `line`, null where there is none.
pub(super) fn origin<S: Serializer>(origin: &Option<Origin>, to: S) -> Result<S::Ok, S::Error> {
    use serde::ser::SerializeMap as _;
    let mut map = to.serialize_map(Some(2))?;
    let file = origin.as_ref().map(|o| to_path(&o.path).to_string_lossy().into_owned());
    map.serialize_entry("file", &file)?;
    map.serialize_entry("line", &origin.as_ref().map(|o| o.line))?;
    map.end()
}

impl Level {
    fn new(level: u8, id: &'static str, title: &'static str) -> Level {
        let (status, reason) = (Status::Absent, String::new());
        Level { level, id, title, status, value: None, origin: None, reason }
    }

    fn absent(mut self, reason: impl Into<String>) -> Level {
        self.reason = reason.into();
        self
    }

    fn refused(mut self, error: &Error) -> Level {
        (self.status, self.reason) = (Status::Refused, error.message.clone());
        self
    }

    fn silent(mut self, reason: impl Into<String>) -> Level {
        (self.status, self.reason) = (Status::Silent, reason.into());
        self
    }

    /// Says nothing of what the file says.
    fn without_text(mut self) -> Level {
        self.value = None;
        if self.status == Status::Refused {
            self.reason = "not a value that Go knows for GOTOOLCHAIN".to_owned();
        }
        self
    }

    /// Names a toolchain; how it fares is judged later.
    fn says(mut self, value: impl Into<String>, origin: Option<Origin>) -> Level {
        (self.status, self.value, self.origin) = (Status::NotReached, Some(value.into()), origin);
        self
    }

    pub(super) fn value_text(&self) -> String {
        self.value.as_ref().map_or_else(|| "-".to_owned(), |value| shown(value.as_bytes()))
    }

    pub(super) fn origin_text(&self) -> Option<String> {
        let origin = self.origin.as_ref()?;
        Some(format!("{}:{}", shown(&origin.path), origin.line))
    }
}

/// The number of a source's level; `None` for what stands outside the chain.
pub(super) fn number(source: &Source) -> Option<u8> {
    Some(match source {
        Source::CommandLine => 1,
        Source::Environment(_) => 2,
        Source::Goenv(_) => 3,
        Source::GoEnvFile(_) => 4,
        Source::PinFile(_) => 5,
        Source::Module(_) => 6,
        Source::Default(_) => 7,
        Source::System => 8,
        Source::Newest => 9,
        Source::Running | Source::Name => return None,
    })
}

/// Every level, unjudged. `goenv` and `go_env` are why these two files could not be taken.
pub(super) fn survey(
    here: &Survey<'_>,
    goenv: Option<&Error>,
    go_env: Option<&Error>,
) -> Vec<Level> {
    let chain = &here.chain;
    let mut levels = vec![command_line(chain)];
    levels.extend(environment(chain));
    levels.push(match goenv {
        Some(error) => Level::new(3, "goenv", ".goenv").refused(error),
        None => in_goenv(chain),
    });
    levels.push(match go_env {
        Some(error) => Level::new(4, "go-env-file", "go/env file").refused(error),
        None => in_go_env_file(chain),
    });
    levels.push(pin_file(chain));
    levels.push(module(chain));
    levels.push(default(here));
    levels.push(system(chain));
    levels.push(newest(here.store()));
    levels
}

fn command_line(chain: &Chain<'_>) -> Level {
    let level = Level::new(1, "command-line", "command line");
    match chain.invocation.selector {
        Some(text) => typed(level.says(format!("+{}", String::from_utf8_lossy(text)), None), text),
        None => level.absent("no +VERSION"),
    }
}

/// A level that a person wrote just now: it may be no selector, or one of the manager's alone.
fn typed(level: Level, text: &[u8]) -> Level {
    let reason = match std::str::from_utf8(text).ok().map(Selector::parse) {
        Some(Ok(Selector::OldStable)) => "only goward itself knows which release that is",
        None | Some(Err(_) | Ok(Selector::Tip)) => "not a Go version",
        Some(Ok(_)) => return level,
    };
    Level { status: Status::Refused, reason: reason.to_owned(), ..level }
}

fn environment(chain: &Chain<'_>) -> Vec<Level> {
    let level = || Level::new(2, "environment", "environment");
    let mut levels = Vec::new();
    if let Some(text) = chain.env().get("GOWARD_VERSION") {
        let mut level = level().says(String::from_utf8_lossy(text), None);
        level.reason = "GOWARD_VERSION".to_owned();
        levels.push(typed(level, text));
    }
    if let Some(bytes) = chain.env().get("GOTOOLCHAIN") {
        let source = Source::Environment("GOTOOLCHAIN");
        levels.push(gotoolchain(level(), chain, Layered { bytes, source }));
    }
    if levels.is_empty() {
        levels.push(level().absent("GOWARD_VERSION and GOTOOLCHAIN are not set"));
    }
    levels
}

fn in_goenv(chain: &Chain<'_>) -> Level {
    let level = Level::new(3, "goenv", ".goenv");
    let Some(file) = &chain.goenv else { return level.absent("none here or above") };
    match file.get("GOTOOLCHAIN") {
        Some((bytes, origin)) => {
            let level = gotoolchain(level, chain, Layered { bytes, source: Source::Goenv(origin) });
            if chain.may_quote_goenv() { level } else { level.without_text() }
        }
        None => level.absent(format!("{} sets no GOTOOLCHAIN", shown(&file.path))),
    }
}

fn in_go_env_file(chain: &Chain<'_>) -> Level {
    let level = Level::new(4, "go-env-file", "go/env file");
    let Some(file) = &chain.go_env_file else {
        let unread = chain.unread.iter().any(|file| !file.path.ends_with(b".tool-versions"));
        return level.absent(if unread { "it cannot be read: absent, as for Go" } else { "none" });
    };
    match file.get("GOTOOLCHAIN").filter(|(bytes, _)| !bytes.is_empty()) {
        Some((bytes, origin)) => {
            gotoolchain(level, chain, Layered { bytes, source: Source::GoEnvFile(origin) })
        }
        None => level.absent(format!("{} sets no GOTOOLCHAIN", shown(&file.path))),
    }
}

/// A layer of `GOTOOLCHAIN`: only the first that sets it is read.
fn gotoolchain(level: Level, chain: &Chain<'_>, layer: Layered<'_>) -> Level {
    let value = String::from_utf8_lossy(layer.bytes).into_owned();
    let said = level.says(&value, layer.source.origin().cloned());
    let first = chain.layers().get("GOTOOLCHAIN").map(|first| first.source);
    if let Some(first) = first.filter(|first| *first != layer.source) {
        let reason = format!("GOTOOLCHAIN is set by {first} already");
        return Level { status: Status::Outranked, reason, ..said };
    }
    match Gotoolchain::parse(layer.bytes) {
        Err(why) => Level { status: Status::Refused, reason: why, ..said },
        Ok(value) if value.is_local() => {
            said.silent("names no toolchain; switches level 6 and downloads off")
        }
        Ok(value) if value.name.is_none() && !value.may_download() => {
            said.silent("names no toolchain; switches downloads off")
        }
        Ok(value) if value.name.is_none() => said.silent("names no toolchain"),
        Ok(_) => Level { reason: "GOTOOLCHAIN".to_owned(), ..said },
    }
}

fn pin_file(chain: &Chain<'_>) -> Level {
    let mut level = Level::new(5, "pin-file", ".go-version");
    if let Some(Ok(PinFile { syntax: Syntax::ToolVersions, .. })) = &chain.pin {
        level.title = ".tool-versions";
    }
    match chain.parsed_pin() {
        Ok(Some(pin)) => level.says(pin.selector.to_string(), Some(pin.origin)),
        Ok(None) => level.absent(no_pin(chain)),
        Err(error) => level.refused(&error),
    }
}

/// Why level 5 names nothing, though there may be a file.
fn no_pin(chain: &Chain<'_>) -> String {
    if let Some(path) = &chain.no_pin {
        return format!(
            "{} is the null device: it ends the search, and names nothing",
            shown(path)
        );
    }
    let moved: Vec<String> = chain.moved_down().map(shown).collect();
    match moved.is_empty() {
        true => "no .go-version or .tool-versions here or above".to_owned(),
        false => format!("{} lies in a home directory: see level 7", moved.join(" and ")),
    }
}

fn module(chain: &Chain<'_>) -> Level {
    let mut level = Level::new(6, "module", "go.mod");
    let file = match &chain.module {
        Some(Ok(file)) => file,
        Some(Err(error)) => return level.refused(error),
        None => {
            return level.absent(match &chain.ignored_module {
                Some(path) => {
                    format!(
                        "{} is ignored, as Go ignores it: it lies in the temporary directory",
                        shown(path)
                    )
                }
                None => "no go.work or go.mod here or above".to_owned(),
            });
        }
    };
    let name = shown(&file.path);
    if name.ends_with("go.work") {
        level.title = "go.work";
    }
    let Some(floor) = file.floor(lines(chain)) else {
        return level.silent(match (&file.go, file.go_version()) {
            (Some(line), Some(version)) => format!(
                "{name}:{}: go {version} is older than 1.21, and every later Go builds that",
                line.line
            ),
            (Some(line), None) => {
                format!("{name}:{}: not a Go version, so it counts for none", line.line)
            }
            (None, _) => format!("{name} asks for no version"),
        });
    };
    let said = level.says(floor.to_string(), floor.source.origin().cloned());
    if chain.invocation.is_package_at_version() {
        let reason = "a package at a version is built outside of this module".to_owned();
        return Level { status: Status::Off, reason, ..said };
    }
    match chain.gotoolchain() {
        Ok(Some((value, by))) if value.is_local() => {
            let reason = format!("switched off by GOTOOLCHAIN=local ({by})");
            Level { status: Status::Off, reason, ..said }
        }
        _ => said,
    }
}

/// How the lines of the module file are read; a value that makes no sense is refused elsewhere.
pub(super) fn lines(chain: &Chain<'_>) -> GoLine {
    GoLine::of(chain).unwrap_or(GoLine::Usual)
}

fn default(here: &Survey<'_>) -> Level {
    let level = Level::new(7, "default", "default");
    match here.default_pin() {
        Ok(Some(pin)) => level.says(pin.selector.to_string(), Some(pin.origin)),
        Ok(None) => level.absent("not set; to set it, run: goward default VERSION"),
        Err(error) => level.refused(&error),
    }
}

fn system(chain: &Chain<'_>) -> Level {
    let level = Level::new(8, "system", "system");
    match system_program(chain.env(), chain.invocation.tool.program()) {
        Some(program) => level.says(shown(&program), None),
        None => level.absent("no go on PATH but goward's"),
    }
}

fn newest(store: &Store<'_>) -> Level {
    let level = Level::new(9, "newest", "newest");
    let unpacked = match store.unpacked() {
        Ok(unpacked) => unpacked,
        Err(error) => return level.refused(&error),
    };
    match unpacked.iter().filter(|version| !version.is_prerelease()).max() {
        Some(version) => level.says(ToolchainName::of(version).to_string(), None),
        None => level.absent("no release is installed"),
    }
}

/// Says of every level how it fared.
pub(super) fn judge(
    levels: &mut [Level],
    chain: &Chain<'_>,
    plan: Result<&Plan, &Error>,
    running: Option<&Version>,
) {
    let Ok(plan) = plan.inspect_err(|error| blame(levels, &error.message)) else {
        let at = levels.iter().position(|level| level.status == Status::Refused);
        for level in levels.iter_mut().skip(at.map_or(0, |at| at + 1)) {
            if level.status == Status::NotReached {
                level.reason = "not asked".to_owned();
            }
        }
        return;
    };
    let source = plan.install.as_deref().map_or(&plan.source, |install| &install.source);
    let winner = number(source);
    let at = levels.iter().position(|level| says(level, source));
    for (here, level) in levels.iter_mut().enumerate() {
        if level.status == Status::Refused && at.is_some_and(|at| here > at) {
            let winner = winner.unwrap_or_default();
            level.status = Status::NotReached;
            level.reason = format!("level {winner} decides; else: {}", level.reason);
            continue;
        }
        if level.status != Status::NotReached {
            continue;
        }
        match at {
            Some(at) if here == at => {
                level.status = Status::Won;
                level.reason = reason_of_winner(level, plan);
                take_fallback(level, plan);
            }
            Some(at) if here < at => passed_over(level, chain, plan, running),
            _ => beaten(level, chain, plan, winner),
        }
    }
}

/// Marks the level whose line a message begins with as what is refused, unless one is so already.
pub(super) fn blame(levels: &mut [Level], message: &str) {
    if levels.iter().any(|level| level.status == Status::Refused) {
        return;
    }
    for level in levels {
        let Some(origin) = level.origin.as_ref() else { continue };
        let place = format!("{}:{}: ", escaped(&origin.path), origin.line);
        if let Some(why) = message.strip_prefix(&place) {
            // How to mend it is told below.
            let why = why.split_once("; ").map_or(why, |(why, _)| why);
            (level.status, level.reason) = (Status::Refused, why.to_owned());
            return;
        }
    }
}

/// Says of the level whose toolchain runs, although another decides, why it does.
pub(super) fn stand_in(levels: &mut [Level], source: &Source, decided: &Source) {
    let Some(decided) = number(decided) else { return };
    for level in levels.iter_mut().filter(|level| says(level, source)) {
        level.reason = format!("runs, as nothing that is here meets level {decided}");
    }
}

/// Of a line's several versions another one than the first may have been taken.
fn take_fallback(level: &mut Level, plan: &Plan) {
    let Want::Pin(selector) = &plan.selection.want else { return };
    let (taken, first) = (selector.to_string(), level.value.take().unwrap_or_default());
    if level.level == 5 && taken != first {
        level.reason = format!("decides; {first} goes before it and is not installed");
    }
    level.value = Some(if level.level == 5 { taken } else { first });
}

fn reason_of_winner(level: &Level, plan: &Plan) -> String {
    match level.level {
        _ if plan.install.is_none() && current::is_unmet(plan) => {
            "decides, but nothing that is here meets it".to_owned()
        }
        2 => format!("{} decides", level.reason),
        _ => "decides".to_owned(),
    }
}

/// Names a toolchain above the level that decided in the end.
fn passed_over(level: &mut Level, chain: &Chain<'_>, plan: &Plan, running: Option<&Version>) {
    (level.status, level.reason) = match level.level {
        _ if chain.invocation.is_way_out() => {
            (Status::Silent, "not here; Go answers this command all the same".to_owned())
        }
        _ if says(level, &plan.selection.source) => {
            let (kind, least) = match &plan.selection.want {
                Want::Floor { floor, .. } if floor.wish => ("a wish", Some(&floor.version)),
                Want::Floor { floor, .. } => ("a minimum", Some(&floor.version)),
                _ => ("a minimum", None),
            };
            let by = number(&plan.source).unwrap_or_default();
            let fares = match running.zip(least) {
                _ if plan.install.is_some() => format!("level {by} will meet"),
                Some((running, least)) if running < least => {
                    format!("level {by} does not meet, and need not without modules")
                }
                Some(_) => format!("level {by} meets"),
                None => format!("level {by} may meet"),
            };
            (Status::Silent, format!("{kind}, which {fares}"))
        }
        _ => (Status::Outranked, format!("asks for no more than {}", plan.selection.source)),
    };
}

/// Whether the level is that of the source.
fn says(level: &Level, source: &Source) -> bool {
    match source {
        Source::Environment(key) => level.level == 2 && level.reason == *key,
        _ => number(source) == Some(level.level),
    }
}

fn beaten(level: &mut Level, chain: &Chain<'_>, plan: &Plan, winner: Option<u8>) {
    let by = winner.map_or_else(|| plan.source.to_string(), |winner| format!("level {winner}"));
    if level.level > 6 {
        level.reason = format!("{by} decides");
        return;
    }
    level.status = Status::Outranked;
    level.reason = format!("outranked by {by}");
    let floor = match &chain.module {
        Some(Ok(module)) if level.level == 6 => module.floor(lines(chain)),
        _ => None,
    };
    let running = plan.target.as_ref().and_then(|target| target.name.as_ref());
    if let (Some(floor), Some(running)) = (floor, running) {
        let meets = if *running.version() >= floor.version { "meets it" } else { "falls below it" };
        level.reason = format!("outranked by {by}, which {meets}");
    }
}
