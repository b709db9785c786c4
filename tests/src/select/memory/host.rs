//! The machine in memory, as the resolver asks it.

use super::{Bytes, CALLER, End, Memory, Node, System, What};
use goward_resolver::accounts::UserDatabase;
use goward_resolver::{
    Facts, FileId, FileText, Host, Kind, Listed, Node as Entry, Os, Owner, Privileges, ReadError,
};

impl Memory {
    /// Windows has no groups and no permission bits here.
    fn facts(&self, node: &Node) -> Facts {
        let entry = match node.what {
            What::Dir => Entry::Directory,
            What::File { .. } => Entry::File,
            What::Link(_) => Entry::Link,
            What::Null | What::Other => Entry::Other,
        };
        let windows = self.system == System::Windows;
        let (group, mode) = if windows { (0, 0) } else { (node.group, node.mode) };
        Facts { node: entry, owner: node.owner, group, mode }
    }
}

impl Host for Memory {
    fn system(&self) -> Os {
        match self.system {
            System::Windows => Os::Windows,
            System::MacOs => Os::MacOs,
            System::Here => Os::Linux,
        }
    }

    fn arch(&self) -> &str {
        "amd64"
    }

    fn var(&self, key: &str) -> Option<&[u8]> {
        let windows = self.system == System::Windows;
        let same = |known: &Bytes| match windows {
            true => known.eq_ignore_ascii_case(key.as_bytes()),
            false => known == key.as_bytes(),
        };
        self.env.iter().find(|(known, _)| same(known)).map(|(_, value)| value.as_slice())
    }

    fn cwd(&self) -> Option<Vec<u8>> {
        self.canonical(&self.cwd)
    }

    fn exe(&self) -> Option<Vec<u8>> {
        self.canonical(&self.exe)
    }

    fn home(&self) -> Option<Vec<u8>> {
        let key = if self.system == System::Windows { "USERPROFILE" } else { "HOME" };
        self.var(key).map(<[u8]>::to_vec).filter(|home| !home.is_empty())
    }

    fn user_database(&self) -> &UserDatabase {
        &self.database
    }

    fn read(&self, path: &[u8], limit: usize) -> Result<Option<FileText>, ReadError> {
        let node = match self.walk(path, true) {
            End::Absent => return Ok(None),
            End::Circle => return Err(ReadError::LinkLoop),
            End::There(node) => node,
        };
        let (bytes, holes) = match &node.what {
            What::Null => (&Bytes::new(), 0),
            What::Dir => return Err(ReadError::Directory),
            What::Other | What::Link(_) => return Err(ReadError::NotRegular),
            What::File { .. } if node.mode == 0 => return Err(ReadError::Denied),
            What::File { bytes, holes, .. } => (bytes, *holes),
        };
        let size = holes.max(bytes.len() as u64);
        if size > limit as u64 {
            return Err(ReadError::TooLarge);
        }
        let mut bytes = bytes.clone();
        bytes.resize(size as usize, 0);
        let owner = Owner::of(self, node.owner);
        Ok(Some(FileText { bytes, owner, facts: self.facts(node), link: None, fresh: true }))
    }

    fn read_entry(&self, path: &[u8], limit: usize) -> Result<Option<FileText>, ReadError> {
        let link = self.entry(path).filter(Facts::is_link);
        let through = |text: FileText| match &link {
            Some(link) => text.through_link(self, link.owner),
            None => text,
        };
        Ok(self.read(path, limit)?.map(through))
    }

    fn kind(&self, path: &[u8]) -> Kind {
        match self.node(path).map(|node| &node.what) {
            None | Some(What::Link(_)) => Kind::Absent,
            Some(What::Dir) => Kind::Directory,
            Some(What::Null | What::Other) => Kind::Other,
            Some(What::File { executable, .. }) => {
                Kind::File { executable: *executable || self.system == System::Windows }
            }
        }
    }

    fn identity(&self, path: &[u8]) -> Option<FileId> {
        self.node(path).map(|node| FileId { volume: 1, index: node.id })
    }

    fn canonical(&self, path: &[u8]) -> Option<Vec<u8>> {
        self.node(path).map(|node| node.path.clone())
    }

    fn list(&self, dir: &[u8]) -> Vec<Listed> {
        let Some(dir) = self.node(dir) else { return Vec::new() };
        let parts: Vec<Bytes> = self.parts(&dir.path).map(<[u8]>::to_vec).collect();
        let prefix =
            if parts.is_empty() { Vec::new() } else { [self.key(&parts), b"/".to_vec()].concat() };
        let below =
            self.nodes.range(prefix.clone()..).take_while(|(key, _)| key.starts_with(&prefix));
        below
            .filter(|(key, _)| key.len() > prefix.len() && !key[prefix.len()..].contains(&b'/'))
            .filter(|(_, node)| self.kind(&node.path) == Kind::Directory)
            .filter_map(|(_, node)| {
                let name = self.parts(&node.path).last()?.to_vec();
                Some(Listed { name, link: matches!(node.what, What::Link(_)) })
            })
            .collect()
    }

    fn entry(&self, path: &[u8]) -> Option<Facts> {
        match self.walk(path, false) {
            End::There(node) => Some(self.facts(node)),
            End::Absent | End::Circle => None,
        }
    }

    fn link(&self, path: &[u8]) -> Option<Vec<u8>> {
        match self.walk(path, false) {
            End::There(Node { what: What::Link(target), .. }) => Some(target.clone()),
            _ => None,
        }
    }

    fn target(&self, path: &[u8]) -> Option<Facts> {
        self.node(path).map(|node| self.facts(node))
    }

    fn user(&self) -> u32 {
        CALLER
    }

    fn privileges(&self) -> Privileges {
        Privileges::Plain
    }

    fn has_shim_magic(&self, path: &[u8]) -> bool {
        matches!(self.node(path), Some(Node { what: What::File { shim: true, .. }, .. }))
    }

    fn pause(&self) {}
}
