//! The inputs of a plan, with their meanings.

use super::Plan;
use crate::commands::ci::surroundings::Surroundings;
use crate::failure::{Exit, Failure, Result};
use crate::paths::Shown as _;
use crate::values;
use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, Error};
use goward_govern::ci::lines::Setting;
use goward_govern::ci::selector::{self, Refused};
use goward_govern::ci::tool_cache;
use goward_govern::ci::version_file::{self, Silent};
use goward_installer::{Assurance, Platform, canonical, read};
use goward_resolver::{Selector, Version, quoted};
use std::ffi::OsStr;
use std::path::Path;

/// The most bytes of the file that `--go-version-file` names.
const LIMIT: usize = 16 << 20;

/// A word of a list, or an empty one.
#[derive(Clone, Copy, Debug)]
pub(in crate::commands::ci) struct OneOf(pub(in crate::commands::ci) &'static [&'static str]);

impl TypedValueParser for OneOf {
    type Value = String;

    fn parse_ref(
        &self,
        cmd: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> std::result::Result<String, Error> {
        let text = StringValueParser::new().parse_ref(cmd, arg, value)?;
        if text.is_empty() || self.0.contains(&text.as_str()) {
            return Ok(text);
        }
        let mut error = Error::new(ErrorKind::InvalidValue).with_cmd(cmd);
        if let Some(arg) = arg {
            error.insert(ContextKind::InvalidArg, ContextValue::String(arg.to_string()));
        }
        error.insert(ContextKind::InvalidValue, ContextValue::String(text));
        let valid = self.0.iter().map(|word| (*word).to_owned()).collect();
        error.insert(ContextKind::ValidValue, ContextValue::Strings(valid));
        Err(error)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.0.iter().map(PossibleValue::new)))
    }
}

/// A Go that an input names.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) selector: Selector,
    /// Where, for the log.
    pub(super) by: String,
}

/// The meanings.
pub(super) struct Inputs {
    /// The Gos of the whole job, the pin first.
    pub(super) pins: Vec<Named>,
    /// The Go where nothing states one.
    pub(super) default: Selector,
    pub(super) go_line: Option<String>,
    pub(super) minimum: Option<Version>,
    /// The least witness.
    pub(super) verify: Option<Assurance>,
    pub(super) mirror: Option<String>,
}

impl Inputs {
    /// The inputs that hold for each `go` of the job, in this step and later ones.
    pub(super) fn settings(&self) -> Vec<Setting> {
        let verify = self.verify.map(|least| least.level().to_ascii_lowercase());
        let all = [
            ("GOWARD_GO_LINE", self.go_line.clone()),
            ("GOWARD_MINIMUM", self.minimum.as_ref().map(Version::to_string)),
            ("GOWARD_MIRROR", self.mirror.clone()),
            ("GOWARD_VERIFY", verify),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

impl Plan {
    /// An empty input is none.
    pub(super) fn drop_empty(&mut self) {
        let Plan { go_version, go_version_file, default_version, go_line, architecture, .. } = self;
        let first = [go_version, go_version_file, default_version, go_line, architecture];
        let Plan { cache, verify, minimum, mirror, matrix, root, system, .. } = self;
        let second = [cache, verify, minimum, mirror, matrix, root, system];
        for input in first {
            *input = input.take().filter(|text| !text.trim().is_empty());
        }
        for input in second {
            *input = input.take().filter(|text| !text.trim().is_empty());
        }
    }

    /// The meanings of the inputs. The rest is checked here, too, before anything is done.
    pub(super) fn inputs(&self, around: &Surroundings) -> Result<Inputs> {
        self.architecture.as_deref().map_or(Ok(()), check_architecture)?;
        let default = match self.default_version.as_deref() {
            Some(text) => named("--default-version", text)?,
            None => Selector::Latest,
        };
        let minimum = self.minimum.as_deref().map(minimum).transpose()?;
        let verify = self.verify.as_deref().map(values::level).transpose();
        let verify = verify.map_err(|why| Failure::new(Exit::Usage, format!("--verify: {why}")))?;
        let (go_line, mirror) = (self.go_line.clone(), self.mirror.clone());
        Ok(Inputs { pins: self.pins(around)?, default, go_line, minimum, verify, mirror })
    }

    fn pins(&self, around: &Surroundings) -> Result<Vec<Named>> {
        if let Some(text) = &self.go_version {
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
            let one = |line: &str| {
                let selector = named("--go-version", line)?;
                Ok(Named { selector, by: "the input go-version".to_owned() })
            };
            return lines.map(one).collect();
        }
        let Some(file) = &self.go_version_file else { return Ok(Vec::new()) };
        Ok(vec![in_file(&around.checkout, Path::new(file))?])
    }
}

/// The selector of an input.
fn named(input: &str, text: &str) -> Result<Selector> {
    selector::parse(text)
        .map_err(|why| refused(&format!("{input} {}", quoted(text.as_bytes())), why))
}

/// The refusal of a text that `what` shows.
fn refused(what: &str, why: Refused) -> Failure {
    match why {
        Refused::Number(meant) => {
            let failure = Failure::new(Exit::Usage, format!("{what} may be a number of YAML's"));
            let quotes = |version: &&str| {
                format!("if Go {version} is meant, write it in quotes: '{version}'")
            };
            meant.iter().map(quotes).fold(failure, Failure::hint)
        }
        Refused::NoRelease => Failure::new(Exit::Usage, format!("{what} names no release of Go"))
            .hint("write one such as 1.22.10, 1.22, ^1.22, stable or oldstable"),
        Refused::NotAVersion => Failure::new(Exit::Usage, format!("{what} is not a Go version"))
            .hint("write one such as 1.22.10, 1.22, ^1.22, stable or oldstable"),
    }
}

/// The Go that a file of the checkout names.
fn in_file(checkout: &Path, file: &Path) -> Result<Named> {
    let path = checkout.join(file);
    let failed = |error: &std::io::Error| {
        let failure = Failure::io("read", &path, error).hint("name a file of the checkout");
        match error.kind() {
            std::io::ErrorKind::NotFound => Failure { exit: Exit::NotFound, ..failure },
            _ => Failure { exit: Exit::Usage, ..failure },
        }
    };
    // The checkout's links are a stranger's; the path of another directory is the user's own.
    let real = canonical(&path).map_err(|error| failed(&error))?;
    if path.starts_with(checkout) && !real.starts_with(checkout) {
        let (path, real) = (path.shown(), real.shown());
        let message = format!("{path} leads out of the checkout, to {real}");
        return Err(Failure::new(Exit::Usage, message).hint("name a file of the checkout"));
    }
    let bytes = read::read_unlinked(&real, LIMIT).map_err(|error| failed(&error))?;
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let at = path.shown();
    match version_file::parse(name, &bytes) {
        Ok(says) => {
            let by = format!("{at}:{}, by the input go-version-file", says.line);
            Ok(Named { selector: says.selector, by })
        }
        Err(Silent::Empty) => {
            Err(Failure::new(Exit::Usage, format!("{at} names no version of Go"))
                .hint("leave go-version-file out: the files of a project choose by themselves"))
        }
        Err(Silent::Refused(line, why)) => Err(refused(&format!("{at}:{line}"), why)),
        Err(Silent::Malformed(why)) => {
            Err(Failure::new(Exit::Usage, format!("cannot read {at}")).because(why))
        }
    }
}

fn minimum(text: &str) -> Result<Version> {
    let number = text.strip_prefix("go").unwrap_or(text);
    Version::parse(number).ok_or_else(|| {
        let text = quoted(text.as_bytes());
        Failure::new(Exit::Usage, format!("--minimum {text} is not a Go version"))
            .hint("write one such as 1.24.5")
    })
}

/// goward runs the Go of the machine's own architecture.
fn check_architecture(name: &str) -> Result<()> {
    let host = Platform::host();
    match tool_cache::goarch(name) {
        Some(arch) if arch == host.arch() => Ok(()),
        Some(arch) => {
            let message = format!("this machine runs Go for {}, and not for {arch}", host.arch());
            Err(Failure::new(Exit::Usage, message)
                .hint(format!("to build for it, set GOARCH={arch} in the step that builds")))
        }
        None => {
            let name = quoted(name.as_bytes());
            Err(Failure::new(Exit::Usage, format!("--architecture {name} is none of Go's"))
                .hint("write one such as x64, arm64 or amd64"))
        }
    }
}
