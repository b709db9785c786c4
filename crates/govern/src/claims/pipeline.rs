//! Pipelines and services of which images alone are read: Bitbucket, Buildkite, Cirrus, Cloud Build, Drone,
//! Tekton, Woodpecker, and compose files.

use super::commands::Commands;
use super::makefile::is_version_of_go;
use super::means::{Left, Means};
use super::source::ClaimFile;
use super::variables::{Form, Names, Variables};
use super::yaml::Node;
use super::{Builds, ClaimKind, Claims, ELSEWHERE, Use};
use crate::kind::FileKind;
use crate::repo::directory_of;

/// Keys under which a system keeps the values of names, in the whole file or beside an image.
const NAMES: [&str; 4] = ["matrix", "substitutions", "env", "environment"];

/// Adds the claims of a file to none.
pub(super) fn read(claims: &mut Claims, kind: FileKind, (path, bytes): (&str, &[u8])) {
    let services = kind == FileKind::Compose;
    let directory = if services { directory_of(path) } else { "" };
    let mut source = ClaimFile { claims, path, directory, numbers: false };
    let left = Left::new();
    for tree in source.documents(bytes) {
        let off = |clone: &Node| clone.get("disable").and_then(|off| off.text()) == Some("true");
        let absent = tree.get("clone").is_some_and(|clone| off(clone));
        let mut names = Vec::new();
        add_names(&mut names, &tree);
        let known = match (services, absent) {
            (true, _) => Some(Builds::Doubtful),
            (false, true) => Some(Builds::Elsewhere),
            (false, false) => None,
        };
        let names_are_images = path.contains("cloudbuild");
        let walk = Walk { left: &left, known, names, names_are_images };
        walk.look(&mut source, &tree, None);
        if services {
            walk.arguments(&mut source, &tree);
        }
    }
    source.end(&left);
}

fn add_names<'y>(names: &mut Vec<Names<'y>>, node: &'y Node) {
    for found in NAMES.iter().filter_map(|key| node.get(key)) {
        names.push(Names::Map("", found));
        names.extend(found.get("include").map(|rows| Names::Map("", rows)));
    }
}

struct Walk<'y> {
    left: &'y Left,
    /// What is built in the images, if that is the same for all.
    known: Option<Builds>,
    names: Vec<Names<'y>>,
    /// Whether `name` is that of an image.
    names_are_images: bool,
}

impl<'y> Walk<'y> {
    /// Looks at a node. `above` is the map that has it as its `container`.
    fn look(&self, source: &mut ClaimFile<'_>, node: &'y Node, above: Option<&'y Node>) {
        for (key, value) in node.entries() {
            let key = key.text().unwrap_or_default();
            let image = match key {
                "image" => value.get("name").or(Some(value)),
                "container" | "docker" => Some(value),
                "name" if self.names_are_images => Some(value),
                _ => None,
            };
            if let Some(image) = image.filter(|image| image.text().is_some()) {
                self.image(source, image, above.unwrap_or(node));
            }
            self.look(source, value, (key == "container").then_some(node));
        }
        for item in node.items() {
            self.look(source, item, None);
        }
    }

    /// What a compose file gives the ARG of a Dockerfile: a map of names, or a list of assignments.
    fn arguments(&self, source: &mut ClaimFile<'_>, tree: &'y Node) {
        let about = (ClaimKind::Tool, Builds::Doubtful);
        let variables = Variables { left: self.left, form: Form::Shell, names: self.names.clone() };
        let services = tree.get("services").map_or(&[][..], |services| services.entries());
        // Its readers take 1.20 without quotes for a number here.
        source.numbers = true;
        for (_, service) in services {
            let Some(args) = service.get("build").and_then(|build| build.get("args")) else {
                continue;
            };
            for (name, value) in args.entries() {
                if name.text().is_some_and(is_version_of_go) && value.text() != Some("") {
                    source.version(value, variables.values(value), about);
                }
            }
            for item in args.items() {
                let Some((name, value)) = item.text().and_then(|text| text.split_once('=')) else {
                    continue;
                };
                if !is_version_of_go(name) || value.is_empty() {
                    continue;
                }
                if value.contains('$') {
                    source.open(item, ELSEWHERE);
                    continue;
                }
                let means = Means::of(item, name.len() + 1..name.len() + 1 + value.len());
                let said = source.versions(vec![means]);
                source.claim(about, said, None);
            }
        }
        source.numbers = false;
    }

    fn image(&self, source: &mut ClaimFile<'_>, image: &Node, job: &'y Node) {
        let mut names = Vec::new();
        add_names(&mut names, job);
        names.extend(&self.names);
        let variables = Variables { left: self.left, form: Form::Shell, names };
        let built = |official| {
            let mut commands = Commands::default();
            if self.left.take(job.weight).is_some() {
                commands.add_all(job);
            }
            commands.builds(official, &variables.switch())
        };
        let builds = |official| self.known.map_or_else(|| built(official), Use::from);
        source.image(image, variables.values(image), builds);
    }
}
