//! The GOROOTs that the user has registered under names.

use super::{LINKS, Link, Place, Roots};
use crate::error::Error;
use crate::host::Node;
use crate::path::join;
use crate::soundness::{self, Fault};
use alloc::string::String;
use alloc::vec::Vec;

impl Roots<'_> {
    /// The GOROOT registered as `name`.
    pub fn linked(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        self.first(&|place| match self.directory(place, LINKS)? {
            Some(links) => self.link(place, &links, name),
            None => Ok(None),
        })
    }

    /// In the caller's own root a link leads where the caller chose, unless all may write there.
    fn link(&self, place: &Place, links: &[u8], name: &str) -> Result<Option<Vec<u8>>, Error> {
        let host = self.env.host();
        let path = join(host.os(), links, name);
        let (Some(entry), Some(target)) = (host.entry(&path), host.target(&path)) else {
            return Ok(None);
        };
        if target.node != Node::Directory {
            return Ok(None);
        }
        let by_all = (target.mode & 0o002 != 0).then_some(Fault::Open);
        let sound = match (place.own, entry.is_link()) {
            (true, true) => {
                let fault = soundness::fault_on(host, &entry);
                self.weigh(place, &path, Some((entry, fault)))?
                    && self.weigh(place, &path, Some((target, by_all)))?
            }
            (true, false) => self.is_sound(place, &path)?,
            (false, _) => self.is_sound(place, &path)? && self.runs_soundly(place, &path)?,
        };
        Ok(sound.then_some(path))
    }

    /// The names of all linked trees with their GOROOTs, or why one does not count.
    pub fn links(&self) -> Result<Vec<Link>, Error> {
        let mut found = Vec::new();
        for place in self.places() {
            let Some(links) = self.directory(place, LINKS)? else { continue };
            for listed in self.env.host().list(&links) {
                let Ok(name) = String::from_utf8(listed.name) else { continue };
                if let Some(goroot) = self.linked(&name).transpose() {
                    found.push((name, goroot));
                }
            }
        }
        Ok(found)
    }
}
