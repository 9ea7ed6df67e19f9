//! The chores of this repository: `cargo xtask test | bench | fixtures | powercut`.
fn main() {}
