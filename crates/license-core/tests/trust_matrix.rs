//! Several CAs of several departments (B5): a license under CA B verifies when the list lets B vouch for its type, issuer,
//! division and day, and not otherwise. The whole matrix, through `verify`.
#![allow(clippy::unwrap_used)]

mod verify_support;

use std::sync::{Arc, OnceLock};

use license_core::trust::{
    About, Anchor, Event, KeyUse, Moment, Objection, Period, Pointer, Purpose, Scope, Service, SigningKey, Status,
    TrustList,
};
use license_core::verify::{self, Reason, Verdict};
use pki::{CertificateTemplate, KeyKind, Signer as _, SoftSigner};
use time::{Duration, OffsetDateTime};
use verify_support::recipe::Recipe;
use verify_support::{Court, HOUSING, ISSUED, JUDGED, MARKET, codes, explain, forge, good, pki_maker, signer, trust};

/// CA B of another department, and a document signer of the market authority below it.
struct Other {
    ca: Arc<SoftSigner>,
    signer: Arc<SoftSigner>,
    pdf: Vec<u8>,
}

fn other() -> &'static Other {
    static OTHER: OnceLock<Other> = OnceLock::new();
    OTHER.get_or_init(|| {
        let ca = pki_maker::root(KeyKind::P256, pki_maker::name("乙部门", "CA B"));
        let name = pki_maker::name(&format!("{MARKET}样例市市场监督管理局"), "样例");
        let signer = pki_maker::leaf(KeyKind::P256, CertificateTemplate::document_signer(name), &ca);
        let pdf = Recipe::of(good()).with_document_signer(signer.clone()).pdf();
        Other { ca, signer, pdf }
    })
}

/// The usual list with CA B, changed as asked.
fn with_b(change: impl FnOnce(&mut Anchor)) -> Court {
    Court::with_trust(|list| {
        let mut anchor = Anchor::new("B", other().ca.certificate().clone(), vec![Purpose::DocumentSigning]);
        change(&mut anchor);
        list.anchors.push(anchor);
    })
}

fn judged(court: &Court) -> Vec<&'static str> {
    // Opened once; the face is another test's matter.
    static FACTS: OnceLock<verify::Facts> = OnceLock::new();
    let facts = FACTS.get_or_init(|| verify::inspect(&other().pdf, &verify::Limits::default()));
    let policy = verify::Policy { press: None, ..court.policy() };
    let report = verify::judge(facts, &court.trust, &policy, court.at);
    let decided: Vec<_> =
        report.reasons().filter(|reason| reason.effect() != license_core::verify::Effect::Note).collect();
    assert_eq!(report.verdict == Verdict::Passed, decided.is_empty(), "{}", explain(&report));
    assert_eq!(report.subject.is_some(), decided.is_empty(), "nothing of it is shown as if good");
    decided.into_iter().map(Reason::code).collect()
}

#[test]
fn b5_a_license_under_another_ca_verifies_as_far_as_the_list_goes() {
    assert_eq!(judged(&Court::default()), ["signer.untrusted"], "B is not in the list");
    assert_eq!(judged(&with_b(|_| {})), [""; 0]);

    let kind = good().record().type_code().to_owned();
    let types = [
        (vec!["*".to_owned()], true),
        (vec!["x".to_owned(), kind.clone()], true),
        (vec![format!("{}*", &kind[..9])], true),
        (vec!["11100000000013338W900".to_owned()], false),
    ];
    let issuers = [
        (vec!["*".to_owned()], true),
        (vec![HOUSING.to_owned(), MARKET.to_owned()], true),
        (vec![HOUSING.to_owned()], false),
    ];
    let areas = [
        (vec!["*".to_owned()], true),
        (vec!["3401".to_owned()], true),
        (vec!["33".to_owned(), "3402".to_owned()], false),
    ];
    let day = Duration::days(1);
    let periods = [
        (Period::default(), true),
        (Period { from: Some(ISSUED - day), until: Some(ISSUED + day) }, true),
        (Period { from: None, until: Some(ISSUED - day) }, false),
    ];
    let event = |at, status| Event { at, status, reason: String::new() };
    let histories = [
        (vec![], true),
        (vec![event(ISSUED + day, Status::Granted)], false),
        (vec![event(ISSUED - day, Status::Suspended), event(ISSUED, Status::Granted)], true),
        (vec![event(ISSUED - day, Status::Withdrawn)], false),
        (vec![event(ISSUED + day, Status::Withdrawn)], true),
        (vec![event(ISSUED + day, Status::Compromised)], false),
        // The question lies before anyone else had the key.
        (vec![event(JUDGED + day, Status::Compromised)], true),
    ];
    let mut tried = 0;
    for (types, t) in &types {
        for (issuers, i) in &issuers {
            for (areas, a) in &areas {
                for (period, p) in &periods {
                    for (history, h) in &histories {
                        let found = judged(&with_b(|anchor| {
                            anchor.scope =
                                Scope { types: types.clone(), issuers: issuers.clone(), areas: areas.clone() };
                            anchor.period = *period;
                            anchor.history.clone_from(history);
                        }));
                        let place = format!("{types:?} {issuers:?} {areas:?} {period:?} {history:?}: {found:?}");
                        assert_eq!(found.is_empty(), *t && *i && *a && *p && *h, "{place}");
                        // The one thing that is wrong is the one that is named.
                        let named = match (t, i, a, p, h) {
                            (false, true, true, true, true) => Some("trust.type"),
                            (true, false, true, true, true) => Some("trust.issuer"),
                            (true, true, false, true, true) => Some("trust.area"),
                            (true, true, true, false, true) => Some("signer.untrusted"),
                            _ => None,
                        };
                        assert!(named.is_none_or(|named| found == [named]), "{place}");
                        tried += 1;
                    }
                }
            }
        }
    }
    assert_eq!(tried, 4 * 3 * 3 * 3 * 7);
}

/// The same CA may stand in several entries; each license needs one that covers it.
#[test]
fn b5_one_ca_in_several_entries() {
    let limited = |code: &str| {
        let mut anchor = Anchor::new(code, other().ca.certificate().clone(), vec![Purpose::DocumentSigning]);
        anchor.scope.issuers = vec![code.to_owned()];
        anchor
    };
    let court = |codes: &[&str]| Court::with_trust(|list| list.anchors.extend(codes.iter().map(|code| limited(code))));
    assert_eq!(judged(&court(&[HOUSING])), ["trust.issuer"]);
    assert_eq!(judged(&court(&[HOUSING, MARKET])), [""; 0]);
    assert_eq!(judged(&court(&[MARKET, HOUSING])), [""; 0]);
    // A lost key is lost in every entry.
    let mut lost = court(&[HOUSING, MARKET]);
    let at = ISSUED - Duration::days(1);
    let housing = lost.trust.anchors.iter_mut().find(|anchor| anchor.name == HOUSING).unwrap();
    housing.history = vec![Event { at, status: Status::Compromised, reason: String::new() }];
    assert_eq!(judged(&lost), ["trust.compromised"]);
}

#[test]
fn keys_of_an_issuer_have_periods_and_fates_of_their_own() {
    let day = Duration::days(1);
    let key = |from: OffsetDateTime, until: OffsetDateTime| SigningKey {
        spki: other().signer.certificate().spki_der().to_vec(),
        key_use: KeyUse::Document,
        period: Period { from: Some(from), until: Some(until) },
        history: Vec::new(),
    };
    let court = |key: Option<SigningKey>, only: bool| {
        let mut court = with_b(|_| {});
        let issuer = court.trust.issuers.iter_mut().find(|issuer| issuer.code == MARKET).unwrap();
        issuer.signing_keys.extend(key);
        issuer.listed_only = only;
        court
    };
    let good_key = || key(ISSUED - day, ISSUED + day);
    assert_eq!(judged(&court(Some(good_key()), true)), [""; 0]);
    assert_eq!(judged(&court(None, true)), ["trust.unlisted"]);
    assert_eq!(judged(&court(Some(key(ISSUED - 2 * day, ISSUED - day)), false)), ["trust.not-granted"], "rotated out");
    assert_eq!(
        judged(&court(Some(key(ISSUED + day, ISSUED + 2 * day)), false)),
        ["trust.not-granted"],
        "not in use yet"
    );
    let event = |at| vec![Event { at, status: Status::Compromised, reason: String::new() }];
    let lost = SigningKey { history: event(ISSUED + day), ..good_key() };
    assert_eq!(
        judged(&court(Some(lost.clone()), false)),
        ["trust.later-compromised"],
        "nothing proves that it is older"
    );
    // The register keeps the very file since the day of issue.
    let mut kept = court(Some(lost), false);
    kept.register = registered(&other().pdf);
    assert_eq!(judged(&kept), [""; 0]);
    let mut early = court(Some(SigningKey { history: event(ISSUED - day), ..good_key() }), false);
    early.register = registered(&other().pdf);
    assert_eq!(judged(&early), ["trust.compromised"], "everything since the date is refused");
}

fn registered(file: &[u8]) -> license_core::verify::Register {
    use license_core::verify::{Entry, Register, Status};
    Register::Found(Box::new(Entry {
        status: Status::Valid,
        record_digest: *good().record().digest().as_bytes(),
        token: good().index().token_text(),
        file_digests: vec![license_core::id::Digest::of(file).0],
    }))
}

/// Another operator's list: taken in within the limits that the own one sets it, and within itself.
#[test]
fn b5_another_operators_list_stays_within_its_limits() {
    // The own list knows nobody; the other one has CA B and the issuers.
    let mut theirs = trust().clone();
    theirs.anchors.push(Anchor::new("B", other().ca.certificate().clone(), vec![Purpose::DocumentSigning]));
    let court = |change: &dyn Fn(&mut Pointer), own: &dyn Fn(&mut TrustList)| {
        let mut pointer = Pointer {
            name: "yi".to_owned(),
            root: other().ca.certificate().clone(),
            purposes: vec![Purpose::DocumentSigning, Purpose::SealMaking],
            period: Period::default(),
            scope: Scope::default(),
            history: Vec::new(),
        };
        change(&mut pointer);
        let mut list = TrustList { lists: vec![pointer], ..TrustList::default() };
        own(&mut list);
        Court { trust: list.merged([("yi", &theirs)]).unwrap(), ..Court::default() }
    };
    let usual = |_: &mut TrustList| {};
    assert_eq!(judged(&court(&|_| {}, &usual)), [""; 0]);
    let nobody = TrustList::default().merged([("yi", &theirs)]).unwrap();
    assert_eq!(judged(&Court { trust: nobody, ..Court::default() }).len(), 2);
    let day = Duration::days(1);
    let event = |at, status| vec![Event { at, status, reason: String::new() }];
    let refused = |change: &dyn Fn(&mut Pointer)| {
        let found = judged(&court(change, &usual));
        assert!(!found.is_empty());
        found
    };
    assert!(refused(&|list| list.scope.types = vec!["11100000000013338W900".to_owned()]).contains(&"trust.type"));
    refused(&|list| list.scope.areas = vec!["33".to_owned()]);
    refused(&|list| list.scope.issuers = vec![HOUSING.to_owned()]);
    refused(&|list| list.purposes = vec![Purpose::TimeStamping]);
    assert!(refused(&|list| list.period.until = Some(ISSUED - day)).contains(&"trust.not-granted"));
    assert!(refused(&|list| list.history = event(ISSUED - day, Status::Suspended)).contains(&"trust.not-granted"));
    assert!(
        refused(&|list| list.history = event(ISSUED + day, Status::Compromised)).contains(&"trust.later-compromised")
    );
    assert_eq!(judged(&court(&|list| list.history = event(ISSUED + day, Status::Withdrawn), &usual)), [""; 0]);

    // They cannot move an issuer of this division into another one.
    let mut moved = theirs.clone();
    moved.issuers.iter_mut().for_each(|issuer| issuer.area = Some("3301".to_owned()));
    let mut limited = court(&|_| {}, &usual).trust.lists;
    limited[0].scope.areas = vec!["33".to_owned()];
    let own = TrustList { lists: limited, ..TrustList::default() };
    assert!(own.merged([("yi", &moved)]).unwrap().issuers.is_empty());

    // An issuer of the own list is not theirs to vouch for.
    let found = judged(&court(&|_| {}, &|list| {
        list.issuers = trust().issuers.clone();
    }));
    assert_eq!(found, ["trust.issuer"]);
    // And what they say of keys binds their own issuers only: they cannot take a local key away.
    let local = trust().issuer(MARKET).unwrap();
    let mut hostile = theirs.clone();
    hostile.issuers.retain(|issuer| issuer.code != MARKET);
    hostile.issuers[0].index_keys = local.index_keys.clone();
    hostile.issuers[0].index_keys[0].history = event(ISSUED - day, Status::Compromised);
    hostile.services.push(Service {
        history: event(ISSUED - day, Status::Compromised),
        ..Service::new("x", signer("p256-ca").certificate().clone(), vec![])
    });
    let mut own = trust().clone();
    own.lists = court(&|_| {}, &usual).trust.lists;
    let merged = Court { trust: own.merged([("yi", &hostile)]).unwrap(), ..Court::default() };
    let report = merged.judge(good().pdf());
    assert_eq!(report.verdict, Verdict::Passed, "{}", explain(&report));
    // More CAs than a search for a path should go through: the list is refused, not cut.
    let mut crowded = theirs.clone();
    crowded.authorities = vec![signer("p256-ca").certificate().clone(); 256];
    assert!(own.merged([("yi", &crowded)]).is_ok());
    crowded.authorities.push(signer("sm2-ca").certificate().clone());
    let refused = own.merged([("yi", &crowded)]).unwrap_err();
    assert_eq!((refused.name.as_str(), refused.found, refused.limit), ("yi", 257, 256));
    assert!(own.merged([("unnamed", &crowded)]).is_ok(), "a list that is not named adds nothing");
    // Merging is no edition of its own.
    assert_eq!(TrustList::from_json(&merged.trust.to_json()).unwrap().issuers, own.issuers);
}

/// A CA that vouches for listed services only, and a listed CA in between that was lost.
#[test]
fn what_is_said_of_a_key_counts_on_every_path_through_it() {
    let report = |change: &dyn Fn(&mut TrustList)| codes(&Court::with_trust(change).judge(good().ofd()));
    let sm2 = |list: &mut TrustList, change: &dyn Fn(&mut Anchor)| {
        list.anchors.iter_mut().filter(|anchor| anchor.purposes.contains(&Purpose::SealMaking)).for_each(change);
    };
    let service = |name: &str, purposes: Vec<Purpose>| Service::new(name, signer(name).certificate().clone(), purposes);
    let listed = report(&|list| {
        sm2(list, &|anchor| anchor.listed_only = true);
        list.services.push(service("seal-maker", vec![Purpose::SealMaking]));
        list.services.push(service(&format!("{MARKET}-seal"), vec![Purpose::DocumentSigning]));
    });
    assert!(!listed.iter().any(|code| code.starts_with("trust.")), "{listed:?}");
    let unlisted = report(&|list| sm2(list, &|anchor| anchor.listed_only = true));
    assert!(unlisted.contains(&"trust.unlisted"), "{unlisted:?}");
    let at = ISSUED - Duration::days(1);
    let lost = report(&|list| {
        let history = vec![Event { at, status: Status::Compromised, reason: String::new() }];
        let ca = service("sm2-ca", vec![Purpose::DocumentSigning, Purpose::SealMaking]);
        list.services.push(Service { history, ..ca });
    });
    assert!(lost.contains(&"trust.compromised"), "{lost:?}");
    let maker = report(&|list| {
        let history = vec![Event { at: OffsetDateTime::UNIX_EPOCH, status: Status::Withdrawn, reason: String::new() }];
        list.services.push(Service { history, ..service("seal-maker", vec![Purpose::SealMaking]) });
    });
    assert!(maker.contains(&"trust.not-granted"), "{maker:?}");
}

/// A CA that got another key keeps its name: the one that signed the seal maker counts, wherever in the list it stands.
#[test]
fn a_seal_is_given_up_with_the_ca_whose_key_is_above_its_maker() {
    let name = || pki_maker::name("制章", "CA");
    let [former, lost, other] = [(); 3].map(|()| pki_maker::root(KeyKind::P256, name()));
    let template = CertificateTemplate::seal_maker(pki_maker::name("制章", "Maker"));
    let maker = pki_maker::leaf(KeyKind::Sm2, template, &lost);
    let model = Recipe::of(good()).seal;
    let seal = forge::seal(&model, &[&signer(&format!("{MARKET}-seal"))], &maker, |_| {});
    let service = |ca: &SoftSigner| Service {
        history: vec![Event { at: ISSUED, status: Status::Compromised, reason: String::new() }],
        ..Service::new("CA", ca.certificate().clone(), vec![Purpose::SealMaking])
    };
    let since = |authorities: &[&Arc<SoftSigner>], of: &SoftSigner| {
        let mut list = trust().clone();
        list.authorities.splice(0..0, authorities.iter().map(|ca| ca.certificate().clone()));
        list.services.push(service(of));
        list.seal_given_up(&seal, JUDGED).map(|event| event.at)
    };
    for order in [[&former, &lost, &other], [&lost, &former, &other], [&other, &former, &lost]] {
        assert_eq!(since(&order, &lost), Some(ISSUED));
        assert_eq!(since(&order, &former), None, "it signed other makers");
    }
    assert_eq!(since(&[], &lost), Some(ISSUED), "told of as a service alone");
}

#[test]
fn the_list_answers_who_may_issue_what_when() {
    let day = Duration::days(1);
    let mut list = trust().clone();
    let kind = list.issuer(MARKET).unwrap().types[0].clone();
    let moment = Moment { signed: ISSUED, existed: None, asked: JUDGED };
    assert_eq!(list.may_issue(MARKET, &kind, &moment).unwrap().code, MARKET);
    assert!(matches!(list.may_issue("x", &kind, &moment), Err(None)));
    assert!(matches!(list.may_issue(HOUSING, &kind, &moment), Err(Some(Objection::Type { .. }))));
    let issuer = list.issuers.iter_mut().find(|issuer| issuer.code == MARKET).unwrap();
    issuer.history = vec![Event { at: ISSUED + day, status: Status::Withdrawn, reason: "撤并".to_owned() }];
    assert!(list.may_issue(MARKET, &kind, &moment).is_ok(), "withdrawn later");
    let later = Moment { signed: ISSUED + 2 * day, ..moment };
    assert!(matches!(list.may_issue(MARKET, &kind, &later), Err(Some(Objection::NotGranted { .. }))));
    let about = About::license(MARKET, &kind);
    assert_eq!(list.anchors_about(Purpose::DocumentSigning, &about, &moment).len(), 2);
    assert_eq!(list.anchors_for(Purpose::TimeStamping, ISSUED).len(), 0);
}
