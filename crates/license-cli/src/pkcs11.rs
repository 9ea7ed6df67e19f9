//! `--pkcs11-module …`: a key in hardware (PKCS#11). The PIN comes from a file or the environment, never from the command
//! line, where every user of the machine could read it.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};
use clap::Args;
use license_server::deployment::{OfficeFile, PIN_VARIABLE, Pkcs11File};
use pkcs11_signer::Pkcs11Signer;

use crate::fault::fault;

/// What a key made on the command line is called in messages and, while it runs, in the office.
const NAME: &str = "from --pkcs11-module";

/// Where a key in hardware is; its label is the command's `--key`.
#[derive(Args, Clone)]
pub(crate) struct Pkcs11Args {
    /// The key is in hardware: the PKCS#11 module (a shared library) of its maker; --key is the key's label there
    #[arg(long, value_name = "FILE", requires = "token")]
    pkcs11_module: Option<PathBuf>,
    /// Label of the token
    #[arg(long, value_name = "LABEL", requires = "pkcs11_module")]
    token: Option<String>,
    /// Serial number of the token, where several have one label
    #[arg(long, value_name = "NUMBER", requires = "pkcs11_module")]
    token_serial: Option<String>,
    /// Id of the key in hexadecimal digits, with or instead of --key
    #[arg(long, value_name = "HEX", requires = "pkcs11_module")]
    key_id: Option<String>,
    /// File whose first line is the PIN, readable by its owner alone; else the environment's LICENSE_PKCS11_PIN
    #[arg(long, value_name = "FILE", requires = "pkcs11_module")]
    pin_file: Option<PathBuf>,
    /// The vendor's mechanism for SM2 signatures (0x80000000 or above), where the key is of that kind
    #[arg(long, value_name = "NUMBER", requires = "pkcs11_module", value_parser = mechanism)]
    sm2_mechanism: Option<u64>,
}

impl Pkcs11Args {
    /// Whether a key in hardware is meant.
    pub(crate) const fn is_given(&self) -> bool {
        self.pkcs11_module.is_some()
    }

    /// Opens the key with this label; `certificate` is its file, if the token has none.
    pub(crate) fn open(&self, label: Option<&str>, certificate: Option<&Path>) -> Result<Pkcs11Signer> {
        let file = self.file(label, certificate)?;
        // Paths of a command line are relative to the working folder, which joining with nothing leaves alone.
        file.open(Path::new(""), NAME).map_err(|error| fault(place(), error, ADVICE))
    }

    /// Has the issuer of a license type sign documents with this key, for this run.
    pub(crate) fn replace_document_key(
        &self,
        office: &mut OfficeFile,
        type_id: &str,
        label: Option<&str>,
        certificate: Option<&Path>,
    ) -> Result<()> {
        let here = std::env::current_dir()?;
        let mut file = self.file(label, certificate)?;
        // An office's paths are relative to its folder.
        for path in [Some(&mut file.module), file.pin_file.as_mut(), file.certificate.as_mut()].into_iter().flatten() {
            *path = here.join(&*path);
        }
        let mut issuers = office.issuers.iter_mut().filter(|issuer| issuer.types.iter().any(|id| id == type_id));
        let Some(issuer) = issuers.next() else {
            return Err(fault(type_id, "no issuer of the deployment issues this type", "name it in office.toml"));
        };
        issuer.document_signer = NAME.to_owned();
        office.pkcs11.insert(NAME.to_owned(), file);
        Ok(())
    }

    fn file(&self, label: Option<&str>, certificate: Option<&Path>) -> Result<Pkcs11File> {
        let (Some(module), Some(token)) = (&self.pkcs11_module, &self.token) else {
            return Err(anyhow!("--pkcs11-module and --token go together"));
        };
        if label.is_none() && self.key_id.is_none() {
            return Err(fault(place(), "which key of the token?", "give --key LABEL or --key-id HEX"));
        }
        if self.pin_file.is_none() && std::env::var_os(PIN_VARIABLE).is_none() {
            let advice = format!("give --pin-file FILE, or put the PIN into {PIN_VARIABLE}");
            return Err(fault(place(), "no PIN", advice));
        }
        Ok(Pkcs11File {
            module: module.clone(),
            token: token.clone(),
            serial: self.token_serial.clone(),
            key: label.map(str::to_owned),
            id: self.key_id.clone(),
            pin_file: self.pin_file.clone(),
            certificate: certificate.map(Path::to_owned),
            sm2_mechanism: self.sm2_mechanism,
            ..Pkcs11File::default()
        })
    }
}

/// What to do about a key that does not open; the message says which of these it is.
const ADVICE: &str = "`pkcs11-tool --module FILE --list-objects` shows what is on a token";

fn place() -> &'static str {
    "--pkcs11-module"
}

fn mechanism(text: &str) -> Result<u64, String> {
    let number = match text.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    };
    number.ok_or_else(|| format!("{text} is no number such as 0x80000103"))
}
