//! DSA with SHA-1, for the sake of a test suite of 2011.

use dsa::pkcs8::spki::DecodePublicKey;
use dsa::signature::DigestVerifier;
use dsa::{Signature, VerifyingKey};
use pki::path::ForeignAlgorithms;
use sha1::{Digest, Sha1};

pub(crate) struct Dsa;

/// AlgorithmIdentifier dsa-with-sha1, parameters absent.
const DSA_WITH_SHA1: [u8; 11] = [0x30, 0x09, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x03];
/// The OBJECT IDENTIFIER of DSA keys.
const DSA: [u8; 9] = [0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x01];

impl ForeignAlgorithms for Dsa {
    fn accepts_key(&self, spki: &[u8]) -> bool {
        spki.windows(DSA.len()).take(16).any(|window| window == DSA)
    }

    fn verify(&self, algorithm: &[u8], spki: &[u8], message: &[u8], signature: &[u8]) -> Option<bool> {
        let key = VerifyingKey::from_public_key_der(spki).ok().filter(|_| algorithm == DSA_WITH_SHA1)?;
        let Ok(signature) = Signature::try_from(signature) else { return Some(false) };
        let hash = |digest: &mut Sha1| {
            digest.update(message);
            Ok(())
        };
        Some(key.verify_digest(hash, &signature).is_ok())
    }
}
