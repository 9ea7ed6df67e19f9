//! Keys and certificates made while the test runs: fit, expired, of the wrong usage, below strange roots.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use pki::{Certificate, CertificateTemplate, KeyKind, Name, PrivateKey, Signer as _, SoftSigner};
use time::OffsetDateTime;
use time::macros::datetime;

/// Life of everything made here.
pub const FROM: OffsetDateTime = datetime!(2026-01-01 0:00 UTC);
/// Its end.
pub const UNTIL: OffsetDateTime = datetime!(2031-01-01 0:00 UTC);

pub fn key(kind: KeyKind) -> PrivateKey {
    PrivateKey::generate(kind, &mut getrandom::rand_core::UnwrapErr(getrandom::SysRng)).unwrap()
}

pub fn name(organization: &str, common: &str) -> Name {
    Name::builder().country("CN").organization(organization).common_name(common).build()
}

fn serial() -> [u8; 4] {
    static NEXT: AtomicU32 = AtomicU32::new(0x4000_0000);
    NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes()
}

/// A root of its own.
pub fn root(kind: KeyKind, subject: Name) -> Arc<SoftSigner> {
    root_valid(kind, subject, FROM, UNTIL)
}

pub fn root_valid(kind: KeyKind, subject: Name, from: OffsetDateTime, until: OffsetDateTime) -> Arc<SoftSigner> {
    let key = key(kind);
    let certificate =
        CertificateTemplate::root_ca(subject).serial(&serial()).valid(from, until).self_sign(&key).unwrap();
    Arc::new(SoftSigner::new(key, certificate, vec![]).unwrap())
}

/// A certificate for a new key below `ca`.
pub fn leaf(kind: KeyKind, template: CertificateTemplate, ca: &SoftSigner) -> Arc<SoftSigner> {
    leaf_valid(kind, template, ca, FROM, UNTIL)
}

pub fn leaf_valid(
    kind: KeyKind,
    template: CertificateTemplate,
    ca: &SoftSigner,
    from: OffsetDateTime,
    until: OffsetDateTime,
) -> Arc<SoftSigner> {
    let key = key(kind);
    let certificate = template.serial(&serial()).valid(from, until).issue(key.public_key(), ca).unwrap();
    let mut chain: Vec<Certificate> = vec![ca.certificate().clone()];
    chain.extend_from_slice(ca.chain());
    Arc::new(SoftSigner::new(key, certificate, chain).unwrap())
}

/// A document signer of this issuer below the deployment's own CA, changed as asked.
pub fn document_signer(code: &str, change: impl FnOnce(CertificateTemplate) -> CertificateTemplate) -> Arc<SoftSigner> {
    let template = CertificateTemplate::document_signer(name(&format!("{code}样例"), "样例"));
    leaf(KeyKind::P256, change(template), &super::signer("p256-ca"))
}

/// The same for seals.
pub fn seal_signer(code: &str, change: impl FnOnce(CertificateTemplate) -> CertificateTemplate) -> Arc<SoftSigner> {
    let template = CertificateTemplate::document_signer(name(&format!("{code}样例"), "样例"));
    leaf(KeyKind::Sm2, change(template), &super::signer("sm2-ca"))
}
