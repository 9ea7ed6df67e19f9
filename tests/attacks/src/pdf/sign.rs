//! Signing by hand: placeholders, byte ranges, and where they go.

use pki::{Digest, Signer as _, SoftSigner};

use super::cms;
use super::file::find_last;

/// Bytes of room for a CMS or token.
pub const ROOM: usize = 3600;
/// Room for the four numbers.
const RANGE: &str = "[0 0000000000 0000000000 0000000000]";

/// A signature dictionary with room for the signature. `more` are further keys.
pub fn dictionary(kind: &str, sub_filter: &str, more: &str) -> Vec<u8> {
    let room = "0".repeat(2 * ROOM);
    format!(
        "<</Type /{kind} /Filter /Adobe.PPKLite /SubFilter /{sub_filter} {more} /ByteRange {RANGE} /Contents <{room}>>>"
    )
    .into_bytes()
}

/// The usual PAdES one.
pub fn pades(more: &str) -> Vec<u8> {
    dictionary("Sig", "ETSI.CAdES.detached", &format!("/M (D:20261201100000+08'00') {more}"))
}

/// `/Reference` of a certification.
pub fn certifies(permission: u8) -> String {
    format!(
        "/Reference [<</Type /SigRef /TransformMethod /DocMDP /TransformParams <</Type /TransformParams /V /1.2 /P {permission}>>>>]"
    )
}

/// Fills the last placeholder by whatever `make` gives for the two signed ranges.
pub fn fill(mut pdf: Vec<u8>, make: &dyn Fn([&[u8]; 2]) -> Vec<u8>) -> Vec<u8> {
    let range = find_last(&pdf, RANGE.as_bytes()).expect("there is a placeholder");
    let open = find_last(&pdf, format!("<{}>", "0".repeat(2 * ROOM)).as_bytes()).expect("there is a placeholder");
    let close = open + 2 * ROOM + 2;
    let text = format!("[0 {open} {close} {}]", pdf.len() - close);
    pdf[range..range + RANGE.len()].copy_from_slice(format!("{text:<36}").as_bytes());
    let value = make([&pdf[..open], &pdf[close..]]);
    assert!(value.len() <= ROOM, "the signature has {} bytes", value.len());
    for (at, byte) in value.iter().enumerate() {
        pdf[open + 1 + 2 * at..][..2].copy_from_slice(format!("{byte:02x}").as_bytes());
    }
    pdf
}

/// Fills it with a good signature.
pub fn fill_by(pdf: Vec<u8>, by: &SoftSigner) -> Vec<u8> {
    fill(pdf, &|ranges| cms::good(by, &digest(by, ranges)))
}

/// Digest of the ranges by the signer's function.
pub fn digest(by: &SoftSigner, ranges: [&[u8]; 2]) -> Digest {
    by.algorithm().digest().digest(&ranges.concat())
}
