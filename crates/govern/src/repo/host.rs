//! A repository as the resolver's machine: the files that were read, and nothing else. There is no home
//! directory, no variable and no file above the top. So the answer is the same on every machine.

use super::Repository;
use goward_resolver::accounts::UserDatabase;
use goward_resolver::{
    Ancestor, Error, Facts, FileId, FileText, Host, Kind, Listed, Node, Os, Owner, Policy,
    Privileges, ROOT, ReadError, Survey,
};

/// The top's path on that machine.
#[cfg(not(windows))]
const TOP: &str = "/r";
#[cfg(windows)]
const TOP: &str = "C:/r";

/// The machine.
#[derive(Debug)]
pub struct RepoHost<'r> {
    repository: &'r Repository,
    database: UserDatabase,
}

impl<'r> RepoHost<'r> {
    /// Of a repository.
    pub fn new(repository: &'r Repository) -> RepoHost<'r> {
        RepoHost { repository, database: UserDatabase::default() }
    }

    /// A directory, by its path from the top, as `go` sees it there.
    ///
    /// # Errors
    /// None that a file of a repository can cause.
    pub fn survey(&self, dir: &str) -> Result<Survey<'_>, Error> {
        let dir = self.path(dir);
        Survey::of(self, Some(&dir), &[b"go", b"build"], Policy::default())
    }

    /// The path on that machine.
    pub fn path(&self, from_top: &str) -> Vec<u8> {
        match from_top {
            "" => TOP.into(),
            path => [TOP, "/", path].concat().into_bytes(),
        }
    }

    /// The path from the top; `None` for one outside.
    pub fn from_top(&self, path: &[u8]) -> Option<String> {
        let path = String::from_utf8_lossy(path).replace('\\', "/");
        let rest = path.strip_prefix(TOP)?;
        let inside = rest.is_empty() || rest.starts_with('/');
        inside.then(|| rest.trim_matches('/').to_owned())
    }
}

/// A file or a directory of root's.
fn facts(node: Node) -> Facts {
    Facts { node, owner: ROOT, group: 0, mode: 0o644 }
}

impl Host for RepoHost<'_> {
    fn system(&self) -> Os {
        Os::HERE
    }

    fn arch(&self) -> &str {
        "amd64"
    }

    fn var(&self, key: &str) -> Option<&[u8]> {
        match key {
            "GOENV" => Some(b"off"),
            // What a `.goenv` sets is judged as if the user had approved it.
            "GOWARD_TRUSTED_PATHS" => Some(TOP.as_bytes()),
            _ => None,
        }
    }

    fn cwd(&self) -> Option<Vec<u8>> {
        None
    }

    fn exe(&self) -> Option<Vec<u8>> {
        None
    }

    fn home(&self) -> Option<Vec<u8>> {
        None
    }

    fn home_of(&self, _user: u32) -> Option<Vec<u8>> {
        None
    }

    fn user_database(&self) -> &UserDatabase {
        &self.database
    }

    fn read(&self, path: &[u8], limit: usize) -> Result<Option<FileText>, ReadError> {
        let Some(path) = self.from_top(path) else { return Ok(None) };
        match self.repository.content(&path) {
            None => Ok(None),
            Some(Err(why)) => Err(*why),
            Some(Ok(bytes)) if bytes.len() > limit => Err(ReadError::TooLarge),
            Some(Ok(bytes)) => {
                let text = FileText::of(Owner::Trusted, bytes);
                Ok(Some(FileText { facts: facts(Node::File), ..text }))
            }
        }
    }

    fn read_entry(&self, path: &[u8], limit: usize) -> Result<Option<FileText>, ReadError> {
        self.read(path, limit)
    }

    fn may_exist(&self, ancestor: &Ancestor<'_>, name: &str) -> bool {
        let Some(dir) = self.from_top(ancestor.dir) else { return false };
        let path = if dir.is_empty() { name.to_owned() } else { [&dir, "/", name].concat() };
        self.repository.has_file(&path)
    }

    fn kind(&self, path: &[u8]) -> Kind {
        match self.from_top(path) {
            Some(path) if self.repository.has_directory(&path) => Kind::Directory,
            Some(path) if self.repository.has_file(&path) => Kind::File { executable: false },
            _ => Kind::Absent,
        }
    }

    fn identity(&self, _path: &[u8]) -> Option<FileId> {
        None
    }

    fn canonical(&self, path: &[u8]) -> Option<Vec<u8>> {
        (self.kind(path) != Kind::Absent).then(|| path.to_vec())
    }

    fn list(&self, dir: &[u8]) -> Vec<Listed> {
        let Some(dir) = self.from_top(dir) else { return Vec::new() };
        let listed = |name: &str| Listed { name: name.as_bytes().to_vec(), link: false };
        self.repository.directories_in(&dir).map(listed).collect()
    }

    fn entry(&self, path: &[u8]) -> Option<Facts> {
        match self.kind(path) {
            Kind::Absent => None,
            Kind::Directory => Some(facts(Node::Directory)),
            _ => Some(facts(Node::File)),
        }
    }

    fn link(&self, _path: &[u8]) -> Option<Vec<u8>> {
        None
    }

    fn target(&self, path: &[u8]) -> Option<Facts> {
        self.entry(path)
    }

    fn user(&self) -> u32 {
        ROOT
    }

    fn privileges(&self) -> Privileges {
        Privileges::Plain
    }

    fn has_shim_magic(&self, _path: &[u8]) -> bool {
        false
    }

    fn pause(&self) {}
}
