//! What no signature protects: the container of an OFD and the shell of a signature value must be as issuing wrote them.
//!
//! A zip date, an unused attribute, a certificate nobody asked for or the case of a hexadecimal digit change no word of
//! the license, yet a file with another one is not the file that was issued. These rules hold for files that present
//! themselves as licenses of this house (they carry a record); foreign documents are judged by their standards alone.

use std::ops::Range;

use eseal::{SealSignature, Version};
use flate2::{Decompress, FlushDecompress, Status};
use ofd::Package;
use pki::asn1::{self, tag};
use pki::cms::{SignedData, SignerInfo};
use pki::{Certificate, oid};

/// Signature of a local file header (APPNOTE 4.3.7), its length, and the method that deflates.
const LOCAL_HEADER: &[u8] = b"PK\x03\x04";
const CENTRAL_HEADER: &[u8] = b"PK\x01\x02";
const LOCAL_LEN: usize = 30;
const DEFLATED: usize = 8;

/// Why these bytes are not the zip that writing this package gives; the package must have been read from them.
pub(super) fn container_fault(bytes: &[u8], package: &Package) -> Option<&'static str> {
    // Deflated files are copied as they were: what can differ are headers, order, comments and extra fields.
    if !package.to_zip().is_ok_and(|zip| zip == bytes) {
        return Some("the zip has other headers than issuing writes");
    }
    let loose = entries(bytes)
        .zip(package.parts())
        .any(|(entry, (_, part))| entry.is_some_and(|stream| has_loose_end(&bytes[stream], part.bytes())));
    loose.then_some("a deflate stream has bits after its end")
}

/// Whether a zip that is over a limit by its directory is within it by its files' own headers: then the directory was
/// changed, and nothing large was ever packed.
pub(super) fn is_small(bytes: &[u8], budget: &ofd::Budget) -> bool {
    let (mut at, mut entries, mut total) = (0, 0, 0);
    while bytes.get(at..).is_some_and(|rest| rest.starts_with(LOCAL_HEADER)) {
        let number = |from, length| little_endian(bytes, at + from, length);
        let (Some(packed), Some(size), Some(name), Some(extra)) =
            (number(18, 4), number(22, 4), number(26, 2), number(28, 2))
        else {
            return false;
        };
        at += LOCAL_LEN + name + extra + packed;
        let (packed, size) = (packed as u64, size as u64);
        if size > budget.entry_bytes || size > budget.ratio_free_bytes && size / packed.max(1) > budget.ratio {
            return false;
        }
        (entries, total) = (entries + 1, total + size);
    }
    let complete = bytes.get(at..).is_some_and(|rest| rest.starts_with(CENTRAL_HEADER));
    complete && entries <= budget.entries && total <= budget.total_bytes
}

fn little_endian(bytes: &[u8], at: usize, length: usize) -> Option<usize> {
    let field = bytes.get(at..at + length)?;
    Some(field.iter().rev().fold(0, |value, byte| value << 8 | usize::from(*byte)))
}

/// The files of a zip of our own form, plain local headers one after the other: where each deflate stream lies, nothing
/// for a stored file.
fn entries(zip: &[u8]) -> impl Iterator<Item = Option<Range<usize>>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        zip.get(at..).filter(|rest| rest.starts_with(LOCAL_HEADER))?;
        let number = |from: usize, length: usize| little_endian(zip, at + from, length);
        let start = at + LOCAL_LEN + number(26, 2)? + number(28, 2)?;
        let body = start..start.checked_add(number(18, 4)?)?;
        let deflated = number(8, 2)? == DEFLATED;
        zip.get(body.clone())?;
        at = body.end;
        Some(deflated.then_some(body))
    })
}

/// Up to seven bits may follow the end of a stream in its last byte. They mean nothing and are zero; if the highest bit
/// that is set can be cleared and the same content comes out, it stood behind the end.
fn has_loose_end(stream: &[u8], content: &[u8]) -> bool {
    let Some((last, body)) = stream.split_last() else { return false };
    let Some(top) = last.checked_ilog2() else { return false };
    let last = [last & !(1 << top)];
    let mut inflater = Decompress::new(false);
    let mut room = vec![0; 32 * 1024];
    for piece in [body, &last] {
        let begin = inflater.total_in();
        loop {
            let before = (inflater.total_in(), inflater.total_out() as usize);
            let input = piece.get((before.0 - begin) as usize..).unwrap_or_default();
            let Ok(status) = inflater.decompress(input, &mut room, FlushDecompress::None) else { return false };
            let done = inflater.total_out() as usize;
            if content.get(before.1..done) != room.get(..done - before.1) {
                return false;
            }
            match status {
                Status::StreamEnd => return done == content.len(),
                _ if (inflater.total_in(), done) == before => break,
                _ => {}
            }
        }
    }
    false
}

/// Why a seal signature is not the one DER that goes around its signed part.
pub(super) fn seal_fault(signature: &SealSignature) -> Option<&'static str> {
    if pki::der_to_raw(signature.signature(), 32).is_err() {
        return Some("the signature value is not in DER");
    }
    let value = asn1::bit_string(signature.signature());
    let signer = signature.signer().map(|signer| asn1::octet_string(signer.der())).unwrap_or_default();
    let whole = match signature.version() {
        Version::V1 => asn1::sequence(&[signature.to_be_signed(), &value]),
        _ => asn1::sequence(&[signature.to_be_signed(), &signer, &asn1::oid(&oid::SM2_WITH_SM3), &value]),
    };
    (whole != signature.der()).then_some("the signature value has parts that nothing protects")
}

/// Why a CMS is not the one DER that goes around its signed attributes: versions, algorithm lists, the signer's name,
/// unsigned attributes, certificates and revocation lists are under no signature.
pub(super) fn cms_fault(signed: &SignedData, der: &[u8]) -> Option<&'static str> {
    let signer = signed.signers.first()?;
    let certificate = signed.certificate_of(signer)?;
    if cms_around(signed, signer, certificate).as_deref() != Some(der) {
        return Some("the CMS has parts that nothing protects");
    }
    let stray = !is_chain(certificate, &signed.certificates);
    stray.then_some("a certificate is enclosed that does not lead upwards from the signer")
}

/// Whether all of `enclosed` are met on the way up from the signer, each by its signature on the one below, and a root
/// by its own. Nobody need trust them for that; one with a changed byte is not met, or does not sign itself.
fn is_chain(signer: &Certificate, enclosed: &[Certificate]) -> bool {
    let mut left: Vec<&Certificate> = enclosed.iter().collect();
    let Some(own) = left.iter().position(|certificate| *certificate == signer) else { return false };
    left.swap_remove(own);
    let mut last = signer;
    while let Some(at) = left.iter().position(|upper| is_signed_by(last, upper)) {
        last = left.swap_remove(at);
    }
    left.is_empty() && (!last.is_self_issued() || is_signed_by(last, last))
}

fn is_signed_by(lower: &Certificate, upper: &Certificate) -> bool {
    let key = upper.public_key().ok().filter(|_| upper.subject().matches(lower.issuer()));
    key.and_then(|key| lower.verify_signed_by(key)).is_some_and(|result| result.is_ok())
}

fn cms_around(signed: &SignedData, signer: &SignerInfo, certificate: &Certificate) -> Option<Vec<u8>> {
    let algorithm = signer.signature_algorithm.clone().ok()?;
    let digest = signer.digest_algorithm.clone().ok()?.algorithm_identifier();
    let attributes = signer
        .signed_attributes
        .as_ref()?
        .iter()
        .map(|attribute| asn1::sequence(&[&asn1::oid(&attribute.oid), &asn1::set_of(attribute.values.clone())]));
    let mut attributes = asn1::set_of(attributes.collect());
    *attributes.first_mut()? = tag::context(0);
    let serial = asn1::tlv(tag::INTEGER, &[certificate.serial()]);
    let info = asn1::sequence(&[
        &asn1::integer(1),
        &asn1::sequence(&[certificate.issuer().der(), &serial]),
        &digest,
        &attributes,
        &algorithm.algorithm_identifier(),
        &asn1::octet_string(&signer.signature),
    ]);
    let mut certificates: Vec<&[u8]> = signed.certificates.iter().map(Certificate::der).collect();
    certificates.sort_unstable();
    let signed_data = asn1::sequence(&[
        &asn1::integer(1),
        &asn1::set_of(vec![digest]),
        &asn1::sequence(&[&asn1::oid(&oid::DATA)]),
        &asn1::explicit(0, &certificates.concat()),
        &asn1::set_of(vec![info]),
    ]);
    Some(asn1::sequence(&[&asn1::oid(&oid::SIGNED_DATA), &asn1::explicit(0, &signed_data)]))
}

/// Whether hexadecimal digits are written in one case, as one writer does.
pub(super) fn one_case(digits: &[u8]) -> bool {
    !(digits.iter().any(u8::is_ascii_lowercase) && digits.iter().any(u8::is_ascii_uppercase))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::io::Write as _;

    #[test]
    fn bits_behind_a_deflate_stream_are_seen() {
        for text in ["", "a", "aaaaaaaaaaaaaaaaaaaaaaaa", "电子证照 electronic licenses 2026"] {
            let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::new(6));
            encoder.write_all(text.as_bytes()).unwrap();
            let stream = encoder.finish().unwrap();
            assert!(!has_loose_end(&stream, text.as_bytes()), "{text}");
            let mut loose = 0;
            for bit in 0..8 {
                let mut changed = stream.clone();
                *changed.last_mut().unwrap() |= 1 << bit;
                let mut out = vec![0; 200];
                let mut inflater = Decompress::new(false);
                let ended = inflater.decompress(&changed, &mut out, FlushDecompress::Finish);
                let same =
                    matches!(ended, Ok(Status::StreamEnd)) && &out[..inflater.total_out() as usize] == text.as_bytes();
                if changed != stream && same {
                    loose += 1;
                    assert!(has_loose_end(&changed, text.as_bytes()), "{text}, bit {bit}");
                }
            }
            println!("{text}: {loose} loose bits");
        }
    }

    #[test]
    fn one_case_of_digits() {
        assert!(one_case(b"0123abcd") && one_case(b"0123ABCD") && one_case(b"0123"));
        assert!(!one_case(b"0aA"));
    }
}
