//! The repository around a directory, and whether git may answer in it.

use super::super::facts::Repository;
use crate::os_path::path_of;
use crate::repo::git;
use goward_installer::read;
use goward_resolver::Environment;
use std::path::{Path, PathBuf};

/// In bytes: the most of a configuration of git's that is read.
const LIMIT: usize = 1 << 20;

/// The repository that git would find from `here`.
pub(super) fn around(env: &Environment<'_>, here: &Path) -> Option<Repository> {
    let top = here.ancestors().find(|dir| dir.join(".git").symlink_metadata().is_ok())?;
    let owner = env.host().target(top.as_os_str().as_encoded_bytes())?.owner;
    let (is_safe, odd) = (is_safe(env, top, owner), git::odd(top));
    Some(Repository { top: top.to_owned(), owner, is_safe, odd })
}

/// Whether the user has told git so. Under sudo git takes the caller's own directories as well.
fn is_safe(env: &Environment<'_>, top: &Path, owner: u32) -> bool {
    if env.get("SUDO_UID").is_some_and(|user| user == owner.to_string().as_bytes()) {
        return true;
    }
    let home = env.host().home().map(|home| path_of(&home));
    let own = home.as_ref().map(|home| home.join(".gitconfig"));
    let config = env.get("XDG_CONFIG_HOME").map(path_of);
    let config = config.or_else(|| Some(home.as_ref()?.join(".config")));
    let config = config.map(|dir| dir.join("git/config"));
    let files = [Some(PathBuf::from("/etc/gitconfig")), config, own].into_iter().flatten();
    files.filter_map(|file| read::read_text(&file, LIMIT).ok()).any(|text| names(&text, top))
}

/// Whether a configuration of git's has `safe.directory` for this directory.
fn names(config: &str, top: &Path) -> bool {
    let mut is_safe = false;
    for line in config.lines().map(str::trim) {
        if line.starts_with('[') {
            is_safe = line
                .trim_start_matches('[')
                .trim_end_matches(']')
                .trim()
                .eq_ignore_ascii_case("safe");
            continue;
        }
        let Some((key, value)) = line.split_once('=').filter(|_| is_safe) else { continue };
        let value = value.trim().trim_matches('"');
        let below = value.strip_suffix("/*").is_some_and(|dir| top.starts_with(dir));
        if key.trim().eq_ignore_ascii_case("directory")
            && (value == "*" || below || Path::new(value) == top)
        {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_safe_by_its_name_or_all_are() {
        let top = Path::new("/w/p");
        for (config, safe) in [
            ("[safe]\n\tdirectory = /w/p\n", true),
            ("[user]\nname = x\n[Safe]\n directory = \"*\"\n", true),
            ("[safe]\ndirectory = /w/*\n", true),
            ("[safe]\ndirectory = /w\n", false),
            ("[user]\ndirectory = /w/p\n", false),
            ("", false),
        ] {
            assert_eq!(names(config, top), safe, "{config:?}");
        }
    }
}
