//! What RFC 5280 6.1 and the purpose ask of each certificate of a path.

use super::Purpose;
use super::reason::{PathError, PathReason};
use crate::certificate::Certificate;
use crate::extension::KeyUsage;
use crate::oid;
use der::asn1::ObjectIdentifier;
use time::OffsetDateTime;

/// Critical extensions that are understood, or that change nothing because no policy is asked for
/// (certificatePolicies, policyMappings, inhibitAnyPolicy; subjectAltName names nobody we compare).
const UNDERSTOOD: [ObjectIdentifier; 9] = [
    oid::BASIC_CONSTRAINTS,
    oid::KEY_USAGE,
    oid::EXTENDED_KEY_USAGE,
    oid::SUBJECT_KEY_IDENTIFIER,
    oid::AUTHORITY_KEY_IDENTIFIER,
    oid::SUBJECT_ALT_NAME,
    oid::CERTIFICATE_POLICIES,
    oid::POLICY_MAPPINGS,
    oid::INHIBIT_ANY_POLICY,
];

/// Checks a path from the leaf up, the anchor left out. `accepted` are further extended key usages a policy takes.
pub(super) fn check_path(
    path: &[&Certificate],
    at: OffsetDateTime,
    purpose: Purpose,
    accepted: &[ObjectIdentifier],
) -> Result<(), PathError> {
    let mut best: Option<PathError> = None;
    let mut authorities_below = 0;
    for (depth, certificate) in path.iter().enumerate() {
        let result = check_any(certificate, at).and_then(|()| match depth {
            0 => check_leaf(certificate, purpose, accepted),
            _ => check_authority(certificate, authorities_below, purpose, accepted),
        });
        if let Err(reason) = result {
            let error = PathError::new(reason, certificate, depth);
            best = Some(match best {
                Some(before) => before.better(error),
                None => error,
            });
        }
        // RFC 5280 4.2.1.9: only non-self-issued intermediates count.
        authorities_below += u32::from(depth > 0 && !certificate.is_self_issued());
    }
    best.map_or(Ok(()), Err)
}

fn check_any(certificate: &Certificate, at: OffsetDateTime) -> Result<(), PathReason> {
    if !certificate.algorithms_agree() {
        return Err(PathReason::AlgorithmMismatch);
    }
    if certificate.signature_algorithm().is_err() || certificate.public_key().is_err() {
        return Err(PathReason::WeakAlgorithm);
    }
    restrictions(certificate)?;
    if at < certificate.not_before() {
        return Err(PathReason::NotYetValid);
    }
    if certificate.not_after() < at {
        return Err(PathReason::Expired);
    }
    Ok(())
}

/// The anchor is trusted for what its list entry says; still it must be fit to issue, and restrictions it carries
/// are not ignored. Its validity and its own signature are not looked at (RFC 5280 6.1.1 d).
pub(super) fn check_anchor(
    anchor: &Certificate,
    path: &[&Certificate],
    purpose: Purpose,
    accepted: &[ObjectIdentifier],
) -> Result<(), PathReason> {
    restrictions(anchor)?;
    let below = path[1..].iter().filter(|certificate| !certificate.is_self_issued()).count();
    match anchor.version() {
        // Version 1 has no extensions to say so.
        1 | 2 => Ok(()),
        _ => check_authority(anchor, u32::try_from(below).unwrap_or(u32::MAX), purpose, accepted),
    }
}

fn restrictions(certificate: &Certificate) -> Result<(), PathReason> {
    for extension in certificate.extensions() {
        match extension.oid {
            // Refused also when not critical: ignoring a restriction is worse than refusing a certificate.
            oid::NAME_CONSTRAINTS => return Err(PathReason::NameConstraints),
            oid::POLICY_CONSTRAINTS => return Err(PathReason::PolicyConstraints),
            oid if extension.critical && !UNDERSTOOD.contains(&oid) => {
                return Err(PathReason::UnknownCriticalExtension);
            }
            _ => {}
        }
    }
    Ok(())
}

fn check_leaf(certificate: &Certificate, purpose: Purpose, accepted: &[ObjectIdentifier]) -> Result<(), PathReason> {
    if certificate.basic_constraints().is_some_and(|constraints| constraints.ca) {
        return Err(PathReason::IsCa);
    }
    let signing = KeyUsage::DIGITAL_SIGNATURE.and(KeyUsage::NON_REPUDIATION);
    let authority = KeyUsage::KEY_CERT_SIGN.and(KeyUsage::CRL_SIGN);
    match certificate.key_usage() {
        Some(usage) if usage.any(signing) && !usage.any(authority) => {}
        _ => return Err(PathReason::KeyUsage),
    }
    match (purpose, certificate.extended_key_usage()) {
        (Purpose::DocumentSigning | Purpose::SealMaking, None) => Ok(()),
        (Purpose::DocumentSigning | Purpose::SealMaking, Some(found)) => {
            if found.iter().any(|oid| allows(oid, purpose, accepted)) {
                Ok(())
            } else {
                Err(PathReason::ExtendedKeyUsage)
            }
        }
        // RFC 3161 2.3: present, critical, alone.
        (Purpose::TimeStamping, found) => {
            let critical = certificate
                .extensions()
                .iter()
                .any(|extension| extension.oid == oid::EXTENDED_KEY_USAGE && extension.critical);
            if found == Some(&[oid::KP_TIME_STAMPING]) && critical { Ok(()) } else { Err(PathReason::ExtendedKeyUsage) }
        }
    }
}

fn check_authority(
    certificate: &Certificate,
    authorities_below: u32,
    purpose: Purpose,
    accepted: &[ObjectIdentifier],
) -> Result<(), PathReason> {
    match certificate.basic_constraints() {
        Some(constraints) if constraints.ca && certificate.version() == 3 => {
            if constraints.path_length.is_some_and(|most| authorities_below > most) {
                return Err(PathReason::PathLength);
            }
        }
        _ => return Err(PathReason::NotCa),
    }
    if !certificate.key_usage().is_some_and(|usage| usage.any(KeyUsage::KEY_CERT_SIGN)) {
        return Err(PathReason::KeyUsage);
    }
    // In practice a CA's purposes restrict what is below.
    match certificate.extended_key_usage() {
        Some(found) if !found.iter().any(|oid| allows(oid, purpose, accepted)) => Err(PathReason::ExtendedKeyUsage),
        _ => Ok(()),
    }
}

fn allows(found: &ObjectIdentifier, purpose: Purpose, accepted: &[ObjectIdentifier]) -> bool {
    let own = match purpose {
        Purpose::DocumentSigning | Purpose::SealMaking => oid::KP_DOCUMENT_SIGNING,
        Purpose::TimeStamping => oid::KP_TIME_STAMPING,
    };
    *found == own || *found == oid::ANY_EXTENDED_KEY_USAGE || accepted.contains(found)
}
