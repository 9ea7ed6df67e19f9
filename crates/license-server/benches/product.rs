//! What a license costs, by stage, beside the floor below which nobody can go: run by `cargo xtask bench`.
//!
//! Every figure stands beside one measured in the same run on the same machine; only the ratios mean anything
//! elsewhere. Nothing here passes or fails.
//!
//! Words choose among the parts: `cargo bench -p license-server --bench product -- stages floor`. For a profiler,
//! `-- only business-license 50` makes fifty licenses of one type and nothing else.

#![allow(clippy::unwrap_used, reason = "a benchmark may stop at once")]

use std::hint::black_box;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use license_assets::Bundled;
use license_core::calendar::china_date;
use license_core::fill::{FillContext, fill};
use license_core::fonts::FontLibrary;
use license_core::id::LicenseId;
use license_core::index::{Claims, IndexText, Prepared};
use license_core::issue::{Draft, Issued, Issuer, Occasion, Printer};
use license_core::template::{Catalog, Template};
use license_core::verify::{self, Limits, Policy, Verdict};
use license_server::deployment::Deployment;
use license_server::service::{Caller, IssueRequest, Office};
use license_server::store::{Store, StoreUrl};
use license_server::{ServeConfig, serve};
use pki::DigestAlgorithm;
use time::OffsetDateTime;

const STAGES: [&str; 8] = [
    "fill and check",
    "record and claims",
    "sign index",
    "lay out, write OFD and PDF",
    "digest, prepare",
    "sign OFD (SM2)",
    "sign PDF (P-256)",
    "finish both files",
];

fn main() {
    let scratch = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bench");
    let _ = std::fs::remove_dir_all(&scratch);
    std::fs::create_dir_all(&scratch).unwrap();
    let bench = Bench::new();
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let wanted = |part: &str| words.is_empty() || words.iter().any(|word| word == part);
    if let [only, template, count] = words.as_slice()
        && only == "only"
    {
        let template = bench.catalog.get(template).unwrap();
        (0..count.parse().unwrap()).for_each(|serial| drop(bench.one(template, serial, &mut Default::default())));
        return;
    }
    if wanted("stages") {
        println!("one license, CPU on one core");
        let worst = bench.catalog.iter().map(|template| bench.stages(template)).fold(0.0, f64::max);
        println!("  slowest type {worst:.2} ms without the store (aim: 5 ms with it)\n");
    }
    if wanted("floor") {
        bench.floor(&scratch);
    }
    if wanted("tokens") {
        bench.tokens();
    }
    if wanted("http") {
        bench.http(&scratch);
    }
    let _ = std::fs::remove_dir_all(&scratch);
}

struct Bench {
    catalog: Catalog,
    fonts: Arc<FontLibrary>,
    printer: Printer,
    deployment: Deployment,
}

fn pki_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/pki")
}

fn open() -> Deployment {
    let password = std::fs::read_to_string(pki_folder().join("keys/password")).unwrap();
    Deployment::open(&pki_folder(), password.trim().as_bytes()).unwrap()
}

impl Bench {
    fn new() -> Bench {
        let catalog = Catalog::load(&Bundled).unwrap();
        let fonts = Arc::new(FontLibrary::new(Arc::new(Bundled)).unwrap());
        Bench { catalog, printer: Printer::new(fonts.clone()), fonts, deployment: open() }
    }

    fn issuer(&self, template: &Template) -> &Arc<Issuer> {
        let code = &self.deployment.office.issuer_of_type(template.id()).unwrap().code;
        self.deployment.issuers.iter().find(|issuer| issuer.code().as_str() == code).unwrap()
    }

    fn one(&self, template: &Arc<Template>, serial: usize, spent: &mut [Duration; 8]) -> Issued {
        let issuer = self.issuer(template);
        let at = OffsetDateTime::now_utc();
        let occasion = Occasion { at, address: &self.deployment.office.address, status: 1, specimen: true };
        let mut data = template.sample.clone();
        data[&template.file.core.issuer] = issuer.name().into();
        let mut clock = Clock::new(spent);
        let context = FillContext {
            issuer_name: issuer.name(),
            issuer_code: *issuer.code(),
            today: china_date(at),
            fonts: Some(&self.fonts),
        };
        let filled = fill(template, &data, &context).unwrap();
        clock.lap(0);
        let type_code = template.file.kind.code.parse().unwrap();
        let id = LicenseId::new(type_code, *issuer.code(), &format!("2026{serial:09}"), 1).unwrap();
        let draft = Draft::new(filled, id, issuer, &self.printer, &occasion).unwrap();
        clock.lap(1);
        let signature = issuer.index_signer().sign(draft.to_be_signed()).unwrap();
        clock.lap(2);
        let rendered = draft.finish(&signature).unwrap().render(&self.printer, issuer, &occasion).unwrap();
        clock.lap(3);
        let prepared = rendered.prepare(issuer, &occasion).unwrap();
        clock.lap(4);
        let seal = issuer.seal_signer().sign(prepared.seal_to_be_signed()).unwrap();
        clock.lap(5);
        let document = issuer.document_signer().sign(prepared.pdf_to_be_signed()).unwrap();
        clock.lap(6);
        let issued = prepared.finish(&seal, &document, issuer).unwrap();
        clock.lap(7);
        issued
    }

    /// Prints the stages and returns their sum in milliseconds.
    fn stages(&self, template: &Arc<Template>) -> f64 {
        const ROUNDS: usize = 200;
        (0..20).for_each(|serial| drop(self.one(template, serial, &mut Default::default())));
        let mut spent = [Duration::ZERO; 8];
        let mut sizes = (0, 0);
        let begin = own_cpu();
        for serial in 0..ROUNDS {
            let issued = self.one(template, serial, &mut spent);
            sizes = (issued.ofd().len(), issued.pdf().len());
        }
        // The sum is CPU time, the stages are what a clock on the wall says: on a busy machine they come to more.
        let cpu = own_cpu().zip(begin).map(|(end, begin)| end - begin);
        let total = milliseconds(cpu.unwrap_or_else(|| spent.iter().sum()), ROUNDS);
        println!("  {:28} {total:6.2} ms   OFD {} KB, PDF {} KB", template.id(), sizes.0 / 1000, sizes.1 / 1000);
        for (name, spent) in STAGES.iter().zip(spent) {
            println!("    {name:28} {:6.3} ms", milliseconds(spent, ROUNDS));
        }
        total
    }

    /// What must be spent whatever the program: three signatures, digests over both files, one durable commit.
    fn floor(&self, scratch: &Path) {
        const ROUNDS: usize = 300;
        let template = self.catalog.get("business-license").unwrap();
        let issuer = self.issuer(template);
        let issued = self.one(template, 1, &mut Default::default());
        let begin = cpu();
        for _ in 0..ROUNDS {
            black_box(issuer.index_signer().sign(black_box(issued.record_json())).unwrap());
            black_box(issuer.document_signer().sign(black_box(issued.record_json())).unwrap());
            black_box(issuer.seal_signer().sign(black_box(issued.record_json())).unwrap());
            black_box(DigestAlgorithm::Sm3.digest(black_box(issued.ofd())));
            black_box(DigestAlgorithm::Sha256.digest(black_box(issued.pdf())));
            // The store names both files by digest.
            black_box(DigestAlgorithm::Sha256.digest(black_box(issued.ofd())));
            black_box(DigestAlgorithm::Sha256.digest(black_box(issued.pdf())));
        }
        let floor = milliseconds(cpu() - begin, ROUNDS);
        println!("floor: three signatures and the digests        {floor:6.3} ms CPU");
        for engine in ["redb", "sled"] {
            let url: StoreUrl = format!("{engine}:{}", scratch.join(engine).display()).parse().unwrap();
            let store = url.open().unwrap();
            let office = Office::new(open(), Catalog::load(&Bundled).unwrap(), self.fonts.clone(), store.clone());
            issue_many(&office, template, "warm", 20, 1);
            let (wall, begin) = (Instant::now(), cpu());
            issue_many(&office, template, "run", 200, 4);
            let (spent, wall) = (cpu() - begin, wall.elapsed());
            let each = milliseconds(spent, 200);
            println!(
                "issue into {engine}, 4 threads: {each:6.2} ms CPU each, {:5.1} × the floor; {:5.0} a second",
                each / floor,
                200.0 / wall.as_secs_f64()
            );
        }
        println!();
    }

    fn tokens(&self) {
        const ROUNDS: usize = 4000;
        let template = self.catalog.get("business-license").unwrap();
        let issued = self.one(template, 1, &mut Default::default());
        let text = issued.index().to_string();
        let issuer = self.issuer(template);
        let key = issuer.index_signer().certificate().public_key().unwrap();
        let message = vec![7u8; 200];
        let signature = issuer.index_signer().sign(&message).unwrap();
        let bare = per_second(ROUNDS, || {
            black_box(key.verify(pki::SignatureAlgorithm::ECDSA_SHA256, black_box(&message), &signature)).unwrap();
        });
        let token = IndexText::parse(&text).unwrap();
        assert!(token.token().verify(key));
        let now = OffsetDateTime::now_utc();
        let whole = per_second(ROUNDS, || {
            let facts = verify::inspect_text(black_box(&text), &Limits::default());
            let report = verify::judge(&facts, &self.deployment.trust, &Policy::default(), now);
            assert_eq!(report.verdict, Verdict::Passed);
        });
        println!("bare P-256 verification       {bare:8.0} a second");
        println!("token verified, text to report {whole:7.0} a second: {:.0} % (aim: 80 %)", 100.0 * whole / bare);
        let file = |bytes: &[u8]| {
            per_second(200, || {
                let report = verify::judge(
                    &verify::inspect(black_box(bytes), &Limits::default()),
                    &self.deployment.trust,
                    &Policy::default(),
                    now,
                );
                assert_ne!(report.verdict, Verdict::Failed);
            })
        };
        println!("OFD verified                  {:8.0} a second", file(issued.ofd()));
        println!("PDF verified                  {:8.0} a second\n", file(issued.pdf()));
    }

    fn http(&self, scratch: &Path) {
        let template = self.catalog.get("business-license").unwrap();
        let url: StoreUrl = format!("redb:{}", scratch.join("http").display()).parse().unwrap();
        let store: Arc<dyn Store> = url.open().unwrap();
        let office = Arc::new(Office::new(open(), Catalog::load(&Bundled).unwrap(), self.fonts.clone(), store));
        let seen = issue_many(&office, template, "http", 200, 2);
        let fresh = self.unseen(template, &seen[0], 20_000);
        let config = ServeConfig { listen: "127.0.0.1:0".parse().unwrap(), ..ServeConfig::for_benchmarks() };
        let running = serve(config, office).unwrap();
        let address = running.address();
        let post = |text: &String| {
            let body = serde_json::json!({ "text": text }).to_string();
            let head = format!("POST /api/v1/verify HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json");
            format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
        };
        let seen: Vec<String> = seen.iter().map(post).collect();
        let fresh: Vec<String> = fresh.iter().map(post).collect();
        println!("HTTP, 16 connections, client on the same cores");
        let health = load(address, &[format!("GET /healthz HTTP/1.1\r\nHost: {address}\r\n\r\n")], false);
        println!("  health answer            {health:8.0} a second");
        let first = load(address, &fresh, true);
        println!("  tokens never seen before {first:8.0} a second: {:.0} %", 100.0 * first / health);
        load(address, &seen, true);
        let again = load(address, &seen, false);
        println!("  tokens seen before       {again:8.0} a second: {:.0} % (aim: 40 %)", 100.0 * again / health);
        running.stop();
    }

    /// Tokens like a given one, each with a serial of its own: well signed, and of no license in the register.
    fn unseen(&self, template: &Template, like: &str, count: usize) -> Vec<String> {
        let like = IndexText::parse(like).unwrap();
        let (claims, signer) = (like.token().claims(), self.issuer(template).index_signer());
        let one = |number: usize| {
            let claims = Claims { serial: format!("2000{number:09}"), ..claims.clone() };
            let prepared = Prepared::new(&claims, like.token().algorithm(), like.token().key_id()).unwrap();
            let signature = signer.sign(prepared.to_be_signed()).unwrap();
            let token = prepared.finish(&pki::der_to_raw(&signature, 32).unwrap()).unwrap();
            IndexText::new(like.prefix(), token).unwrap().to_string()
        };
        (0..count).map(one).collect()
    }
}

fn issue_many(office: &Office, template: &Template, prefix: &str, count: usize, threads: usize) -> Vec<String> {
    let next = AtomicU64::new(0);
    let done = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count as u64 {
                        break;
                    }
                    let mut data = template.sample.clone();
                    if let Some(fields) = data.as_object_mut() {
                        fields.remove(&template.file.core.issuer);
                    }
                    data[&template.file.core.number] = credit_code(prefix, number).into();
                    let request = IssueRequest {
                        type_id: template.id().to_owned(),
                        data,
                        idempotency_key: Some(format!("{prefix}-{number}")),
                        ..IssueRequest::default()
                    };
                    let accepted = office.issue(&Caller { name: "bench".into() }, &request).unwrap();
                    done.lock().unwrap().push(accepted.license.index_token);
                }
            });
        }
    });
    done.into_inner().unwrap()
}

/// A made-up credit code (GB 32100) with both check characters.
fn credit_code(prefix: &str, number: u64) -> String {
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let series = prefix.bytes().map(u64::from).sum::<u64>() % 90 + 10;
    let organization = format!("M{series:02}{number:05}");
    let value = |byte: u8| if byte.is_ascii_digit() { u64::from(byte - b'0') } else { u64::from(byte - b'A' + 10) };
    let weights = [3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u64 = organization.bytes().zip(weights).map(|(byte, weight)| value(byte) * weight).sum();
    let inner = match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from(b'0' + digit as u8),
    };
    let body = format!("91340100{organization}{inner}");
    let place = |byte: u8| ALPHABET.iter().position(|known| *known == byte).unwrap() as u64;
    let mut weight = 1;
    let mut sum = 0;
    for byte in body.bytes() {
        sum += place(byte) * weight;
        weight = weight * 3 % 31;
    }
    format!("{body}{}", char::from(ALPHABET[((31 - sum % 31) % 31) as usize]))
}

/// Requests a second over 16 keep-alive connections for two seconds, in turn; each only `once`, if so asked.
fn load(address: SocketAddr, requests: &[String], once: bool) -> f64 {
    let next = AtomicUsize::new(0);
    let begin = Instant::now();
    let answered = std::thread::scope(|scope| {
        let connections: Vec<_> = (0..16)
            .map(|_| {
                scope.spawn(|| {
                    let mut stream = TcpStream::connect(address).unwrap();
                    stream.set_nodelay(true).unwrap();
                    let (mut answer, mut answered) = (Vec::new(), 0);
                    while begin.elapsed() < Duration::from_secs(2) {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if once && number >= requests.len() {
                            break;
                        }
                        stream.write_all(requests[number % requests.len()].as_bytes()).unwrap();
                        read_answer(&mut stream, &mut answer);
                        assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
                        answered += 1;
                    }
                    answered
                })
            })
            .collect();
        connections.into_iter().map(|connection| connection.join().unwrap()).sum::<usize>()
    });
    answered as f64 / begin.elapsed().as_secs_f64()
}

fn read_answer(stream: &mut TcpStream, answer: &mut Vec<u8>) {
    answer.clear();
    let mut chunk = [0; 16 * 1024];
    loop {
        let read = stream.read(&mut chunk).unwrap();
        assert!(read > 0, "connection closed");
        answer.extend_from_slice(&chunk[..read]);
        let Some(head) = answer.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&answer[..head]).to_ascii_lowercase();
        let length: usize = text
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.trim().parse().unwrap());
        if answer.len() >= head + 4 + length {
            return;
        }
    }
}

struct Clock<'a> {
    spent: &'a mut [Duration; 8],
    last: Instant,
}

impl<'a> Clock<'a> {
    fn new(spent: &'a mut [Duration; 8]) -> Clock<'a> {
        Clock { spent, last: Instant::now() }
    }

    fn lap(&mut self, stage: usize) {
        let now = Instant::now();
        self.spent[stage] += now - self.last;
        self.last = now;
    }
}

fn milliseconds(spent: Duration, rounds: usize) -> f64 {
    spent.as_secs_f64() * 1000.0 / rounds as f64
}

fn per_second(rounds: usize, mut work: impl FnMut()) -> f64 {
    (0..rounds / 10).for_each(|_| work());
    let begin = Instant::now();
    (0..rounds).for_each(|_| work());
    rounds as f64 / begin.elapsed().as_secs_f64()
}

/// CPU time of this thread, where the kernel tells it.
fn own_cpu() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

/// CPU time of this process, all threads, from /proc (in steps of 10 ms).
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    Duration::from_millis(ticks * 10)
}
