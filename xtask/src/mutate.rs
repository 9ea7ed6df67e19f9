//! `cargo xtask mutate`: random changes of signed files (OFD, PDF as issued, PDF with an archive), none of which may be accepted.

use std::process::Command;

use crate::root;

/// Runs `crates/license-core/tests/mutation.rs` in full.
pub(crate) fn run(changes: &str) -> Result<(), String> {
    let mut cargo = Command::new("cargo");
    cargo.args(["test", "--release", "-p", "license-core", "--test", "mutation", "--", "--ignored", "--nocapture"]);
    let status = cargo.env("MUTATION_CHANGES", changes).current_dir(root()).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err("a changed file was accepted".to_owned()),
        Err(e) => Err(format!("cargo cannot be started: {e}")),
    }
}
