//! Key files: Argon2id and ChaCha20-Poly1305 (issue 4, keys in operation).
#![allow(clippy::unwrap_used)]

use pki::{KeyFileCost, KeyFileHead, KeyKind, PrivateKey, PrivateKeyError};

fn rng() -> getrandom::rand_core::UnwrapErr<getrandom::SysRng> {
    getrandom::rand_core::UnwrapErr(getrandom::SysRng)
}

/// As little as Argon2 takes: the tests try many passwords.
const LIGHT: KeyFileCost = KeyFileCost { memory_kib: 8, passes: 1, lanes: 1 };

fn key(kind: KeyKind) -> PrivateKey {
    PrivateKey::generate(kind, &mut rng()).unwrap()
}

#[test]
fn a_key_of_each_kind_comes_back() {
    for kind in [KeyKind::Sm2, KeyKind::P256, KeyKind::P384, KeyKind::Ed25519] {
        let key = key(kind);
        let file = key.to_key_file("口令 word".as_bytes(), LIGHT, &mut rng()).unwrap();
        let again = PrivateKey::from_encrypted_pem(&file, "口令 word".as_bytes()).unwrap();
        let signature = again.sign(b"message").unwrap();
        assert!(key.public_key().verify(key.algorithm(), b"message", &signature).is_ok());
        let head = KeyFileHead::parse(&file).unwrap();
        assert_eq!((head.public_key.spki_der(), head.cost), (key.public_key().spki_der(), LIGHT));
        for wrong in [&b""[..], b"word", "口令 word ".as_bytes()] {
            assert!(matches!(PrivateKey::from_encrypted_pem(&file, wrong), Err(PrivateKeyError::WrongPassword)));
        }
        assert!(!format!("{again:?} {head:?}").contains("pkcs8"));
    }
}

#[test]
fn two_files_of_one_key_share_nothing_secret() {
    let key = key(KeyKind::P256);
    let [first, second] = [(); 2].map(|()| key.to_key_file(b"p", LIGHT, &mut rng()).unwrap());
    let line = |text: &str, at: usize| text.lines().nth(at).unwrap().to_owned();
    for at in [3, 5, 8] {
        assert_ne!(line(&first, at), line(&second, at), "salt, nonce, ciphertext");
    }
    assert_eq!(line(&first, 6), line(&second, 6), "the public key");
}

#[test]
fn every_changed_character_is_refused() {
    let file = key(KeyKind::Ed25519).to_key_file(b"p", LIGHT, &mut rng()).unwrap();
    for at in 0..file.trim_end().len() {
        for with in [b'A', b'1', b' ', b'\n'] {
            let mut changed = file.clone().into_bytes();
            if changed[at] == with {
                continue;
            }
            changed[at] = with;
            let changed = String::from_utf8(changed).unwrap();
            assert!(PrivateKey::from_encrypted_pem(&changed, b"p").is_err(), "character {at}:\n{changed}");
        }
    }
    for cut in 0..file.trim_end().len() {
        assert!(PrivateKey::from_encrypted_pem(&file[..cut], b"p").is_err(), "cut at {cut}");
    }
    assert!(PrivateKey::from_encrypted_pem(&file.replace('\n', "\r\n"), b"p").is_err());
    assert!(PrivateKey::from_encrypted_pem(&format!("\n{file}\n"), b"p").is_ok(), "blanks around it are harmless");
}

/// Parameters come from the file: what they may cost is bounded, before anything is spent.
#[test]
fn an_absurd_cost_is_refused_at_once() {
    let file = key(KeyKind::Ed25519).to_key_file(b"p", LIGHT, &mut rng()).unwrap();
    for cost in ["m=4194304 t=1 p=1", "m=262144 t=5 p=1", "m=8 t=4294967295 p=1", "m=1024 t=1 p=64", "m=0 t=1 p=1"] {
        let costly = file.replace("m=8 t=1 p=1", cost);
        assert_ne!(costly, file);
        let error = PrivateKey::from_encrypted_pem(&costly, b"p").unwrap_err();
        assert!(matches!(error, PrivateKeyError::UnsupportedEncryption), "{cost}: {error}");
    }
    for (from, to) in [("Version: 1", "Version: 2"), ("argon2id", "argon2i"), ("chacha20-poly1305", "none")] {
        let error = PrivateKey::from_encrypted_pem(&file.replace(from, to), b"p").unwrap_err();
        assert!(matches!(error, PrivateKeyError::UnsupportedEncryption), "{to}: {error}");
    }
    assert!(matches!(key(KeyKind::Sm2).to_key_file(b"", LIGHT, &mut rng()), Err(PrivateKeyError::NoPassword)));
}

#[test]
fn the_usual_cost_opens_and_the_former_format_too() {
    let key = key(KeyKind::Sm2);
    let file = key.to_key_file(b"p", KeyFileCost::default(), &mut rng()).unwrap();
    assert!(file.contains("KDF: argon2id m=65536 t=3 p=1\n"));
    assert!(PrivateKey::from_encrypted_pem(&file, b"p").is_ok());
    let former = key.to_encrypted_pem(b"p", &mut rng()).unwrap();
    let again = PrivateKey::from_encrypted_pem(&former, b"p").unwrap();
    assert_eq!(again.public_key().spki_der(), key.public_key().spki_der());
}
