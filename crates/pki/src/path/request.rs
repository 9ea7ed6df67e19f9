//! The question.

use super::policy::PolicyInputs;
use super::revocation::RevocationPolicy;
use super::source::Source;
use super::work::{ForeignAlgorithms, PathMemory};
use super::{Profile, Purpose};
use crate::certificate::Certificate;
use crate::extension::NameConstraints;
use der::asn1::ObjectIdentifier;
use std::fmt;
use time::OffsetDateTime;

/// Everything a verdict depends on. Nothing else is asked: no clock, no network.
#[derive(Clone, Copy)]
pub struct PathRequest<'a> {
    pub(super) leaf: &'a Certificate,
    pub(super) anchors: &'a [Certificate],
    pub(super) intermediates: &'a [Certificate],
    pub(super) at: OffsetDateTime,
    pub(super) purpose: Purpose,
    pub(super) revocation: RevocationPolicy<'a>,
    pub(super) accepted: &'a [ObjectIdentifier],
    pub(super) policies: PolicyInputs<'a>,
    pub(super) names: Option<&'a NameConstraints>,
    pub(super) max_length: Option<u32>,
    pub(super) profile: Profile,
    pub(super) expired_anchors: bool,
    pub(super) source: Option<&'a dyn Source>,
    pub(super) foreign: Option<&'a dyn ForeignAlgorithms>,
    pub(super) memory: Option<&'a dyn PathMemory>,
}

impl<'a> PathRequest<'a> {
    /// Asks whether `leaf` could be used for `purpose` at `at`, trusting `anchors`.
    pub const fn new(leaf: &'a Certificate, anchors: &'a [Certificate], at: OffsetDateTime, purpose: Purpose) -> Self {
        Self {
            leaf,
            anchors,
            intermediates: &[],
            at,
            purpose,
            revocation: RevocationPolicy::NotChecked,
            accepted: &[],
            policies: PolicyInputs { acceptable: &[], explicit: false, inhibit_mapping: false, inhibit_any: false },
            names: None,
            max_length: None,
            profile: Profile::Standard,
            expired_anchors: false,
            source: None,
            foreign: None,
            memory: None,
        }
    }

    /// Certificates that may lie between: from the document, from the chain of a signer. Untrusted.
    pub const fn with_intermediates(mut self, intermediates: &'a [Certificate]) -> Self {
        self.intermediates = intermediates;
        self
    }

    /// How revocation is looked at; not at all by default.
    pub const fn with_revocation(mut self, policy: RevocationPolicy<'a>) -> Self {
        self.revocation = policy;
        self
    }

    /// Extended key usages that are taken in place of the purpose's own (by policy: e-mail protection …).
    pub const fn with_accepted_usages(mut self, usages: &'a [ObjectIdentifier]) -> Self {
        self.accepted = usages;
        self
    }

    /// What is demanded of certificate policies; nothing by default.
    pub const fn with_policies(mut self, policies: PolicyInputs<'a>) -> Self {
        self.policies = policies;
        self
    }

    /// Name spaces for which the anchors are trusted (RFC 5280 6.1.1 h, i), besides what they say themselves.
    pub const fn with_name_constraints(mut self, names: &'a NameConstraints) -> Self {
        self.names = Some(names);
        self
    }

    /// How many CAs that are not self-issued may stand between anchor and leaf (RFC 5280 6.1.2 k).
    pub const fn with_max_length(mut self, authorities: u32) -> Self {
        self.max_length = Some(authorities);
        self
    }

    /// How much is asked of those who made the certificates.
    pub const fn with_profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// Anchors are trusted beyond their own validity, too: for lists of anchors that tell their times themselves.
    pub const fn with_expired_anchors(mut self) -> Self {
        self.expired_anchors = true;
        self
    }

    /// Asked for issuers that are neither among anchors nor intermediates.
    pub const fn with_source(mut self, source: &'a dyn Source) -> Self {
        self.source = Some(source);
        self
    }

    /// Signatures that are known to hold are not checked again.
    pub const fn with_memory(mut self, memory: &'a dyn PathMemory) -> Self {
        self.memory = Some(memory);
        self
    }

    /// Signature algorithms beyond those of this house.
    pub const fn with_foreign_algorithms(mut self, algorithms: &'a dyn ForeignAlgorithms) -> Self {
        self.foreign = Some(algorithms);
        self
    }
}

impl fmt::Debug for PathRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PathRequest")
            .field("leaf", &self.leaf)
            .field("anchors", &self.anchors)
            .field("at", &self.at)
            .field("purpose", &self.purpose)
            .field("revocation", &self.revocation)
            .finish_non_exhaustive()
    }
}
