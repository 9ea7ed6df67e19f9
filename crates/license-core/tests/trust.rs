//! The trust list: what opens, what replaces what, what is refused with its place named.
#![allow(clippy::unwrap_used)]

mod verify_support;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use license_core::trust::{JwsError, Rollback, TrustList, TrustListError};
use pki::{Certificate, KeyKind, Signer as _, SoftSigner};
use serde_json::{Value, json};
use verify_support::{ISSUED, pki_maker, signer, text, trust};

fn roots() -> [Certificate; 1] {
    [signer("p256-root").certificate().clone()]
}

fn signed(list: &TrustList, by: &SoftSigner) -> String {
    let prepared = list.prepare(by.certificate()).unwrap();
    let signature = by.sign(prepared.to_be_signed()).unwrap();
    prepared.finish(&signature).unwrap()
}

/// An envelope by hand.
fn enveloped(header: &Value, payload: &[u8], by: &SoftSigner) -> String {
    let input = format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(payload));
    let raw = pki::der_to_raw(&by.sign(input.as_bytes()).unwrap(), 32).unwrap();
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(raw))
}

fn header() -> Value {
    let thumbprint = URL_SAFE_NO_PAD.encode(roots()[0].fingerprint().as_bytes());
    json!({ "alg": "ES256", "typ": "license-trust-list+jws", "x5t#S256": thumbprint })
}

#[test]
fn the_fixture_opens_with_its_root_and_writes_itself_again() {
    let list = TrustList::open(&text("trust/trust-list.jws"), &roots()).unwrap();
    assert_eq!(list.issuers.len(), 3);
    assert_eq!(&TrustList::from_json(&list.to_json()).unwrap(), &list);
    let mut with_addresses = list.clone();
    with_addresses.addresses = vec!["HTTPS://LICENSE.EXAMPLE.GOV.CN/V/".to_owned()];
    let text = signed(&with_addresses, &signer("p256-root"));
    assert_eq!(TrustList::open(&text, &roots()).unwrap(), with_addresses);
}

#[test]
fn only_a_pinned_root_makes_a_list() {
    let good = signed(trust(), &signer("p256-root"));
    assert!(matches!(TrustList::open(&good, &[]), Err(TrustListError::Envelope(JwsError::NotPinned(_)))));
    // A root of the same name.
    let impostor = pki_maker::root(KeyKind::P256, roots()[0].subject().clone());
    let forged = signed(trust(), &impostor);
    assert!(matches!(TrustList::open(&forged, &roots()), Err(TrustListError::Envelope(JwsError::NotPinned(_)))));
    // Under the root's name of the key, but with another key.
    let forged = enveloped(&header(), &trust().to_json(), &impostor);
    assert_eq!(TrustList::open(&forged, &roots()), Err(TrustListError::Envelope(JwsError::Signature)));
    // A root whose key signs no lists.
    let p384 = pki_maker::root(KeyKind::P384, pki_maker::name("x", "x"));
    assert!(trust().prepare(p384.certificate()).is_err());
}

#[test]
fn the_envelope_has_one_form() {
    let root = signer("p256-root");
    let payload = trust().to_json();
    assert!(TrustList::open(&enveloped(&header(), &payload, &root), &roots()).is_ok(), "by hand as by the library");
    let with = |key: &str, value: Value| {
        let mut header = header();
        header[key] = value;
        enveloped(&header, &payload, &root)
    };
    let good = enveloped(&header(), &payload, &root);
    let parts: Vec<&str> = good.split('.').collect();
    for (name, text) in [
        ("no algorithm", with("alg", json!("none"))),
        ("another algorithm", with("alg", json!("HS256"))),
        ("another type", with("typ", json!("JWT"))),
        ("a critical extension", with("crit", json!(["exp"]))),
        ("a key of its own", with("jwk", json!({}))),
        ("no signature", format!("{}.{}.", parts[0], parts[1])),
        ("two parts", format!("{}.{}", parts[0], parts[1])),
        ("four parts", format!("{good}.x")),
        ("padding", format!("{good}=")),
        ("nothing", String::new()),
        ("not base64", "a.b.c".to_owned()),
    ] {
        let error = TrustList::open(&text, &roots()).unwrap_err();
        assert!(matches!(error, TrustListError::Envelope(_)), "{name}: {error}");
    }
    for at in (0..good.len()).step_by(37) {
        let mut changed = good.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert!(TrustList::open(&changed, &roots()).is_err(), "character {at}");
    }
}

#[test]
fn a_list_with_a_mistake_is_refused_with_its_place() {
    let whole: Value = serde_json::from_slice(&trust().to_json()).unwrap();
    let with = |change: &dyn Fn(&mut Value)| {
        let mut value = whole.clone();
        change(&mut value);
        TrustList::from_json(value.to_string().as_bytes()).unwrap_err()
    };
    let place = |error: TrustListError| match error {
        TrustListError::Entry { place, .. } => place,
        other => panic!("{other}"),
    };
    assert_eq!(place(with(&|list| list["schema"] = json!(3))), "/schema");
    assert_eq!(place(with(&|list| list["issuers"][1] = list["issuers"][0].clone())), "/issuers/1/code");
    assert_eq!(place(with(&|list| list["issuers"][0]["code"] = json!(""))), "/issuers/0/code");
    assert_eq!(place(with(&|list| list["anchors"][1]["certificate"] = json!("AAAA"))), "/anchors/1/certificate");
    assert_eq!(
        place(with(&|list| list["issuers"][2]["index_keys"][0]["spki"] = json!("AAAA"))),
        "/issuers/2/index_keys/0/spki"
    );
    let rsa = STANDARD.encode([0x30, 0x03, 0x02, 0x01, 0x00]);
    assert_eq!(
        place(with(&|list| list["issuers"][0]["index_keys"][0]["spki"] = json!(rsa))),
        "/issuers/0/index_keys/0/spki"
    );
    assert_eq!(place(with(&|list| list["addresses"] = json!(["https://license.example.gov.cn/v/"]))), "/addresses/0");
    let event = |at: &str, status: &str| json!({ "at": at, "status": status });
    for (expected, change) in [
        ("/unknown", (&|list: &mut Value| list["unknown"] = json!(1)) as &dyn Fn(&mut Value)),
        ("/issuers/0/unknown", &|list| list["issuers"][0]["unknown"] = json!(1)),
        ("/anchors/0/purposes/0", &|list| list["anchors"][0]["purposes"] = json!(["everything"])),
        ("/anchors/0/purposes", &|list| list["anchors"][0]["purposes"] = json!(vec!["seal-making"; 4])),
        ("/sequence", &|list| list["sequence"] = json!(-1)),
        ("/sequence", &|list| list["sequence"] = json!(1_u64 << 53)),
        ("/operator", &|list| list.as_object_mut().unwrap().retain(|name, _| name != "operator")),
        ("/operator", &|list| list["operator"] = json!("x".repeat(201))),
        ("/operator", &|list| list["operator"] = json!("a\nb")),
        ("/issued_at", &|list| list["issued_at"] = json!("yesterday")),
        ("/previous", &|list| list["previous"] = json!("abc")),
        ("/anchors/0/areas/1", &|list| list["anchors"][0]["areas"] = json!(["34", "341"])),
        ("/anchors/0/types/0", &|list| list["anchors"][0]["types"] = json!([""])),
        ("/anchors/0/issuers/0", &|list| list["anchors"][0]["issuers"] = json!(["1134"])),
        ("/anchors/0/listed_only", &|list| list["anchors"][0]["listed_only"] = json!("yes")),
        ("/issuers/0/area", &|list| list["issuers"][0]["area"] = json!("*")),
        ("/issuers/0/index_keys/0/use", &|list| list["issuers"][0]["index_keys"][0]["use"] = json!("seal")),
        ("/issuers/0/signing_keys/0/use", &|list| {
            let spki = list["issuers"][0]["index_keys"][0]["spki"].clone();
            list["issuers"][0]["signing_keys"] = json!([{ "spki": spki, "use": "index" }]);
        }),
        ("/issuers/0/period/to", &|list| list["issuers"][0]["period"] = json!({ "to": "2026-01-01T00:00:00Z" })),
        ("/issuers/0/history/0/status", &|list| {
            list["issuers"][0]["history"] = json!([event("2026-01-01T00:00:00Z", "lost")]);
        }),
        ("/issuers/0/history/1", &|list| {
            let twice = event("2026-01-01T00:00:00Z", "granted");
            list["issuers"][0]["history"] = json!([twice, twice]);
        }),
        ("/anchors/1/history/1", &|list| {
            let lost = event("2026-01-01T00:00:00Z", "compromised");
            list["anchors"][1]["history"] = json!([lost, event("2026-01-02T00:00:00Z", "granted")]);
        }),
        ("/lists/1/name", &|list| {
            let root = list["anchors"][0]["certificate"].clone();
            let other = json!({ "name": "b", "root": root, "purposes": [] });
            list["lists"] = json!([other, other]);
        }),
        ("/lists/0/name", &|list| {
            let root = list["anchors"][0]["certificate"].clone();
            list["lists"] = json!([{ "name": "../b", "root": root, "purposes": [] }]);
        }),
    ] {
        assert_eq!(place(with(change)), expected);
    }
    // What schema 2 brought is no part of schema 1.
    let old = |change: &dyn Fn(&mut Value)| {
        place(with(&|list| {
            list["schema"] = json!(1);
            change(list);
        }))
    };
    assert_eq!(old(&|list| list["lists"] = json!([])), "/lists");
    assert_eq!(old(&|list| list["issuers"][0]["area"] = json!("34")), "/issuers/0/area");
    let doubled = trust().to_json();
    let doubled = String::from_utf8(doubled).unwrap().replacen("\"sequence\":", "\"sequence\": 1, \"sequence\":", 1);
    assert_eq!(place(TrustList::from_json(doubled.as_bytes()).unwrap_err()), "/sequence");
    assert!(matches!(TrustList::from_json(b"{"), Err(TrustListError::Json(_))));
}

#[test]
fn an_sm2_root_signs_lists_too() {
    let root = signer("sm2-root");
    let signed = signed(trust(), &root);
    let header = URL_SAFE_NO_PAD.decode(signed.split('.').next().unwrap()).unwrap();
    assert!(String::from_utf8(header).unwrap().contains(r#""alg":"SM2SM3""#));
    let pinned = [root.certificate().clone()];
    assert_eq!(&TrustList::open(&signed, &pinned).unwrap(), trust());
    assert!(TrustList::open(&signed, &roots()).is_err(), "another root is pinned");
    for at in (signed.rfind('.').unwrap() + 1..signed.len()).step_by(9) {
        let mut changed = signed.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        assert!(TrustList::open(std::str::from_utf8(&changed).unwrap(), &pinned).is_err(), "character {at}");
    }
}

#[test]
fn an_older_edition_never_replaces_a_newer_one() {
    let held = TrustList { sequence: 7, ..trust().clone() };
    let edition = |sequence| TrustList { sequence, ..trust().clone() };
    assert!(edition(8).may_replace(&held));
    assert!(held.clone().may_replace(&held), "the same again is no harm");
    assert!(!edition(6).may_replace(&held), "a downgrade");
    let other = TrustList { operator: "另一家".to_owned(), ..edition(7) };
    assert!(!other.may_replace(&held), "two editions of one number");
    // Whoever follows the chain of digests notices an edition that was made from something else.
    let held_digest = TrustList::digest_of(&signed(&held, &signer("p256-root")));
    let next = TrustList { previous: Some(held_digest), ..edition(8) };
    assert_eq!(next.replaces(&held, Some(held_digest)), Ok(()));
    let elsewhere = TrustList { previous: Some(TrustList::digest_of("x")), ..edition(8) };
    assert!(matches!(elsewhere.replaces(&held, Some(held_digest)), Err(Rollback::OtherPast { .. })));
    let skipping = TrustList { sequence: 9, ..elsewhere };
    assert_eq!(skipping.replaces(&held, Some(held_digest)), Ok(()), "what lies between was never seen");
    assert_eq!(TrustList::from_json(&next.to_json()).unwrap(), next);
    // Made before the one that it is to replace: one of the two clocks, or of the two numbers, lies.
    let dated = |sequence, at| TrustList { issued_at: Some(at), ..edition(sequence) };
    let day = time::Duration::days(1);
    assert_eq!(dated(8, ISSUED).replaces(&dated(7, ISSUED), None), Ok(()));
    let earlier = dated(8, ISSUED - day).replaces(&dated(7, ISSUED), None).unwrap_err();
    assert!(
        matches!(earlier, Rollback::Earlier { .. }) && earlier.to_string().contains("before edition 7"),
        "{earlier}"
    );
}

#[test]
fn a_list_is_overdue_after_its_next_update() {
    let list = TrustList { next_update: Some(ISSUED), ..trust().clone() };
    assert!(!list.is_overdue(ISSUED));
    assert!(list.is_overdue(ISSUED + time::Duration::seconds(1)));
    assert!(!TrustList::default().is_overdue(ISSUED), "roots alone are never due");
}

#[test]
fn codes_own_certificates_only_as_the_first_words_of_the_one_organisation() {
    let issuer = trust().issuer(verify_support::MARKET).unwrap();
    let certificate =
        |organization: &str| pki_maker::root(KeyKind::P256, pki_maker::name(organization, "x")).certificate().clone();
    assert!(issuer.owns(&certificate(&format!("{}样例", issuer.code))));
    assert!(issuer.owns(&certificate(&issuer.code)));
    for other in ["", "样例", &issuer.code[..17], &format!(" {}", issuer.code), &issuer.code.to_lowercase()] {
        assert!(!issuer.owns(&certificate(other)), "{other:?}");
    }
    // A list made in memory with a careless code owns nothing.
    let careless = license_core::trust::Issuer { code: String::new(), ..issuer.clone() };
    assert!(!careless.owns(&certificate("样例")));
    let prefix = license_core::trust::Issuer { code: issuer.code[..8].to_owned(), ..issuer.clone() };
    assert!(!prefix.owns(&certificate(&issuer.code)));
}

/// A seal signature brings its signer's certificate and nothing above it.
#[test]
fn b5_authorities_help_to_find_a_path_and_vouch_for_nobody() {
    let list = trust().clone();
    assert!(!list.authorities.is_empty());
    assert_eq!(TrustList::from_json(&list.to_json()).unwrap().authorities, list.authorities);
    let broken =
        String::from_utf8(list.to_json()).unwrap().replace("\"authorities\": [", "\"authorities\": [\"AA==\",");
    let error = TrustList::from_json(broken.as_bytes()).unwrap_err().to_string();
    assert!(error.contains("/authorities/0"), "{error}");
}
