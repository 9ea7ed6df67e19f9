//! A real service on loopback over the test deployment, and a client small enough to send anything.
#![allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used, reason = "each user takes what it needs")]

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use license_assets::Bundled;
use license_core::fonts::FontLibrary;
use license_core::template::Catalog;
use license_server::deployment::{Deployment, signer};
use license_server::service::clients::{self, NewClient, Scope};
use license_server::service::{Clock, Office};
use license_server::store::StoreUrl;
use license_server::{Running, ServeConfig, serve};
use pki::{CertificateTemplate, KeyKind, Name, PrivateKey, Signer, SoftSigner};
use serde_json::{Value, json};
use time::OffsetDateTime;

static FONTS: LazyLock<Arc<FontLibrary>> = LazyLock::new(|| Arc::new(FontLibrary::new(Arc::new(Bundled)).unwrap()));

static DEPLOYMENT: LazyLock<Deployment> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/pki");
    let password = std::fs::read_to_string(folder.join("keys/password")).unwrap();
    Deployment::open(&folder, password.lines().next().unwrap().as_bytes()).unwrap()
});

/// The operator's own key: its reports are believed by who trusts the operator's list.
pub static REPORTS: LazyLock<Arc<dyn Signer>> = LazyLock::new(|| report_signer(&DEPLOYMENT.trust.operator));

/// A signer of reports of this organisation, below the test deployment's CA.
pub fn report_signer(organization: &str) -> Arc<dyn Signer> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/pki/keys");
    let password = std::fs::read_to_string(folder.join("password")).unwrap();
    let ca = signer(&folder, "p256-ca", password.trim().as_bytes()).unwrap();
    let key = PrivateKey::generate(KeyKind::P256, &mut getrandom::rand_core::UnwrapErr(getrandom::SysRng)).unwrap();
    let name = Name::builder().country("CN").organization(organization).common_name("核验服务").build();
    let now = OffsetDateTime::now_utc();
    let template = CertificateTemplate::document_signer(name).serial(&[0x55]);
    let template = template.valid(now - time::Duration::days(1), now + time::Duration::days(300));
    let certificate = template.issue(key.public_key(), &ca).unwrap();
    Arc::new(SoftSigner::new(key, certificate, vec![ca.certificate().clone()]).unwrap())
}

/// The system's clock, moved.
#[derive(Default)]
pub struct Moved(AtomicI64);

impl Moved {
    pub fn days(&self, days: i64) {
        self.0.store(days * 86_400, Ordering::SeqCst);
    }

    pub fn seconds(&self, seconds: i64) {
        self.0.store(seconds, Ordering::SeqCst);
    }
}

impl Clock for Moved {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc() + time::Duration::seconds(self.0.load(Ordering::SeqCst))
    }
}

/// A service with one client that may do everything.
pub struct Service {
    pub address: SocketAddr,
    pub office: Arc<Office>,
    pub clock: Arc<Moved>,
    pub running: Option<Running>,
    pub client: (String, String),
}

pub fn start() -> Service {
    start_with(ServeConfig::for_tests())
}

pub fn start_with(config: ServeConfig) -> Service {
    open(config, Some(Arc::clone(&*REPORTS)))
}

/// A service that signs its reports with this key, or none.
pub fn start_signing(report_signer: Option<Arc<dyn Signer>>) -> Service {
    open(ServeConfig::for_tests(), report_signer)
}

fn open(config: ServeConfig, report_signer: Option<Arc<dyn Signer>>) -> Service {
    let known = &*DEPLOYMENT;
    let deployment = Deployment {
        office: known.office.clone(),
        issuers: known.issuers.clone(),
        trust: known.trust.clone(),
        trust_text: known.trust_text.clone(),
        roots: known.roots.clone(),
        report_signer,
        lasting: known.lasting.clone(),
        verification: known.verification.clone(),
    };
    let clock = Arc::new(Moved::default());
    let store = StoreUrl::Memory.open().unwrap();
    let catalog = Catalog::load(&Bundled).unwrap();
    let office = Arc::new(Office::with_clock(deployment, catalog, FONTS.clone(), store, clock.clone()));
    let client = add_client(&office, &Scope::ALL);
    let running = serve(config, office.clone()).unwrap();
    Service { address: running.address(), office, clock, running: Some(running), client }
}

pub fn add_client(office: &Office, scopes: &[Scope]) -> (String, String) {
    let new = NewClient { name: "审批系统".into(), department: "样例市".into(), scopes: scopes.to_vec() };
    let added = clients::add(&**office.store(), &new, "test", OffsetDateTime::now_utc()).unwrap();
    (added.id, added.secret)
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop();
        }
    }
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// Asserts a problem of this status and code, and gives it.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}", self.head);
        let problem = self.json();
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["status"], status);
        assert_eq!(problem["type"], format!("urn:license:problem:{code}"));
        assert_eq!(problem["request_id"].as_str(), self.header("x-request-id"));
        problem
    }
}

impl Service {
    /// Sends bytes as they are and reads to the end.
    pub fn raw(&self, bytes: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        // A server that answers before it has read everything may close on us: the answer counts.
        let _ = stream.write_all(bytes);
        read(&mut stream)
    }

    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut bytes = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.address);
        for (name, value) in headers {
            bytes.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() || method == "POST" {
            bytes.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        bytes.push_str("\r\n");
        let mut bytes = bytes.into_bytes();
        bytes.extend_from_slice(body);
        self.raw(&bytes)
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], b"")
    }

    pub fn token_of(&self, client: &(String, String), scope: &str) -> String {
        let form =
            format!("grant_type=client_credentials&client_id={}&client_secret={}&scope={scope}", client.0, client.1);
        let form_type = ("Content-Type", "application/x-www-form-urlencoded");
        let answer = self.send("POST", "/api/v1/oauth/token", &[form_type], form.as_bytes());
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    pub fn token(&self) -> String {
        self.token_of(&self.client, "")
    }

    pub fn post(&self, token: &str, path: &str, key: Option<&str>, body: &Value) -> Answer {
        let bearer = format!("Bearer {token}");
        let mut headers = vec![("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
        headers.extend(key.map(|key| ("Idempotency-Key", key)));
        self.send("POST", path, &headers, body.to_string().as_bytes())
    }

    pub fn fetch(&self, token: &str, path: &str) -> Answer {
        let bearer = format!("Bearer {token}");
        self.send("GET", path, &[("Authorization", &bearer), ("X-Purpose", "办理事项")], b"")
    }

    /// Issues the sample of a type.
    pub fn issue(&self, token: &str, type_id: &str) -> Value {
        let body = json!({ "type": type_id, "data": sample(type_id), "case_number": "2026-0001" });
        let answer = self.post(token, "/api/v1/licenses", Some(&format!("{type_id}-1")), &body);
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()
    }

    pub fn verify_text(&self, text: &str) -> Value {
        let body = json!({ "text": text }).to_string();
        let answer = self.send("POST", "/api/v1/verify", &[("Content-Type", "application/json")], body.as_bytes());
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }
}

pub fn read(stream: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap_or_else(|| {
        panic!("no answer: {}", String::from_utf8_lossy(&bytes));
    });
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head, body: bytes[end + 4..].to_vec() }
}

/// The sample of a type, for the test deployment's issuer.
pub fn sample(type_id: &str) -> Value {
    let template = Catalog::load(&Bundled).unwrap().get(type_id).unwrap().clone();
    let mut sample = template.sample.clone();
    sample.as_object_mut().unwrap().remove(&template.file.core.issuer);
    sample
}

pub const TYPES: [&str; 4] =
    ["business-license", "food-operation-permit", "supervision-qualification", "realestate-registration"];
