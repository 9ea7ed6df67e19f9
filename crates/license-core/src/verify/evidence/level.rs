//! Which level of EN 319 142-1 a signature reaches by what the file holds, and holds rightly: B-T with a time-stamp that is
//! believed, B-LT when the file alone answers for every certificate of signer and time-stamp, B-LTA when a later document
//! time-stamp is over all that. What the caller brought along, and what the trust list knows of CAs between, counts for the
//! verdict and not for the level.

use pki::path::{RevocationStatus, TrustedPath};
use time::OffsetDateTime;

use super::super::report::{Proof, ProofKind};
use super::super::timestamp::Stamp;
use super::{Checked, Evidence, Known, When};
use crate::pdf_signing::Level;
use crate::trust::Purpose as Vouch;

/// A signature of a PDF whose signer is trusted.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Rated<'s> {
    pub(in super::super) certificate: &'s pki::Certificate,
    /// Certificates that came along.
    pub(in super::super) enclosed: &'s [pki::Certificate],
    pub(in super::super) claimed: OffsetDateTime,
    /// The revision that it ends.
    pub(in super::super) revision: usize,
    /// The time-stamps over its value that hold.
    pub(in super::super) stamps: &'s [Stamp<'s>],
    /// The earliest time that a time-stamp proves.
    pub(in super::super) proof: Option<&'s Proof>,
}

/// A document time-stamp that proves its time, kept for the question of what must be known about its authority.
#[derive(Clone, Debug)]
pub(super) struct Archived {
    /// The revision that it covers last.
    pub(super) revision: usize,
    pub(super) authority: pki::Certificate,
    pub(super) enclosed: Vec<pki::Certificate>,
    pub(super) time: OffsetDateTime,
}

impl Evidence<'_> {
    /// The level of a signature.
    pub(in super::super) fn level(&self, rated: &Rated<'_>) -> Level {
        let Some(proof) = rated.proof else { return Level::B };
        let signer = When::proven(rated.claimed, proof.at);
        let claim = self.claim(Vouch::DocumentSigning, rated.certificate, signer);
        // A proof from after the certificate's time proves nothing.
        if self.walk(rated.certificate, rated.enclosed, signer, &claim).is_err() {
            return Level::B;
        }
        let mut over = self.archived.iter().filter(|stamp| stamp.revision >= rated.revision);
        if over.any(|stamp| self.is_complete(rated, proof, Some(stamp.revision))) {
            return Level::Lta;
        }
        if self.is_complete(rated, proof, None) { Level::Lt } else { Level::T }
    }

    /// Whether the file, as of that revision, answers for the signer and for whoever stamped.
    fn is_complete(&self, rated: &Rated<'_>, proof: &Proof, until: Option<usize>) -> bool {
        let alone = self.of_file(until);
        if alone.crls.is_empty() && alone.ocsp.is_empty() {
            return false;
        }
        if !alone.knows(Vouch::DocumentSigning, rated.certificate, rated.enclosed, (rated.claimed, &[proof.at])) {
            return false;
        }
        // The time at which a stamp must be good is that of the next one over it, or now; what was known when it was made will
        // do as well.
        let known = |authority, enclosed: &[pki::Certificate], covered: usize| {
            let next = self.proof_of(covered).map_or(self.now, |proof| proof.at);
            alone.knows(Vouch::TimeStamping, authority, enclosed, (proof.at, &[next, proof.at]))
        };
        // A stamp of a stranger beside the one that proves takes nothing away.
        let mut signed = rated.stamps.iter().filter(|stamp| stamp.verified.time() == proof.at);
        let mut documents =
            self.archived.iter().filter(|stamp| stamp.revision >= rated.revision && stamp.time == proof.at);
        match proof.kind {
            ProofKind::SignatureTimeStamp => {
                signed.any(|stamp| known(stamp.verified.signer(), stamp.enclosed, rated.revision + 1))
            }
            _ => documents.any(|stamp| known(&stamp.authority, &stamp.enclosed, stamp.revision + 1)),
        }
    }

    /// Whether all is known about every certificate of a path, at one of these times.
    fn knows(
        &self,
        purpose: Vouch,
        certificate: &pki::Certificate,
        enclosed: &[pki::Certificate],
        (signed, times): (OffsetDateTime, &[OffsetDateTime]),
    ) -> bool {
        let known = |path: TrustedPath| {
            let told = |status| matches!(status, RevocationStatus::Good | RevocationStatus::RevokedLater(_));
            path.findings().all(|(certificate, finding)| certificate == path.anchor() || told(finding.status))
        };
        times.iter().any(|at| {
            let when = When::until(signed.min(*at), *at);
            let claim = self.claim(purpose, certificate, when.known(Some(*at)));
            self.walk(certificate, enclosed, when, &claim).is_ok_and(known)
        })
    }

    /// What the file alone says, up to this revision.
    fn of_file(&self, until: Option<usize>) -> Self {
        let within = |revision: usize| until.is_none_or(|until| revision <= until);
        fn kept<T: Clone>(items: &[T], known: &[Known], within: impl Fn(usize) -> bool) -> (Vec<T>, Vec<Known>) {
            let pairs = items.iter().cloned().zip(known.iter().copied());
            pairs.filter(|(_, known)| known.revision.is_some_and(&within)).unzip()
        }
        let (crls, crls_known) = kept(&self.crls, &self.crls_known, within);
        let (ocsp, ocsp_known) = kept(&self.ocsp, &self.ocsp_known, within);
        let stored = self.certificates.iter().cloned().zip(self.certificates_from.iter().copied());
        let (certificates, certificates_from) = stored.filter(|(_, revision)| within(*revision)).unzip();
        Evidence {
            trust: self.trust,
            policy: self.policy,
            now: self.now,
            license: self.license.clone(),
            alone: true,
            certificates,
            certificates_from,
            crls,
            crls_known,
            ocsp,
            ocsp_known,
            archive: self.archive.clone(),
            archived: self.archived.clone(),
            checked: Checked::default(),
        }
    }
}
