//! A shim that has more rights than its caller: by the bits of its file, or by capabilities.
#![cfg(target_os = "linux")]

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};

use goward_testkit::start::{find, tool};
use goward_testkit::untested::{Lack, is_root, not_tested};
use goward_tests::call::Call;
use goward_tests::sandbox::Sandbox;

/// A user without any rights of its own.
const CALLER: u32 = 65534;

/// A sandbox that the caller may read, with a toolchain that the caller has put together, and a
/// copy of the shim outside of it; `None` where this process may not make such things.
fn scene(name: &str) -> Option<(Sandbox, PathBuf, PathBuf)> {
    if !is_root("programs with another's rights") {
        return None;
    }
    let sandbox = Sandbox::empty(name);
    let root = sandbox.dir().join("evil");
    let program = sandbox.write("evil/toolchains/go1.22.10/bin/go", "#!/bin/sh\necho hostile\n");
    fs::set_permissions(&program, Permissions::from_mode(0o755)).expect("it is ours");
    for path in program.ancestors().take_while(|path| path.starts_with(&root)) {
        chown(path, Some(CALLER), Some(CALLER)).expect("root may");
    }
    let shim = sandbox.dir().join("raised/go");
    fs::create_dir_all(shim.parent().expect("it has one")).expect("the sandbox is ours");
    // A process of its own copies it: a child that another test starts meanwhile would inherit the
    // copy, open for writing, and the system executes no file that is open for writing.
    let copied = tool("cp").arg(sandbox.shim()).arg(&shim).status();
    assert!(copied.expect("cp runs").success());
    for path in shim.ancestors().skip(1).take_while(|path| path.starts_with(sandbox.dir())) {
        fs::set_permissions(path, Permissions::from_mode(0o755)).expect("it is ours");
    }
    Some((sandbox, root, shim))
}

/// `go version` by the caller, with every setting that can name a store pointed at the hostile one.
fn call(sandbox: &Sandbox, root: &Path, shim: &Path) -> Call {
    let user = CALLER.to_string();
    let args = ["--reuid", &user, "--regid", &user, "--clear-groups"];
    let call = sandbox.go(Path::new("/"), &["version"]).program(shim);
    let call = call.env("GOWARD_ROOT", root).env("GOWARD_VERSION", "1.22.10");
    call.env("GOWARD_OFFLINE", "1").under(Path::new("/usr/bin/setpriv"), args)
}

#[test]
fn the_callers_own_store_is_used_by_a_plain_shim() {
    let Some((sandbox, root, shim)) = scene("plain-shim") else { return };
    let run = call(&sandbox, &root, &shim).run();
    assert_eq!(run.code(0).stdout, "hostile\n", "the scene is as it should be");
}

#[test]
fn a_shim_with_the_rights_of_another_user_or_group_refuses() {
    let Some((sandbox, root, shim)) = scene("set-id") else { return };
    for mode in [0o4755, 0o2755, 0o6755] {
        fs::set_permissions(&shim, Permissions::from_mode(mode)).expect("it is ours");
        let run = call(&sandbox, &root, &shim).run();
        run.code(125);
        run.says("has the rights of another user or group than its caller's");
        run.says("chmod ug-s");
        assert_eq!(run.stdout, "");
    }
}

#[test]
fn the_caller_does_not_lead_a_shim_with_capabilities() {
    let Some((sandbox, root, shim)) = scene("capabilities") else { return };
    let set =
        find("setcap").map(|_| tool("setcap").arg("cap_net_bind_service+ep").arg(&shim).status());
    if !set.is_some_and(|done| done.is_ok_and(|status| status.success())) {
        not_tested(
            "a shim with capabilities",
            Lack::Root,
            "no setcap here, or no file system for it",
        );
        return;
    }
    let run = call(&sandbox, &root, &shim).run();
    run.code(127);
    run.says("Go 1.22.10, wanted by GOWARD_VERSION");
    assert_eq!(run.stdout, "");
}
