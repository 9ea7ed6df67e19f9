//! The HTTP dialect: every answer it can give, against a real service on loopback.
#![allow(missing_docs, clippy::unwrap_used)]

mod http_support;

use std::io::Write as _;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use http_support::{TYPES, add_client, read, sample, start, start_with};
use license_server::ServeConfig;
use license_server::config::{HttpConfig, Rate, RateConfig, WorkConfig};
use license_server::service::clients::{Scope, set_disabled};
use serde_json::{Value, json};
use time::OffsetDateTime;

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");
const JSON: (&str, &str) = ("Content-Type", "application/json");

#[test]
fn a_license_goes_the_whole_way() {
    let service = start();
    let token = service.token();
    for type_id in TYPES {
        let issued = service.issue(&token, type_id);
        let id = issued["id"].as_str().unwrap();
        let this = issued["links"]["self"].as_str().unwrap();
        assert_eq!(this, format!("/api/v1/licenses/{id}"));
        assert_eq!(issued["status"], "valid");

        let license = service.fetch(&token, this).json();
        assert_eq!(license["number"], issued["number"]);
        assert!(license["record"].is_object());
        assert_eq!(license["case_number"], "2026-0001");

        let ofd = service.fetch(&token, issued["links"]["ofd"].as_str().unwrap());
        assert_eq!(ofd.header("content-type"), Some("application/ofd"));
        assert!(ofd.body.starts_with(b"PK"));
        assert!(ofd.header("content-disposition").unwrap().starts_with("attachment; filename=\"license.ofd\""));
        let pdf = service.fetch(&token, issued["links"]["pdf"].as_str().unwrap());
        assert_eq!(pdf.header("content-type"), Some("application/pdf"));
        assert!(pdf.body.starts_with(b"%PDF-"));
        let png = service.fetch(&token, &format!("{this}/png?dpi=50"));
        assert_eq!(png.header("content-type"), Some("image/png"));
        assert!(png.body.starts_with(b"\x89PNG"));
        assert_eq!(service.fetch(&token, &format!("{this}/index")).json()["text"], issued["index"]);

        // Everything verifies: text, identifier, both files.
        let by_text = service.verify_text(issued["index"].as_str().unwrap());
        assert_eq!(by_text["verdict"], "passed", "{by_text}");
        let body = json!({ "id": id }).to_string();
        let by_id = service.send("POST", "/api/v1/verify", &[JSON], body.as_bytes()).json();
        assert_eq!((&by_id["verdict"], &by_id["kind"]), (&json!("passed"), &json!("id")));
        for (kind, file) in [("application/ofd", &ofd.body), ("application/pdf", &pdf.body)] {
            let report = service.send("POST", "/api/v1/verify", &[("Content-Type", kind)], file).json();
            assert_eq!(report["verdict"], "passed", "{type_id} {kind} {report}");
        }
    }
}

#[test]
fn states_and_versions() {
    let service = start();
    let token = service.token();
    let issued = service.issue(&token, "food-operation-permit");
    let this = issued["links"]["self"].as_str().unwrap().to_owned();
    let index = issued["index"].as_str().unwrap();
    assert_eq!(service.verify_text(index)["verdict"], "passed");
    let act = |action: &str, revision: Option<u64>| {
        let body = json!({ "action": action, "reason": "行政处罚决定", "case_number": "2026-9", "revision": revision });
        service.post(&token, &format!("{this}/status"), None, &body)
    };
    let suspended = act("suspend", None);
    assert_eq!(suspended.json()["status"], "suspended", "{}", suspended.text());
    // What was said of the text a moment ago no longer holds.
    assert_eq!(service.verify_text(index)["headline"], "register.suspended");
    act("transfer-out", None).problem(409, "status.transition");
    act("resume", Some(99)).problem(409, "revision.conflict");
    assert_eq!(act("resume", Some(2)).json()["status"], "valid");
    // Under a key the same step may be sent again, and another one may not.
    let keyed = |action: &str| {
        let body = json!({ "action": action, "reason": "再次暂扣", "case_number": "2026-9" });
        service.post(&token, &format!("{this}/status"), Some("step"), &body)
    };
    let first = keyed("suspend").json();
    assert_eq!((&first["status"], &keyed("suspend").json()["revision"]), (&json!("suspended"), &first["revision"]));
    keyed("revoke").problem(409, "idempotency.conflict");
    assert_eq!(act("resume", None).json()["status"], "valid");
    let wrong = act("burn", None).problem(422, "fields.invalid");
    assert_eq!(wrong["errors"][0]["pointer"], "/action");
    for (field, code) in [("reason", "fields.invalid"), ("case_number", "fields.invalid")] {
        let mut body = json!({ "action": "revoke", "reason": "吊销", "case_number": "2026-9" });
        body[field] = json!(" ");
        let refused = service.post(&token, &format!("{this}/status"), None, &body).problem(422, code);
        assert_eq!(refused["errors"][0]["pointer"], format!("/{field}"));
    }

    // 001 → 002: both are there, the old one is superseded.
    let mut data = sample("food-operation-permit");
    data["issued_on"] = json!("2024-03-06");
    let body = json!({ "data": data, "reason": "变更", "case_number": "2026-0002" });
    let new = service.post(&token, &format!("{this}/versions"), Some("v2"), &body);
    assert_eq!(new.status, 201, "{}", new.text());
    let again = service.post(&token, &format!("{this}/versions"), Some("v2"), &body);
    assert_eq!(again.json()["id"], new.json()["id"]);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(service.verify_text(index)["headline"], "register.superseded");
    assert_eq!(service.verify_text(new.json()["index"].as_str().unwrap())["verdict"], "passed");
    let history = service.fetch(&token, &format!("{this}/history")).json();
    let versions = history["versions"].as_array().unwrap();
    assert_eq!(versions.len(), 2);
    let states: Vec<&str> =
        versions[0]["changes"].as_array().unwrap().iter().map(|c| c["to"].as_str().unwrap()).collect();
    assert_eq!(states, ["valid", "suspended", "valid", "suspended", "valid", "superseded"]);
    assert_eq!(versions[0]["license"]["superseded_by"], new.json()["id"]);

    let this = new.json()["links"]["self"].as_str().unwrap().to_owned();
    let body = json!({ "action": "revoke", "reason": "吊销", "case_number": "2026-10" });
    assert_eq!(service.post(&token, &format!("{this}/status"), None, &body).json()["status"], "revoked");
    // Its signature was seen to hold a moment ago; its state is asked anew.
    let report = service.verify_text(new.json()["index"].as_str().unwrap());
    assert_eq!((&report["verdict"], &report["headline"]), (&json!("failed"), &json!("register.revoked")));
}

#[test]
fn tokens_and_scopes() {
    let service = start();
    let (id, secret) = &service.client;
    // Credentials by HTTP Basic.
    let basic = format!("Basic {}", base64(&format!("{id}:{secret}")));
    let answer = service.send(
        "POST",
        "/api/v1/oauth/token",
        &[FORM, ("Authorization", &basic)],
        b"grant_type=client_credentials&scope=fetch",
    );
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json()["scope"], "fetch");
    assert_eq!(answer.json()["token_type"], "Bearer");
    assert_eq!(answer.json()["expires_in"], 900);
    assert_eq!(answer.header("cache-control"), Some("no-store"));

    let ask = |form: &str| service.send("POST", "/api/v1/oauth/token", &[FORM], form.as_bytes());
    let grant = "grant_type=client_credentials";
    for (form, status, error) in [
        (format!("{grant}&client_id={id}&client_secret=wrong"), 401, "invalid_client"),
        (format!("{grant}&client_id=nobody&client_secret={secret}"), 401, "invalid_client"),
        (grant.to_owned(), 401, "invalid_client"),
        (format!("grant_type=password&client_id={id}&client_secret={secret}"), 400, "unsupported_grant_type"),
        (format!("client_id={id}&client_secret={secret}"), 400, "invalid_request"),
        (format!("{grant}&{grant}&client_id={id}&client_secret={secret}"), 400, "invalid_request"),
        (format!("{grant}&client_id={id}&client_secret={secret}&scope=root"), 400, "invalid_scope"),
    ] {
        let answer = ask(&form);
        assert_eq!((answer.status, answer.json()["error"].as_str().unwrap()), (status, error), "{form}");
        assert_eq!(answer.header("www-authenticate").is_some(), status == 401);
    }
    service.send("POST", "/api/v1/oauth/token", &[JSON], b"{}").problem(415, "media-type.unsupported");

    let license = "/api/v1/licenses/1.2.156.3005.2.x";
    let none = service.get(license);
    none.problem(401, "auth.missing");
    assert_eq!(none.header("www-authenticate"), Some("Bearer realm=\"license\""));
    let bad = service.fetch("not.a-token", license);
    bad.problem(401, "auth.invalid");
    assert!(bad.header("www-authenticate").unwrap().contains("invalid_token"));
    let fetcher = add_client(&service.office, &[Scope::Fetch]);
    let token = service.token_of(&fetcher, "");
    let body = json!({ "type": "business-license", "data": sample("business-license") });
    let refused = service.post(&token, "/api/v1/licenses", Some("k"), &body);
    refused.problem(403, "auth.scope");
    assert!(refused.header("www-authenticate").unwrap().contains("scope=\"issue\""));
    service.post(&token, &format!("{license}/status"), None, &json!({})).problem(403, "auth.scope");

    // Locked out: at once. Late: after fifteen minutes.
    service.fetch(&token, license).problem(400, "id.malformed");
    let store = &**service.office.store();
    set_disabled(store, &fetcher.0, true, "test", OffsetDateTime::now_utc()).unwrap();
    service.fetch(&token, license).problem(401, "auth.invalid");
    let token = service.token();
    service.clock.seconds(899);
    service.fetch(&token, license).problem(400, "id.malformed");
    service.clock.seconds(901);
    service.fetch(&token, license).problem(401, "auth.invalid");
}

#[test]
fn every_read_has_a_purpose_and_leaves_a_trail() {
    let service = start();
    let token = service.token();
    let issued = service.issue(&token, "business-license");
    let this = issued["links"]["self"].as_str().unwrap();
    let bearer = format!("Bearer {token}");
    service.send("GET", this, &[("Authorization", &bearer)], b"").problem(400, "purpose.missing");
    let path = format!("{this}?purpose=%E5%8A%9E%E8%AF%81");
    assert_eq!(service.send("GET", &path, &[("Authorization", &bearer)], b"").status, 200);
    assert_eq!(service.fetch(&token, &format!("{this}/ofd")).status, 200);
    let long = format!("{this}?purpose={}", "a".repeat(201));
    service.send("GET", &long, &[("Authorization", &bearer)], b"").problem(400, "request.parameter");
    let page = license_server::store::PageRequest::first(50);
    let trail = service.office.store().audit_of(issued["id"].as_str().unwrap(), &page).unwrap().items;
    let acts: Vec<(String, String)> =
        trail.into_iter().map(|record| (record.entry.action, record.entry.purpose)).collect();
    let act = |action: &str, purpose: &str| (action.to_owned(), purpose.to_owned());
    assert_eq!(acts, [act("license.issue", "issue"), act("license.read", "办证"), act("license.file", "办理事项")]);
}

#[test]
fn all_wrong_fields_come_back_at_once_and_nothing_is_stored() {
    let service = start();
    let token = service.token();
    let mut data = sample("business-license");
    data["uscc"] = json!("91350100M000100Y44");
    data["established_on"] = json!("2018-02-31");
    data.as_object_mut().unwrap().remove("domicile");
    data["colour"] = json!("red");
    data["name"] = json!("带\u{7}控制符");
    let body = json!({ "type": "business-license", "data": data });
    let problem = service.post(&token, "/api/v1/licenses", Some("bad"), &body).problem(422, "fields.invalid");
    let errors = problem["errors"].as_array().unwrap();
    let fields: Vec<&str> = errors.iter().map(|error| error["field"].as_str().unwrap()).collect();
    for field in ["uscc", "established_on", "domicile", "colour", "name"] {
        assert!(fields.contains(&field), "{field} is not in {fields:?}");
    }
    assert!(errors.iter().all(|error| {
        error["rule"].is_string()
            && error["pointer"].as_str().unwrap().starts_with("/data")
            && !error["message"].as_str().unwrap().is_empty()
            && !error["message_en"].as_str().unwrap().is_empty()
    }));
    assert_eq!(service.office.store().counts().unwrap().licenses, 0);

    // The same key may be used again: a refused request completes none.
    let good = json!({ "type": "business-license", "data": sample("business-license") });
    assert_eq!(service.post(&token, "/api/v1/licenses", Some("bad"), &good).status, 201);
    // The same number under another key.
    let twice = service.post(&token, "/api/v1/licenses", Some("other"), &good).problem(409, "number.duplicate");
    let detail = twice["detail"].as_str().unwrap();
    assert!(detail.contains("idempotency key") && detail.contains("/versions"), "what to do is said: {detail}");
}

#[test]
fn one_key_one_license_however_many_try() {
    let service = start();
    let token = service.token();
    let body = json!({ "type": "business-license", "data": sample("business-license") });
    let answers: Vec<_> = std::thread::scope(|scope| {
        let tries: Vec<_> =
            (0..64).map(|_| scope.spawn(|| service.post(&token, "/api/v1/licenses", Some("same"), &body))).collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let first = answers[0].json()["id"].clone();
    for answer in &answers {
        assert_eq!(answer.status, 201, "{}", answer.text());
        assert_eq!(answer.json()["id"], first);
    }
    assert_eq!(service.office.store().counts().unwrap().licenses, 1);
    let replayed = answers.iter().filter(|answer| answer.header("idempotency-replayed").is_some()).count();
    assert_eq!(replayed, 63);
    let mut other = body.clone();
    other["data"]["name"] = json!("另一家公司");
    service.post(&token, "/api/v1/licenses", Some("same"), &other).problem(409, "idempotency.conflict");
    // Keys of two clients never meet.
    let second = service.token_of(&add_client(&service.office, &[Scope::Issue]), "");
    service.post(&second, "/api/v1/licenses", Some("same"), &other).problem(409, "number.duplicate");
}

#[test]
fn bad_requests_to_issue() {
    let service = start();
    let token = service.token();
    let good = json!({ "type": "business-license", "data": sample("business-license") });
    let path = "/api/v1/licenses";
    service.post(&token, path, None, &good).problem(400, "idempotency.missing");
    service.post(&token, path, Some("with blank"), &good).problem(400, "request.parameter");
    service.post(&token, path, Some("k"), &json!({ "type": "no-such", "data": {} })).problem(404, "type.unknown");
    service.post(&token, path, Some("k"), &json!({ "type": "business-license" })).problem(422, "json.shape");
    service.post(&token, path, Some("k"), &json!({ "type": 7, "data": {} })).problem(422, "json.shape");
    service
        .post(&token, path, Some("k"), &json!({ "type": "business-license", "data": [] }))
        .problem(422, "fields.invalid");
    let bearer = format!("Bearer {token}");
    let headers = [("Authorization", bearer.as_str()), ("Idempotency-Key", "k")];
    let with = |kind: &'static str| [headers[0], headers[1], ("Content-Type", kind)];
    let text = good.to_string();
    let cut = service.send("POST", path, &with("application/json"), &text.as_bytes()[..text.len() - 9]);
    let problem = cut.problem(400, "json.syntax");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("line 1 column"), "{detail}");
    service.send("POST", path, &headers, text.as_bytes()).problem(415, "media-type.unsupported");
    service.send("POST", path, &with("text/xml"), text.as_bytes()).problem(415, "media-type.unsupported");
    service.send("POST", path, &with("application/json"), b"").problem(400, "json.syntax");
    service.send("POST", path, &with("application/json"), &[0xFF, 0xFE, 0]).problem(400, "json.syntax");
    for deep in ["[".repeat(100_000), format!("{{\"data\":{}", "[".repeat(100_000))] {
        service.send("POST", path, &with("application/json"), deep.as_bytes()).problem(400, "json.syntax");
    }
    service.send("POST", path, &with("application/json"), b"[\"business-license\",{}]").problem(422, "json.shape");
    let huge = vec![b' '; 50 << 20];
    service.send("POST", path, &with("application/json"), &huge).problem(413, "body.too-large");
    let json = service.send("POST", path, &with("application/json; charset=utf-8"), text.as_bytes());
    assert_eq!(json.status, 201, "{}", json.text());
    assert_eq!(service.office.store().counts().unwrap().licenses, 1);
}

#[test]
fn addresses_and_methods() {
    let service = start();
    service.get("/api/v1/nothing").problem(404, "route.unknown");
    let token = service.token();
    service.fetch(&token, "/api/v1/licenses/1.2.156.3005.2.x").problem(400, "id.malformed");
    let issued = service.issue(&token, "business-license");
    let other = service.issue(&token, "food-operation-permit");
    // A well-formed identifier that is not there: the next version of one that is.
    let id: license_core::id::LicenseId = issued["id"].as_str().unwrap().parse().unwrap();
    let next = id.next_version().unwrap();
    service.fetch(&token, &format!("/api/v1/licenses/{next}")).problem(404, "license.unknown");
    service.get("/api/v1/types/no-such").problem(404, "type.unknown");
    let wrong = service.send("DELETE", other["links"]["self"].as_str().unwrap(), &[], b"");
    wrong.problem(405, "method.not-allowed");
    assert_eq!(wrong.header("allow"), Some("GET, HEAD"));
    let wrong = service.get("/api/v1/licenses");
    wrong.problem(405, "method.not-allowed");
    assert_eq!(wrong.header("allow"), Some("POST"));
    for dpi in ["9", "601", "x", "-1"] {
        let path = format!("{}/png?dpi={dpi}", issued["links"]["self"].as_str().unwrap());
        service.fetch(&token, &path).problem(400, "request.parameter");
    }
    let path = format!("{}/png?page=7", issued["links"]["self"].as_str().unwrap());
    service.fetch(&token, &path).problem(400, "request.parameter");
    let head = service.send("HEAD", "/api/v1/types", &[], b"");
    assert_eq!((head.status, head.body.len()), (200, 0));
}

#[test]
fn types_and_trust_list_are_open() {
    let service = start();
    let types = service.get("/api/v1/types").json();
    let ids: Vec<&str> = types["types"].as_array().unwrap().iter().map(|t| t["id"].as_str().unwrap()).collect();
    assert!(TYPES.iter().all(|id| ids.contains(id)));
    let one = service.get("/api/v1/types/business-license").json();
    assert_eq!(one["name"], "营业执照");
    assert!(one["fields"].as_array().unwrap().iter().any(|field| field["key"] == "uscc" && field["required"] == true));
    let list = service.get("/api/v1/trust-list");
    assert_eq!(list.header("content-type"), Some("application/jose"));
    let roots = Vec::from_iter(service_roots());
    assert!(license_core::trust::TrustList::open(&list.text(), &roots).is_ok());
}

fn service_roots() -> Vec<pki::Certificate> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/pki/trust");
    license_server::deployment::roots(&folder).unwrap()
}

#[test]
fn anything_can_be_handed_in_to_verify() {
    let service = start();
    let token = service.token();
    let issued = service.issue(&token, "business-license");
    let index = issued["index"].as_str().unwrap();
    let pdf = service.fetch(&token, issued["links"]["pdf"].as_str().unwrap()).body;
    let send = |kind: &str, body: &[u8]| service.send("POST", "/api/v1/verify", &[("Content-Type", kind)], body);
    // As a form, as plain text, as a file.
    let form = |name: &str, file: &str, body: &[u8]| {
        let mut bytes = format!(
            "--XX\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        )
        .into_bytes();
        bytes.extend_from_slice(body);
        bytes.extend_from_slice(b"\r\n--XX--\r\n");
        bytes
    };
    let multipart = "multipart/form-data; boundary=XX";
    assert_eq!(send(multipart, &form("file", "; filename=\"a.pdf\"", &pdf)).json()["verdict"], "passed");
    assert_eq!(send(multipart, &form("text", "", index.as_bytes())).json()["verdict"], "passed");
    assert_eq!(send("text/plain", index.as_bytes()).json()["verdict"], "passed");
    assert_eq!(send("application/octet-stream", &pdf).json()["kind"], "pdf");
    // What is no license gets a report too.
    for (body, code) in [
        (&b""[..], "input.empty"),
        (b"hello", "token.foreign"),
        (b"\x89PNG\r\n\x1a\n\xff\xff", "input.unknown-kind"),
        (b"PK\x03\x04junk", "ofd.unreadable"),
    ] {
        let report = send("application/octet-stream", body).json();
        assert_ne!(report["verdict"], "passed");
        assert_eq!(report["headline"], code, "{report}");
    }
    let foreign = service.verify_text("https://www.example.com/q?x=1");
    assert_eq!((&foreign["verdict"], &foreign["headline"]), (&json!("indeterminate"), &json!("token.foreign")));
    // A changed byte anywhere is refused, and shows nothing of the license.
    for at in (index.len() - 200..index.len()).step_by(7) {
        let mut changed = index.as_bytes().to_vec();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let report = service.verify_text(std::str::from_utf8(&changed).unwrap());
        assert_ne!(report["verdict"], "passed", "byte {at}");
        assert_eq!(report["subject"], Value::Null, "byte {at}: {report}");
    }
    let mut changed = pdf.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    let report = send("application/pdf", &changed).json();
    assert_eq!((&report["verdict"], &report["subject"]), (&json!("failed"), &Value::Null));
    // What cannot even be read is a problem of the request.
    send("application/json", b"{\"text\":").problem(400, "json.syntax");
    send("application/json", b"{}").problem(422, "json.shape");
    send("application/json", b"{\"text\":\"a\",\"id\":\"b\"}").problem(422, "json.shape");
    send("application/json", b"{\"id\":\"1.2.3\"}").problem(400, "id.malformed");
    send("image/png", b"x").problem(415, "media-type.unsupported");
    send(multipart, b"--YY\r\n").problem(400, "request.unreadable");
    send("application/octet-stream", &vec![0; 50 << 20]).problem(413, "body.too-large");
    send(multipart, &form("file", "; filename=\"a\"", &vec![0; 50 << 20])).problem(413, "body.too-large");
}

#[test]
fn doors_are_limited() {
    let slow = Some(Rate { per_second: 0.01, burst: 3.0 });
    let rates = RateConfig { verify: slow, token: slow, ..RateConfig::default() };
    let service = start_with(ServeConfig { rates, ..ServeConfig::for_tests() });
    for _ in 0..3 {
        service.verify_text("x");
    }
    let limited = service.send("POST", "/api/v1/verify", &[JSON], b"{\"text\":\"x\"}");
    limited.problem(429, "rate.limited");
    assert!(limited.header("retry-after").unwrap().parse::<u64>().unwrap() >= 1);
    assert_eq!(service.get("/V/X").status, 429);
    for _ in 0..3 {
        service.send("POST", "/api/v1/oauth/token", &[FORM], b"");
    }
    service.send("POST", "/api/v1/oauth/token", &[FORM], b"").problem(429, "rate.limited");
    // Other doors stay open.
    assert_eq!(service.get("/api/v1/types").status, 200);
}

#[test]
fn a_proxy_names_the_client_only_when_there_is_one() {
    let rate = Some(Rate { per_second: 0.01, burst: 1.0 });
    let rates = RateConfig { verify: rate, ..RateConfig::default() };
    for behind_proxy in [true, false] {
        let http = HttpConfig { behind_proxy, ..HttpConfig::default() };
        let service = start_with(ServeConfig { rates: rates.clone(), http, ..ServeConfig::for_tests() });
        let ask = |from: &str| {
            service.send("POST", "/api/v1/verify", &[JSON, ("X-Forwarded-For", from)], b"{\"text\":\"x\"}").status
        };
        assert_eq!(ask("192.0.2.1"), 200);
        assert_eq!(ask("198.51.100.7, 192.0.2.2"), if behind_proxy { 200 } else { 429 });
        assert_eq!(ask("203.0.113.9, 192.0.2.1"), 429, "the last entry is the proxy's word");
    }
}

#[test]
fn a_full_pool_says_when_to_come_back_and_loses_nothing() {
    let work = WorkConfig { press: 1, press_queue: 1, ..WorkConfig::default() };
    let service = start_with(ServeConfig { work, ..ServeConfig::for_tests() });
    let token = service.token();
    let body = json!({ "type": "business-license", "data": sample("business-license") });
    let answers: Vec<_> = std::thread::scope(|scope| {
        let tries: Vec<_> =
            (0..24).map(|_| scope.spawn(|| service.post(&token, "/api/v1/licenses", Some("busy"), &body))).collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let busy: Vec<_> = answers.iter().filter(|answer| answer.status == 503).collect();
    assert!(!busy.is_empty(), "24 at once through a pool of two places");
    for answer in &busy {
        answer.problem(503, "service.busy");
        assert_eq!(answer.header("retry-after"), Some("1"));
    }
    assert!(answers.iter().all(|answer| [201, 503].contains(&answer.status)));
    // Whoever comes back finds the license.
    let again = service.post(&token, "/api/v1/licenses", Some("busy"), &body);
    assert_eq!(again.status, 201, "{}", again.text());
    assert_eq!(service.office.store().counts().unwrap().licenses, 1);
}

#[test]
fn what_comes_too_slowly_is_not_waited_for() {
    let http = HttpConfig {
        body_timeout: Duration::from_millis(300),
        head_timeout: Duration::from_millis(300),
        ..HttpConfig::default()
    };
    let service = start_with(ServeConfig { http, ..ServeConfig::for_tests() });
    let begin = Instant::now();
    let mut stream = TcpStream::connect(service.address).unwrap();
    let head =
        "POST /api/v1/verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
    stream.write_all(head.as_bytes()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut answer = vec![0; 4096];
    let length = std::io::Read::read(&mut stream, &mut answer).unwrap();
    assert!(String::from_utf8_lossy(&answer[..length]).starts_with("HTTP/1.1 408"));
    assert!(begin.elapsed() < Duration::from_secs(5));
    // Not even the head arrives.
    let mut stream = TcpStream::connect(service.address).unwrap();
    stream.write_all(b"GET /healthz HTT").unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    assert_eq!(read(&mut stream).status, 408);
}

#[test]
fn impatience_ends_in_504_and_the_key_finds_the_result() {
    let work = WorkConfig { patience: Duration::from_millis(1), ..WorkConfig::default() };
    let service = start_with(ServeConfig { work, ..ServeConfig::for_tests() });
    let claims = start();
    drop(claims);
    // The token costs a hash, which is longer than that patience: it is asked of the service directly.
    let form =
        format!("grant_type=client_credentials&client_id={}&client_secret={}", service.client.0, service.client.1);
    let late = service.send("POST", "/api/v1/oauth/token", &[FORM], form.as_bytes());
    late.problem(504, "work.timeout");
}

#[test]
fn watching_and_stopping() {
    let drain = Duration::from_millis(600);
    let mut service = start_with(ServeConfig { drain, ..ServeConfig::for_tests() });
    assert_eq!(service.get("/healthz").text(), "ok\n");
    assert_eq!(service.get("/readyz").text(), "ready\n");
    let token = service.token();
    service.issue(&token, "business-license");
    service.verify_text("x");
    let metrics = service.get("/metrics").text();
    for line in [
        "license_http_requests_total{route=\"/api/v1/licenses\",method=\"POST\",status=\"201\"} 1",
        "license_issued_total{type=\"business-license\"} 1",
        "license_verifications_total{verdict=\"indeterminate\"} 1",
        "license_register_licenses{status=\"valid\"} 1",
        "license_pool_jobs{pool=\"press\"} 0",
        "license_ready 1",
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line} is not in\n{metrics}");
    }
    // While it drains it answers, but is not ready; then it is gone.
    let running = service.running.take().unwrap();
    running.stopper().stop();
    std::thread::sleep(Duration::from_millis(150));
    let answer = service.get("/readyz");
    assert_eq!((answer.status, answer.text().as_str()), (503, "stopping\n"));
    assert_eq!(service.get("/healthz").status, 200);
    running.wait().unwrap();
    assert!(TcpStream::connect(service.address).is_err());
}

#[test]
fn security_headers_are_everywhere() {
    let service = start();
    for path in
        ["/", "/verify", "/V/X", "/docs", "/openapi.json", "/healthz", "/nothing", "/api/v1/types", "/style.css"]
    {
        let answer = service.get(path);
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{path}");
        assert!(answer.header("content-security-policy").unwrap().starts_with("default-src 'none'"), "{path}");
        assert_eq!(answer.header("x-request-id").unwrap().len(), 16, "{path}");
        if path != "/style.css" {
            assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        }
    }
}

fn base64(text: &str) -> String {
    use ::base64::Engine as _;
    ::base64::engine::general_purpose::STANDARD.encode(text)
}
