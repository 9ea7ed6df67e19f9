//! What the caller says about a signature before it exists.

use crate::part::Part;
use crate::units::{Rect, Size, Um};

/// Seal or plain signature (`Signature/@Type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignatureKind {
    /// An electronic seal: the value is an SES signature, its picture is stamped on pages.
    Seal,
    /// A plain digital signature.
    Sign,
}

/// The program that signs (`Provider`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provider {
    /// `@ProviderName`.
    pub name: String,
    /// `@Version`.
    pub version: String,
    /// `@Company`.
    pub company: String,
}

/// A signature to be prepared.
#[derive(Clone, Debug)]
pub struct SignatureRequest {
    /// Seal or plain signature.
    pub kind: SignatureKind,
    /// Who makes it.
    pub provider: Provider,
    /// `SignatureMethod`: an object identifier in dotted form.
    pub signature_method: String,
    /// `References/@CheckMethod`: the object identifier of the digest.
    pub check_method: String,
    /// `SignatureDateTime`, such as `20261121130031Z`.
    pub date_time: String,
    /// Where the seal shows.
    pub stamps: Vec<StampAnnot>,
    /// The seal, written beside the signature as `Seal.esl`. A [`Part`] that is kept is compressed and digested once.
    pub seal_file: Option<Part>,
    /// Protect the list of signatures too: no further signature can follow.
    pub protect_signature_list: bool,
}

/// One showing of the seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StampAnnot {
    /// Page, counted from zero.
    pub page: usize,
    /// Where the whole picture would lie, in page coordinates.
    pub boundary: Rect,
    /// The part of it that shows, from the top-left corner of the boundary.
    pub clip: Option<Rect>,
}

impl StampAnnot {
    /// A whole seal on one page.
    pub const fn new(page: usize, boundary: Rect) -> StampAnnot {
        StampAnnot { page, boundary, clip: None }
    }

    /// A seal across the right edge of all pages (骑缝章): each page carries its slice at height `y`.
    pub fn straddle(pages: &[Size], seal: Size, y: Um) -> Vec<StampAnnot> {
        let count = pages.len().max(1) as i64;
        // Edges rather than widths are divided, so that the slices add up to the seal.
        let edge = |i: usize| Um((i64::from(seal.width.0) * i as i64 / count) as i32);
        pages
            .iter()
            .enumerate()
            .map(|(page, size)| StampAnnot {
                page,
                boundary: Rect::new(size.width - edge(page + 1), y, seal.width, seal.height),
                clip: Some(Rect::new(edge(page), Um::ZERO, edge(page + 1) - edge(page), seal.height)),
            })
            .collect()
    }
}
