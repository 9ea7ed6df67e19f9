//! The certificate extensions of RFC 5280 4.2 that decide something here, read and written.

mod constraints;
mod general_name;
mod points;
mod policies;

pub use constraints::NameConstraints;
pub use general_name::GeneralName;
pub(crate) use general_name::{is_host_name, mailbox};
pub use points::{DistributionPoint, IssuingPoint, PointName, Reasons};
pub use policies::PolicyConstraints;

use crate::asn1::{self, Asn1Error, Cursor, Element, tag};
use crate::oid;
use der::asn1::ObjectIdentifier;

/// A certificate or CRL may not carry more extensions than this.
const MAX_EXTENSIONS: usize = 64;
/// Lists inside an extension (purposes, distribution points) are read up to this length.
const MAX_LIST: usize = 64;

/// Extensions that tell where to ask and restrict nothing.
pub(crate) const HINTS: [ObjectIdentifier; 3] =
    [oid::CRL_DISTRIBUTION_POINTS, oid::AUTHORITY_INFO_ACCESS, oid::FRESHEST_CRL];

/// One extension as it stands in the certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// extnID.
    pub oid: ObjectIdentifier,
    /// critical.
    pub critical: bool,
    /// The DER inside extnValue.
    pub value: Vec<u8>,
}

impl Extension {
    /// An extension to be written.
    pub const fn new(oid: ObjectIdentifier, critical: bool, value: Vec<u8>) -> Self {
        Self { oid, critical, value }
    }

    pub(crate) fn to_der(&self) -> Vec<u8> {
        let value = asn1::octet_string(&self.value);
        let critical = if self.critical { asn1::boolean(true) } else { Vec::new() };
        asn1::sequence(&[&asn1::oid(&self.oid), &critical, &value])
    }
}

/// Reads `Extensions`; a repeated extension is refused (RFC 5280 4.2), an explicit `critical FALSE` is not.
pub(crate) fn read_all(mut list: Cursor<'_>) -> Result<Vec<Extension>, Asn1Error> {
    let mut extensions: Vec<Extension> = Vec::new();
    let mut seen: Vec<&[u8]> = Vec::new();
    while !list.is_empty() {
        let mut inside = list.sequence("Extension")?;
        let id = inside.expect(tag::OID, "extnID")?;
        let oid = identifier(&id)?;
        let critical = match inside.optional(tag::BOOLEAN, "critical")? {
            Some(element) => element.boolean()?,
            None => false,
        };
        let value = inside.expect(tag::OCTET_STRING, "extnValue")?.value.to_vec();
        inside.finish("Extension")?;
        if seen.contains(&id.value) {
            return Err(Asn1Error::new("Extensions", "an extension occurs twice"));
        }
        if extensions.len() == MAX_EXTENSIONS {
            return Err(Asn1Error::new("Extensions", "too many"));
        }
        seen.push(id.value);
        extensions.push(Extension { oid, critical, value });
    }
    Ok(extensions)
}

/// An identifier that need only be told from those that are known here: one with an arc too great to be kept (2.25 and a
/// UUID, 2.999) becomes [`oid::BEYOND`], which is none of them.
fn identifier(element: &Element<'_>) -> Result<ObjectIdentifier, Asn1Error> {
    let arcs = element.value.split_inclusive(|byte| byte & 0x80 == 0);
    let mut well_formed = arcs.map(|arc| arc[0] != 0x80 && arc[arc.len() - 1] & 0x80 == 0);
    if element.value.is_empty() || !well_formed.all(|fits| fits) {
        return Err(Asn1Error::new("extnID", "not an object identifier"));
    }
    Ok(element.oid().unwrap_or(oid::BEYOND))
}

/// The bits of KeyUsage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyUsage(u16);

impl KeyUsage {
    /// digitalSignature (0).
    pub const DIGITAL_SIGNATURE: Self = Self(1 << 0);
    /// nonRepudiation, contentCommitment (1).
    pub const NON_REPUDIATION: Self = Self(1 << 1);
    /// keyEncipherment (2).
    pub const KEY_ENCIPHERMENT: Self = Self(1 << 2);
    /// dataEncipherment (3).
    pub const DATA_ENCIPHERMENT: Self = Self(1 << 3);
    /// keyAgreement (4).
    pub const KEY_AGREEMENT: Self = Self(1 << 4);
    /// keyCertSign (5).
    pub const KEY_CERT_SIGN: Self = Self(1 << 5);
    /// cRLSign (6).
    pub const CRL_SIGN: Self = Self(1 << 6);

    /// Both sets together.
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether any of these bits is set.
    pub const fn any(self, bits: Self) -> bool {
        self.0 & bits.0 != 0
    }

    fn from_der(der: &[u8]) -> Result<Self, Asn1Error> {
        let value = asn1::whole(der, tag::BIT_STRING, "keyUsage")?.value;
        let [unused @ 0..=7, bytes @ ..] = value else {
            return Err(Asn1Error::new("keyUsage", "not a bit string"));
        };
        if bytes.len() > 2 || (bytes.is_empty() && *unused != 0) {
            return Err(Asn1Error::new("keyUsage", "wrong length"));
        }
        if bytes.last().is_some_and(|last| last.trailing_zeros() < u32::from(*unused)) {
            return Err(Asn1Error::new("keyUsage", "unused bits are set"));
        }
        let mut bits = 0;
        for (index, byte) in bytes.iter().enumerate() {
            bits |= u16::from(byte.reverse_bits()) << (8 * index);
        }
        Ok(Self(bits))
    }

    pub(crate) fn to_der(self) -> Vec<u8> {
        let [first, second] = [(self.0 as u8).reverse_bits(), ((self.0 >> 8) as u8).reverse_bits()];
        let bytes: &[u8] = if second != 0 { &[first, second] } else { &[first] };
        let unused = bytes.last().map_or(0, |last| last.trailing_zeros().min(7) as u8);
        asn1::tlv(tag::BIT_STRING, &[&[unused], bytes])
    }
}

/// basicConstraints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BasicConstraints {
    /// cA.
    pub ca: bool,
    /// pathLenConstraint.
    pub path_length: Option<u32>,
}

impl BasicConstraints {
    fn from_der(der: &[u8]) -> Result<Self, Asn1Error> {
        let mut inside = asn1::whole(der, tag::SEQUENCE, "basicConstraints")?.children();
        let ca = match inside.optional(tag::BOOLEAN, "cA")? {
            Some(element) => element.boolean()?,
            None => false,
        };
        let path_length = match inside.optional(tag::INTEGER, "pathLenConstraint")? {
            Some(element) => Some(element.small_integer()?),
            None => None,
        };
        inside.finish("basicConstraints")?;
        Ok(Self { ca, path_length })
    }

    pub(crate) fn to_der(self) -> Vec<u8> {
        let ca = if self.ca { asn1::boolean(true) } else { Vec::new() };
        let length = self.path_length.map(asn1::integer).unwrap_or_default();
        asn1::sequence(&[&ca, &length])
    }
}

/// The known extensions of a certificate, decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) key_usage: Option<KeyUsage>,
    pub(crate) extended_key_usage: Option<Vec<ObjectIdentifier>>,
    pub(crate) basic_constraints: Option<BasicConstraints>,
    pub(crate) subject_key_id: Option<Vec<u8>>,
    pub(crate) authority_key_id: Option<Vec<u8>>,
    pub(crate) subject_alt_names: Vec<GeneralName>,
    pub(crate) name_constraints: Option<NameConstraints>,
    pub(crate) policies: Option<Vec<ObjectIdentifier>>,
    pub(crate) policy_mappings: Vec<(ObjectIdentifier, ObjectIdentifier)>,
    pub(crate) policy_constraints: PolicyConstraints,
    pub(crate) inhibit_any_policy: Option<u32>,
    pub(crate) distribution_points: Vec<DistributionPoint>,
    pub(crate) freshest: Vec<DistributionPoint>,
    pub(crate) crl_urls: Vec<String>,
    pub(crate) ocsp_urls: Vec<String>,
    pub(crate) issuer_urls: Vec<String>,
    /// An extension whose form is known and whose content does not have it. The certificate can be read and shown; a
    /// path through it is refused.
    pub(crate) malformed: Option<ObjectIdentifier>,
}

impl Known {
    pub(crate) fn read(extensions: &[Extension]) -> Result<Self, Asn1Error> {
        let mut known = Self::default();
        for Extension { oid, value, .. } in extensions {
            match *oid {
                oid::KEY_USAGE => known.key_usage = Some(KeyUsage::from_der(value)?),
                oid::EXTENDED_KEY_USAGE => known.extended_key_usage = Some(purposes(value)?),
                oid::BASIC_CONSTRAINTS => known.basic_constraints = Some(BasicConstraints::from_der(value)?),
                oid::SUBJECT_KEY_IDENTIFIER => {
                    let id = asn1::whole(value, tag::OCTET_STRING, "subjectKeyIdentifier")?;
                    known.subject_key_id = Some(id.value.to_vec());
                }
                oid::AUTHORITY_KEY_IDENTIFIER => known.authority_key_id = authority_key_id(value)?,
                _ => {
                    let graver = known.malformed.is_none_or(|before| HINTS.contains(&before));
                    if known.read_scope(oid, value).is_err() && graver {
                        known.malformed = Some(*oid);
                    }
                }
            }
        }
        Ok(known)
    }

    /// The extensions that matter to paths alone.
    fn read_scope(&mut self, oid: &ObjectIdentifier, value: &[u8]) -> Result<(), Asn1Error> {
        match *oid {
            oid::SUBJECT_ALT_NAME => {
                let names = asn1::whole(value, tag::SEQUENCE, "subjectAltName")?;
                self.subject_alt_names = GeneralName::read_all(names.children())?;
            }
            oid::NAME_CONSTRAINTS => self.name_constraints = Some(NameConstraints::from_der(value)?),
            oid::CERTIFICATE_POLICIES => self.policies = Some(policies::certificate_policies(value)?),
            oid::POLICY_MAPPINGS => self.policy_mappings = policies::policy_mappings(value)?,
            oid::POLICY_CONSTRAINTS => self.policy_constraints = PolicyConstraints::from_der(value)?,
            oid::INHIBIT_ANY_POLICY => self.inhibit_any_policy = Some(policies::inhibit_any_policy(value)?),
            oid::CRL_DISTRIBUTION_POINTS => {
                // The URLs are only a hint where to ask; vendors write many shapes.
                self.crl_urls = crl_urls(value).unwrap_or_default();
                self.distribution_points = points::distribution_points(value)?;
            }
            oid::FRESHEST_CRL => self.freshest = points::distribution_points(value)?,
            oid::AUTHORITY_INFO_ACCESS => {
                (self.ocsp_urls, self.issuer_urls) = points::information_access(value)?;
            }
            _ => {}
        }
        Ok(())
    }
}

fn purposes(der: &[u8]) -> Result<Vec<ObjectIdentifier>, Asn1Error> {
    let mut list = asn1::whole(der, tag::SEQUENCE, "extKeyUsage")?.children();
    let mut purposes = Vec::new();
    while !list.is_empty() && purposes.len() < MAX_LIST {
        purposes.push(identifier(&list.expect(tag::OID, "KeyPurposeId")?)?);
    }
    list.finish("extKeyUsage")?;
    if purposes.is_empty() {
        return Err(Asn1Error::new("extKeyUsage", "empty"));
    }
    Ok(purposes)
}

pub(crate) fn authority_key_id(der: &[u8]) -> Result<Option<Vec<u8>>, Asn1Error> {
    let mut inside = asn1::whole(der, tag::SEQUENCE, "authorityKeyIdentifier")?.children();
    let id = inside.optional(tag::context_primitive(0), "keyIdentifier")?;
    Ok(id.map(|element| element.value.to_vec()))
}

pub(crate) fn authority_key_id_der(id: &[u8]) -> Vec<u8> {
    asn1::sequence(&[&asn1::tlv(tag::context_primitive(0), &[id])])
}

/// The URIs of fullName in each DistributionPoint.
fn crl_urls(der: &[u8]) -> Result<Vec<String>, Asn1Error> {
    let mut points = asn1::whole(der, tag::SEQUENCE, "cRLDistributionPoints")?.children();
    let mut urls = Vec::new();
    while !points.is_empty() && urls.len() < MAX_LIST {
        let mut point = points.sequence("DistributionPoint")?;
        let Some(name) = point.optional(tag::context(0), "distributionPoint")? else { continue };
        let Some(full) = name.children().optional(tag::context(0), "fullName")? else { continue };
        let mut names = full.children();
        while !names.is_empty() && urls.len() < MAX_LIST {
            let general_name = names.any("GeneralName")?;
            if general_name.tag == tag::context_primitive(6) {
                urls.extend(general_name.text());
            }
        }
    }
    Ok(urls)
}

pub(crate) fn crl_urls_der(urls: &[String]) -> Vec<u8> {
    let points: Vec<u8> = urls
        .iter()
        .flat_map(|url| {
            let name = asn1::tlv(tag::context_primitive(6), &[url.as_bytes()]);
            asn1::sequence(&[&asn1::explicit(0, &asn1::explicit(0, &name))])
        })
        .collect();
    asn1::sequence(&[&points])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn key_usage_round_trips_and_is_minimal() {
        let usage = KeyUsage::DIGITAL_SIGNATURE.and(KeyUsage::NON_REPUDIATION);
        assert_eq!(usage.to_der(), [0x03, 0x02, 0x06, 0xc0]);
        for bits in 1..512 {
            let usage = KeyUsage(bits);
            assert_eq!(KeyUsage::from_der(&usage.to_der()).unwrap(), usage);
        }
        assert!(KeyUsage::from_der(&[0x03, 0x01, 0x07]).is_err());
        // keyCertSign where no bit should be.
        assert!(KeyUsage::from_der(&[0x03, 0x02, 0x06, 0xc4]).is_err());
    }

    #[test]
    fn identifiers_beyond_what_is_kept_are_unknown_ones() {
        let whole = |value: &[u8]| {
            let der = asn1::tlv(tag::OID, &[value]);
            identifier(&asn1::whole(&der, tag::OID, "test").unwrap())
        };
        assert_eq!(whole(&[0x88, 0x37, 0x01]).unwrap(), oid::BEYOND, "2.999.1");
        assert_eq!(whole(&[0x69, 0x9f, 0xff, 0xff, 0xff, 0xff, 0x7f]).unwrap(), oid::BEYOND, "2.25 and a great number");
        assert_eq!(whole(&[0x55, 0x1d, 0x0f]).unwrap(), oid::KEY_USAGE);
        for broken in [&[][..], &[0x88], &[0x55, 0x80, 0x01], &[0x55, 0x1d, 0x8f]] {
            assert!(whole(broken).is_err(), "{broken:02x?}");
        }
        // Two of them are two; one of them twice is once too often.
        let extension = |id: &[u8]| asn1::sequence(&[&asn1::tlv(tag::OID, &[id]), &asn1::octet_string(&[])]);
        let read = |list: &[Vec<u8>]| read_all(Cursor::new(&list.concat())).map(|found| found.len());
        let (one, two) = (extension(&[0x88, 0x37, 0x01]), extension(&[0x88, 0x37, 0x02]));
        assert_eq!(read(&[one.clone(), two]).unwrap(), 2);
        assert!(read(&[one.clone(), one]).is_err());
    }

    #[test]
    fn distribution_points_round_trip() {
        let urls = vec!["http://ca.example/root.crl".to_owned(), "http://b.example/2.crl".to_owned()];
        assert_eq!(crl_urls(&crl_urls_der(&urls)).unwrap(), urls);
    }
}
