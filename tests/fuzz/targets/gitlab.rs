//! Fuzzes the check `gitlab`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| goward_fuzz::check("gitlab", data));
