//! Further files of a repository, which the patterns of a policy name.

use super::filling::{Filling, Room};
use super::stage::Stage;
use super::{Error, MOST_LINKED, MOST_NAMES, Repository};
use crate::kind::FileKind;
use std::path::Path;

impl Repository {
    /// Reads further files, whatever their names are.
    ///
    /// # Errors
    /// If there are more than a project has, or git cannot say what its index holds.
    pub fn read_also(&mut self, wants: &dyn Fn(&str) -> bool) -> Result<(), Error> {
        let unread = self.files.iter().filter(|(path, content)| content.is_none() && wants(path));
        let mut unread: Vec<String> = unread.map(|(path, _)| path.clone()).collect();
        if unread.is_empty() {
            return Ok(());
        }
        let room = Room { all: MOST_LINKED, linked: MOST_LINKED, names: MOST_NAMES };
        let mut filling = Filling::new(self.top.clone(), room);
        std::mem::swap(&mut filling.repository, self);
        unread.retain(|path| filling.counts(FileKind::Other, path));
        if filling.repository.staged {
            let stage = Stage::of(&filling.repository.top)?;
            *self = stage.read_also(filling, unread)?;
            return Ok(());
        }
        for path in unread {
            let (name, room) = (Path::new(&path), &mut filling.room);
            if let Some(content) = filling.repository.read(name, FileKind::Other, room) {
                filling.repository.files.insert(path, Some(content));
            }
        }
        *self = filling.repository;
        Ok(())
    }
}
