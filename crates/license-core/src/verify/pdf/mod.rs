//! Facts and checks of a PDF: structure, byte ranges, CMS. Trust and content are judged elsewhere.

mod carried;
mod cms;
mod digests;
mod naming;
mod store;

use std::collections::HashSet;

use pdf_sign::{Flaw, Problem, ProblemKind, Signature};
use time::OffsetDateTime;

use self::cms::CmsFacts;
use self::digests::Digests;
use self::naming::{concerns, reason_of};
use super::content::Embedded;
use super::evidence::{Evidence, Stored};
use super::memory::{self, Met, SignatureMemory};
use super::policy::Policy;
use super::reasons::Reason;
use super::report::{Checks, Integrity, RevocationReport, SignatureReport};
use crate::issue::SIGNATURE_FIELD;
use crate::length::Length;

/// `SubFilter` of PAdES.
const PADES: &str = "ETSI.CAdES.detached";
/// `SubFilter` of plain CMS: judged when the policy says so, never accepted for a license.
const PLAIN: &str = "adbe.pkcs7.detached";
/// Words that stand in every signed PDF.
const TRACES: [&[u8]; 3] = [b"/ByteRange", b"/SubFilter", b"/DocMDP"];

/// What the bytes of a PDF say.
#[derive(Debug)]
pub(super) struct PdfFacts {
    pub(super) facts: pdf_sign::Facts,
    pub(super) flaws: Vec<Flaw>,
    /// What a seal on any document may allow, and a license does not: its data stand in the metadata.
    policy: Vec<Flaw>,
    pub(super) signatures: Vec<CmsFacts>,
    /// What the security store holds or ever held, with the revision that brought it.
    stored: Vec<(usize, Stored)>,
    /// Words of a signature stand in the bytes: a file that cannot be read was hardly ever signed without them.
    traces: bool,
    /// Why pages, attachments or metadata cannot be read though the structure can.
    pub(super) content: Option<Problem>,
    /// What the file might have caused.
    budget: pdf_sign::Budget,
    /// SHA-256 of the file.
    pub(super) file_digest: pki::Digest,
    /// Names of the signatures on certificates that were checked on the way, and hold.
    pub(super) held: HashSet<[u8; 32]>,
}

impl PdfFacts {
    /// How wide the field is that shows the seal of a license: seals have whole millimetres, points are rounded.
    pub(super) fn seal_diameter(&self) -> Option<Length> {
        let mut signatures = self.facts.signatures.iter();
        let seal = signatures.find(|signature| signature.field.as_deref() == Some(SIGNATURE_FIELD))?;
        let [left, _, right, _] = seal.rect?;
        Some(Length::from_mm(((right - left) * 25.4 / 72.0).round()))
    }
}

pub(super) fn inspect(
    bytes: &[u8],
    budget: &pdf_sign::Budget,
    memory: Option<&dyn SignatureMemory>,
) -> (PdfFacts, Embedded) {
    // What cannot be read strictly is a flaw, and nothing that it carries is looked at.
    let (facts, carried, stored) = match pdf_sign::Document::open(bytes, budget) {
        Ok(document) => (
            document.facts(),
            Some(carried::read(&document, memory.and_then(SignatureMemory::artworks))),
            store::read(&document),
        ),
        Err(problem) => (pdf_sign::inspect_damaged(bytes, budget, problem), None, Ok(Vec::new())),
    };
    let (stored, carried) = match stored {
        Ok(stored) => (stored, carried),
        Err(problem) => (Vec::new(), Some(Err(problem))),
    };
    let (embedded, content) = match carried {
        Some(Err(problem)) => (Embedded::default(), Some(problem)),
        Some(Ok(embedded)) => (embedded, None),
        None => (Embedded::default(), None),
    };
    let (policy, flaws) = facts.flaws().into_iter().partition(Flaw::is_matter_of_policy);
    let (mut digests, met) = (Digests::new(bytes), Met::new(memory).in_foreign(!embedded.is_license()));
    let mut signatures: Vec<CmsFacts> =
        facts.signatures.iter().map(|signature| cms::read(signature, &mut digests, &met)).collect();
    if embedded.is_license() {
        // The digits are outside the signed ranges. In a file with a record they have one spelling, so that no byte of
        // it can be another: small letters (docs/formats/record.md).
        for (signature, cms) in facts.signatures.iter().zip(&mut signatures) {
            let digits = cms::gap(signature).and_then(|[start, end]| bytes.get(start..end)).unwrap_or_default();
            if digits.iter().any(u8::is_ascii_uppercase) {
                cms.loose.get_or_insert("the digits of /Contents are not written in small letters");
            }
        }
    }
    let searched = facts.signatures.is_empty() && bytes.len() <= budget.file_bytes;
    let traces = searched && TRACES.iter().any(|word| bytes.windows(word.len()).any(|found| found == *word));
    let (file_digest, held) = (digests.of_file(), met.into_held());
    let budget = *budget;
    (PdfFacts { facts, flaws, policy, signatures, stored, traces, content, budget, file_digest, held }, embedded)
}

/// Everything that needs no trust. Returns the integrity of the whole and one report per signature.
pub(super) fn check(pdf: &PdfFacts, policy: &Policy<'_>, checks: &mut Checks) -> (Integrity, Vec<SignatureReport>) {
    let mut structures = pdf.flaws.iter().filter_map(|flaw| match flaw {
        Flaw::Structure(problem) => Some(problem),
        _ => None,
    });
    let readable = structures.clone().next().is_none();
    let too_large = structures.any(|problem| matches!(problem.kind, ProblemKind::OverBudget(_)));
    if readable || pdf.facts.read > 0 {
        checks.passed("pdf.readable", "");
    } else if !too_large {
        checks.failed("pdf.readable", Reason::PdfUnreadable, "", first_problem(pdf));
    }
    naming::list(&pdf.flaws, pdf, checks);
    if let Some(problem) = &pdf.content {
        let detail = naming::told(&problem.kind, &pdf.budget);
        checks.failed("pdf.content", reason_of(problem), problem.place.to_string(), detail);
    }
    if readable {
        checks.passed("pdf.structure", "");
    }
    if too_large && pdf.facts.read == 0 {
        return (Integrity::Unsigned, Vec::new());
    }
    if pdf.facts.signatures.is_empty() {
        if readable {
            checks.failed("pdf.signed", Reason::PdfUnsigned, "", "");
        } else {
            checks.not_possible_at("pdf.signed", "", "the structure is broken");
        }
        let integrity = if readable || !pdf.traces { Integrity::Unsigned } else { Integrity::Broken };
        return (integrity, Vec::new());
    }
    checks.passed("pdf.signed", "");
    let mut reports = Vec::new();
    for (at, (signature, cms)) in pdf.facts.signatures.iter().zip(&pdf.signatures).enumerate() {
        reports.push(check_one(pdf, at, (signature, cms), policy, checks));
    }
    if !pdf.flaws.iter().any(|flaw| matches!(flaw, Flaw::Altered { .. } | Flaw::Uncovered)) {
        checks.passed("pdf.coverage", "");
    }
    let any = |integrity| reports.iter().any(|report: &SignatureReport| report.integrity == integrity);
    let integrity = if !pdf.flaws.is_empty() || any(Integrity::Broken) {
        Integrity::Broken
    } else if any(Integrity::Unchecked) {
        Integrity::Unchecked
    } else {
        Integrity::Intact
    };
    (integrity, reports)
}

fn check_one(
    pdf: &PdfFacts,
    at: usize,
    (signature, cms): (&Signature, &CmsFacts),
    policy: &Policy<'_>,
    checks: &mut Checks,
) -> SignatureReport {
    let place = signature.field.clone().filter(|name| !name.is_empty());
    let place = place.unwrap_or_else(|| format!("signature {}", at + 1));
    let own_flaw = pdf.flaws.iter().any(|flaw| concerns(flaw, at));
    if !own_flaw {
        checks.passed("pdf.byte-range", &*place);
    }
    let timestamp = signature.is_doc_timestamp();
    let form = match signature.sub_filter.as_deref() {
        Some(PADES) => "pades",
        Some(PLAIN) => "cms",
        _ if timestamp => "doc-timestamp",
        _ => "unknown",
    };
    // What is no date is read as one thing by one reader, and as another by the next (ISO 32000-2 12.8.1, 7.9.4). Plain CMS
    // that says itself when it was made leaves it no meaning.
    let told = form == "cms" && cms.tells_time;
    let undated = !timestamp && !told && signature.claimed_time_text.is_some() && signature.claimed_time.is_none();
    if undated {
        checks.failed("cms.attributes", Reason::CmsStructure, &*place, "/M is no date");
    }
    let integrity = if timestamp {
        cms::check_stamp(cms, &place, checks)
    } else {
        cms::check(cms, signature, form, (&place, policy.plain_cms), checks);
        let known = form == "pades" || form == "cms" && policy.plain_cms;
        if known { cms.integrity() } else { Integrity::Broken }
    };
    SignatureReport {
        integrity: if own_flaw || undated { Integrity::Broken } else { integrity },
        form: form.to_owned(),
        signer: cms.certificate().map(|certificate| certificate.subject().to_string()).unwrap_or_default(),
        time: claimed_time(signature),
        time_proven: false,
        proof: None,
        revocation: RevocationReport::default(),
        time_stamps: Vec::new(),
        level: None,
        indication: None,
        place,
    }
}

/// The rules for a file that presents itself as a license: signed to its last byte, nothing that acts, nothing that waits,
/// and nothing about the signature value that is not as issuing writes it.
pub(super) fn check_license(pdf: &PdfFacts, evidence: &Evidence<'_>, checks: &mut Checks) {
    let facts = &pdf.facts;
    let Some(newest) = facts.signatures.iter().max_by_key(|signature| signature.revision) else { return };
    naming::list(&pdf.policy, pdf, checks);
    store::check_covered(pdf, newest.revision.unwrap_or_default(), evidence, checks);
    if !newest.covers_file && !pdf.flaws.contains(&Flaw::Uncovered) {
        store::check_tail(pdf, newest.revision.unwrap_or_default(), evidence, checks);
    }
    if facts.signatures.iter().all(Signature::is_doc_timestamp) {
        checks.failed("pdf.signed", Reason::PdfUnsigned, "", "time-stamps alone");
    }
    if facts.signatures.iter().any(|signature| signature.sub_filter.as_deref() == Some(PLAIN)) {
        checks.failed("cms.form", Reason::CmsStructure, "", "a license is signed as PAdES");
    }
    let extras =
        [("actions", !facts.active.is_empty()), ("XFA", facts.has_xfa), ("unused objects", !facts.unused.is_empty())];
    for (what, there) in extras {
        if there {
            checks.failed("pdf.extras", Reason::PdfStructure, "", what);
        }
    }
    for (signature, cms) in facts.signatures.iter().zip(&pdf.signatures) {
        if cms.error.is_none() {
            let place = signature.field.clone().unwrap_or_default();
            let detail = cms.loose.unwrap_or_default();
            let reason = memory::reason_of(cms.loose, Reason::CmsStructure);
            checks.record("cms.container", cms.loose.is_none(), reason, place, detail);
        }
    }
}

/// `/M`, which is under the signature but proves nothing.
pub(super) fn claimed_time(signature: &Signature) -> Option<OffsetDateTime> {
    signature.claimed_time
}

fn first_problem(pdf: &PdfFacts) -> String {
    pdf.facts.problems.first().map(|problem| problem.to_string()).unwrap_or_default()
}
