//! A forgery to look at: the claims of a real index with another holder, signed with a key of the forger's own.

use anyhow::{Context as _, Result};
use license_core::index::{Algorithm, IndexText, Prepared};
use pki::{KeyKind, PrivateKey};

use crate::files::random;

/// Forges an index like `genuine`, under the same address and with the genuine key's short name.
pub(super) fn forge(genuine: &str) -> Result<String> {
    let genuine = IndexText::parse(genuine)?;
    let mut claims = genuine.token().claims().clone();
    claims.holder = "样例市李鬼冒名有限公司".to_owned();
    let key = PrivateKey::generate(KeyKind::P256, &mut random())?;
    let algorithm = Algorithm::of(key.algorithm()).context("P-256 signs indexes")?;
    let prepared = Prepared::new(&claims, algorithm, genuine.token().key_id())?;
    let signature = pki::der_to_raw(&key.sign(prepared.to_be_signed())?, 32)?;
    Ok(IndexText::new(genuine.prefix(), prepared.finish(&signature)?)?.to_string())
}
