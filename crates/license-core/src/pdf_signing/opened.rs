//! A signed PDF, opened to be augmented: every signature and every time-stamp in it, checked, with the times they prove.

use pdf_sign::{Budget, Document, Flaw, Signature, ValidationData};
use pki::cms::{Outcome, SignedData};
use pki::ocsp::OcspResponse;
use pki::path::Purpose;
use pki::tsp::TimeStampToken;
use pki::{Certificate, Crl, Digest, DigestAlgorithm, oid};
use time::OffsetDateTime;

use super::error::PdfSigningError;

/// Levels of EN 319 142-1 clause 6, ascending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Signed.
    B,
    /// With a proof of time.
    T,
    /// With everything that is needed to validate it offline.
    Lt,
    /// With a document time-stamp over all that.
    Lta,
}

impl Level {
    /// Its name in the standard.
    pub const fn name(self) -> &'static str {
        match self {
            Self::B => "B-B",
            Self::T => "B-T",
            Self::Lt => "B-LT",
            Self::Lta => "B-LTA",
        }
    }
}

impl std::fmt::Display for Level {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// A certificate whose path has to hold, and when.
#[derive(Clone, Debug)]
pub(super) struct Subject {
    pub(super) certificate: Certificate,
    pub(super) purpose: Purpose,
    /// The first of these times at which everything is known will do.
    pub(super) at: Vec<OffsetDateTime>,
    /// In words, for messages.
    pub(super) place: String,
    /// To which signature of the file it belongs.
    pub(super) signature: usize,
}

/// One time-stamp: in a signature, or over the document.
#[derive(Clone, Debug)]
struct Stamp {
    certificate: Certificate,
    time: OffsetDateTime,
}

/// One signature or document time-stamp.
#[derive(Clone, Debug)]
pub(super) struct One {
    pub(super) field: String,
    /// Name of its entry in `/VRI`.
    pub(super) name: String,
    /// Where its revision ends.
    end: usize,
    signer: Option<Certificate>,
    stamps: Vec<Stamp>,
    over_document: bool,
}

/// The whole file.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) signatures: Vec<One>,
    /// Certificates that travel with it: in signatures and tokens, and in the store.
    pub(super) certificates: Vec<Certificate>,
    pub(super) crls: Vec<Crl>,
    pub(super) ocsps: Vec<OcspResponse>,
    /// Where each revision ends.
    pub(super) revisions: Vec<usize>,
}

impl Opened {
    /// Reads the file; one that was changed, or in which a signature does not hold, is refused.
    pub(super) fn read(pdf: &[u8]) -> Result<Self, PdfSigningError> {
        let damaged = |what: &dyn std::fmt::Display| PdfSigningError::Damaged(what.to_string());
        let document = Document::open(pdf, &Budget::default()).map_err(|problem| damaged(&problem))?;
        let facts = document.facts();
        if facts.signatures.is_empty() {
            return Err(PdfSigningError::Unsigned);
        }
        if let Some(flaw) = facts.flaws().iter().find(|flaw| !Flaw::is_matter_of_policy(flaw)) {
            return Err(damaged(flaw));
        }
        let store = document.validation_data().map_err(|problem| damaged(&problem))?;
        let mut opened = Self::of_store(&store);
        opened.revisions = facts.revisions.iter().map(|revision| revision.end).collect();
        for (at, signature) in facts.signatures.iter().enumerate() {
            let field = signature.field.clone().unwrap_or_else(|| format!("signature {}", at + 1));
            let one =
                opened.one(signature, pdf, &field).map_err(|why| PdfSigningError::BrokenSignature { field, why })?;
            opened.signatures.push(one);
        }
        Ok(opened)
    }

    /// What cannot be read in a store helps nobody and is left out.
    fn of_store(store: &ValidationData) -> Self {
        Self {
            signatures: Vec::new(),
            certificates: store.certs.iter().filter_map(|der| Certificate::from_der(der).ok()).collect(),
            crls: store.crls.iter().filter_map(|der| Crl::from_der(der).ok()).collect(),
            ocsps: store.ocsps.iter().filter_map(|der| OcspResponse::from_der(der).ok()).collect(),
            revisions: Vec::new(),
        }
    }

    fn one(&mut self, signature: &Signature, pdf: &[u8], field: &str) -> Result<One, String> {
        let der = signature.der().ok_or("/Contents holds no DER")?;
        let ranges = signature.signed_bytes(pdf).ok_or("/ByteRange names no bytes")?;
        let digest = |function: DigestAlgorithm| digest(function, ranges);
        let mut one = One {
            field: field.to_owned(),
            name: data_encoding::HEXUPPER.encode(&pki::sha1_name(&signature.contents)),
            end: ranges[0].len() + signature.contents.len() * 2 + 2 + ranges[1].len(),
            signer: None,
            stamps: Vec::new(),
            over_document: signature.is_doc_timestamp(),
        };
        if one.over_document {
            let token = TimeStampToken::from_der(der).map_err(|error| error.to_string())?;
            one.stamps.push(self.stamp(&token, digest)?);
            return Ok(one);
        }
        let signed = SignedData::from_der(der).map_err(|error| error.to_string())?;
        let [signer] = signed.signers.as_slice() else { return Err("there is not exactly one signer".to_owned()) };
        let function = signer.digest_algorithm.clone().map_err(|error| error.to_string())?;
        let report = signed.verify(0, &digest(function));
        if !report.passed() {
            let failed = report.checks.iter().find_map(|check| match &check.outcome {
                Outcome::Failed(why) => Some(why.clone()),
                _ => None,
            });
            return Err(failed.unwrap_or_else(|| "it could not be checked".to_owned()));
        }
        self.certificates.extend(signed.certificates.iter().cloned());
        let tokens = signer.unsigned_attributes.iter().filter(|attribute| attribute.oid == oid::SIGNATURE_TIME_STAMP);
        for value in tokens.flat_map(|attribute| &attribute.values) {
            let token = TimeStampToken::from_der(value).map_err(|error| error.to_string())?;
            one.stamps.push(self.stamp(&token, |function| function.digest(&signer.signature))?);
        }
        one.signer = report.certificate;
        Ok(one)
    }

    fn stamp(
        &mut self,
        token: &TimeStampToken,
        stamped: impl FnOnce(DigestAlgorithm) -> Digest,
    ) -> Result<Stamp, String> {
        let verified = token.verify(stamped).map_err(|error| format!("its time-stamp: {error}"))?;
        self.certificates.extend(token.certificates().iter().cloned());
        Ok(Stamp { certificate: verified.signer().clone(), time: verified.time() })
    }

    /// The newest time that the file tells of itself.
    pub(super) fn newest_time(&self) -> Option<OffsetDateTime> {
        self.signatures.iter().flat_map(|one| &one.stamps).map(|stamp| stamp.time).max()
    }

    /// The earliest document time-stamp that came after this signature.
    fn covering(&self, index: usize) -> Option<OffsetDateTime> {
        let later = self.signatures.iter().skip(index + 1).filter(|later| later.over_document);
        later.flat_map(|later| &later.stamps).map(|stamp| stamp.time).min()
    }

    /// When the signature is proven to have existed.
    pub(super) fn proven(&self, index: usize) -> Option<OffsetDateTime> {
        let own = self.signatures.get(index)?.stamps.iter().map(|stamp| stamp.time).min();
        [own, self.covering(index)].into_iter().flatten().min()
    }

    /// The signatures without any proof of time.
    pub(super) fn unproven(&self) -> Option<&One> {
        let mut all = self.signatures.iter().enumerate();
        all.find(|(index, one)| one.signer.is_some() && self.proven(*index).is_none()).map(|(_, one)| one)
    }

    /// The certificate on which the proof of the whole file rests: the newest time-stamp's, or that of a signer whose
    /// signature nothing proves to have existed in time.
    pub(super) fn pillar(&self) -> Option<&Certificate> {
        match self.unproven() {
            Some(one) => one.signer.as_ref(),
            None => {
                let stamps = self.signatures.iter().flat_map(|one| &one.stamps);
                stamps.max_by_key(|stamp| stamp.time).map(|stamp| &stamp.certificate)
            }
        }
    }

    /// The last document time-stamp, and where the revision before it ends.
    pub(super) fn before_last_stamp(&self) -> Option<usize> {
        let last = self.signatures.iter().rev().find(|one| one.over_document)?;
        self.revisions.iter().copied().filter(|end| *end < last.end).max()
    }

    /// Every path that has to hold. A signer's certificate is asked about at the proven time of the signature, a time-stamp
    /// authority's when the next stamp covered it, the newest stamp's now (EN 319 102-1 5.6.3).
    pub(super) fn subjects(&self, now: OffsetDateTime) -> Vec<Subject> {
        let mut subjects = Vec::new();
        for (index, one) in self.signatures.iter().enumerate() {
            if let Some(certificate) = &one.signer {
                subjects.push(Subject {
                    certificate: certificate.clone(),
                    purpose: Purpose::DocumentSigning,
                    at: vec![self.proven(index).unwrap_or(now)],
                    place: format!("signer of field {:?}", one.field),
                    signature: index,
                });
            }
            for stamp in &one.stamps {
                subjects.push(Subject {
                    certificate: stamp.certificate.clone(),
                    purpose: Purpose::TimeStamping,
                    at: self.covering(index).map_or_else(|| vec![now], |next| vec![next, stamp.time]),
                    place: format!("time-stamp authority of field {:?}", one.field),
                    signature: index,
                });
            }
        }
        subjects
    }
}

fn digest(function: DigestAlgorithm, ranges: [&[u8]; 2]) -> Digest {
    let mut hasher = function.hasher();
    ranges.iter().for_each(|range| hasher.update(range));
    hasher.finish()
}
