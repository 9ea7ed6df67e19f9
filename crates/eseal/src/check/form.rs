//! Versions, extensions, type, key usage: what a structure says of itself.

use super::{failed, not_done};
use crate::seal::{ExtData, Seal};
use crate::signature::SealSignature;
use crate::version::Version;
use pki::asn1::{self, tag};
use pki::{Certificate, KeyUsage, Outcome};

pub(super) fn structure(maker: Option<&Certificate>, signer: Option<&Certificate>) -> Outcome {
    match (maker, signer) {
        (None, _) => failed("the seal maker's certificate cannot be read"),
        (_, None) => failed("the signer's certificate cannot be read"),
        _ => Outcome::Passed,
    }
}

/// v1 on one side, v4 and v5 on the other sign different bytes of the seal: a mixture lets one be read as the other.
/// The numbers inside must tell the same, as far as the version fixes them; headers of v1 say 1, 2 or 11.
pub(super) fn version(signature: &SealSignature) -> Outcome {
    let seal = signature.seal();
    let (header, to_sign) = (seal.header_version(), to_sign_version(signature));
    let agree = match (signature.version(), seal.version()) {
        (Version::V1, Version::V1) => {
            ![4, 5].contains(&header) && to_sign.is_none_or(|number| ![4, 5].contains(&number))
        }
        (Version::V4, Version::V4) => header == 4 && to_sign == Some(4),
        (Version::V5, Version::V5) => header == 5 && to_sign == Some(5),
        _ => false,
    };
    if agree {
        return Outcome::Passed;
    }
    let to_sign = to_sign.map_or_else(|| "unreadable".to_owned(), |number| number.to_string());
    Outcome::Failed(format!(
        "the signature is of {} with number {to_sign}, the seal of {} with number {header}",
        signature.version(),
        seal.version()
    ))
}

/// version of TBS_Sign.
fn to_sign_version(signature: &SealSignature) -> Option<u32> {
    let to_sign = asn1::whole(signature.to_be_signed(), tag::SEQUENCE, "toSign").ok()?;
    to_sign.children().expect(tag::INTEGER, "version").ok()?.small_integer().ok()
}

/// No extension is understood here, so that none may insist. And none stands twice: readers would take one or the other.
pub(super) fn extensions(signature: &SealSignature) -> Outcome {
    let repeated = |list: &[ExtData]| {
        let twice = |at: usize| list[..at].iter().any(|other| other.id == list[at].id);
        (0..list.len()).find(|at| twice(*at)).map(|at| list[at].id.to_string())
    };
    let lists = [("seal", &*signature.seal().content().extensions), ("signature", signature.extensions())];
    if let Some((who, id)) = lists.iter().find_map(|(who, list)| Some((who, repeated(list)?))) {
        return Outcome::Failed(format!("the {who} has the extension {id} twice"));
    }
    let critical =
        |list: &[ExtData]| list.iter().filter(|found| found.critical).map(|found| found.id.to_string()).collect();
    let all: [(&str, Vec<String>); 2] =
        [("seal", critical(&signature.seal().content().extensions)), ("signature", critical(signature.extensions()))];
    match all.iter().find(|(_, ids)| !ids.is_empty()) {
        Some((who, ids)) => Outcome::Failed(format!("the {who} has critical extensions: {}", ids.join(", "))),
        None => Outcome::Passed,
    }
}

/// 1 organisation, 2 person in GM/T 0031-2014; free by business since.
pub(super) fn kind(seal: &Seal) -> Outcome {
    match (seal.version(), seal.content().kind) {
        (Version::V1, 1 | 2) => Outcome::Passed,
        (Version::V1, other) => Outcome::Failed(format!("type {other}")),
        _ => Outcome::Passed,
    }
}

/// Refuses what is plainly for encryption; whether a usage is there at all, and no CA's, is for the path.
pub(super) fn usage(certificate: Option<&Certificate>, who: &str) -> Outcome {
    let Some(certificate) = certificate else { return not_done("no certificate") };
    let signing = KeyUsage::DIGITAL_SIGNATURE.and(KeyUsage::NON_REPUDIATION);
    match certificate.key_usage() {
        None => Outcome::NotDone(format!("the {who}'s certificate has no key usage")),
        Some(usage) if usage.any(signing) => Outcome::Passed,
        Some(_) => Outcome::Failed(format!("the {who}'s certificate is not for signing")),
    }
}
