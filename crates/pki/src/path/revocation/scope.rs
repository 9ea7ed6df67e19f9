//! Whether a list speaks about a certificate (RFC 5280 6.3.3 b).

use crate::certificate::Certificate;
use crate::crl::Crl;
use crate::extension::{DistributionPoint, GeneralName, PointName, Reasons};
use crate::name::Name;

/// One place where the certificate says that its revocation would be told.
pub(super) struct Place<'c> {
    certificate: &'c Certificate,
    names: Vec<GeneralName>,
    crl_issuers: Vec<Name>,
    reasons: Reasons,
}

/// The places a certificate names; last, the one that is always there: a list of its issuer's own.
pub(super) fn places(certificate: &Certificate) -> Vec<Place<'_>> {
    let mut places: Vec<Place<'_>> =
        certificate.distribution_points().iter().map(|point| Place::new(certificate, point)).collect();
    places.push(Place::new(certificate, &DistributionPoint::default()));
    places
}

impl<'c> Place<'c> {
    fn new(certificate: &'c Certificate, point: &DistributionPoint) -> Self {
        let crl_issuers: Vec<Name> = point.crl_issuer.iter().filter_map(GeneralName::directory).cloned().collect();
        let signer = crl_issuers.first().unwrap_or_else(|| certificate.issuer());
        let names = match &point.name {
            Some(name) => resolve(name, signer),
            // 6.3.3 b 2 i: then the list is named after its issuer.
            None if point.crl_issuer.is_empty() => vec![GeneralName::Directory(certificate.issuer().clone())],
            None => point.crl_issuer.clone(),
        };
        Self { certificate, names, crl_issuers, reasons: point.reasons.unwrap_or(Reasons::ALL) }
    }

    /// Whether this place lets `name` sign lists about the certificate.
    pub(super) fn trusts(&self, name: &Name) -> bool {
        match self.crl_issuers.as_slice() {
            [] => name.matches(self.certificate.issuer()),
            issuers => issuers.iter().any(|issuer| issuer.matches(name)),
        }
    }

    /// The reasons for which `crl`, found here, speaks about the certificate; none when it does not.
    pub(super) fn covered_by(&self, crl: &Crl) -> Reasons {
        let Some(scope) = crl.issuing_point() else {
            let own = self.crl_issuers.is_empty() && crl.issuer().matches(self.certificate.issuer());
            return if own { self.reasons } else { Reasons::NONE };
        };
        let authority = self.certificate.basic_constraints().is_some_and(|constraints| constraints.ca);
        let of_another_kind = if authority { scope.only_users } else { scope.only_authorities };
        let of_this_kind = !scope.only_attributes && !of_another_kind;
        let by_its_issuer = self.trusts(crl.issuer()) && (self.crl_issuers.is_empty() || scope.indirect);
        let here = scope.name.as_ref().is_none_or(|name| {
            resolve(name, crl.issuer()).iter().any(|name| self.names.iter().any(|own| own.matches(name)))
        });
        if of_this_kind && by_its_issuer && here {
            self.reasons.intersection(scope.reasons.unwrap_or(Reasons::ALL))
        } else {
            Reasons::NONE
        }
    }
}

/// Whether a cRLIssuer of the certificate is its own subject.
pub(super) fn names_itself(certificate: &Certificate) -> bool {
    let mut issuers = certificate.distribution_points().iter().flat_map(|point| &point.crl_issuer);
    issuers.any(|name| name.directory().is_some_and(|name| name.matches(certificate.subject())))
}

/// The names of a distribution point; a relative one is put below the signer of the list.
fn resolve(name: &PointName, signer: &Name) -> Vec<GeneralName> {
    match name {
        PointName::Full(names) => names.clone(),
        PointName::Relative(rdn) => signer.with_relative(rdn).map(GeneralName::Directory).into_iter().collect(),
    }
}
