//! Synthetic licenses, and a load of issues: shared by the store's tests and by the example `store_load`.
#![allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used, reason = "each user takes what it needs")]

use license_core::id::{CreditCode, Digest, LicenseId, TypeCode};
use license_server::store::{
    AuditNote, FileKind, Finding, Idempotency, IdempotencyKey, Issue, IssueOutcome, NewFile, NewLicense, Store,
    StoreError,
};
use std::collections::BTreeSet;
use std::io::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use time::OffsetDateTime;
use time::macros::datetime;

/// Codes of the example in GB/T 36904's type standard.
pub const TYPE_CODE: &str = "11100000000013338W011";
pub const ISSUER: &str = "11430000006122244L";
pub const TYPE: &str = "synthetic";
pub const AT: OffsetDateTime = datetime!(2026-07-01 08:00 UTC);

pub fn id(serial: &str, version: u16) -> LicenseId {
    let type_code: TypeCode = TYPE_CODE.parse().unwrap();
    let issuer: CreditCode = ISSUER.parse().unwrap();
    LicenseId::new(type_code, issuer, serial, version).unwrap()
}

pub fn new_license(serial: &str, version: u16) -> NewLicense {
    let file = |kind, name: &str| NewFile {
        kind,
        face: String::new(),
        bytes: format!("{name} of {serial} version {version}\n").repeat(40).into_bytes(),
        seal: None,
    };
    NewLicense {
        id: id(serial, version),
        type_id: TYPE.into(),
        number: format!("湘({serial})"),
        holder_name: format!("测试公司{serial}"),
        holder_code: format!("HOLDER{}", serial.bytes().last().unwrap_or(b'0')),
        issuer_code: ISSUER.into(),
        case_number: Some(format!("CASE-{serial}")),
        record: record(serial),
        index_token: format!("TOKEN{serial}"),
        files: vec![file(FileKind::Ofd, "ofd"), file(FileKind::Pdf, "pdf")],
        made_with: Vec::new(),
        issued_at: AT,
        valid_until: Some(AT.date().replace_year(2031).unwrap()),
    }
}

pub fn record(serial: &str) -> Vec<u8> {
    format!(r#"{{"ZZBH":"湘({serial})","note":"{}"}}"#, "x".repeat(700)).into_bytes()
}

pub fn note(action: &str) -> AuditNote {
    AuditNote {
        at: AT,
        actor: "tester".into(),
        action: action.into(),
        purpose: "test".into(),
        detail: format!("detail of {action}"),
    }
}

pub fn keyed(key: &str, body: &str) -> Option<Idempotency> {
    let key = IdempotencyKey { client: "counter".into(), key: key.into() };
    Some(Idempotency { key, body: Digest::of(body.as_bytes()) })
}

pub fn issue_of(serials: &[&str]) -> Issue {
    let licenses = serials.iter().map(|serial| new_license(serial, 1)).collect();
    Issue { licenses, idempotency: None, audit: note("license.issue") }
}

pub fn issue_one(store: &dyn Store, serial: &str) -> LicenseId {
    match store.issue(issue_of(&[serial])).unwrap() {
        IssueOutcome::Issued(done) => done[0].id.clone(),
        other => panic!("{other:?}"),
    }
}

/// Issues licenses until told to stop, and writes `ack ID` to `out` once each is acknowledged. Serials come from the
/// store's own sequence: a serial given twice after a crash would be refused as a duplicate, and that ends the load.
pub fn load(
    store: &dyn Store,
    threads: usize,
    stop: &AtomicBool,
    out: &Mutex<dyn Write + Send>,
) -> Result<u64, String> {
    std::thread::scope(|scope| {
        let work = || {
            let mut done = 0;
            while !stop.load(Ordering::Relaxed) {
                done += 1;
                let id = issue_next(store).map_err(|e| e.to_string())?;
                let mut out = out.lock().unwrap();
                // One write per line: a kill between two of them cannot tear one.
                out.write_all(format!("ack {id}\n").as_bytes())
                    .and_then(|()| out.flush())
                    .map_err(|e| e.to_string())?;
            }
            Ok(done)
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let counts = workers.into_iter().map(|worker| worker.join().map_err(|_| "a worker panicked".to_owned())?);
        counts.sum::<Result<u64, String>>()
    })
}

fn issue_next(store: &dyn Store) -> Result<LicenseId, StoreError> {
    let serial = format!("{:010}", store.reserve("load", 1)?.start);
    let issue = Issue { idempotency: keyed(&serial, &serial), ..issue_of(&[&serial]) };
    match store.issue(issue)? {
        IssueOutcome::Issued(done) => Ok(done[0].id.clone()),
        IssueOutcome::Replayed(ids) => Ok(ids[0].clone()),
    }
}

/// The identifiers in what a load wrote; a line torn by the kill does not count as an acknowledgement.
pub fn acknowledged(text: &str) -> Vec<LicenseId> {
    let whole = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    whole.filter_map(|line| line.trim_end().strip_prefix("ack ")?.parse().ok()).collect()
}

/// Every acknowledged license must be there, whole, once; and the store must be sound. Returns what is wrong.
pub fn check(store: &dyn Store, acknowledged: &[LicenseId]) -> Vec<String> {
    let mut wrong = check_acknowledged(store, acknowledged);
    let mut on_finding = |finding: Finding| {
        if finding.is_fault() {
            wrong.push(format!("{finding:?}"));
        }
    };
    if let Err(error) = store.fsck(&mut on_finding) {
        wrong.push(format!("fsck: {error}"));
    }
    wrong
}

/// The first half of [`check`], which costs little.
pub fn check_acknowledged(store: &dyn Store, acknowledged: &[LicenseId]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for id in acknowledged {
        if !seen.insert(id) {
            wrong.push(format!("{id} was acknowledged twice"));
        }
        match store.get(id) {
            Ok(Some(license)) => {
                if license.record != record(id.serial()) {
                    wrong.push(format!("{id}: another record"));
                }
                if license.files.len() != 2 {
                    wrong.push(format!("{id}: {} files", license.files.len()));
                }
                for file in &license.files {
                    if let Err(error) = store.file(&file.digest) {
                        wrong.push(format!("{id}: {error}"));
                    }
                }
                match store.lookup_idempotency(license.idempotency.as_ref().unwrap()) {
                    Ok(Some(done)) if done.ids == [id.clone()] => {}
                    other => wrong.push(format!("{id}: its key led to {other:?}")),
                }
            }
            other => wrong.push(format!("{id} was acknowledged, and is {other:?}")),
        }
    }
    wrong
}
