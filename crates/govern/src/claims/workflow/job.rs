//! One job of a workflow, or the steps of an action: which Go its steps set up, and whether they build
//! this repository with it.

use super::super::{
    Builds, COMPUTED, ClaimKind, ELSEWHERE, Hint, LINTER, ReadsGoLine, Use, Uses,
    setup_go as grammar,
};
use super::built::{Built, Start};
use super::{Reader, Scope, scalars, setup_go, version_file};
use crate::claims::means::{Left, Means};
use crate::claims::switch::{Says, Switch};
use crate::claims::yaml::Node;
use crate::finding::{Finding, Place};
use crate::repo::{name_of, resolve};
use crate::rule::Rule;
use std::rc::Rc;

/// Where the steps stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Workflow,
    Action,
}

/// What is known of a job before its steps are looked at.
pub(super) struct Job<'y> {
    node: &'y Node,
    steps: &'y [Rc<Node>],
    kind: Kind,
    /// Whether it checks out this repository at the commit that runs it, and nothing else.
    here: bool,
    /// The line in which it sets up a second Go.
    second: Option<u32>,
    built: Built,
}

/// What a workflow writes for the commit that it was started for.
const OWN_REFS: [&str; 6] = [
    "github.ref",
    "github.ref_name",
    "github.sha",
    "github.head_ref",
    "github.event.pull_request.head.ref",
    "github.event.pull_request.head.sha",
];

/// Whether a value is empty, or one of these expressions.
fn is_one_of(text: &str, own: &[&str]) -> bool {
    let inner = text.trim().strip_prefix("${{").and_then(|rest| rest.strip_suffix("}}"));
    text.trim().is_empty() || inner.is_some_and(|inner| own.contains(&inner.trim()))
}

impl<'y> Job<'y> {
    pub(super) fn of(node: &'y Node, tree: &'y Node, kind: Kind) -> Job<'y> {
        let steps = node.get("steps").map_or(&[][..], |steps| steps.items());
        let uses = |step: &Node| step.get("uses").and_then(|uses| uses.text()).map(str::to_owned);
        let setups = steps.iter().filter(|step| uses(step).is_some_and(|u| setup_go(&u).is_some()));
        let checkouts: Vec<_> = steps
            .iter()
            .filter(|step| uses(step).is_some_and(|uses| uses.contains("checkout@")))
            .collect();
        let plain = |step: &&Rc<Node>| {
            let with = step.get("with");
            let is_own = |key: &str, own: &[&str]| {
                let value = with.and_then(|with| with.get(key));
                value.is_none_or(|value| value.text().is_some_and(|text| is_one_of(text, own)))
            };
            is_own("ref", &OWN_REFS)
                && is_own("repository", &["github.repository"])
                && is_own("path", &[])
        };
        let here = !checkouts.is_empty() && checkouts.iter().all(plain);
        let second = setups.skip(1).map(|step| step.line).next();
        Job { node, steps, kind, here, second, built: Built::of(node, tree, steps) }
    }

    /// What is built with one of its Go that starts so.
    fn builds(&self, start: Start) -> Uses {
        if self.kind == Kind::Workflow && !self.here {
            return Uses::one(Builds::Elsewhere, "");
        }
        if let Some(line) = self.second {
            let words = "this job sets up another Go, too".to_owned();
            return Uses::one(
                Use { why: Some(Hint { line, words }), ..Builds::Doubtful.into() },
                "",
            );
        }
        match self.kind {
            Kind::Workflow => self.built.with(start),
            Kind::Action if self.built.is_doubtful() => Uses::one(self.built.unsure(), ""),
            Kind::Action => match self.built.with(start) {
                fixed if self.here && fixed.builds() == Builds::Fixed => fixed,
                // The job that uses an action builds, and may say that Go switches.
                _ => Uses::one(Builds::Switching, ""),
            },
        }
    }

    /// Adds its claims.
    pub(super) fn read(&self, reader: &mut Reader<'_>, scope: Scope<'y>) {
        let mut sets_up = false;
        for step in self.steps {
            let Some(uses) = step.get("uses").and_then(|uses| uses.text()) else { continue };
            let [_, job, workflow] = scope.env;
            let scope = Scope { env: [step.get("env").map(|env| &**env), job, workflow], ..scope };
            let Some((action, version)) = setup_go(uses) else {
                let builds = if self.here { Builds::Doubtful } else { Builds::Elsewhere };
                read_others(reader, scope, (step, builds));
                continue;
            };
            sets_up = true;
            let setup = Setup { job: self, step, action, major: major(reader, step, version) };
            setup.read(reader, scope);
        }
        if let Some(uses) = self.node.get("uses").filter(|_| self.kind == Kind::Workflow) {
            let told = read_others(reader, scope, (self.node, Builds::Doubtful));
            let is_here = uses.text().is_none_or(|uses| uses.trim().starts_with("./"));
            if !told && !is_here {
                reader.source.open(uses, ELSEWHERE);
            }
        }
        if let Some(container) = self.node.get("container") {
            let image = container.get("image").unwrap_or(container);
            self.read_container(reader, scope, (image, sets_up));
        }
        self.read_services(reader, scope);
    }

    /// Services run beside the steps: no step builds in their images.
    fn read_services(&self, reader: &mut Reader<'_>, scope: Scope<'y>) {
        let builds = if self.here { Builds::Unknown } else { Builds::Elsewhere };
        let services = self.node.get("services").map_or(&[][..], |services| services.entries());
        for (_, service) in services {
            let image = service.get("image").unwrap_or(service);
            if image.text().is_some() {
                reader.source.image(image, scope.values(image), |_| builds.into());
            }
        }
    }

    fn read_container(&self, reader: &mut Reader<'_>, scope: Scope<'y>, of: (&Node, bool)) {
        let (image, sets_up) = of;
        scope.asked.set(false);
        let values = scope.values(image).map_err(|_| COMPUTED);
        let (asked, mut uses) = (scope.asked.take(), None);
        let builds = |official| {
            let built = match self.here && sets_up {
                true => Uses::one(Builds::Unknown, ""),
                false => self.builds(if official { Start::Stays } else { Start::Switches }),
            };
            uses.insert(replaceable(built, asked)).builds().into()
        };
        let claim = reader.source.image(image, values, builds);
        if let Some((claim, uses)) = claim.zip(uses) {
            claim.uses = uses.at(claim.uses.used());
        }
    }
}

/// What is built with a version that callers may replace, if they may: nothing certain.
fn replaceable(uses: Uses, may_be: bool) -> Uses {
    if may_be { uses.at_most(Builds::Doubtful) } else { uses }
}

/// The inputs of other actions, and of workflows that are called, by which they are told a version of Go.
const INPUTS: [&str; 6] = [
    "go-version",
    "go_version",
    "goversion",
    "golang-version",
    "golang_version",
    "go-version-input",
];

/// Parts of the names of linters' actions, whose `version` is that of the linter.
const LINTERS: [&str; 2] = ["golangci-lint", "staticcheck"];

/// What an action that is not setup-go, or a workflow that is called, is told. Whether and how it builds is
/// not known. False if it is told no version of Go.
fn read_others(reader: &mut Reader<'_>, scope: Scope<'_>, of: (&Node, Builds)) -> bool {
    let ((node, builds), mut told) = (of, false);
    let Some(with) = node.get("with") else { return false };
    let uses = node.get("uses").and_then(|uses| uses.text()).unwrap_or_default();
    let lints = LINTERS.iter().any(|linter| uses.contains(linter));
    for (key, value) in with.entries() {
        let Some(key) = key.text().map(str::to_ascii_lowercase) else { continue };
        if lints && matches!(key.as_str(), "version" | "go") {
            reader.source.open(value, LINTER);
        }
        if !INPUTS.contains(&key.as_str()) {
            continue;
        }
        told = true;
        // A list, as JSON in a text.
        let split = |values: Vec<Means>| values.into_iter().flat_map(|one| one.split()).collect();
        reader.source.version(value, scope.values(value).map(split), (ClaimKind::Ci, builds));
    }
    told
}

/// A step that sets up a Go.
struct Setup<'j, 'y> {
    job: &'j Job<'y>,
    step: &'y Node,
    action: &'y str,
    /// The action's major version; `None` if it is not known.
    major: Option<u32>,
}

impl Setup<'_, '_> {
    fn read(&self, reader: &mut Reader<'_>, scope: Scope<'_>) {
        let Some(with) = self.step.get("with") else { return };
        if let Some((key, _)) = with.entry("stable")
            && self.action == "actions/setup-go"
            && self.major.is_some_and(|major| major >= 3)
        {
            let at = reader.source.place(key);
            reader.source.claims.findings.push(ignored(at));
        }
        let version = with.get("go-version");
        scope.asked.set(false);
        let values = version.map_or(Ok(Vec::new()), |version| scope.values(version));
        match values {
            Err(why) => reader.source.open(version.map_or(with, |version| version), why),
            Ok(values) if values.is_empty() => self.read_file(reader, scope, with),
            Ok(values) => {
                if let (Some((key, file)), Some((version, _)), "actions/setup-go") =
                    (with.entry("go-version-file"), with.entry("go-version"), self.action)
                    && file.text() != Some("")
                {
                    let at = [key, version].map(|node| reader.source.place(node));
                    reader.source.claims.findings.push(twice(at));
                }
                let said = reader.source.versions_by(values, grammar::version);
                let used = version.map_or(with, |version| version);
                let uses = replaceable(self.builds(), scope.asked.take());
                let about = (ClaimKind::Ci, uses.builds());
                if let Some(claim) = reader.source.claim(about, said, Some(used)) {
                    claim.uses = uses.at(claim.uses.used());
                }
            }
        }
    }

    fn builds(&self) -> Uses {
        let official = self.action == "actions/setup-go";
        let writes = official && self.major.is_none_or(|major| major >= 6);
        let line = self.step.get("uses").map_or(self.step.line, |uses| uses.line);
        self.job.builds(if writes { Start::Written(line) } else { Start::Switches })
    }

    /// `go-version-file`.
    fn read_file(&self, reader: &mut Reader<'_>, scope: Scope<'_>, with: &Node) {
        let Some(file) = with.get("go-version-file") else { return };
        let values = match scope.values(file) {
            Ok(values) => values,
            Err(why) => return reader.source.open(file, why),
        };
        for value in values {
            let at = value.place_of_all(reader.source.path);
            let (path, repository) = (resolve("", &value.text), reader.repository);
            let is_beyond = path.as_ref().is_some_and(|path| repository.is_beyond(path));
            match path.filter(|path| repository.has_file(path)) {
                Some(path) if !self.job.here => drop(path),
                Some(path) if !version_file::has_version(repository, &path) => {
                    if !self.makes(&value.text, scope.left) {
                        reader.source.claims.findings.push(version_file::empty(at, &path));
                    }
                }
                Some(module) if matches!(name_of(&module), "go.mod" | "go.work") => {
                    let old = self.action == "actions/setup-go"
                        && self.major.is_some_and(|major| major < 6);
                    // With this variable it looks at the go line alone.
                    let said = scope.env.map(Switch::of_variables);
                    let said = said.iter().fold(Switch::default(), |near, one| near.or(one));
                    let toolchain_line = !old && said.says != Says::Local;
                    let uses = self.builds();
                    let read = ReadsGoLine { module, at, toolchain_line, uses };
                    reader.source.claims.reads_go_line.push(read);
                }
                Some(_) => {}
                // A submodule's files are those of another repository.
                None if is_beyond => reader.source.claims.open(at, ELSEWHERE),
                None if self.job.here && !self.makes(&value.text, scope.left) => {
                    reader.source.claims.findings.push(version_file::missing(at, &value.text));
                }
                None => reader.source.claims.open(at, COMPUTED),
            }
        }
    }

    /// Whether a step before may make the file.
    fn makes(&self, file: &str, left: &Left) -> bool {
        let steps = self.job.steps.iter().take_while(|step| !std::ptr::eq(&***step, self.step));
        let text = |step: &Rc<Node>| {
            let run = step.get("run").map(|run| scalars(run).concat());
            let with = step.get("with").map(|with| {
                with.entries().iter().flat_map(|(_, value)| scalars(value)).collect::<String>()
            });
            [run, with].into_iter().flatten().collect::<String>()
        };
        let name = name_of(file);
        // Where too much has been looked at, the whole file says nothing.
        let mut seen = steps.into_iter().map(|step| left.take(step.weight).map(|()| text(step)));
        seen.any(|text| text.is_none_or(|text| text.contains(name)))
    }
}

/// The major version of an action. One that is pinned by a commit may have it in a comment.
fn major(reader: &Reader<'_>, step: &Node, version: &str) -> Option<u32> {
    let number = |text: &str| text.strip_prefix('v')?.split('.').next()?.parse().ok();
    number(version).or_else(|| {
        let (_, uses) = step.entry("uses")?;
        let line = reader.lines.get(uses.line.checked_sub(1)? as usize)?;
        let line = String::from_utf8_lossy(line);
        let (_, comment) = line.split_once('#')?;
        comment.split_whitespace().find_map(number)
    })
}

fn ignored(at: Place) -> Finding {
    let message = "setup-go has had no input `stable` since its version 3".to_owned();
    let finding = Finding::new(Rule::InputIgnored, at, ["stable", "no effect"], message);
    finding.mend("remove the line")
}

/// A version beside a file that has one.
fn twice([file, version]: [Place; 2]) -> Finding {
    let message = "setup-go takes go-version, warns, and reads no go-version-file";
    let what = ["go-version-file", "no effect"];
    let finding = Finding::new(Rule::InputIgnored, file, what, message.to_owned());
    finding.beside(version, "this input counts").mend("keep one of them")
}
