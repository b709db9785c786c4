//! Programs that read Go's code: those of editors, and of reviews.

use super::super::facts::Tool;
use crate::os_path::path_of;
use crate::path::every;
use goward_gobin::{Depth, programs};
use goward_installer::read;
use goward_resolver::{Environment, ToolchainName};

/// Those that refuse, or misread, code for a Go that is newer than they are.
const NAMES: [&str; 6] =
    ["gopls", "dlv", "golangci-lint", "staticcheck", "goimports", "govulncheck"];

/// The first of each name on PATH, if Go has built it. goward reads the file and does not run it.
pub(super) fn on_path(env: &Environment<'_>) -> Vec<Tool> {
    let tool = |name: &&str| {
        let path = path_of(&every(env, name).into_iter().next()?.program);
        let file = read::open(&path).ok()?;
        let program = programs(&file, Depth::Headers).ok()?.into_iter().next()?;
        let built_by = std::str::from_utf8(&program.info.version).ok()?;
        let built_by = ToolchainName::parse(built_by.split(' ').next()?)?.version().clone();
        Some(Tool { path, built_by })
    };
    NAMES.iter().filter_map(tool).collect()
}
