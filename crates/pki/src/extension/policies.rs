//! The policy extensions (RFC 5280 4.2.1.4, 4.2.1.5, 4.2.1.11, 4.2.1.14), read. What they mean for a path is in `path::policy`.

use super::{MAX_LIST, identifier};
use crate::asn1::{self, Asn1Error, tag};
use crate::oid;
use der::asn1::ObjectIdentifier;

/// policyConstraints: after how many more certificates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PolicyConstraints {
    /// requireExplicitPolicy.
    pub require_explicit: Option<u32>,
    /// inhibitPolicyMapping.
    pub inhibit_mapping: Option<u32>,
}

impl PolicyConstraints {
    pub(super) fn from_der(der: &[u8]) -> Result<Self, Asn1Error> {
        let mut inside = asn1::whole(der, tag::SEQUENCE, "policyConstraints")?.children();
        let mut skip = |n, field| {
            inside.optional(tag::context_primitive(n), field)?.map(|found| found.small_integer()).transpose()
        };
        let require_explicit = skip(0, "requireExplicitPolicy")?;
        let inhibit_mapping = skip(1, "inhibitPolicyMapping")?;
        inside.finish("policyConstraints")?;
        if require_explicit.is_none() && inhibit_mapping.is_none() {
            return Err(Asn1Error::new("policyConstraints", "empty"));
        }
        Ok(Self { require_explicit, inhibit_mapping })
    }
}

/// The policies of certificatePolicies; their qualifiers are checked for form and left out.
pub(super) fn certificate_policies(der: &[u8]) -> Result<Vec<ObjectIdentifier>, Asn1Error> {
    let mut list = asn1::whole(der, tag::SEQUENCE, "certificatePolicies")?.children();
    let mut policies = Vec::new();
    let mut seen = 0;
    while !list.is_empty() {
        let mut information = list.sequence("PolicyInformation")?;
        let policy = identifier(&information.expect(tag::OID, "policyIdentifier")?)?;
        information.optional(tag::SEQUENCE, "policyQualifiers")?;
        information.finish("PolicyInformation")?;
        seen += 1;
        if seen > MAX_LIST {
            return Err(Asn1Error::new("certificatePolicies", "too many"));
        }
        // Nobody can ask for a policy that cannot be kept; without it the path holds for the others alone.
        if policy == oid::BEYOND {
            continue;
        }
        if policies.contains(&policy) {
            return Err(Asn1Error::new("certificatePolicies", "a policy occurs twice"));
        }
        policies.push(policy);
    }
    if seen == 0 { Err(Asn1Error::new("certificatePolicies", "empty")) } else { Ok(policies) }
}

/// Pairs of issuerDomainPolicy and subjectDomainPolicy.
pub(super) fn policy_mappings(der: &[u8]) -> Result<Vec<(ObjectIdentifier, ObjectIdentifier)>, Asn1Error> {
    let mut list = asn1::whole(der, tag::SEQUENCE, "policyMappings")?.children();
    let mut mappings = Vec::new();
    while !list.is_empty() {
        let mut pair = list.sequence("PolicyMapping")?;
        let mut policy = |field| identifier(&pair.expect(tag::OID, field)?);
        let mapping = (policy("issuerDomainPolicy")?, policy("subjectDomainPolicy")?);
        pair.finish("PolicyMapping")?;
        if mappings.len() == MAX_LIST {
            return Err(Asn1Error::new("policyMappings", "too many"));
        }
        mappings.push(mapping);
    }
    if mappings.is_empty() { Err(Asn1Error::new("policyMappings", "empty")) } else { Ok(mappings) }
}

pub(super) fn inhibit_any_policy(der: &[u8]) -> Result<u32, Asn1Error> {
    asn1::whole(der, tag::INTEGER, "inhibitAnyPolicy")?.small_integer()
}
