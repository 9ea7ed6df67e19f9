//! What a verifier brings along besides the trust list.

use pki::ocsp::OcspResponse;
use pki::path::Source;
use pki::{Certificate, Crl, ObjectIdentifier};
use time::OffsetDateTime;

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
    /// The clock of the verifier, when the question is about another time: lists and answers from later than this are
    /// errors or forgeries, and do not count. Without it, or when it is earlier, the time of the question.
    pub clock: Option<OffsetDateTime>,
    /// Soft or hard, and how fresh the evidence must be. Stated in the report.
    pub revocation: RevocationRules,
    /// Algorithms that prove nothing any more from some day on.
    pub sunsets: &'a [Sunset],
    /// Extended key usages that are taken besides RFC 9336's, for documents of others; without, [`USAGES_OF_OTHERS`](crate::trust::USAGES_OF_OTHERS).
    /// A license, and whatever an issuer of the trust list signs, is asked for the usage of RFC 9336 alone.
    pub usages: Option<&'a [ObjectIdentifier]>,
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

impl Policy<'_> {
    /// What time it is for whoever asks about `at`.
    pub(super) fn present(&self, at: OffsetDateTime) -> OffsetDateTime {
        self.clock.map_or(at, |clock| clock.max(at))
    }
}

/// What it takes to lay out a record.
#[derive(Clone, Copy)]
pub struct Press<'a> {
    /// The license types known here.
    pub catalog: &'a Catalog,
    /// The fonts.
    pub fonts: &'a FontLibrary,
}
