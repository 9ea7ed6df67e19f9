//! What a service may still be asked for, and whether it rests.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

/// So many questions in so much time. A period begins with the first question in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Questions in a period.
    pub limit: u32,
    /// How long a period lasts.
    pub period: Duration,
}

/// What was asked of a service and what came of it, since the client was made or [restored](super::TimeStampClient::restore).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ServiceUsage {
    /// The service's name.
    pub service: String,
    /// Questions sent.
    pub sent: u64,
    /// Stamps received.
    pub granted: u64,
    /// Questions without a usable answer.
    pub failed: u64,
    /// Questions sent in this period.
    pub in_period: u32,
    /// When the period began.
    #[serde(with = "time::serde::rfc3339::option")]
    pub period_began: Option<OffsetDateTime>,
    /// Questions left in this period; `None` without a quota.
    pub left: Option<u32>,
    /// Not asked before this moment: it said so.
    #[serde(with = "time::serde::rfc3339::option")]
    pub resting_until: Option<OffsetDateTime>,
}

/// The counts behind [`ServiceUsage`].
#[derive(Debug, Default)]
pub(super) struct Ledger {
    pub(super) sent: u64,
    pub(super) granted: u64,
    pub(super) failed: u64,
    pub(super) in_period: u32,
    pub(super) period_began: Option<OffsetDateTime>,
    pub(super) resting_until: Option<OffsetDateTime>,
    /// The last failure, while no success came after it.
    pub(super) failing_since: Option<OffsetDateTime>,
}

impl Ledger {
    /// Whether one more question may be sent; the moment from which it may, otherwise.
    pub(super) fn available(&mut self, quota: Option<Quota>, now: OffsetDateTime) -> Result<(), Closed> {
        if let Some(until) = self.resting_until.filter(|until| now < *until) {
            return Err(Closed::Resting(until));
        }
        self.resting_until = None;
        let Some(quota) = quota else { return Ok(()) };
        match self.period_end(quota) {
            Some(end) if now < end && self.in_period >= quota.limit => Err(Closed::Spent(end)),
            _ => Ok(()),
        }
    }

    /// Counts a question that is about to be sent.
    pub(super) fn spend(&mut self, quota: Option<Quota>, now: OffsetDateTime) {
        self.sent += 1;
        let Some(quota) = quota else { return };
        if self.period_end(quota).is_none_or(|end| now >= end) {
            self.period_began = Some(now);
            self.in_period = 0;
        }
        self.in_period = self.in_period.saturating_add(1);
    }

    fn period_end(&self, quota: Quota) -> Option<OffsetDateTime> {
        self.period_began?.checked_add(quota.period)
    }

    pub(super) fn usage(&self, service: &str, quota: Option<Quota>, now: OffsetDateTime) -> ServiceUsage {
        let over = quota.is_some_and(|quota| self.period_end(quota).is_none_or(|end| now >= end));
        let in_period = if over { 0 } else { self.in_period };
        ServiceUsage {
            service: service.to_owned(),
            sent: self.sent,
            granted: self.granted,
            failed: self.failed,
            in_period,
            period_began: self.period_began.filter(|_| !over),
            left: quota.map(|quota| quota.limit.saturating_sub(in_period)),
            resting_until: self.resting_until.filter(|until| now < *until),
        }
    }

    pub(super) fn restore(&mut self, usage: &ServiceUsage) {
        self.sent = usage.sent;
        self.granted = usage.granted;
        self.failed = usage.failed;
        self.in_period = usage.in_period;
        self.period_began = usage.period_began;
        self.resting_until = usage.resting_until;
    }
}

/// Not now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Closed {
    Resting(OffsetDateTime),
    Spent(OffsetDateTime),
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_period_begins_with_its_first_question() {
        let quota = Some(Quota { limit: 2, period: Duration::HOUR });
        let noon = datetime!(2026-11-22 12:00 UTC);
        let mut ledger = Ledger::default();
        for minute in [10, 50] {
            let now = noon + Duration::minutes(minute);
            assert_eq!(ledger.available(quota, now), Ok(()));
            ledger.spend(quota, now);
        }
        let end = noon + Duration::minutes(70);
        assert_eq!(ledger.available(quota, noon + Duration::minutes(59)), Err(Closed::Spent(end)));
        assert_eq!(ledger.usage("x", quota, noon + Duration::minutes(59)).left, Some(0));
        assert_eq!(ledger.usage("x", quota, end).left, Some(2));
        assert_eq!(ledger.available(quota, end), Ok(()));
        ledger.spend(quota, end);
        assert_eq!((ledger.sent, ledger.in_period, ledger.period_began), (3, 1, Some(end)));
    }

    #[test]
    fn a_resting_service_is_left_alone() {
        let noon = datetime!(2026-11-22 12:00 UTC);
        let mut ledger = Ledger { resting_until: Some(noon), ..Ledger::default() };
        assert_eq!(ledger.available(None, noon - Duration::SECOND), Err(Closed::Resting(noon)));
        assert_eq!(ledger.available(None, noon), Ok(()));
        let mut other = Ledger::default();
        other.restore(&Ledger { sent: 5, resting_until: Some(noon), ..Ledger::default() }.usage(
            "x",
            None,
            datetime!(2026-11-22 11:00 UTC),
        ));
        assert_eq!((other.sent, other.resting_until), (5, Some(noon)));
    }
}
