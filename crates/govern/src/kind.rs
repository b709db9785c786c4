//! Kinds of files that a check reads, by their names.

/// The name of the policy of `goward check`.
pub(crate) const POLICY: &str = ".goward.toml";

/// A kind of file that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileKind {
    /// `go.mod`.
    Module,
    /// `go.work`.
    Work,
    /// `.go-version` and `.tool-versions`.
    Pin,
    /// `.goenv`.
    Goenv,
    /// The TOML files of mise, vfox and proto.
    Peer,
    /// A workflow of GitHub's, Gitea's or Forgejo's.
    Workflow,
    /// An action that is made of steps.
    Action,
    /// A Dockerfile, or Earthly's.
    Dockerfile,
    /// A pipeline of GitLab's.
    Gitlab,
    /// The configuration of CircleCI.
    Circle,
    /// The configuration of Travis.
    Travis,
    /// A pipeline of Azure's.
    Azure,
    /// A pipeline of another system, of which images are read.
    Pipeline,
    /// A compose file.
    Compose,
    /// `devcontainer.json`.
    Devcontainer,
    /// `devbox.json`.
    Devbox,
    /// The settings of golangci-lint.
    Golangci,
    /// The settings of goreleaser.
    Goreleaser,
    /// The settings of pre-commit.
    PreCommit,
    /// The settings of promu.
    Promu,
    /// A Makefile.
    Makefile,
    /// Variables of a shell, in a `.env` file or one that ends so.
    Dotenv,
    /// A script or a file of another tool, of which marked lines count.
    Other,
    /// `.goward.toml` at the top.
    Policy,
}

impl FileKind {
    /// The kind of a file, by its path from the top.
    pub fn of(path: &str) -> Option<FileKind> {
        let (dir, name) = path.rsplit_once('/').unwrap_or(("", path));
        let yaml = || name.ends_with(".yml") || name.ends_with(".yaml");
        Some(match name {
            "go.mod" => FileKind::Module,
            "go.work" => FileKind::Work,
            ".go-version" | ".tool-versions" => FileKind::Pin,
            ".goenv" => FileKind::Goenv,
            POLICY if path == name => FileKind::Policy,
            "action.yml" | "action.yaml" => FileKind::Action,
            "devcontainer.json" | ".devcontainer.json" => FileKind::Devcontainer,
            "devbox.json" => FileKind::Devbox,
            ".golangci.toml" | ".golangci.json" => FileKind::Golangci,
            "Jenkinsfile" | "Justfile" | "justfile" | "MODULE.bazel" | "WORKSPACE" | ".envrc" => {
                FileKind::Other
            }
            _ if yaml() => return of_yaml(dir, name),
            _ if is_dockerfile(name) => FileKind::Dockerfile,
            _ if is_makefile(name) => FileKind::Makefile,
            _ if name == ".env" || name.starts_with(".env.") || name.ends_with(".env") => {
                FileKind::Dotenv
            }
            _ if name.ends_with(".sh") || name.ends_with(".bash") => FileKind::Other,
            _ if crate::pins::FILES.iter().any(|(file, _)| *file == name) => FileKind::Peer,
            _ => return None,
        })
    }

    /// Whether Go itself reads it.
    pub fn is_module(self) -> bool {
        matches!(self, FileKind::Module | FileKind::Work)
    }

    /// Whether it says by itself which Go, to Go or to goward.
    pub(crate) fn is_of_go(self) -> bool {
        use FileKind::{Goenv, Pin, Policy};
        self.is_module() || matches!(self, Pin | Goenv | Policy)
    }
}

/// The kind of a YAML file. Of a CI system's only the file at the top counts: others are those of projects
/// that lie here.
fn of_yaml(dir: &str, name: &str) -> Option<FileKind> {
    let stem = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml"))?;
    let top = dir.is_empty();
    Some(match stem {
        _ if is_workflow_directory(dir) => FileKind::Workflow,
        ".gitlab-ci" if top => FileKind::Gitlab,
        _ if stem != ".gitlab-ci" && stem.ends_with(".gitlab-ci") || dir == ".gitlab/ci" => {
            FileKind::Gitlab
        }
        _ if dir == ".circleci" => FileKind::Circle,
        ".travis" if top => FileKind::Travis,
        _ if top && stem.starts_with("azure-pipelines") => FileKind::Azure,
        _ if matches!(dir, ".azure-pipelines" | ".azuredevops") => FileKind::Azure,
        "bitbucket-pipelines" | ".drone" | ".woodpecker" | ".cirrus" if top => FileKind::Pipeline,
        _ if top && stem.starts_with("cloudbuild") => FileKind::Pipeline,
        _ if matches!(dir, ".woodpecker" | ".buildkite" | ".tekton") => FileKind::Pipeline,
        _ if is_compose(stem) => FileKind::Compose,
        ".golangci" => FileKind::Golangci,
        ".goreleaser" | "goreleaser" => FileKind::Goreleaser,
        ".pre-commit-config" => FileKind::PreCommit,
        ".promu" => FileKind::Promu,
        "Taskfile" | "taskfile" | "appveyor" | ".appveyor" => FileKind::Other,
        _ => return None,
    })
}

fn is_compose(stem: &str) -> bool {
    ["compose", "docker-compose"].into_iter().any(|word| {
        stem.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']))
    })
}

/// Whether a file is not read, and that it is there counts.
pub(crate) fn counts_by_presence(path: &str) -> bool {
    matches!(crate::repo::name_of(path), "go.sum" | "go.work.sum" | "modules.txt")
}

fn is_makefile(name: &str) -> bool {
    matches!(name, "Makefile" | "makefile" | "GNUmakefile")
        || name.starts_with("Makefile.") && !name.ends_with(".md")
        || name.ends_with(".mk")
}

fn is_workflow_directory(dir: &str) -> bool {
    matches!(dir, ".github/workflows" | ".gitea/workflows" | ".forgejo/workflows")
}

fn is_dockerfile(name: &str) -> bool {
    let begins = |word: &str| {
        name.strip_prefix(word)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']))
    };
    let code = [".go", ".md", ".sh", ".py", ".tmpl", ".dockerignore"];
    let other = code.iter().any(|end| name.ends_with(end));
    !other
        && (name == "Earthfile"
            || begins("Dockerfile")
            || begins("Containerfile")
            || matches!(name, "dockerfile" | "containerfile")
            || name.ends_with(".Dockerfile")
            || name.ends_with(".dockerfile"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_known_by_paths() {
        for (path, kind) in [
            (".github/workflows/a.yaml", Some(FileKind::Workflow)),
            (".gitea/workflows/a.yml", Some(FileKind::Workflow)),
            ("x/.github/workflows/a.yml", None),
            (".github/actions/a/action.yml", Some(FileKind::Action)),
            ("a/Dockerfile", Some(FileKind::Dockerfile)),
            ("Dockerfile.dev", Some(FileKind::Dockerfile)),
            ("api.Dockerfile", Some(FileKind::Dockerfile)),
            ("Containerfile", Some(FileKind::Dockerfile)),
            ("a/dockerfile", Some(FileKind::Dockerfile)),
            ("containerfile", Some(FileKind::Dockerfile)),
            ("build/api.dockerfile", Some(FileKind::Dockerfile)),
            ("dockerfile.js", None),
            ("Dockerfile.md", None),
            ("Dockerfile_test.go", None),
            ("a/.goward.toml", None),
            (".goward.toml", Some(FileKind::Policy)),
            (".mise.toml", Some(FileKind::Peer)),
            ("a/devbox.json", Some(FileKind::Devbox)),
            ("go.mod.txt", None),
            (".gitlab-ci.yml", Some(FileKind::Gitlab)),
            ("ci/go.gitlab-ci.yml", Some(FileKind::Gitlab)),
            ("third_party/x/.gitlab-ci.yml", None),
            ("third_party/x/.travis.yml", None),
            (".circleci/config.yml", Some(FileKind::Circle)),
            ("azure-pipelines.release.yml", Some(FileKind::Azure)),
            ("cloudbuild.yaml", Some(FileKind::Pipeline)),
            (".woodpecker/test.yaml", Some(FileKind::Pipeline)),
            ("deploy/docker-compose.dev.yml", Some(FileKind::Compose)),
            ("compose.yaml", Some(FileKind::Compose)),
            ("composer.yaml", None),
            (".devcontainer/go/devcontainer.json", Some(FileKind::Devcontainer)),
            ("a/.golangci.yaml", Some(FileKind::Golangci)),
            ("a/.golangci.toml", Some(FileKind::Golangci)),
            (".golangci.json", Some(FileKind::Golangci)),
            ("build/common.mk", Some(FileKind::Makefile)),
            ("Makefile", Some(FileKind::Makefile)),
            (".env.ci", Some(FileKind::Dotenv)),
            ("versions.env", Some(FileKind::Dotenv)),
            ("hack/build.sh", Some(FileKind::Other)),
            ("Earthfile", Some(FileKind::Dockerfile)),
            ("config.yml", None),
        ] {
            assert_eq!(FileKind::of(path), kind, "{path}");
        }
    }
}
