//! What a SignedValue.dat is, by its shape alone (GM/T 0099-2020 7.2.2 and what is found in files).

use crate::error::EsealError;
use crate::limits;
use crate::signature::SealSignature;
use pki::asn1::{Cursor, tag};
use pki::cms::SignedData;

/// What the bytes say, not judged.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Facts {
    /// Type=Seal: a seal signature.
    Seal(Box<SealSignature>),
    /// Type=Sign: SignedData under SM2 identifiers (GB/T 35275) or those of CMS.
    SignedData(Box<SignedData>),
    /// Type=Sign of old software: bare { r, s } without certificate, which cannot be checked alone.
    BareSignature,
    /// None of these; why.
    Unreadable(EsealError),
}

/// Sorts and reads the bytes. Never fails: what cannot be read is a fact, too.
pub fn inspect(bytes: &[u8]) -> Facts {
    match read(bytes) {
        Ok(facts) => facts,
        Err(error) => Facts::Unreadable(error),
    }
}

fn read(bytes: &[u8]) -> Result<Facts, EsealError> {
    limits::size(bytes)?;
    let inside = Cursor::new(bytes).sequence("SignedValue")?;
    match inside.peek() {
        Some(tag::OID) => match SignedData::from_der(bytes) {
            Ok(data) => Ok(Facts::SignedData(Box::new(data))),
            Err(pki::cms::CmsError::Malformed(error)) => Err(error.into()),
            Err(_) => Err(pki::asn1::Asn1Error::new("ContentInfo", "is no signed data within limits").into()),
        },
        Some(tag::INTEGER) => {
            pki::der_to_raw(bytes, 32)?;
            Ok(Facts::BareSignature)
        }
        _ => Ok(Facts::Seal(Box::new(SealSignature::from_der(bytes)?))),
    }
}
