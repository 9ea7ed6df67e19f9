//! What can go wrong with a seal before anything is judged.

use crate::version::Version;
use pki::asn1::Asn1Error;
use pki::{CertificateError, Instant, ObjectIdentifier};
use time::OffsetDateTime;

/// Why a seal or a seal signature cannot be read or made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EsealError {
    /// The DER is not that of the standard.
    #[error("seal structure: {0}")]
    Malformed(#[from] Asn1Error),
    /// A top level of this many items is no known version.
    #[error("a structure of {0} items is no known version of a seal")]
    UnknownShape(usize),
    /// More than is read.
    #[error("seal structure: too many {0}")]
    TooMuch(&'static str),
    /// An enclosed certificate cannot be read.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// A field that must be plain ASCII and not empty.
    #[error("{field} must be ASCII and not empty, not \"{value}\"")]
    NotAscii {
        /// Which.
        field: &'static str,
        /// What it holds.
        value: String,
    },
    /// A field that must hold something.
    #[error("{0} must not be empty")]
    Empty(&'static str),
    /// A seal that ends before it begins.
    #[error("the seal would be valid from {} until {}", Instant(*from), Instant(*until))]
    Validity {
        /// validStart.
        from: OffsetDateTime,
        /// validEnd.
        until: OffsetDateTime,
    },
    /// Seals are made and used with SM2 keys.
    #[error("{subject} has no SM2 key")]
    NotSm2 {
        /// Whose certificate.
        subject: String,
    },
    /// The signer's certificate is not in the seal's list.
    #[error("the seal {seal} does not list the certificate of {signer}")]
    SignerNotListed {
        /// esID.
        seal: String,
        /// The subject.
        signer: String,
    },
    /// Sealing outside the seal's validity.
    #[error("the seal {seal} is not valid at {}", Instant(*at))]
    SealNotValid {
        /// esID.
        seal: String,
        /// When it was to be used.
        at: OffsetDateTime,
    },
    /// Sealing outside the validity of the signer's certificate.
    #[error("the certificate of {signer} is not valid at {}", Instant(*at))]
    SignerNotValid {
        /// The subject.
        signer: String,
        /// When it was to be used.
        at: OffsetDateTime,
    },
    /// Something that the structure of this version has no room for.
    #[error("{version} has no place for {what}")]
    NotInVersion {
        /// What was to be written.
        what: &'static str,
        /// Where.
        version: Version,
    },
    /// A time-stamp token that is none, or that was made over something else.
    #[error("time-stamp: {0}")]
    TimeStamp(&'static str),
    /// A signature algorithm other than SM2 with SM3.
    #[error("signature algorithm {0} is not SM2 with SM3")]
    Algorithm(ObjectIdentifier),
}
