//! The pools for costly work.

use std::time::Duration;

/// Sizes of the two pools. A full queue answers 503 and takes nothing in.
#[derive(Clone, Debug)]
pub struct WorkConfig {
    /// Threads that lay out, sign, open files and paint. A little more than cores: some wait for the disk.
    pub press: usize,
    /// Jobs that may wait for one of them.
    pub press_queue: usize,
    /// Threads that only wait for the register; many of them share one flush.
    pub desk: usize,
    /// Jobs that may wait for one of them.
    pub desk_queue: usize,
    /// How long a caller waits for an answer. The work itself goes on; its idempotency key finds the result.
    pub patience: Duration,
}

impl Default for WorkConfig {
    fn default() -> WorkConfig {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        WorkConfig { press: 2 * cores, press_queue: 128, desk: 16, desk_queue: 512, patience: Duration::from_secs(20) }
    }
}
