//! Writing the payload: schema 2, what is usual left out.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pki::Certificate;
use serde::Serialize;
use time::OffsetDateTime;

use super::entry::{Anchor, IndexKey, Issuer, KeyUse, Pointer, Purpose, Service, SigningKey};
use super::list::TrustList;
use super::terms::{ALL, Event, Period, Scope};
use crate::id::Digest;

pub(super) fn json(list: &TrustList) -> Vec<u8> {
    // Plain data without maps of foreign keys: writing it cannot fail.
    serde_json::to_vec_pretty(&Wire::from(list)).unwrap_or_default()
}

#[derive(Serialize)]
struct Wire<'a> {
    schema: u32,
    sequence: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<Digest>,
    operator: &'a str,
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    issued_at: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    next_update: Option<OffsetDateTime>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    addresses: &'a [String],
    anchors: Vec<WireRoot<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authorities: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    services: Vec<WireRoot<'a>>,
    issuers: Vec<WireIssuer<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lists: Vec<WireRoot<'a>>,
}

/// Anchor, service, or another list with its root.
#[derive(Serialize)]
struct WireRoot<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    root: Option<String>,
    purposes: &'a [Purpose],
    #[serde(skip_serializing_if = "is_open")]
    period: Period,
    #[serde(skip_serializing_if = "is_usual")]
    types: &'a [String],
    #[serde(skip_serializing_if = "is_usual")]
    issuers: &'a [String],
    #[serde(skip_serializing_if = "is_usual")]
    areas: &'a [String],
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    listed_only: bool,
    #[serde(skip_serializing_if = "<[Event]>::is_empty")]
    history: &'a [Event],
}

#[derive(Serialize)]
struct WireIssuer<'a> {
    code: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    area: Option<&'a str>,
    types: &'a [String],
    #[serde(skip_serializing_if = "is_open")]
    period: Period,
    #[serde(skip_serializing_if = "<[Event]>::is_empty")]
    history: &'a [Event],
    index_keys: Vec<WireKey<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    signing_keys: Vec<WireKey<'a>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    listed_only: bool,
}

#[derive(Serialize)]
struct WireKey<'a> {
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    key_use: Option<KeyUse>,
    spki: String,
    #[serde(skip_serializing_if = "is_open")]
    period: Period,
    #[serde(skip_serializing_if = "<[Event]>::is_empty")]
    history: &'a [Event],
}

fn is_open(period: &Period) -> bool {
    *period == Period::default()
}

fn is_usual(list: &&[String]) -> bool {
    matches!(list, [one] if one == ALL)
}

fn base64(certificate: &Certificate) -> String {
    STANDARD.encode(certificate.der())
}

impl<'a> From<&'a TrustList> for Wire<'a> {
    fn from(list: &'a TrustList) -> Wire<'a> {
        Wire {
            schema: 2,
            sequence: list.sequence,
            previous: list.previous,
            operator: &list.operator,
            issued_at: list.issued_at,
            next_update: list.next_update,
            addresses: &list.addresses,
            anchors: list.anchors.iter().filter(|anchor| anchor.origin.is_none()).map(anchor).collect(),
            authorities: list.authorities.iter().map(base64).collect(),
            services: list.services.iter().filter(|service| service.origin.is_none()).map(service).collect(),
            issuers: list.issuers.iter().filter(|issuer| issuer.origin.is_none()).map(issuer).collect(),
            lists: list.lists.iter().map(pointer).collect(),
        }
    }
}

fn anchor(anchor: &Anchor) -> WireRoot<'_> {
    let (certificate, listed_only) = (Some(base64(&anchor.certificate)), anchor.listed_only);
    let root = root(&anchor.name, &anchor.purposes, anchor.period, &anchor.scope, &anchor.history);
    WireRoot { certificate, listed_only, ..root }
}

fn service(service: &Service) -> WireRoot<'_> {
    let root = root(&service.name, &service.purposes, service.period, &service.scope, &service.history);
    WireRoot { certificate: Some(base64(&service.certificate)), ..root }
}

fn pointer(list: &Pointer) -> WireRoot<'_> {
    let root = root(&list.name, &list.purposes, list.period, &list.scope, &list.history);
    WireRoot { root: Some(base64(&list.root)), ..root }
}

fn root<'a>(
    name: &'a str,
    purposes: &'a [Purpose],
    period: Period,
    scope: &'a Scope,
    history: &'a [Event],
) -> WireRoot<'a> {
    WireRoot {
        name,
        certificate: None,
        root: None,
        purposes,
        period,
        types: &scope.types,
        issuers: &scope.issuers,
        areas: &scope.areas,
        listed_only: false,
        history,
    }
}

fn issuer(issuer: &Issuer) -> WireIssuer<'_> {
    let index = |key: &'_ IndexKey| STANDARD.encode(key.key.spki_der());
    WireIssuer {
        code: &issuer.code,
        name: &issuer.name,
        area: issuer.area.as_deref(),
        types: &issuer.types,
        period: issuer.period,
        history: &issuer.history,
        index_keys: (issuer.index_keys.iter())
            .map(|key| WireKey { key_use: None, spki: index(key), period: key.period, history: &key.history })
            .collect(),
        signing_keys: issuer.signing_keys.iter().map(signing).collect(),
        listed_only: issuer.listed_only,
    }
}

fn signing(key: &SigningKey) -> WireKey<'_> {
    WireKey { key_use: Some(key.key_use), spki: STANDARD.encode(&key.spki), period: key.period, history: &key.history }
}
