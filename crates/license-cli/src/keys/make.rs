//! `license keys new`: a test PKI with proper extensions, key files encrypted at rest.
//!
//! An SM2 branch (root, issuing CA, seal maker, one signer per issuer) for electronic seals, and a P-256 branch
//! (root, issuing CA, a signer of verification reports, a document signer and an index signer per issuer) for PDF
//! signatures and QR codes.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use pki::{CertificateTemplate, KeyFileCost, KeyKind, Name};
use time::{Duration, OffsetDateTime};

use super::press::Press;
use super::role::Role;
use super::{IssuerName, names};
use crate::fault::fault;

/// Makes all keys and certificates below `folder/keys`; refuses to touch what is there.
pub(crate) fn make(
    folder: &Path,
    operator: &str,
    issuers: &[IssuerName],
    password: &[u8],
    now: OffsetDateTime,
    cost: KeyFileCost,
) -> Result<()> {
    let keys = folder.join("keys");
    if keys.exists() {
        return Err(fault(
            keys.display(),
            "exists already, and keys are never overwritten",
            "give another --out folder",
        ));
    }
    if password.is_empty() {
        return Err(fault("password", "is empty and would protect nothing", "put one into the first line of the file"));
    }
    fs::create_dir_all(&keys).with_context(|| format!("cannot make {}", keys.display()))?;
    let press = Press { keys, password, cost, from: now - Duration::hours(1), years: 10 };

    let name = |common: &str| {
        Name::builder().country("CN").organization(operator).common_name(&format!("{common}（测试 TEST ONLY）")).build()
    };
    let sm2_root = press.root(names::SM2_ROOT, KeyKind::Sm2, name("国密根证书 SM2 Root"))?;
    let sm2_ca = press.ca(names::SM2_CA, KeyKind::Sm2, name("国密签发证书 SM2 Issuing CA"), &sm2_root)?;
    let maker = CertificateTemplate::seal_maker(name("电子印章制作系统 Seal Maker"));
    press.leaf(names::SEAL_MAKER, KeyKind::Sm2, maker, &[&sm2_ca, &sm2_root])?;
    let p256_root = press.root(names::P256_ROOT, KeyKind::P256, name("根证书 P-256 Root"))?;
    let p256_ca = press.ca(names::P256_CA, KeyKind::P256, name("签发证书 P-256 Issuing CA"), &p256_root)?;
    // Its organisation is the operator, who answers for the register.
    let reports = CertificateTemplate::document_signer(name("核验服务 Verification service"));
    press.leaf(names::REPORT_SIGNER, KeyKind::P256, reports, &[&p256_ca, &p256_root])?;
    for issuer in issuers {
        for (role, name) in [
            (Role::Seal, names::seal_signer(&issuer.code)),
            (Role::Document, names::document_signer(&issuer.code)),
            (Role::Index, names::index_signer(&issuer.code)),
        ] {
            let path = if role == Role::Seal { [&sm2_ca, &sm2_root] } else { [&p256_ca, &p256_root] };
            press.leaf(&name, role.kind(), role.template(&issuer.code, &issuer.name), &path)?;
        }
    }
    Ok(())
}
