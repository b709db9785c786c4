//! Why a version is selected: the shortest way from a main module to one that requires it.

use super::asked::Asked;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

/// The most steps of a way that are told, from its end. A stranger's graph can be one long chain.
const MOST_STEPS: usize = 100;

/// A module, and the version of it that the one before it requires.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Step {
    /// The module.
    pub module: String,
    /// Its version; empty for a main module.
    pub version: String,
}

/// Who requires what. The roots are the main modules, with the requirements of their own files: the graph
/// that Go prints has these as Go raised them.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    nodes: Vec<Step>,
    requires: Vec<Vec<usize>>,
    /// The node from which the shortest way leads to each.
    before: HashMap<usize, Option<usize>>,
    known: HashMap<Step, usize>,
}

impl Graph {
    /// Reads what `go mod graph` prints. `asked` has the files of the main modules, by their paths.
    pub(crate) fn of(text: &str, asked: &BTreeMap<String, Vec<(String, Asked)>>) -> Graph {
        let mut graph = Graph::default();
        for (user, used) in text.lines().filter_map(|line| line.split_once(' ')) {
            let (user, used) = (step(user), step(used));
            let is_pseudo = matches!(&*used.module, "go" | "toolchain");
            let is_root = user.version.is_empty() && asked.contains_key(&user.module);
            if !is_pseudo && !is_root {
                graph.add(user, used);
            }
        }
        for (module, requirements) in asked {
            let main = Step { module: module.clone(), version: String::new() };
            for (path, asked) in requirements {
                let used = Step { module: path.clone(), version: asked.version.clone() };
                graph.add(main.clone(), used);
            }
        }
        graph.search();
        graph
    }

    fn add(&mut self, user: Step, used: Step) {
        let (user, used) = (self.node(user), self.node(used));
        self.requires[user].push(used);
    }

    fn node(&mut self, step: Step) -> usize {
        if let Some(at) = self.known.get(&step) {
            return *at;
        }
        self.nodes.push(step.clone());
        self.requires.push(Vec::new());
        self.known.insert(step, self.nodes.len() - 1);
        self.nodes.len() - 1
    }

    /// Breadth first, from all main modules at once; of several ways the first by names.
    fn search(&mut self) {
        let Graph { nodes, requires, before, .. } = self;
        for used in requires.iter_mut() {
            used.sort_by(|one, other| nodes[*one].cmp(&nodes[*other]));
            used.dedup();
        }
        let mut mains: Vec<usize> =
            (0..nodes.len()).filter(|at| nodes[*at].version.is_empty()).collect();
        mains.sort_by(|one, other| nodes[*one].cmp(&nodes[*other]));
        before.extend(mains.iter().map(|main| (*main, None)));
        let mut open = VecDeque::from(mains);
        while let Some(at) = open.pop_front() {
            for used in &requires[at] {
                if !before.contains_key(used) {
                    before.insert(*used, Some(at));
                    open.push_back(*used);
                }
            }
        }
    }

    /// The way to a version: the main module first, the last the one that requires it. Of a very long way the
    /// beginning is left out. Empty where no way is left in the graph.
    pub(crate) fn way_to(&self, module: &str, version: &str) -> Vec<Step> {
        let step = Step { module: module.to_owned(), version: version.to_owned() };
        let mut at = self.known.get(&step).copied();
        let mut way = Vec::new();
        while let Some(before) = at.and_then(|at| self.before.get(&at).copied().flatten()) {
            way.push(self.nodes[before].clone());
            at = Some(before).filter(|_| way.len() < MOST_STEPS);
        }
        way.reverse();
        way
    }

    /// All modules that require a version, by name.
    pub(crate) fn users_of(&self, module: &str) -> Vec<(Step, String)> {
        let mut users = BTreeSet::new();
        for (at, used) in self.requires.iter().enumerate() {
            for used in used.iter().map(|used| &self.nodes[*used]) {
                if used.module == module && self.before.contains_key(&at) {
                    users.insert((self.nodes[at].clone(), used.version.clone()));
                }
            }
        }
        users.into_iter().collect()
    }
}

fn step(node: &str) -> Step {
    let (module, version) = node.split_once('@').unwrap_or((node, ""));
    Step { module: module.to_owned(), version: version.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    /// The graph, with what the file of `m` asks for.
    fn graph(text: &str, asked: &[(&str, &str)]) -> Graph {
        let asked = asked.iter().map(|(path, version)| {
            let asked = Asked {
                version: (*version).to_owned(),
                file: PathBuf::new(),
                line: 1,
                indirect: false,
            };
            ((*path).to_owned(), asked)
        });
        Graph::of(text, &BTreeMap::from([("m".to_owned(), asked.collect())]))
    }

    fn way(graph: &Graph, module: &str, version: &str) -> String {
        let way = graph.way_to(module, version);
        way.iter().map(|step| step.module.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_way_is_the_shortest_and_the_first_by_name() {
        let text = "m a@v1\nm b@v1\nm d@v1\na@v1 c@v2\nb@v1 c@v2\nd@v1 e@v1\ne@v1 f@v1\nc@v2 f@v1\n\
                    m go@1.21\ngo@1.21 toolchain@go1.21\n";
        let graph = graph(text, &[("a", "v1"), ("b", "v1"), ("d", "v1")]);
        assert_eq!(way(&graph, "c", "v2"), "m a");
        assert_eq!(way(&graph, "f", "v1"), "m a c");
        assert_eq!(way(&graph, "a", "v1"), "m");
        assert_eq!(way(&graph, "nowhere", "v1"), "");
        let users: Vec<_> = graph.users_of("c").into_iter().map(|(user, _)| user.module).collect();
        assert_eq!(users, ["a", "b"]);
    }

    /// Go prints what it raised a requirement to as if the file asked for that.
    #[test]
    fn a_raised_requirement_is_not_the_files_own() {
        let text = "m a@v1\nm c@v2\na@v1 c@v2\n";
        let graph = graph(text, &[("a", "v1"), ("c", "v1")]);
        assert_eq!(way(&graph, "c", "v2"), "m a");
        assert_eq!(way(&graph, "c", "v1"), "m");
    }

    #[test]
    fn a_long_chain_is_told_from_its_end() {
        let chain: String = (0..500).map(|at| format!("n{at}@v1 n{}@v1\n", at + 1)).collect();
        let graph = graph(&chain, &[("n0", "v1")]);
        let way = graph.way_to("n500", "v1");
        assert_eq!((way.len(), &*way[MOST_STEPS - 1].module), (MOST_STEPS, "n499"));
    }

    #[test]
    fn a_circle_ends() {
        let graph = graph("m a@v1\na@v1 b@v1\nb@v1 a@v1\nb@v1 a@v2\na@v2 b@v1\n", &[("a", "v1")]);
        assert_eq!(way(&graph, "a", "v2"), "m a b");
    }
}
