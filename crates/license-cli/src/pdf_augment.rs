//! `license pdf augment`: validation data and time-stamps for a PDF that is signed already.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use license_core::pdf_signing::{self, ArchiveRequest, Knowledge, Level, Material, PdfSigningError};
use license_core::trust::Purpose;
use pki::{Certificate, DigestAlgorithm, ObjectIdentifier};
use pki_client::Stamp;
use time::OffsetDateTime;

use crate::fault::fault;
use crate::files::read;
use crate::network::{FetchArgs, StampArgs, Stamper, tell_faults};

/// Whom to trust, and what is known about revocation.
#[derive(Args, Clone)]
pub(crate) struct EvidenceArgs {
    /// Roots of signers and time-stamp services: a folder with *.pem and maybe trust-list.jws, or a file of PEM
    /// certificates
    #[arg(long, value_name = "PATH")]
    trust: Option<PathBuf>,
    /// Certificates of CAs between (PEM or DER); may be repeated
    #[arg(long, value_name = "FILE")]
    ca: Vec<PathBuf>,
    /// Revocation list (DER or PEM); may be repeated
    #[arg(long, value_name = "FILE")]
    crl: Vec<PathBuf>,
    /// OCSP answer (DER); may be repeated
    #[arg(long, value_name = "FILE")]
    ocsp: Vec<PathBuf>,
    /// Extended key usage that the signer may have besides id-kp-documentSigning; may be repeated, and takes the place of the
    /// usual ones (Adobe, Microsoft, e-mail)
    #[arg(long, value_name = "OID", value_parser = crate::network::oid)]
    usage: Vec<ObjectIdentifier>,
    /// At level B-T, take a time-stamp though the service's root is not in --trust
    #[arg(long)]
    untrusted_tsa: bool,
    #[command(flatten)]
    fetch: FetchArgs,
}

/// `license pdf augment`.
#[derive(Args)]
#[command(
    after_help = "Exit code 0: done; with --needs, nothing is missing; 1: refused; 2: with --needs, something is missing; \
    3: misuse."
)]
pub(crate) struct AugmentArgs {
    /// The signed PDF
    file: PathBuf,
    /// Level to reach: B-T, B-LT, or B-LTA, which adds a document time-stamp, also to a file that has one (renewal)
    #[arg(long, value_name = "LEVEL", default_value = "B-LTA", value_parser = crate::pdf_sign::level)]
    level: Level,
    /// Only tell the level of the file and what is missing
    #[arg(long)]
    needs: bool,
    /// Where the result goes; NAME-augmented.pdf beside the file unless said otherwise
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    stamps: StampArgs,
    #[command(flatten)]
    evidence: EvidenceArgs,
}

pub(crate) fn augment(args: &AugmentArgs) -> Result<ExitCode> {
    let pdf = read(&args.file)?;
    if args.needs {
        return tell(&pdf, &args.evidence);
    }
    let stamper = args.stamps.open()?;
    let raised = raise(pdf, args.level, &args.evidence, stamper.as_ref())?;
    crate::pdf_sign::finish(&raised, args.out.as_deref(), &args.file, "augmented")
}

/// Raises a signed file to a level, step by step.
pub(crate) fn raise(
    mut pdf: Vec<u8>,
    level: Level,
    evidence: &EvidenceArgs,
    stamper: Option<&Stamper>,
) -> Result<Vec<u8>> {
    let anchors = evidence.anchors()?;
    let stamped = |pdf: Vec<u8>| -> Result<Vec<u8>> {
        let stamper = stamper
            .ok_or_else(|| fault("--level", format!("{level} needs a time-stamp"), "name a service with --tsa URL"))?;
        let knowledge = evidence.knowledge(&anchors);
        let request = ArchiveRequest::new(&knowledge).over(stamper.digest(DigestAlgorithm::Sha256));
        let prepared = pdf_signing::prepare_archive(pdf, &request)?;
        let stamp = stamper.stamp_digest(prepared.imprint());
        let stamp = stamp.map_err(|error| PdfSigningError::NoToken(error.to_string()))?;
        // The levels above ask for the whole path, with what may be fetched.
        if level == Level::T {
            evidence.believes(&stamp)?;
        }
        Ok(prepared.with_token(stamp.der())?)
    };
    if !pdf_signing::is_time_proven(&pdf)? && level > Level::B {
        pdf = stamped(pdf)?;
    }
    if level >= Level::Lt {
        let material = evidence.gather(&pdf, &anchors)?;
        // What was fetched may have been made after the command began.
        let knowledge = evidence.knowledge(&anchors);
        pdf = pdf_signing::augment_lt(pdf, &knowledge, &material)?;
    }
    if level == Level::Lta {
        pdf = stamped(pdf)?;
    }
    Ok(pdf)
}

fn tell(pdf: &[u8], evidence: &EvidenceArgs) -> Result<ExitCode> {
    let anchors = evidence.anchors()?;
    let material = evidence.gather(pdf, &anchors)?;
    let knowledge = evidence.knowledge(&anchors);
    say!("level {}", pdf_signing::level(pdf, &knowledge)?);
    let needs = pdf_signing::needs(pdf, &knowledge, &material)?;
    for missing in &needs.issuers {
        say!("missing: the certificate of {}", missing.certificate.issuer());
        missing.urls.iter().for_each(|url| say!("  {url}"));
    }
    for missing in &needs.statuses {
        say!("missing: whether {} is revoked ({})", missing.certificate.subject(), missing.place);
        missing.ocsp_urls.iter().chain(&missing.crl_urls).for_each(|url| say!("  {url}"));
    }
    if needs.is_empty() {
        say!("nothing is missing");
    }
    Ok(if needs.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

impl EvidenceArgs {
    /// Refuses a stamp of a service that --trust does not lead to; where nobody is trusted, nothing is asked.
    pub(crate) fn believes(&self, stamp: &Stamp) -> Result<()> {
        if self.untrusted_tsa || self.trust.is_none() {
            return Ok(());
        }
        let trust = crate::open_trust::open(self.trust.as_deref(), &[])?;
        let mut between = trust.authorities.clone();
        for path in &self.ca {
            let bytes = read(path)?;
            match Certificate::from_der(&bytes) {
                Ok(certificate) => between.push(certificate),
                Err(_) => between.extend(crate::trust::certificates(std::slice::from_ref(path))?),
            }
        }
        Stamper::believed(stamp, &trust.anchors_for(Purpose::TimeStamping, OffsetDateTime::now_utc()), &between)
    }

    /// What is trusted, now.
    fn knowledge<'a>(&'a self, anchors: &'a [Certificate]) -> Knowledge<'a> {
        let knowledge = Knowledge::new(anchors, OffsetDateTime::now_utc());
        if self.usage.is_empty() { knowledge } else { knowledge.with_usages(&self.usage) }
    }

    fn anchors(&self) -> Result<Vec<Certificate>> {
        let Some(path) = self.trust.as_deref() else {
            return Err(fault("--trust", "nobody is trusted", "name a folder or a file with roots"));
        };
        let trust = crate::open_trust::open(Some(path), &[])?;
        let now = OffsetDateTime::now_utc();
        let mut anchors = trust.anchors_for(Purpose::DocumentSigning, now);
        for anchor in trust.anchors_for(Purpose::TimeStamping, now) {
            if !anchors.contains(&anchor) {
                anchors.push(anchor);
            }
        }
        Ok(anchors)
    }

    /// What the files give, and what may be fetched.
    fn gather(&self, pdf: &[u8], anchors: &[Certificate]) -> Result<Material> {
        let mut material = Material::new();
        for (files, add) in [
            (&self.ca, Material::add_certificates as fn(&mut Material, &[u8]) -> Result<(), PdfSigningError>),
            (&self.crl, Material::add_crl),
            (&self.ocsp, Material::add_ocsp),
        ] {
            for path in files {
                add(&mut material, &read(path)?).with_context(|| format!("{}", path.display()))?;
            }
        }
        let Some(fetcher) = self.fetch.open()? else { return Ok(material) };
        let source = fetcher.question();
        // An issuer may bring the next one to light.
        for _ in 0..pki::path::MAX_PATH {
            let knowledge = self.knowledge(anchors);
            let needs = pdf_signing::needs(pdf, &knowledge, &material)?;
            let before = material.len();
            material.gather(&needs, &source);
            if material.len() == before {
                break;
            }
        }
        tell_faults(&source.log());
        Ok(material)
    }
}
