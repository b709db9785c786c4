//! The C compiler, by which Go builds packages with C in them, and its race detector.

use super::facts::{Compiler, Facts};
use super::words::masked;
use super::{Complaint, Found, Status};
use crate::cross::OF_REPOSITORY;
use crate::cross::probe::{Made, Outcome};
use goward_resolver::{Os, Version, shown};

/// Go needs DWARF 5 of the linker on Windows: the first Go, and the first binutils (release notes of 1.25).
const DWARF_5: (&str, (u8, u8)) = ("1.25", (2, 37));
/// The ends of a line of a compiler that lacks a header or a library.
const NO_FILE: [&str; 2] = ["such file or directory", "not found"];

/// cgo is on by itself where the C compiler is there (`cmd/go/internal/cfg`, from 1.20 on).
pub(super) fn judge(facts: &Facts) -> Found {
    let compiler = &facts.compiler;
    let name = masked(&compiler.command);
    let mut found = Found::sound(format!("the C compiler {name} is there"));
    let (on, why) = (if compiler.is_on { "on" } else { "off" }, &compiler.why);
    found.detail(format!("cgo is {on}, by {why}"));
    if !compiler.has_pkg_config {
        found.detail("pkg-config is not on PATH; some packages with cgo ask it");
    }
    let set = why.starts_with("CGO_ENABLED");
    if !compiler.is_on && set {
        found.sound = format!("cgo is off, by {why}");
    } else if !compiler.is_there && (compiler.is_chosen || set) {
        let message = format!("the C compiler {name} is not there, so builds with cgo fail");
        let complaint = found.add(Status::Warning, message);
        let names = match (compiler.is_chosen, set) {
            (true, true) => "CC and CGO_ENABLED",
            (true, false) => "CC",
            (false, _) => "CGO_ENABLED",
        };
        let words = format!("install it, or unset {names}: `goward env --explain` says where");
        install(complaint, compiler, &words);
    } else if !compiler.is_there {
        let message = format!("there is no C compiler {name} on PATH, so Go builds without cgo");
        let words = "install one if you need cgo or the race detector; else this is harmless";
        install(found.add(Status::Note, message), compiler, words);
    } else if compiler.is_stub {
        let message = format!("{name} is a name without Apple's tools, so builds with cgo fail");
        found.add(Status::Warning, message).run("xcode-select --install");
    } else if compiler.refused == Some(OF_REPOSITORY) {
        let message = format!("goward did not try the C compiler {name}: {OF_REPOSITORY}");
        found.add(Status::Note, message).mend("Go runs it all the same");
    } else if let Some(why) = compiler.refused {
        let message = format!("Go refuses the C compiler {name}: {why}");
        found.add(Status::Warning, message).mend("mend CC");
    } else {
        tried(facts, &name, &mut found);
    }
    found
}

/// What came out of a trial, if there was one.
fn tried(facts: &Facts, name: &str, found: &mut Found) {
    let compiler = &facts.compiler;
    match &compiler.outcome {
        None => {}
        Some(Outcome::Endless) => {
            found.detail(format!("{name} linked no program within a second, and was ended"));
        }
        Some(Outcome::Failed(why)) => {
            let message =
                format!("the C compiler {name} links no program: {}", shown(why.as_bytes()));
            let complaint = found.add(Status::Warning, message);
            // The program of ten lines asks for no library.
            if why.contains("cannot find -l") {
                complaint.mend("install that library, or take it out of CGO_LDFLAGS");
                return;
            }
            let words = "install it with the C library's headers, or set CGO_ENABLED=0";
            match NO_FILE.iter().any(|end| why.ends_with(end)) && !compiler.is_chosen {
                true => install(complaint, compiler, words),
                false => drop(complaint.mend(words)),
            }
        }
        Some(Outcome::Made(made)) => {
            let (os, is_for) = (facts.os.goos(), &compiler.is_for);
            let (made_os, made_arch) = (made.os.unwrap_or(os), made.arch.unwrap_or(is_for));
            if (made_os, made_arch) != (os, is_for) {
                let message = format!(
                    "the C compiler {name} makes programs for {made_os}/{made_arch}, and this machine is {os}/{is_for}"
                );
                found.add(Status::Warning, message).mend("name another in CC");
                return;
            }
            found.sound = format!("the C compiler {name} links programs");
            if let Some(libc) = &compiler.libc {
                found.detail(format!("with {libc}"));
            }
            if facts.os == Os::Windows {
                old_linker(facts, made, found);
            }
        }
    }
}

fn old_linker(facts: &Facts, made: &Made, found: &mut Found) {
    let (since, least) = DWARF_5;
    // Linkers of others count from larger numbers.
    let Some((major, minor)) = made.linker.filter(|linker| *linker < least) else { return };
    let needs = |version: &Version| Some(version) >= Version::parse(since).as_ref();
    if facts.versions().any(needs) {
        let (least_major, least_minor) = least;
        let message = format!(
            "the linker is of binutils {major}.{minor}, and cgo of Go {since} and later needs {least_major}.{least_minor}"
        );
        found.add(Status::Warning, message).mend("install a newer mingw-w64");
    }
}

/// The packages, where goward knows their names.
fn install(complaint: &mut Complaint, compiler: &Compiler, words: &str) {
    complaint.mend(words);
    if let Some(packages) = compiler.packages.filter(|_| !compiler.is_chosen) {
        complaint.run(format!("sudo apt-get install {packages}"));
    }
}
