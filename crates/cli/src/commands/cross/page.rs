//! The answer for people: a table, then the variables to set, then who needs cgo.

use super::asked::Told;
use super::text::{manner, minimum, remarks, set_off, user, why};
use crate::context::Context;
use crate::output::columns::{self, Line};
use crate::output::page::{width, wrapped};
use goward_govern::cross::{Answer, User, Verdict, Weight};
use std::collections::BTreeMap;

/// The most packages that are named without `-v`.
const MOST: usize = 8;

/// Prints it.
pub(super) fn print(cx: &Context, told: &Told) {
    let rows: Vec<Line<4>> = told.answers.iter().map(|answer| row(answer, told.judged)).collect();
    columns::print(&cx.output, &rows);
    let all = told.named || cx.verbose;
    let mut said: Vec<String> = Vec::new();
    for answer in &told.answers {
        // A line of variables is to be copied whole.
        if let Some(line) = answer.environment.as_ref().filter(|_| all) {
            cx.output.line(line);
        }
    }
    for answer in told.answers.iter().filter(|answer| all || !answer.verdict.is_ready()) {
        said.extend(remarks(answer));
    }
    if !all {
        said.extend(told.answers.iter().find_map(set_off));
    }
    for answer in told.answers.iter().filter(|_| cx.verbose) {
        if let Some((on, reason)) = &answer.enabled {
            said.push(format!("{}: {}", answer.target, why(*on, reason)));
        }
    }
    said.extend(users(told, cx.verbose));
    let mut seen = std::collections::BTreeSet::new();
    for text in said.iter().filter(|text| seen.insert(text.as_str())) {
        wrapped(text, "", width()).iter().for_each(|line| cx.output.line(line));
    }
    if cx.verbose {
        cx.output.note(&format!("{} was asked", told.toolchain));
    }
}

fn row(answer: &Answer, minor: u16) -> Line<4> {
    let verdict = answer.verdict.name().to_owned();
    let cells = [answer.target.to_string(), verdict, manner(answer, minor), minimum(answer)];
    Line { cells, remark: String::new(), bad: !answer.verdict.is_ready() }
}

/// The packages that use cgo, each once, with the targets where not all have it.
fn users(told: &Told, verbose: bool) -> Vec<String> {
    let mut found: BTreeMap<String, (Weight, Vec<String>)> = BTreeMap::new();
    let counted = |answer: &Answer, user: &User| {
        let by_it = matches!(answer.verdict, Verdict::Compiler(_));
        verbose
            || user.weight != Weight::Standard
            || by_it && answer.needs.weight() == Some(user.weight)
    };
    for answer in &told.answers {
        for one in answer.needs.users.iter().filter(|one| counted(answer, one)) {
            let entry = found.entry(user(one)).or_insert((one.weight, Vec::new()));
            entry.1.push(answer.target.to_string());
        }
    }
    let mut all: Vec<(String, (Weight, Vec<String>))> = found.into_iter().collect();
    all.sort_by_key(|one| std::cmp::Reverse(one.1.0));
    let most = if verbose { usize::MAX } else { MOST };
    let more = all.len().saturating_sub(most);
    let told_of = |(text, (_, targets)): (String, (Weight, Vec<String>))| match targets.len()
        == told.answers.len()
    {
        true => text,
        false => format!("{text} ({})", targets.join(", ")),
    };
    let mut lines: Vec<String> = all.into_iter().take(most).map(told_of).collect();
    if more > 0 {
        lines.push(format!("{more} more packages use cgo: -v names them"));
    }
    lines
}
