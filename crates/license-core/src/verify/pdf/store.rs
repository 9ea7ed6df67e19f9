//! The security store of a PDF (DSS), and its document time-stamps: what they tell about times and trust.

use std::collections::HashSet;

use pdf_sign::{ChangeKind, Document, Problem, StoreKind};
use pki::ocsp::OcspResponse;
use pki::{Certificate, Crl, DigestAlgorithm};

use super::super::evidence::{DocumentStamp, Evidence, Reach, Stored};
use super::super::reasons::Reason;
use super::super::report::{Checks, Integrity, SignatureReport};
use super::PdfFacts;
use super::cms::CmsFacts;

/// Name of the check of the store.
const VALIDATION_DATA: &str = "pdf.validation-data";

/// Opens what the store holds or ever held, with the revision that brought it.
pub(super) fn read(document: &Document<'_>) -> Result<Vec<(usize, Stored)>, Problem> {
    let open = |kind, der: &[u8]| match kind {
        StoreKind::Certificate => Certificate::from_der(der).map(Stored::Certificate).ok(),
        StoreKind::Crl => Crl::from_der(der).map(Stored::Crl).ok(),
        StoreKind::Ocsp => OcspResponse::from_der(der).map(Stored::Ocsp).ok(),
    };
    let mut seen = HashSet::new();
    let opened = document.stored()?.into_iter().map(|item| {
        // What the store has already helps nobody.
        let fresh = seen.insert((item.kind, DigestAlgorithm::Sha256.digest(&item.bytes).as_bytes().to_vec()));
        let opened = if fresh { open(item.kind, &item.bytes) } else { None };
        (item.revision, opened.unwrap_or(Stored::Unreadable))
    });
    Ok(opened.collect())
}

impl PdfFacts {
    /// Hands over all that may answer for certificates.
    pub(in super::super) fn tell(&self, evidence: &mut Evidence<'_>) {
        for (revision, item) in &self.stored {
            evidence.add_stored(item, *revision);
        }
        for (signature, cms) in self.facts.signatures.iter().zip(&self.signatures) {
            // A signature value lies under what comes after its own revision.
            let revision = signature.revision.map(|revision| revision + 1);
            cms.revocation().for_each(|found| evidence.add(found, revision));
        }
    }

    /// The document time-stamps that hold.
    pub(in super::super) fn document_stamps<'f>(&'f self, reports: &'f [SignatureReport]) -> Vec<DocumentStamp<'f>> {
        let all = self.facts.signatures.iter().zip(&self.signatures).zip(reports);
        all.filter_map(|((signature, cms), report)| {
            let revision = signature.revision?;
            Some(DocumentStamp { revision, stamp: cms.document_stamp()?, place: &report.place })
        })
        .collect()
    }
}

/// What was appended behind the last signature of a license: validation data that is of use, and nothing else. No
/// signature is over it, so that whatever helps nobody is refused.
pub(super) fn check_tail(pdf: &PdfFacts, newest: usize, evidence: &Evidence<'_>, checks: &mut Checks) {
    let mut later = pdf.facts.revisions.iter().enumerate().skip(newest + 1);
    let plain = later.all(|(_, revision)| {
        let harmless = |kind: &ChangeKind| matches!(kind, ChangeKind::ValidationData | ChangeKind::FileStructure);
        let brings = revision.changes.iter().any(|change| change.kind == ChangeKind::ValidationData);
        brings && revision.changes.iter().all(|change| harmless(&change.kind))
    });
    if !plain {
        let detail = "a revision was appended after the last signature";
        return checks.failed("pdf.coverage", Reason::PdfUncovered, "", detail);
    }
    let mut items = pdf.stored.iter().filter(|(revision, _)| *revision > newest).peekable();
    let of_use = items.peek().is_some() && {
        let wanted = Wanted::of(pdf, evidence);
        items.all(|(_, item)| wanted.has(item))
    };
    let detail = "what was appended after the last signature is signed by nobody who is known";
    checks.record(VALIDATION_DATA, of_use, uncovered(evidence), "", if of_use { "" } else { detail });
}

/// What lies under a later time-stamp is no issuer's word either: it is validation data of somebody under a trusted root, or
/// for a signer of the file, or a place to hide something.
pub(super) fn check_covered(pdf: &PdfFacts, newest: usize, evidence: &Evidence<'_>, checks: &mut Checks) {
    let first = pdf.facts.signatures.iter().filter_map(|signature| signature.revision).min().unwrap_or_default();
    let mut later = pdf.stored.iter().filter(|(revision, _)| *revision > first).peekable();
    if later.peek().is_none() {
        return;
    }
    let unreadable = |(_, item): &&&(usize, Stored)| matches!(item, Stored::Unreadable);
    if let Some((revision, _)) = later.clone().find(|found| unreadable(&found)) {
        let place = format!("revision {}", revision + 1);
        checks.failed("pdf.changes", Reason::PdfChangedAfter, place, "an item of the store is no validation data");
    }
    let mut covered =
        later.filter(|(revision, item)| *revision <= newest && !matches!(item, Stored::Unreadable)).peekable();
    // What is not supported here leaves the verdict open, and nobody can tell what belongs to it.
    if covered.peek().is_none() || pdf.signatures.iter().any(|cms| cms.integrity() == Integrity::Unchecked) {
        return;
    }
    let wanted = Wanted::of(pdf, evidence);
    if let Some((revision, _)) = covered.find(|(_, item)| !wanted.has(item)) {
        let place = format!("revision {}", revision + 1);
        let detail = "an item of the store is signed by nobody who is known";
        checks.failed(VALIDATION_DATA, uncovered(evidence), place, detail);
    }
}

/// Of an item of which nobody found that it is of use: nobody knows when there is more than is looked at.
fn uncovered(evidence: &Evidence<'_>) -> Reason {
    if evidence.is_over() { Reason::InputTooLarge } else { Reason::PdfUncovered }
}

/// What may stand in the store of a license, item by item.
struct Wanted<'e> {
    /// Somebody under a trusted root has signed it.
    known: Reach<'e>,
    /// It belongs to a signer or a time-stamp service of this file that is not known here. Whether they are trusted is told
    /// by themselves, and changes over the years; they answer for what stands above them, and for nothing else.
    strange: Reach<'e>,
}

impl<'e> Wanted<'e> {
    fn of(pdf: &'e PdfFacts, evidence: &'e Evidence<'_>) -> Wanted<'e> {
        let stamps = || pdf.signatures.iter().flat_map(|cms| cms.stamps().chain(cms.document_stamp()));
        let enclosed = || {
            let own = pdf.signatures.iter().flat_map(|cms| &cms.enclosed);
            own.chain(stamps().flat_map(|stamp| stamp.enclosed))
        };
        let known = Reach::with(evidence, enclosed());
        let signers = pdf.signatures.iter().filter_map(CmsFacts::certificate);
        let mut signers: Vec<&Certificate> = signers.chain(stamps().map(|stamp| stamp.verified.signer())).collect();
        signers.retain(|signer| !known.has(signer));
        Wanted { known, strange: Reach::above(evidence, signers, enclosed()) }
    }

    fn has(&self, item: &Stored) -> bool {
        self.known.needs(item) || self.strange.needs(item)
    }
}
