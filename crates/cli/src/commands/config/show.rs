//! `goward config list` and `get`.

use super::file;
use crate::config::key::{self, Key, Kind, Value};
use crate::config::policy_file::FILE;
use crate::config::setting::{Bound, Files, Layer, Setting};
use crate::config::text;
use crate::context::Context;
use crate::failure::Result;
use crate::output::columns::{self, Line};
use clap::Args;
use serde::Serialize;
use std::path::Path;

/// Lists.
#[derive(Debug, Args)]
#[command(after_help = "\
A value of the policy file, /etc/goward/config.toml, holds for all users of this machine who set none;
a bound of that file holds for all values, and what lies outside of it is marked.

Examples:
  goward config list
  goward config list --json")]
pub(crate) struct List {
    /// Print JSON (its fields: see the page JSON of the book)
    #[arg(long)]
    json: bool,
}

/// Prints one value.
#[derive(Debug, Args)]
#[command(after_help = "\
The value is that which counts here, from the variable, the file or the default. With several mirrors
each has a line. A key that has no value prints nothing.

Examples:
  goward config get mirrors
  goward config get policy.minimum
  goward config get offline --json")]
pub(crate) struct Get {
    /// The key: mirrors, mirror-digests, offline, dist-url, policy.minimum, or one of the machine's owner alone:
    /// policy.mirrors-only, policy.auto-install, policy.min-trust, policy.check-rules
    key: String,
    /// Print JSON (its fields: see the page JSON of the book)
    #[arg(long)]
    json: bool,
}

/// A key, for programs.
#[derive(Serialize)]
struct Answer {
    key: &'static str,
    #[serde(rename = "type")]
    kind: Kind,
    allowed: &'static str,
    value: Option<Value>,
    default: Option<Value>,
    variable: Option<&'static str>,
    source: Layer,
    file: String,
    line: Option<usize>,
    hidden: Option<Value>,
    fault: Option<String>,
    bound: Option<Bound>,
}

impl List {
    pub(super) fn run(self, cx: &Context) -> Result<()> {
        let file = file(cx)?;
        let settings = settings(cx, &file)?;
        if self.json {
            let answers = settings.into_iter().map(|setting| Answer::of(setting, &file));
            return cx.output.json(&answers.collect::<Vec<_>>());
        }
        let lines: Vec<_> = settings.iter().map(|setting| line(setting, &file)).collect();
        columns::print(&cx.output, &lines);
        Ok(())
    }
}

impl Get {
    pub(super) fn run(self, cx: &Context) -> Result<()> {
        let (key, file) = (Key::named(&self.key)?, file(cx)?);
        let found = settings(cx, &file)?.into_iter().find(|setting| setting.key == key);
        let Some(setting) = found else { return Ok(()) };
        if self.json {
            return cx.output.object(&Answer::of(setting, &file));
        }
        match (&setting.value, &setting.fault) {
            (Some(value), fault) => {
                value.lines().iter().for_each(|line| cx.output.verbatim(line));
                fault.iter().for_each(|fault| cx.output.warning(fault));
            }
            (None, Some(hint)) => {
                let source = setting.source(&file);
                cx.output.warning(&format!("{source} makes no sense; {hint}"));
            }
            (None, None) => cx.output.note(&format!("{} is not set", key.name)),
        }
        Ok(())
    }
}

/// All keys, by the file and the environment.
fn settings(cx: &Context, file: &Path) -> Result<Vec<Setting>> {
    let config = cx.config(file)?;
    let text = text(&*cx.roots()?, file)?.unwrap_or_default();
    let files = Files { own: (&config, &text), owner: cx.policy()? };
    let of = |key| Setting::of(key, files, |name| variable(cx, name), cx.offline);
    Ok(key::ALL.iter().map(of).collect())
}

/// A variable that is set and not empty. One that is no text is none of the values that a key takes.
fn variable(cx: &Context, name: &str) -> Option<String> {
    use goward_resolver::Host as _;
    let value = cx.machine.var(name).filter(|value| !value.is_empty())?;
    Some(String::from_utf8_lossy(value).into_owned())
}

fn line(setting: &Setting, file: &Path) -> Line<3> {
    let value = match (&setting.value, &setting.fault) {
        (Some(value), _) => value.shown(),
        (None, Some(_)) => "makes no sense".to_owned(),
        (None, None) => "not set".to_owned(),
    };
    let hides =
        setting.hidden.as_ref().zip(setting.line).map(|(value, line)| {
            format!("{} on line {line} of the file has no effect", value.shown())
        });
    let bounds = setting.bound.as_ref().filter(|_| setting.fault.is_none());
    let bounds = bounds.map(|bound| format!("bound by {}", bound.shown()));
    let remark: Vec<String> = setting.fault.iter().cloned().chain(bounds).chain(hides).collect();
    Line {
        cells: [setting.key.name.to_owned(), value, setting.source(file)],
        remark: remark.join("; "),
        bad: setting.fault.is_some(),
    }
}

impl Answer {
    fn of(setting: Setting, file: &Path) -> Answer {
        let Setting { key, value, layer, line, hidden, fault, bound } = setting;
        let file = if layer == Layer::Policy { Path::new(FILE) } else { file };
        Answer {
            key: key.name,
            kind: key.kind,
            allowed: key.kind.allowed(),
            value,
            default: key.initial(),
            variable: key.variable,
            source: layer,
            file: file.to_string_lossy().into_owned(),
            line,
            hidden,
            fault,
            bound,
        }
    }
}
