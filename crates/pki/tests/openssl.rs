//! A second opinion: OpenSSL 3 reads our certificates, keys, lists and signatures, and we read its own.
#![allow(clippy::unwrap_used)]

mod common;

#[path = "openssl/attributes.rs"]
mod attributes;

use common::{NOW, World, key, openssl, rng};
use pki::cms::{self, CmsOptions, SignedData};
use pki::path::{self, MissingRevocation, PathRequest, Purpose, RevocationOutcome, RevocationPolicy};
use pki::{
    Certificate, Crl, CrlTemplate, DigestAlgorithm, KeyKind, PrivateKey, RevocationReason, SignatureAlgorithm, Signer,
};
use std::fs;
use time::Duration;

const DISTID: &str = "distid:1234567812345678";

#[test]
fn openssl_reads_and_verifies_our_certificates() {
    for kind in [KeyKind::Sm2, KeyKind::P256, KeyKind::Ed25519] {
        let world = World::new(kind);
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("root.pem"), world.root.certificate().to_pem()).unwrap();
        fs::write(dir.path().join("ca.pem"), world.ca.certificate().to_pem()).unwrap();
        fs::write(dir.path().join("leaf.pem"), world.signer.certificate().to_pem()).unwrap();
        let at = NOW.unix_timestamp().to_string();
        // OpenSSL gives the user id of SM2 to the named certificate only, so each link is asked about by itself.
        for (issuer, subject) in [("root.pem", "ca.pem"), ("ca.pem", "leaf.pem")] {
            let mut arguments = vec!["verify", "-x509_strict", "-partial_chain", "-attime", &at, "-CAfile", issuer];
            if kind == KeyKind::Sm2 {
                arguments.extend(["-vfyopt", DISTID]);
            }
            arguments.push(subject);
            let Some((ok, text)) = openssl(dir.path(), &arguments) else { return };
            assert!(ok, "{kind:?} {subject}: {text}");
        }

        let (_, text) = openssl(dir.path(), &["x509", "-in", "leaf.pem", "-noout", "-text"]).unwrap();
        for wanted in ["X509v3 Key Usage: critical", "Digital Signature, Non Repudiation", "1.3.6.1.5.5.7.3.36"] {
            // Newer releases name the usage.
            assert!(text.contains(wanted) || text.contains("Document Signing"), "{wanted} in {text}");
        }
        assert!(text.contains("X509v3 Authority Key Identifier"), "{text}");
    }
}

#[test]
fn openssl_verifies_our_sm2_signatures_and_we_verify_its() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path();
    let key = key(KeyKind::Sm2);
    let spki = key.public_key().spki_der();
    fs::write(path.join("pub.der"), spki).unwrap();
    fs::write(path.join("message"), "message 消息").unwrap();
    fs::write(path.join("sig.der"), key.sign("message 消息".as_bytes()).unwrap()).unwrap();
    let verify = [
        "dgst",
        "-sm3",
        "-keyform",
        "DER",
        "-verify",
        "pub.der",
        "-sigopt",
        DISTID,
        "-signature",
        "sig.der",
        "message",
    ];
    let Some((ok, text)) = openssl(path, &verify) else { return };
    assert!(ok, "{text}");
    fs::write(path.join("message"), "another").unwrap();
    assert!(!openssl(path, &verify).unwrap().0, "a changed message must be refused by the peer, too");

    // Their key, encrypted by them; their signature.
    for arguments in [
        vec![
            "genpkey",
            "-algorithm",
            "EC",
            "-pkeyopt",
            "ec_paramgen_curve:SM2",
            "-out",
            "key.pem",
            "-aes-256-cbc",
            "-pass",
            "pass:geheim",
        ],
        vec![
            "dgst",
            "-sm3",
            "-sign",
            "key.pem",
            "-passin",
            "pass:geheim",
            "-sigopt",
            DISTID,
            "-out",
            "theirs.der",
            "message",
        ],
    ] {
        let (ok, text) = openssl(path, &arguments).unwrap();
        assert!(ok, "{text}");
    }
    let pem = fs::read_to_string(path.join("key.pem")).unwrap();
    let theirs = PrivateKey::from_encrypted_pem(&pem, b"geheim").unwrap();
    let signature = fs::read(path.join("theirs.der")).unwrap();
    assert_eq!(theirs.public_key().verify(SignatureAlgorithm::Sm2Sm3, b"another", &signature), Ok(()));
}

#[test]
fn openssl_opens_our_encrypted_keys() {
    let dir = tempfile::tempdir().unwrap();
    for kind in [KeyKind::Sm2, KeyKind::P256, KeyKind::Ed25519] {
        let key = key(kind);
        fs::write(dir.path().join("key.pem"), key.to_encrypted_pem(b"secret", &mut rng()).unwrap()).unwrap();
        let arguments =
            ["pkey", "-in", "key.pem", "-passin", "pass:secret", "-pubout", "-outform", "DER", "-out", "pub.der"];
        let Some((ok, text)) = openssl(dir.path(), &arguments) else { return };
        assert!(ok, "{kind:?}: {text}");
        assert_eq!(fs::read(dir.path().join("pub.der")).unwrap(), key.public_key().spki_der());
    }
}

#[test]
fn rsa_keys_of_openssl_sign_here_and_verify_there() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path();
    let make = ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "key.pem"];
    let Some((ok, text)) = openssl(path, &make) else { return };
    assert!(ok, "{text}");
    let pem = fs::read_to_string(path.join("key.pem")).unwrap();
    let key = PrivateKey::from_pkcs8_pem(&pem).unwrap();
    fs::write(path.join("pub.der"), key.public_key().spki_der()).unwrap();
    fs::write(path.join("message"), "message").unwrap();
    fs::write(path.join("sig"), key.sign(b"message").unwrap()).unwrap();
    let (ok, text) =
        openssl(path, &["dgst", "-sha256", "-keyform", "DER", "-verify", "pub.der", "-signature", "sig", "message"])
            .unwrap();
    assert!(ok, "{text}");
    let key = key.with_algorithm(SignatureAlgorithm::RSA_PSS_SHA256).unwrap();
    let signature = key.sign(b"message").unwrap();
    assert_eq!(key.public_key().verify(SignatureAlgorithm::RSA_PSS_SHA256, b"message", &signature), Ok(()));
    assert!(key.public_key().verify(SignatureAlgorithm::RSA_PKCS1_SHA256, b"message", &signature).is_err());
}

/// RSA-3072 by PKCS#1 and PSS, and P-384: certificates and PAdES signatures. Ed25519 in CMS is more than OpenSSL 3.0 knows.
#[test]
fn openssl_verifies_signatures_of_every_kind() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path();
    let make = ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072", "-out", "key.pem"];
    let Some((ok, text)) = openssl(path, &make) else { return };
    assert!(ok, "{text}");
    let rsa = || PrivateKey::from_pkcs8_pem(&fs::read_to_string(path.join("key.pem")).unwrap()).unwrap();
    let keys = [
        rsa(),
        rsa().with_algorithm(SignatureAlgorithm::RSA_PKCS1_SHA512).unwrap(),
        rsa().with_algorithm(SignatureAlgorithm::RSA_PSS_SHA256).unwrap(),
        rsa().with_algorithm(SignatureAlgorithm::RSA_PSS_SHA384).unwrap(),
        PrivateKey::generate(KeyKind::P384, &mut rng()).unwrap(),
    ];
    fs::write(path.join("document"), "document").unwrap();
    for key in keys {
        let algorithm = key.algorithm();
        // The key signs its own certificate and one below it.
        let template = pki::CertificateTemplate::root_ca(common::name("Root")).serial(&[1]);
        let own = template.valid(common::FROM, common::UNTIL).self_sign(&key).unwrap();
        let root = pki::SoftSigner::new(key, own, vec![]).unwrap();
        let leaf = pki::CertificateTemplate::document_signer(common::name("Leaf")).serial(&[2]);
        let leaf = leaf.valid(common::FROM, common::UNTIL).issue(root.key().public_key(), &root).unwrap();
        assert!(leaf.verify_signed_by(root.key().public_key()).unwrap().is_ok(), "{algorithm}");
        let digest = algorithm.digest().digest(b"document");
        let prepared = cms::prepare(&digest, &leaf, algorithm, &CmsOptions::pades()).unwrap();
        let signature = root.sign(prepared.to_be_signed()).unwrap();
        let der = prepared.finish(&signature, &[]);
        assert!(SignedData::from_der(&der).unwrap().verify(0, &digest).passed(), "{algorithm}");
        fs::write(path.join("sig.der"), der).unwrap();
        fs::write(path.join("root.pem"), root.certificate().to_pem()).unwrap();
        let at = NOW.unix_timestamp().to_string();
        let verify = [
            "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", "sig.der", "-content", "document",
            "-CAfile", "root.pem", "-attime", &at, "-purpose", "any",
        ];
        let (ok, text) = openssl(path, &verify).unwrap();
        assert!(ok, "{algorithm}: {text}");
    }
}

#[test]
fn openssl_verifies_our_cms_and_sees_our_revocation() {
    let world = World::new(KeyKind::P256);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path();
    let digest = DigestAlgorithm::Sha256.digest(b"document");
    let signer = &world.signer;
    let prepared = cms::prepare(&digest, signer.certificate(), signer.algorithm(), &CmsOptions::cades(NOW)).unwrap();
    let signature = signer.sign(prepared.to_be_signed()).unwrap();
    fs::write(path.join("sig.der"), prepared.finish(&signature, signer.chain())).unwrap();
    fs::write(path.join("document"), "document").unwrap();
    fs::write(path.join("root.pem"), world.root.certificate().to_pem()).unwrap();
    let at = NOW.unix_timestamp().to_string();
    let verify = [
        "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", "sig.der", "-content", "document", "-CAfile",
        "root.pem", "-attime", &at, "-purpose", "any",
    ];
    let Some((ok, text)) = openssl(path, &verify) else { return };
    assert!(ok, "{text}");
    fs::write(path.join("document"), "documenu").unwrap();
    assert!(!openssl(path, &verify).unwrap().0);

    let list = CrlTemplate::new(1, NOW - Duration::DAY, NOW + Duration::DAY)
        .revoke(signer.certificate(), NOW - Duration::HOUR, RevocationReason::KeyCompromise)
        .issue(&world.ca)
        .unwrap();
    fs::write(path.join("crl.pem"), list.to_pem().unwrap()).unwrap();
    let root_and_ca = [world.root.certificate().to_pem(), world.ca.certificate().to_pem()].concat();
    fs::write(path.join("cas.pem"), root_and_ca).unwrap();
    fs::write(path.join("leaf.pem"), signer.certificate().to_pem()).unwrap();
    let check = ["verify", "-attime", &at, "-crl_check", "-CRLfile", "crl.pem", "-CAfile", "cas.pem", "leaf.pem"];
    let (ok, text) = openssl(path, &check).unwrap();
    assert!(!ok && text.contains("revoked"), "{text}");
}

#[test]
fn we_read_a_cms_of_openssl() {
    let world = World::new(KeyKind::P256);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path();
    let key = world.signer.key().to_pkcs8_der();
    fs::write(path.join("key.der"), &*key).unwrap();
    fs::write(path.join("leaf.pem"), world.signer.certificate().to_pem()).unwrap();
    fs::write(path.join("document"), "document").unwrap();
    let sign = [
        "cms",
        "-sign",
        "-cades",
        "-binary",
        "-in",
        "document",
        "-signer",
        "leaf.pem",
        "-inkey",
        "key.der",
        "-keyform",
        "DER",
        "-md",
        "sha256",
        "-outform",
        "DER",
        "-out",
        "theirs.der",
    ];
    let Some((ok, text)) = openssl(path, &sign) else { return };
    assert!(ok, "{text}");
    let data = SignedData::from_der(&fs::read(path.join("theirs.der")).unwrap()).unwrap();
    let report = data.verify(0, &DigestAlgorithm::Sha256.digest(b"document"));
    assert!(report.passed(), "{:?}", report.checks);
}

/// A CA run with OpenSSL's defaults leaves out key identifiers and the number of its list; its paths hold all the same.
#[test]
fn a_plain_openssl_ca_is_enough() {
    let dir = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let (done, text) = openssl(dir.path(), arguments)?;
        assert!(done, "{arguments:?}: {text}");
        Some(())
    };
    let write = |file: &str, text: &str| fs::write(dir.path().join(file), text).unwrap();
    write("leaf.ext", "basicConstraints=CA:FALSE\nkeyUsage=digitalSignature\nextendedKeyUsage=1.3.6.1.5.5.7.3.36\n");
    write("ca.ext", "basicConstraints=CA:TRUE\nkeyUsage=keyCertSign,cRLSign\n");
    write("ca.cnf", "[ca]\ndefault_ca=one\n[one]\ndatabase=index.txt\ndefault_md=sha256\ndefault_crl_days=30\n");
    write("index.txt", "");
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout"];
    let new = |key_file: &'static str, subject: &'static str, rest: &[&'static str]| {
        run(&[&["req", "-subj", subject][..], &key[..], &[key_file][..], rest].concat())
    };
    if new("root.key", "/CN=Plain root", &["-x509", "-days", "30", "-out", "root.pem"]).is_none() {
        return;
    }
    for (file, extensions, issuer, serial) in [("ca", "ca.ext", "root", "2"), ("leaf", "leaf.ext", "ca", "3")] {
        let names: [String; 4] = ["key", "csr", "pem", "key"].map(|end| format!("{file}.{end}"));
        let subject = format!("/CN=Plain {file}");
        run(&["req", "-subj", &subject, "-newkey", "rsa:2048", "-nodes", "-keyout", &names[0], "-out", &names[1]])
            .unwrap();
        let (issuer_pem, issuer_key) = (format!("{issuer}.pem"), format!("{issuer}.key"));
        let sign = ["x509", "-req", "-days", "30", "-in", &names[1], "-CA", &issuer_pem, "-CAkey", &issuer_key];
        run(&[&sign[..], &["-set_serial", serial, "-extfile", extensions, "-out", &names[2]]].concat()).unwrap();
    }
    for issuer in ["root", "ca"] {
        let names: [String; 3] = ["pem", "key", "crl"].map(|end| format!("{issuer}.{end}"));
        let list = ["ca", "-gencrl", "-config", "ca.cnf", "-cert", &names[0], "-keyfile", &names[1], "-out", &names[2]];
        run(&list).unwrap();
    }
    let read = |file: &str| fs::read_to_string(dir.path().join(file)).unwrap();
    let certificate = |file: &str| Certificate::from_pem(&read(file)).unwrap();
    let (anchors, between, leaf) = ([certificate("root.pem")], [certificate("ca.pem")], certificate("leaf.pem"));
    let crls = ["root.crl", "ca.crl"].map(|file| Crl::from_pem(&read(file)).unwrap());
    let request = PathRequest::new(&leaf, &anchors, leaf.not_before(), Purpose::DocumentSigning)
        .with_intermediates(&between)
        .with_revocation(RevocationPolicy::Crls { crls: &crls, missing: MissingRevocation::Refuse });
    let trusted = path::validate(&request).unwrap();
    assert_eq!(trusted.revocation(), RevocationOutcome::Known { hard: true });
}
