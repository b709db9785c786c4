//! The ladder: Go is told that the modules say an old go line, and vetted for what is newer; then that they say
//! the newest of that, until nothing is. So no older release has to be installed. `go vet -stdversion` names
//! symbols of the standard library, and the type checker stops at language that is newer.

use super::copies::{Asked, Copies, Files, Saying};
use super::debug::minor;
use super::packages::{LONGEST, Package, Packages};
use super::reason::{Cause, Reason};
use crate::excerpt::excerpt;
use crate::go::{Error, Go, WITHHELD};
use crate::graph::ModFile;
use crate::listing::text;
use crate::os_path::path_of;
use goward_gomod::Kind;
use goward_installer::read;
use goward_resolver::{Os, Version, path};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The first Go whose vet knows the releases of symbols.
pub(super) const FIRST: &str = "1.23";
/// The least go line at which vet does so.
pub(super) const LOWEST: &str = "1.21";
/// The most bytes of package paths of one call: systems have bounds.
const MOST_ARGUMENTS: usize = if cfg!(windows) { 20 << 10 } else { 100 << 10 };
/// The largest source that is read, in bytes.
const LARGEST: usize = 8 << 20;
/// The most steps. Each is a minor.
const MOST_STEPS: usize = 40;
/// By its words Go has generic aliases from the first of these releases on. That one has them as an experiment only.
const ALIAS: &str = "generic type alias";
const EARLY: &str = "1.23";
const LATE: &str = "1.24";
/// The words by which Go names a release.
const NEEDS: &str = " requires go";
const OR_LATER: &str = " or later";

/// What the ladder has found.
#[derive(Debug, Default)]
pub(super) struct Climbed {
    pub(super) reasons: Vec<Reason>,
    /// What vet could not judge, a sentence each.
    pub(super) doubts: Vec<String>,
}

/// What a call of vet tells.
#[derive(Debug, PartialEq, Eq)]
struct Need {
    version: Version,
    /// The symbol; `None` where it is the language.
    symbol: Option<String>,
    file: PathBuf,
    line: u32,
    words: String,
}

impl Need {
    /// The same, with no other words than this line has, which may be told.
    fn in_words(self, line: &str) -> Need {
        match need(line).filter(|told| (told.line, &told.file) == (self.line, &self.file)) {
            Some(told) => Need { words: told.words, ..self },
            None => {
                let words = self.symbol.clone().unwrap_or_else(|| "newer language".to_owned());
                Need { words, ..self }
            }
        }
    }

    /// Whether that may be Go's own word: an assembler may have written any line. It is on a line of a file that is
    /// there, which has the name of the symbol, and it says a minor.
    fn is_credible(&self, texts: &Texts<'_>) -> bool {
        let name = self.symbol.as_deref().and_then(|symbol| symbol.rsplit('.').next());
        let has = |line: &str| {
            let mut names = line.split(|c: char| !c.is_alphanumeric() && c != '_');
            name.is_none_or(|name| names.any(|word| word == name))
        };
        let line = texts.line(&self.file, self.line);
        self.version == self.version.language() && line.is_some_and(|line| has(&line))
    }
}

/// The sources of Go's words. Lines on one file come one after the other, so the last one is kept.
struct Texts<'d> {
    /// Where Go ran.
    directory: &'d Path,
    last: RefCell<(PathBuf, Option<Vec<u8>>)>,
}

impl Texts<'_> {
    fn line(&self, file: &Path, number: u32) -> Option<String> {
        let mut last = self.last.borrow_mut();
        if last.0 != file {
            let text = read::read(&self.directory.join(file), LARGEST);
            *last = (file.to_owned(), text.ok());
        }
        let at = (number as usize).checked_sub(1)?;
        let line = last.1.as_ref()?.split(|byte| *byte == b'\n').nth(at)?;
        Some(String::from_utf8_lossy(line).into_owned())
    }
}

/// Climbs, from `start` on, with the Go that is asked. Its version is the highest rung.
pub(super) fn climb(
    (go, version): (&Go, &Version),
    (copies, files): (&mut Copies, &Files),
    packages: &Packages,
    start: Version,
) -> Result<Climbed, Error> {
    let mut climbed = Climbed::default();
    let mut found = Found::default();
    let begun_early = start.as_str() == EARLY;
    // The start may allow language that a go line does not.
    let least = files.members.iter().filter_map(line_of).min();
    if let Some(least) = least.filter(|least| *least < start) {
        // Go would write a line of its own into a copy that has none.
        let has_line = files.kind == Kind::Workspace || files.own.go_line().is_some();
        let saying = if has_line { Saying::Readable } else { Saying::Line(&least) };
        let asked = copies.saying(files, saying)?.completing();
        let told = told((go, version), &asked, packages)?.0;
        found.add(told.into_iter().filter(|reason| reason.cause == Cause::Language));
    }
    let mut rung = start;
    for _ in 0..MOST_STEPS {
        // A raised go line makes Go write more into the copy.
        let asked = copies.saying(files, Saying::Line(&rung))?.completing();
        let (told, others) = told((go, version), &asked, packages)?;
        let next = told.iter().map(|reason| &reason.version).max().cloned();
        let next = next.unwrap_or_else(|| rung.clone());
        found.add(told);
        if next > rung {
            rung = next;
            continue;
        }
        if begun_early && rung.as_str() == EARLY {
            let why = "Go 1.23 has no generic aliases, and newer releases do not say whether these are there";
            climbed.doubts.push(why.to_owned());
        }
        if let Some(first) = others.first() {
            climbed.doubts.push(match first.strip_prefix("vet: ") {
                Some(error) => format!("Go {version} does not compile all of it: {error}"),
                None => format!("go vet does not judge all: {first}"),
            });
        }
        break;
    }
    climbed.reasons = found.0.into_values().collect();
    Ok(climbed)
}

/// The reasons, one for each release, module and symbol or kind of language.
#[derive(Default)]
struct Found(BTreeMap<(Version, Option<String>, Option<String>), Reason>);

impl Found {
    fn add(&mut self, reasons: impl IntoIterator<Item = Reason>) {
        for reason in reasons {
            let language = (reason.cause == Cause::Language).then(|| reason.message.clone());
            let symbol = reason.symbol.clone().or(language);
            let key = (reason.version.clone(), reason.module.clone(), symbol);
            self.0.entry(key).or_insert(reason);
        }
    }
}

/// The go line of a module; without one Go assumes 1.16.
pub(super) fn line_of(member: &ModFile) -> Option<Version> {
    let line = member.go_line().and_then(|line| Version::parse(&line));
    line.or_else(|| Version::parse("1.16"))
}

/// What vet tells of the packages as they say it: the reasons, and what it could not judge.
fn told(
    (go, version): (&Go, &Version),
    asked: &Asked,
    packages: &Packages,
) -> Result<(Vec<Reason>, Vec<String>), Error> {
    let (mut reasons, mut others) = (Vec::new(), Vec::new());
    let said = vet(asked, packages)?;
    let has_assembly = packages.have_assembly();
    let tell = |line: &str| if has_assembly { WITHHELD.to_owned() } else { excerpt(line, LONGEST) };
    let texts = Texts { directory: go.directory(), last: RefCell::default() };
    let lines = said.iter().flat_map(|(raw, words)| raw.lines().zip(words.lines()));
    for (raw, line) in lines {
        let need = need(raw).filter(|need| need.is_credible(&texts));
        match need.map(|need| need.in_words(line)) {
            Some(need) if is_of_release(&need.version, version) => {
                let is_language = need.symbol.is_none();
                match placed(go.directory(), packages, need) {
                    Some(reason) => reasons.push(reason),
                    // At language vet stops, and so does not judge the package either.
                    None => others.extend(is_language.then(|| tell(line))),
                }
            }
            _ if is_of_no_package(raw, packages) => {}
            _ => others.push(tell(line)),
        }
    }
    Ok((reasons, others))
}

/// Lines that tell of no failure of a package: blank ones, the headings of packages (`# m [m.test]`, `# [m]`), and what
/// Go downloads.
fn is_of_no_package(line: &str, packages: &Packages) -> bool {
    if let Some(heading) = line.strip_prefix("# ") {
        let mut names = heading.split_whitespace().map(|name| name.trim_matches(['[', ']']));
        return names.all(|name| packages.has(name));
    }
    let is_download = line.starts_with("go: downloading ") && line.split_whitespace().count() == 4;
    line.trim().is_empty() || is_download
}

/// Whether a release of the newest Go that is asked can need that.
fn is_of_release(needs: &Version, newest: &Version) -> bool {
    minor(needs) <= minor(newest)
}

/// Go's words on all packages that it can judge, to be judged and to be told: none of a call that finds nothing. A C
/// compiler could print whatever it likes, so Go builds without cgo: vet judges no file with cgo. Packages that need it may
/// not build so, and one of these would end the whole call.
fn vet(asked: &Asked, packages: &Packages) -> Result<Vec<(String, String)>, Error> {
    let asked = asked.with("CGO_ENABLED", "0").without_c(packages.dirs());
    let (with_c, pure): (Vec<&str>, Vec<&str>) =
        packages.judged().into_iter().partition(|path| packages.takes_c(path));
    let mut told = Vec::new();
    for paths in [pure, with_c] {
        for batch in batches(&paths) {
            match asked.ask(&["vet", "-stdversion"], &batch, text) {
                Ok(_) => {}
                Err(Error::Failed { words, raw, .. }) => {
                    told.push((asked.about_file(&raw), asked.about_file(&words)));
                }
                Err(error) => return Err(error),
            }
        }
    }
    Ok(told)
}

/// Package paths as arguments of as many calls as they need.
fn batches(paths: &[&str]) -> Vec<Vec<OsString>> {
    let (mut all, mut size) = (Vec::<Vec<OsString>>::new(), MOST_ARGUMENTS);
    for path in paths {
        if size + path.len() > MOST_ARGUMENTS {
            all.push(Vec::new());
            size = 0;
        }
        size += path.len() + 1;
        all.last_mut().into_iter().for_each(|batch| batch.push(path.into()));
    }
    all
}

/// A line such as `./x.go:7:20: strings.Lines requires go1.24 or later (module is go1.21)`, or, by the type
/// checker, `vet: ./x.go:3:11: cannot range over 3 (untyped int constant): requires go1.22 or later`.
fn need(line: &str) -> Option<Need> {
    let line = line.strip_prefix("vet: ").unwrap_or(line);
    let (place, words) = line.split_once(".go:")?;
    let (number, words) = words.split_once(':')?;
    // There is a column, but for a place that Go does not know well.
    let words = match words.split_once(": ") {
        Some((column, words)) if column.bytes().all(|byte| byte.is_ascii_digit()) => words,
        _ => words.trim_start(),
    };
    let at = words.rfind(NEEDS).or_else(|| words.starts_with(&NEEDS[1..]).then_some(0))?;
    let behind = words[at..].trim_start().strip_prefix(&NEEDS[1..])?;
    let end = behind.find(OR_LATER)?;
    // Nothing else stands behind it: a name of a file or a constant may have these words, too.
    let rest = &behind[end + OR_LATER.len()..];
    (rest.is_empty() || rest.starts_with(" (") && rest.ends_with(')')).then_some(())?;
    let subject = words[..at].trim_end_matches(':');
    let version = match &behind[..end] {
        EARLY if subject.starts_with(ALIAS) => LATE,
        version => version,
    };
    let version = Version::parse(version)?;
    // Of a package, as `strings.Lines`; `new(5)` is language.
    let is_of_package = subject.split_once('.').is_some_and(|(package, _)| {
        !package.is_empty() && package.chars().all(|c| c.is_alphanumeric() || c == '_')
    });
    let symbol = (is_of_package && !subject.contains(' ')).then(|| subject.to_owned());
    let file = PathBuf::from([place, ".go"].concat());
    Some(Need {
        version,
        symbol,
        file,
        line: number.parse().ok()?,
        words: excerpt(subject, LONGEST),
    })
}

/// The reason, with the whole path of its file. The tests of dependencies are none.
fn placed(directory: &Path, packages: &Packages, need: Need) -> Option<Reason> {
    let base = directory.as_os_str().as_encoded_bytes();
    let file = path_of(&path::absolute(Os::HERE, base, need.file.as_os_str().as_encoded_bytes()));
    let module = packages.holding(&file).and_then(Package::dependency);
    if module.is_some() && file.as_os_str().as_encoded_bytes().ends_with(b"_test.go") {
        return None;
    }
    let cause = if need.symbol.is_some() { Cause::Symbol } else { Cause::Language };
    let reason = Reason::new(cause, need.version, need.words).of(module).at(file, Some(need.line));
    Some(match need.symbol {
        Some(symbol) => reason.about(symbol),
        None => reason,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_vet_name_a_release() {
        let read = |line| {
            let Need { version, symbol, file, line, words } = need(line)?;
            let file = file.to_str()?.to_owned();
            Some(format!("{version} {} {file}:{line} {words}", symbol.unwrap_or_default()))
        };
        for (line, expected) in [
            (
                "./x.go:7:20: strings.Lines requires go1.24 or later (module is go1.21)",
                "1.24 strings.Lines ./x.go:7 strings.Lines",
            ),
            (
                "/a b/n_test.go:3:30: testing.(*B).Context requires go1.24 or later (file is go1.22)",
                "1.24 testing.(*B).Context /a b/n_test.go:3 testing.(*B).Context",
            ),
            (
                "vet: ./m.go:7:12: cannot range over 3 (untyped int constant): requires go1.22 or later",
                "1.22  ./m.go:7 cannot range over 3 (untyped int constant)",
            ),
            (
                "x.go:3:8: generic type alias requires go1.23 or later",
                "1.24  x.go:3 generic type alias",
            ),
            (
                "x.go:4:6: generic type cannot be alias: requires go1.24 or later (-lang was set to go1.21; check go.mod)",
                "1.24  x.go:4 generic type cannot be alias",
            ),
            ("x.go:4:6: new(5.5) requires go1.26 or later", "1.26  x.go:4 new(5.5)"),
        ] {
            assert_eq!(read(line).as_deref(), Some(expected), "{line}");
        }
        for line in [
            "",
            "# example.com/m",
            "vet: ./m.go:7:20: undefined: strings.Lines",
            "go: x requires go >= 1.22",
            "./x.go:7: y requires gox or later",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
