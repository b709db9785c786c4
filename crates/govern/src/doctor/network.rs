//! The servers that installs and Go ask.

use super::facts::Facts;
use super::words::masked;
use super::{Found, Status};
use goward_resolver::shown;

pub(super) fn judge(facts: &Facts) -> Found {
    let Some(servers) = &facts.servers else {
        return Found::skipped("no server was asked; --network asks them");
    };
    let count = servers.len();
    let mut found = Found::sound(match count {
        0 => "there is no server to ask".to_owned(),
        1 => "1 server answers".to_owned(),
        _ => format!("{count} servers answer"),
    });
    for key in ["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"] {
        if let Some(value) = facts.variables.get(key) {
            found.detail(format!("{key}={}", masked(value)));
        }
    }
    let all_fail = servers.iter().all(|server| server.fault.is_some());
    for server in servers {
        let (url, millis) = (shown(server.url.as_bytes()), server.millis);
        match &server.fault {
            None => found.detail(format!("{url} answers within {millis} ms")),
            Some(why) => {
                let status = if all_fail { Status::Error } else { Status::Warning };
                let why = shown(why.as_bytes());
                let wanted = server.wanted;
                let message = format!("{url} gave no {wanted} after {millis} ms: {why}");
                found.add(status, message);
            }
        }
    }
    for (why, is_meant) in &facts.unasked {
        let status = if *is_meant { Status::Note } else { Status::Error };
        found.add(status, shown(why.as_bytes()));
    }
    if facts.variables.get("GOSUMDB").is_some_and(|database| database == b"off") {
        let message = "GOSUMDB=off: no outside witness vouches for modules and new toolchains";
        found.add(Status::Note, message).run("unset GOSUMDB");
    }
    found
}
