//! A key in hardware, as `office.toml` speaks of it.
//!
//! ```toml
//! [pkcs11.document-hsm]                  # the name that an issuer's `document_signer` gives
//! module = "/usr/lib/softhsm/libsofthsm2.so"
//! token = "licenses"                     # label; `serial` where several tokens have it
//! key = "document"                       # label; or `id`, in hexadecimal digits
//! pin_file = "keys/document-hsm.pin"     # or `pin_env`; the PIN itself never stands here
//! certificate = "keys/document-hsm.pem"  # with its chain; else keys/NAME.pem if there is one, else the token's
//! ```

use std::path::{Path, PathBuf};
use std::time::Duration;

use pkcs11_signer::{DEFAULT_SESSIONS, DEFAULT_WAIT, KeyLocation, Pin, Pkcs11Signer, Sm2Mechanism};
use serde::{Deserialize, Serialize};

use super::DeploymentError;

/// Where the PIN is looked for when nothing says otherwise.
pub const PIN_VARIABLE: &str = "LICENSE_PKCS11_PIN";

/// One section `[pkcs11.NAME]`. Paths are relative to the deployment's folder.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Pkcs11File {
    /// Path of the module.
    pub module: PathBuf,
    /// Label of the token.
    pub token: String,
    /// Serial number of the token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// Label of the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Id of the key, in hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// File whose first line is the PIN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin_file: Option<PathBuf>,
    /// Environment variable that holds the PIN; [`PIN_VARIABLE`] when there is no file either.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin_env: Option<String>,
    /// Certificate with its chain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<PathBuf>,
    /// Most sessions at a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sessions: Option<usize>,
    /// Seconds that a signature waits for a free session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_seconds: Option<u64>,
    /// The vendor's mechanism for SM2 signatures, where the key is of that kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sm2_mechanism: Option<u64>,
}

impl Pkcs11File {
    /// Opens the key called `name` of the deployment at `folder`.
    pub fn open(&self, folder: &Path, name: &str) -> Result<Pkcs11Signer, DeploymentError> {
        let fault = |problem: String| DeploymentError::Key { name: name.to_owned(), problem };
        let id = match &self.id {
            Some(text) => Some(hex(text).ok_or_else(|| fault(format!("id {text:?} is not in hexadecimal digits")))?),
            None => None,
        };
        if self.key.is_none() && id.is_none() {
            return Err(fault("say which key of the token: key (its label) or id".to_owned()));
        }
        let pin = match (&self.pin_file, &self.pin_env) {
            (Some(_), Some(_)) => return Err(fault("give pin_file or pin_env, not both".to_owned())),
            (Some(path), None) => Pin::from_file(&folder.join(path)),
            (None, variable) => Pin::from_env(variable.as_deref().unwrap_or(PIN_VARIABLE)),
        };
        let beside = folder.join("keys").join(format!("{name}.pem"));
        let certificates = match &self.certificate {
            Some(path) => super::certificates(&folder.join(path))?,
            None if beside.is_file() => super::certificates(&beside)?,
            None => Vec::new(),
        };
        let location = KeyLocation {
            serial: self.serial.clone(),
            label: self.key.clone(),
            id,
            sessions: self.sessions.unwrap_or(DEFAULT_SESSIONS),
            wait: self.wait_seconds.map_or(DEFAULT_WAIT, Duration::from_secs),
            sm2: self.sm2_mechanism.map(Sm2Mechanism),
            ..KeyLocation::new(folder.join(&self.module), &self.token)
        };
        let opened = pin.and_then(|pin| Pkcs11Signer::open(location, pin, certificates));
        opened.map_err(|error| fault(error.to_string()))
    }
}

fn hex(text: &str) -> Option<Vec<u8>> {
    data_encoding::HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok().filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_section_that_names_no_key_or_hides_its_pin_twice_is_refused() {
        let open = |text: &str| {
            let file: Pkcs11File = toml::from_str(text).unwrap();
            file.open(Path::new("/nowhere"), "hsm").unwrap_err().to_string()
        };
        let none = open("module = 'm.so'\ntoken = 't'");
        assert!(none.contains("key hsm") && none.contains("which key"), "{none}");
        assert!(open("module = 'm.so'\ntoken = 't'\nid = 'xyz'").contains("hexadecimal"));
        let both = open("module = 'm.so'\ntoken = 't'\nkey = 'k'\npin_file = 'p'\npin_env = 'P'");
        assert!(both.contains("not both"), "{both}");
        let missing = open("module = 'm.so'\ntoken = 't'\nkey = 'k'\npin_file = 'p'");
        assert!(missing.contains("/nowhere/p"), "{missing}");
        assert!(
            toml::from_str::<Pkcs11File>("module = 'm.so'\ntoken = 't'\npin = '1234'").is_err(),
            "no PIN in the file"
        );
    }
}
