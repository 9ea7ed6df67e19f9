//! Key at hand, time-stamp service at hand or not: everything in one call.

use pki::Signer;

use super::error::SealingError;
use super::prepared::Prepared;

/// A time-stamp service (GB/T 20520, RFC 3161). How it is reached is the caller's affair.
pub trait TimeStampService {
    /// A TimeStampToken whose messageImprint is the digest of `message`; why not, otherwise.
    fn token(&self, message: &[u8]) -> Result<Vec<u8>, String>;
}

impl<F: Fn(&[u8]) -> Result<Vec<u8>, String>> TimeStampService for F {
    fn token(&self, message: &[u8]) -> Result<Vec<u8>, String> {
        self(message)
    }
}

/// Signs and stamps what was prepared. Without an answer of the service there is no document.
pub fn sign(
    prepared: Prepared,
    signer: &dyn Signer,
    service: Option<&dyn TimeStampService>,
) -> Result<Vec<u8>, SealingError> {
    let signature = signer.sign(prepared.to_be_signed())?;
    finish(prepared, &signature, service)
}

/// Completes what was prepared with a signature value that was made elsewhere, and stamps it where a service is given.
pub fn finish(
    prepared: Prepared,
    signature: &[u8],
    service: Option<&dyn TimeStampService>,
) -> Result<Vec<u8>, SealingError> {
    let Some(service) = service else { return prepared.finish(signature) };
    let unstamped = prepared.signed(signature)?;
    let token = service.token(unstamped.to_be_stamped()).map_err(SealingError::TimeStamp)?;
    unstamped.finish(&token)
}
