//! `--crl …`, `--ocsp …`, `--revocation …`: what a verification knows about revocation, from files.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use license_core::verify::{Policy, RevocationMode, RevocationRules, Sunset};
use license_server::deployment::{self, SunsetFile, Verification};
use pki::ocsp::OcspResponse;
use pki::{Certificate, Crl, ObjectIdentifier};
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
    /// What missing knowledge about revocation means: off (nobody asks), soft (it is told; the default), hard (the verdict
    /// stays open)
    #[arg(long, value_name = "MODE", value_parser = mode)]
    revocation: Option<RevocationMode>,
    /// Lists and answers count for this many hours; without it as long as they promise
    #[arg(long, value_name = "HOURS")]
    max_age: Option<u32>,
    /// Of signatures with a time stamp: evidence counts only if it was made this many hours later than the stamp
    #[arg(long, value_name = "HOURS")]
    grace: Option<u32>,
    /// An algorithm that proves nothing any more from a time on: sha1=2020-01-01T00:00:00Z, rsa-2048=…; may be repeated
    #[arg(long, value_name = "ALGORITHM=TIME", value_parser = sunset)]
    sunset: Vec<Sunset>,
    /// Extended key usage that a signer of a document that is no license may have, besides id-kp-documentSigning; may be
    /// repeated, and takes the place of the usual ones (Adobe, Microsoft, e-mail)
    #[arg(long, value_name = "OID", value_parser = crate::network::oid)]
    usage: Vec<ObjectIdentifier>,
}

/// The files, opened.
pub(crate) struct Evidence {
    crls: Vec<Crl>,
    ocsp: Vec<OcspResponse>,
    certificates: Vec<Certificate>,
    rules: RevocationRules,
    sunsets: Vec<Sunset>,
    usages: Option<Vec<ObjectIdentifier>>,
}

impl EvidenceArgs {
    /// Opens the files. What a deployment goes by counts where no argument says otherwise.
    pub(crate) fn open(&self, deployment: Option<&Verification>) -> Result<Evidence> {
        let usual = deployment.map(Verification::rules).unwrap_or_default();
        let hours = |hours: Option<u32>| hours.map(|hours| Duration::hours(hours.into()));
        let mut evidence = Evidence {
            crls: Vec::new(),
            ocsp: Vec::new(),
            certificates: Vec::new(),
            rules: RevocationRules {
                mode: self.revocation.unwrap_or(usual.mode),
                max_age: hours(self.max_age).or(usual.max_age),
                grace: hours(self.grace).or(usual.grace),
            },
            sunsets: deployment.map(Verification::sunsets).unwrap_or_default().to_vec(),
            usages: match deployment.and_then(Verification::usages) {
                usual if self.usage.is_empty() => usual.map(<[ObjectIdentifier]>::to_vec),
                _ => Some(self.usage.clone()),
            },
        };
        evidence.sunsets.extend(&self.sunset);
        for path in &self.crl {
            evidence.crls.push(crl(path)?);
        }
        for path in &self.ocsp {
            let answer = OcspResponse::from_der(&read(path)?);
            let advice = "give the answer of an OCSP responder in DER, as `openssl ocsp -respout` writes it";
            evidence.ocsp.push(answer.map_err(|error| fault(path.display(), error, advice))?);
        }
        for path in &self.certificates {
            evidence.certificates.extend(crate::trust::certificates(std::slice::from_ref(path))?);
        }
        Ok(evidence)
    }
}

impl Evidence {
    /// What lies beside the trust list.
    pub(crate) fn add(&mut self, found: deployment::Evidence) {
        self.crls.extend(found.crls);
        self.ocsp.extend(found.ocsp);
    }

    /// A policy that knows this much.
    pub(crate) fn policy(&self) -> Policy<'_> {
        Policy {
            crls: &self.crls,
            ocsp: &self.ocsp,
            intermediates: &self.certificates,
            revocation: self.rules,
            sunsets: &self.sunsets,
            usages: self.usages.as_deref(),
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

fn sunset(text: &str) -> Result<Sunset, String> {
    let (algorithm, from) = text.split_once('=').ok_or("ALGORITHM=TIME such as rsa-2048=2031-01-01T00:00:00Z")?;
    let from = crate::trust::parse_instant(from)?;
    SunsetFile { algorithm: algorithm.to_owned(), from }.open()
}

fn mode(text: &str) -> Result<RevocationMode, String> {
    let modes = [RevocationMode::Off, RevocationMode::Soft, RevocationMode::Hard];
    modes.into_iter().find(|mode| mode.name() == text).ok_or_else(|| format!("{text} is none of off, soft, hard"))
}
