//! Surroundings that a stranger has made, or a step before.

use super::{Job, set_mode};
use goward_testkit::start::tool;
use std::fs;
use std::os::unix::fs::symlink;

/// A plan fails, and leaves everything as it was.
#[track_caller]
fn refused(job: &Job, words: &str) {
    let ran = job.run(&["plan", "--apply"]);
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains(words), "{}", ran.stderr);
    assert!(!job.root("toolchains").exists(), "nothing was done");
}

#[test]
fn a_directory_for_temporary_files_that_is_a_link_is_refused() {
    let job = Job::new();
    fs::rename(job.m.path("work/_temp"), job.m.path("real")).unwrap();
    symlink(job.m.path("real"), job.m.path("work/_temp")).unwrap();
    refused(&job, "is a link");
    let absent = job.with("RUNNER_TEMP", "/nowhere/at/all");
    refused(&absent, "cannot be read");
    let relative = absent.with("RUNNER_TEMP", ".");
    refused(&relative, "is not an absolute path");
    let none = relative.with("RUNNER_TEMP", "");
    refused(&none, "RUNNER_TEMP is not set");
}

#[test]
fn files_that_are_not_the_runner_s_are_refused() {
    for variable in ["GITHUB_ENV", "GITHUB_PATH", "GITHUB_OUTPUT"] {
        let job = Job::new();
        let outside = job.m.write("home/.bashrc", "").display().to_string();
        let job = job.with(variable, &outside);
        refused(&job, &format!("{variable}=@/home/.bashrc in the environment is not below @/work"));
        let name = job.m.path("work/_temp/file");
        symlink(&outside, &name).unwrap();
        let job = job.with(variable, name.to_str().unwrap());
        refused(&job, "is not a regular file");
        fs::remove_file(&name).unwrap();
        assert!(tool("mkfifo").arg(&name).status().unwrap().success());
        refused(&job, "is not a regular file");
        fs::remove_file(&name).unwrap();
        fs::hard_link(&outside, &name).unwrap();
        refused(&job, "has another name, a hard link");
        fs::remove_file(&name).unwrap();
        let relative = job.with(variable, "set_env");
        refused(&relative, "is not a regular file");
        // By way of a directory that is a link.
        symlink(relative.m.path("home"), relative.m.path("work/_temp/out")).unwrap();
        let name = relative.m.path("work/_temp/out/.bashrc").display().to_string();
        let linked = relative.with(variable, &name);
        refused(&linked, "is not below @/work");
        assert_eq!(linked.m.read("home/.bashrc"), "");
    }
    refused(&Job::new().with("GITHUB_ENV", ""), "GITHUB_ENV is not set");
}

/// Another user of the machine has made the directory, or can write to it.
#[test]
fn a_state_that_others_could_have_written_is_refused() {
    let job = Job::new();
    job.apply(&[]);
    let dir = job.m.path("work/_temp/goward-ci");
    assert_eq!((super::mode(&dir), super::mode(&dir.join("state.json"))), (0o700, 0o600));
    set_mode(&dir, 0o777);
    for args in [&["finish"][..], &["mark"], &["env"], &["plan", "--apply"]] {
        let ran = job.run(args);
        assert_eq!(ran.code, 1, "{args:?}: {}", ran.stderr);
        assert!(
            ran.stderr.contains("goward-ci can be written by other users\nhint: "),
            "{}",
            ran.stderr
        );
    }
    fs::rename(&dir, job.m.path("real")).unwrap();
    set_mode(&job.m.path("real"), 0o700);
    symlink(job.m.path("real"), &dir).unwrap();
    let ran = job.run(&["finish"]);
    assert!(ran.code == 1 && ran.stderr.contains("is not a directory"), "{}", ran.stderr);
    fs::remove_file(&dir).unwrap();
    fs::create_dir(&dir).unwrap();
    set_mode(&dir, 0o700);
    symlink(job.m.path("real/state.json"), dir.join("state.json")).unwrap();
    let ran = job.run(&["finish"]);
    assert!(ran.code == 1 && ran.stderr.contains("cannot read"), "{}", ran.stderr);
    fs::remove_file(dir.join("state.json")).unwrap();
    fs::write(dir.join("state.json"), "{\"format\":1}").unwrap();
    let ran = job.run(&["finish"]);
    assert!(
        ran.code == 1 && ran.stderr.contains("is not a state that goward wrote"),
        "{}",
        ran.stderr
    );
}

/// A state is data: it can name no variable of its own.
#[test]
fn a_state_sets_no_other_variables() {
    let job = Job::new();
    job.apply(&[]);
    let file = "work/_temp/goward-ci/state.json";
    let text = job.m.read(file).replacen("\"env\":[", "\"env\":[[\"LD_PRELOAD\",\"/x\"],", 1);
    job.m.write(file, &text);
    assert!(text.contains("LD_PRELOAD"));
    assert!(!job.ok(&["env", "--format", "sh"]).contains("LD_PRELOAD"));
    let text = text.replacen("\"GOWARD_ROOT\",\"", "\"GOWARD_ROOT\",\"/x\\nLD_PRELOAD=", 1);
    job.m.write(file, &text);
    let before = job.file("set_env");
    let ran = job.run(&["env"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert_eq!(job.file("set_env"), before);
}

/// What the files of a checkout say reaches the log in a form that no CI system takes for a command.
#[test]
fn no_text_of_the_checkout_acts_in_a_log() {
    for text in [
        "::set-env name=PATH::/x",
        "##vso[task.prependpath]/tmp/x",
        "1.22\u{1b}[2J",
        "##[command]x",
    ] {
        let job = Job::new();
        job.m.write("p/.go-version", &format!("{text}\n"));
        job.m.write("p/.tool-versions", &format!("golang {text}\n"));
        job.m.write("p/go.mod", &format!("module m\n\ngo {text}\n"));
        let ran = job.run(&["plan", "--apply", "--json"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let told: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        let log = told["log"].as_array().unwrap().iter().map(|line| line.as_str().unwrap());
        for line in log.chain(ran.stderr.lines()).chain(ran.stdout.lines()) {
            let begins = line.trim_start().starts_with("::");
            assert!(!begins && !line.contains("##[") && !line.contains("##vso["), "{line}");
            assert!(!line.contains('\u{1b}'), "{line:?}");
        }
        for name in ["set_env", "add_path", "set_output"] {
            let file = job.file(name);
            assert!(
                !file.contains("/x") && !file.contains('\u{1b}') && !file.contains("##"),
                "{file}"
            );
        }
    }
}

#[test]
fn entries_that_were_restored_have_harmless_keys() {
    let job = Job::new();
    job.apply(&[]);
    let long = format!("build={}", "x".repeat(600));
    for key in ["build", "build=", "other=x", "build=a,b", "build=a\nb", "build=\u{1b}[2J", &long] {
        let ran = job.run(&["mark", "--restored", key]);
        assert_eq!(ran.code, 2, "{key:?}: {}", ran.stderr);
        assert!(!ran.stderr.contains('\u{1b}'), "{:?}", ran.stderr);
    }
}

/// The repository's sums may be anything; the job goes on without caches.
#[test]
fn sums_that_cannot_be_read_leave_the_caches_alone() {
    let job = Job::new();
    fs::File::create(job.m.path("p/go.sum")).unwrap().set_len(1 << 40).unwrap();
    let told = job.apply(&[]);
    for cache in told["caches"].as_array().unwrap() {
        assert_eq!(cache["read"], false);
        assert!(cache["why"].as_str().unwrap().contains("go.sum"), "{cache:#}");
    }
    job.ok(&["mark"]);
    job.ok(&["finish"]);
}

/// A job of GitLab's, of a push to its default branch.
pub(super) fn gitlab() -> Job {
    let job = Job::new().with("GITHUB_ACTIONS", "").with("GITLAB_CI", "true");
    let checkout = job.m.path("p").display().to_string();
    let job = job.with("CI_PROJECT_DIR", &checkout).with("CI_JOB_ID", "77");
    let job = job.with("CI_PIPELINE_SOURCE", "push").with("CI_DEFAULT_BRANCH", "main");
    job.with("CI_COMMIT_BRANCH", "main")
}

/// On GitLab the caches lie in the checkout, where a repository may have put anything.
#[test]
fn caches_that_a_repository_leads_elsewhere_are_refused() {
    for (link, target) in [
        (".goward", "../victim"),
        (".goward/mod", "../../victim"),
        (".goward/go-build", "../../victim"),
    ] {
        let job = gitlab();
        let checkout = job.m.path("p");
        let kept = job.m.write("victim/cache/download/kept", "x");
        fs::create_dir_all(checkout.join(link).parent().unwrap()).unwrap();
        symlink(target, checkout.join(link)).unwrap();
        refused(&job, "is no directory, and caches would lie there");
        job.run(&["mark"]);
        assert!(kept.exists());
    }
}

/// GitLab restores before the first step, and a tag's job may not use what was built elsewhere.
#[test]
fn a_job_on_gitlab_that_may_not_read_a_build_cache_gets_an_empty_one() {
    let job = gitlab().with("CI_COMMIT_BRANCH", "").with("CI_COMMIT_TAG", "v1.0.0");
    let ran = job.run(&["plan", "--apply", "--json"]);
    assert!(ran.stdout.contains("/.goward/go-build-of-77\""), "{}{}", ran.stdout, ran.stderr);
    assert_eq!(job.m.read("p/.goward/.gitignore"), "*\n");
}
