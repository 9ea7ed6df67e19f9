//! The peers: programs and libraries by other hands that the tests ask for a second opinion.
//!
//! Debian's packages give poppler, qpdf, zbar, OpenSSL, SoftHSM2, strace and Chromium; PyPI gives pyHanko, gmssl and ofdkit, each pinned in
//! `peers.txt`, in an environment of their own under `target/peers`. What is there already is left alone.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::root;

/// A program that proves its package, the package.
const PROGRAMS: &[(&str, &str)] = &[
    ("pdfsig", "poppler-utils"),
    ("pdftotext", "poppler-utils"),
    ("pdftoppm", "poppler-utils"),
    ("qpdf", "qpdf"),
    ("unzip", "unzip"),
    ("zbarimg", "zbar-tools"),
    ("openssl", "openssl"),
    ("softhsm2-util", "softhsm2"),
    ("chromium", "chromium"),
    ("strace", "strace"),
    ("python3", "python3"),
];

/// The pinned Python packages.
const PINNED: &str = include_str!("../peers.txt");

/// What an installation came to.
pub(crate) struct Installed {
    /// Each peer that is still not there, and why.
    pub(crate) missing: Vec<String>,
}

impl Installed {
    /// The outcome of `cargo xtask peers`.
    pub(crate) fn into_result(self) -> Result<(), String> {
        if self.missing.is_empty() { Ok(()) } else { Err(format!("not installed: {}", self.missing.join("; "))) }
    }
}

/// Where the peers from PyPI live; the tests are told through `LICENSE_PEERS`.
pub(crate) fn folder() -> PathBuf {
    root().join("target/peers")
}

/// Installs what is missing.
pub(crate) fn install() -> Installed {
    let mut missing = Vec::new();
    if let Err(why) = debian() {
        missing.push(why);
    }
    if let Err(why) = python() {
        missing.push(why);
    }
    Installed { missing }
}

fn debian() -> Result<(), String> {
    let mut packages: Vec<&str> = absent();
    if has("python3") && !quiet(Command::new("python3").args(["-c", "import venv, ensurepip"])) {
        packages.push("python3-venv");
    }
    if packages.is_empty() {
        eprintln!("Debian packages: all there");
        return Ok(());
    }
    let list = packages.join(" ");
    let by_hand = format!("apt-get install {list}");
    if !has("apt-get") {
        return Err(format!("{list} (no apt-get here; install these programs by this system's own means)"));
    }
    let sudo: &[&str] = match (root_user(), has("sudo")) {
        (true, _) => &[],
        (false, true) if quiet(Command::new("sudo").args(["-n", "true"])) => &["sudo", "-n"],
        _ => return Err(format!("{list} (not root; run: sudo {by_hand})")),
    };
    eprintln!("installing {list}");
    let ran = apt(sudo, &["update", "-qq"]) && {
        let mut args = vec!["install", "-y", "-qq", "--no-install-recommends"];
        args.extend(&packages);
        apt(sudo, &args)
    };
    let still = absent();
    match (ran, still.is_empty()) {
        (_, true) => Ok(()),
        (false, _) => Err(format!("{list} (is Debian's archive reachable? by hand: {by_hand})")),
        (true, false) => Err(format!("{} (installed, but the programs are not on the PATH)", still.join(" "))),
    }
}

/// The packages of the programs that are not on the PATH.
fn absent() -> Vec<&'static str> {
    let mut packages: Vec<&str> = PROGRAMS.iter().filter(|(program, _)| !has(program)).map(|(_, p)| *p).collect();
    packages.dedup();
    packages
}

fn apt(sudo: &[&str], args: &[&str]) -> bool {
    let words: Vec<&str> = sudo.iter().copied().chain(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]).collect();
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).args(args).stdin(Stdio::null()).stdout(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// The environment is made anew whenever `peers.txt` differs from the copy left beside it by the last good installation.
fn python() -> Result<(), String> {
    let venv = folder().join("venv");
    let stamp = folder().join("installed.txt");
    let python = venv.join("bin/python");
    if python.is_file() && fs::read_to_string(&stamp).is_ok_and(|done| done == PINNED) {
        eprintln!("Python packages: all there");
        return Ok(());
    }
    if !has("python3") {
        return Err("Python packages (there is no python3)".to_owned());
    }
    eprintln!("installing Python packages into target/peers");
    let wrote = fs::create_dir_all(folder()).and_then(|()| fs::write(folder().join("wanted.txt"), PINNED));
    wrote.map_err(|e| format!("Python packages (target/peers cannot be written: {e})"))?;
    fs::remove_file(&stamp).ok();
    let made = Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv).status();
    if !made.is_ok_and(|status| status.success()) {
        return Err("Python packages (python3 -m venv failed; Debian has it in python3-venv)".to_owned());
    }
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps"])
        .args(["--only-binary", ":all:", "--retries", "2", "--timeout", "20", "--requirement"])
        .arg(folder().join("wanted.txt"));
    let ran = pip.status().is_ok_and(|status| status.success());
    let whole = ran && quiet(Command::new(&python).args(["-m", "pip", "check"]));
    let whole = whole && quiet(Command::new(&python).args(["-c", "import pyhanko.sign, gmssl.sm2, ofdkit"]));
    if !whole {
        return Err("Python packages (see pip's words above; is PyPI reachable?)".to_owned());
    }
    fs::write(&stamp, PINNED).map_err(|e| format!("Python packages (target/peers cannot be written: {e})"))
}

fn root_user() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout == b"0\n")
}

fn has(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

fn quiet(command: &mut Command) -> bool {
    let command = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
