//! A program as JSON: what `go version -m -json` has, by its names, and what goward adds.

use super::judged::Judged;
use crate::commands::outdated::end_of_life::EndOfLife;
use crate::paths::text;
use goward_gobin::{Forced, Found, Module, Needs, Recorded, Relro};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Row {
    file: String,
    part: Option<String>,
    // Go's own object.
    #[serde(rename = "GoVersion")]
    go_version: String,
    #[serde(rename = "Path", skip_serializing_if = "String::is_empty")]
    path: String,
    #[serde(rename = "Main")]
    main: ModuleRow,
    #[serde(rename = "Deps", skip_serializing_if = "Vec::is_empty")]
    deps: Vec<ModuleRow>,
    #[serde(rename = "Settings", skip_serializing_if = "Vec::is_empty")]
    settings: Vec<SettingRow>,
    // What goward adds.
    format: &'static str,
    goos: Option<String>,
    goarch: Option<String>,
    buildmode: Option<String>,
    recorded: &'static str,
    found: &'static str,
    #[serde(flatten)]
    needs: NeedsRow,
    compiled_by: Option<String>,
    forced: &'static str,
    evidence: Vec<String>,
    eol: Option<EndOfLife>,
    conditions: Vec<ConditionRow>,
    older: Option<OlderRow>,
}

#[derive(Serialize)]
struct ModuleRow {
    #[serde(rename = "Path", skip_serializing_if = "String::is_empty")]
    path: String,
    #[serde(rename = "Version", skip_serializing_if = "String::is_empty")]
    version: String,
    #[serde(rename = "Sum", skip_serializing_if = "String::is_empty")]
    sum: String,
    #[serde(rename = "Replace", skip_serializing_if = "Option::is_none")]
    replace: Option<Box<ModuleRow>>,
}

#[derive(Serialize)]
struct SettingRow {
    #[serde(rename = "Key", skip_serializing_if = "String::is_empty")]
    key: String,
    #[serde(rename = "Value", skip_serializing_if = "String::is_empty")]
    value: String,
}

/// What it needs to run; nothing is known of a package, which does not run.
#[derive(Default, Serialize)]
struct NeedsRow {
    r#static: Option<bool>,
    library: Option<bool>,
    pie: Option<bool>,
    relro: Option<&'static str>,
    stripped: Option<Stripped>,
    interpreter: Option<String>,
    needs: Option<Vec<String>>,
    glibc_at_least: Option<String>,
    musl: Option<bool>,
    kernel_at_least: Option<String>,
    min_os: Option<String>,
    tls: Option<TlsRow>,
    stack: Option<StackRow>,
}

#[derive(Serialize)]
struct Stripped {
    symbols: bool,
    debug: bool,
}

#[derive(Serialize)]
struct TlsRow {
    size: u64,
    static_tls: bool,
}

#[derive(Serialize)]
struct StackRow {
    size: u64,
    executable: Option<bool>,
}

#[derive(Serialize)]
struct ConditionRow {
    condition: String,
    met: bool,
    why: Option<String>,
}

#[derive(Serialize)]
struct OlderRow {
    than: String,
    by: String,
    floor: bool,
    command: Option<String>,
}

impl Row {
    pub(super) fn of(judged: &Judged<'_>) -> Row {
        let (program, info) = (judged.program, &judged.program.info);
        let setting = |one: &goward_gobin::Setting| SettingRow {
            key: text(&one.key),
            value: text(&one.value),
        };
        let condition =
            |(condition, why): &(&goward_govern::condition::Condition, Option<String>)| {
                ConditionRow {
                    condition: condition.to_string(),
                    met: why.is_none(),
                    why: why.clone(),
                }
            };
        Row {
            file: judged.path.to_string_lossy().into_owned(),
            part: program.part.clone(),
            go_version: text(&info.version),
            path: text(&info.path),
            main: ModuleRow::of(&info.main),
            deps: info.deps.iter().map(ModuleRow::of).collect(),
            settings: info.settings.iter().map(setting).collect(),
            format: program.format.id(),
            goos: program.os.clone(),
            goarch: program.arch.clone(),
            buildmode: info.setting("-buildmode").map(text),
            recorded: match program.recorded {
                Recorded::Inline => "inline",
                Recorded::Pointers => "pointers",
                Recorded::Header => "header",
            },
            found: match program.found {
                Found::Section => "section",
                Found::Search => "search",
            },
            needs: match program.recorded {
                Recorded::Header => NeedsRow::default(),
                _ => NeedsRow::of(judged),
            },
            compiled_by: program.compiled_by().map(str::to_owned),
            forced: match judged.forced {
                Forced::Yes => "yes",
                Forced::No => "no",
                Forced::Unknown => "unknown",
            },
            evidence: judged.evidence.clone(),
            eol: judged.eol.clone(),
            conditions: judged.conditions.iter().map(condition).collect(),
            older: judged.older.as_ref().map(|older| OlderRow {
                than: older.than.to_string(),
                by: older.by.clone(),
                floor: older.floor,
                command: older.command.clone(),
            }),
        }
    }
}

impl ModuleRow {
    fn of(module: &Module) -> ModuleRow {
        ModuleRow {
            path: text(&module.path),
            version: text(&module.version),
            sum: text(&module.sum),
            replace: module.replace.as_deref().map(|other| Box::new(ModuleRow::of(other))),
        }
    }
}

impl NeedsRow {
    fn of(judged: &Judged<'_>) -> NeedsRow {
        let needs: &Needs = &judged.program.needs;
        let linux = judged.program.os.as_deref() == Some("linux");
        let least = judged.least_system();
        NeedsRow {
            // The program that takes in what is not linked decides these.
            r#static: needs.linked.then(|| needs.is_static()),
            library: Some(needs.library),
            pie: needs.linked.then_some(needs.pie),
            relro: needs.linked.then_some(match needs.relro {
                Relro::None => "none",
                Relro::Partial => "partial",
                Relro::Full => "full",
            }),
            stripped: Some(Stripped { symbols: !needs.symbols, debug: !needs.dwarf }),
            interpreter: needs.interpreter.clone(),
            needs: needs.linked.then(|| needs.libraries.clone()),
            glibc_at_least: needs.glibc_at_least.clone(),
            musl: needs.linked.then(|| needs.musl()),
            kernel_at_least: least.clone().filter(|_| linux),
            min_os: least.filter(|_| !linux),
            tls: Some(TlsRow { size: needs.tls.size, static_tls: needs.tls.fixed }),
            stack: Some(StackRow { size: needs.stack.size, executable: needs.stack.executable }),
        }
    }
}
