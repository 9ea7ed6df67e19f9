//! Load on a served office: `cargo run --release -p license-server --example http_load [SECONDS [health|verify]]`.
//!
//! Answers a second for the plain health answer and for the verification of one token, over 16 connections, the client
//! on the same cores. To look into with a profiler.
#![allow(clippy::unwrap_used, reason = "a tool for developers: whatever fails ends it")]

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use license_assets::Bundled;
use license_core::fonts::FontLibrary;
use license_core::template::Catalog;
use license_server::deployment::Deployment;
use license_server::service::{Caller, IssueRequest, Office};
use license_server::store::StoreUrl;
use license_server::{ServeConfig, serve};

const TYPE: &str = "business-license";

fn main() {
    let seconds = std::env::args().nth(1).map_or(2.0, |text| text.parse().unwrap());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/pki");
    let password = std::fs::read_to_string(folder.join("keys/password")).unwrap();
    let deployment = Deployment::open(&folder, password.lines().next().unwrap().as_bytes()).unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let url: StoreUrl = format!("redb:{}", scratch.path().display()).parse().unwrap();
    let fonts = Arc::new(FontLibrary::new(Arc::new(Bundled)).unwrap());
    let office = Arc::new(Office::new(deployment, Catalog::load(&Bundled).unwrap(), fonts, url.open().unwrap()));
    let index = issue(&office);
    let running = serve(ServeConfig::for_benchmarks(), office).unwrap();

    let address = running.address();
    let health = format!("GET /healthz HTTP/1.1\r\nHost: {address}\r\n\r\n");
    let body = serde_json::json!({ "text": index }).to_string();
    let verify = format!(
        "POST /api/v1/verify HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let only = std::env::args().nth(2);
    let measured = |name: &str, request: &str| {
        let rate = if only.as_ref().is_none_or(|only| only == name) { load(address, request, seconds) } else { 0.0 };
        println!("{name}  {rate:8.0} a second");
        rate
    };
    let health = measured("health", &health);
    let verify = measured("verify", &verify);
    println!("{:.0} %", 100.0 * verify / health);
    running.stop();
}

fn issue(office: &Office) -> String {
    let template = office.catalog().get(TYPE).unwrap();
    let mut data = template.sample.clone();
    data.as_object_mut().unwrap().remove(&template.file.core.issuer);
    let request = IssueRequest { type_id: TYPE.into(), data, ..IssueRequest::default() };
    office.issue(&Caller { name: "load".into() }, &request).unwrap().license.index_token
}

fn load(address: SocketAddr, request: &str, seconds: f64) -> f64 {
    let (stop, count) = (AtomicBool::new(false), AtomicU64::new(0));
    let begin = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                let mut stream = TcpStream::connect(address).unwrap();
                stream.set_nodelay(true).unwrap();
                let mut answer = vec![0; 64 << 10];
                while !stop.load(Ordering::Relaxed) {
                    stream.write_all(request.as_bytes()).unwrap();
                    exchange(&mut stream, &mut answer);
                    count.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        std::thread::sleep(Duration::from_secs_f64(seconds));
        stop.store(true, Ordering::Relaxed);
    });
    count.load(Ordering::Relaxed) as f64 / begin.elapsed().as_secs_f64()
}

/// Reads one answer of known length.
fn exchange(stream: &mut TcpStream, buffer: &mut [u8]) {
    let mut have = 0;
    loop {
        have += stream.read(&mut buffer[have..]).unwrap();
        let answer = std::str::from_utf8(&buffer[..have]).unwrap_or_default();
        let Some((head, body)) = answer.split_once("\r\n\r\n") else { continue };
        assert!(head.starts_with("HTTP/1.1 200"), "{answer}");
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        if body.len() >= length.parse::<usize>().unwrap() {
            return;
        }
    }
}
