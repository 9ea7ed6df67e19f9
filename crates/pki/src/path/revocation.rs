//! Revocation by CRL (RFC 5280 6.3, the complete lists of a certificate's own issuer).

use super::reason::PathReason;
use super::walk::Budget;
use crate::certificate::Certificate;
use crate::crl::{Crl, Revocation, RevocationReason};
use crate::extension::KeyUsage;
use time::OffsetDateTime;

/// What to do when no usable list speaks about a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingRevocation {
    /// Fail with [`PathReason::RevocationUnknown`].
    Refuse,
    /// Go on; the status says so.
    Tolerate,
}

/// How revocation is looked at.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum RevocationPolicy<'a> {
    /// Not at all; every status is [`RevocationStatus::NotChecked`].
    NotChecked,
    /// By these lists.
    Crls {
        /// Complete lists, in any order.
        crls: &'a [Crl],
        /// Without a list.
        missing: MissingRevocation,
    },
}

/// What is known about one certificate of a trusted path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevocationStatus {
    /// The policy did not ask.
    NotChecked,
    /// A usable list does not name it.
    Good,
    /// Named, but only from after the time in question.
    RevokedLater(Revocation),
    /// No usable list; tolerated by the policy.
    Unknown,
}

/// The status of `certificate`, issued by `issuer`, at a time.
pub(super) fn check(
    certificate: &Certificate,
    issuer: &Certificate,
    at: OffsetDateTime,
    policy: RevocationPolicy<'_>,
    budget: &mut Budget,
) -> Result<RevocationStatus, PathReason> {
    let RevocationPolicy::Crls { crls, missing } = policy else {
        return Ok(RevocationStatus::NotChecked);
    };
    let mut status = None;
    for crl in crls {
        if !crl.issuer().matches(certificate.issuer()) || !may_sign_lists(issuer) {
            continue;
        }
        if let (Some(wanted), Some(own)) = (crl.authority_key_id(), issuer.subject_key_id())
            && wanted != own
        {
            continue;
        }
        let Ok(key) = issuer.public_key() else { continue };
        budget.spend()?;
        if !crl.is_signed_by(key) {
            continue;
        }
        match crl.entry(certificate.serial()) {
            // Being named refuses even when the list is otherwise not understood.
            Some(entry) if entry.reason == RevocationReason::RemoveFromCrl => {}
            Some(entry) if entry.at <= at => {
                return Err(PathReason::Revoked { at: entry.at, reason: entry.reason });
            }
            Some(entry) => status = Some(RevocationStatus::RevokedLater(entry)),
            None if status.is_none() && proves_absence(crl, certificate, at) => {
                status = Some(RevocationStatus::Good);
            }
            None => {}
        }
    }
    match (status, missing) {
        (Some(status), _) => Ok(status),
        (None, MissingRevocation::Tolerate) => Ok(RevocationStatus::Unknown),
        (None, MissingRevocation::Refuse) => Err(PathReason::RevocationUnknown),
    }
}

/// A list proves absence when it is complete, still current at `at`, and was not made after the certificate had
/// expired and may have been dropped. A list made after `at` is welcome: it knows more.
fn proves_absence(crl: &Crl, certificate: &Certificate, at: OffsetDateTime) -> bool {
    let current = crl.next_update().is_some_and(|next| at <= next);
    let kept = crl.this_update() <= certificate.not_after() || crl.keeps_expired();
    crl.is_complete() && current && kept
}

fn may_sign_lists(issuer: &Certificate) -> bool {
    issuer.key_usage().is_none_or(|usage| usage.any(KeyUsage::CRL_SIGN))
}
