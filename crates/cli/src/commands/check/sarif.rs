//! The report as SARIF 2.1.0, which GitHub and others take for code scanning.

use super::fingerprint::Fingerprints;
use crate::context::Context;
use crate::failure::Result;
use goward_govern::check::{Report, Suppressed};
use goward_govern::finding::{Edit, Finding, Place};
use goward_govern::repo::Repository;
use goward_govern::rule::{Rule, Severity};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Serialize;
use std::collections::BTreeMap;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
const HOME: &str = "https://github.com/goward/goward";
const RULES: &str = "https://github.com/goward/goward/blob/main/docs/src/check/rules.md";
/// The directory from which files are named.
const TOP: &str = "%SRCROOT%";
/// What a path of a URI may not hold; a colon would be that of a scheme.
const RESERVED: AsciiSet = CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'<').add(b'>');
const PATH: AsciiSet =
    RESERVED.add(b'?').add(b'[').add(b']').add(b'^').add(b'`').add(b'{').add(b'|').add(b'}');
const NAMES: AsciiSet = PATH.add(b'\\').add(b':');

#[derive(Serialize)]
struct Log<'r> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'r>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'r> {
    tool: Tool,
    column_kind: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    invocations: Vec<Invocation>,
    results: Vec<Found<'r>>,
}

/// What a policy makes of the rules.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    rule_configuration_overrides: Vec<Override>,
}

#[derive(Serialize)]
struct Override {
    descriptor: Descriptor,
    configuration: Overriding,
}

#[derive(Serialize)]
struct Descriptor {
    id: &'static str,
    index: usize,
}

#[derive(Serialize)]
struct Overriding {
    enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<&'static str>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    version: &'static str,
    information_uri: &'static str,
    rules: Vec<Described>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Described {
    id: &'static str,
    short_description: Text<&'static str>,
    help_uri: &'static str,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Text<T> {
    text: T,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Found<'r> {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Text<String>,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    partial_fingerprints: Prints,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<Fix<'r>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Prints {
    primary_location_line_hash: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: Physical,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text<String>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Address,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Address {
    uri: String,
    uri_base_id: &'static str,
}

/// Lines and columns, from 1, the last one behind the region.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Fix<'r> {
    description: Text<&'r str>,
    artifact_changes: Vec<Changed<'r>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Changed<'r> {
    artifact_location: Address,
    replacements: Vec<Replacement<'r>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement<'r> {
    deleted_region: Region,
    inserted_content: Text<&'r str>,
}

pub(super) fn print(cx: &Context, repository: &Repository, report: &Report) -> Result<()> {
    let mut prints = Fingerprints::default();
    let results = report.findings.iter().map(|one| found(repository, one, prints.of(one)));
    let driver = Driver {
        name: "goward",
        version: env!("CARGO_PKG_VERSION"),
        information_uri: HOME,
        rules: Rule::ALL.iter().map(|rule| described(*rule)).collect(),
    };
    let run = Run {
        tool: Tool { driver },
        column_kind: "unicodeCodePoints",
        invocations: overridden(&report.suppressed),
        results: results.collect(),
    };
    cx.output.json(&Log { schema: SCHEMA, version: "2.1.0", runs: [run] })
}

fn described(rule: Rule) -> Described {
    let (short_description, level) = (Text { text: rule.when() }, level(rule.severity()));
    let default_configuration = Configuration { level };
    Described { id: rule.id(), short_description, help_uri: RULES, default_configuration }
}

/// The rules that are off, and those that are less severe than their table says.
fn overridden(suppressed: &Suppressed) -> Vec<Invocation> {
    let off = suppressed.rules_off.iter().map(|rule| (*rule, None));
    let lowered = suppressed.lowered.iter().map(|(rule, severity)| (*rule, Some(*severity)));
    let all = off.chain(lowered).map(|(rule, severity)| Override {
        descriptor: Descriptor { id: rule.id(), index: index(rule) },
        configuration: Overriding { enabled: severity.is_some(), level: severity.map(level) },
    });
    let rule_configuration_overrides: Vec<Override> = all.collect();
    match rule_configuration_overrides.is_empty() {
        true => Vec::new(),
        false => vec![Invocation { execution_successful: true, rule_configuration_overrides }],
    }
}

/// The number of a rule in the list of the driver.
fn index(rule: Rule) -> usize {
    Rule::ALL.iter().position(|one| *one == rule).unwrap_or_default()
}

fn level(severity: Severity) -> &'static str {
    severity.id()
}

fn found<'r>(repository: &Repository, finding: &'r Finding, print: String) -> Found<'r> {
    let Finding { rule, severity, at, message, related, remedy, .. } = finding;
    let mut text = message.clone();
    if let Some(remedy) = remedy {
        text.push_str(&format!("\n{}", remedy.words));
    }
    let sides = related.iter().zip(1..).map(|(side, id)| Location {
        id: Some(id),
        message: Some(Text { text: side.note.clone() }),
        ..location(&side.at)
    });
    let safe = remedy.iter().filter(|mend| !mend.edits.is_empty());
    let fixes = safe.map(|mend| Fix {
        description: Text { text: &mend.words },
        artifact_changes: changes(repository, &mend.edits),
    });
    Found {
        rule_id: rule.id(),
        rule_index: index(*rule),
        level: level(*severity),
        message: Text { text },
        locations: [location(at)],
        related_locations: sides.collect(),
        partial_fingerprints: Prints { primary_location_line_hash: print },
        fixes: fixes.collect(),
    }
}

fn address(file: &str) -> Address {
    Address { uri: utf8_percent_encode(file, &NAMES).to_string(), uri_base_id: TOP }
}

fn location(at: &Place) -> Location {
    let columns = at.columns.map(|(start, end)| (start as usize, end as usize));
    let region = Region {
        start_line: at.line as usize,
        start_column: columns.map(|(start, _)| start),
        end_line: None,
        end_column: columns.map(|(_, end)| end),
    };
    let physical_location = Physical { artifact_location: address(&at.file), region };
    Location { id: None, physical_location, message: None }
}

fn changes<'r>(repository: &Repository, edits: &'r [Edit]) -> Vec<Changed<'r>> {
    let mut of: BTreeMap<&str, Vec<Replacement<'_>>> = BTreeMap::new();
    for edit in edits {
        let bytes = repository.bytes(&edit.file).unwrap_or_default();
        of.entry(&edit.file).or_default().push(Replacement {
            deleted_region: region(bytes, edit),
            inserted_content: Text { text: &edit.text },
        });
    }
    let change = |(file, replacements)| Changed { artifact_location: address(file), replacements };
    of.into_iter().map(change).collect()
}

fn region(bytes: &[u8], edit: &Edit) -> Region {
    let place = |offset: usize| {
        let before = &bytes[..offset.min(bytes.len())];
        let start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        let line = 1 + before[..start].iter().filter(|&&byte| byte == b'\n').count();
        let text = before[start..].strip_prefix(b"\xef\xbb\xbf").unwrap_or(&before[start..]);
        (line, 1 + String::from_utf8_lossy(text).chars().count())
    };
    let ((line, column), (end_line, end_column)) = (place(edit.start), place(edit.end));
    Region {
        start_line: line,
        start_column: Some(column),
        end_line: Some(end_line),
        end_column: Some(end_column),
    }
}
