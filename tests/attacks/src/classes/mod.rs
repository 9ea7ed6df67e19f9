//! The fourteen classes, one file each.

mod c01_zip;
mod c02_outside;
mod c03_path;
mod c04_list;
mod c05_bodies;
mod c06_keys;
mod c07_validity;
mod c08_version;
mod c09_digest;
mod c10_xml;
mod c11_stamp;
mod c12_bombs;
mod c13_replay;
mod c14_content;
mod c14_drawn;
mod c14_foreign;

use crate::attack::Attack;
use crate::workshop::Workshop;

/// A class of attacks.
pub struct Class {
    /// Its number.
    pub number: u32,
    /// Its folder in the corpus.
    pub folder: &'static str,
    /// What the attacks have in common.
    pub title: &'static str,
    /// Makes them.
    pub make: fn(&Workshop) -> Vec<Attack>,
}

/// All of them in order.
pub const ALL: &[Class] = &[
    class(1, "01-zip", "duplicate zip entries and headers that disagree", c01_zip::make),
    class(2, "02-outside-references", "parts outside the references", c02_outside::make),
    class(3, "03-paths", "path games", c03_path::make),
    class(4, "04-signature-list", "Signatures.xml edited", c04_list::make),
    class(5, "05-several-documents", "several documents in one package", c05_bodies::make),
    class(6, "06-untrusted", "keys and seal makers that nobody trusts, or not for this", c06_keys::make),
    class(
        7,
        "07-validity",
        "signer not in the seal; seal or certificate out of their time, or revoked",
        c07_validity::make,
    ),
    class(8, "08-property-and-version", "property information of another file, version confusion", c08_version::make),
    class(9, "09-digest-and-algorithm", "weak digests and mismatched algorithms", c09_digest::make),
    class(10, "10-xml", "XML that two parsers read in two ways", c10_xml::make),
    class(11, "11-stamp", "the seal moved, replaced, painted", c11_stamp::make),
    class(12, "12-bombs", "small files that want much", c12_bombs::make),
    class(13, "13-replay", "genuine signatures and time stamps in another place", c13_replay::make),
    class(14, "14-content", "what the machine reads is not what the eye sees", c14_content::make),
];

const fn class(number: u32, folder: &'static str, title: &'static str, make: fn(&Workshop) -> Vec<Attack>) -> Class {
    Class { number, folder, title, make }
}
