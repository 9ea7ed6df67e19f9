//! GeneralName (RFC 5280 4.2.1.6): the names of subjectAltName, nameConstraints and distribution points.

use crate::asn1::{Asn1Error, Cursor, Element, tag};
use crate::name::Name;
use der::asn1::ObjectIdentifier;

/// One of the forms a name may take.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GeneralName {
    /// rfc822Name: a mailbox; in constraints also a host or a domain.
    Email(String),
    /// dNSName.
    Dns(String),
    /// directoryName.
    Directory(Name),
    /// uniformResourceIdentifier.
    Uri(String),
    /// iPAddress: 4 or 16 bytes; in constraints address and mask.
    Ip(Vec<u8>),
    /// registeredID.
    RegisteredId(ObjectIdentifier),
    /// otherName: its type and the DER of its value.
    Other(ObjectIdentifier, Vec<u8>),
    /// x400Address.
    X400(Vec<u8>),
    /// ediPartyName.
    EdiParty(Vec<u8>),
}

impl GeneralName {
    pub(crate) fn read(element: &Element<'_>) -> Result<Self, Asn1Error> {
        const OTHER: u8 = tag::context(0);
        const EMAIL: u8 = tag::context_primitive(1);
        const DNS: u8 = tag::context_primitive(2);
        const X400: u8 = tag::context(3);
        const DIRECTORY: u8 = tag::context(4);
        const EDI: u8 = tag::context(5);
        const URI: u8 = tag::context_primitive(6);
        const IP: u8 = tag::context_primitive(7);
        const REGISTERED: u8 = tag::context_primitive(8);
        Ok(match element.tag {
            EMAIL => Self::Email(element.text()?),
            DNS => Self::Dns(element.text()?),
            URI => Self::Uri(element.text()?),
            IP => Self::Ip(element.value.to_vec()),
            // [4] is EXPLICIT: Name is a CHOICE.
            DIRECTORY => Self::Directory(Name::from_der(element.value)?),
            REGISTERED => Self::RegisteredId(element.oid()?),
            OTHER => {
                let mut inside = element.children();
                let kind = super::identifier(&inside.expect(tag::OID, "type-id")?)?;
                let value = inside.expect(tag::context(0), "value")?.value.to_vec();
                inside.finish("otherName")?;
                Self::Other(kind, value)
            }
            X400 => Self::X400(element.value.to_vec()),
            EDI => Self::EdiParty(element.value.to_vec()),
            _ => return Err(Asn1Error::new("GeneralName", "unknown form")),
        })
    }

    /// Reads `GeneralNames`; an empty list is refused (SIZE (1..MAX)).
    pub(crate) fn read_all(mut list: Cursor<'_>) -> Result<Vec<Self>, Asn1Error> {
        let mut names = Vec::new();
        while !list.is_empty() {
            names.push(Self::read(&list.any("GeneralName")?)?);
        }
        if names.is_empty() { Err(Asn1Error::new("GeneralNames", "empty")) } else { Ok(names) }
    }

    /// Whether both are the same name: directory names as in RFC 5280 7.1, the others as written.
    pub fn matches(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Directory(one), Self::Directory(two)) => one.matches(two),
            _ => self == other,
        }
    }

    /// The directory name, if it is one.
    pub const fn directory(&self) -> Option<&Name> {
        match self {
            Self::Directory(name) => Some(name),
            _ => None,
        }
    }
}

/// Whether `text` is a host name as dNSName allows it (RFC 5280 4.2.1.6, RFC 1123 2.1): labels of letters, digits and inner
/// hyphens, the last not all digits; the leftmost may be `*`.
pub(crate) fn is_host_name(text: &str) -> bool {
    let rest = text.strip_prefix("*.").unwrap_or(text);
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = rest.rsplit('.').next().unwrap_or_default();
    text.len() <= 253 && rest.split('.').all(label) && !last.bytes().all(|byte| byte.is_ascii_digit())
}

/// The local part and the host of a mailbox `local@host` (RFC 5321 4.1.2), if it is one.
pub(crate) fn mailbox(text: &str) -> Option<(&str, &str)> {
    let (local, host) = text.rsplit_once('@')?;
    let quoted = local.len() >= 2 && local.starts_with('"') && local.ends_with('"');
    let plain = !local.is_empty()
        && local.bytes().all(|byte| byte.is_ascii_graphic() && !b"()<>[]:;@\\,\"".contains(&byte))
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..");
    let literal = host.starts_with('[') && host.ends_with(']');
    ((quoted || plain) && (literal || (is_host_name(host) && !host.starts_with('*')))).then_some((local, host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names_are_letters_digits_hyphens() {
        for good in ["example.com", "a.b-c.example", "*.example.com", "localhost", "xn--fiqs8s", "1and1.com"] {
            assert!(is_host_name(good), "{good}");
        }
        for bad in
            ["", ".", "a..b", ".example.com", "example.com.", "a_b.com", "127.0.0.1", "-a.com", "*", "a.*.com", "a b"]
        {
            assert!(!is_host_name(bad), "{bad}");
        }
    }

    #[test]
    fn mailboxes_have_a_local_part_and_a_host() {
        assert_eq!(mailbox("a.b@example.com"), Some(("a.b", "example.com")));
        assert_eq!(mailbox("*@example.com"), Some(("*", "example.com")));
        assert_eq!(mailbox("\"a@b\"@example.com"), Some(("\"a@b\"", "example.com")));
        for bad in
            ["example.com", "@example.com", "a@", "a@@b.com", "a b@c.com", "a@b_c.com", "a..b@c.com", "a@*.c.com"]
        {
            assert_eq!(mailbox(bad), None, "{bad}");
        }
    }
}
