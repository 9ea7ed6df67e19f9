//! Signatures that others make and we do not: OpenSSL signs with each algorithm, we check, and refuse what was changed.
#![allow(clippy::unwrap_used, reason = "a panic is a test's verdict")]

mod common;

use common::openssl;
use pki::{
    Certificate, DigestAlgorithm as D, KeyKind, PublicKey, Refusal, SignatureAlgorithm as A, SignatureEncoding,
    VerifyError,
};
use std::fs;
use std::path::Path;

/// A key of OpenSSL's, in a folder of its own.
struct Key {
    dir: tempfile::TempDir,
    public: PublicKey,
}

/// `None` when OpenSSL is not there.
fn key(arguments: &[&str]) -> Option<Key> {
    let dir = tempfile::tempdir().unwrap();
    run(dir.path(), &[&["genpkey", "-out", "key.pem"], arguments].concat())?;
    run(dir.path(), &["pkey", "-in", "key.pem", "-pubout", "-outform", "DER", "-out", "public.der"])?;
    let public = PublicKey::from_spki_der(&fs::read(dir.path().join("public.der")).unwrap()).unwrap();
    Some(Key { dir, public })
}

fn run(dir: &Path, arguments: &[&str]) -> Option<()> {
    let (done, text) = openssl(dir, arguments)?;
    assert!(done, "{arguments:?}: {text}");
    Some(())
}

impl Key {
    fn sign(&self, message: &[u8], digest: D, options: &[&str]) -> Vec<u8> {
        let path = self.dir.path();
        fs::write(path.join("message"), message).unwrap();
        let name = format!("-{}", name(digest));
        let mut arguments = vec!["dgst", &name, "-sign", "key.pem", "-out", "signature"];
        options.iter().for_each(|option| arguments.extend(["-sigopt", option]));
        arguments.push("message");
        run(path, &arguments).unwrap();
        fs::read(path.join("signature")).unwrap()
    }

    /// The certificate that OpenSSL makes of the key, signed by itself.
    fn certificate(&self, digest: Option<D>, options: &[&str]) -> Certificate {
        let digest = digest.map(|digest| format!("-{}", name(digest)));
        let mut arguments =
            vec!["req", "-x509", "-new", "-key", "key.pem", "-subj", "/CN=Other maker", "-out", "c.pem"];
        arguments.extend(digest.as_deref());
        options.iter().for_each(|option| arguments.extend(["-sigopt", option]));
        run(self.dir.path(), &arguments).unwrap();
        Certificate::from_pem(&fs::read_to_string(self.dir.path().join("c.pem")).unwrap()).unwrap()
    }

    fn holds(&self, algorithm: A, message: &[u8], signature: &[u8]) -> bool {
        let computed = self.public.compute(algorithm, message, signature, SignatureEncoding::Der).is_ok();
        let strong = !algorithm.is_weak() && !self.public.kind().is_weak();
        assert_eq!(self.public.verify(algorithm, message, signature).is_ok(), computed && strong, "{algorithm}");
        computed
    }

    /// What was signed holds; what was changed, cut, stretched or called by another name does not.
    fn check(&self, algorithm: A, message: &[u8], signature: &[u8], others: &[A]) {
        assert!(self.holds(algorithm, message, signature), "{algorithm} by {:?}", self.public);
        assert!(!self.holds(algorithm, b"another message", signature), "{algorithm}");
        // Every byte of one in four, some of the others.
        let step = if matches!(algorithm.digest(), D::Sha224 | D::Sha3_256) { 1 } else { 13 };
        for at in (0..signature.len()).step_by(step) {
            let mut changed = signature.to_vec();
            changed[at] ^= 1 << (at % 8);
            assert!(!self.holds(algorithm, message, &changed), "{algorithm}: bit {} of byte {at}", at % 8);
        }
        let longer = [signature, &[0]].concat();
        let shorter = &signature[..signature.len() - 1];
        let zero = [&[0], signature].concat();
        for odd in [&longer[..], shorter, &zero, &signature[1..], b"", &[0], &[0xff; 600], &vec![0; signature.len()]] {
            assert!(!self.holds(algorithm, message, odd), "{algorithm}: {} bytes", odd.len());
        }
        for other in others.iter().filter(|other| **other != algorithm) {
            assert!(!self.holds(*other, message, signature), "{algorithm} taken for {other}");
        }
    }
}

const DIGESTS: [D; 9] =
    [D::Sha1, D::Sha224, D::Sha256, D::Sha384, D::Sha512, D::Sha3_224, D::Sha3_256, D::Sha3_384, D::Sha3_512];

/// As OpenSSL calls it.
const fn name(digest: D) -> &'static str {
    match digest {
        D::Sha1 => "sha1",
        D::Sha224 => "sha224",
        D::Sha256 => "sha256",
        D::Sha384 => "sha384",
        D::Sha512 => "sha512",
        D::Sha3_224 => "sha3-224",
        D::Sha3_256 => "sha3-256",
        D::Sha3_384 => "sha3-384",
        _ => "sha3-512",
    }
}

#[test]
fn ecdsa_on_every_curve_with_every_digest() {
    let curves = [
        ("P-256", KeyKind::P256),
        ("P-384", KeyKind::P384),
        ("P-521", KeyKind::P521),
        ("brainpoolP256r1", KeyKind::BrainpoolP256),
        ("brainpoolP384r1", KeyKind::BrainpoolP384),
    ];
    let all = DIGESTS.map(A::Ecdsa);
    for (curve, kind) in curves {
        let option = format!("ec_paramgen_curve:{curve}");
        let Some(key) = key(&["-algorithm", "EC", "-pkeyopt", &option]) else { return };
        assert_eq!(key.public.kind(), kind);
        assert_eq!(PublicKey::from_bits(kind, key.public.bits()).unwrap(), key.public);
        for digest in DIGESTS {
            let signature = key.sign(b"message", digest, &[]);
            key.check(A::Ecdsa(digest), b"message", &signature, &all);
            let certificate = key.certificate(Some(digest), &[]);
            assert_eq!(certificate.signature_algorithm().unwrap(), A::Ecdsa(digest));
            let signed = certificate.verify_signed_by(&key.public).unwrap();
            assert_eq!(signed.is_ok(), !digest.is_weak(), "{curve} {digest}: {signed:?}");
        }
        // Many more of the usual digest, for what happens once in a while.
        for round in 0..8u8 {
            let signature = key.sign(&[round], D::Sha256, &[]);
            assert!(key.holds(A::ECDSA_SHA256, &[round], &signature), "{curve}, round {round}");
        }
    }
}

#[test]
fn points_beside_the_curve_are_refused() {
    for (curve, kind) in [
        ("P-521", KeyKind::P521),
        ("brainpoolP256r1", KeyKind::BrainpoolP256),
        ("brainpoolP384r1", KeyKind::BrainpoolP384),
    ] {
        let option = format!("ec_paramgen_curve:{curve}");
        let Some(key) = key(&["-algorithm", "EC", "-pkeyopt", &option]) else { return };
        let point = key.public.bits();
        let refusal = |bits: &[u8]| PublicKey::from_bits(kind, bits).unwrap_err().refusal();
        for at in 1..point.len() {
            let mut beside = point.to_vec();
            beside[at] ^= 1;
            assert_eq!(refusal(&beside), Refusal::Malformed, "{curve} {at}");
        }
        let width = point.len() / 2;
        let huge = [&[4][..], &vec![0xff; 2 * width]].concat();
        let zero = [&[4][..], &vec![0; 2 * width]].concat();
        for odd in [&[0][..], &[], &point[1..], &huge, &zero, &[point, &[0]].concat()] {
            assert_eq!(refusal(odd), Refusal::Malformed, "{curve}");
        }
        let compressed = [&[2 + point[2 * width] % 2][..], &point[1..=width]].concat();
        assert_eq!(refusal(&compressed), Refusal::Unsupported, "{curve}");
    }
}

/// No library at hand is good enough for Ed448 (decision 0022): what it signs is unknown, not wrong.
#[test]
fn ed448_cannot_be_told() {
    let dir = tempfile::tempdir().unwrap();
    let make =
        ["req", "-x509", "-newkey", "ed448", "-nodes", "-keyout", "k.pem", "-subj", "/CN=Ed448", "-out", "c.pem"];
    if run(dir.path(), &make).is_none() {
        return;
    }
    let certificate = Certificate::from_pem(&fs::read_to_string(dir.path().join("c.pem")).unwrap()).unwrap();
    assert_eq!(certificate.public_key().unwrap_err().refusal(), Refusal::Unsupported);
    assert_eq!(certificate.signature_algorithm().unwrap_err().refusal(), Refusal::Unsupported);
}

#[test]
fn rsa_pkcs1_with_every_digest() {
    let all = DIGESTS.map(A::RsaPkcs1);
    for bits in ["2048", "1024", "2055"] {
        let option = format!("rsa_keygen_bits:{bits}");
        let Some(key) = key(&["-algorithm", "RSA", "-pkeyopt", &option]) else { return };
        for digest in DIGESTS {
            let signature = key.sign(b"message", digest, &[]);
            key.check(A::RsaPkcs1(digest), b"message", &signature, &all);
            let certificate = key.certificate(Some(digest), &[]);
            assert_eq!(certificate.signature_algorithm().unwrap(), A::RsaPkcs1(digest));
            let signed = certificate.verify_signed_by(&key.public).unwrap();
            let weak = digest.is_weak() || bits == "1024";
            assert_eq!(signed.is_ok(), !weak, "{bits} {digest}: {signed:?}");
            assert!(!weak || matches!(signed, Err(VerifyError::Weak { .. })), "right, but weak: {signed:?}");
        }
    }
}

/// The salt is as long as the parameters say, not as long as the digest; the default of many is as long as there is room for.
#[test]
fn rsa_pss_with_every_digest_and_salt() {
    let Some(key) = key(&["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]) else { return };
    for digest in DIGESTS {
        let room = u16::try_from(256 - 2 - digest.output_len()).unwrap();
        let as_digest = u16::try_from(digest.output_len()).unwrap();
        for salt in [0, 1, 20, as_digest, room] {
            let options = ["rsa_padding_mode:pss".to_owned(), format!("rsa_pss_saltlen:{salt}")];
            let options = [options[0].as_str(), &options[1]];
            let signature = key.sign(b"message", digest, &options);
            let algorithm = A::RsaPss { digest, salt };
            let others = [
                A::RsaPss { digest, salt: salt + 1 },
                A::RsaPss { digest, salt: u16::MAX },
                A::RsaPss { digest, salt: salt.saturating_sub(1) },
                A::RsaPss { digest: D::Sha512, salt },
                A::RsaPss { digest: D::Sha3_256, salt },
                A::RsaPkcs1(digest),
            ];
            if salt == room {
                key.check(algorithm, b"message", &signature, &others);
            } else {
                assert!(key.holds(algorithm, b"message", &signature), "{algorithm}");
                others.iter().filter(|other| **other != algorithm).for_each(|other| {
                    assert!(!key.holds(*other, b"message", &signature), "{algorithm} taken for {other}");
                });
            }
            // OpenSSL 3.0 writes no certificate with PSS and SHA-3.
            if !name(digest).starts_with("sha3") {
                let certificate = key.certificate(Some(digest), &options);
                assert_eq!(certificate.signature_algorithm().unwrap(), algorithm);
                let holds = certificate.verify_signed_by(&key.public).unwrap().is_ok();
                assert_eq!(holds, !digest.is_weak(), "{algorithm}");
            }
        }
    }
    // A mask by another digest than the message's: not wrong, but not computed here.
    let options = ["rsa_padding_mode:pss", "rsa_mgf1_md:sha1"];
    let error = key.certificate(Some(D::Sha256), &options).signature_algorithm().unwrap_err().clone();
    assert_eq!(error.refusal(), Refusal::Unsupported, "{error}");
}

/// A key that says that it is for PSS alone, and with what.
#[test]
fn keys_for_pss_alone() {
    let make = ["-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"];
    let Some(any) = key(&make) else { return };
    let limits = ["rsa_pss_keygen_md:sha256", "rsa_pss_keygen_mgf1_md:sha256", "rsa_pss_keygen_saltlen:32"];
    let limited: Vec<&str> = make.into_iter().chain(limits.into_iter().flat_map(|limit| ["-pkeyopt", limit])).collect();
    let limited = key(&limited).unwrap();
    assert_eq!((any.public.kind(), limited.public.kind()), (KeyKind::Rsa(2048), KeyKind::Rsa(2048)));
    let salt = |salt: &'static str| ["rsa_padding_mode:pss", salt];
    let with = |digest, salt| A::RsaPss { digest, salt };
    let signature = any.sign(b"message", D::Sha384, &salt("rsa_pss_saltlen:7"));
    assert!(any.holds(with(D::Sha384, 7), b"message", &signature));
    let signature = limited.sign(b"message", D::Sha256, &salt("rsa_pss_saltlen:40"));
    assert!(limited.holds(with(D::Sha256, 40), b"message", &signature));
    let refused = |key: &Key, algorithm| {
        let outcome = key.public.verify(algorithm, b"message", &[0; 256]);
        assert!(matches!(outcome, Err(VerifyError::WrongKey { .. })), "{algorithm}: {outcome:?}");
    };
    refused(&any, A::RSA_PKCS1_SHA256);
    refused(&limited, A::RSA_PKCS1_SHA256);
    refused(&limited, with(D::Sha256, 31));
    refused(&limited, with(D::Sha512, 64));
    // The same numbers as an ordinary key sign by both.
    assert!(PublicKey::from_bits(KeyKind::Rsa(0), limited.public.bits()).unwrap() != limited.public);
}
