//! Facts and checks of a PDF: structure, byte ranges, CMS. Trust and content are judged elsewhere.

use pdf_sign::{Flaw, Problem, ProblemKind, Signature};
use pki::cms::{CmsCheckName, CmsReport, Outcome, SignedData};
use pki::{Certificate, DigestAlgorithm};
use time::OffsetDateTime;

use super::content::{Embedded, INDEX_FILE, RECORD_FILE};
use super::reasons::Reason;
use super::report::{Checks, Integrity, SignatureReport};
use super::{form, timestamp};

/// `SubFilter` of PAdES.
const PADES: &str = "ETSI.CAdES.detached";
/// `SubFilter` of plain CMS, read but not accepted for a license.
const PLAIN: &str = "adbe.pkcs7.detached";

/// Words that stand in every signed PDF.
const TRACES: [&[u8]; 3] = [b"/ByteRange", b"/SubFilter", b"/DocMDP"];
/// Type below this size in points is not read by anyone.
const SMALLEST_POINTS: f64 = 1.0;

/// What the bytes of a PDF say.
#[derive(Debug)]
pub(super) struct PdfFacts {
    pub(super) facts: pdf_sign::Facts,
    pub(super) flaws: Vec<Flaw>,
    /// What a seal on any document may allow, and a license does not: its data stand in the metadata.
    policy: Vec<Flaw>,
    pub(super) signatures: Vec<CmsFacts>,
    /// Words of a signature stand in the bytes: a file that cannot be read was hardly ever signed without them.
    traces: bool,
    /// Why pages, attachments or metadata cannot be read though the structure can.
    pub(super) content: Option<Problem>,
}

/// The cryptographic side of one signature.
#[derive(Debug, Default)]
pub(super) struct CmsFacts {
    /// Why the CMS cannot be read.
    error: Option<String>,
    /// More than one signer, enclosed content, or other things that PAdES forbids.
    forbidden: Option<&'static str>,
    report: Option<CmsReport>,
    /// Certificates inside.
    pub(super) enclosed: Vec<Certificate>,
    /// Digest and signature algorithm are acceptable.
    algorithm: bool,
    /// What is not as issuing writes it, outside of all signatures.
    loose: Option<&'static str>,
}

impl CmsFacts {
    /// The signer's certificate.
    pub(super) fn certificate(&self) -> Option<&Certificate> {
        self.report.as_ref()?.certificate.as_ref()
    }

    fn intact(&self) -> bool {
        self.error.is_none()
            && self.forbidden.is_none()
            && self.algorithm
            && self.report.as_ref().is_some_and(CmsReport::passed)
    }
}

pub(super) fn inspect(bytes: &[u8], budget: &pdf_sign::Budget) -> (PdfFacts, Embedded) {
    let facts = pdf_sign::inspect(bytes, budget);
    let (policy, flaws) = facts.flaws().into_iter().partition(Flaw::is_matter_of_policy);
    let mut signatures: Vec<CmsFacts> = facts.signatures.iter().map(|signature| cms(signature, bytes)).collect();
    // What cannot be read strictly is a flaw already.
    let embedded = pdf_sign::Document::open(bytes, budget).ok().map(|document| embedded(&document));
    let (embedded, content) = match embedded {
        Some(Err(problem)) => (Embedded::default(), Some(problem)),
        Some(Ok(embedded)) => (embedded, None),
        None => (Embedded::default(), None),
    };
    if !embedded.records.is_empty() {
        // The digits are outside the signed ranges. In a file with a record they have one spelling, so that no byte of
        // it can be another: small letters (docs/formats/record.md).
        for (signature, cms) in facts.signatures.iter().zip(&mut signatures) {
            let digits = gap(signature).and_then(|[start, end]| bytes.get(start..end)).unwrap_or_default();
            if digits.iter().any(u8::is_ascii_uppercase) {
                cms.loose.get_or_insert("the digits of /Contents are not written in small letters");
            }
        }
    }
    let searched = facts.signatures.is_empty() && bytes.len() <= budget.file_bytes;
    let traces = searched && TRACES.iter().any(|word| bytes.windows(word.len()).any(|found| found == *word));
    (PdfFacts { facts, flaws, policy, signatures, traces, content }, embedded)
}

fn cms(signature: &Signature, bytes: &[u8]) -> CmsFacts {
    let mut facts = CmsFacts::default();
    let Some(der) = signature.der() else {
        facts.error = Some("/Contents holds no DER".to_owned());
        return facts;
    };
    let signed = match SignedData::from_der(der) {
        Ok(signed) => signed,
        Err(error) => {
            facts.error = Some(error.to_string());
            return facts;
        }
    };
    facts.enclosed.clone_from(&signed.certificates);
    if signature.is_doc_timestamp() {
        stamp(signature, &signed, bytes, &mut facts);
        return facts;
    }
    if signed.signers.len() != 1 {
        facts.forbidden = Some("there must be exactly one signer");
    } else if signed.content.is_some() {
        facts.forbidden = Some("content is enclosed in a detached signature");
    } else if signed.signers[0].signed_attributes.is_none() {
        facts.forbidden = Some("there are no signed attributes");
    } else if signature.has_cert_key && signature.sub_filter.as_deref() == Some(PADES) {
        facts.forbidden = Some("the signature dictionary has /Cert");
    }
    let Some(signer) = signed.signers.first() else {
        facts.error = Some("there is no signer".to_owned());
        return facts;
    };
    facts.loose = form::cms_fault(&signed, der).or_else(|| {
        let [start, end] = gap(signature)?;
        let digits = bytes.get(start..end)?;
        (!form::one_case(digits)).then_some("the digits of /Contents are written in two cases")
    });
    let Ok(algorithm) = signer.digest_algorithm.clone() else { return facts };
    facts.algorithm = signer.signature_algorithm.is_ok();
    if let Some(ranges) = signature.signed_bytes(bytes) {
        facts.report = Some(signed.verify(0, &digest(algorithm, ranges)));
    }
    facts
}

fn stamp(signature: &Signature, token: &SignedData, bytes: &[u8], facts: &mut CmsFacts) {
    let Some(ranges) = signature.signed_bytes(bytes) else {
        facts.error = Some("/ByteRange names no bytes".to_owned());
        return;
    };
    match timestamp::check(token, &|algorithm| digest(algorithm, ranges)) {
        Ok(report) => facts.report = Some(report),
        Err(error) => facts.error = Some(error),
    }
}

/// The bytes between the two ranges.
fn gap(signature: &Signature) -> Option<[usize; 2]> {
    let [_, end, start, _] = signature.byte_range?;
    Some([end, start])
}

fn digest(algorithm: DigestAlgorithm, ranges: [&[u8]; 2]) -> pki::Digest {
    let mut hasher = algorithm.hasher();
    ranges.iter().for_each(|range| hasher.update(range));
    hasher.finish()
}

/// What the newest revision shows and carries.
fn embedded(document: &pdf_sign::Document<'_>) -> Result<Embedded, Problem> {
    let files = document.attachments()?;
    let named = |name: &str| files.iter().filter(|file| file.name == name).map(|file| file.bytes.clone()).collect();
    let sizes = document.page_sizes()?;
    let pages = document.text_by_page()?;
    let face = |(page, size): (&pdf_sign::PageText, &pdf_sign::PageSize)| {
        let runs = page.runs.iter().chain(&page.annotation_runs);
        runs.filter(|run| is_drawn(run, size)).map(|run| run.text.as_str()).collect()
    };
    Ok(Embedded {
        records: named(RECORD_FILE),
        indexes: named(INDEX_FILE),
        metadata: document.xmp()?.map(|packet| super::xmp::custom_values(&packet)).unwrap_or_default(),
        chain: Vec::new(),
        faces: pages.iter().zip(&sizes).map(face).collect(),
        codes: Vec::new(),
        drawing: super::drawn::of_pdf(),
    })
}

/// Words that nobody sees are not on the face: in no rendering mode that paints, too small, or beside the page.
fn is_drawn(run: &pdf_sign::TextRun, page: &pdf_sign::PageSize) -> bool {
    let visible = run.size.abs() >= SMALLEST_POINTS && !run.invisible;
    visible && (0.0..page.width).contains(&run.x) && (0.0..page.height).contains(&run.y)
}

/// Everything that needs no trust. Returns the integrity of the whole and one report per signature.
pub(super) fn check(pdf: &PdfFacts, checks: &mut Checks) -> (Integrity, Vec<SignatureReport>) {
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
    for flaw in &pdf.flaws {
        let (name, reason, place) = name(flaw, &pdf.facts);
        checks.failed(name, reason, place, format!("{flaw:?}"));
    }
    if let Some(problem) = &pdf.content {
        checks.failed("pdf.content", reason_of(problem), format!("{:?}", problem.place), problem.kind.to_string());
    }
    if readable {
        checks.passed("pdf.structure", "");
    }
    if too_large && pdf.facts.read == 0 {
        return (Integrity::Unsigned, Vec::new());
    }
    if pdf.facts.signatures.is_empty() {
        checks.failed("pdf.signed", Reason::PdfUnsigned, "", "");
        let integrity = if readable || !pdf.traces { Integrity::Unsigned } else { Integrity::Broken };
        return (integrity, Vec::new());
    }
    checks.passed("pdf.signed", "");
    let mut reports = Vec::new();
    for (at, (signature, cms)) in pdf.facts.signatures.iter().zip(&pdf.signatures).enumerate() {
        reports.push(check_one(pdf, at, signature, cms, checks));
    }
    if !pdf.flaws.iter().any(|flaw| matches!(flaw, Flaw::Altered { .. } | Flaw::Uncovered)) {
        checks.passed("pdf.coverage", "");
    }
    let broken = !pdf.flaws.is_empty() || reports.iter().any(|report| report.integrity == Integrity::Broken);
    (if broken { Integrity::Broken } else { Integrity::Intact }, reports)
}

fn check_one(pdf: &PdfFacts, at: usize, signature: &Signature, cms: &CmsFacts, checks: &mut Checks) -> SignatureReport {
    let place = signature.field.clone().unwrap_or_else(|| format!("signature {}", at + 1));
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
    let mut intact = !own_flaw;
    if timestamp {
        match &cms.error {
            Some(error) => checks.failed("time.stamp", Reason::CmsSignature, &*place, error),
            None => checks.failed("time.stamp", Reason::SignerUntrusted, &*place, "no time-stamp authority is trusted"),
        }
        intact &= cms.error.is_none();
    } else {
        let known = matches!(form, "pades" | "cms");
        checks.record(
            "cms.form",
            form == "pades" && cms.error.is_none() && cms.forbidden.is_none(),
            Reason::CmsStructure,
            &*place,
            cms.error.clone().or(cms.forbidden.map(str::to_owned)).unwrap_or_else(|| {
                if form == "pades" { String::new() } else { format!("SubFilter {:?}", signature.sub_filter) }
            }),
        );
        check_cms(cms, form, &place, checks);
        intact &= known && accepted(cms, form);
    }
    SignatureReport {
        integrity: if intact { Integrity::Intact } else { Integrity::Broken },
        form: form.to_owned(),
        signer: cms.certificate().map(|certificate| certificate.subject().to_string()).unwrap_or_default(),
        time: claimed_time(signature),
        time_proven: false,
        place,
    }
}

/// Whether the CMS holds together; plain CMS may lack signing-certificate-v2, which only PAdES asks for.
fn accepted(cms: &CmsFacts, form: &str) -> bool {
    if form == "pades" {
        return cms.intact();
    }
    let Some(report) = &cms.report else { return false };
    let must = [CmsCheckName::Signature, CmsCheckName::MessageDigest];
    let tolerated = |name| name == CmsCheckName::SigningCertificate;
    cms.error.is_none()
        && cms.forbidden.is_none()
        && cms.algorithm
        && must.iter().all(|name| report.outcome(*name) == Some(&Outcome::Passed))
        && report.checks.iter().all(|check| tolerated(check.name) || !matches!(check.outcome, Outcome::Failed(_)))
}

/// The rules for a file that presents itself as a license: signed to its last byte, nothing that acts, nothing that waits,
/// and nothing about the signature value that is not as issuing writes it.
pub(super) fn check_license(pdf: &PdfFacts, checks: &mut Checks) {
    let facts = &pdf.facts;
    let Some(newest) = facts.signatures.iter().max_by_key(|signature| signature.revision) else { return };
    for flaw in &pdf.policy {
        let (name, reason, place) = name(flaw, facts);
        checks.failed(name, reason, place, format!("{flaw:?}"));
    }
    if !newest.covers_file && !pdf.flaws.contains(&Flaw::Uncovered) {
        checks.failed("pdf.coverage", Reason::PdfUncovered, "", "a revision was appended after the last signature");
    }
    if facts.signatures.iter().all(Signature::is_doc_timestamp) {
        checks.failed("pdf.signed", Reason::PdfUnsigned, "", "time-stamps alone");
    }
    let extras =
        [("actions", !facts.active.is_empty()), ("XFA", facts.has_xfa), ("unused objects", !facts.unused.is_empty())];
    for (what, there) in extras {
        if there {
            checks.failed("pdf.extras", Reason::PdfStructure, "", what);
        }
    }
    for (signature, cms) in facts.signatures.iter().zip(&pdf.signatures) {
        if cms.error.is_none() && !signature.is_doc_timestamp() {
            let place = signature.field.clone().unwrap_or_default();
            let detail = cms.loose.unwrap_or_default();
            checks.record("cms.container", cms.loose.is_none(), Reason::CmsStructure, place, detail);
        }
    }
}

fn check_cms(cms: &CmsFacts, form: &str, place: &str, checks: &mut Checks) {
    let Some(report) = &cms.report else {
        if cms.error.is_none() && !cms.algorithm {
            checks.failed("cms.algorithm", Reason::CmsAlgorithm, place, "");
        }
        return;
    };
    for check in &report.checks {
        let (name, reason) = match check.name {
            CmsCheckName::Signature => ("cms.signature", Reason::CmsSignature),
            CmsCheckName::MessageDigest => ("cms.digest", Reason::CmsDigest),
            CmsCheckName::Algorithms | CmsCheckName::AlgorithmProtection => ("cms.algorithm", Reason::CmsAlgorithm),
            CmsCheckName::SigningCertificate if form != "pades" => continue,
            _ => ("cms.attributes", Reason::CmsStructure),
        };
        match &check.outcome {
            Outcome::Passed => checks.passed(name, place),
            Outcome::Failed(why) => checks.failed(name, reason, place, format!("{:?}: {why}", check.name)),
            // Baseline signatures name their certificate under the signature (EN 319 142-1 6.3).
            Outcome::NotDone(why) if check.name == CmsCheckName::SigningCertificate => {
                checks.failed(name, reason, place, why);
            }
            Outcome::NotDone(_) => {}
        }
    }
}

/// `/M`, which is under the signature but proves nothing.
pub(super) fn claimed_time(signature: &Signature) -> Option<OffsetDateTime> {
    signature.claimed_time
}

fn first_problem(pdf: &PdfFacts) -> String {
    pdf.facts.problems.first().map(|problem| format!("{} ({:?})", problem.kind, problem.place)).unwrap_or_default()
}

/// What a structural problem means for the report.
fn reason_of(problem: &Problem) -> Reason {
    match problem.kind {
        ProblemKind::OverBudget(_) => Reason::InputTooLarge,
        _ => Reason::PdfStructure,
    }
}

fn concerns(flaw: &Flaw, at: usize) -> bool {
    matches!(flaw,
        Flaw::Check { signature, .. } | Flaw::Removed { signature } | Flaw::Orphan { signature }
        | Flaw::Shared { signature } | Flaw::Duplicate { signature } if *signature == at)
}

fn name(flaw: &Flaw, facts: &pdf_sign::Facts) -> (&'static str, Reason, String) {
    let field = |at: &usize| {
        let signature = facts.signatures.get(*at);
        signature.and_then(|s| s.field.clone()).unwrap_or_else(|| format!("signature {}", at + 1))
    };
    match flaw {
        Flaw::Structure(problem) => ("pdf.structure", reason_of(problem), format!("{:?}", problem.place)),
        Flaw::Check { signature, .. }
        | Flaw::Shared { signature }
        | Flaw::Duplicate { signature }
        | Flaw::Orphan { signature } => ("pdf.byte-range", Reason::PdfByteRange, field(signature)),
        Flaw::Removed { signature } | Flaw::CertifiedFinal { signature } => {
            ("pdf.changes", Reason::PdfChangedAfter, field(signature))
        }
        Flaw::Altered { revision, object, .. } => {
            ("pdf.changes", Reason::PdfChangedAfter, format!("revision {}, object {object}", revision + 1))
        }
        Flaw::VisibleFieldAdded { revision, field } => {
            ("pdf.changes", Reason::PdfChangedAfter, format!("revision {}, field {field}", revision + 1))
        }
        Flaw::MetadataChanged { revision } => {
            ("pdf.changes", Reason::PdfChangedAfter, format!("revision {}", revision + 1))
        }
        Flaw::Uncovered => ("pdf.coverage", Reason::PdfUncovered, String::new()),
        _ => ("pdf.structure", Reason::PdfStructure, String::new()),
    }
}
