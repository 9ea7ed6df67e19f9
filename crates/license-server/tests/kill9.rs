//! kill -9 in the middle of a load of issues, again and again on the same store: what was acknowledged is there,
//! whole and once, and the store is sound. The load runs in a process of its own, this same test binary.
#![cfg(unix)]
#![allow(clippy::unwrap_used, missing_docs)]

mod store_support;

use license_server::store::StoreUrl;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, mpsc};
use std::time::Duration;
use tempfile::TempDir;

const ROUNDS: usize = 30;
const THREADS: usize = 4;
/// For a busy machine to open the store and issue one license.
const PATIENCE: Duration = Duration::from_secs(60);
/// Names the store to the child.
const URL: &str = "LICENSE_STORE_LOAD_URL";

/// The child: loads the store it is told until it is killed. Without being told it does nothing.
#[test]
fn child() {
    if let Ok(url) = std::env::var(URL) {
        let store = url.parse::<StoreUrl>().unwrap().open().unwrap();
        let out = Mutex::new(std::io::stdout());
        store_support::load(&*store, THREADS, &AtomicBool::new(false), &out).unwrap();
    }
}

#[test]
fn redb_survives_kill_9() {
    killed_again_and_again(StoreUrl::Redb);
}

#[test]
fn sled_survives_kill_9() {
    killed_again_and_again(StoreUrl::Sled);
}

fn killed_again_and_again(url: fn(std::path::PathBuf) -> StoreUrl) {
    let dir = TempDir::new().unwrap();
    let url = url(dir.path().join("store"));
    let mut acknowledged = Vec::new();
    for round in 0..ROUNDS {
        // Every third kill may come while the store is being made or opened, the others in the middle of the load.
        let at_work = round % 3 != 0;
        let text = load_and_kill(&url, at_work, Duration::from_millis(u64::from(random_byte()) * 3 / 2));
        let new = store_support::acknowledged(&text);
        assert!(!new.is_empty() || !at_work, "round {round}: nothing was acknowledged: {text}");
        let store = url.open().unwrap();
        let mut wrong = store_support::check_acknowledged(&*store, &new);
        acknowledged.extend(new);
        // The store is the same all along, so what a kill breaks stays broken until somebody looks.
        if (round + 1) % 10 == 0 {
            wrong.extend(store_support::check(&*store, &acknowledged));
        }
        assert!(wrong.is_empty(), "round {round} of {url}: {wrong:#?}");
    }
    eprintln!("{url}: {ROUNDS} kills, {} acknowledged licenses, none lost", acknowledged.len());
}

/// Kills some time after the start, or after the first acknowledgement, and returns what the child wrote.
fn load_and_kill(url: &StoreUrl, at_work: bool, after: Duration) -> String {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--nocapture", "--test-threads=1"])
        .env(URL, url.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let (begun, first) = mpsc::channel();
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        while stdout.read_line(&mut text).unwrap() > 0 {
            if text.contains("\nack ") {
                let _ = begun.send(());
            }
        }
        text
    });
    if at_work {
        first.recv_timeout(PATIENCE).expect("a first acknowledgement");
    }
    std::thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

fn random_byte() -> u8 {
    let mut byte = [0];
    getrandom::fill(&mut byte).unwrap();
    byte[0]
}
