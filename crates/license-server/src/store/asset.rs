//! What documents were made with, kept as long as they are: templates, fonts, seals.
//!
//! Each asset is a file under its digest, beside those of the licenses, and a row that says what it is. It is kept once,
//! before the first license that names it, and never changed or removed: a license can be laid out again, compared and
//! painted when its template, font or seal has long been replaced in the installation.

use license_core::id::Digest;
use serde::{Deserialize, Serialize};

/// The most bytes of one asset.
pub const MAX_ASSET: usize = super::MAX_FILE;
/// The most assets of a register. An issuer has a few new ones in a year.
pub const MAX_ASSETS: u64 = 100_000;
/// The most assets that one needs: a font set has a file for each face.
pub const MAX_NEEDS: usize = 64;

/// What kind of thing it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AssetKind {
    /// All files of a template (`license_core::template`, archive).
    Template,
    /// A font file as it lay among the assets of the installation.
    Font,
    /// The text of a font set (`license_core::fonts::FontSet`); it needs its fonts.
    FontSet,
    /// An electronic seal (DER) with its picture.
    Seal,
}

/// An asset as kept. Its bytes are [`super::Store::file`] of its digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asset {
    /// SHA-256 of the bytes.
    pub digest: Digest,
    /// What it is.
    pub kind: AssetKind,
    /// Name for people: `ECertKai-Regular`, `business-license 2`.
    pub name: String,
    /// Number of bytes.
    pub len: u64,
    /// Assets without which it is of no use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Digest>,
}

/// An asset to be kept.
#[derive(Clone, Copy, Debug)]
pub struct NewAsset<'a> {
    /// What it is.
    pub kind: AssetKind,
    /// Name for people.
    pub name: &'a str,
    /// The bytes, at most [`MAX_ASSET`].
    pub bytes: &'a [u8],
    /// Assets that are kept already, without which it is of no use; at most [`MAX_NEEDS`].
    pub needs: &'a [Digest],
}
