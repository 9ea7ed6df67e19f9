//! From `office.toml` to the list: issuers, their types and index keys, CAs, the address.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use license_core::template::Catalog;
use license_core::trust::{Anchor, IndexKey, Issuer, Period, Purpose, TrustList};
use license_server::deployment::{IssuerFile, OfficeFile};
use pki::{Certificate, Signer as _};
use time::OffsetDateTime;

use super::edition::{USUAL_LIFE, signed};
use crate::files::write_new;
use crate::keys::names;

/// The first edition of a new deployment. Writes `trust/`: the roots as PEM, the list as JSON for people and as signed JWS
/// for programs.
pub(crate) fn make(
    folder: &Path,
    office: &OfficeFile,
    catalog: &Catalog,
    password: &[u8],
    now: OffsetDateTime,
) -> Result<()> {
    let keys = folder.join("keys");
    let sm2_root = first(&keys, names::SM2_ROOT)?;
    let root = crate::deployment::key(&keys, names::P256_ROOT, password)?;
    let now = now.replace_nanosecond(0).unwrap_or(now);
    let mut list = TrustList {
        sequence: 1,
        issued_at: Some(now),
        next_update: Some(now + USUAL_LIFE),
        anchors: vec![
            Anchor::new("SM2", sm2_root, vec![Purpose::DocumentSigning, Purpose::SealMaking]),
            Anchor::new("P-256", root.certificate().clone(), vec![Purpose::DocumentSigning]),
        ],
        ..TrustList::default()
    };
    refresh(&mut list, folder, office, catalog)?;
    let edition = signed(list, &root)?;
    let trust = folder.join("trust");
    fs::create_dir_all(&trust).with_context(|| format!("cannot make {}", trust.display()))?;
    for (name, anchor) in ["root-sm2.pem", "root-p256.pem"].iter().zip(&edition.list.anchors) {
        write_new(&trust.join(name), anchor.certificate.to_pem().as_bytes())?;
    }
    write_new(&trust.join("trust-list.json"), &edition.list.to_json())?;
    write_new(&trust.join("trust-list.jws"), edition.text.as_bytes())
}

/// Brings a list up to what `office.toml` says. Nothing is taken away: what an issuer, key or address stood for in the past
/// must stay answerable.
pub(super) fn refresh(list: &mut TrustList, folder: &Path, office: &OfficeFile, catalog: &Catalog) -> Result<()> {
    let keys = folder.join("keys");
    office.operator.clone_into(&mut list.operator);
    if !list.addresses.contains(&office.address) {
        list.addresses.push(office.address.clone());
    }
    for file in &office.issuers {
        let types = file.types.iter().map(|id| {
            let template = catalog.get(id).with_context(|| format!("no license type {id}"))?;
            Ok(template.file.kind.code.clone())
        });
        let types = types.collect::<Result<Vec<String>>>()?;
        let at = match list.issuers.iter().position(|issuer| issuer.code == file.code) {
            Some(at) => at,
            None => {
                list.issuers.push(Issuer::new(&file.code, &file.name, Vec::new()));
                list.issuers.len() - 1
            }
        };
        let issuer = &mut list.issuers[at];
        issuer.name.clone_from(&file.name);
        issuer.types = types;
        add_index_key(issuer, &first(&keys, &file.index_signer)?)?;
    }
    for authority in authorities(&keys, &office.issuers)? {
        if !list.authorities.contains(&authority) {
            list.authorities.push(authority);
        }
    }
    Ok(())
}

fn add_index_key(issuer: &mut Issuer, certificate: &Certificate) -> Result<()> {
    let key = certificate.public_key().map_err(Clone::clone)?.clone();
    if issuer.index_keys.iter().all(|known| known.key.spki_der() != key.spki_der()) {
        let period = Period { from: Some(certificate.not_before()), until: Some(certificate.not_after()) };
        issuer.index_keys.extend(IndexKey::new(key, period));
    }
    Ok(())
}

/// The certificate of a key.
pub(crate) fn first(keys: &Path, name: &str) -> Result<Certificate> {
    let mut chain = chain(keys, name)?;
    anyhow::ensure!(!chain.is_empty(), "{}: no certificate in it", keys.join(format!("{name}.pem")).display());
    Ok(chain.remove(0))
}

fn chain(keys: &Path, name: &str) -> Result<Vec<Certificate>> {
    let path = keys.join(format!("{name}.pem"));
    let pem = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    Certificate::many_from_pem(&pem).with_context(|| path.display().to_string())
}

/// The CAs between the roots and the signers, from the chains beside the keys: a seal signature brings none.
fn authorities(keys: &Path, issuers: &[IssuerFile]) -> Result<Vec<Certificate>> {
    let signers = issuers.iter().flat_map(|issuer| [issuer.seal_signer.as_str(), &issuer.document_signer]);
    // A seal maker may be somebody else's.
    let maker = keys.join(format!("{}.pem", names::SEAL_MAKER)).is_file().then_some(names::SEAL_MAKER);
    let mut found: Vec<Certificate> = Vec::new();
    for name in maker.into_iter().chain(signers) {
        // Keys in hardware may keep their certificate elsewhere.
        if keys.join(format!("{name}.pem")).is_file() {
            let above = chain(keys, name)?.into_iter().skip(1);
            found.extend(above.filter(|certificate| !certificate.is_self_issued()));
        }
    }
    Ok(found)
}
