//! Revocation by lists with scope, deltas and foreign issuers, by answers of responders, by a source; how fresh, how hard
//! (issue 4: certificate paths).
#![allow(clippy::unwrap_used, reason = "a panic is a test's verdict")]

mod common;

use common::ocsp::{Answer, Status, revoked};
use common::values::{Point, delta_of, directory, points, scope};
use common::{FROM, NOW, UNTIL, World, child, child_valid, name};
use pki::ocsp::OcspResponse;
use pki::path::{
    self, Evidence, EvidenceKind, MissingEvidence, MissingRevocation, PathReason, PathRequest, Purpose,
    RevocationFinding, RevocationOutcome, RevocationPolicy, RevocationStatus, Source, TrustedPath,
};
use pki::{
    Certificate, CertificateTemplate, Crl, CrlTemplate, Extension, KeyKind, KeyUsage, RevocationReason, Signer,
    SoftSigner, asn1, oid,
};
use std::cell::Cell;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

const REFUSE: MissingRevocation = MissingRevocation::Refuse;
const DAY: Duration = Duration::DAY;

fn validate(world: &World, evidence: Evidence<'_>, between: &[Certificate]) -> Result<TrustedPath, PathReason> {
    validate_at(world, evidence, between, NOW)
}

fn validate_at(
    world: &World,
    evidence: Evidence<'_>,
    between: &[Certificate],
    at: OffsetDateTime,
) -> Result<TrustedPath, PathReason> {
    let anchors = [world.root.certificate().clone()];
    let mut all = world.signer.chain().to_vec();
    all.extend_from_slice(between);
    let request = PathRequest::new(world.signer.certificate(), &anchors, at, Purpose::DocumentSigning)
        .with_intermediates(&all)
        .with_revocation(RevocationPolicy::Evidence(evidence));
    path::validate(&request).map_err(|error| error.reason)
}

fn leaf_finding(result: Result<TrustedPath, PathReason>) -> Result<RevocationFinding, PathReason> {
    result.map(|trusted| *trusted.findings().next().unwrap().1)
}

fn status(result: Result<TrustedPath, PathReason>) -> Result<RevocationStatus, PathReason> {
    leaf_finding(result).map(|finding| finding.status)
}

fn list(number: u32, this: OffsetDateTime) -> CrlTemplate {
    CrlTemplate::new(number, this, this + 30 * DAY)
}

/// The root's list, which frees the CA.
fn root_list(world: &World) -> Crl {
    CrlTemplate::new(1, FROM, UNTIL).issue(&world.root).unwrap()
}

fn by_lists(world: &World, crls: &[Crl], between: &[Certificate]) -> Result<RevocationStatus, PathReason> {
    let mut all = vec![root_list(world)];
    all.extend_from_slice(crls);
    status(validate(world, Evidence::new(REFUSE).with_crls(&all), between))
}

fn leaf_with(extension: Extension) -> World {
    World::with_leaf(KeyKind::P256, |subject| {
        CertificateTemplate::document_signer(subject).with_extension(extension.clone())
    })
}

const fn is_revoked(result: &Result<RevocationStatus, PathReason>) -> bool {
    matches!(result, Err(PathReason::Revoked { .. }))
}

#[test]
fn deltas_add_to_their_base_and_lift_holds() {
    let world = World::new(KeyKind::P256);
    let leaf = world.signer.certificate();
    let hold = RevocationReason::CertificateHold;
    let make = |template: CrlTemplate| template.issue(&world.ca).unwrap();
    let base = make(list(5, NOW - 9 * DAY));
    let held = make(list(5, NOW - 9 * DAY).revoke(leaf, NOW - 10 * DAY, hold));
    let delta = |from: u32, number: u32| list(number, NOW - DAY).with_extension(delta_of(from));
    let quiet = make(delta(5, 7));
    let lifting = make(delta(5, 7).revoke(leaf, NOW - DAY, RevocationReason::RemoveFromCrl));
    let revoking = make(delta(5, 7).revoke(leaf, NOW - DAY, RevocationReason::KeyCompromise));

    assert_eq!(by_lists(&world, &[base.clone(), quiet.clone()], &[]), Ok(RevocationStatus::Good));
    assert!(is_revoked(&by_lists(&world, &[held.clone(), quiet.clone()], &[])));
    assert_eq!(by_lists(&world, &[held.clone(), lifting], &[]), Ok(RevocationStatus::Good));
    assert!(is_revoked(&by_lists(&world, &[base, revoking], &[])));
    // By itself a delta frees nobody; neither does one that starts after the base.
    assert_eq!(by_lists(&world, std::slice::from_ref(&quiet), &[]), Err(PathReason::RevocationUnknown));
    let stale = make(CrlTemplate::new(5, NOW - 9 * DAY, NOW - 2 * DAY));
    assert_eq!(by_lists(&world, &[stale.clone(), quiet], &[]), Ok(RevocationStatus::Good));
    assert_eq!(by_lists(&world, &[stale, make(delta(6, 7))], &[]), Err(PathReason::RevocationStale));
    // A newer complete list lifts a hold as well, an older one does not.
    assert_eq!(by_lists(&world, &[held.clone(), make(list(6, NOW - DAY))], &[]), Ok(RevocationStatus::Good));
    assert!(is_revoked(&by_lists(&world, &[held, make(list(4, NOW - 20 * DAY))], &[])));
}

#[test]
fn a_list_speaks_within_its_scope_only() {
    let world = World::new(KeyKind::P256);
    let make = |extension| list(1, NOW - DAY).with_extension(extension).issue(&world.ca).unwrap();
    assert_eq!(by_lists(&world, &[make(scope(&[], &[1], None))], &[]), Ok(RevocationStatus::Good), "user certificates");
    for flags in [&[2u8][..], &[5]] {
        let crls = [make(scope(&[], flags, None))];
        assert_eq!(by_lists(&world, &crls, &[]), Err(PathReason::RevocationUnknown), "{flags:?}");
    }
    // keyCompromise alone, then the other reasons: together they are everything.
    let some = |bits: &[u8]| make(scope(&[], &[], Some(bits)));
    let (compromise, most, rest) = (some(&[0x40]), some(&[0x3f]), some(&[0x3f, 0x80]));
    for partial in [&[compromise.clone()][..], &[compromise.clone(), most], std::slice::from_ref(&rest)] {
        assert_eq!(by_lists(&world, partial, &[]), Err(PathReason::RevocationUnknown));
    }
    assert_eq!(by_lists(&world, &[compromise, rest], &[]), Ok(RevocationStatus::Good));
}

#[test]
fn distribution_points_are_matched_by_name() {
    let place = |text: &str| vec![asn1::tlv(asn1::tag::context_primitive(6), &[text.as_bytes()])];
    let (here, elsewhere) = (place("http://ca.example/1.crl"), place("http://ca.example/2.crl"));
    let world = leaf_with(points(&[Point { names: &here, reasons: None, crl_issuer: None }]));
    let make = |names: &[Vec<u8>]| list(1, NOW - DAY).with_extension(scope(names, &[], None)).issue(&world.ca).unwrap();
    assert_eq!(by_lists(&world, &[make(&here)], &[]), Ok(RevocationStatus::Good));
    assert_eq!(by_lists(&world, &[make(&elsewhere)], &[]), Err(PathReason::RevocationUnknown));
    // A list of everything needs no name.
    assert_eq!(by_lists(&world, &[list(1, NOW - DAY).issue(&world.ca).unwrap()], &[]), Ok(RevocationStatus::Good));
}

#[test]
fn lists_by_others_need_the_certificates_word_and_a_path() {
    let teller = name("Teller of lists");
    let named = points(&[Point { names: &[], reasons: None, crl_issuer: Some(&teller) }]);
    let world = leaf_with(named);
    let crl_signer = |issuer: &SoftSigner, usage| {
        let template = CertificateTemplate::document_signer(teller.clone()).with_extended_key_usage(&[]);
        child(issuer, KeyKind::P256, template.with_key_usage(usage).serial(&[77]))
    };
    let signer = crl_signer(&world.root, KeyUsage::CRL_SIGN);
    let indirect = |by: &SoftSigner| {
        list(1, NOW - DAY).with_extension(scope(&[directory(&teller)], &[4], None)).issue(by).unwrap()
    };
    let between = [signer.certificate().clone()];
    assert_eq!(by_lists(&world, &[indirect(&signer)], &between), Ok(RevocationStatus::Good));
    assert_eq!(by_lists(&world, &[indirect(&signer)], &[]), Err(PathReason::RevocationUnknown), "its path is missing");
    // Not marked as indirect: the list is about its own issuer's certificates.
    let direct = list(1, NOW - DAY).issue(&signer).unwrap();
    assert_eq!(by_lists(&world, &[direct], &between), Err(PathReason::RevocationUnknown));
    // No right to sign lists; another root.
    let unfit = crl_signer(&world.root, KeyUsage::DIGITAL_SIGNATURE);
    let foreign = crl_signer(&World::new(KeyKind::P256).root, KeyUsage::CRL_SIGN);
    for by in [unfit, foreign] {
        let between = [by.certificate().clone()];
        assert_eq!(by_lists(&world, &[indirect(&by)], &between), Err(PathReason::RevocationUnknown));
    }
    // A certificate that does not name the teller does not listen to it.
    let plain = World::new(KeyKind::P256);
    let signer = crl_signer(&plain.root, KeyUsage::CRL_SIGN);
    let between = [signer.certificate().clone()];
    assert_eq!(by_lists(&plain, &[indirect(&signer)], &between), Err(PathReason::RevocationUnknown));
}

/// The CA has taken a new key for its lists since; the question is about the time before.
#[test]
fn a_later_list_by_a_later_key_tells_about_the_past() {
    let world = World::new(KeyKind::P256);
    let template = || {
        let template = CertificateTemplate::document_signer(name("CA")).with_extended_key_usage(&[]);
        template.with_key_usage(KeyUsage::CRL_SIGN).serial(&[78])
    };
    let later = NOW + 100 * DAY;
    let signer = child_valid(&world.ca, KeyKind::P256, template(), later, UNTIL);
    let crls = [list(9, later + DAY).issue(&signer).unwrap(), list(8, later).issue(&world.ca).unwrap()];
    let between = [signer.certificate().clone()];
    assert_eq!(by_lists(&world, &crls[..1], &between), Err(PathReason::RevocationUnknown), "nothing frees the signer");
    let about_signer = list(8, later).with_extension(scope(&[], &[1], Some(&[0x40]))).issue(&world.ca).unwrap();
    assert_eq!(by_lists(&world, &[crls[0].clone(), about_signer], &between), Err(PathReason::RevocationUnknown));
    assert_eq!(by_lists(&world, &crls, &between), Ok(RevocationStatus::Good));
    let revoking = list(9, later + DAY).revoke(world.signer.certificate(), NOW - DAY, RevocationReason::KeyCompromise);
    let crls = [revoking.issue(&signer).unwrap(), crls[1].clone()];
    assert!(is_revoked(&by_lists(&world, &crls, &between)), "signed by a key that was not there yet");
    // A signer that had expired when it signed does not count.
    let gone = child_valid(&world.ca, KeyKind::P256, template(), FROM, NOW - 50 * DAY);
    let crls = [list(9, NOW - DAY).issue(&gone).unwrap(), list(1, NOW - 60 * DAY).issue(&world.ca).unwrap()];
    assert_eq!(by_lists(&world, &crls, &[gone.certificate().clone()]), Err(PathReason::RevocationStale));
}

#[test]
fn freshness_is_the_askers_choice() {
    let world = World::new(KeyKind::P256);
    let crls = [root_list(&world), list(1, NOW - 3 * DAY).issue(&world.ca).unwrap()];
    let evidence = Evidence::new(REFUSE).with_crls(&crls);
    let stale = Err(PathReason::RevocationStale);
    assert_eq!(status(validate(&world, evidence, &[])), Ok(RevocationStatus::Good));
    assert_eq!(status(validate(&world, evidence.with_max_age(2 * DAY), &[])), stale);
    assert_eq!(status(validate(&world, evidence.issued_after(NOW - DAY), &[])), stale);
    assert_eq!(status(validate(&world, evidence.known_at(NOW - 4 * DAY), &[])), stale, "from the future");
    let skewed = evidence.known_at(NOW - 3 * DAY - Duration::MINUTE).with_skew(5 * Duration::MINUTE);
    assert_eq!(status(validate(&world, skewed, &[])), Ok(RevocationStatus::Good));
    // At a past time: a later list knows more; one that ended before knows nothing.
    assert_eq!(status(validate_at(&world, evidence, &[], NOW - 100 * DAY)), Ok(RevocationStatus::Good));
    assert_eq!(status(validate_at(&world, evidence, &[], NOW + 28 * DAY)), stale);
}

/// A day of revocation that is still to come when the list is made: whatever list tells it, what was signed before is held
/// against that day; and whoever is named is revoked by now (EN 319 102-1 5.2.6).
#[test]
fn a_day_that_is_to_come_is_the_same_in_every_list() {
    let world = World::new(KeyKind::P256);
    let (minute, day) = (Duration::MINUTE, NOW + 10 * Duration::MINUTE);
    for made in [NOW - minute, NOW + minute, NOW + Duration::HOUR] {
        let crl = list(2, made).revoke(world.signer.certificate(), day, RevocationReason::KeyCompromise);
        let crls = [root_list(&world), crl.issue(&world.ca).unwrap()];
        let told = revoked(day, RevocationReason::KeyCompromise);
        let answers = [Answer { this: made, next: Some(made + DAY), ..answer(&world, &world.ca, told) }.make()];
        for present in [NOW + 5 * minute, NOW + 2 * Duration::HOUR] {
            let evidence = Evidence::new(REFUSE).known_at(present).with_skew(Duration::HOUR);
            let at = |at| status(validate_at(&world, evidence.with_crls(&crls), &[], at));
            assert!(matches!(at(NOW), Ok(RevocationStatus::RevokedLater(_))), "{made}, {present}");
            assert!(is_revoked(&at(present)), "{made}, {present}");
            let by_answer = evidence.with_crls(&crls[..1]).with_ocsp(&answers);
            let found = status(validate_at(&world, by_answer, &[], NOW));
            assert!(matches!(found, Ok(RevocationStatus::RevokedLater(_))), "{made}, {present}");
        }
    }
}

#[test]
fn soft_and_hard_fail_are_told() {
    let world = World::new(KeyKind::P256);
    let crls = [root_list(&world)];
    let soft = Evidence::new(MissingRevocation::Tolerate).with_crls(&crls);
    let trusted = validate(&world, soft, &[]).unwrap();
    assert_eq!(trusted.revocation(), RevocationOutcome::Tolerated);
    let finding = leaf_finding(Ok(trusted)).unwrap();
    assert_eq!((finding.status, finding.missing), (RevocationStatus::Unknown, Some(MissingEvidence::None)));
    let all = [root_list(&world), list(1, NOW).issue(&world.ca).unwrap()];
    for (missing, hard) in [(MissingRevocation::Tolerate, false), (REFUSE, true)] {
        let trusted = validate(&world, Evidence::new(missing).with_crls(&all), &[]).unwrap();
        assert_eq!(trusted.revocation(), RevocationOutcome::Known { hard });
    }
    let request = [world.root.certificate().clone()];
    let unasked = PathRequest::new(world.signer.certificate(), &request, NOW, Purpose::DocumentSigning);
    let trusted = path::validate(&unasked.with_intermediates(world.signer.chain())).unwrap();
    assert_eq!(trusted.revocation(), RevocationOutcome::NotChecked);
}

fn answer<'a>(world: &'a World, responder: &'a SoftSigner, status: Status) -> Answer<'a> {
    Answer {
        certificate: world.signer.certificate(),
        issuer: world.ca.certificate(),
        responder,
        status,
        this: NOW - Duration::HOUR,
        next: Some(NOW + DAY),
        enclosed: std::slice::from_ref(responder.certificate()),
    }
}

fn by_answers(world: &World, answers: &[OcspResponse]) -> Result<RevocationStatus, PathReason> {
    let crls = [root_list(world)];
    status(validate(world, Evidence::new(REFUSE).with_crls(&crls).with_ocsp(answers), &[]))
}

#[test]
fn an_answer_of_the_issuer_itself() {
    for kind in [KeyKind::P256, KeyKind::Sm2, KeyKind::Ed25519] {
        let world = World::new(kind);
        let by_ca = |status| answer(&world, &world.ca, status).make();
        let crls = [root_list(&world)];
        let good = [by_ca(Status::Good)];
        let finding =
            leaf_finding(validate(&world, Evidence::new(REFUSE).with_crls(&crls).with_ocsp(&good), &[])).unwrap();
        assert_eq!((finding.status, finding.evidence), (RevocationStatus::Good, Some(EvidenceKind::Ocsp)));
        assert_eq!(finding.this_update, Some(NOW - Duration::HOUR));
        let since = |at| by_ca(revoked(at, RevocationReason::KeyCompromise));
        assert!(is_revoked(&by_answers(&world, &[since(NOW - DAY)])));
        let told = |this| {
            let status = revoked(NOW + DAY, RevocationReason::KeyCompromise);
            Answer { this, next: Some(NOW + 9 * DAY), ..answer(&world, &world.ca, status) }.make()
        };
        assert!(matches!(by_answers(&world, &[told(NOW + 2 * DAY)]), Ok(RevocationStatus::RevokedLater(_))));
        // Whoever is called revoked is so already, whatever day is written beside it.
        assert!(is_revoked(&by_answers(&world, &[told(NOW - Duration::HOUR)])));
        assert_eq!(by_answers(&world, &[by_ca(Status::Unknown)]), Err(PathReason::RevocationUnknown));
        // A revocation counts whatever else is said.
        assert!(is_revoked(&by_answers(&world, &[by_ca(Status::Good), since(NOW - DAY)])));
    }
}

#[test]
fn answers_age() {
    let world = World::new(KeyKind::P256);
    let at = |this, next| Answer { this, next, ..answer(&world, &world.ca, Status::Good) }.make();
    let stale = Err(PathReason::RevocationStale);
    assert_eq!(by_answers(&world, &[at(NOW - 2 * DAY, Some(NOW - DAY))]), stale);
    assert_eq!(by_answers(&world, &[at(NOW - 2 * DAY, None)]), stale, "without nextUpdate a day counts");
    assert_eq!(by_answers(&world, &[at(NOW - Duration::HOUR, None)]), Ok(RevocationStatus::Good));
    assert_eq!(by_answers(&world, &[at(NOW + 30 * DAY, None)]), Ok(RevocationStatus::Good), "later knowledge");
    // By the clock of whoever asks nothing comes from the future (RFC 6960 4.2.2.1); asked about the past, later is better.
    let known = |this, at_time, clock: OffsetDateTime| {
        let (crls, answers) = ([root_list(&world)], [at(this, None)]);
        let evidence = Evidence::new(REFUSE).with_crls(&crls).with_ocsp(&answers).known_at(clock);
        status(validate_at(&world, evidence.with_skew(5 * Duration::MINUTE), &[], at_time))
    };
    assert_eq!(known(NOW + DAY, NOW, NOW), stale, "from tomorrow");
    assert_eq!(known(NOW + Duration::MINUTE, NOW, NOW), Ok(RevocationStatus::Good), "clocks differ");
    assert_eq!(known(NOW + DAY, NOW, NOW + 2 * DAY), Ok(RevocationStatus::Good), "about the past");
    let after_expiry = at(UNTIL + DAY, None);
    assert_eq!(by_answers(&world, &[after_expiry]), stale, "an expired certificate may have been forgotten");
    // A hold ends with a newer answer.
    let held = Answer {
        this: NOW - 3 * DAY,
        ..answer(&world, &world.ca, revoked(NOW - 4 * DAY, RevocationReason::CertificateHold))
    };
    assert!(is_revoked(&by_answers(&world, &[held.make()])));
    assert_eq!(by_answers(&world, &[held.make(), at(NOW - Duration::HOUR, None)]), Ok(RevocationStatus::Good));
}

#[test]
fn delegated_responders_need_the_issuers_word() {
    let world = World::new(KeyKind::P256);
    let responder = |issuer: &SoftSigner, usages: &[_], extra: &[Extension], until| {
        let mut template = CertificateTemplate::document_signer(name("Responder")).with_extended_key_usage(usages);
        for extension in extra {
            template = template.with_extension(extension.clone());
        }
        child_valid(issuer, KeyKind::P256, template.serial(&[88]), FROM, until)
    };
    let no_check = Extension::new(oid::OCSP_NO_CHECK, false, asn1::null());
    let ocsp = [oid::KP_OCSP_SIGNING];
    let ask = |by: &SoftSigner| by_answers(&world, &[answer(&world, by, Status::Good).make()]);
    let fine = responder(&world.ca, &ocsp, std::slice::from_ref(&no_check), UNTIL);
    assert_eq!(ask(&fine), Ok(RevocationStatus::Good));
    let unknown = Err(PathReason::RevocationUnknown);
    let without = answer(&world, &fine, Status::Good);
    assert_eq!(
        by_answers(&world, &[Answer { enclosed: &[], ..without }.make()]),
        unknown,
        "nobody knows the responder"
    );
    for (why, unfit) in [
        ("no purpose", responder(&world.ca, &[oid::ANY_EXTENDED_KEY_USAGE], std::slice::from_ref(&no_check), UNTIL)),
        ("expired", responder(&world.ca, &ocsp, std::slice::from_ref(&no_check), NOW - DAY)),
        ("by the root, not by the issuer", responder(&world.root, &ocsp, std::slice::from_ref(&no_check), UNTIL)),
        ("of a stranger", responder(&World::new(KeyKind::P256).ca, &ocsp, std::slice::from_ref(&no_check), UNTIL)),
    ] {
        assert_eq!(ask(&unfit), unknown, "{why}");
    }
    // Where there is a way to ask about the responder, the answer is needed.
    let place = vec![asn1::tlv(asn1::tag::context_primitive(6), &[b"http://ca.example/r.crl"])];
    let listed = points(&[Point { names: &place, reasons: None, crl_issuer: None }]);
    let to_be_asked = responder(&world.ca, &ocsp, &[listed], UNTIL);
    assert_eq!(ask(&to_be_asked), unknown);
    let with_list = |template: CrlTemplate| {
        let crls =
            [root_list(&world), template.with_extension(scope(&[], &[1], Some(&[0x40]))).issue(&world.ca).unwrap()];
        let answers = [answer(&world, &to_be_asked, Status::Good).make()];
        status(validate(&world, Evidence::new(REFUSE).with_crls(&crls).with_ocsp(&answers), &[]))
    };
    let compromised = list(1, NOW).revoke(to_be_asked.certificate(), NOW - DAY, RevocationReason::KeyCompromise);
    assert_eq!(with_list(compromised), unknown, "a revoked responder");
    // The CA's own answer tells as well as its list, and nobody else's (RFC 6960 4.2.2.2.1).
    let about = |responder: &SoftSigner, by: &SoftSigner, status| {
        let ours = Answer { certificate: responder.certificate(), ..answer(&world, by, status) };
        by_answers(&world, &[answer(&world, responder, Status::Good).make(), ours.make()])
    };
    let silent = responder(&world.ca, &ocsp, &[], UNTIL);
    let gone = || revoked(NOW - 2 * DAY, RevocationReason::KeyCompromise);
    assert_eq!(ask(&silent), Ok(RevocationStatus::Good), "there is no way to ask about it");
    assert_eq!(about(&silent, &world.ca, gone()), unknown, "the CA says that it is revoked");
    assert_eq!(about(&silent, &world.ca, Status::Good), Ok(RevocationStatus::Good));
    assert_eq!(about(&to_be_asked, &world.ca, Status::Good), Ok(RevocationStatus::Good));
    assert_eq!(about(&to_be_asked, &fine, Status::Good), unknown, "responders do not vouch for each other");
    let crls = [root_list(&world), list(1, NOW).issue(&world.ca).unwrap()];
    let answers = [answer(&world, &to_be_asked, revoked(NOW - DAY, RevocationReason::Superseded)).make()];
    let both = validate(&world, Evidence::new(REFUSE).with_crls(&crls).with_ocsp(&answers), &[]);
    assert!(is_revoked(&status(both)), "the list frees the responder, and the responder revokes");
}

#[test]
fn an_answer_about_another_certificate_says_nothing() {
    let world = World::new(KeyKind::P256);
    let other = child(&world.ca, KeyKind::P256, CertificateTemplate::document_signer(name("Other")).serial(&[9]));
    let about = Answer { certificate: other.certificate(), ..answer(&world, &world.ca, Status::Good) };
    assert_eq!(by_answers(&world, &[about.make()]), Err(PathReason::RevocationUnknown));
    // Changed bytes do not verify.
    let mut der = answer(&world, &world.ca, Status::Good).der();
    let at = der.windows(5).position(|window| window == b"20261").unwrap();
    der[at + 11] ^= 1;
    let forged = OcspResponse::from_der(&der).unwrap();
    assert_eq!(by_answers(&world, &[forged]), Err(PathReason::RevocationUnknown));
}

#[derive(Default)]
struct Shop {
    crls: Vec<Crl>,
    ocsp: Vec<OcspResponse>,
    issuers: Vec<Certificate>,
    asked: Cell<usize>,
}

impl Source for Shop {
    fn issuers(&self, _: &Certificate) -> Vec<Certificate> {
        self.asked.set(self.asked.get() + 1);
        self.issuers.clone()
    }

    fn crls(&self, _: &Certificate) -> Vec<Crl> {
        self.asked.set(self.asked.get() + 1);
        self.crls.clone()
    }

    fn ocsp(&self, _: &Certificate, _: &Certificate) -> Vec<OcspResponse> {
        self.asked.set(self.asked.get() + 1);
        self.ocsp.clone()
    }
}

#[test]
fn a_source_is_asked_when_needed_and_believed_when_it_proves() {
    let world = World::new(KeyKind::P256);
    let full = Shop { crls: vec![root_list(&world), list(1, NOW).issue(&world.ca).unwrap()], ..Shop::default() };
    let at_hand = full.crls.clone();
    let evidence = Evidence::new(REFUSE).with_source(&full);
    assert_eq!(status(validate(&world, evidence.with_crls(&at_hand), &[])), Ok(RevocationStatus::Good));
    assert_eq!(full.asked.get(), 0);
    assert_eq!(status(validate(&world, evidence, &[])), Ok(RevocationStatus::Good));
    assert_eq!(full.asked.get(), 4, "OCSP, then lists, for each of two certificates");

    let stranger = World::new(KeyKind::P256);
    let lying = Shop { crls: vec![root_list(&world), list(1, NOW).issue(&stranger.ca).unwrap()], ..Shop::default() };
    let evidence = Evidence::new(REFUSE).with_source(&lying);
    assert_eq!(status(validate(&world, evidence, &[])), Err(PathReason::RevocationUnknown));
}

#[test]
fn a_source_brings_missing_issuers() {
    let world = World::new(KeyKind::Sm2);
    let shop = Shop { issuers: vec![world.ca.certificate().clone()], ..Shop::default() };
    let anchors = [world.root.certificate().clone()];
    let request = PathRequest::new(world.signer.certificate(), &anchors, NOW, Purpose::DocumentSigning);
    assert_eq!(path::validate(&request).unwrap_err().reason, PathReason::NoPath);
    assert!(path::validate(&request.with_source(&shop)).is_ok());
    assert_eq!(shop.asked.get(), 1);
    // A source that never has enough ends with the budget.
    let endless = Shop { issuers: World::new(KeyKind::Sm2).signer.chain().to_vec(), ..Shop::default() };
    assert!(path::validate(&request.with_source(&endless)).is_err());
    assert!(endless.asked.get() <= path::MAX_FETCHES);
}

/// OpenSSL's own responder, without a server.
#[test]
fn openssl_answers_us() {
    let world = World::new(KeyKind::P256);
    let dir = tempfile::tempdir().unwrap();
    let write = |file: &str, text: &str| std::fs::write(dir.path().join(file), text).unwrap();
    write("ca.pem", &world.ca.certificate().to_pem());
    let pem = |signer: &SoftSigner| der_pem(signer.key().to_pkcs8_der().as_ref());
    write("ca.key", &pem(&world.ca));
    let serial = world.signer.certificate().serial_hex().to_uppercase();
    write("good.txt", &format!("V\t360101000000Z\t\t{serial}\tunknown\t/CN=S\n"));
    write("revoked.txt", &format!("R\t360101000000Z\t261001000000Z,keyCompromise\t{serial}\tunknown\t/CN=S\n"));
    let request = pki::ocsp::OcspRequest::new(world.signer.certificate(), world.ca.certificate()).with_nonce(&[7; 32]);
    std::fs::write(dir.path().join("request.der"), request.to_der()).unwrap();
    let ask = |index: &str| -> Option<OcspResponse> {
        let arguments = ["ocsp", "-index", index, "-CA", "ca.pem", "-rsigner", "ca.pem", "-rkey", "ca.key", "-reqin"];
        let rest = ["request.der", "-respout", "answer.der", "-ndays", "3650"];
        let (_, text) = common::openssl(dir.path(), &[&arguments[..], &rest[..]].concat())?;
        let der = std::fs::read(dir.path().join("answer.der")).unwrap_or_else(|_| panic!("{text}"));
        Some(OcspResponse::from_der(&der).unwrap())
    };
    let Some(good) = ask("good.txt") else { return };
    assert!(request.is_answered_by(&good, true));
    let crls = [root_list(&world)];
    // OpenSSL stamps its answers with the machine's time; the question is put there, too.
    let at = good.produced_at();
    let result = |answers: &[OcspResponse]| {
        status(validate_at(&world, Evidence::new(REFUSE).with_crls(&crls).with_ocsp(answers), &[], at))
    };
    assert!((FROM..UNTIL).contains(&at), "the clock of this machine");
    assert_eq!(result(&[good]), Ok(RevocationStatus::Good));
    let since = datetime!(2026-10-01 0:00 UTC);
    let expected = if since <= at {
        Err(PathReason::Revoked { at: since, reason: RevocationReason::KeyCompromise })
    } else {
        Ok(RevocationStatus::RevokedLater(pki::Revocation { at: since, reason: RevocationReason::KeyCompromise }))
    };
    assert_eq!(result(&[ask("revoked.txt").unwrap()]), expected);
}

fn der_pem(der: &[u8]) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"))
}

/// Fifty thousand entries of an issuer whose name is long, and two for one certificate: found, and of little weight (the
/// name alone, kept for each, would come to half a gigabyte).
#[test]
fn long_lists_are_read_as_they_are_written() {
    let world = World::new(KeyKind::P256);
    let long = name(&"other ".repeat(2000));
    let time = |at| asn1::x509_time(at).unwrap();
    let extended = |id, critical: bool, value: &[u8]| {
        let value = asn1::octet_string(value);
        let flag = if critical { asn1::boolean(true) } else { Vec::new() };
        asn1::sequence(&[&asn1::sequence(&[&asn1::oid(&id), &flag, &value])])
    };
    let entry = |serial: u32, at, extensions: &[u8]| {
        let serial = asn1::tlv(asn1::tag::INTEGER, &[&[1], &serial.to_be_bytes()[..]]);
        asn1::sequence(&[&serial, &time(at), extensions])
    };
    let reason = |code: u8| extended(oid::CRL_REASON, false, &[0x0A, 1, code]);
    let issuer = extended(oid::CERTIFICATE_ISSUER, true, &asn1::sequence(&[&asn1::explicit(4, long.der())]));
    let mut entries =
        vec![entry(7, FROM, &reason(6)), entry(7, NOW, &reason(1)), entry(9, NOW, &[]), entry(9, FROM, &reason(3))];
    entries.push(entry(0, FROM, &issuer));
    entries.extend((1..50_000).map(|serial| entry(serial * 3, FROM, &[])));
    let algorithm = world.ca.algorithm().algorithm_identifier();
    let subject = world.ca.certificate().subject();
    let list = asn1::sequence(&[&entries.concat()]);
    let tbs = asn1::sequence(&[&asn1::integer(1), &algorithm, subject.der(), &time(NOW), &time(UNTIL), &list]);
    let der = asn1::sequence(&[&tbs, &algorithm, &asn1::bit_string(&world.ca.sign(&tbs).unwrap())]);
    let crl = Crl::from_der(&der).unwrap();

    let serial = |serial: u32| [&[1], &serial.to_be_bytes()[..]].concat();
    let found = |issuer, number| crl.entry_of(issuer, &serial(number)).map(|found| (found.at, found.reason));
    // For good rather than on hold, and the earlier of two.
    assert_eq!(found(subject, 7), Some((NOW, RevocationReason::KeyCompromise)));
    assert_eq!(found(subject, 9), Some((FROM, RevocationReason::AffiliationChanged)));
    assert_eq!((found(subject, 3), found(&long, 7)), (None, None));
    assert_eq!((found(&long, 149_997).is_some(), found(&long, 149_998), crl.len()), (true, None, 50_002));
    assert_eq!(found(&name("nobody"), 3), None);
}
