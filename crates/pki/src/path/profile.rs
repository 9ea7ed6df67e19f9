//! What RFC 5280 section 4 asks of those who make certificates, checked where it tells a careless or hostile CA.

use super::reason::PathReason;
use crate::certificate::Certificate;
use crate::extension::{GeneralName, HINTS, KeyUsage, is_host_name, mailbox};
use crate::oid;

/// How much of RFC 5280 section 4 a certificate must keep, besides what section 6 asks of paths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Profile {
    /// The duties whose neglect makes a path ambiguous. What a careless CA leaves out (key identifiers, list numbers) or
    /// forgets to mark critical is overlooked: every restriction counts, whether critical or not.
    #[default]
    Standard,
    /// Every duty of 4.1, 4.2 and 5.2 that can be seen in the bytes: to judge a CA before it is trusted.
    Strict,
}

/// Where a certificate stands in its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Position {
    Leaf,
    Authority,
    Anchor,
}

pub(super) fn check(certificate: &Certificate, position: Position, profile: Profile) -> Result<(), PathReason> {
    if let Some(malformed) = certificate.malformed_extension() {
        let critical = certificate.extension(&malformed).is_some_and(|found| found.critical);
        if profile == Profile::Strict || critical || !HINTS.contains(&malformed) {
            return Err(PathReason::MalformedExtension);
        }
    }
    let broken = match profile {
        Profile::Standard => standard(certificate, position),
        Profile::Strict => standard(certificate, position).or_else(|| strict(certificate, position)),
    };
    broken.map_or(Ok(()), |rule| Err(PathReason::Profile(rule)))
}

/// The first rule that is broken, by its clause.
fn standard(certificate: &Certificate, position: Position) -> Option<&'static str> {
    let critical_names = certificate.extension(&oid::SUBJECT_ALT_NAME).is_some_and(|found| found.critical);
    let authority = certificate.basic_constraints().is_some_and(|constraints| constraints.ca);
    let unnamed = certificate.subject().is_empty();
    // Below, the policies tell; a leaf's mappings decide nothing, but tell of a CA that does not know what it writes.
    let mut mapped = certificate.policy_mappings().iter().filter(|_| position == Position::Leaf);
    first([
        // Anchors of version 1 are old roots that somebody chose to trust; whether a leaf says enough, its purpose asks.
        ("4.1.2.1 version 3", certificate.version() != 3 && position == Position::Authority),
        ("4.1.2.1 extensions without version 3", certificate.version() != 3 && !certificate.extensions().is_empty()),
        ("4.1.2.2 serial number of at most 20 bytes", certificate.serial().len() > 20),
        ("4.1.2.4 issuer is named", certificate.issuer().is_empty()),
        ("4.1.2.6 CA is named", authority && unnamed),
        ("4.2.1.5 anyPolicy is not mapped", mapped.any(|(from, to)| [*from, *to].contains(&oid::ANY_POLICY))),
        ("4.2.1.10 nameConstraints is for CAs", certificate.name_constraints().is_some() && !authority),
        ("4.2.1.6 a subject, or critical subjectAltName", unnamed && !critical_names),
    ])
}

fn strict(certificate: &Certificate, position: Position) -> Option<&'static str> {
    let critical = |oid| certificate.extension(&oid).is_some_and(|found| found.critical);
    let soft = |oid| certificate.extension(&oid).is_some_and(|found| !found.critical);
    let authority = certificate.basic_constraints().is_some_and(|constraints| constraints.ca);
    let anchor = position == Position::Anchor;
    let signs_certificates = certificate.key_usage().is_some_and(|usage| usage.any(KeyUsage::KEY_CERT_SIGN));
    let positive = certificate.serial().iter().any(|byte| *byte != 0)
        && certificate.serial().first().is_some_and(|top| top & 0x80 == 0);
    let length = certificate.basic_constraints().and_then(|constraints| constraints.path_length);
    let bases =
        certificate.name_constraints().into_iter().flat_map(|found| found.permitted.iter().chain(&found.excluded));
    let mut periods = bases.filter(|base| matches!(base, GeneralName::Dns(base) if base.starts_with('.')));
    first([
        ("4.1.2.1 version 3", certificate.version() != 3 && !anchor),
        // Well-known roots bear the number 0.
        ("4.1.2.2 positive serial number", !positive && !anchor),
        ("4.2.1.1 authorityKeyIdentifier is not critical", critical(oid::AUTHORITY_KEY_IDENTIFIER)),
        (
            "4.2.1.1 authorityKeyIdentifier",
            // It helps to find the issuer; an anchor needs none.
            !anchor && certificate.authority_key_id().is_none() && !certificate.is_self_issued(),
        ),
        ("4.2.1.2 subjectKeyIdentifier is not critical", critical(oid::SUBJECT_KEY_IDENTIFIER)),
        ("4.2.1.2 subjectKeyIdentifier of a CA", authority && certificate.subject_key_id().is_none()),
        ("4.2.1.3 keyCertSign is for CAs", signs_certificates && !authority),
        ("4.2.1.3 keyUsage of a CA", authority && !anchor && certificate.key_usage().is_none()),
        ("4.2.1.6 form of names", !certificate.subject_alt_names().iter().all(well_formed)),
        ("4.2.1.9 basicConstraints of a CA is critical", authority && !critical(oid::BASIC_CONSTRAINTS)),
        ("4.2.1.9 pathLenConstraint is for CAs", length.is_some() && !authority),
        ("4.2.1.10 nameConstraints is critical", soft(oid::NAME_CONSTRAINTS)),
        ("4.2.1.10 dNSName without a period in front", periods.next().is_some()),
        ("4.2.1.11 policyConstraints is critical", soft(oid::POLICY_CONSTRAINTS)),
        ("4.2.1.14 inhibitAnyPolicy is critical", soft(oid::INHIBIT_ANY_POLICY)),
    ])
}

fn first<const N: usize>(rules: [(&'static str, bool); N]) -> Option<&'static str> {
    rules.into_iter().find(|(_, broken)| *broken).map(|(rule, _)| rule)
}

fn well_formed(name: &GeneralName) -> bool {
    match name {
        GeneralName::Dns(name) => is_host_name(name),
        GeneralName::Email(name) => mailbox(name).is_some(),
        GeneralName::Ip(address) => matches!(address.len(), 4 | 16),
        GeneralName::Uri(name) => {
            name.split_once(':').is_some_and(|(scheme, rest)| !scheme.is_empty() && !rest.is_empty())
        }
        _ => true,
    }
}
