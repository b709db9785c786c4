//! Which Go a job gets, from where, and what later steps are told.

use super::{Job, column, mode, set_mode};
use crate::machine::newest;
use goward_testkit::files::Server;
use goward_testkit::release::archive;
use std::fs;

#[test]
fn a_tool_cache_with_the_newest_go_needs_no_request() {
    let job = Job::new();
    let server = Server::start(&job.m.path("mirror"));
    let job = job.with("GOWARD_MIRROR", &server.url());
    let newest = newest();
    let dry = job.json(&["plan"]);
    assert!(!job.root("").exists() && job.file("set_env").is_empty(), "{dry:#}");
    let told = job.apply(&[]);
    assert_eq!(server.total(), 0);
    for field in ["go_version", "default"] {
        assert_eq!((&told[field], &dry[field]), (&newest.as_str().into(), &told[field]), "{field}");
    }
    assert!(told["pin"].is_null() && told["install"].as_array().unwrap().is_empty());
    assert_eq!(column(&told["adopt"], "version"), [newest.as_str(), "1.22.9"]);
    assert_eq!(column(&told["adopt"], "how"), ["link", "link"]);
    let link = fs::read_link(job.root(&format!("toolchains/go{newest}"))).unwrap();
    assert_eq!(link, job.m.path(&format!("hosted/go/{newest}/x64")));
    assert_eq!(told["goroot"], job.root(&format!("toolchains/go{newest}")).to_str().unwrap());
    assert_eq!(fs::read_to_string(job.root("default")).unwrap(), format!("{newest}\n"));
    assert!(job.root("shims/go").is_file() && job.root("bin/goward").is_file());
    // A second plan finds everything there.
    let again = job.apply(&[]);
    assert!(again["adopt"].as_array().unwrap().is_empty(), "{again:#}");
    assert_eq!(again["go_version"], told["go_version"]);
}

#[test]
fn later_steps_are_told_by_the_files_of_the_runner() {
    let job = Job::new();
    job.m.write("work/_temp/_runner_file_commands/set_env", "X=1");
    let told =
        job.apply(&["--go-line", "minor", "--minimum", "go1.20.1", "--go-version", "1.22.x"]);
    let root = job.root("").display().to_string();
    let root = root.trim_end_matches('/');
    let env = job.file("set_env");
    let mut lines = env.lines();
    assert_eq!(lines.next(), Some("X=1"));
    for (name, value) in [
        ("GOWARD_ROOT", root),
        ("GOWARD_VERSION", "1.22.9"),
        ("GOWARD_GO_LINE", "minor"),
        ("GOWARD_MINIMUM", "1.20.1"),
    ] {
        let (first, end) = lines.next().unwrap().split_once("<<").unwrap();
        assert_eq!((first, lines.next(), lines.next()), (name, Some(value), Some(end)), "{env}");
        assert_eq!(told["env"][name], value);
        assert!(end.len() > 32, "{end}");
    }
    assert_eq!(lines.next(), None, "{env}");
    let path = [format!("{root}/shims"), format!("{root}/bin")];
    let bin = job.m.path("home/go/bin").display().to_string();
    assert_eq!(told["path"], serde_json::json!([path[0], path[1], bin]));
    assert_eq!(job.file("add_path"), format!("{bin}\n{}\n{}\n", path[1], path[0]));
    let output = job.file("set_output");
    assert!(output.starts_with("go-version<<goward_") && output.contains("\n1.22.9\n"), "{output}");
    // Another value each time, which no text in a file can foresee.
    let delimiter = env.lines().nth(1).unwrap().to_owned();
    job.apply(&[]);
    assert_eq!(job.file("set_env").matches(&delimiter).count(), 1);
}

#[test]
fn what_the_tool_cache_lacks_is_installed_by_one_request() {
    let job = Job::new();
    let server = Server::start(&job.m.path("mirror"));
    let job = job.with("GOWARD_MIRROR", &server.url());
    let told = job.apply(&["--default-version", "1.21.13"]);
    assert_eq!(column(&told["install"], "version"), ["1.21.13"]);
    assert_eq!(server.count(&archive("1.21.13")), 1);
    assert_eq!(told["go_version"], "1.21.13");
    let dry = job.json(&["plan", "--default-version", "1.24.0-rc.1"]);
    assert_eq!(column(&dry["install"], "version"), ["1.24rc1"]);
    let ran = job.run(&["plan", "--apply", "--default-version", "1.22.99"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let ran = job.run(&["--offline", "plan", "--apply", "--default-version", "1.23.2"]);
    assert_eq!(ran.code, 4, "{}", ran.stderr);
}

/// The tool cache's newest is not the go line's minor. Which Go runs is a setting, and no fact about the image.
#[test]
fn a_go_line_is_a_minimum_or_its_minor() {
    let job = Job::new();
    job.m.write("p/go.mod", "module m\n\ngo 1.22.1\n");
    let newest = newest();
    assert_eq!(job.apply(&[])["go_version"], newest.as_str());
    let minor = Job::new();
    minor.m.write("p/go.mod", "module m\n\ngo 1.22.1\n");
    let told = minor.apply(&["--go-line", "minor"]);
    assert_eq!(
        (&told["go_version"], &told["default"]),
        (&"1.22.9".into(), &newest.as_str().into())
    );
    // The tool cache's 1.22 is older than the line asks for.
    let older = Job::new();
    older.m.write("p/go.mod", "module m\n\ngo 1.22.10\n");
    let told = older.apply(&["--go-line", "minor"]);
    assert_eq!(
        (&told["go_version"], column(&told["install"], "version")[0]),
        (&"1.22.10".into(), "1.22.10")
    );
    assert!(column(&told["install"], "why")[0].contains("go.mod:3"), "{told:#}");
    // Without an install the first call of go brings it.
    let later = Job::new();
    later.m.write("p/.go-version", "1.23.2\n");
    let told = later.apply(&["--no-install"]);
    assert_eq!(told["go_version"], "1.23.2");
    assert!(told["goroot"].is_null() && !later.root("toolchains/go1.23.2").exists(), "{told:#}");
}

#[test]
fn an_input_pins_the_whole_job() {
    let job = Job::new();
    job.m.write("p/.go-version", "1.21.13\n");
    let told = job.apply(&["--go-version", "1.22\n 1.23.2\n"]);
    assert_eq!((&told["pin"], &told["go_version"]), (&"1.22.9".into(), &"1.22.9".into()));
    assert_eq!(column(&told["install"], "version"), ["1.23.2"], "all are installed");
    assert_eq!(told["env"]["GOWARD_VERSION"], "1.22.9");
    let latest = Job::new().apply(&["--go-version", "1.22", "--check-latest"]);
    assert_eq!(latest["pin"], "1.22.10");
    let file = Job::new();
    file.m.write("p/sub/go.mod", "module m\ngo 1.21.0\ntoolchain go1.22.9\n");
    let told = file.apply(&["--go-version-file", "sub/go.mod", "--go-version", ""]);
    assert_eq!(told["pin"], "1.22.9");
    let log = told["log"].as_array().unwrap().iter().map(|line| line.as_str().unwrap());
    assert!(log.clone().any(|line| line.contains("sub/go.mod:3, by the input go-version-file")));
    // A link of the repository's leads to no other file of the machine.
    file.m.write("home/secret", "1.22.9\n");
    std::os::unix::fs::symlink("../home/secret", file.m.path("p/link")).unwrap();
    for named in ["link", "../home/secret"] {
        let ran = file.run(&["plan", "--go-version-file", named]);
        assert_eq!(ran.code, 2, "{named}: {}", ran.stderr);
        assert!(ran.stderr.contains(" leads out of the checkout, to "), "{}", ran.stderr);
    }
    std::os::unix::fs::symlink("sub/go.mod", file.m.path("p/inner")).unwrap();
    assert_eq!(file.run(&["plan", "--go-version-file", "inner"]).code, 2, "no version of Go");
    let own = file.m.path("home/secret").display().to_string();
    file.ok(&["plan", "--go-version-file", &own]);
}

#[test]
fn inputs_that_make_no_sense_are_refused_before_anything_is_done() {
    let job = Job::new();
    job.m.write("p/bad", "::set-env name=PATH::/x\n");
    for (args, code, words) in [
        (&["--go-version", "1.2"][..], 2, "write it in quotes: '1.20'"),
        (&["--go-version", "1"], 2, "'1.x'"),
        (&["--go-version", "mine"], 2, "names no release"),
        (&["--go-version", "::set-env name=X::y"], 2, "is not a Go version"),
        (&["--go-version-file", "bad"], 2, "/p/bad:1 is not a Go version"),
        (&["--go-version-file", "absent"], 3, "cannot read"),
        (&["--default-version", "system"], 2, "names no release"),
        (&["--minimum", "latest"], 2, "--minimum"),
        (&["--go-line", "exact"], 2, "possible values: minimum, minor"),
        (&["--cache", "yes"], 2, "possible values: auto, true, false, read"),
        (&["--verify", "t9"], 2, "t0"),
        (&["--architecture", "riscv64"], 2, "GOARCH=riscv64"),
        (&["--matrix", "{"], 2, "--matrix is not JSON"),
        (&["--cache-dependency-path", "../x"], 2, "no pattern of files in the checkout"),
        (&["--root", "/a\nb"], 2, "has a line break in its path"),
    ] {
        let ran = job.run(&[&["plan", "--apply"], args].concat());
        assert_eq!(ran.code, code, "{args:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(words), "{args:?}: {}", ran.stderr);
        assert!(
            !ran.stderr.lines().any(|line| line.trim_start().starts_with("::")),
            "{}",
            ran.stderr
        );
    }
    assert!(job.file("set_env").is_empty() && job.file("add_path").is_empty());
    // Empty inputs are none: an action hands over all of them.
    let empty =
        ["--go-version", "", "--go-line", "", "--cache", "", "--verify", "", "--matrix", ""];
    job.apply(&[&empty[..], &["--architecture", "x64", "--minimum", "", "--root", ""]].concat());
}

/// GitHub's images leave the tool cache open to every user.
#[test]
fn a_tree_that_others_may_write_is_closed_and_then_linked() {
    let job = Job::new();
    let newest = newest();
    let goroot = job.m.path(&format!("hosted/go/{newest}/x64"));
    let around = [job.m.path("hosted"), job.m.path("hosted/go"), goroot.parent().unwrap().into()];
    let inside =
        [goroot.clone(), goroot.join("bin"), goroot.join("bin/go"), goroot.join("VERSION")];
    around.iter().chain(&inside).for_each(|path| set_mode(path, 0o777));
    let told = job.apply(&[]);
    let found = told["adopt"].as_array().unwrap();
    assert_eq!((&found[0]["how"], &found[0]["version"]), (&"link".into(), &newest.as_str().into()));
    assert!(inside.iter().all(|path| mode(path) == 0o755));
    assert!(around.iter().all(|path| mode(path) == 0o1777), "other actions write there, too");
    let log = told["log"].to_string();
    assert!(log.contains("took from other users the right to write to "), "{log}");
}

/// As root cannot be asked here: another user's tree is copied.
#[test]
fn a_tree_of_another_user_is_copied() {
    let job = Job::new().with("RUNNER_ENVIRONMENT", "self-hosted");
    let newest = newest();
    let goroot = job.m.path(&format!("hosted/go/{newest}/x64"));
    if !crate::strangers::can_give(&goroot) {
        return;
    }
    let told = job.apply(&["--root", job.root("").to_str().unwrap()]);
    let found = told["adopt"].as_array().unwrap();
    assert_eq!((&found[0]["how"], &found[0]["done"]), (&"copy".into(), &true.into()), "{told:#}");
    let there = job.root(&format!("toolchains/go{newest}"));
    assert!(there.is_dir() && !there.is_symlink());
}

/// No witness vouches for a tree that lies there.
#[test]
fn a_demand_for_a_witness_leaves_the_tool_cache_alone() {
    let job = Job::new();
    let told = job.apply(&["--default-version", "1.22", "--verify", "t3"]);
    assert_eq!(column(&told["install"], "version"), ["1.22.10"]);
    assert!(told["adopt"].as_array().unwrap().is_empty());
    assert!(told["log"].to_string().contains("verify asks for T3"), "{told:#}");
}

#[test]
fn a_machine_that_lasts_keeps_its_root() {
    let job = Job::new().with("RUNNER_ENVIRONMENT", "self-hosted");
    let told = job.apply(&[]);
    assert_eq!(told["root"], job.m.path("hosted/goward/root").to_str().unwrap());
    assert!(told["caches"].as_array().unwrap().iter().all(|cache| cache["read"] == false));
    let other = Job::new().with("GITHUB_ACTIONS", "").with("CI", "true");
    let told = other.apply(&[]);
    assert_eq!(
        (&told["system"], &told["root"]),
        (&"none".into(), &other.m.root("").to_str().unwrap().trim_end_matches('/').into())
    );
    assert!(other.file("set_env").is_empty());
}

#[test]
fn later_steps_of_other_systems_read_lines() {
    let job = Job::new().with("GITHUB_ACTIONS", "").with("GITLAB_CI", "true");
    let checkout = job.m.path("p").display().to_string();
    let job = job.with("CI_PROJECT_DIR", &checkout).with("CI_JOB_ID", "7");
    let job = job.with("CI_PIPELINE_SOURCE", "push").with("CI_DEFAULT_BRANCH", "main");
    let job = job.with("CI_COMMIT_BRANCH", "main");
    let told = job.apply(&["--go-version", "1.22.9"]);
    let here = job.m.path("p/.goward").display().to_string();
    assert_eq!(told["env"]["GOMODCACHE"], format!("{here}/mod"));
    let lines = job.ok(&["env"]);
    let root = job.m.root("").display().to_string();
    let root = root
        .trim_end_matches('/')
        .replace(job.m.path("").to_str().unwrap().trim_end_matches('/'), "@");
    assert!(
        lines.starts_with(&format!("export GOWARD_ROOT={root}\nexport GOWARD_VERSION=1.22.9\n")),
        "{lines}"
    );
    assert!(lines.contains("\nexport GOCACHE=@/p/.goward/go-build\n"), "{lines}");
    assert!(
        lines.ends_with(&format!("export PATH={root}/shims:{root}/bin:@/home/go/bin:\"$PATH\"\n")),
        "{lines}"
    );
    let azure = job.ok(&["env", "--format", "azure"]);
    assert!(
        azure.starts_with(&format!("##vso[task.setvariable variable=GOWARD_ROOT]{root}\n")),
        "{azure}"
    );
    assert!(azure.ends_with(&format!("##vso[task.prependpath]{root}/shims\n")), "{azure}");
    let json: serde_json::Value =
        serde_json::from_str(&job.ok(&["env", "--format", "json"])).unwrap();
    assert_eq!(json["env"]["GOWARD_VERSION"], "1.22.9");
    for form in ["sh", "gitlab", "circleci", "buildkite"] {
        assert_eq!(job.ok(&["env", "--format", form]), lines);
    }
    // Another job of the same machine has a plan of its own, or none.
    let other = job.with("CI_JOB_ID", "8");
    assert_eq!(other.run(&["finish"]).code, 1);
    assert!(!other.ok(&["env"]).contains("GOWARD_VERSION"));
}
