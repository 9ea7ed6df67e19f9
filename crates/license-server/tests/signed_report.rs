//! Reports that the server signs: for every kind of question, checked again by a stranger with the trust list alone.
#![allow(missing_docs, clippy::unwrap_used)]

mod http_support;

use http_support::{Service, start, start_signing};
use license_core::trust::TrustList;
use license_core::verify::signed_report::{MEDIA_TYPE, SignedReport, recheck};
use license_core::verify::{self, Limits, Policy, Reason, Register, Report, Verdict};
use serde_json::json;
use time::{Duration, OffsetDateTime};

const PATH: &str = "/api/v1/verify?report=signed";
const PDF: (&str, &str) = ("Content-Type", "application/pdf");

/// As `license verify --report` does it, a day later.
fn checked(report: &[u8], file: &[u8], trust: &TrustList) -> Report {
    recheck(report, Some(file), trust, &Policy::default(), OffsetDateTime::now_utc() + Duration::days(1))
}

fn pdf(service: &Service) -> (String, Vec<u8>) {
    let token = service.token();
    let issued = service.issue(&token, "business-license");
    let pdf = service.fetch(&token, issued["links"]["pdf"].as_str().unwrap());
    (issued["id"].as_str().unwrap().to_owned(), pdf.body)
}

#[test]
fn a_signed_report_can_be_checked_again_by_whoever_has_the_trust_list() {
    let service = start();
    let view = service.office.trust();
    let trust = &view.merged;
    let (id, pdf) = pdf(&service);
    let text = json!({ "id": id }).to_string();
    let questions: [(&str, &[u8], &[u8], &str); 4] = [
        ("application/pdf", &pdf, &pdf, "passed"),
        ("application/json", text.as_bytes(), id.as_bytes(), "passed"),
        ("application/json", br#"{"text":"https://other.example/x"}"#, b"https://other.example/x", "indeterminate"),
        ("application/octet-stream", b"\0\x01nothing", b"\0\x01nothing", "indeterminate"),
    ];
    for (kind, body, about, verdict) in questions {
        let answer = service.send("POST", PATH, &[("Content-Type", kind)], body);
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(MEDIA_TYPE)), "{}", answer.text());
        let again = checked(&answer.body, about, trust);
        assert_eq!(again.verdict, Verdict::Passed, "{again:#?}");
        let said = SignedReport::parse(&answer.body).unwrap();
        let said = said.statement();
        assert_eq!((said.verdict.as_str(), said.operator.as_str()), (verdict, service.office.operator()));
        assert_eq!((said.trust.sequence, said.asked.bytes), (trust.sequence, about.len() as u64));
        let found = verdict == "passed";
        assert_eq!(said.register.status.as_deref(), found.then_some("valid"), "{said:#?}");
        assert_eq!(said.subject.is_some(), found);
        let other = checked(&answer.body, b"another file", trust);
        assert!(other.verdict == Verdict::Failed && other.reasons().any(|reason| reason == Reason::ReportOtherFile));
    }
    // By the media type, too; and plain when nobody asks.
    let accept = format!("text/html;q=0.8, {MEDIA_TYPE};q=1");
    let answer = service.send("POST", "/api/v1/verify", &[PDF, ("Accept", &accept)], &pdf);
    assert_eq!(answer.header("content-type"), Some(MEDIA_TYPE));
    let plain = service.send("POST", "/api/v1/verify", &[PDF, ("Accept", "*/*")], &pdf);
    assert_eq!(plain.header("content-type"), Some("application/json"));
    service.send("POST", "/api/v1/verify?report=nicely", &[PDF], &pdf).problem(400, "request.parameter");
    let bad_id = service.send("POST", PATH, &[("Content-Type", "application/json")], br#"{"id":"1.2"}"#);
    bad_id.problem(400, "id.malformed");
}

#[test]
fn what_has_changed_since_is_told() {
    let service = start();
    let (id, pdf) = pdf(&service);
    let answer = service.send("POST", PATH, &[PDF], &pdf);
    let report = SignedReport::parse(&answer.body).unwrap();
    let now = || {
        let answer = service.send("POST", PATH, &[PDF], &pdf);
        SignedReport::parse(&answer.body).unwrap()
    };
    assert_eq!(now().statement().checks, report.statement().checks);

    let body = json!({ "action": "revoke", "reason": "吊销", "case_number": "2026-11" });
    let changed = service.post(&service.token(), &format!("/api/v1/licenses/{id}/status"), None, &body);
    assert_eq!(changed.status, 200, "{}", changed.text());
    let later = now();
    assert_eq!((report.statement().verdict.as_str(), later.statement().verdict.as_str()), ("passed", "failed"));
    assert_eq!(later.statement().register.status.as_deref(), Some("revoked"));

    // Whoever verifies without the register sees that it was not asked, and nothing else that differs but that.
    let facts = verify::inspect(&pdf, &Limits::default());
    let view = service.office.trust();
    let offline = verify::judge(&facts, &view.merged, &Policy::default(), OffsetDateTime::now_utc());
    let differences = report.differences(&offline, &view.merged, &Register::NotAsked);
    let find = |what: &str| differences.iter().find(|difference| difference.what == what);
    let register = find("register").unwrap();
    assert_eq!((register.then.as_str(), register.now.as_str()), ("valid", "not-asked"));
    assert!(find("verdict").is_none() && find("trust").is_none(), "{differences:#?}");
}

#[test]
fn another_operators_server_is_not_believed_and_one_without_a_key_says_so() {
    let foreign = start_signing(Some(http_support::report_signer("另一省数据管理局")));
    let (_, bytes) = pdf(&foreign);
    let answer = foreign.send("POST", PATH, &[PDF], &bytes);
    let again = checked(&answer.body, &bytes, &foreign.office.trust().merged);
    assert_eq!(again.headline(), Some(Reason::ReportServerForeign));

    let without = start_signing(None);
    without.send("POST", PATH, &[PDF], &bytes).problem(406, "report.unsigned");
    assert_eq!(without.send("POST", "/api/v1/verify", &[PDF], &bytes).status, 200);
}
