//! The entry points for fuzz targets to the parsers of bytes from elsewhere. They are no part of
//! the interface, and only builds for fuzzing have them.

pub use crate::fetch::fuzzing::{Taken, parse_date, read_answer, redirect};
pub use crate::mirror::index::fuzzing::{File, Release, parse_index, parse_list, parse_page};
pub use crate::unpack::fuzzing::{unpack_plain_tar, unpack_tar_gz, unpack_zip};
