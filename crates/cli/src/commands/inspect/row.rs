//! A program as JSON: what `go version -m -json` has, by its names, and what goward adds.

use super::judged::Judged;
use super::tools::Older;
use crate::commands::outdated::end_of_life::EndOfLife;
use goward_gobin::{Forced, Found, Module, Needs, Recorded, Relro, Setting};
use goward_govern::condition::Condition;
use serde::{Serialize, Serializer};
use std::borrow::Cow;

/// Text of the program, as it stands there if it is UTF-8.
type Text<'r> = Cow<'r, str>;

/// A row for each program, made when it is written.
pub(super) struct Rows<'r>(pub(super) &'r [Judged<'r>]);

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Row::of))
    }
}

#[derive(Serialize)]
struct Row<'r> {
    file: Text<'r>,
    part: Option<&'r str>,
    // Go's own object.
    #[serde(rename = "GoVersion")]
    go_version: Text<'r>,
    #[serde(rename = "Path", skip_serializing_if = "is_empty")]
    path: Text<'r>,
    #[serde(rename = "Main")]
    main: ModuleRow<'r>,
    #[serde(rename = "Deps", skip_serializing_if = "Vec::is_empty")]
    deps: Vec<ModuleRow<'r>>,
    #[serde(rename = "Settings", skip_serializing_if = "Vec::is_empty")]
    settings: Vec<SettingRow<'r>>,
    // What goward adds.
    format: &'static str,
    goos: Option<&'r str>,
    goarch: Option<&'r str>,
    buildmode: Option<Text<'r>>,
    recorded: &'static str,
    found: &'static str,
    #[serde(flatten)]
    needs: NeedsRow<'r>,
    compiled_by: Option<&'r str>,
    forced: &'static str,
    evidence: Vec<String>,
    eol: Option<&'r EndOfLife>,
    conditions: Vec<ConditionRow<'r>>,
    older: Option<OlderRow<'r>>,
}

#[derive(Serialize)]
struct ModuleRow<'r> {
    #[serde(rename = "Path", skip_serializing_if = "is_empty")]
    path: Text<'r>,
    #[serde(rename = "Version", skip_serializing_if = "is_empty")]
    version: Text<'r>,
    #[serde(rename = "Sum", skip_serializing_if = "is_empty")]
    sum: Text<'r>,
    #[serde(rename = "Replace", skip_serializing_if = "Option::is_none")]
    replace: Option<Box<ModuleRow<'r>>>,
}

#[derive(Serialize)]
struct SettingRow<'r> {
    #[serde(rename = "Key", skip_serializing_if = "is_empty")]
    key: Text<'r>,
    #[serde(rename = "Value", skip_serializing_if = "is_empty")]
    value: Text<'r>,
}

/// What it needs to run; nothing is known of a package, which does not run.
#[derive(Default, Serialize)]
struct NeedsRow<'r> {
    r#static: Option<bool>,
    library: Option<bool>,
    pie: Option<bool>,
    relro: Option<&'static str>,
    stripped: Option<Stripped>,
    interpreter: Option<&'r str>,
    needs: Option<&'r [String]>,
    glibc_at_least: Option<&'r str>,
    musl: Option<bool>,
    kernel_at_least: Option<Text<'r>>,
    min_os: Option<Text<'r>>,
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
struct ConditionRow<'r> {
    condition: String,
    met: bool,
    why: Option<&'r str>,
}

#[derive(Serialize)]
struct OlderRow<'r> {
    than: &'r str,
    by: &'r str,
    floor: bool,
    command: Option<&'r str>,
}

impl<'r> Row<'r> {
    fn of(judged: &'r Judged<'_>) -> Row<'r> {
        let (program, info) = (judged.program, &judged.program.info);
        let modules = info.modules();
        Row {
            file: judged.path.to_string_lossy(),
            part: program.part.as_deref(),
            go_version: text(&info.version),
            path: text(info.path()),
            main: ModuleRow::of(&modules.main),
            deps: modules.deps.iter().map(ModuleRow::of).collect(),
            settings: info.settings().map(SettingRow::of).collect(),
            format: program.format.id(),
            goos: program.os.as_deref(),
            goarch: program.arch.as_deref(),
            buildmode: info.setting("-buildmode").map(lossy),
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
            compiled_by: program.compiled_by(),
            forced: match judged.forced {
                Forced::Yes => "yes",
                Forced::No => "no",
                Forced::Unknown => "unknown",
            },
            evidence: judged.evidence(),
            eol: judged.eol(),
            conditions: judged.conditions.iter().map(ConditionRow::of).collect(),
            older: judged.older.as_ref().map(OlderRow::of),
        }
    }
}

/// Bytes as text for programs: U+FFFD stands for what is no UTF-8.
fn text(bytes: &[u8]) -> Text<'_> {
    String::from_utf8_lossy(bytes)
}

fn lossy(bytes: Cow<'_, [u8]>) -> Text<'_> {
    match bytes {
        Cow::Borrowed(bytes) => text(bytes),
        Cow::Owned(bytes) => text(&bytes).into_owned().into(),
    }
}

fn is_empty(text: &Text<'_>) -> bool {
    text.is_empty()
}

impl<'r> SettingRow<'r> {
    fn of(setting: Setting<'r>) -> SettingRow<'r> {
        SettingRow { key: lossy(setting.key), value: lossy(setting.value) }
    }
}

impl<'r> ConditionRow<'r> {
    fn of((condition, why): &'r (&Condition, Option<String>)) -> ConditionRow<'r> {
        ConditionRow { condition: condition.to_string(), met: why.is_none(), why: why.as_deref() }
    }
}

impl<'r> OlderRow<'r> {
    fn of(older: &'r Older) -> OlderRow<'r> {
        let Older { than, by, floor, command } = older;
        OlderRow { than: than.as_str(), by, floor: *floor, command: command.as_deref() }
    }
}

impl<'r> ModuleRow<'r> {
    fn of(module: &Module<'r>) -> ModuleRow<'r> {
        ModuleRow {
            path: text(module.path),
            version: text(module.version),
            sum: text(module.sum),
            replace: module.replace.as_deref().map(|other| Box::new(ModuleRow::of(other))),
        }
    }
}

impl<'r> NeedsRow<'r> {
    fn of(judged: &'r Judged<'_>) -> NeedsRow<'r> {
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
            interpreter: needs.interpreter.as_deref(),
            needs: needs.linked.then_some(&needs.libraries),
            glibc_at_least: needs.glibc_at_least.as_deref(),
            musl: needs.linked.then(|| needs.musl()),
            kernel_at_least: least.clone().filter(|_| linux),
            min_os: least.filter(|_| !linux),
            tls: Some(TlsRow { size: needs.tls.size, static_tls: needs.tls.fixed }),
            stack: Some(StackRow { size: needs.stack.size, executable: needs.stack.executable }),
        }
    }
}
