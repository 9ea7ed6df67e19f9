//! `cargo xtask bench`: figures with the machine named. Ratios travel, milliseconds do not; nothing fails here.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::root;

/// Where the measured server listens.
const LISTEN: &str = "127.0.0.1:18080";

pub(crate) fn run() -> Result<(), String> {
    println!("{}", machine());
    cargo(&["bench", "--quiet", "--package", "license-server", "--bench", "product"])?;
    for bench in ["verify_ofd", "seal", "verify_pdf", "pdf_sign", "hostile"] {
        cargo(&["bench", "--quiet", "--package", "license-core", "--bench", bench])?;
    }
    cargo(&["build", "--quiet", "--release", "--package", "license-cli"])?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let binary = target.join("release/license");
    let data = target.join("bench-demo");
    let _ = fs::remove_dir_all(&data);
    let outcome = demo(&binary, &data).and_then(|()| serve(&binary, &data));
    let _ = fs::remove_dir_all(&data);
    outcome
}

fn cargo(args: &[&str]) -> Result<(), String> {
    let status = Command::new(env!("CARGO")).args(args).current_dir(root()).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("cargo {}: {status}", args.join(" "))),
        Err(error) => Err(format!("cargo: {error}")),
    }
}

/// Processor, cores, memory and compiler.
fn machine() -> String {
    let line = |path: &str, key: &str| {
        let text = fs::read_to_string(path).unwrap_or_default();
        text.lines()
            .find(|line| line.starts_with(key))
            .and_then(|line| line.split(':').nth(1))
            .map(|value| value.trim().to_owned())
            .unwrap_or_else(|| "?".to_owned())
    };
    let cores = thread::available_parallelism().map_or(0, usize::from);
    let rustc = Command::new("rustc").arg("--version").output();
    let rustc = rustc.map(|out| String::from_utf8_lossy(&out.stdout).trim().to_owned()).unwrap_or_default();
    format!(
        "{cores} × {}, {} memory, {rustc}\n",
        line("/proc/cpuinfo", "model name"),
        line("/proc/meminfo", "MemTotal")
    )
}

fn demo(binary: &Path, data: &Path) -> Result<(), String> {
    let begin = Instant::now();
    let mut child = Command::new(binary)
        .args(["demo", "--no-serve", "--count", "400", "--data"])
        .arg(data)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("{}: {error}", binary.display()))?;
    let mut peak = 0;
    let status = loop {
        if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
            break status;
        }
        peak = peak.max(resident_kb(&child, "VmHWM"));
        thread::sleep(Duration::from_millis(5));
    };
    if !status.success() {
        return Err(format!("the demo: {status}"));
    }
    let mut said = String::new();
    if let Some(mut out) = child.stdout.take() {
        out.read_to_string(&mut said).map_err(|error| error.to_string())?;
    }
    println!(
        "demo with 400 licenses: {:.1} s from nothing, peak memory {} MB (aim: 400 MB)",
        begin.elapsed().as_secs_f64(),
        peak / 1024
    );
    said.lines().filter(|line| line.contains("a second")).for_each(|line| println!("  {line}"));
    Ok(())
}

fn serve(binary: &Path, data: &Path) -> Result<(), String> {
    let begin = Instant::now();
    let mut child = Command::new(binary)
        .args(["serve", "--listen", LISTEN, "--data"])
        .arg(data)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| error.to_string())?;
    // Kept until the end: a server that cannot say something more would stop.
    let mut out = child.stdout.take().map(BufReader::new);
    let mut line = String::new();
    if let Some(out) = &mut out {
        out.read_line(&mut line).map_err(|error| error.to_string())?;
    }
    let ready = loop {
        // Another server there would answer too.
        let stopped = child.try_wait().map_err(|error| error.to_string())?.is_some();
        if !stopped && answers("/readyz") {
            break Some(begin.elapsed());
        }
        if stopped || begin.elapsed() > Duration::from_secs(20) {
            break None;
        }
        thread::sleep(Duration::from_millis(5));
    };
    let memory = resident_kb(&child, "VmRSS");
    let _ = child.kill();
    let _ = child.wait();
    let ready = ready.ok_or("the server stopped, or was not ready within 20 s")?;
    println!("server ready after {:.2} s (aim: 1.5 s), {} MB resident", ready.as_secs_f64(), memory / 1024);
    Ok(())
}

fn answers(path: &str) -> bool {
    let Ok(mut stream) = TcpStream::connect(LISTEN) else { return false };
    let request = format!("GET {path} HTTP/1.1\r\nHost: {LISTEN}\r\nConnection: close\r\n\r\n");
    let mut answer = String::new();
    stream.write_all(request.as_bytes()).is_ok()
        && stream.read_to_string(&mut answer).is_ok()
        && answer.starts_with("HTTP/1.1 200")
}

fn resident_kb(child: &Child, key: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix(key)?.trim_start_matches(':').split_whitespace().next()?.parse().ok())
        .unwrap_or_default()
}
