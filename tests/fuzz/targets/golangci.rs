//! Fuzzes the check `golangci`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| goward_fuzz::check("golangci", data));
