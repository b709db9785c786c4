//! The table of events of each system.

use super::*;

fn of(system: System, vars: &[(&str, &str)], payload: Option<&str>) -> Occasion {
    let var = |key: &str| {
        vars.iter().find(|(known, _)| *known == key).map(|(_, value)| (*value).to_owned())
    };
    Occasion::of(system, &var, payload.map(str::as_bytes))
}

const REPOSITORY: &str = r#"{"repository":{"default_branch":"trunk"}}"#;

/// GitHub's occasion with a payload about a pull request from `head` to `o/r`.
fn github(event: &str, reference: &str, head: Option<&str>) -> Occasion {
    let head = head.map_or("null".to_owned(), |name| format!("{{\"full_name\":\"{name}\"}}"));
    let payload = format!(
        "{{\"repository\":{{\"default_branch\":\"trunk\"}},\"pull_request\":{{\
         \"head\":{{\"repo\":{head}}},\"base\":{{\"repo\":{{\"full_name\":\"o/r\"}}}}}}}}"
    );
    let vars = [("GITHUB_EVENT_NAME", event), ("GITHUB_REF", reference)];
    of(System::Github, &vars, Some(&payload))
}

#[test]
fn events_of_github() {
    use Branch::{Default, Other};
    let (trunk, topic, tag, merge) =
        ("refs/heads/trunk", "refs/heads/topic", "refs/tags/v1", "refs/pull/1/merge");
    for (event, reference, head, is, branch, fork) in [
        ("push", trunk, None, Event::Push, Default, false),
        ("push", topic, None, Event::Push, Other, false),
        // A tag with the name of the default branch is no push to it.
        ("push", "refs/tags/trunk", None, Event::Tag, Other, false),
        ("push", tag, None, Event::Tag, Other, false),
        ("pull_request", merge, Some("o/r"), Event::PullRequest, Other, false),
        ("pull_request", merge, Some("x/r"), Event::PullRequest, Other, true),
        // The fork was deleted.
        ("pull_request", merge, None, Event::PullRequest, Other, true),
        ("pull_request_target", trunk, Some("x/r"), Event::PullRequestTarget, Default, true),
        ("pull_request_target", trunk, Some("o/r"), Event::PullRequestTarget, Default, false),
        ("workflow_run", trunk, None, Event::WorkflowRun, Default, false),
        ("release", tag, None, Event::Release, Other, false),
        ("schedule", trunk, None, Event::Schedule, Default, false),
        ("workflow_dispatch", trunk, None, Event::Manual, Default, false),
        ("workflow_dispatch", topic, None, Event::Manual, Other, false),
        ("workflow_dispatch", tag, None, Event::Tag, Other, false),
        ("merge_group", "refs/heads/gh-readonly-queue/x", None, Event::MergeQueue, Other, false),
        ("issue_comment", trunk, None, Event::Other, Default, false),
        ("", trunk, None, Event::Other, Default, false),
    ] {
        let found = github(event, reference, head);
        assert_eq!(found, Occasion { event: is, branch, fork }, "{event} {reference} {head:?}");
    }
}

/// A payload that says nothing makes neither a default branch nor a request of one's own.
#[test]
fn what_github_does_not_say_is_the_worse_case() {
    let vars = [("GITHUB_EVENT_NAME", "pull_request"), ("GITHUB_REF", "refs/heads/main")];
    for payload in [None, Some(""), Some("[]"), Some("{\"repository\":7}"), Some("\u{0}")] {
        let found = of(System::Github, &vars, payload);
        assert!(found.fork && found.branch == Branch::Unknown, "{payload:?}: {found:?}");
    }
    let deep = "[".repeat(100_000);
    assert!(of(System::Github, &vars, Some(&deep)).fork);
    let tag = [("GITHUB_EVENT_NAME", "push"), ("GITHUB_REF_TYPE", "tag")];
    assert_eq!(of(System::Github, &tag, Some(REPOSITORY)).event, Event::Tag);
}

#[test]
fn events_of_the_others() {
    let gitlab = |source: &'static str, more: &[(&'static str, &'static str)]| {
        let vars =
            [&[("CI_PIPELINE_SOURCE", source), ("CI_DEFAULT_BRANCH", "main")], more].concat();
        of(System::Gitlab, &vars, None)
    };
    let is = |event, branch, fork| Occasion { event, branch, fork };
    assert_eq!(
        gitlab("push", &[("CI_COMMIT_BRANCH", "main")]),
        is(Event::Push, Branch::Default, false)
    );
    assert_eq!(gitlab("push", &[("CI_COMMIT_TAG", "v1")]).event, Event::Tag);
    assert_eq!(gitlab("schedule", &[]).event, Event::Schedule);
    let request = |from| {
        let ids =
            [("CI_MERGE_REQUEST_PROJECT_ID", "1"), ("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", from)];
        gitlab("merge_request_event", &ids)
    };
    assert!(!request("1").fork && request("2").fork && gitlab("merge_request_event", &[]).fork);
    assert_eq!(gitlab("ondemand_dast_scan", &[]).event, Event::Other);

    let azure = |reason, more: &[(&'static str, &'static str)]| {
        of(System::Azure, &[&[("BUILD_REASON", reason)], more].concat(), None)
    };
    assert_eq!(azure("IndividualCI", &[]), is(Event::Push, Branch::Unknown, false));
    assert_eq!(azure("Manual", &[("BUILD_SOURCEBRANCH", "refs/tags/v1")]).event, Event::Tag);
    assert!(azure("PullRequest", &[]).fork);
    assert!(!azure("PullRequest", &[("SYSTEM_PULLREQUEST_ISFORK", "False")]).fork);
    assert_eq!(azure("ResourceTrigger", &[]).event, Event::WorkflowRun);

    let circle = |vars: &[(&str, &str)]| of(System::CircleCi, vars, None);
    assert_eq!(circle(&[("CIRCLE_TAG", "v1")]).event, Event::Tag);
    assert_eq!(circle(&[("CIRCLE_BRANCH", "main")]).event, Event::Push);
    let request = [("CIRCLE_PULL_REQUEST", "https://x/pull/1"), ("CIRCLE_PR_NUMBER", "1")];
    assert!(!circle(&request[..1]).fork && circle(&request).fork);

    let kite = |vars: &[(&'static str, &'static str)]| {
        let always = [
            ("BUILDKITE_SOURCE", "webhook"),
            ("BUILDKITE_BRANCH", "main"),
            ("BUILDKITE_PIPELINE_DEFAULT_BRANCH", "main"),
            ("BUILDKITE_REPO", "git@github.com:o/r.git"),
        ];
        of(System::Buildkite, &[vars, &always].concat(), None)
    };
    assert_eq!(kite(&[]), is(Event::Push, Branch::Default, false));
    assert_eq!(kite(&[("BUILDKITE_PULL_REQUEST", "false")]).event, Event::Push);
    let request =
        |from| kite(&[("BUILDKITE_PULL_REQUEST", "3"), ("BUILDKITE_PULL_REQUEST_REPO", from)]);
    for (from, fork) in [
        ("git://github.com/o/r.git", false),
        ("https://github.com/O/r", false),
        ("https://github.com/x/r", true),
        ("https://other.example/o/r", true),
        ("", true),
    ] {
        assert_eq!(request(from), is(Event::PullRequest, Branch::Default, fork), "{from}");
    }
}

/// Whatever has started it, the code is the request's.
#[test]
fn a_job_on_a_request_s_code_is_a_request() {
    let fork = Occasion { event: Event::PullRequest, branch: Branch::Other, fork: true };
    for source in ["parent_pipeline", "pipeline", "web"] {
        let vars = [
            ("CI_PIPELINE_SOURCE", source),
            ("CI_DEFAULT_BRANCH", "main"),
            ("CI_MERGE_REQUEST_PROJECT_ID", "1"),
            ("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "2"),
        ];
        assert_eq!(of(System::Gitlab, &vars, None), fork, "{source}");
    }
    let vars = [("BUILD_REASON", "Manual"), ("BUILD_SOURCEBRANCH", "refs/pull/5/merge")];
    assert!(of(System::Azure, &vars, None).fork);
}
