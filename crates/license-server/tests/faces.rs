//! Several faces of one license, related licenses, and the words of a request beside the data.
#![allow(missing_docs, clippy::unwrap_used)]

mod http_support;

use http_support::{Answer, Service, sample, start};
use serde_json::{Value, json};

const TYPE: &str = "business-license";

fn issue(service: &Service, token: &str, key: &str, body: Value) -> Answer {
    service.post(token, "/api/v1/licenses", Some(key), &body)
}

/// Data that name no face.
fn data() -> Value {
    let mut data = sample(TYPE);
    let object = data.as_object_mut().unwrap();
    object.remove("copy_kind");
    object.insert("copy_no".into(), json!("1-1"));
    data
}

fn verify(service: &Service, kind: &str, file: &[u8]) -> Value {
    service.send("POST", "/api/v1/verify", &[("Content-Type", kind)], file).json()
}

/// One license: one identifier, one record, one index; files of every face, all of which verify.
#[test]
fn one_license_has_several_faces() {
    let service = start();
    let token = service.token();
    let body = json!({ "type": TYPE, "data": data(), "faces": ["main", "duplicate"] });
    let answer = issue(&service, &token, "both", body.clone());
    assert_eq!(answer.status, 201, "{}", answer.text());
    let issued = answer.json();
    assert_eq!(issued["files"].as_array().unwrap().len(), 4, "{issued}");
    let faces = issued["links"]["faces"].as_array().unwrap();
    let names: Vec<&str> = faces.iter().map(|face| face["face"].as_str().unwrap()).collect();
    assert_eq!(names, ["main", "duplicate"]);
    let mut seen = std::collections::HashSet::new();
    for face in faces {
        for (link, kind) in [("ofd", "application/ofd"), ("pdf", "application/pdf")] {
            let file = service.fetch(&token, face[link].as_str().unwrap());
            assert_eq!(file.status, 200, "{}", file.text());
            assert!(seen.insert(file.body.clone()), "every face has files of its own");
            let report = verify(&service, kind, &file.body);
            assert_eq!(report["verdict"], "passed", "{face} {report}");
            assert_eq!(report["subject"]["id"], issued["id"]);
        }
        let png = service.fetch(&token, &format!("{}&dpi=30", face["png"].as_str().unwrap()));
        assert!(png.body.starts_with(b"\x89PNG"));
        // The main face is A3, the duplicate A4: at 30 dpi 497 and 351 pixels wide.
        let width = u32::from_be_bytes(png.body[16..20].try_into().unwrap());
        assert_eq!(width / 10, if face["face"] == "main" { 49 } else { 35 });
    }
    // Without a face: the first one.
    let plain = service.fetch(&token, issued["links"]["ofd"].as_str().unwrap());
    let first = service.fetch(&token, faces[0]["ofd"].as_str().unwrap());
    assert_eq!(plain.body, first.body);
    let this = issued["links"]["self"].as_str().unwrap();
    service.fetch(&token, &format!("{this}/ofd?face=third")).problem(404, "license.unknown");
    // The same request again is the same license; with other faces it is another request.
    let again = issue(&service, &token, "both", body);
    assert_eq!(
        (again.json()["id"].clone(), again.header("idempotency-replayed")),
        (issued["id"].clone(), Some("true"))
    );
    let other = json!({ "type": TYPE, "data": data(), "faces": ["main"] });
    issue(&service, &token, "both", other).problem(409, "idempotency.conflict");
}

/// A face that is wanted later: same record and index; asked for again, nothing happens.
#[test]
fn further_faces_come_later() {
    let service = start();
    let token = service.token();
    let issued = issue(&service, &token, "one", json!({ "type": TYPE, "data": data() })).json();
    assert_eq!(issued["files"].as_array().unwrap().len(), 2, "{issued}");
    assert_eq!(issued["files"][0]["face"], "main");
    let this = issued["links"]["self"].as_str().unwrap();
    let path = format!("{this}/faces");
    let before = service.fetch(&token, &format!("{this}/ofd")).body;
    assert_eq!(verify(&service, "application/ofd", &before)["verdict"], "passed");
    let added = service.post(&token, &path, None, &json!({ "faces": ["duplicate"] }));
    assert_eq!(added.status, 201, "{}", added.text());
    let again = service.post(&token, &path, None, &json!({ "faces": ["duplicate", "main"] }));
    assert_eq!((again.status, &again.json()["files"]), (200, &added.json()["files"]));
    assert_eq!(service.fetch(&token, &format!("{this}/ofd")).body, before);
    let after = service.fetch(&token, &format!("{this}/pdf?face=duplicate")).body;
    let report = verify(&service, "application/pdf", &after);
    assert_eq!(report["verdict"], "passed", "{report}");
    // Passed means found among the stored originals: another file of the same license would be register.file-differs.

    let wrong = service.post(&token, &path, None, &json!({ "faces": ["main", "back"] })).problem(422, "fields.invalid");
    assert_eq!(wrong["errors"][0]["pointer"], "/faces/1");
    service.post(&token, &path, None, &json!({ "faces": [] })).problem(422, "fields.invalid");
    // A license that no longer stands gets no further face.
    let issued = issue(
        &service,
        &token,
        "two",
        json!({ "type": "food-operation-permit", "data": sample("food-operation-permit") }),
    )
    .json();
    let this = issued["links"]["self"].as_str().unwrap();
    let revoke = json!({ "action": "revoke", "reason": "吊销", "case_number": "1" });
    assert_eq!(service.post(&token, &format!("{this}/status"), None, &revoke).status, 200);
    let same = service.post(&token, &format!("{this}/faces"), None, &json!({ "faces": ["main"] }));
    assert_eq!(same.status, 200, "what is there needs nothing: {}", same.text());
}

/// Requests may name a related license; a new number names its predecessor by itself.
#[test]
fn related_licenses_are_in_the_record() {
    let service = start();
    let token = service.token();
    let first = issue(&service, &token, "r1", json!({ "type": TYPE, "data": data() })).json();
    let food =
        json!({ "type": "food-operation-permit", "data": sample("food-operation-permit"), "related": first["id"] });
    let food = issue(&service, &token, "r2", food);
    assert_eq!(food.status, 201, "{}", food.text());
    let of = |path: &str| service.fetch(&token, path).json()["record"]["core"]["GLZZBS"].clone();
    assert_eq!(of(food.json()["links"]["self"].as_str().unwrap()), first["id"]);
    let bad = json!({ "type": TYPE, "data": data(), "related": "1.2.156.3005.2.X" });
    let refused = issue(&service, &token, "r3", bad).problem(422, "fields.invalid");
    assert_eq!(refused["errors"][0]["pointer"], "/related");

    // The next version under the same number keeps the serial and names nobody.
    let this = first["links"]["self"].as_str().unwrap();
    let body = json!({ "data": data(), "reason": "变更", "case_number": "2" });
    let second = service.post(&token, &format!("{this}/versions"), Some("v2"), &body).json();
    let this = second["links"]["self"].as_str().unwrap();
    assert!(this.contains(".002."), "{this}");
    assert_eq!(of(this), Value::Null);
    // Another number is another license: version 001, and GLZZBS names the predecessor.
    let mut moved = data();
    moved["uscc"] = json!("91341202055357381J");
    let body = json!({ "data": moved, "reason": "迁移", "case_number": "3" });
    let third = service.post(&token, &format!("{this}/versions"), Some("v3"), &body);
    assert_eq!(third.status, 201, "{}", third.text());
    let third = third.json();
    assert!(third["id"].as_str().unwrap().contains(".001."), "{third}");
    assert_eq!(of(third["links"]["self"].as_str().unwrap()), second["id"]);
    assert_eq!(service.fetch(&token, this).json()["superseded_by"], third["id"]);
    let report = service.verify_text(third["index"].as_str().unwrap());
    assert_eq!(report["verdict"], "passed", "{report}");
}

/// Case number, matter code and reason: trimmed, visible, short; every fault with its place.
#[test]
fn the_words_of_a_request() {
    let service = start();
    let token = service.token();
    let with = |case: &str, matter: &str| {
        let body = json!({ "type": TYPE, "data": data(), "case_number": case, "matter_code": matter });
        issue(&service, &token, "w", body)
    };
    let refused = with("办件\u{7}1", "\u{202E}2").problem(422, "fields.invalid");
    let errors = refused["errors"].as_array().unwrap();
    let faults: Vec<_> = errors.iter().map(|e| (e["pointer"].as_str().unwrap(), e["rule"].as_str().unwrap())).collect();
    assert_eq!(faults, [("/case_number", "control-character"), ("/matter_code", "invisible-character")]);
    assert_eq!(errors[0]["character"], 3);
    let long = with(&"1".repeat(65), "3").problem(422, "fields.invalid");
    assert_eq!(long["errors"][0]["rule"], "max-length");
    assert_eq!(with(" ", "3").problem(422, "fields.invalid")["errors"][0]["pointer"], "/case_number");
    let issued = with("  2026-0007 \n", "MATTER").json();
    let this = issued["links"]["self"].as_str().unwrap();
    assert_eq!(service.fetch(&token, this).json()["case_number"], "2026-0007");
    let act = |reason: &str| {
        let body = json!({ "action": "suspend", "reason": reason, "case_number": "1" });
        service.post(&token, &format!("{this}/status"), None, &body)
    };
    let refused = act("暂\n扣").problem(422, "fields.invalid");
    assert_eq!((&refused["errors"][0]["pointer"], &refused["errors"][0]["character"]), (&json!("/reason"), &json!(2)));
    assert_eq!(act(&"长".repeat(501)).problem(422, "fields.invalid")["errors"][0]["rule"], "max-length");
    assert_eq!(act(" 暂扣 ").json()["status_changed"]["reason"], "暂扣");
}

/// A name that stands twice leaves open which value counts: refused, wherever it stands.
#[test]
fn doubled_names_in_json_are_refused() {
    let service = start();
    let token = service.token();
    let bearer = format!("Bearer {token}");
    let send = |body: &str| {
        let headers =
            [("Authorization", bearer.as_str()), ("Content-Type", "application/json"), ("Idempotency-Key", "d")];
        service.send("POST", "/api/v1/licenses", &headers, body.as_bytes())
    };
    for (body, pointer) in [
        (r#"{"type":"business-license","data":{"name":"甲","name":"乙"}}"#, "/data/name"),
        (r#"{"type":"x","type":"y","data":{}}"#, "/type"),
        (r#"{"type":"x","data":{"rows":[{"a":"1"},{"a":"1","a":"2"}]}}"#, "/data/rows/1/a"),
    ] {
        let refused = send(body).problem(422, "json.shape");
        assert_eq!(refused["errors"][0]["pointer"], pointer);
        assert_eq!(refused["errors"][0]["rule"], "json.duplicate-key");
    }
    send(r#"{"type":"x","data":{"a":"#).problem(400, "json.syntax");
}

/// A form without a part that is known: the answer names the parts that are.
#[test]
fn a_form_must_have_a_known_part() {
    let service = start();
    let send = |part: &str| {
        let body = format!("--b\r\nContent-Disposition: form-data; name=\"{part}\"\r\n\r\nHTTPS://X/V/A\r\n--b--\r\n");
        service.send("POST", "/api/v1/verify", &[("Content-Type", "multipart/form-data; boundary=b")], body.as_bytes())
    };
    let refused = send("upload").problem(422, "fields.invalid");
    let message = refused["errors"][0]["message_en"].as_str().unwrap();
    assert!(
        message.contains("\"upload\"") && message.contains("\"file\"") && message.contains("\"text\""),
        "{message}"
    );
    assert_eq!(send("text").status, 200);
}
