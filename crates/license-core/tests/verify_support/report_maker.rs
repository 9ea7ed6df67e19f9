//! Signed verification reports: as a server makes them, and as it never would.

use std::sync::Arc;

use license_core::verify::Report;
use license_core::verify::signed_report::{Asked, AskedKind, Context, Prepared, SaidPolicy, prepare};
use pki::{CertificateTemplate, KeyKind, Signer, SoftSigner};

use super::{ADDRESS, Court, folder, pki_maker, signer, trust};

/// The server of the deployment's operator.
pub fn server() -> Arc<SoftSigner> {
    server_of(&trust().operator)
}

/// A server of anyone else, below the deployment's own CA.
pub fn server_of(organization: &str) -> Arc<SoftSigner> {
    let template = CertificateTemplate::document_signer(pki_maker::name(organization, "核验服务"));
    pki_maker::leaf(KeyKind::P256, template, &signer("p256-ca"))
}

pub fn prepared(court: &Court, about: &[u8], report: &Report, server: &SoftSigner) -> Prepared {
    let text = std::fs::read_to_string(folder().join("trust/trust-list.jws")).unwrap();
    let asked = Asked::about(AskedKind::File, about);
    let context = Context {
        operator: &trust().operator,
        address: ADDRESS,
        asked: &asked,
        trust_text: &text,
        trust: &court.trust,
        policy: SaidPolicy { plain_cms: false, revocation: false, templates: true },
        register: &court.register,
    };
    prepare(report, &context, server.certificate(), server.chain()).unwrap()
}

/// What a server answers about these bytes.
pub fn signed(court: &Court, about: &[u8], server: &SoftSigner) -> Vec<u8> {
    let prepared = prepared(court, about, &court.judge(about), server);
    let signature = server.sign(prepared.to_be_signed()).unwrap();
    prepared.finish(&signature).unwrap()
}

/// With a time-stamp of `make` over the signature value.
pub fn stamped(court: &Court, about: &[u8], server: &SoftSigner, make: impl FnOnce(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let prepared = prepared(court, about, &court.judge(about), server);
    let signature = server.sign(prepared.to_be_signed()).unwrap();
    let unstamped = prepared.signed(&signature).unwrap();
    let token = make(unstamped.to_be_stamped());
    unstamped.finish(&token).unwrap()
}
