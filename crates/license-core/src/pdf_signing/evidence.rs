//! What is known and what is given: anchors, certificates, revocation lists, answers; and what each of them tells.

use pki::ocsp::OcspResponse;
use pki::path::{
    Evidence, MissingEvidence, MissingRevocation, PathError, PathReason, PathRequest, Purpose, RevocationPolicy,
    RevocationStatus, Source, TrustedPath, validate,
};
use pki::{Certificate, Crl, ObjectIdentifier};
use time::{Duration, OffsetDateTime};

use super::error::PdfSigningError;
use super::needs::Needs;
use super::opened::{Opened, Subject};
use crate::trust::USAGES_OF_OTHERS;

/// Whom to trust, and what time it is.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Knowledge<'a> {
    /// Roots of signers and of time-stamp authorities.
    pub anchors: &'a [Certificate],
    /// Now, by the caller's clock.
    pub now: OffsetDateTime,
    /// Evidence about a signer counts only when it was made after the proven time of the signature: a revocation may
    /// take a day to be told (EN 319 102-1 5.2.5). Off by default.
    pub later_evidence: bool,
    /// Extended key usages of signers that are taken besides that of RFC 9336; those that are usual elsewhere by default.
    pub usages: &'a [ObjectIdentifier],
}

impl<'a> Knowledge<'a> {
    /// These roots, at this time.
    pub const fn new(anchors: &'a [Certificate], now: OffsetDateTime) -> Self {
        Self { anchors, now, later_evidence: false, usages: &USAGES_OF_OTHERS }
    }

    /// Other extended key usages of signers than the usual ones.
    pub const fn with_usages(mut self, usages: &'a [ObjectIdentifier]) -> Self {
        self.usages = usages;
        self
    }

    /// Evidence must be younger than the signature.
    pub const fn with_later_evidence(mut self) -> Self {
        self.later_evidence = true;
        self
    }
}

/// Validation data from elsewhere: from files, or fetched by the caller.
#[derive(Clone, Debug, Default)]
pub struct Material {
    pub(super) certificates: Vec<Certificate>,
    pub(super) crls: Vec<Crl>,
    pub(super) ocsps: Vec<OcspResponse>,
    /// What a source gave unasked may speak about others; what a person gave should not.
    pub(super) fetched: Vec<Vec<u8>>,
}

impl Material {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// CA certificates: one in DER, or any number in PEM.
    pub fn add_certificates(&mut self, bytes: &[u8]) -> Result<(), PdfSigningError> {
        match Certificate::from_der(bytes) {
            Ok(certificate) => self.certificates.push(certificate),
            Err(error) => {
                let many = Certificate::many_from_pem(&String::from_utf8_lossy(bytes)).unwrap_or_default();
                if many.is_empty() {
                    return Err(PdfSigningError::Unreadable(format!("no certificate: {error}")));
                }
                self.certificates.extend(many);
            }
        }
        Ok(())
    }

    /// A revocation list in DER or PEM.
    pub fn add_crl(&mut self, bytes: &[u8]) -> Result<(), PdfSigningError> {
        let crl = match std::str::from_utf8(bytes) {
            Ok(text) if text.contains("-----BEGIN") => Crl::from_pem(text),
            _ => Crl::from_der(bytes),
        };
        self.crls.push(crl.map_err(|error| PdfSigningError::Unreadable(error.to_string()))?);
        Ok(())
    }

    /// An OCSP answer in DER.
    pub fn add_ocsp(&mut self, bytes: &[u8]) -> Result<(), PdfSigningError> {
        let answer = OcspResponse::from_der(bytes).map_err(|error| PdfSigningError::Unreadable(error.to_string()))?;
        self.ocsps.push(answer);
        Ok(())
    }

    /// How many pieces there are.
    pub fn len(&self) -> usize {
        self.certificates.len() + self.crls.len() + self.ocsps.len()
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Asks `source` for what is missing: answers first, lists where there is no answer, or none that does. Whether it
    /// suffices is told by asking for the needs again. What it gives about others is left out silently.
    pub fn gather(&mut self, needs: &Needs, source: &dyn Source) {
        for missing in &needs.issuers {
            self.certificates.extend(source.issuers(&missing.certificate));
        }
        for missing in &needs.statuses {
            let mut answers = source.ocsp(&missing.certificate, &missing.issuer);
            answers.retain(|answer| !self.ocsps.contains(answer));
            // An answer at hand that does not do is no reason to do without a list.
            if answers.is_empty() || missing.why != MissingEvidence::None {
                for crl in source.crls(&missing.certificate) {
                    // One list often speaks about several.
                    if !self.crls.contains(&crl) {
                        self.fetched.push(crl.der().to_vec());
                        self.crls.push(crl);
                    }
                }
            }
            self.fetched.extend(answers.iter().map(|answer| answer.der().to_vec()));
            self.ocsps.extend(answers);
        }
    }
}

/// The file's own evidence and the caller's together.
#[derive(Debug)]
pub(super) struct Pool<'k> {
    pub(super) knowledge: &'k Knowledge<'k>,
    pub(super) certificates: Vec<Certificate>,
    pub(super) crls: Vec<Crl>,
    pub(super) ocsps: Vec<OcspResponse>,
}

/// One piece of evidence.
#[derive(Clone, Copy, Debug)]
pub(super) enum Piece<'a> {
    Crl(&'a Crl),
    Ocsp(&'a OcspResponse),
}

impl<'k> Pool<'k> {
    pub(super) fn new(opened: &Opened, material: &Material, knowledge: &'k Knowledge<'k>) -> Self {
        let mut pool = Self {
            knowledge,
            certificates: opened.certificates.clone(),
            crls: opened.crls.clone(),
            ocsps: opened.ocsps.clone(),
        };
        let fresh = |certificate: &&Certificate| !pool.certificates.contains(certificate);
        let more: Vec<Certificate> = material.certificates.iter().filter(fresh).cloned().collect();
        pool.certificates.extend(more);
        pool.crls.extend(material.crls.iter().filter(|crl| !opened.crls.contains(crl)).cloned());
        pool.ocsps.extend(material.ocsps.iter().filter(|answer| !opened.ocsps.contains(answer)).cloned());
        pool
    }

    /// The path of a subject, and the time at which it was found to hold; what is not known about revocation is tolerated
    /// and shows in the findings. At the first time at which all is known, else at the first.
    pub(super) fn path(&self, subject: &Subject) -> Result<(TrustedPath, OffsetDateTime), PathError> {
        let mut first = None;
        for &at in &subject.at {
            let path = self.ask(&subject.certificate, subject.purpose, at, &self.crls, &self.ocsps);
            let unknown =
                |path: &TrustedPath| path.findings().any(|(_, found)| found.status == RevocationStatus::Unknown);
            match path {
                Ok(path) if !unknown(&path) => return Ok((path, at)),
                other => drop(first.get_or_insert(other.map(|path| (path, at)))),
            }
        }
        first.unwrap_or_else(|| {
            let path = self.ask(&subject.certificate, subject.purpose, self.knowledge.now, &self.crls, &self.ocsps);
            path.map(|path| (path, self.knowledge.now))
        })
    }

    /// Whether this piece alone tells about the certificate at that time.
    pub(super) fn speaks(&self, piece: Piece<'_>, certificate: &Certificate, at: OffsetDateTime) -> bool {
        let (crls, ocsps) = match piece {
            Piece::Crl(crl) => (std::slice::from_ref(crl), [].as_slice()),
            Piece::Ocsp(answer) => ([].as_slice(), std::slice::from_ref(answer)),
        };
        match self.ask(certificate, Purpose::Any, at, crls, ocsps) {
            Ok(path) => path.findings().next().is_some_and(|(_, found)| {
                matches!(found.status, RevocationStatus::Good | RevocationStatus::RevokedLater(_))
            }),
            Err(error) => matches!(error.reason, PathReason::Revoked { .. }) && error.depth == 0,
        }
    }

    /// The last certificate that can be reached going up: one whose issuer is not at hand.
    pub(super) fn top(&self, certificate: &Certificate) -> Certificate {
        let mut top = certificate.clone();
        for _ in 0..pki::path::MAX_PATH {
            let above = |upper: &&Certificate| {
                let key = upper.public_key().ok().filter(|_| upper.subject().matches(top.issuer()));
                key.and_then(|key| top.verify_signed_by(key)).is_some_and(|held| held.is_ok())
            };
            match self.certificates.iter().find(above).cloned() {
                Some(upper) if upper != top => top = upper,
                _ => break,
            }
        }
        top
    }

    /// Who signed a list, when it was not the issuer of the certificate itself.
    pub(super) fn signer_of(&self, crl: &Crl) -> Option<&Certificate> {
        self.certificates.iter().find(|certificate| {
            certificate.subject().matches(crl.issuer())
                && certificate.public_key().is_ok_and(|key| crl.is_signed_by(key))
        })
    }

    fn ask(
        &self,
        certificate: &Certificate,
        purpose: Purpose,
        at: OffsetDateTime,
        crls: &[Crl],
        ocsps: &[OcspResponse],
    ) -> Result<TrustedPath, PathError> {
        let mut evidence = Evidence::new(MissingRevocation::Tolerate)
            .with_crls(crls)
            .with_ocsp(ocsps)
            .known_at(self.knowledge.now)
            .with_skew(SKEW);
        if self.knowledge.later_evidence && purpose == Purpose::DocumentSigning {
            evidence = evidence.issued_after(at);
        }
        let mut request = PathRequest::new(certificate, self.knowledge.anchors, at, purpose)
            .with_intermediates(&self.certificates)
            .with_revocation(RevocationPolicy::Evidence(evidence));
        if purpose == Purpose::DocumentSigning {
            request = request.with_accepted_usages(self.knowledge.usages);
        }
        validate(&request)
    }
}

/// How far clocks may be apart.
const SKEW: Duration = Duration::minutes(5);
