//! All targets in one binary: `FUZZ_TARGET` names the one to run. `cargo xtask fuzz` uses it, so that one link is enough.
#![no_main]
use std::sync::LazyLock;

static NAME: LazyLock<String> = LazyLock::new(|| std::env::var("FUZZ_TARGET").expect("FUZZ_TARGET names a target"));

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz_targets::run(&NAME, data));
