//! The modules of a package import each other in one direction: no two of them need each other to be
//! understood. A module and those inside it count as apart.

use crate::{files, read, with_extension};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use syn::visit::{self, Visit};

/// The path of a module below its package: `store`, `lock`.
type Module = Vec<String>;

#[test]
fn no_imports_run_in_a_circle() {
    for package in ["cli", "gomod", "govern", "installer", "resolver", "sumdb", "testkit"] {
        let imports = imports(&format!("crates/{package}/src"));
        assert_eq!(circle(&imports), None, "crates/{package}: move what both need below them");
    }
    assert_eq!(circle(&imports("shims/go/src")), None, "shims/go");
}

#[test]
fn a_circle_is_found() {
    let graph = |arrows: &[(&str, &str)]| {
        let mut graph = BTreeMap::<Module, BTreeSet<Module>>::new();
        for (from, to) in arrows {
            graph.entry(vec![(*from).to_owned()]).or_default().insert(vec![(*to).to_owned()]);
        }
        graph
    };
    assert_eq!(circle(&graph(&[("a", "b"), ("a", "c"), ("b", "c")])), None);
    let found = circle(&graph(&[("a", "b"), ("b", "c"), ("c", "d"), ("d", "b")]));
    assert_eq!(found.as_deref(), Some("b -> c -> d -> b"));
}

/// The modules below `source`, each with those that it names in imports and paths; tests are left out.
fn imports(source: &str) -> BTreeMap<Module, BTreeSet<Module>> {
    let paths = with_extension(files(source), &["rs"]);
    let code = paths.iter().filter(|path| !path.to_string_lossy().ends_with("tests.rs"));
    let texts: BTreeMap<Module, String> =
        code.map(|path| (module(source, path), read(path))).collect();
    let named = |(here, text): (&Module, &String)| {
        let mut names = Names { here, found: BTreeSet::new() };
        names.visit_file(&syn::parse_file(text).expect("our sources are Rust"));
        let modules = names.found.into_iter().filter_map(|mut name: Module| {
            while !name.is_empty() && !texts.contains_key(&name) {
                name.pop();
            }
            (!name.is_empty() && name != *here).then_some(name)
        });
        (here.clone(), modules.collect())
    };
    texts.iter().map(named).collect()
}

/// The module that a file holds; the root of a package is the empty path.
fn module(source: &str, file: &Path) -> Module {
    let below = file.strip_prefix(source).expect("it lies there").with_extension("");
    let parts = below.iter().map(|part| part.to_string_lossy().into_owned());
    let parts: Module = parts.filter(|part| part != "mod").collect();
    if parts == ["lib"] || parts == ["main"] { Vec::new() } else { parts }
}

/// Collects what a file names, as paths from the root of its package.
struct Names<'a> {
    here: &'a Module,
    found: BTreeSet<Module>,
}

impl Names<'_> {
    fn add(&mut self, words: &[String]) {
        let mut base = match words.first().map(String::as_str) {
            Some("crate") => Vec::new(),
            Some("self" | "super") => self.here.clone(),
            _ => return,
        };
        let ups = words.iter().filter(|word| *word == "super").count();
        base.truncate(base.len().saturating_sub(ups));
        let rest = words.iter().filter(|word| !["crate", "self", "super"].contains(&word.as_str()));
        base.extend(rest.cloned());
        self.found.insert(base);
    }

    fn add_tree(&mut self, before: &[String], tree: &syn::UseTree) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.add_tree(&with(&path.ident), &path.tree),
            syn::UseTree::Name(name) => self.add(&with(&name.ident)),
            syn::UseTree::Rename(name) => self.add(&with(&name.ident)),
            syn::UseTree::Glob(_) => self.add(before),
            syn::UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.add_tree(before, tree));
            }
        }
    }
}

impl<'ast> Visit<'ast> for Names<'_> {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.add_tree(&[], &item.tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let words: Vec<_> = path.segments.iter().map(|one| one.ident.to_string()).collect();
        self.add(&words);
        visit::visit_path(self, path);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        // The modules within a file are its tests.
        let _ = item;
    }
}

/// The first circle that is found: `a -> b -> a`.
fn circle(imports: &BTreeMap<Module, BTreeSet<Module>>) -> Option<String> {
    let mut done = BTreeSet::new();
    imports.keys().find_map(|module| follow(imports, module, &mut Vec::new(), &mut done))
}

fn follow<'a>(
    imports: &'a BTreeMap<Module, BTreeSet<Module>>,
    module: &'a Module,
    way: &mut Vec<&'a Module>,
    done: &mut BTreeSet<&'a Module>,
) -> Option<String> {
    if let Some(start) = way.iter().position(|met| *met == module) {
        let names = way[start..].iter().chain([&module]).map(|module| module.join("::"));
        return Some(names.collect::<Vec<_>>().join(" -> "));
    }
    if done.contains(module) {
        return None;
    }
    way.push(module);
    let inner = |to: &&Module| !to.starts_with(module) && !module.starts_with(to);
    let found = imports
        .get(module)
        .into_iter()
        .flatten()
        .filter(inner)
        .find_map(|to| follow(imports, to, way, done));
    way.pop();
    done.insert(module);
    found
}
