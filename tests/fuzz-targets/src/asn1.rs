//! DER: keys, certificates, lists, messages, seals.

use std::sync::{Arc, LazyLock};

use eseal::{CheckRequest, Facts, Seal};
use license_assets::Bundled;
use license_core::fonts::FontLibrary;
use license_core::length::{Length, Rect, Size};
use license_core::page::Page;
use license_core::render::png::{PaintOptions, Painter};
use license_core::seal_art::SealPicture;
use license_core::seal_picture;
use pki::cms::SignedData;
use pki::ocsp::OcspResponse;
use pki::path::{self, PathRequest, Purpose};
use pki::tsp::{TimeStampRequest, TimeStampResponse, TimeStampToken};
use pki::{
    Certificate, Crl, Digest, DigestAlgorithm, Name, PrivateKey, PublicKey, SignatureAlgorithm, SignatureEncoding,
    der_to_raw, raw_to_der,
};
use time::macros::datetime;

use crate::verdict::ROOTS;

static DIGEST: LazyLock<Digest> = LazyLock::new(|| DigestAlgorithm::Sm3.digest(b"Signature.xml"));

/// A certificate: read, written, shown, and asked whether it is to be trusted.
pub(crate) fn certificate(data: &[u8]) {
    let Ok(certificate) = Certificate::from_der(data) else { return };
    assert_eq!(certificate.der(), data, "a certificate is kept as it came");
    let again = Certificate::from_pem(&certificate.to_pem()).expect("our own PEM reads");
    assert_eq!(again, certificate);
    for name in [certificate.subject(), certificate.issuer()] {
        name.to_string();
        assert!(name.matches(&Name::from_der(name.der()).expect("a name that was read")), "a name unlike itself");
    }
    certificate.extensions().iter().for_each(|extension| drop(format!("{extension:?}")));
    let at = datetime!(2026-12-01 0:00 UTC);
    for purpose in [Purpose::DocumentSigning, Purpose::SealMaking] {
        if let Ok(trusted) = path::validate(&PathRequest::new(&certificate, &ROOTS, at, purpose)) {
            assert!(GENUINE.iter().any(|own| own == trusted.leaf()), "a certificate that no root issued is trusted");
        }
    }
}

/// Seeds that the test roots did issue.
static GENUINE: LazyLock<Vec<Certificate>> = LazyLock::new(|| {
    let pems = [
        include_str!("../../../fixtures/pki/keys/11340100MB1D00012R-document.pem"),
        include_str!("../../../fixtures/pki/keys/11340100MB1D00012R-seal.pem"),
        include_str!("../../../fixtures/pki/keys/seal-maker.pem"),
    ];
    pems.iter().flat_map(|pem| Certificate::many_from_pem(pem).expect("a fixture")).collect()
});

/// A public key: read, and checked with.
pub(crate) fn public_key(data: &[u8]) {
    let _ = SignatureAlgorithm::from_algorithm_identifier(data);
    let Ok(key) = PublicKey::from_spki_der(data) else { return };
    let again = PublicKey::from_bits(key.kind(), key.bits()).expect("the same bits");
    assert_eq!(again.bits(), key.bits());
    let signature = raw_to_der(&[0x11; 64]).expect("two halves");
    assert!(key.verify(key.kind().default_algorithm(), b"message", &signature).is_err(), "a made-up signature holds");
    // Keys of strangers, with whatever they may be said to have signed: there is an answer.
    let wide = raw_to_der(&[0x11; 132]).expect("two halves");
    for digest in [DigestAlgorithm::Sha1, DigestAlgorithm::Sha512, DigestAlgorithm::Sha3_256] {
        let pss = |salt| SignatureAlgorithm::RsaPss { digest, salt };
        for algorithm in [SignatureAlgorithm::Ecdsa(digest), SignatureAlgorithm::RsaPkcs1(digest), pss(0), pss(222)] {
            for value in [data, &signature, &wide, key.bits()] {
                let _ = key.compute(algorithm, b"message", value, SignatureEncoding::Der);
            }
        }
    }
}

/// A private key, plain or in PEM; an encrypted one is not opened, that takes long by design.
pub(crate) fn private_key(data: &[u8]) {
    if let Ok(key) = PrivateKey::from_pkcs8_der(data) {
        let signature = key.sign(b"message").expect("a key that was read signs");
        key.public_key().verify(key.algorithm(), b"message", &signature).expect("and the signature holds");
    }
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = PrivateKey::from_pkcs8_pem(text);
        let _ = pki::KeyFileHead::parse(text);
        let _ = Certificate::many_from_pem(text);
        let _ = Crl::from_pem(text);
    }
}

/// The value of a signature: only one spelling of each is taken, and only the true one holds.
pub(crate) fn signature_value(data: &[u8]) {
    static KEY: LazyLock<PublicKey> = LazyLock::new(|| GENUINE[0].public_key().expect("a key").clone());
    static SM2: LazyLock<PublicKey> = LazyLock::new(|| {
        let found = GENUINE.iter().find(|one| one.signature_algorithm() == Ok(SignatureAlgorithm::Sm2Sm3));
        found.expect("an SM2 certificate").public_key().expect("a key").clone()
    });
    if let Ok(raw) = der_to_raw(data, 32) {
        assert_eq!(raw.len(), 64);
        assert_eq!(raw_to_der(&raw).expect("two halves"), data, "two spellings of one signature");
    }
    for encoding in [SignatureEncoding::Der, SignatureEncoding::DerOrRaw] {
        let holds = SM2.verify_encoded(SignatureAlgorithm::Sm2Sm3, b"message", data, encoding);
        assert!(holds.is_err(), "a forged SM2 signature holds");
    }
    assert!(KEY.verify(SignatureAlgorithm::ECDSA_SHA256, b"message", data).is_err(), "a forged ECDSA signature holds");
}

/// A revocation list.
pub(crate) fn crl(data: &[u8]) {
    let Ok(list) = Crl::from_der(data) else { return };
    assert_eq!(list.der(), data);
    list.len();
    list.entry(&[1]);
    for root in ROOTS.iter() {
        list.is_signed_by(root.public_key().expect("the root's key"));
    }
    if let Ok(pem) = list.to_pem() {
        assert!(Crl::from_pem(&pem).is_ok());
    }
}

/// CMS under both families of identifiers.
pub(crate) fn cms(data: &[u8]) {
    let Ok(signed) = SignedData::from_der(data) else { return };
    for (index, signer) in signed.signers.iter().enumerate() {
        signer.signing_time();
        signer.message_digest();
        signed.verify(index, &DIGEST);
    }
}

/// An answer of OCSP.
pub(crate) fn ocsp(data: &[u8]) {
    let Ok(response) = OcspResponse::from_der(data) else { return };
    assert_eq!(response.der(), data);
    response.responses().iter().for_each(|single| drop(format!("{single:?}")));
    response.nonce();
    response.is_understood();
    for root in ROOTS.iter() {
        response.is_by(root);
    }
}

/// A time-stamp: the answer, the request, the token and what is in it.
pub(crate) fn time_stamp(data: &[u8]) {
    if let Ok(request) = TimeStampRequest::from_der(data) {
        assert!(TimeStampRequest::from_der(&request.to_der()).is_ok(), "our own request reads");
    }
    let _ = TimeStampResponse::from_der(data);
    let Ok(token) = TimeStampToken::from_der(data) else { return };
    let verified = token.verify(|function| function.digest(b"what nobody stamped"));
    assert!(verified.is_err(), "a time-stamp over something else holds");
}

/// A seal by itself.
pub(crate) fn seal(data: &[u8]) {
    let Ok(seal) = Seal::from_der(data) else { return };
    assert_eq!(seal.der(), data);
    eseal::check_seal(&seal);
    seal.valid_at(datetime!(2026-12-01 0:00 UTC));
    seal.content().signers.contains(b"no certificate");
}

/// Whatever SignedValue.dat may be.
pub(crate) fn ses(data: &[u8]) {
    match eseal::inspect(data) {
        Facts::Seal(signature) => {
            assert_eq!(signature.der(), data);
            let request = CheckRequest::new(&DIGEST).with_signature_path("/Doc_0/Signs/Sign_0/Signature.xml");
            let report = eseal::check(&signature, &request);
            assert!(!report.passed(), "a seal over a document that nobody sealed");
        }
        Facts::SignedData(signed) => drop(signed.verify(0, &DIGEST)),
        _ => {}
    }
}

/// The picture of a seal, in any of its formats.
pub(crate) fn picture(data: &[u8]) {
    static FONTS: LazyLock<FontLibrary> =
        LazyLock::new(|| FontLibrary::new(Arc::new(Bundled)).expect("the fonts are part of the program"));
    static PAINTER: LazyLock<Painter> = LazyLock::new(Painter::new);
    let _ = seal_picture::look(data);
    if let Ok(raster) = seal_picture::decode(data) {
        assert_eq!(raster.rgba.len() as u64, 4 * u64::from(raster.width) * u64::from(raster.height));
    }
    if !data.starts_with(b"\x89PNG") {
        return;
    }
    let side = Length::from_mm(40.0);
    let size = Size { width: side, height: side };
    let place = Rect { x: Length::ZERO, y: Length::ZERO, width: side, height: side };
    let page = Page { size, background: None, items: Vec::new(), seal: Some(place) };
    let picture = SealPicture::from_png(data, size);
    let options = PaintOptions { seal: Some(&picture), ..PaintOptions::default() };
    let _ = PAINTER.paint(&page, &FONTS, 10, &options);
}
