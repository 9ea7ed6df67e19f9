//! `cargo xtask test`: everything that has to be green before a change is taken.

use std::env;
use std::process::Command;

use crate::fixtures;
use crate::peers;
use crate::root;
use crate::step::Steps;

/// Installs the peers when asked to, then runs every check; all of them, even after one failed.
pub(crate) fn run(install: bool) -> Result<(), String> {
    let mut steps = Steps::default();
    let mut missing = Vec::new();
    if install {
        steps.time("peers", || {
            let installed = peers::install();
            missing = installed.missing;
            // Where nobody may install (no root, no registry) the checks that need a peer are skipped, aloud. Not in CI.
            missing.is_empty() || !in_ci()
        });
    }
    let require = if install && (missing.is_empty() || in_ci()) { "1" } else { "0" };

    steps.run("format", cargo(&["fmt", "--all", "--check"]).env("CARGO_TERM_COLOR", "auto"));
    steps.run("lint", &mut cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]));
    steps.time("fixtures", || fixtures::check().map_err(|why| eprintln!("{why}")).is_ok());
    let mut tests = cargo(&["test", "--workspace", "--no-fail-fast"]);
    steps.run("test", tests.env("LICENSE_PEERS", peers::folder()).env("LICENSE_REQUIRE_PEERS", require));
    let mut doc = cargo(&["doc", "--workspace", "--no-deps"]);
    steps.run("document", doc.env("RUSTDOCFLAGS", "-D warnings"));

    let outcome = steps.summary();
    for peer in &missing {
        eprintln!("not installed, its checks were skipped: {peer}");
    }
    outcome
}

fn in_ci() -> bool {
    env::var_os("CI").is_some_and(|ci| ci == "true" || ci == "1")
}

fn cargo(args: &[&str]) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root()).args(args);
    cargo
}
