//! The surface as documented is the surface as served; `BLESS=1` writes the snapshot anew.
#![allow(missing_docs, clippy::unwrap_used)]

mod http_support;

use http_support::start;

#[test]
fn the_committed_document_is_the_served_one() {
    let service = start();
    let mut served = serde_json::to_string_pretty(&service.get("/openapi.json").json()).unwrap();
    served.push('\n');
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &served).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == served,
        "the surface changed: look at it, then BLESS=1 cargo test -p license-server --test openapi"
    );
}

#[test]
fn every_documented_operation_is_there_and_no_other_method() {
    let service = start();
    let document = service.get("/openapi.json").json();
    let mut seen = std::collections::HashSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let methods = methods.as_object().unwrap();
        let concrete = path.replace("{id}", "x").replace("{edition}", "1").replace("{token}", "X");
        for method in ["get", "post", "put", "delete", "patch", "options"] {
            let answer = service.send(&method.to_ascii_uppercase(), &concrete, &[], b"");
            match methods.get(method) {
                Some(operation) => {
                    assert_ne!(answer.status, 405, "{method} {path}");
                    let nowhere = answer.status == 404 && answer.json()["code"] == "route.unknown";
                    assert!(!nowhere || path.ends_with("face.jpg") || path.starts_with("/font/"), "{method} {path}");
                    assert!(seen.insert(operation["operationId"].as_str().unwrap().to_owned()), "{method} {path}");
                    assert!(!operation["summary"].as_str().unwrap().is_empty(), "{method} {path}");
                    // What needs a token is closed without one.
                    let closed = operation.get("security").is_some();
                    assert_eq!(answer.status == 401 && path != "/api/v1/oauth/token", closed, "{method} {path}");
                }
                None => assert_eq!(answer.status, 405, "{method} {path}"),
            }
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let service = start();
    let text = service.get("/openapi.json").text();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    for name in text.split("#/components/schemas/").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(document["components"]["schemas"][name].is_object(), "{name}");
    }
}
