//! Editors, their language server and the debugger: the shim gives them the same answers as the
//! right toolchain for the folder.

mod delve;
// Paths are URIs there, which is simple where they start with a slash.
#[cfg(unix)]
mod gopls;
#[cfg(unix)]
mod lsp;
mod probes;
mod vscode;
mod workspace;
