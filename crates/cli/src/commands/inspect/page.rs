//! A page for one program.

use super::judged::Judged;
use super::line::{linkage, name, platform};
use crate::context::Context;
use crate::output::Style;
use crate::output::page::Page;
use crate::output::size;
use crate::paths::text;
use goward_gobin::{Forced, Found, Module, Needs, Recorded};

/// Prints the page.
pub(super) fn print(cx: &Context, judged: &Judged<'_>) {
    let mut page = Page::default();
    page.block();
    page.fact("program", &name(judged), "");
    built(&mut page, judged, cx.verbose);
    source(&mut page, judged);
    if judged.program.recorded != Recorded::Header {
        page.block();
        needs(&mut page, judged);
    }
    if cx.verbose {
        page.block();
        details(&mut page, judged);
    }
    if !judged.conditions.is_empty() {
        page.block();
    }
    for (condition, why) in &judged.conditions {
        match why {
            None => page.fact("requires", &condition.to_string(), "met"),
            Some(why) => {
                page.fact("requires", &condition.to_string(), &format!("refused: {why}"));
                page.in_style(Style::Bad);
            }
        }
    }
    page.print(&cx.output);
}

fn built(page: &mut Page, judged: &Judged<'_>, verbose: bool) {
    let program = judged.program;
    let platform = format!("{}, {}", platform(judged), program.format);
    page.fact("built by", &text(&program.info.version), &platform);
    match judged.forced {
        Forced::Yes => {
            page.fact("version", "forced", &judged.reasons.join("; "));
            page.in_style(Style::Bad);
        }
        // The strongest trace is the compiler's name.
        Forced::No => {
            let traces = judged.evidence();
            let name = traces.first().map(String::as_str).unwrap_or_default();
            page.fact("version", "the compiler's own", name);
        }
        Forced::Unknown => {}
    }
    if let Some(unlisted) = judged.unlisted() {
        page.fact("", unlisted, "");
    }
    if let Some(eol) = judged.eol() {
        page.fact("", &eol.to_string(), "");
    }
    if let Some(older) = judged.older.as_ref().filter(|older| older.floor || verbose) {
        let run = older.command.as_ref().map(|command| format!("run: {command}"));
        let than = format!("older than Go {} of {}", older.than, older.by);
        page.fact("tool", &than, &run.unwrap_or_default());
        if older.floor {
            page.in_style(Style::Bad);
        }
    }
    if program.found == Found::Search {
        page.fact("", "found by search", "its section is gone; Go 1.27 would not find it");
    }
}

fn source(page: &mut Page, judged: &Judged<'_>) {
    let info = &judged.program.info;
    let setting = |key: &str| info.setting(key).map(|value| text(&value));
    if !info.path().is_empty() {
        page.fact("package", &text(info.path()), "");
    }
    let modules = info.modules();
    if modules.main != Module::default() {
        let count = modules.deps.len();
        let others = match count {
            0 => String::new(),
            1 => "and one other module".to_owned(),
            _ => format!("and {count} other modules"),
        };
        page.fact("module", &module(&modules.main), &others);
    }
    if let Some(revision) = setting("vcs.revision") {
        let changed = match setting("vcs.modified").as_deref() {
            Some("true") => "with changes",
            Some(_) => "without changes",
            None => "",
        };
        let time = setting("vcs.time").unwrap_or_default();
        page.fact("commit", &revision, format!("{changed} {time}").trim());
    }
    let flags = info.settings().filter(|one| {
        let plain = [&b"-buildmode"[..], b"-compiler"].contains(&&*one.key);
        (one.key.starts_with(b"-") && !plain) || *one.key == *b"CGO_ENABLED"
    });
    let flags: Vec<_> = flags.map(|one| flag(&text(&one.key), &text(&one.value))).collect();
    if !flags.is_empty() {
        page.fact("flags", &flags.join("  "), "");
    }
}

fn flag(key: &str, value: &str) -> String {
    match value {
        "true" if key.starts_with('-') => key.to_owned(),
        _ if value.contains(' ') => format!("{key}={value:?}"),
        _ => format!("{key}={value}"),
    }
}

fn module(module: &Module<'_>) -> String {
    let own = format!("{} {}", text(module.path), text(module.version));
    match &module.replace {
        Some(other) => format!("{} => {}", own.trim_end(), self::module(other)),
        None => own.trim_end().to_owned(),
    }
}

fn needs(page: &mut Page, judged: &Judged<'_>) {
    let needs: &Needs = &judged.program.needs;
    let kind = match (needs.library, needs.pie) {
        (true, _) => "library",
        (false, true) => "program, loaded anywhere (PIE)",
        (false, false) => "program",
    };
    match needs.linked {
        true => page.fact("linked", &linkage(judged), kind),
        false => page.fact("linked", "not yet", "the program that takes it in decides"),
    }
    if let Some(interpreter) = &needs.interpreter {
        page.fact("loader", interpreter, "");
    }
    if !needs.libraries.is_empty() {
        page.fact("libraries", &needs.libraries.join(", "), "");
    }
    let system = match judged.program.os.as_deref() {
        Some("linux") => Some("Linux"),
        Some("darwin") => Some("macOS"),
        Some("windows") => Some("Windows"),
        _ => None,
    };
    if let (Some(system), Some(least)) = (system, judged.least_system()) {
        page.fact("system", &format!("{system} {least} or later"), "");
    }
    if needs.tls.fixed && needs.library {
        page.fact("tls", &size(needs.tls.size), "a program of musl cannot load it with dlopen");
    }
    if needs.stack.executable == Some(true) {
        page.fact("stack", "code may run on it", "");
        page.in_style(Style::Bad);
    }
    let stripped = match (needs.symbols, needs.dwarf) {
        (true, true) => "symbols and debug information",
        (true, false) => "symbols, no debug information",
        (false, true) => "debug information, no symbols",
        (false, false) => "no symbols, no debug information",
    };
    page.fact("has", stripped, "");
}

/// Every module and setting, and the traces that decide nothing.
fn details(page: &mut Page, judged: &Judged<'_>) {
    let info = &judged.program.info;
    for (at, dep) in info.modules().deps.iter().enumerate() {
        page.fact(if at == 0 { "modules" } else { "" }, &module(dep), &text(dep.sum));
    }
    for (at, one) in info.settings().enumerate() {
        let setting = format!("{}={}", text(&one.key), text(&one.value));
        page.fact(if at == 0 { "settings" } else { "" }, &setting, "");
    }
    for (at, trace) in judged.evidence().iter().enumerate() {
        page.fact(if at == 0 { "traces" } else { "" }, trace, "");
    }
}
