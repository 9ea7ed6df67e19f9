//! An issuing authority: its name, its seal, and who signs for it.

use std::sync::Arc;

use eseal::Seal;
use pki::{Instant, Signer};
use time::OffsetDateTime;

use super::error::IssueError;
use super::stamps::Stamps;
use crate::calendar::china_date;
use crate::fill::FillContext;
use crate::fonts::FontLibrary;
use crate::id::{CreditCode, Digest};
use crate::index::Algorithm;
use crate::seal_art::SealPicture;
use crate::trust::is_certificate_of;
use crate::{png_file, seal_picture};

/// An authority that is able to issue. Only made when name, seal and certificates belong together.
pub struct Issuer {
    name: String,
    code: CreditCode,
    seal: Seal,
    seal_digest: Digest,
    picture: Arc<SealPicture>,
    seal_signer: Arc<dyn Signer>,
    document_signer: Arc<dyn Signer>,
    index_signer: Arc<dyn Signer>,
    index_algorithm: Algorithm,
    index_key_id: [u8; 4],
    stamps: Option<Stamps>,
}

impl Issuer {
    /// Joins the parts and refuses what does not belong together: a seal that was not made for the signer, a
    /// certificate of another organisation, a key that cannot do its part.
    pub fn new(
        name: &str,
        code: &str,
        seal: &[u8],
        seal_signer: Arc<dyn Signer>,
        document_signer: Arc<dyn Signer>,
        index_signer: Arc<dyn Signer>,
    ) -> Result<Issuer, IssueError> {
        let refuse = |problem: String| Err(IssueError::Issuer(format!("{name}: {problem}")));
        let Ok(code) = code.parse::<CreditCode>() else { return refuse(format!("{code} is no credit code")) };
        let seal = Seal::from_der(seal)?;
        if eseal::check_seal(&seal) != pki::Outcome::Passed {
            return refuse("the seal maker's signature does not hold".to_owned());
        }
        if !seal.content().signers.contains(seal_signer.certificate().der()) {
            return refuse("the seal was not made for this signing certificate".to_owned());
        }
        for signer in [&seal_signer, &document_signer, &index_signer] {
            if !is_certificate_of(code.as_str(), signer.certificate()) {
                let subject = signer.certificate().subject();
                return refuse(format!("the certificate of {subject} is not this organisation's"));
            }
        }
        let Some(index_algorithm) = Algorithm::of(index_signer.algorithm()) else {
            return refuse(format!("{} signs no indexes", index_signer.algorithm()));
        };
        let Ok(key) = index_signer.certificate().public_key() else {
            return refuse("the index certificate has no usable key".to_owned());
        };
        // Verifiers refuse documents signed by a key that signs indexes.
        for signer in [&seal_signer, &document_signer] {
            if signer.certificate().spki_der() == index_signer.certificate().spki_der() {
                return refuse("the key that signs indexes must sign nothing else".to_owned());
            }
        }
        // Verifiers look at no larger pictures: what is sealed with one would be refused.
        let pixels = seal_picture::look(&seal.content().picture.data).pixels;
        if pixels.is_some_and(|(width, height)| u64::from(width) * u64::from(height) > seal_picture::MAX_PIXELS) {
            return refuse(format!("the seal: {}", seal_picture::PictureError::TooLarge));
        }
        // A seal stands over the date: nobody reads what is below an opaque ground.
        match png_file::has_transparency(&seal.content().picture.data) {
            Ok(true) => {}
            Ok(false) => {
                return refuse("the seal: its picture has no transparent ground, it would hide the date".to_owned());
            }
            Err(error) => return refuse(format!("the seal: its picture is no PNG that can be read: {error}")),
        }
        let index_key_id = crate::index::key_id(key);
        let picture = Arc::new(SealPicture::of_seal(&seal));
        Ok(Issuer {
            name: name.to_owned(),
            code,
            picture,
            seal_digest: Digest::of(seal.der()),
            seal,
            seal_signer,
            document_signer,
            index_signer,
            index_algorithm,
            index_key_id,
            stamps: None,
        })
    }

    /// With time-stamps on everything it issues.
    pub fn with_stamps(self, stamps: Stamps) -> Issuer {
        Issuer { stamps: Some(stamps), ..self }
    }

    pub(super) const fn stamps(&self) -> Option<&Stamps> {
        self.stamps.as_ref()
    }

    /// 颁发机构.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// 颁发机构代码.
    pub fn code(&self) -> &CreditCode {
        &self.code
    }

    /// What a record of this issuer's is checked against on the day of `at`.
    pub fn fill_context<'a>(&'a self, at: OffsetDateTime, fonts: &'a FontLibrary) -> FillContext<'a> {
        FillContext { issuer_name: &self.name, issuer_code: self.code, today: china_date(at), fonts: Some(fonts) }
    }

    /// The electronic seal.
    pub fn seal(&self) -> &Seal {
        &self.seal
    }

    /// SHA-256 of the seal's DER.
    pub fn seal_digest(&self) -> Digest {
        self.seal_digest
    }

    /// Its picture at true size.
    pub fn picture(&self) -> &Arc<SealPicture> {
        &self.picture
    }

    /// Who uses the seal (SM2).
    pub fn seal_signer(&self) -> &dyn Signer {
        &*self.seal_signer
    }

    /// Who signs PDFs.
    pub fn document_signer(&self) -> &dyn Signer {
        &*self.document_signer
    }

    /// Who signs indexes.
    pub fn index_signer(&self) -> &dyn Signer {
        &*self.index_signer
    }

    pub(super) fn index_algorithm(&self) -> Algorithm {
        self.index_algorithm
    }

    pub(super) fn index_key_id(&self) -> [u8; 4] {
        self.index_key_id
    }

    /// Whether seal and certificates may be used at `at`.
    pub(super) fn check_at(&self, at: OffsetDateTime) -> Result<(), IssueError> {
        if !self.seal.valid_at(at) {
            return Err(IssueError::Issuer(format!("{}: the seal is not valid at {}", self.name, Instant(at))));
        }
        for signer in [&self.seal_signer, &self.document_signer, &self.index_signer] {
            let certificate = signer.certificate();
            if !certificate.valid_at(at) {
                let subject = certificate.subject();
                return Err(IssueError::Issuer(format!("{}: {subject} is not valid at {}", self.name, Instant(at))));
            }
        }
        Ok(())
    }
}

impl std::fmt::Debug for Issuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Issuer({} {})", self.code, self.name)
    }
}
