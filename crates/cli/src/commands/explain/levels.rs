//! The nine levels, in words: the answer of each in the resolver's trace.

use super::cures::level_name;
use crate::output::Style;
use crate::paths::{Near, shown, to_path};
use goward_resolver::trace::{Fate, Meets, Reason, Says, Silence, Trace, Voice};
use goward_resolver::{Chain, ChainLevel, GoLine, Origin, PinFile, Syntax, on_one_line};
use serde::{Serialize, Serializer};

/// One source of one level.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    /// 1 to 9.
    pub(super) level: u8,
    /// A stable word.
    #[serde(rename = "source")]
    id: &'static str,
    /// Its name, for people.
    #[serde(skip)]
    pub(super) title: &'static str,
    /// The variable of the environment that says it.
    #[serde(skip)]
    variable: Option<&'static str>,
    /// Its result.
    pub(super) status: Status,
    /// Its answer.
    value: Option<String>,
    /// The file and line of the answer.
    #[serde(flatten, serialize_with = "origin")]
    origin: Option<Origin>,
    /// The reason of the result.
    pub(super) reason: String,
}

/// The result of a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Status {
    /// It decides.
    Won,
    /// It names a toolchain, but a level above it does too.
    Outranked,
    /// A level above decides, so the resolver does not ask this one.
    NotReached,
    /// It is there and names no toolchain.
    Silent,
    /// It is switched off.
    Off,
    /// It is there, and goward refuses it.
    Refused,
    /// It is not there.
    Absent,
}

/// Writes `file` and `line`, null where there is none.
pub(super) fn origin<S: Serializer>(origin: &Option<Origin>, to: S) -> Result<S::Ok, S::Error> {
    use serde::ser::SerializeMap as _;
    let mut map = to.serialize_map(Some(2))?;
    let file = origin.as_ref().map(|o| to_path(&o.path).to_string_lossy().into_owned());
    map.serialize_entry("file", &file)?;
    map.serialize_entry("line", &origin.as_ref().map(|o| o.line))?;
    map.end()
}

impl Row {
    pub(super) fn value_text(&self) -> String {
        self.value.as_ref().map_or_else(|| "-".to_owned(), |value| shown(value.as_bytes()))
    }

    /// The file that says it.
    pub(super) fn origin_path(&self) -> Option<&[u8]> {
        self.origin.as_ref().map(|origin| &*origin.path)
    }

    /// Whether it is the default, which holds where nothing else decides.
    pub(super) fn is_default(&self) -> bool {
        self.level == ChainLevel::Default.number()
    }

    /// The place and the statement: a line of a file and its value, or the level and its value.
    pub(super) fn found(&self, near: &Near) -> (String, String) {
        let value = self.value.as_ref().map(|value| shown(value.as_bytes())).unwrap_or_default();
        // A default lies in the home directory or in the store, and is near to no project.
        let home = Near::default();
        let near = if self.is_default() { &home } else { near };
        match &self.origin {
            Some(origin) => (format!("{}:{}", near.show(&origin.path), origin.line), value),
            None => (self.variable.unwrap_or(self.title).to_owned(), value),
        }
    }

    /// The statement, and the place with the reason.
    pub(super) fn whole(&self, near: &Near) -> (String, String) {
        let place = self.origin.as_ref();
        let place = place.map(|origin| format!("{}:{}", near.show(&origin.path), origin.line));
        let parts = place.into_iter().chain([self.reason.clone()]);
        let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
        (self.value_text(), parts.join(": "))
    }

    pub(super) fn style(&self) -> Style {
        match self.status {
            Status::Won => Style::Strong,
            Status::Refused => Style::Bad,
            _ => Style::Faint,
        }
    }
}

/// Every level, in words.
pub(super) fn rows(chain: &Chain<'_>, trace: &Trace) -> Vec<Row> {
    trace.voices.iter().map(|voice| row(chain, voice)).collect()
}

fn row(chain: &Chain<'_>, voice: &Voice) -> Row {
    let (id, title) = names(chain, voice);
    let (status, mut reason) = status(chain, voice);
    if let Some(level) = voice.stands_in_for {
        let by = level_name(level);
        reason = format!("runs, as nothing that is here meets {by}");
    }
    // goward shows nothing of a `.goenv` that it may not quote.
    let hidden = voice.level == ChainLevel::Goenv && !chain.may_quote_goenv();
    let value = voice.says.as_ref().filter(|_| !hidden).map(|says| value(voice, says));
    let (level, origin) = (voice.level.number(), voice.origin.clone());
    Row { level, id, title, variable: voice.variable, status, value, origin, reason }
}

/// The stable word and the title.
fn names(chain: &Chain<'_>, voice: &Voice) -> (&'static str, &'static str) {
    match voice.level {
        ChainLevel::CommandLine => ("command-line", "command line"),
        ChainLevel::Environment => ("environment", "environment"),
        ChainLevel::Goenv => ("goenv", ".goenv"),
        ChainLevel::GoEnvFile => ("go-env-file", "go/env file"),
        ChainLevel::PinFile => match &chain.pin {
            Some(Ok(PinFile { syntax: Syntax::ToolVersions, .. })) => {
                ("pin-file", ".tool-versions")
            }
            _ => ("pin-file", ".go-version"),
        },
        ChainLevel::Module if chain.has_workspace() => ("module", "go.work"),
        ChainLevel::Module => ("module", "go.mod"),
        ChainLevel::Default => ("default", "default"),
        ChainLevel::System => ("system", "system"),
        ChainLevel::Newest => ("newest", "newest"),
    }
}

fn value(voice: &Voice, says: &Says) -> String {
    match says {
        Says::Typed(text) if voice.level == ChainLevel::CommandLine => {
            format!("+{}", String::from_utf8_lossy(text))
        }
        Says::Typed(text) | Says::Gotoolchain(text) => String::from_utf8_lossy(text).into_owned(),
        Says::Pin(selector) => selector.to_string(),
        Says::Floor(floor) => floor.to_string(),
        Says::Program(program) => shown(program),
        Says::Release(name) => name.to_string(),
    }
}

/// The result of a level, and its reason.
fn status(chain: &Chain<'_>, voice: &Voice) -> (Status, String) {
    match &voice.fate {
        Fate::Absent => (Status::Absent, absence(chain, voice.level)),
        Fate::Named { behind_a_refusal: true } => (Status::NotReached, "not asked".to_owned()),
        Fate::Named { .. } => (Status::NotReached, variable(voice).unwrap_or_default().to_owned()),
        Fate::Refused(reason) => (Status::Refused, refusal(chain, voice, reason)),
        Fate::Spared(reason, by) => {
            let (by, why) = (by.map_or("a running Go", level_name), refusal(chain, voice, reason));
            (Status::NotReached, format!("not asked: {by} decides; else: {why}"))
        }
        Fate::Silent(silence) => (Status::Silent, silent(chain, *silence)),
        Fate::Shadowed(first) => {
            (Status::Outranked, format!("GOTOOLCHAIN is set by {first} already"))
        }
        Fate::Off(why) => (Status::Off, why.clone()),
        Fate::Won { before: Some(first), .. } => {
            (Status::Won, format!("decides; {first} goes before it and is not installed"))
        }
        Fate::Won { met: false, .. } => {
            (Status::Won, "decides, but nothing that is here meets it".to_owned())
        }
        Fate::Won { .. } => match voice.variable {
            Some(variable) => (Status::Won, format!("{variable} decides")),
            None => (Status::Won, "decides".to_owned()),
        },
        Fate::Met { wish, by, how } => (Status::Silent, met(*wish, *by, *how)),
        Fate::AsksForNoMore(source) => {
            (Status::Outranked, format!("asks for no more than {source}"))
        }
        Fate::Outranked { by, meets } => {
            let by = by.level().map_or_else(|| by.to_string(), |by| level_name(by).to_owned());
            if voice.level >= ChainLevel::Default {
                return (Status::NotReached, "not needed".to_owned());
            }
            let meets = match meets {
                Some(true) => ", and meets it",
                Some(false) => ", and is older",
                None => "",
            };
            (Status::Outranked, format!("{by} outranks it{meets}"))
        }
    }
}

/// The variable that names the toolchain, in the environment or in a file.
fn variable(voice: &Voice) -> Option<&'static str> {
    let in_file = matches!(voice.says, Some(Says::Gotoolchain(_))).then_some("GOTOOLCHAIN");
    voice.variable.or(in_file)
}

/// The reason why a level is absent.
fn absence(chain: &Chain<'_>, level: ChainLevel) -> String {
    let without = |path: &[u8]| format!("{} sets no GOTOOLCHAIN", shown(path));
    match level {
        ChainLevel::CommandLine => "no +VERSION".to_owned(),
        ChainLevel::Environment => "GOWARD_VERSION and GOTOOLCHAIN are not set".to_owned(),
        ChainLevel::Goenv => match &chain.goenv {
            Some(file) => without(&file.path),
            None => "none here or above".to_owned(),
        },
        ChainLevel::GoEnvFile => match &chain.go_env_file {
            Some(file) => without(&file.path),
            None if chain.unread.iter().any(|file| !file.path.ends_with(b".tool-versions")) => {
                "it cannot be read: absent, as for Go".to_owned()
            }
            None => "none".to_owned(),
        },
        ChainLevel::PinFile => no_pin(chain),
        ChainLevel::Module => match &chain.ignored_module {
            Some(path) => format!(
                "{} is ignored, as Go ignores it: it lies in the temporary directory",
                shown(path)
            ),
            None => "no go.work or go.mod here or above".to_owned(),
        },
        ChainLevel::Default => "not set; to set it, run: goward default VERSION".to_owned(),
        ChainLevel::System => "no go on PATH but goward's".to_owned(),
        ChainLevel::Newest => "no release is installed".to_owned(),
    }
}

/// The reason why level 5 names no toolchain, though there may be a file.
fn no_pin(chain: &Chain<'_>) -> String {
    if let Some(path) = &chain.no_pin {
        return format!(
            "{} is the null device: it ends the search, and names nothing",
            shown(path)
        );
    }
    let moved: Vec<String> = chain.moved_down().map(shown).collect();
    if moved.is_empty() {
        return "no .go-version or .tool-versions here or above".to_owned();
    }
    format!("{} lies in a home directory, so it is a default", moved.join(" and "))
}

fn refusal(chain: &Chain<'_>, voice: &Voice, reason: &Reason) -> String {
    match reason {
        Reason::File(error) => error.to_string(),
        Reason::NoSelector => "not a Go version".to_owned(),
        Reason::ManagersWord => "only goward itself knows which release that is".to_owned(),
        Reason::NoGotoolchain(_)
            if voice.level == ChainLevel::Goenv && !chain.may_quote_goenv() =>
        {
            "not a value that Go knows for GOTOOLCHAIN".to_owned()
        }
        Reason::NoGotoolchain(why) => on_one_line(why),
        // The error below tells the remedy.
        Reason::Forbidden(why) => why.split_once("; ").map_or(&**why, |(why, _)| why).to_owned(),
    }
}

fn silent(chain: &Chain<'_>, silence: Silence) -> String {
    match silence {
        Silence::Local => {
            "names no toolchain; switches the module file and downloads off".to_owned()
        }
        Silence::NoDownload => "names no toolchain; switches downloads off".to_owned(),
        Silence::NoName => "names no toolchain".to_owned(),
        Silence::WayOut => "not here; Go answers this command all the same".to_owned(),
        Silence::NoLine => no_line(chain),
    }
}

/// The reason why the module file asks for no version.
fn no_line(chain: &Chain<'_>) -> String {
    let Some(Ok(file)) = &chain.module else { return String::new() };
    let name = shown(&file.path);
    match (&file.go, file.go_version()) {
        (Some(line), Some(version)) => format!(
            "{name}:{}: go {version} is older than 1.21, and every later Go builds that",
            line.line
        ),
        (Some(line), None) => {
            format!("{name}:{}: not a Go version, so it counts for none", line.line)
        }
        (None, _) => format!("{name} asks for no version"),
    }
}

fn met(wish: bool, by: Option<ChainLevel>, how: Meets) -> String {
    let kind = if wish { "a wish" } else { "a minimum" };
    let by = by.map_or("a running Go", level_name);
    match how {
        Meets::Later => format!("{kind}, which {by} will meet"),
        Meets::Not => format!("{kind}, which {by} does not meet, and need not without modules"),
        Meets::Now => format!("{kind}, which {by} meets"),
        Meets::Maybe => format!("{kind}, which {by} may meet"),
    }
}

/// The meaning of the module file's lines; another function refuses an invalid value.
pub(super) fn lines(chain: &Chain<'_>) -> GoLine {
    chain.go_line().unwrap_or(GoLine::Usual)
}
