//! C's functions on bytes, in place of musl's own, which take much longer for short pieces. A build with
//! debug assertions has musl's: without optimization a copy of a word is a call of these very functions.

goward_shim::c_copies!();
goward_shim::c_comparisons!();
