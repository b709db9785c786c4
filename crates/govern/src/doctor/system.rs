//! git, the limits of the system, and its clock.

use super::facts::Facts;
use super::words::{path, size};
use super::{Found, Status};
use goward_resolver::{ROOT, Version};
use std::time::{Duration, UNIX_EPOCH};

/// A build of a large module opens so many files at once.
const FEW_FILES: u64 = 1024;
/// Go's commands start a process for each processor, and each has threads.
const FEW_PROCESSES: u64 = 256;
/// The linker needs so much for a program of usual size.
const LITTLE_MEMORY: u64 = 1 << 30;
/// No goward was built before 2025, in seconds since 1970.
const BUILT_AFTER: u64 = 1_735_689_600;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What Go asks of git since a release (release notes of 1.25): the release, and git's version.
const GIT: (&str, (u32, u32)) = ("1.25", (2, 24));

/// Go asks git for the state of a repository at every build of a program in it.
pub(super) fn vcs(facts: &Facts) -> Found {
    let Some(repository) = &facts.repository else {
        return Found::sound(if facts.has_git { "git is there" } else { "no repository is here" });
    };
    let top = path(&repository.top);
    let mut found = Found::sound(format!("git may answer in {top}"));
    if let Some(odd) = &repository.odd {
        let message = format!(
            "{} is no regular file: git would wait for it, and go build for git",
            path(odd)
        );
        found.add(Status::Error, message).mend("look at it, and remove it");
    }
    if !facts.has_git {
        let message = format!("{top} is a repository, and git is not on PATH");
        found.add(Status::Warning, message).mend("install git, or build with -buildvcs=false");
    } else if repository.owner != facts.user && !repository.is_safe {
        let owner = match repository.owner {
            ROOT => "root".to_owned(),
            owner => format!("user {owner}"),
        };
        let message = format!(
            "{top} belongs to {owner}, so git refuses to answer, and go build fails with `error obtaining VCS status`"
        );
        let word = goward_installer::Shown::word(&*repository.top, "DIR");
        let complaint = found.add(Status::Warning, message);
        complaint.run(format!("git config --global --add safe.directory {word}"));
        complaint.mend("if you trust that repository");
    }
    let (since, least) = GIT;
    let needs = |version: &Version| Some(version) >= Version::parse(since).as_ref();
    if let Some((major, minor)) = facts.git {
        found.detail(format!("git is {major}.{minor}"));
        if (major, minor) < least && facts.versions().any(needs) {
            let message = format!(
                "git is {major}.{minor}, and Go {since} and later need {}.{} for the stamp of a build",
                least.0, least.1
            );
            found
                .add(Status::Warning, message)
                .mend("install a newer git, or build with -buildvcs=false");
        }
    }
    found
}

pub(super) fn limits(facts: &Facts) -> Found {
    let mut found = Found::sound("there are enough");
    let limits = facts.limits;
    let said = |limit: Option<u64>| limit.map_or("no limit".to_owned(), |limit| limit.to_string());
    found.detail(format!("open files: {}", said(limits.files)));
    found.detail(format!("processes: {}", said(limits.processes)));
    found.detail(format!("memory: {}", limits.memory.map_or("no limit".to_owned(), size)));
    if let Some(limit) = limits.files.filter(|files| *files < FEW_FILES) {
        let message = format!("a process may open {limit} files, and large builds open more");
        found.add(Status::Warning, message).run(format!("ulimit -n {FEW_FILES}"));
    }
    if let Some(limit) = limits.processes.filter(|processes| *processes < FEW_PROCESSES) {
        let message = format!("you may run {limit} processes and threads, and builds start many");
        found.add(Status::Warning, message).run("ulimit -u unlimited").mend("or build with -p 1");
    }
    if let Some(memory) = limits.memory.filter(|memory| *memory < LITTLE_MEMORY) {
        let memory = size(memory);
        let message =
            format!("the control group allows {memory} of memory, and the linker needs more");
        found.add(Status::Warning, message).mend("allow it 1 GiB or more, or build elsewhere");
    }
    if let Some(left) = limits.promised {
        found.detail(format!("memory that the system still promises: {}", size(left)));
        if left < LITTLE_MEMORY {
            let message = format!(
                "the system promises {} of memory more (vm.overcommit_memory is 2), and the linker needs more",
                size(left)
            );
            found.add(Status::Warning, message).run("sudo sysctl vm.overcommit_memory=0");
        }
    }
    found
}

/// Certificates and caches need the right time.
pub(super) fn clock(facts: &Facts) -> Found {
    let mut found = Found::sound("it is not behind");
    let seconds = facts.now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    if seconds < BUILT_AFTER {
        let message = "the clock is years behind: no server's certificate is valid then";
        found.add(Status::Error, message).mend("set the clock");
    } else if let Some(ahead) = facts.written.and_then(|time| time.duration_since(facts.now).ok())
        && ahead > DAY
    {
        let days = ahead.as_secs() / DAY.as_secs();
        let message = format!(
            "files of goward's are {days} days in the future, so the clock is behind, or was ahead"
        );
        found.add(Status::Warning, message).mend("set the clock");
    }
    found
}
