//! Whether a list speaks about a certificate (RFC 5280 6.3.3 b).

use crate::certificate::Certificate;
use crate::crl::Crl;
use crate::extension::{DistributionPoint, GeneralName, PointName, Reasons};
use crate::name::Name;

/// One place where the certificate says that its revocation would be told.
pub(super) struct Place<'c> {
    certificate: &'c Certificate,
    names: Vec<GeneralName>,
    /// Whether another than the certificate's issuer signs; who, when his name can be read.
    by_another: bool,
    crl_issuers: Vec<Name>,
    reasons: Reasons,
}

/// The places a certificate names; last, the one that is always there: a list of its issuer's own.
pub(super) fn places(certificate: &Certificate) -> Vec<Place<'_>> {
    let mut places: Vec<Place<'_>> =
        certificate.distribution_points().iter().map(|point| Place::new(certificate, point)).collect();
    let mut anywhere = Place::new(certificate, &DistributionPoint::default());
    if !places.is_empty() {
        // A list that names another part of the issuer's certificates does not speak about this one.
        anywhere.names.clear();
    }
    places.push(anywhere);
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
        let by_another = !point.crl_issuer.is_empty();
        Self { certificate, names, by_another, crl_issuers, reasons: point.reasons.unwrap_or(Reasons::ALL) }
    }

    /// Whether this place lets `name` sign lists about the certificate.
    pub(super) fn trusts(&self, name: &Name) -> bool {
        match self.by_another {
            false => name.matches(self.certificate.issuer()),
            true => self.crl_issuers.iter().any(|issuer| issuer.matches(name)),
        }
    }

    /// The reasons for which `crl`, found here, speaks about the certificate; none when it does not.
    pub(super) fn covered_by(&self, crl: &Crl) -> Reasons {
        let Some(scope) = crl.issuing_point() else {
            let own = !self.by_another && crl.issuer().matches(self.certificate.issuer());
            return if own { self.reasons } else { Reasons::NONE };
        };
        let authority = self.certificate.basic_constraints().is_some_and(|constraints| constraints.ca);
        let of_another_kind = if authority { scope.only_users } else { scope.only_authorities };
        let of_this_kind = !scope.only_attributes && !of_another_kind;
        let by_its_issuer = self.trusts(crl.issuer()) && (!self.by_another || scope.indirect);
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
