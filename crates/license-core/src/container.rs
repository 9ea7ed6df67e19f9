//! The digest of the container under the seal: what the files of an OFD do not say about the zip around them.
//!
//! A seal signature protects files, each by its digest, and no byte of how they are packed. A license is one file of
//! bytes, so its seal also carries a digest of the zip: see `docs/formats/ofd-container.md` and decision 0012.

use eseal::{ExtData, ExtensionId};
use pki::DigestAlgorithm;
use pki::asn1::{self, tag};

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

/// Why this zip is not the one that the seal names; `value` is the entry of the signature value.
///
/// The value itself and what is behind it are not under the digest, but leave no choice: one header, one directory, one
/// end record go with them.
pub(crate) fn fault(zip: &[u8], extensions: &[ExtData], value: &str) -> Option<&'static str> {
    let mut named = extensions.iter().filter(|found| found.id == EXTENSION);
    let (Some(extension), None) = (named.next(), named.next()) else {
        return Some("the seal does not name the container");
    };
    let Some(end) = ofd::Package::last_file_at(zip, value) else {
        return Some("the zip has other headers than issuing writes");
    };
    let declared = asn1::whole(&extension.value, tag::OCTET_STRING, "container digest");
    let digest = DigestAlgorithm::Sha256.digest(zip.get(..end).unwrap_or_default());
    let same = declared.is_ok_and(|declared| declared.value == digest.as_bytes());
    (!same).then_some("the zip is packed otherwise than it was sealed")
}
