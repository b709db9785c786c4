//! `goward trust`: the user's consent to the bytes of one `.goenv`.
//!
//! goward records a copy of the file, below `<root>/trust` at its mirrored canonical path, so that
//! the shim compares bytes and needs no hash. The consent holds for these bytes alone.

mod difference;

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::{Shown as _, shown, to_bytes, to_path};
use clap::Args;
use difference::difference;
use goward_installer::{Consent, canonical, read};
use goward_resolver::{
    ENV_LIMIT, FileText, Goenv, Host as _, Owner, ReadError, Setting, Tier, trust_record,
    trust_subject,
};
use serde::Serialize;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Consents.
#[derive(Debug, Args)]
#[command(after_help = "\
Keys of a .goenv that only choose apply at once. Keys that could run a program, send requests
elsewhere or hide what you have set yourself apply only after you have trusted the file as it is;
any change asks again. goward's own requests follow a .goenv only if it is trusted.

Examples:
  goward trust                 the .goenv of this directory
  goward trust --diff          what changed since
  goward trust --list
  goward trust --revoke ../other/.goenv")]
pub(crate) struct Trust {
    /// The file, or its directory; by default the nearest .goenv
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Revoke the approval
    #[arg(long, conflicts_with_all = ["list", "diff"])]
    revoke: bool,
    /// List all approved files, and whether the approval still holds
    #[arg(long, conflicts_with_all = ["file", "diff"])]
    list: bool,
    /// Show what changed in the file since
    #[arg(long)]
    diff: bool,
    /// Say what would be recorded or taken back, and do neither
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Print JSON (its fields: see the page JSON of the book)
    #[arg(long)]
    json: bool,
}

/// The answer of `--json` on one file.
#[derive(Serialize)]
struct Answer {
    file: String,
    /// The word for its [`Status`].
    status: &'static str,
    record: String,
    /// The target of the file, if it is a link.
    link: Option<String>,
    keys: Vec<Key>,
}

/// A key that needs consent.
#[derive(Serialize)]
struct Key {
    /// `None` in a link: a repository may choose a link to have its target's text shown.
    name: Option<String>,
    line: u32,
}

/// The state of a file against its consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    /// The file has the bytes that the user trusts.
    Trusted,
    /// The file has other bytes than the user trusts.
    Changed,
    /// The file is not there any more.
    Gone,
    /// The user has not trusted it.
    Untrusted,
    /// It needs no trust.
    Open,
}

impl Status {
    /// The state of a file with this content.
    fn of(consent: &Consent, bytes: &[u8]) -> Status {
        match consent.read() {
            None => Status::Untrusted,
            Some(trusted) if trusted == bytes => Status::Trusted,
            Some(_) => Status::Changed,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Status::Trusted => "trusted",
            Status::Changed => "changed",
            Status::Gone => "gone",
            Status::Untrusted => "untrusted",
            Status::Open => "open",
        }
    }
}

/// A `.goenv` as it is now.
struct Subject {
    path: PathBuf,
    link: Option<PathBuf>,
    bytes: Vec<u8>,
    /// Those that need consent, be it only where they hide the user's own value.
    settings: Vec<Setting>,
    consent: Consent,
    /// Whether it is another user's, and `GOWARD_TRUSTED_PATHS` makes it count.
    vouched: bool,
}

impl Trust {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        if self.list {
            return self.list(cx);
        }
        let path = match &self.file {
            // A directory of that name is no .goenv.
            Some(dir) if dir.is_dir() && !dir.ends_with(".goenv") => {
                let file = dir.join(".goenv");
                std::path::absolute(&file).unwrap_or(file)
            }
            Some(file) => file.clone(),
            None => nearest(cx)?,
        };
        if self.revoke {
            return self.revoke(cx, &path);
        }
        let subject = subject(cx, &path)?;
        if self.diff {
            return self.diff(cx, &subject);
        }
        self.consent(cx, &subject)
    }

    fn consent(&self, cx: &Context, subject: &Subject) -> Result<()> {
        let path = subject.path.shown();
        if subject.vouched {
            // A record would outlive the variable, and the file's owner could change the file.
            if self.json {
                return cx.output.object(&subject.answer(subject.status()));
            }
            cx.output.line(&format!(
                "{path} counts as trusted already: GOWARD_TRUSTED_PATHS names its directory, or one \
                 above it"
            ));
            return Ok(());
        }
        if let Some(leads) = subject.leads().filter(|_| !self.json) {
            cx.output.line(&format!("{leads}; its text is not shown"));
        }
        let new = Status::of(&subject.consent, &subject.bytes) != Status::Trusted;
        if !subject.settings.is_empty() && !self.dry_run {
            subject.consent.give(&subject.bytes)?;
        }
        if self.json {
            return cx.output.object(&subject.answer(subject.status()));
        }
        if subject.settings.is_empty() {
            cx.output.line(&format!("{path} needs no trust: every key in it applies at once"));
            return Ok(());
        }
        cx.output.line(&match (self.dry_run, new) {
            (true, _) => format!("{path} would be trusted as it is, which lets it set:"),
            (false, true) => format!("{path} is trusted as it is, which lets it set:"),
            (false, false) => format!("{path} was trusted already, which lets it set:"),
        });
        for Setting { key, value, line, .. } in &subject.settings {
            cx.output.verbatim(&match subject.link {
                None => format!("  {key}={} (line {line})", shown(value)),
                Some(_) => format!("  what line {line} says"),
            });
        }
        Ok(())
    }

    fn revoke(&self, cx: &Context, path: &Path) -> Result<()> {
        let consent = consent_of(cx, path)?;
        let refuse = |why: &str| Failure::new(Exit::NotFound, format!("{} {why}", path.shown()));
        if !consent.exists() && target(path).is_none() && is_vouched(cx, path)? {
            return Err(refuse("counts as trusted without a record")
                .because("GOWARD_TRUSTED_PATHS names its directory, or one above it")
                .hint("take that directory out of GOWARD_TRUSTED_PATHS"));
        }
        if !consent.exists() {
            return Err(refuse("is not trusted").hint("`goward trust --list` shows what is"));
        }
        if self.dry_run {
            cx.output.line(&format!("would remove {}", consent.path().shown()));
            return Ok(());
        }
        consent.revoke()?;
        cx.output.note(&format!("{} is no longer trusted", path.shown()));
        Ok(())
    }

    fn diff(&self, cx: &Context, subject: &Subject) -> Result<()> {
        if self.json {
            return cx.output.object(&subject.answer(subject.status()));
        }
        if let Some(leads) = subject.leads() {
            let status = subject.status().word();
            cx.output.line(&format!("{leads}; its text is not shown. The file is {status}"));
            return Ok(());
        }
        let old = subject.consent.read().unwrap_or_default();
        for (mark, line) in difference(&old, &subject.bytes) {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            cx.output.verbatim(&format!("{mark}{}", shown(line)));
        }
        Ok(())
    }

    fn list(&self, cx: &Context) -> Result<()> {
        let mut answers = Vec::new();
        for (path, consent) in cx.store()?.consents() {
            let status = match read::read(&path, ENV_LIMIT) {
                Ok(bytes) => Status::of(&consent, &bytes),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Status::Gone,
                // An unreadable file is not the file that the user trusts.
                Err(_) => Status::Changed,
            };
            let (link, bytes) = (target(&path), consent.read().unwrap_or_default());
            let text = FileText::of(Owner::Trusted, &bytes);
            let settings = guarded(&path, text).unwrap_or_default();
            let subject = Subject { path, link, bytes, settings, consent, vouched: false };
            answers.push(subject.answer(status));
        }
        if self.json {
            return cx.output.json(&answers);
        }
        for answer in &answers {
            let file = shown(answer.file.as_bytes());
            cx.output.line(&format!("{:<9} {file}", answer.status));
        }
        if answers.is_empty() {
            cx.output.note("no .goenv is trusted");
        }
        Ok(())
    }
}

impl Subject {
    /// The target of a link, for people.
    fn leads(&self) -> Option<String> {
        let link = self.link.as_ref()?;
        Some(format!("{} is a link to {}", self.path.shown(), link.shown()))
    }

    fn status(&self) -> Status {
        if self.settings.is_empty() {
            Status::Open
        } else if self.vouched {
            Status::Trusted
        } else {
            Status::of(&self.consent, &self.bytes)
        }
    }

    fn answer(&self, status: Status) -> Answer {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let named = self.link.is_none();
        let key = |set: &Setting| Key { name: named.then(|| set.key.clone()), line: set.line };
        Answer {
            file: text(&self.path),
            status: status.word(),
            record: text(self.consent.path()),
            link: self.link.as_deref().map(text),
            keys: self.settings.iter().map(key).collect(),
        }
    }
}

/// The target of `file`, if it is a link.
fn target(file: &Path) -> Option<PathBuf> {
    let target = fs::read_link(file).ok()?;
    Some(canonical(file).unwrap_or(target))
}

fn nearest(cx: &Context) -> Result<PathBuf> {
    let path = cx.survey()?.chain.goenv_path;
    path.map(|path| to_path(&path))
        .ok_or_else(|| Failure::new(Exit::NotFound, "there is no .goenv here or above"))
}

/// Reads the file once, so goward shows, records and compares the same bytes.
fn subject(cx: &Context, path: &Path) -> Result<Subject> {
    let refuse = |why: &str| Failure::new(Exit::Failure, format!("{} {why}", path.shown()));
    let text = cx.machine.read_entry(&to_bytes(path), ENV_LIMIT).map_err(|error| match error {
        ReadError::Directory | ReadError::NotRegular => refuse("is not a regular file"),
        ReadError::TooLarge => refuse("is larger than any .goenv should be"),
        ReadError::Denied => refuse("cannot be read: permission denied"),
        ReadError::LinkLoop => refuse("is a link that leads back to itself"),
        ReadError::Other(number) => refuse(&format!("cannot be read: error {number}")),
    })?;
    let mut text = text.ok_or_else(|| {
        Failure::new(Exit::NotFound, format!("there is no file {}", path.shown()))
    })?;
    let link = target(path);
    let vouched = text.owner == Owner::Foreign && link.is_none() && is_vouched(cx, path)?;
    if text.owner == Owner::Foreign && !vouched {
        return Err(refuse("belongs to another user, who could change it again at any time")
            .hint("take ownership of the file, or set the keys in the environment")
            .hint("in a container, name its directory in GOWARD_TRUSTED_PATHS"));
    }
    let consent = consent_of(cx, path)?;
    // From here on messages may repeat the text, unless it lies behind a link.
    text.owner = Owner::Trusted;
    let settings = guarded(path, text.clone())?;
    Ok(Subject { path: path.to_owned(), link, bytes: text.bytes, settings, consent, vouched })
}

/// Whether the file lies below a directory that `GOWARD_TRUSTED_PATHS` names.
fn is_vouched(cx: &Context, path: &Path) -> Result<bool> {
    let store = cx.roots()?;
    let file = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    Ok(file.parent().is_some_and(|directory| store.vouches_for(&to_bytes(directory))))
}

/// The settings of a `.goenv` that need consent.
fn guarded(path: &Path, text: FileText) -> Result<Vec<Setting>> {
    let mut settings = Goenv::parse(&to_bytes(path), text)?.settings;
    settings.retain(|setting| matches!(setting.tier, Tier::Guarded | Tier::Yielding));
    Ok(settings)
}

fn consent_of(cx: &Context, path: &Path) -> Result<Consent> {
    // The user can still revoke a file that is gone, by its old name.
    let file = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let subject = trust_subject(&cx.machine, &to_bytes(&file)).ok_or_else(|| {
        Failure::new(Exit::NotFound, format!("there is no file {}", path.shown()))
    })?;
    let store = cx.store()?;
    let record = trust_record(cx.machine.system(), &to_bytes(store.root()), &subject);
    Ok(store.consent(to_path(&record)))
}
