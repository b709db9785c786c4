//! Fuzzes the check `others`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| goward_fuzz::check("others", data));
