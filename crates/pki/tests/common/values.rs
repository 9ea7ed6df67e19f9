//! Values of extensions that only tests write.

use pki::asn1::{self, tag};
use pki::{Extension, Name, ObjectIdentifier, oid};

/// `1.2.3.4.N`.
pub(crate) fn policy(last: u32) -> ObjectIdentifier {
    ObjectIdentifier::new(&format!("1.2.3.4.{last}")).unwrap()
}

pub(crate) fn policies(list: &[ObjectIdentifier]) -> Extension {
    let inside: Vec<u8> = list.iter().flat_map(|policy| asn1::sequence(&[&asn1::oid(policy)])).collect();
    Extension::new(oid::CERTIFICATE_POLICIES, false, asn1::sequence(&[&inside]))
}

pub(crate) fn mappings(list: &[(ObjectIdentifier, ObjectIdentifier)]) -> Extension {
    let pair = |(from, to): &(_, _)| asn1::sequence(&[&asn1::oid(from), &asn1::oid(to)]);
    let inside: Vec<u8> = list.iter().flat_map(pair).collect();
    Extension::new(oid::POLICY_MAPPINGS, true, asn1::sequence(&[&inside]))
}

pub(crate) fn policy_constraints(explicit: Option<u8>, mapping: Option<u8>) -> Extension {
    let part =
        |n, value: Option<u8>| value.map(|value| asn1::tlv(tag::context_primitive(n), &[&[value]])).unwrap_or_default();
    Extension::new(oid::POLICY_CONSTRAINTS, true, asn1::sequence(&[&part(0, explicit), &part(1, mapping)]))
}

pub(crate) fn inhibit_any(skip: u32) -> Extension {
    Extension::new(oid::INHIBIT_ANY_POLICY, true, asn1::integer(skip))
}

pub(crate) fn dns(text: &str) -> Vec<u8> {
    asn1::tlv(tag::context_primitive(2), &[text.as_bytes()])
}

pub(crate) fn email(text: &str) -> Vec<u8> {
    asn1::tlv(tag::context_primitive(1), &[text.as_bytes()])
}

pub(crate) fn directory(name: &Name) -> Vec<u8> {
    asn1::explicit(4, name.der())
}

pub(crate) fn alt_names(names: &[Vec<u8>]) -> Extension {
    Extension::new(oid::SUBJECT_ALT_NAME, false, asn1::sequence(&[&names.concat()]))
}

pub(crate) fn name_constraints(permitted: &[Vec<u8>], excluded: &[Vec<u8>]) -> Extension {
    let subtrees = |n, list: &[Vec<u8>]| {
        let inside: Vec<u8> = list.iter().flat_map(|base| asn1::sequence(&[base])).collect();
        if list.is_empty() { Vec::new() } else { asn1::explicit(n, &inside) }
    };
    let value = asn1::sequence(&[&subtrees(0, permitted), &subtrees(1, excluded)]);
    Extension::new(oid::NAME_CONSTRAINTS, true, value)
}

/// One distribution point: its full names, its reasons (bits from the left), its cRLIssuer.
pub(crate) struct Point<'a> {
    pub(crate) names: &'a [Vec<u8>],
    pub(crate) reasons: Option<&'a [u8]>,
    pub(crate) crl_issuer: Option<&'a Name>,
}

fn point_name(names: &[Vec<u8>]) -> Vec<u8> {
    if names.is_empty() { Vec::new() } else { asn1::explicit(0, &asn1::explicit(0, &names.concat())) }
}

pub(crate) fn points(list: &[Point<'_>]) -> Extension {
    let one = |point: &Point<'_>| {
        let reasons = point.reasons.map(|bits| asn1::tlv(tag::context_primitive(1), &[&[0], bits])).unwrap_or_default();
        let issuer = point.crl_issuer.map(|name| asn1::explicit(2, &directory(name))).unwrap_or_default();
        asn1::sequence(&[&point_name(point.names), &reasons, &issuer])
    };
    let inside: Vec<u8> = list.iter().flat_map(one).collect();
    Extension::new(oid::CRL_DISTRIBUTION_POINTS, false, asn1::sequence(&[&inside]))
}

/// issuingDistributionPoint: names, the numbers of the flags that are set, reasons.
pub(crate) fn scope(names: &[Vec<u8>], flags: &[u8], reasons: Option<&[u8]>) -> Extension {
    let flag = |n| if flags.contains(&n) { asn1::tlv(tag::context_primitive(n), &[&[0xff]]) } else { Vec::new() };
    let reasons = reasons.map(|bits| asn1::tlv(tag::context_primitive(3), &[&[0], bits])).unwrap_or_default();
    let value = asn1::sequence(&[&point_name(names), &flag(1), &flag(2), &reasons, &flag(4), &flag(5)]);
    Extension::new(oid::ISSUING_DISTRIBUTION_POINT, true, value)
}

pub(crate) fn delta_of(base: u32) -> Extension {
    Extension::new(oid::DELTA_CRL_INDICATOR, true, asn1::integer(base))
}
