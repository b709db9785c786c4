//! The occasion of a job: the event that started it, its branch, and whether a fork's code runs.
//!
//! What is not known counts as the worse case: a pull request whose origin no system tells is a fork's, and an
//! event that this table has not is one that others may start.

use super::system::{System, Var};
use serde_json::Value;

/// What started a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A push to a branch.
    Push,
    /// A tag was pushed, or the job is one of a tag.
    Tag,
    /// A pull or merge request; its code runs with the rights of its author.
    PullRequest,
    /// GitHub's `pull_request_target`: a request of any user, with the rights of the repository.
    PullRequestTarget,
    /// Another run has ended.
    WorkflowRun,
    /// A release was made.
    Release,
    /// The clock.
    Schedule,
    /// A person, or a program with a token.
    Manual,
    /// A merge queue tries what it would merge.
    MergeQueue,
    /// Any other.
    Other,
}

/// The branch of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Branch {
    /// The default branch.
    Default,
    /// Another one.
    Other,
    /// The system does not say which is the default branch.
    Unknown,
}

/// The occasion of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occasion {
    /// What started it.
    pub event: Event,
    /// Where.
    pub branch: Branch,
    /// Whether it runs the code of a fork.
    pub fork: bool,
}

impl Occasion {
    /// The occasion by the system's variables and, on GitHub, by the bytes of the file `GITHUB_EVENT_PATH`.
    pub fn of(system: System, var: Var<'_>, payload: Option<&[u8]>) -> Occasion {
        match system {
            System::Github => github(var, payload),
            System::Gitlab => gitlab(var),
            System::Azure => azure(var),
            System::CircleCi => circleci(var),
            System::Buildkite => buildkite(var),
            System::None => Occasion { event: Event::Other, branch: Branch::Unknown, fork: false },
        }
    }
}

fn github(var: Var<'_>, payload: Option<&[u8]>) -> Occasion {
    let payload: Value =
        payload.and_then(|bytes| serde_json::from_slice(bytes).ok()).unwrap_or_default();
    let reference = var("GITHUB_REF").unwrap_or_default();
    let is_tag =
        var("GITHUB_REF_TYPE").as_deref() == Some("tag") || reference.starts_with("refs/tags/");
    let event = match var("GITHUB_EVENT_NAME").unwrap_or_default().as_str() {
        "pull_request" => Event::PullRequest,
        "pull_request_target" => Event::PullRequestTarget,
        "workflow_run" => Event::WorkflowRun,
        "release" => Event::Release,
        "merge_group" => Event::MergeQueue,
        "push" | "schedule" | "workflow_dispatch" if is_tag => Event::Tag,
        "push" => Event::Push,
        "schedule" => Event::Schedule,
        "workflow_dispatch" => Event::Manual,
        _ => Event::Other,
    };
    let default = payload["repository"]["default_branch"].as_str();
    let branch = match (default, reference.strip_prefix("refs/heads/")) {
        (Some(default), Some(branch)) if default == branch => Branch::Default,
        (Some(_), _) => Branch::Other,
        (None, _) => Branch::Unknown,
    };
    let request = &payload["pull_request"];
    let repository = |side: &str| request[side]["repo"]["full_name"].as_str();
    let same = repository("head").is_some() && repository("head") == repository("base");
    let fork = matches!(event, Event::PullRequest | Event::PullRequestTarget) && !same;
    Occasion { event, branch, fork }
}

fn gitlab(var: Var<'_>) -> Occasion {
    let event = match var("CI_PIPELINE_SOURCE").unwrap_or_default().as_str() {
        "merge_request_event" | "external_pull_request_event" => Event::PullRequest,
        // A pipeline that the one of a request has started runs the request's code.
        _ if var("CI_MERGE_REQUEST_PROJECT_ID").is_some() => Event::PullRequest,
        _ if var("CI_COMMIT_TAG").is_some() => Event::Tag,
        "push" => Event::Push,
        "schedule" => Event::Schedule,
        "web" | "api" | "chat" | "trigger" | "pipeline" | "parent_pipeline" => Event::Manual,
        _ => Event::Other,
    };
    let branch = same_branch(var("CI_COMMIT_BRANCH"), var("CI_DEFAULT_BRANCH"));
    let project = var("CI_MERGE_REQUEST_PROJECT_ID");
    let same = project.is_some() && project == var("CI_MERGE_REQUEST_SOURCE_PROJECT_ID");
    Occasion { event, branch, fork: event == Event::PullRequest && !same }
}

fn azure(var: Var<'_>) -> Occasion {
    let is_of = |refs: &str| var("BUILD_SOURCEBRANCH").is_some_and(|name| name.starts_with(refs));
    let is_tag = is_of("refs/tags/");
    let event = match var("BUILD_REASON").unwrap_or_default().as_str() {
        "PullRequest" => Event::PullRequest,
        // A request may be built by hand, too.
        _ if is_of("refs/pull/") => Event::PullRequest,
        "BuildCompletion" | "ResourceTrigger" => Event::WorkflowRun,
        "IndividualCI" | "BatchedCI" | "Manual" | "Schedule" if is_tag => Event::Tag,
        "IndividualCI" | "BatchedCI" => Event::Push,
        "Manual" => Event::Manual,
        "Schedule" => Event::Schedule,
        _ => Event::Other,
    };
    let own = var("SYSTEM_PULLREQUEST_ISFORK").is_some_and(|is| is.eq_ignore_ascii_case("false"));
    Occasion { event, branch: Branch::Unknown, fork: event == Event::PullRequest && !own }
}

fn circleci(var: Var<'_>) -> Occasion {
    let event = match (var("CIRCLE_TAG"), var("CIRCLE_PULL_REQUEST")) {
        (Some(_), _) => Event::Tag,
        (None, Some(_)) => Event::PullRequest,
        (None, None) if var("CIRCLE_BRANCH").is_some() => Event::Push,
        (None, None) => Event::Other,
    };
    // Only the builds of forks have these.
    let fork = ["CIRCLE_PR_NUMBER", "CIRCLE_PR_REPONAME"].iter().any(|key| var(key).is_some());
    Occasion { event, branch: Branch::Unknown, fork }
}

fn buildkite(var: Var<'_>) -> Occasion {
    let is_request = var("BUILDKITE_PULL_REQUEST").is_some_and(|number| number != "false");
    let event = match var("BUILDKITE_SOURCE").unwrap_or_default().as_str() {
        _ if is_request => Event::PullRequest,
        _ if var("BUILDKITE_TAG").is_some() => Event::Tag,
        "schedule" => Event::Schedule,
        "webhook" => Event::Push,
        "ui" | "api" => Event::Manual,
        "trigger_job" => Event::WorkflowRun,
        _ => Event::Other,
    };
    let branch = same_branch(var("BUILDKITE_BRANCH"), var("BUILDKITE_PIPELINE_DEFAULT_BRANCH"));
    let of = |key: &str| var(key).as_deref().and_then(repository);
    let own =
        of("BUILDKITE_REPO").is_some() && of("BUILDKITE_REPO") == of("BUILDKITE_PULL_REQUEST_REPO");
    Occasion { event, branch, fork: is_request && !own }
}

fn same_branch(branch: Option<String>, default: Option<String>) -> Branch {
    match (branch, default) {
        (_, None) => Branch::Unknown,
        (Some(branch), Some(default)) if branch == default => Branch::Default,
        _ => Branch::Other,
    }
}

/// The host, owner and name in a URL of git's: `git@host:owner/name.git` and `https://host/owner/name` are the
/// same repository.
fn repository(url: &str) -> Option<String> {
    let url = url.split_once("://").map_or(url, |(_, rest)| rest);
    let url = url.rsplit_once('@').map_or(url, |(_, rest)| rest);
    let url = url.trim_end_matches('/');
    let url = url.strip_suffix(".git").unwrap_or(url).replace(':', "/").to_ascii_lowercase();
    let is_whole = url.split('/').count() >= 3 && url.split('/').all(|part| !part.is_empty());
    is_whole.then_some(url)
}

#[cfg(test)]
#[path = "occasion_tests.rs"]
mod tests;
