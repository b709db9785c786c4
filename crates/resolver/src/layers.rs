//! The layers of Go's environment: the caller's, the project's `.goenv`, the go/env file.

use crate::environment::Environment;
use crate::goenv::Goenv;
use crate::goenvfile::GoEnvFile;
use crate::source::Source;

/// The layers that may set a variable, in order of precedence.
pub struct Layers<'a> {
    /// The caller's environment.
    pub env: &'a Environment<'a>,
    /// The nearest `.goenv`.
    pub goenv: Option<&'a Goenv>,
    /// The file that `go env -w` writes.
    pub go_env_file: Option<&'a GoEnvFile>,
}

impl<'a> Layers<'a> {
    /// The value of a variable of Go's, never empty, with its layer: the first that sets it to
    /// something. `$GOROOT/go.env` and Go's built-in defaults lie below and are Go's business.
    pub fn get(&self, key: &'static str) -> Option<(&'a [u8], Source)> {
        if let Some(value) = self.env.get(key) {
            return Some((value, Source::Environment(key)));
        }
        if let Some((value, origin)) = self.goenv.and_then(|file| file.get(key)) {
            return Some((value, Source::Goenv(origin)));
        }
        let (value, origin) = self.go_env_file?.get(key)?;
        Some((value, Source::GoEnvFile(origin)))
    }
}
