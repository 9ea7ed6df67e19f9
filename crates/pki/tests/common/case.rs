//! One question about a path as a JSON object, in the shape of x509-limbo with a few fields more, and its answer.
//!
//! Also read by the example `validate_path`, so that any suite can be put to the validator from outside.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pki::ocsp::OcspResponse;
use pki::path::{
    self, Evidence, ForeignAlgorithms, MissingRevocation, PathError, PathRequest, PolicyInputs, Profile, Purpose,
    RevocationPolicy, TrustedPath,
};
use pki::{Certificate, Crl, ObjectIdentifier, oid};
use serde_json::Value;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

/// The cases of a suite: `testcases`; what several share stands once in `pool`, named by `=` and its key there.
pub(crate) fn cases(suite: &Value, now: OffsetDateTime) -> Result<Vec<Case>, String> {
    let cases = suite["testcases"].as_array().ok_or("no testcases")?;
    cases.iter().map(|case| Case::read(case, &suite["pool"], now)).collect()
}

/// What a case asks. `peer_certificate`, `trusted_certs`, `untrusted_intermediates`, `crls` and `ocsp` are PEM, the base64
/// of DER, or a name in the pool; what cannot be read among the others is not there.
pub(crate) struct Case {
    /// `id`.
    pub(crate) id: String,
    /// `expected_result`: `SUCCESS` or `FAILURE`.
    pub(crate) valid: bool,
    leaf: Result<Certificate, String>,
    anchors: Vec<Certificate>,
    intermediates: Vec<Certificate>,
    crls: Vec<Crl>,
    ocsp: Vec<OcspResponse>,
    at: OffsetDateTime,
    purpose: Purpose,
    /// `revocation`: `none`, `tolerate`, `require`; `require` when there are lists or answers.
    revocation: Option<MissingRevocation>,
    max_age: Option<Duration>,
    max_length: Option<u32>,
    policies: Vec<ObjectIdentifier>,
    explicit: bool,
    inhibit_mapping: bool,
    inhibit_any: bool,
    expired_anchors: bool,
}

impl Case {
    /// Reads one; `now` is asked about when the case names no time.
    pub(crate) fn read(case: &Value, pool: &Value, now: OffsetDateTime) -> Result<Self, String> {
        let text = |key: &str| case[key].as_str();
        let list =
            |key: &str| case[key].as_array().map(Vec::as_slice).unwrap_or_default().iter().filter_map(Value::as_str);
        let flag = |key: &str| case[key].as_bool().unwrap_or(false);
        let bytes = |text: &str| {
            let text = text.strip_prefix('=').map_or(text, |name| pool[name].as_str().unwrap_or_default());
            armoured(text).unwrap_or_default()
        };
        let certificates = |key: &str| list(key).filter_map(|text| Certificate::from_der(&bytes(text)).ok()).collect();
        let leaf = bytes(text("peer_certificate").ok_or("no peer_certificate")?);
        let given = ["crls", "ocsp"].iter().any(|key| list(key).next().is_some());
        Ok(Self {
            id: text("id").unwrap_or_default().to_owned(),
            valid: text("expected_result") == Some("SUCCESS"),
            leaf: Certificate::from_der(&leaf).map_err(|error| error.to_string()),
            anchors: certificates("trusted_certs"),
            intermediates: certificates("untrusted_intermediates"),
            crls: list("crls").filter_map(|text| Crl::from_der(&bytes(text)).ok()).collect(),
            ocsp: list("ocsp").filter_map(|text| OcspResponse::from_der(&bytes(text)).ok()).collect(),
            at: match text("validation_time") {
                Some(text) => OffsetDateTime::parse(text, &Rfc3339).map_err(|error| format!("{text}: {error}"))?,
                None => now,
            },
            purpose: purpose(case)?,
            revocation: match text("revocation") {
                Some("none") => None,
                Some("tolerate") => Some(MissingRevocation::Tolerate),
                Some("require") => Some(MissingRevocation::Refuse),
                Some(other) => return Err(format!("revocation {other}")),
                None => given.then_some(MissingRevocation::Refuse),
            },
            max_age: case["max_age"].as_i64().map(Duration::seconds),
            max_length: case["max_chain_depth"].as_u64().and_then(|most| u32::try_from(most).ok()),
            policies: list("policies").map(identifier).collect::<Result<_, _>>()?,
            explicit: flag("explicit_policy"),
            inhibit_mapping: flag("inhibit_mapping"),
            inhibit_any: flag("inhibit_any"),
            expired_anchors: flag("expired_anchors"),
        })
    }

    /// The answer.
    pub(crate) fn ask(&self, profile: Profile, foreign: Option<&dyn ForeignAlgorithms>) -> Result<TrustedPath, String> {
        let leaf = self.leaf.as_ref().map_err(Clone::clone)?;
        let inputs = PolicyInputs {
            acceptable: &self.policies,
            explicit: self.explicit,
            inhibit_mapping: self.inhibit_mapping,
            inhibit_any: self.inhibit_any,
        };
        let mut request = PathRequest::new(leaf, &self.anchors, self.at, self.purpose)
            .with_intermediates(&self.intermediates)
            .with_policies(inputs)
            .with_profile(profile);
        if let Some(missing) = self.revocation {
            // What was made after the time in question does not count in these suites.
            let mut evidence = Evidence::new(missing).with_crls(&self.crls).with_ocsp(&self.ocsp).known_at(self.at);
            if let Some(age) = self.max_age {
                evidence = evidence.with_max_age(age);
            }
            request = request.with_revocation(RevocationPolicy::Evidence(evidence));
        }
        if let Some(most) = self.max_length {
            request = request.with_max_length(most);
        }
        if let Some(foreign) = foreign {
            request = request.with_foreign_algorithms(foreign);
        }
        if self.expired_anchors {
            request = request.with_expired_anchors();
        }
        path::validate(&request).map_err(|error: PathError| error.to_string())
    }
}

/// `purpose`, or as x509-limbo says it: `extended_key_usage`, `validation_kind`; a server's when it names none.
fn purpose(case: &Value) -> Result<Purpose, String> {
    Ok(match case["purpose"].as_str() {
        Some("any") => Purpose::Any,
        Some("document") => Purpose::DocumentSigning,
        Some("seal") => Purpose::SealMaking,
        Some("timestamp") => Purpose::TimeStamping,
        Some(other) => Purpose::KeyPurpose(identifier(other)?),
        None => match (case["extended_key_usage"][0].as_str(), case["validation_kind"].as_str()) {
            (Some("clientAuth"), _) | (None, Some("CLIENT")) => Purpose::KeyPurpose(oid::KP_CLIENT_AUTH),
            _ => Purpose::KeyPurpose(oid::KP_SERVER_AUTH),
        },
    })
}

fn identifier(text: &str) -> Result<ObjectIdentifier, String> {
    match text {
        "serverAuth" => Ok(oid::KP_SERVER_AUTH),
        "clientAuth" => Ok(oid::KP_CLIENT_AUTH),
        dotted => ObjectIdentifier::new(dotted).map_err(|error| format!("{dotted}: {error}")),
    }
}

/// The bytes behind the first PEM block, or behind bare base64.
pub(crate) fn armoured(text: &str) -> Option<Vec<u8>> {
    let body = match text.split_once("-----BEGIN ") {
        Some((_, rest)) => rest.split_once("-----\n")?.1.split_once("-----END ")?.0,
        None => text,
    };
    let body: String = body.chars().filter(|char| !char.is_whitespace()).collect();
    STANDARD.decode(body).ok()
}
