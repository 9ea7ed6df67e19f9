//! The binary `license`.
fn main() {}
