//! What keeps documents provable for decades: time-stamp services, fetched revocation data, and the level that documents
//! are brought to. Network is asked here and nowhere else below the HTTP layer; never inside a commit.

mod gather;

use std::fmt;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use license_core::pdf_signing::{
    self, ArchiveRequest, Knowledge, Level, PdfSigningError, Standing, augment_lt, prepare_archive, standing,
};
use pki::{Certificate, Digest, DigestAlgorithm, KeyKind};
use pki_client::{Fetcher, NoTimeStamp, Retry, ServiceUsage, TimeStampClient};
use time::{Duration, OffsetDateTime};

/// After a failure at issue nobody waits for the services again for this long.
const PAUSE: Duration = Duration::minutes(1);

/// How documents are made to last.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LastingOptions {
    /// The level that PDFs are brought to.
    pub level: Level,
    /// Digest under the stamps of seals.
    pub seal_digest: DigestAlgorithm,
    /// Digest under the stamps of PDFs.
    pub document_digest: DigestAlgorithm,
    /// Roots of signers and time-stamp authorities.
    pub anchors: Vec<Certificate>,
    /// A proof is renewed so long before it is gone.
    pub renew_before: Duration,
    /// A signature is left alone for so long, so that a revocation can still be told.
    pub grace: Duration,
    /// RSA keys below this many bits weaken a proof whatever their certificate says.
    pub rsa_bits: usize,
    /// A folder with lists (`*.crl`), OCSP answers (`*.ocsp`) and CA certificates (`*.pem`), for CAs that publish none.
    pub evidence: Option<PathBuf>,
}

impl LastingOptions {
    /// B-LTA, SM3 under seals, SHA-256 under PDFs, renewal half a year ahead, an hour of grace, RSA from 2048 bits.
    pub fn new(anchors: Vec<Certificate>) -> Self {
        Self {
            level: Level::Lta,
            seal_digest: DigestAlgorithm::Sm3,
            document_digest: DigestAlgorithm::Sha256,
            anchors,
            renew_before: Duration::days(180),
            grace: Duration::HOUR,
            rsa_bits: 2048,
            evidence: None,
        }
    }
}

/// Services and options together.
pub struct Lasting {
    stamps: TimeStampClient,
    fetcher: Option<Fetcher>,
    options: LastingOptions,
    down_until: Mutex<Option<OffsetDateTime>>,
}

/// Why a document was not brought to its level. It stays as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LastingError {
    /// No service stamped.
    #[error(transparent)]
    NoTimeStamp(#[from] NoTimeStamp),
    /// The document, a path or a token does not hold, or something is missing and was not to be had.
    #[error("{error}{}", fetched(.faults))]
    Pdf {
        /// What is wrong.
        error: PdfSigningError,
        /// What could not be fetched, and why.
        faults: Vec<String>,
    },
}

impl From<PdfSigningError> for LastingError {
    fn from(error: PdfSigningError) -> Self {
        Self::Pdf { error, faults: Vec::new() }
    }
}

fn fetched(faults: &[String]) -> String {
    if faults.is_empty() { String::new() } else { format!(" (not fetched: {})", faults.join("; ")) }
}

/// Whether a document has to be worked on, and why.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Outlook {
    /// How it stands.
    pub standing: Standing,
    /// From when on it should be worked on.
    pub due: OffsetDateTime,
    /// Why, in words.
    pub why: String,
}

impl Lasting {
    /// These services; `fetcher` gets revocation data, without it only [`LastingOptions::evidence`] has any.
    pub fn new(stamps: TimeStampClient, fetcher: Option<Fetcher>, options: LastingOptions) -> Self {
        Self { stamps, fetcher, options, down_until: Mutex::default() }
    }

    /// Its options.
    pub const fn options(&self) -> &LastingOptions {
        &self.options
    }

    /// What was asked of each time-stamp service, and what is left of its quota.
    pub fn usage(&self) -> Vec<ServiceUsage> {
        self.stamps.usage()
    }

    /// Takes over the counts of an earlier run: quotas outlive a restart.
    pub fn restore(&self, usage: &[ServiceUsage]) {
        self.stamps.restore(usage);
    }

    /// A token over a signature value, where somebody waits: each service is asked once.
    pub fn token(&self, function: DigestAlgorithm, value: &[u8]) -> Result<Vec<u8>, String> {
        let stamp = self.stamps.stamp_with(&function.digest(value), Retry::ONCE, &mut UnwrapErr(SysRng));
        stamp.map(|stamp| stamp.der().to_vec()).map_err(|error| {
            tracing::warn!(%error, "no time-stamp at issue");
            error.to_string()
        })
    }

    /// As [`token`](Self::token), where a stamp may come later as well: after a failure nobody is asked for a minute, so that
    /// services that hang do not hold up every issue.
    pub fn token_if_up(&self, function: DigestAlgorithm, value: &[u8]) -> Result<Vec<u8>, String> {
        let now = OffsetDateTime::now_utc();
        if let Some(until) = self.down().filter(|until| now < *until) {
            return Err(format!(
                "no time-stamp: the services failed, and are not asked again before {}",
                pki::Instant(until)
            ));
        }
        let token = self.token(function, value);
        if token.is_err() {
            *self.down_until.lock().unwrap_or_else(PoisonError::into_inner) = now.checked_add(PAUSE);
        }
        token
    }

    fn down(&self) -> Option<OffsetDateTime> {
        *self.down_until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How a PDF stands, and from when on it should be worked on. `made` is when it was signed.
    pub fn outlook(&self, pdf: &[u8], made: OffsetDateTime, now: OffsetDateTime) -> Result<Outlook, LastingError> {
        let standing = standing(pdf, &self.knowledge(now))?;
        let who = standing.pillar.subject();
        let weak = matches!(standing.key, Some(KeyKind::Rsa(bits)) if bits < self.options.rsa_bits);
        let (due, why) = if standing.level < self.options.level {
            let after_grace = made.checked_add(self.options.grace).unwrap_or(made);
            (after_grace, format!("is at level {}, not {}", standing.level, self.options.level))
        } else if weak {
            (now, format!("rests on a short RSA key of {who}"))
        } else {
            let due = standing.until.checked_sub(self.options.renew_before).unwrap_or(standing.until);
            (due, format!("rests on the certificate of {who}, which runs out at {}", standing.until))
        };
        Ok(Outlook { standing, due, why })
    }

    /// Brings a PDF to the level: a time-stamp where there is none, validation data, an archive time-stamp; of a PDF that is
    /// there already the proof is renewed. `now` is asked for each step.
    pub fn raise(&self, pdf: Vec<u8>, now: &dyn Fn() -> OffsetDateTime) -> Result<Vec<u8>, LastingError> {
        let reached = pdf_signing::level(&pdf, &self.knowledge(now()))?;
        let wanted = self.options.level;
        let mut pdf = match reached {
            Level::B => self.stamp(pdf, now())?,
            _ => pdf,
        };
        if wanted >= Level::Lt || reached > Level::T {
            pdf = self.complete(pdf, now())?;
        }
        if wanted == Level::Lta || reached >= wanted {
            pdf = self.stamp(pdf, now())?;
        }
        Ok(pdf)
    }

    fn complete(&self, pdf: Vec<u8>, now: OffsetDateTime) -> Result<Vec<u8>, LastingError> {
        let knowledge = self.knowledge(now);
        let (material, faults) = self.gather(&pdf, &knowledge)?;
        augment_lt(pdf, &knowledge, &material).map_err(|error| LastingError::Pdf { error, faults })
    }

    /// A document time-stamp over everything.
    fn stamp(&self, pdf: Vec<u8>, now: OffsetDateTime) -> Result<Vec<u8>, LastingError> {
        let knowledge = self.knowledge(now);
        let request = ArchiveRequest::new(&knowledge).over(self.options.document_digest);
        let prepared = prepare_archive(pdf, &request)?;
        let imprint: Digest = *prepared.imprint();
        let stamp = self.stamps.stamp(&imprint, &mut UnwrapErr(SysRng))?;
        Ok(prepared.with_token(stamp.der())?)
    }

    fn knowledge(&self, now: OffsetDateTime) -> Knowledge<'_> {
        Knowledge::new(&self.options.anchors, now)
    }
}

impl fmt::Debug for Lasting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lasting").field("stamps", &self.stamps).field("options", &self.options).finish_non_exhaustive()
    }
}
