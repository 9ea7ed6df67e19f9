//! A token bucket per address (of IPv6, per /64), bounded in memory.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::config::Rate;

/// The buckets of one door.
pub(crate) struct Limiter {
    rate: Option<Rate>,
    capacity: usize,
    buckets: Mutex<HashMap<IpAddr, Bucket>>,
}

#[derive(Clone, Copy)]
struct Bucket {
    left: f64,
    at: Instant,
}

impl Limiter {
    pub(crate) fn new(rate: Option<Rate>, capacity: usize) -> Limiter {
        Limiter { rate, capacity: capacity.max(1), buckets: Mutex::default() }
    }

    /// Takes one; otherwise says after how many seconds there is one.
    pub(crate) fn take(&self, address: IpAddr, now: Instant) -> Result<(), u64> {
        let Some(rate) = self.rate else { return Ok(()) };
        let key = network(address);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= self.capacity && !buckets.contains_key(&key) {
            forget(&mut buckets, rate, now, self.capacity);
        }
        let bucket = buckets.entry(key).or_insert(Bucket { left: rate.burst, at: now });
        *bucket = Bucket { left: bucket.now(rate, now), at: now };
        if bucket.left >= 1.0 {
            bucket.left -= 1.0;
            return Ok(());
        }
        Err(((1.0 - bucket.left) / rate.per_second).ceil().clamp(1.0, 3600.0) as u64)
    }
}

impl Bucket {
    fn now(self, rate: Rate, now: Instant) -> f64 {
        let refilled = now.saturating_duration_since(self.at).as_secs_f64() * rate.per_second;
        (self.left + refilled).min(rate.burst)
    }
}

/// Full buckets are as good as none; when all are in use, half of them go.
fn forget(buckets: &mut HashMap<IpAddr, Bucket>, rate: Rate, now: Instant, capacity: usize) {
    buckets.retain(|_, bucket| bucket.now(rate, now) < rate.burst);
    if buckets.len() >= capacity {
        let mut keep = false;
        buckets.retain(|_, _| {
            keep = !keep;
            keep
        });
    }
}

/// A subscriber has a whole /64 of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn bursts_are_taken_and_then_the_rate() {
        let limiter = Limiter::new(Some(Rate { per_second: 2.0, burst: 3.0 }), 10);
        let (start, address) = (Instant::now(), IpAddr::from([192, 0, 2, 1]));
        for _ in 0..3 {
            assert_eq!(limiter.take(address, start), Ok(()));
        }
        assert_eq!(limiter.take(address, start), Err(1));
        assert_eq!(limiter.take(IpAddr::from([192, 0, 2, 2]), start), Ok(()));
        assert_eq!(limiter.take(address, start + Duration::from_millis(500)), Ok(()));
        assert_eq!(limiter.take(address, start + Duration::from_millis(600)), Err(1));
    }

    #[test]
    fn memory_is_bounded() {
        let limiter = Limiter::new(Some(Rate { per_second: 0.001, burst: 2.0 }), 100);
        let now = Instant::now();
        for at in 0..10_000_u32 {
            let _ = limiter.take(IpAddr::V4(at.into()), now);
        }
        assert!(limiter.buckets.lock().is_ok_and(|buckets| buckets.len() <= 100));
    }

    #[test]
    fn one_subscriber_of_ipv6_is_one_address() {
        let limiter = Limiter::new(Some(Rate { per_second: 0.1, burst: 1.0 }), 10);
        let now = Instant::now();
        let at = |text: &str| text.parse().unwrap_or(IpAddr::from([0; 16]));
        assert_eq!(limiter.take(at("2001:db8::1"), now), Ok(()));
        assert_eq!(limiter.take(at("2001:db8::ffff:2"), now), Err(10));
        assert_eq!(limiter.take(at("2001:db8:0:1::1"), now), Ok(()));
    }
}
