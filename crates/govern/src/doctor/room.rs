//! Directories that Go writes to: whether they are there, whose they are, and how much fits in.

use super::facts::{Directory, Facts, NoCache};
use super::words::{path, size};
use super::{Found, Status};
use goward_resolver::ROOT;
use std::time::Duration;

/// Below this much a build of any size fails.
const TOO_LITTLE: u64 = 100 << 20;
/// Below this much the next install or a large build fails.
const LITTLE: u64 = 1 << 30;
/// In bytes: a cache that holds more is told.
const LARGE: u64 = 20 << 30;
/// Go removes old entries once a day, at the end of a command that builds (`trimInterval`). This is that, and a day more.
const OVERDUE: Duration = Duration::from_secs(2 * 24 * 60 * 60);
/// One toolchain has more files than this.
const FEW_FILES: u64 = 20_000;

pub(super) fn caches(facts: &Facts) -> Found {
    let mut found = Found::sound("Go can write both");
    for (name, cache) in [("GOCACHE", &facts.build_cache), ("GOMODCACHE", &facts.module_cache)] {
        match cache {
            Err(NoCache { why, is_meant: true, .. }) => {
                found.sound = format!("{why}; Go can write GOMODCACHE");
            }
            Err(NoCache { why, mend, .. }) => {
                found.add(Status::Error, why.clone()).mend(mend.clone());
            }
            Ok(cache) => writable(facts.user, (name, cache), &mut found),
        }
    }
    found
}

fn writable(user: u32, (name, cache): (&str, &Directory), found: &mut Found) {
    let place = path(&cache.path);
    found.detail(match (cache.is_there, cache.disk) {
        (true, Some(disk)) => format!("{name} is {place}, with {} free", size(disk.free)),
        (true, None) => format!("{name} is {place}"),
        (false, _) => format!("{name} is {place}, which is not there yet"),
    });
    if cache.is_blocked {
        let message = format!("{name} is {place}, which is no directory");
        found.add(Status::Error, message).mend("move it away");
        return;
    }
    heavy((name, &place), cache, found);
    let disk = cache.disk.unwrap_or_default();
    if cache.disk.is_some_and(|disk| disk.free == 0) {
        let message = format!("{name} is {place}, on a disk that is full");
        found.add(Status::Error, message).run("goward cache");
    }
    if disk.read_only {
        let message = format!("{name} is {place}, on a file system that is read-only");
        found.add(Status::Error, message).mend(format!("set {name} to a directory elsewhere"));
    } else if !cache.is_writable {
        let of = match cache.owner {
            Some(ROOT) => ", which belongs to root".to_owned(),
            Some(owner) if owner != user => format!(", which belongs to user {owner}"),
            _ => String::new(),
        };
        let message = format!("{name} is {place}{of}: Go cannot write there");
        let complaint = found.add(Status::Error, message);
        match cache.owner.filter(|owner| *owner != user && cache.is_there) {
            Some(_) => complaint.run(format!("sudo chown -R \"$(id -un)\" {}", word(cache))),
            None => complaint.run(format!("chmod u+rwx {}", word(cache))),
        };
    } else if let Some(owner) =
        cache.owner.filter(|owner| *owner != user && user != ROOT && cache.is_there)
    {
        let message = format!("{name} is {place}, which belongs to user {owner}");
        found
            .add(Status::Note, message)
            .mend("whoever can write there chooses what your builds link");
    }
    if disk.remote {
        let message = format!("{name} is {place}, on another machine");
        let complaint = found.add(Status::Note, message);
        complaint.mend("locks and times there are slow, or missing; a local directory is faster");
    }
}

/// What it holds, and whether Go removes what is old.
fn heavy((name, place): (&str, &str), cache: &Directory, found: &mut Found) {
    let Some(weight) = cache.weight else { return };
    let bytes = match weight.is_whole {
        true => size(weight.bytes),
        false => format!("at least {}", size(weight.bytes)),
    };
    found.detail(format!("{name} holds {bytes}"));
    let is_build = name == "GOCACHE";
    if weight.bytes > LARGE {
        let message = format!("{name}, {place}, holds {bytes}");
        let complaint = found.add(Status::Note, message);
        complaint.run(if is_build { "goward cache" } else { "go clean -modcache" });
        complaint.mend("this may be harmless");
    }
    let (Some(changed), Some(trimmed)) = (weight.changed, weight.trimmed) else { return };
    let late = changed.duration_since(trimmed).unwrap_or_default();
    if is_build && late > OVERDUE {
        let days = late.as_secs() / (24 * 60 * 60);
        let message = format!(
            "Go added to GOCACHE, {place}, {days} days after it removed old entries last, so it only grows"
        );
        let complaint = found.add(Status::Note, message);
        complaint.run("goward cache trim --older-than 5d").mend("Go does it once a day by itself");
    }
}

fn word(directory: &Directory) -> String {
    goward_installer::Shown::word(&*directory.path, "DIR")
}

/// `go run` and `go test` run what they have built in the temporary directory.
pub(super) fn temporary(facts: &Facts) -> Found {
    let (temporary, place) = (&facts.temporary, path(&facts.temporary.path));
    let mut found = Found::sound(format!("{place} lets programs run"));
    let disk = temporary.disk.unwrap_or_default();
    if !temporary.is_there {
        let message = format!("{place}, where Go builds, is not there");
        found.add(Status::Error, message).run(format!("mkdir -p {}", word(temporary)));
    } else if !temporary.is_writable || disk.read_only {
        let message = format!("{place}, where Go builds, cannot be written");
        found.add(Status::Error, message).mend("set GOTMPDIR to a directory of your own");
    } else if disk.no_exec {
        let message = format!(
            "{place} lets no program run: go run and go test fail with `permission denied`"
        );
        let complaint = found.add(Status::Warning, message);
        complaint
            .run("go env -w GOTMPDIR=\"$HOME/.cache/go-tmp\"")
            .mend("make that directory first");
    }
    found
}

pub(super) fn disk(facts: &Facts) -> Found {
    let mut found = Found::sound("there is room");
    let caches = [("GOCACHE", &facts.build_cache), ("GOMODCACHE", &facts.module_cache)];
    let caches = caches.into_iter().filter_map(|(name, one)| Some((name, one.as_ref().ok()?)));
    let root = facts.root.iter().map(|root| ("the store", root));
    let temporary = [("the temporary directory", &facts.temporary)];
    let mut seen = Vec::new();
    for (name, directory) in root.chain(caches).chain(temporary) {
        let Some(disk) = directory.disk else { continue };
        let (place, free) = (path(&directory.path), size(disk.free));
        found.detail(format!("{name}, {place}: {free} free"));
        // Most of them lie on one disk.
        if seen.contains(&(disk.free, disk.files)) {
            continue;
        }
        seen.push((disk.free, disk.files));
        let command = if name == "the store" { "goward prune" } else { "go clean -cache" };
        if disk.free < LITTLE {
            let status = if disk.free < TOO_LITTLE { Status::Error } else { Status::Warning };
            let message = format!("{free} are free for {name}, {place}");
            found.add(status, message).run(command);
        } else if let Some(files) = disk.files.filter(|files| *files < FEW_FILES) {
            let message = format!("there is room for {files} more files in {name}, {place}");
            found.add(Status::Warning, message).run(command);
        }
    }
    found
}
