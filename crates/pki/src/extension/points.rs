//! Where revocation data is found and what a list speaks about: cRLDistributionPoints and freshestCRL (RFC 5280 4.2.1.13,
//! 4.2.1.15), issuingDistributionPoint (5.2.5), authorityInfoAccess (4.2.2.1).

use super::general_name::GeneralName;
use super::{MAX_LIST, identifier};
use crate::asn1::{self, Asn1Error, Cursor, Element, tag};
use crate::oid;

/// A set of reasons for revocation (ReasonFlags).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reasons(u16);

impl Reasons {
    /// None.
    pub const NONE: Self = Self(0);
    /// Every reason: bits 1 to 8; bit 0 is unused.
    pub const ALL: Self = Self(0b1_1111_1110);

    /// Those in both.
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Those in either.
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether `other` adds nothing.
    pub const fn contains(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }

    fn read(element: &Element<'_>) -> Result<Self, Asn1Error> {
        let [0..=7, bytes @ ..] = element.value else { return Err(Asn1Error::new("ReasonFlags", "not a bit string")) };
        if bytes.len() > 2 {
            return Err(Asn1Error::new("ReasonFlags", "too long"));
        }
        let bits =
            bytes.iter().enumerate().fold(0, |bits, (at, byte)| bits | u16::from(byte.reverse_bits()) << (8 * at));
        Ok(Self(bits).intersection(Self::ALL))
    }
}

/// DistributionPointName.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PointName {
    /// fullName.
    Full(Vec<GeneralName>),
    /// nameRelativeToCRLIssuer: the inside of the RelativeDistinguishedName.
    Relative(Vec<u8>),
}

impl PointName {
    /// Reads the inside of `[0] DistributionPointName`, which is EXPLICIT because a CHOICE.
    fn read(explicit: &Element<'_>) -> Result<Self, Asn1Error> {
        let mut inside = explicit.children();
        let name = match inside.optional(tag::context(0), "fullName")? {
            Some(full) => Self::Full(GeneralName::read_all(full.children())?),
            None => Self::Relative(inside.expect(tag::context(1), "nameRelativeToCRLIssuer")?.value.to_vec()),
        };
        inside.finish("distributionPoint")?;
        Ok(name)
    }
}

/// One place of cRLDistributionPoints or freshestCRL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DistributionPoint {
    /// distributionPoint.
    pub name: Option<PointName>,
    /// reasons; `None` means all.
    pub reasons: Option<Reasons>,
    /// cRLIssuer: who signs the list, if not the certificate's issuer.
    pub crl_issuer: Vec<GeneralName>,
}

pub(super) fn distribution_points(der: &[u8]) -> Result<Vec<DistributionPoint>, Asn1Error> {
    let mut list = asn1::whole(der, tag::SEQUENCE, "cRLDistributionPoints")?.children();
    let mut points = Vec::new();
    while !list.is_empty() {
        if points.len() == MAX_LIST {
            return Err(Asn1Error::new("cRLDistributionPoints", "too many"));
        }
        let mut inside = list.sequence("DistributionPoint")?;
        let name = inside.optional(tag::context(0), "distributionPoint")?;
        let reasons = inside.optional(tag::context_primitive(1), "reasons")?;
        let crl_issuer = inside.optional(tag::context(2), "cRLIssuer")?;
        inside.finish("DistributionPoint")?;
        points.push(DistributionPoint {
            name: name.map(|explicit| PointName::read(&explicit)).transpose()?,
            reasons: reasons.map(|bits| Reasons::read(&bits)).transpose()?,
            crl_issuer: crl_issuer.map_or(Ok(Vec::new()), |names| GeneralName::read_all(names.children()))?,
        });
    }
    if points.is_empty() { Err(Asn1Error::new("cRLDistributionPoints", "empty")) } else { Ok(points) }
}

/// issuingDistributionPoint: the scope of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuingPoint {
    /// distributionPoint.
    pub name: Option<PointName>,
    /// onlyContainsUserCerts.
    pub only_users: bool,
    /// onlyContainsCACerts.
    pub only_authorities: bool,
    /// onlySomeReasons.
    pub reasons: Option<Reasons>,
    /// indirectCRL.
    pub indirect: bool,
    /// onlyContainsAttributeCerts.
    pub only_attributes: bool,
}

impl IssuingPoint {
    pub(crate) fn from_der(der: &[u8]) -> Result<Self, Asn1Error> {
        let mut inside = asn1::whole(der, tag::SEQUENCE, "issuingDistributionPoint")?.children();
        if inside.is_empty() {
            // RFC 5280 5.2.5: a scope that says nothing is none; who wrote it meant something else.
            return Err(Asn1Error::new("issuingDistributionPoint", "empty"));
        }
        let name = inside.optional(tag::context(0), "distributionPoint")?;
        let flag = |inside: &mut Cursor<'_>, n, field| -> Result<bool, Asn1Error> {
            inside.optional(tag::context_primitive(n), field)?.map_or(Ok(false), |found| found.boolean())
        };
        let only_users = flag(&mut inside, 1, "onlyContainsUserCerts")?;
        let only_authorities = flag(&mut inside, 2, "onlyContainsCACerts")?;
        let reasons = inside.optional(tag::context_primitive(3), "onlySomeReasons")?;
        let indirect = flag(&mut inside, 4, "indirectCRL")?;
        let only_attributes = flag(&mut inside, 5, "onlyContainsAttributeCerts")?;
        inside.finish("issuingDistributionPoint")?;
        Ok(Self {
            name: name.map(|explicit| PointName::read(&explicit)).transpose()?,
            only_users,
            only_authorities,
            reasons: reasons.map(|bits| Reasons::read(&bits)).transpose()?,
            indirect,
            only_attributes,
        })
    }
}

/// The URIs of authorityInfoAccess: OCSP responders, and places of the issuer's certificates.
pub(super) fn information_access(der: &[u8]) -> Result<(Vec<String>, Vec<String>), Asn1Error> {
    let mut list = asn1::whole(der, tag::SEQUENCE, "authorityInfoAccess")?.children();
    let (mut responders, mut issuers) = (Vec::new(), Vec::new());
    if list.is_empty() {
        return Err(Asn1Error::new("authorityInfoAccess", "empty"));
    }
    let mut seen = 0;
    while !list.is_empty() {
        let mut description = list.sequence("AccessDescription")?;
        let method = identifier(&description.expect(tag::OID, "accessMethod")?)?;
        let location = GeneralName::read(&description.any("accessLocation")?)?;
        description.finish("AccessDescription")?;
        seen += 1;
        if seen > MAX_LIST {
            return Err(Asn1Error::new("authorityInfoAccess", "too many"));
        }
        match (method, location) {
            (oid::AD_OCSP, GeneralName::Uri(uri)) => responders.push(uri),
            (oid::AD_CA_ISSUERS, GeneralName::Uri(uri)) => issuers.push(uri),
            _ => {}
        }
    }
    Ok((responders, issuers))
}
