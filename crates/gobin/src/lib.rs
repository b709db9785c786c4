//! What an executable says of the Go that built it, and what it needs to run.
//!
//! It reads the build information of Go 1.13 to today in ELF, Mach-O, PE and XCOFF, of either order
//! of bytes and either width, in files for several processors and in archives. The rules are those
//! of debug/buildinfo and runtime/debug in Go 1.27; this crate copies the rules, and no code.
//!
//! ```no_run
//! let file = std::fs::File::open("/usr/local/go/bin/gofmt")?;
//! for program in goward_gobin::programs(&file, goward_gobin::Depth::Headers)? {
//!     println!("{}", String::from_utf8_lossy(&program.info.version));
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! - [`programs`] reads a file in blocks of 16 KiB: a small one costs three or four reads.
//! - [`BuildInfo`] is what Go's linker wrote, [`Needs`] what the loader is asked for.
//! - [`headers`] reads what any executable needs, also one that Go has not built.
//! - [`Evidence`] tells whether the version was forced on the executable.
//!
//! No input makes it panic. One table takes at most 16 MiB, all of a file 64 MiB, unpacked debug
//! information 64 MiB a section, and a file 60 seconds. It runs nothing and writes nothing. Its
//! results may hold a stranger's text: escape them before a terminal sees them.

// Closes the environment of the tests.
#[cfg(test)]
use goward_testkit as _;

mod archive;
mod blocks;
mod build_info;
mod contents;
mod data;
mod elf;
mod evidence;
mod image;
mod macho;
mod needs;
mod pe;
mod producer;
mod program;
mod quote;
mod refused;
mod stamp;
mod xcoff;

pub use build_info::{BuildInfo, Module, Modules, Setting};
pub use contents::Contents;
pub use evidence::{Evidence, Forced};
pub use image::Format;
pub use needs::{Needs, Relro, Stack, Tls};
pub use program::{Depth, Headers, Program, headers, programs};
pub use refused::Refused;
pub use stamp::{Found, Recorded};
