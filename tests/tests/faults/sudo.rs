//! The table of the book's page on sudo: each command, by real sudo, does what the table says. All of
//! it happens in a mount namespace, in which the accounts, sudo's configuration, `/usr/local` and
//! root's home directory are the sandbox's.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, lchown};
use std::path::Path;

use goward_testkit::start::{find, tool};
use goward_testkit::untested::{Lack, is_root, not_tested};
use goward_tests::binaries::{binaries, workspace};
use goward_tests::release::SmallRelease;
use goward_tests::sandbox::{Sandbox, copy_program};

use crate::scene::{OURS, list};

const USER: u32 = 65533;
/// Places of the machine that the sandbox's files cover.
const COVERED: [&str; 3] = ["passwd", "group", "sudoers"];
const GO: &str =
    "case \"$*\" in 'env GOROOT') echo \"${0%/bin/go}\";; *) echo \"$(id -un) runs $0 $*\";; esac";

/// A machine whose user may run everything by sudo.
fn machine() -> Sandbox {
    let sandbox = Sandbox::empty("sudo-table");
    // The user's own programs, and no links to those of this build.
    for (place, program) in
        [(sandbox.manager(), &binaries().manager), (sandbox.shim(), &binaries().shim)]
    {
        fs::remove_file(&place).expect(OURS);
        copy_program(program, &place);
    }
    sandbox.install_script("1.22.10", GO);
    sandbox.set_default("1.22.10");
    let small = SmallRelease::make(&sandbox);
    let mirror = goward_testkit::url::of_file(small.dir());
    sandbox.write("config.toml", &format!("mirrors = [\"{mirror}\"]\nmirror-digests = \"own\"\n"));
    sandbox.script(sandbox.home().join("PROGRAM"), "echo installed");
    let (home, root) = (sandbox.home(), sandbox.dir().join("root-home"));
    fs::create_dir_all(&root).expect(OURS);
    let account = |name: &str, id: u32, home: &Path| {
        format!("{name}:*:{id}:{id}::{}:/bin/bash\n", home.display())
    };
    sandbox.write("passwd", &(account("root", 0, &root) + &account("gopher", USER, &home)));
    sandbox.write("group", "root:x:0:\ngopher:x:65533:\n");
    sandbox.write(
        "sudoers",
        "Defaults env_reset, secure_path=\"/usr/local/sbin:/usr/local/bin:/usr/bin:/bin\"\n\
         root ALL=(ALL:ALL) ALL\ngopher ALL=(ALL:ALL) NOPASSWD: ALL\n",
    );
    fs::set_permissions(sandbox.dir().join("sudoers"), fs::Permissions::from_mode(0o440))
        .expect(OURS);
    give(&home);
    sandbox
}

/// Makes the user the owner of all of that.
fn give(path: &Path) {
    lchown(path, Some(USER), Some(USER)).expect(OURS);
    if path.is_dir() && !path.is_symlink() {
        list(path).iter().for_each(|inner| give(inner));
    }
}

/// Runs a line of the user's shell; its status and what it said. Of `/usr/local` a copy stays.
fn typed(sandbox: &Sandbox, line: &str) -> (i32, String) {
    let dir = sandbox.dir();
    let mut script = String::from("set -e\n");
    for file in COVERED {
        script += &format!("mount --bind '{}' /etc/{file}\n", dir.join(file).display());
    }
    let (local, store) = (dir.join("local"), dir.join("local/lib/goward"));
    fs::create_dir_all(&store).expect(OURS);
    fs::copy(dir.join("config.toml"), store.join("config.toml")).expect(OURS);
    fs::create_dir_all(local.join("bin")).expect(OURS);
    script += &format!("mount --bind '{}' /usr/local\n", local.display());
    let shims = sandbox.shims();
    script += &format!(
        "cd '{home}'\nexport HOME='{home}' PATH='{shims}:/usr/bin:/bin'\nexec setpriv --reuid {USER} --regid {USER} \
         --clear-groups /bin/sh -c \"$1\"\n",
        home = sandbox.home().display(),
        shims = shims.display(),
    );
    let mut call = tool("unshare");
    call.args(["--mount", "--propagation", "private", "/bin/sh", "-c", &script, "sh", line]);
    let output = call.output().expect("unshare is here");
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&said).into_owned())
}

/// The commands of the table that run sudo.
fn table() -> Vec<String> {
    let page = fs::read_to_string(workspace().join("docs/src/guide/shells.md")).expect(OURS);
    let (_, section) = page.split_once("\n## sudo\n").expect("the page has a section on sudo");
    let rows = section.lines().filter(|line| line.starts_with("| ")).skip(1);
    let commands = rows.map(|row| {
        let cell = row.trim_end_matches('|').rsplit('|').next().unwrap_or_default();
        let spans = cell.split('`').skip(1).step_by(2);
        let command = { spans }.find(|span| span.starts_with("sudo "));
        command.expect("each row has a command of sudo").to_owned()
    });
    commands.collect()
}

/// Whether this machine has sudo, and lets the test cover its files.
fn can_try(sandbox: &Sandbox) -> bool {
    if find("sudo").is_none() || find("unshare").is_none() || find("setpriv").is_none() {
        not_tested("sudo's table", Lack::Rare, "there is no sudo here");
        return false;
    }
    let (status, said) = typed(sandbox, "sudo id -u");
    let can = status == 0 && said.ends_with("0\n");
    if !can {
        not_tested("sudo's table", Lack::Rare, &format!("sudo does not work here: {said}"));
    }
    can
}

#[test]
fn the_commands_of_the_page() {
    if !is_root("sudo's table") {
        return;
    }
    let sandbox = machine();
    if !can_try(&sandbox) {
        return;
    }
    let dir = sandbox.dir();
    let ran = |line: &str| {
        let (status, said) = typed(&sandbox, line);
        assert_eq!(status, 0, "{line}: {said}");
        said
    };
    let commands = table();
    let [install, once, all_users, own] = &commands[..] else { panic!("{commands:?}") };

    ran(install);
    let program = fs::metadata(dir.join("local/bin/PROGRAM")).expect("it was installed");
    assert_eq!((program.uid(), program.mode() & 0o7777), (0, 0o755));
    assert_eq!(ran("/usr/local/bin/PROGRAM"), "installed\n");

    let go = sandbox.toolchain("1.22.10").join("bin/go");
    assert_eq!(ran(once), format!("root runs {} version\n", go.display()));

    ran(&all_users.replace("1.22", "1.30"));
    let tree = dir.join("local/lib/goward/toolchains/go1.30.1");
    assert_eq!(fs::metadata(&tree).expect("it is installed for all").uid(), 0);
    assert_eq!(ran("go +1.30.1 version"), "go version go1.30.1 small/small\n");

    let (status, said) = typed(&sandbox, own);
    assert!(said.contains("under sudo this is about root's own files"), "{said}");
    if status != 0 {
        assert!(
            said.contains("hint: run the goward of a release archive, which has its shim in it"),
            "{said}"
        );
        return not_tested("a setup for root", Lack::Rare, "this goward has no shim in it");
    }
    let home = dir.join("root-home");
    assert!(home.join(".goward/shims/go").is_file(), "{said}");
    for file in list(&home) {
        assert_eq!(fs::metadata(&file).expect(OURS).uid(), 0, "{}", file.display());
    }
}

#[test]
fn what_sudo_does_not_do() {
    if !is_root("what sudo does not find") {
        return;
    }
    let sandbox = machine();
    if !can_try(&sandbox) {
        return;
    }
    let (status, said) = typed(&sandbox, "sudo goward list");
    assert!(status != 0 && said.contains("goward: command not found"), "{said}");
    let (_, said) = typed(&sandbox, "sudo sh -c 'command -v go'");
    assert!(!said.contains(".goward"), "{said}");
    // Nothing of root's comes to lie in the user's store or home directory.
    for line in [
        "sudo GOWARD_ROOT=\"$HOME/.goward\" ~/.goward/bin/goward install 1.30",
        "sudo HOME=\"$HOME\" ~/.goward/bin/goward setup",
        "sudo HOME=\"$HOME\" ~/.goward/bin/goward install 1.30",
    ] {
        let (status, said) = typed(&sandbox, line);
        assert_ne!(status, 0, "{line}: {said}");
        assert!(said.contains("hint: "), "{line}: {said}");
        owned(&sandbox.home(), line);
    }
}

/// Asserts that everything there is the user's.
fn owned(path: &Path, line: &str) {
    let facts = fs::symlink_metadata(path).expect(OURS);
    assert_eq!(facts.uid(), USER, "{line}: {}", path.display());
    if facts.is_dir() {
        list(path).iter().for_each(|inner| owned(inner, line));
    }
}
