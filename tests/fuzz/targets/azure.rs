//! Fuzzes the check `azure`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| goward_fuzz::check("azure", data));
