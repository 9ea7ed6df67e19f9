//! Issue 4, keys in operation: a rotation that is interrupted at any step leaves a deployment that works, and the next run
//! completes it, once.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

mod desk;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use desk::{Deployment, MARKET, license, verdicts};
use serde_json::{Value, json};
use tempfile::TempDir;

type Files = BTreeMap<String, Vec<u8>>;

/// The files of a deployment, the register aside.
fn files(folder: &Path) -> Files {
    let mut found = Files::new();
    let mut left = vec![folder.to_owned()];
    while let Some(next) = left.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                left.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                found.insert(name, fs::read(path).unwrap());
            }
        }
    }
    found.retain(|name, _| !name.starts_with("store") && !name.starts_with("out"));
    found
}

fn copy(from: &Path) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("data");
    let done = Command::new("cp").arg("-a").args([from, &to]).status().unwrap();
    assert!(done.success());
    (folder, to)
}

fn rotate(data: &Path, what: &str) -> desk::Said {
    license(&["keys", "rotate", MARKET, "--what", what, "--data", data.to_str().unwrap()])
}

/// The steps of a change, by the states of the file system: before the commit nothing was done, after it so many files are in
/// their places and the others wait.
#[test]
fn an_interrupted_rotation_is_completed_from_every_state() {
    let deployment = Deployment::new();
    let before = PathBuf::from(deployment.path(""));
    for what in ["index", "document", "seal"] {
        let (_kept, whole) = copy(&before);
        let said = rotate(&whole, what);
        assert_eq!(said.code, 0, "{}", said.err);
        let (old, new) = (files(&before), files(&whole));
        assert!(!new.keys().any(|name| name.starts_with("change")), "{:?}", new.keys());
        let mut changed: Vec<&String> = new.keys().filter(|name| old.get(*name) != new.get(*name)).collect();
        // Whatever the order: that of the names, and its reverse.
        let count = changed.len();
        assert_eq!(count, if what == "seal" { 7 } else { 6 }, "{changed:?}");
        for reversed in [false, true] {
            if reversed {
                changed.reverse();
            }
            for placed in 0..=count {
                let (_kept, data) = copy(&before);
                let waiting = data.join("change");
                fs::create_dir(&waiting).unwrap();
                for (number, name) in changed.iter().enumerate() {
                    let to = if number < placed { data.join(name) } else { waiting.join(number.to_string()) };
                    fs::create_dir_all(to.parent().unwrap()).unwrap();
                    fs::copy(whole.join(name), to).unwrap();
                }
                let told = format!("{what} key of {MARKET}: {MARKET}-{what}-2 in the place of {MARKET}-{what}");
                let key = format!("rotate {MARKET} {what}");
                let plan = json!({ "key": key, "what": told, "files": changed });
                fs::write(waiting.join("plan.json"), plan.to_string()).unwrap();

                let place = format!("{what}, {placed} of {count} in place");
                let looked = license(&["keys", "check", "--data", data.to_str().unwrap()]);
                assert!(looked.code == 1 && looked.out.contains("a change was interrupted"), "{place}: {}", looked.out);
                let again = rotate(&data, what);
                assert_eq!(again.code, 0, "{place}: {}", again.err);
                let complete = again.out.contains("its work is complete now") && again.out.contains(&told);
                assert!(complete && again.out.contains("nothing more was done"), "{place}: {}", again.out);
                assert!(files(&data) == new, "{place}: {:?}", files(&data).keys());
            }
        }
    }
}

/// Any verb that opens the deployment completes what was committed, and says so; what was not committed is forgotten.
#[test]
fn an_interrupted_rotation_is_completed_by_whoever_comes_next() {
    let deployment = Deployment::new();
    let folder = PathBuf::from(deployment.path(""));
    let (_kept, whole) = copy(&folder);
    assert_eq!(rotate(&whole, "index").code, 0);
    let (old, new) = (files(&folder), files(&whole));
    let changed: Vec<&String> = new.keys().filter(|name| old.get(*name) != new.get(*name)).collect();
    // The trust list is there, office.toml is not: the state in which a service would sign with a key whose time is over.
    let waiting = folder.join("change");
    fs::create_dir(&waiting).unwrap();
    for (number, name) in changed.iter().enumerate() {
        let to = if *name == "office.toml" { waiting.join(number.to_string()) } else { folder.join(name) };
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(whole.join(name), to).unwrap();
    }
    let plan = json!({ "key": "rotate", "what": "the drill", "files": changed });
    fs::write(waiting.join("plan.json"), plan.to_string()).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let issued = deployment.issue("JY23501020001232");
    assert_eq!(verdicts(&deployment.verify(&issued, &[])), ["passed"; 3]);
    assert!(files(&folder) == new);

    // Half written: nothing had happened, and nothing of it stays.
    let staged = folder.join("change.new");
    fs::create_dir(&staged).unwrap();
    fs::write(staged.join("0"), "half a key").unwrap();
    let said = rotate(&folder, "index");
    assert!(
        said.code == 0 && said.out.contains(&format!("{MARKET}-index-3 in the place of")),
        "{}{}",
        said.out,
        said.err
    );
    assert!(!staged.exists() && !waiting.exists());
    // A plan that leads out of the folder is not followed.
    fs::create_dir(&waiting).unwrap();
    fs::write(waiting.join("0"), "x").unwrap();
    fs::write(waiting.join("plan.json"), json!({ "key": "", "what": "", "files": ["../x"] }).to_string()).unwrap();
    let said = rotate(&folder, "index");
    assert!(said.code == 3 && said.err.contains("no path inside the deployment"), "{}", said.err);
    assert!(!folder.join("../x").exists());
}

/// The same for real: the process is killed at each system call that changes the folder, then run again.
#[test]
fn a_rotation_killed_at_any_system_call_is_made_once() {
    let deployment = Deployment::new();
    let before = PathBuf::from(deployment.path(""));
    let killed = |data: &Path, call: &str, at: usize| {
        let mut command = Command::new("strace");
        command.args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("inject={call}:signal=KILL:when={at}")]);
        command.arg(env!("CARGO_BIN_EXE_license")).args(["keys", "rotate", MARKET, "--what", "index", "--data"]);
        command.arg(data).env_remove("LICENSE_KEY_PASSWORD").output()
    };
    let Ok(tried) = killed(Path::new("/nowhere"), "mkdir", 1) else {
        eprintln!("SKIPPED: strace is missing; a rotation was not killed");
        return;
    };
    if String::from_utf8_lossy(&tried.stderr).contains("ptrace") {
        eprintln!("SKIPPED: strace may not trace here; a rotation was not killed");
        return;
    }
    let mut kills = 0;
    for call in ["mkdir", "rename", "unlink", "unlinkat", "rmdir", "fsync", "write"] {
        for at in 1.. {
            let (_kept, data) = copy(&before);
            let first = killed(&data, call, at).unwrap();
            if first.status.success() {
                break;
            }
            let err = String::from_utf8_lossy(&first.stderr);
            if !err.is_empty() {
                eprintln!("SKIPPED: {call}: {err}");
                break;
            }
            kills += 1;
            let place = format!("killed at {call} {at}");
            // Who was told that it is done does not do it again.
            if !String::from_utf8_lossy(&first.stdout).contains("trust list: edition") {
                let again = rotate(&data, "index");
                assert_eq!(again.code, 0, "{place}: {}", again.err);
            }
            let office = fs::read_to_string(data.join("office.toml")).unwrap();
            assert!(office.contains(&format!("{MARKET}-index-2\"")) && !office.contains("-index-3"), "{place}");
            let list: Value = serde_json::from_slice(&fs::read(data.join("trust/trust-list.json")).unwrap()).unwrap();
            let issuers = list["issuers"].as_array().unwrap();
            let keys =
                issuers.iter().find(|issuer| issuer["code"] == MARKET).unwrap()["index_keys"].as_array().unwrap();
            assert_eq!((&list["sequence"], keys.len()), (&2.into(), 2), "{place}: once");
            for name in [format!("{MARKET}-index-2.pem"), format!("{MARKET}-index-2.key.pem")] {
                assert!(data.join("keys").join(name).is_file(), "{place}");
            }
        }
    }
    assert!(kills > 12, "killed {kills} times");
}
