//! Fuzzes the check `workflow`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| goward_fuzz::check("workflow", data));
