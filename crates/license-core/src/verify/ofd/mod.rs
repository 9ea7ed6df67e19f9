//! What is checked of an OFD, trust and content aside: every clause by its own name, none left out silently.
//!
//! | file | what it asks | checks |
//! |---|---|---|
//! | `package` | do all readers see one and the same package? | `ofd.duplicate-entry` … `ofd.structure` |
//! | `list` | do the list of signatures and the signatures agree? | `ofd.signature-list`, `ofd.list-open` |
//! | `references` | is every protected part what was signed? | `ofd.references`, `ofd.digest-method`, `ofd.digests` |
//! | `seal` | GB/T 38540 and GM/T 0031: seal and signature value | `seal.*`, `signer.period`, `signer.usage` |
//! | `plain` | GB/T 35275: signatures without a seal | `cms.*` |
//! | `times` | do the times agree; time-stamps | `time.*` |
//! | `coverage` | is every part that the document reaches protected? | `ofd.coverage`, `ofd.unreferenced` |
//! | `stamps`, `pictures` | where does the seal show, and what only looks like one? | `stamp.*` |
//! | `integrity` | GM/T 0099: does the signed list of all files name this package? | `integrity.*` |
//! | `license` | the form in which licenses are issued | `ofd.container`, `seal.form` |
//! | `vocabulary`, `contents` | does a license consist of what licenses consist of? | `ofd.vocabulary`, `ofd.contents` |
//! | `slots` | do the seals of a license stand where they belong? | `stamp.slot` |
//!
//! *Integrity* answers one question: are the bytes those that were signed, by whom the signature claims? It does not fail
//! for habits of producers, expired certificates or unknown roots; the verdict counts all checks.

mod contents;
mod coverage;
mod integrity;
mod license;
mod list;
pub(crate) mod package;
mod pictures;
mod plain;
mod references;
mod seal;
mod slots;
mod stamps;
mod times;
mod vocabulary;

pub(super) use coverage::check_coverage;
pub(super) use integrity::ListSignature;
pub(super) use license::check_license;
pub(super) use pictures::check_lookalikes;
pub(super) use slots::check_slots;
pub(super) use times::claims_later;

use std::cell::Cell;

use eseal::{CheckRequest, SealReport, SealSignature};
use ofd::{Resolution, SignatureFacts};
use pki::cms::{CmsReport, CmsRevocation, SignedData};
use pki::{Certificate, Digest, DigestAlgorithm, SignatureAlgorithm};
use time::OffsetDateTime;

use crate::container;
use crate::length::Length;
use crate::verify::content::RECORD_FILE;
use crate::verify::form;
use crate::verify::memory::{Met, SignatureMemory, TOO_MUCH};
use crate::verify::reasons::Reason;
use crate::verify::report::{Checks, Integrity, RevocationReport, SignatureReport};
use crate::verify::timestamp::{Stamp, Token};

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
    /// Which of them bear a seal that the memory knows as its maker's, its picture looked at.
    known_seals: Vec<bool>,
    references: Vec<ofd::ReferenceOutcome>,
    /// Signatures that lie in the package and stand in no list.
    unlisted: Vec<String>,
    /// The signature over the list of all files, when there is such a list.
    closing: Option<integrity::Closing>,
    /// Why the zip is not written as issuing writes it.
    container_fault: Option<&'static str>,
    /// SHA-256 of the file, when it fell off on the way.
    pub(super) file_digest: Option<Digest>,
}

/// The signature value of one signature, opened.
#[derive(Debug)]
pub(super) enum Value {
    /// An electronic seal signature (GB/T 38540, GM/T 0031).
    Seal(Box<SealSignature>, Box<SealReport>),
    /// A plain signature (GB/T 35275) or CMS: each signer by itself, the time-stamps over the first one's value, and what is
    /// wrong around the signed parts.
    Plain(Box<SignedData>, Vec<CmsReport>, Vec<Token>, Option<&'static str>),
    /// { r, s } without a certificate.
    Bare,
    /// Absent, or of no form that is known.
    Unreadable(String),
    /// Not looked at: those before it asked for more work than is done for one file.
    Over,
}

impl Value {
    /// The signer's certificate; the first signer's, should there be more.
    pub(super) fn signer(&self) -> Option<&Certificate> {
        match self {
            Value::Seal(_, report) => report.signer.as_ref(),
            Value::Plain(_, reports, ..) => reports.first()?.certificate.as_ref(),
            Value::Bare | Value::Unreadable(_) | Value::Over => None,
        }
    }

    /// Time of signing as claimed.
    pub(super) fn time(&self) -> Option<OffsetDateTime> {
        match self {
            Value::Seal(signature, report) => {
                signature.time().instant().or_else(|| report.time_stamp.as_ref().and_then(|stamp| stamp.time))
            }
            Value::Plain(data, ..) => data.signers.first().and_then(pki::cms::SignerInfo::signing_time),
            Value::Bare | Value::Unreadable(_) | Value::Over => None,
        }
    }

    /// The time-stamps over it that hold.
    pub(super) fn time_stamps(&self) -> Vec<Stamp<'_>> {
        match self {
            Value::Seal(_, report) => report.time_stamp.as_ref().and_then(Stamp::of).into_iter().collect(),
            Value::Plain(_, _, tokens, _) => tokens.iter().filter_map(Token::stamp).collect(),
            Value::Bare | Value::Unreadable(_) | Value::Over => Vec::new(),
        }
    }

    /// How the first signer signed.
    pub(super) fn algorithm(&self) -> Option<SignatureAlgorithm> {
        match self {
            Value::Seal(..) => Some(SignatureAlgorithm::Sm2Sm3),
            Value::Plain(data, ..) => data.signers.first()?.signature_algorithm.clone().ok(),
            Value::Bare | Value::Unreadable(_) | Value::Over => None,
        }
    }

    /// Revocation data that came along.
    pub(super) fn evidence(&self) -> Vec<&CmsRevocation> {
        match self {
            Value::Plain(data, _, tokens, _) => {
                tokens.iter().map(|token| &token.revocation).chain([&data.revocation]).collect()
            }
            Value::Seal(_, report) => {
                let stamps = [&report.time_stamp, &report.seal_time_stamp];
                stamps.into_iter().flatten().map(|stamp| &stamp.revocation).collect()
            }
            Value::Bare | Value::Unreadable(_) | Value::Over => Vec::new(),
        }
    }

    /// Name of the form for the report.
    fn form(&self) -> String {
        match self {
            Value::Seal(seal, _) => format!("ses-v{}", seal.version().number()),
            Value::Plain(data, ..) if data.form == pki::cms::ContentForm::Gbt35275 => "gbt35275".to_owned(),
            Value::Plain(..) => "cms".to_owned(),
            Value::Bare => "sm2".to_owned(),
            Value::Unreadable(_) | Value::Over => "unknown".to_owned(),
        }
    }
}

impl OfdFacts {
    /// The signature over the list of all files (GM/T 0099), when it can be read.
    pub(super) fn list_signature(&self) -> Option<&ListSignature> {
        match &self.closing {
            Some(integrity::Closing::Signed(signature)) => Some(signature),
            _ => None,
        }
    }

    /// How wide the seal is that a license was issued with: the first one, others come later.
    pub(super) fn seal_diameter(&self) -> Option<Length> {
        let first = self.signatures.iter().find_map(|value| match value {
            Value::Seal(seal, _) => Some(seal.seal().content().picture.width_mm),
            _ => None,
        });
        first.map(|millimetres| Length::from_mm(f64::from(millimetres)))
    }
}

pub(super) fn inspect(
    bytes: &[u8],
    budget: &ofd::Budget,
    memory: Option<&dyn SignatureMemory>,
) -> Result<OfdFacts, ofd::Error> {
    let package = ofd::read(bytes, budget).map_err(|error| match error {
        ofd::Error::OverBudget { .. } if form::is_small(bytes, budget) => ofd::Error::DamagedDirectory { offset: 0 },
        error => error,
    })?;
    // Whether the words of a license can be seen is asked below; what others paint need not be kept.
    let named = |name: &str| name.rsplit('/').next() == Some(RECORD_FILE);
    let facts = match package.parts().any(|(name, _)| named(name)) {
        true => ofd::inspect_painted(&package, budget),
        false => ofd::inspect(&package, budget),
    };
    let is_license = facts.attachments.iter().any(|attachment| attachment.name == RECORD_FILE);
    // The file that is called a record may lie under any name.
    let unpainted = is_license && facts.pages.iter().all(|page| page.marks.is_empty());
    let facts = if unpainted { ofd::inspect_painted(&package, budget) } else { facts };
    let has = |wanted: &dyn Fn(&str) -> bool| facts.container.entries.iter().any(|entry| wanted(&entry.name));
    // Some other zip, unless it holds a document whose entry file was renamed.
    if !has(&|name| name.eq_ignore_ascii_case(ENTRY_FILE)) && !has(&|name| name.ends_with(DOCUMENT_FILE)) {
        return Err(ofd::without_entry_file(&package));
    }
    let references = references::digest(&facts);
    let met = Met::new(memory);
    let (signatures, known_seals): (Vec<Value>, Vec<bool>) =
        facts.signatures.iter().map(|signature| open(signature, memory, &met)).unzip();
    let unlisted = list::unlisted(&package, &facts);
    let container = container(bytes, &facts, &signatures);
    let container_fault = container.as_ref().and_then(|found| found.fault);
    let file_digest = container.map(|found| found.digest);
    let closing = integrity::open(&facts, &met);
    Ok(OfdFacts { facts, signatures, known_seals, references, unlisted, closing, container_fault, file_digest })
}

/// Whether the zip is the one that the last seal names. A later seal fixes what earlier ones had fixed, and its own.
fn container(bytes: &[u8], facts: &ofd::Facts, signatures: &[Value]) -> Option<container::Found> {
    let (Some(Value::Seal(seal, _)), Some(last)) = (signatures.last(), facts.signatures.last()) else { return None };
    Some(container::check(bytes, seal.extensions(), last.value_path.as_deref()?))
}

/// What an error of opening means for the report.
pub(super) fn reason_of(error: &ofd::Error) -> Reason {
    match error {
        ofd::Error::OverBudget { .. } => Reason::InputTooLarge,
        ofd::Error::NoEntryFile | ofd::Error::Encrypted => Reason::InputUnknown,
        _ => Reason::OfdUnreadable,
    }
}

/// The value of a signature, and whether its seal is known.
fn open(signature: &SignatureFacts, memory: Option<&dyn SignatureMemory>, work: &Met<'_>) -> (Value, bool) {
    let (Some(xml), Some(value)) = (&signature.xml, &signature.value) else {
        return (Value::Unreadable("Signature.xml or the signature value is missing".to_owned()), false);
    };
    if !work.may_read_on() {
        return (Value::Over, false);
    }
    let met = Cell::new(false);
    let value = match eseal::inspect(value.bytes()) {
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
            let met = &met;
            let known = memory.map(|memory| {
                move |name: &[u8; 32]| {
                    met.set(memory.knows(name));
                    met.get()
                }
            });
            if let Some(known) = &known {
                request = request.with_known_seals(known);
            }
            let report = eseal::check(&seal, &request);
            let stamps = [&report.time_stamp, &report.seal_time_stamp];
            stamps.into_iter().flatten().for_each(|stamp| work.checked(stamp));
            work.read(1);
            Value::Seal(seal, Box::new(report))
        }
        eseal::Facts::SignedData(data) => {
            let reports = plain::verify(&data, xml.bytes(), work);
            // A license is sealed; this is the signature of something else.
            let tokens = data.signers.first().map(|signer| Token::over_foreign(signer, work)).unwrap_or_default();
            let flaw = plain::flaw(&data, work);
            work.read(data.signers.len() + tokens.len());
            Value::Plain(data, reports, tokens, flaw)
        }
        eseal::Facts::BareSignature => Value::Bare,
        eseal::Facts::Unreadable(error) => Value::Unreadable(error.to_string()),
        _ => Value::Unreadable("a signature value of unknown form".to_owned()),
    };
    (value, met.get())
}

/// Everything that needs no trust. Returns the integrity of the whole and one report per signature.
pub(super) fn check(ofd: &OfdFacts, checks: &mut Checks) -> (Integrity, Vec<SignatureReport>) {
    checks.passed("ofd.readable", "");
    let unambiguous = package::check(ofd, checks);
    coverage::check_unreferenced(ofd, checks);
    stamps::check_painted(ofd, checks);
    let whole = integrity::check(ofd, checks);
    if ofd.facts.signatures.is_empty() {
        checks.failed("ofd.signed", Reason::OfdUnsigned, "", "");
        list::check(ofd, checks);
        // What leads to the signatures may be damaged; they left their files.
        let has_traces = |name: &str| SIGNATURE_FILES.iter().any(|file| name.ends_with(file));
        let traces = ofd.facts.container.entries.iter().any(|entry| has_traces(&entry.name));
        return (if traces || !whole { Integrity::Broken } else { Integrity::Unsigned }, Vec::new());
    }
    checks.passed("ofd.signed", "");
    list::check(ofd, checks);
    let mut reports: Vec<SignatureReport> = Vec::with_capacity(ofd.facts.signatures.len());
    let mut pictures = seal::Pictures::default();
    for at in 0..ofd.facts.signatures.len() {
        checks.about(Some(at));
        reports.push(check_one(ofd, at, &mut pictures, checks));
    }
    checks.about(None);
    stamps::check_overlaps(ofd, checks);
    let any = |wanted| reports.iter().any(|report| report.integrity == wanted);
    let integrity = if !unambiguous || !whole || any(Integrity::Broken) {
        Integrity::Broken
    } else if any(Integrity::Unchecked) {
        Integrity::Unchecked
    } else {
        Integrity::Intact
    };
    (integrity, reports)
}

fn check_one<'f>(
    ofd: &'f OfdFacts,
    at: usize,
    pictures: &mut seal::Pictures<'f>,
    checks: &mut Checks,
) -> SignatureReport {
    let signature = &ofd.facts.signatures[at];
    let value = &ofd.signatures[at];
    let place = place(signature);
    let unchanged = references::check(ofd, at, &place, checks);
    references::check_method(signature, value, &place, checks);
    stamps::check_places(ofd, at, &place, checks);
    let held = match value {
        Value::Seal(seal, report) => {
            seal::check(seal, report, &place, checks);
            let known = ofd.known_seals.get(at).copied().unwrap_or(false);
            let picture = &seal.seal().content().picture;
            let page = pictures.check(picture, known, &place, checks);
            stamps::check(ofd, at, (picture, page), &place, checks);
            match (report.broken(), report.intact()) {
                (true, _) => Integrity::Broken,
                (_, true) => Integrity::Intact,
                _ => Integrity::Unchecked,
            }
        }
        Value::Plain(data, reports, tokens, flaw) => {
            plain::check_stamps(tokens, &place, checks);
            plain::check(data, (reports, *flaw), &place, checks)
        }
        Value::Bare => {
            checks.failed("ofd.signature", Reason::OfdUnverifiable, &*place, "{ r, s } without a certificate");
            Integrity::Unchecked
        }
        Value::Unreadable(why) => {
            checks.failed("ofd.signature", Reason::OfdSignature, &*place, why);
            Integrity::Broken
        }
        Value::Over => {
            checks.failed("ofd.signature", Reason::InputTooLarge, &*place, TOO_MUCH);
            Integrity::Unchecked
        }
    };
    times::check(signature, value, &place, checks);
    SignatureReport {
        integrity: if unchanged { held } else { Integrity::Broken },
        form: value.form(),
        signer: value.signer().map(|certificate| certificate.subject().to_string()).unwrap_or_default(),
        time: value.time(),
        time_proven: false,
        proof: None,
        revocation: RevocationReport::default(),
        time_stamps: Vec::new(),
        level: None,
        indication: None,
        place,
    }
}

/// The entries that a signature names, in its order.
pub(crate) fn protected(signature: &SignatureFacts) -> impl Iterator<Item = &str> {
    signature.references.iter().filter_map(|reference| match &reference.resolution {
        Resolution::Entry { name, .. } => Some(name.as_str()),
        _ => None,
    })
}

fn place(signature: &SignatureFacts) -> String {
    signature.path.clone().unwrap_or_else(|| format!("signature {}", signature.id))
}
