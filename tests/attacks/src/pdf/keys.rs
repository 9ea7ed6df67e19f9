//! Everybody's keys, derived from their names. Ed25519, which readers of PDF know and which needs no randomness.
//!
//! TEST ONLY. Whoever reads this file has all the private keys.

use std::sync::Arc;

use pki::{Certificate, CertificateTemplate, DigestAlgorithm, KeyKind, Signer as _, SoftSigner};

use crate::keys::{FROM, HOUSING, HOUSING_NAME, MARKET, MARKET_NAME, UNTIL, Who, below, key, name, root};

/// All trusted and all strange people.
pub struct PdfKeys {
    /// The trusted root.
    pub root: Who,
    /// The CA below it.
    pub ca: Who,
    /// Signs documents of the first issuer.
    pub market: Who,
    /// Signs its indexes.
    pub market_index: Who,
    /// Signs documents of another trusted issuer.
    pub housing: Who,
    /// A trusted time-stamp authority (SM2).
    pub stamper: Who,
    /// Bears the name of the first issuer below a root that nobody trusts.
    pub impostor: Who,
}

impl PdfKeys {
    /// Makes them.
    #[allow(clippy::new_without_default, reason = "nothing is empty about them")]
    pub fn new() -> PdfKeys {
        let operator = "样例省政务服务和数据管理局";
        let top = root("pdf root", name(operator, "攻击样本根证书 PDF ATTACK CORPUS TEST ONLY"), KeyKind::Ed25519);
        let authority = CertificateTemplate::issuing_ca(name(operator, "攻击样本 CA PDF TEST ONLY"), 0);
        let ca = edwards("pdf ca", authority.clone(), &top);
        let document =
            |code: &str, unit: &str| CertificateTemplate::document_signer(name(&format!("{code}{unit}"), unit));
        let strange_root = root("pdf stranger root", name("无名机构", "STRANGER ROOT"), KeyKind::Ed25519);
        let strange_ca = edwards("pdf stranger ca", authority, &strange_root);
        PdfKeys {
            market: edwards("pdf market", document(MARKET, MARKET_NAME), &ca),
            market_index: below("pdf market index", document(MARKET, MARKET_NAME), &ca, FROM, UNTIL),
            housing: edwards("pdf housing", document(HOUSING, HOUSING_NAME), &ca),
            stamper: below(
                "pdf stamper",
                CertificateTemplate::time_stamper(name("时间戳服务", "stamper")),
                &ca,
                FROM,
                UNTIL,
            ),
            impostor: edwards("pdf impostor", document(MARKET, MARKET_NAME), &strange_ca),
            root: top,
            ca,
        }
    }
}

fn edwards(label: &str, template: CertificateTemplate, ca: &SoftSigner) -> Who {
    let key = key(label, KeyKind::Ed25519);
    let digest = DigestAlgorithm::Sm3.digest(format!("serial of {label}").as_bytes());
    let mut serial = [0; 8];
    serial.copy_from_slice(&digest.as_bytes()[..8]);
    serial[0] = serial[0] & 0x3f | 0x40;
    let template = template.serial(&serial).valid(FROM, UNTIL);
    let certificate = template.issue(key.public_key(), ca).expect("a serial number and a span of time");
    let mut chain: Vec<Certificate> = vec![ca.certificate().clone()];
    chain.extend_from_slice(ca.chain());
    Arc::new(SoftSigner::new(key, certificate, chain).expect("the key of the certificate"))
}
