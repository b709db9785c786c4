//! Fuzzes the check `dockerfile`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| goward_fuzz::check("dockerfile", data));
