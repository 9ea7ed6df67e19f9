//! Revocation, by lists (RFC 5280 6.3) and by answers of responders (RFC 6960), at any time.

mod existence;
mod lists;
mod responders;
mod scope;

use super::reason::PathReason;
use super::search::Search;
use super::source::Source;
use super::work::IssuerKey;
use crate::certificate::Certificate;
use crate::crl::{Crl, Revocation, RevocationReason};
use crate::ocsp::OcspResponse;
use std::fmt;
use time::{Duration, OffsetDateTime};

pub use existence::Existence;
pub(super) use existence::doubt;

/// What to do when no usable evidence speaks about a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingRevocation {
    /// Hard fail: [`PathReason::RevocationUnknown`] or [`PathReason::RevocationStale`].
    Refuse,
    /// Soft fail: go on; the status says so, and [`super::TrustedPath::revocation`] for the whole path.
    Tolerate,
}

/// How revocation is looked at.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum RevocationPolicy<'a> {
    /// Not at all; every status is [`RevocationStatus::NotChecked`].
    NotChecked,
    /// By these lists alone.
    Crls {
        /// Lists, in any order.
        crls: &'a [Crl],
        /// Without a list.
        missing: MissingRevocation,
    },
    /// By lists, answers, and what a source fetches.
    Evidence(Evidence<'a>),
}

/// What is known about revocation, and how fresh it must be.
#[derive(Clone, Copy)]
pub struct Evidence<'a> {
    crls: &'a [Crl],
    ocsp: &'a [OcspResponse],
    source: Option<&'a dyn Source>,
    existence: Option<&'a dyn Existence>,
    missing: MissingRevocation,
    issued_after: Option<OffsetDateTime>,
    max_age: Option<Duration>,
    clock: Option<OffsetDateTime>,
    skew: Duration,
}

/// How long an answer without nextUpdate counts when nothing else is said.
const DEFAULT_AGE: Duration = Duration::DAY;

impl<'a> Evidence<'a> {
    /// Nothing is known yet.
    pub const fn new(missing: MissingRevocation) -> Self {
        Self {
            crls: &[],
            ocsp: &[],
            source: None,
            existence: None,
            missing,
            issued_after: None,
            max_age: None,
            clock: None,
            skew: Duration::ZERO,
        }
    }

    /// Lists at hand: complete, partial, delta, indirect, in any order.
    pub const fn with_crls(mut self, crls: &'a [Crl]) -> Self {
        self.crls = crls;
        self
    }

    /// Answers at hand.
    pub const fn with_ocsp(mut self, responses: &'a [OcspResponse]) -> Self {
        self.ocsp = responses;
        self
    }

    /// Asked when what is at hand does not suffice.
    pub const fn with_source(mut self, source: &'a dyn Source) -> Self {
        self.source = Some(source);
        self
    }

    /// Evidence counts only if its signer's certificate was valid when the evidence is proven to have existed: whoever gets
    /// hold of an old key later can make old lists with it (EN 319 102-1 5.6.2.2).
    pub const fn with_existence(mut self, existence: &'a dyn Existence) -> Self {
        self.existence = Some(existence);
        self
    }

    /// Evidence counts only if it was made at or after this instant: revocations until then must have had their chance to
    /// be told (EN 319 102-1 5.2.5).
    pub const fn issued_after(mut self, instant: OffsetDateTime) -> Self {
        self.issued_after = Some(instant);
        self
    }

    /// Evidence counts only if it was made no longer than this before the time in question.
    pub const fn with_max_age(mut self, age: Duration) -> Self {
        self.max_age = Some(age);
        self
    }

    /// The clock of the one who asks: evidence from later than this is a forgery or an error, and does not count.
    pub const fn known_at(mut self, now: OffsetDateTime) -> Self {
        self.clock = Some(now);
        self
    }

    /// How far clocks may be apart.
    pub const fn with_skew(mut self, skew: Duration) -> Self {
        self.skew = skew;
        self
    }

    pub(super) const fn missing(&self) -> MissingRevocation {
        self.missing
    }

    /// Whether evidence was made after the clock of the one who asks.
    fn is_ahead(&self, this: OffsetDateTime) -> bool {
        self.clock.is_some_and(|now| this > now.checked_add(self.skew).unwrap_or(now))
    }

    /// What is called revoked is so by now, whatever later day is written beside it; but when it was signed is held against
    /// that day, whichever list tells it (EN 319 102-1 5.2.6). Without a clock it is the time in question, or that of the
    /// evidence.
    fn in_force(&self, entry: Revocation, told: OffsetDateTime, at: OffsetDateTime) -> Revocation {
        let present = self.clock.unwrap_or_else(|| at.max(told));
        Revocation { at: entry.at.min(present), ..entry }
    }

    /// Whether evidence made at `this`, renewed at `next`, tells enough about the time `at`.
    fn is_fresh(&self, this: OffsetDateTime, next: Option<OffsetDateTime>, at: OffsetDateTime) -> bool {
        let later = |one: OffsetDateTime, by: Duration| one.checked_add(by).unwrap_or(one);
        let promised = match next {
            Some(next) => at <= later(next, self.skew),
            None => false,
        };
        promised
            && !self.is_ahead(this)
            && self.issued_after.is_none_or(|earliest| this >= earliest)
            && self.max_age.is_none_or(|age| later(this, age) >= at)
    }
}

impl fmt::Debug for Evidence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Evidence")
            .field("crls", &self.crls.len())
            .field("ocsp", &self.ocsp.len())
            .field("source", &self.source.is_some())
            .field("missing", &self.missing)
            .finish_non_exhaustive()
    }
}

/// What is known about one certificate of a trusted path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevocationStatus {
    /// The policy did not ask.
    NotChecked,
    /// Usable evidence does not name it.
    Good,
    /// Named, but only from after the time in question.
    RevokedLater(Revocation),
    /// No usable evidence; tolerated by the policy.
    Unknown,
}

/// Where knowledge about a certificate came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EvidenceKind {
    /// A revocation list.
    Crl,
    /// An OCSP answer.
    Ocsp,
}

/// Why nothing is known about a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum MissingEvidence {
    /// Nothing at hand speaks about it.
    None,
    /// What is at hand was signed by nobody who may speak about it.
    NotAuthorised,
    /// What is at hand speaks about other certificates or of some reasons only, or in terms that are not understood.
    NotInScope,
    /// The responder says that it does not know the certificate.
    ResponderUnknowing,
    /// What is at hand is too old, from the future, or was made after the certificate may have been dropped.
    Stale,
    /// What is at hand was signed with a key whose certificate has run out, and nothing proves that it existed before.
    Unproven,
}

/// What is known about one certificate, and from where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RevocationFinding {
    /// The result.
    pub status: RevocationStatus,
    /// What showed it.
    pub evidence: Option<EvidenceKind>,
    /// When the evidence was made.
    pub this_update: Option<OffsetDateTime>,
    /// When it was to be renewed.
    pub next_update: Option<OffsetDateTime>,
    /// Why nothing is known, when the status is [`RevocationStatus::Unknown`].
    pub missing: Option<MissingEvidence>,
    /// When evidence that speaks for the certificate is proven to have existed, when proofs were asked for.
    pub existed: Option<OffsetDateTime>,
}

impl RevocationFinding {
    const NOT_CHECKED: Self = Self::of(RevocationStatus::NotChecked);

    const fn of(status: RevocationStatus) -> Self {
        Self { status, evidence: None, this_update: None, next_update: None, missing: None, existed: None }
    }
}

/// How revocation stands for a whole path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevocationOutcome {
    /// Nobody asked.
    NotChecked,
    /// Every certificate is known not to have been revoked at the time in question. `hard`: it would have been refused
    /// otherwise.
    Known {
        /// Whether missing knowledge would have refused the path.
        hard: bool,
    },
    /// Soft fail: about at least one certificate nothing is known, and that was tolerated.
    Tolerated,
}

/// The certificate asked about, and where it stands.
pub(super) struct Asked<'c> {
    pub(super) certificate: &'c Certificate,
    pub(super) issuer: &'c IssuerKey,
    /// The top of the path being validated: lists must come from under the same one (RFC 5280 6.3.3 f).
    pub(super) anchor: &'c Certificate,
    pub(super) at: OffsetDateTime,
}

/// What one kind of evidence tells.
#[derive(Clone, Copy, Debug)]
enum Known {
    Revoked { entry: Revocation, told: OffsetDateTime, kind: EvidenceKind },
    Good { this: OffsetDateTime, next: Option<OffsetDateTime>, kind: EvidenceKind, existed: Option<OffsetDateTime> },
    Nothing(MissingEvidence),
}

/// The finding about a certificate at a time, or why its path fails.
pub(super) fn check(search: &mut Search<'_>, asked: &Asked<'_>) -> Result<RevocationFinding, PathReason> {
    let evidence = match search.policy() {
        RevocationPolicy::NotChecked => return Ok(RevocationFinding::NOT_CHECKED),
        RevocationPolicy::Crls { crls, missing } => Evidence::new(missing).with_crls(crls),
        RevocationPolicy::Evidence(evidence) => evidence,
    };
    let mut known = [
        responders::ask(search, asked, &evidence, evidence.ocsp)?,
        lists::ask(search, asked, &evidence, evidence.crls)?,
    ]
    .to_vec();
    if let (Some(source), None) = (evidence.source, conclude(&known)) {
        if search.may_fetch() {
            let fetched = source.ocsp(asked.certificate, &asked.issuer.certificate);
            known.push(responders::ask(search, asked, &evidence, &fetched)?);
        }
        if conclude(&known).is_none() && search.may_fetch() {
            let fetched = source.crls(asked.certificate);
            // A delta that came may belong to a base at hand, and the other way round.
            let all: Vec<Crl> = evidence.crls.iter().cloned().chain(fetched).collect();
            known.push(lists::ask(search, asked, &evidence, &all)?);
        }
    }
    finding(&known, asked.at, &evidence)
}

/// What decides, if anything does: a revocation before everything else, unless it was a hold that newer evidence has lifted.
fn conclude(known: &[Known]) -> Option<Known> {
    let newest_good = known
        .iter()
        .filter_map(|known| match known {
            Known::Good { this, .. } => Some(*this),
            _ => None,
        })
        .max();
    let lifted = |entry: &Revocation, told: OffsetDateTime| {
        entry.reason == RevocationReason::CertificateHold && newest_good.is_some_and(|good| good > told)
    };
    let revoked = known
        .iter()
        .filter(|known| matches!(known, Known::Revoked { entry, told, .. } if !lifted(entry, *told)))
        .min_by_key(|known| match known {
            Known::Revoked { entry, .. } => Some(entry.at),
            _ => None,
        });
    revoked.or_else(|| known.iter().find(|known| matches!(known, Known::Good { .. }))).copied()
}

fn finding(known: &[Known], at: OffsetDateTime, evidence: &Evidence<'_>) -> Result<RevocationFinding, PathReason> {
    let missing = evidence.missing;
    match conclude(known) {
        Some(Known::Revoked { entry, .. }) if entry.at <= at => {
            Err(PathReason::Revoked { at: entry.at, reason: entry.reason })
        }
        // From later than the clock: it neither frees until then nor can be waited for.
        Some(Known::Revoked { told, .. }) if evidence.is_ahead(told) => match missing {
            MissingRevocation::Tolerate => Ok(RevocationFinding {
                missing: Some(MissingEvidence::Stale),
                ..RevocationFinding::of(RevocationStatus::Unknown)
            }),
            MissingRevocation::Refuse => Err(PathReason::RevocationStale),
        },
        Some(Known::Revoked { entry, told, kind }) => Ok(RevocationFinding {
            evidence: Some(kind),
            this_update: Some(told),
            ..RevocationFinding::of(RevocationStatus::RevokedLater(entry))
        }),
        Some(Known::Good { this, next, kind, existed }) => Ok(RevocationFinding {
            existed,
            evidence: Some(kind),
            this_update: Some(this),
            next_update: next,
            ..RevocationFinding::of(RevocationStatus::Good)
        }),
        Some(Known::Nothing(_)) | None => {
            let why = known.iter().filter_map(|known| match known {
                Known::Nothing(why) => Some(*why),
                _ => None,
            });
            let why = why.max().unwrap_or(MissingEvidence::None);
            match (missing, why) {
                (MissingRevocation::Tolerate, _) => {
                    Ok(RevocationFinding { missing: Some(why), ..RevocationFinding::of(RevocationStatus::Unknown) })
                }
                (MissingRevocation::Refuse, MissingEvidence::Stale | MissingEvidence::Unproven) => {
                    Err(PathReason::RevocationStale)
                }
                (MissingRevocation::Refuse, _) => Err(PathReason::RevocationUnknown),
            }
        }
    }
}
