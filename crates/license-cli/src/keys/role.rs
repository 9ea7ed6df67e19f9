//! What a key of an issuer is for, and what follows from that.

use license_server::deployment::IssuerFile;
use pki::{CertificateTemplate, KeyKind, KeyUsage, Name};

use super::names;

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Role {
    /// Signs the indexes in QR codes
    Index,
    /// Signs PDFs
    Document,
    /// Uses the seal
    Seal,
}

impl Role {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Role::Index => "index",
            Role::Document => "document",
            Role::Seal => "seal",
        }
    }

    /// The kind of keys that `keys new` makes for it.
    pub(super) fn kind(self) -> KeyKind {
        if self == Role::Seal { KeyKind::Sm2 } else { KeyKind::P256 }
    }

    /// The CA of a test deployment that certifies it.
    pub(super) fn ca(self) -> &'static str {
        if self == Role::Seal { names::SM2_CA } else { names::P256_CA }
    }

    /// Name of the key in use.
    pub(crate) fn signer(self, issuer: &IssuerFile) -> &str {
        match self {
            Role::Index => &issuer.index_signer,
            Role::Document => &issuer.document_signer,
            Role::Seal => &issuer.seal_signer,
        }
    }

    /// Puts another key in its place.
    pub(super) fn put(self, issuer: &mut IssuerFile, name: &str) {
        let place = match self {
            Role::Index => &mut issuer.index_signer,
            Role::Document => &mut issuer.document_signer,
            Role::Seal => &mut issuer.seal_signer,
        };
        name.clone_into(place);
    }

    /// The certificate to be made for it.
    pub(super) fn template(self, code: &str, name: &str) -> CertificateTemplate {
        // O=<credit code><unit name>, as seal certificates of the national scheme write it.
        let unit = |common: &str| {
            let organization = format!("{code}{name}");
            Name::builder().country("CN").organization(&organization).common_name(common).build()
        };
        match self {
            Role::Seal => CertificateTemplate::document_signer(unit(&format!("{name}电子印章"))),
            Role::Document => CertificateTemplate::document_signer(unit(name)),
            Role::Index => CertificateTemplate::seal_maker(unit(&format!("{name}证照索引")))
                .with_key_usage(KeyUsage::DIGITAL_SIGNATURE),
        }
    }
}
