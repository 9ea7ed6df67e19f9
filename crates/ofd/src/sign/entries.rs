//! `OFDEntries.xml`: the list of all files of a package, signed as a whole (GM/T 0099-2020 annex D).
//!
//! It says which files there are, not what they hold: the digests are the business of the signatures inside. So it
//! comes last, and after it nothing can be added.

use crate::error::SignError;
use crate::package::Package;
use crate::part::Part;
use crate::write::ENTRY_FILE;
use crate::write::xml::Xml;

/// The fixed name of the list.
pub(crate) const ENTRIES_FILE: &str = "OFDEntries.xml";

/// Who closes the package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntriesRequest {
    /// `@CreatorName`.
    pub creator: String,
    /// `@Version` of that program.
    pub version: String,
    /// `@CreationDate`, such as `2026-11-21`.
    pub creation_date: String,
}

/// A package whose list of files lacks nothing but its signature value.
#[derive(Clone, Debug)]
pub struct PreparedEntries {
    package: Package,
    list: Part,
    value_path: &'static str,
}

/// Lists every file of the package. Nothing can be added afterwards, signatures included.
pub fn prepare_entries(package: Package, request: &EntriesRequest) -> Result<PreparedEntries, SignError> {
    super::prepare::check_sound(&package)?;
    if package.part(ENTRY_FILE).is_none() {
        return Err(SignError::Unsound(format!("{ENTRY_FILE}: missing")));
    }
    refuse_closed(&package)?;
    if package.part(VALUE_FILE).is_some() {
        return Err(SignError::Unsound(format!("{VALUE_FILE} is there already")));
    }
    let mut xml = Xml::with_capacity("DocEntries", 512 + package.parts().len() * 80);
    xml.attr("ID", 1u32);
    let about =
        [("CreatorName", &request.creator), ("Version", &request.version), ("CreationDate", &request.creation_date)];
    for (name, value) in about.into_iter().filter(|(_, value)| !value.is_empty()) {
        xml.attr(name, value);
    }
    xml.leaf("SignedValueLoc", &format!("/{VALUE_FILE}"));
    xml.open("FileList");
    for ((name, _), id) in package.parts().zip(2u32..) {
        xml.open("File").attr("ID", id).attr("FileLoc", &format!("/{name}")).close();
    }
    let list = Part::new(xml.finish()?);
    let mut package = package.without_container();
    package.set(ENTRIES_FILE, list.clone());
    Ok(PreparedEntries { package, list, value_path: VALUE_FILE })
}

/// A package that is closed takes no further file.
pub(crate) fn refuse_closed(package: &Package) -> Result<(), SignError> {
    match package.part(ENTRIES_FILE) {
        Some(_) => Err(SignError::Closed { path: ENTRIES_FILE.to_owned() }),
        None => Ok(()),
    }
}

impl PreparedEntries {
    /// What is signed: `OFDEntries.xml`, byte for byte.
    pub fn to_be_signed(&self) -> &[u8] {
        self.list.bytes()
    }

    /// Puts the signature value (GB/T 35275) in its place.
    pub fn finish(self, signed_value: Vec<u8>) -> Package {
        let mut package = self.package;
        package.set(self.value_path, signed_value);
        package
    }
}

/// Where its value lies, at the root as annex D has it.
const VALUE_FILE: &str = "signedvalue.dat";
