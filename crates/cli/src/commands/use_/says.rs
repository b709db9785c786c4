//! The version that a file names before goward writes it, and the report of the change.

use super::{Edit, tool_versions};
use crate::paths::{Near, to_bytes, to_path};
use crate::project::Form;
use goward_installer::replace::Place;
use goward_resolver::{Chain, FileText, Goenv, ModuleFile, Owner, ToolchainName, escaped};

/// The version of the pin file at `place`.
pub(super) fn pin(chain: &Chain<'_>, place: &Place) -> Option<String> {
    let Some(Ok(file)) = &chain.pin else { return None };
    let here = to_path(&file.path) == place.named();
    here.then(|| file.parse(false).ok().map(|pin| pin.selector.to_string())).flatten()
}

/// The `GOTOOLCHAIN` of a `.goenv`. The text behind a link may be a secret.
pub(super) fn goenv(place: &Place, old: &[u8]) -> Option<String> {
    let text = FileText::of(Owner::Foreign, old);
    let goenv = is_no_link(place).then(|| Goenv::parse(&to_bytes(place.named()), text).ok());
    goenv.flatten()?.get("GOTOOLCHAIN").map(|(value, _)| escaped(value))
}

/// The toolchain line that the edit changes.
pub(super) fn toolchain_line(place: &Place, old: &[u8], new: &[u8]) -> Option<String> {
    let line = |bytes| {
        let text = FileText::of(Owner::Foreign, bytes);
        ModuleFile::scan(&to_bytes(place.named()), &text).toolchain
    };
    let (old, new) = (line(old)?, line(new)?);
    // Go's scanner may find a line in a block, which is no toolchain line and stays.
    let changed = (old.line, &old.value) != (new.line, &new.value);
    let changed = changed && ToolchainName::parse(&old.value).is_some();
    changed.then_some(old.value)
}

fn is_no_link(place: &Place) -> bool {
    place.path() == place.named()
}

impl Edit {
    /// The version that the file names from now on.
    pub(super) fn to(&self) -> &str {
        let without = |prefix| self.says.strip_prefix(prefix);
        without("GOTOOLCHAIN=").or_else(|| without("toolchain ")).unwrap_or(&self.says)
    }

    /// The number of the line that says so, from 1.
    pub(super) fn line(&self, form: Form) -> Option<u32> {
        let path = to_bytes(self.place.named());
        let text = FileText::of(Owner::Foreign, &self.new);
        match form {
            Form::Goenv => {
                let goenv = Goenv::parse(&path, text).ok()?;
                goenv.get("GOTOOLCHAIN").map(|(_, origin)| origin.line)
            }
            Form::Module => ModuleFile::scan(&path, &text).toolchain.map(|line| line.line),
            // goward makes the new text from the old one in a .tool-versions alone.
            Form::GoVersion if self.old.is_some() => tool_versions::line(&self.new),
            Form::GoVersion => Some(1),
        }
    }

    /// The change in a sentence; a file above `directory` holds for more than that.
    pub(super) fn report(&self, directory: Option<&[u8]>) -> String {
        let (near, path) = (Near::new(directory), to_bytes(self.place.named()));
        let above = near.holds_for(&path);
        let file = match &above {
            Some(_) if is_no_link(&self.place) => near.show(&path),
            _ => self.place.shown(),
        };
        let reach = above.map(|dir| format!(" (holds for all of {dir})")).unwrap_or_default();
        let (says, new) = (&self.says, self.to());
        match self.before.as_ref().filter(|before| *before != new) {
            Some(old) => format!("changed {file} from {old} to {new}{reach}"),
            None if self.there => format!("{file} says {says} already{reach}"),
            None => format!("wrote {file}: {says}{reach}"),
        }
    }
}
