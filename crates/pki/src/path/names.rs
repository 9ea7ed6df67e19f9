//! Name constraints (RFC 5280 4.2.1.10 and 6.1.4 g): whether the names of a certificate lie where the CAs above it may issue.

use super::reason::PathReason;
use super::work::Work;
use crate::asn1::{self, tag};
use crate::certificate::Certificate;
use crate::extension::{GeneralName, NameConstraints, is_host_name, mailbox};
use crate::name::Name;
use crate::oid;
use core::net::IpAddr;
use der::asn1::ObjectIdentifier;

/// id-on-SmtpUTF8Mailbox: a mailbox with a local part that is not ASCII.
const SMTP_UTF8_MAILBOX: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.8.9");

/// Holds the names of one certificate against one set of constraints.
///
/// A name that cannot be compared (malformed, or of a form nobody here reads) is refused as soon as its form is constrained.
pub(super) fn check(
    certificate: &Certificate,
    constraints: &NameConstraints,
    work: &mut Work<'_>,
) -> Result<(), PathReason> {
    if constraints.is_empty() {
        return Ok(());
    }
    if constraints.permitted.iter().chain(&constraints.excluded).any(|base| !is_base(base)) {
        return Err(PathReason::NameConstraints);
    }
    let subject = certificate.subject();
    if !subject.is_empty() {
        one(&GeneralName::Directory(subject.clone()), constraints, work)?;
    }
    for attribute in subject.attributes().iter().filter(|attribute| attribute.oid == oid::EMAIL_ADDRESS) {
        one(&GeneralName::Email(attribute.text.clone()), constraints, work)?;
    }
    certificate.subject_alt_names().iter().try_for_each(|name| one(name, constraints, work))
}

fn one(name: &GeneralName, constraints: &NameConstraints, work: &mut Work<'_>) -> Result<(), PathReason> {
    let mut constrained = false;
    let mut permitted = false;
    for base in constraints.permitted.iter().filter(|base| same_form(name, base)) {
        work.compare_names()?;
        constrained = true;
        permitted |= within(name, base, Wildcard::AllOfIt).ok_or(PathReason::NameConstraints)?;
    }
    for base in constraints.excluded.iter().filter(|base| same_form(name, base)) {
        work.compare_names()?;
        if within(name, base, Wildcard::AnyOfIt).ok_or(PathReason::NameConstraints)? {
            return Err(PathReason::NameConstraints);
        }
    }
    if constrained && !permitted { Err(PathReason::NameConstraints) } else { Ok(()) }
}

fn same_form(name: &GeneralName, base: &GeneralName) -> bool {
    match (name, base) {
        (GeneralName::Other(one, _), GeneralName::Other(two, _)) => one == two,
        // RFC 9598 6: what is said of mailboxes holds for those in other scripts.
        (GeneralName::Other(form, _), GeneralName::Email(_)) => *form == SMTP_UTF8_MAILBOX,
        _ => std::mem::discriminant(name) == std::mem::discriminant(base),
    }
}

/// `*.example.com` stands for many names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wildcard {
    /// Every one of them must lie inside.
    AllOfIt,
    /// It is enough that one may.
    AnyOfIt,
}

/// Whether `name` lies within the subtree `base` of the same form; `None` when that cannot be told.
fn within(name: &GeneralName, base: &GeneralName, wildcard: Wildcard) -> Option<bool> {
    match (name, base) {
        (GeneralName::Directory(name), GeneralName::Directory(base)) => Some(Name::is_within(name, base)),
        (GeneralName::Dns(name), GeneralName::Dns(base)) => is_host_name(name).then(|| dns(name, base, wildcard)),
        (GeneralName::Email(name), GeneralName::Email(base)) => mailbox(name).map(|parts| email(parts, base)),
        (GeneralName::Other(_, name), GeneralName::Email(base)) => {
            let text = asn1::whole(name, tag::UTF8_STRING, "SmtpUTF8Mailbox").and_then(|found| found.text()).ok()?;
            international(&text).map(|parts| email(parts, base))
        }
        (GeneralName::Uri(name), GeneralName::Uri(base)) => host_of(name).map(|host| host_in(host, base)),
        (GeneralName::Ip(name), GeneralName::Ip(base)) => matches!(name.len(), 4 | 16).then(|| match embedded(name) {
            // An excluded address is no other in a longer spelling; a permitted one must be spelled as it is permitted.
            Some(short) if base.len() == 8 && wildcard == Wildcard::AnyOfIt => ip(short, base),
            _ => ip(name, base),
        }),
        _ => None,
    }
}

fn dns(name: &str, base: &str, wildcard: Wildcard) -> bool {
    let below = |name: &str| match base.strip_prefix('.') {
        Some(domain) => ends_with_label(name, domain),
        None => base.is_empty() || equal(name, base) || ends_with_label(name, base),
    };
    match name.strip_prefix("*.") {
        None => below(name),
        // Whatever stands for `*` is one label in front.
        Some(parent) if base.strip_prefix('.').is_some_and(|domain| equal(parent, domain)) => true,
        Some(parent) if below(parent) => true,
        // The subtree lies one label below: `*` may stand for that label.
        Some(parent) => {
            wildcard == Wildcard::AnyOfIt && base.split_once('.').is_some_and(|(_, above)| equal(above, parent))
        }
    }
}

/// A base is a mailbox, a host, or a domain with a leading period.
fn email((local, host): (&str, &str), base: &str) -> bool {
    match base.rsplit_once('@') {
        // RFC 5280 7.5: the local part is compared exactly.
        Some((base_local, base_host)) => local == base_local && equal(host, base_host),
        None => host_in(host, base),
    }
}

/// The local part and the host of an SmtpUTF8Mailbox; its host is written in ASCII (RFC 9598 3).
fn international(text: &str) -> Option<(&str, &str)> {
    let (local, host) = text.rsplit_once('@')?;
    let plain = !local.is_empty() && !local.contains(['@', '"', '\\', '<', '>']) && !local.contains(char::is_control);
    (plain && is_host_name(host) && !host.starts_with('*')).then_some((local, host))
}

/// RFC 5280 4.2.1.10: `host` is one host, `.domain` all hosts below it.
fn host_in(host: &str, base: &str) -> bool {
    match base.strip_prefix('.') {
        Some(domain) => ends_with_label(host, domain),
        None => equal(host, base),
    }
}

fn ip(name: &[u8], base: &[u8]) -> bool {
    let (address, mask) = base.split_at(base.len() / 2);
    name.len() == address.len()
        && name.iter().zip(address).zip(mask).all(|((name, address), mask)| name & mask == address & mask)
}

/// The IPv4 address inside an IPv4-mapped IPv6 address (RFC 4291 2.5.5.2).
fn embedded(address: &[u8]) -> Option<&[u8]> {
    address.strip_prefix(&[0; 10])?.strip_prefix(&[0xff, 0xff])
}

/// The host of a URI with an authority; `None` without one or when it is an address.
fn host_of(uri: &str) -> Option<&str> {
    let (scheme, rest) = uri.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (host, port) = host.split_once(':').unwrap_or((host, ""));
    let scheme_fits =
        !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let host_fits = host.parse::<IpAddr>().is_err() && is_host_name(host) && !host.starts_with('*');
    (scheme_fits && host_fits && port.bytes().all(|byte| byte.is_ascii_digit())).then_some(host)
}

/// Whether a constraint is written as RFC 5280 4.2.1.10 says.
fn is_base(base: &GeneralName) -> bool {
    let host = |text: &str| is_host_name(text) && !text.starts_with('*');
    let host_or_domain = |text: &str| host(text.strip_prefix('.').unwrap_or(text));
    match base {
        // A period in front is not of RFC 5280, but of many: one label or more in front. Profile::Strict refuses it.
        GeneralName::Dns(base) => base.is_empty() || host_or_domain(base),
        GeneralName::Email(base) if base.contains('@') => mailbox(base).is_some(),
        GeneralName::Email(base) | GeneralName::Uri(base) => host_or_domain(base),
        GeneralName::Ip(base) => matches!(base.len(), 8 | 32) && is_mask(&base[base.len() / 2..]),
        // Of a form nobody here reads; it is refused when such a name turns up.
        _ => true,
    }
}

/// Ones, then zeros (RFC 4632).
fn is_mask(mask: &[u8]) -> bool {
    let ones: u32 = mask.iter().map(|byte| byte.leading_ones()).take_while(|ones| *ones > 0).sum();
    mask.iter().map(|byte| byte.count_ones()).sum::<u32>() == ones && {
        let after = mask.iter().skip_while(|byte| **byte == 0xff);
        after.enumerate().all(|(at, byte)| if at == 0 { byte.leading_ones() == byte.count_ones() } else { *byte == 0 })
    }
}

fn equal(one: &str, two: &str) -> bool {
    one.eq_ignore_ascii_case(two)
}

/// Whether `name` is at least one label longer than `domain` and ends with it.
fn ends_with_label(name: &str, domain: &str) -> bool {
    name.len() > domain.len() + 1
        && name.is_char_boundary(name.len() - domain.len())
        && equal(&name[name.len() - domain.len()..], domain)
        && name.as_bytes()[name.len() - domain.len() - 1] == b'.'
}

#[cfg(test)]
mod tests {
    use super::*;
    use GeneralName::{Dns, Email, Ip, Uri};

    fn permits(base: GeneralName, name: GeneralName) -> bool {
        let constraints = NameConstraints { permitted: vec![base], excluded: vec![] };
        one(&name, &constraints, &mut Work::new(None, None)).is_ok()
    }

    fn excludes(base: GeneralName, name: GeneralName) -> bool {
        let constraints = NameConstraints { permitted: vec![], excluded: vec![base] };
        one(&name, &constraints, &mut Work::new(None, None)).is_err()
    }

    #[test]
    fn dns_by_labels() {
        let dns = |text: &str| Dns(text.to_owned());
        for (base, name, inside) in [
            ("example.com", "example.com", true),
            ("example.com", "A.Example.COM", true),
            ("example.com", "badexample.com", false),
            ("", "anything.at.all", true),
            ("a.example.com", "example.com", false),
            ("example.com", "*.example.com", true),
            ("example.com", "a_b.example.com", false),
            (".example.com", "a.example.com", true),
            (".example.com", "example.com", false),
            (".example.com", "badexample.com", false),
            (".example.com", "*.example.com", true),
            (".a.example.com", "*.example.com", false),
        ] {
            assert_eq!(permits(dns(base), dns(name)), inside, "{base} {name}");
        }
        // One of the names a wildcard stands for is enough to exclude, and not enough to permit.
        assert!(excludes(dns("a.example.com"), dns("*.example.com")));
        assert!(!permits(dns("a.example.com"), dns("*.example.com")));
        assert!(!excludes(dns("a.b.example.com"), dns("*.example.com")));
    }

    #[test]
    fn mail_by_mailbox_host_and_domain() {
        let mail = |text: &str| Email(text.to_owned());
        for (base, name, inside) in [
            ("a@example.com", "a@EXAMPLE.com", true),
            ("a@example.com", "A@example.com", false),
            ("example.com", "x@example.com", true),
            ("example.com", "x@mail.example.com", false),
            (".example.com", "x@mail.example.com", true),
            (".example.com", "x@example.com", false),
            ("*@example.com", "x@example.com", false),
            ("example.com", "no mailbox", false),
        ] {
            assert_eq!(permits(mail(base), mail(name)), inside, "{base} {name}");
        }
    }

    #[test]
    fn mailboxes_in_other_scripts_are_mailboxes() {
        let mail = |text: &str| Email(text.to_owned());
        let utf8 = |text: &str| GeneralName::Other(SMTP_UTF8_MAILBOX, asn1::utf8_string(text));
        for (base, name, inside) in [
            ("example.com", "医生@example.com", true),
            ("example.com", "医生@mail.example.com", false),
            (".example.com", "医生@mail.example.com", true),
            (".example.com", "医生@example.com", false),
            ("a@example.com", "医生@example.com", false),
        ] {
            assert_eq!(permits(mail(base), utf8(name)), inside, "{base} {name}");
            assert_eq!(excludes(mail(base), utf8(name)), inside, "{base} {name}");
        }
        // What cannot be compared is refused either way.
        for hopeless in ["医生@例子.com", "医生", "\"a@b\"@example.com"] {
            assert!(!permits(mail("example.com"), utf8(hopeless)) && excludes(mail("other.org"), utf8(hopeless)));
        }
        let no_string = GeneralName::Other(SMTP_UTF8_MAILBOX, asn1::integer(1));
        assert!(excludes(mail("other.org"), no_string));
    }

    #[test]
    fn uris_by_host_addresses_by_mask() {
        let uri = |text: &str| Uri(text.to_owned());
        assert!(permits(uri("www.example.com"), uri("https://u@www.example.com:8443/x?y")));
        assert!(!permits(uri("example.com"), uri("https://www.example.com/")));
        assert!(permits(uri(".example.com"), uri("ldap://www.example.com/cn=x")));
        for hopeless in
            ["mailto:a@example.com", "https://127.0.0.1/", "https://[::1]/", "example.com", "https://example.com:a/"]
        {
            assert!(!permits(uri("example.com"), uri(hopeless)) && excludes(uri("other.org"), uri(hopeless)));
        }
        let net = || Ip(vec![10, 1, 0, 0, 255, 255, 0, 0]);
        assert!(permits(net(), Ip(vec![10, 1, 2, 3])) && !permits(net(), Ip(vec![10, 2, 2, 3])));
        assert!(!permits(net(), Ip(vec![0; 16])), "the other family is not permitted");
        let mapped = || Ip([vec![0; 10], vec![0xff, 0xff, 10, 1, 2, 3]].concat());
        assert!(!permits(net(), mapped()) && excludes(net(), mapped()), "the same address, spelled at length");
        assert!(!permits(net(), Ip(vec![10, 1, 2])));
        for mask in [[255, 0, 255, 0], [0, 255, 0, 0], [255, 253, 0, 0], [254, 128, 0, 0]] {
            assert!(!is_mask(&mask), "{mask:?}");
        }
        assert!(is_mask(&[0; 4]) && is_mask(&[255; 16]) && is_mask(&[255, 128, 0, 0]));
    }

    #[test]
    fn forms_nobody_reads_are_refused_only_when_they_meet() {
        let other = |last: &str| GeneralName::Other(der::asn1::ObjectIdentifier::new_unwrap(last), vec![]);
        assert!(excludes(other("1.2.3.1"), other("1.2.3.1")) && !permits(other("1.2.3.1"), other("1.2.3.1")));
        assert!(permits(other("1.2.3.1"), Dns("example.com".to_owned())));
        assert!(permits(other("1.2.3.1"), other("1.2.3.2")));
    }
}
