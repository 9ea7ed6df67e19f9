//! SESeal of every version.

use super::{extensions, extensions_der, items, of_type, time_stamp, time_stamp_der};
use crate::error::EsealError;
use crate::limits::MAX_SIGNERS;
use crate::seal::{CertDigest, Picture, Seal, SealContent, SignerList};
use crate::version::Version;
use pki::asn1::{self, Asn1Error, Cursor, Element, tag};
use time::OffsetDateTime;

pub(crate) fn read(der: &[u8]) -> Result<Seal, EsealError> {
    let top = asn1::whole(der, tag::SEQUENCE, "SESeal")?;
    let parts = items(top.children(), 5, "SESeal")?;
    match parts.as_slice() {
        [info, sign_info] => read_v1(der, info, sign_info),
        [info, cert, algorithm, value] => read_v4(der, [info, cert, algorithm, value], None),
        [info, cert, algorithm, value, stamp] => read_v4(der, [info, cert, algorithm, value], Some(time_stamp(stamp)?)),
        other => Err(EsealError::UnknownShape(other.len())),
    }
}

fn read_v1(der: &[u8], info: &Element<'_>, sign_info: &Element<'_>) -> Result<Seal, EsealError> {
    let mut fields = of_type(sign_info, tag::SEQUENCE, "signInfo")?.children();
    let cert = fields.expect(tag::OCTET_STRING, "cert")?;
    let algorithm = fields.expect(tag::OID, "signatureAlgorithm")?;
    let signature = fields.expect(tag::BIT_STRING, "signData")?.bits()?.to_vec();
    fields.finish("signInfo")?;
    let (header_version, content) = read_info(info, Version::V1)?;
    Ok(Seal {
        version: Version::V1,
        header_version,
        content,
        maker_der: cert.value.to_vec(),
        algorithm: algorithm.oid()?,
        signature,
        time_stamp: None,
        der: der.to_vec(),
        // GM/T 0031-2014 6.1.1.2: info, certificate and algorithm, in a SEQUENCE of their own.
        to_be_signed: asn1::sequence(&[info.raw, cert.raw, algorithm.raw]),
    })
}

fn read_v4(der: &[u8], parts: [&Element<'_>; 4], time_stamp: Option<Vec<u8>>) -> Result<Seal, EsealError> {
    let [info, cert, algorithm, value] = parts;
    let (header_version, content) = read_info(info, Version::V4)?;
    let is_v5 = header_version == Version::V5.number() || time_stamp.is_some();
    Ok(Seal {
        version: if is_v5 { Version::V5 } else { Version::V4 },
        header_version,
        content,
        maker_der: of_type(cert, tag::OCTET_STRING, "cert")?.value.to_vec(),
        algorithm: of_type(algorithm, tag::OID, "signAlgID")?.oid()?,
        signature: of_type(value, tag::BIT_STRING, "signedValue")?.bits()?.to_vec(),
        time_stamp,
        der: der.to_vec(),
        to_be_signed: info.raw.to_vec(),
    })
}

fn read_info(info: &Element<'_>, version: Version) -> Result<(u32, SealContent), EsealError> {
    let mut fields = of_type(info, tag::SEQUENCE, "eSealInfo")?.children();
    let mut header = fields.sequence("header")?;
    if header.expect(tag::IA5_STRING, "ID")?.value != b"ES" {
        return Err(Asn1Error::new("header ID", "is not ES").into());
    }
    let header_version = header.expect(tag::INTEGER, "version")?.small_integer()?;
    let vendor_id = header.expect(tag::IA5_STRING, "Vid")?.text()?;
    header.finish("header")?;
    let id = fields.expect(tag::IA5_STRING, "esID")?.text()?;

    let mut property = fields.sequence("property")?;
    let kind = property.expect(tag::INTEGER, "type")?.small_integer()?;
    let name = property.expect(tag::UTF8_STRING, "name")?.text()?;
    let signers = match version {
        Version::V1 => certificates(property.sequence("certList")?)?,
        _ => signer_list(&mut property)?,
    };
    let created = date(&mut property, version, "createDate")?;
    let valid_from = date(&mut property, version, "validStart")?;
    let valid_until = date(&mut property, version, "validEnd")?;
    property.finish("property")?;

    let mut picture = fields.sequence("picture")?;
    let content = SealContent {
        id,
        vendor_id,
        kind,
        name,
        signers,
        created,
        valid_from,
        valid_until,
        picture: Picture {
            format: picture.expect(tag::IA5_STRING, "picture type")?.text()?,
            data: picture.expect(tag::OCTET_STRING, "picture data")?.value.to_vec(),
            width_mm: picture.expect(tag::INTEGER, "picture width")?.small_integer()?,
            height_mm: picture.expect(tag::INTEGER, "picture height")?.small_integer()?,
        },
        // Not tagged here, unlike in TBS_Sign.
        extensions: match fields.optional(tag::SEQUENCE, "extDatas")? {
            Some(list) => extensions(list.children())?,
            None => Vec::new(),
        },
    };
    picture.finish("picture")?;
    fields.finish("eSealInfo")?;
    Ok((header_version, content))
}

/// certListType and certList of v4 and v5: the CHOICE carries no tag of its own.
fn signer_list(property: &mut Cursor<'_>) -> Result<SignerList, EsealError> {
    match property.expect(tag::INTEGER, "certListType")?.small_integer()? {
        1 => certificates(property.sequence("certs")?),
        2 => {
            let mut list = property.sequence("certDigestList")?;
            let mut digests = Vec::new();
            while !list.is_empty() {
                if digests.len() == MAX_SIGNERS {
                    return Err(EsealError::TooMuch("signers"));
                }
                let mut inside = list.sequence("CertDigestObj")?;
                let algorithm = inside.expect(tag::PRINTABLE_STRING, "type")?.text()?;
                let value = inside.expect(tag::OCTET_STRING, "value")?.value.to_vec();
                inside.finish("CertDigestObj")?;
                digests.push(CertDigest { algorithm, value });
            }
            Ok(SignerList::Digests(digests))
        }
        _ => Err(Asn1Error::new("certListType", "neither 1 nor 2").into()),
    }
}

/// SEQUENCE OF certificate. The text of v1 also speaks of an IA5String `certID`; it names nobody.
fn certificates(mut list: Cursor<'_>) -> Result<SignerList, EsealError> {
    let mut certificates = Vec::new();
    while !list.is_empty() {
        if certificates.len() == MAX_SIGNERS {
            return Err(EsealError::TooMuch("signers"));
        }
        let entry = list.any("cert")?;
        match entry.tag {
            tag::OCTET_STRING => certificates.push(entry.value.to_vec()),
            tag::IA5_STRING => {}
            _ => return Err(Asn1Error::new("cert", "another type than expected").into()),
        }
    }
    Ok(SignerList::Certificates(certificates))
}

/// GeneralizedTime; v1 writes UTCTime, but files with either exist.
fn date(fields: &mut Cursor<'_>, version: Version, field: &'static str) -> Result<OffsetDateTime, Asn1Error> {
    match version {
        Version::V1 => fields.any(field)?.time(),
        _ => fields.expect(tag::GENERALIZED_TIME, field)?.time(),
    }
}

/// SES_SealInfo of `version`.
pub(crate) fn info_der(content: &SealContent, version: Version) -> Result<Vec<u8>, EsealError> {
    let header = asn1::sequence(&[
        &asn1::ia5_string("ES", "header ID")?,
        &asn1::integer(version.number()),
        &asn1::ia5_string(&content.vendor_id, "Vid")?,
    ]);
    let kind = asn1::integer(content.kind);
    let name = asn1::utf8_string(&content.name);
    // v1 knows no certListType, and writes X.509 times.
    let (list_type, list) = match (&content.signers, version) {
        (SignerList::Certificates(list), Version::V1) => (Vec::new(), certificates_der(list)),
        (SignerList::Certificates(list), _) => (asn1::integer(1), certificates_der(list)),
        (SignerList::Digests(_), Version::V1) => {
            return Err(EsealError::NotInVersion { what: "digests of signer certificates", version });
        }
        (SignerList::Digests(list), _) => (asn1::integer(2), digests_der(list)),
    };
    let date = match version {
        Version::V1 => asn1::x509_time,
        _ => asn1::generalized_time,
    };
    let (created, from, until) = (date(content.created)?, date(content.valid_from)?, date(content.valid_until)?);
    let property = asn1::sequence(&[&kind, &name, &list_type, &list, &created, &from, &until]);
    let picture = asn1::sequence(&[
        &asn1::ia5_string(&content.picture.format, "picture type")?,
        &asn1::octet_string(&content.picture.data),
        &asn1::integer(content.picture.width_mm),
        &asn1::integer(content.picture.height_mm),
    ]);
    let extensions = if content.extensions.is_empty() { Vec::new() } else { extensions_der(&content.extensions) };
    let id = asn1::ia5_string(&content.id, "esID")?;
    Ok(asn1::sequence(&[&header, &id, &property, &picture, &extensions]))
}

fn certificates_der(list: &[Vec<u8>]) -> Vec<u8> {
    let list: Vec<u8> = list.iter().flat_map(|der| asn1::octet_string(der)).collect();
    asn1::sequence(&[&list])
}

fn digests_der(list: &[CertDigest]) -> Vec<u8> {
    let list: Vec<u8> = list
        .iter()
        .flat_map(|digest| {
            let algorithm = asn1::tlv(tag::PRINTABLE_STRING, &[digest.algorithm.as_bytes()]);
            asn1::sequence(&[&algorithm, &asn1::octet_string(&digest.value)])
        })
        .collect();
    asn1::sequence(&[&list])
}

/// What the seal maker signs: v1 binds certificate and algorithm (GM/T 0031-2014 6.1.1.2), later versions the info
/// alone (GB/T 38540-2020 6.1).
pub(crate) fn maker_message(info: &[u8], version: Version, maker: &[u8], algorithm: &pki::ObjectIdentifier) -> Vec<u8> {
    match version {
        Version::V1 => asn1::sequence(&[info, &asn1::octet_string(maker), &asn1::oid(algorithm)]),
        _ => info.to_vec(),
    }
}

/// SESeal around a signed SES_SealInfo; only v5 has a place for `stamp`.
pub(crate) fn seal_der(
    info: &[u8],
    version: Version,
    maker: &[u8],
    algorithm: &pki::ObjectIdentifier,
    signature: &[u8],
    stamp: Option<&[u8]>,
) -> Vec<u8> {
    let (maker, algorithm) = (asn1::octet_string(maker), asn1::oid(algorithm));
    let signature = asn1::bit_string(signature);
    match version {
        Version::V1 => asn1::sequence(&[info, &asn1::sequence(&[&maker, &algorithm, &signature])]),
        _ => asn1::sequence(&[info, &maker, &algorithm, &signature, &stamp.map(time_stamp_der).unwrap_or_default()]),
    }
}
