//! The installed toolchains.

use super::facts::{Answer, Facts};
use super::{Found, Status};
use goward_installer::Platform;
use goward_resolver::Version;

pub(super) fn judge(facts: &Facts) -> Found {
    if facts.toolchains.is_empty() {
        let mut found = Found::sound("no toolchain is installed");
        if facts.go.iter().all(|one| one.is_ours()) {
            let message = "no toolchain is installed, and there is no other Go";
            found.add(Status::Warning, message).run("goward install latest");
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
                found.add(Status::Error, message).run(format!("goward repair {}", plain(name)));
            }
            Answer::NotAsked => found.detail(format!("{name}: not started, for want of time")),
        }
    }
    old_default(facts, &mut found);
    found
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
