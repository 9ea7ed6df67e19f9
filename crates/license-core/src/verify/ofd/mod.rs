//! Facts and checks of an OFD: package, references, coverage, seal signatures. Trust and content are judged elsewhere.

use eseal::{CheckName, CheckRequest, SealReport, SealSignature};
use ofd::{ProblemClass, ReferenceStatus, Resolution, SignatureFacts};
use pki::cms::{CmsReport, SignedData};
use pki::{Certificate, DigestAlgorithm, Outcome};
use time::OffsetDateTime;

use crate::verify::form;
use crate::verify::reasons::Reason;
use crate::verify::report::{Checks, Integrity, SignatureReport};
use crate::container;

/// The file that makes a zip an OFD.
const ENTRY_FILE: &str = "OFD.xml";
/// What it leads to, by its usual name.
const DOCUMENT_FILE: &str = "/Document.xml";

/// Usual names of the files of a signature.
const SIGNATURE_FILES: [&str; 3] = ["/Signatures.xml", "/Signature.xml", "/SignedValue.dat"];

/// What the bytes of an OFD say.
#[derive(Debug)]
pub(super) struct OfdFacts {
    pub(super) facts: ofd::Facts,
    pub(super) signatures: Vec<Value>,
    references: Vec<ofd::ReferenceOutcome>,
    /// Why the zip is not the one that was sealed; asked of licenses only.
    container_fault: Option<&'static str>,
}

/// The signature value of one signature, opened.
#[derive(Debug)]
pub(super) enum Value {
    /// An electronic seal signature (GB/T 38540, GM/T 0031).
    Seal(Box<SealSignature>, Box<SealReport>),
    /// A plain signature (GB/T 35275) or CMS.
    Plain(Box<SignedData>, CmsReport),
    /// Present but not checkable, or absent.
    Unreadable(String),
}

impl Value {
    /// The signer's certificate.
    pub(super) fn signer(&self) -> Option<&Certificate> {
        match self {
            Value::Seal(_, report) => report.signer.as_ref(),
            Value::Plain(_, report) => report.certificate.as_ref(),
            Value::Unreadable(_) => None,
        }
    }

    /// Time of signing as claimed.
    pub(super) fn time(&self) -> Option<OffsetDateTime> {
        match self {
            Value::Seal(signature, _) => signature.time().instant(),
            Value::Plain(data, _) => data.signers.first().and_then(pki::cms::SignerInfo::signing_time),
            Value::Unreadable(_) => None,
        }
    }
}

pub(super) fn inspect(bytes: &[u8], budget: &ofd::Budget) -> Result<OfdFacts, ofd::Error> {
    let package = ofd::read(bytes, budget).map_err(|error| match error {
        ofd::Error::OverBudget { .. } if form::is_small(bytes, budget) => ofd::Error::DamagedDirectory { offset: 0 },
        error => error,
    })?;
    let facts = ofd::inspect(&package, budget);
    let has = |wanted: &dyn Fn(&str) -> bool| facts.container.entries.iter().any(|entry| wanted(&entry.name));
    // Some other zip, unless it holds a document whose entry file was renamed.
    if !has(&|name| name.eq_ignore_ascii_case(ENTRY_FILE)) && !has(&|name| name.ends_with(DOCUMENT_FILE)) {
        return Err(ofd::Error::NoEntryFile);
    }
    // MD5 and SHA-1 do not count: a missing CheckMethod means MD5 by the schema.
    let references = facts.check_references(&|method, bytes| {
        let algorithm = method_digest(method)?;
        Some(algorithm.digest(bytes).as_bytes().to_vec())
    });
    let signatures: Vec<Value> = facts.signatures.iter().map(open).collect();
    let container_fault = container_fault(bytes, &facts, &signatures);
    Ok(OfdFacts { facts, signatures, references, container_fault })
}

/// Why the zip is not the one that the last seal names. A later seal fixes what earlier ones had fixed, and its own.
fn container_fault(bytes: &[u8], facts: &ofd::Facts, signatures: &[Value]) -> Option<&'static str> {
    let (Some(Value::Seal(seal, _)), Some(last)) = (signatures.last(), facts.signatures.last()) else { return None };
    container::fault(bytes, seal.extensions(), last.value_path.as_deref()?)
}

/// What an error of opening means for the report.
pub(super) fn reason_of(error: &ofd::Error) -> Reason {
    match error {
        ofd::Error::OverBudget { .. } => Reason::InputTooLarge,
        ofd::Error::NoEntryFile => Reason::InputUnknown,
        _ => Reason::OfdUnreadable,
    }
}

fn method_digest(method: &str) -> Option<DigestAlgorithm> {
    match method.trim() {
        // The forms with and without key parameter seen in files (GM/T 0006).
        "1.2.156.10197.1.401" | "1.2.156.10197.1.401.1" | "1.2.156.10197.1.401.2" => Some(DigestAlgorithm::Sm3),
        name => DigestAlgorithm::from_name(name),
    }
}

fn open(signature: &SignatureFacts) -> Value {
    let (Some(xml), Some(value)) = (&signature.xml, &signature.value) else {
        return Value::Unreadable("Signature.xml or the signature value is missing".to_owned());
    };
    match eseal::inspect(value.bytes()) {
        eseal::Facts::Seal(seal) => {
            let digest = DigestAlgorithm::Sm3.digest(xml.bytes());
            let path = signature.path.as_ref().map(|path| format!("/{}", path.trim_start_matches('/')));
            let mut request = CheckRequest::new(&digest);
            if let Some(file) = &signature.seal {
                request = request.with_seal_file(file.bytes());
            }
            if let Some(path) = &path {
                request = request.with_signature_path(path);
            }
            let report = eseal::check(&seal, &request);
            Value::Seal(seal, Box::new(report))
        }
        eseal::Facts::SignedData(data) => {
            let Some(Ok(algorithm)) = data.signers.first().map(|signer| signer.digest_algorithm.clone()) else {
                return Value::Unreadable("a signer with a known digest is missing".to_owned());
            };
            let report = data.verify(0, &algorithm.digest(xml.bytes()));
            Value::Plain(data, report)
        }
        eseal::Facts::BareSignature => {
            Value::Unreadable("a bare signature without certificate cannot be checked".to_owned())
        }
        eseal::Facts::Unreadable(error) => Value::Unreadable(error.to_string()),
        _ => Value::Unreadable("a signature value of unknown form".to_owned()),
    }
}

/// Everything that needs no trust. Returns the integrity of the whole and one report per signature.
pub(super) fn check(ofd: &OfdFacts, checks: &mut Checks) -> (Integrity, Vec<SignatureReport>) {
    checks.passed("ofd.readable", "");
    let mut sound = true;
    for problem in &ofd.facts.problems {
        match problem.kind.class() {
            ProblemClass::Tolerated => {}
            ProblemClass::Broken | ProblemClass::Ambiguous => {
                sound = false;
                checks.failed("ofd.structure", Reason::OfdStructure, problem.place.to_string(), problem.to_string());
            }
            ProblemClass::Unread => {
                sound = false;
                checks.failed("ofd.structure", Reason::InputTooLarge, problem.place.to_string(), problem.to_string());
            }
        }
    }
    // What nothing leads to is not seen; under a signature it is at least what the signer packed.
    let signed =
        |part: &String| ofd.facts.signatures.iter().any(|signature| protected(signature).any(|name| name == part));
    for smuggled in ofd.facts.unreachable.iter().filter(|part| !signed(part)) {
        checks.failed("ofd.unreferenced", Reason::OfdUncovered, smuggled, "no part of the document leads to it");
    }
    if sound {
        checks.passed("ofd.structure", "");
    }
    if ofd.facts.signatures.is_empty() {
        checks.failed("ofd.signed", Reason::OfdUnsigned, "", "");
        // What leads to the signatures may be damaged; they left their files.
        let traces = ofd
            .facts
            .container
            .entries
            .iter()
            .any(|entry| SIGNATURE_FILES.iter().any(|name| entry.name.ends_with(name)));
        return (if traces { Integrity::Broken } else { Integrity::Unsigned }, Vec::new());
    }
    checks.passed("ofd.signed", "");
    let reports: Vec<SignatureReport> = (0..ofd.facts.signatures.len()).map(|at| check_one(ofd, at, checks)).collect();
    let ambiguous = ofd.facts.problems_of(ProblemClass::Ambiguous).next().is_some();
    let broken = ambiguous || reports.iter().any(|report| report.integrity == Integrity::Broken);
    (if broken { Integrity::Broken } else { Integrity::Intact }, reports)
}

fn check_one(ofd: &OfdFacts, at: usize, checks: &mut Checks) -> SignatureReport {
    let signature = &ofd.facts.signatures[at];
    let value = &ofd.signatures[at];
    let place = place(signature);
    let mut intact = check_references(ofd, at, &place, checks);
    let form = match value {
        Value::Seal(seal, report) => {
            check_seal(report, &place, checks);
            intact &= report.intact();
            format!("ses-v{}", seal.version().number())
        }
        Value::Plain(data, report) => {
            let passed = report.passed() && data.signers.len() == 1;
            checks.record("ofd.signature", passed, Reason::SealSignature, &*place, failures(report));
            intact &= passed;
            match data.form {
                pki::cms::ContentForm::Gbt35275 => "gbt35275".to_owned(),
                _ => "cms".to_owned(),
            }
        }
        Value::Unreadable(why) => {
            checks.failed("ofd.signature", Reason::OfdSignature, &*place, why);
            intact = false;
            "unknown".to_owned()
        }
    };
    SignatureReport {
        integrity: if intact { Integrity::Intact } else { Integrity::Broken },
        form,
        signer: value.signer().map(|certificate| certificate.subject().to_string()).unwrap_or_default(),
        time: value.time(),
        time_proven: false,
        place,
    }
}

fn check_references(ofd: &OfdFacts, at: usize, place: &str, checks: &mut Checks) -> bool {
    let mut good = true;
    let mut any = false;
    for outcome in ofd.references.iter().filter(|outcome| outcome.signature == at) {
        any = true;
        let (reason, detail) = match outcome.status {
            ReferenceStatus::Matches => continue,
            ReferenceStatus::Differs => (Reason::OfdDigest, "changed since it was signed"),
            ReferenceStatus::Unresolved => (Reason::OfdDigest, "the protected part is missing"),
            ReferenceStatus::NoCheckValue => (Reason::OfdSignature, "its check value is no base64"),
            ReferenceStatus::UnknownMethod => (Reason::SealAlgorithm, "its digest method is unknown or weak"),
        };
        good = false;
        checks.failed("ofd.digests", reason, &*outcome.file_ref, detail);
    }
    if !any {
        checks.failed("ofd.digests", Reason::OfdSignature, place, "the signature protects nothing");
    } else if good {
        checks.passed("ofd.digests", place);
    }
    good && any
}

/// Every part that the document reaches must be under at least one of the signatures that count: the issuer's. While
/// none is known to be the issuer's, all of them count.
pub(super) fn check_coverage(ofd: &OfdFacts, issuers: &[bool], checks: &mut Checks) {
    let signatures = &ofd.facts.signatures;
    if signatures.is_empty() {
        return;
    }
    let any = issuers.contains(&true);
    let count =
        || signatures.iter().zip(issuers).filter(|(_, issuers)| !any || **issuers).map(|(signature, _)| signature);
    let open = ofd.facts.reached.iter().filter(|part| count().all(|signature| signature.uncovered.contains(part)));
    let before = checks.len();
    open.for_each(|part| checks.failed("ofd.coverage", Reason::OfdUncovered, part, ""));
    if checks.len() == before {
        checks.passed("ofd.coverage", "");
    }
}

/// The rules for a file that presents itself as a license: sealed by the issuer, every file of the seal protected too,
/// and nothing about container and signature value that is not as issuing writes it.
pub(super) fn check_license(ofd: &OfdFacts, checks: &mut Checks) {
    let fault = ofd.container_fault;
    checks.record("ofd.container", fault.is_none(), Reason::OfdStructure, "", fault.unwrap_or_default());
    let Some(last) = ofd.facts.signatures.last() else { return };
    if !in_signed_order(&ofd.facts, last) {
        checks.failed(
            "ofd.container",
            Reason::OfdStructure,
            "",
            "the files stand in another order than they were signed",
        );
    }
    for file in &last.uncovered_signature_files {
        checks.failed("ofd.coverage", Reason::OfdUncovered, file, "no signature protects the list of signatures");
    }
    for (value, signature) in ofd.signatures.iter().zip(&ofd.facts.signatures) {
        let place = place(signature);
        match value {
            Value::Seal(seal, _) => {
                let fault = form::seal_fault(seal);
                let detail = fault.unwrap_or_default();
                checks.record("seal.form", fault.is_none(), Reason::SealStructure, place, detail);
            }
            Value::Plain(..) => checks.failed("ofd.sealed", Reason::OfdUnsigned, place, "a signature without a seal"),
            Value::Unreadable(_) => {}
        }
    }
}

/// A package is written in the order in which its last signature lists the files, the signature's own behind them.
fn in_signed_order(facts: &ofd::Facts, last: &SignatureFacts) -> bool {
    let signed: Vec<&str> = protected(last).chain(last.path.as_deref()).chain(last.value_path.as_deref()).collect();
    let mut at = 0;
    facts.container.entries.iter().all(|entry| match signed.iter().position(|name| *name == entry.name) {
        Some(place) => std::mem::replace(&mut at, place) <= place,
        None => true,
    })
}

/// The entries that a signature names, in its order.
fn protected(signature: &SignatureFacts) -> impl Iterator<Item = &str> {
    signature.references.iter().filter_map(|reference| match &reference.resolution {
        Resolution::Entry { name, .. } => Some(name.as_str()),
        _ => None,
    })
}

fn place(signature: &SignatureFacts) -> String {
    signature.path.clone().unwrap_or_else(|| format!("signature {}", signature.id))
}

fn check_seal(report: &SealReport, place: &str, checks: &mut Checks) {
    for check in &report.checks {
        let (name, reason) = match check.name {
            CheckName::Structure => ("seal.structure", Reason::SealStructure),
            CheckName::SealMakerSignature => ("seal.maker-signature", Reason::SealMakerSignature),
            CheckName::SignerSignature => ("seal.signature", Reason::SealSignature),
            CheckName::SignerListed => ("seal.signer-listed", Reason::SealSignerNotListed),
            CheckName::DataHash => ("seal.data-hash", Reason::SealDataHash),
            CheckName::PropertyInfo => ("seal.property", Reason::SealProperty),
            CheckName::SealValidity => ("seal.period", Reason::SealPeriod),
            CheckName::SignerValidity => ("signer.period", Reason::SignerCertificate),
            CheckName::AlgorithmsAgree => ("seal.algorithm", Reason::SealAlgorithm),
            CheckName::SealFile => ("seal.copy", Reason::SealCopyDiffers),
            CheckName::TimeStamp => ("time.stamp", Reason::TimeNotProven),
            _ => continue,
        };
        match &check.outcome {
            Outcome::Passed => checks.passed(name, place),
            Outcome::Failed(why) => checks.failed(name, reason, place, why),
            Outcome::NotDone(_) if check.name == CheckName::TimeStamp => checks.not_done(name, reason, place),
            Outcome::NotDone(_) if check.name == CheckName::SealFile => {}
            // What it needs was missing: an earlier check has failed already.
            Outcome::NotDone(why) => checks.failed(name, reason, place, why),
        }
    }
}

fn failures(report: &CmsReport) -> String {
    let failed = report.checks.iter().filter_map(|check| match &check.outcome {
        Outcome::Failed(why) => Some(format!("{:?}: {why}", check.name)),
        _ => None,
    });
    failed.collect::<Vec<_>>().join("; ")
}
