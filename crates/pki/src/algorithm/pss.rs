//! RSASSA-PSS-params (RFC 8017 A.2.3, RFC 4055 3.1): digest, mask, length of the salt, trailer, each with a default.

use super::{AlgorithmError, SignatureAlgorithm, any_digest_from_identifier, split};
use crate::asn1::{self, Cursor, tag};
use crate::digest::DigestAlgorithm;
use crate::oid;

/// The default of saltLength.
const DEFAULT_SALT: u16 = 20;

/// The parameters as they are written with a signature: everything said but the trailer.
pub(super) fn write(digest: DigestAlgorithm, salt: u16) -> Vec<u8> {
    let hash = asn1::sequence(&[&asn1::oid(&digest.oid()), &asn1::null()]);
    let mask = asn1::sequence(&[&asn1::oid(&oid::MGF1), &hash]);
    asn1::sequence(&[
        &asn1::explicit(0, &hash),
        &asn1::explicit(1, &mask),
        &asn1::explicit(2, &asn1::integer(u32::from(salt))),
    ])
}

/// Reads them. A signature must have some, if only an empty sequence, which says SHA-1.
pub(super) fn read(parameters: &[u8]) -> Result<SignatureAlgorithm, AlgorithmError> {
    let mut fields = asn1::whole(parameters, tag::SEQUENCE, "RSASSA-PSS-params")?.children();
    let digest = match fields.optional(tag::context(0), "hashAlgorithm")? {
        Some(explicit) => any_digest_from_identifier(explicit.value)?,
        None => DigestAlgorithm::Sha1,
    };
    let mask = match fields.optional(tag::context(1), "maskGenAlgorithm")? {
        Some(explicit) => mask(explicit.value)?,
        None => DigestAlgorithm::Sha1,
    };
    let salt = match fields.optional(tag::context(2), "saltLength")? {
        Some(explicit) => small(explicit.value, "saltLength")?,
        None => DEFAULT_SALT,
    };
    let trailer = match fields.optional(tag::context(3), "trailerField")? {
        Some(explicit) => small(explicit.value, "trailerField")?,
        None => 1,
    };
    fields.finish("RSASSA-PSS-params")?;
    // trailerFieldBC is the only trailer there is.
    if trailer != 1 {
        return Err(AlgorithmError::Parameters(oid::RSA_PSS));
    }
    if mask != digest {
        return Err(AlgorithmError::Variant { digest, mask });
    }
    if !digest.goes_with_rsa() {
        return Err(AlgorithmError::Unsupported(digest.oid()));
    }
    Ok(SignatureAlgorithm::RsaPss { digest, salt })
}

fn mask(der: &[u8]) -> Result<DigestAlgorithm, AlgorithmError> {
    match split(der)? {
        (oid::MGF1, hash) => any_digest_from_identifier(hash),
        (other, _) => Err(AlgorithmError::Unsupported(other)),
    }
}

fn small(der: &[u8], field: &'static str) -> Result<u16, AlgorithmError> {
    let mut inside = Cursor::new(der);
    let value = inside.expect(tag::INTEGER, field)?.small_integer()?;
    inside.finish(field)?;
    u16::try_from(value).map_err(|_| AlgorithmError::Parameters(oid::RSA_PSS))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::Refusal;
    use super::*;

    #[test]
    fn defaults_variants_and_faults_are_told_apart() {
        let (sha1, sha256) = (DigestAlgorithm::Sha1, DigestAlgorithm::Sha256);
        let hash = asn1::sequence(&[&asn1::oid(&oid::SHA256)]);
        let mask = asn1::sequence(&[&asn1::oid(&oid::MGF1), &hash]);
        let salt = |length: u32| asn1::explicit(2, &asn1::integer(length));
        let pss = |digest, salt| Ok(SignatureAlgorithm::RsaPss { digest, salt });
        let with = |rest: &[u8]| asn1::sequence(&[&asn1::explicit(0, &hash), &asn1::explicit(1, &mask), rest]);
        assert_eq!(read(&asn1::sequence(&[])), pss(sha1, 20));
        assert_eq!(read(&with(&salt(0))), pss(sha256, 0));
        assert_eq!(read(&with(&salt(478))), pss(sha256, 478));
        assert_eq!(read(&with(&[])), pss(sha256, 20));
        let refusal = |der: &[u8]| read(der).unwrap_err().refusal();
        let half = asn1::sequence(&[&asn1::explicit(0, &hash), &salt(32)]);
        assert_eq!(refusal(&half), Refusal::Unsupported, "the mask is by SHA-1");
        let trailer = [salt(32), asn1::explicit(3, &asn1::integer(2))].concat();
        assert_eq!(refusal(&with(&trailer)), Refusal::Malformed);
        assert_eq!(refusal(&with(&salt(65536))), Refusal::Malformed);
        assert_eq!(refusal(&[]), Refusal::Malformed, "a signature says how it was made");
        let trailing = [with(&salt(32)), vec![0]].concat();
        assert_eq!(refusal(&trailing), Refusal::Malformed);
    }
}
