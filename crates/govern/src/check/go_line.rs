//! Jobs that install what a go.mod or a go.work says: its go line, or its toolchain line.

use super::Look;
use super::agreement::{floors, looser, relation, why};
use super::reach::{is_advice, reaches};
use super::statement::{Kind, Statement};
use crate::claims::{Builds, ClaimKind, Claims, ReadsGoLine, Use};
use crate::finding::{Finding, Place};
use crate::pins::of_name;
use crate::repo::{directory_of, name_of};
use crate::rule::{Rule, Severity};
use goward_resolver::{Selector, ToolchainName};

/// What a job sets up.
struct SetUp<'s> {
    read: &'s ReadsGoLine,
    says: Selector,
    /// The line that says it.
    line: u32,
    /// Whether that is a toolchain line.
    by_toolchain: bool,
}

pub(super) fn check(look: &Look<'_>, claims: &Claims, findings: &mut Vec<Finding>) {
    findings.extend(claims.reads_go_line.iter().filter_map(|read| of(look, read)));
}

/// What is wrong with what a job sets up.
fn of(look: &Look<'_>, read: &ReadsGoLine) -> Option<Finding> {
    let dir = directory_of(&read.module);
    let is_work = name_of(&read.module) == "go.work";
    let site = if is_work { look.sites.work(dir) } else { look.sites.module(dir) };
    let lines = &site?.lines;
    let go = lines.go.as_ref()?;
    let wish = lines.toolchain.as_ref().filter(|_| read.toolchain_line);
    let wish = wish.and_then(|line| Some((of_name(&ToolchainName::parse(&line.value)?)?, line)));
    let by_toolchain = wish.is_some();
    let (says, line) = match wish {
        Some((says, line)) => (says, line.line),
        None => (Selector::parse(&go.value).ok()?, go.line),
    };
    let set_up = SetUp { read, says, line, by_toolchain };
    let low = set_up.below(look);
    low.or_else(|| match look.sites.statement(dir) {
        Some(statement) => set_up.differs(look, statement),
        None => Some(set_up.no_statement(is_work)),
    })
}

impl SetUp<'_> {
    fn finding(&self, rule: Rule, message: String) -> Finding {
        let what = [self.read.module.as_str(), "this file"];
        Finding::new(rule, self.read.at.clone(), what, message)
    }

    fn place(&self) -> Place {
        Place::line(&self.read.module, self.line)
    }

    /// A toolchain line below the go line: the job sets up what Go itself passes over.
    fn below(&self, look: &Look<'_>) -> Option<Finding> {
        let of = self.read.uses.iter().find(|one| one.runs.is_none())?;
        if !self.by_toolchain || of.builds <= Builds::Unknown {
            return None;
        }
        let dir = directory_of(&self.read.module);
        let of = &Use { directory: dir.to_owned(), ..of.clone() };
        let floors = floors(look, ClaimKind::Ci, of);
        let (floor, builds) =
            floors.iter().find(|(floor, _)| !reaches(&self.says, &floor.version))?;
        let (module, says, needs) = (&self.read.module, &self.says, &floor.version);
        let end = match builds {
            Builds::Fixed => "and Go does not switch there",
            Builds::Doubtful => "which counts if it builds that module",
            Builds::Searching => "and Go there takes another one from PATH, and downloads none",
            _ => "so each run downloads another Go",
        };
        let file = &floor.at.file;
        let message = format!(
            "{file} needs Go {needs}, this job has {says} of the toolchain line of {module}, {end}"
        );
        let finding = self.finding(Rule::CiBelowFloor, message);
        let mut finding = finding.beside(floor.at.clone(), &floor.by);
        finding = finding.beside(self.place(), "this line");
        finding.related.extend(why(of, &self.read.at));
        let fails = *builds == Builds::Fixed && !is_advice(needs);
        finding.severity = if fails { Severity::Error } else { Severity::Warning };
        Some(finding.mend("remove the toolchain line"))
    }

    /// A file that says a Go for jobs, and nothing says one for developers.
    fn no_statement(&self, is_work: bool) -> Finding {
        let (module, says) = (&self.read.module, &self.says);
        let message = format!("this sets up {says} of {module}, and developers run their default");
        let finding = self.finding(Rule::CiReadsGoLine, message);
        let note = if self.by_toolchain { "this toolchain line" } else { "this go line" };
        let finding = finding.beside(self.place(), note);
        finding.mend(match is_work {
            true => "state a Go for all: goward use",
            false => "state a Go for all: goward use --go-mod, or goward use",
        })
    }

    fn differs(&self, look: &Look<'_>, statement: &Statement) -> Option<Finding> {
        let of = self.read.uses.iter().next().filter(|one| one.builds == Builds::Fixed);
        let stays = of.filter(|one| one.runs.is_none());
        let kind = match statement.kind {
            Kind::Pin if !look.doubted.has_refused(statement) => "pin",
            // Go itself switches to what a toolchain line names, unless it is kept from it.
            Kind::ToolchainLine if stays.is_some() => "toolchain line",
            _ => return None,
        };
        let relation = relation(look, ClaimKind::Ci, statement);
        if relation.holds(&self.says, &statement.says) {
            return None;
        }
        let (says, module, wants) = (&self.says, &self.read.module, &statement.says);
        let how = relation.words();
        let message = format!(
            "{says} of {module}, which this sets up, differs from the {kind}, which is {wants} ({how} is expected)"
        );
        let finding = self.finding(Rule::ClaimDiffers, message);
        let finding = finding.beside(statement.at.clone(), &["this ", kind].concat());
        let mut finding = finding.beside(self.place(), "this line");
        let looser = looser(&[says], wants);
        if statement.kind == Kind::Pin {
            return Some(finding.mend(format!("read {} there{looser}", statement.at.file)));
        }
        finding.related.extend(stays.and_then(|of| why(of, &self.read.at)));
        Some(finding.mend(format!("write go-version: '{wants}' there{looser}")))
    }
}
