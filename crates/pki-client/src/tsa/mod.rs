//! A pool of time-stamp services (RFC 3161): asked in order or in turn, again when it makes sense, never beyond a quota.

mod check;
mod fault;
mod quota;
mod retry;
mod service;

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pki::Digest;
use pki::tsp::{MAX_RESPONSE_BYTES, TimeStampRequest};
use rand_core::CryptoRng;
use time::{Duration, OffsetDateTime};

pub use check::Stamp;
pub use fault::{Attempt, NoTimeStamp, ServiceFault};
pub use quota::{Quota, ServiceUsage};
pub use retry::Retry;
pub use service::TimeStampService;

use crate::clock::{Clock, SystemClock};
use crate::http::{Http, Question};
use quota::{Closed, Ledger};

/// Random bytes in a nonce.
const NONCE_BYTES: usize = 16;
/// A service that failed is asked after the others for this long.
const DISTRUST: Duration = Duration::MINUTE;
/// Nobody rests longer, whatever was said.
const LONGEST_REST: Duration = Duration::DAY;

/// In which order services are asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Order {
    /// The first one, and the next one only when it fails.
    #[default]
    Preference,
    /// Each question begins with another one, to share the load.
    Rotation,
}

/// Asks time-stamp services. One client serves all threads of a program; its counts are for all of them.
pub struct TimeStampClient {
    services: Vec<Slot>,
    http: Http,
    retry: Retry,
    order: Order,
    turn: AtomicUsize,
    clock: Arc<dyn Clock>,
}

struct Slot {
    service: TimeStampService,
    ledger: Mutex<Ledger>,
}

impl TimeStampClient {
    /// A client of these services, the preferred one first.
    pub fn new(services: Vec<TimeStampService>, http: Http) -> Self {
        let mut slots: Vec<Slot> = Vec::new();
        for mut service in services {
            // Errors and counts go by names: two of one name are told apart.
            let plain = service.name.clone();
            let mut number = 1;
            while slots.iter().any(|slot| slot.service.name == service.name) {
                number += 1;
                service.name = format!("{plain} ({number})");
            }
            slots.push(Slot { service, ledger: Mutex::default() });
        }
        Self {
            services: slots,
            http,
            retry: Retry::default(),
            order: Order::default(),
            turn: AtomicUsize::new(0),
            clock: Arc::new(SystemClock),
        }
    }

    /// How often to ask again.
    pub const fn with_retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Asks each service once.
    pub const fn without_retry(self) -> Self {
        self.with_retry(Retry::ONCE)
    }

    /// In which order services are asked.
    pub const fn with_order(mut self, order: Order) -> Self {
        self.order = order;
        self
    }

    /// Another clock than the machine's.
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// A time-stamp over this digest, checked. `rng` makes the nonce, fresh for every question, and the jitter of pauses.
    ///
    /// Blocks, at most for the timeouts of all services and [`Retry::patience`].
    pub fn stamp<R: CryptoRng + ?Sized>(&self, digest: &Digest, rng: &mut R) -> Result<Stamp, NoTimeStamp> {
        self.stamp_with(digest, self.retry, rng)
    }

    /// As [`stamp`](Self::stamp), asking again only so often: where somebody waits for the answer.
    pub fn stamp_with<R: CryptoRng + ?Sized>(
        &self,
        digest: &Digest,
        retry: Retry,
        rng: &mut R,
    ) -> Result<Stamp, NoTimeStamp> {
        let mut failure = NoTimeStamp { attempts: Vec::new() };
        let began = self.clock.now();
        let mut open: Vec<&Slot> = self.in_order(began);
        for round in 0..retry.rounds.max(1) {
            if round > 0 {
                let pause = retry.pause(round - 1, rng).max(self.earliest(&open));
                if self.clock.now() - began + pause > retry.patience {
                    break;
                }
                self.clock.sleep(pause);
            }
            let mut again = Vec::new();
            for slot in open {
                match self.ask(slot, digest, rng) {
                    Ok(stamp) => return Ok(stamp),
                    Err(fault) => {
                        if fault.is_passing() {
                            again.push(slot);
                        }
                        failure.note(&slot.service.name, fault);
                    }
                }
            }
            if again.is_empty() {
                break;
            }
            open = again;
        }
        Err(failure)
    }

    /// What was asked of each service, and what is left of its quota.
    pub fn usage(&self) -> Vec<ServiceUsage> {
        let now = self.clock.now();
        let usage = |slot: &Slot| slot.ledger().usage(&slot.service.name, slot.service.quota, now);
        self.services.iter().map(usage).collect()
    }

    /// Takes over the counts of an earlier client: quotas outlive a restart.
    pub fn restore(&self, usage: &[ServiceUsage]) {
        for slot in &self.services {
            if let Some(known) = usage.iter().find(|usage| usage.service == slot.service.name) {
                slot.ledger().restore(known);
            }
        }
    }

    /// Whether there is any service to ask.
    pub const fn is_empty(&self) -> bool {
        self.services.is_empty()
    }

    /// As the order says, those that failed lately behind the others.
    fn in_order(&self, now: OffsetDateTime) -> Vec<&Slot> {
        let mut slots: Vec<&Slot> = self.services.iter().collect();
        if self.order == Order::Rotation && !slots.is_empty() {
            let first = self.turn.fetch_add(1, Ordering::Relaxed) % slots.len();
            slots.rotate_left(first);
        }
        slots.sort_by_key(|slot| slot.ledger().failing_since.is_some_and(|since| now - since < DISTRUST));
        slots
    }

    /// How long until the first of these may be asked.
    fn earliest(&self, slots: &[&Slot]) -> std::time::Duration {
        let now = self.clock.now();
        let rest = |slot: &&Slot| slot.ledger().resting_until.map_or(Duration::ZERO, |until| until - now);
        slots.iter().map(rest).min().and_then(|rest| rest.try_into().ok()).unwrap_or_default()
    }

    fn ask<R: CryptoRng + ?Sized>(&self, slot: &Slot, digest: &Digest, rng: &mut R) -> Result<Stamp, ServiceFault> {
        let service = &slot.service;
        let now = self.clock.now();
        {
            let mut ledger = slot.ledger();
            ledger.available(service.quota, now).map_err(|closed| match closed {
                Closed::Resting(until) => ServiceFault::Resting { until },
                Closed::Spent(until) => ServiceFault::QuotaSpent { until },
            })?;
            ledger.spend(service.quota, now);
        }
        let answered = self.exchange(service, digest, rng);
        let mut ledger = slot.ledger();
        match &answered {
            Ok(_) => {
                ledger.granted += 1;
                ledger.failing_since = None;
            }
            Err(fault) => {
                ledger.failed += 1;
                let now = self.clock.now();
                ledger.failing_since = Some(now);
                if let Some(rest) = fault.rest() {
                    let rest = Duration::try_from(rest).unwrap_or(LONGEST_REST).min(LONGEST_REST);
                    ledger.resting_until = now.checked_add(rest);
                }
            }
        }
        answered
    }

    fn exchange<R: CryptoRng + ?Sized>(
        &self,
        service: &TimeStampService,
        digest: &Digest,
        rng: &mut R,
    ) -> Result<Stamp, ServiceFault> {
        let mut nonce = [0; NONCE_BYTES];
        rng.fill_bytes(&mut nonce);
        let mut request = TimeStampRequest::new(*digest).with_nonce(&nonce);
        if let Some(policy) = service.policy {
            request = request.with_policy(policy);
        }
        let answer = self.http.ask(&Question {
            address: &service.address,
            post: Some((&request.to_der(), "application/timestamp-query")),
            accept: "application/timestamp-reply",
            credentials: service.credentials.as_ref(),
            timeout: service.timeout,
            limit: MAX_RESPONSE_BYTES,
        });
        let answer =
            answer.and_then(|answer| answer.of_type("application/timestamp-reply")).map_err(ServiceFault::Http)?;
        check::check(service, &request, &answer.body, self.clock.now())
    }
}

impl Slot {
    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for TimeStampClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.services.iter().map(|slot| slot.service.name()).collect();
        f.debug_struct("TimeStampClient").field("services", &names).field("order", &self.order).finish_non_exhaustive()
    }
}
