//! What RFC 5280 6.1 and the purpose ask of each certificate of a path.

use super::profile::{self, Position};
use super::reason::{PathError, PathReason};
use super::request::PathRequest;
use super::work::Work;
use super::{Purpose, names};
use crate::certificate::Certificate;
use crate::extension::{KeyUsage, NameConstraints};
use crate::oid;
use der::asn1::ObjectIdentifier;
use time::OffsetDateTime;

/// Critical extensions that are understood.
const UNDERSTOOD: [ObjectIdentifier; 12] = [
    oid::BASIC_CONSTRAINTS,
    oid::KEY_USAGE,
    oid::EXTENDED_KEY_USAGE,
    oid::SUBJECT_KEY_IDENTIFIER,
    oid::AUTHORITY_KEY_IDENTIFIER,
    oid::SUBJECT_ALT_NAME,
    oid::NAME_CONSTRAINTS,
    oid::CERTIFICATE_POLICIES,
    oid::POLICY_MAPPINGS,
    oid::POLICY_CONSTRAINTS,
    oid::INHIBIT_ANY_POLICY,
    oid::CRL_DISTRIBUTION_POINTS,
];

pub(super) struct Rules<'a> {
    pub(super) request: &'a PathRequest<'a>,
    pub(super) purpose: Purpose,
    pub(super) at: OffsetDateTime,
}

/// Checks a path from the leaf up and the anchor it ends at; the most telling failure is reported.
pub(super) fn check(
    rules: &Rules<'_>,
    path: &[Certificate],
    anchor: &Certificate,
    work: &mut Work<'_>,
) -> Result<(), PathError> {
    let mut best: Option<PathError> = None;
    let mut note = |result: Result<(), PathReason>, certificate: &Certificate, depth| {
        if let Err(reason) = result {
            let error = PathError::new(reason, certificate, depth);
            best = Some(match best.take() {
                Some(before) => before.better(error),
                None => error,
            });
        }
    };
    let mut authorities_below = 0;
    for (depth, certificate) in path.iter().enumerate() {
        note(rules.check_any(certificate, depth == 0, work), certificate, depth);
        let result = match depth {
            0 => rules.check_leaf(certificate),
            _ => rules.check_authority(certificate, authorities_below),
        };
        note(result, certificate, depth);
        // RFC 5280 4.2.1.9: only non-self-issued intermediates count.
        authorities_below += u32::from(depth > 0 && !certificate.is_self_issued());
    }
    note(rules.check_anchor(anchor, authorities_below), anchor, path.len());
    if let Err((reason, depth)) = check_names(rules.request.names, path, anchor, work) {
        note(Err(reason), &path[depth], depth);
    }
    best.map_or(Ok(()), Err)
}

/// Constraints from above bind every certificate below, except self-issued ones that are not the leaf (RFC 5280 6.1.3 b, c).
fn check_names(
    initial: Option<&NameConstraints>,
    path: &[Certificate],
    anchor: &Certificate,
    work: &mut Work<'_>,
) -> Result<(), (PathReason, usize)> {
    let mut in_force: Vec<&NameConstraints> = initial.into_iter().chain(anchor.name_constraints()).collect();
    for (depth, certificate) in path.iter().enumerate().rev() {
        if depth == 0 || !certificate.is_self_issued() {
            for constraints in &in_force {
                names::check(certificate, constraints, work).map_err(|reason| (reason, depth))?;
            }
        }
        in_force.extend(certificate.name_constraints());
    }
    Ok(())
}

impl Rules<'_> {
    /// RFC 5280 4.1.2.5: validity counts in whole seconds, both ends included.
    fn at(&self) -> OffsetDateTime {
        self.at.replace_nanosecond(0).unwrap_or(self.at)
    }

    fn check_any(&self, certificate: &Certificate, leaf: bool, work: &Work<'_>) -> Result<(), PathReason> {
        if !certificate.algorithms_agree() {
            return Err(PathReason::AlgorithmMismatch);
        }
        work.accepts_algorithm(certificate)?;
        work.accepts_key(certificate)?;
        understood(certificate)?;
        self.check_validity(certificate)?;
        let position = if leaf { Position::Leaf } else { Position::Authority };
        profile::check(certificate, position, self.request.profile)
    }

    fn check_validity(&self, certificate: &Certificate) -> Result<(), PathReason> {
        if self.at() < certificate.not_before() {
            Err(PathReason::NotYetValid)
        } else if certificate.not_after() < self.at() {
            Err(PathReason::Expired)
        } else {
            Ok(())
        }
    }

    /// The anchor is trusted for what its list entry says; still it must be fit to issue, restrictions it carries are not
    /// ignored, and it is not used out of its time unless the caller says so. Its signature is not looked at.
    fn check_anchor(&self, anchor: &Certificate, authorities_below: u32) -> Result<(), PathReason> {
        understood(anchor)?;
        if !self.request.expired_anchors {
            self.check_validity(anchor)?;
        }
        profile::check(anchor, Position::Anchor, self.request.profile)?;
        if self.request.max_length.is_some_and(|most| authorities_below > most) {
            return Err(PathReason::PathLength);
        }
        match anchor.version() {
            // Version 1 has no extensions to say so.
            1 | 2 => Ok(()),
            _ => self.check_authority(anchor, authorities_below),
        }
    }

    fn check_leaf(&self, certificate: &Certificate) -> Result<(), PathReason> {
        let usage = certificate.key_usage();
        match self.purpose {
            Purpose::Any => return Ok(()),
            Purpose::CrlSigning => {
                let may = usage.is_none_or(|usage| usage.any(KeyUsage::CRL_SIGN));
                return if may { Ok(()) } else { Err(PathReason::KeyUsage) };
            }
            _ => {}
        }
        if certificate.basic_constraints().is_some_and(|constraints| constraints.ca) {
            return Err(PathReason::IsCa);
        }
        let signing = KeyUsage::DIGITAL_SIGNATURE.and(KeyUsage::NON_REPUDIATION);
        let authority = KeyUsage::KEY_CERT_SIGN.and(KeyUsage::CRL_SIGN);
        let fits = match (self.purpose, usage) {
            // RFC 3161 2.3 asks for an extended key usage, which says enough.
            (Purpose::KeyPurpose(_) | Purpose::TimeStamping, None) => true,
            (Purpose::KeyPurpose(_), Some(usage)) => !usage.any(authority),
            (_, None) => false,
            (_, Some(usage)) => usage.any(signing) && !usage.any(authority),
        };
        if !fits {
            return Err(PathReason::KeyUsage);
        }
        let allowed = match (self.purpose, certificate.extended_key_usage()) {
            // RFC 3161 2.3: present, critical, alone.
            (Purpose::TimeStamping, found) => {
                let critical = certificate.extension(&oid::EXTENDED_KEY_USAGE).is_some_and(|found| found.critical);
                found == Some(&[oid::KP_TIME_STAMPING]) && critical
            }
            (_, None) => true,
            (_, Some(found)) => found.iter().any(|oid| self.allows(oid)),
        };
        if allowed { Ok(()) } else { Err(PathReason::ExtendedKeyUsage) }
    }

    fn check_authority(&self, certificate: &Certificate, authorities_below: u32) -> Result<(), PathReason> {
        match certificate.basic_constraints() {
            Some(constraints) if constraints.ca && certificate.version() == 3 => {
                if constraints.path_length.is_some_and(|most| authorities_below > most) {
                    return Err(PathReason::PathLength);
                }
            }
            _ => return Err(PathReason::NotCa),
        }
        // RFC 5280 6.1.4 n; that an intermediate has a keyUsage is a matter of the profile.
        if !certificate.key_usage().is_none_or(|usage| usage.any(KeyUsage::KEY_CERT_SIGN)) {
            return Err(PathReason::KeyUsage);
        }
        // In practice a CA's purposes restrict what is below.
        match certificate.extended_key_usage() {
            Some(found) if !found.iter().any(|oid| self.allows(oid)) => Err(PathReason::ExtendedKeyUsage),
            _ => Ok(()),
        }
    }

    fn allows(&self, found: &ObjectIdentifier) -> bool {
        let own = match self.purpose {
            Purpose::DocumentSigning | Purpose::SealMaking => oid::KP_DOCUMENT_SIGNING,
            Purpose::TimeStamping => oid::KP_TIME_STAMPING,
            Purpose::KeyPurpose(purpose) => purpose,
            Purpose::CrlSigning | Purpose::Any => return true,
        };
        *found == own || *found == oid::ANY_EXTENDED_KEY_USAGE || self.request.accepted.contains(found)
    }
}

fn understood(certificate: &Certificate) -> Result<(), PathReason> {
    let unknown = |oid: &ObjectIdentifier| !UNDERSTOOD.contains(oid);
    if certificate.extensions().iter().any(|extension| extension.critical && unknown(&extension.oid)) {
        return Err(PathReason::UnknownCriticalExtension);
    }
    Ok(())
}
