//! Issues licenses into an embedded store until somebody ends it, and says afterwards whether all of them are there.
//!
//! ```text
//! crashload write DIR redb|sled    issues from eight threads, prints `ack ID` after each durable answer
//! crashload check DIR redb|sled    reads acknowledged ids from standard input; exit 0 when the store is whole
//! ```
//!
//! Everything in a license follows from its identifier, so the check knows each byte that has to be there.

use std::collections::BTreeSet;
use std::error::Error;
use std::io::{BufRead, Write, stdin, stdout};
use std::process::ExitCode;
use std::sync::Arc;
use std::{env, thread};

use license_core::id::{Digest, LicenseId};
use license_server::store::{
    AuditNote, FileKind, Idempotency, IdempotencyKey, Issue, NewFile, NewLicense, PageRequest, Query, Status, Store,
    StoreUrl, StoredLicense,
};
use time::macros::datetime;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const THREADS: usize = 8;
const TYPE_CODE: &str = "11100000000013338W001";
const ISSUER: &str = "11430000006122244L";

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args[..] {
        ["write", folder, engine] => open(folder, engine).and_then(|store| write(&store)),
        ["check", folder, engine] => open(folder, engine).and_then(|store| check(store.as_ref())),
        _ => Err("usage: crashload write|check DIR redb|sled".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("crashload: {why}");
            ExitCode::FAILURE
        }
    }
}

fn open(folder: &str, engine: &str) -> Outcome<Arc<dyn Store>> {
    Ok(format!("{engine}:{folder}").parse::<StoreUrl>()?.open()?)
}

fn write(store: &Arc<dyn Store>) -> Outcome<()> {
    let writers = (0..THREADS).map(|_| {
        let store = Arc::clone(store);
        thread::spawn(move || {
            loop {
                issue_one(store.as_ref())?;
            }
        })
    });
    // All are started before the first is waited for; the first error ends the run, as a broken disk ends a server.
    let writers: Vec<thread::JoinHandle<Outcome<()>>> = writers.collect();
    writers.into_iter().try_for_each(|writer| writer.join().map_err(|_| "a writer panicked")?)
}

fn issue_one(store: &dyn Store) -> Outcome<()> {
    let serial = store.reserve("crashload", 1)?.start;
    let id = LicenseId::new(TYPE_CODE.parse()?, ISSUER.parse()?, &format!("{serial:09}"), 1)?;
    let license = license(&id);
    let key = IdempotencyKey { client: "crashload".to_owned(), key: id.to_string() };
    let idempotency = Some(Idempotency { key, body: Digest::of(&license.record) });
    store.issue(Issue { licenses: vec![license], idempotency, audit: note() })?;
    // Only a whole line counts as an answer, and it is written at once.
    let mut out = stdout().lock();
    out.write_all(format!("ack {id}\n").as_bytes())?;
    Ok(out.flush()?)
}

fn check(store: &dyn Store) -> Outcome<()> {
    let mut faults = Vec::new();
    let acknowledged: BTreeSet<String> = stdin().lock().lines().collect::<Result<_, _>>()?;
    for text in acknowledged.iter().filter(|text| !text.is_empty()) {
        if store.get(&text.parse()?)?.is_none() {
            faults.push(format!("{text} was acknowledged and is not there"));
        }
    }
    let mut seen = BTreeSet::new();
    let mut page = PageRequest::first(500);
    loop {
        let found = store.list(&Query::All, &page)?;
        for license in &found.items {
            if !seen.insert(license.id.base().to_string()) {
                faults.push(format!("{} is there twice", license.id));
            }
            whole(store, license).unwrap_or_else(|why| faults.push(format!("{}: {why}", license.id)));
        }
        page.after = found.next;
        if page.after.is_none() {
            break;
        }
    }
    let summary = store.fsck(&mut |finding| {
        if finding.is_fault() {
            faults.push(format!("fsck: {finding:?}"));
        }
    })?;
    if summary.faults > 0 || summary.licenses != seen.len() as u64 {
        faults.push(format!("fsck does not agree: {summary:?}, {} licenses listed", seen.len()));
    }
    faults.iter().for_each(|fault| eprintln!("{fault}"));
    if faults.is_empty() { Ok(()) } else { Err(format!("{} faults", faults.len()).into()) }
}

/// What is stored is what was issued, to the byte.
fn whole(store: &dyn Store, found: &StoredLicense) -> Outcome<()> {
    let issued = license(&found.id);
    let same = found.record == issued.record && found.number == issued.number && found.status == Status::Valid;
    if !same || found.files.len() != issued.files.len() {
        return Err("not as it was issued".into());
    }
    for (reference, file) in found.files.iter().zip(&issued.files) {
        if store.file(&reference.digest)? != file.bytes {
            return Err(format!("its {:?} is another file", reference.kind).into());
        }
    }
    Ok(())
}

fn license(id: &LicenseId) -> NewLicense {
    let text = id.to_string();
    let file = |kind, size: usize| {
        let bytes = format!("{kind:?} {text} ").into_bytes().into_iter().cycle().take(size).collect();
        NewFile { kind, face: String::new(), bytes, seal: None }
    };
    NewLicense {
        id: id.clone(),
        type_id: "crash-test".to_owned(),
        number: format!("NO-{}", id.serial()),
        holder_name: "崩溃测试有限公司".to_owned(),
        holder_code: ISSUER.to_owned(),
        issuer_code: ISSUER.to_owned(),
        case_number: None,
        record: format!("{{\"id\":\"{text}\"}}").into_bytes(),
        index_token: text.clone(),
        files: vec![file(FileKind::Ofd, 40_000), file(FileKind::Pdf, 60_000)],
        made_with: Vec::new(),
        issued_at: datetime!(2026-11-21 12:00 UTC),
        valid_until: None,
    }
}

fn note() -> AuditNote {
    AuditNote {
        at: datetime!(2026-11-21 12:00 UTC),
        actor: "crashload".to_owned(),
        action: "license.issue".to_owned(),
        purpose: "crash test".to_owned(),
        detail: String::new(),
    }
}
