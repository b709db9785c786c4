//! goward as a line of a Makefile's recipe: make hands on the variables that the Makefile sets, and no
//! start-up file has them.

use super::seen::{Seen, VARIABLES, makefile};
use goward_resolver::Survey;
use serde::Serialize;

/// What the line does below make.
const BELOW: &str = "make hands it to this process";

/// The make above this process, where a variable chooses a toolchain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct SetByMake {
    /// The first of the variables that is set.
    variable: &'static str,
    /// The name of the process, if the system tells it: `make`, `gmake`.
    process: Option<String>,
    /// The line of the directory's Makefile that sets it.
    line: Option<Seen>,
}

/// `None` outside of make, and where it hands on no such variable.
pub(super) fn above(here: &Survey<'_>) -> Option<SetByMake> {
    let env = here.chain.env();
    env.get("MAKELEVEL")?;
    let variable = VARIABLES.into_iter().find(|variable| env.get(variable).is_some())?;
    let line = makefile(here, &[variable], BELOW, the_line);
    Some(SetByMake { variable, process: process(), line })
}

/// The line that reaches this process. What a line of a recipe sets, it sets for that line alone:
/// the one that runs goward goes first, then those outside of recipes. `None` where several are left,
/// since each may be the one.
fn the_line<'t>(lines: Vec<(usize, &'t str)>) -> Option<(usize, &'t str)> {
    let in_recipe = |line: &str| line.starts_with('\t');
    let runs_goward = |line: &str| in_recipe(line) && line.contains("goward");
    let of = |counts: &dyn Fn(&str) -> bool| -> Vec<(usize, &'t str)> {
        lines.iter().copied().filter(|(_, line)| counts(line)).collect()
    };
    let groups = [of(&runs_goward), of(&|line| !in_recipe(line)), of(&in_recipe)];
    match groups.into_iter().find(|group| !group.is_empty())?.as_slice() {
        [line] => Some(*line),
        _ => None,
    }
}

impl SetByMake {
    /// Whether it sets this variable.
    pub(super) fn sets(&self, variable: &str) -> bool {
        self.variable == variable
    }

    /// The line of the Makefile.
    pub(super) fn line(&self) -> Option<&Seen> {
        self.line.as_ref()
    }

    /// The way of the variable to this process, for people.
    pub(super) fn way(&self) -> String {
        match &self.process {
            Some(name) => format!("the process above this one, {name}, hands it on"),
            None => "make hands it to this process (MAKELEVEL is set)".to_owned(),
        }
    }
}

/// The name of the make that started this process, itself or by a shell. Only a process of the caller
/// counts: another user's may have any name.
#[cfg(target_os = "linux")]
fn process() -> Option<String> {
    use goward_installer::read;
    use std::fs;
    use std::os::unix::fs::MetadataExt as _;
    use std::path::Path;

    /// More than the system says of a process.
    const LIMIT: usize = 4096;
    let text = |file: &Path| String::from_utf8(read::read(file, LIMIT).ok()?).ok();
    let own = fs::metadata("/proc/self").ok()?.uid();
    let mut process = std::os::unix::process::parent_id();
    for _ in 0..2 {
        let place = Path::new("/proc").join(process.to_string());
        if fs::metadata(&place).ok()?.uid() != own {
            return None;
        }
        let name = text(&place.join("comm"))?.trim_end().to_owned();
        if matches!(name.as_str(), "make" | "gmake" | "bmake") {
            return Some(name);
        }
        if !matches!(name.as_str(), "sh" | "bash" | "dash") {
            return None;
        }
        // The name in parentheses may hold anything; the state and the parent stand behind it.
        let stat = text(&place.join("stat"))?;
        process = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
    }
    None
}

#[cfg(not(target_os = "linux"))]
fn process() -> Option<String> {
    None
}
