//! The cryptographic side of one signature: CMS, digests, and the form that PAdES asks for.

use pdf_sign::Signature;
use pki::cms::{CmsCheckName, CmsReport, CmsRevocation, ContentForm, Outcome, SignedData};
use pki::{Certificate, Instant, SignatureAlgorithm};

use super::super::evidence::CLOCK_SKEW;
use super::super::form;
use super::super::memory::{Met, TOO_MUCH};
use super::super::reasons::Reason;
use super::super::report::{Checks, Integrity};
use super::super::timestamp::{self, Stamp, Token};
use super::digests::Digests;
use super::{PADES, PLAIN};

/// The cryptographic side of one signature.
#[derive(Debug, Default)]
pub(in super::super) struct CmsFacts {
    /// Why the CMS cannot be read.
    pub(super) error: Option<String>,
    /// More than one signer, enclosed content, or other things by which another thing would be checked than is shown.
    forbidden: Option<&'static str>,
    /// What PAdES forbids although everything holds together.
    unfit: Option<&'static str>,
    /// The time-stamps over the signature value; of a document time-stamp, the one that it is.
    tokens: Vec<Token>,
    /// The time-stamps over the content that the signer had made before.
    content_stamps: Vec<Token>,
    /// Time-stamps of kinds that prove nothing here.
    unused_stamps: Vec<&'static str>,
    /// Revocation data that came inside.
    revocation: CmsRevocation,
    report: Option<CmsReport>,
    /// Certificates inside.
    pub(in super::super) enclosed: Vec<Certificate>,
    /// Signature algorithm, when it and its digest are acceptable.
    algorithm: Option<SignatureAlgorithm>,
    is_stamp: bool,
    is_pades: bool,
    /// The signer says in the CMS when it was made.
    pub(super) tells_time: bool,
    /// The signatures of the file ask for more work than is done for one file: this was not looked at.
    over: bool,
    /// What is not as issuing writes it, outside of all signatures.
    pub(super) loose: Option<&'static str>,
}

impl CmsFacts {
    /// The signer's certificate.
    pub(in super::super) fn certificate(&self) -> Option<&Certificate> {
        self.report.as_ref()?.certificate.as_ref()
    }

    /// How it was signed.
    pub(in super::super) fn algorithm(&self) -> Option<SignatureAlgorithm> {
        self.algorithm
    }

    /// The time-stamps over the signature value that hold.
    pub(in super::super) fn stamps(&self) -> impl Iterator<Item = Stamp<'_>> {
        self.tokens.iter().filter(|_| !self.is_stamp).filter_map(Token::stamp)
    }

    /// The document time-stamp that this is, when it holds.
    pub(in super::super) fn document_stamp(&self) -> Option<Stamp<'_>> {
        self.tokens.iter().find(|_| self.is_stamp)?.stamp()
    }

    /// Revocation data that came inside.
    pub(super) fn revocation(&self) -> impl Iterator<Item = &CmsRevocation> {
        self.tokens.iter().map(|token| &token.revocation).chain([&self.revocation])
    }

    /// Whether the CMS holds together. What only a baseline asks for (signing-certificate-v2) is said, not held against it.
    pub(super) fn intact(&self) -> bool {
        self.integrity() == Integrity::Intact
    }

    /// The same, with algorithms that cannot be checked told apart from what is wrong.
    pub(super) fn integrity(&self) -> Integrity {
        if self.over {
            return Integrity::Unchecked;
        }
        let sound = self.error.is_none() && self.forbidden.is_none() && !self.tokens.iter().any(Token::is_broken);
        let open = self.tokens.iter().any(Token::is_unsupported);
        match &self.report {
            Some(report) if sound && report.passed() && !open => Integrity::Intact,
            Some(report) if sound && (report.passed() || report.is_unsupported()) => Integrity::Unchecked,
            // The token of a document time-stamp speaks for itself.
            None if sound && self.is_stamp && open => Integrity::Unchecked,
            _ => Integrity::Broken,
        }
    }

    /// Whether it is a baseline signature (EN 319 142-1), whoever made it.
    pub(in super::super) fn is_baseline(&self) -> bool {
        let named = |report: &CmsReport| {
            let mut checks = report.checks.iter();
            checks.any(|check| check.name == CmsCheckName::SigningCertificate && check.outcome == Outcome::Passed)
        };
        self.is_pades && self.unfit.is_none() && self.intact() && self.report.as_ref().is_some_and(named)
    }
}

pub(super) fn read(signature: &Signature, digests: &mut Digests<'_>, met: &Met<'_>) -> CmsFacts {
    let over = || CmsFacts { over: true, is_stamp: signature.is_doc_timestamp(), ..CmsFacts::default() };
    if digests.is_over() || !met.may_read_on() {
        return over();
    }
    let facts = read_one(signature, digests, met);
    met.read(1 + facts.tokens.len() + facts.content_stamps.len());
    if digests.is_over() { over() } else { facts }
}

fn read_one(signature: &Signature, digests: &mut Digests<'_>, met: &Met<'_>) -> CmsFacts {
    let bytes = digests.bytes();
    let mut facts = CmsFacts { is_pades: signature.sub_filter.as_deref() == Some(PADES), ..CmsFacts::default() };
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
        token(signature, signed, (digests, met), &mut facts);
        return facts;
    }
    if signed.signers.len() != 1 {
        facts.forbidden = Some("there must be exactly one signer");
    } else if signed.content.is_some() {
        facts.forbidden = Some("content is enclosed in a detached signature");
    } else if signed.signers[0].signed_attributes.is_none() {
        facts.forbidden = Some("there are no signed attributes");
    } else if signed.content_type != data_of(signed.form) {
        facts.forbidden = Some("the content is not of type id-data");
    }
    let Some(signer) = signed.signers.first() else {
        facts.error = Some("there is no signer".to_owned());
        return facts;
    };
    if signature.has_cert_key {
        facts.unfit = Some("the signature dictionary has /Cert");
    } else if !signer.attributes_in_order {
        // X.690 11.6: readers that sort before they digest find another value.
        facts.unfit = Some("the signed attributes do not stand in the order of DER");
    } else if !signed.lists_digest_of(signer) {
        facts.unfit = Some("digestAlgorithms does not list the digest of the signer");
    }
    facts.loose = form::cms_fault(&signed, der, met).or_else(|| {
        let [start, end] = gap(signature)?;
        let digits = bytes.get(start..end)?;
        (!form::one_case(digits)).then_some("the digits of /Contents are written in two cases")
    });
    met.checks(signed.certificate_of(signer), signer);
    facts.tells_time = signer.signing_time().is_some();
    facts.algorithm = signer.signature_algorithm.clone().ok();
    facts.tokens = Token::over(signer, met);
    facts.unused_stamps = timestamp::unused(signer);
    facts.loose = facts.loose.or_else(|| facts.tokens.iter().find_map(|token| token.loose));
    facts.revocation = signed.revocation.clone();
    if let Some(ranges) = signature.signed_bytes(bytes) {
        facts.content_stamps = Token::over_content(signer, met, |algorithm| digests.of(algorithm, ranges));
        facts.report = Some(match signer.digest_algorithm {
            Ok(algorithm) => signed.verify(0, &digests.of(algorithm, ranges)),
            Err(_) => signed.verify_without_digest(0),
        });
    }
    facts
}

fn token(signature: &Signature, token: SignedData, (digests, met): (&mut Digests<'_>, &Met<'_>), facts: &mut CmsFacts) {
    facts.is_stamp = true;
    let (Some(ranges), Some(der)) = (signature.signed_bytes(digests.bytes()), signature.der()) else {
        facts.error = Some("/ByteRange names no bytes".to_owned());
        return;
    };
    let token = Token::of(token, der, met, |algorithm| digests.of(algorithm, ranges));
    facts.loose = token.loose;
    facts.report = token.verified.as_ref().ok().map(|verified| verified.report().clone());
    facts.tokens = vec![token];
}

/// Whether a document time-stamp holds over its bytes.
pub(super) fn check_stamp(cms: &CmsFacts, place: &str, checks: &mut Checks) -> Integrity {
    if cms.over {
        checks.failed("time.stamp", Reason::InputTooLarge, place, TOO_MUCH);
        return Integrity::Unchecked;
    }
    if let Some(error) = &cms.error {
        checks.failed("time.stamp", Reason::TimeStampMalformed, place, error);
        return Integrity::Broken;
    }
    check_tokens(cms, place, checks);
    if cms.tokens.iter().any(Token::is_broken) {
        Integrity::Broken
    } else if cms.tokens.iter().any(Token::is_unsupported) {
        Integrity::Unchecked
    } else {
        Integrity::Intact
    }
}

/// Time-stamps that prove no time of the signature. One that is over other content was copied, or made by mistake: the
/// signer said that it is over this.
fn check_other_tokens(cms: &CmsFacts, place: &str, checks: &mut Checks) {
    const NAME: &str = "time.content-stamp";
    for token in &cms.content_stamps {
        match &token.verified {
            Ok(_) => checks.passed(NAME, place),
            Err(error) if token.is_unsupported() => checks.not_possible_at(NAME, place, error.to_string()),
            Err(error) => checks.failed(NAME, Reason::TimeStampContent, place, error.to_string()),
        }
    }
    let time = |token: &Token| token.stamp().map(|stamp| stamp.verified.time());
    let content = cms.content_stamps.iter().filter_map(time).max();
    let signature = cms.tokens.iter().filter_map(time).min();
    if let (Some(content), Some(signature)) = (content, signature)
        && content > signature.saturating_add(CLOCK_SKEW)
    {
        let detail = format!("the content stamped {}, the signature {}", Instant(content), Instant(signature));
        checks.failed("time.order", Reason::TimeOrder, place, detail);
    }
    for name in &cms.unused_stamps {
        checks.not_done_because("time.other-stamp", Reason::TimeStampIgnored, place, *name);
    }
}

fn check_tokens(cms: &CmsFacts, place: &str, checks: &mut Checks) {
    for token in &cms.tokens {
        match &token.verified {
            Ok(_) => checks.passed("time.stamp", place),
            Err(error) => checks.failed("time.stamp", timestamp::reason_of(error), place, error.to_string()),
        }
    }
}

/// The bytes between the two ranges.
pub(super) fn gap(signature: &Signature) -> Option<[usize; 2]> {
    let [_, end, start, _] = signature.byte_range?;
    Some([end, start])
}

/// The form of the CMS, then each check of it.
pub(super) fn check(
    cms: &CmsFacts,
    signature: &Signature,
    form: &str,
    (place, plain): (&str, bool),
    checks: &mut Checks,
) {
    if cms.over {
        return checks.failed("cms.digest", Reason::InputTooLarge, place, TOO_MUCH);
    }
    let known = form == "pades" || form == "cms" && plain;
    let unfit = cms.unfit.filter(|_| form == "pades");
    let detail = match (&cms.error, cms.forbidden.or(unfit)) {
        (Some(error), _) => error.clone(),
        (None, Some(why)) => why.to_owned(),
        _ if known => String::new(),
        _ if form == "cms" => format!("{PLAIN} is plain CMS, not PAdES"),
        _ => format!("SubFilter is {}, not {PADES}", signature.sub_filter.as_deref().unwrap_or("missing")),
    };
    checks.record("cms.form", detail.is_empty(), Reason::CmsStructure, place, detail);
    check_tokens(cms, place, checks);
    check_other_tokens(cms, place, checks);
    let Some(report) = &cms.report else { return };
    for check in &report.checks {
        let (name, reason) = match check.name {
            CmsCheckName::Signature => ("cms.signature", Reason::CmsSignature),
            CmsCheckName::MessageDigest => ("cms.digest", Reason::CmsDigest),
            CmsCheckName::Algorithms | CmsCheckName::AlgorithmProtection => ("cms.algorithm", Reason::CmsAlgorithm),
            CmsCheckName::Strength => ("cms.strength", Reason::AlgorithmWeak),
            // Plain CMS need not name its certificate; what it does say is checked.
            CmsCheckName::SigningCertificate if form != "pades" && matches!(check.outcome, Outcome::NotDone(_)) => {
                continue;
            }
            _ => ("cms.attributes", Reason::CmsStructure),
        };
        match &check.outcome {
            Outcome::Passed => checks.passed(name, place),
            Outcome::Failed(why) => checks.failed(name, reason, place, why),
            // Baseline signatures name their certificate under the signature (EN 319 142-1 6.3).
            Outcome::NotDone(why) if check.name == CmsCheckName::SigningCertificate => {
                checks.failed(name, reason, place, why);
            }
            Outcome::NotDone(why) if check.name == CmsCheckName::Algorithms => {
                checks.not_done_because(name, Reason::AlgorithmUnsupported, place, why);
            }
            Outcome::NotDone(_) => {}
        }
    }
}

/// id-data, by the identifiers that the message is written with: those of CMS, or of GM/T 0010 (decision 0016).
fn data_of(form: ContentForm) -> pki::ObjectIdentifier {
    if form == ContentForm::Gbt35275 { pki::oid::GM_DATA } else { pki::oid::DATA }
}
