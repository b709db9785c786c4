//! The installed toolchains.

use super::facts::{Answer, Facts};
use super::words::path;
use super::{Found, Status};
use goward_installer::Platform;
use goward_resolver::Version;

/// The first Go whose own programs are linked without the C library.
const STATIC: &str = "1.21";

pub(super) fn judge(facts: &Facts) -> Found {
    if facts.toolchains.is_empty() {
        let mut found = Found::sound("no toolchain is installed");
        if facts.go.iter().all(|one| one.is_ours()) {
            let message = "no toolchain is installed, and there is no other Go";
            found.add(Status::Warning, message).run("goward install");
        }
        return found;
    }
    let count = facts.toolchains.len();
    let mut found =
        Found::sound(if count == 1 { "1 runs".to_owned() } else { format!("all {count} run") });
    let host = Platform::host().to_string();
    for one in &facts.toolchains {
        let name = &one.name;
        match &one.answer {
            Answer::Says(text) => {
                found.detail(format!("{name}: {text}"));
                let platform = text.rsplit(' ').next().unwrap_or_default();
                if text.contains('/') && platform != host {
                    let message =
                        format!("{name} is built for {platform}, and this machine is {host}");
                    found
                        .add(Status::Warning, message)
                        .run(format!("goward repair {}", plain(name)));
                }
            }
            Answer::Unsound(why) => {
                found.add(Status::Error, format!("{name} was not started: {why}"));
            }
            Answer::Fails(why) => {
                let message = format!("{name} does not run: {why}");
                let complaint = found.add(Status::Error, message);
                // Until then Go's own programs took the C library for names of hosts and users.
                let is_static = Some(&one.version) >= Version::parse(STATIC).as_ref();
                match facts.is_musl && !is_static {
                    true => complaint.mend(format!(
                        "Go before {STATIC} needs glibc, and this system has musl: install gcompat, or a later Go"
                    )),
                    false => complaint.run(format!("goward repair {}", plain(name))),
                };
            }
            Answer::NotAsked => found.detail(format!("{name}: not started, for want of time")),
        }
    }
    elsewhere(facts, &mut found);
    old_default(facts, &mut found);
    found
}

/// Trees that Go keeps itself, and the processor.
fn elsewhere(facts: &Facts, found: &mut Found) {
    for tree in &facts.broken_trees {
        let (place, word) = (path(tree), goward_installer::Shown::word(&**tree, "DIR"));
        let message = format!("{place} has no `go`, and Go takes it for a whole toolchain");
        let complaint = found.add(Status::Warning, message);
        complaint.run(format!("chmod -R u+w {word} && rm -r {word}"));
        complaint.mend("Go then fetches it anew");
    }
    if let Some((platform, means)) = &facts.emulated {
        let message = format!(
            "goward is built for {platform}, which {means} imitates: toolchains are slow so"
        );
        let words =
            "install the goward, and with it the toolchains, of the machine's own processor";
        found.add(Status::Warning, message).mend(words);
    }
    let is_over = |version: &&Version| {
        facts.supported.iter().min().is_some_and(|oldest| version.language() < *oldest)
    };
    let over: Vec<&str> = facts
        .toolchains
        .iter()
        .map(|one| &one.version)
        .filter(is_over)
        .map(Version::as_str)
        .collect();
    if !over.is_empty() {
        found.detail(format!("no fixes any more: {}", over.join(", ")));
    }
}

/// Modules with a go line alone run the default, so its upgrade is the one that counts.
fn old_default(facts: &Facts, found: &mut Found) {
    let Some(default) = &facts.default else { return };
    let minor = default.language();
    let is_mended = facts.supported.is_empty()
        || facts.supported.iter().min().is_some_and(|oldest| minor >= *oldest);
    let newer = facts.newest.iter().find(|one| one.language() == minor && *one > default);
    let upgrade = "goward upgrade --default";
    if !is_mended {
        let minors: Vec<&str> = facts.supported.iter().map(Version::as_str).collect();
        let minors = minors.join(" and ");
        let message =
            format!("the default, go{default}, gets no fixes any more: Go mends {minors}");
        found.add(Status::Warning, message).run("goward default latest");
    } else if let Some(newer) = newer {
        let message = format!("the default is go{default}, and go{newer} is out");
        found.add(Status::Warning, message).run(upgrade);
    }
}

/// A name as people type it.
fn plain(name: &str) -> &str {
    name.strip_prefix("go").unwrap_or(name)
}
