//! What a verifier of the corpus trusts: one root, two issuers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use license_core::trust::TrustList;
use pki::Signer as _;
use serde_json::{Value, json};

use attacks::keys::{HOUSING, HOUSING_NAME, Keys, MARKET, MARKET_NAME, Who};

/// The type of the good license: a food permit.
pub(super) const LICENSE_TYPE: &str = "11100000MB0143028R900";
/// A type that the other issuer may issue.
const OTHER_TYPE: &str = "11100000000013338W900";

/// The list, and the same signed by its root (a JWS).
pub(super) fn trust_list(keys: &Keys) -> (Vec<u8>, String) {
    let issuer = |code: &str, name: &str, kind: &str, index: &Who| {
        let spki = STANDARD.encode(index.certificate().spki_der());
        json!({ "code": code, "name": name, "types": [kind], "index_keys": [{ "spki": spki, "period": {} }] })
    };
    let list: Value = json!({
        "schema": 1,
        "sequence": 1,
        "operator": "攻击样本 ATTACK CORPUS TEST ONLY",
        "issued_at": "2026-01-01T00:00:00Z",
        "next_update": "2046-01-01T00:00:00Z",
        "anchors": [{
            "name": "攻击样本根证书 TEST ONLY",
            "certificate": STANDARD.encode(keys.root.certificate().der()),
            "purposes": ["document-signing", "seal-making", "time-stamping"],
            "period": {},
        }],
        "authorities": [STANDARD.encode(keys.ca.certificate().der())],
        "issuers": [
            issuer(MARKET, MARKET_NAME, LICENSE_TYPE, &keys.market_index),
            issuer(HOUSING, HOUSING_NAME, OTHER_TYPE, &keys.housing_index),
        ],
    });
    let list = TrustList::from_json(list.to_string().as_bytes()).expect("a list like this one is read");
    let prepared = list.prepare(keys.list.certificate()).expect("a small list");
    let signature = keys.list.sign(prepared.to_be_signed()).expect("Ed25519 signs anything");
    let jws = prepared.finish(&signature).expect("a signature");
    (list.to_json(), jws)
}
