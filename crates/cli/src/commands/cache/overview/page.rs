//! What the overview prints.

use super::Found;
use super::counted::{Area, Counts};
use crate::commands::cache::build::{ago, counted, entries, number, path};
use crate::context::Context;
use crate::failure::Result;
use crate::output::Style;
use crate::output::page::Page;
use crate::output::{size, until};
use crate::paths::Shown as _;
use goward_govern::buildcache::{self, AGES, Seconds};
use goward_govern::doctor::Fix;
use goward_govern::doctor::facts::Disk;
use goward_govern::modcache;
use goward_govern::usage::{Part, Usage};
use serde::Serialize;

/// For people.
pub(super) fn text(cx: &Context, found: &Found) {
    let mut page = Page::default();
    for area in &found.areas {
        page.block();
        block(&mut page, area, found.now);
    }
    page.block();
    for verdict in &found.verdicts {
        let first = (&verdict.message, &verdict.fix);
        let others = verdict.others.iter().map(|other| (&other.message, &other.fix));
        for (message, fix) in std::iter::once(first).chain(others) {
            wrong(&mut page, message, &fix.iter().flat_map(todo).collect::<Vec<_>>());
        }
    }
    for odd in &found.odd {
        let command = odd.command().map(|command| format!("run: {command}"));
        let todo: Vec<String> = command.into_iter().chain(odd.words().map(str::to_owned)).collect();
        wrong(&mut page, &odd.to_string(), &todo);
    }
    page.print(&cx.output);
}

/// The lines that say what to do.
fn todo(fix: &Fix) -> Vec<String> {
    let run = fix.command.as_ref().map(|command| format!("run: {command}"));
    let words = Some(&fix.words).filter(|words| !words.is_empty()).cloned();
    run.into_iter().chain(words).collect()
}

fn wrong(page: &mut Page, message: &str, todo: &[String]) {
    page.fact("wrong", message, "");
    page.in_style(Style::Bad);
    todo.iter().for_each(|line| page.fact("", line, ""));
}

fn block(page: &mut Page, area: &Area, now: Seconds) {
    let place = area.path.as_ref().map(|path| path.shown().to_string()).unwrap_or_default();
    page.fact(area.name, &place, area.set_by.as_deref().unwrap_or_default());
    if let Some(fault) = &area.fault {
        page.fact("", fault, "");
        page.in_style(Style::Bad);
    }
    match &area.counts {
        Some(Counts::Build(counted)) => build(page, counted, now),
        Some(Counts::Modules(counted)) => modules(page, counted),
        Some(Counts::Tree(usage, _)) if area.name != "toolchains" => holds(page, usage, ""),
        Some(Counts::Tree(usage, trees)) => {
            holds(page, usage, &counted_trees(*trees));
        }
        None if area.fault.is_none() => page.fact("holds", "nothing yet", ""),
        None => {}
    }
    if let Some(disk) = &area.disk {
        let free = format!("{} free", size(disk.free));
        let fact = disk.kind.map_or(free.clone(), |kind| format!("{kind}, {free}"));
        let room = disk.files.map(|files| format!("room for {} files", number(files)));
        page.fact("disk", &fact, room.as_deref().unwrap_or_default());
    }
}

fn counted_trees(trees: u64) -> String {
    counted(trees, "toolchain")
}

fn holds(page: &mut Page, usage: &Usage, remark: &str) {
    let fact = format!("{} in {}", size(usage.bytes), counted(usage.files, "file"));
    page.fact("holds", &fact, remark);
}

/// What is no file, and not counted as one.
fn passed_over(page: &mut Page, usage: &Usage) {
    if usage.strange.count > 0 {
        let strange = entries(usage.strange.count);
        page.fact("", &format!("passed over {strange}, neither files nor directories"), "");
    }
}

/// A part of a cache.
fn part(part: Part, thing: &str) -> String {
    format!("{} ({})", counted(part.files, thing), size(part.bytes))
}

fn build(page: &mut Page, counted: &buildcache::Counted, now: Seconds) {
    let kinds = [
        (counted.actions, "action"),
        (counted.outputs, "output"),
        (counted.programs, "program"),
        (counted.fuzz, "file of go test -fuzz"),
    ];
    let kinds = kinds.into_iter().filter(|(one, _)| one.files > 0);
    let kinds: Vec<String> = kinds.map(|(one, thing)| part(one, thing)).collect();
    holds(page, &counted.usage, &kinds.join(", "));
    passed_over(page, &counted.usage);
    let ages = counted.ages.iter().zip(LABELS).filter(|(age, _)| age.files > 0);
    let ages: Vec<String> = ages
        .map(|(age, label)| format!("{label} {} ({})", entries(age.files), size(age.bytes)))
        .collect();
    if !ages.is_empty() {
        page.fact("last use", &ages.join(", "), "");
    }
    if let Some(largest) = &counted.usage.largest {
        let many = entries(largest.entries);
        page.fact("largest", &largest.path.shown().to_string(), &many);
    }
    let Some(trim) = counted.trim else { return };
    let next = match trim.next().saturating_sub(now) {
        wait @ 1.. => format!("next in {} at the earliest", until(wait)),
        _ => "next when a go command ends".to_owned(),
    };
    page.fact("last trim", &ago(trim.last), &next);
}

/// The labels of the ages.
const LABELS: [&str; AGES.len() + 1] =
    ["in the last hour", "within a day", "within 5 days", "within 30 days", "before"];

fn modules(page: &mut Page, held: &modcache::Counted) {
    let trees = counted(held.trees, "unpacked version");
    let mut kinds =
        vec![format!("{trees} ({})", size(held.unpacked.bytes)), part(held.zips, "zip")];
    if held.toolchains > 0 {
        let bytes = size(held.in_toolchains.bytes);
        kinds.push(format!("{} ({bytes})", counted_trees(held.toolchains)));
    }
    if held.vcs.files > 0 {
        kinds.push(format!("clones ({})", size(held.vcs.bytes)));
    }
    holds(page, &held.usage, &kinds.join(", "));
    passed_over(page, &held.usage);
}

#[derive(Serialize)]
struct Answer<'a> {
    gocache: Build<'a>,
    gomodcache: Modules<'a>,
    toolchains: Trees<'a>,
    downloads: Place<'a>,
    wrong: Vec<Wrong>,
}

/// What all places have.
#[derive(Serialize)]
struct Place<'a> {
    path: Option<String>,
    set_by: Option<&'a str>,
    fault: Option<&'a str>,
    there: bool,
    files: u64,
    directories: u64,
    size: u64,
    largest: Option<Largest>,
    strange: u64,
    foreign: u64,
    unread: u64,
    disk: Option<Room>,
}

#[derive(Serialize)]
struct Largest {
    path: String,
    entries: u64,
}

#[derive(Serialize)]
struct Room {
    kind: Option<&'static str>,
    free: u64,
    files: Option<u64>,
    read_only: bool,
    remote: bool,
}

#[derive(Serialize)]
struct Share {
    files: u64,
    size: u64,
}

#[derive(Serialize)]
struct Build<'a> {
    #[serde(flatten)]
    place: Place<'a>,
    actions: Share,
    outputs: Share,
    programs: Share,
    fuzz: Share,
    ages: Vec<Age>,
    trimmed: Option<Seconds>,
    next_trim: Option<Seconds>,
    restored: Option<Seconds>,
}

#[derive(Serialize)]
struct Age {
    below: Option<Seconds>,
    entries: u64,
    size: u64,
}

#[derive(Serialize)]
struct Modules<'a> {
    #[serde(flatten)]
    place: Place<'a>,
    trees: u64,
    unpacked: Share,
    zips: Share,
    downloads: Share,
    vcs: Share,
    toolchains: u64,
    in_toolchains: Share,
}

#[derive(Serialize)]
struct Trees<'a> {
    #[serde(flatten)]
    place: Place<'a>,
    count: u64,
}

#[derive(Serialize)]
struct Wrong {
    id: &'static str,
    message: String,
    command: Option<String>,
    words: Option<String>,
}

impl From<Part> for Share {
    fn from(part: Part) -> Share {
        Share { files: part.files, size: part.bytes }
    }
}

impl From<&Disk> for Room {
    fn from(disk: &Disk) -> Room {
        let Disk { kind, free, files, read_only, remote, .. } = *disk;
        Room { kind, free, files, read_only, remote }
    }
}

fn place(area: &Area) -> Place<'_> {
    let none = Usage::default();
    let usage = area.counts.as_ref().map_or(&none, Counts::usage);
    let largest = usage.largest.as_ref();
    Place {
        path: area.path.as_deref().map(path),
        set_by: area.set_by.as_deref(),
        fault: area.fault.as_deref(),
        there: area.counts.is_some(),
        files: usage.files,
        directories: usage.directories,
        size: usage.bytes,
        largest: largest.map(|one| Largest { path: path(&one.path), entries: one.entries }),
        strange: usage.strange.count,
        foreign: usage.foreign.count,
        unread: usage.unread.count,
        disk: area.disk.as_ref().map(Room::from),
    }
}

fn build_of(area: &Area) -> Build<'_> {
    let none = buildcache::Counted::default();
    let counted = match &area.counts {
        Some(Counts::Build(counted)) => counted,
        _ => &none,
    };
    let bounds = AGES.into_iter().map(Some).chain([None]);
    let ages = bounds.zip(&counted.ages).map(|(below, age)| Age {
        below,
        entries: age.files,
        size: age.bytes,
    });
    Build {
        place: place(area),
        actions: counted.actions.into(),
        outputs: counted.outputs.into(),
        programs: counted.programs.into(),
        fuzz: counted.fuzz.into(),
        ages: ages.collect(),
        trimmed: counted.trim.map(|trim| trim.last),
        next_trim: counted.trim.map(|trim| trim.next()),
        restored: counted.trim.and_then(|trim| trim.restored),
    }
}

fn modules_of(area: &Area) -> Modules<'_> {
    let none = modcache::Counted::default();
    let counted = match &area.counts {
        Some(Counts::Modules(counted)) => counted,
        _ => &none,
    };
    Modules {
        place: place(area),
        trees: counted.trees,
        unpacked: counted.unpacked.into(),
        zips: counted.zips.into(),
        downloads: counted.downloads.into(),
        vcs: counted.vcs.into(),
        toolchains: counted.toolchains,
        in_toolchains: counted.in_toolchains.into(),
    }
}

/// For programs.
pub(super) fn json(cx: &Context, found: &Found) -> Result<()> {
    let [gocache, gomodcache, toolchains, downloads] = &found.areas;
    let count = match &toolchains.counts {
        Some(Counts::Tree(_, trees)) => *trees,
        _ => 0,
    };
    let mut all = Vec::new();
    for verdict in &found.verdicts {
        let first = (&verdict.message, &verdict.fix);
        let others = verdict.others.iter().map(|other| (&other.message, &other.fix));
        for (message, fix) in std::iter::once(first).chain(others) {
            let words = fix.as_ref().map(|fix| fix.words.clone()).filter(|words| !words.is_empty());
            let command = fix.as_ref().and_then(|fix| fix.command.clone());
            all.push(Wrong { id: verdict.check.id, message: message.clone(), command, words });
        }
    }
    all.extend(found.odd.iter().map(|odd| Wrong {
        id: odd.id(),
        message: odd.to_string(),
        command: odd.command(),
        words: odd.words().map(str::to_owned),
    }));
    cx.output.object(&Answer {
        gocache: build_of(gocache),
        gomodcache: modules_of(gomodcache),
        toolchains: Trees { place: place(toolchains), count },
        downloads: place(downloads),
        wrong: all,
    })
}
