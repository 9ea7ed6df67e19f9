//! kill -9 while licenses are being issued: everything acknowledged is there after a restart, whole and once.
//! Power cuts, which need root, are `cargo xtask powercut`.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

const KILLS: u64 = 30;

#[test]
fn thirty_kills_lose_nothing_in_redb() {
    kill_often("redb");
}

#[test]
fn thirty_kills_lose_nothing_in_sled() {
    kill_often("sled");
}

#[test]
fn the_check_misses_a_license_that_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let ghost = "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U";
    for engine in ["redb", "sled"] {
        let store = folder.path().join(engine);
        assert!(check(&store, engine, &[]), "an empty store is whole");
        assert!(!check(&store, engine, &[ghost.to_owned()]), "a ghost was found in {engine}");
    }
}

fn kill_often(engine: &str) {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let mut acknowledged = Vec::new();
    for round in 1..=KILLS {
        let before = acknowledged.len();
        let mut writer = crashload("write", &store, engine).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(writer.stdout.take().unwrap());
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        let reader = thread::spawn(move || {
            let mut ids = vec![line.clone()];
            loop {
                line.clear();
                // A line cut short by the kill was no answer.
                match lines.read_line(&mut line) {
                    Ok(n) if n > 0 && line.ends_with('\n') => ids.push(line.clone()),
                    _ => return ids,
                }
            }
        });
        thread::sleep(Duration::from_micros(round * 37_037 % 150_000));
        writer.kill().unwrap();
        writer.wait().unwrap();
        let ids = reader.join().unwrap();
        acknowledged.extend(ids.iter().filter_map(|line| line.trim_end().strip_prefix("ack ").map(str::to_owned)));
        assert!(acknowledged.len() > before, "{engine}, kill {round}: nothing was acknowledged");
        assert!(check(&store, engine, &acknowledged), "{engine}, kill {round}: see above");
    }
    eprintln!("{engine}: {} licenses acknowledged over {KILLS} kills, none lost", acknowledged.len());
}

fn check(store: &Path, engine: &str, ids: &[String]) -> bool {
    let mut child = crashload("check", store, engine).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(ids.join("\n").as_bytes()).unwrap();
    child.wait().unwrap().success()
}

fn crashload(verb: &str, store: &Path, engine: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crashload"));
    command.arg(verb).arg(store).arg(engine);
    command
}
