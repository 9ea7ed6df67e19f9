//! Time-stamps as signatures of their own (EN 319 102-1 5.4, 5.6.3): whether one proves its time.

use pki::path::{PathReason, RevocationStatus};
use pki::{Instant, RevocationReason};
use time::OffsetDateTime;

use super::super::reasons::Reason;
use super::super::report::{Checks, Proof, ProofKind};
use super::super::signer;
use super::super::timestamp::Stamp;
use super::level::Archived;
use super::{CLOCK_SKEW, Evidence, RevocationMode, When, note_revocation};
use crate::trust::Purpose as Vouch;

/// What a time-stamp is, for the report.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Role<'p> {
    /// Name of the check of its path.
    pub(in super::super) check: &'static str,
    /// Name of the check of revocation.
    pub(in super::super) revocation: &'static str,
    /// What it proves the time of.
    pub(in super::super) kind: ProofKind,
    /// Where it stands.
    pub(in super::super) place: &'p str,
}

impl<'p> Role<'p> {
    /// A time-stamp over a signature.
    pub(in super::super) const fn signature(place: &'p str) -> Role<'p> {
        Role {
            check: "time.stamp-path",
            revocation: "time.stamp-revocation",
            kind: ProofKind::SignatureTimeStamp,
            place,
        }
    }

    /// A time-stamp over a seal.
    pub(in super::super) const fn seal(place: &'p str) -> Role<'p> {
        Role { check: "seal.time-stamp-path", revocation: "seal.time-stamp-revocation", ..Role::signature(place) }
    }

    /// A time-stamp over a whole document.
    pub(in super::super) const fn document(place: &'p str) -> Role<'p> {
        Role { kind: ProofKind::DocumentTimeStamp, ..Role::signature(place) }
    }

    /// A document time-stamp is a signature of the file, and the report tells when its signer is unknown.
    const fn untrusted(self) -> Reason {
        match self.kind {
            ProofKind::DocumentTimeStamp => Reason::SignerUntrusted,
            _ => Reason::TimeStampUntrusted,
        }
    }
}

/// A document time-stamp of a PDF that holds.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct DocumentStamp<'f> {
    /// The revision that ends with the bytes it is over.
    pub(in super::super) revision: usize,
    pub(in super::super) stamp: Stamp<'f>,
    pub(in super::super) place: &'f str,
}

/// Why a stamp does not prove its time.
enum Doubt {
    /// It may be sound, but proves nothing now.
    Nothing(Reason, String),
    /// It should not be there.
    Wrong(Reason, String),
}

impl Evidence<'_> {
    /// The document time-stamps of a PDF, newest first: each must be good now, or at the time that a newer one proves.
    pub(in super::super) fn believe_archive(&mut self, mut stamps: Vec<DocumentStamp<'_>>, checks: &mut Checks) {
        stamps.sort_by_key(|stamp| std::cmp::Reverse(stamp.revision));
        for found in stamps {
            // What it is over ends with its own revision; it lies itself under those after it.
            let existed = self.proof_of(found.revision + 1).map_or(self.now, |proof| proof.at);
            if let Some(proof) = self.believe(&found.stamp, existed, Role::document(found.place), checks) {
                let verified = found.stamp.verified;
                self.archived.push(Archived {
                    revision: found.revision,
                    authority: verified.signer().clone(),
                    enclosed: found.stamp.enclosed.to_vec(),
                    time: verified.time(),
                });
                self.prove(found.revision, proof);
            }
        }
    }

    /// Whether a token that holds proves its time, being known to have existed at `existed`.
    pub(in super::super) fn believe(
        &self,
        stamp: &Stamp<'_>,
        existed: OffsetDateTime,
        role: Role<'_>,
        checks: &mut Checks,
    ) -> Option<Proof> {
        let at = stamp.verified.time();
        let authority = stamp.verified.signer();
        if at > existed.saturating_add(CLOCK_SKEW) {
            let detail = format!("stamped at {}, and known to have been there at {}", Instant(at), Instant(existed));
            let reason = if existed == self.now { Reason::TimeFuture } else { Reason::TimeOrder };
            checks.failed(role.check, reason, role.place, detail);
            return None;
        }
        let path = match self.path_of(stamp, existed.max(at)) {
            Ok(path) => path,
            Err(Doubt::Nothing(Reason::TimeStampUntrusted, detail)) => {
                match role.untrusted() {
                    Reason::TimeStampUntrusted => {
                        checks.not_done_because(role.check, Reason::TimeStampUntrusted, role.place, detail);
                    }
                    reason => checks.failed(role.check, reason, role.place, detail),
                }
                return None;
            }
            Err(Doubt::Nothing(reason, detail)) => {
                checks.not_done_because(role.check, reason, role.place, detail);
                return None;
            }
            Err(Doubt::Wrong(reason, detail)) => {
                checks.failed(role.check, reason, role.place, detail);
                checks.not_possible_at(role.revocation, role.place, "there is no trusted path");
                return None;
            }
        };
        if let Some(weak) = self.weakness(Some(stamp.verified.algorithm()), &path, existed).or_else(|| {
            let imprint = stamp.verified.info().imprint.as_ref().map(pki::Digest::algorithm);
            self.weak(None, imprint, existed)
        }) {
            checks.not_done_because(role.check, Reason::TimeStampExpired, role.place, weak);
            return None;
        }
        checks.passed(role.check, role.place);
        note_revocation(&path, self.mode(), (role.revocation, role.place), checks);
        let unknown = path.certificates().any(|(_, status)| status == RevocationStatus::Unknown);
        if self.mode() == RevocationMode::Hard && (unknown || !self.asks()) {
            return None;
        }
        Some(Proof { kind: role.kind, at, authority: authority.subject().to_string() })
    }

    /// The path of the authority as of the time at which the token is known to have existed; what was valid only earlier
    /// is told apart.
    fn path_of(&self, stamp: &Stamp<'_>, existed: OffsetDateTime) -> Result<pki::path::TrustedPath, Doubt> {
        let at = stamp.verified.time();
        let authority = stamp.verified.signer();
        // A newer time-stamp over this one shows that it is older than what befell its authority afterwards.
        let shown = (existed < self.now).then_some(existed);
        let claim = self.claim(Vouch::TimeStamping, authority, When::claimed(at).known(shown));
        let walk = |until| self.walk(authority, stamp.enclosed, When::until(at, until), &claim);
        let error = match walk(existed) {
            Ok(_) if at < authority.not_before() => {
                let detail = format!("stamped at {}, before the authority's certificate begins", Instant(at));
                return Err(Doubt::Wrong(Reason::TimeStampCertificate, detail));
            }
            // A stamp that the list does not stand behind proves nothing, and is no fault of the document.
            Ok(path) => {
                return match claim.objection(&path, self.trust) {
                    Some(objection) => Err(Doubt::Nothing(Reason::TimeStampUntrusted, objection.to_string())),
                    None => Ok(path),
                };
            }
            Err(error) => error,
        };
        let detail = error.to_string();
        match error.reason {
            PathReason::NoPath | PathReason::UntrustedRoot => Err(Doubt::Nothing(Reason::TimeStampUntrusted, detail)),
            PathReason::UnsupportedAlgorithm => Err(Doubt::Nothing(Reason::AlgorithmUnsupported, detail)),
            PathReason::Expired => match walk(at) {
                Ok(_) => Err(Doubt::Nothing(Reason::TimeStampExpired, detail)),
                Err(error) => Err(Doubt::Wrong(signer::reason_of_authority(&error), error.to_string())),
            },
            // RFC 3161 4: a key that was laid down, and never lost, leaves what it stamped before as good as it was.
            PathReason::Revoked { at: since, reason } if since > at => match (laid_down(reason), walk(at)) {
                (true, Ok(path)) => Ok(path),
                _ => Err(Doubt::Nothing(Reason::TimeStampRevoked, detail)),
            },
            _ => Err(Doubt::Wrong(signer::reason_of_authority(&error), detail)),
        }
    }
}

fn laid_down(reason: RevocationReason) -> bool {
    matches!(
        reason,
        RevocationReason::AffiliationChanged | RevocationReason::Superseded | RevocationReason::CessationOfOperation
    )
}
