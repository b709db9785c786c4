//! The answer for programs.

use super::asked::Told;
use crate::context::Context;
use crate::failure::Result;
use crate::paths::{text, to_bytes};
use crate::real_go::failed;
use goward_govern::graph::order::{Kind, Pseudo};
use goward_govern::graph::{Asked, Main, Row, Step};
use serde::Serialize;
use std::path::Path;

#[derive(Serialize)]
struct Document<'t> {
    toolchain: &'t str,
    mode: &'static str,
    main: Vec<MainModule<'t>>,
    untidy: bool,
    modules: Vec<Module<'t>>,
    /// Of `--why` alone.
    required_by: Option<Vec<Requirer<'t>>>,
    imports: Option<&'t [String]>,
    error: Option<String>,
}

#[derive(Serialize)]
struct MainModule<'t> {
    path: &'t str,
    go_line: Option<&'t str>,
    file: String,
}

#[derive(Serialize)]
struct Module<'t> {
    path: &'t str,
    asked: Vec<Requirement<'t>>,
    selected: Option<&'t str>,
    main: bool,
    differs: bool,
    because: Vec<Node<'t>>,
    replaced: Option<Replacement<'t>>,
    excluded: bool,
    retracted: Option<&'t [String]>,
    newest: Option<&'t str>,
    deprecated: Option<&'t str>,
    kind: Option<&'static str>,
    pseudo: Option<Commit<'t>>,
    go_line: Option<&'t str>,
    go_line_ok: Option<bool>,
    raises_go_line: bool,
    vendored: Option<&'t str>,
    error: Option<&'t str>,
}

#[derive(Serialize)]
struct Requirement<'t> {
    version: &'t str,
    file: String,
    line: u32,
    indirect: bool,
}

#[derive(Serialize)]
struct Node<'t> {
    module: &'t str,
    /// Null for a main module.
    version: Option<&'t str>,
}

#[derive(Serialize)]
struct Requirer<'t> {
    #[serde(flatten)]
    node: Node<'t>,
    requires: &'t str,
}

#[derive(Serialize)]
struct Replacement<'t> {
    path: &'t str,
    version: Option<&'t str>,
    dir: Option<&'t str>,
}

#[derive(Serialize)]
struct Commit<'t> {
    base: Option<&'t str>,
    time: &'t str,
    revision: &'t str,
}

/// Prints the document: of all modules, or of one.
pub(super) fn print(cx: &Context, told: &Told, why: Option<&str>) -> Result<()> {
    let report = &told.report;
    let rows = report.modules.iter().filter(|row| why.is_none_or(|why| row.path == why));
    let required_by = report
        .required_by
        .iter()
        .map(|(step, requires)| Requirer { node: Node::of(step), requires });
    cx.output.object(&Document {
        toolchain: &told.toolchain,
        mode: report.mode.name(),
        main: report.main.iter().map(MainModule::of).collect(),
        untidy: report.untidy,
        modules: rows.map(Module::of).collect(),
        required_by: why.map(|_| required_by.collect()),
        imports: why.map(|_| report.imports.as_slice()),
        error: report.error.as_ref().map(|error| {
            let failure = failed(error);
            [failure.message.into_iter().collect(), failure.causes].concat().join("\n")
        }),
    })
}

fn place(path: &Path) -> String {
    text(&to_bytes(path))
}

impl MainModule<'_> {
    fn of(main: &Main) -> MainModule<'_> {
        let Main { path, go_line, file } = main;
        MainModule { path, go_line: go_line.as_deref(), file: place(file) }
    }
}

impl Node<'_> {
    fn of(step: &Step) -> Node<'_> {
        let version = Some(step.version.as_str()).filter(|version| !version.is_empty());
        Node { module: &step.module, version }
    }
}

impl Requirement<'_> {
    fn of(asked: &Asked) -> Requirement<'_> {
        let Asked { version, file, line, indirect } = asked;
        Requirement { version, file: place(file), line: *line, indirect: *indirect }
    }
}

impl Module<'_> {
    fn of(row: &Row) -> Module<'_> {
        let pseudo = match &row.kind {
            Some(Kind::Pseudo(Pseudo { base, time, revision })) => {
                Some(Commit { base: base.as_deref(), time, revision })
            }
            _ => None,
        };
        let replaced = row.replaced.as_ref().map(|to| Replacement {
            path: &to.path,
            version: to.version.as_deref(),
            dir: to.dir.as_deref(),
        });
        Module {
            path: &row.path,
            asked: row.asked.iter().map(Requirement::of).collect(),
            selected: row.selected.as_deref(),
            main: row.is_main,
            differs: row.differs(),
            because: row.because.iter().map(Node::of).collect(),
            replaced,
            excluded: row.excluded,
            retracted: row.retracted.as_deref(),
            newest: row.newest.as_deref(),
            deprecated: row.deprecated.as_deref(),
            kind: row.kind.as_ref().map(Kind::name),
            pseudo,
            go_line: row.go_line.as_deref(),
            go_line_ok: row.go_line_ok,
            raises_go_line: row.raises_go_line,
            vendored: row.vendored.as_deref(),
            error: match row.is_unknown_offline {
                true => Some(super::text::OFFLINE),
                false => row.error.as_deref().or(row.unchecked.as_deref()),
            },
        }
    }
}
