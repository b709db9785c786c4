//! Editors, their language server and the debugger: what they get through the shim is what they
//! get from the toolchain that is right for the folder.

mod delve;
// Paths are URIs there, which is simple where they start with a slash.
#[cfg(unix)]
mod gopls;
#[cfg(unix)]
mod lsp;
mod probes;
mod vscode;
mod workspace;
