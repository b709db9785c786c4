//! `goward env`: Go's variables as `go` has them here; `--explain` adds the layer that sets each.

use super::current;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::output::Style;
use crate::paths::{NOT_SHOWN, shown, text, to_bytes, to_path};
use clap::Args;
use goward_govern::go::Go;
use goward_installer::read;
use goward_resolver::{Chain, FileText, GoEnvFile, Launch, Owner, Plan, Survey};
use serde::Serialize;
use std::collections::BTreeMap;

/// The most bytes that a toolchain's `go.env` may have.
const LIMIT: usize = 1 << 20;

/// Shows variables.
#[derive(Debug, Args)]
#[command(after_help = "\
Layers, the first that sets a variable wins: the caller's environment, the nearest .goenv, the file
that `go env -w` writes, the toolchain's go.env, what is built into Go.

Examples:
  goward env --explain             what is not Go's default, who sets it, and what that hides
  goward env --explain -v          every variable
  goward env --explain GOPROXY
  goward env --json --explain")]
pub(crate) struct Env {
    /// Only these variables
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Say which layer sets each variable, and what it hides
    #[arg(long)]
    explain: bool,
    /// Print JSON (its fields: see the page JSON of the book)
    #[arg(long)]
    json: bool,
}

/// A variable and its layers.
#[derive(Serialize)]
struct Variable {
    name: String,
    value: String,
    /// `goward`, `environment`, `goenv`, `go-env-file`, `toolchain` or `go`.
    layer: &'static str,
    /// The file and line, where there is one.
    at: Option<String>,
    hidden: Vec<Setting>,
}

impl Variable {
    /// Whether only Go itself, or the toolchain's own file, says its value.
    fn is_go_s_own(&self) -> bool {
        matches!(self.layer, "go" | "toolchain") && self.hidden.is_empty()
    }
}

#[derive(Serialize)]
struct Setting {
    layer: &'static str,
    at: Option<String>,
    value: String,
}

impl Env {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        let here = cx.survey_for(&[b"go", b"env"])?;
        let plan = here.plan()?;
        let launch = plan.launch.clone()?;
        // Go may fail for it.
        if self.explain && (self.names.is_empty() || self.names.iter().any(|name| name == "GOROOT"))
        {
            current::warn_of_goroot(cx, &here, &plan);
        }
        let mut values = ask(&here, &launch)?;
        if !self.names.is_empty() {
            values.retain(|name, _| self.names.contains(name));
        }
        // A toolchain that runs answers in spite of a refusal.
        if let Some(refusal) = here.refusals.first() {
            return Err(refusal.clone().into());
        }
        let of_toolchain = of_toolchain(&plan);
        let layers = Setters { chain: &here.chain, plan: &plan, launch: &launch, of_toolchain };
        let variables: Vec<Variable> =
            values.into_iter().map(|(name, value)| layers.explain(name, value)).collect();
        if self.json {
            return cx.output.json(&variables);
        }
        let whole = !self.explain || cx.verbose || !self.names.is_empty();
        let (shown, left_out): (Vec<_>, Vec<_>) =
            variables.iter().partition(|variable| whole || !variable.is_go_s_own());
        shown.iter().for_each(|variable| self.print(cx, variable));
        if !left_out.is_empty() {
            cx.output.note(&format!("{} more are as Go has them; -v shows them", left_out.len()));
        }
        Ok(())
    }

    fn print(&self, cx: &Context, variable: &Variable) {
        let name = cx.output.paint(Style::Strong, &variable.name);
        cx.output.verbatim(&format!("{name}={}", shown(variable.value.as_bytes())));
        if !self.explain {
            return;
        }
        let by = place(variable.layer, variable.at.as_deref());
        cx.output.line(&format!("    by {}", cx.output.paint(Style::Faint, by)));
        for Setting { layer, at, value } in &variable.hidden {
            let (value, by) = (shown(value.as_bytes()), place(layer, at.as_deref()));
            cx.output.verbatim(&format!("    hides {value}, by {}", cx.output.home.shorten(by)));
        }
    }
}

/// The place of a setting, for people.
fn place<'a>(layer: &str, at: Option<&'a str>) -> &'a str {
    at.unwrap_or(match layer {
        "goward" => "goward, for the toolchain that was chosen",
        "environment" => "the environment",
        _ => "Go itself",
    })
}

/// The variables, by the answer of the chosen Go.
fn ask(here: &Survey<'_>, launch: &Launch) -> Result<BTreeMap<String, String>> {
    Go::as_typed(here, launch).variables().map_err(|error| {
        let program = shown(&launch.program);
        let refused =
            Failure::new(Exit::Failure, format!("cannot ask {program} for its variables"));
        error.to_string().lines().fold(refused, Failure::because)
    })
}

/// The toolchain's own `go.env`.
fn of_toolchain(plan: &Plan) -> Option<GoEnvFile> {
    let file = to_path(plan.target.as_ref()?.goroot.as_deref()?).join("go.env");
    let text = read::read(&file, LIMIT).ok()?;
    Some(GoEnvFile { path: to_bytes(&file), text: FileText::of(Owner::Trusted, &text) })
}

/// The places that may have set a variable.
struct Setters<'a> {
    chain: &'a Chain<'a>,
    plan: &'a Plan,
    launch: &'a Launch,
    of_toolchain: Option<GoEnvFile>,
}

impl Setters<'_> {
    /// The layers that set `name`; `value` is Go's answer.
    fn explain(&self, name: String, value: String) -> Variable {
        let mut settings = Vec::new();
        let mut set = |layer, at, value| settings.push(Setting { layer, at, value: text(value) });
        let in_goenv = self.chain.goenv.as_ref().and_then(|file| file.get(&name));
        let changed = self.launch.env.iter().find(|change| change.key == name);
        if let Some(new) = changed.and_then(|change| change.value.as_deref())
            && in_goenv.as_ref().is_none_or(|(value, _)| *value != new)
        {
            let at = self.plan.source.origin().map(|origin| format!("goward, for {origin}"));
            set("goward", at, new);
        }
        if let Some(bytes) = self.chain.env().get(&name) {
            set("environment", None, bytes);
        }
        if let Some((bytes, origin)) = in_goenv {
            set("goenv", Some(origin.to_string()), bytes);
        }
        let in_file = self.chain.go_env_file.as_ref().and_then(|file| file.get(&name));
        if let Some((bytes, origin)) = in_file {
            set("go-env-file", Some(origin.to_string()), bytes);
        }
        let in_toolchain = self.of_toolchain.as_ref().and_then(|file| file.get_first(&name));
        if let Some((bytes, origin)) = in_toolchain {
            set("toolchain", Some(format!("{}:{}", shown(&origin.path), origin.line)), bytes);
        }
        // No layer sets a value that Go computes anyway (GOMOD, GOVERSION).
        let said = settings.first().is_some_and(|first| first.value == value);
        let computed = Setting { layer: "go", at: None, value: String::new() };
        let first = if said { settings.remove(0) } else { computed };
        if !self.chain.may_quote_goenv() {
            let of_goenv = settings.iter_mut().filter(|setting| setting.layer == "goenv");
            of_goenv.for_each(|setting| setting.value = NOT_SHOWN.to_owned());
        }
        Variable { name, value, layer: first.layer, at: first.at, hidden: settings }
    }
}
