//! The identity of the process: pid, group, session, niceness and every other fact that an exec
//! keeps.

use super::start::{Stage, Start};
use goward_testkit::untested::is_root;

#[test]
fn the_process_stays_the_same() {
    let stage = Stage::new("same");
    // That the pid is that of the process that was started is asserted in every comparison.
    stage.same(&stage.start()).tells("comm go\\n");
    let group = stage.same(&stage.start().then(["group"]));
    assert!(group.lines("pgrp").any(|line| line.starts_with("own session ")), "{group}");
    stage.same(&stage.start().then(["session"])).tells("pgrp own session own");
}

#[test]
fn umask_passes() {
    let stage = Stage::new("umask");
    for (mask, shown) in
        [(0, "0000"), (0o22, "0022"), (0o27, "0027"), (0o77, "0077"), (0o777, "0777")]
    {
        let end = stage.same(&stage.start().then(["umask", &mask.to_string()]));
        end.tells(&format!("status Umask:\\t{shown}"));
    }
}

#[test]
fn priorities_pass() {
    let stage = Stage::new("nice");
    let nice = stage.same(&stage.start().then(["nice", "15"]));
    nice.tells("priority 35 nice 15");
    assert!(stage.same(&stage.start().then(["batch"])).state.contains("policy 3"));
    // Class "idle" of ioprio_set(2).
    let idle = 3 << 13;
    stage.same(&stage.start().then(["ioprio", &idle.to_string()])).tells("ioprio 24576");
    stage.same(&stage.start().then(["slack", "123456"])).tells("timerslack_ns 123456\\n");
}

#[test]
fn bystanders_pass() {
    let stage = Stage::new("bystanders");
    // ADDR_NO_RANDOMIZE
    let start = stage.start().then(["personality", "262144"]);
    stage.same(&start).tells("personality 00040000\\n");
    stage.same(&stage.start().then(["oom", "500"])).tells("oom_score_adj 500\\n");
    stage.same(&stage.start().then(["alarm", "600"])).tells("alarm true");
    stage.same(&stage.start().then(["subreaper"])).tells("subreaper 1");
    let start = stage.start().then(["death-signal", "15"]);
    stage.same(&start).tells("signal at the parent's death 15");
    let start = stage.start().then(["no-new-privileges"]);
    stage.same(&start).tells("status NoNewPrivs:\\t1");
}

#[test]
fn users_and_capabilities_pass() {
    let stage = Stage::new("users");
    let end = stage.same(&stage.start().unprivileged());
    if is_root("the ids and capabilities of another user") {
        end.tells("status Uid:\\t65534\\t65534\\t65534\\t65534");
        // CAP_NET_RAW
        let start = stage.start().then(["drop-capability", "13"]);
        let dropped = stage.same(&start);
        let all = stage.same(&stage.start());
        let bounds = |line: &&str| line.starts_with("CapBnd");
        assert_ne!(dropped.lines("status").find(bounds), all.lines("status").find(bounds));
    }
}

/// All at once, as a build server does it.
#[test]
fn everything_together() {
    let stage = Stage::new("together");
    let start = stage.start().then(["session"]).then(["umask", "63"]).then(["nice", "5"]);
    let start = start.then(["ignore", "13"]).then(["block", "10"]).then(["no-new-privileges"]);
    let start = start.then(["limit", "7", "64", "64"]).then(["close", "0"]);
    let start = start.then(["open", "9", "/dev/null", "0"]).then(["alarm", "600"]);
    let start = start.entry("NO_SIGN").arg(b"\xff").arg(b"").then(["oom", "300"]);
    stage.same(&start.clone().unprivileged());
    stage.same(&Start::unprivileged(start));
}
