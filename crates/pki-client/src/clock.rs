//! Time, as far as asking needs it: quotas, rests, waits.

use std::thread;
use std::time::Duration;

use time::OffsetDateTime;

/// Tells the time and lets it pass. Tests bring one that never waits.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> OffsetDateTime;

    /// Waits.
    fn sleep(&self, duration: Duration);
}

/// The machine's own clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }

    fn sleep(&self, duration: Duration) {
        thread::sleep(duration);
    }
}
