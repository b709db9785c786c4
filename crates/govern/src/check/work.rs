//! Workspaces: a go.work and the modules below it.

use super::module::rules;
use super::pins::word;
use super::statement::{Site, is_passed_over};
use super::{Look, mend};
use crate::finding::{Edit, Finding, Place};
use crate::repo::{directory_of, resolve, upwards};
use crate::rule::Rule;
use goward_gomod::{File, Kind, Sole};
use goward_resolver::Version;
use std::collections::{HashMap, HashSet};

pub(super) fn check(look: &Look<'_>, findings: &mut Vec<Finding>) {
    let mut listed: HashMap<&str, (&Site, HashSet<String>)> = HashMap::new();
    for work in look.sites.works() {
        let Some(Ok(bytes)) = look.repository.content(&work.file) else { continue };
        // Of a file that Go refuses another rule speaks.
        let Ok(file) = File::parse(bytes.clone(), rules(Kind::Workspace)) else { continue };
        let (mut members, mut low) = (HashSet::new(), Vec::new());
        for line in &file.uses {
            let (path, at) = (line.path.to_lossy(), Place::line(&work.file, line.place.start.line));
            let Some(dir) = resolve(directory_of(&work.file), &path) else { continue };
            let module =
                if dir.is_empty() { "go.mod".to_owned() } else { [&dir, "/go.mod"].concat() };
            match look.sites.module(&dir) {
                Some(member) => low.extend(below(work, member, at)),
                None if is_absent(look, &module) => {
                    let bytes = file.syntax().removal(line.place.start.offset);
                    let edit = bytes.map(|bytes| Edit::new(&work.file, bytes, ""));
                    findings.push(missing(at, &path).edit(edit));
                }
                None => {}
            }
            members.insert(dir);
        }
        // One line meets them all.
        if let Some(most) = low.iter().map(|(needs, _)| needs).max() {
            let splice = file.syntax().splice(Sole::Go, most.as_str()).ok();
            let edit = splice.map(|splice| mend::spliced(&work.file, splice));
            let words = format!("write go {most} in the go.work");
            let mended = |(_, finding): &(Version, Finding)| {
                finding.clone().mend(words.as_str()).edit(edit.clone())
            };
            findings.extend(low.iter().map(mended));
        }
        listed.insert(directory_of(&work.file), (work, members));
        findings.push(committed(work));
    }
    for module in look.sites.modules() {
        let dir = directory_of(&module.file);
        let nearest = upwards(dir).find_map(|above| listed.get(above));
        let Some((work, members)) = nearest else { continue };
        if !members.contains(dir) && reads_workspace(look, dir) {
            findings.push(unlisted(module, work));
        }
    }
}

/// Whether neither git nor the disk has the module. What is in a submodule that is not checked out is not
/// known.
fn is_absent(look: &Look<'_>, module: &str) -> bool {
    let repository = look.repository;
    let there = repository.has_file(module) || repository.is_beyond(module);
    !there && !is_passed_over(module) && !repository.has_on_disk(module)
}

/// Whether `go` reads the go.work there: a `.goenv` may say no.
fn reads_workspace(look: &Look<'_>, dir: &str) -> bool {
    look.host.survey(dir).is_ok_and(|survey| survey.chain.has_workspace())
}

/// The finding of a member that needs more than the go.work says, with what it needs.
fn below(work: &Site, member: &Site, used: Place) -> Option<(Version, Finding)> {
    let needs = member.lines.go_version()?;
    // Without a go line Go takes this for a go.work.
    let has = work.lines.go_version().or_else(|| Version::parse("1.18"))?;
    (has < needs).then(|| {
        let file = &member.file;
        let message = format!("{file} needs Go {needs}, and this go.work says {has}");
        let line = |site: &Site| site.lines.go.as_ref().map(|go| go.line);
        let at = line(work).map_or(used, |line| Place::line(&work.file, line));
        let what = [has.as_str(), "this go line"];
        let finding = Finding::new(Rule::WorkBelowMember, at, what, message);
        let other = Place::line(&member.file, line(member).unwrap_or(1));
        let finding = finding.beside(other, "the module's go line");
        (needs, finding)
    })
}

fn committed(work: &Site) -> Finding {
    let message = "this go.work is a part of the repository".to_owned();
    let (at, what) = (Place::line(&work.file, 1), ["go.work", "for all who clone it"]);
    let finding = Finding::new(Rule::WorkCommitted, at, what, message);
    finding.mend("keep it out of commits: name it in .gitignore")
}

fn missing(at: Place, path: &str) -> Finding {
    let message = format!("{path} has no go.mod");
    let finding = Finding::new(Rule::WorkMemberMissing, at, [path, "this directory"], message);
    finding.mend("remove the line")
}

fn unlisted(module: &Site, work: &Site) -> Finding {
    let (file, dir) = (&work.file, directory_of(&module.file));
    let message = format!("{file} does not list this module, so nothing can be built in it");
    let at = Place::line(&module.file, 1);
    let finding = Finding::new(Rule::WorkModuleUnlisted, at, [dir, "this module"], message);
    let finding = finding.beside(Place::line(&work.file, 1), "this go.work");
    let above = directory_of(file);
    let below = dir.strip_prefix(above).unwrap_or(dir).trim_start_matches('/');
    match word(&["./", below].concat()) {
        Some(path) if above.is_empty() => finding.run(format!("go work use {path}")),
        Some(path) => finding.mend(format!("run in {above}: go work use {path}")),
        None => finding.mend("run go work use . in its directory"),
    }
}
