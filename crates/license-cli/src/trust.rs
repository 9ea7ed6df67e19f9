//! `license trust new`: the trust list of a deployment, signed by its root.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use license_core::template::Catalog;
use license_core::trust::{Anchor, IndexKey, Issuer, Period, Purpose, TrustList};
use license_server::deployment::{OfficeFile, signer};
use pki::Signer as _;
use time::{Duration, OffsetDateTime};

use crate::files::write_new;
use crate::keys::names;

/// Writes `trust/`: the roots as PEM, the list as JSON for people and as signed JWS for programs.
pub(crate) fn make(
    folder: &Path,
    office: &OfficeFile,
    catalog: &Catalog,
    password: &[u8],
    now: OffsetDateTime,
) -> Result<()> {
    let keys = folder.join("keys");
    let sm2_root = signer(&keys, names::SM2_ROOT, password)?;
    let p256_root = signer(&keys, names::P256_ROOT, password)?;
    let anchor = |name: &str, root: &pki::SoftSigner, purposes| Anchor {
        name: name.to_owned(),
        certificate: root.certificate().clone(),
        purposes,
        period: Period::default(),
    };
    let mut list = TrustList {
        sequence: 1,
        operator: office.operator.clone(),
        issued_at: Some(now.replace_nanosecond(0).unwrap_or(now)),
        next_update: Some((now + Duration::days(365)).replace_nanosecond(0).unwrap_or(now)),
        addresses: vec![office.address.clone()],
        anchors: vec![
            anchor("SM2", &sm2_root, vec![Purpose::DocumentSigning, Purpose::SealMaking]),
            anchor("P-256", &p256_root, vec![Purpose::DocumentSigning]),
        ],
        issuers: Vec::new(),
    };
    for issuer in &office.issuers {
        let index = signer(&keys, &issuer.index_signer, password)?;
        let certificate = index.certificate();
        let period = Period { from: Some(certificate.not_before()), until: Some(certificate.not_after()) };
        let key = certificate.public_key().map_err(Clone::clone)?.clone();
        let types = issuer.types.iter().map(|id| {
            let template = catalog.get(id).with_context(|| format!("no license type {id}"))?;
            Ok(template.file.kind.code.clone())
        });
        list.issuers.push(Issuer {
            code: issuer.code.clone(),
            name: issuer.name.clone(),
            types: types.collect::<Result<_>>()?,
            index_keys: IndexKey::new(key, period).into_iter().collect(),
        });
    }
    let prepared = list.prepare(p256_root.certificate())?;
    let signature = p256_root.sign(prepared.to_be_signed())?;
    let signed = prepared.finish(&signature)?;
    let trust = folder.join("trust");
    fs::create_dir_all(&trust).with_context(|| format!("cannot make {}", trust.display()))?;
    write_new(&trust.join("root-sm2.pem"), sm2_root.certificate().to_pem().as_bytes())?;
    write_new(&trust.join("root-p256.pem"), p256_root.certificate().to_pem().as_bytes())?;
    write_new(&trust.join("trust-list.json"), &list.to_json())?;
    write_new(&trust.join("trust-list.jws"), signed.as_bytes())
}
