//! The target `rpm-bdb` under cargo-fuzz.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| palisade_fuzz_targets::run("rpm-bdb", bytes));
