//! Distinguished names (X.501, RFC 5280 4.1.2.4 and 7.1): made, shown, compared.

use crate::asn1::{self, Asn1Error, Cursor, tag};
use crate::oid;
use der::asn1::ObjectIdentifier;
use std::fmt;

/// A name may not hold more attributes than this.
const MAX_ATTRIBUTES: usize = 64;

/// A distinguished name: the bytes as they stand in a certificate, and what they say.
///
/// ```
/// use pki::Name;
/// let name = Name::builder().country("CN").organization("某市行政审批局").common_name("电子证照签发").build();
/// assert_eq!(name.to_string(), "C=CN, O=某市行政审批局, CN=电子证照签发");
/// assert!(name.matches(&Name::from_der(name.der())?));
/// # Ok::<(), pki::asn1::Asn1Error>(())
/// ```
#[derive(Clone)]
pub struct Name {
    der: Vec<u8>,
    attributes: Vec<Attribute>,
    /// The comparable form of each RelativeDistinguishedName.
    folded: Vec<Vec<u8>>,
}

/// One attribute of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Its type.
    pub oid: ObjectIdentifier,
    /// Its text; hex of the value when that is no string.
    pub text: String,
}

impl Name {
    /// Starts a name; attributes come in the order of the calls.
    pub const fn builder() -> NameBuilder {
        NameBuilder { parts: Vec::new() }
    }

    /// Reads a Name.
    pub fn from_der(der: &[u8]) -> Result<Self, Asn1Error> {
        let mut rdns = asn1::whole(der, tag::SEQUENCE, "Name")?.children();
        let mut attributes = Vec::new();
        let mut folded = Vec::new();
        while !rdns.is_empty() {
            let mut set = rdns.expect(tag::SET, "RelativeDistinguishedName")?.children();
            let mut parts = Vec::new();
            while !set.is_empty() {
                let mut pair = set.sequence("AttributeTypeAndValue")?;
                let oid = pair.oid("type")?;
                let value = pair.any("value")?;
                pair.finish("AttributeTypeAndValue")?;
                if attributes.len() == MAX_ATTRIBUTES {
                    return Err(Asn1Error::new("Name", "too many attributes"));
                }
                let text = value.text().ok().filter(|_| is_string(value.tag));
                parts.push(fold(&oid, text.as_deref(), value.raw));
                attributes.push(Attribute { oid, text: text.unwrap_or_else(|| hex(value.raw)) });
            }
            if parts.is_empty() {
                return Err(Asn1Error::new("RelativeDistinguishedName", "empty"));
            }
            folded.push(rdn(parts));
        }
        Ok(Self { der: der.to_vec(), attributes, folded })
    }

    /// The DER as it was read or made.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The attributes in order.
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// The last attribute of this type.
    pub fn attribute(&self, oid: &ObjectIdentifier) -> Option<&str> {
        self.attributes.iter().rev().find(|attribute| attribute.oid == *oid).map(|found| found.text.as_str())
    }

    /// The common name.
    pub fn common_name(&self) -> Option<&str> {
        self.attribute(&oid::COMMON_NAME)
    }

    /// The organization.
    pub fn organization(&self) -> Option<&str> {
        self.attribute(&oid::ORGANIZATION)
    }

    /// RFC 5280 7.1: equal after folding case and collapsing spaces, whatever the string types.
    pub fn matches(&self, other: &Self) -> bool {
        self.folded == other.folded
    }

    /// RFC 5280 7.1: whether this name begins with all of `base`, RDN by RDN.
    pub fn is_within(&self, base: &Self) -> bool {
        self.folded.starts_with(&base.folded)
    }

    /// This name with one more RelativeDistinguishedName, given by the inside of its SET
    /// (nameRelativeToCRLIssuer, RFC 5280 4.2.1.13).
    pub fn with_relative(&self, rdn: &[u8]) -> Result<Self, Asn1Error> {
        let own = asn1::whole(&self.der, tag::SEQUENCE, "Name")?.value;
        Self::from_der(&asn1::sequence(&[own, &asn1::tlv(tag::SET, &[rdn])]))
    }

    /// Equal for names that match, for use as a key.
    pub(crate) fn comparable(&self) -> &[Vec<u8>] {
        &self.folded
    }

    /// Whether there is no attribute at all.
    pub fn is_empty(&self) -> bool {
        self.attributes.is_empty()
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Name {}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, attribute) in self.attributes.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            match short(&attribute.oid) {
                Some(short) => write!(f, "{comma}{short}={}", attribute.text)?,
                None => write!(f, "{comma}{}={}", attribute.oid, attribute.text)?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({self})")
    }
}

/// Collects the attributes of a name.
#[derive(Clone, Debug, Default)]
pub struct NameBuilder {
    parts: Vec<(ObjectIdentifier, String)>,
}

impl NameBuilder {
    /// Adds any attribute.
    pub fn attribute(mut self, oid: ObjectIdentifier, text: &str) -> Self {
        self.parts.push((oid, text.to_owned()));
        self
    }

    /// C: two letters.
    pub fn country(self, text: &str) -> Self {
        self.attribute(oid::COUNTRY, text)
    }

    /// ST.
    pub fn state(self, text: &str) -> Self {
        self.attribute(oid::STATE, text)
    }

    /// L.
    pub fn locality(self, text: &str) -> Self {
        self.attribute(oid::LOCALITY, text)
    }

    /// O.
    pub fn organization(self, text: &str) -> Self {
        self.attribute(oid::ORGANIZATION, text)
    }

    /// OU.
    pub fn organizational_unit(self, text: &str) -> Self {
        self.attribute(oid::ORGANIZATIONAL_UNIT, text)
    }

    /// CN.
    pub fn common_name(self, text: &str) -> Self {
        self.attribute(oid::COMMON_NAME, text)
    }

    /// The name.
    pub fn build(self) -> Name {
        let mut rdns = Vec::new();
        let mut folded = Vec::new();
        let mut attributes = Vec::new();
        for (oid, text) in self.parts {
            // X.520: countryName and serialNumber are PrintableString; the rest UTF8String (RFC 5280 4.1.2.4).
            let printable = matches!(oid, oid::COUNTRY | oid::SERIAL_NUMBER) && is_printable(&text);
            let string_tag = if printable { tag::PRINTABLE_STRING } else { tag::UTF8_STRING };
            let value = asn1::tlv(string_tag, &[text.as_bytes()]);
            let pair = asn1::sequence(&[&asn1::oid(&oid), &value]);
            folded.push(rdn(vec![fold(&oid, Some(&text), &value)]));
            rdns.extend(asn1::tlv(tag::SET, &[&pair]));
            attributes.push(Attribute { oid, text });
        }
        Name { der: asn1::sequence(&[&rdns]), attributes, folded }
    }
}

/// The comparable form of one attribute: type, then folded text or the raw value.
fn fold(oid: &ObjectIdentifier, text: Option<&str>, raw: &[u8]) -> Vec<u8> {
    let mut out = asn1::oid(oid);
    match text {
        Some(text) => {
            let prepared: String = text.chars().filter(|char| !is_nothing(*char)).map(narrow).collect();
            let words: Vec<String> = prepared.split_whitespace().map(str::to_lowercase).collect();
            out.extend(asn1::utf8_string(&words.join(" ")));
        }
        None => out.extend_from_slice(raw),
    }
    out
}

/// What RFC 4518 2.2 maps to nothing: it cannot be seen, and two names that differ in it alone look alike.
const fn is_nothing(char: char) -> bool {
    matches!(char,
        '\u{0}'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{ad}' | '\u{34f}'
        | '\u{6dd}' | '\u{70f}' | '\u{1806}' | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2063}' | '\u{206a}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffc}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0001}' | '\u{e0020}'..='\u{e007f}')
}

/// The usual form of a letter, digit or sign as wide as a han character (of NFKC, RFC 4518 2.3, what occurs in names):
/// `（` and `(` are one.
fn narrow(char: char) -> char {
    match char {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(char) - 0xfee0).unwrap_or(char),
        _ => char,
    }
}

/// The comparable form of one RelativeDistinguishedName: its attributes are a set.
fn rdn(mut parts: Vec<Vec<u8>>) -> Vec<u8> {
    parts.sort();
    asn1::tlv(tag::SET, &[&parts.concat()])
}

fn is_string(value_tag: u8) -> bool {
    use tag::{BMP_STRING, IA5_STRING, NUMERIC_STRING, PRINTABLE_STRING, TELETEX_STRING, UTF8_STRING, VISIBLE_STRING};
    let directory = [UTF8_STRING, PRINTABLE_STRING, TELETEX_STRING, BMP_STRING];
    directory.contains(&value_tag) || [IA5_STRING, NUMERIC_STRING, VISIBLE_STRING].contains(&value_tag)
}

fn is_printable(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&byte))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::from("#"), |text, byte| text + &format!("{byte:02x}"))
}

fn short(oid: &ObjectIdentifier) -> Option<&'static str> {
    Some(match *oid {
        oid::COMMON_NAME => "CN",
        oid::SERIAL_NUMBER => "SERIALNUMBER",
        oid::COUNTRY => "C",
        oid::LOCALITY => "L",
        oid::STATE => "ST",
        oid::ORGANIZATION => "O",
        oid::ORGANIZATIONAL_UNIT => "OU",
        oid::EMAIL_ADDRESS => "emailAddress",
        _ => return None,
    })
}

/// Skips to the end of a Name without keeping it.
pub(crate) fn read(cursor: &mut Cursor<'_>, field: &'static str) -> Result<Name, Asn1Error> {
    Name::from_der(cursor.expect(tag::SEQUENCE, field)?.raw)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn comparison_folds_case_and_spaces_but_not_words() {
        let name = |text: &str| Name::builder().country("CN").common_name(text).build();
        assert!(name("Test  CA").matches(&name(" test ca ")));
        assert!(!name("Test CA").matches(&name("TestCA")));
        assert!(name("甲（北京）有限公司ＡＢ").matches(&name("甲(北京)有限公司ab")));
        // What nobody sees makes no other name, and no way around an excluded one.
        assert!(name("Ev\u{ad}il\u{200b}").matches(&name("evil")));
        assert!(name("甲\u{3000}乙").matches(&name(" 甲 乙")) && !name("甲乙").matches(&name("甲 乙")));
        let split = Name::builder().common_name("a").common_name("b").build();
        assert!(!split.matches(&name("a")));
        assert_eq!(Name::from_der(split.der()).unwrap().common_name(), Some("b"));
    }

    #[test]
    fn string_type_does_not_matter() {
        let printable = asn1::tlv(tag::PRINTABLE_STRING, &[b"Root"]);
        let pair = asn1::sequence(&[&asn1::oid(&oid::COMMON_NAME), &printable]);
        let name = Name::from_der(&asn1::sequence(&[&asn1::tlv(tag::SET, &[&pair])])).unwrap();
        assert!(name.matches(&Name::builder().common_name("root").build()));
        for kind in [tag::VISIBLE_STRING, tag::IA5_STRING, tag::TELETEX_STRING] {
            let pair = asn1::sequence(&[&asn1::oid(&oid::COMMON_NAME), &asn1::tlv(kind, &[b"rooT"])]);
            let other = Name::from_der(&asn1::sequence(&[&asn1::tlv(tag::SET, &[&pair])])).unwrap();
            assert!(name.matches(&other), "{other}");
        }
    }
}
