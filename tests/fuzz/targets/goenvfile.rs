//! Fuzzes the check `goenvfile`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| goward_fuzz::check("goenvfile", data));
