//! Keys at rest: written encrypted, read back, refused with a clear reason.
#![allow(clippy::unwrap_used)]

mod common;

use common::{FROM, UNTIL, World, key, name, rng};
use pki::{CertificateTemplate, KeyKind, PrivateKey, PrivateKeyError, SignatureAlgorithm, SoftSigner};
use std::time::Instant;

const KINDS: [KeyKind; 4] = [KeyKind::Sm2, KeyKind::P256, KeyKind::P384, KeyKind::Ed25519];

#[test]
fn keys_survive_encryption_with_their_password_only() {
    for kind in KINDS {
        let key = key(kind);
        let pem = key.to_encrypted_pem("口令 word".as_bytes(), &mut rng()).unwrap();
        assert!(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
        let start = Instant::now();
        let again = PrivateKey::from_encrypted_pem(&pem, "口令 word".as_bytes()).unwrap();
        eprintln!("{kind:?}: opened in {:?}", start.elapsed());
        assert_eq!(again.public_key(), key.public_key());
        let signature = again.sign(b"m").unwrap();
        assert!(key.public_key().verify(key.algorithm(), b"m", &signature).is_ok());
        let wrong = PrivateKey::from_encrypted_pem(&pem, b"word");
        assert!(matches!(wrong, Err(PrivateKeyError::WrongPassword)), "{wrong:?}");
    }
}

#[test]
fn equal_keys_and_passwords_never_give_equal_files() {
    let key = key(KeyKind::Sm2);
    let [first, second] = [(); 2].map(|()| key.to_encrypted_pem(b"p", &mut rng()).unwrap());
    assert_ne!(first, second);
}

#[test]
fn damaged_and_foreign_files_are_named() {
    let cases = ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "no pem at all"];
    for text in cases {
        assert!(matches!(PrivateKey::from_pkcs8_pem(text), Err(PrivateKeyError::Malformed(_))), "{text}");
        assert!(PrivateKey::from_encrypted_pem(text, b"p").is_err());
    }
    let pem = key(KeyKind::Sm2).to_encrypted_pem(b"p", &mut rng()).unwrap();
    let cut: String = pem.lines().filter(|line| !line.starts_with('M')).map(|line| format!("{line}\n")).collect();
    assert!(PrivateKey::from_encrypted_pem(&cut, b"p").is_err());
}

#[test]
fn debug_shows_no_secret() {
    let key = key(KeyKind::Ed25519);
    let secret: Vec<String> = key.to_pkcs8_der()[16..].iter().map(|byte| format!("{byte:02x}")).collect();
    let shown = format!("{key:?} {:?}", World::new(KeyKind::Sm2).signer);
    assert!(!shown.contains(&secret.concat()[..16]), "{shown}");
    assert!(!shown.contains("pkcs8"), "{shown}");
}

#[test]
fn a_signer_needs_the_key_of_its_certificate() {
    let [own, other] = [(); 2].map(|()| key(KeyKind::P256));
    let certificate =
        CertificateTemplate::document_signer(name("S")).serial(&[1]).valid(FROM, UNTIL).self_sign(&own).unwrap();
    assert!(SoftSigner::new(other, certificate.clone(), vec![]).is_err());
    assert!(SoftSigner::new(own, certificate, vec![]).is_ok());
}

#[test]
fn a_key_signs_only_what_its_kind_can() {
    assert!(key(KeyKind::Sm2).with_algorithm(SignatureAlgorithm::ECDSA_SHA256).is_err());
    assert!(key(KeyKind::P256).with_algorithm(SignatureAlgorithm::ECDSA_SHA256).is_ok());
    assert!(PrivateKey::generate(KeyKind::Rsa(2048), &mut rng()).is_err());
}

#[test]
fn sm2_keys_come_from_the_given_randomness() {
    struct Counter(u8);
    impl getrandom::rand_core::TryRng for Counter {
        type Error = std::convert::Infallible;
        fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
            Ok(7)
        }
        fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
            Ok(7)
        }
        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
            bytes.fill(self.0);
            Ok(())
        }
    }
    impl getrandom::rand_core::TryCryptoRng for Counter {}
    for kind in [KeyKind::Sm2, KeyKind::Ed25519] {
        let make = |seed| PrivateKey::generate(kind, &mut Counter(seed)).unwrap();
        assert_eq!(make(1).public_key(), make(1).public_key());
        assert_ne!(make(1).public_key(), make(2).public_key());
    }
}
