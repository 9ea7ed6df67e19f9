//! `--crl …`, `--ocsp …`, `--revocation …`: what a verification knows about revocation, from files.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use license_core::verify::{Policy, RevocationMode, RevocationRules};
use pki::ocsp::OcspResponse;
use pki::{Certificate, Crl};
use time::Duration;

use crate::fault::fault;
use crate::files::read;

/// Revocation data at hand, and what is asked of it.
#[derive(Args, Clone)]
pub(crate) struct EvidenceArgs {
    /// Revocation list (DER or PEM); may be repeated
    #[arg(long, value_name = "FILE")]
    crl: Vec<PathBuf>,
    /// OCSP answer (DER); may be repeated
    #[arg(long, value_name = "FILE")]
    ocsp: Vec<PathBuf>,
    /// CA certificates that documents may have left out (PEM); trusted by nobody for that; may be repeated
    #[arg(long, value_name = "FILE")]
    certificates: Vec<PathBuf>,
    /// What missing knowledge about revocation means: off (nobody asks), soft (it is told), hard (the verdict stays open)
    #[arg(long, value_name = "MODE", default_value = "soft", value_parser = mode)]
    revocation: RevocationMode,
    /// Lists and answers count for this many hours; without it as long as they promise
    #[arg(long, value_name = "HOURS")]
    max_age: Option<u32>,
    /// Of signatures with a time stamp: evidence counts only if it was made this many hours later than the stamp
    #[arg(long, value_name = "HOURS")]
    grace: Option<u32>,
}

/// The files, opened.
pub(crate) struct Evidence {
    crls: Vec<Crl>,
    ocsp: Vec<OcspResponse>,
    certificates: Vec<Certificate>,
    rules: RevocationRules,
}

impl EvidenceArgs {
    /// Opens the files.
    pub(crate) fn open(&self) -> Result<Evidence> {
        let mut evidence = Evidence {
            crls: Vec::new(),
            ocsp: Vec::new(),
            certificates: Vec::new(),
            rules: RevocationRules {
                mode: self.revocation,
                max_age: self.max_age.map(|hours| Duration::hours(hours.into())),
                grace: self.grace.map(|hours| Duration::hours(hours.into())),
            },
        };
        for path in &self.crl {
            evidence.crls.push(crl(path)?);
        }
        for path in &self.ocsp {
            let answer = OcspResponse::from_der(&read(path)?);
            let advice = "give the answer of an OCSP responder in DER, as `openssl ocsp -respout` writes it";
            evidence.ocsp.push(answer.map_err(|error| fault(path.display(), error, advice))?);
        }
        for path in &self.certificates {
            let text = String::from_utf8_lossy(&read(path)?).into_owned();
            let found = Certificate::many_from_pem(&text);
            let advice = "give a file of PEM certificates";
            evidence.certificates.extend(found.map_err(|error| fault(path.display(), error, advice))?);
        }
        Ok(evidence)
    }
}

impl Evidence {
    /// Lists that lie beside the trust list.
    pub(crate) fn add_crls(&mut self, crls: Vec<Crl>) {
        self.crls.extend(crls);
    }

    /// A policy that knows this much.
    pub(crate) fn policy(&self) -> Policy<'_> {
        Policy {
            crls: &self.crls,
            ocsp: &self.ocsp,
            intermediates: &self.certificates,
            revocation: self.rules,
            ..Policy::default()
        }
    }
}

fn crl(path: &Path) -> Result<Crl> {
    let bytes = read(path)?;
    let crl = match std::str::from_utf8(&bytes) {
        Ok(text) if text.trim_start().starts_with("-----BEGIN") => Crl::from_pem(text),
        _ => Crl::from_der(&bytes),
    };
    crl.map_err(|error| fault(path.display(), error, "give a revocation list, DER or PEM (BEGIN X509 CRL)"))
}

fn mode(text: &str) -> Result<RevocationMode, String> {
    let modes = [RevocationMode::Off, RevocationMode::Soft, RevocationMode::Hard];
    modes.into_iter().find(|mode| mode.name() == text).ok_or_else(|| format!("{text} is none of off, soft, hard"))
}
