//! How long to wait before asking again.

use std::time::Duration;

use rand_core::CryptoRng;

/// Rounds over all services, with growing pauses between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// How often each service is asked at most.
    pub rounds: u32,
    /// The pause after the first round; each further one is twice as long.
    pub first: Duration,
    /// The longest pause.
    pub longest: Duration,
    /// No new round begins this long after the first question.
    pub patience: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            rounds: 3,
            first: Duration::from_millis(500),
            longest: Duration::from_secs(8),
            patience: Duration::from_secs(45),
        }
    }
}

impl Retry {
    /// Each service is asked once.
    pub const ONCE: Self = Self { rounds: 1, first: Duration::ZERO, longest: Duration::ZERO, patience: Duration::ZERO };

    /// The pause after a round (from 0): half of it fixed, half of it random, so that many clients do not come back at
    /// the same moment.
    pub(super) fn pause<R: CryptoRng + ?Sized>(&self, round: u32, rng: &mut R) -> Duration {
        let whole = self.first.saturating_mul(1 << round.min(16)).min(self.longest);
        let half = whole / 2;
        let jitter = u64::try_from(half.as_millis()).unwrap_or(u64::MAX).saturating_add(1);
        half + Duration::from_millis(rng.next_u64() % jitter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_differ() {
        let mut rng = getrandom::rand_core::UnwrapErr(getrandom::SysRng);
        let retry = Retry::default();
        for round in 0..40 {
            let whole = retry.first.saturating_mul(1 << round.min(16)).min(retry.longest);
            let pause = retry.pause(round, &mut rng);
            assert!((whole / 2..=whole).contains(&pause), "{round}: {pause:?}");
        }
        assert_eq!(Retry::ONCE.pause(0, &mut rng), Duration::ZERO);
    }
}
