//! Time-stamps, revocation data and archives, as services and a department would make them over the years.

use std::sync::{Arc, OnceLock};

use license_core::trust::{Anchor, Purpose, TrustList};
use license_core::verify::{RevocationMode, RevocationRules};
use pdf_sign::{NewField, Slot, ValidationData};
use pki::asn1;
use pki::cms::{self, CmsOptions};
use pki::{
    Certificate, CertificateTemplate, Crl, CrlTemplate, Digest, DigestAlgorithm, KeyKind, ObjectIdentifier,
    RevocationReason, Signer as _, SoftSigner, oid,
};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use super::forge::{self, CmsParts, attribute, usual_attributes};
use super::recipe::{Recipe, sign_slot};
use super::{Court, ISSUED, good, pki_maker, signer, trust};

/// When the stamp over the signature is made.
pub const STAMPED: OffsetDateTime = datetime!(2026-12-01 10:00:20 +8);
/// When the archive is closed.
pub const ARCHIVED: OffsetDateTime = datetime!(2026-12-01 10:05 +8);
/// When it is renewed.
pub const RENEWED: OffsetDateTime = datetime!(2034-12-01 10:00 +8);
/// Ten years and a day on: the signer's certificate has expired, and nobody answers any more.
pub const TEN_YEARS: OffsetDateTime = datetime!(2036-12-02 10:00 +8);
/// The CAs have expired, too.
pub const TWENTY_YEARS: OffsetDateTime = datetime!(2047-01-01 10:00 +8);

/// content-type, message-digest and signing-certificate-v2, as PAdES asks.
pub fn signed_attributes(digest: &Digest, signer: &SoftSigner) -> Vec<Vec<u8>> {
    let certificate = signer.certificate();
    let hash = asn1::octet_string(DigestAlgorithm::Sha256.digest(certificate.der()).as_bytes());
    let value = asn1::sequence(&[&asn1::sequence(&[&asn1::sequence(&[&hash])])]);
    let mut attributes = usual_attributes(digest);
    attributes.push(attribute(&oid::SIGNING_CERTIFICATE_V2, &value));
    attributes
}

/// A token over this digest.
pub fn token(digest: &Digest, by: &SoftSigner, at: OffsetDateTime) -> Vec<u8> {
    token_with(digest, by, at, CmsParts::default())
}

/// The same with other things around it.
pub fn token_with(digest: &Digest, by: &SoftSigner, at: OffsetDateTime, parts: CmsParts) -> Vec<u8> {
    let imprint = asn1::sequence(&[
        &asn1::sequence(&[&asn1::oid(&digest.algorithm().oid())]),
        &asn1::octet_string(digest.as_bytes()),
    ]);
    let time = asn1::generalized_time(at).unwrap();
    let policy = asn1::oid(&ObjectIdentifier::new_unwrap("1.2.3"));
    let info = asn1::sequence(&[&asn1::integer(1), &policy, &imprint, &asn1::integer(7), &time]);
    let content = by.algorithm().digest().digest(&info);
    let mut signed = signed_attributes(&content, by);
    signed[0] = attribute(&oid::CONTENT_TYPE, &asn1::oid(&oid::TST_INFO));
    forge::cms(by, &CmsParts { signed, content_type: Some(oid::TST_INFO), content: Some(info), ..parts })
}

/// The services that stamp.
pub struct Services {
    pub root: Arc<SoftSigner>,
    /// 2026 to 2038.
    pub first: Arc<SoftSigner>,
    /// 2033 to 2050.
    pub second: Arc<SoftSigner>,
    /// Of stronger make: P-384 throughout, 2033 to 2050.
    pub strong_root: Arc<SoftSigner>,
    pub strong: Arc<SoftSigner>,
    /// Below a root that nobody trusts.
    pub stranger: Arc<SoftSigner>,
}

pub fn services() -> &'static Services {
    static SERVICES: OnceLock<Services> = OnceLock::new();
    SERVICES.get_or_init(|| {
        let (start, end) = (pki_maker::FROM, datetime!(2066-01-01 0:00 UTC));
        let template = |name: &str| CertificateTemplate::time_stamper(pki_maker::name("时间戳", name));
        let root = |kind, name: &str| pki_maker::root_valid(kind, pki_maker::name("时间戳", name), start, end);
        let later = (datetime!(2033-01-01 0:00 UTC), datetime!(2050-01-01 0:00 UTC));
        let first = |kind, root: &SoftSigner, name: &str| {
            pki_maker::leaf_valid(kind, template(name), root, start, datetime!(2038-01-01 0:00 UTC))
        };
        let second =
            |kind, root: &SoftSigner, name: &str| pki_maker::leaf_valid(kind, template(name), root, later.0, later.1);
        let (plain, strong) = (root(KeyKind::P256, "TSA Root"), root(KeyKind::P384, "TSA Root 384"));
        Services {
            first: first(KeyKind::P256, &plain, "TSA 1"),
            second: second(KeyKind::P256, &plain, "TSA 2"),
            strong: second(KeyKind::P384, &strong, "TSA 384"),
            stranger: first(KeyKind::P256, &root(KeyKind::P256, "Strange Root"), "Strange TSA"),
            root: plain,
            strong_root: strong,
        }
    })
}

/// The deployment's trust list, with the services.
pub fn trusting() -> TrustList {
    let mut list = trust().clone();
    for root in [&services().root, &services().strong_root] {
        list.anchors.push(Anchor::new("time", root.certificate().clone(), vec![Purpose::TimeStamping]));
    }
    list
}

/// A court that knows the services, at that time.
pub fn court(at: OffsetDateTime) -> Court {
    Court { trust: trusting(), at, ..Court::default() }
}

/// The same, which demands knowledge of revocation.
pub fn strict(at: OffsetDateTime) -> Court {
    let revocation = RevocationRules { mode: RevocationMode::Hard, ..RevocationRules::default() };
    Court { revocation, ..court(at) }
}

/// Who was revoked, when and why.
pub type Revoked<'a> = (&'a Certificate, OffsetDateTime, RevocationReason);

/// A list made at `this`, good for thirty days.
pub fn list(ca: &SoftSigner, this: OffsetDateTime, revoked: &[Revoked<'_>]) -> Crl {
    let mut template = CrlTemplate::new(1, this, this + Duration::days(30));
    for (certificate, at, reason) in revoked {
        template = template.revoke(certificate, *at, *reason);
    }
    template.issue(ca).unwrap()
}

/// The lists that speak about signer, CA and the first two services, as of `this`.
pub fn lists(this: OffsetDateTime) -> Vec<Crl> {
    let ca = [signer("p256-ca"), signer("p256-root"), services().root.clone()];
    ca.iter().map(|ca| list(ca, this, &[])).collect()
}

fn der(crls: &[Crl]) -> Vec<Vec<u8>> {
    crls.iter().map(|crl| crl.der().to_vec()).collect()
}

/// The license with a time-stamp over its signature (B-T).
pub fn stamped(by: &SoftSigner, at: OffsetDateTime) -> Vec<u8> {
    Recipe::bare(good()).pdf_with(&|digest, signer| {
        let prepared = cms::prepare(digest, signer.certificate(), signer.algorithm(), &CmsOptions::pades()).unwrap();
        let value = signer.sign(prepared.to_be_signed()).unwrap();
        let token = token(&DigestAlgorithm::Sha256.digest(&value), by, at);
        prepared.finish_stamped(&value, signer.chain(), &token)
    })
}

/// One revision more, with validation data (B-LT).
pub fn with_data(pdf: Vec<u8>, certificates: &[&Certificate], crls: &[Crl]) -> Vec<u8> {
    let mut data = ValidationData::default();
    data.certs = certificates.iter().map(|certificate| certificate.der().to_vec()).collect();
    data.crls = der(crls);
    pdf_sign::add_validation_data(pdf, &data, &[]).unwrap()
}

/// `certificate` is good, says `by`; what is enclosed beside that is under no signature.
pub fn answer(certificate: &Certificate, issuer: &Certificate, by: &SoftSigner, enclosed: &[&Certificate]) -> Vec<u8> {
    super::ocsp::answer(certificate, issuer, by, ISSUED, enclosed)
}

/// One revision more, with answers (B-LT).
pub fn with_answer(pdf: Vec<u8>, answer: Vec<u8>) -> Vec<u8> {
    let mut data = ValidationData::default();
    data.ocsps = vec![answer];
    pdf_sign::add_validation_data(pdf, &data, &[]).unwrap()
}

/// One revision more, with a time-stamp over all (B-LTA).
pub fn sealed_by(pdf: Vec<u8>, field: &str, by: &SoftSigner, at: OffsetDateTime) -> Vec<u8> {
    sealed_as(pdf, field, by, &|digest| token(digest, by, at))
}

/// The same with a token that is made otherwise.
pub fn sealed_as(pdf: Vec<u8>, field: &str, by: &SoftSigner, make: &dyn Fn(&Digest) -> Vec<u8>) -> Vec<u8> {
    let slot = Slot::NewField(NewField::time_stamp(field));
    sign_slot(pdf, slot, by, &|digest, _| make(digest))
}

/// The license as a careful department keeps it: stamped, with all validation data, and a stamp over that.
pub fn archived() -> Vec<u8> {
    archived_with(&lists(ISSUED - Duration::hours(1)))
}

/// The same with other lists inside.
pub fn archived_with(crls: &[Crl]) -> Vec<u8> {
    let pdf = stamped(&services().first, STAMPED);
    let ca = signer("p256-ca");
    let pdf = with_data(pdf, &[ca.certificate(), services().root.certificate()], crls);
    sealed_by(pdf, "Stamp1", &services().first, ARCHIVED)
}

/// The archive renewed by another service before the first one's certificate ran out.
pub fn renewed(by: &SoftSigner) -> Vec<u8> {
    let fresh = [list(&services().root, RENEWED - Duration::hours(1), &[])];
    let pdf = with_data(archived(), &[by.certificate()], &fresh);
    sealed_by(pdf, "Stamp2", by, RENEWED)
}

/// The sealed OFD with a time-stamp in the slot of the seal signature (GB/T 38540).
pub fn sealed_and_stamped(by: &SoftSigner, at: OffsetDateTime) -> Vec<u8> {
    sealed_and_stamped_as(&|digest| token(digest, by, at))
}

/// The same with a token that is made otherwise.
pub fn sealed_and_stamped_as(make: &dyn Fn(&Digest) -> Vec<u8>) -> Vec<u8> {
    let recipe = Recipe::bare(good());
    recipe.ofd_with(recipe.package(), &|what| {
        let value = forge::ses(&recipe.seal, recipe.at, what, &recipe.seal_signer);
        let eseal::Facts::Seal(read) = eseal::inspect(&value) else { panic!("a seal") };
        let token = make(&DigestAlgorithm::Sha256.digest(read.signature()));
        let inside = asn1::whole(&value, asn1::tag::SEQUENCE, "value").unwrap().value.to_vec();
        asn1::sequence(&[&inside, &asn1::explicit(0, &asn1::bit_string(&token))])
    })
}
