//! One step of a chore: announced, run with its output shown, timed, remembered for the summary.

use std::process::Command;
use std::time::{Duration, Instant};

/// The steps done so far.
#[derive(Default)]
pub(crate) struct Steps {
    done: Vec<(String, bool, Duration)>,
}

impl Steps {
    /// Runs a command and keeps its outcome; a failed step does not stop the ones after it.
    pub(crate) fn run(&mut self, name: &str, command: &mut Command) -> bool {
        self.time(name, || match command.status() {
            Ok(status) => status.success(),
            Err(e) => {
                eprintln!("{command:?} cannot be started: {e}");
                false
            }
        })
    }

    /// Runs any piece of work as a step.
    pub(crate) fn time(&mut self, name: &str, work: impl FnOnce() -> bool) -> bool {
        eprintln!("\n=== {name}");
        let began = Instant::now();
        let good = work();
        let took = began.elapsed();
        eprintln!("=== {name}: {} in {:.1} s", if good { "ok" } else { "FAILED" }, took.as_secs_f64());
        self.done.push((name.to_owned(), good, took));
        good
    }

    /// Prints the table of steps; an error names those that failed.
    pub(crate) fn summary(&self) -> Result<(), String> {
        eprintln!("\n=== summary");
        for (name, good, took) in &self.done {
            eprintln!("{:>8.1} s  {:<6}  {name}", took.as_secs_f64(), if *good { "ok" } else { "FAILED" });
        }
        let whole: Duration = self.done.iter().map(|(_, _, took)| *took).sum();
        eprintln!("{:>8.1} s  in all", whole.as_secs_f64());
        let failed: Vec<&str> = self.done.iter().filter(|(_, good, _)| !good).map(|(name, ..)| name.as_str()).collect();
        if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", "))) }
    }
}
