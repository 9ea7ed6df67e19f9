//! Depth-first search from the leaf to an anchor, under a budget.

use super::reason::{PathError, PathReason};
use super::revocation::{self, RevocationPolicy, RevocationStatus};
use super::{MAX_PATH, MAX_SIGNATURE_CHECKS, Purpose, rules};
use crate::certificate::Certificate;
use der::asn1::ObjectIdentifier;
use time::OffsetDateTime;

/// Everything a verdict depends on. Nothing else is asked: no clock, no network.
#[derive(Clone, Copy, Debug)]
pub struct PathRequest<'a> {
    leaf: &'a Certificate,
    anchors: &'a [Certificate],
    intermediates: &'a [Certificate],
    at: OffsetDateTime,
    purpose: Purpose,
    revocation: RevocationPolicy<'a>,
    accepted: &'a [ObjectIdentifier],
}

impl<'a> PathRequest<'a> {
    /// Asks whether `leaf` could be used for `purpose` at `at`, trusting `anchors`.
    pub const fn new(leaf: &'a Certificate, anchors: &'a [Certificate], at: OffsetDateTime, purpose: Purpose) -> Self {
        Self { leaf, anchors, intermediates: &[], at, purpose, revocation: RevocationPolicy::NotChecked, accepted: &[] }
    }

    /// Certificates that may lie between: from the document, from the chain of a signer. Untrusted.
    pub const fn with_intermediates(mut self, intermediates: &'a [Certificate]) -> Self {
        self.intermediates = intermediates;
        self
    }

    /// How revocation is looked at; not at all by default.
    pub const fn with_revocation(mut self, policy: RevocationPolicy<'a>) -> Self {
        self.revocation = policy;
        self
    }

    /// Extended key usages that are taken in place of the purpose's own (by policy: e-mail protection …).
    pub const fn with_accepted_usages(mut self, usages: &'a [ObjectIdentifier]) -> Self {
        self.accepted = usages;
        self
    }
}

/// Proof that a certificate chains to an anchor and may be used for a purpose at a time.
#[derive(Clone, Debug)]
pub struct TrustedPath {
    path: Vec<(Certificate, RevocationStatus)>,
    anchor: Certificate,
    at: OffsetDateTime,
    purpose: Purpose,
}

impl TrustedPath {
    /// The certificate that was asked about.
    pub fn leaf(&self) -> &Certificate {
        &self.path[0].0
    }

    /// Every certificate from the leaf up, the anchor left out, with what is known about its revocation.
    pub fn certificates(&self) -> impl Iterator<Item = (&Certificate, RevocationStatus)> {
        self.path.iter().map(|(certificate, status)| (certificate, *status))
    }

    /// The trusted certificate at the top.
    pub const fn anchor(&self) -> &Certificate {
        &self.anchor
    }

    /// The time the proof is about.
    pub const fn at(&self) -> OffsetDateTime {
        self.at
    }

    /// The purpose the proof is about.
    pub const fn purpose(&self) -> Purpose {
        self.purpose
    }
}

/// Searches all paths and returns the first that holds, or the most helpful failure.
pub fn validate(request: &PathRequest<'_>) -> Result<TrustedPath, PathError> {
    let mut search = Search {
        request,
        budget: Budget(MAX_SIGNATURE_CHECKS),
        best: PathError::new(PathReason::NoPath, request.leaf, 0),
    };
    let mut path = vec![request.leaf];
    match search.extend(&mut path) {
        Some(found) => Ok(found),
        None => Err(search.best),
    }
}

/// Signature checks that may still be spent.
pub(super) struct Budget(usize);

impl Budget {
    pub(super) fn spend(&mut self) -> Result<(), PathReason> {
        match self.0.checked_sub(1) {
            Some(left) => {
                self.0 = left;
                Ok(())
            }
            None => Err(PathReason::BudgetExceeded),
        }
    }
}

struct Search<'a> {
    request: &'a PathRequest<'a>,
    budget: Budget,
    best: PathError,
}

impl<'a> Search<'a> {
    /// Tries to complete `path`; recursion is bounded by [`MAX_PATH`].
    fn extend(&mut self, path: &mut Vec<&'a Certificate>) -> Option<TrustedPath> {
        let depth = path.len() - 1;
        let last = path[depth];
        for anchor in issuers_of(last, self.request.anchors) {
            match self.signed_by(last, anchor) {
                Ok(true) => match self.complete(path, anchor) {
                    Ok(found) => return Some(found),
                    Err(error) => self.remember(error),
                },
                Ok(false) => self.remember(PathError::new(PathReason::BadSignature, last, depth)),
                Err(reason) => {
                    self.remember(PathError::new(reason, last, depth));
                    if reason == PathReason::BudgetExceeded {
                        return None;
                    }
                }
            }
        }
        if last.is_self_issued() && !self.request.anchors.contains(last) {
            self.remember(PathError::new(PathReason::UntrustedRoot, last, depth));
        }
        if path.len() + 1 >= MAX_PATH {
            self.remember(PathError::new(PathReason::BudgetExceeded, last, depth));
            return None;
        }
        for candidate in issuers_of(last, self.request.intermediates) {
            // RFC 4158 5.2: the same name and key again leads nowhere new.
            let seen = |known: &&Certificate| {
                known.subject().matches(candidate.subject()) && known.spki_der() == candidate.spki_der()
            };
            if path.iter().any(seen) || self.request.anchors.contains(candidate) {
                continue;
            }
            match self.signed_by(last, candidate) {
                Ok(true) => {
                    path.push(candidate);
                    let found = self.extend(path);
                    path.pop();
                    if found.is_some() {
                        return found;
                    }
                }
                Ok(false) => self.remember(PathError::new(PathReason::BadSignature, last, depth)),
                Err(reason) => {
                    self.remember(PathError::new(reason, last, depth));
                    if reason == PathReason::BudgetExceeded {
                        return None;
                    }
                }
            }
        }
        None
    }

    fn signed_by(&mut self, certificate: &Certificate, issuer: &Certificate) -> Result<bool, PathReason> {
        let Ok(key) = issuer.public_key() else { return Err(PathReason::WeakAlgorithm) };
        self.budget.spend()?;
        match certificate.verify_signed_by(key) {
            Some(result) => Ok(result.is_ok()),
            None => Err(PathReason::WeakAlgorithm),
        }
    }

    fn complete(&mut self, path: &[&Certificate], anchor: &Certificate) -> Result<TrustedPath, PathError> {
        let PathRequest { at, purpose, revocation, accepted, .. } = *self.request;
        rules::check_path(path, at, purpose, accepted)?;
        rules::check_anchor(anchor, path, purpose, accepted)
            .map_err(|reason| PathError::new(reason, anchor, path.len()))?;
        let mut proven = Vec::with_capacity(path.len());
        for (depth, certificate) in path.iter().enumerate() {
            let issuer = path.get(depth + 1).copied().unwrap_or(anchor);
            let status = revocation::check(certificate, issuer, at, revocation, &mut self.budget)
                .map_err(|reason| PathError::new(reason, certificate, depth))?;
            proven.push(((*certificate).clone(), status));
        }
        Ok(TrustedPath { path: proven, anchor: anchor.clone(), at, purpose })
    }

    fn remember(&mut self, error: PathError) {
        let best = self.best.clone();
        self.best = best.better(error);
    }
}

/// Candidates with the issuer's name, those whose key identifier fits first (a hint, never a verdict).
fn issuers_of<'a>(certificate: &Certificate, among: &'a [Certificate]) -> Vec<&'a Certificate> {
    let mut found: Vec<_> =
        among.iter().filter(|candidate| candidate.subject().matches(certificate.issuer())).collect();
    found.sort_by_key(|candidate| match (certificate.authority_key_id(), candidate.subject_key_id()) {
        (Some(wanted), Some(own)) if wanted == own => 0,
        (Some(_), Some(_)) => 2,
        _ => 1,
    });
    found
}
