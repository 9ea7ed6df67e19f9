//! ASN.1 of seals and seal signatures, one small file each, versions side by side.
//!
//! | | v1 (GM/T 0031-2014) | v4 (GB/T 38540-2020) | v5 (GM/T 0031-2025) |
//! |---|---|---|---|
//! | SESeal | info, signInfo | info, cert, algorithm, value | the same, `[0]` time-stamp |
//! | signed by the maker | info, cert, algorithm | info | info |
//! | SES_Signature | toSign, value | toSign, cert, algorithm, value, `[0]` time-stamp | the same |
//! | time of signing | BIT STRING of anything | GeneralizedTime | GeneralizedTime |

pub(crate) mod seal;
pub(crate) mod signature;

use crate::error::EsealError;
use crate::extension_id::ExtensionId;
use crate::limits::MAX_EXTENSIONS;
use crate::seal::ExtData;
use pki::asn1::{self, Asn1Error, Cursor, Element, tag};

/// The items of one level; more than `most` are an error.
fn items<'a>(mut cursor: Cursor<'a>, most: usize, field: &'static str) -> Result<Vec<Element<'a>>, EsealError> {
    let mut items = Vec::new();
    while !cursor.is_empty() {
        if items.len() == most {
            return Err(EsealError::UnknownShape(most + 1));
        }
        items.push(cursor.any(field)?);
    }
    Ok(items)
}

fn of_type<'a>(element: &Element<'a>, wanted: u8, field: &'static str) -> Result<Element<'a>, Asn1Error> {
    asn1::whole(element.raw, wanted, field)
}

/// ExtensionDatas; a `critical` that spells out its default is taken, as one producer writes it.
fn extensions(mut list: Cursor<'_>) -> Result<Vec<ExtData>, EsealError> {
    let mut extensions = Vec::new();
    while !list.is_empty() {
        if extensions.len() == MAX_EXTENSIONS {
            return Err(EsealError::TooMuch("extensions"));
        }
        let mut inside = list.sequence("ExtData")?;
        let id = ExtensionId::read(inside.expect(tag::OID, "extnID")?.value)?;
        let critical = match inside.optional(tag::BOOLEAN, "critical")? {
            Some(element) => element.boolean()?,
            None => false,
        };
        let value = inside.expect(tag::OCTET_STRING, "extnValue")?.value.to_vec();
        inside.finish("ExtData")?;
        extensions.push(ExtData { id, critical, value });
    }
    Ok(extensions)
}

fn extensions_der(extensions: &[ExtData]) -> Vec<u8> {
    let list: Vec<u8> = extensions
        .iter()
        .flat_map(|extension| {
            let critical = if extension.critical { asn1::boolean(true) } else { Vec::new() };
            let value = asn1::octet_string(&extension.value);
            asn1::sequence(&[&extension.id.der(), &critical, &value])
        })
        .collect();
    asn1::sequence(&[&list])
}

/// `[0] EXPLICIT BIT STRING`: a time-stamp token.
fn time_stamp(element: &Element<'_>) -> Result<Vec<u8>, EsealError> {
    let explicit = of_type(element, tag::context(0), "timeStamp")?;
    Ok(asn1::whole(explicit.value, tag::BIT_STRING, "timeStamp")?.bits()?.to_vec())
}

fn time_stamp_der(token: &[u8]) -> Vec<u8> {
    asn1::explicit(0, &asn1::bit_string(token))
}
