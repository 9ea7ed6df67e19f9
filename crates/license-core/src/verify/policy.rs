//! What a verifier brings along besides the trust list.

use pki::ocsp::OcspResponse;
use pki::path::Source;
use pki::{Certificate, Crl};

use super::evidence::{RevocationRules, Sunset};
use super::fonts::FontShelf;
use super::memory::SignatureMemory;
use super::register::Register;
use crate::fonts::FontLibrary;
use crate::template::Catalog;

/// How to judge: all parts are optional, and what is missing shows in the report as not done.
#[derive(Clone, Copy, Default)]
pub struct Policy<'a> {
    /// Revocation lists at hand.
    pub crls: &'a [Crl],
    /// OCSP answers at hand.
    pub ocsp: &'a [OcspResponse],
    /// CA certificates that a document may have left out.
    pub intermediates: &'a [Certificate],
    /// Asked for certificates, lists and answers that are not at hand: what it gives is verified like everything else.
    pub source: Option<&'a dyn Source>,
    /// Soft or hard, and how fresh the evidence must be. Stated in the report.
    pub revocation: RevocationRules,
    /// Algorithms that prove nothing any more from some day on.
    pub sunsets: &'a [Sunset],
    /// Templates and fonts, to lay the embedded record out again and compare it with the face.
    pub press: Option<Press<'a>>,
    /// Fonts of earlier days: what old licenses were laid out with.
    pub font_shelf: Option<&'a dyn FontShelf>,
    /// What the register says.
    pub register: Option<&'a Register>,
    /// Judge plain CMS (`adbe.pkcs7.detached`) in a PDF like PAdES instead of refusing it: for documents of other people,
    /// never for a license.
    pub plain_cms: bool,
    /// A signed document that carries neither record nor index is asked about as what it is, not as a license: that it is
    /// none does not count against it.
    pub documents: bool,
    /// Which signatures of indexes, certificates and seals are known to hold.
    pub memory: Option<&'a dyn SignatureMemory>,
}

/// What it takes to lay out a record.
#[derive(Clone, Copy)]
pub struct Press<'a> {
    /// The license types known here.
    pub catalog: &'a Catalog,
    /// The fonts.
    pub fonts: &'a FontLibrary,
}
