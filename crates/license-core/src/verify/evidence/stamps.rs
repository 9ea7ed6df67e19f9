//! Time-stamps as signatures of their own (EN 319 102-1 5.4, 5.6.3): whether one proves its time.

use pki::path::{PathError, PathReason, RevocationStatus, TrustedPath};
use pki::{Certificate, Instant, RevocationReason};
use time::OffsetDateTime;

use super::super::en319102::{Indication, SubIndication};
use super::super::reasons::Reason;
use super::super::report::{Checks, Proof, ProofKind, RevocationReport, RevocationState, TimeStampReport};
use super::super::signer;
use super::super::timestamp::Stamp;
use super::level::Archived;
use super::of_use::Reach;
use super::{CLOCK_SKEW, Evidence, RevocationMode, When, note_revocation};
use crate::trust::{Objection, Purpose as Vouch};

/// What a time-stamp is, for the report.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Role<'p> {
    /// Name of the check of its path.
    pub(in super::super) check: &'static str,
    /// Name of the check of revocation.
    pub(in super::super) revocation: &'static str,
    /// What it proves the time of.
    pub(in super::super) kind: ProofKind,
    /// Name and reason of the check of what no signature protects.
    form: (&'static str, Reason),
    /// What it is over, as a word.
    over: &'static str,
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
            form: ("cms.container", Reason::CmsStructure),
            over: "signature",
            place,
        }
    }

    /// A time-stamp over a signature by a seal.
    pub(in super::super) const fn sealed(place: &'p str) -> Role<'p> {
        Role { form: ("seal.form", Reason::SealStructure), ..Role::signature(place) }
    }

    /// A time-stamp over a seal.
    pub(in super::super) const fn seal(place: &'p str) -> Role<'p> {
        let (check, revocation) = ("seal.time-stamp-path", "seal.time-stamp-revocation");
        Role { check, revocation, over: "seal", ..Role::sealed(place) }
    }

    /// A time-stamp over a whole document.
    pub(in super::super) const fn document(place: &'p str) -> Role<'p> {
        Role { kind: ProofKind::DocumentTimeStamp, over: "document", ..Role::signature(place) }
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

/// What became of a stamp: whether it proves its time, and what is told of it as a signature of its own.
pub(in super::super) struct Belief {
    pub(in super::super) proof: Option<Proof>,
    pub(in super::super) told: TimeStampReport,
}

/// Why a stamp does not prove its time.
struct Doubt {
    reason: Reason,
    /// In the words of EN 319 102-1.
    why: SubIndication,
    detail: String,
    /// It should not be there; else it may be sound, but proves nothing now.
    wrong: bool,
    revoked: RevocationState,
}

impl Doubt {
    fn nothing(reason: Reason, why: SubIndication, detail: String) -> Doubt {
        Doubt { reason, why, detail, wrong: false, revoked: RevocationState::NotChecked }
    }

    fn wrong(reason: Reason, why: SubIndication, detail: String) -> Doubt {
        Doubt { wrong: true, ..Doubt::nothing(reason, why, detail) }
    }

    fn revoked(self, revoked: RevocationState) -> Doubt {
        Doubt { revoked, ..self }
    }
}

impl Evidence<'_> {
    /// The document time-stamps of a PDF, newest first: each must be good now, or at the time that a newer one proves. What is
    /// told of each, by the revision that it ends.
    pub(in super::super) fn believe_archive(
        &mut self,
        mut stamps: Vec<DocumentStamp<'_>>,
        checks: &mut Checks,
    ) -> Vec<(usize, TimeStampReport)> {
        stamps.sort_by_key(|stamp| std::cmp::Reverse(stamp.revision));
        let mut told = Vec::new();
        for found in stamps {
            // What it is over ends with its own revision; it lies itself under those after it.
            let existed = self.proof_of(found.revision + 1).map_or(self.now, |proof| proof.at);
            let belief = self.believe(&found.stamp, existed, Role::document(found.place), checks);
            if let Some(proof) = belief.proof {
                let verified = found.stamp.verified;
                self.archived.push(Archived {
                    revision: found.revision,
                    authority: verified.signer().clone(),
                    enclosed: found.stamp.enclosed.to_vec(),
                    time: verified.time(),
                });
                self.prove(found.revision, proof);
            }
            told.push((found.revision, belief.told));
        }
        told
    }

    /// Whether a token that holds proves its time, being known to have existed at `existed`.
    pub(in super::super) fn believe(
        &self,
        stamp: &Stamp<'_>,
        existed: OffsetDateTime,
        role: Role<'_>,
        checks: &mut Checks,
    ) -> Belief {
        let mut told = TimeStampReport {
            over: role.over,
            time: stamp.verified.time(),
            authority: stamp.verified.signer().subject().to_string(),
            revocation: RevocationReport { mode: self.mode(), ..RevocationReport::default() },
            indication: Indication::Passed,
        };
        let proof = match self.judge(stamp, existed, role, &mut told.revocation, checks) {
            Ok(proof) => Some(proof),
            Err(why) => {
                told.indication = why;
                None
            }
        };
        Belief { proof, told }
    }

    /// The same; why not in the words of EN 319 102-1.
    fn judge(
        &self,
        stamp: &Stamp<'_>,
        existed: OffsetDateTime,
        role: Role<'_>,
        known: &mut RevocationReport,
        checks: &mut Checks,
    ) -> Result<Proof, Indication> {
        let at = stamp.verified.time();
        if at > existed.saturating_add(CLOCK_SKEW) {
            let detail = format!("stamped at {}, and known to have been there at {}", Instant(at), Instant(existed));
            let future = existed == self.now;
            let reason = if future { Reason::TimeFuture } else { Reason::TimeOrder };
            checks.failed(role.check, reason, role.place, detail);
            return Err(match future {
                true => Indication::Failed(SubIndication::NotYetValid),
                false => Indication::Indeterminate(SubIndication::TimestampOrderFailure),
            });
        }
        let path = self.path_of(stamp, existed.max(at));
        self.check_enclosed(stamp, path.as_ref().ok(), role, checks);
        let path = match path {
            Ok(path) => path,
            Err(doubt) => {
                known.state = doubt.revoked;
                let unknown = doubt.reason == Reason::TimeStampUntrusted;
                let reason = if unknown { role.untrusted() } else { doubt.reason };
                if doubt.wrong || reason != doubt.reason {
                    checks.failed(role.check, reason, role.place, doubt.detail);
                } else {
                    checks.not_done_because(role.check, reason, role.place, doubt.detail);
                }
                if doubt.wrong {
                    checks.not_possible_at(role.revocation, role.place, "there is no trusted path");
                }
                return Err(Indication::Indeterminate(doubt.why));
            }
        };
        *known = super::report(&path, self.mode());
        if let Some(weak) = self.weakness(Some(stamp.verified.algorithm()), &path, existed).or_else(|| {
            let imprint = stamp.verified.info().imprint.as_ref().map(pki::Digest::algorithm);
            self.weak(None, imprint, existed)
        }) {
            checks.not_done_because(role.check, Reason::TimeStampExpired, role.place, weak);
            return Err(Indication::Indeterminate(SubIndication::CryptoConstraintsFailureNoPoe));
        }
        checks.passed(role.check, role.place);
        note_revocation(&path, self.mode(), (role.revocation, role.place), checks);
        let unknown = path.certificates().any(|(_, status)| status == RevocationStatus::Unknown);
        if self.mode() == RevocationMode::Hard && (unknown || !self.asks()) {
            return Err(Indication::Indeterminate(SubIndication::TryLater));
        }
        Ok(Proof { kind: role.kind, at, authority: stamp.verified.signer().subject().to_string() })
    }

    /// The certificates in a time-stamp are under no signature of their own. In a license each lies on the path to the
    /// trusted root, or is signed by somebody under such a root, to the byte. Of an authority that nobody trusts, nothing can
    /// be asked (decision 0012).
    fn check_enclosed(&self, stamp: &Stamp<'_>, path: Option<&TrustedPath>, role: Role<'_>, checks: &mut Checks) {
        if self.license.is_none() || stamp.enclosed.len() < 2 {
            return;
        }
        let authority = stamp.verified.signer();
        let when = When::claimed(stamp.verified.time());
        let early = || {
            let claim = self.claim(Vouch::TimeStamping, authority, when);
            self.walk(authority, stamp.enclosed, when, &claim).ok()
        };
        let earlier = if path.is_none() { early() } else { None };
        let Some(path) = path.or(earlier.as_ref()) else { return };
        let used = |found: &Certificate| found == path.anchor() || path.certificates().any(|(known, _)| known == found);
        let mut others = stamp.enclosed.iter().filter(|found| !used(found)).peekable();
        if others.peek().is_some() {
            let reach = Reach::with(self, stamp.enclosed);
            if !others.all(|found| reach.has(found)) {
                let detail = "the time-stamp encloses a certificate that nobody under a trusted root has signed";
                let reason = if self.is_over() { Reason::InputTooLarge } else { role.form.1 };
                checks.failed(role.form.0, reason, role.place, detail);
            }
        }
    }

    /// The path of the authority as of the time at which the token is known to have existed; what was valid only earlier
    /// is told apart.
    fn path_of(&self, stamp: &Stamp<'_>, existed: OffsetDateTime) -> Result<TrustedPath, Doubt> {
        use SubIndication as Why;
        let at = stamp.verified.time();
        let authority = stamp.verified.signer();
        // A newer time-stamp over this one shows that it is older than what befell its authority afterwards.
        let shown = (existed < self.now).then_some(existed);
        let claim = self.claim(Vouch::TimeStamping, authority, When::claimed(at).known(shown));
        let walk = |until| self.walk(authority, stamp.enclosed, When::until(at, until), &claim);
        let error = match walk(existed) {
            Ok(_) if at < authority.not_before() => {
                let detail = format!("stamped at {}, before the authority's certificate begins", Instant(at));
                return Err(Doubt::wrong(Reason::TimeStampCertificate, Why::OutOfBoundsNoPoe, detail));
            }
            // A stamp that the list does not stand behind proves nothing, and is no fault of the document.
            Ok(path) => {
                return match claim.objection(&path, self.trust) {
                    Some(objection) => {
                        let lost =
                            matches!(objection, Objection::Compromised { .. } | Objection::LaterCompromised { .. });
                        let why = if lost { Why::RevokedNoPoe } else { Why::ChainConstraintsFailure };
                        Err(Doubt::nothing(Reason::TimeStampUntrusted, why, objection.to_string()))
                    }
                    None => Ok(path),
                };
            }
            Err(error) => error,
        };
        let detail = error.to_string();
        let unfit = |error: &PathError| {
            let (why, revoked) = match error.reason {
                // Nothing is known of it, for or against.
                PathReason::BudgetExceeded => {
                    let detail = error.to_string();
                    return Doubt::nothing(Reason::InputTooLarge, Why::ChainConstraintsFailure, detail);
                }
                PathReason::Revoked { .. } => (Why::RevokedNoPoe, RevocationState::Revoked),
                PathReason::Expired | PathReason::NotYetValid => (Why::OutOfBoundsNoPoe, RevocationState::NotChecked),
                PathReason::WeakAlgorithm => (Why::CryptoConstraintsFailure, RevocationState::NotChecked),
                _ => (Why::ChainConstraintsFailure, RevocationState::NotChecked),
            };
            Doubt::wrong(signer::reason_of_authority(error), why, error.to_string()).revoked(revoked)
        };
        match error.reason {
            PathReason::NoPath | PathReason::UntrustedRoot => {
                Err(Doubt::nothing(Reason::TimeStampUntrusted, Why::NoCertificateChainFound, detail))
            }
            PathReason::UnsupportedAlgorithm => {
                Err(Doubt::nothing(Reason::AlgorithmUnsupported, Why::CryptoConstraintsFailure, detail))
            }
            PathReason::Expired => match walk(at) {
                Ok(_) => Err(Doubt::nothing(Reason::TimeStampExpired, Why::OutOfBoundsNoPoe, detail)),
                Err(error) => Err(unfit(&error)),
            },
            // RFC 3161 4: a key that was laid down, and never lost, leaves what it stamped before as good as it was.
            PathReason::Revoked { at: since, reason } if since > at => match (laid_down(reason), walk(at)) {
                (true, Ok(path)) => Ok(path),
                _ => {
                    let doubt = Doubt::nothing(Reason::TimeStampRevoked, Why::RevokedNoPoe, detail);
                    Err(doubt.revoked(RevocationState::RevokedLater))
                }
            },
            _ => Err(unfit(&error)),
        }
    }
}

fn laid_down(reason: RevocationReason) -> bool {
    matches!(
        reason,
        RevocationReason::AffiliationChanged | RevocationReason::Superseded | RevocationReason::CessationOfOperation
    )
}
