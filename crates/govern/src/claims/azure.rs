//! Azure's pipelines: the task that installs a Go, and the images of jobs, through variables, parameters
//! and matrices.

use super::commands::Commands;
use super::means::Left;
use super::source::ClaimFile;
use super::variables::{Form, Names, Variables};
use super::yaml::{Node, Value};
use super::{Builds, Claim, ClaimKind, Claims, Use};

/// Adds the claims of a file to none.
pub(super) fn read(claims: &mut Claims, path: &str, bytes: &[u8]) {
    // Azure keeps the text of a scalar.
    let mut source = ClaimFile { claims, path, directory: "", numbers: false };
    let Some(tree) = source.document(bytes) else { return };
    let left = Left::new();
    let names = tree.get("parameters").map(|all| Names::List("parameters.", all));
    walk(
        &mut source,
        &tree,
        Variables { left: &left, form: Form::Azure, names: names.into_iter().collect() },
    );
    source.end(&left);
}

/// Looks at a pipeline, a stage or a job, and at those in it.
fn walk<'y>(source: &mut ClaimFile<'_>, node: &'y Node, mut variables: Variables<'y>) {
    let own = node.get("variables").into_iter().flat_map(|all| match all.value {
        Value::List(_) => [Names::List("", all), Names::List("variables.", all)],
        _ => [Names::Map("", all), Names::Map("variables.", all)],
    });
    let matrix = node.get("strategy").and_then(|strategy| strategy.get("matrix"));
    let own: Vec<Names<'_>> =
        matrix.map(|rows| Names::Rows("", rows)).into_iter().chain(own).collect();
    if !own.is_empty() {
        variables.names.splice(0..0, own);
    }
    if variables
        .left
        .take(node.entries().len() + node.items().len() + variables.names.len())
        .is_none()
    {
        return;
    }
    if let Some(steps) = node.get("steps") {
        if variables.left.take(steps.weight).is_none() {
            return;
        }
        job(source, (node, steps), &variables);
    } else {
        // A resource has a name, and its image beside it.
        for image in ["container", "image"].iter().filter_map(|key| node.get(key)) {
            self::image(source, (image, &|_| Builds::Doubtful.into()), &variables);
        }
    }
    for (key, value) in node.entries() {
        if !matches!(key.text(), Some("steps" | "variables" | "parameters")) {
            walk(source, value, variables.clone());
        }
    }
    for item in node.items() {
        walk(source, item, variables.clone());
    }
}

fn job(source: &mut ClaimFile<'_>, (job, steps): (&Node, &Node), variables: &Variables<'_>) {
    let (mut commands, directory) = Commands::of_steps(steps.items(), "workingDirectory");
    let around = variables.switch();
    let task = |step: &Node, name: &str| {
        step.get("task").and_then(|task| task.text()).is_some_and(|task| task.starts_with(name))
    };
    let input = |step: &Node, key: &str| step.get("inputs")?.get(key)?.text().map(str::to_owned);
    let goes = |command: Option<String>| {
        command.is_some_and(|command| matches!(command.as_str(), "build" | "test" | "vet"))
    };
    if steps.items().iter().any(|step| task(step, "Go@") && goes(input(step, "command"))) {
        commands.build_here();
    }
    let elsewhere = |step: &Node| step.get("checkout").is_some_and(|of| of.text() != Some("self"));
    let fails = |node: &Node| {
        node.get("continueOnError").is_some_and(|fails| fails.text() != Some("false"))
    };
    let tools: Vec<_> = steps.items().iter().filter(|step| task(step, "GoTool@")).collect();
    let builds = |local| match commands.builds(local, &around) {
        _ if steps.items().iter().any(|step| elsewhere(step)) => Use::from(Builds::Elsewhere),
        built if tools.len() > 1 || fails(job) => built.at_most(Builds::Doubtful),
        built => built,
    };
    for step in &tools {
        let Some(version) = step.get("inputs").and_then(|inputs| inputs.get("version")) else {
            continue;
        };
        let about = (ClaimKind::Ci, builds(false));
        if let Some(claim) = source.version(version, variables.values(version), about) {
            claim.uses.set_directory(&directory);
        }
    }
    if let Some(container) = job.get("container") {
        let unused = |_| Use::from(Builds::Unknown);
        let builds: &dyn Fn(bool) -> Use = if tools.is_empty() { &builds } else { &unused };
        if let Some(claim) = image(source, (container, builds), variables) {
            claim.uses.set_directory(&directory);
        }
    }
}

/// A name, a map with `image`, or the name of a resource, which is none of Go.
fn image<'s>(
    source: &'s mut ClaimFile<'_>,
    (node, builds): (&Node, &dyn Fn(bool) -> Use),
    variables: &Variables<'_>,
) -> Option<&'s mut Claim> {
    let name = node.get("image").map_or(node, |image| image);
    source.image(name, variables.values(name), builds)
}
