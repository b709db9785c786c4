//! What is said of a target: each fact in a few words.

use goward_govern::cross::probe::Libc;
use goward_govern::cross::{
    Answer, Bar, Candidate, Linkage, Named, OLDEST, STATIC_FLAGS, Setter, State, Target, User,
    Verdict, Weight, Why, releases,
};

/// How it is built, or what is in the way; `minor` is that of the release that is judged.
pub(super) fn manner(answer: &Answer, minor: u16) -> String {
    match &answer.verdict {
        Verdict::Pure => format!("pure Go, {}", linkage(answer)),
        Verdict::Compiler(at) => {
            let name = answer.candidates.get(*at).map(|one| one.command.shown());
            format!("{}, {}", name.unwrap_or_default(), linkage(answer))
        }
        Verdict::Missing => missing(answer),
        Verdict::Unsupported(bar) => barred(bar, &answer.target, minor),
    }
}

/// What the compiler that Go would call lacks, in short.
fn missing(answer: &Answer) -> String {
    let Some(first) = answer.candidates.first() else { return "it takes a C compiler".to_owned() };
    match first.state(&answer.target) {
        State::Fails(_) => format!("{} fails", first.command.shown()),
        _ => fault(first, &answer.target),
    }
}

/// How the program is linked, and with which C library.
fn linkage(answer: &Answer) -> String {
    let kind = answer.linkage.map_or("", Linkage::name);
    match (answer.libc, &answer.glibc_at_least) {
        (Some(Libc::Glibc), Some(version)) => format!("{kind}, glibc {version} or later"),
        (Some(libc @ (Libc::Glibc | Libc::Musl | Libc::Bionic)), _) => {
            format!("{kind}, {}", libc.name())
        }
        _ => kind.to_owned(),
    }
}

/// Why a compiler does not do.
pub(super) fn fault(candidate: &Candidate, target: &Target) -> String {
    let name = candidate.command.shown();
    match candidate.state(target) {
        State::Works(_) => format!("{name} works"),
        State::Wrong(made) => {
            let parts =
                [made.os.unwrap_or("another system"), made.arch.unwrap_or("another processor")];
            format!("{name} compiles for {}", parts.join("/"))
        }
        State::Fails(why) => format!("{name} does not do: {why}"),
        State::Endless => format!("{name} does not end"),
        State::Absent => format!("{name} is not there"),
        State::Untried => format!("{name} was not tried"),
    }
}

fn barred(bar: &Bar, target: &Target, minor: u16) -> String {
    match bar {
        Bar::Port => match releases(target) {
            Some((first, _)) if first > minor => {
                format!("Go 1.{minor} has no such port; 1.{first} has")
            }
            Some((_, Some(last))) => {
                format!("Go 1.{minor} has no such port; 1.{last} was the last")
            }
            Some(_) => format!("Go 1.{minor} has no such port"),
            None => format!("no Go from 1.{OLDEST} on has such a port, as far as goward knows"),
        },
        Bar::Package(package, _) if package.is_empty() => "no package here is for it".to_owned(),
        Bar::Package(..) => "a package cannot be built".to_owned(),
        Bar::Cgo => "a package needs cgo, and there Go has none".to_owned(),
    }
}

/// The least system.
pub(super) fn minimum(answer: &Answer) -> String {
    let name = match answer.target.goos.as_str() {
        "linux" => "Linux",
        "darwin" => "macOS",
        "windows" => "Windows",
        _ => return String::new(),
    };
    answer.minimum_os.map_or_else(String::new, |version| format!("{name} {version}"))
}

/// Why cgo is on or off.
pub(super) fn why(on: bool, why: &Why) -> String {
    let state = if on { "on" } else { "off" };
    let reason = match why {
        Why::Set(Setter::Environment) => "by CGO_ENABLED in the environment".to_owned(),
        Why::Set(Setter::File(path, line)) => {
            format!("by CGO_ENABLED in {}:{line}", goward_resolver::shown(path))
        }
        Why::Cross => "since it is another platform than Go's own".to_owned(),
        Why::Port => "since Go has none there".to_owned(),
        Why::NoCompiler(name) => format!("since {name} is not on PATH"),
        Why::Native => "as Go has it on its own platform".to_owned(),
        Why::Built => "as this Go was built".to_owned(),
    };
    format!("cgo is {state} {reason}")
}

/// Who uses cgo, and how it comes into the build.
pub(super) fn user(user: &User) -> String {
    let way = user.chain.join(" → ");
    let does = match user.weight {
        Weight::Standard => "uses cgo where that is on",
        Weight::Optional => {
            "leaves files out without cgo; its documentation says whether it works so"
        }
        Weight::Required => "needs cgo",
    };
    let asks = match user.pkg_config.is_empty() {
        true => String::new(),
        false => format!("; it asks pkg-config about {}", user.pkg_config.join(" ")),
    };
    match way == user.package {
        true => format!("{} {does}{asks}", user.package),
        false => format!("{} {does}: {way}{asks}", user.package),
    }
}

/// What is to be said besides of one target.
pub(super) fn remarks(answer: &Answer) -> Vec<String> {
    let mut all = Vec::new();
    let target = &answer.target;
    if answer.broken {
        all.push(format!("Go calls the port {target} broken"));
    }
    all.extend(set_off(answer).map(|off| format!("{off}; {}", with_cgo(answer))));
    let first = answer.candidates.first();
    if let (Verdict::Pure, Some((true, reason)), Some(first)) =
        (&answer.verdict, &answer.enabled, first)
        && !first.works(target)
    {
        let (why, fault) = (why(true, reason), fault(first, target));
        all.push(format!("{why}, but {fault}: set CGO_ENABLED=0"));
    }
    if let Verdict::Compiler(at) = answer.verdict {
        all.extend(of_compiler(answer, at));
    }
    match &answer.verdict {
        Verdict::Missing => all.extend(of_missing(answer)),
        Verdict::Unsupported(Bar::Package(package, why)) => all.push(match package.is_empty() {
            true => format!("{target}: {why}"),
            false => format!("Go cannot build {package}: {why}"),
        }),
        _ => {}
    }
    if let Some(key) = &answer.inert {
        all.push(format!("{key} is for the build of Go itself; go build reads CC"));
    }
    all
}

/// That the user has switched cgo off where packages use it.
pub(super) fn set_off(answer: &Answer) -> Option<String> {
    let Some((false, reason @ Why::Set(_))) = &answer.enabled else { return None };
    let counts = !matches!(answer.verdict, Verdict::Unsupported(_));
    answer.needs.weight().filter(|_| counts).map(|_| why(false, reason))
}

/// What the build takes with cgo, which the user has switched off.
fn with_cgo(answer: &Answer) -> String {
    let target = &answer.target;
    if answer.needs.weight() == Some(Weight::Required) {
        return "a package needs it: go build takes CGO_ENABLED=1".to_owned();
    }
    let works = answer.candidates.iter().find(|one| one.works(target));
    let compiler = match (works, answer.candidates.first()) {
        (Some(one), _) => one.command.shown(),
        (None, Some(first)) => format!("another C compiler: {}", fault(first, target)),
        (None, None) => format!("a C compiler for {target}: --probe looks for one"),
    };
    format!("with CGO_ENABLED=1 the build takes {compiler}")
}

/// Why no compiler does, and the way out.
fn of_missing(answer: &Answer) -> Vec<String> {
    let target = &answer.target;
    let told = |one: &&Candidate| matches!(one.state(target), State::Fails(_) | State::Wrong(_));
    let mut all: Vec<String> =
        answer.candidates.iter().filter(told).map(|one| fault(one, target)).collect();
    let set = answer.candidates.first().is_some_and(|one| matches!(one.named, Named::Set(_)));
    all.push(match &answer.install {
        Some((packages, line)) => {
            let then = line.as_ref().map_or_else(String::new, |line| format!("; then set: {line}"));
            format!("to bring a compiler: apt-get install {packages}{then}")
        }
        None if set => {
            format!("set CC to a compiler for {target}; without CC goward looks for one")
        }
        None if answer.native => "without that compiler no build with cgo works here".to_owned(),
        None => match target.goos.as_str() {
            "darwin" | "ios" => format!("cgo for {target} takes a Mac with Xcode"),
            "android" => format!("cgo for {target} takes the NDK: set CC to its clang"),
            _ => format!("look for a cross gcc with a C library for {target}, or for zig"),
        },
    });
    all
}

fn of_compiler(answer: &Answer, at: usize) -> Vec<String> {
    let mut all = Vec::new();
    let Some(State::Works(made)) = answer.candidates.get(at).map(|one| one.state(&answer.target))
    else {
        return all;
    };
    let set = matches!(answer.candidates[at].named, Named::Set(_));
    if let (true, None, Some((false, reason))) = (set, set_off(answer), &answer.enabled) {
        let why = why(false, reason);
        all.push(format!("{why}; CC alone does not change that"));
    }
    if answer.libc == Some(Libc::Musl) && made.links_static == Some(true) {
        all.push(format!("go build {STATIC_FLAGS} links it with all that it needs"));
    }
    if answer.needs.weight() == Some(Weight::Standard) && answer.libc == Some(Libc::Glibc) {
        all.push(
            "with CGO_ENABLED=0 it needs no C library, as programs for other platforms".to_owned(),
        );
    }
    all
}
