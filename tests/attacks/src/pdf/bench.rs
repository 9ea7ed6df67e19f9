//! What a forger has on the bench: the good files and everybody's keys.

use std::fs;
use std::path::Path;

use super::file::{File, Update, stream};
use super::keys::PdfKeys;
use super::sign::{certifies, dictionary, fill, fill_by, pades};
use crate::keys::SEALED;
use crate::seal::token;

/// The bench.
pub struct Bench {
    /// Everybody's keys.
    pub keys: PdfKeys,
    /// The notice before it was signed.
    pub draft: File,
    /// A notice, certified; a field is prepared for an inspection (P = 2).
    pub notice: Vec<u8>,
    /// The same, the prepared field signed by another issuer.
    pub inspected: Vec<u8>,
    /// The same notice, signed without certification.
    pub approval: Vec<u8>,
    /// The notice with validation data and a document time-stamp behind.
    pub stamped: Vec<u8>,
    /// Another notice under the same key, stamped too.
    pub other_stamped: Vec<u8>,
    /// A license.
    pub license: Vec<u8>,
    /// Another license of the same issuer.
    pub license_other: Vec<u8>,
}

/// Objects of the notice.
pub mod at {
    /// The catalog.
    pub const CATALOG: u32 = 1;
    /// The page tree.
    pub const PAGES: u32 = 2;
    /// The page.
    pub const PAGE: u32 = 3;
    /// Its content.
    pub const CONTENT: u32 = 4;
    /// Its font.
    pub const FONT: u32 = 5;
    /// The information dictionary.
    pub const INFO: u32 = 6;
    /// The form.
    pub const FORM: u32 = 7;
    /// The issuer's field.
    pub const ISSUER: u32 = 8;
    /// The issuer's signature.
    pub const SIGNATURE: u32 = 9;
    /// The prepared field.
    pub const ANNUAL: u32 = 10;
    /// What the issuer's signature looks like.
    pub const SEAL: u32 = 11;
    /// A text field.
    pub const REMARK: u32 = 12;
    /// What it looks like.
    pub const REMARK_LOOK: u32 = 13;
    /// XMP.
    pub const XMP: u32 = 14;
    /// The first free number.
    pub const FREE: u32 = 15;
}

impl Bench {
    /// Lays out the tools; the licenses lie in this folder.
    pub fn open(base: &Path) -> Result<Bench, String> {
        let read = |name: &str| fs::read(base.join(name)).map_err(|error| format!("{name}: {error}"));
        let (license, license_other) = (read("license.pdf")?, read("license-other.pdf")?);
        let keys = PdfKeys::new();
        let draft = draft("1000", Some(2));
        let notice = fill_by(draft.to_bytes(), &keys.market);
        let stamped = stamp(&store(&notice, &keys), &keys);
        let other_stamped =
            stamp(&store(&fill_by(self::draft("7500", Some(2)).to_bytes(), &keys.market), &keys), &keys);
        let approval = fill_by(self::draft("1000", None).to_bytes(), &keys.market);
        let inspected = inspect(&notice, &keys);
        Ok(Bench { draft, notice, inspected, approval, stamped, other_stamped, license, license_other, keys })
    }

    /// The good files that are made here, with their names.
    pub fn good(&self) -> Vec<(&'static str, &[u8])> {
        vec![
            ("notice", &self.notice),
            ("notice-inspected", &self.inspected),
            ("notice-approval", &self.approval),
            ("notice-stamped", &self.stamped),
            ("notice-other-stamped", &self.other_stamped),
        ]
    }

    /// The notice, changed before it is signed by its own issuer: somebody inside, or a careless program.
    pub fn signed(&self, change: impl FnOnce(&mut File)) -> Vec<u8> {
        let mut file = self.draft.clone();
        change(&mut file);
        fill_by(file.to_bytes(), &self.keys.market)
    }
}

/// A notice of one page: a fee, a seal, a field for the yearly inspection, a field for a remark.
fn draft(fee: &str, certified: Option<u8>) -> File {
    let perms = if certified.is_some() { "/Perms <</DocMDP 9 0 R>>" } else { "" };
    let mut file = File { objects: Default::default(), trailer: "/Root 1 0 R /Info 6 0 R".to_owned() };
    file.set(at::CATALOG, format!("<</Type /Catalog /Pages 2 0 R /AcroForm 7 0 R /Metadata 14 0 R {perms}>>"));
    file.set(at::PAGES, "<</Type /Pages /Kids [3 0 R] /Count 1>>");
    file.set(at::PAGE, page("4 0 R", "8 0 R 10 0 R 12 0 R", ""));
    file.set(at::CONTENT, stream("", format!("BT /F1 24 Tf 72 700 Td (Fee: {fee}) Tj ET").as_bytes()));
    file.set(at::FONT, "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding>>");
    file.set(at::INFO, "<</Title (Notice)>>");
    file.set(at::FORM, form("8 0 R 10 0 R 12 0 R", ""));
    file.set(
        at::ISSUER,
        "<</FT /Sig /T (issuer) /V 9 0 R /Type /Annot /Subtype /Widget /P 3 0 R /F 132 /Rect [400 100 500 200] /AP <</N 11 0 R>>>>",
    );
    file.set(at::SIGNATURE, pades(&certified.map(certifies).unwrap_or_default()));
    file.set(
        at::ANNUAL,
        "<</FT /Sig /T (annual) /Type /Annot /Subtype /Widget /P 3 0 R /F 132 /Rect [72 100 172 200]>>",
    );
    file.set(at::SEAL, stream("/Type /XObject /Subtype /Form /BBox [0 0 100 100] ", b"1 0 0 rg 10 10 80 80 re f"));
    file.set(
        at::REMARK,
        "<</FT /Tx /T (remark) /V (none) /DA (/F1 9 Tf) /Type /Annot /Subtype /Widget /P 3 0 R /F 4 /Rect [72 500 300 520] /AP <</N 13 0 R>>>>",
    );
    let look = stream(
        "/Type /XObject /Subtype /Form /BBox [0 0 228 20] /Resources <</Font <</F1 5 0 R>>>> ",
        b"BT /F1 9 Tf 2 5 Td (none) Tj ET",
    );
    file.set(at::REMARK_LOOK, look);
    file.set(at::XMP, stream("/Type /Metadata /Subtype /XML ", xmp("Notice").as_bytes()));
    file
}

/// XMP with a title.
pub fn xmp(title: &str) -> String {
    format!(
        "<?xpacket begin=\"\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?><x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF \
         xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" \
         xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\" pdf:Keywords=\"{title}\"/></rdf:RDF></x:xmpmeta><?xpacket end=\"w\"?>"
    )
}

/// The page with these contents and annotations.
pub fn page(contents: &str, annotations: &str, more: &str) -> String {
    format!(
        "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {contents} /Resources <</Font <</F1 5 0 R>>>> \
         /Annots [{annotations}]{more}>>"
    )
}

/// The form with these fields.
pub fn form(fields: &str, more: &str) -> String {
    format!("<</Fields [{fields}] /SigFlags 3{more}>>")
}

/// The prepared field signed by the other issuer.
pub fn inspect(pdf: &[u8], keys: &PdfKeys) -> Vec<u8> {
    let field = "<</FT /Sig /T (annual) /V 20 0 R /Type /Annot /Subtype /Widget /P 3 0 R /F 132 /Rect [72 100 172 200] /AP <</N 21 0 R>>>>";
    let look = stream("/Type /XObject /Subtype /Form /BBox [0 0 100 100] ", b"0 0 1 rg 10 10 80 80 re f");
    let update = Update::of([(at::ANNUAL, field.as_bytes()), (20, &pades("")), (21, &look)]);
    fill_by(update.on(pdf), &keys.housing)
}

/// Validation data: the CA.
pub fn store(pdf: &[u8], keys: &PdfKeys) -> Vec<u8> {
    use pki::Signer as _;
    let catalog = String::from_utf8(super::file::body(pdf, at::CATALOG)).expect("text");
    let catalog = catalog.replacen("<<", "<</DSS 22 0 R ", 1);
    let certificate = stream("", keys.ca.certificate().der());
    Update::of([(at::CATALOG, catalog.as_bytes()), (22, b"<</Type /DSS /Certs [23 0 R]>>"), (23, &certificate)]).on(pdf)
}

/// The revision of a document time-stamp, not yet stamped: field 24, value 25.
pub fn stamp_field(pdf: &[u8], kind: &str) -> Vec<u8> {
    let form = form("8 0 R 10 0 R 12 0 R 24 0 R", "");
    let page = page("4 0 R", "8 0 R 10 0 R 12 0 R 24 0 R", "");
    let field = "<</FT /Sig /T (stamp) /V 25 0 R /Type /Annot /Subtype /Widget /P 3 0 R /F 132 /Rect [0 0 0 0]>>";
    let value = dictionary(kind, "ETSI.RFC3161", "");
    Update::of([(at::PAGE, page.as_bytes()), (at::FORM, form.as_bytes()), (24, field.as_bytes()), (25, &value)]).on(pdf)
}

/// A document time-stamp over everything before.
pub fn stamp(pdf: &[u8], keys: &PdfKeys) -> Vec<u8> {
    fill(stamp_field(pdf, "DocTimeStamp"), &|ranges| token(&ranges.concat(), SEALED, &keys.stamper))
}
