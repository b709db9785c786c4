//! C's ways of loading libraries, and of giving threads their stacks.

use super::facts::{Facts, Library};
use super::words::path;
use super::{Found, Status};
use goward_resolver::Os;

/// C code on a goroutine's stack runs on the stack of a thread, which has less than this at times.
const SMALL_STACK: u64 = 256 << 10;
/// In bytes: so much of a library's data of threads with a fixed place has room in glibc once a program runs
/// (`glibc.rtld.optional_static_tls` in glibc's manual).
const ROOM: u64 = 512;

pub(super) fn judge(facts: &Facts) -> Found {
    let mut found = Found::sound(match facts.is_musl {
        true => "no library here has a fixed place in the data of threads",
        false => "this system's C library is not musl, which refuses libraries made by Go",
    });
    for library in &facts.libraries {
        of_library(facts, library, &mut found);
    }
    let has_cgo = facts.compiler.is_on;
    match facts.limits.stack {
        Some(stack) if stack < SMALL_STACK && has_cgo => {
            let kib = stack >> 10;
            let message = format!(
                "threads of C get a stack of {kib} KiB, and programs with cgo may end by it"
            );
            found.add(Status::Warning, message).run("ulimit -s 8192");
        }
        None if facts.os == Os::Linux && has_cgo => {
            let message = "the stack has no limit (ulimit -s), so that threads of C get another size than elsewhere";
            found.add(Status::Note, message).run("ulimit -s 8192").mend("this may be harmless");
        }
        _ => {}
    }
    found
}

/// A C library made by Go is tied to its place in the thread-local data, which musl's `dlopen` refuses, and for which
/// glibc has little room.
fn of_library(facts: &Facts, library: &Library, found: &mut Found) {
    let name = path(&library.path);
    match library.fixed_data {
        Some(_) if facts.is_musl => {
            let by = if library.is_gos { ", made by Go," } else { "" };
            let message = format!("{name}{by} cannot be loaded while a program runs, with musl");
            found
                .add(Status::Warning, message)
                .mend("link it into the program, or use a system with glibc");
        }
        Some(bytes) if bytes > ROOM => {
            let message = format!(
                "{name} has {bytes} bytes of data of threads with a fixed place, and glibc has room for {ROOM} once a program runs"
            );
            let complaint = found.add(Status::Warning, message);
            complaint.run(format!("export GLIBC_TUNABLES=glibc.rtld.optional_static_tls={bytes}"));
        }
        _ => {}
    }
    if library.runs_stack {
        let message = format!(
            "{name} asks for a stack that code may run on, which glibc 2.41 and later refuse while a program runs"
        );
        let words = "link it anew with -Wl,-z,noexecstack, if none of its code needs that";
        found.add(Status::Warning, message).mend(words);
    }
}
