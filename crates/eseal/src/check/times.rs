//! Dates: when it was signed, whether seal and certificates were valid then, whether the dates contradict each other.

use super::{StampReport, not_done};
use crate::seal::Seal;
use crate::signature::{SealSignature, SigningTime};
use pki::{Certificate, Instant, Outcome};
use time::{Duration, OffsetDateTime};

/// Issuers write local time as UTC and midnight of the day: dates of making are taken as exact to half a day.
const DAY_SHIFT: Duration = Duration::hours(12);

/// The time of signing, as the signature says; in v1 a token may stand in its place.
pub(super) struct Times {
    signed: Option<OffsetDateTime>,
}

impl Times {
    pub(super) fn of(signature: &SealSignature, stamp: Option<&StampReport>) -> Self {
        let signed = match signature.time() {
            SigningTime::Unreadable(_) => stamp.and_then(|stamp| stamp.time),
            time => time.instant(),
        };
        Self { signed }
    }

    pub(super) fn readable(&self) -> Outcome {
        self.with(|_| Outcome::Passed, |why| Outcome::Failed(why.to_owned()))
    }

    pub(super) fn seal_created(&self, seal: &Seal) -> Outcome {
        let created = seal.content().created;
        self.judge(|at| {
            if created <= at.saturating_add(DAY_SHIFT) {
                Outcome::Passed
            } else {
                Outcome::Failed(format!("the seal was made at {} and used at {}", Instant(created), Instant(at)))
            }
        })
    }

    pub(super) fn in_seal(&self, seal: &Seal) -> Outcome {
        let content = seal.content();
        self.judge(|at| {
            if seal.valid_at(at) {
                return Outcome::Passed;
            }
            Outcome::Failed(format!(
                "signed at {}, but the seal is valid from {} until {}",
                Instant(at),
                Instant(content.valid_from),
                Instant(content.valid_until)
            ))
        })
    }

    pub(super) fn in_signer(&self, signer: Option<&Certificate>) -> Outcome {
        self.judge(|at| valid(signer, at, "signed", "signer"))
    }

    fn judge(&self, judge: impl Fn(OffsetDateTime) -> Outcome) -> Outcome {
        self.with(judge, not_done)
    }

    fn with(&self, judge: impl Fn(OffsetDateTime) -> Outcome, without: impl Fn(&str) -> Outcome) -> Outcome {
        self.signed.map_or_else(|| without("the time of signing cannot be read"), judge)
    }
}

/// Whether the seal maker's certificate was valid when the seal was made.
pub(super) fn made_in(seal: &Seal, maker: Option<&Certificate>) -> Outcome {
    let created = seal.content().created;
    // A date without time is midnight; the certificate may have been issued on that very day.
    let later = created.saturating_add(DAY_SHIFT);
    let at = if maker.is_some_and(|maker| maker.valid_at(later)) { later } else { created };
    valid(maker, at, "made", "seal maker")
}

fn valid(certificate: Option<&Certificate>, at: OffsetDateTime, what: &str, who: &str) -> Outcome {
    match certificate {
        None => Outcome::NotDone(format!("no certificate of the {who}")),
        Some(certificate) if certificate.valid_at(at) => Outcome::Passed,
        Some(certificate) => Outcome::Failed(format!(
            "{what} at {}, but the {who}'s certificate is valid from {} until {}",
            Instant(at),
            Instant(certificate.not_before()),
            Instant(certificate.not_after())
        )),
    }
}
