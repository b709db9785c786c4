//! Fuzzes the check `pinfile`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| goward_fuzz::check("pinfile", data));
