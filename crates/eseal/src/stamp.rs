//! Time-stamp tokens as far as a writer looks: is it one, and does it speak of these bytes?

use crate::error::EsealError;
use pki::DigestAlgorithm;
use pki::cms::SignedData;

/// Refuses a token that is no SignedData, or whose content holds no digest of `message`.
///
/// Who may stamp, and whether the token's signature holds, is for the verifier; this only keeps an answer to
/// another question out of a document that is about to be delivered.
pub fn check_token(token: &[u8], message: &[u8]) -> Result<(), EsealError> {
    let data = SignedData::from_der(token).map_err(|_| EsealError::TimeStamp("not a token"))?;
    if data.trailing > 0 {
        return Err(EsealError::TimeStamp("bytes follow the token"));
    }
    let info = data.content.ok_or(EsealError::TimeStamp("the token has no content"))?;
    let imprints = [DigestAlgorithm::Sm3, DigestAlgorithm::Sha256, DigestAlgorithm::Sha384, DigestAlgorithm::Sha512];
    let named = imprints.iter().any(|algorithm| {
        let digest = algorithm.digest(message);
        info.windows(digest.as_bytes().len()).any(|window| window == digest.as_bytes())
    });
    if named { Ok(()) } else { Err(EsealError::TimeStamp("the token is over something else")) }
}
