//! SES_Signature of every version.

use super::{extensions, extensions_der, items, of_type, time_stamp, time_stamp_der};
use crate::error::EsealError;
use crate::seal::{ExtData, Seal};
use crate::signature::{SealSignature, SigningTime};
use crate::version::Version;
use pki::asn1::{self, Asn1Error, Cursor, Element, tag};
use time::format_description::well_known::Rfc3339;
use time::macros::{format_description, offset};
use time::{OffsetDateTime, PrimitiveDateTime};

pub(crate) fn read(der: &[u8]) -> Result<SealSignature, EsealError> {
    let top = asn1::whole(der, tag::SEQUENCE, "SES_Signature")?;
    let parts = items(top.children(), 5, "SES_Signature")?;
    match parts.as_slice() {
        [to_sign, value] => read_v1(der, to_sign, value),
        [to_sign, cert, algorithm, value] => read_v4(der, [to_sign, cert, algorithm, value], None),
        [to_sign, cert, algorithm, value, stamp] => {
            read_v4(der, [to_sign, cert, algorithm, value], Some(time_stamp(stamp)?))
        }
        other => Err(EsealError::UnknownShape(other.len())),
    }
}

fn read_v1(der: &[u8], to_sign: &Element<'_>, value: &Element<'_>) -> Result<SealSignature, EsealError> {
    let mut fields = of_type(to_sign, tag::SEQUENCE, "toSign")?.children();
    fields.expect(tag::INTEGER, "version")?.small_integer()?;
    let seal = Seal::from_der(fields.expect(tag::SEQUENCE, "eseal")?.raw)?;
    let time = free_time(fields.expect(tag::BIT_STRING, "timeInfo")?.bits()?);
    let data_hash = fields.expect(tag::BIT_STRING, "dataHash")?.bits()?.to_vec();
    let property_info = text(&fields.any("propertyInfo")?)?;
    let signer_der = fields.expect(tag::OCTET_STRING, "cert")?.value.to_vec();
    let algorithm = fields.oid("signatureAlgorithm")?;
    fields.finish("toSign")?;
    Ok(SealSignature {
        version: Version::V1,
        seal,
        time,
        data_hash,
        property_info,
        extensions: Vec::new(),
        signer_der,
        algorithm,
        signature: of_type(value, tag::BIT_STRING, "signature")?.bits()?.to_vec(),
        time_stamp: None,
        der: der.to_vec(),
        to_be_signed: to_sign.raw.to_vec(),
    })
}

fn read_v4(der: &[u8], parts: [&Element<'_>; 4], time_stamp: Option<Vec<u8>>) -> Result<SealSignature, EsealError> {
    let [to_sign, cert, algorithm, value] = parts;
    let mut fields = of_type(to_sign, tag::SEQUENCE, "toSign")?.children();
    fields.expect(tag::INTEGER, "version")?.small_integer()?;
    let seal = Seal::from_der(fields.expect(tag::SEQUENCE, "eseal")?.raw)?;
    let time = SigningTime::At(fields.expect(tag::GENERALIZED_TIME, "timeInfo")?.fine_time()?);
    let data_hash = fields.expect(tag::BIT_STRING, "dataHash")?.bits()?.to_vec();
    let property_info = text(&fields.any("propertyInfo")?)?;
    let extensions = match fields.optional(tag::context(0), "extDatas")? {
        Some(explicit) => extensions(asn1::whole(explicit.value, tag::SEQUENCE, "extDatas")?.children())?,
        None => Vec::new(),
    };
    fields.finish("toSign")?;
    Ok(SealSignature {
        version: if seal.version() == Version::V5 { Version::V5 } else { Version::V4 },
        seal,
        time,
        data_hash,
        property_info,
        extensions,
        signer_der: of_type(cert, tag::OCTET_STRING, "cert")?.value.to_vec(),
        algorithm: of_type(algorithm, tag::OID, "signatureAlgID")?.oid()?,
        signature: of_type(value, tag::BIT_STRING, "signature")?.bits()?.to_vec(),
        time_stamp,
        der: der.to_vec(),
        to_be_signed: to_sign.raw.to_vec(),
    })
}

/// An IA5String (6.2), in some files another kind of string: the signature is over the bytes, whatever their kind. Where
/// folders have Chinese names, the bytes are UTF-8 under the same tag; what is not UTF-8 either names no file.
fn text(element: &Element<'_>) -> Result<String, Asn1Error> {
    match element.tag {
        tag::IA5_STRING | tag::UTF8_STRING | tag::PRINTABLE_STRING => {
            Ok(String::from_utf8_lossy(element.value).into_owned())
        }
        _ => Err(Asn1Error::new("propertyInfo", "not a string")),
    }
}

/// The free content of v1: text with or without zone, or a DER time.
fn free_time(bytes: &[u8]) -> SigningTime {
    if let Ok(at) = Cursor::new(bytes).any("timeInfo").and_then(|element| element.time()) {
        return SigningTime::At(at);
    }
    let text = std::str::from_utf8(bytes).unwrap_or_default().trim();
    if let Ok(at) = OffsetDateTime::parse(text, &Rfc3339) {
        return SigningTime::At(at);
    }
    let plain = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
    match PrimitiveDateTime::parse(text, plain) {
        // Vendors write local time; the standard gives no zone.
        Ok(local) => SigningTime::AssumedLocal(local.assume_offset(offset!(+8))),
        Err(_) => SigningTime::Unreadable(bytes.to_vec()),
    }
}

/// The parts of TBS_Sign, already judged.
pub(crate) struct ToSign<'a> {
    pub(crate) seal: &'a Seal,
    pub(crate) at: OffsetDateTime,
    /// v1: a token in place of the text.
    pub(crate) time_token: Option<&'a [u8]>,
    pub(crate) data_hash: &'a [u8],
    pub(crate) property_info: &'a str,
    pub(crate) extensions: &'a [ExtData],
    pub(crate) signer: &'a [u8],
    pub(crate) algorithm: &'a pki::ObjectIdentifier,
}

/// TBS_Sign of the seal's version.
pub(crate) fn to_sign_der(parts: &ToSign<'_>) -> Result<Vec<u8>, EsealError> {
    let version = parts.seal.version();
    let number = asn1::integer(version.number());
    let data_hash = asn1::bit_string(parts.data_hash);
    // The kind of string is the standard's, for readers that expect no other; a path in Chinese can only be UTF-8.
    let property_info = asn1::tlv(tag::IA5_STRING, &[parts.property_info.as_bytes()]);
    let seal = parts.seal.der();
    if version == Version::V1 {
        let time = match parts.time_token {
            Some(token) => asn1::bit_string(token),
            None => asn1::bit_string(local_text(parts.at)?.as_bytes()),
        };
        let signer = asn1::octet_string(parts.signer);
        let algorithm = asn1::oid(parts.algorithm);
        return Ok(asn1::sequence(&[&number, seal, &time, &data_hash, &property_info, &signer, &algorithm]));
    }
    let time = asn1::generalized_time(parts.at)?;
    // Tagged here, unlike in SES_SealInfo.
    let extensions = match parts.extensions {
        [] => Vec::new(),
        list => asn1::explicit(0, &extensions_der(list)),
    };
    Ok(asn1::sequence(&[&number, seal, &time, &data_hash, &property_info, &extensions]))
}

/// The text that viewers take for v1: China Standard Time, without zone.
fn local_text(at: OffsetDateTime) -> Result<String, EsealError> {
    let plain = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
    at.to_offset(offset!(+8)).format(plain).map_err(|_| Asn1Error::new("timeInfo", "cannot be written").into())
}

/// SES_Signature around a signed TBS_Sign; v1 has no place for `stamp`, and its signer stands in TBS_Sign.
pub(crate) fn signature_der(
    to_sign: &[u8],
    version: Version,
    signer: &[u8],
    algorithm: &pki::ObjectIdentifier,
    signature: &[u8],
    stamp: Option<&[u8]>,
) -> Vec<u8> {
    let signature = asn1::bit_string(signature);
    if version == Version::V1 {
        return asn1::sequence(&[to_sign, &signature]);
    }
    let stamp = stamp.map(time_stamp_der).unwrap_or_default();
    asn1::sequence(&[to_sign, &asn1::octet_string(signer), &asn1::oid(algorithm), &signature, &stamp])
}
