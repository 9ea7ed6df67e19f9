//! Class 7: the CMS: enclosed content, no attributes, other algorithms, other people.

use pki::{Digest, DigestAlgorithm, SignatureAlgorithm, Signer as _, asn1, oid};

use super::super::attack::PdfAttack;
use super::super::bench::{Bench, at};
use super::super::cms::{Odd, attribute, good, usual};
use super::super::sign::{dictionary, digest, fill, fill_by};
use crate::attack::Attacker;

const STRUCTURE: &[&str] = &["cms.structure"];
const ALGORITHM: &[&str] = &["cms.algorithm"];

pub(super) fn make(bench: &Bench) -> Vec<PdfAttack> {
    let mut attacks = shapes(bench);
    attacks.extend(attributes(bench));
    attacks.extend(algorithms(bench));
    attacks.extend(people(bench));
    attacks
}

/// The notice with a CMS of the issuer's key that `change` made odd.
fn odd(bench: &Bench, change: &dyn Fn(&mut Odd<'_>, &Digest)) -> Vec<u8> {
    let by = &bench.keys.market;
    fill(bench.draft.to_bytes(), &|ranges| {
        let digest = digest(by, ranges);
        let mut odd = Odd::new(by, &digest);
        change(&mut odd, &digest);
        odd.to_der()
    })
}

fn insider(name: &'static str, how: &'static str, codes: &'static [&'static str], bytes: Vec<u8>) -> PdfAttack {
    PdfAttack::new(name, how, codes, bytes).by(Attacker::Insider)
}

fn shapes(bench: &Bench) -> Vec<PdfAttack> {
    let market = &bench.keys.market;
    let made = |make: &dyn Fn([&[u8]; 2]) -> Vec<u8>| fill(bench.draft.to_bytes(), make);
    vec![
        insider("no-attributes", "no signed attributes", STRUCTURE, odd(bench, &|cms, _| cms.attributes = None)),
        insider(
            "content-enclosed",
            "the digest is enclosed as content",
            STRUCTURE,
            odd(bench, &|cms, digest| {
                cms.content = Some(digest.as_bytes().to_vec());
            }),
        ),
        insider(
            "content-empty",
            "empty content is enclosed",
            STRUCTURE,
            odd(bench, &|cms, _| {
                cms.content = Some(Vec::new());
            }),
        ),
        insider(
            "other-content-type",
            "eContentType is not id-data",
            STRUCTURE,
            odd(bench, &|cms, _| {
                cms.content_type = pki::ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
            }),
        ),
        insider("two-signers", "the SignerInfo stands there twice", STRUCTURE, odd(bench, &|cms, _| cms.signers = 2)),
        insider("no-signer", "no SignerInfo", STRUCTURE, odd(bench, &|cms, _| cms.signers = 0)),
        insider(
            "no-certificate",
            "the signer's certificate is not enclosed",
            &["cms.structure"],
            odd(bench, &|cms, _| {
                cms.certificates.clear();
            }),
        ),
        PdfAttack::new("not-der", "/Contents holds a length that is not minimal", &["pdf.byte-range"], {
            made(&|ranges| {
                let cms = good(market, &digest(market, ranges));
                let (head, body) = cms.split_at(4);
                [&[0x30, 0x83, 0, head[2], head[3]], body].concat()
            })
        }),
        PdfAttack::new("cut", "the last bytes of the CMS are zeros", &["cms.signature"], {
            made(&|ranges| {
                let cms = good(market, &digest(market, ranges));
                cms[..cms.len() - 9].to_vec()
            })
        }),
        PdfAttack::new(
            "plain-cms",
            "plain CMS where PAdES is asked for",
            STRUCTURE,
            bench.signed(|file| file.replace(at::SIGNATURE, "ETSI.CAdES.detached", "adbe.pkcs7.detached")),
        )
        .by(Attacker::Insider),
    ]
}

fn attributes(bench: &Bench) -> Vec<PdfAttack> {
    let drop = |number: usize| {
        odd(bench, &move |cms, _| {
            if let Some(list) = &mut cms.attributes {
                list.remove(number);
            }
        })
    };
    let other = bench.keys.housing.certificate().clone();
    vec![
        insider("no-content-type", "no content-type", STRUCTURE, drop(0)),
        insider("no-message-digest", "no message-digest", &["cms.digest"], drop(1)),
        insider("no-signing-certificate", "no signing-certificate-v2", STRUCTURE, drop(2)).intact(),
        insider("digest-twice", "message-digest twice, the second of other bytes", &["cms.digest"], {
            odd(bench, &|cms, digest| {
                let more = digest.algorithm().digest(b"other");
                let more = attribute(&oid::MESSAGE_DIGEST, &asn1::octet_string(more.as_bytes()));
                cms.attributes.get_or_insert_default().push(more);
            })
        }),
        insider("other-signing-certificate", "signing-certificate-v2 names another certificate", STRUCTURE, {
            odd(bench, &|cms, digest| cms.attributes = Some(usual(&other, digest)))
        }),
        PdfAttack::new("of-another-file", "the CMS of another notice", &["cms.digest"], {
            let market = &bench.keys.market;
            fill(bench.draft.to_bytes(), &|_| good(market, &market.algorithm().digest().digest(b"another notice")))
        }),
        PdfAttack::new("fee-changed", "one digit of the page changed in place", &["cms.digest"], {
            super::super::file::replaced(&bench.notice, b"(Fee: 1000)", b"(Fee: 7000)")
        }),
    ]
}

fn algorithms(bench: &Bench) -> Vec<PdfAttack> {
    let named =
        |algorithm: SignatureAlgorithm| odd(bench, &move |cms, _| cms.algorithm = algorithm.algorithm_identifier());
    let sha1 = asn1::sequence(&[&asn1::oid(&pki::ObjectIdentifier::new_unwrap("1.3.14.3.2.26")), &asn1::null()]);
    let md5 = asn1::sequence(&[&asn1::oid(&pki::ObjectIdentifier::new_unwrap("1.2.840.113549.2.5")), &asn1::null()]);
    let digest_named = |identifier: Vec<u8>| odd(bench, &move |cms, _| cms.digest = identifier.clone());
    vec![
        insider(
            "named-ecdsa",
            "the signature is called ECDSA with SHA-256",
            ALGORITHM,
            named(SignatureAlgorithm::ECDSA_SHA256),
        ),
        insider(
            "named-rsa",
            "the signature is called RSA with SHA-512",
            &["cms.signature"],
            named(SignatureAlgorithm::RSA_PKCS1_SHA512),
        ),
        insider("digest-sha256", "digestAlgorithm says SHA-256, which does not go with Ed25519", ALGORITHM, {
            odd(bench, &|cms, _| cms.digest = DigestAlgorithm::Sha256.algorithm_identifier())
        }),
        insider("digest-sha1", "digestAlgorithm says SHA-1", ALGORITHM, digest_named(sha1)),
        insider("digest-md5", "digestAlgorithm says MD5", ALGORITHM, digest_named(md5)),
        insider("protection", "cms-algorithm-protection names another algorithm", ALGORITHM, {
            odd(bench, &|cms, _| {
                let digest = DigestAlgorithm::Sha256.algorithm_identifier();
                let mut signature = SignatureAlgorithm::ECDSA_SHA256.algorithm_identifier();
                signature[0] = asn1::tag::context(1);
                let value = asn1::sequence(&[&digest, &signature]);
                cms.attributes.get_or_insert_default().push(attribute(&oid::ALGORITHM_PROTECTION, &value));
            })
        }),
    ]
}

fn people(bench: &Bench) -> Vec<PdfAttack> {
    let keys = &bench.keys;
    vec![
        PdfAttack::new(
            "impostor",
            "signed in the issuer's name, below a CA of the trusted CA's name that nobody trusts",
            &["signer.certificate"],
            fill_by(bench.draft.to_bytes(), &keys.impostor),
        )
        .by(Attacker::OwnKey)
        .intact(),
        PdfAttack::new(
            "certificate-exchanged",
            "the impostor's signature beside the issuer's certificate",
            &["cms.structure"],
            {
                fill(bench.draft.to_bytes(), &|ranges| {
                    let by = &keys.impostor;
                    let digest = digest(by, ranges);
                    let mut odd = Odd::new(by, &digest);
                    odd.certificates = vec![keys.market.certificate().clone()];
                    odd.attributes = Some(usual(keys.market.certificate(), &digest));
                    odd.to_der()
                })
            },
        )
        .by(Attacker::OwnKey),
        PdfAttack::new("plain-token", "a time-stamp token where a signature belongs", STRUCTURE, {
            let mut file = bench.draft.clone();
            file.set(at::SIGNATURE, dictionary("Sig", "ETSI.CAdES.detached", ""));
            file.replace(at::CATALOG, "/Perms <</DocMDP 9 0 R>>", "");
            fill(file.to_bytes(), &|ranges| crate::seal::token(&ranges.concat(), crate::keys::SEALED, &keys.stamper))
        })
        .by(Attacker::OwnKey),
    ]
}
