//! Whether a release exists, as far as goward knows: by the table in goward and the mirrors' earlier
//! answers. A release that is newer than all of those may be out by now.

use crate::commands::Releases;
pub(crate) use goward_govern::existence::Existence;
use goward_resolver::resolve::Miss;
use goward_resolver::{Selector, Version};
use std::fmt;

/// A wish for a release that goward does not know.
#[derive(Clone, Debug)]
pub(crate) struct Doubt {
    /// The release, or the minor.
    pub(crate) version: Version,
    /// Whether it is known that there is none.
    pub(crate) never: bool,
    /// The release to take in its place: the newest of its minor if there is none such, else the newest of all.
    pub(crate) instead: Version,
    /// Where goward knows that from.
    from: String,
}

impl Doubt {
    /// Whether there is what a directory wants, by the doubt about it.
    pub(crate) fn existence(doubt: Option<&Doubt>) -> Existence {
        match doubt {
            None => Existence::Known,
            Some(doubt) if doubt.never => Existence::Never,
            Some(_) => Existence::Unknown,
        }
    }

    /// `None` where there is such a release, and where goward cannot judge.
    pub(crate) fn of(releases: &Releases, version: &Version) -> Option<Doubt> {
        let all = releases.all();
        let never = match Existence::of(&all, version)? {
            Existence::Known => return None,
            existence => existence == Existence::Never,
        };
        let released = || all.iter().filter(|it| !it.is_prerelease());
        let own = released().filter(|it| it.same_minor(version)).max();
        let later = || released().filter(|it| *it > version).min();
        let newest = released().max()?;
        let instead = if never { own.or_else(later).unwrap_or(newest) } else { newest };
        let seen = releases.known.contains(newest);
        let from =
            if seen { releases.from.clone() } else { "the table compiled into goward".to_owned() };
        Some(Doubt { version: version.clone(), never, instead: instead.clone(), from })
    }

    /// Of what `go` would install.
    pub(crate) fn of_miss(releases: &Releases, miss: &Miss) -> Option<Doubt> {
        let least = miss.at_least.as_ref();
        let meets = |known: &Version| least.is_none_or(|least| known >= least);
        let version = match &miss.selector {
            Selector::Exact(version) => version,
            Selector::Minor(minor) => {
                let there = |known: &Version| known.same_minor(minor) && meets(known);
                if releases.all().iter().any(there) {
                    return None;
                }
                least.filter(|least| least.same_minor(minor)).unwrap_or(minor)
            }
            // Such a selector leaves more room than one version tells.
            _ => return None,
        };
        Doubt::of(releases, version)
    }

    /// The command that asks the mirrors; none where no answer can change anything.
    pub(crate) fn asks(&self) -> Option<String> {
        (!self.never).then(|| format!("goward list --remote {} --refresh", self.version))
    }

    /// The sentence, with the command that finds out.
    pub(crate) fn in_full(&self) -> String {
        match self.asks() {
            Some(command) => format!("{self}; to ask the mirrors, run: {command}"),
            None => self.to_string(),
        }
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Doubt { version, instead, from, .. } = self;
        match (self.never, instead.same_minor(version)) {
            (true, true) => {
                let minor = version.language();
                write!(f, "there is no Go {version}: the newest {minor} is {instead}")
            }
            (true, false) => write!(f, "there is no Go {version}"),
            (false, _) => write!(
                f,
                "goward does not know Go {version}: the newest that it knows is {instead} ({from})"
            ),
        }
    }
}
