//! The classes, one file each.

mod c10_stamped;
mod c1_incremental;
mod c2_structure;
mod c3_wrapping;
mod c4_forgery;
mod c5_shadow;
mod c6_certification;
mod c7_cms;
mod c8_stamps;
mod c9_license;

use super::attack::PdfAttack;
use super::bench::Bench;

/// A class of attacks.
pub struct Class {
    /// Its number.
    pub number: u32,
    /// Its folder in the corpus.
    pub folder: &'static str,
    /// What the attacks have in common.
    pub title: &'static str,
    /// Makes them.
    pub make: fn(&Bench) -> Vec<PdfAttack>,
}

/// All of them in order.
pub const ALL: &[Class] = &[
    class(
        1,
        "1-incremental",
        "an honest revision behind the signature that changes what may not change",
        c1_incremental::make,
    ),
    class(2, "2-structure", "revisions and cross-reference data that two readers take in two ways", c2_structure::make),
    class(3, "3-wrapping", "byte ranges moved, foreign objects in the gap", c3_wrapping::make),
    class(
        4,
        "4-universal-forgery",
        "signature dictionaries that some readers skip instead of checking",
        c4_forgery::make,
    ),
    class(5, "5-shadow", "laid down before signing, switched on afterwards", c5_shadow::make),
    class(6, "6-certification", "what a certification allows, stretched", c6_certification::make),
    class(7, "7-cms", "the CMS: enclosed content, no attributes, other algorithms, other people", c7_cms::make),
    class(8, "8-time-stamps", "document time-stamps that speak of something else", c8_stamps::make),
    class(
        9,
        "9-license",
        "a license whose parts contradict each other, or with something in it that was not issued",
        c9_license::make,
    ),
    class(
        10,
        "10-stamped",
        "put in after signing and closed by a time-stamp that anybody can buy, or hidden beside validation data",
        c10_stamped::make,
    ),
];

const fn class(number: u32, folder: &'static str, title: &'static str, make: fn(&Bench) -> Vec<PdfAttack>) -> Class {
    Class { number, folder, title, make }
}
