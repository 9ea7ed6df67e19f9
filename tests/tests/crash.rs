//! The program that power cuts are tried with (`cargo xtask powercut`) can tell a whole store from one that lost
//! something. Kills without a power cut are tried in `license-server`, `tests/kill9.rs`.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

#[test]
fn the_check_passes_what_was_issued_and_misses_what_was_not() {
    let folder = tempfile::tempdir().unwrap();
    let ghost = "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U\n";
    for engine in ["redb", "sled"] {
        let store = folder.path().join(engine);
        let mut writer = crashload("write", &store, engine).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(writer.stdout.take().unwrap()).read_line(&mut line).unwrap();
        writer.kill().unwrap();
        writer.wait().unwrap();
        let issued = line.strip_prefix("ack ").unwrap();
        assert!(check(&store, engine, issued), "{engine}: {issued} was acknowledged");
        assert!(!check(&store, engine, ghost), "a ghost was found in {engine}");
    }
}

fn check(store: &Path, engine: &str, ids: &str) -> bool {
    let mut child = crashload("check", store, engine).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(ids.as_bytes()).unwrap();
    child.wait().unwrap().success()
}

fn crashload(verb: &str, store: &Path, engine: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crashload"));
    command.arg(verb).arg(store).arg(engine);
    command
}
