//! The target `own-code-rules` under cargo-fuzz.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| palisade_fuzz_targets::run("own-code-rules", bytes));
