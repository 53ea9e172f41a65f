//! The target `rpm-header` under cargo-fuzz.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| palisade_fuzz_targets::run("rpm-header", bytes));
