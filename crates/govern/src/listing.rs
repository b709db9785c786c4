//! What `go list -json` prints: modules, and packages with their modules (`ModulePublic` of
//! cmd/go/internal/modinfo/info.go, `PackagePublic` of cmd/go/internal/load/pkg.go), as far as goward reads it. A stranger
//! may have written the texts: escape them.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::io::Read;
use std::path::PathBuf;

/// The most values of an output.
const MOST: usize = 200_000;

/// A module, of `go list -m` or of a package.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Module {
    pub(crate) path: String,
    pub(crate) version: Option<String>,
    pub(crate) update: Option<Box<Module>>,
    pub(crate) replace: Option<Box<Module>>,
    pub(crate) main: bool,
    pub(crate) dir: Option<String>,
    pub(crate) go_mod: Option<PathBuf>,
    pub(crate) go_version: Option<String>,
    pub(crate) retracted: Vec<String>,
    pub(crate) deprecated: Option<String>,
    pub(crate) error: Option<Failure>,
}

/// What Go could not find out, or not load.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Failure {
    pub(crate) err: String,
    /// Where that stands: file, line and column. Empty of a module.
    pub(crate) pos: String,
}

impl Module {
    /// Its name, with its version where it has one.
    pub(crate) fn name(&self) -> String {
        let version = self.version.as_deref().unwrap_or_default();
        [self.path.as_str(), version].join(" ").trim_end().to_owned()
    }

    /// The same of a dependency; `None` of a main module.
    pub(crate) fn dependency(&self) -> Option<String> {
        (!self.main).then(|| self.name())
    }
}

/// All of an output that is text.
pub(crate) fn text(out: &mut dyn Read) -> Result<String, String> {
    let mut bytes = Vec::new();
    out.read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The values that follow each other without commas.
pub(crate) fn stream<T: DeserializeOwned>(out: &mut dyn Read) -> Result<Vec<T>, String> {
    let mut bytes = Vec::new();
    // From a reader, the parser takes one byte after the other.
    out.read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    let values = serde_json::Deserializer::from_slice(&bytes).into_iter::<T>();
    let mut all = Vec::new();
    for value in values {
        if all.len() == MOST {
            return Err("it lists more modules than there can be".to_owned());
        }
        all.push(value.map_err(|error| error.to_string())?);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_need_no_commas() {
        let mut text =
            "{\"Path\":\"a\"}\n{\"Path\":\"b\",\"Version\":\"v1.0.0\",\"New\":1}".as_bytes();
        let all: Vec<Module> = stream(&mut text).unwrap();
        let names: Vec<String> = all.iter().map(Module::name).collect();
        assert_eq!(names, ["a", "b v1.0.0"]);
        stream::<Module>(&mut "{\"Path\":\"a\"} x".as_bytes()).unwrap_err();
    }

    #[test]
    fn a_main_module_is_no_dependency() {
        let own = Module { main: true, path: "m".to_owned(), ..Module::default() };
        assert_eq!((own.name().as_str(), own.dependency()), ("m", None));
        let other = Module { version: Some("v1.0.0".to_owned()), main: false, ..own };
        assert_eq!(other.dependency().as_deref(), Some("m v1.0.0"));
    }
}
