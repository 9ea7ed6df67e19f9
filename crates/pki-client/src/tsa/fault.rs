//! Why there is no time-stamp: each service with its own reason.

use std::fmt;
use std::time::Duration;

use pki::Instant;
use pki::asn1::Asn1Error;
use pki::path::PathError;
use pki::tsp::TimeStampError;
use time::OffsetDateTime;

use crate::http::{HttpError, tame};

/// Why one service gave no time-stamp that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceFault {
    /// No usable HTTP answer.
    #[error("{0}")]
    Http(HttpError),
    /// The answer is no TimeStampResp.
    #[error("the answer is no time-stamp response ({0})")]
    Garbage(Asn1Error),
    /// The service refuses, or its token is not the answer to the question: nonce, imprint, policy, signature, usage.
    #[error("{0}")]
    Token(TimeStampError),
    /// genTime is too far from this machine's time: one of the two clocks is wrong.
    #[error("stamps {}, but here it is {}: one of the two clocks is wrong", Instant(*stamped), Instant(*here))]
    Clock {
        /// genTime.
        stamped: OffsetDateTime,
        /// The time here.
        here: OffsetDateTime,
    },
    /// The service's certificate was not valid when it stamped.
    #[error("its certificate is valid from {} until {}, not at {}", Instant(*from), Instant(*until), Instant(*stamped))]
    CertificateDates {
        /// notBefore.
        from: OffsetDateTime,
        /// notAfter.
        until: OffsetDateTime,
        /// genTime.
        stamped: OffsetDateTime,
    },
    /// The service's certificate does not chain to what the configuration trusts.
    #[error("its certificate is not trusted: {0}")]
    Untrusted(PathError),
    /// It asked to be left alone and was not asked.
    #[error("rests until {}, as it asked", Instant(*until))]
    Resting {
        /// Until when.
        until: OffsetDateTime,
    },
    /// The quota of the period is spent, and it was not asked.
    #[error("its quota is spent until {}", Instant(*until))]
    QuotaSpent {
        /// When the next period may begin.
        until: OffsetDateTime,
    },
}

impl ServiceFault {
    /// Whether the same question to the same service may well be answered later.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Http(error) => error.is_passing(),
            Self::Token(TimeStampError::Refused { failures, .. }) => {
                !failures.is_empty() && failures.iter().all(|failure| failure.is_passing())
            }
            Self::Resting { .. } => true,
            _ => false,
        }
    }

    /// How long the service wants to be left alone.
    pub(super) fn rest(&self) -> Option<Duration> {
        match self {
            Self::Http(HttpError::Status { code: 429, retry_after }) => {
                Some(retry_after.unwrap_or(Duration::from_secs(60)))
            }
            Self::Http(HttpError::Status { retry_after, .. }) => *retry_after,
            _ => None,
        }
    }

    /// A stranger's words are made fit for one line.
    pub(super) fn of_token(error: TimeStampError) -> Self {
        Self::Token(match error {
            TimeStampError::Refused { status, failures, text } => {
                TimeStampError::Refused { status, failures, text: tame(&text) }
            }
            other => other,
        })
    }
}

/// One service, and why it gave nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The service's name.
    pub service: String,
    /// Why.
    pub fault: ServiceFault,
}

/// No service gave a time-stamp.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoTimeStamp {
    /// The last reason of each service, in the order they were asked.
    pub attempts: Vec<Attempt>,
}

impl NoTimeStamp {
    pub(super) fn note(&mut self, service: &str, fault: ServiceFault) {
        // Why it rests is the better reason than that it rests.
        let told = self.attempts.iter().any(|attempt| attempt.service == service);
        if told && matches!(fault, ServiceFault::Resting { .. }) {
            return;
        }
        self.attempts.retain(|attempt| attempt.service != service);
        self.attempts.push(Attempt { service: service.to_owned(), fault });
    }

    /// Whether asking again later makes sense.
    pub fn is_passing(&self) -> bool {
        let passing =
            |attempt: &Attempt| attempt.fault.is_passing() || matches!(attempt.fault, ServiceFault::QuotaSpent { .. });
        self.attempts.iter().any(passing)
    }
}

impl fmt::Display for NoTimeStamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no time-stamp: ")?;
        if self.attempts.is_empty() {
            return f.write_str("no service is configured");
        }
        for (at, Attempt { service, fault }) in self.attempts.iter().enumerate() {
            write!(f, "{}{service}: {fault}", if at > 0 { "; " } else { "" })?;
        }
        Ok(())
    }
}

impl std::error::Error for NoTimeStamp {}
