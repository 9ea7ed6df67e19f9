//! Whether a signing certificate may be trusted, and whose it is.

use pki::Certificate;
use pki::path::{
    MissingRevocation, PathError, PathReason, PathRequest, Purpose, RevocationPolicy, RevocationStatus, TrustedPath,
};
use time::OffsetDateTime;

use super::memory::OfPaths;
use super::policy::Policy;
use super::reasons::Reason;
use super::report::Checks;
use super::standing::Claim;
use crate::trust::{About, Issuer, Moment, Purpose as Vouch, TrustList};

/// A certificate with a path to a root of the trust list and, for signers, an issuer that owns it.
/// Only [`check`] makes one.
pub(super) struct TrustedSigner<'t> {
    pub(super) issuer: Option<&'t Issuer>,
    path: TrustedPath,
}

impl TrustedSigner<'_> {
    /// Whether a certificate that came along has a reason to: it lies on the way up, or is a root, which is taken from
    /// the trust list anyway.
    pub(super) fn explains(&self, certificate: &Certificate) -> bool {
        certificate.is_self_issued() || self.path.certificates().any(|(known, _)| known == certificate)
    }
}

/// The instants that matter for a path.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    /// When it was signed, as far as known.
    pub(super) signed: OffsetDateTime,
    /// Whether something other than the signer says so: the register keeps the very file.
    pub(super) proven: bool,
    /// The instant of the question.
    pub(super) asked: OffsetDateTime,
}

impl From<Times> for Moment {
    fn from(Times { signed, proven, asked }: Times) -> Moment {
        Moment { signed, proven, asked }
    }
}

/// Checks the path of a document signer at the time of signing, whether the list lets it vouch for this document, then
/// who it is.
pub(super) fn check<'t>(
    certificate: &Certificate,
    enclosed: &[Certificate],
    (times, about): (Times, About<'_>),
    trust: &'t TrustList,
    policy: &Policy<'_>,
    place: &str,
    checks: &mut Checks,
) -> Option<TrustedSigner<'t>> {
    // Such a key stands in a server that signs whatever is asked of it, day and night.
    if trust.is_index_certificate(certificate) {
        checks.failed("signer.purpose", Reason::SignerCertificate, place, "this key signs indexes, not documents");
        return None;
    }
    let claim = Claim { purpose: Vouch::DocumentSigning, about, moment: times.into() };
    let path = walk(certificate, enclosed, &claim, trust, policy);
    let trusted = note(path, &SIGNER, place, checks)?;
    if !claim.check(&trusted, trust, "signer.vouched", place, checks) {
        return None;
    }
    if !times.proven {
        let later_revoked =
            trusted.certificates().any(|(_, status)| matches!(status, RevocationStatus::RevokedLater(_)));
        if later_revoked {
            checks.failed("time.proof", Reason::SignerLaterRevoked, place, "");
        } else if trusted.certificates().any(|(certificate, _)| !certificate.valid_at(times.asked)) {
            checks.failed("time.proof", Reason::SignerLaterExpired, place, "");
        } else {
            checks.not_done("time.proof", Reason::TimeNotProven, place);
        }
    } else {
        checks.passed("time.proof", place);
    }
    Some(TrustedSigner { issuer: trust.issuer_of(certificate), path: trusted })
}

/// Checks the path of a seal maker at the time the seal was made, which is proven when a time-stamp over the seal says so;
/// returns whether there is a path to a trusted root.
pub(super) fn check_maker(
    certificate: &Certificate,
    enclosed: &[Certificate],
    (made, about): (Times, About<'_>),
    trust: &TrustList,
    policy: &Policy<'_>,
    place: &str,
    checks: &mut Checks,
) -> bool {
    // What another operator says about issuers takes no seal maker away.
    if trust.issuer_of(certificate).is_some_and(|issuer| issuer.origin.is_none()) {
        let detail = "an issuer does not make its own seals";
        checks.failed("seal.maker-path", Reason::SealMakerUntrusted, place, detail);
        return false;
    }
    let claim = Claim { purpose: Vouch::SealMaking, about, moment: made.into() };
    let path = walk(certificate, enclosed, &claim, trust, policy);
    let Some(path) = note(path, &MAKER, place, checks) else { return false };
    claim.check(&path, trust, "seal.maker-vouched", place, checks);
    // Else nothing but the maker's word says when the seal was made.
    if !made.proven && path.certificates().any(|(_, status)| matches!(status, RevocationStatus::RevokedLater(_))) {
        checks.failed("seal.maker-proof", Reason::SignerLaterRevoked, place, "");
    }
    true
}

/// The path to a root that may vouch for what is claimed; failing that, to one that may vouch for something else, so that
/// the reason can be told.
fn walk(
    certificate: &Certificate,
    enclosed: &[Certificate],
    claim: &Claim<'_>,
    trust: &TrustList,
    policy: &Policy<'_>,
) -> Result<TrustedPath, PathError> {
    let all = trust.anchors_for(claim.purpose, claim.moment.signed);
    let fit = trust.anchors_about(claim.purpose, &claim.about, &claim.moment);
    let path = walk_to(&fit, certificate, enclosed, claim, trust, policy);
    match path {
        Err(_) if fit.len() < all.len() => walk_to(&all, certificate, enclosed, claim, trust, policy),
        path => path,
    }
}

fn walk_to(
    anchors: &[Certificate],
    certificate: &Certificate,
    enclosed: &[Certificate],
    claim: &Claim<'_>,
    trust: &TrustList,
    policy: &Policy<'_>,
) -> Result<TrustedPath, PathError> {
    let mut between = enclosed.to_vec();
    between.extend_from_slice(&trust.authorities);
    between.extend_from_slice(policy.intermediates);
    let revocation = if policy.crls.is_empty() {
        RevocationPolicy::NotChecked
    } else {
        RevocationPolicy::Crls { crls: policy.crls, missing: MissingRevocation::Tolerate }
    };
    let purpose = match claim.purpose {
        Vouch::DocumentSigning => Purpose::DocumentSigning,
        Vouch::SealMaking => Purpose::SealMaking,
        Vouch::TimeStamping => Purpose::TimeStamping,
    };
    let memory = policy.memory.map(OfPaths);
    let mut request = PathRequest::new(certificate, anchors, claim.moment.signed, purpose);
    request = request.with_intermediates(&between).with_revocation(revocation);
    if let Some(memory) = &memory {
        request = request.with_memory(memory);
    }
    pki::path::validate(&request)
}

/// Checks the path of a time-stamp authority at the time that it stamped: whether the time is proven.
pub(super) fn check_authority(
    certificate: &Certificate,
    enclosed: &[Certificate],
    (stamped, about): (Times, About<'_>),
    trust: &TrustList,
    policy: &Policy<'_>,
    (name, place): (&'static str, &str),
    checks: &mut Checks,
) -> bool {
    let claim = Claim { purpose: Vouch::TimeStamping, about, moment: stamped.into() };
    let path = walk(certificate, enclosed, &claim, trust, policy);
    if let Err(error) = &path
        && matches!(error.reason, PathReason::NoPath | PathReason::UntrustedRoot)
    {
        checks.not_done_because(name, Reason::TimeStampUntrusted, place, error.to_string());
        return false;
    }
    // A stamp that the list does not stand behind proves nothing, and is no fault of the document.
    if let Some(objection) = path.as_ref().ok().and_then(|path| claim.objection(path, trust)) {
        checks.not_done_because(name, Reason::TimeStampUntrusted, place, objection.to_string());
        return false;
    }
    note(path, &Words { path: name, ..AUTHORITY }, place, checks).is_some()
}

/// Checks the path of whoever signed the list of all files (GM/T 0099).
pub(super) fn check_closer(
    certificate: &Certificate,
    enclosed: &[Certificate],
    (times, about): (Times, About<'_>),
    trust: &TrustList,
    policy: &Policy<'_>,
    checks: &mut Checks,
) {
    let claim = Claim { purpose: Vouch::DocumentSigning, about, moment: times.into() };
    let path = walk(certificate, enclosed, &claim, trust, policy);
    if let Some(path) = note(path, &CLOSER, "", checks) {
        claim.check(&path, trust, "integrity.signer-vouched", "", checks);
    }
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

fn note(path: Result<TrustedPath, PathError>, words: &Words, place: &str, checks: &mut Checks) -> Option<TrustedPath> {
    match path {
        Ok(path) => {
            checks.passed(words.path, place);
            let known = path
                .certificates()
                .all(|(_, status)| matches!(status, RevocationStatus::Good | RevocationStatus::RevokedLater(_)));
            if known {
                checks.passed(words.revocation, place);
            } else {
                checks.not_done(words.revocation, Reason::RevocationNotChecked, place);
            }
            Some(path)
        }
        Err(error) => {
            let reason = match error.reason {
                PathReason::NoPath | PathReason::UntrustedRoot => words.unknown,
                PathReason::Revoked { .. } => words.revoked,
                // Of the certificate itself; above it, the path is at fault.
                PathReason::NotYetValid if error.depth == 0 => words.early,
                PathReason::Expired if error.depth == 0 => words.late,
                PathReason::KeyUsage | PathReason::ExtendedKeyUsage if error.depth == 0 => words.usage,
                _ => words.unfit,
            };
            checks.failed(words.path, reason, place, error.to_string());
            checks.not_possible_at(words.revocation, place, "there is no trusted path");
            None
        }
    }
}
