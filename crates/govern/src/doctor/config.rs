//! Goward's own settings: the files `config.toml`, and the variables that outrank them.

use super::facts::Facts;
use super::words::path;
use super::{Found, Status};
use goward_resolver::shown;

pub(super) fn judge(facts: &Facts) -> Found {
    let files: Vec<String> = facts.settings.iter().map(|file| path(file)).collect();
    let mut found = Found::sound(match &*files {
        [] => "there is no config.toml".to_owned(),
        files => format!("{} can be read", files.join(" and ")),
    });
    for one in &facts.missets {
        let status = if one.is_harmless { Status::Warning } else { Status::Error };
        let complaint = found.add(status, shown(one.message.as_bytes()));
        if !one.words.is_empty() {
            complaint.mend(shown(one.words.as_bytes()));
        }
    }
    found
}
