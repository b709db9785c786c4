//! A machine of its own for each test: a home directory, a store, and a mirror of tiny releases
//! whose `go` is a shell script that says its version.

use crate::schema;
use goward_testkit::release;
use goward_testkit::start::{self, tool};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The releases of the mirror.
pub(crate) const RELEASES: [&str; 5] = ["1.21.13", "1.22.9", "1.22.10", "1.23.2", "1.24rc1"];

/// The machine.
pub(crate) struct Machine {
    dir: tempfile::TempDir,
    vars: Vec<(String, String)>,
}

/// The result of a command.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Machine {
    /// A machine with a mirror and an empty store.
    pub(crate) fn new() -> Machine {
        let machine = Machine { dir: tempfile::tempdir().unwrap(), vars: Vec::new() };
        for dir in ["home", "tmp", "p"] {
            fs::create_dir(machine.path(dir)).unwrap();
        }
        start::offer_tools(&machine.path("tools"));
        make_mirror(&machine.path("mirror"), &RELEASES);
        let mirror = goward_testkit::url::of_file(&machine.path("mirror"));
        let at = |name: &str| machine.path(name).into_os_string().into_string().unwrap();
        let places = [("HOME", "home"), ("TMPDIR", "tmp"), ("PATH", "tools"), ("PWD", "p")];
        let places = places.into_iter().chain([("GOWARD_SYSTEM_ROOT", "no-system-root")]);
        let mut vars: Vec<_> = places.map(|(key, name)| (key.to_owned(), at(name))).collect();
        vars.push(("GOWARD_MIRROR_DIGESTS".into(), "own".into()));
        // In a window this wide a page has no broken lines, however long the temporary directory is.
        vars.push(("COLUMNS".into(), "400".into()));
        vars.push(("GOWARD_MIRROR".into(), mirror));
        Machine { vars, ..machine }
    }

    /// As [`Machine::new`], with goward's shim first on PATH.
    pub(crate) fn set_up() -> Machine {
        let machine = Machine::new();
        let (shims, tools) = (machine.root("shims"), machine.path("tools"));
        let magic = String::from_utf8(goward_resolver::SHIM_MAGIC.to_vec()).unwrap();
        script(&shims.join("go"), &format!("# {magic}version={}\0", env!("CARGO_PKG_VERSION")));
        machine.with("PATH", &format!("{}:{}", shims.display(), tools.display()))
    }

    /// Adds later releases to the mirror.
    pub(crate) fn publish(&self, later: &[&str]) {
        make_mirror(&self.path("mirror"), &[&RELEASES, later].concat());
    }

    /// Sets a variable for every command.
    pub(crate) fn with(mut self, key: &str, value: &str) -> Machine {
        self.vars.retain(|(known, _)| known != key);
        self.vars.push((key.to_owned(), value.to_owned()));
        self
    }

    /// The variables of every command.
    pub(crate) fn vars(&self) -> impl Iterator<Item = (&String, &String)> {
        self.vars.iter().map(|(key, value)| (key, value))
    }

    /// A path below the machine's directory.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        // The temporary directory may itself lie behind a link.
        fs::canonicalize(self.dir.path()).unwrap().join(name)
    }

    /// A path below the store.
    pub(crate) fn root(&self, name: &str) -> PathBuf {
        self.path("home/.goward").join(name)
    }

    /// Writes a file.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    /// Reads a file.
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// `goward ARGS`, to be run in the project directory `p`.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        self.command_of(Path::new(env!("CARGO_BIN_EXE_goward")), args)
    }

    /// As [`Machine::command`], for a copy of goward elsewhere.
    pub(crate) fn command_of(&self, program: &Path, args: &[&str]) -> Command {
        let mut command =
            start::program(program, self.vars.iter().map(|(key, value)| (key, value)));
        command.args(args).current_dir(self.path("p"));
        command
    }

    /// Runs `goward ARGS`.
    #[track_caller]
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        let output = self.command(args).output().unwrap();
        schema::check(args, &output.stdout);
        ran(output, self)
    }

    /// Runs `goward ARGS`, which has to succeed, and gives its stdout.
    #[track_caller]
    pub(crate) fn ok(&self, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, 0, "{args:?}: {}{}", ran.stdout, ran.stderr);
        ran.stdout
    }

    /// Runs `goward ARGS --json`.
    #[track_caller]
    pub(crate) fn json(&self, args: &[&str]) -> serde_json::Value {
        let mut all = args.to_vec();
        all.push("--json");
        serde_json::from_str(&self.ok(&all)).unwrap()
    }
}

/// The minors that Go mends: the two newest of the table in goward, the older one first.
pub(crate) fn supported() -> [String; 2] {
    let released = goward_installer::known_releases().filter(|known| !known.is_prerelease());
    let mut minors: Vec<_> = released.map(|known| known.language()).collect();
    minors.sort();
    minors.dedup();
    let [.., older, newest] = &minors[..] else { panic!("{minors:?}") };
    [older.to_string(), newest.to_string()]
}

/// The same, as messages name them.
pub(crate) fn mended() -> String {
    supported().join(" and ")
}

/// The newest release of the table in goward.
pub(crate) fn newest() -> String {
    let released = goward_installer::known_releases().filter(|known| !known.is_prerelease());
    released.max().unwrap().to_string()
}

/// The result of a process, with the machine's directory as `@`.
pub(crate) fn ran(output: Output, machine: &Machine) -> Ran {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let dir = machine.path("").display().to_string();
    let short = |bytes| text(bytes).replace(dir.trim_end_matches('/'), "@");
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: short(output.stdout),
        stderr: short(output.stderr),
    }
}

/// Makes a program that can be run. Another process writes it: a file that this one had open for
/// writing could not be executed while a child of another test still holds a copy of that handle.
pub(crate) fn script(path: &Path, body: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut shell = tool("sh");
    shell.args(["-c", "cat >\"$1\" && chmod 755 \"$1\"", "sh"]).arg(path).stdin(Stdio::piped());
    let mut child = shell.spawn().unwrap();
    let text = format!("#!/bin/sh\n{body}\n");
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
}

/// Copies a program, for the same reason by way of another process.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    assert!(tool("cp").arg(from).arg(to).status().unwrap().success());
}

fn make_mirror(dir: &Path, versions: &[&str]) {
    fs::create_dir_all(dir).unwrap();
    let archives: Vec<_> = versions.iter().map(|version| archive(version)).collect();
    let files: Vec<_> = versions.iter().map(|version| release::archive(version)).collect();
    for (file, archive) in files.iter().zip(&archives) {
        fs::write(dir.join(file), archive).unwrap();
    }
    let releases = versions.iter().copied().zip(&files).zip(&archives).rev();
    let releases = releases.map(|((version, file), archive)| (version, &**file, &**archive));
    fs::write(dir.join("index.json"), release::index(releases)).unwrap();
}

fn archive(version: &str) -> Vec<u8> {
    let env = r#"printf '{"GOOS":"%s","GOPROXY":"%s","GOVERSION":"go@"}' "$GOOS" "$GOPROXY""#;
    let go = format!(
        "if [ \"$1\" = env ]; then {}; else echo \"go version go{version} $*\"; fi",
        env.replace('@', version)
    );
    release::tar_gz(&release::needed(version, &go))
}
