//! Fuzzes the check `devcontainer`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| goward_fuzz::check("devcontainer", data));
