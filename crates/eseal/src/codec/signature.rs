//! SES_Signature of every version.

use super::{extensions, items, of_type, time_stamp};
use crate::error::EsealError;
use crate::seal::Seal;
use crate::signature::{SealSignature, SigningTime};
use crate::version::Version;
use pki::asn1::{self, Cursor, Element, tag};
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
    let property_info = fields.expect(tag::IA5_STRING, "propertyInfo")?.text()?;
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
    let time = SigningTime::At(fields.expect(tag::GENERALIZED_TIME, "timeInfo")?.time()?);
    let data_hash = fields.expect(tag::BIT_STRING, "dataHash")?.bits()?.to_vec();
    let property_info = fields.expect(tag::IA5_STRING, "propertyInfo")?.text()?;
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

/// TBS_Sign of v4.
pub(crate) fn to_sign_der(
    seal: &Seal,
    data_hash: &[u8],
    property_info: &str,
    at: OffsetDateTime,
) -> Result<Vec<u8>, EsealError> {
    Ok(asn1::sequence(&[
        &asn1::integer(Version::V4.number()),
        seal.der(),
        &asn1::generalized_time(at)?,
        &asn1::bit_string(data_hash),
        &asn1::ia5_string(property_info, "propertyInfo")?,
    ]))
}

/// SES_Signature of v4 around a signed TBS_Sign.
pub(crate) fn signature_der(
    to_sign: &[u8],
    signer: &[u8],
    algorithm: &pki::ObjectIdentifier,
    signature: &[u8],
) -> Vec<u8> {
    asn1::sequence(&[to_sign, &asn1::octet_string(signer), &asn1::oid(algorithm), &asn1::bit_string(signature)])
}
