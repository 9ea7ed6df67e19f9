//! The digest of the container under the seal: what the files of an OFD do not say about the zip around them.
//!
//! A seal signature protects files, each by its digest, and no byte of how they are packed. A license is one file of
//! bytes, so its seal also carries a digest of the zip: see `docs/formats/ofd-container.md` and decision 0012.

use eseal::{ExtData, ExtensionId};
use pki::asn1::{self, tag};
use pki::{Digest, DigestAlgorithm};

/// `2.25.284419358379794198328283395077966177589`, the UUID d5f92d08-38c9-4515-92cb-ef6f6324a535 (X.667).
pub const EXTENSION: ExtensionId = ExtensionId::from_static(&[
    0x69, 0x83, 0xab, 0xf9, 0x96, 0xc2, 0x87, 0x8c, 0xca, 0x94, 0xab, 0x92, 0xe5, 0xfb, 0xed, 0xf6, 0x99, 0x92, 0xca,
    0x35,
]);

/// The entry of TBS_Sign's extDatas for a zip that begins with these bytes, as [`ofd::Prepared::container`] gives them:
/// everything before the local header of the signature value.
pub fn extension(zip: &[u8]) -> ExtData {
    let digest = DigestAlgorithm::Sha256.digest(zip);
    ExtData { id: EXTENSION, critical: false, value: asn1::octet_string(digest.as_bytes()) }
}

/// What was found out about a zip.
pub(crate) struct Found {
    /// Why it is not the one that the seal names.
    pub(crate) fault: Option<&'static str>,
    /// SHA-256 over all of it.
    pub(crate) digest: Digest,
}

/// Whether this zip is the one that the seal names; `value` is the entry of the signature value. Its bytes are digested
/// once for both answers.
///
/// The value itself and what is behind it are not under the digest, but leave no choice: one header, one directory, one
/// end record go with them.
pub(crate) fn check(zip: &[u8], extensions: &[ExtData], value: &str) -> Found {
    let mut hasher = DigestAlgorithm::Sha256.hasher();
    let mut named = extensions.iter().filter(|found| found.id == EXTENSION);
    let (fault, rest) = match (named.next(), named.next()) {
        (Some(extension), None) => {
            match ofd::Package::last_file_at(zip, value).and_then(|end| zip.split_at_checked(end)) {
                Some((sealed, rest)) => {
                    hasher.update(sealed);
                    let digest = hasher.clone().finish();
                    let declared = asn1::whole(&extension.value, tag::OCTET_STRING, "container digest");
                    let same = declared.is_ok_and(|declared| declared.value == digest.as_bytes());
                    ((!same).then_some("the zip is packed otherwise than it was sealed"), rest)
                }
                None => (Some("the zip has other headers than issuing writes"), zip),
            }
        }
        _ => (Some("the seal does not name the container"), zip),
    };
    hasher.update(rest);
    Found { fault, digest: hasher.finish() }
}
