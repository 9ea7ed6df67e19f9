//! Seen, not believed: the system calls before each acknowledgement, as `strace` records them.
//!
//! Before a license is acknowledged its files are fdatasynced, their folders fsynced, and after the last write to the
//! engine's file that file is synced. The load runs in a process of its own, this same test binary.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, missing_docs)]

mod store_support;

use license_server::store::StoreUrl;
use std::collections::HashMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Names the store to the child.
const URL: &str = "LICENSE_STORE_TRACE_URL";
const LICENSES: usize = 8;

/// The child: issues some licenses and acknowledges each. Without being told a store it does nothing.
#[test]
fn child() {
    if let Ok(url) = std::env::var(URL) {
        let store = url.parse::<StoreUrl>().unwrap().open().unwrap();
        for n in 0..LICENSES {
            let id = store_support::issue_one(&*store, &format!("D{n}"));
            std::io::stdout().write_all(format!("ack {id}\n").as_bytes()).unwrap();
        }
    }
}

#[test]
fn redb_syncs_before_it_acknowledges() {
    synced_before_each_acknowledgement(StoreUrl::Redb, "/store.redb");
}

#[test]
fn sled_syncs_before_it_acknowledges() {
    synced_before_each_acknowledgement(StoreUrl::Sled, "/sled/db");
}

/// What a line of the trace says that matters here.
#[derive(Debug, PartialEq)]
enum Event {
    Wrote(String),
    Synced(String),
    Acknowledged,
}

fn synced_before_each_acknowledgement(url: fn(std::path::PathBuf) -> StoreUrl, engine: &str) {
    let dir = TempDir::new().unwrap();
    let trace = dir.path().join("trace");
    if !strace_works(&trace) {
        eprintln!("SKIPPED: strace is missing or may not trace here; durability was not looked at");
        return;
    }
    let url = url(dir.path().join("store"));
    let calls = "trace=write,pwrite64,pwritev,writev,fsync,fdatasync";
    let done = Command::new("strace")
        .args(["-f", "-y", "-s", "16", "-e", calls, "-o"])
        .arg(&trace)
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--nocapture", "--test-threads=1"])
        .env(URL, url.to_string())
        .output()
        .unwrap();
    assert!(done.status.success(), "{done:?}");
    let events = events(&std::fs::read_to_string(&trace).unwrap());

    let acknowledged: Vec<usize> = (0..events.len()).filter(|at| events[*at] == Event::Acknowledged).collect();
    assert_eq!(acknowledged.len(), LICENSES, "{events:?}");
    let mut start = 0;
    for at in acknowledged {
        let before = &events[start..at];
        let last = |wanted: &dyn Fn(&Event) -> bool| before.iter().rposition(wanted);
        let of_engine = |path: &str| path.ends_with(engine);
        let wrote = last(&|event| matches!(event, Event::Wrote(path) if of_engine(path))).expect("a commit");
        let synced = last(&|event| matches!(event, Event::Synced(path) if of_engine(path))).expect("a sync");
        assert!(wrote < synced, "an unsynced write to {engine}: {before:#?}");
        let first_commit = before.iter().position(|e| matches!(e, Event::Wrote(path) if of_engine(path)));
        // In the first window the engine writes while it is being made; later ones hold one issue each.
        let commit = if start == 0 { wrote } else { first_commit.unwrap() };
        let file = before[..commit].iter().filter(|e| matches!(e, Event::Synced(path) if path.contains("/files/tmp/")));
        assert_eq!(file.count(), 2, "both files before the commit that names them: {before:#?}");
        let folder = last(&|e| matches!(e, Event::Synced(path) if is_leaf(path))).expect("the files' folders");
        assert!(folder < commit, "folders before the commit: {before:#?}");
        start = at + 1;
    }
}

/// `…/files/ab/cd`
fn is_leaf(path: &str) -> bool {
    let parts: Vec<&str> = path.rsplit('/').take(3).collect();
    matches!(parts.as_slice(), [b, a, "files"] if a.len() == 2 && b.len() == 2)
}

fn strace_works(trace: &Path) -> bool {
    let tried = Command::new("strace").args(["-f", "-y", "-o"]).arg(trace).arg("true").stderr(Stdio::null()).status();
    tried.is_ok_and(|status| status.success())
}

/// Completed calls in the order of their completion. A call that another thread interrupts takes two lines:
/// `7 fsync(5</a> <unfinished ...>` and `7 <... fsync resumed>) = 0`.
fn events(trace: &str) -> Vec<Event> {
    let mut begun: HashMap<&str, &str> = HashMap::new();
    let mut events = Vec::new();
    for line in trace.lines() {
        let Some((thread, rest)) = line.split_once(char::is_whitespace) else { continue };
        let rest = rest.trim_start();
        let call = if rest.ends_with("<unfinished ...>") {
            begun.insert(thread, rest);
            // A write counts from its beginning, to be on the safe side; a sync when it has returned.
            if rest.starts_with('f') { continue } else { rest }
        } else if rest.starts_with("<...") {
            match begun.remove(thread) {
                Some(first) if first.starts_with('f') && rest.ends_with("= 0") => first,
                _ => continue,
            }
        } else {
            rest
        };
        let Some((name, arguments)) = call.split_once('(') else { continue };
        let path = arguments.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or("", |(path, _)| path);
        match name {
            "fsync" | "fdatasync" => events.push(Event::Synced(path.to_owned())),
            "write" if arguments.starts_with("1<") && call.contains("\"ack ") => events.push(Event::Acknowledged),
            _ => events.push(Event::Wrote(path.to_owned())),
        }
    }
    events
}

#[test]
fn interrupted_calls_count_when_they_return() {
    let trace = "7 fsync(5</a> <unfinished ...>\n8 write(1<pipe:[1]>, \"ack 1\", 5) = 5\n7 <... fsync resumed>) = 0\n";
    assert_eq!(events(trace), [Event::Acknowledged, Event::Synced("/a".into())]);
}
