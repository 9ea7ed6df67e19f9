//! The next revocation list of a CA whose key is here: what it listed before, and maybe one certificate more.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use pki::{Certificate, Crl, CrlTemplate, RevocationReason, Signer as _};
use time::{Duration, OffsetDateTime};

/// How long a list stands.
pub(super) const LIFE: Duration = Duration::days(30);

/// Path of the list below the deployment's folder, and the list in DER; nothing when the key of the certificate's CA is
/// not here.
pub(super) fn revoke(
    data: &Path,
    certificate: &Certificate,
    (from, reason): (OffsetDateTime, RevocationReason),
    now: OffsetDateTime,
    password: &[u8],
) -> Result<Option<(String, Vec<u8>)>> {
    let keys = data.join("keys");
    let known = known_certificates(&keys)?;
    let issued = |(name, ca): &&(String, Certificate)| {
        let signed = |key| certificate.verify_signed_by(key).is_some_and(|result| result.is_ok());
        keys.join(format!("{name}.key.pem")).is_file()
            && ca.subject().matches(certificate.issuer())
            && ca.public_key().is_ok_and(signed)
    };
    let Some((name, _)) = known.iter().filter(|_| !certificate.is_self_issued()).find(issued) else { return Ok(None) };
    let list = Next { data, known: &known, now, life: LIFE, password };
    list.of(name, Some((certificate, from, reason))).map(Some)
}

/// The next lists of the CAs of a deployment.
pub(super) struct Next<'a> {
    pub(super) data: &'a Path,
    /// Everything that these CAs may have given up.
    pub(super) known: &'a [(String, Certificate)],
    pub(super) now: OffsetDateTime,
    /// How long they stand.
    pub(super) life: Duration,
    pub(super) password: &'a [u8],
}

impl Next<'_> {
    /// Of this CA: path and DER; with one certificate more.
    pub(super) fn of(
        &self,
        name: &str,
        more: Option<(&Certificate, OffsetDateTime, RevocationReason)>,
    ) -> Result<(String, Vec<u8>)> {
        let Next { data, known, now, life, password } = *self;
        let ca = crate::deployment::key(&data.join("keys"), name, password)?;
        let path = format!("trust/crls/{name}.crl");
        let former = match fs::read(data.join(&path)) {
            // A list that cannot be read is not forgotten silently: those on it would be good again.
            Ok(der) => Some(Crl::from_der(&der).with_context(|| path.clone())?),
            Err(_) => None,
        };
        let whole = |at: OffsetDateTime| at.replace_nanosecond(0).unwrap_or(at);
        let number = u32::try_from(now.unix_timestamp()).unwrap_or(u32::MAX);
        let mut list = CrlTemplate::new(number, whole(now), whole(now) + life);
        // Everything that this CA has given up is in keys/: the former list says which.
        for (_, given_up) in known.iter().filter(|(_, one)| more.is_none_or(|(certificate, ..)| one != certificate)) {
            let ours = given_up.issuer().matches(ca.certificate().subject());
            let revoked = former.as_ref().filter(|_| ours).and_then(|former| former.entry(given_up.serial()));
            if let Some(revocation) = revoked {
                list = list.revoke(given_up, revocation.at, revocation.reason);
            }
        }
        if let Some((certificate, from, reason)) = more {
            list = list.revoke(certificate, whole(from), reason);
        }
        Ok((path, list.issue(&ca)?.der().to_vec()))
    }
}

/// The certificates of a folder of keys, by name.
pub(super) fn known_certificates(keys: &Path) -> Result<Vec<(String, Certificate)>> {
    let entries = fs::read_dir(keys).with_context(|| format!("cannot read {}", keys.display()))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.sort();
    let first = |path: &PathBuf| {
        let name = path.file_name()?.to_str()?.strip_suffix(".pem")?.to_owned();
        if name.ends_with(".key") {
            return None;
        }
        let certificate = Certificate::many_from_pem(&fs::read_to_string(path).ok()?).ok()?.into_iter().next()?;
        Some((name, certificate))
    };
    Ok(paths.iter().filter_map(first).collect())
}
