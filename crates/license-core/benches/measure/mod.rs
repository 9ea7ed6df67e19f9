//! Processor time of short calls. Other programs on the same core only ever add to it, so the best of several rounds
//! counts; what is to be compared takes turns, so that a load hits all alike.
#![allow(dead_code, unreachable_pub)]

use std::time::{Duration, Instant};

const ROUNDS: usize = 30;
const ROUND: Duration = Duration::from_millis(50);

/// One thing to measure: its name, the call.
pub type Call<'a> = (&'a str, Box<dyn FnMut() + 'a>);

/// Names a call.
pub fn call<'a>(name: &'a str, call: impl FnMut() + 'a) -> Call<'a> {
    (name, Box::new(call))
}

/// Microseconds of processor time of one call, each.
pub fn measure(calls: &mut [Call<'_>]) -> Vec<f64> {
    let mut best = vec![f64::INFINITY; calls.len()];
    for _ in 0..ROUNDS {
        for ((_, call), best) in calls.iter_mut().zip(&mut best) {
            let (begin, wall, mut times) = (cpu(), Instant::now(), 0u32);
            while wall.elapsed() < ROUND {
                call();
                times += 1;
            }
            *best = best.min((cpu() - begin) * 1e6 / f64::from(times));
        }
    }
    for ((name, _), best) in calls.iter().zip(&best) {
        println!("  {name:<66} {best:8.1} µs");
    }
    best
}

/// Seconds that this thread has run so far, where the system says so; else of the clock on the wall.
pub fn cpu() -> f64 {
    static BEGIN: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    // The system counts when a thread steps aside, else by the tick.
    std::thread::yield_now();
    let ran = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let ran = ran.and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok());
    ran.map_or_else(|| BEGIN.get_or_init(Instant::now).elapsed().as_secs_f64(), |nanoseconds| nanoseconds / 1e9)
}

/// The machine, and how busy it is with other things: neighbours on the same core slow everything down.
pub fn machine() -> String {
    let text = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let info = text("/proc/cpuinfo");
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split(':').nth(1)).unwrap_or("?");
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let load = text("/proc/loadavg");
    let load = load.split(' ').next().unwrap_or("?");
    format!("{cores} × {}, load average {load}; processor time of one thread", model.trim())
}

/// Resident bytes, `VmRSS` now or `VmHWM` at most, as Linux counts them.
pub fn resident(name: &str) -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    Some(line.trim().trim_end_matches(" kB").parse::<usize>().ok()? * 1024)
}
