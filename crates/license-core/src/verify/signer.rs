//! Whether a signing certificate may be trusted, and whose it is.

use pki::path::{PathError, PathReason, RevocationStatus, TrustedPath};
use pki::{Certificate, SignatureAlgorithm};
use time::OffsetDateTime;

use super::evidence::{self, Evidence, When};
use super::reasons::Reason;
use super::report::{Checks, RevocationReport, RevocationState};
use crate::trust::{Issuer, Purpose as Vouch, TrustList};

/// A certificate with a path to a root of the trust list and, for signers, an issuer that owns it.
/// Only [`check`] makes one.
pub(super) struct TrustedSigner<'t> {
    pub(super) issuer: Option<&'t Issuer>,
    trust: &'t TrustList,
    path: TrustedPath,
}

impl TrustedSigner<'_> {
    /// Whether a certificate that came along has a reason to: it lies on the way up, or is a root, which is taken from
    /// the trust list anyway, and then is that of the list to the byte.
    pub(super) fn explains(&self, certificate: &Certificate) -> bool {
        let used = certificate == self.path.anchor() || self.path.certificates().any(|(known, _)| known == certificate);
        used || certificate.is_self_issued() && !evidence::is_respelled(certificate, self.trust)
    }
}

/// Who signed, when, and how.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signing<'c> {
    pub(super) certificate: &'c Certificate,
    /// Certificates that came along.
    pub(super) enclosed: &'c [Certificate],
    pub(super) algorithm: Option<SignatureAlgorithm>,
    /// When, as the signer says; the instant of the question when he says nothing.
    pub(super) claimed: OffsetDateTime,
    /// When it existed at the latest, as something other than the signer proves.
    pub(super) proven: Option<OffsetDateTime>,
    pub(super) place: &'c str,
}

/// Checks the path of a document signer at the time of signing (EN 319 102-1 5.5.4: best-signature-time), then who it is.
pub(super) fn check<'t>(
    signing: &Signing<'_>,
    evidence: &Evidence<'t>,
    known: &mut RevocationReport,
    checks: &mut Checks,
) -> Option<TrustedSigner<'t>> {
    let Signing { certificate, enclosed, claimed, proven, place, .. } = *signing;
    // Such a key stands in a server that signs whatever is asked of it, day and night.
    if evidence.trust.is_index_certificate(certificate) {
        checks.failed("signer.purpose", Reason::SignerCertificate, place, "this key signs indexes, not documents");
        return None;
    }
    let claim = |when| evidence.claim(Vouch::DocumentSigning, certificate, when);
    let walk = |when| evidence.walk(certificate, enclosed, when, &claim(when));
    let when = proven.map_or(When::claimed(claimed), |proven| When::proven(claimed, proven));
    let mut path = walk(when);
    let mut doubt = None;
    if let (Err(error), Some(_)) = (&path, proven)
        && let Some(reason) = too_late(error)
    {
        // The proof comes too late to prove anything. What the signer claims may still be so.
        let earlier = walk(When::claimed(claimed));
        if earlier.is_ok() {
            doubt = Some((reason, error.to_string()));
            path = earlier;
        }
    }
    known.mode = evidence.mode();
    if path.as_ref().is_err_and(|error| matches!(error.reason, PathReason::Revoked { .. })) {
        known.state = RevocationState::Revoked;
    }
    let trusted = note_path(path, &SIGNER, place, checks)?;
    if !claim(when).check(&trusted, evidence.trust, "signer.vouched", place, checks) {
        return None;
    }
    // Nothing proves when it was signed: what is known about revocation must be of today.
    let today = if proven.is_none() && evidence.asks() && certificate.valid_at(evidence.now) {
        walk(When::claimed(evidence.now)).ok()
    } else {
        None
    };
    let told = today.as_ref().unwrap_or(&trusted);
    *known = evidence::report(told, evidence.mode());
    let is_later = |status| matches!(status, RevocationStatus::RevokedLater(_));
    if trusted.certificates().any(|(_, status)| is_later(status)) {
        known.state = RevocationState::RevokedLater;
    }
    evidence::note_revocation(told, evidence.mode(), (SIGNER.revocation, place), checks);
    note_time(signing, &trusted, doubt, evidence, checks);
    Some(TrustedSigner { issuer: evidence.trust.issuer_of(certificate), trust: evidence.trust, path: trusted })
}

/// Whether the time of signing is proven, or need not be.
fn note_time(
    signing: &Signing<'_>,
    trusted: &TrustedPath,
    doubt: Option<(Reason, String)>,
    evidence: &Evidence<'_>,
    checks: &mut Checks,
) {
    const NAME: &str = "time.proof";
    let place = signing.place;
    let existed = signing.proven.unwrap_or(evidence.now);
    let later_revoked =
        || trusted.certificates().any(|(_, status)| matches!(status, RevocationStatus::RevokedLater(_)));
    let later_expired = || trusted.certificates().any(|(certificate, _)| !certificate.valid_at(evidence.now));
    if let Some((reason, detail)) = doubt {
        checks.failed(NAME, reason, place, detail);
    } else if let Some(weak) = evidence.weakness(signing.algorithm, trusted, existed) {
        checks.failed(NAME, Reason::SignerLaterWeak, place, weak);
    } else if signing.proven.is_some() {
        checks.passed(NAME, place);
    } else if later_revoked() {
        checks.failed(NAME, Reason::SignerLaterRevoked, place, "");
    } else if later_expired() {
        checks.failed(NAME, Reason::SignerLaterExpired, place, "");
    } else {
        checks.not_done(NAME, Reason::TimeNotProven, place);
    }
}

/// Why a signature that was proven only at a time when its certificate was no longer good may still be older.
fn too_late(error: &PathError) -> Option<Reason> {
    match error.reason {
        PathReason::Expired => Some(Reason::SignerLaterExpired),
        PathReason::Revoked { .. } => Some(Reason::SignerLaterRevoked),
        _ => None,
    }
}

/// Who made a seal, when, and how.
#[derive(Clone, Copy, Debug)]
pub(super) struct Making<'c> {
    pub(super) certificate: &'c Certificate,
    /// Certificates that came along.
    pub(super) enclosed: &'c [Certificate],
    /// Whoever used the seal.
    pub(super) user: &'c Certificate,
    pub(super) algorithm: SignatureAlgorithm,
    /// When, as the maker says.
    pub(super) claimed: OffsetDateTime,
    /// When, as a time-stamp over the seal says.
    pub(super) stamped: Option<OffsetDateTime>,
    /// When the seal was there at the latest: by that time-stamp, or as part of a signature whose time is proven.
    pub(super) existed: Option<OffsetDateTime>,
    pub(super) place: &'c str,
}

/// Checks the path of a seal maker at the time the seal was made; returns whether there is a path to a trusted root.
pub(super) fn check_maker(making: &Making<'_>, evidence: &Evidence<'_>, checks: &mut Checks) -> bool {
    const PROOF: &str = "seal.maker-proof";
    let Making { certificate, claimed, existed, place, .. } = *making;
    // What another operator says about issuers takes no seal maker away.
    if evidence.trust.issuer_of(certificate).is_some_and(|issuer| issuer.origin.is_none()) {
        let detail = "an issuer does not make its own seals";
        checks.failed("seal.maker-path", Reason::SealMakerUntrusted, place, detail);
        return false;
    }
    let when = making.stamped.map_or(When::claimed(claimed), |stamped| When::proven(claimed, stamped));
    let claim = evidence.claim(Vouch::SealMaking, making.user, when.known(existed));
    let path = evidence.walk(certificate, making.enclosed, when, &claim);
    let Some(path) = note(path, &MAKER, evidence, place, checks) else { return false };
    claim.check(&path, evidence.trust, "seal.maker-vouched", place, checks);
    let existed = existed.unwrap_or(evidence.now);
    // Else nothing but the maker's word says when the seal was made.
    let revoked = |status| matches!(status, RevocationStatus::RevokedLater(revoked) if revoked.at <= existed);
    if let Some(weak) = evidence.weakness(Some(making.algorithm), &path, existed) {
        checks.failed(PROOF, Reason::SignerLaterWeak, place, weak);
    } else if path.certificates().any(|(_, status)| revoked(status)) {
        checks.failed(PROOF, Reason::SignerLaterRevoked, place, "");
    }
    true
}

/// Checks the path of whoever signed the list of all files (GM/T 0099).
pub(super) fn check_closer(
    certificate: &Certificate,
    enclosed: &[Certificate],
    at: OffsetDateTime,
    evidence: &Evidence<'_>,
    checks: &mut Checks,
) {
    let when = When::claimed(at);
    let claim = evidence.claim(Vouch::DocumentSigning, certificate, when);
    let path = evidence.walk(certificate, enclosed, when, &claim);
    if let Some(path) = note(path, &CLOSER, evidence, "", checks) {
        claim.check(&path, evidence.trust, "integrity.signer-vouched", "", checks);
    }
}

/// What an error of a time-stamp authority's path means.
pub(super) fn reason_of_authority(error: &PathError) -> Reason {
    reason_of(error, &AUTHORITY)
}

/// How the outcome of a path is told, by whose it is.
struct Words {
    path: &'static str,
    revocation: &'static str,
    unknown: Reason,
    revoked: Reason,
    /// Before and after its time, and of the wrong usage.
    early: Reason,
    late: Reason,
    usage: Reason,
    unfit: Reason,
}

const SIGNER: Words = Words {
    path: "signer.path",
    revocation: "signer.revocation",
    unknown: Reason::SignerUntrusted,
    revoked: Reason::SignerRevoked,
    early: Reason::SignerNotYetValid,
    late: Reason::SignerExpired,
    usage: Reason::SignerKeyUsage,
    unfit: Reason::SignerCertificate,
};

const CLOSER: Words = Words { path: "integrity.signer-path", revocation: "integrity.signer-revocation", ..SIGNER };

const MAKER: Words = Words {
    path: "seal.maker-path",
    revocation: "seal.maker-revocation",
    unknown: Reason::SealMakerUntrusted,
    revoked: Reason::SealMakerRevoked,
    early: Reason::SealMakerCertificate,
    late: Reason::SealMakerCertificate,
    usage: Reason::SealMakerCertificate,
    unfit: Reason::SealMakerCertificate,
};

const AUTHORITY: Words = Words {
    path: "time.stamp-path",
    revocation: "time.stamp-revocation",
    unknown: Reason::TimeStampUntrusted,
    revoked: Reason::TimeStampCertificate,
    early: Reason::TimeStampCertificate,
    late: Reason::TimeStampCertificate,
    usage: Reason::TimeStampCertificate,
    unfit: Reason::TimeStampCertificate,
};

fn note(
    path: Result<TrustedPath, PathError>,
    words: &Words,
    evidence: &Evidence<'_>,
    place: &str,
    checks: &mut Checks,
) -> Option<TrustedPath> {
    let path = note_path(path, words, place, checks)?;
    evidence::note_revocation(&path, evidence.mode(), (words.revocation, place), checks);
    Some(path)
}

fn note_path(
    path: Result<TrustedPath, PathError>,
    words: &Words,
    place: &str,
    checks: &mut Checks,
) -> Option<TrustedPath> {
    match path {
        Ok(path) => {
            checks.passed(words.path, place);
            Some(path)
        }
        Err(error) => {
            checks.failed(words.path, reason_of(&error, words), place, error.to_string());
            checks.not_possible_at(words.revocation, place, "there is no trusted path");
            None
        }
    }
}

fn reason_of(error: &PathError, words: &Words) -> Reason {
    match error.reason {
        PathReason::NoPath | PathReason::UntrustedRoot => words.unknown,
        PathReason::Revoked { .. } => words.revoked,
        PathReason::WeakAlgorithm => Reason::AlgorithmWeak,
        PathReason::UnsupportedAlgorithm => Reason::AlgorithmUnsupported,
        // Of the certificate itself; above it, the path is at fault.
        PathReason::NotYetValid if error.depth == 0 => words.early,
        PathReason::Expired if error.depth == 0 => words.late,
        PathReason::KeyUsage | PathReason::ExtendedKeyUsage if error.depth == 0 => words.usage,
        PathReason::BudgetExceeded => Reason::InputTooLarge,
        _ => words.unfit,
    }
}
