//! `cargo xtask fixtures pki`: the test deployment in `fixtures/pki`, made anew by the product itself.
//!
//! Its keys are random: tests that hold signatures of the old ones (`BLESS=1`) have to be blessed again.

use std::fs;
use std::process::Command;

use crate::root;

/// The folders and files that are kept; the store and the samples of the run are not.
const KEPT: [&str; 4] = ["keys", "seals", "trust", "office.toml"];

pub(crate) fn make() -> Result<(), String> {
    let fresh = root().join("target/fresh-pki");
    let place = root().join("fixtures/pki");
    let said = |what: &str, error: std::io::Error| format!("{what}: {error}");
    let _ = fs::remove_dir_all(&fresh);
    let status = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--package", "license-cli", "--", "demo", "--count", "0", "--no-serve", "--data"])
        .arg(&fresh)
        .current_dir(root())
        .status()
        .map_err(|error| said("cargo", error))?;
    if !status.success() {
        return Err(format!("license demo: {status}"));
    }
    // The client belongs to the store, which is not kept.
    fs::remove_file(fresh.join("keys/demo-client.json")).map_err(|error| said("demo-client.json", error))?;
    fs::remove_dir_all(&place).map_err(|error| said("fixtures/pki", error))?;
    fs::create_dir_all(&place).map_err(|error| said("fixtures/pki", error))?;
    for name in KEPT {
        fs::rename(fresh.join(name), place.join(name)).map_err(|error| said(name, error))?;
    }
    fs::remove_dir_all(&fresh).map_err(|error| said("target/fresh-pki", error))
}
