//! What is asked for: whose signature, where it goes, what it says and allows.

use std::sync::Arc;

use pki::{Certificate, SignatureAlgorithm, Signer};
use time::OffsetDateTime;

use crate::length::Rect;

/// What a certification (author's) signature allows afterwards (DocMDP, ISO 32000-1 12.8.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Certification {
    /// P = 1: nothing.
    Final,
    /// P = 2: filling in forms and signing, as a license asks for that will be inspected every year.
    Filling,
    /// P = 3: comments, too.
    Commenting,
}

impl Certification {
    /// P.
    pub const fn p(self) -> u8 {
        match self {
            Self::Final => 1,
            Self::Filling => 2,
            Self::Commenting => 3,
        }
    }
}

/// Whose identifiers the signature value follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Shape {
    /// PAdES baseline: CMS as RFC 5652 and CAdES write it.
    #[default]
    Pades,
    /// GM/T 0010 (GB/T 35275) for domestic readers, with SM2 and SM3; it names its certificate like PAdES.
    Gmt0010,
}

/// Where a visible signature stands: the page, counted from zero, and its rectangle from the top left corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PdfPlace {
    /// Counted from zero.
    pub page: usize,
    /// From the top left corner of the page.
    pub rect: Rect,
}

/// Where the signature goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Field {
    New { name: String, place: Option<PdfPlace> },
    Existing { name: String },
}

/// A signature to be made.
#[derive(Clone, Debug)]
pub struct PdfRequest<'a> {
    pub(super) signer: &'a Certificate,
    pub(super) chain: &'a [Certificate],
    pub(super) algorithm: SignatureAlgorithm,
    pub(super) at: OffsetDateTime,
    pub(super) field: Field,
    pub(super) picture: Option<Arc<[u8]>>,
    pub(super) certify: Option<Certification>,
    pub(super) shape: Shape,
    pub(super) sub_filter: Option<String>,
    pub(super) name: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) location: Option<String>,
    pub(super) stamp_room: usize,
    pub(super) capacity: Option<usize>,
}

/// Room for a time-stamp token with its certificates; an RSA-4096 authority with two CAs above it takes about 7 KB.
const USUAL_STAMP: usize = 8 << 10;

impl<'a> PdfRequest<'a> {
    /// An invisible approval signature at `at` by the holder of `signer`, whose key makes `algorithm`; `chain` are the CA
    /// certificates to enclose. It goes into a new field `Signature1` unless said otherwise.
    pub fn new(
        signer: &'a Certificate,
        chain: &'a [Certificate],
        algorithm: SignatureAlgorithm,
        at: OffsetDateTime,
    ) -> Self {
        Self {
            signer,
            chain,
            algorithm,
            at,
            field: Field::New { name: "Signature1".to_owned(), place: None },
            picture: None,
            certify: None,
            shape: Shape::Pades,
            sub_filter: None,
            name: None,
            reason: None,
            location: None,
            stamp_room: 0,
            capacity: None,
        }
    }

    /// By a key that is at hand.
    pub fn by(signer: &'a dyn Signer, at: OffsetDateTime) -> Self {
        Self::new(signer.certificate(), signer.chain(), signer.algorithm(), at)
    }

    /// Into a new field of this name.
    pub fn in_new_field(mut self, name: &str) -> Self {
        let place = match self.field {
            Field::New { place, .. } => place,
            Field::Existing { .. } => None,
        };
        self.field = Field::New { name: name.to_owned(), place };
        self
    }

    /// Into an empty field that was prepared for it. What the field locks (`/Lock`) is locked by the signature.
    pub fn in_prepared_field(mut self, name: &str) -> Self {
        self.field = Field::Existing { name: name.to_owned() };
        self
    }

    /// A new field that is seen, at this place.
    pub fn visible_at(mut self, place: PdfPlace) -> Self {
        if let Field::New { place: at, .. } = &mut self.field {
            *at = Some(place);
        }
        self
    }

    /// What a visible field shows: a picture (PNG, JPEG, GIF, BMP) over the whole rectangle.
    pub fn showing(mut self, picture: impl Into<Arc<[u8]>>) -> Self {
        self.picture = Some(picture.into());
        self
    }

    /// A certification instead of an approval: the first signature of the file.
    pub const fn certifying(mut self, certification: Certification) -> Self {
        self.certify = Some(certification);
        self
    }

    /// Another form of the signature value than PAdES.
    pub const fn shaped(mut self, shape: Shape) -> Self {
        self.shape = shape;
        self
    }

    /// Another `/SubFilter` than `ETSI.CAdES.detached`, for readers that ask for one.
    pub fn with_sub_filter(mut self, sub_filter: &str) -> Self {
        self.sub_filter = Some(sub_filter.to_owned());
        self
    }

    /// `/Name`: who signs.
    pub fn named(mut self, name: &str) -> Self {
        self.name = Some(name.to_owned());
        self
    }

    /// `/Reason`.
    pub fn because(mut self, reason: &str) -> Self {
        self.reason = Some(reason.to_owned());
        self
    }

    /// `/Location`.
    pub fn located(mut self, location: &str) -> Self {
        self.location = Some(location.to_owned());
        self
    }

    /// A time-stamp will follow (level B-T): room is kept for a usual token.
    pub const fn with_time_stamp(self) -> Self {
        self.with_time_stamp_of(USUAL_STAMP)
    }

    /// A time-stamp of at most so many bytes will follow.
    pub const fn with_time_stamp_of(mut self, bytes: usize) -> Self {
        self.stamp_room = bytes;
        self
    }

    /// Room for the whole signature value in bytes, instead of the estimate from certificates and algorithm.
    pub const fn with_room(mut self, bytes: usize) -> Self {
        self.capacity = Some(bytes);
        self
    }
}
