//! nameConstraints (RFC 5280 4.2.1.10), read. What they mean for a path is in `path::names`.

use super::general_name::GeneralName;
use crate::asn1::{self, Asn1Error, Element, tag};

/// The name spaces in which the certificates below a CA may lie, and may not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameConstraints {
    /// permittedSubtrees: for each form of name that occurs here, one of them must hold the name.
    pub permitted: Vec<GeneralName>,
    /// excludedSubtrees: none of them may hold a name.
    pub excluded: Vec<GeneralName>,
}

impl NameConstraints {
    /// Reads the value of the extension.
    pub fn from_der(der: &[u8]) -> Result<Self, Asn1Error> {
        let mut inside = asn1::whole(der, tag::SEQUENCE, "nameConstraints")?.children();
        let permitted = inside.optional(tag::context(0), "permittedSubtrees")?;
        let excluded = inside.optional(tag::context(1), "excludedSubtrees")?;
        inside.finish("nameConstraints")?;
        if permitted.is_none() && excluded.is_none() {
            return Err(Asn1Error::new("nameConstraints", "empty"));
        }
        let read = |found: Option<Element<'_>>| found.map_or(Ok(Vec::new()), |list| subtrees(&list));
        Ok(Self { permitted: read(permitted)?, excluded: read(excluded)? })
    }

    /// Whether nothing is constrained.
    pub fn is_empty(&self) -> bool {
        self.permitted.is_empty() && self.excluded.is_empty()
    }
}

fn subtrees(list: &Element<'_>) -> Result<Vec<GeneralName>, Asn1Error> {
    let mut list = list.children();
    let mut bases = Vec::new();
    while !list.is_empty() {
        let mut subtree = list.sequence("GeneralSubtree")?;
        bases.push(GeneralName::read(&subtree.any("base")?)?);
        // minimum is 0, written out by some although DER leaves a default out; maximum is absent.
        if let Some(minimum) = subtree.optional(tag::context_primitive(0), "minimum")?
            && minimum.small_integer()? != 0
        {
            return Err(Asn1Error::new("GeneralSubtree", "minimum is not 0"));
        }
        subtree.finish("GeneralSubtree")?;
    }
    if bases.is_empty() { Err(Asn1Error::new("GeneralSubtrees", "empty")) } else { Ok(bases) }
}
