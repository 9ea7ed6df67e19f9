//! Signing PDFs that exist already, and keeping them valid: each level, each way in which it can go wrong.
#![allow(clippy::unwrap_used)]

mod pdf_support;

use license_core::length::Rect;
use license_core::pdf_signing::{
    self, ArchiveRequest, Certification, Level, Material, Needs, PdfPlace, PdfRequest, PdfSigningError, Shape,
};
use pdf_sign::{BlankField, Budget, Lock};
use pdf_support::{AT, World, child, name, ocsp, plain_pdf, sign};
use pki::cms::{ContentForm, SignedData};
use pki::tsp::TimeStampError;
use pki::{Certificate, CertificateTemplate, Crl, DigestAlgorithm, KeyKind, Signer as _};
use time::{Duration, OffsetDateTime};

fn clean(pdf: &[u8]) -> pdf_sign::Facts {
    let facts = pdf_sign::inspect(pdf, &Budget::default());
    assert_eq!(facts.flaws(), []);
    facts
}

/// Level B-T: signed at `at`, stamped a minute later.
fn stamped(world: &World, pdf: Vec<u8>, request: PdfRequest<'_>, at: OffsetDateTime) -> Vec<u8> {
    let prepared = pdf_signing::prepare(pdf, &request.with_time_stamp()).unwrap();
    let signature = world.signer.sign(prepared.to_be_signed()).unwrap();
    let unstamped = prepared.signed(&signature).unwrap();
    let request = unstamped.stamp_request(DigestAlgorithm::Sha256);
    unstamped.with_token(&world.token(request.digest(), at + Duration::MINUTE)).unwrap()
}

fn archived(world: &World, pdf: Vec<u8>, at: OffsetDateTime) -> Vec<u8> {
    let knowledge = world.knowledge(at);
    let prepared = pdf_signing::prepare_archive(pdf, &ArchiveRequest::new(&knowledge)).unwrap();
    let token = world.token(prepared.imprint(), at);
    prepared.with_token(&token).unwrap()
}

fn level(world: &World, pdf: &[u8], now: OffsetDateTime) -> Level {
    pdf_signing::level(pdf, &world.knowledge(now)).unwrap()
}

#[test]
fn each_level_is_one_step_and_keeps_what_was_there() {
    let world = World::new(KeyKind::P256);
    let request =
        PdfRequest::by(&world.signer, AT).certifying(Certification::Final).named("某市监督局").because("颁发");
    let later = AT + Duration::HOUR;
    let mut steps = vec![sign(plain_pdf(), &request, &world.signer)];
    assert_eq!(level(&world, &steps[0], later), Level::B);
    let signed = stamped(&world, plain_pdf(), request, AT);
    assert_eq!(level(&world, &signed, later), Level::T);
    let kept = pdf_signing::augment_lt(signed.clone(), &world.knowledge(later), &world.material(later)).unwrap();
    assert_eq!(level(&world, &kept, later), Level::Lt);
    let archived = archived(&world, kept.clone(), later + Duration::MINUTE);
    assert_eq!(level(&world, &archived, later + Duration::HOUR), Level::Lta);
    assert!(kept.starts_with(&signed) && archived.starts_with(&kept));
    steps.extend([signed, kept, archived]);
    for pdf in &steps {
        let facts = clean(pdf);
        assert_eq!((facts.signatures[0].certifies, facts.certification.is_some()), (Some(1), true));
    }
    let again = pdf_signing::augment_lt(steps[2].clone(), &world.knowledge(later), &Material::new()).unwrap();
    assert_eq!(again, steps[2], "nothing is missing, nothing is written");
}

#[test]
fn a_plain_signature_becomes_durable_by_document_stamps_alone() {
    let world = World::new(KeyKind::P256);
    let signed = sign(plain_pdf(), &PdfRequest::by(&world.signer, AT), &world.signer);
    let refused = pdf_signing::augment_lt(signed.clone(), &world.knowledge(AT), &world.material(AT));
    assert!(matches!(refused, Err(PdfSigningError::NotStamped { field }) if field == "Signature1"));
    let first = archived(&world, signed, AT + Duration::HOUR);
    assert_eq!(level(&world, &first, AT + Duration::HOUR), Level::T);
    let now = AT + Duration::hours(2);
    let kept = pdf_signing::augment_lt(first, &world.knowledge(now), &world.material(now)).unwrap();
    let second = archived(&world, kept, now + Duration::MINUTE);
    assert_eq!(level(&world, &second, now + Duration::HOUR), Level::Lta);
    assert_eq!(clean(&second).signatures.len(), 3);
}

/// F: the archive is renewed twice, after the signer's certificate has expired.
#[test]
fn stamps_are_renewed_before_they_weaken_and_not_after() {
    let world = World::new(KeyKind::P256);
    let signed = stamped(&world, plain_pdf(), PdfRequest::by(&world.signer, AT), AT);
    let mut pdf = signed;
    for years in [0, 4, 8] {
        let now = AT + Duration::days(365 * years) + Duration::HOUR;
        let mut material = Material::new();
        // The signer's CA speaks no more about an expired certificate; what it said is in the file.
        let lists = [&world.root, &world.tsa_ca, &world.ca];
        for by in &lists[..if years == 0 { 3 } else { 2 }] {
            material.add_crl(world.list(by, now, None).der()).unwrap();
        }
        pdf = pdf_signing::augment_lt(pdf, &world.knowledge(now), &material).unwrap();
        pdf = archived(&world, pdf, now + Duration::MINUTE);
        clean(&pdf);
    }
    let now = AT + Duration::days(365 * 8 + 3);
    assert_eq!(level(&world, &pdf, now), Level::Lta);
    // Without fresh lists for the last stamp nothing is renewed: what is missing is named.
    let late = AT + Duration::days(365 * 9);
    let knowledge = world.knowledge(late);
    match pdf_signing::prepare_archive(pdf.clone(), &ArchiveRequest::new(&knowledge)) {
        Err(PdfSigningError::Incomplete(needs)) => {
            let whose: Vec<&str> =
                needs.statuses.iter().filter_map(|s| s.certificate.subject().common_name()).collect();
            assert_eq!(whose, ["TSA", "TSA CA"]);
        }
        other => panic!("{other:?}"),
    }
    // Ten years on the service's certificate is over.
    let too_late = AT + Duration::days(365 * 11);
    let knowledge = world.knowledge(too_late);
    let refused = pdf_signing::prepare_archive(pdf.clone(), &ArchiveRequest::new(&knowledge));
    assert!(matches!(refused, Err(PdfSigningError::Path { .. })), "{refused:?}");
    // Nor does time run backwards.
    let now = AT + Duration::days(365 * 8) + Duration::hours(2);
    let knowledge = world.knowledge(now);
    let kept = pdf_signing::augment_lt(pdf, &knowledge, &Material::new()).unwrap();
    let prepared = pdf_signing::prepare_archive(kept, &ArchiveRequest::new(&knowledge)).unwrap();
    let token = world.token(prepared.imprint(), AT);
    assert!(matches!(prepared.with_token(&token), Err(PdfSigningError::StampTooEarly { .. })));
}

#[test]
fn what_is_missing_is_told_with_its_addresses() {
    let world = World::new(KeyKind::P256);
    // Neither the signature nor the token carry their CAs.
    let request = PdfRequest::new(world.signer.certificate(), &[], world.signer.algorithm(), AT).with_time_stamp();
    let prepared = pdf_signing::prepare(plain_pdf(), &request).unwrap();
    let signature = world.signer.sign(prepared.to_be_signed()).unwrap();
    let unstamped = prepared.signed(&signature).unwrap();
    let token = world.token(&DigestAlgorithm::Sha512.digest(unstamped.to_be_stamped()), AT);
    let pdf = unstamped.with_token(&token).unwrap();

    let knowledge = world.knowledge(AT + Duration::HOUR);
    let mut material = Material::new();
    let first = pdf_signing::needs(&pdf, &knowledge, &material).unwrap();
    assert_eq!(first.issuers.len(), 1);
    assert_eq!(first.issuers[0].certificate, *world.signer.certificate());
    assert_eq!(first.statuses.len(), 2, "the authority and its CA: {first}");

    let both = [world.ca.certificate(), world.tsa_ca.certificate()].map(Certificate::to_pem).concat();
    material.add_certificates(both.as_bytes()).unwrap();
    let second = pdf_signing::needs(&pdf, &knowledge, &material).unwrap();
    assert!(second.issuers.is_empty());
    let whose: Vec<&str> = second.statuses.iter().filter_map(|s| s.certificate.subject().common_name()).collect();
    assert_eq!(whose, ["某市监督局", "CA", "TSA", "TSA CA"]);
    for status in &second.statuses {
        assert_eq!(status.crl_urls, ["http://ca.example/list.crl"]);
        assert!(status.ocsp_request().to_der().len() > 60);
        assert!(second.to_string().contains(status.certificate.subject().common_name().unwrap()));
    }
    let refused = pdf_signing::augment_lt(pdf.clone(), &knowledge, &material);
    assert!(matches!(refused, Err(PdfSigningError::Incomplete(needs)) if needs.statuses.len() == 4));

    // A source of the caller's, over a network or a folder.
    let source = Lists(&world, AT + Duration::HOUR);
    material.gather(&second, &source);
    assert!(pdf_signing::needs(&pdf, &knowledge, &material).unwrap().is_empty());
    let kept = pdf_signing::augment_lt(pdf, &knowledge, &material).unwrap();
    assert_eq!(level(&world, &kept, AT + Duration::HOUR), Level::Lt);
}

struct Lists<'w>(&'w World, OffsetDateTime);

impl pki::path::Source for Lists<'_> {
    fn crls(&self, certificate: &Certificate) -> Vec<Crl> {
        let all = [&self.0.root, &self.0.ca, &self.0.tsa_ca];
        let by = all.into_iter().filter(|by| by.certificate().subject() == certificate.issuer());
        by.map(|by| self.0.list(by, self.1, None)).collect()
    }
}

#[test]
fn evidence_about_others_of_yesterday_and_against_the_signer_is_refused() {
    let world = World::new(KeyKind::P256);
    let stranger = World::new(KeyKind::P256);
    let pdf = stamped(&world, plain_pdf(), PdfRequest::by(&world.signer, AT), AT);
    let now = AT + Duration::HOUR;
    let augment = |material: &Material| pdf_signing::augment_lt(pdf.clone(), &world.knowledge(now), material);

    let mut foreign = world.material(now);
    foreign.add_crl(stranger.list(&stranger.ca, now, None).der()).unwrap();
    assert!(matches!(augment(&foreign), Err(PdfSigningError::Irrelevant(what)) if what.contains("revocation list")));

    let old = world.material(AT - Duration::days(30));
    assert!(matches!(augment(&old), Err(PdfSigningError::Incomplete(needs)) if needs.to_string().contains("too old")));

    let future = world.material(now + Duration::DAY);
    assert!(matches!(augment(&future), Err(PdfSigningError::Incomplete(_))));

    let mut revoked = Material::new();
    for (by, entry) in
        [(&world.root, None), (&world.tsa_ca, None), (&world.ca, Some((&world.signer, AT - Duration::DAY)))]
    {
        revoked.add_crl(world.list(by, now, entry).der()).unwrap();
    }
    let error = augment(&revoked).unwrap_err();
    assert!(matches!(&error, PdfSigningError::Path { place, .. } if place.contains("Signature1")), "{error}");
    // Revoked later, the signature stays: the list is kept all the same.
    let mut later = Material::new();
    for (by, entry) in
        [(&world.root, None), (&world.tsa_ca, None), (&world.ca, Some((&world.signer, AT + Duration::minutes(30))))]
    {
        later.add_crl(world.list(by, now, entry).der()).unwrap();
    }
    assert!(augment(&later).is_ok());

    // Lists from before the signature cannot know of a revocation that led to it.
    let early = world.material(AT - Duration::HOUR);
    assert!(augment(&early).is_ok());
    let strict = world.knowledge(now).with_later_evidence();
    assert!(matches!(pdf_signing::augment_lt(pdf.clone(), &strict, &early), Err(PdfSigningError::Incomplete(_))));
    assert!(pdf_signing::augment_lt(pdf.clone(), &strict, &world.material(now)).is_ok());

    assert!(Material::new().add_crl(b"no list").is_err() && Material::new().add_ocsp(b"no answer").is_err());
    assert!(Material::new().add_certificates(b"nothing").is_err());
}

#[test]
fn tokens_that_do_not_fit_are_refused() {
    let world = World::new(KeyKind::P256);
    let unstamped = || {
        let prepared = pdf_signing::prepare(plain_pdf(), &PdfRequest::by(&world.signer, AT).with_time_stamp()).unwrap();
        let signature = world.signer.sign(prepared.to_be_signed()).unwrap();
        prepared.signed(&signature).unwrap()
    };
    let token = |bytes: &[u8], at| world.token(&DigestAlgorithm::Sha256.digest(bytes), at);
    let copied = unstamped().with_token(&token(b"another signature", AT));
    assert!(matches!(copied, Err(PdfSigningError::TimeStamp(TimeStampError::Imprint))));
    assert!(unstamped().with_token(b"rubbish").is_err());
    let one = unstamped();
    let late = token(one.to_be_stamped(), AT + Duration::days(365 * 5));
    assert!(matches!(one.with_token(&late), Err(PdfSigningError::StampOutsideValidity { .. })));
    let one = unstamped();
    let broken = token(one.to_be_stamped(), AT);
    for at in [broken.len() / 2, broken.len() - 3] {
        let mut changed = broken.clone();
        changed[at] ^= 1;
        assert!(unstamped().with_token(&changed).is_err());
    }
    // The service is silent: the signature goes out without a stamp, or not at all.
    assert_eq!(clean(&unstamped().finish_unstamped().unwrap()).signatures.len(), 1);
    let silent = |_: &[u8]| Err("503".to_owned());
    let prepared = pdf_signing::prepare(plain_pdf(), &PdfRequest::by(&world.signer, AT).with_time_stamp()).unwrap();
    assert!(matches!(pdf_signing::sign(prepared, &world.signer, Some(&silent)), Err(PdfSigningError::NoToken(_))));
    let answering = |message: &[u8]| Ok(token(message, AT));
    let prepared = pdf_signing::prepare(plain_pdf(), &PdfRequest::by(&world.signer, AT).with_time_stamp()).unwrap();
    let pdf = pdf_signing::sign(prepared, &world.signer, Some(&answering)).unwrap();
    assert_eq!(level(&world, &pdf, AT), Level::T);
}

#[test]
fn too_little_room_is_told_and_the_estimate_suffices() {
    let world = World::new(KeyKind::P256);
    let request = PdfRequest::by(&world.signer, AT).with_room(500);
    let prepared = pdf_signing::prepare(plain_pdf(), &request).unwrap();
    let signature = world.signer.sign(prepared.to_be_signed()).unwrap();
    match prepared.finish(&signature) {
        Err(PdfSigningError::TooLarge { need, have: 500 }) => assert!(need > 1000),
        other => panic!("{other:?}"),
    }
    // A token longer than the room that was kept for it.
    let request = PdfRequest::by(&world.signer, AT).with_room(2_000);
    let prepared = pdf_signing::prepare(plain_pdf(), &request).unwrap();
    let signature = world.signer.sign(prepared.to_be_signed()).unwrap();
    let unstamped = prepared.signed(&signature).unwrap();
    let token = world.token(&DigestAlgorithm::Sha256.digest(unstamped.to_be_stamped()), AT);
    match unstamped.with_token(&token) {
        Err(PdfSigningError::TooLarge { need, have: 2_000 }) => assert!(need > token.len()),
        other => panic!("{:?}", other.map(|pdf| pdf.len())),
    }
    for kind in [KeyKind::P256, KeyKind::P384, KeyKind::Ed25519, KeyKind::Sm2] {
        let world = World::new(kind);
        clean(&sign(plain_pdf(), &PdfRequest::by(&world.signer, AT), &world.signer));
    }
}

#[test]
fn signature_values_of_others_and_of_other_forms() {
    let world = World::new(KeyKind::P256);
    let prepared = || pdf_signing::prepare(plain_pdf(), &PdfRequest::by(&world.signer, AT)).unwrap();
    let one = prepared();
    let wrong = world.second.sign(one.to_be_signed()).unwrap();
    assert!(matches!(one.finish(&wrong), Err(PdfSigningError::BadSignature(_))));
    // As a card or a PKCS#11 device gives it.
    let one = prepared();
    let raw = pki::der_to_raw(&world.signer.sign(one.to_be_signed()).unwrap(), 32).unwrap();
    clean(&one.finish(&raw).unwrap());
    let expired = PdfRequest::by(&world.signer, AT + Duration::days(365 * 5));
    assert!(matches!(pdf_signing::prepare(plain_pdf(), &expired), Err(PdfSigningError::SignerNotValid { .. })));
    let gm = PdfRequest::by(&world.signer, AT).shaped(Shape::Gmt0010);
    assert!(matches!(pdf_signing::prepare(plain_pdf(), &gm), Err(PdfSigningError::NotSm2 { .. })));
}

#[test]
fn places_pictures_and_names() {
    let world = World::new(KeyKind::P256);
    let png = include_bytes!("../../../fixtures/pki/seals/11340100MB1D00012R.png");
    let at = |page, rect| PdfPlace { page, rect: Rect::from_mm(rect) };
    let request = |place| PdfRequest::by(&world.signer, AT).visible_at(place).showing(&png[..]);
    let pdf = sign(plain_pdf(), &request(at(0, [10.0, 20.0, 42.0, 42.0])), &world.signer);
    let rect = clean(&pdf).signatures[0].rect.unwrap();
    let mm = |points: f64| points * 25.4 / 72.0;
    assert!((mm(rect[0]) - 10.0).abs() < 0.01 && (mm(842.0 - rect[3]) - 20.0).abs() < 0.01, "{rect:?}");
    let pdf = sign(plain_pdf(), &request(at(1, [0.0, 0.0, 42.0, 42.0])), &world.signer);
    let facts = clean(&pdf);
    assert_eq!((facts.signatures[0].page, facts.signatures[0].rect.unwrap()[0]), (Some(1), -10.0));
    for (page, rect, words) in [
        (0, [200.0, 20.0, 42.0, 42.0], "over the edge of page 1"),
        (0, [10.0, 290.0, 42.0, 42.0], "over the edge"),
        (2, [0.0, 0.0, 1.0, 1.0], "there is no page 3"),
    ] {
        let error = pdf_signing::prepare(plain_pdf(), &request(at(page, rect))).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
    let rubbish = PdfRequest::by(&world.signer, AT).visible_at(at(0, [0.0, 0.0, 9.0, 9.0])).showing(&b"rubbish"[..]);
    assert!(matches!(pdf_signing::prepare(plain_pdf(), &rubbish), Err(PdfSigningError::Picture(_))));
    let nowhere = PdfRequest::by(&world.signer, AT).showing(&png[..]);
    assert!(matches!(pdf_signing::prepare(plain_pdf(), &nowhere), Err(PdfSigningError::Place(_))));
    let told = PdfRequest::by(&world.signer, AT).named("某局").because("年检").located("合肥");
    let signature = clean(&sign(plain_pdf(), &told, &world.signer)).signatures.remove(0);
    let said = [signature.name, signature.reason, signature.location].map(Option::unwrap);
    assert_eq!(said, ["某局", "年检", "合肥"]);
    assert_eq!(signature.claimed_time, Some(AT));
}

/// What our verifier would refuse is not signed in the first place.
#[test]
fn what_earlier_signatures_forbid_is_not_signed() {
    let world = World::new(KeyKind::P256);
    let first = |certification| {
        let request = PdfRequest::by(&world.signer, AT).in_new_field("First").certifying(certification);
        sign(plain_pdf(), &request, &world.signer)
    };
    let second = || PdfRequest::by(&world.second, AT).in_new_field("Second");
    let refused = |pdf: Vec<u8>, request: PdfRequest<'_>| match pdf_signing::prepare(pdf, &request) {
        Err(PdfSigningError::NotAllowed(why)) => why,
        other => panic!("{:?}", other.map(|_| "prepared")),
    };
    assert!(refused(first(Certification::Final), second()).contains("P = 1"));
    let place = PdfPlace { page: 0, rect: Rect::from_mm([10.0, 10.0, 30.0, 30.0]) };
    assert!(refused(first(Certification::Filling), second().visible_at(place)).contains("visible"));
    clean(&sign(first(Certification::Filling), &second(), &world.second));
}

/// D: inspection in a prepared field, and SM2 beside P-256 on the same file, both of which hold here.
#[test]
fn sm2_for_domestic_readers_stands_beside_p256_in_fields_of_their_own() {
    let (world, domestic) = (World::new(KeyKind::P256), World::new(KeyKind::Sm2));
    let blank = |name: &str, lock| BlankField { name: name.into(), page: 0, rect: [40.0, 40.0, 160.0, 160.0], lock };
    let pdf = pdf_sign::add_blank_field(plain_pdf(), &blank("国密", None)).unwrap();
    let pdf = pdf_sign::add_blank_field(pdf, &blank("年检2027", Some(Lock::All))).unwrap();
    let first = PdfRequest::by(&world.signer, AT).in_new_field("Issuer").certifying(Certification::Filling);
    let pdf = sign(pdf, &first, &world.signer);
    let second = PdfRequest::by(&domestic.signer, AT).in_prepared_field("国密").shaped(Shape::Gmt0010);
    let pdf = sign(pdf, &second, &domestic.signer);
    let png = include_bytes!("../../../fixtures/pki/seals/11340100MB1D00012R.png");
    let third = PdfRequest::by(&world.second, AT + Duration::days(365)).in_prepared_field("年检2027").showing(&png[..]);
    let pdf = sign(pdf, &third, &world.second);

    let facts = clean(&pdf);
    assert_eq!(facts.signatures.len(), 3);
    for (signature, form) in facts.signatures.iter().zip([ContentForm::Cms, ContentForm::Gbt35275, ContentForm::Cms]) {
        let signed = SignedData::from_der(signature.der().unwrap()).unwrap();
        assert_eq!(signed.form, form);
        let mut hasher = signed.signers[0].digest_algorithm.clone().unwrap().hasher();
        signature.signed_bytes(&pdf).unwrap().iter().for_each(|range| hasher.update(range));
        assert!(signed.verify(0, &hasher.finish()).passed());
    }
    assert_eq!(facts.signatures.iter().map(|s| s.certifies).collect::<Vec<_>>(), [Some(2), None, None]);
    let wrong = PdfRequest::by(&world.second, AT).in_prepared_field("年检2028");
    let error = pdf_signing::prepare(pdf, &wrong).unwrap_err();
    assert!(error.to_string().contains("there is no signature field named"), "{error}");

    // Both paths are kept for the decades: anchors of both kinds.
    let pdf = sign(pdf_sign::add_blank_field(plain_pdf(), &blank("国密", None)).unwrap(), &first, &world.signer);
    let pdf = sign(pdf, &second, &domestic.signer);
    let anchors = [world.anchors.clone(), domestic.anchors.clone()].concat();
    let now = AT + Duration::HOUR;
    let knowledge = pdf_signing::Knowledge::new(&anchors, now);
    let prepared = pdf_signing::prepare_archive(pdf, &ArchiveRequest::new(&knowledge)).unwrap();
    let token = world.token(prepared.imprint(), now);
    let pdf = prepared.with_token(&token).unwrap();
    let mut material = world.material(now);
    for by in [&domestic.root, &domestic.ca] {
        material.add_crl(domestic.list(by, now, None).der()).unwrap();
    }
    let kept = pdf_signing::augment_lt(pdf, &knowledge, &material).unwrap();
    assert_eq!(pdf_signing::level(&kept, &knowledge).unwrap(), Level::Lt);
}

#[test]
fn a_file_that_was_changed_is_neither_signed_nor_augmented() {
    let world = World::new(KeyKind::P256);
    let pdf = stamped(&world, plain_pdf(), PdfRequest::by(&world.signer, AT), AT);
    let knowledge = world.knowledge(AT);
    let needs = |pdf: &[u8]| pdf_signing::needs(pdf, &knowledge, &Material::new()).map(|needs: Needs| needs.is_empty());
    assert!(matches!(needs(&plain_pdf()), Err(PdfSigningError::Unsigned)));
    let mut changed = pdf.clone();
    let at = changed.windows(5).position(|w| w == b"Hello").unwrap();
    changed[at] = b'J';
    assert!(matches!(needs(&changed), Err(PdfSigningError::BrokenSignature { .. })));
    let longer = [&pdf[..], b"\n% one more"].concat();
    assert!(matches!(needs(&longer), Err(PdfSigningError::Damaged(_))));
    assert!(pdf_signing::prepare(longer, &PdfRequest::by(&world.second, AT)).is_err());
    for bytes in [&b""[..], b"%PDF-1.7\n", &pdf[..pdf.len() / 2]] {
        assert!(needs(bytes).is_err());
    }
}

#[test]
fn an_answer_of_a_responder_does_instead_of_a_list() {
    let world = World::new(KeyKind::P256);
    let pdf = stamped(&world, plain_pdf(), PdfRequest::by(&world.signer, AT), AT);
    let now = AT + Duration::HOUR;
    let mut material = Material::new();
    for by in [&world.root, &world.tsa_ca] {
        material.add_crl(world.list(by, now, None).der()).unwrap();
    }
    let responder = CertificateTemplate::seal_maker(name("OCSP")).serial(&[9]);
    let responder = responder.with_extended_key_usage(&[pki::oid::KP_OCSP_SIGNING]);
    let none = pki::Extension::new(pki::oid::OCSP_NO_CHECK, false, pki::asn1::null());
    let responder = child(&world.ca, KeyKind::P256, responder.with_extension(none), 1);
    let enclosed = [responder.certificate()];
    let good = ocsp::answer(world.signer.certificate(), world.ca.certificate(), &responder, now, &enclosed);
    let other = ocsp::answer(world.second.certificate(), world.ca.certificate(), &responder, now, &enclosed);
    let mut with = material.clone();
    with.add_ocsp(&good).unwrap();
    let kept = pdf_signing::augment_lt(pdf.clone(), &world.knowledge(now), &with).unwrap();
    assert_eq!(level(&world, &kept, now), Level::Lt);
    with.add_ocsp(&other).unwrap();
    let refused = pdf_signing::augment_lt(pdf, &world.knowledge(now), &with);
    assert!(matches!(refused, Err(PdfSigningError::Irrelevant(what)) if what.contains("OCSP")));
}

/// Documents of others are signed under the usages that are usual elsewhere; a policy may name others in their place. What an
/// issuer of the list signs is asked for the usage of RFC 9336 alone.
#[test]
fn usages_that_are_usual_elsewhere_are_taken_for_documents_of_others() {
    use license_core::trust::{Issuer, TrustList};
    use license_core::verify::{self, Limits, Policy, Reason, Verdict};
    use pki::oid::{
        KP_ADOBE_DOCUMENT_SIGNING as ADOBE, KP_CLIENT_AUTH as CLIENT, KP_DOCUMENT_SIGNING as OWN,
        KP_EMAIL_PROTECTION as MAIL, KP_MICROSOFT_DOCUMENT_SIGNING as MICROSOFT, KP_SERVER_AUTH as SERVER,
    };
    const CODE: &str = "11340100MB1D00012R";
    let world = World::new(KeyKind::P256);
    let roots = || TrustList::of_roots([world.root.certificate().clone()]);
    let (refused, at) = (Reason::SignerKeyUsage, AT + Duration::HOUR);
    let signed = |usages: &[pki::ObjectIdentifier], subject| {
        let template = CertificateTemplate::document_signer(subject).serial(&[77]).with_extended_key_usage(usages);
        let signer = child(&world.ca, KeyKind::P256, template, 3);
        (sign(plain_pdf(), &PdfRequest::by(&signer, AT), &signer), signer)
    };
    let judged = |pdf: &[u8], trust: &TrustList, usages: Option<&[pki::ObjectIdentifier]>| {
        let policy = Policy { documents: true, usages, ..Policy::default() };
        let between = [world.ca.certificate().clone()];
        let policy = Policy { intermediates: &between, ..policy };
        let report = verify::judge(&verify::inspect(pdf, &Limits::default()), trust, &policy, at);
        let told = report.checks.iter().any(|check| check.outcome.reason() == Some(refused));
        assert_eq!(told, report.verdict != Verdict::Passed, "{:#?}", report.checks);
        !told
    };
    for (usages, usual, mail_alone) in [
        (&[OWN][..], true, true),
        (&[ADOBE], true, false),
        (&[MICROSOFT], true, false),
        (&[MAIL], true, true),
        (&[CLIENT, MAIL], true, true),
        (&[CLIENT], false, false),
        (&[SERVER, CLIENT], false, false),
    ] {
        let (pdf, signer) = signed(usages, name("Somebody"));
        assert_eq!(judged(&pdf, &roots(), None), usual, "{usages:?}");
        assert_eq!(judged(&pdf, &roots(), Some(&[MAIL])), mail_alone, "{usages:?}");
        assert_eq!(judged(&pdf, &roots(), Some(&[])), usages.contains(&OWN), "{usages:?}");
        // What can be verified can be kept valid.
        let knowledge = world.knowledge(at);
        assert_eq!(pdf_signing::needs(&pdf, &knowledge, &world.material(at)).is_ok(), usual, "{usages:?}");
        drop(signer);
    }
    let of_issuer =
        pki::Name::builder().country("CN").organization(&format!("{CODE}样例市")).common_name("样例").build();
    let (pdf, _) = signed(&[MAIL], of_issuer);
    assert!(judged(&pdf, &roots(), None), "nobody knows it as an issuer");
    let mut list = roots();
    list.issuers.push(Issuer::new(CODE, "样例市", vec!["*".to_owned()]));
    assert!(!judged(&pdf, &list, None) && !judged(&pdf, &list, Some(&[MAIL])), "an issuer is asked for more");
}
