//! Authorities that use what we do not: OpenSSL runs a CA, a list, a responder and a time-stamp service by each algorithm, and
//! all of them are judged by the same rule: it holds, it is too weak, or it cannot be told.
#![allow(clippy::unwrap_used, reason = "a panic is a test's verdict")]

mod common;

use common::openssl;
use pki::cms::SignedData;
use pki::ocsp::OcspResponse;
use pki::path::{
    self, Evidence, MissingRevocation, PathReason, PathRequest, Purpose, RevocationOutcome, RevocationPolicy,
};
use pki::tsp::{TimeStampError, TimeStampRequest, TimeStampResponse, TimeStampToken};
use pki::{Certificate, Crl, DigestAlgorithm};
use std::fs;
use std::path::Path;
use std::slice;

/// How an authority's key is made, and how it signs.
#[derive(Clone, Copy)]
struct Make {
    name: &'static str,
    key: &'static [&'static str],
    digest: &'static str,
    options: &'static [&'static str],
}

const PSS: &[&str] = &["rsa_padding_mode:pss", "rsa_pss_saltlen:max"];
const RSA: &[&str] = &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];
const RSA_1024: &[&str] = &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"];
const P256: &[&str] = &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
const P521: &[&str] = &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"];
const BRAINPOOL: &[&str] = &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:brainpoolP256r1"];
const BRAINPOOL_512: &[&str] = &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:brainpoolP512r1"];

const fn make(
    name: &'static str,
    key: &'static [&'static str],
    digest: &'static str,
    options: &'static [&'static str],
) -> Make {
    Make { name, key, digest, options }
}

const USUAL: Make = make("P-256", P256, "-sha256", &[]);
const UNKNOWN: Make = make("brainpoolP512r1", BRAINPOOL_512, "-sha512", &[]);

fn run(dir: &Path, arguments: &[&str]) -> Option<()> {
    let (done, text) = openssl(dir, arguments)?;
    assert!(done, "{arguments:?}: {text}");
    Some(())
}

/// `key.pem` by this name, for this maker.
fn new_key(dir: &Path, name: &str, make: Make) -> Option<()> {
    run(dir, &[&["genpkey", "-out", &format!("{name}.key")], make.key].concat())
}

fn with_options<'a>(make: Make, arguments: &[&'a str]) -> Vec<&'a str> {
    let options = make.options.iter().flat_map(|option| ["-sigopt", option]);
    arguments.iter().copied().chain([make.digest]).chain(options).collect()
}

/// A root made so, and below it a document signer, a time-stamp service and a responder, the last made in another way.
fn authority(dir: &Path, root: Make, responder: Make) -> Option<()> {
    new_key(dir, "root", root)?;
    let usage = "keyUsage=critical,keyCertSign,cRLSign";
    let root_name = ["req", "-x509", "-new", "-key", "root.key", "-subj", "/CN=Root", "-days", "30", "-addext", usage];
    run(dir, &[&with_options(root, &root_name)[..], &["-out", "root.pem"]].concat())?;
    for (name, serial, make, usage) in [
        ("leaf", "2", USUAL, "extendedKeyUsage=1.3.6.1.5.5.7.3.36"),
        ("stamper", "3", root, "extendedKeyUsage=critical,timeStamping"),
        ("responder", "4", responder, "extendedKeyUsage=OCSPSigning\nnoCheck=ignored"),
    ] {
        let names = ["key", "csr", "pem", "ext"].map(|end| format!("{name}.{end}"));
        let extensions = format!("basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\n{usage}\n");
        fs::write(dir.join(&names[3]), extensions).unwrap();
        new_key(dir, name, make)?;
        run(dir, &["req", "-new", "-key", &names[0], "-subj", &format!("/CN={name}"), "-out", &names[1]])?;
        let sign = ["x509", "-req", "-in", &names[1], "-days", "30", "-CA", "root.pem", "-CAkey", "root.key"];
        let rest = ["-set_serial", serial, "-extfile", &names[3], "-out", &names[2]];
        run(dir, &[&with_options(root, &sign)[..], &rest].concat())?;
    }
    fs::write(dir.join("index.txt"), "V\t391122000000Z\t\t02\tunknown\t/CN=leaf\n").unwrap();
    fs::write(dir.join("ca.cnf"), "[ca]\ndefault_ca=one\n[one]\ndatabase=index.txt\ndefault_crl_days=30\n").unwrap();
    let list = ["ca", "-gencrl", "-config", "ca.cnf", "-cert", "root.pem", "-keyfile", "root.key", "-out", "root.crl"];
    let list: Vec<&str> = with_options(Make { digest: "-md", ..root }, &list);
    let at = list.iter().position(|argument| *argument == "-md").unwrap();
    run(dir, &[&list[..=at], &[&root.digest[1..]], &list[at + 1..]].concat())?;
    run(
        dir,
        &[
            "ocsp",
            "-index",
            "index.txt",
            "-CA",
            "root.pem",
            "-rsigner",
            "responder.pem",
            "-rkey",
            "responder.key",
            "-issuer",
            "root.pem",
            "-cert",
            "leaf.pem",
            "-respout",
            "answer.der",
            "-ndays",
            "1",
            "-no_nonce",
            "-rmd",
            "sha256",
        ],
    )
}

fn certificate(dir: &Path, name: &str) -> Certificate {
    Certificate::from_pem(&fs::read_to_string(dir.join(format!("{name}.pem"))).unwrap()).unwrap()
}

/// Why there is no path, if there is none; revocation must be known by what `by` takes from the folder.
fn path_of(dir: &Path, by: &str) -> Result<RevocationOutcome, PathReason> {
    let (anchors, leaf) = ([certificate(dir, "root")], certificate(dir, "leaf"));
    let crl = Crl::from_pem(&fs::read_to_string(dir.join("root.crl")).unwrap()).unwrap();
    let answer = OcspResponse::from_der(&fs::read(dir.join("answer.der")).unwrap()).unwrap();
    let evidence = Evidence::new(MissingRevocation::Refuse);
    let evidence = match by {
        "list" => evidence.with_crls(slice::from_ref(&crl)),
        _ => evidence.with_ocsp(slice::from_ref(&answer)),
    };
    // OpenSSL makes lists and answers of this very second.
    let at = leaf.not_before() + time::Duration::hours(1);
    let request = PathRequest::new(&leaf, &anchors, at, Purpose::DocumentSigning)
        .with_revocation(RevocationPolicy::Evidence(evidence));
    path::validate(&request).map(|trusted| trusted.revocation()).map_err(|error| error.reason)
}

/// A token of OpenSSL's service with the stamper's key, over "stamped".
fn token(dir: &Path, root: Make) -> Option<TimeStampToken> {
    let request = TimeStampRequest::new(DigestAlgorithm::Sha3_256.digest(b"stamped"));
    fs::write(dir.join("request.tsq"), request.to_der()).unwrap();
    fs::write(dir.join("serial"), "01").unwrap();
    // OpenSSL's service signs with no SHA-3.
    let digest = if root.digest.starts_with("-sha3") { "sha512" } else { &root.digest[1..] };
    let config = format!(
        "[tsa]\ndefault_tsa = one\n[one]\nserial = serial\ncrypto_device = builtin\nsigner_digest = {digest}\n\
         default_policy = 1.2.3.4.1\ndigests = sha3-256\naccuracy = secs:1\ness_cert_id_alg = sha256\n"
    );
    fs::write(dir.join("tsa.cnf"), config).unwrap();
    let reply = ["ts", "-reply", "-config", "tsa.cnf", "-queryfile", "request.tsq", "-signer", "stamper.pem"];
    run(dir, &[&reply[..], &["-inkey", "stamper.key", "-chain", "root.pem", "-out", "answer.tsr"]].concat())?;
    let answer = TimeStampResponse::from_der(&fs::read(dir.join("answer.tsr")).unwrap()).unwrap();
    Some(answer.token_for(&request).unwrap())
}

#[test]
fn what_holds_what_is_weak_and_what_cannot_be_told() {
    let known = Ok(RevocationOutcome::Known { hard: true });
    let cases = [
        (make("P-521", P521, "-sha512", &[]), known),
        (make("P-521, SHA-256", P521, "-sha256", &[]), known),
        (make("brainpoolP256r1", BRAINPOOL, "-sha256", &[]), known),
        (make("P-256, SHA-512", P256, "-sha512", &[]), known),
        (make("P-256, SHA3-256", P256, "-sha3-256", &[]), known),
        (make("RSA, SHA-224", RSA, "-sha224", &[]), known),
        (make("RSA-PSS, longest salt", RSA, "-sha256", PSS), known),
        (make("RSA-PSS, SHA-512, longest salt", RSA, "-sha512", PSS), known),
        (make("P-256, SHA-1", P256, "-sha1", &[]), Err(PathReason::WeakAlgorithm)),
        (make("RSA, SHA-1", RSA, "-sha1", &[]), Err(PathReason::WeakAlgorithm)),
        (make("RSA-1024", RSA_1024, "-sha256", &[]), Err(PathReason::WeakAlgorithm)),
        (UNKNOWN, Err(PathReason::UnsupportedAlgorithm)),
        (make("RSA-PSS, two digests", RSA, "-sha256", &["rsa_padding_mode:pss", "rsa_mgf1_md:sha512"]), {
            Err(PathReason::UnsupportedAlgorithm)
        }),
    ];
    for (root, expected) in cases {
        let dir = tempfile::tempdir().unwrap();
        if authority(dir.path(), root, root).is_none() {
            return;
        }
        for by in ["list", "answer"] {
            assert_eq!(path_of(dir.path(), by), expected, "{}, {by}", root.name);
        }
        let stamp = token(dir.path(), root).unwrap().verify(|function| function.digest(b"stamped"));
        match (expected, stamp) {
            (Ok(_), Ok(stamp)) => {
                let imprint = stamp.info().imprint.unwrap();
                assert_eq!(imprint.algorithm(), DigestAlgorithm::Sha3_256, "{}", root.name);
            }
            (Err(PathReason::WeakAlgorithm), Err(TimeStampError::Weak(_)))
            | (Err(PathReason::UnsupportedAlgorithm), Err(TimeStampError::Unsupported(_))) => {}
            // OpenSSL's service signs by PKCS#1 whatever the key's certificate was signed with.
            (Err(PathReason::UnsupportedAlgorithm), Ok(_)) if root.name.contains("PSS") => {}
            (_, stamp) => panic!("{}: {:?}", root.name, stamp.err()),
        }
        broken_tokens_are_broken(dir.path(), root.name);
    }
}

/// What is weak or unknown is told of a token only while nothing is wrong with it.
fn broken_tokens_are_broken(dir: &Path, name: &str) {
    let answer = fs::read(dir.join("answer.tsr")).unwrap();
    let request = TimeStampRequest::new(DigestAlgorithm::Sha3_256.digest(b"stamped"));
    let der = TimeStampResponse::from_der(&answer).unwrap().token_for(&request).unwrap().der().to_vec();
    // The time, under the signature by the digest of the content.
    let time = der.windows(2).position(|pair| pair == [0x18, 0x0f]).unwrap() + 3;
    let mut changed = der.clone();
    changed[time] ^= 1;
    let changed = TimeStampToken::from_der(&changed).unwrap().verify(|function| function.digest(b"stamped"));
    assert!(matches!(changed, Err(TimeStampError::Signature(_))), "{name}: {:?}", changed.err());
    assert!(SignedData::from_der(&der).is_ok());
}

/// A list or an answer that cannot be checked says nothing: that a certificate was not revoked remains unknown.
#[test]
fn an_answer_that_cannot_be_checked_proves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    if authority(dir.path(), USUAL, UNKNOWN).is_none() {
        return;
    }
    assert_eq!(path_of(dir.path(), "list"), Ok(RevocationOutcome::Known { hard: true }));
    assert_eq!(path_of(dir.path(), "answer"), Err(PathReason::RevocationUnknown));
}
