//! Whether a job saves an entry at its end, and why.

use super::keys::{OfModules, Restored};
use super::rights::{Access, Write};

/// A cache is saved anew if what the job has added is at least this part of it. Less costs each later job less than
/// the tenth part of a cold start, and an entry costs all of its bytes.
const NEW_PERCENT: u64 = 10;
/// A restored build cache is saved anew after this many days: systems drop entries that are old.
const OLD_DAYS: u64 = 5;
/// Modules that differ from those of the restored entry are saved after this many days, however few are new: until
/// then each job fetches these.
const FEW_DAYS: u64 = 1;

/// A decision, and its reason for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Save {
    /// Whether to save.
    pub save: bool,
    /// Why, or why not.
    pub why: String,
}

/// The size of what would be saved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// The number of files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// The bytes of those that this job made.
    pub new_bytes: u64,
}

impl Size {
    /// The part that is new, in hundredths.
    fn percent(&self) -> u64 {
        self.new_bytes.saturating_mul(100).checked_div(self.bytes).unwrap_or_default()
    }
}

/// An age in words.
fn days(age: u64) -> String {
    match age {
        0 => "of today".to_owned(),
        1 => "1 day old".to_owned(),
        days => format!("{days} days old"),
    }
}

fn yes(why: impl Into<String>) -> Save {
    Save { save: true, why: why.into() }
}

fn no(why: impl Into<String>) -> Save {
    Save { save: false, why: why.into() }
}

/// Whether a job with this access may save anything, whatever there is; the reason why not.
pub fn refused(access: &Access<'_>, restored: bool) -> Option<Save> {
    match access.write {
        Write::Never => Some(no(access.why)),
        Write::First if restored => {
            let why = access.why;
            Some(no(format!("{why}; such a job saves only where no entry was restored")))
        }
        _ => None,
    }
}

/// The decision about the module cache, beside the entry that was restored.
pub fn modules(access: &Access<'_>, restored: Option<OfModules>, size: &Size) -> Save {
    if let Some(refused) = refused(access, restored.is_some()) {
        return refused;
    }
    let (why, percent) = (access.why, size.percent());
    match restored {
        _ if size.files == 0 => no("the job used no modules"),
        None => yes(format!("{why}, and no entry was restored")),
        Some(OfModules { same: true, .. }) => no("the restored entry has the same modules"),
        Some(_) if percent >= NEW_PERCENT => yes(format!("{why}, and {percent} % of it is new")),
        Some(OfModules { age: Some(age), .. }) if age < FEW_DAYS => {
            no(format!("only {percent} % of it is new, and the restored entry is {}", days(age)))
        }
        Some(_) => yes(format!("{why}, and the modules are not those of the restored entry")),
    }
}

/// The decision about the build cache.
pub fn build(access: &Access<'_>, restored: Option<&Restored>, size: &Size) -> Save {
    if let Some(refused) = refused(access, restored.is_some()) {
        return refused;
    }
    let (why, percent) = (access.why, size.percent());
    match restored {
        _ if size.files == 0 => no("the job built nothing"),
        None => yes(format!("{why}, and no entry was restored")),
        Some(Restored { same_job: false, .. }) => {
            yes(format!("{why}, and the restored entry was another job's"))
        }
        Some(_) if percent >= NEW_PERCENT => yes(format!("{why}, and {percent} % of it is new")),
        Some(Restored { is_named: false, .. }) => no(format!(
            "only {percent} % of it is new, and nothing says how old the restored entry is"
        )),
        Some(Restored { age: Some(age), .. }) if *age < OLD_DAYS => {
            no(format!("only {percent} % of it is new, and the restored entry is {}", days(*age)))
        }
        Some(_) => yes(format!("{why}, and the restored entry is old")),
    }
}

#[cfg(test)]
#[path = "save_tests.rs"]
mod tests;
