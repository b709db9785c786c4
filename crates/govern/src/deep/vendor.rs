//! Whether `vendor` is that of the go.mod, by Go's own word.

use super::{Heard, MOST, Module};
use crate::finding::{Finding, Place};
use crate::go::Error;
use crate::graph::{ModFile, VENDOR_LIMIT};
use crate::listing::text;
use crate::rule::Rule;
use goward_gomod::{Kind, Vendored, is_of_workspace, vendored};
use goward_resolver::{MOD_LIMIT, Version};
use std::ffi::{OsStr, OsString};

/// The first Go that reads the vendor directory of a workspace.
const OF_WORKSPACES: &str = "1.22";

pub(super) fn look(module: &Module<'_>, heard: &mut Heard) -> Result<(), Error> {
    let path = module.held.path.with_file_name("vendor").join("modules.txt");
    let Some(bytes) = module.grounds.read(&path, VENDOR_LIMIT)? else { return Ok(()) };
    let in_work = is_of_workspace(&bytes);
    let Some(work) = (if in_work { workspace(module)? } else { Some("off".into()) }) else {
        return Ok(());
    };
    let go = module.go.clone().with("GOWORK", work);
    let asked = ["list", "-mod=vendor", "-m"].map(OsStr::new);
    let error = match go.ask(&asked, text) {
        Ok(_) => return Ok(()),
        Err(error) => error,
    };
    let Error::Failed { words, .. } = &error else { return Err(error) };
    let (stale, list) = (inconsistent(words), vendored(&bytes));
    if stale.is_empty() {
        return Err(error);
    }
    let of = (module, in_work);
    heard.findings.extend(stale.into_iter().map(|it| finding(of, &list, it)));
    Ok(())
}

/// The go.work of a vendor directory that is a workspace's. `None` if there is none beside it, or if this Go
/// cannot say anything of such a directory.
fn workspace(module: &Module<'_>) -> Result<Option<OsString>, Error> {
    let first = Version::parse(OF_WORKSPACES);
    if module.version.zip(first.as_ref()).is_some_and(|(version, first)| version < first) {
        return Ok(None);
    }
    let (path, grounds) = (module.held.path.with_file_name("go.work"), &module.grounds);
    if grounds.read(&path, MOD_LIMIT)?.is_none() {
        return Ok(None);
    }
    let work = ModFile::read(grounds, &path, Kind::Workspace)?;
    grounds.look(&path, &work.file, Kind::Workspace)?;
    Ok(Some(path.into_os_string()))
}

/// The modules that Go names, each with what it says of it.
fn inconsistent(words: &str) -> Vec<(&str, &str)> {
    let lines = words.lines().skip_while(|line| !line.contains("inconsistent vendoring"));
    let lines = lines.skip(1).take_while(|line| !line.trim().is_empty());
    lines.filter_map(|line| line.trim().split_once(": ")).take(MOST).collect()
}

fn finding(
    (module, in_work): (&Module<'_>, bool),
    list: &[Vendored],
    (name, said): (&str, &str),
) -> Finding {
    let path = name.split('@').next().unwrap_or(name);
    let (file, cure) = match in_work {
        true => ("go.work", "go work vendor"),
        false => ("go.mod", "go mod vendor"),
    };
    let message = format!("vendor does not fit this {file}: {name} {said}");
    let at = match in_work {
        true => Place::line(&module.beside(file), 1),
        false => module.requirement(path).unwrap_or_else(|| module.head()),
    };
    let label = ["this ", file].concat();
    let finding = Finding::new(Rule::VendorStale, at, [name, &label], message);
    let line = list.iter().find(|one| one.module.path.to_lossy() == path).map_or(1, |one| one.line);
    let side = Place::line(&module.beside("vendor/modules.txt"), line);
    module.cured(finding.beside(side, "what is vendored"), cure.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_go_name_what_is_stale() {
        let words = "go: inconsistent vendoring in /m:\n\
                     \texample.com/a@v1.1.0: is explicitly required in go.mod, but not marked\n\
                     \texample.com/b@v1.0.0: is marked as explicit\n\n\
                     \tTo ignore the vendor directory, use: -mod=mod\n";
        let found = inconsistent(words);
        assert_eq!(found.len(), 2);
        assert_eq!(found[1], ("example.com/b@v1.0.0", "is marked as explicit"));
        assert!(inconsistent("go: no such tool").is_empty());
    }
}
