//! Seals are made, applied, read and checked; what must not be sealed is refused (D: seals).
#![allow(clippy::unwrap_used)]

mod common;

use common::{FROM, NOW, PATH, UNTIL, World, party, sm3};
use eseal::{
    CertDigest, CheckName, CheckRequest, EsealError, ExtData, Facts, Outcome, Seal, SealContent, SealingRequest,
    SignerList, Version,
};
use pki::{DigestAlgorithm, KeyKind, Signer};
use time::Duration;

#[test]
fn a_seal_reads_back_as_it_was_made() {
    let world = World::new();
    let mut content = world.content();
    content.extensions = vec![ExtData { id: pki::oid::COMMON_NAME.into(), critical: true, value: vec![5, 0] }];
    let seal = world.seal_with(&content);
    assert_eq!((seal.version(), seal.header_version()), (Version::V4, 4));
    assert_eq!(seal.content(), &content);
    assert_eq!(seal.maker().unwrap(), *world.maker.certificate());
    assert_eq!(Seal::from_der(seal.der()).unwrap(), seal);
    assert_eq!(eseal::check_seal(&seal), Outcome::Passed);
}

#[test]
fn a_signature_passes_every_check() {
    let world = World::new();
    let seal = world.seal();
    let digest = sm3(b"<Signature/>");
    let bytes = world.apply(&seal, &digest);
    let Facts::Seal(signature) = eseal::inspect(&bytes) else { panic!("not a seal signature") };
    assert_eq!(signature.seal(), &seal);
    assert_eq!(signature.time().instant(), Some(NOW));
    assert_eq!(signature.property_info(), PATH);
    let request = CheckRequest::new(&digest).with_seal_file(seal.der()).with_signature_path(PATH);
    let report = eseal::check(&signature, &request);
    assert!(report.passed(), "{:?}", report.checks);
    assert_eq!(report.maker.as_ref(), Some(world.maker.certificate()));
    assert_eq!(report.signer.as_ref(), Some(world.signer.certificate()));
    let not_done: Vec<_> =
        report.checks.iter().filter(|check| matches!(check.outcome, Outcome::NotDone(_))).map(|c| c.name).collect();
    assert_eq!(not_done, [CheckName::TimeStamp, CheckName::SealTimeStamp], "nothing else is left open");
}

/// Every byte of SignedValue.dat, every bit of its low nibble: nothing passes.
#[test]
fn every_flipped_byte_is_refused() {
    let world = World::new();
    let seal = world.seal();
    let digest = sm3(b"<Signature/>");
    let bytes = world.apply(&seal, &digest);
    let request = CheckRequest::new(&digest).with_seal_file(seal.der()).with_signature_path(PATH);
    let (mut unreadable, mut refused) = (0, 0);
    for index in 0..bytes.len() {
        let mut forged = bytes.clone();
        forged[index] ^= 1 << (index % 8);
        match eseal::inspect(&forged) {
            Facts::Seal(signature) => {
                let report = eseal::check(&signature, &request);
                assert!(!report.intact() && !report.passed(), "byte {index} of {}", bytes.len());
                refused += 1;
            }
            _ => unreadable += 1,
        }
    }
    assert!(refused > 500 && unreadable > 10, "{refused} {unreadable}");
}

#[test]
fn the_check_that_fails_names_the_fault() {
    let world = World::new();
    let stranger = World::new();
    let seal = world.seal();
    let digest = sm3(b"<Signature/>");
    let bytes = world.apply(&seal, &digest);
    let Facts::Seal(signature) = eseal::inspect(&bytes) else { panic!("not a seal signature") };
    let failures = |request: &CheckRequest<'_>| -> Vec<CheckName> {
        eseal::check(&signature, request).failures().map(|check| check.name).collect()
    };
    assert_eq!(failures(&CheckRequest::new(&sm3(b"another"))), [CheckName::DataHash]);
    let other_seal = stranger.seal();
    assert_eq!(failures(&CheckRequest::new(&digest).with_seal_file(other_seal.der())), [CheckName::SealFile]);
    assert_eq!(
        failures(&CheckRequest::new(&digest).with_signature_path("/Doc_0/Signs/Sign_1/Signature.xml")),
        [CheckName::PropertyInfo]
    );
}

/// A genuine seal, lifted out of a document and applied by a thief with a key of his own.
#[test]
fn a_stolen_seal_is_refused() {
    let world = World::new();
    let thief = party(KeyKind::Sm2, "某市行政审批局");
    let digest = sm3(b"<Signature/>");
    let seal = world.seal();
    let refused = eseal::prepare_signature(&seal, &SealingRequest::new(&digest, PATH, NOW), thief.certificate());
    assert!(matches!(refused, Err(EsealError::SignerNotListed { .. })));

    // He does not ask us: his certificate and signature replace those of a real one.
    let bytes = world.apply(&seal, &digest);
    let Facts::Seal(genuine) = eseal::inspect(&bytes) else { panic!("not a seal signature") };
    let forged = pki::asn1::sequence(&[
        genuine.to_be_signed(),
        &pki::asn1::octet_string(thief.certificate().der()),
        &pki::asn1::oid(genuine.algorithm()),
        &pki::asn1::bit_string(&thief.sign(genuine.to_be_signed()).unwrap()),
    ]);
    let Facts::Seal(forged) = eseal::inspect(&forged) else { panic!("not a seal signature") };
    let report = eseal::check(&forged, &CheckRequest::new(&digest));
    assert_eq!(report.outcome(CheckName::SignerSignature), Some(&Outcome::Passed), "his signature is his");
    let failed: Vec<_> = report.failures().map(|check| check.name).collect();
    assert_eq!(failed, [CheckName::SignerListed]);
    assert!(!report.intact());
}

/// A seal whose list was changed after the seal maker signed it.
#[test]
fn a_seal_with_another_list_is_refused() {
    let world = World::new();
    let thief = party(KeyKind::Sm2, "thief");
    let mut content = world.content();
    content.signers = SignerList::Certificates(vec![thief.certificate().der().to_vec()]);
    let prepared = eseal::prepare_seal(&content, Version::V4, world.maker.certificate()).unwrap();
    let seal = prepared.finish(world.seal().signature()).unwrap();
    assert!(matches!(eseal::check_seal(&seal), Outcome::Failed(_)));
}

#[test]
fn a_list_of_digests_is_understood() {
    let world = World::new();
    for algorithm in ["SM3", "1.2.156.10197.1.401", "self-defined", "SHA256"] {
        let digest = DigestAlgorithm::from_name(algorithm).unwrap_or(DigestAlgorithm::Sm3);
        let mut content = world.content();
        content.signers = SignerList::Digests(vec![CertDigest {
            algorithm: algorithm.into(),
            value: digest.digest(world.signer.certificate().der()).as_bytes().to_vec(),
        }]);
        let seal = world.seal_with(&content);
        let hash = sm3(b"x");
        let bytes = world.apply(&seal, &hash);
        let Facts::Seal(signature) = eseal::inspect(&bytes) else { panic!("not a seal signature") };
        assert!(eseal::check(&signature, &CheckRequest::new(&hash)).passed(), "{algorithm}");
    }
}

#[test]
fn a_seal_is_not_used_outside_its_validity() {
    let world = World::new();
    let (seal, digest) = (world.seal(), sm3(b"x"));
    for at in [FROM - Duration::SECOND, UNTIL + Duration::SECOND] {
        let refused =
            eseal::prepare_signature(&seal, &SealingRequest::new(&digest, PATH, at), world.signer.certificate());
        assert!(matches!(refused, Err(EsealError::SealNotValid { .. })));
    }
    assert!(
        eseal::prepare_signature(&seal, &SealingRequest::new(&digest, PATH, UNTIL), world.signer.certificate()).is_ok()
    );
}

#[test]
fn a_signature_dated_outside_the_seal_is_told() {
    let world = World::new();
    let mut content = world.content();
    content.valid_until = NOW - Duration::DAY;
    // Sealed in time, then dated later by the signer himself.
    let seal = world.seal_with(&content);
    let digest = sm3(b"x");
    let early = NOW - Duration::days(2);
    let prepared =
        eseal::prepare_signature(&seal, &SealingRequest::new(&digest, PATH, early), world.signer.certificate())
            .unwrap();
    let to_sign = prepared.to_be_signed().to_vec();
    let early_text = b"20261119120000Z";
    let at = to_sign.windows(15).rposition(|window| window == early_text).unwrap();
    let mut later = to_sign;
    later[at..at + 15].copy_from_slice(b"20261121120000Z");
    let bytes = pki::asn1::sequence(&[
        &later,
        &pki::asn1::octet_string(world.signer.certificate().der()),
        &pki::asn1::oid(&pki::oid::SM2_WITH_SM3),
        &pki::asn1::bit_string(&world.signer.sign(&later).unwrap()),
    ]);
    let Facts::Seal(signature) = eseal::inspect(&bytes) else { panic!("not a seal signature") };
    let report = eseal::check(&signature, &CheckRequest::new(&digest));
    assert!(report.intact() && !report.passed());
    assert!(matches!(report.outcome(CheckName::SealValidity), Some(Outcome::Failed(_))));
}

#[test]
fn impossible_seals_are_refused_before_signing() {
    let world = World::new();
    let maker = world.maker.certificate();
    let refuse = |change: &dyn Fn(&mut SealContent)| {
        let mut content = world.content();
        change(&mut content);
        eseal::prepare_seal(&content, Version::V4, maker).unwrap_err()
    };
    assert!(matches!(refuse(&|c| c.id = "章".into()), EsealError::NotAscii { field: "id", .. }));
    assert!(matches!(refuse(&|c| c.vendor_id = String::new()), EsealError::NotAscii { field: "vendor_id", .. }));
    assert!(matches!(refuse(&|c| c.picture.format = "P NG".into()), EsealError::NotAscii { .. }));
    assert!(matches!(refuse(&|c| c.name = " ".into()), EsealError::Empty("name")));
    assert!(matches!(refuse(&|c| c.signers = SignerList::Certificates(vec![])), EsealError::Empty("signers")));
    assert!(matches!(refuse(&|c| c.picture.data.clear()), EsealError::Empty("picture.data")));
    assert!(matches!(refuse(&|c| c.picture.width_mm = 0), EsealError::Empty("picture size")));
    assert!(matches!(refuse(&|c| c.valid_until = c.valid_from), EsealError::Validity { .. }));
    let p256 = party(KeyKind::P256, "wrong curve");
    let wrong = eseal::prepare_seal(&world.content(), Version::V4, p256.certificate());
    assert!(matches!(wrong, Err(EsealError::NotSm2 { .. })));
    let sha = DigestAlgorithm::Sha256.digest(b"x");
    let seal = world.seal();
    assert!(
        eseal::prepare_signature(&seal, &SealingRequest::new(&sha, PATH, NOW), world.signer.certificate()).is_err()
    );
}

/// A raw r‖s value, as one vendor writes it, is read; we never write it.
#[test]
fn raw_signature_values_are_read() {
    let world = World::new();
    let (seal, digest) = (world.seal(), sm3(b"x"));
    let prepared =
        eseal::prepare_signature(&seal, &SealingRequest::new(&digest, PATH, NOW), world.signer.certificate()).unwrap();
    let raw = pki::der_to_raw(&world.signer.sign(prepared.to_be_signed()).unwrap(), 32).unwrap();
    let signature = prepared.finish_read(&raw).unwrap();
    assert!(eseal::check(&signature, &CheckRequest::new(&digest)).passed());
}

/// Spelled-out `critical FALSE` is not DER, but occurs; signatures still hold, because bytes are kept.
#[test]
fn a_spelled_out_default_does_not_break_the_signature() {
    let world = World::new();
    let mut content = world.content();
    content.extensions = vec![ExtData { id: pki::oid::COMMON_NAME.into(), critical: true, value: vec![5, 0] }];
    let info = eseal::prepare_seal(&content, Version::V4, world.maker.certificate()).unwrap();
    let mut info = info.to_be_signed().to_vec();
    let critical = info.windows(3).rposition(|window| window == [0x01, 0x01, 0xff]).unwrap();
    info[critical + 2] = 0;
    let der = pki::asn1::sequence(&[
        &info,
        &pki::asn1::octet_string(world.maker.certificate().der()),
        &pki::asn1::oid(&pki::oid::SM2_WITH_SM3),
        &pki::asn1::bit_string(&world.maker.sign(&info).unwrap()),
    ]);
    let seal = Seal::from_der(&der).unwrap();
    assert!(!seal.content().extensions[0].critical);
    assert_eq!(eseal::check_seal(&seal), Outcome::Passed);
}

/// v1, v4 and v5: what was made reads back, passes every check, and has the shape of its standard.
#[test]
fn every_version_reads_back_as_it_was_made() {
    let world = World::new();
    for (version, tops) in [(Version::V1, [2, 2]), (Version::V4, [4, 4]), (Version::V5, [4, 4])] {
        let mut content = world.content();
        content.extensions = vec![ExtData { id: pki::oid::COMMON_NAME.into(), critical: false, value: vec![5, 0] }];
        let prepared = eseal::prepare_seal(&content, version, world.maker.certificate()).unwrap();
        let signature = world.maker.sign(prepared.to_be_signed()).unwrap();
        let seal = prepared.finish(&signature).unwrap();
        assert_eq!((seal.version(), seal.header_version()), (version, version.number()));
        assert_eq!((seal.content(), eseal::check_seal(&seal)), (&content, Outcome::Passed), "{version}");
        let digest = sm3(b"<Signature/>");
        let bytes = world.apply(&seal, &digest);
        assert_eq!([items(seal.der()), items(&bytes)], tops, "{version}");
        let Facts::Seal(value) = eseal::inspect(&bytes) else { panic!("{version}") };
        assert_eq!((value.version(), value.time().instant()), (version, Some(NOW)));
        let report = eseal::check(&value, &CheckRequest::new(&digest).with_signature_path(PATH));
        assert!(report.passed(), "{version}: {:?}", report.failures().collect::<Vec<_>>());
    }
    // 8 hours are added, and no zone is written: what viewers take.
    let prepared = eseal::prepare_seal(&world.content(), Version::V1, world.maker.certificate()).unwrap();
    let signature = world.maker.sign(prepared.to_be_signed()).unwrap();
    let bytes = world.apply(&prepared.finish(&signature).unwrap(), &sm3(b"x"));
    assert!(bytes.windows(19).any(|window| window == b"2026-11-21 20:00:00"), "GM/T 0031-2014 timeInfo");
}

/// A path in Chinese is written as UTF-8 and read back; readers go by the bytes, whatever the kind of string says.
#[test]
fn a_folder_may_have_a_chinese_name() {
    const CHINESE: &str = "/文档/Signs/Sign_0/Signature.xml";
    let world = World::new();
    let (seal, digest) = (world.seal(), sm3(b"x"));
    let request = SealingRequest::new(&digest, CHINESE, NOW);
    let prepared = eseal::prepare_signature(&seal, &request, world.signer.certificate()).unwrap();
    let signature = world.signer.sign(prepared.to_be_signed()).unwrap();
    let value = prepared.finish(&signature);
    let Facts::Seal(value) = eseal::inspect(&value) else { panic!() };
    assert_eq!(value.property_info(), CHINESE);
    assert!(eseal::check(&value, &CheckRequest::new(&digest).with_signature_path(CHINESE)).passed());
    let other = CheckRequest::new(&digest).with_signature_path("/证照/Signs/Sign_0/Signature.xml");
    assert!(!eseal::check(&value, &other).passed());
}

/// Of two extensions with one identifier, readers would take one or the other.
#[test]
fn no_extension_stands_twice() {
    let world = World::new();
    let (seal, digest) = (world.seal(), sm3(b"x"));
    let extension = |value: u8| ExtData { id: pki::oid::COMMON_NAME.into(), critical: false, value: vec![4, 1, value] };
    let passed = |list: &[u8]| {
        let request = SealingRequest::new(&digest, PATH, NOW);
        let request = list.iter().fold(request, |request, value| request.with_extension(extension(*value)));
        let prepared = eseal::prepare_signature(&seal, &request, world.signer.certificate()).unwrap();
        let signature = world.signer.sign(prepared.to_be_signed()).unwrap();
        let value = prepared.finish(&signature);
        let Facts::Seal(value) = eseal::inspect(&value) else { panic!() };
        eseal::check(&value, &CheckRequest::new(&digest)).passed()
    };
    assert!(passed(&[]) && passed(&[1]));
    assert!(!passed(&[1, 2]) && !passed(&[1, 1]));
}

/// How many items a SEQUENCE has.
fn items(der: &[u8]) -> usize {
    let mut inside = pki::asn1::Cursor::new(der).sequence("outer").unwrap();
    std::iter::from_fn(|| (!inside.is_empty()).then(|| inside.any("item").unwrap())).count()
}

/// What the older structure has no place for is refused, not left out.
#[test]
fn v1_has_no_room_for_later_inventions() {
    let world = World::new();
    let v1 = |content: &SealContent| eseal::prepare_seal(content, Version::V1, world.maker.certificate());
    let mut content = world.content();
    content.kind = 4;
    assert!(matches!(v1(&content), Err(EsealError::NotInVersion { .. })));
    let mut content = world.content();
    content.signers = SignerList::Digests(vec![CertDigest { algorithm: "SM3".into(), value: vec![0; 32] }]);
    assert!(matches!(v1(&content), Err(EsealError::NotInVersion { .. })));
    let prepared = v1(&world.content()).unwrap();
    let seal = prepared.finish(&world.maker.sign(v1(&world.content()).unwrap().to_be_signed()).unwrap()).unwrap();
    let digest = sm3(b"x");
    let signer = world.signer.certificate();
    let extension = ExtData { id: pki::oid::COMMON_NAME.into(), critical: false, value: vec![5, 0] };
    let request = SealingRequest::new(&digest, PATH, NOW);
    let refused = eseal::prepare_signature(&seal, &request.clone().with_extension(extension.clone()), signer);
    assert!(matches!(refused, Err(EsealError::NotInVersion { .. })));
    // A token in place of the text is v1's own: it is kept as it is.
    let token = token(b"x");
    let with_token = request.clone().with_time_token(&token);
    let prepared = eseal::prepare_signature(&seal, &with_token, signer).unwrap();
    let bytes = prepared.finish_read(&world.signer.sign(b"whatever").unwrap()).unwrap();
    assert!(bytes.to_be_signed().windows(token.len()).any(|window| window == token));
    let v4 = world.seal();
    assert!(matches!(eseal::prepare_signature(&v4, &with_token, signer), Err(EsealError::NotInVersion { .. })));
    let prepared = eseal::prepare_signature(&v4, &request.with_extension(extension.clone()), signer).unwrap();
    let value = prepared.finish_read(&world.signer.sign(b"whatever").unwrap()).unwrap();
    assert_eq!(value.extensions(), [extension]);
}

#[test]
fn time_stamps_go_where_the_version_has_room() {
    let world = World::new();
    for version in [Version::V1, Version::V4, Version::V5] {
        let prepared = || eseal::prepare_seal(&world.content(), version, world.maker.certificate()).unwrap();
        let signature = world.maker.sign(prepared().to_be_signed()).unwrap();
        let seal = prepared().finish(&signature).unwrap();
        match prepared().signed(&signature) {
            Ok(unstamped) => {
                let token = token(unstamped.to_be_stamped());
                let stamped = unstamped.finish(&token).unwrap();
                assert_eq!((version, stamped.time_stamp()), (Version::V5, Some(&token[..])));
                assert_eq!((items(stamped.der()), eseal::check_seal(&stamped)), (5, Outcome::Passed));
            }
            Err(error) => {
                assert!(version != Version::V5 && matches!(error, EsealError::NotInVersion { .. }));
            }
        }
        let digest = sm3(b"x");
        let request = SealingRequest::new(&digest, PATH, NOW);
        let prepared = || eseal::prepare_signature(&seal, &request, world.signer.certificate()).unwrap();
        let signature = world.signer.sign(prepared().to_be_signed()).unwrap();
        let Ok(unstamped) = prepared().signed(&signature) else {
            assert_eq!(version, Version::V1);
            continue;
        };
        assert_eq!(unstamped.to_be_stamped(), signature);
        let good = token(&signature);
        for bad in [token(b"another value"), [&good[..], &[0]].concat(), good[..good.len() - 1].to_vec(), vec![]] {
            assert!(matches!(unstamped.clone().finish(&bad), Err(EsealError::TimeStamp(_))));
        }
        assert_eq!(unstamped.clone().finish_unstamped(), prepared().finish(&signature));
        let bytes = unstamped.finish(&good).unwrap();
        let Facts::Seal(value) = eseal::inspect(&bytes) else { panic!("{version}") };
        assert_eq!((value.version(), value.time_stamp()), (version, Some(&good[..])));
    }
}

/// As much of a time-stamp token as a writer looks at.
fn token(message: &[u8]) -> Vec<u8> {
    use pki::asn1;
    let imprint = asn1::octet_string(sm3(message).as_bytes());
    let info = asn1::sequence(&[&asn1::integer(1), &asn1::oid(&pki::oid::SM3), &imprint]);
    let kind = asn1::oid(&pki::ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4"));
    let content = asn1::sequence(&[&kind, &asn1::explicit(0, &asn1::octet_string(&info))]);
    let data = asn1::sequence(&[&asn1::integer(3), &asn1::set_of(vec![]), &content, &asn1::set_of(vec![])]);
    asn1::sequence(&[&asn1::oid(&pki::oid::SIGNED_DATA), &asn1::explicit(0, &data)])
}
