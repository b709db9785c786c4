//! The pin files of the model.

use super::Model;
use crate::reference::selector::Selector;
use crate::reference::{pinfile, selector};
use crate::world::File;

/// The words of a pin file.
pub(super) struct Said {
    words: Vec<Vec<u8>>,
    tools: bool,
}

pub(super) fn go_version(bytes: &[u8]) -> Option<Said> {
    pinfile::go_version(bytes).map(|(_, text)| Said { words: vec![text], tools: false })
}

impl Model<'_> {
    /// Level 5: the nearest directory with a pin file, the home directory apart unless it is a
    /// project. The inner `None` is a file that says nothing.
    pub(super) fn pin_file(&self) -> Option<Option<Said>> {
        let counts = |dir: &&String| *dir != "home" || self.home_is_a_project();
        self.directories.iter().filter(counts).find_map(|dir| self.pin_in(dir))
    }

    pub(super) fn home_is_a_project(&self) -> bool {
        ["go.mod", "go.work"].iter().any(|name| self.file("home", name).is_some())
    }

    pub(super) fn pin_in(&self, dir: &str) -> Option<Option<Said>> {
        if let Some(file) = self.file(dir, ".go-version") {
            return Some(go_version(&file.text));
        }
        let file = self.file(dir, ".tool-versions")?;
        pinfile::tool_versions(&file.text).map(|(_, words)| Some(Said { words, tools: true }))
    }

    /// Whether another user wrote the home directory's pin file.
    pub(super) fn home_is_anothers(&self) -> bool {
        let says = |file: &&File| {
            file.name == ".go-version" || pinfile::tool_versions(&file.text).is_some()
        };
        let names = [".go-version", ".tool-versions"];
        let pin = names.iter().filter_map(|name| self.file("home", name)).find(says);
        pin.is_some_and(|pin| pin.foreign)
    }

    /// The first installed word of a line of `.tool-versions`, else its first word.
    pub(super) fn preferred(&self, said: &Said, linked: bool) -> Option<Selector> {
        let selector = |word: &Vec<u8>| {
            selector_in(pinfile::selector(word, said.tools, linked)?.as_bytes(), linked)
        };
        let mut all = said.words.iter().map(selector);
        let first = all.next()??;
        let here = |want: &Selector| match want {
            Selector::System => self.world.system.is_some(),
            want => self.newest(|release| want.matches(release)).is_some(),
        };
        if here(&first) {
            return Some(first);
        }
        Some(all.flatten().find(here).unwrap_or(first))
    }
}

/// A selector in goward's grammar; files of a repository may not name a linked toolchain.
pub(super) fn selector_in(text: &[u8], linked: bool) -> Option<Selector> {
    match selector::parse(std::str::from_utf8(text).ok()?)? {
        Selector::OldStable | Selector::Tip => None,
        Selector::Linked(_) if !linked => None,
        other => Some(other),
    }
}
