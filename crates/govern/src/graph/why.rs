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

/// A module and its version, as [`Step`] has them.
type Node<'t> = (&'t str, &'t str);

/// Who requires what. The roots are the main modules, with the requirements of their own files: the graph
/// that Go prints has these as Go raised them.
#[derive(Debug, Default)]
pub(crate) struct Graph<'t> {
    nodes: Vec<Node<'t>>,
    requires: Vec<Vec<usize>>,
    /// The node before each on the shortest way to it. A main module's is itself; `None` where there is no way.
    before: Vec<Option<usize>>,
    known: HashMap<Node<'t>, usize>,
}

impl<'t> Graph<'t> {
    /// Reads what `go mod graph` prints. `asked` has the files of the main modules, by their paths.
    pub(crate) fn of(
        text: &'t str,
        asked: &'t BTreeMap<String, Vec<(String, Asked)>>,
    ) -> Graph<'t> {
        let mut graph = Graph::default();
        // Go prints all that a module requires in one piece.
        let (mut last, mut user) = ("", None);
        for (word, used) in text.lines().filter_map(|line| line.split_once(' ')) {
            if word != last {
                let (module, version) = node(word);
                let is_left_out = is_pseudo(module) || is_root((module, version), asked);
                (last, user) = (word, (!is_left_out).then(|| graph.node((module, version))));
            }
            let used = node(used);
            if let (Some(user), false) = (user, is_pseudo(used.0)) {
                graph.add(user, used);
            }
        }
        for (module, requirements) in asked {
            let main = graph.node((module, ""));
            for (path, asked) in requirements {
                graph.add(main, (path, &asked.version));
            }
        }
        graph.search();
        graph
    }

    fn add(&mut self, user: usize, used: Node<'t>) {
        let used = self.node(used);
        self.requires[user].push(used);
    }

    fn node(&mut self, node: Node<'t>) -> usize {
        let at = *self.known.entry(node).or_insert(self.nodes.len());
        if at == self.nodes.len() {
            self.nodes.push(node);
            self.requires.push(Vec::new());
        }
        at
    }

    /// Breadth first, from all main modules at once; of several ways the first by names.
    fn search(&mut self) {
        let Graph { nodes, requires, before, .. } = self;
        for used in requires.iter_mut() {
            used.sort_by(|one, other| nodes[*one].cmp(&nodes[*other]));
            used.dedup();
        }
        let mut mains: Vec<usize> = (0..nodes.len()).filter(|at| nodes[*at].1.is_empty()).collect();
        mains.sort_by(|one, other| nodes[*one].cmp(&nodes[*other]));
        before.resize(nodes.len(), None);
        for main in &mains {
            before[*main] = Some(*main);
        }
        let mut open = VecDeque::from(mains);
        while let Some(at) = open.pop_front() {
            for used in &requires[at] {
                if before[*used].is_none() {
                    before[*used] = Some(at);
                    open.push_back(*used);
                }
            }
        }
    }

    /// The way to a version: the main module first, the last the one that requires it. Of a very long way the
    /// beginning is left out. Empty where no way is left in the graph.
    pub(crate) fn way_to(&self, module: &str, version: &str) -> Vec<Step> {
        let mut at = self.known.get(&(module, version)).copied();
        let mut way = Vec::new();
        let before = |at: usize| self.before[at].filter(|before| *before != at);
        while let Some(before) = at.and_then(before) {
            way.push(step(self.nodes[before]));
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
                if used.0 == module && self.before[at].is_some() {
                    users.insert((step(self.nodes[at]), used.1.to_owned()));
                }
            }
        }
        users.into_iter().collect()
    }
}

fn node(word: &str) -> Node<'_> {
    word.split_once('@').unwrap_or((word, ""))
}

/// Whether it is a version of Go, which the graph has as a module.
fn is_pseudo(module: &str) -> bool {
    matches!(module, "go" | "toolchain")
}

fn is_root((module, version): Node<'_>, asked: &BTreeMap<String, Vec<(String, Asked)>>) -> bool {
    version.is_empty() && asked.contains_key(module)
}

fn step((module, version): Node<'_>) -> Step {
    Step { module: module.to_owned(), version: version.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    /// What the file of `m` asks for.
    fn asked(asked: &[(&str, &str)]) -> BTreeMap<String, Vec<(String, Asked)>> {
        let asked = asked.iter().map(|(path, version)| {
            let asked = Asked {
                version: (*version).to_owned(),
                file: PathBuf::new(),
                line: 1,
                indirect: false,
            };
            ((*path).to_owned(), asked)
        });
        BTreeMap::from([("m".to_owned(), asked.collect())])
    }

    fn way(graph: &Graph<'_>, module: &str, version: &str) -> String {
        let way = graph.way_to(module, version);
        way.iter().map(|step| step.module.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_way_is_the_shortest_and_the_first_by_name() {
        let text = "m a@v1\nm b@v1\nm d@v1\na@v1 c@v2\nb@v1 c@v2\nd@v1 e@v1\ne@v1 f@v1\nc@v2 f@v1\n\
                    m go@1.21\ngo@1.21 toolchain@go1.21\n";
        let asked = asked(&[("a", "v1"), ("b", "v1"), ("d", "v1")]);
        let graph = Graph::of(text, &asked);
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
        let asked = asked(&[("a", "v1"), ("c", "v1")]);
        let graph = Graph::of(text, &asked);
        assert_eq!(way(&graph, "c", "v2"), "m a");
        assert_eq!(way(&graph, "c", "v1"), "m");
    }

    #[test]
    fn a_long_chain_is_told_from_its_end() {
        let chain: String = (0..500).map(|at| format!("n{at}@v1 n{}@v1\n", at + 1)).collect();
        let asked = asked(&[("n0", "v1")]);
        let graph = Graph::of(&chain, &asked);
        let way = graph.way_to("n500", "v1");
        assert_eq!((way.len(), &*way[MOST_STEPS - 1].module), (MOST_STEPS, "n499"));
    }

    #[test]
    fn a_circle_ends() {
        let asked = asked(&[("a", "v1")]);
        let text = "m a@v1\na@v1 b@v1\nb@v1 a@v1\nb@v1 a@v2\na@v2 b@v1\n";
        let graph = Graph::of(text, &asked);
        assert_eq!(way(&graph, "a", "v2"), "m a b");
    }
}
