//! Time-stamps: made by OpenSSL and by a service of the tests, checked here (RFC 3161, RFC 5816).
#![allow(clippy::unwrap_used, reason = "a panic is a test's verdict")]

mod common;

use common::{FROM, NOW, UNTIL, World, child, name, openssl};
use pki::asn1::{self, tag};
use pki::path::{self, PathRequest, Purpose};
use pki::tsp::{FailureInfo, PkiStatus, TimeStampError, TimeStampRequest, TimeStampResponse, TimeStampToken};
use pki::{
    CertificateTemplate, Digest, DigestAlgorithm, Extension, KeyKind, ObjectIdentifier, Signer, SoftSigner, oid,
};
use std::path::Path;

const STAMPED: &[u8] = b"the signature value that is stamped";

fn digest(function: DigestAlgorithm) -> Digest {
    function.digest(STAMPED)
}

/// A small time-stamp service; each test bends one part of what it says.
struct Service {
    signer: SoftSigner,
    info: Info,
    content_type: ObjectIdentifier,
    names_certificate: bool,
    cut: usize,
}

struct Info {
    imprint: Digest,
    policy: ObjectIdentifier,
    nonce: Option<Vec<u8>>,
    extension: Option<Extension>,
}

impl Service {
    fn answering(world: &World, request: &TimeStampRequest) -> Self {
        let signer = child(&world.ca, KeyKind::P256, CertificateTemplate::time_stamper(name("TSA")).serial(&[7]));
        let info = Info {
            imprint: *request.digest(),
            policy: request.policy().copied().unwrap_or(ObjectIdentifier::new_unwrap("1.2.3.4")),
            nonce: request.nonce().map(<[u8]>::to_vec),
            extension: None,
        };
        Self { signer, info, content_type: oid::TST_INFO, names_certificate: true, cut: 0 }
    }

    fn info(&self) -> Vec<u8> {
        let Info { imprint, policy, nonce, extension } = &self.info;
        let algorithm = imprint.algorithm().algorithm_identifier();
        let nonce = nonce.as_ref().map(|nonce| asn1::tlv(tag::INTEGER, &[nonce])).unwrap_or_default();
        let extension = extension.as_ref().map(|extension| {
            let inside =
                [asn1::oid(&extension.oid), asn1::boolean(extension.critical), asn1::octet_string(&extension.value)];
            asn1::explicit(1, &asn1::sequence(&[&inside.concat()]))
        });
        asn1::sequence(&[
            &asn1::integer(1),
            &asn1::oid(policy),
            &asn1::sequence(&[&algorithm, &asn1::octet_string(imprint.as_bytes())]),
            &asn1::integer(42),
            &asn1::generalized_time(NOW).unwrap(),
            &asn1::sequence(&[&asn1::integer(1)]),
            &nonce,
            &extension.unwrap_or_default(),
        ])
    }

    /// The whole answer.
    fn der(&self) -> Vec<u8> {
        let content = self.info();
        let certificate = self.signer.certificate();
        let function = self.signer.algorithm().digest();
        let attribute =
            |id: &ObjectIdentifier, value: &[u8]| asn1::sequence(&[&asn1::oid(id), &asn1::tlv(tag::SET, &[value])]);
        let mut attributes = vec![
            attribute(&oid::CONTENT_TYPE, &asn1::oid(&self.content_type)),
            attribute(&oid::MESSAGE_DIGEST, &asn1::octet_string(function.digest(&content).as_bytes())),
        ];
        if self.names_certificate {
            let hash = asn1::octet_string(DigestAlgorithm::Sha256.digest(certificate.der()).as_bytes());
            let value = asn1::sequence(&[&asn1::sequence(&[&asn1::sequence(&[&hash])])]);
            attributes.push(attribute(&oid::SIGNING_CERTIFICATE_V2, &value));
        }
        let signed = asn1::set_of(attributes);
        let mut implicit = signed.clone();
        implicit[0] = tag::context(0);
        let signer = asn1::sequence(&[
            &asn1::integer(1),
            &asn1::sequence(&[certificate.issuer().der(), &asn1::tlv(tag::INTEGER, &[certificate.serial()])]),
            &function.algorithm_identifier(),
            &implicit,
            &self.signer.algorithm().algorithm_identifier(),
            &asn1::octet_string(&self.signer.sign(&signed).unwrap()),
        ]);
        let encapsulated =
            asn1::sequence(&[&asn1::oid(&self.content_type), &asn1::explicit(0, &asn1::octet_string(&content))]);
        let data = asn1::sequence(&[
            &asn1::integer(3),
            &asn1::set_of(vec![function.algorithm_identifier()]),
            &encapsulated,
            &asn1::explicit(0, certificate.der()),
            &asn1::set_of(vec![signer]),
        ]);
        let token = asn1::sequence(&[&asn1::oid(&oid::SIGNED_DATA), &asn1::explicit(0, &data)]);
        let mut der = asn1::sequence(&[&asn1::sequence(&[&asn1::integer(0)]), &token]);
        der.truncate(der.len() - self.cut);
        der
    }

    fn result(&self, request: &TimeStampRequest) -> Result<(), TimeStampError> {
        let token = TimeStampResponse::from_der(&self.der())?.token_for(request)?;
        let verified = token.verify(digest)?;
        assert_eq!((verified.time(), verified.info().window().1 - NOW), (NOW, time::Duration::SECOND));
        assert_eq!(verified.signer(), self.signer.certificate());
        Ok(())
    }
}

fn request() -> TimeStampRequest {
    TimeStampRequest::new(digest(DigestAlgorithm::Sha256)).with_nonce(&[0x9a; 16])
}

#[test]
fn an_answer_is_held_against_the_question() {
    let world = World::new(KeyKind::P256);
    let request = request().with_policy(ObjectIdentifier::new_unwrap("1.2.3.4"));
    let service = |bend: fn(&mut Service)| {
        let mut service = Service::answering(&world, &request);
        bend(&mut service);
        service.result(&request)
    };
    assert_eq!(service(|_| {}), Ok(()));
    assert_eq!(service(|it| it.info.imprint = DigestAlgorithm::Sha256.digest(b"other")), Err(TimeStampError::Imprint));
    assert_eq!(service(|it| it.info.imprint = digest(DigestAlgorithm::Sha512)), Err(TimeStampError::Imprint));
    assert_eq!(service(|it| it.info.nonce = Some(vec![1])), Err(TimeStampError::Nonce));
    assert_eq!(service(|it| it.info.nonce = None), Err(TimeStampError::Nonce));
    let other = ObjectIdentifier::new_unwrap("1.2.3.5");
    assert_eq!(
        service(|it| it.info.policy = ObjectIdentifier::new_unwrap("1.2.3.5")),
        Err(TimeStampError::Policy(other))
    );
    assert!(matches!(service(|it| it.cut = 1), Err(TimeStampError::Info(_))), "garbage");
}

#[test]
fn a_token_must_be_one() {
    let world = World::new(KeyKind::P256);
    let request = request();
    let service = |bend: &dyn Fn(&mut Service)| {
        let mut service = Service::answering(&world, &request);
        bend(&mut service);
        service.result(&request)
    };
    assert_eq!(service(&|it| it.content_type = oid::DATA), Err(TimeStampError::NoInfo));
    assert_eq!(service(&|it| it.names_certificate = false), Err(TimeStampError::SigningCertificate));
    let unknown = ObjectIdentifier::new_unwrap("1.2.3.9");
    let extension = |critical| Some(Extension::new(unknown, critical, vec![5, 0]));
    assert_eq!(service(&|it| it.info.extension = extension(true)), Err(TimeStampError::CriticalExtension(unknown)));
    assert_eq!(service(&|it| it.info.extension = extension(false)), Ok(()));
    // A signer of documents signs no time-stamps, nor does a time-stamper of several purposes.
    let mixed = || {
        CertificateTemplate::time_stamper(name("TSA"))
            .with_extended_key_usage(&[oid::KP_TIME_STAMPING, oid::KP_DOCUMENT_SIGNING])
    };
    for template in [CertificateTemplate::document_signer(name("S")), mixed()] {
        let signer = || child(&world.ca, KeyKind::P256, template.clone().serial(&[8]));
        assert_eq!(service(&|it| it.signer = signer()), Err(TimeStampError::Usage));
    }
}

#[test]
fn the_service_needs_a_path_of_its_own() {
    let world = World::new(KeyKind::P256);
    let service = Service::answering(&world, &request());
    let token = TimeStampResponse::from_der(&service.der()).unwrap().token_for(&request()).unwrap();
    let stamp = token.verify(digest).unwrap();
    let anchors = [world.root.certificate().clone()];
    let between = [world.ca.certificate().clone()];
    let at = |purpose| {
        path::validate(&PathRequest::new(stamp.signer(), &anchors, stamp.time(), purpose).with_intermediates(&between))
    };
    assert!(at(Purpose::TimeStamping).is_ok());
    assert!(at(Purpose::DocumentSigning).is_err());
}

#[test]
fn no_change_of_a_token_is_overlooked() {
    let world = World::new(KeyKind::P256);
    let service = Service::answering(&world, &request());
    let der = TimeStampResponse::from_der(&service.der()).unwrap().token.unwrap();
    assert!(TimeStampToken::from_der(&der).unwrap().verify(digest).is_ok());
    let (mut refused, mut signer_changed) = (0, 0);
    for index in 0..der.len() {
        let mut changed = der.clone();
        changed[index] ^= 1;
        match TimeStampToken::from_der(&changed).and_then(|token| token.verify(digest)) {
            Err(_) => refused += 1,
            // Bytes of the enclosed structure that nobody signs: versions, digestAlgorithms.
            Ok(stamp) => {
                assert_eq!((stamp.signer(), stamp.time()), (service.signer.certificate(), NOW), "byte {index}");
                signer_changed += 1;
            }
        }
    }
    assert!(refused > 100 && signer_changed < 40, "{refused} {signer_changed}");
}

#[test]
fn refusals_are_told() {
    let answer = TimeStampResponse::from_der(&asn1::sequence(&[&asn1::sequence(&[
        &asn1::integer(2),
        &asn1::tlv(tag::BIT_STRING, &[&[1], &[0x00, 0x02]]),
    ])]));
    let answer = answer.unwrap();
    assert_eq!(
        (answer.status, answer.failures.as_slice()),
        (PkiStatus::Rejection, &[FailureInfo::TimeNotAvailable][..])
    );
    assert!(answer.failures[0].is_passing());
    assert!(matches!(answer.token_for(&request()), Err(TimeStampError::Refused { .. })));
    let empty = TimeStampResponse::from_der(&asn1::sequence(&[&asn1::sequence(&[&asn1::integer(0)])])).unwrap();
    assert_eq!(empty.token_for(&request()).unwrap_err(), TimeStampError::NoToken);
}

/// OpenSSL's service answers our question; with its old attribute (SHA-1 of the certificate) and the new one.
#[test]
fn openssl_stamps_for_us() {
    for (kind, ess) in [(KeyKind::P256, "sha256"), (KeyKind::P256, "sha1"), (KeyKind::P384, "sha512")] {
        let world = World::new(KeyKind::P256);
        let service = child(&world.ca, kind, CertificateTemplate::time_stamper(name("TSA")).serial(&[7]));
        let dir = tempfile::tempdir().unwrap();
        let Some(answer) = ask_openssl(dir.path(), &world, &service, ess) else { return };
        let token = TimeStampResponse::from_der(&answer).unwrap().token_for(&request()).unwrap();
        assert_eq!(token.info().policy, ObjectIdentifier::new_unwrap("1.2.3.4.1"));
        assert!(token.info().accuracy.is_some() && token.certificates().len() == 2);
        let stamp = token.verify(digest).unwrap();
        assert!((FROM..UNTIL).contains(&stamp.time()));
        let wrong = |function: DigestAlgorithm| function.digest(b"something else");
        assert_eq!(token.verify(wrong).unwrap_err(), TimeStampError::Imprint);
        let other = request().with_nonce(&[1; 8]);
        assert_eq!(token.answers(&other).unwrap_err(), TimeStampError::Nonce);
    }
}

fn ask_openssl(dir: &Path, world: &World, service: &SoftSigner, ess: &str) -> Option<Vec<u8>> {
    let write = |file: &str, bytes: &[u8]| std::fs::write(dir.join(file), bytes).unwrap();
    write("tsa.pem", service.certificate().to_pem().as_bytes());
    write("ca.pem", world.ca.certificate().to_pem().as_bytes());
    write("tsa.key.der", service.key().to_pkcs8_der().as_ref());
    write("request.tsq", &request().to_der());
    write("serial", b"01");
    let config = format!(
        "[tsa]\ndefault_tsa = one\n[one]\nserial = serial\ncrypto_device = builtin\nsigner_digest = sha256\n\
         default_policy = 1.2.3.4.1\ndigests = sha256, sha512\naccuracy = secs:1, millisecs:500\nordering = no\n\
         tsa_name = no\ness_cert_id_chain = no\ness_cert_id_alg = {ess}\n"
    );
    write("tsa.cnf", config.as_bytes());
    openssl(dir, &["pkey", "-inform", "DER", "-in", "tsa.key.der", "-out", "tsa.key"])?;
    let arguments = ["ts", "-reply", "-config", "tsa.cnf", "-queryfile", "request.tsq", "-signer", "tsa.pem"];
    let rest = ["-inkey", "tsa.key", "-chain", "ca.pem", "-out", "answer.tsr"];
    let (done, text) = openssl(dir, &[&arguments[..], &rest[..]].concat())?;
    assert!(done, "{text}");
    Some(std::fs::read(dir.join("answer.tsr")).unwrap())
}
