//! A machine with a toolchain that is a script, and all that can be asked of it.

use super::said::{MARK, wrong};
use goward_tests::call::Call;
use goward_tests::sandbox::Sandbox;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::Output;

/// The release that is installed.
pub(crate) const HERE: &str = "1.22.10";

/// The text of its `go`: it does little, and tells the variables that it gets.
const GO: &str = r#"if [ "$1" = env ]; then
printf '{"GOOS":"%s","GOFLAGS":"%s","GOTOOLCHAIN":"%s"}\n' "${GOOS-x}" x x
else
echo "go version go1.22.10 x/x"
fi"#;

/// Every command of the manager that reads something and changes little, in an order in which none
/// removes a thing that the next one is to see.
const COMMANDS: &[&[&str]] = &[
    &["explain"],
    &["explain", "--json"],
    &["current", "--json"],
    &["which", "--json"],
    &["list", "-v"],
    &["list", "--json"],
    &["env", "--explain"],
    &["env", "--explain", "--json"],
    &["trust", "-n"],
    &["trust", "--diff"],
    &["trust", "--list"],
    &["trust", "--list", "--json"],
    &["verify", "-v"],
    &["verify", "--json"],
    &["prune", "-n", "--unused-for", "0", "."],
    &["prune", "--json", "."],
    &["outdated", "."],
    &["outdated", "--json", "."],
    &["upgrade", "-n", "."],
    &["adopt", "--json"],
    &["adopt", "-n", "--all"],
    &["default"],
    &["uninstall", "-n", "go1.22.10"],
    &["exec", "--", "true"],
    &["install", "-n"],
    &["use", "-n", "1.22.10"],
    &["use", "-n", "--go-mod", "1.22.10"],
    // These write.
    &["trust"],
    &["trust", "--list"],
    &["use", "1.22.10"],
    &["use", "--goenv", "1.22.10"],
    &["use", "--go-mod", "1.22.10"],
    &["trust", "--revoke"],
    &["repair"],
];

/// The calls of the shim.
const CALLS: &[&[&str]] = &[&["version"], &["build", "./..."]];

/// The machine, and its directory.
pub(crate) struct Scene {
    pub(crate) sandbox: Sandbox,
    pub(crate) dir: PathBuf,
    vars: Vec<(String, Vec<u8>)>,
    /// The whole output, for a look at the texts that arrived.
    said: Vec<u8>,
}

impl Scene {
    /// A machine with one release and an empty project.
    pub(crate) fn new(name: &str) -> Scene {
        let sandbox = Sandbox::empty(name);
        sandbox.install_script(HERE, GO);
        let dir = sandbox.project("p");
        let mut scene = Scene { sandbox, dir, vars: Vec::new(), said: Vec::new() };
        // No waiting for a network: the mirror is a directory that is not there.
        let mirror = format!("{}/no-mirror/", goward_testkit::url::of_file(scene.sandbox.dir()));
        scene.set("GOWARD_MIRROR", mirror.as_bytes());
        scene.set("GOWARD_MIRROR_DIGESTS", b"own");
        scene.set("GOSUMDB", b"off");
        scene
    }

    /// Sets a variable for all that follows.
    pub(crate) fn set(&mut self, key: &str, value: &[u8]) {
        self.vars.push((key.to_owned(), value.to_vec()));
    }

    /// Writes a file of the project.
    pub(crate) fn file(&self, name: &str, parts: &[&[u8]]) {
        write(&self.dir.join(name), parts);
    }

    fn dressed(&self, call: Call) -> Call {
        let vars = self.vars.iter();
        let call = vars.fold(call, |call, (key, value)| call.env(key, OsStr::from_bytes(value)));
        call.dir(&self.dir)
    }

    /// A call of the manager there.
    pub(crate) fn goward(&self, args: &[&str]) -> Call {
        self.dressed(self.sandbox.goward(args))
    }

    /// A call of the shim there.
    pub(crate) fn go(&self, args: &[&[u8]]) -> Call {
        let call = Call::new(self.sandbox.shim(), self.dir.clone(), self.sandbox.env());
        self.dressed(call.args(args.iter().map(|arg| OsStr::from_bytes(arg))))
    }

    /// Runs `call`, and looks at all that it says.
    #[track_caller]
    pub(crate) fn look(&mut self, call: &Call) -> Output {
        let mut child = call.spawn();
        drop(child.stdin.take());
        let output = child.wait_with_output().unwrap();
        for (name, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
            let shown = bytes.escape_ascii();
            assert_eq!(wrong(bytes), None, "on {name}: {shown}\n{call:?}");
            self.said.extend(bytes);
        }
        let code = output.status.code();
        assert!(code.is_some_and(|code| code != 101), "{:?} {call:?}", output.status);
        output
    }

    /// Asks everything, and looks at every answer. With `arrives` some answer must show the text,
    /// made harmless: else the test has seen nothing.
    #[track_caller]
    pub(crate) fn ask_everything(&mut self, arrives: bool) {
        for args in CALLS {
            let bytes: Vec<&[u8]> = args.iter().map(|arg| arg.as_bytes()).collect();
            self.look(&self.go(&bytes));
        }
        for args in COMMANDS {
            self.look(&self.goward(args));
        }
        for args in [["list", "-v"], ["install", "-n"]] {
            self.look(&self.goward(&args).env("GOWARD_LOG", "trace"));
        }
        if arrives {
            self.must_have_shown(MARK);
        }
    }

    /// Asserts that the output contains `text`.
    #[track_caller]
    pub(crate) fn must_have_shown(&self, text: &str) {
        let said = String::from_utf8_lossy(&self.said);
        assert!(said.contains(text), "nothing shows {text}, so nothing was tried:\n{said}");
    }
}

/// Writes a file of `parts` in a row, with its directories.
pub(crate) fn write(path: &Path, parts: &[&[u8]]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, parts.concat()).unwrap();
}

/// `text` as one name of a file.
pub(crate) fn name(text: &[u8]) -> PathBuf {
    let name: Vec<u8> = text.iter().map(|b| if *b == b'/' { b'_' } else { *b }).collect();
    PathBuf::from(OsStr::from_bytes(&name))
}
