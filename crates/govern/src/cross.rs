//! For which systems and processors the packages below a directory can be built, and what that takes: Go is asked which
//! packages need cgo, a C compiler is looked for and tried, and the rest follows by rules.

mod answer;
mod blame;
mod candidate;
mod command;
mod declared;
mod enabled;
mod hunt;
mod need;
mod packages;
mod place;
pub mod probe;
mod target;
mod usual;
mod variables;
mod verdict;

pub use answer::{Answer, Linkage, STATIC_FLAGS};
pub use candidate::{Candidate, Named, State};
pub use command::{Command, Setter};
pub use enabled::Why;
pub use need::{Needs, User, Weight};
pub(crate) use place::OF_REPOSITORY;
pub use place::Place;
pub use target::{NEWEST, OLDEST, Port, Target, minor, port, ports, releases};
pub use usual::{Usual, usual};
pub use verdict::{Bar, Verdict};

use crate::compat::copies::{Asked, Copies, Files, Saying};
use crate::go::{Error, Go};
use crate::graph::Grounds;
use crate::listing::stream;
use crate::system::least;
use answer::{chosen, environment, line, linked};
use blame::{Blame, Words, blames};
use command::setting;
use enabled::{Sight, usual_compiler, usually};
use goward_gomod::Kind;
use goward_resolver::{Survey, Version};
use hunt::Hunt;
use need::{FIELDS, Package, on_one_line};
use packages::{compilers, debian, is_debian};
use place::{on_path, tops};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use variables::{VARIABLES, Variables};
use verdict::{decide, takes_compiler};

/// Settings of compilers that Go takes, whatever the user's are.
const COMPILERS: [(&str, &str); 3] = [("CC", "gcc"), ("CXX", "g++"), ("FC", "gfortran")];

/// A question about packages.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// The directory, its module and its variables.
    pub survey: &'a Survey<'a>,
    /// The `go.mod` or `go.work` that counts.
    pub file: &'a Path,
    /// Which of both it is.
    pub kind: Kind,
    /// The version of the Go that is asked, if it is known.
    pub asked: Option<&'a Version>,
    /// The version of the Go that runs there, if it is known: the one that is judged.
    pub runs: Option<&'a Version>,
    /// Whether packages that leave files out without cgo are compiled so: for a new target that takes a minute.
    pub build: bool,
    /// Whether compilers are tried for targets that need none.
    pub probe: bool,
}

/// What Go says of a target.
pub struct Known {
    target: Target,
    port: Option<Port>,
    variables: Variables,
    needs: Needs,
}

/// Go, with copies of the module files.
pub struct Bench<'a> {
    go: &'a Go,
    question: Question<'a>,
    asked: Asked,
    patterns: Vec<OsString>,
    /// The directories whose programs are not started.
    tops: Vec<PathBuf>,
    // The copies go with it.
    _copies: Copies,
}

impl<'a> Bench<'a> {
    /// Reads the module files.
    ///
    /// # Errors
    /// If one cannot be read, or copied.
    pub fn new(go: &'a Go, question: Question<'a>) -> Result<Bench<'a>, Error> {
        let grounds = Grounds::around(question.file)?;
        let files = Files::read(&grounds, question.file, question.kind)?;
        let mut copies = Copies::of((go, &grounds), &files)?;
        let asked = copies.saying(&files, Saying::Readable)?;
        let members: Vec<&Path> =
            files.members.iter().filter_map(|member| member.path.parent()).collect();
        let patterns = patterns(&members, go.directory());
        let modules: Vec<&Path> = members.iter().copied().chain(question.file.parent()).collect();
        let tops = tops(go.directory(), &modules);
        Ok(Bench { go, question, asked, patterns, tops, _copies: copies })
    }

    /// Asks Go about a target.
    ///
    /// # Errors
    /// If Go cannot list the packages.
    pub fn ask(&self, target: &Target) -> Result<Known, Error> {
        let question = &self.question;
        let judged = question.runs.or(question.asked).map_or(NEWEST, minor);
        let asked = question.asked.map_or(judged, minor);
        let found = port(target, judged).filter(|_| port(target, asked).is_some());
        let (variables, needs) = match &found {
            None => (Variables::default(), Needs::default()),
            Some(_) => (self.variables(target)?, self.needs(target)?),
        };
        Ok(Known { target: target.clone(), port: found, variables, needs })
    }

    fn variables(&self, target: &Target) -> Result<Variables, Error> {
        let go = self.go.clone().with("GOOS", &target.goos).with("GOARCH", &target.goarch);
        let args: Vec<&OsStr> = ["env", "-json"].iter().chain(&VARIABLES).map(OsStr::new).collect();
        let found: Vec<Variables> = go.ask(&args, stream)?;
        let none = || Error::Answer("env".to_owned(), "it printed nothing".to_owned());
        found.into_iter().next().ok_or_else(none)
    }

    /// The packages that use cgo there, by two lists.
    fn needs(&self, target: &Target) -> Result<Needs, Error> {
        let there = self.asked.with("GOOS", &target.goos).with("GOARCH", &target.goarch);
        // No compiler is started for a list, and Go refuses one whose setting is wrong.
        let there = COMPILERS.iter().fold(there, |there, (key, usual)| there.with(key, usual));
        let list = |cgo: &str| -> Result<Vec<Package>, Error> {
            let asked = there.with("CGO_ENABLED", cgo);
            asked.ask(&["list", "-deps", "-e", FIELDS], &self.patterns, stream)
        };
        let mut needs = Needs::of(list("1")?, list("0")?);
        if needs.asked == 0 {
            let why = "no package at or below this directory is for that platform".to_owned();
            needs.unloaded = Some((String::new(), why));
        }
        if self.question.build {
            self.build(&there.with("CGO_ENABLED", "0"), &mut needs)?;
        }
        needs.users.sort_by_key(|user| std::cmp::Reverse(user.weight));
        Ok(needs)
    }

    /// Compiles without cgo what may do without, and what imports that: the files that Go leaves out do not tell whether
    /// the rest compiles.
    fn build(&self, without: &Asked, needs: &mut Needs) -> Result<(), Error> {
        if needs.doubtful.is_empty() {
            return Ok(());
        }
        let packages: Vec<OsString> = needs.doubtful.iter().map(OsString::from).collect();
        // It links nothing.
        let mut without = without.clone();
        if !needs.has_assembly {
            without = without.without_c(needs.dirs.clone());
        }
        let words = match without.hear(&["list", "-export", "-f={{.Name}}", "--"], &packages)? {
            (_, Some(Error::Failed { words, raw, .. })) => Words { raw, told: words },
            (_, Some(error)) => return Err(error),
            (_, None) => return Ok(()),
        };
        for blame in blames(&words, &needs.doubtful, &needs.left_out, self.go.directory()) {
            match blame {
                Blame::Cgo(package) => {
                    let is_it = |user: &&mut User| match package.as_str() {
                        "" => user.weight == Weight::Optional,
                        package => user.package == package,
                    };
                    let users = needs.users.iter_mut().filter(is_it);
                    users.for_each(|user| user.weight = Weight::Required);
                }
                Blame::Mistake(package, line) => {
                    needs.unloaded.get_or_insert((package, on_one_line(&line)));
                }
            }
        }
        Ok(())
    }

    /// Judges what Go has said; tries compilers.
    ///
    /// # Errors
    /// If goward cannot make what it compiles.
    pub fn judge(&self, known: Known) -> Result<Answer, Error> {
        let Known { target, port, variables, needs } = known;
        let native = variables.is_native(&target);
        let enabled = port.as_ref().map(|port| self.enabled(&variables, port, native));
        let is_on = enabled.as_ref().is_some_and(|(on, _)| *on);
        let takes = takes_compiler(&target, &needs);
        let others = takes || self.question.probe;
        let takes_part = others || is_on && needs.weight().is_some();
        let has_cgo = port.as_ref().is_some_and(|port| port.cgo)
            && needs.unloaded.is_none()
            && needs.unloaded_with.is_none();
        let candidates = match has_cgo && takes_part {
            true => self.hunt(&target, &variables).all(others)?,
            false => Vec::new(),
        };
        let mut works = |any: bool| {
            let mut all = candidates.iter().take(if any { usize::MAX } else { 1 });
            all.position(|one| one.works(&target))
        };
        let verdict = decide((&target, port.as_ref()), &needs, is_on, &mut works);
        let made = chosen(&verdict, &candidates);
        let (linkage, libc) = linked(&verdict, &target, made);
        let goarm = &variables.goarm;
        Ok(Answer {
            native,
            enabled,
            linkage,
            libc,
            glibc_at_least: made.and_then(|made| made.glibc_at_least.clone()),
            minimum_os: self.minimum_os(&target),
            environment: environment(&verdict, &target, goarm, &candidates),
            install: match verdict == Verdict::Missing && lacks(&candidates, &target, native) {
                true => install(&target, goarm, native),
                false => None,
            },
            broken: port.is_some_and(|port| port.broken),
            inert: self.inert(&target).filter(|_| takes),
            target,
            needs,
            candidates,
            verdict,
        })
    }

    fn hunt<'h>(&'h self, target: &'h Target, variables: &'h Variables) -> Hunt<'h> {
        let minor = self.question.asked.map_or(NEWEST, minor);
        Hunt { survey: self.question.survey, tops: &self.tops, minor, variables, target }
    }

    /// The least system that the judged release builds for.
    fn minimum_os(&self, target: &Target) -> Option<&'static str> {
        let newest = Version::parse(&format!("1.{NEWEST}"));
        let judged = self.question.runs.or(self.question.asked).or(newest.as_ref());
        judged.and_then(|version| least(&target.goos, &target.goarch, version))
    }

    /// Whether cgo is on, and why. Go's own word counts; the rule says why.
    fn enabled(&self, variables: &Variables, port: &Port, native: bool) -> (bool, Why) {
        let layers = self.question.survey.chain.layers();
        let on = variables.cgo_enabled == "1";
        if let Some((value, setter)) = setting(&layers, "CGO_ENABLED")
            && ["0", "1"].contains(&value.as_str())
        {
            return (value == "1", Why::Set(setter));
        }
        let env = self.question.survey.chain.env();
        let usual = usual_compiler(&port.target.goos);
        let named = setting(&layers, "CC").is_some_and(|(_, from)| !from.is_go_env_file(&layers));
        let rule = usually(&Sight {
            version: self.question.asked,
            native,
            supported: port.cgo,
            names_compiler: named,
            usual,
            has_usual: on_path(env, usual),
        });
        if rule.0 == on { rule } else { (on, Why::Built) }
    }

    /// A variable that only the build of Go itself reads.
    fn inert(&self, target: &Target) -> Option<String> {
        let env = self.question.survey.chain.env();
        let own = format!("CC_FOR_{}_{}", target.goos, target.goarch);
        [own, "CC_FOR_TARGET".to_owned()].into_iter().find(|key| env.get(key).is_some())
    }
}

/// Whether a package of the system would help: the user has chosen no compiler, and Go's own is not there, is for
/// another platform, or lacks the C library.
fn lacks(candidates: &[Candidate], target: &Target, native: bool) -> bool {
    let Some(first) = candidates.first().filter(|one| !matches!(one.named, Named::Set(_))) else {
        return false;
    };
    match first.state(target) {
        State::Absent => true,
        State::Fails(why) if native => why.ends_with("such file or directory"),
        _ => !native,
    }
}

/// Debian's packages with a compiler, where this is Debian, and the line of variables for it.
fn install(target: &Target, goarm: &str, native: bool) -> Option<(&'static str, Option<String>)> {
    let packages = debian(target, goarm, native).filter(|_| is_debian())?;
    let command = match native {
        true => Command::of(&[usual_compiler(&target.goos)]),
        false => compilers(target, goarm).into_iter().next()?,
    };
    Some((packages, line(target, goarm, Some(&command))))
}

/// The directories whose packages are asked about, as Go's patterns: those at and below a directory. The root of a
/// workspace may be no module; then all members are.
fn patterns(members: &[&Path], directory: &Path) -> Vec<OsString> {
    let whole = |dir: &&Path| dir.join("...").into_os_string();
    let below = members.iter().filter(|dir| dir.starts_with(directory) && **dir != directory);
    let mut found: Vec<OsString> = below.map(whole).collect();
    if members.iter().any(|member| directory.starts_with(member)) {
        // As Go's own users write it: Go finds no package by a path that is no text.
        found.insert(0, "./...".into());
    }
    match found.is_empty() {
        true => members.iter().map(whole).collect(),
        false => found,
    }
}

#[cfg(test)]
#[path = "cross_tests.rs"]
mod tests;
