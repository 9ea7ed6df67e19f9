//! Certificates in a few words.

use pki::{Certificate, Instant, KeyUsage, oid};
use serde_json::{Value, json};

/// Whose it is, who says so, how long, what for.
pub(super) fn facts(certificate: &Certificate) -> Value {
    let key = certificate.public_key().map(|key| key.kind().to_string());
    json!({
        "subject": certificate.subject().to_string(),
        "issuer": certificate.issuer().to_string(),
        "serial": certificate.serial_hex(),
        "valid_from": Instant(certificate.not_before()).to_string(),
        "valid_to": Instant(certificate.not_after()).to_string(),
        "key": key.unwrap_or_else(|_| "unsupported".to_owned()),
        "usage": usage(certificate),
    })
}

fn usage(certificate: &Certificate) -> Vec<String> {
    let bits = [
        ("digitalSignature", KeyUsage::DIGITAL_SIGNATURE),
        ("nonRepudiation", KeyUsage::NON_REPUDIATION),
        ("keyEncipherment", KeyUsage::KEY_ENCIPHERMENT),
        ("dataEncipherment", KeyUsage::DATA_ENCIPHERMENT),
        ("keyAgreement", KeyUsage::KEY_AGREEMENT),
        ("keyCertSign", KeyUsage::KEY_CERT_SIGN),
        ("cRLSign", KeyUsage::CRL_SIGN),
    ];
    let usage = certificate.key_usage();
    let named = bits.into_iter().filter(|(_, bit)| usage.is_some_and(|usage| usage.any(*bit)));
    let mut out: Vec<String> = named.map(|(name, _)| name.to_owned()).collect();
    for purpose in certificate.extended_key_usage().unwrap_or_default() {
        out.push(if *purpose == oid::KP_TIME_STAMPING { "timeStamping".to_owned() } else { purpose.to_string() });
    }
    if certificate.basic_constraints().is_some_and(|basic| basic.ca) {
        out.push("CA".to_owned());
    }
    out
}
