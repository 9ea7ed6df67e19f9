//! What ends, and when: certificates, seals, the trust list. For people (`license keys check`) and for metrics.

use std::fs;
use std::path::Path;

use eseal::Seal;
use license_core::issue::Issuer;
use license_core::trust::TrustList;
use pki::Certificate;
use time::OffsetDateTime;

use super::{DeploymentError, certificates, content};

/// What kind of thing ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Expires {
    /// A certificate.
    Certificate,
    /// A seal.
    Seal,
    /// The trust list: its next edition is due.
    TrustList,
}

impl Expires {
    /// As a label of metrics.
    pub fn word(self) -> &'static str {
        match self {
            Expires::Certificate => "certificate",
            Expires::Seal => "seal",
            Expires::TrustList => "trust-list",
        }
    }
}

/// Something that ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expiry {
    /// What kind.
    pub kind: Expires,
    /// Which: name of the key file, of the seal file, of the operator.
    pub name: String,
    /// When.
    pub at: OffsetDateTime,
}

impl Expiry {
    /// Seconds left; negative when it is over.
    pub fn seconds_left(&self, now: OffsetDateTime) -> i64 {
        (self.at - now).whole_seconds()
    }
}

/// Everything of a deployment on disk; no key is opened.
pub fn of_folder(folder: &Path) -> Result<Vec<Expiry>, DeploymentError> {
    let mut found = Vec::new();
    for path in files(&folder.join("keys"), "pem")? {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        // NAME.key.pem is the key itself.
        if name.ends_with(".key") {
            continue;
        }
        if let Some(certificate) = certificates(&path)?.first() {
            found.push(of_certificate(&name, certificate));
        }
    }
    let seals = folder.join("seals");
    for path in if seals.is_dir() { files(&seals, "esl")? } else { Vec::new() } {
        let der = fs::read(&path).map_err(|source| DeploymentError::Read { path: path.clone(), source })?;
        let seal = Seal::from_der(&der).map_err(|error| content(&path, error))?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        found.push(Expiry { kind: Expires::Seal, name, at: seal.content().valid_until });
    }
    let trust = folder.join("trust");
    let (list, _) = super::trust_list(&trust, &super::roots(&trust)?)?;
    found.extend(of_list(&list));
    Ok(found)
}

/// Everything that a running office uses.
pub fn of_office<'i>(issuers: impl IntoIterator<Item = &'i Issuer>, trust: &TrustList) -> Vec<Expiry> {
    let mut found: Vec<Expiry> = Vec::new();
    for issuer in issuers {
        let code = issuer.code();
        let signers =
            [("seal", issuer.seal_signer()), ("document", issuer.document_signer()), ("index", issuer.index_signer())];
        for (role, signer) in signers {
            found.push(of_certificate(&format!("{code}-{role}"), signer.certificate()));
            for above in signer.chain() {
                let of_ca = of_certificate(&above.subject().to_string(), above);
                if !found.contains(&of_ca) {
                    found.push(of_ca);
                }
            }
        }
        let at = issuer.seal().content().valid_until;
        found.push(Expiry { kind: Expires::Seal, name: code.to_string(), at });
    }
    found.extend(of_list(trust));
    found
}

fn of_certificate(name: &str, certificate: &Certificate) -> Expiry {
    Expiry { kind: Expires::Certificate, name: name.to_owned(), at: certificate.not_after() }
}

fn of_list(list: &TrustList) -> Option<Expiry> {
    let at = list.next_update?;
    Some(Expiry { kind: Expires::TrustList, name: list.operator.clone(), at })
}

/// Files of a folder with this ending, in order.
fn files(folder: &Path, ending: &str) -> Result<Vec<std::path::PathBuf>, DeploymentError> {
    let entries = fs::read_dir(folder).map_err(|source| DeploymentError::Read { path: folder.to_owned(), source })?;
    let mut paths: Vec<_> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == ending));
    paths.sort();
    Ok(paths)
}
