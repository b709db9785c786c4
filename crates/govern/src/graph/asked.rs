//! What module files ask for themselves, by our own parser: Go's graph has the roots as it raised them.

use super::grounds::Grounds;
use crate::go::Error;
use goward_gomod::{File, Kind, Rules};
use goward_resolver::MOD_LIMIT;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The most requirements of a file. The largest that people wrote has a few thousand.
const MOST: usize = 50_000;

/// One requirement of a module file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The version: canonical, but for one that only a proxy can tell.
    pub version: String,
    /// The file.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: u32,
    /// Whether its comment says `// indirect`.
    pub indirect: bool,
}

/// A module file, read and parsed.
#[derive(Clone, Debug)]
pub(crate) struct ModFile {
    pub(crate) path: PathBuf,
    pub(crate) bytes: Vec<u8>,
    pub(crate) file: File,
}

impl ModFile {
    /// Reads it as Go reads the file of a main module, or a `go.work`, if it lies on these grounds.
    pub(crate) fn read(grounds: &Grounds, path: &Path, kind: Kind) -> Result<ModFile, Error> {
        let absent = || Error::Read(path.to_path_buf(), ErrorKind::NotFound.into());
        let bytes = grounds.read(path, MOD_LIMIT)?.ok_or_else(absent)?;
        let rules = match kind {
            Kind::Module => Rules::building(),
            Kind::Workspace => Rules::strict(kind),
        };
        let file = File::parse(bytes.clone(), rules);
        let file = file.map_err(|why| Error::Refused(path.to_path_buf(), why.to_string()))?;
        if file.require.len() > MOST {
            let why = std::io::Error::other(format!("it has more than {MOST} requirements"));
            return Err(Error::Read(path.to_path_buf(), why));
        }
        Ok(ModFile { path: path.to_path_buf(), bytes, file })
    }

    /// The path of the module.
    pub(crate) fn module(&self) -> String {
        self.file.module.as_ref().map(|module| module.path.to_lossy()).unwrap_or_default()
    }

    /// The go line.
    pub(crate) fn go_line(&self) -> Option<String> {
        self.file.go.as_ref().map(|go| go.value.to_lossy())
    }

    /// The requirements, each with its module.
    pub(crate) fn requirements(&self) -> impl Iterator<Item = (String, Asked)> {
        self.file.require.iter().map(|require| {
            let asked = Asked {
                version: require.module.version.to_lossy(),
                file: self.path.clone(),
                line: require.place.start.line,
                indirect: require.indirect,
            };
            (require.module.path.to_lossy(), asked)
        })
    }

    /// The excluded versions, with their modules.
    pub(crate) fn excluded(&self) -> impl Iterator<Item = (String, String)> {
        let modules = self.file.exclude.iter().map(|exclude| &exclude.module);
        modules.map(|module| (module.path.to_lossy(), module.version.to_lossy()))
    }
}

/// The requirements of all files, by module.
pub(crate) fn by_module(files: &[ModFile]) -> BTreeMap<String, Vec<Asked>> {
    let mut all: BTreeMap<String, Vec<Asked>> = BTreeMap::new();
    for (path, asked) in files.iter().flat_map(ModFile::requirements) {
        all.entry(path).or_default().push(asked);
    }
    all
}
