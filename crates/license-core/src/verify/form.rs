//! What no signature protects: the shell of a signature value must be as issuing wrote it. The container of an OFD is
//! looked after by [`crate::container`].
//!
//! An unused attribute, a certificate nobody asked for or the case of a hexadecimal digit change no word of the license,
//! yet a file with another one is not the file that was issued. These rules hold for files that present
//! themselves as licenses of this house (they carry a record); foreign documents are judged by their standards alone.

use eseal::{SealSignature, Version};
use pki::asn1::{self, Asn1Error, tag};
use pki::cms::{ContentForm, SignedData, SignerInfo};
use pki::{Certificate, SignatureAlgorithm, oid};

use super::memory::Met;

/// Signature of a local file header (APPNOTE 4.3.7), and its length.
const LOCAL_HEADER: &[u8] = b"PK\x03\x04";
const CENTRAL_HEADER: &[u8] = b"PK\x01\x02";
const LOCAL_LEN: usize = 30;
const CENTRAL_LEN: u64 = 46;

/// Whether a zip that is over a limit by its directory is within it by its files' own headers: then the directory was
/// changed, and nothing large was ever packed.
pub(super) fn is_small(bytes: &[u8], budget: &ofd::Budget) -> bool {
    let (mut at, mut entries, mut total, mut directory) = (0, 0, 0, 0);
    while bytes.get(at..).is_some_and(|rest| rest.starts_with(LOCAL_HEADER)) {
        let number = |from, length| little_endian(bytes, at + from, length);
        let (Some(packed), Some(size), Some(name), Some(extra)) =
            (number(18, 4), number(22, 4), number(26, 2), number(28, 2))
        else {
            return false;
        };
        let fields = bytes.get(at + LOCAL_LEN + name..at + LOCAL_LEN + name + extra).map_or(0, fields);
        if name as u64 > budget.name_bytes || fields > budget.extra_fields {
            return false;
        }
        directory += CENTRAL_LEN + name as u64 + extra as u64;
        at += LOCAL_LEN + name + extra + packed;
        let (packed, size) = (packed as u64, size as u64);
        if size > budget.entry_bytes || size > budget.ratio_free_bytes && size / packed.max(1) > budget.ratio {
            return false;
        }
        (entries, total) = (entries + 1, total + size);
    }
    let complete = bytes.get(at..).is_some_and(|rest| rest.starts_with(CENTRAL_HEADER));
    complete && entries <= budget.entries && total <= budget.total_bytes && directory <= budget.directory_bytes
}

/// Extra fields, each with a length behind its two bytes of name.
fn fields(mut extra: &[u8]) -> u64 {
    let mut count = 0;
    while let Some(rest) = little_endian(extra, 2, 2).and_then(|length| extra.get(4 + length..)) {
        (count, extra) = (count + 1, rest);
    }
    count
}

fn little_endian(bytes: &[u8], at: usize, length: usize) -> Option<usize> {
    let field = bytes.get(at..at + length)?;
    Some(field.iter().rev().fold(0, |value, byte| value << 8 | usize::from(*byte)))
}

/// Why a seal signature is not the one DER that goes around its signed part. A time-stamp over the signature value may
/// stand behind it, when it is `sound`.
pub(super) fn seal_fault(signature: &SealSignature, sound: bool, met: &Met<'_>) -> Option<&'static str> {
    if pki::der_to_raw(signature.signature(), 32).is_err() {
        return Some("the signature value is not in DER");
    }
    let value = asn1::bit_string(signature.signature());
    let signer = signature.signer().map(|signer| asn1::octet_string(signer.der())).unwrap_or_default();
    let whole = match signature.version() {
        Version::V1 => asn1::sequence(&[signature.to_be_signed(), &value]),
        _ => {
            let stamp = signature.time_stamp().filter(|_| sound);
            let stamp = stamp.map(|token| asn1::explicit(0, &asn1::bit_string(token))).unwrap_or_default();
            asn1::sequence(&[signature.to_be_signed(), &signer, &asn1::oid(&oid::SM2_WITH_SM3), &value, &stamp])
        }
    };
    let fault = |token: &[u8]| token_fault(&SignedData::from_der(token).ok()?, token, met);
    if let Some(fault) = signature.time_stamp().and_then(fault) {
        return Some(fault);
    }
    (whole != signature.der()).then_some("the signature value has parts that nothing protects")
}

/// What is inside a time-stamp token that its authority's signature does not protect and nobody needs.
pub(super) fn token_fault(token: &SignedData, der: &[u8], met: &Met<'_>) -> Option<&'static str> {
    if met.is_foreign() {
        return None;
    }
    let signer = token.signers.first()?;
    let certificate = token.certificate_of(signer)?;
    let loose = !signer.unsigned_attributes.is_empty() || token.has_crls || token.unreadable_certificates > 0;
    if loose || !is_plain_token(der, signer, certificate).unwrap_or(false) {
        return Some("the time-stamp has parts that nothing protects");
    }
    let stray = !is_ordered(certificate, &token.certificates) || !is_chain(certificate, &token.certificates, met);
    stray.then(|| met.stray("a certificate is enclosed that does not lead upwards from the time-stamp authority"))
}

/// Whether certificates stand as tools write them: in the order of DER, or on the way up from the signer or down to it.
fn is_ordered(signer: &Certificate, certificates: &[Certificate]) -> bool {
    let is_above = |lower: &Certificate, upper: &Certificate| upper.subject().matches(lower.issuer());
    let upwards =
        || certificates.first() == Some(signer) && certificates.windows(2).all(|pair| is_above(&pair[0], &pair[1]));
    let downwards =
        || certificates.last() == Some(signer) && certificates.windows(2).all(|pair| is_above(&pair[1], &pair[0]));
    certificates.is_sorted_by_key(Certificate::der) || upwards() || downwards()
}

/// Whether the fields around content and signature say what they must: versions, digest algorithms, the authority's name.
fn is_plain_token(der: &[u8], read: &SignerInfo, authority: &Certificate) -> Result<bool, Asn1Error> {
    let mut outer = asn1::whole(der, tag::SEQUENCE, "ContentInfo")?.children();
    outer.any("contentType")?;
    let mut data = outer.expect(tag::context(0), "content")?.children().sequence("SignedData")?;
    let version = data.any("version")?.raw;
    let digests = data.expect(tag::SET, "digestAlgorithms")?.value;
    data.any("encapContentInfo")?;
    data.optional(tag::context(0), "certificates")?;
    let mut signer = data.expect(tag::SET, "signerInfos")?.children().sequence("SignerInfo")?;
    let (own_version, name) = (signer.any("version")?.raw, signer.any("sid")?);
    let digest = signer.any("digestAlgorithm")?.raw;
    signer.expect(tag::context(0), "signedAttrs")?;
    let algorithm = signer.any("signatureAlgorithm")?.raw;
    signer.any("signature")?;
    signer.finish("SignerInfo")?;
    let serial = asn1::tlv(tag::INTEGER, &[authority.serial()]);
    let named = match name.tag {
        tag::SEQUENCE => {
            name.raw == asn1::sequence(&[authority.issuer().der(), &serial]) && own_version == asn1::integer(1)
        }
        _ => own_version == asn1::integer(3),
    };
    // RFC 5652 5.1: version 3, the content being no plain data.
    let form = version == asn1::integer(3) && digests == digest && named;
    Ok(form && is_plain_digest(digest) && is_plain_algorithm(algorithm, read))
}

/// An identifier of a digest with the parameters that it may have: none, or NULL (RFC 5754 2).
fn is_plain_digest(identifier: &[u8]) -> bool {
    let id =
        asn1::whole(identifier, tag::SEQUENCE, "digestAlgorithm").and_then(|found| found.children().oid("algorithm"));
    let forms = |id| [asn1::sequence(&[&asn1::oid(&id)]), asn1::sequence(&[&asn1::oid(&id), &asn1::null()])];
    id.is_ok_and(|id| forms(id).iter().any(|form| form == identifier))
}

/// An identifier of a signature algorithm as its standard writes it. RSA may be named with its digest or without
/// (RFC 3370 3.2); what has parameters of its own is read strictly.
fn is_plain_algorithm(identifier: &[u8], signer: &SignerInfo) -> bool {
    let Ok(algorithm) = signer.signature_algorithm else { return true }; // what is not known here is told elsewhere
    let named = |id| identifier == asn1::sequence(&[&asn1::oid(&id), &asn1::null()]);
    identifier == algorithm.algorithm_identifier()
        || match algorithm {
            SignatureAlgorithm::RsaPkcs1(_) => named(oid::RSA_ENCRYPTION),
            SignatureAlgorithm::RsaPss { .. } => true,
            SignatureAlgorithm::Sm2Sm3 => {
                named(oid::SM2_SIGN) || identifier == asn1::sequence(&[&asn1::oid(&oid::SM2_SIGN)])
            }
            _ => false,
        }
}

/// Why a CMS is not the one DER that goes around its signed attributes: versions, algorithm lists, the signer's name,
/// unsigned attributes, certificates and revocation lists are under no signature.
pub(super) fn cms_fault(signed: &SignedData, der: &[u8], met: &Met<'_>) -> Option<&'static str> {
    if met.is_foreign() {
        return None;
    }
    let signer = signed.signers.first()?;
    let certificate = signed.certificate_of(signer)?;
    if signed.form == ContentForm::Gbt35275 && pki::der_to_raw(&signer.signature, 32).is_err() {
        return Some("the signature value is not in DER");
    }
    if cms_around(signed, signer, certificate).as_deref() != Some(der) {
        return Some("the CMS has parts that nothing protects");
    }
    let stray = !is_chain(certificate, &signed.certificates, met);
    stray.then(|| met.stray("a certificate is enclosed that does not lead upwards from the signer"))
}

/// Whether all of `enclosed` are met on the way up from the signer, each by its signature on the one below, and a root
/// by its own. Nobody need trust them for that; one with a changed byte is not met, or does not sign itself.
pub(super) fn is_chain(signer: &Certificate, enclosed: &[Certificate], met: &Met<'_>) -> bool {
    if has_twice(enclosed) {
        return false;
    }
    let mut left: Vec<&Certificate> = enclosed.iter().collect();
    let Some(own) = left.iter().position(|certificate| *certificate == signer) else { return false };
    left.swap_remove(own);
    let mut last = signer;
    while let Some(at) = left.iter().position(|upper| met.is_signed_by(last, upper)) {
        last = left.swap_remove(at);
    }
    left.is_empty() && (!last.is_self_issued() || met.is_signed_by(last, last))
}

/// Whether a certificate is there more than once: it would sign itself, if it is a root.
pub(super) fn has_twice(certificates: &[Certificate]) -> bool {
    let mut all: Vec<&[u8]> = certificates.iter().map(Certificate::der).collect();
    all.sort_unstable();
    all.windows(2).any(|pair| pair[0] == pair[1])
}

fn cms_around(signed: &SignedData, signer: &SignerInfo, certificate: &Certificate) -> Option<Vec<u8>> {
    let gm = signed.form == ContentForm::Gbt35275;
    let algorithm = match signer.signature_algorithm.clone().ok()? {
        _ if gm => asn1::sequence(&[&asn1::oid(&oid::SM2_SIGN)]),
        algorithm => algorithm.algorithm_identifier(),
    };
    let (data, signed_type) = if gm { (oid::GM_DATA, oid::GM_SIGNED_DATA) } else { (oid::DATA, oid::SIGNED_DATA) };
    let digest = signer.digest_algorithm.clone().ok()?.algorithm_identifier();
    let attributes = signer
        .signed_attributes
        .as_ref()?
        .iter()
        .map(|attribute| asn1::sequence(&[&asn1::oid(&attribute.oid), &asn1::set_of(attribute.values.clone())]));
    // A time-stamp over the signature value may be added; whether it is sound is checked by itself.
    let unsigned = match signer.unsigned_attributes.as_slice() {
        [] => Vec::new(),
        [stamps] if stamps.oid == oid::SIGNATURE_TIME_STAMP && !stamps.values.is_empty() => {
            let values = asn1::set_of(stamps.values.clone());
            asn1::explicit(1, &asn1::sequence(&[&asn1::oid(&stamps.oid), &values]))
        }
        _ => return None,
    };
    let mut attributes = asn1::set_of(attributes.collect());
    *attributes.first_mut()? = tag::context(0);
    let serial = asn1::tlv(tag::INTEGER, &[certificate.serial()]);
    let info = asn1::sequence(&[
        &asn1::integer(1),
        &asn1::sequence(&[certificate.issuer().der(), &serial]),
        &digest,
        &attributes,
        &algorithm,
        &asn1::octet_string(&signer.signature),
        &unsigned,
    ]);
    let mut certificates: Vec<&[u8]> = signed.certificates.iter().map(Certificate::der).collect();
    certificates.sort_unstable();
    let signed_data = asn1::sequence(&[
        &asn1::integer(1),
        &asn1::set_of(vec![digest]),
        &asn1::sequence(&[&asn1::oid(&data)]),
        &asn1::explicit(0, &certificates.concat()),
        &asn1::set_of(vec![info]),
    ]);
    Some(asn1::sequence(&[&asn1::oid(&signed_type), &asn1::explicit(0, &signed_data)]))
}

/// Whether hexadecimal digits are written in one case, as one writer does.
pub(super) fn one_case(digits: &[u8]) -> bool {
    !(digits.iter().any(u8::is_ascii_lowercase) && digits.iter().any(u8::is_ascii_uppercase))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn one_case_of_digits() {
        assert!(one_case(b"0123abcd") && one_case(b"0123ABCD") && one_case(b"0123"));
        assert!(!one_case(b"0aA"));
    }
}
