//! `office.toml`.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{DeploymentError, Pkcs11File, TimeStampFile, VerificationFile};

/// The whole file.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct OfficeFile {
    /// Who runs the service.
    pub operator: String,
    /// What stands before the token in QR codes: `HTTPS://LICENSE.EXAMPLE.GOV.CN/V/`, upper case.
    pub address: String,
    /// Whether every page bears 样张 SPECIMEN; only an issuing organ's own installation says `false`.
    #[serde(default = "yes")]
    pub specimen: bool,
    /// Name of the key that signs verification reports (P-256; its organisation is the operator); none signs none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report_signer: Option<String>,
    /// Time-stamp services; without, documents are issued at level B-B and prove nothing about time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_stamp: Option<TimeStampFile>,
    /// What the service asks of revocation data and algorithms when it verifies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verification: Option<VerificationFile>,
    /// The issuing authorities.
    #[serde(rename = "issuer")]
    pub issuers: Vec<IssuerFile>,
    /// Keys in hardware by name; a name that is not here is a key file.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub pkcs11: BTreeMap<String, Pkcs11File>,
}

/// One issuing authority.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct IssuerFile {
    /// 颁发机构代码.
    pub code: String,
    /// 颁发机构.
    pub name: String,
    /// License types it issues, by template name.
    pub types: Vec<String>,
    /// Path of its seal.
    pub seal: String,
    /// Name of the key that uses the seal (SM2).
    pub seal_signer: String,
    /// Name of the key that signs PDFs (P-256).
    pub document_signer: String,
    /// Name of the key that signs indexes.
    pub index_signer: String,
}

impl OfficeFile {
    /// Reads the file.
    pub fn read(path: &Path) -> Result<OfficeFile, DeploymentError> {
        toml::from_str(&super::read_text(path)?).map_err(|error| super::content(path, error))
    }

    /// The file's text.
    pub fn to_toml(&self) -> String {
        // Plain strings, lists and one table array: always representable.
        toml::to_string_pretty(self).unwrap_or_default()
    }

    /// The issuer that issues a license type, when exactly one does.
    pub fn issuer_of_type(&self, type_id: &str) -> Option<&IssuerFile> {
        let mut issuers = self.issuers.iter().filter(|issuer| issuer.types.iter().any(|id| id == type_id));
        let first = issuers.next()?;
        issuers.next().is_none().then_some(first)
    }
}

fn yes() -> bool {
    true
}
