//! Paths as the resolver's bytes, as the standard library's paths, and as text.

pub(crate) use goward_govern::os_path::path_of as to_path;
pub(crate) use goward_installer::Shown;
pub(crate) use goward_resolver::shown;
use std::path::{Path, PathBuf};

/// Stands for text that goward may not show.
pub(crate) const NOT_SHOWN: &str = "(not shown)";

/// A path for the resolver.
pub(crate) fn to_bytes(path: &Path) -> Vec<u8> {
    path.as_os_str().as_encoded_bytes().to_vec()
}

/// Bytes as text for programs: U+FFFD stands for what is no UTF-8.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A directory, and paths as its reader would write them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Near {
    directory: Option<PathBuf>,
}

/// Further up than this, a path is clearer from its root.
const MOST_UPS: usize = 2;

impl Near {
    /// From this directory; with none, paths are shown whole.
    pub(crate) fn new(directory: Option<&[u8]>) -> Near {
        Near { directory: directory.map(to_path) }
    }

    /// The path in text: relative where it lies in the directory or a little above.
    pub(crate) fn show(&self, path: &[u8]) -> String {
        let file = to_path(path);
        let from = self.directory.iter().flat_map(|directory| directory.ancestors());
        // Everything lies below the root of a file system.
        let mut from =
            from.enumerate().take(MOST_UPS + 1).filter(|(_, dir)| dir.parent().is_some());
        let relative = from.find_map(|(ups, dir)| {
            // Above, only the directories on the way are near.
            let is_near = |rest: &&Path| ups == 0 || rest.components().count() == 1;
            let rest = file.strip_prefix(dir).ok().filter(is_near)?;
            if rest.as_os_str().is_empty() {
                return None;
            }
            Some((0..ups).map(|_| Path::new("..")).chain([rest]).collect::<PathBuf>())
        });
        relative.map_or_else(|| shown(path), |relative| relative.shown())
    }

    /// Text for people, with relative paths of what lies in the directory.
    pub(crate) fn shorten(&self, text: &str) -> String {
        let here = self.directory.as_ref().filter(|dir| dir.parent().is_some());
        let Some(here) = here.map(|dir| format!("{}/", dir.shown())) else {
            return text.to_owned();
        };
        let mut short = String::with_capacity(text.len());
        for (at, piece) in text.split(&here).enumerate() {
            // Behind a letter or a slash, the same letters belong to another path.
            if at > 0 && !(short.is_empty() || short.ends_with([' ', '(', '`'])) {
                short.push_str(&here);
            }
            short.push_str(piece);
        }
        short
    }

    /// Whether the file lies in a directory above.
    pub(crate) fn is_above(&self, path: &[u8]) -> bool {
        self.holds_for(path).is_some()
    }

    /// The directory above that a file holds for; `None` for one that lies here or elsewhere.
    pub(crate) fn holds_for(&self, path: &[u8]) -> Option<String> {
        let (here, path) = (self.directory.as_deref()?, to_path(path));
        let dir = path.parent()?;
        (here != dir && here.starts_with(dir)).then(|| dir.shown())
    }

    /// The directory of a file as it looks from there, as one word of a shell.
    pub(crate) fn word_above(&self, path: &[u8]) -> String {
        let shows = self.show(path);
        match Path::new(&shows).parent() {
            Some(dir) if !dir.as_os_str().is_empty() => dir.word("DIR"),
            _ => ".".to_owned(),
        }
    }

    /// As [`Near::show`], as one word of a shell.
    pub(crate) fn word(&self, path: &[u8]) -> String {
        let shows = self.show(path);
        to_path(shows.as_bytes()).word("FILE")
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn near_paths_are_relative() {
        let near = Near::new(Some(b"/w/repo/sub"));
        for (path, shows, above) in [
            ("/w/repo/sub/go.mod", "go.mod", false),
            ("/w/repo/sub/a/go.mod", "a/go.mod", false),
            ("/w/repo/.go-version", "../.go-version", true),
            ("/w/x", "../../x", true),
            ("/w/other/x", "/w/other/x", false),
            ("/x", "/x", true),
            ("/etc/x", "/etc/x", false),
        ] {
            assert_eq!(
                (near.show(path.as_bytes()).as_str(), near.is_above(path.as_bytes())),
                (shows, above)
            );
        }
        assert_eq!(Near::new(None).show(b"/w/x"), "/w/x");
    }
}
