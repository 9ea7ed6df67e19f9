//! Sealing documents that exist already: every version, one seal and several, across pages, at words; nothing that is
//! there changes, and what cannot be sealed says why (issue 3, "Writing").
#![allow(clippy::unwrap_used)]

#[path = "../examples/seal.rs"]
#[allow(dead_code, unreachable_pub, reason = "an example is a program: its main() reads arguments and the clock")]
mod seal_example;
mod sealing_support;

use eseal::{CheckRequest, EsealError, Facts as Value, Version};
use license_core::sealing::*;
use license_core::verify::{self, Integrity, Limits, Policy};
use ofd::{Budget, Facts, Package, Rect, ReferenceStatus, SignError, SignatureKind, Um};
use pki::{DigestAlgorithm, Signer as _, asn1};
use sealing_support::*;
use time::Duration;

const VERSIONS: [Version; 3] = [Version::V1, Version::V4, Version::V5];

fn read(bytes: &[u8]) -> Package {
    ofd::read(bytes, &Budget::default()).unwrap()
}

fn facts(bytes: &[u8]) -> Facts {
    ofd::inspect(&read(bytes), &Budget::default())
}

/// One of the ways to seal: a name, the places, the pages that show it.
fn cases() -> Vec<(&'static str, Vec<Place>, Vec<usize>)> {
    let point = |page| Place::top_left(page, Um::mm(140), Um::mm(220));
    let words = |pick| Place::Keyword(Keyword::new("盖章").pick(pick));
    vec![
        ("point", vec![point(0)], vec![0]),
        ("two points", vec![point(0), point(3)], vec![0, 3]),
        ("straddle", vec![Place::Straddle(Straddle::right())], vec![0, 1, 2, 3]),
        ("last keyword", vec![words(Pick::Last)], vec![3]),
        ("first keyword", vec![words(Pick::First)], vec![0]),
        ("every keyword", vec![words(Pick::All)], vec![0, 3]),
        ("keyword and straddle", vec![words(Pick::Nth(2)), Place::Straddle(Straddle::right())], vec![3, 0, 1, 2, 3]),
    ]
}

/// Every check of the seal value, the digests, the coverage.
#[track_caller]
fn assert_good(name: &str, bytes: &[u8], signatures: usize) {
    let facts = facts(bytes);
    assert_eq!(facts.problems, [], "{name}");
    assert!(facts.unreachable.is_empty(), "{name}");
    assert_eq!(facts.signatures.len(), signatures, "{name}");
    let outcomes = facts.check_references(&|method, bytes| {
        assert_eq!(method, "1.2.156.10197.1.401");
        Some(DigestAlgorithm::Sm3.digest(bytes).as_bytes().to_vec())
    });
    assert!(outcomes.iter().all(|outcome| outcome.status == ReferenceStatus::Matches), "{name}: {outcomes:?}");
    for signature in &facts.signatures {
        assert!(signature.uncovered.is_empty(), "{name}: {:?}", signature.uncovered);
        let digest = DigestAlgorithm::Sm3.digest(signature.xml.as_ref().unwrap().bytes());
        let path = format!("/{}", signature.path.as_ref().unwrap());
        match eseal::inspect(signature.value.as_ref().unwrap().bytes()) {
            Value::Seal(seal) => {
                let report = eseal::check(&seal, &CheckRequest::new(&digest).with_signature_path(&path));
                assert!(report.passed(), "{name}: {:?}", report.failures().collect::<Vec<_>>());
                assert_eq!(seal.time().instant(), Some(AT));
            }
            Value::SignedData(data) => assert!(data.verify(0, &digest).passed(), "{name}"),
            other => panic!("{name}: {other:?}"),
        }
    }
    // The whole of our verifier: whatever it thinks of strangers, nothing is broken.
    let report = verify::judge(&verify::inspect(bytes, &Limits::default()), &trust(), &Policy::default(), AT);
    assert_eq!(report.integrity, Integrity::Intact, "{name}: {report:#?}");
    assert!(report.signatures.iter().all(|signature| signature.integrity == Integrity::Intact), "{name}");
}

/// No byte of any file changes, the list aside, and the link to it when the first signature comes.
#[track_caller]
fn assert_kept(name: &str, before: &[u8], after: &[u8]) {
    let (before, after) = (read(before), read(after));
    let linked = before.parts().any(|(name, _)| name.ends_with("Signatures.xml"));
    for (part, bytes) in before.parts() {
        let may_change = part.ends_with("/Signatures.xml") || (part == "OFD.xml" && !linked);
        assert!(may_change || after.part(part) == Some(bytes), "{name}: {part}");
    }
}

#[test]
fn every_version_in_every_place() {
    for version in VERSIONS {
        let world = World::new(version);
        for (name, places, pages) in cases() {
            let name = format!("{version}, {name}");
            let bytes = document();
            let mut request = SealRequest::new(&world.seal, world.signer.certificate(), AT);
            for place in places {
                request = request.at(place);
            }
            let sealed = world.seal(&bytes, &request).unwrap();
            assert_kept(&name, &bytes, &sealed);
            assert_good(&name, &sealed, 1);
            let facts = facts(&sealed);
            let signature = &facts.signatures[0];
            assert_eq!((signature.kind, signature.covers_list), (Some(SignatureKind::Seal), true), "{name}");
            let shown: Vec<usize> = signature.stamps.iter().map(|stamp| stamp.page.unwrap()).collect();
            assert_eq!(shown, pages, "{name}");
            let Value::Seal(value) = eseal::inspect(signature.value.as_ref().unwrap().bytes()) else { panic!() };
            assert_eq!((value.version(), value.seal().version()), (version, version), "{name}");
        }
    }
}

/// The words stand at 35 to 45 mm, 254 to 259 mm; the seal of 42 mm is centred on them and stays on the page.
#[test]
fn a_keyword_is_under_the_middle_of_the_seal() {
    let world = World::new(Version::V4);
    let request = SealRequest::new(&world.seal, world.signer.certificate(), AT);
    let place = Place::Keyword(Keyword::new("盖章").pick(Pick::First));
    let sealed = world.seal(&document(), &request.clone().at(place)).unwrap();
    let stamp = facts(&sealed).signatures[0].stamps[0].boundary.unwrap();
    assert_eq!(stamp, Rect::new(Um(19_000), Um(235_500), Um::mm(42), Um::mm(42)));
    let place = Place::Keyword(Keyword { offset: (Um::mm(500), Um::ZERO), ..Keyword::new("盖章") });
    let sealed = world.seal(&document(), &request.at(place)).unwrap();
    let stamp = facts(&sealed).signatures[0].stamps[0].boundary.unwrap();
    assert_eq!(stamp.x, Um::mm(210 - 42), "kept within the page");
}

/// Seals of different versions and makers, a plain signature last: every one still holds.
#[test]
fn several_signatures_on_one_document() {
    for (first, second) in VERSIONS.into_iter().flat_map(|first| VERSIONS.map(|second| (first, second))) {
        let name = format!("{first}, then {second}");
        let (one, two) = (World::new(first), World::new(second));
        let place = |page| Place::top_left(page, Um::mm(10), Um::mm(10));
        let request = SealRequest::new(&one.seal, one.signer.certificate(), AT).at(place(0)).followed_by(After::More);
        let bytes = document();
        let once = one.seal(&bytes, &request).unwrap();
        assert_good(&name, &once, 1);
        assert!(!facts(&once).signatures[0].covers_list);
        let request = SealRequest::new(&two.seal, two.signer.certificate(), AT).at(Place::Straddle(Straddle::right()));
        let twice = two.seal(&once, &request.clone().followed_by(After::More)).unwrap();
        assert_kept(&name, &once, &twice);
        assert_good(&name, &twice, 2);

        // Closed by a plain signature, or by the second seal: nothing can follow.
        let plain = PlainRequest::new(one.signer.certificate(), &[], AT);
        let thrice = sign(prepare_plain(read(&twice), &plain).unwrap(), &one.signer, None).unwrap();
        assert_kept(&name, &twice, &thrice);
        assert_good(&name, &thrice, 3);
        let closed = two.seal(&once, &request).unwrap();
        assert_good(&name, &closed, 2);
        for bytes in [thrice, closed] {
            let signatures = facts(&bytes).signatures;
            let last = signatures.last().unwrap();
            assert!(last.covers_list && last.uncovered_signature_files.is_empty());
            let refused = two.seal(&bytes, &request).unwrap_err();
            assert!(matches!(refused, SealingError::Package(SignError::ListProtected { .. })), "{name}: {refused}");
        }
    }
}

/// Taking the last seal away, or the first, is seen when the list is closed.
#[test]
fn a_seal_that_was_taken_away_is_missed() {
    let world = World::new(Version::V4);
    let request =
        SealRequest::new(&world.seal, world.signer.certificate(), AT).at(Place::top_left(0, Um::mm(10), Um::mm(10)));
    let once = world.seal(&document(), &request.clone().followed_by(After::More)).unwrap();
    let twice = world.seal(&once, &request).unwrap();
    let list = "Doc_0/Signs/Signatures.xml";
    let mut package = Package::new();
    for (name, part) in read(&twice).parts().filter(|(name, _)| !name.contains("Sign_0/")) {
        package.add(name, part.clone()).unwrap();
    }
    let text = String::from_utf8(package.part(list).unwrap().bytes().to_vec()).unwrap();
    let record = &text[text.find("<ofd:Signature ID").unwrap()..];
    let record = &record[..record.find("/>").unwrap() + 2];
    package.set(list, text.replace(record, "").into_bytes());
    let bytes = package.to_zip().unwrap();
    assert_eq!(facts(&bytes).signatures.len(), 1);
    let report = verify::judge(&verify::inspect(&bytes, &Limits::default()), &trust(), &Policy::default(), AT);
    assert_eq!(report.integrity, Integrity::Broken);
}

/// GM/T 0099 annex D: the list of all files comes last, after seals.
#[test]
fn the_signed_list_of_all_files() {
    let world = World::new(Version::V4);
    let request = SealRequest::new(&world.seal, world.signer.certificate(), AT)
        .at(Place::top_left(0, Um::mm(10), Um::mm(10)))
        .before_integrity();
    let sealed = world.seal(&document(), &request).unwrap();
    let integrity = IntegrityRequest::new(world.signer.certificate(), &[], AT);
    let closed = sign(prepare_integrity(read(&sealed), &integrity).unwrap(), &world.signer, None).unwrap();
    assert_kept("integrity", &sealed, &closed);
    assert_good("integrity", &closed, 1);
    let package = read(&closed);
    let list = package.part("OFDEntries.xml").unwrap();
    let text = String::from_utf8(list.bytes().to_vec()).unwrap();
    assert!(read(&sealed).parts().all(|(name, _)| text.contains(&format!("FileLoc=\"/{name}\""))), "{text}");
    let value = package.part("signedvalue.dat").unwrap().bytes();
    let Value::SignedData(data) = eseal::inspect(value) else { panic!("no signed data") };
    assert!(data.verify(0, &DigestAlgorithm::Sm3.digest(list.bytes())).passed());
    let refused = prepare_integrity(read(&closed), &integrity).unwrap_err();
    assert!(matches!(refused, SealingError::Package(SignError::Closed { .. })), "{refused}");
}

/// What stands around the signed attributes is under no signature, so each field has to be what the rest demands: no byte
/// of a plain signature, and none of the value over the list, can be another without a word.
#[test]
fn no_byte_of_a_plain_signature_can_be_changed() {
    let world = World::new(Version::V4);
    let plain = PlainRequest::new(world.signer.certificate(), &[], AT);
    let signed = sign(prepare_plain(read(&document()), &plain).unwrap(), &world.signer, None).unwrap();
    let integrity = IntegrityRequest::new(world.signer.certificate(), &[], AT);
    let closed = sign(prepare_integrity(read(&document()), &integrity).unwrap(), &world.signer, None).unwrap();
    let told = |bytes: &[u8]| {
        let report = verify::judge(&verify::inspect(bytes, &Limits::default()), &trust(), &Policy::default(), AT);
        report.reasons().collect::<std::collections::BTreeSet<_>>()
    };
    // Its bytes are for those to judge who know its CA.
    let certificate = world.signer.certificate().der();
    for (file, part) in [(&signed, "SignedValue.dat"), (&closed, "signedvalue.dat")] {
        let package = read(file);
        let part = package.parts().map(|(name, _)| name.to_owned()).find(|name| name.ends_with(part)).unwrap();
        let (value, before) = (package.part(&part).unwrap().bytes().to_vec(), told(file));
        let start = value.windows(certificate.len()).position(|window| window == certificate).unwrap();
        for at in (0..value.len()).filter(|at| !(start..start + certificate.len()).contains(at)) {
            let mut changed = value.clone();
            changed[at] ^= 1;
            let mut package = read(file);
            package.set(&part, changed);
            let after = told(&package.to_zip().unwrap());
            assert!(!after.is_subset(&before), "{part}: byte {at} of {}: {after:?}", value.len());
        }
    }
}

/// Anybody may append to what no signature covers: a second signer, a content beside the attributes.
#[test]
fn strangers_add_nothing_to_a_plain_signature() {
    let world = World::new(Version::V4);
    let plain = PlainRequest::new(world.signer.certificate(), &[], AT);
    let signed = sign(prepare_plain(read(&document()), &plain).unwrap(), &world.signer, None).unwrap();
    let package = read(&signed);
    let part = package.parts().map(|(name, _)| name.to_owned()).find(|name| name.ends_with("SignedValue.dat")).unwrap();
    let value = package.part(&part).unwrap().bytes().to_vec();
    let twice = rebuilt(&value, |fields| {
        let signers = fields.last_mut().unwrap();
        let one = asn1::whole(signers, asn1::tag::SET, "signerInfos").unwrap().value.to_vec();
        *signers = asn1::tlv(asn1::tag::SET, &[&one, &one]);
    });
    let enclosed = rebuilt(&value, |fields| {
        let content = asn1::explicit(0, &asn1::octet_string(b"another"));
        fields[2] = asn1::sequence(&[&asn1::oid(&pki::oid::GM_DATA), &content]);
    });
    let certificate = rebuilt(&value, |fields| {
        let stranger = party(pki::KeyKind::Sm2, "stranger");
        let inside = [world.signer.certificate().der(), stranger.certificate().der()].concat();
        fields[3] = asn1::explicit(0, &inside);
    });
    let cases = [
        ("the same again", rebuilt(&value, |_| {}), None),
        ("a second signer", twice, Some(verify::Reason::CmsStructure)),
        ("a content", enclosed, Some(verify::Reason::CmsDigest)),
        ("a certificate", certificate, Some(verify::Reason::CmsStructure)),
    ];
    for (what, value, reason) in cases {
        let mut package = read(&signed);
        package.set(&part, value);
        let bytes = package.to_zip().unwrap();
        let report = verify::judge(&verify::inspect(&bytes, &Limits::default()), &trust(), &Policy::default(), AT);
        let cms = report.reasons().filter(|reason| {
            [verify::Reason::CmsStructure, verify::Reason::CmsDigest, verify::Reason::CmsAlgorithm].contains(reason)
        });
        assert_eq!(cms.collect::<Vec<_>>(), Vec::from_iter(reason), "{what}: {report:#?}");
    }
}

/// A SignedData with other fields.
fn rebuilt(value: &[u8], change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Vec<u8> {
    let mut outer = asn1::whole(value, asn1::tag::SEQUENCE, "ContentInfo").unwrap().children();
    let name = outer.any("contentType").unwrap().raw;
    let mut content = outer.expect(asn1::tag::context(0), "content").unwrap().children();
    let mut inner = content.sequence("SignedData").unwrap();
    let mut fields = Vec::new();
    while !inner.is_empty() {
        fields.push(inner.any("field").unwrap().raw.to_vec());
    }
    change(&mut fields);
    let data = asn1::sequence(&fields.iter().map(Vec::as_slice).collect::<Vec<_>>());
    asn1::sequence(&[name, &asn1::explicit(0, &data)])
}

/// The key is elsewhere: what it gives back is checked, whatever its form, and a wrong value ends nothing but the call.
#[test]
fn what_a_device_gives_back_is_checked() {
    let world = World::new(Version::V4);
    let request =
        SealRequest::new(&world.seal, world.signer.certificate(), AT).at(Place::top_left(0, Um::mm(10), Um::mm(10)));
    let prepared = || prepare(read(&document()), &request).unwrap();
    assert_eq!(prepared().to_be_signed(), prepared().to_be_signed(), "preparing is a pure function");
    assert_eq!(prepared().signer(), world.signer.certificate());
    let signature = world.signer.sign(prepared().to_be_signed()).unwrap();
    let raw = pki::der_to_raw(&signature, 32).unwrap();
    let sealed = prepared().finish(&raw).unwrap();
    assert_good("raw value", &sealed, 1);
    assert_eq!(sealed, prepared().finish(&signature).unwrap(), "r‖s is never written");
    let other = World::new(Version::V4).signer.sign(prepared().to_be_signed()).unwrap();
    let hashed = DigestAlgorithm::Sm3.digest(prepared().to_be_signed());
    let twice_hashed = world.signer.sign(hashed.as_bytes()).unwrap();
    for bad in [&other[..], &twice_hashed, &signature[..60], &[0; 64], &[]] {
        assert!(matches!(prepared().finish(bad), Err(SealingError::BadSignature(_))));
        assert!(matches!(prepared().signed(bad), Err(SealingError::BadSignature(_))));
    }
}

#[test]
fn a_time_stamp_goes_into_its_slot() {
    for version in [Version::V4, Version::V5] {
        let world = World::new(version);
        let request = SealRequest::new(&world.seal, world.signer.certificate(), AT).at(Place::top_left(
            0,
            Um::mm(10),
            Um::mm(10),
        ));
        let prepared = prepare(read(&document()), &request).unwrap();
        let unstamped = prepared.signed(&world.signer.sign(prepared_message(&request)).unwrap());
        let unstamped = unstamped.unwrap();
        let other = token(b"something else");
        assert!(prepare(read(&document()), &request).is_ok());
        let good = token(unstamped.to_be_stamped());
        let sealed = unstamped.finish(&good).unwrap();
        let facts = facts(&sealed);
        let Value::Seal(value) = eseal::inspect(facts.signatures[0].value.as_ref().unwrap().bytes()) else { panic!() };
        assert_eq!(value.time_stamp(), Some(&good[..]), "{version}");
        assert_eq!(value.version(), version);

        let stamped = |service: &dyn TimeStampService| {
            sign(prepare(read(&document()), &request).unwrap(), &world.signer, Some(service))
        };
        assert!(stamped(&|message: &[u8]| Ok(token(message))).is_ok());
        let wrong = stamped(&move |_: &[u8]| Ok(other.clone())).unwrap_err();
        assert!(matches!(wrong, SealingError::Seal(EsealError::TimeStamp(_))), "{wrong}");
        assert!(stamped(&|_: &[u8]| Ok(b"no token".to_vec())).is_err());
        let silent = stamped(&|_: &[u8]| Err("no answer".to_owned())).unwrap_err();
        assert_eq!(silent.to_string(), "time-stamp: no answer");
    }
    // v1 has no slot, plain signatures have an unsigned attribute.
    let world = World::new(Version::V1);
    let place = Place::top_left(0, Um::mm(10), Um::mm(10));
    let request = SealRequest::new(&world.seal, world.signer.certificate(), AT).at(place);
    let service = |message: &[u8]| Ok(token(message));
    let refused = sign(prepare(read(&document()), &request).unwrap(), &world.signer, Some(&service)).unwrap_err();
    assert!(matches!(refused, SealingError::Seal(EsealError::NotInVersion { .. })), "{refused}");
    let plain = PlainRequest::new(world.signer.certificate(), &[], AT).company("某公司");
    let signed = sign(prepare_plain(read(&document()), &plain).unwrap(), &world.signer, Some(&service)).unwrap();
    let facts = facts(&signed);
    let value = facts.signatures[0].value.as_ref().unwrap().bytes();
    let Value::SignedData(data) = eseal::inspect(value) else { panic!() };
    let attribute = &data.signers[0].unsigned_attributes[0];
    assert_eq!(attribute.oid, pki::oid::SIGNATURE_TIME_STAMP);
    assert_eq!(attribute.values, [token(&data.signers[0].signature)]);
}

fn prepared_message(request: &SealRequest<'_>) -> &'static [u8] {
    Box::leak(prepare(read(&document()), request).unwrap().to_be_signed().to_vec().into_boxed_slice())
}

#[test]
fn what_cannot_be_sealed_says_why() {
    let world = World::new(Version::V4);
    let error = |place: Place| {
        let request = SealRequest::new(&world.seal, world.signer.certificate(), AT).at(place);
        prepare(read(&document()), &request).unwrap_err().to_string()
    };
    let words = |text: &str| Place::Keyword(Keyword::new(text));
    let at = |page, x, y| Place::top_left(page, Um::mm(x), Um::mm(y));
    for (place, says) in [
        (words("签发机关"), "the keyword \"签发机关\" is not in the document (4 pages searched)"),
        (
            Place::Keyword(Keyword::new("盖章").pick(Pick::Nth(3))),
            "the keyword \"盖章\" is 2 times in the document, not 3 times",
        ),
        (words("　"), "an empty keyword is everywhere"),
        (at(4, 10, 10), "there is no page 5: the document has 4"),
        (at(usize::MAX, 10, 10), "there is no page 18446744073709551615: the document has 4"),
        (at(0, 180, 10), "the seal with its corner at 180, 10 mm reaches over the edge of page 1 (210×297 mm)"),
        (at(0, -1, 10), "the seal with its corner at -1, 10 mm reaches over the edge of page 1 (210×297 mm)"),
        (at(2, 1, 1), "the seal (42×42 mm) is larger than page 3 (40×60 mm)"),
        (
            Place::Straddle(Straddle { pages: Some((1, 1)), ..Straddle::right() }),
            "a seal across pages needs at least two, not 1",
        ),
    ] {
        assert_eq!(error(place), says);
    }
    let nowhere = SealRequest::new(&world.seal, world.signer.certificate(), AT);
    assert!(matches!(prepare(read(&document()), &nowhere), Err(SealingError::NoPlace)));

    let place = || at(0, 10, 10);
    let late = SealRequest::new(&world.seal, world.signer.certificate(), UNTIL + Duration::DAY).at(place());
    let refused = prepare(read(&document()), &late).unwrap_err();
    assert!(matches!(refused, SealingError::Seal(EsealError::SealNotValid { .. })), "{refused}");
    let stranger = World::new(Version::V4);
    let other = SealRequest::new(&world.seal, stranger.signer.certificate(), AT).at(place());
    let refused = prepare(read(&document()), &other).unwrap_err();
    assert!(matches!(refused, SealingError::Seal(EsealError::SignerNotListed { .. })), "{refused}");
    let p256 = p256_signer();
    let plain = PlainRequest::new(p256.certificate(), &[], AT);
    assert!(matches!(prepare_plain(read(&document()), &plain), Err(SealingError::NotSm2 { .. })));
    let late = PlainRequest::new(world.signer.certificate(), &[], UNTIL + Duration::DAY);
    assert!(matches!(prepare_plain(read(&document()), &late), Err(SealingError::SignerNotValid { .. })));
}

/// Over a document that was changed after an earlier seal nobody seals.
#[test]
fn a_broken_document_is_not_sealed() {
    let world = World::new(Version::V4);
    let request = SealRequest::new(&world.seal, world.signer.certificate(), AT)
        .at(Place::top_left(0, Um::mm(10), Um::mm(10)))
        .followed_by(After::More);
    let mut package = read(&world.seal(&document(), &request).unwrap());
    let page = "Doc_0/Pages/Page_0/Content.xml";
    let mut content = package.part(page).unwrap().bytes().to_vec();
    content.push(b'\n');
    package.set(page, content);
    let refused = prepare(package, &request).unwrap_err();
    assert!(
        matches!(&refused, SealingError::Package(SignError::EarlierBroken { path, .. }) if path == page),
        "{refused}"
    );
}

/// What nothing leads to nobody has seen: it does not come under a seal unnoticed.
#[test]
fn what_is_smuggled_in_is_not_sealed() {
    let world = World::new(Version::V4);
    let place = Place::top_left(0, Um::mm(10), Um::mm(10));
    let seal = SealRequest::new(&world.seal, world.signer.certificate(), AT).at(place);
    let plain = PlainRequest::new(world.signer.certificate(), &[], AT);
    let with = || {
        let mut package = read(&document());
        package.set("Doc_0/Res/more.png", b"\x89PNG".to_vec());
        package
    };
    for refused in [prepare(with(), &seal), prepare_plain(with(), &plain)] {
        let refused = refused.map(|_| ()).unwrap_err();
        let named = matches!(&refused, SealingError::Package(SignError::Unsound(why)) if why.contains("more.png"));
        assert!(named, "{refused}");
    }
}

/// Folders may have Chinese names: the property info of the seal names them in UTF-8.
#[test]
fn a_document_in_a_chinese_folder_is_sealed() {
    let mut package = Package::new();
    for (name, part) in read(&document()).parts() {
        let text = String::from_utf8(part.bytes().to_vec()).unwrap();
        package.add(name.replace("Doc_0", "文档"), text.replace("Doc_0", "文档").into_bytes()).unwrap();
    }
    let bytes = package.to_zip().unwrap();
    for version in [Version::V1, Version::V4, Version::V5] {
        let world = World::new(version);
        let request = SealRequest::new(&world.seal, world.signer.certificate(), AT).at(Place::top_left(
            0,
            Um::mm(140),
            Um::mm(220),
        ));
        assert_good("文档", &world.seal(&bytes, &request).unwrap(), 1);
    }
}

/// Of two stamps with one id, readers that file them by it show one.
#[test]
fn stamps_have_ids_of_their_own() {
    let world = World::new(Version::V4);
    let request = SealRequest::new(&world.seal, world.signer.certificate(), AT)
        .at(Place::top_left(0, Um::mm(10), Um::mm(10)))
        .at(Place::top_left(0, Um::mm(140), Um::mm(220)));
    let sealed = world.seal(&document(), &request).unwrap();
    let repeated = |bytes: &[u8]| {
        let report = verify::judge(&verify::inspect(bytes, &Limits::default()), &trust(), &Policy::default(), AT);
        report.reasons().any(|reason| reason == verify::Reason::StampRepeated)
    };
    assert!(!repeated(&sealed));
    let mut package = read(&sealed);
    let path = facts(&sealed).signatures[0].path.clone().unwrap();
    let ids: Vec<String> = facts(&sealed).signatures[0].stamps.iter().map(|stamp| stamp.id.clone()).collect();
    let xml = String::from_utf8(package.part(&path).unwrap().bytes().to_vec()).unwrap();
    let twin = xml.replace(&format!("StampAnnot ID=\"{}\"", ids[1]), &format!("StampAnnot ID=\"{}\"", ids[0]));
    assert_ne!(xml, twin);
    package.set(&path, twin.into_bytes());
    assert!(repeated(&package.to_zip().unwrap()));
}

/// The example that a developer copies: a device that gives bare values, over words and without.
/// What our own verifier refuses afterwards is not sealed at all, in whichever way.
#[test]
fn what_no_verifier_passes_is_not_sealed() {
    const PAGE: &str = "Doc_0/Pages/Page_0/Content.xml";
    let world = World::new(Version::V4);
    let place = Place::top_left(0, Um::mm(10), Um::mm(10));
    let seal = SealRequest::new(&world.seal, world.signer.certificate(), AT).at(place);
    let plain = PlainRequest::new(world.signer.certificate(), &[], AT);
    let integrity = IntegrityRequest::new(world.signer.certificate(), &[], AT);
    let page = String::from_utf8(read(&document()).part(PAGE).unwrap().bytes().to_vec()).unwrap();
    let (head, body) = page.split_once("?>").unwrap();
    let inside = |text: &str| page.replacen("<ofd:Content>", &format!("<ofd:Content>{text}"), 1);
    let cases: [(&str, Vec<u8>); 7] = [
        ("a document type", format!("{head}?><!DOCTYPE x>{body}").into_bytes()),
        ("words in two pieces", inside("a<!-- -->b").into_bytes()),
        ("a prefix of nothing", inside("<z:b/>").into_bytes()),
        ("not well-formed", inside("<b>").into_bytes()),
        ("a control character", inside("<b>\u{1}</b>").into_bytes()),
        ("another encoding", page.replacen("UTF-8", "GBK", 1).into_bytes()),
        ("another root", page.replace("ofd:Page", "ofd:Sheet").into_bytes()),
    ];
    for (what, page) in cases {
        let with = || {
            let mut package = read(&document());
            package.set(PAGE, page.clone());
            read(&package.to_zip().unwrap())
        };
        for refused in [prepare(with(), &seal), prepare_plain(with(), &plain), prepare_integrity(with(), &integrity)] {
            let refused = refused.map(|_| what).unwrap_err();
            assert!(matches!(refused, SealingError::Package(SignError::Unsound(_))), "{what}: {refused}");
        }
    }
}

#[test]
fn the_example_seals() {
    let world = World::new(Version::V4);
    let device = |message: &[u8]| -> Result<Vec<u8>, Box<dyn std::error::Error>> {
        Ok(pki::der_to_raw(&world.signer.sign(message)?, 32)?)
    };
    let seal_one =
        |bytes: &[u8]| seal_example::seal_one(bytes, &world.seal, world.signer.certificate(), &device, AT).unwrap();
    let sealed = seal_one(&document());
    assert_good("example", &sealed, 1);
    assert_eq!(facts(&sealed).signatures[0].stamps[0].page, Some(3));
    let without = "ofd-samples/v4-invoice-valid.ofd";
    let without = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(without);
    let sealed = seal_one(&std::fs::read(without).unwrap());
    assert_eq!(facts(&sealed).signatures[1].stamps[0].boundary, Some(Rect::mm(20, 20, 42, 42)));
    assert!(include_str!("../examples/seal.rs").lines().count() <= 60);
}

/// A license whose list its issuer left open takes the seal of a second office in the slot of its type.
#[test]
fn the_slot_of_a_license_type() {
    let catalog = license_core::template::Catalog::load(&license_assets::Bundled).unwrap();
    let template = catalog.get("food-operation-permit").unwrap();
    let world = World::new(Version::V4);
    let no_license = Place::slot(&facts(&document()), &catalog, "seal", &world.seal).unwrap_err();
    assert_eq!(no_license.to_string(), "no slot seal: the document carries no license record");
    let document = license_like(template);
    let known = facts(&document);
    let place = Place::slot(&known, &catalog, "seal", &world.seal).unwrap();
    let [x, y] = template.file.faces[0].seal.centre.map(Um::from_mm);
    assert_eq!(place, Place::Centre { page: 0, x, y });
    let request = SealRequest::new(&world.seal, world.signer.certificate(), AT).at(place);
    let sealed = world.seal(&document, &request).unwrap();
    let stamp = facts(&sealed).signatures[0].stamps[0].boundary.unwrap();
    assert_eq!((stamp.x + Um::mm(21), stamp.y + Um::mm(21)), (x, y));
    let other = Place::slot(&known, &catalog, "emblem", &world.seal).unwrap_err();
    assert_eq!(other.to_string(), "no slot emblem: the slot of a license type is called seal");
    let large = World::of_size(Version::V4, 90);
    let large = Place::slot(&known, &catalog, "seal", &large.seal).unwrap_err();
    assert!(matches!(large, SealingError::LargerThanSlot { .. }), "{large}");
}
