//! How long a signed file keeps its proof: what a renewal job looks at.

use pki::{Certificate, KeyKind};
use time::OffsetDateTime;

use super::augment::level;
use super::error::PdfSigningError;
use super::evidence::Knowledge;
use super::opened::{Level, Opened};

/// What a file has reached, and what its proof rests on.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Standing {
    /// Its level.
    pub level: Level,
    /// From then on its proof is gone, unless it is renewed before.
    pub until: OffsetDateTime,
    /// The certificate that everything rests on: the newest time-stamp's, or, where a signature has no proof of time, the
    /// signer's.
    pub pillar: Certificate,
    /// The key of that certificate.
    pub key: Option<KeyKind>,
}

/// How a file stands by these roots.
pub fn standing(pdf: &[u8], knowledge: &Knowledge<'_>) -> Result<Standing, PdfSigningError> {
    let level = level(pdf, knowledge)?;
    let opened = Opened::read(pdf)?;
    let pillar = opened.pillar().ok_or(PdfSigningError::Unsigned)?.clone();
    let key = pillar.public_key().ok().map(pki::PublicKey::kind);
    Ok(Standing { level, until: pillar.not_after(), key, pillar })
}
