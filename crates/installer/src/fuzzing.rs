//! The ways in for fuzz targets to what reads bytes from elsewhere. No part of the interface, and
//! of no build but theirs.

pub use crate::fetch::fuzzing::{Taken, parse_date, read_answer, redirect};
pub use crate::mirror::index::fuzzing::{File, Release, parse_index, parse_list, parse_page};
pub use crate::unpack::fuzzing::{unpack_plain_tar, unpack_tar_gz, unpack_zip};
