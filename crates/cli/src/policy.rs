//! The least version that goward installs for a repository's file: `GOWARD_MINIMUM`, else
//! `[policy] minimum` of the configuration.

use crate::config::policy_file::Bound;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use goward_installer::Store;
use goward_resolver::resolve::Miss;
use goward_resolver::{Minimum, Selector, Version};

/// The install that a repository's file asks for.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    /// One release, or the newest that a selector takes.
    pub(crate) selector: Selector,
    /// The least version that meets it.
    pub(crate) at_least: Option<Version>,
    /// Whether it is a floor, which the policy may raise, and not a pin.
    pub(crate) is_floor: bool,
    /// The file, for messages.
    pub(crate) wanted_by: String,
}

impl Wish {
    /// The install that the shim would order.
    pub(crate) fn of(miss: &Miss) -> Wish {
        Wish {
            selector: miss.selector.clone(),
            at_least: miss.at_least.clone(),
            is_floor: miss.is_floor,
            wanted_by: miss.source.to_string(),
        }
    }

    /// The install that the user's policy allows for it.
    pub(crate) fn judged(self, cx: &Context, store: &Store) -> Result<Wish> {
        match cx.minimum(store)? {
            Some(minimum) => self.by(&minimum),
            None => Ok(self),
        }
    }

    /// The reason why this minimum forbids the install.
    pub(crate) fn refusal(&self, minimum: &Minimum) -> Option<String> {
        let file =
            self.wanted_by.rsplit_once(':').map_or(self.wanted_by.as_str(), |(file, _)| file);
        let in_goenv = file.ends_with("/.goenv") || file.ends_with("\\.goenv");
        minimum.refusal(&self.selector, in_goenv).filter(|_| !self.is_floor)
    }

    /// The failure of a miss where the owner of the machine lets none install.
    pub(crate) fn forbidden(&self, never: &Bound<()>) -> Failure {
        let Wish { selector, wanted_by, .. } = self;
        let message = format!(
            "Go {selector}, wanted by {wanted_by}, is not installed, and {never} lets nothing be \
             installed on a miss"
        );
        let quote = if matches!(selector, Selector::Range(_)) { "'" } else { "" };
        Failure::new(Exit::Forbidden, message)
            .hint(format!("install it yourself: goward install {quote}{selector}{quote}"))
            .hint("or ask the owner of this machine to install it for all: goward install --system")
    }

    /// The install that this minimum allows.
    pub(crate) fn by(mut self, minimum: &Minimum) -> Result<Wish> {
        if let Some(why) = self.refusal(minimum) {
            return Err(Failure::in_lines(Exit::Usage, &format!("{}: {why}", self.wanted_by)));
        }
        if minimum.refusal(&self.selector, false).is_some() {
            self.selector = Selector::Minor(minimum.version.language());
        }
        if self.selector.exact().is_none() {
            self.at_least = self.at_least.max(Some(minimum.version.clone()));
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floors_are_raised_and_pins_refused() {
        let minimum = Version::parse("1.24.5").unwrap();
        let minimum = Minimum { version: minimum, set_by: "a test".to_owned() };
        let judged = |selector: &str, at_least: Option<&str>, is_floor| {
            let wish = Wish {
                selector: Selector::parse(selector).unwrap(),
                at_least: at_least.and_then(Version::parse),
                is_floor,
                wanted_by: "/p/file:1".to_owned(),
            };
            match wish.by(&minimum) {
                Ok(wish) => {
                    let least = wish.at_least.map_or("-".to_owned(), |least| least.to_string());
                    format!("{} {least}", wish.selector)
                }
                Err(failure) => {
                    assert_eq!(failure.exit, Exit::Usage);
                    failure.message.unwrap().split(' ').next().unwrap().to_owned()
                }
            }
        };
        for (selector, at_least, is_floor, outcome) in [
            ("1.21.13", None, false, "/p/file:1:"),
            ("1.21", None, false, "/p/file:1:"),
            ("1.24.4", None, false, "/p/file:1:"),
            ("1.24.5", None, false, "1.24.5 -"),
            ("1.24", None, false, "1.24 1.24.5"),
            ("1.24", Some("1.24.9"), false, "1.24 1.24.9"),
            ("latest", None, false, "latest 1.24.5"),
            ("^1.21", None, false, "^1.21 1.24.5"),
            ("1.21", Some("1.21"), true, "1.24 1.24.5"),
            ("1.24.1", Some("1.24.1"), true, "1.24 1.24.5"),
            ("1.25", Some("1.25"), true, "1.25 1.25"),
            ("1.25.1", Some("1.25.1"), true, "1.25.1 1.25.1"),
        ] {
            assert_eq!(judged(selector, at_least, is_floor), outcome, "{selector}");
        }
    }
}
