//! `goward cross --platforms`: what each release builds for. Nothing is asked.

use super::json;
use super::release::Release;
use crate::context::Context;
use crate::failure::Result;
use crate::output::columns::{self, Line};
use goward_govern::cross::{NEWEST, OLDEST, Port, ports};

/// Prints all minors, the oldest first.
pub(super) fn print(cx: &Context, json: bool) -> Result<()> {
    let releases: Vec<Release> = (OLDEST..=NEWEST).filter_map(Release::of).collect();
    if json {
        return json::print_releases(cx, releases);
    }
    let rows: Vec<Line<4>> = (OLDEST..=NEWEST).zip(&releases).map(row).collect();
    columns::print(&cx.output, &rows);
    Ok(())
}

fn row((minor, release): (u16, &Release)) -> Line<4> {
    let named = |name: &str, least: Option<&str>| {
        least.map_or_else(String::new, |least| format!("{name} {least}"))
    };
    let cells = [
        format!("go{}", release.minor),
        named("Linux", release.linux),
        named("macOS", release.macos),
        named("Windows", release.windows),
    ];
    Line { cells, remark: changes(minor), bad: false }
}

/// What the minor before did not have, and what it had.
fn changes(minor: u16) -> String {
    let now = ports(minor);
    if minor == OLDEST {
        return format!("{} platforms", now.len());
    }
    let before = ports(minor - 1);
    let same = |one: &Port, all: &[Port]| all.iter().any(|other| other.target == one.target);
    let new =
        now.iter().filter(|port| !same(port, &before)).map(|port| format!("+{}", port.target));
    let gone =
        before.iter().filter(|port| !same(port, &now)).map(|port| format!("-{}", port.target));
    let was = |port: &Port| before.iter().find(|other| other.target == port.target).cloned();
    let changed = now.iter().filter_map(|port| {
        let old = was(port)?;
        let (cgo, broken) = (port.cgo && !old.cgo, port.broken && !old.broken);
        match (cgo, broken) {
            (true, _) => Some(format!("{} with cgo", port.target)),
            (_, true) => Some(format!("{} broken", port.target)),
            _ => None,
        }
    });
    new.chain(gone).chain(changed).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minor_tells_what_changed() {
        assert_eq!(changes(19), "+linux/loong64");
        assert_eq!(changes(26), "-windows/arm, freebsd/riscv64 broken");
        assert_eq!(changes(27), "-openbsd/mips64, linux/ppc64 with cgo");
        assert_eq!(changes(25), "");
    }
}
