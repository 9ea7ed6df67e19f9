//! Puts a load of synthetic licenses on a store, and checks afterwards what it acknowledged.
//!
//! ```text
//! store_load load  URL [THREADS [SECONDS]]    writes "ack ID" for each issued license, after the acknowledgement
//! store_load check URL FILE                   is every "ack ID" of FILE there, whole? exit code 1 when not
//! store_load bench URL [THREADS [SECONDS]]    durable commits per second: rows alone, and licenses with two files
//! ```
//!
//! Kill it, or cut the power under it, between `load` and `check`.
#![allow(clippy::unwrap_used, reason = "a tool for tests")]

#[path = "../tests/store_support/mod.rs"]
mod store_support;

use license_server::store::{Store, StoreUrl};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        ["load", url, rest @ ..] => load(url, rest),
        ["check", url, file] => check(url, file),
        ["bench", url, rest @ ..] => bench(url, rest),
        _ => Err("say: store_load load|bench URL [THREADS [SECONDS]], or store_load check URL FILE".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

fn open(url: &str) -> Result<std::sync::Arc<dyn Store>, String> {
    url.parse::<StoreUrl>().map_err(|e| e.to_string())?.open().map_err(|e| e.to_string())
}

fn numbers(rest: &[&str]) -> Result<(usize, Option<f64>), String> {
    let threads = rest.first().map_or(Ok(4), |n| n.parse()).map_err(|_| "THREADS is a number")?;
    let seconds = rest.get(1).map(|s| s.parse()).transpose().map_err(|_| "SECONDS is a number")?;
    Ok((threads, seconds))
}

fn load(url: &str, rest: &[&str]) -> Result<(), String> {
    let (threads, seconds) = numbers(rest)?;
    let store = open(url)?;
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        if let Some(seconds) = seconds {
            let stop = &stop;
            scope.spawn(move || {
                std::thread::sleep(Duration::from_secs_f64(seconds));
                stop.store(true, Ordering::Relaxed);
            });
        }
        store_support::load(&*store, threads, &stop, &Mutex::new(std::io::stdout())).map(|_| ())
    })
}

fn check(url: &str, file: &str) -> Result<(), String> {
    let text = std::fs::read_to_string(file).map_err(|e| format!("{file}: {e}"))?;
    let acknowledged = store_support::acknowledged(&text);
    let store = open(url)?;
    let wrong = store_support::check(&*store, &acknowledged);
    let counts = store.counts().map_err(|e| e.to_string())?;
    println!("{} acknowledged, {} stored, {} wrong", acknowledged.len(), counts.licenses, wrong.len());
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

fn bench(url: &str, rest: &[&str]) -> Result<(), String> {
    let (threads, seconds) = numbers(rest)?;
    let seconds = seconds.unwrap_or(3.0);
    let store = open(url)?;
    let rows = measure(&*store, threads, seconds, |store| {
        store.append_audit(vec![("bench".into(), store_support::note("bench"))]).map(|_| ()).map_err(|e| e.to_string())
    })?;
    println!("{url} {threads} threads: {rows} (audit entry)");
    let stop = AtomicBool::new(false);
    let before = store.stats();
    let (sender, done) = std::sync::mpsc::channel();
    let started = Instant::now();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_secs_f64(seconds));
            stop.store(true, Ordering::Relaxed);
        });
        let _ = sender.send(store_support::load(&*store, threads, &stop, &Mutex::new(std::io::sink())));
    });
    let count = done.recv().map_err(|e| e.to_string())??;
    let spent = started.elapsed().as_secs_f64();
    let groups = store.stats().groups - before.groups;
    // Each license takes two commits: one for its serial, one for itself.
    println!(
        "{url} {threads} threads: {:.0} licenses/s with two files each, {:.0} commits/s in {:.0} flushes/s",
        count as f64 / spent,
        2.0 * count as f64 / spent,
        groups as f64 / spent,
    );
    Ok(())
}

fn measure(
    store: &dyn Store,
    threads: usize,
    seconds: f64,
    act: impl Fn(&dyn Store) -> Result<(), String> + Sync,
) -> Result<String, String> {
    let (count, before, started) = (AtomicU64::new(0), store.stats(), Instant::now());
    std::thread::scope(|scope| {
        let work = || {
            while started.elapsed().as_secs_f64() < seconds {
                act(store)?;
                count.fetch_add(1, Ordering::Relaxed);
            }
            Ok::<(), String>(())
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().map_err(|_| "a worker panicked".to_owned())?)
    })?;
    let spent = started.elapsed().as_secs_f64();
    let after = store.stats();
    let groups = after.groups - before.groups;
    let commits = count.into_inner();
    Ok(format!("{:.0} durable commits/s in {:.0} flushes/s", commits as f64 / spent, groups as f64 / spent))
}
