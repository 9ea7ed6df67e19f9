//! Finding and running a peer: on the PATH or in the Python environment, with a time limit, skipped aloud when missing.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, thread};

use crate::places;

/// No peer needs longer for one small document.
const PATIENCE: Duration = Duration::from_secs(120);

/// What a peer said about a document.
#[derive(Debug)]
pub struct Said {
    /// The exit status; `None` when a signal ended the peer.
    pub code: Option<i32>,
    /// Standard output, as bytes.
    pub out: Vec<u8>,
    /// Standard error.
    pub err: String,
}

impl Said {
    /// The peer is content.
    pub fn ok(&self) -> bool {
        self.code == Some(0)
    }

    /// Standard output as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.out).into_owned()
    }

    /// Standard output of a peer that has to be content.
    #[track_caller]
    pub(super) fn product(self) -> Vec<u8> {
        assert!(self.ok(), "the peer refused: {:?}\n{}\n{}", self.code, self.text(), self.err);
        self.out
    }
}

/// A program on the PATH, and the Debian package that has it.
pub(super) fn program(name: &str, package: &str) -> Option<PathBuf> {
    let found = env::split_paths(&env::var_os("PATH").unwrap_or_default())
        .map(|folder| folder.join(name))
        .find(|path| path.is_file());
    found.or_else(|| missing(&format!("{name} is not installed (Debian package {package})")))
}

/// The Python of the peers' own environment.
pub(super) fn python() -> Option<PathBuf> {
    let python = places::peers().join("venv/bin/python");
    if python.is_file() {
        return Some(python);
    }
    missing("the Python peers are not installed (`cargo xtask test` installs them)")
}

/// One of the small scripts that call a Python peer.
pub(super) fn script(name: &str) -> PathBuf {
    places::root().join("tests/peers").join(name)
}

/// Says aloud that a check is left out, or fails where every peer has to be there.
pub(super) fn missing<T>(what: &str) -> Option<T> {
    assert!(env::var_os("LICENSE_REQUIRE_PEERS").is_none_or(|v| v != "1"), "a peer is missing: {what}");
    eprintln!("SKIPPED: {what}");
    None
}

/// Runs a peer to its end, or ends it when it takes too long. Its output goes to files, so that a child process it
/// leaves behind cannot hold us.
pub(super) fn run(command: &mut Command, input: &[u8]) -> Said {
    run_within(PATIENCE, command, input)
}

/// [`run`] with another time limit: for a peer that makes hundreds of documents.
pub(super) fn run_within(patience: Duration, command: &mut Command, input: &[u8]) -> Said {
    let mut stdin = scratch();
    stdin.write_all(input).and_then(|()| stdin.rewind()).expect("a scratch file can be written");
    let (out, err) = (scratch(), scratch());
    let mut child = command
        .stdin(stdin)
        .stdout(Stdio::from(again(&out)))
        .stderr(Stdio::from(again(&err)))
        .spawn()
        .unwrap_or_else(|e| panic!("{command:?} cannot be started: {e}"));
    let began = Instant::now();
    let status = loop {
        match child.try_wait().expect("our own child can be waited for") {
            Some(status) => break status,
            None if began.elapsed() > patience => {
                child.kill().ok();
                child.wait().ok();
                panic!("{command:?} took more than {patience:?}");
            }
            None => thread::sleep(Duration::from_millis(5)),
        }
    };
    Said { code: status.code(), out: all(out), err: String::from_utf8_lossy(&all(err)).into_owned() }
}

/// [`run`] with arguments and nothing on standard input.
pub(super) fn ask<S: AsRef<OsStr>>(program: &OsStr, args: impl IntoIterator<Item = S>) -> Said {
    run(Command::new(program).args(args), b"")
}

fn scratch() -> File {
    tempfile::tempfile().expect("the machine has room for a scratch file")
}

fn again(file: &File) -> File {
    file.try_clone().expect("a handle can be duplicated")
}

fn all(mut file: File) -> Vec<u8> {
    let mut bytes = Vec::new();
    file.rewind().and_then(|()| file.read_to_end(&mut bytes)).expect("a scratch file can be read back");
    bytes
}
