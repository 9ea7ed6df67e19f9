//! The trust list as published, and others' lists taken in (B5, D11).
#![allow(missing_docs, clippy::unwrap_used)]

mod http_support;

use std::path::Path;
use std::sync::Arc;

use http_support::{Answer, Service, add_client, start};
use license_core::trust::{Pointer, Purpose, Scope, TrustList};
use license_server::deployment::{roots, signer, trust_list};
use license_server::service::clients::Scope as May;
use license_server::service::trust::{TrustBook, TrustError};
use license_server::store::{PageRequest, StoreUrl};
use pki::{Certificate, CertificateTemplate, KeyKind, Name, PrivateKey, Signer as _, SoftSigner};
use time::OffsetDateTime;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2026-12-01 10:00 +8);

fn trust_folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/pki/trust")
}

fn own() -> (TrustList, String, Vec<Certificate>) {
    let roots = roots(&trust_folder()).unwrap();
    let (list, text) = trust_list(&trust_folder(), &roots).unwrap();
    (list, text, roots)
}

fn own_root() -> SoftSigner {
    let keys = trust_folder().join("../keys");
    let password = std::fs::read_to_string(keys.join("password")).unwrap();
    signer(&keys, "p256-root", password.trim().as_bytes()).unwrap()
}

/// The root of another operator.
fn other_root() -> SoftSigner {
    let key = PrivateKey::generate(KeyKind::Ed25519, &mut getrandom::rand_core::UnwrapErr(getrandom::SysRng)).unwrap();
    let name = Name::builder().country("CN").organization("乙省").common_name("乙省根").build();
    let template = CertificateTemplate::root_ca(name).serial(&[0x41]);
    let template = template.valid(datetime!(2020-01-01 0:00 UTC), datetime!(2050-01-01 0:00 UTC));
    let certificate = template.self_sign(&key).unwrap();
    SoftSigner::new(key, certificate, vec![]).unwrap()
}

fn signed(list: &TrustList, by: &SoftSigner) -> String {
    let prepared = list.prepare(by.certificate()).unwrap();
    let signature = by.sign(prepared.to_be_signed()).unwrap();
    prepared.finish(&signature).unwrap()
}

/// The own list's next edition, which names the other operator.
fn naming(root: &SoftSigner) -> TrustList {
    let (mut list, text, _) = own();
    list.sequence += 1;
    list.previous = Some(TrustList::digest_of(&text));
    list.lists.push(Pointer {
        name: "yi".to_owned(),
        root: root.certificate().clone(),
        purposes: vec![Purpose::DocumentSigning, Purpose::SealMaking],
        period: Default::default(),
        scope: Scope { areas: vec!["33".to_owned()], ..Scope::default() },
        history: Vec::new(),
    });
    list
}

/// The other operator's list.
fn theirs(sequence: u64) -> TrustList {
    let (list, ..) = own();
    let mut issuers = list.issuers.clone();
    issuers.truncate(1);
    issuers[0].code = "113301000000000000".to_owned();
    TrustList { sequence, operator: "乙省".to_owned(), issuers, ..list }
}

fn import(service: &Service, token: &str, text: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/jose")];
    service.send("POST", "/api/v1/trust-lists", &headers, text.as_bytes())
}

#[test]
fn b5_the_list_is_published_with_an_entity_tag_and_all_its_editions() {
    let service = start();
    let (_, text, roots) = own();
    let answer = service.get("/api/v1/trust-list");
    assert!(answer.status == 200 && answer.text() == text);
    assert_eq!(answer.header("content-type"), Some("application/jose"));
    assert!(answer.header("cache-control").unwrap().contains("max-age"));
    let tag = answer.header("etag").unwrap().to_owned();
    assert_eq!(tag, format!("\"{}\"", TrustList::digest_of(&text)));
    let again = service.send("GET", "/api/v1/trust-list", &[("If-None-Match", &tag)], b"");
    assert_eq!((again.status, again.body.len()), (304, 0));
    let other = service.send("GET", "/api/v1/trust-list", &[("If-None-Match", "\"x\"")], b"");
    assert_eq!(other.status, 200);

    let next = signed(&naming(&other_root()), &own_root());
    let token = service.token();
    let answer = import(&service, &token, &next);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let first = own().0.sequence;
    assert_eq!(answer.json()["edition"]["sequence"], first + 1);
    assert!(service.get("/api/v1/trust-list").text() == next);
    let editions = service.get("/api/v1/trust-list/editions").json();
    let numbers: Vec<_> = editions["editions"].as_array().unwrap().iter().map(|one| one["sequence"].clone()).collect();
    assert_eq!(numbers, [first, first + 1]);
    let edition = |number: u64| service.get(&format!("/api/v1/trust-list/editions/{number}"));
    let kept = edition(first);
    assert!(kept.text() == text);
    assert!(kept.header("cache-control").unwrap().contains("immutable"));
    let list = TrustList::open(&edition(first + 1).text(), &roots).unwrap();
    assert_eq!(list.previous, Some(TrustList::digest_of(&kept.text())), "the chain of editions");
    edition(first + 2).problem(404, "trust.edition-unknown");
    service.get("/api/v1/trust-list/editions/x").problem(404, "trust.edition-unknown");
}

#[test]
fn b5_others_lists_are_taken_in_as_far_as_the_own_list_goes() {
    let service = start();
    let token = service.token();
    let root = other_root();
    let list = signed(&theirs(7), &root);
    import(&service, &token, &list).problem(422, "trust.not-named");
    assert_eq!(import(&service, &token, &signed(&naming(&root), &own_root())).status, 200);
    let answer = import(&service, &token, &list);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let said = answer.json();
    assert_eq!((&said["name"], &said["edition"]["sequence"], &said["known"]), (&"yi".into(), &7.into(), &false.into()));
    let again = import(&service, &token, &list).json();
    assert_eq!(again["known"], true, "the same again is no harm");

    let view = service.office.trust();
    assert!(view.own.issuer("113301000000000000").is_none());
    assert_eq!(view.merged.issuer("113301000000000000").unwrap().origin.as_ref().unwrap().name, "yi");
    let others = service.get("/api/v1/trust-lists").json();
    assert_eq!(others["lists"][0]["operator"], "乙省");

    import(&service, &token, &signed(&theirs(6), &root)).problem(409, "trust.rollback");
    let fork = TrustList { operator: "别的".to_owned(), ..theirs(7) };
    import(&service, &token, &signed(&fork, &root)).problem(409, "trust.rollback");
    let mut broken = list.clone().into_bytes();
    let middle = list.rfind('.').unwrap() - 5;
    broken[middle] = if broken[middle] == b'A' { b'B' } else { b'A' };
    import(&service, &token, std::str::from_utf8(&broken).unwrap()).problem(422, "trust.unfit");
    import(&service, &token, "nothing").problem(422, "trust.not-named");
    // An older edition of the own list, too.
    import(&service, &token, &own().1).problem(409, "trust.rollback");

    let metrics = service.get("/metrics").text();
    let line = format!("license_trust_list_edition{{list=\"own\"}} {}", own().0.sequence + 1);
    assert!(metrics.contains(&line), "{metrics}");
    assert!(metrics.contains("license_trust_list_edition{list=\"yi\"} 7"), "{metrics}");
    assert!(
        metrics.contains("license_certificate_expires_seconds{kind=\"certificate\",name=\"11340100MB1D00012R-index\"}")
    );
    assert!(metrics.contains("license_certificate_expires_seconds{kind=\"seal\",name=\"11340100MB1D00012R\"}"));

    let trail = service.office.store().audit_tail(50).unwrap();
    let imports = trail.iter().filter(|record| record.entry.action == "trust.import").count();
    assert!(imports >= 2, "every edition has its entry");
}

#[test]
fn only_who_manages_takes_lists_in() {
    let service = start();
    let reader = add_client(&service.office, &[May::Issue, May::Fetch]);
    let token = service.token_of(&reader, "");
    import(&service, &token, "x").problem(403, "auth.scope");
    let none = service.send("POST", "/api/v1/trust-lists", &[("Content-Type", "application/jose")], b"x");
    none.problem(401, "auth.missing");
    let bearer = format!("Bearer {}", service.token());
    let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
    service.send("POST", "/api/v1/trust-lists", &headers, b"{}").problem(415, "media-type.unsupported");
}

/// Kept by the register: a restart goes on with it, and an old file put back into the folder changes nothing.
#[test]
fn b5_an_old_file_put_back_is_not_used() {
    let scratch = tempfile::tempdir().unwrap();
    let open =
        || format!("redb:{}", scratch.path().join("store").display()).parse::<StoreUrl>().unwrap().open().unwrap();
    let (list, text, roots) = own();
    let root = other_root();
    let next = signed(&naming(&root), &own_root());
    {
        let store = open();
        let book = TrustBook::open(&*store, list.clone(), text.clone(), roots.clone(), NOW);
        book.import(&*store, &next, "test", NOW).unwrap();
        book.import(&*store, &signed(&theirs(3), &root), "test", NOW).unwrap();
    }
    let store = open();
    let book = TrustBook::open(&*store, list.clone(), text.clone(), roots.clone(), NOW);
    let view = book.view();
    assert_eq!(view.own.sequence, list.sequence + 1, "the folder still holds the edition before");
    assert!(view.text == next);
    assert_eq!(view.others[0].list.sequence, 3);
    let error = book.import(&*store, &signed(&theirs(2), &root), "test", NOW).unwrap_err();
    assert!(matches!(error, TrustError::Rollback(_)), "{error}");
    // The list of somebody whom the next edition does not name any more is not used.
    let mut third = naming(&root);
    (third.sequence, third.previous) = (third.sequence + 1, Some(TrustList::digest_of(&next)));
    third.lists.clear();
    book.import(&*store, &signed(&third, &own_root()), "test", NOW).unwrap();
    assert!(book.view().others.is_empty() && book.view().merged.issuer("113301000000000000").is_none());
    let trail = store.audit_of("setting:trust/own", &PageRequest::first(50)).unwrap();
    assert_eq!(trail.items.len(), 3);
    assert!(store.verify_audit_chain().is_ok());
    drop(Arc::clone(&store));
}

/// What a list vouches for would hang on the order of its entries if it were cut.
#[test]
fn b5_a_list_of_others_that_names_too_many_cas_is_refused_and_not_cut() {
    let service = start();
    let (token, root) = (service.token(), other_root());
    assert_eq!(import(&service, &token, &signed(&naming(&root), &own_root())).status, 200);
    let mut crowded = theirs(7);
    crowded.authorities = vec![root.certificate().clone(); 257];
    let answer = import(&service, &token, &signed(&crowded, &root));
    assert!(answer.text().contains("257") && answer.text().contains("256 are the limit"), "{}", answer.text());
    answer.problem(422, "trust.unfit");
    assert!(service.office.trust().others.is_empty());
    crowded.authorities.pop();
    assert_eq!(import(&service, &token, &signed(&crowded, &root)).status, 200);
    assert_eq!(service.office.trust().others.len(), 1);
}

/// An edition that gives a key up: nothing is issued with it from this moment on.
#[test]
fn b4_nothing_is_issued_with_a_key_that_the_edition_in_use_gives_up() {
    use license_core::trust::{Event, Status};

    let service = start();
    let token = service.token();
    let issued = service.issue(&token, "business-license");
    let caller = license_server::service::Caller { name: "test".to_owned() };
    let (mut list, text, _) = own();
    list.sequence += 1;
    list.previous = Some(TrustList::digest_of(&text));
    let lost = Event { at: OffsetDateTime::UNIX_EPOCH, status: Status::Compromised, reason: "lost".to_owned() };
    let body = serde_json::json!({ "type": "business-license", "data": http_support::sample("business-license") });
    // The maker of the seal: its seals are believed by nobody, whenever they were made.
    let mut without = list.clone();
    let pem = std::fs::read_to_string(trust_folder().join("../keys/seal-maker.pem")).unwrap();
    let maker = Certificate::many_from_pem(&pem).unwrap().remove(0);
    let mut entry = license_core::trust::Service::new("maker", maker, vec![Purpose::SealMaking]);
    entry.history = vec![lost.clone()];
    without.services.push(entry);
    let text = signed(&without, &own_root());
    service.office.import_trust(&caller, &text).unwrap();
    service.post(&token, "/api/v1/licenses", Some("sealed"), &body).problem(503, "signer.given-up");
    (list.sequence, list.previous) = (list.sequence + 1, Some(TrustList::digest_of(&text)));
    list.issuers.iter_mut().flat_map(|issuer| &mut issuer.index_keys).for_each(|key| key.history = vec![lost.clone()]);
    service.office.import_trust(&caller, &signed(&list, &own_root())).unwrap();
    service.post(&token, "/api/v1/licenses", Some("another"), &body).problem(503, "signer.given-up");
    let id = issued["id"].as_str().unwrap();
    let faces = serde_json::json!({ "faces": ["main"] });
    service.post(&token, &format!("/api/v1/licenses/{id}/faces"), None, &faces).problem(503, "signer.given-up");
    // What is there stays there.
    assert_eq!(service.fetch(&token, &format!("/api/v1/licenses/{id}")).status, 200);
}

/// A verdict that was formed by one edition is not given once another is in use: neither from what is remembered, nor by
/// somebody who was at it while the edition came in.
#[test]
fn b4_a_new_edition_counts_from_the_moment_it_is_in_use() {
    use license_core::trust::{Event, Status};
    use license_core::verify::Verdict;
    use std::sync::atomic::{AtomicUsize, Ordering};

    let service = start();
    let token = service.token();
    let issued = service.issue(&token, "business-license");
    let office = &service.office;
    let id = issued["id"].as_str().unwrap().parse().unwrap();
    let text = office.store().get(&id).unwrap().unwrap().index_token;
    let code = issued["issuer_code"].as_str().map(str::to_owned);
    let verdict = || office.verify_text(&text).unwrap().verdict;
    assert_eq!(verdict(), Verdict::Passed);
    let (first, first_text, _) = own();
    let mut held = (first.sequence, TrustList::digest_of(&first_text));
    let root = own_root();
    // Odd: the edition in use has given the key up. One more while an edition comes in, when either may be said.
    let (in_use, stop) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        let watch = || {
            while stop.load(Ordering::SeqCst) == 0 {
                let before = in_use.load(Ordering::SeqCst);
                let told = verdict();
                if before == in_use.load(Ordering::SeqCst) && before % 2 == 0 {
                    let wanted = if before % 4 == 0 { Verdict::Passed } else { Verdict::Failed };
                    assert_eq!(told, wanted, "edition {before}");
                }
            }
        };
        let watchers: Vec<_> = (0..3).map(|_| scope.spawn(watch)).collect();
        for edition in 1..=40_u64 {
            let mut list = own().0;
            list.sequence = first.sequence + edition;
            list.previous = Some(held.1);
            if edition % 2 == 1 {
                let lost = Event { at: OffsetDateTime::UNIX_EPOCH, status: Status::Compromised, reason: String::new() };
                let issuers =
                    list.issuers.iter_mut().filter(|issuer| code.as_ref().is_none_or(|code| issuer.code == *code));
                issuers.flat_map(|issuer| &mut issuer.index_keys).for_each(|key| key.history = vec![lost.clone()]);
            }
            let text = signed(&list, &root);
            in_use.fetch_add(1, Ordering::SeqCst);
            let caller = license_server::service::Caller { name: "test".to_owned() };
            office.import_trust(&caller, &text).unwrap();
            in_use.fetch_add(1, Ordering::SeqCst);
            held = (list.sequence, TrustList::digest_of(&text));
            assert_eq!(verdict(), if edition % 2 == 1 { Verdict::Failed } else { Verdict::Passed }, "{held:?}");
        }
        stop.store(1, Ordering::SeqCst);
        watchers.into_iter().for_each(|watcher| watcher.join().unwrap());
    });
}
