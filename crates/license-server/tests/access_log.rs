//! The access log tells what was done and by which client, and nothing about anybody.
#![allow(missing_docs, clippy::unwrap_used)]

mod http_support;

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use http_support::{sample, start};
use serde_json::{Value, json};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn no_names_no_numbers_no_tokens_no_purposes() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt().json().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone()).init();

    let service = start();
    let token = service.token();
    let issued = service.issue(&token, "realestate-registration");
    let this = issued["links"]["self"].as_str().unwrap();
    let bearer = format!("Bearer {token}");
    let path = format!("{this}?purpose=PURPOSE-OF-READ");
    assert_eq!(service.send("GET", &path, &[("Authorization", &bearer)], b"").status, 200);
    let page = issued["links"]["page"].as_str().unwrap();
    service.get(&format!("{page}?lang=en"));
    service.get(&format!("{page}/face.jpg"));
    service.verify_text(issued["index"].as_str().unwrap());
    let body = json!({ "type": "realestate-registration", "data": { "right_holder": "王隐私" } });
    service.post(&token, "/api/v1/licenses", Some("KEY-OF-CLIENT"), &body).problem(422, "fields.invalid");
    service.get("/some/path/with/%E7%8E%8B%E9%9A%90%E7%A7%81?name=SECRET-QUERY");
    service
        .send("POST", "/api/v1/licenses", &[("Authorization", "Bearer SECRET-TOKEN")], b"")
        .problem(401, "auth.invalid");
    let pdf = service.fetch(&token, &format!("{this}/pdf")).body;
    service.send("POST", "/api/v1/verify", &[("Content-Type", "application/pdf")], &pdf);
    let client = service.client.clone();
    drop(service);

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let access: Vec<&Value> = lines.iter().filter(|line| line["target"] == "access").collect();
    let has = |route: &str, status: u64| {
        access.iter().any(|line| line["fields"]["route"] == route && line["fields"]["status"] == status)
    };
    assert!(has("/V/{token}", 200) && has("/V/{token}/face.jpg", 200) && has("/api/v1/licenses/{id}", 200));
    assert!(has("/api/v1/licenses", 201) && has("/api/v1/licenses", 422) && has("unmatched", 404));
    assert!(access.iter().any(|line| line["fields"]["client"] == client.0.as_str()));
    assert!(access.iter().all(|line| line["fields"]["request"].as_str().unwrap().len() == 16));

    let mut secrets = vec![
        client.1.clone(),
        token.clone(),
        page.trim_start_matches("/V/").to_owned(),
        issued["number"].as_str().unwrap().to_owned(),
        issued["id"].as_str().unwrap().to_owned(),
    ];
    secrets.extend(
        ["王隐私", "%E7%8E%8B", "PURPOSE-OF-READ", "SECRET", "KEY-OF-CLIENT", "127.0.0.1\""].map(str::to_owned),
    );
    for value in sample("realestate-registration").as_object().unwrap().values() {
        secrets.extend(value.as_str().filter(|text| text.chars().count() > 2).map(str::to_owned));
    }
    for secret in secrets {
        let line = log.lines().find(|line| line.contains(&secret));
        assert!(line.is_none(), "{secret} is in {}", line.unwrap_or_default());
    }
}
