//! Whether the module cache holds what was downloaded.

use super::{Heard, MOST, Module};
use crate::finding::Finding;
use crate::go::Error;
use crate::graph::Asking;
use crate::rule::Rule;
use goward_gomod::Kind;

pub(super) fn look(module: &Module<'_>, heard: &mut Heard) -> Result<(), Error> {
    let asking = Asking::of((module.go, &module.grounds), &module.held, Kind::Module)?;
    let error = match asking.verify() {
        Ok(_) => return Ok(()),
        Err(error) => error,
    };
    let Error::Failed { words, .. } = &error else { return Err(error) };
    let found = words.lines().filter_map(modified).take(MOST);
    let found: Vec<Finding> = found.map(|it| finding(module, it)).collect();
    if found.is_empty() {
        return Err(error);
    }
    heard.findings.extend(found);
    Ok(())
}

/// The module, its version and Go's words, of a line such as
/// `example.com/a v1.0.0: dir has been modified (/cache/example.com/a@v1.0.0)`.
fn modified(line: &str) -> Option<(&str, &str, &str)> {
    let (module, said) = line.split_once(": ")?;
    let (path, version) = module.split_once(' ')?;
    let is_module = version.starts_with('v') && !version.contains(' ');
    let words = ["has been modified", "missing ziphash", "unexpected missing"];
    (is_module && words.iter().any(|words| said.contains(words))).then_some((path, version, said))
}

fn finding(module: &Module<'_>, (path, version, said): (&str, &str, &str)) -> Finding {
    let message =
        format!("this machine's copy of {path} {version} is not what was downloaded: {said}");
    let at = module.requirement(path).unwrap_or_else(|| module.head());
    let finding = Finding::new(Rule::ModModified, at, [version, "this version"], message);
    let side = module.summed(path, version).unwrap_or_else(|| module.head());
    finding.beside(side, "the sum of what was downloaded").run("go clean -modcache".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_go_name_a_module() {
        let line = "example.com/a v1.0.0: dir has been modified (/c/example.com/a@v1.0.0)";
        let said = "dir has been modified (/c/example.com/a@v1.0.0)";
        assert_eq!(modified(line), Some(("example.com/a", "v1.0.0", said)));
        for other in ["", "go: example.com/a@v1.0.0: not found", "go: downloading x v1.0.0"] {
            assert_eq!(modified(other), None, "{other}");
        }
    }
}
