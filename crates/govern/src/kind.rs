//! Kinds of files that a check reads, by their names.

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
    /// A Dockerfile.
    Dockerfile,
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
            ".goward.toml" if path == name => FileKind::Policy,
            "action.yml" | "action.yaml" => FileKind::Action,
            _ if yaml() && is_workflow_directory(dir) => FileKind::Workflow,
            _ if is_dockerfile(name) => FileKind::Dockerfile,
            _ if crate::pins::FILES.iter().any(|(file, _)| *file == name) => FileKind::Peer,
            _ => return None,
        })
    }

    /// Whether Go itself reads it.
    pub fn is_module(self) -> bool {
        matches!(self, FileKind::Module | FileKind::Work)
    }
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
    !other && (begins("Dockerfile") || begins("Containerfile") || name.ends_with(".Dockerfile"))
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
            ("Dockerfile.md", None),
            ("Dockerfile_test.go", None),
            ("a/.goward.toml", None),
            (".goward.toml", Some(FileKind::Policy)),
            (".mise.toml", Some(FileKind::Peer)),
            ("go.mod.txt", None),
        ] {
            assert_eq!(FileKind::of(path), kind, "{path}");
        }
    }
}
