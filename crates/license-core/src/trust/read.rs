//! Reading the payload, schema 1 and 2.

use std::collections::HashSet;

use pki::PublicKey;

use super::entry::{Anchor, CODE_LENGTH, IndexKey, Issuer, KeyUse, Pointer, Purpose, Service, SigningKey};
use super::error::TrustListError;
use super::list::TrustList;
use super::node::{Node, Object};
use super::terms::{ALL, Event, Period, Scope, Status};
use crate::fill::{JsonFault, check_json};
use crate::index::IndexText;

type Read<T> = Result<T, TrustListError>;

/// Most entries of one kind, and of all kinds together.
const MAX_ENTRIES: usize = 100_000;
/// Most lists of other operators.
const MAX_LISTS: usize = 256;
/// Most keys of one issuer.
const MAX_KEYS: usize = 256;
/// Most changes of status of one entry.
const MAX_EVENTS: usize = 256;
/// Most items of one list of a scope.
const MAX_SCOPE: usize = 10_000;
/// Longest name, in characters.
const MAX_NAME: usize = 200;
/// Longest reason.
const MAX_REASON: usize = 500;
/// Longest type code; GB/T 36903 has 21 characters.
const MAX_TYPE: usize = 64;

const WHOLE_1: [&str; 9] =
    ["schema", "sequence", "operator", "issued_at", "next_update", "addresses", "anchors", "authorities", "issuers"];
const WHOLE_2: [&str; 12] = [
    "schema",
    "sequence",
    "previous",
    "operator",
    "issued_at",
    "next_update",
    "addresses",
    "anchors",
    "authorities",
    "services",
    "issuers",
    "lists",
];
const ANCHOR_1: [&str; 4] = ["name", "certificate", "purposes", "period"];
const ANCHOR_2: [&str; 9] =
    ["name", "certificate", "purposes", "period", "types", "issuers", "areas", "listed_only", "history"];
const SERVICE: [&str; 8] = ["name", "certificate", "purposes", "period", "types", "issuers", "areas", "history"];
const POINTER: [&str; 8] = ["name", "root", "purposes", "period", "types", "issuers", "areas", "history"];
const ISSUER_1: [&str; 4] = ["code", "name", "types", "index_keys"];
const ISSUER_2: [&str; 9] =
    ["code", "name", "area", "types", "period", "history", "index_keys", "signing_keys", "listed_only"];
const INDEX_KEY_1: [&str; 2] = ["spki", "period"];
const INDEX_KEY_2: [&str; 3] = ["spki", "period", "history"];
const SIGNING_KEY: [&str; 4] = ["use", "spki", "period", "history"];

pub(super) fn json(json: &[u8]) -> Read<TrustList> {
    check_json(json).map_err(|fault| match fault {
        JsonFault::Duplicate { pointer, line, column } => {
            let problem = format!("stands twice in one object (line {line}, column {column})");
            TrustListError::Entry { place: pointer, problem }
        }
        fault => TrustListError::Json(fault.to_string()),
    })?;
    let value = serde_json::from_slice(json).map_err(|error| TrustListError::Json(error.to_string()))?;
    whole(&Node::root(&value))
}

/// What differs between the schemas.
#[derive(Clone, Copy)]
struct Schema(u64);

impl Schema {
    fn pick<'n>(self, one: &'n [&'n str], two: &'n [&'n str]) -> &'n [&'n str] {
        if self.0 == 1 { one } else { two }
    }
}

fn whole(node: &Node<'_>) -> Read<TrustList> {
    let all: Vec<&str> = WHOLE_2.to_vec();
    let number = node.object(&all)?.required("schema")?;
    let schema = match number.number()? {
        known @ (1 | 2) => Schema(known),
        _ => return Err(number.wrong("only schemas 1 and 2 are known")),
    };
    let list = node.object(schema.pick(&WHOLE_1, &WHOLE_2))?;
    let mut codes = HashSet::new();
    let mut names = HashSet::new();
    let read = TrustList {
        sequence: sequence(&list.required("sequence")?)?,
        previous: list.read("previous", |node| {
            let digest = node.text(64)?.parse();
            digest.map(Some).map_err(|_| node.wrong("should be 64 small hexadecimal digits"))
        })?,
        operator: list.required("operator")?.text(MAX_NAME)?.to_owned(),
        issued_at: list.read("issued_at", |node| node.time().map(Some))?,
        next_update: list.read("next_update", |node| node.time().map(Some))?,
        addresses: list.read("addresses", |node| node.list(MAX_ENTRIES, address))?,
        anchors: list.required("anchors")?.list(MAX_ENTRIES, |node| anchor(&node, schema))?,
        authorities: list.read("authorities", |node| node.list(MAX_ENTRIES, |node| node.certificate()))?,
        services: list.read("services", |node| node.list(MAX_ENTRIES, |node| service(&node)))?,
        issuers: list.required("issuers")?.list(MAX_ENTRIES, |node| issuer(&node, schema, &mut codes))?,
        lists: list.read("lists", |node| node.list(MAX_LISTS, |node| pointer(&node, &mut names)))?,
    };
    let keys: usize = read.issuers.iter().map(|issuer| issuer.index_keys.len() + issuer.signing_keys.len()).sum();
    let entries = [read.anchors.len(), read.authorities.len(), read.services.len(), read.issuers.len(), keys];
    if entries.iter().sum::<usize>() + read.addresses.len() + read.lists.len() > MAX_ENTRIES {
        return Err(node.wrong(format!("has more than {MAX_ENTRIES} entries")));
    }
    Ok(read)
}

fn sequence(node: &Node<'_>) -> Read<u64> {
    match node.number()? {
        // I-JSON (RFC 7493 2.2): beyond, readers see different numbers; and there is always a next one.
        number if number < 1 << 53 => Ok(number),
        _ => Err(node.wrong("should be below 2^53")),
    }
}

fn address(node: Node<'_>) -> Read<String> {
    let text = node.text(MAX_REASON)?;
    IndexText::check_address(text).map_err(|_| node.wrong("should be an upper-case web address that ends in /V/"))?;
    Ok(text.to_owned())
}

fn anchor(node: &Node<'_>, schema: Schema) -> Read<Anchor> {
    let object = node.object(schema.pick(&ANCHOR_1, &ANCHOR_2))?;
    Ok(Anchor {
        name: object.required("name")?.text(MAX_NAME)?.to_owned(),
        certificate: object.required("certificate")?.certificate()?,
        purposes: purposes(&object)?,
        period: period(&object)?,
        scope: scope(&object)?,
        history: history(&object)?,
        listed_only: object.read("listed_only", |node| node.boolean())?,
        origin: None,
    })
}

fn service(node: &Node<'_>) -> Read<Service> {
    let object = node.object(&SERVICE)?;
    Ok(Service {
        name: object.required("name")?.text(MAX_NAME)?.to_owned(),
        certificate: object.required("certificate")?.certificate()?,
        purposes: purposes(&object)?,
        period: period(&object)?,
        scope: scope(&object)?,
        history: history(&object)?,
        origin: None,
    })
}

fn pointer(node: &Node<'_>, names: &mut HashSet<String>) -> Read<Pointer> {
    let object = node.object(&POINTER)?;
    let name = object.required("name")?;
    let text = name.text(MAX_NAME)?;
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if text.is_empty() || text.len() > 63 || !text.bytes().all(plain) || !names.insert(text.to_owned()) {
        return Err(name.wrong("1 to 63 small letters, digits and hyphens, each list once"));
    }
    Ok(Pointer {
        name: text.to_owned(),
        root: object.required("root")?.certificate()?,
        purposes: purposes(&object)?,
        period: period(&object)?,
        scope: scope(&object)?,
        history: history(&object)?,
    })
}

fn issuer(node: &Node<'_>, schema: Schema, codes: &mut HashSet<String>) -> Read<Issuer> {
    let object = node.object(schema.pick(&ISSUER_1, &ISSUER_2))?;
    let code = object.required("code")?;
    let text = code.text(MAX_NAME)?;
    if text.len() != CODE_LENGTH || !codes.insert(text.to_owned()) {
        return Err(code.wrong("18 characters, each issuer once"));
    }
    let keys = schema.pick(&INDEX_KEY_1, &INDEX_KEY_2);
    Ok(Issuer {
        code: text.to_owned(),
        name: object.required("name")?.text(MAX_NAME)?.to_owned(),
        area: object.read("area", |node| area(node).map(Some))?,
        types: object.required("types")?.list(MAX_SCOPE, license_type)?,
        period: period(&object)?,
        history: history(&object)?,
        index_keys: object.required("index_keys")?.list(MAX_KEYS, |node| index_key(&node, keys))?,
        signing_keys: object.read("signing_keys", |node| node.list(MAX_KEYS, |node| signing_key(&node)))?,
        listed_only: object.read("listed_only", |node| node.boolean())?,
        origin: None,
    })
}

fn index_key(node: &Node<'_>, known: &[&str]) -> Read<IndexKey> {
    let object = node.object(known)?;
    let spki = object.required("spki")?;
    let key = PublicKey::from_spki_der(&spki.base64()?).map_err(|error| spki.wrong(error.to_string()))?;
    let key = IndexKey::new(key, period(&object)?).ok_or_else(|| spki.wrong("a key of this kind signs no indexes"))?;
    Ok(IndexKey { history: history(&object)?, ..key })
}

fn signing_key(node: &Node<'_>) -> Read<SigningKey> {
    let object = node.object(&SIGNING_KEY)?;
    let spki = object.required("spki")?;
    let key = PublicKey::from_spki_der(&spki.base64()?).map_err(|error| spki.wrong(error.to_string()))?;
    Ok(SigningKey {
        spki: key.spki_der().to_vec(),
        key_use: object.required("use")?.word(&[(KeyUse::Document, "document"), (KeyUse::Seal, "seal")])?,
        period: period(&object)?,
        history: history(&object)?,
    })
}

fn purposes(object: &Object<'_>) -> Read<Vec<Purpose>> {
    object.required("purposes")?.list(Purpose::ALL.len(), |node| node.word(&Purpose::ALL))
}

fn period(object: &Object<'_>) -> Read<Period> {
    object.read("period", |node| {
        let object = node.object(&["from", "until"])?;
        let from = object.read("from", |node| node.time().map(Some))?;
        let until = object.read("until", |node| node.time().map(Some))?;
        Ok(Period { from, until })
    })
}

fn scope(object: &Object<'_>) -> Read<Scope> {
    let or_all = |name, read: fn(Node<'_>) -> Read<String>| match object.optional(name) {
        Some(node) => node.list(MAX_SCOPE, read),
        None => Ok(vec![ALL.to_owned()]),
    };
    Ok(Scope {
        types: or_all("types", license_type)?,
        issuers: or_all("issuers", credit_code)?,
        areas: or_all("areas", area_or_all)?,
    })
}

/// In order of time, and nothing is granted after a key was lost.
fn history(object: &Object<'_>) -> Read<Vec<Event>> {
    let mut before: Option<Event> = None;
    object.read("history", |node| {
        node.list(MAX_EVENTS, |node| {
            let object = node.object(&["at", "status", "reason"])?;
            let event = Event {
                at: object.required("at")?.time()?,
                status: object.required("status")?.word(&Status::ALL)?,
                reason: object.read("reason", |node| node.text(MAX_REASON).map(str::to_owned))?,
            };
            if let Some(before) = &before {
                if event.at <= before.at {
                    return Err(node.wrong("should be later than the change before it"));
                }
                if before.status == Status::Compromised {
                    return Err(node.wrong("nothing follows compromised: list the new key as an entry of its own"));
                }
            }
            before = Some(event.clone());
            Ok(event)
        })
    })
}

fn license_type(node: Node<'_>) -> Read<String> {
    let text = node.text(MAX_TYPE)?;
    let code = text.strip_suffix('*').unwrap_or(text);
    if text.is_empty() || !code.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte)) {
        return Err(node.wrong("should be a type code, its beginning followed by *, or * for all"));
    }
    Ok(text.to_owned())
}

fn credit_code(node: Node<'_>) -> Read<String> {
    let text = node.text(CODE_LENGTH)?;
    if text != ALL && text.len() != CODE_LENGTH {
        return Err(node.wrong("should be a credit code of 18 characters, or * for all"));
    }
    Ok(text.to_owned())
}

fn area(node: Node<'_>) -> Read<String> {
    let text = node.text(6)?;
    if !matches!(text.len(), 2 | 4 | 6) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(node.wrong("should be 2, 4 or 6 digits of a division (GB/T 2260)"));
    }
    Ok(text.to_owned())
}

fn area_or_all(node: Node<'_>) -> Read<String> {
    if node.text(6)? == ALL { Ok(ALL.to_owned()) } else { area(node) }
}
