//! `cargo xtask powercut`: pulls the plug while licenses are being issued, again and again on the same data, and looks
//! whether everything that was acknowledged is still there.
//!
//! The program under test is `crashload` (of the crate `tests`): `crashload write DIR STORE` issues without end and
//! prints `ack ID` after each answer; `crashload check DIR STORE` reads ids and says what is wrong with the store.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use std::{env, fs, thread};

use crate::disk::Disk;
use crate::root;

const ROUNDS: u32 = 15;
const ENGINES: &[&str] = &["redb", "sled"];
const DISK_MEGABYTES: u64 = 1024;
/// Written without a flush just before each cut. If it survives whole, the cut was none and the run proves nothing.
const CONTROL: &[u8] = &[0x5A; 20_000];

/// Cuts the power `ROUNDS` times for each engine.
pub(crate) fn run() -> Result<(), String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built =
        Command::new(cargo).current_dir(root()).args(["build", "--package", "tests", "--bin", "crashload"]).status();
    if !built.is_ok_and(|status| status.success()) {
        return Err("crashload does not build".to_owned());
    }
    ENGINES.iter().try_for_each(|engine| cut_often(engine))
}

fn cut_often(engine: &str) -> Result<(), String> {
    let disk = match Disk::new(&root().join("target/powercut"), DISK_MEGABYTES) {
        Ok(disk) => disk,
        Err(why) => {
            eprintln!("SKIPPED: no power cuts on this machine ({why}); needs root, mkfs.ext4 and loop devices");
            return Ok(());
        }
    };
    let store = disk.path().join("store");
    let mut acknowledged: Vec<String> = Vec::new();
    for round in 1..=ROUNDS {
        let mut writer = Writer::start(&store, engine)?;
        // The first answer, then a time that differs from round to round and falls anywhere within a commit.
        writer.wait_for_one()?;
        thread::sleep(Duration::from_micros(u64::from(round) * 77_777 % 900_000));
        let control = disk.path().join(format!("control-{round}"));
        fs::write(&control, CONTROL).map_err(|e| format!("control: {e}"))?;
        disk.cut()?;
        acknowledged.extend(writer.end());
        disk.restart()?;
        if fs::read(&control).is_ok_and(|bytes| bytes == CONTROL) {
            return Err(format!("{engine}, cut {round}: unflushed bytes survived, so this was no power cut"));
        }
        fs::remove_file(&control).ok();
        check(&store, engine, &acknowledged).map_err(|why| format!("{engine}, cut {round}: {why}"))?;
        eprintln!("{engine}: cut {round:>2} of {ROUNDS}, {:>6} acknowledged, none lost", acknowledged.len());
    }
    Ok(())
}

/// A running `crashload write` and the ids it has acknowledged.
struct Writer {
    child: Child,
    acks: mpsc::Receiver<String>,
    first: Option<String>,
}

impl Writer {
    fn start(store: &Path, engine: &str) -> Result<Self, String> {
        let mut command = crashload("write", store, engine);
        let mut child = command.stdout(Stdio::piped()).spawn().map_err(|e| format!("crashload: {e}"))?;
        let out = child.stdout.take().ok_or("crashload has no output")?;
        let (send, acks) = mpsc::channel();
        thread::spawn(move || {
            let mut out = BufReader::new(out);
            let mut line = String::new();
            // A line that was cut short by the kill is no acknowledgement.
            while out.read_line(&mut line).is_ok_and(|n| n > 0) && line.ends_with('\n') {
                if let Some(id) = line.trim_end().strip_prefix("ack ") {
                    send.send(id.to_owned()).ok();
                }
                line.clear();
            }
        });
        Ok(Self { child, acks, first: None })
    }

    fn wait_for_one(&mut self) -> Result<(), String> {
        self.first = self.acks.recv_timeout(Duration::from_secs(60)).ok();
        if self.first.is_none() {
            self.child.kill().ok();
            return Err("crashload acknowledged nothing within a minute".to_owned());
        }
        Ok(())
    }

    /// Kills it and hands over every id it acknowledged.
    fn end(mut self) -> Vec<String> {
        self.child.kill().ok();
        self.child.wait().ok();
        self.first.take().into_iter().chain(self.acks.iter()).collect()
    }
}

fn check(store: &Path, engine: &str, acknowledged: &[String]) -> Result<(), String> {
    let mut child = crashload("check", store, engine).stdin(Stdio::piped()).spawn().map_err(|e| e.to_string())?;
    let mut ids = child.stdin.take().ok_or("crashload has no input")?;
    ids.write_all(acknowledged.join("\n").as_bytes()).map_err(|e| e.to_string())?;
    drop(ids);
    let status = child.wait().map_err(|e| e.to_string())?;
    if status.success() { Ok(()) } else { Err("the store is not what was acknowledged, see above".to_owned()) }
}

fn crashload(verb: &str, store: &Path, engine: &str) -> Command {
    let mut command = Command::new(root().join("target/debug/crashload"));
    command.arg(verb).arg(store).arg(engine);
    command
}
