//! CI systems, and the variables by which each is known.

/// Reads a variable that is set, not empty, and text.
pub type Var<'v> = &'v dyn Fn(&str) -> Option<String>;

/// A CI system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// GitHub Actions, and what acts as it.
    Github,
    /// GitLab CI.
    Gitlab,
    /// Azure Pipelines.
    Azure,
    /// CircleCI.
    CircleCi,
    /// Buildkite.
    Buildkite,
    /// Another one, or none.
    None,
}

/// The systems, in the order of [`System::NAMES`].
const ALL: [System; 6] = [
    System::Github,
    System::Gitlab,
    System::Azure,
    System::CircleCi,
    System::Buildkite,
    System::None,
];

/// The variable that each sets. GitHub's has to be `true`: other programs set it, too.
const MARKS: [(System, &str, Option<&str>); 5] = [
    (System::Github, "GITHUB_ACTIONS", Some("true")),
    (System::Gitlab, "GITLAB_CI", None),
    (System::Azure, "TF_BUILD", None),
    (System::CircleCi, "CIRCLECI", None),
    (System::Buildkite, "BUILDKITE", None),
];

impl System {
    /// The names on the command line and in JSON.
    pub const NAMES: [&'static str; 6] =
        ["github", "gitlab", "azure", "circleci", "buildkite", "none"];

    /// The system whose variable is set.
    pub fn of(var: Var<'_>) -> System {
        let is_set = |(_, key, value): &&(System, &str, Option<&str>)| {
            var(key).is_some_and(|found| value.is_none_or(|value| found == value))
        };
        MARKS.iter().find(is_set).map_or(System::None, |(system, ..)| *system)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        let named = ALL.iter().zip(System::NAMES).find(|(system, _)| **system == self);
        named.map_or("none", |(_, name)| name)
    }

    /// The system of a name.
    pub fn parse(name: &str) -> Option<System> {
        ALL.into_iter()
            .zip(System::NAMES)
            .find(|(_, known)| *known == name)
            .map(|(system, _)| system)
    }

    /// The directory of the checkout, as the system's variable names it.
    pub fn checkout(self, var: Var<'_>) -> Option<String> {
        var(match self {
            System::Github => "GITHUB_WORKSPACE",
            System::Gitlab => "CI_PROJECT_DIR",
            System::Azure => "BUILD_SOURCESDIRECTORY",
            System::CircleCi => "CIRCLE_WORKING_DIRECTORY",
            System::Buildkite => "BUILDKITE_BUILD_CHECKOUT_PATH",
            System::None => return None,
        })
    }

    /// The system's directory for temporary files of one job.
    pub fn temporary(self, var: Var<'_>) -> Option<String> {
        match self {
            System::Github => var("RUNNER_TEMP"),
            System::Azure => var("AGENT_TEMPDIRECTORY"),
            _ => None,
        }
    }

    /// The directory in which the machine's image, or an earlier job, keeps tools.
    pub fn tool_cache(self, var: Var<'_>) -> Option<String> {
        match self {
            System::Github => var("RUNNER_TOOL_CACHE"),
            System::Azure => var("AGENT_TOOLSDIRECTORY"),
            _ => None,
        }
    }

    /// What tells this job from all others of the system, if the system says it.
    pub fn job(self, var: Var<'_>) -> Vec<String> {
        let keys: &[&str] = match self {
            System::Github => &["GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT", "GITHUB_JOB"],
            System::Gitlab => &["CI_JOB_ID"],
            System::Azure => &["SYSTEM_JOBID", "SYSTEM_JOBATTEMPT"],
            System::CircleCi => &["CIRCLE_WORKFLOW_JOB_ID", "CIRCLE_BUILD_NUM"],
            System::Buildkite => &["BUILDKITE_JOB_ID"],
            System::None => &[],
        };
        keys.iter().map(|key| var(key).unwrap_or_default()).collect()
    }

    /// The names that say which job of the project this is, in each of its runs.
    pub fn kind_of_job(self, var: Var<'_>) -> Vec<String> {
        let keys: &[&str] = match self {
            System::Github => &["GITHUB_WORKFLOW", "GITHUB_JOB"],
            System::Gitlab => &["CI_JOB_NAME"],
            System::Azure => &["SYSTEM_DEFINITIONID", "SYSTEM_JOBNAME"],
            System::CircleCi => &["CIRCLE_JOB"],
            System::Buildkite => {
                &["BUILDKITE_PIPELINE_SLUG", "BUILDKITE_STEP_KEY", "BUILDKITE_LABEL"]
            }
            System::None => &[],
        };
        keys.iter().map(|key| var(key).unwrap_or_default()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_system_is_known_by_its_variable() {
        for (key, value, is) in [
            ("GITHUB_ACTIONS", "true", "github"),
            ("GITHUB_ACTIONS", "1", "none"),
            ("GITLAB_CI", "true", "gitlab"),
            ("TF_BUILD", "True", "azure"),
            ("CIRCLECI", "true", "circleci"),
            ("BUILDKITE", "true", "buildkite"),
            ("CI", "true", "none"),
        ] {
            let var = |asked: &str| (asked == key).then(|| value.to_owned());
            let system = System::of(&var);
            assert_eq!(system.name(), is, "{key}");
            assert_eq!(System::parse(is), Some(system));
        }
        assert_eq!(System::parse("jenkins"), None);
        assert!(System::NAMES.iter().all(|name| System::parse(name).is_some()));
    }
}
