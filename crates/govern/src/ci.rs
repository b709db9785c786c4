//! The decisions of a job on a CI system: which system it is, what started the job, which Go it gets, which
//! caches it may read and write, and under which keys.
//!
//! Each decision is a function of facts that the caller gives, so that a table of values can show it. Some
//! modules touch the disk: [`modules`], [`removal`], [`sums`] and [`tool_cache`], with bounds, and without following
//! a link.

pub mod choice;
pub mod keys;
pub mod lines;
pub mod modules;
pub mod occasion;
pub mod places;
pub mod removal;
pub mod rights;
pub mod save;
pub mod selector;
pub mod sums;
pub mod system;
pub mod tool_cache;
pub mod version_file;
