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

/// A layered value and the layer that it is from.
pub struct Layered<'a> {
    /// The value; never empty.
    pub bytes: &'a [u8],
    /// Its layer.
    pub source: Source,
}

impl<'a> Layers<'a> {
    /// The value of a variable of Go's: the first layer that sets it to something. `$GOROOT/go.env`
    /// and Go's built-in defaults lie below and are Go's business.
    pub fn get(&self, key: &'static str) -> Option<Layered<'a>> {
        if let Some(bytes) = self.env.get(key) {
            return Some(Layered { bytes, source: Source::Environment(key) });
        }
        if let Some((bytes, origin)) = self.goenv.and_then(|file| file.get(key)) {
            return Some(Layered { bytes, source: Source::Goenv(origin) });
        }
        let (bytes, origin) = self.go_env_file.and_then(|file| file.get(key))?;
        (!bytes.is_empty()).then_some(Layered { bytes, source: Source::GoEnvFile(origin) })
    }
}
