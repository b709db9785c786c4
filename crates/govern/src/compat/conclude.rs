//! What trials of releases say of floor and ceiling.

use super::reason::Reason;
use super::trial::Trial;
use super::{Ceiling, Report};
use goward_resolver::Version;

impl Report {
    /// Takes trials into account; they are in order, and `minors` are all that have a release, in order, too.
    pub fn conclude(&mut self, trials: &[Trial], minors: &[Version]) {
        let passes = |trial: &&Trial| trial.passes() && trial.version >= self.floor;
        let Some(lowest) = trials.iter().find(passes) else {
            if trials.iter().any(Trial::is_tried) {
                self.doubts.push("no release that was tried passes both build and vet".to_owned());
            }
            return;
        };
        self.raise(trials, &lowest.version, minors);
        if let Some((tried, failed)) = ceiling(trials, minors) {
            // A minor between the two was not tried, and what is known may be about that.
            let known = self.ceiling.take().filter(|known| known.version < failed);
            self.ceiling = Some(known.unwrap_or(tried));
        }
    }

    /// Raises the floor to the lowest release that builds, if one between fails, and settles what was in doubt.
    fn raise(&mut self, trials: &[Trial], lowest: &Version, minors: &[Version]) {
        let minor = lowest.language();
        let below =
            || trials.iter().rev().filter(|trial| trial.is_tried() && trial.version < *lowest);
        let before = minors.iter().rev().find(|before| **before < minor);
        let is_next = below().next().is_some_and(|one| Some(&one.version.language()) == before);
        if let Some(failed) = below().find(|one| !one.passes() && one.version >= self.floor) {
            let message = failed.failure();
            self.reasons.insert(0, Reason::tried(minor.clone(), message));
            self.floor = minor.clone();
        }
        let is_floor = self.floor.language() == minor;
        if is_floor && (is_next || self.floor.knows_gotoolchain()) {
            self.doubts.clear();
        }
        let skipped = is_floor && self.reasons.first().is_some_and(Reason::is_tried) && !is_next;
        if skipped {
            self.above = below().next().map(|failed| failed.version.clone());
        }
        if !is_floor {
            let why = "releases below the one that builds are not installed, and so not tried";
            self.doubts.push(why.to_owned());
        }
    }
}

/// The newest release that builds, if a later one fails, and the minor of that one.
fn ceiling(trials: &[Trial], minors: &[Version]) -> Option<(Ceiling, Version)> {
    let last = trials.iter().rev().find(|trial| trial.passes())?;
    let later = |trial: &&Trial| trial.is_tried() && trial.version > last.version;
    let failed = trials.iter().find(later)?;
    let (version, fails) = (last.version.language(), failed.version.language());
    let between = minors.iter().any(|minor| *minor > version && *minor < fails);
    let untried = if between { " (releases between are not installed)" } else { "" };
    let reason = format!("{}{untried}", failed.failure());
    Some((Ceiling { version, reason }, fails))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compat::Cause;

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap()
    }

    fn report(floor: &str) -> Report {
        let reasons = vec![Reason::new(Cause::GoLine, version(floor), "go line")];
        let (floor, doubts) = (version(floor), vec!["cgo".to_owned()]);
        let (code, untidy, ceiling, removed, go_line) = (None, None, None, Vec::new(), None);
        Report {
            floor,
            code,
            reasons,
            doubts,
            untidy,
            ceiling,
            removed,
            go_line,
            lines: Vec::new(),
            above: None,
        }
    }

    /// `+` passes, `-` fails, `?` is not installed.
    fn after(floor: &str, trials: &str) -> String {
        let minors = ["1.19", "1.20", "1.21", "1.22", "1.23", "1.24"].map(version);
        let trials: Vec<Trial> = trials
            .split(' ')
            .map(|text| {
                let open = Trial::open(version(&text[1..]), None);
                let build = match &text[..1] {
                    "+" => Some(true),
                    "-" => Some(false),
                    _ => None,
                };
                Trial { build, ..open }
            })
            .collect();
        let mut report = report(floor);
        report.conclude(&trials, &minors);
        let ceiling = report.ceiling.map_or("-".to_owned(), |it| it.version.to_string());
        let above = report.above.map(|above| format!(" above {above}")).unwrap_or_default();
        format!("{} {} {ceiling}{above}", report.floor, report.doubts.len())
    }

    #[test]
    fn trials_settle_what_is_in_doubt() {
        assert_eq!(after("1.21", "+1.21.13 +1.24.3"), "1.21 0 -");
        assert_eq!(after("1.21", "-1.21.13 +1.22.1 +1.24.3"), "1.22 0 -");
        assert_eq!(
            after("1.21", "-1.21.13 ?1.22 +1.23.1"),
            "1.23 0 - above 1.21.13",
            "1.22 may build it"
        );
        assert_eq!(after("1.21", "?1.21 +1.22.1"), "1.21 2 -", "1.21 may build it");
        assert_eq!(after("1.21", "+1.21.13 +1.22.1 -1.23.1 -1.24.1"), "1.21 0 1.22");
        assert_eq!(after("1.21", "-1.21.13 -1.24.1"), "1.21 2 -", "none builds it");
        assert_eq!(after("1.20", "+1.20.1"), "1.20 1 -", "1.19 may build it");
        assert_eq!(after("1.20", "-1.19.1 +1.20.1"), "1.20 0 -");
        assert_eq!(after("1.22.5", "-1.22.4 +1.22.10"), "1.22.5 0 -", "a patch below the floor");
    }
}
