//! Level B-LT: everything that a reader needs in later years goes into the file.

use pdf_sign::{SignatureData, ValidationData, add_validation_data};
use pki::Certificate;
use pki::path::{MissingEvidence, PathReason, RevocationStatus};

use super::error::PdfSigningError;
use super::evidence::{Knowledge, Material, Piece, Pool};
use super::needs::{MissingIssuer, MissingStatus, Needs};
use super::opened::{Level, Opened, Subject};

/// What is missing to validate every signature and time-stamp of the file offline, once `material` is added to what the
/// file holds already. A path that does not hold (revoked, expired, not trusted) is an error.
pub fn needs(pdf: &[u8], knowledge: &Knowledge<'_>, material: &Material) -> Result<Needs, PdfSigningError> {
    let opened = Opened::read(pdf)?;
    let pool = Pool::new(&opened, material, knowledge);
    Ok(collect(&opened, &pool)?.needs)
}

/// The file with all validation data in its security store (an incremental update); the file itself when they are there.
///
/// Every signature must have a proof of time. `material` and what the file holds must suffice, else the error lists what
/// is missing; a list or an answer that speaks about none of the certificates is refused.
pub fn augment_lt(pdf: Vec<u8>, knowledge: &Knowledge<'_>, material: &Material) -> Result<Vec<u8>, PdfSigningError> {
    let opened = Opened::read(&pdf)?;
    if let Some(one) = opened.unproven() {
        return Err(PdfSigningError::NotStamped { field: one.field.clone() });
    }
    let pool = Pool::new(&opened, material, knowledge);
    let collected = collect(&opened, &pool)?;
    if !collected.needs.is_empty() {
        return Err(PdfSigningError::Incomplete(Box::new(collected.needs)));
    }
    refuse_strangers(material, &collected)?;
    let entries: Vec<SignatureData> = (opened.signatures.iter().zip(collected.data))
        .map(|(one, data)| SignatureData { name: one.name.clone(), data })
        .collect();
    Ok(add_validation_data(pdf, &union(&entries), &entries)?)
}

/// Whether every signature of the file has a proof of time: a time-stamp of its own, or one over the document.
pub fn is_time_proven(pdf: &[u8]) -> Result<bool, PdfSigningError> {
    Ok(Opened::read(pdf)?.unproven().is_none())
}

/// The level of the whole file by these roots: that of its weakest signature. Level B-LT and above rest on what the file
/// holds alone.
pub fn level(pdf: &[u8], knowledge: &Knowledge<'_>) -> Result<Level, PdfSigningError> {
    let opened = Opened::read(pdf)?;
    if opened.unproven().is_some() {
        return Ok(Level::B);
    }
    let complete = |pdf: &[u8]| -> Result<bool, PdfSigningError> {
        let opened = Opened::read(pdf)?;
        let pool = Pool::new(&opened, &Material::default(), knowledge);
        Ok(opened.unproven().is_none() && collect(&opened, &pool)?.needs.is_empty())
    };
    if let Some(end) = opened.before_last_stamp()
        && complete(pdf.get(..end).unwrap_or_default()).unwrap_or(false)
    {
        return Ok(Level::Lta);
    }
    Ok(if complete(pdf)? { Level::Lt } else { Level::T })
}

/// What was found out about the file.
pub(super) struct Collected {
    pub(super) needs: Needs,
    /// For each signature.
    data: Vec<ValidationData>,
}

pub(super) fn collect(opened: &Opened, pool: &Pool<'_>) -> Result<Collected, PdfSigningError> {
    let mut collected =
        Collected { needs: Needs::default(), data: vec![ValidationData::default(); opened.signatures.len()] };
    for subject in opened.subjects(pool.knowledge.now) {
        collected.subject(&subject, pool)?;
    }
    Ok(collected)
}

impl Collected {
    fn subject(&mut self, subject: &Subject, pool: &Pool<'_>) -> Result<(), PdfSigningError> {
        let place = || subject.place.clone();
        let (path, at) = match pool.path(subject) {
            Ok(found) => found,
            Err(error) => {
                let top = pool.top(&subject.certificate);
                let open = matches!(error.reason, PathReason::NoPath | PathReason::UntrustedRoot);
                if !open || top.is_self_issued() {
                    return Err(PdfSigningError::Path { place: place(), error });
                }
                let urls = top.issuer_urls().to_vec();
                self.needs.add_issuer(MissingIssuer { certificate: top, urls, place: place() });
                return Ok(());
            }
        };
        let chain: Vec<Certificate> = path
            .findings()
            .map(|(certificate, _)| certificate.clone())
            .filter(|certificate| certificate != path.anchor())
            .chain([path.anchor().clone()])
            .collect();
        let data = &mut self.data[subject.signature];
        for (certificate, finding) in path.findings().filter(|(certificate, _)| *certificate != path.anchor()) {
            if finding.status == RevocationStatus::Unknown {
                let depth = chain.iter().position(|known| known == certificate).unwrap_or_default();
                self.needs.add_status(MissingStatus {
                    certificate: certificate.clone(),
                    issuer: chain.get(depth + 1).unwrap_or(certificate).clone(),
                    crl_urls: certificate.crl_urls().to_vec(),
                    ocsp_urls: certificate.ocsp_urls().to_vec(),
                    why: finding.missing.unwrap_or(MissingEvidence::None),
                    place: place(),
                });
                continue;
            }
            for answer in pool.ocsps.iter().filter(|answer| pool.speaks(Piece::Ocsp(answer), certificate, at)) {
                add(&mut data.ocsps, answer.der());
            }
            for crl in pool.crls.iter().filter(|crl| pool.speaks(Piece::Crl(crl), certificate, at)) {
                add(&mut data.crls, crl.der());
                if let Some(signer) = pool.signer_of(crl) {
                    add(&mut data.certs, signer.der());
                }
            }
        }
        chain.iter().for_each(|certificate| add(&mut data.certs, certificate.der()));
        Ok(())
    }

    fn uses(&self, der: &[u8]) -> bool {
        self.data.iter().any(|data| data.ocsps.iter().chain(&data.crls).any(|used| used == der))
    }
}

fn refuse_strangers(material: &Material, collected: &Collected) -> Result<(), PdfSigningError> {
    let stray = |der: &[u8]| !collected.uses(der) && material.fetched.iter().all(|fetched| fetched != der);
    if let Some(crl) = material.crls.iter().find(|crl| stray(crl.der())) {
        let made = crl.this_update();
        return Err(PdfSigningError::Irrelevant(format!("the revocation list of {} of {made}", crl.issuer())));
    }
    if let Some(answer) = material.ocsps.iter().find(|answer| stray(answer.der())) {
        return Err(PdfSigningError::Irrelevant(format!("the OCSP answer of {}", answer.produced_at())));
    }
    Ok(())
}

fn union(entries: &[SignatureData]) -> ValidationData {
    let mut all = ValidationData::default();
    for SignatureData { data, .. } in entries {
        data.certs.iter().for_each(|item| add(&mut all.certs, item));
        data.ocsps.iter().for_each(|item| add(&mut all.ocsps, item));
        data.crls.iter().for_each(|item| add(&mut all.crls, item));
    }
    all
}

fn add(list: &mut Vec<Vec<u8>>, item: &[u8]) {
    if list.iter().all(|known| known != item) {
        list.push(item.to_vec());
    }
}
