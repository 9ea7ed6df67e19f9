//! What the trust list lets CAs, services and keys vouch for.

use license_core::trust::{Event, Status, TrustList};
use license_core::verify::{INDEX_FILE, RECORD_FILE, Reason};
use time::{Duration, OffsetDateTime};

use super::Case;
use super::verify_support::recipe::Recipe;
use super::verify_support::{Court, ISSUED, JUDGED, MARKET, good};

fn event(at: OffsetDateTime, status: Status) -> Vec<Event> {
    vec![Event { at, status, reason: "test".to_owned() }]
}

/// The P-256 root alone, so that a PDF hears of it once.
fn p256(change: impl FnOnce(&mut license_core::trust::Anchor)) -> Court {
    Court::with_trust(|trust| change(trust.anchors.iter_mut().find(|anchor| anchor.name == "P-256").unwrap()))
}

fn market(trust: &mut TrustList) -> &mut license_core::trust::Issuer {
    trust.issuers.iter_mut().find(|issuer| issuer.code == MARKET).unwrap()
}

pub fn cases() -> Vec<Case> {
    let day = Duration::days(1);
    let text = good().index().to_string();
    let lost = |at| Court::with_trust(|trust| market(trust).index_keys[0].history = event(at, Status::Compromised));
    let foreign = Recipe::of(good()).without_file(RECORD_FILE).without_file(INDEX_FILE).ofd();
    vec![
        Case::file("a CA for other types", good().pdf(), &[Reason::TrustType])
            .before(p256(|ca| ca.scope.types = vec!["11100000000013338W900".to_owned()])),
        Case::file("a CA for other issuers", good().pdf(), &[Reason::TrustIssuer])
            .before(p256(|ca| ca.scope.issuers = vec!["11340100MB1D00020L".to_owned()])),
        Case::file("a CA of another province", good().pdf(), &[Reason::TrustArea])
            .before(p256(|ca| ca.scope.areas = vec!["32".to_owned(), "3402".to_owned()])),
        Case::file("a CA of this city", good().pdf(), &[]).before(p256(|ca| {
            ca.scope.areas = vec!["3401".to_owned()];
            ca.scope.issuers = vec![MARKET.to_owned()];
            ca.scope.types = vec![format!("{}*", &good().record().type_code()[..18])];
        })),
        Case::file(
            "a CA for some types, a file of none",
            foreign,
            &[Reason::RecordMissing, Reason::IndexMissing, Reason::TrustScopeUnknown],
        )
        .before(Court::with_trust(|trust| {
            trust.anchors.iter_mut().for_each(|anchor| anchor.scope.types = vec!["1*".to_owned()]);
        })),
        Case::file("a CA suspended when it was signed", good().pdf(), &[Reason::TrustNotGranted])
            .before(p256(|ca| ca.history = event(ISSUED - day, Status::Suspended))),
        Case::file("a CA withdrawn later", good().pdf(), &[])
            .before(p256(|ca| ca.history = event(ISSUED + day, Status::Withdrawn))),
        Case::file("a CA compromised before", good().pdf(), &[Reason::TrustCompromised])
            .before(p256(|ca| ca.history = event(ISSUED - day, Status::Compromised))),
        Case::file("a CA compromised later, without proof", good().pdf(), &[Reason::TrustLaterCompromised])
            .before(p256(|ca| ca.history = event(ISSUED + day, Status::Compromised))),
        Case::file("a CA that vouches for listed keys", good().pdf(), &[Reason::TrustUnlisted])
            .before(p256(|ca| ca.listed_only = true)),
        Case::text("an index of an issuer that was withdrawn", &*text, &[Reason::TrustNotGranted])
            .before(Court::with_trust(|trust| market(trust).history = event(ISSUED - day, Status::Withdrawn))),
        Case::text("an index key compromised before", &*text, &[Reason::TrustCompromised]).before(lost(ISSUED - day)),
        Case::text("an index key compromised later, offline", &*text, &[Reason::TrustLaterCompromised])
            .before(lost(JUDGED - day)),
        Case::text("an index key compromised later, the index kept by the register", &*text, &[]).before(Court {
            register: super::token::found(license_core::verify::Status::Valid).register,
            ..lost(JUDGED - day)
        }),
    ]
}
