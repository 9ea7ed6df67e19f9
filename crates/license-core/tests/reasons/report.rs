//! Signed verification reports that are not what they say.

use license_core::trust::{Anchor, Purpose};
use license_core::verify::Reason;
use pki::{CertificateTemplate, CrlTemplate, DigestAlgorithm, KeyKind, RevocationReason, Signer as _, SoftSigner};
use time::Duration;

use super::Case;
use super::verify_support::report_maker::{server, server_of, signed, stamped};
use super::verify_support::stamps::token;
use super::verify_support::{Court, ISSUED, JUDGED, MARKET, forge, good, pki_maker, signer, trust};

pub fn cases() -> Vec<Case> {
    let (pdf, ofd) = (good().pdf(), good().ofd());
    let court = Court::default();
    let genuine = signed(&court, pdf, &server());
    let case = |name, report: Vec<u8>, expect: &[Reason]| Case::report(name, report, Some(pdf.to_vec()), expect);
    let changed = |from: &str, to: &str| forge::replace(&genuine, from.as_bytes(), to.as_bytes());
    let foreign_root = pki_maker::root(KeyKind::P256, pki_maker::name("x", "Root"));
    let template = || CertificateTemplate::document_signer(pki_maker::name(&trust().operator, "核验服务"));
    let stranger = pki_maker::leaf(KeyKind::P256, template(), &foreign_root);
    let until = |days| {
        pki_maker::leaf_valid(
            KeyKind::P256,
            template(),
            &signer("p256-ca"),
            pki_maker::FROM,
            JUDGED + Duration::days(days),
        )
    };
    let short = until(10);
    let later = || Court { at: JUDGED + Duration::days(20), ..Court::default() };
    let mut cases = vec![
        case("a genuine report", genuine.clone(), &[]),
        Case::report("a genuine report, without the file", genuine.clone(), None, &[]),
        case("a report of another file", signed(&court, ofd, &server()), &[Reason::ReportOtherFile]),
        case(
            "another verdict",
            changed(r#""verdict":"passed"}"#, r#""verdict":"failed"}"#),
            &[Reason::ReportSignature],
        ),
        case("blanks between", changed(r#""verdict":"#, r#""verdict": "#), &[Reason::ReportMalformed]),
        case(
            "a member twice",
            changed(r#""kind":"pdf","#, r#""kind":"ofd","kind":"pdf","#),
            &[Reason::ReportMalformed],
        ),
        case("no report", b"{}".to_vec(), &[Reason::ReportMalformed]),
        case("the server of a stranger", signed(&court, pdf, &stranger), &[Reason::ReportServerUntrusted]),
        case("another operator", signed(&court, pdf, &server_of("另一省数据管理局")), &[Reason::ReportServerForeign]),
        case("an issuer", signed(&court, pdf, &signer(&format!("{MARKET}-document"))), &[Reason::ReportServerForeign]),
        case("a server whose time was over", signed(&court, pdf, &until(-1)), &[Reason::ReportServerCertificate]),
        case("asked tomorrow", signed(&later(), pdf, &server()), &[Reason::ReportTime]),
        case("expired since", signed(&court, pdf, &short), &[Reason::ReportTimeUnproven]).before(later()),
    ];
    cases.extend(revoked());
    cases.extend(stamps(&short, &later));
    cases
}

fn revoked() -> Vec<Case> {
    let server = server();
    let report = signed(&Court::default(), good().pdf(), &server);
    let list = |at: time::OffsetDateTime| {
        // No list knows of what comes after it.
        let made = (JUDGED - Duration::days(1)).max(at);
        let template = CrlTemplate::new(1, made, JUDGED + Duration::days(30));
        let template = template.revoke(server.certificate(), at, RevocationReason::KeyCompromise);
        Court {
            crls: vec![template.issue(&*signer("p256-ca")).unwrap()],
            at: JUDGED + Duration::days(2),
            ..Court::default()
        }
    };
    vec![
        Case::report("revoked before", report.clone(), None, &[Reason::ReportServerCertificate]).before(list(ISSUED)),
        Case::report("revoked since", report, None, &[Reason::ReportTimeUnproven])
            .before(list(JUDGED + Duration::days(1))),
    ]
}

fn stamps(server: &SoftSigner, later: &dyn Fn() -> Court) -> Vec<Case> {
    let (court, pdf) = (Court::default(), good().pdf());
    let root = pki_maker::root(KeyKind::P256, pki_maker::name("x", "Time root"));
    let template = CertificateTemplate::time_stamper(pki_maker::name("x", "TSA"));
    let authority = pki_maker::leaf(KeyKind::P256, template, &root);
    let by = |at| {
        let authority = authority.clone();
        move |value: &[u8]| token(&DigestAlgorithm::Sha256.digest(value), &authority, at)
    };
    let anchor = || Anchor::new("时间戳", root.certificate().clone(), vec![Purpose::TimeStamping]);
    let knows = || {
        let mut court = later();
        court.trust.anchors.push(anchor());
        court
    };
    let in_time = stamped(&court, pdf, server, by(JUDGED + Duration::minutes(1)));
    // The token of one report beside the signature of another.
    let borrowed = {
        let other = stamped(&court, good().ofd(), server, by(JUDGED));
        let own = stamped(&court, pdf, server, by(JUDGED));
        let at = |report: &[u8]| report.windows(14).position(|w| w == br#","time_stamp":"#).unwrap();
        [&own[..at(&own)], &other[at(&other)..]].concat()
    };
    vec![
        Case::report("a stamp proves the time", in_time.clone(), None, &[]).before(knows()),
        Case::report("a stamp of a service unknown here", in_time, None, &[Reason::ReportTimeUnproven]).before(later()),
        Case::report(
            "a stamp from before the question",
            stamped(&court, pdf, server, by(JUDGED - Duration::days(1))),
            None,
            &[Reason::ReportTime],
        )
        .before(knows()),
        Case::report("a borrowed stamp", borrowed, None, &[Reason::ReportTime, Reason::ReportTimeUnproven])
            .before(knows()),
    ]
}
