//! Files, and the settings that they and the environment have.

use super::{Lines, Model};
use crate::reference::environment::{self, Setting, Tier};
use crate::world::File;

impl<'w> Model<'w> {
    /// Whether a setting that yields would hide a value of the go/env file. No toolchain of these
    /// worlds has a `go.env` of its own mind.
    pub(super) fn hides(&self, setting: &Setting) -> bool {
        let file = self.file("home/.config/go", "env");
        let hidden = file.and_then(|file| environment::go_env(&file.text, &setting.key));
        let hidden = hidden.map(|(value, _)| value).filter(|value| !value.is_empty());
        setting.tier == Tier::Yielding
            && self.env(&setting.key).is_none()
            && !environment::may_hide(&setting.key, &setting.value, hidden.as_deref())
    }

    pub(super) fn file(&self, dir: &str, name: &str) -> Option<&'w File> {
        self.world.files.iter().find(|file| file.dir == dir && file.name == name)
    }

    pub(super) fn nearest(&self, name: &str) -> Option<&'w File> {
        self.directories.iter().find_map(|dir| self.file(dir, name))
    }

    /// A variable of Go's: the environment, the `.goenv`, the go/env file; empty is unset.
    pub(super) fn variable(&self, key: &str) -> Option<Vec<u8>> {
        let env = self.world.env.iter().find(|(known, _)| *known == key);
        let env = env.map(|(_, value)| value.clone());
        let goenv = self.goenv_value(key);
        let file = self.file("home/.config/go", "env");
        let file = file.and_then(|file| environment::go_env(&file.text, key)).map(|(text, _)| text);
        [env, goenv, file].into_iter().flatten().find(|value| !value.is_empty())
    }

    pub(super) fn goenv_value(&self, key: &str) -> Option<Vec<u8>> {
        let set = |setting: &&Setting| setting.key == key && !setting.value.is_empty();
        self.goenv.iter().find(set).map(|setting| setting.value.clone())
    }

    pub(super) fn env(&self, key: &str) -> Option<&'w [u8]> {
        let found = self.world.env.iter().find(|(known, _)| *known == key);
        found.map(|(_, value)| value.as_slice()).filter(|value| !value.is_empty())
    }

    /// `GOWARD_GO_LINE`, of the environment or the `.goenv`.
    pub(super) fn lines(&self) -> Option<Lines> {
        let own = self.goenv_value("GOWARD_GO_LINE");
        let value = self.env("GOWARD_GO_LINE").map(<[u8]>::to_vec).or(own);
        match value.as_deref() {
            None => Some(Lines::Usual),
            Some(b"minor") => Some(Lines::Minor),
            Some(b"minimum") => Some(Lines::Minimum),
            Some(_) => None,
        }
    }
}
