//! Programs that read Go's code: those of editors, and of reviews.

use super::super::facts::Tool;
use crate::ci::places::Places;
use crate::os_path::path_of;
use crate::path::every;
use goward_gobin::{Depth, programs};
use goward_installer::read;
use goward_resolver::path::join;
use goward_resolver::{Environment, Layers, ToolchainName};
use std::path::PathBuf;

/// Those that refuse, or misread, code for a Go that is newer than they are.
const NAMES: [&str; 6] =
    ["gopls", "dlv", "golangci-lint", "staticcheck", "goimports", "govulncheck"];

/// Of each name the first on PATH, and the one where `go install` puts it, where editors look: those that Go has built.
/// goward reads the files and does not run them.
pub(super) fn of_editors(env: &Environment<'_>, layers: Option<&Layers<'_>>) -> Vec<Tool> {
    let os = env.host().os();
    // No file of a repository says where the user's programs are.
    let bin = layers.and_then(|layers| Places::of(&Layers { goenv: None, ..*layers }).bin);
    let mut found: Vec<Tool> = Vec::new();
    for name in NAMES {
        let on_path = every(env, name).into_iter().next().map(|first| first.program);
        let program = format!("{name}{}", os.exe_suffix());
        let installed = bin.as_ref().map(|bin| join(os, bin, &program));
        for path in on_path.into_iter().chain(installed).map(|path| path_of(&path)) {
            if !found.iter().any(|tool| tool.path == path) {
                found.extend(tool(path));
            }
        }
    }
    found
}

fn tool(path: PathBuf) -> Option<Tool> {
    let file = read::open(&path).ok()?;
    let program = programs(&file, Depth::Headers).ok()?.into_iter().next()?;
    let built_by = std::str::from_utf8(&program.info.version).ok()?;
    let built_by = ToolchainName::parse(built_by.split(' ').next()?)?.version().clone();
    Some(Tool { path, built_by })
}
