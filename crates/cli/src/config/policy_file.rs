//! The policy file: what the owner of a machine decides for all who use goward there.
//!
//! ```toml
//! mirrors = ["https://go.example/dl/"]     # for all who name no others
//!
//! [policy]
//! minimum = "1.24"                         # GOWARD_MINIMUM may be later, and not earlier
//! mirrors-only = true                      # no mirrors but those of this file
//! auto-install = "never"                   # a miss in the shim installs nothing
//! min-trust = "t1"                         # no weaker witness, whatever --verify says
//! check-rules = { version-eol = "error" }  # what `goward check --machine` makes of rules, at least
//! ```
//!
//! Only the manager reads it, so it binds what goward installs and judges, and never what runs.

use super::{AutoInstall, Config, Fault, edit, faulty, guard, line_of, unknown, version};
use crate::failure::{Exit, Failure, Result};
use crate::values;
use goward_govern::check::policy::Demands;
use goward_govern::rule::{Rule, Severity};
use goward_govern::slip;
use goward_installer::{Assurance, Mirror, Settings, redact};
use goward_resolver::{Host, Minimum, Version, quoted};
use std::fmt;
use std::path::Path;

/// Its place. No variable moves it, or users could leave its bounds.
pub(crate) const FILE: &str = if cfg!(target_os = "macos") {
    "/private/etc/goward/config.toml"
} else {
    "/etc/goward/config.toml"
};

/// The most bytes that it may have.
const LIMIT: usize = 1 << 20;

/// The file's content, which makes sense.
#[derive(Debug)]
pub(crate) struct PolicyFile {
    /// The values for all who set none.
    pub(crate) config: Config,
    text: String,
}

/// A bound of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bound<T> {
    key: &'static str,
    /// As it stands in the file, in TOML.
    toml: String,
    /// The line of the file.
    pub(crate) line: usize,
    pub(crate) value: T,
}

impl<T> fmt::Display for Bound<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {} in {FILE}:{}", self.key, self.toml, self.line)
    }
}

impl PolicyFile {
    /// Reads it, if it is there. Windows has none.
    ///
    /// # Errors
    /// If another user than root could have written it, or it makes no sense.
    pub(crate) fn read(host: &dyn Host) -> Result<Option<PolicyFile>> {
        if cfg!(windows) {
            return Ok(None);
        }
        let path = Path::new(FILE);
        let Some(text) = guard::text(host, path, LIMIT)? else { return Ok(None) };
        let mut file = PolicyFile::parse(&text).map_err(|fault| {
            let failure = faulty(path, &fault);
            if fault.1.contains('\n') {
                return failure;
            }
            Failure { hints: Vec::new(), ..failure }.hint(
                "keys are: mirrors, mirror-digests, offline, dist-url; in [policy]: minimum, mirrors-only, \
                 auto-install, min-trust, check-rules",
            )
        })?;
        file.config.note_unknown(&text, path);
        Ok(Some(file))
    }

    /// What the text says.
    ///
    /// # Errors
    /// The line of the first mistake, and its reason.
    pub(crate) fn parse(text: &str) -> std::result::Result<PolicyFile, Fault> {
        let config = Config::parse_any(text)?;
        // A misspelt table of bounds must not count as none. A newer format may have other keys.
        if !config.format().is_newer()
            && let Some((line, key)) = unknown(text).into_iter().next()
        {
            return Err((line, format!("unknown key {}", quoted(&key))));
        }
        let table = &config.policy;
        let line = |span: std::ops::Range<usize>| line_of(text, span.start);
        if let Some(level) = &table.min_trust
            && trust(level.get_ref()).is_none()
        {
            let why = format!("min-trust {:?}: write t0, t1, t2 or t3", level.get_ref());
            return Err((line(level.span()), why));
        }
        for (rule, severity) in table.check_rules.iter().flat_map(|rules| rules.get_ref()) {
            if Rule::named(rule.get_ref()).is_none() {
                let meant = slip::meant(rule.get_ref(), Rule::ids());
                let why = format!("there is no rule {:?}{meant}", rule.get_ref());
                return Err((line(rule.span()), why));
            }
            if Severity::named(severity.get_ref()).is_none() {
                let why = format!(
                    "severity {:?}: write \"error\", \"warning\" or \"note\"",
                    severity.get_ref()
                );
                return Err((line(severity.span()), why));
            }
        }
        Ok(PolicyFile { config, text: text.to_owned() })
    }

    /// The line on which a key of the file stands.
    pub(crate) fn line(&self, name: &str) -> Option<usize> {
        edit::line(&self.text, name)
    }

    fn bound<T>(&self, key: &'static str, toml: String, value: T) -> Bound<T> {
        // Dotted keys in tables of tables have a line of their table.
        let line = self.line(&format!("policy.{key}")).unwrap_or(1);
        Bound { key, toml, line, value }
    }

    /// The least version that a repository may ask for.
    pub(crate) fn minimum(&self) -> Option<Bound<Version>> {
        let said = self.config.policy.minimum.as_ref()?;
        let version = version(said.get_ref())?;
        Some(self.bound("minimum", format!("\"{version}\""), version))
    }

    /// Whether nothing is installed on a miss.
    pub(crate) fn never_installs(&self) -> Option<Bound<()>> {
        let said = self.config.policy.auto_install.as_ref()?;
        let never = *said.get_ref() == AutoInstall::Never;
        never.then(|| self.bound("auto-install", "\"never\"".to_owned(), ()))
    }

    /// The mirrors beside which there are no others.
    pub(crate) fn only_mirrors(&self) -> Option<Bound<Vec<Mirror>>> {
        if !*self.config.policy.mirrors_only.as_ref()?.get_ref() {
            return None;
        }
        let listed = self.config.mirrors.iter().flatten();
        let listed = listed.filter_map(|url| Mirror::parse(url.get_ref(), false).ok());
        let mut mirrors: Vec<_> = listed.collect();
        if mirrors.is_empty() {
            mirrors.push(Mirror::official());
        }
        Some(self.bound("mirrors-only", "true".to_owned(), mirrors))
    }

    /// The weakest witness.
    pub(crate) fn min_trust(&self) -> Option<Bound<Assurance>> {
        let said = self.config.policy.min_trust.as_ref()?.get_ref();
        Some(self.bound("min-trust", format!("\"{said}\""), trust(said)?))
    }

    /// The severities of rules.
    pub(crate) fn check_rules(&self) -> impl Iterator<Item = (Rule, Severity)> {
        let rules = self.config.policy.check_rules.iter().flat_map(|rules| rules.get_ref());
        rules.filter_map(|(rule, severity)| {
            Some((Rule::named(rule.get_ref())?, Severity::named(severity.get_ref())?))
        })
    }

    /// What `goward check --machine` demands.
    pub(crate) fn demands(&self) -> Demands {
        let minimum = self.minimum().map(|bound| (bound.value.clone(), bound.to_string()));
        Demands { minimum, severities: self.check_rules().collect() }
    }

    /// The minimum that counts: the user's `own`, which may be later than the file's.
    ///
    /// # Errors
    /// If it is earlier.
    pub(crate) fn judge_minimum(&self, own: Option<Minimum>) -> Result<Option<Minimum>> {
        let Some(bound) = self.minimum() else { return Ok(own) };
        match own {
            Some(own) if own.version < bound.value => {
                let least = format!("set {} or a later version, or none", bound.value);
                Err(outside(&own.set_by, "is below", &bound).hint(least))
            }
            Some(own) => Ok(Some(own)),
            None => Ok(Some(Minimum { set_by: bound.to_string(), version: bound.value })),
        }
    }

    /// Fails if a mirror of the settings is none of the file's; `by` names them.
    pub(crate) fn judge_mirrors(&self, settings: &Settings, by: &str) -> Result<()> {
        let Some(bound) = self.only_mirrors() else { return Ok(()) };
        let is_listed =
            |mirror: &&Mirror| bound.value.iter().any(|one| one.base() == mirror.base());
        let Some(other) = settings.mirrors.iter().find(|mirror| !is_listed(mirror)) else {
            return Ok(());
        };
        let listed: Vec<_> = bound.value.iter().map(|mirror| redact(mirror.base())).collect();
        let what = format!("{by} names {}, which is none of the mirrors", redact(other.base()));
        Err(outside(&what, "of", &bound).hint(format!("mirrors here are: {}", listed.join(", "))))
    }

    /// Fails if the witness that the user is content with, by the words `by`, is too weak.
    pub(crate) fn judge_trust(&self, level: Option<Assurance>, by: &str) -> Result<()> {
        match (self.min_trust(), level) {
            (Some(bound), Some(level)) if level > bound.value => {
                let said = bound.value.level().to_ascii_lowercase();
                Err(outside(by, "is below", &bound).hint(format!("write {said} or a stronger one")))
            }
            _ => Ok(()),
        }
    }
}

/// The failure by a value of a user's outside a bound.
fn outside<T>(what: &str, relation: &str, bound: &Bound<T>) -> Failure {
    Failure::new(Exit::Usage, format!("{what} {relation} {bound}"))
}

/// A level of trust that can bind. `none` cannot.
fn trust(text: &str) -> Option<Assurance> {
    values::level(text).ok().filter(|level| *level != Assurance::User)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "mirrors = ['https://go.example/dl/']\n\n[policy]\nminimum = '1.24'\n\
        mirrors-only = true\nauto-install = 'never'\nmin-trust = 't1'\n\
        [policy.check-rules]\nversion-eol = 'error'\n";

    #[test]
    fn bounds_are_named_with_their_line() {
        let file = PolicyFile::parse(TEXT).unwrap();
        let minimum = file.minimum().unwrap();
        assert_eq!(minimum.to_string(), format!("minimum = \"1.24\" in {FILE}:4"));
        assert_eq!(file.only_mirrors().unwrap().line, 5);
        assert_eq!(file.never_installs().unwrap().line, 6);
        let trust = file.min_trust().unwrap();
        assert_eq!((trust.line, trust.value), (7, Assurance::ChecksumDatabase));
        let rules: Vec<_> = file.check_rules().collect();
        assert_eq!(rules, [(Rule::VersionEol, Severity::Error)]);
        let free = PolicyFile::parse("[policy]\nmirrors-only = false\nauto-install = 'always'\n");
        let free = free.unwrap();
        assert!(free.only_mirrors().is_none() && free.never_installs().is_none());
        assert!(free.minimum().is_none() && free.min_trust().is_none());
    }

    /// A misspelt bound is none, so goward stops by it.
    #[test]
    fn a_misspelt_bound_is_a_mistake() {
        for text in
            ["[Policy]\nmirrors-only = true", "policy = {}\n\n[polcy]", "mirrors-only = true"]
        {
            let (_, why) = PolicyFile::parse(text).err().unwrap();
            assert!(why.starts_with("unknown key"), "{why}");
        }
        assert!(PolicyFile::parse("format = 99\nlater = true").is_ok(), "a newer goward's");
    }

    #[test]
    fn a_user_stays_within_the_bounds() {
        let file = PolicyFile::parse(TEXT).unwrap();
        let own = |text: &str| {
            let version = Version::parse(text).unwrap();
            Some(Minimum { version, set_by: format!("GOWARD_MINIMUM={text}") })
        };
        let said = file.judge_minimum(None).unwrap().unwrap();
        assert_eq!((said.version.to_string(), said.set_by.contains(":4")), ("1.24".into(), true));
        let later = file.judge_minimum(own("1.25.1")).unwrap().unwrap();
        assert_eq!(later.set_by, "GOWARD_MINIMUM=1.25.1");
        let failure = file.judge_minimum(own("1.23.9")).unwrap_err();
        let wanted = format!("GOWARD_MINIMUM=1.23.9 is below minimum = \"1.24\" in {FILE}:4");
        assert_eq!((failure.exit, failure.message), (Exit::Usage, Some(wanted)));
        let settings = |url: &str| {
            let mut settings = Settings::default();
            settings.mirrors = vec![Mirror::parse(url, false).unwrap()];
            settings
        };
        assert!(file.judge_mirrors(&settings("https://go.example/dl"), "--from").is_ok());
        let failure = file.judge_mirrors(&settings("https://x.example/dl"), "--from");
        let said = format!("{:?}", failure.unwrap_err());
        assert!(said.contains("--from names"), "{said}");
        assert!(said.contains(":5") && said.contains("https://go.example/dl/"), "{said}");
        assert!(file.judge_mirrors(&Settings::default(), "it").is_err(), "go.dev is not listed");
        for (level, fits) in [("t0", true), ("t1", true), ("t2", false), ("none", false)] {
            let level = values::level(level).unwrap();
            assert_eq!(file.judge_trust(Some(level), "--verify").is_ok(), fits, "{level:?}");
        }
        assert!(file.judge_trust(None, "nothing").is_ok());
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        for (text, line, words) in [
            ("[policy]\nminimal = '1.24'", 2, "unknown field `minimal`"),
            ("[policy]\nminimum = 'latest'", 2, "not a Go version"),
            ("[policy]\nauto-install = 'ask'", 2, "unknown variant"),
            ("[policy]\n\nmin-trust = 'none'", 3, "write t0, t1, t2 or t3"),
            ("[policy]\nmirrors-only = 'yes'", 2, "expected a boolean"),
            ("[policy.check-rules]\nversion-eof = 'error'", 2, "did you mean version-eol?"),
            ("[policy]\ncheck-rules = { version-eol = 'off' }", 2, "write \"error\""),
            ("[policy.more]\n", 1, "unknown field `more`"),
        ] {
            let (at, why) = PolicyFile::parse(text).unwrap_err();
            assert_eq!(at, line, "{why}");
            assert!(why.contains(words), "{why}");
        }
    }
}
