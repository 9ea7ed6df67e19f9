//! `cargo xtask fuzz`: the targets of `fuzz/`, one after the other on one core, and a table of what they did.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::root;

/// What to run.
pub(crate) struct Wish<'a> {
    target: Option<&'a str>,
    runs: u64,
    sanitizer: &'a str,
}

/// What one target did.
struct Done {
    name: String,
    runs: u64,
    took: Duration,
    covered: String,
    corpus: usize,
    found: Vec<String>,
    good: bool,
}

impl<'a> Wish<'a> {
    /// Reads `[TARGET] [--runs N] [--sanitizer none|address]`.
    pub(crate) fn read(args: &[&'a str]) -> Option<Wish<'a>> {
        let mut wish = Wish { target: None, runs: 1_000_000, sanitizer: "none" };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            match *arg {
                "--runs" => wish.runs = args.next()?.parse().ok()?,
                "--sanitizer" => wish.sanitizer = args.next()?,
                name if !name.starts_with('-') && wish.target.is_none() => wish.target = Some(name),
                _ => return None,
            }
        }
        Some(wish)
    }
}

/// Builds and runs; an error when a target found something.
pub(crate) fn run(wish: &Wish<'_>) -> Result<(), String> {
    let all = targets()?;
    let wanted: Vec<&String> = all.iter().filter(|name| wish.target.is_none_or(|wanted| wanted == *name)).collect();
    if wanted.is_empty() {
        return Err(format!("no target of that name; there are: {}", all.join(", ")));
    }
    build(wish.sanitizer)?;
    let mut done = Vec::new();
    for name in wanted {
        done.push(one(name, wish)?);
        eprintln!("{}", row(&done[done.len() - 1]));
    }
    println!("{:<18} {:>10} {:>8} {:>8} {:>7} {:>7}  found", "target", "runs", "seconds", "runs/s", "edges", "corpus");
    done.iter().for_each(|target| println!("{}", row(target)));
    let bad: Vec<&str> = done.iter().filter(|target| !target.good).map(|target| target.name.as_str()).collect();
    if bad.is_empty() { Ok(()) } else { Err(format!("findings in fuzz/artifacts: {}", bad.join(", "))) }
}

fn row(target: &Done) -> String {
    let seconds = target.took.as_secs_f64();
    let found = if target.good { "nothing".to_owned() } else { target.found.join(" ") };
    format!(
        "{:<18} {:>10} {:>8.0} {:>8.0} {:>7} {:>7}  {found}",
        target.name,
        target.runs,
        seconds,
        target.runs as f64 / seconds.max(0.001),
        target.covered,
        target.corpus
    )
}

/// The binaries of `fuzz/Cargo.toml`.
fn targets() -> Result<Vec<String>, String> {
    let folder = home().join("fuzz_targets");
    let entries = fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut names: Vec<String> =
        entries.filter_map(|entry| Some(entry.ok()?.path().file_stem()?.to_str()?.to_owned())).collect();
    names.retain(|name| name != "any");
    names.sort();
    Ok(names)
}

fn build(sanitizer: &str) -> Result<(), String> {
    let mut cargo = Command::new("cargo");
    cargo.args(["+nightly", "fuzz", "build", "--fuzz-dir", ".", "--sanitizer", sanitizer, "any"]).current_dir(home());
    cargo.env("RUSTC_WRAPPER", home().join("rustc.sh"));
    match cargo.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err("no build; are cargo-fuzz and a nightly toolchain installed? see fuzz/README.md".to_owned()),
        Err(e) => Err(format!("cargo cannot be started: {e}")),
    }
}

fn one(name: &str, wish: &Wish<'_>) -> Result<Done, String> {
    let (corpus, artifacts) = (home().join("corpus").join(name), home().join("artifacts").join(name));
    for folder in [&corpus, &artifacts] {
        fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    let before = files(&artifacts);
    let log = home().join("target").join(format!("{name}.log"));
    let output = fs::File::create(&log).map_err(|e| format!("{}: {e}", log.display()))?;
    let mut fuzzer = Command::new("nice");
    fuzzer.args(["-n", "19"]).arg(binary()).arg(&corpus).arg(home().join("seeds").join(name));
    fuzzer.arg(format!("-runs={}", wish.runs)).arg(format!("-artifact_prefix={}/", artifacts.display()));
    fuzzer.arg(format!("-dict={}", home().join("dictionaries").join(dictionary(name)).display()));
    fuzzer.args([
        "-timeout=10",
        "-rss_limit_mb=512",
        "-malloc_limit_mb=256",
        "-print_final_stats=1",
        "-close_fd_mask=1",
    ]);
    fuzzer.env("FUZZ_TARGET", name);
    fuzzer.current_dir(home()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(output);
    eprintln!("fuzzing {name}, {} runs; what it says goes to {}", wish.runs, log.display());
    let began = Instant::now();
    let status = fuzzer.status().map_err(|e| format!("{name} cannot be started: {e}"))?;
    let took = began.elapsed();

    let said = fs::read(&log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let number = |key: &str| said.lines().rev().find_map(|line| line.strip_prefix(key)?.trim().parse().ok());
    let covered = said.lines().rev().find_map(|line| Some(line.split_once("cov: ")?.1.split(' ').next()?.to_owned()));
    Ok(Done {
        name: name.to_owned(),
        runs: number("stat::number_of_executed_units:").unwrap_or(0),
        took,
        covered: covered.unwrap_or_default(),
        corpus: files(&corpus).len(),
        found: files(&artifacts).into_iter().filter(|file| !before.contains(file)).collect(),
        good: status.success(),
    })
}

/// Which words help a target along.
fn dictionary(name: &str) -> &'static str {
    match name {
        "pdf" => "pdf.dict",
        "package" | "verify" | "seal_picture" => "zip.dict",
        "index" | "record" | "signed_report" | "trust_list" => "json.dict",
        _ if name.starts_with("xml_") || name == "verify_parts" => "xml.dict",
        _ => "der.dict",
    }
}

/// Where `cargo fuzz build` puts the binary of all targets, named after the compiler's own host.
fn binary() -> PathBuf {
    let output = Command::new("rustc").arg("-vV").output().map(|output| output.stdout).unwrap_or_default();
    let said = String::from_utf8_lossy(&output).into_owned();
    let host =
        said.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or("x86_64-unknown-linux-gnu").to_owned();
    home().join("target").join(host).join("release").join("any")
}

fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect()
}

fn home() -> PathBuf {
    root().join("fuzz")
}
