//! Reads `go.mod`, `go.work` and `vendor/modules.txt` as Go's own parser does, to the byte: every
//! directive of Go 1.11 to 1.27, each with its place, and refusals in Go's words on Go's lines.
//!
//! The rules are those of golang.org/x/mod/modfile (read.go, rule.go, work.go) in Go 1.27; where
//! releases differ, [`Rules::of`] chooses the rules of one. This crate copies the rules, and no
//! code.
//!
//! ```
//! use goward_gomod::{File, Kind, Rules, Sole};
//!
//! let source = "module example.com/m\n\ngo 1.21\n\nrequire (\n\ta.example v1.2 // indirect\n)\n";
//! let file = File::parse(source, Rules::strict(Kind::Module))?;
//! assert_eq!(file.module.as_ref().unwrap().path, "example.com/m");
//! assert_eq!(file.require[0].module.version, "v1.2.0");
//! assert!(file.require[0].indirect);
//! assert_eq!(file.require[0].place.start.line, 6);
//!
//! let mut syntax = file.into_syntax();
//! syntax.set(Sole::Toolchain, "go1.22.10")?;
//! let edited = "module example.com/m\n\ngo 1.21\n\ntoolchain go1.22.10\n\nrequire (\n\ta.example v1.2 // indirect\n)\n";
//! assert_eq!(syntax.source(), edited.as_bytes());
//!
//! let refused = File::parse("module m\nrequire x\n", Rules::strict(Kind::Module)).unwrap_err();
//! assert_eq!(refused.to_string(), "go.mod:2: usage: require module/path v1.2.3");
//! # Ok::<(), goward_gomod::Refused>(())
//! ```
//!
//! - [`Syntax`] is the structure: lines, blocks, comments. It takes unknown directives, too, and
//!   has the [edits](Syntax::set).
//! - [`File`] is the meaning of the lines.
//! - [`flat`] has one directive a line, to compare files.
//! - [`vendored`] reads `vendor/modules.txt`.
//!
//! No input makes it panic, and time and memory are linear in the input. It reads no files. Its
//! results may hold a stranger's text: escape them before a terminal sees them.

mod character;
mod directive;
mod edit;
mod error;
mod file;
#[cfg(test)]
mod file_tests;
mod flat;
mod lex;
mod line;
mod parse;
mod path;
mod printable;
mod quote;
mod rules;
mod syntax;
mod text;
mod vendor;
mod version;

pub use directive::{
    Exclude, Godebug, Module, Path, Place, Replace, Require, Retract, Single, Versioned,
};
pub use edit::{Sole, Splice};
pub use error::{Error, Position, Refused};
pub use file::File;
pub use flat::flat;
pub use quote::{as_word, unquote};
pub use rules::{Kind, Release, Rules};
pub use syntax::Syntax;
pub use text::Text;
pub use vendor::{Vendored, is_of_workspace, vendored};
