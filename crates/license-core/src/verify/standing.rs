//! Whether the trust list lets a path vouch for this very license: a check of its own beside the path.

use pki::path::TrustedPath;

use super::reasons::Reason;
use super::report::Checks;
use crate::trust::{About, Moment, Objection, Purpose, TrustList};

/// What a path is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claim<'a> {
    pub(super) purpose: Purpose,
    pub(super) about: About<'a>,
    pub(super) moment: Moment,
}

impl Claim<'_> {
    /// What the list has against the path.
    pub(super) fn objection(&self, path: &TrustedPath, trust: &TrustList) -> Option<Objection> {
        let certificates = path.certificates().map(|(certificate, _)| certificate);
        trust.objection(certificates, path.anchor(), self.purpose, &self.about, &self.moment)
    }

    /// The check `name`: whether nothing speaks against the path.
    pub(super) fn check(
        &self,
        path: &TrustedPath,
        trust: &TrustList,
        name: &'static str,
        place: &str,
        checks: &mut Checks,
    ) -> bool {
        note(self.objection(path, trust), name, place, checks)
    }
}

/// An objection as a check.
pub(super) fn note(objection: Option<Objection>, name: &'static str, place: &str, checks: &mut Checks) -> bool {
    match objection {
        None => {
            checks.passed(name, place);
            true
        }
        Some(objection) => {
            checks.failed(name, reason(&objection), place, objection.to_string());
            false
        }
    }
}

fn reason(objection: &Objection) -> Reason {
    match objection {
        Objection::Compromised { .. } => Reason::TrustCompromised,
        Objection::LaterCompromised { .. } => Reason::TrustLaterCompromised,
        Objection::NotGranted { .. } | Objection::Period { .. } => Reason::TrustNotGranted,
        Objection::Unlisted { .. } => Reason::TrustUnlisted,
        Objection::Issuer { .. } => Reason::TrustIssuer,
        Objection::Type { .. } => Reason::TrustType,
        Objection::Area { .. } => Reason::TrustArea,
        Objection::Unknown { .. } => Reason::TrustScopeUnknown,
    }
}
