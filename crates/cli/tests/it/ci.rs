//! `goward ci`: jobs whose CI system is made of variables and files, some of them a stranger's.

mod caches;
mod hostile;
mod lasting;
mod page;
mod plan;
mod restored;
mod settings;
mod tool_cache;

use crate::life::tree;
use crate::machine::{Machine, Ran, newest, ran};
use crate::schema;
use crate::setup::unpacked;
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A job of GitHub's on a machine of its own.
pub(crate) struct Job {
    pub(crate) m: Machine,
    goward: PathBuf,
}

impl Job {
    /// A job that a push to the default branch started, of a runner whose tool cache has the newest Go and an
    /// older one.
    pub(crate) fn new() -> Job {
        let m = Machine::new();
        let goward = unpacked(&m);
        for name in ["set_env", "add_path", "set_output"] {
            m.write(&format!("work/_temp/_runner_file_commands/{name}"), "");
        }
        let at = |name: &str| m.path(name).display().to_string();
        let vars = [
            ("GITHUB_ACTIONS", "true".to_owned()),
            ("RUNNER_ENVIRONMENT", "github-hosted".to_owned()),
            ("RUNNER_TEMP", at("work/_temp")),
            ("RUNNER_TOOL_CACHE", at("hosted")),
            ("GITHUB_WORKSPACE", at("p")),
            ("GITHUB_ENV", at("work/_temp/_runner_file_commands/set_env")),
            ("GITHUB_PATH", at("work/_temp/_runner_file_commands/add_path")),
            ("GITHUB_OUTPUT", at("work/_temp/_runner_file_commands/set_output")),
            ("GITHUB_EVENT_PATH", at("work/event.json")),
            ("GITHUB_WORKFLOW", "ci".to_owned()),
            ("GITHUB_JOB", "test".to_owned()),
            ("GITHUB_RUN_ID", "42".to_owned()),
            ("GITHUB_RUN_ATTEMPT", "1".to_owned()),
            ("ImageOS", "ubuntu24".to_owned()),
        ];
        let m = vars.iter().fold(m, |m, (key, value)| m.with(key, value));
        let job = Job { m, goward }.caused_by("push", "refs/heads/main");
        for version in [newest(), "1.22.9".to_owned()] {
            job.cache(&version);
        }
        job
    }

    /// The same, started by another event.
    pub(crate) fn caused_by(self, event: &str, reference: &str) -> Job {
        self.m.write("work/event.json", "{\"repository\":{\"default_branch\":\"main\"}}");
        self.with("GITHUB_EVENT_NAME", event).with("GITHUB_REF", reference)
    }

    /// The same with another variable.
    pub(crate) fn with(self, key: &str, value: &str) -> Job {
        Job { m: self.m.with(key, value), ..self }
    }

    /// Puts a tree into the tool cache.
    pub(crate) fn cache(&self, version: &str) -> PathBuf {
        tree(&self.m, &format!("hosted/go/{version}/x64"), version);
        self.m.write(&format!("hosted/go/{version}/x64.complete"), "");
        self.m.path(&format!("hosted/go/{version}/x64"))
    }

    /// `goward ARGS`, of the goward that the job has taken.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        self.m.command_of(&self.goward, args)
    }

    /// `goward ci ARGS`.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        let args = [&["ci"], args].concat();
        let output = self.command(&args).output().unwrap();
        schema::check(&args, &output.stdout);
        ran(output, &self.m)
    }

    #[track_caller]
    pub(crate) fn ok(&self, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, 0, "{args:?}: {}{}", ran.stdout, ran.stderr);
        ran.stdout
    }

    #[track_caller]
    pub(crate) fn json(&self, args: &[&str]) -> Value {
        // Paths in JSON are whole.
        let here = self.m.path("").display().to_string();
        let text = self.ok(&[args, &["--json"]].concat());
        serde_json::from_str(&text.replace("@/", &here)).unwrap()
    }

    /// `goward ci plan --apply ARGS --json`.
    #[track_caller]
    pub(crate) fn apply(&self, args: &[&str]) -> Value {
        self.json(&[&["plan", "--apply"], args].concat())
    }

    /// A file of the runner.
    pub(crate) fn file(&self, name: &str) -> String {
        self.m.read(&format!("work/_temp/_runner_file_commands/{name}"))
    }

    /// A path below the job's root.
    pub(crate) fn root(&self, name: &str) -> PathBuf {
        self.m.path("work/_temp/goward").join(name)
    }
}

/// The values of a field of all rows.
pub(crate) fn column<'v>(rows: &'v Value, field: &str) -> Vec<&'v str> {
    rows.as_array().unwrap().iter().map(|row| row[field].as_str().unwrap()).collect()
}

pub(crate) fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

pub(crate) fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}
