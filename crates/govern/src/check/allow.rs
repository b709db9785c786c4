//! Comments that allow one finding: `goward: allow RULE`, in its line or the one above.

use super::Beside;
use super::policy::RepoPolicy;
use crate::finding::{Finding, Place};
use crate::repo::Repository;
use crate::rule::Rule;
use crate::slip::meant;
use std::collections::HashMap;

const WORDS: &str = "goward: allow ";

/// A comment.
struct Allow {
    at: Place,
    rule: Option<Rule>,
    said: String,
    used: bool,
}

/// Takes out the findings that comments allow, and adds one for each comment that allows none.
pub(super) fn apply(
    repository: &Repository,
    policy: &RepoPolicy,
    findings: &mut Vec<Finding>,
    beside: Option<&Beside>,
) -> Vec<(Rule, Place)> {
    let mut allows: Vec<Allow> = Vec::new();
    for (path, _, content) in repository.read_files() {
        if let Ok(bytes) = content
            && !policy.excludes(path)
        {
            allows.extend(allows_in(path, bytes));
        }
    }
    let (mut allowed, mut near) = (Vec::new(), HashMap::new());
    for (number, allow) in allows.iter().enumerate() {
        let Some(rule) = allow.rule else { continue };
        for line in [allow.at.line, allow.at.line + 1] {
            near.entry((allow.at.file.clone(), line, rule)).or_insert(number);
        }
    }
    findings.retain(|finding| {
        let here = (finding.at.file.clone(), finding.at.line, finding.rule);
        let Some(allow) = near.get(&here).and_then(|number| allows.get_mut(*number)) else {
            return true;
        };
        allow.used = true;
        allowed.push((finding.rule, finding.at.clone()));
        false
    });
    // Of a rule that is off there are no findings: the comment may be for the day when it is on. One that was
    // not looked for has no say either.
    let muted = |rule: Rule| policy.mutes(rule);
    let looked = |rule: Rule| {
        let made = |pass| beside.is_some_and(|beside| beside.passes.contains(&pass));
        rule.needs().is_none_or(made)
    };
    let says = |rule: Rule| looked(rule) && !muted(rule);
    let unused = allows.into_iter().filter(|allow| !allow.used && allow.rule.is_none_or(says));
    let mut unused: Vec<Finding> = unused.map(|allow| allow.unused()).collect();
    policy.apply(repository, &mut unused);
    findings.append(&mut unused);
    allowed
}

fn allows_in(path: &str, bytes: &[u8]) -> Vec<Allow> {
    let mut found = Vec::new();
    for (line, number) in bytes.split(|&b| b == b'\n').zip(1..) {
        // Most files have none, and some are large.
        let mark = line.iter().position(|&b| b == b'#' || b == b'/');
        let Some(line) = mark.and_then(|at| std::str::from_utf8(&line[at..]).ok()) else {
            continue;
        };
        let Some((_, rules)) = line.split_once(WORDS) else { continue };
        for part in rules.split(',').take(8) {
            // A reason may stand behind the last rule.
            let mut words = part.split_whitespace();
            let Some(said) = words.next() else { break };
            let (at, rule, said) = (Place::line(path, number), Rule::named(said), said.to_owned());
            found.push(Allow { at, rule, said, used: false });
            if words.next().is_some() {
                break;
            }
        }
    }
    found
}

impl Allow {
    fn unused(self) -> Finding {
        let said = &self.said;
        let message = match self.rule {
            Some(rule) => format!("there is no finding of {rule} here to allow"),
            None => format!("there is no rule {said}{}", meant(said, Rule::ids())),
        };
        let finding = Finding::new(Rule::AllowUnused, self.at, [said, "no effect"], message);
        finding.mend(match self.rule {
            Some(_) => "remove the comment",
            None => "write `goward: allow RULE, RULE reason`: no comma between the last rule and the reason",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::report;

    #[test]
    fn a_comment_with_a_slip_is_answered_by_its_form() {
        let form = "write `goward: allow RULE, RULE reason`: no comma between the last rule and the reason";
        for (comment, message, words) in [
            ("version-eo", "there is no rule version-eo; did you mean version-eol?", form),
            ("version-eol, we need it", "there is no rule we", form),
            ("pin-crlf", "there is no finding of pin-crlf here to allow", "remove the comment"),
        ] {
            let file = format!("# goward: allow {comment}\n1.20.14\n");
            let found = report(&[(".go-version", &file)]).findings;
            let unused = found.iter().find(|one| one.rule == super::Rule::AllowUnused).unwrap();
            let told = unused.remedy.as_ref().map(|remedy| remedy.words.as_str());
            assert_eq!((unused.message.as_str(), told), (message, Some(words)), "{comment}");
        }
    }
}
