//! What a document says about itself, compared: face, embedded record, index, metadata. All come from one record.

use std::borrow::Cow;

use super::drawn::{self, Drawing, Followed, Known};
use super::fonts::Fonts;
use super::memory::SignatureMemory;
use super::policy::{Policy, Press};
use super::qr_picture::{Seen, Wanted};
use super::reasons::Reason;
use super::report::Checks;
use crate::index::{Claims, HolderKind, IndexText, TextError, is_holder};
use crate::issue::IssueError;
use crate::length::Length;
use crate::page::Document;
use crate::record::{Holder, Record};

/// Name of the attached record, in OFD and PDF alike.
pub const RECORD_FILE: &str = "license-record.json";
/// Name of the attached index text.
pub const INDEX_FILE: &str = "license-index.txt";

/// Name of the attached CA certificates (PEM) above the signers of an OFD, whose seal value has no place for them.
pub const CHAIN_FILE: &str = "license-chain.pem";
/// Most certificates that are taken from it.
const MAX_CHAIN: usize = 16;
/// What is said of a file that is attached twice.
const TWICE: &str = "attached more than once";

/// What was found inside a file, whatever its format.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Embedded {
    /// The attached record: one, unless somebody hopes that two readers take different ones.
    pub(super) records: Vec<Vec<u8>>,
    /// The attached index text: one.
    pub(super) indexes: Vec<Vec<u8>>,
    /// Named values (CustomDatas, XMP).
    pub(super) metadata: Vec<(String, String)>,
    /// What a viewer shows as the properties of the file.
    pub(super) properties: Option<Properties>,
    /// CA certificates carried along: candidates for a path, trusted by nobody.
    pub(super) chain: Vec<pki::Certificate>,
    /// Their file holds something else, too, or is not the only one.
    pub(super) chain_has_more: bool,
    /// The drawn characters of each page, in painting order.
    pub(super) faces: Vec<String>,
    /// The QR codes among the pictures of the pages.
    pub(super) codes: Vec<Seen>,
    /// What the pages paint, of files that carry a record.
    pub(super) drawing: Drawing,
}

/// What a document says of itself in the words of every document.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Properties {
    pub(super) title: Option<String>,
    pub(super) author: Option<String>,
    pub(super) subject: Option<String>,
    pub(super) keywords: Vec<String>,
    pub(super) creator: Option<String>,
    /// Days of making and of the last change, `YYYY-MM-DD`.
    pub(super) created: Option<String>,
    pub(super) modified: Option<String>,
}

impl Embedded {
    /// Whether the file presents itself as a license of this house.
    pub(super) fn is_license(&self) -> bool {
        !self.records.is_empty()
    }
}

/// Reads the attached CA certificates; what is not one is no candidate.
pub(super) fn chain(pem: &[u8]) -> Vec<pki::Certificate> {
    let mut certificates =
        std::str::from_utf8(pem).ok().and_then(|pem| pki::Certificate::many_from_pem(pem).ok()).unwrap_or_default();
    certificates.truncate(MAX_CHAIN);
    certificates
}

/// What became of it.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub(super) record: Option<Record>,
    pub(super) index: Option<IndexText>,
    /// What the record lays out to, when the words of the pages agree with it.
    pub(super) layout: Option<Document>,
    /// What was found out about its background.
    pub(super) backgrounds: Vec<Followed>,
}

/// Reads record and index and compares everything with everything. `seal` is the diameter of the issuer's seal, as far as
/// the file tells: continuation pages leave room for it.
pub(super) fn check(embedded: &Embedded, seal: Option<Length>, policy: &Policy<'_>, checks: &mut Checks) -> Content {
    if policy.documents && embedded.records.is_empty() && embedded.indexes.is_empty() {
        for (name, part) in [("record.present", RECORD_FILE), ("index.present", INDEX_FILE)] {
            checks.not_applicable(name, part, "asked about as a document, not as a license");
        }
        return Content::default();
    }
    let record = read_record(&embedded.records, checks);
    let index = read_index(&embedded.indexes, checks);
    let mut layout = None;
    let mut known = Known::new(policy.memory.and_then(SignatureMemory::backgrounds));
    if let Some(record) = &record {
        check_metadata(record, &embedded.metadata, checks);
        if let Some(properties) = &embedded.properties {
            check_properties(record, index.as_ref(), properties, checks);
        }
        if let Some(index) = &index {
            let differing = differing_claim(index.token().claims(), record);
            let detail = differing.unwrap_or_default();
            checks.record("index.record", differing.is_none(), Reason::IndexDiffers, INDEX_FILE, detail);
            let text = index.to_string();
            let wanted = Wanted::new(&text);
            let honest = check_codes(&wanted, &embedded.codes, checks);
            let press = policy.press.map(|press| (press, Fonts::of(record, press, policy)));
            layout = check_face(record, index, (&embedded.faces, seal), press.as_ref(), checks);
            let expected = layout.as_ref();
            if !embedded.drawing.sheets.is_empty() {
                check_drawn(&embedded.drawing, expected, press.as_ref(), &mut known, checks);
                match honest {
                    true => drawn::check_code(&wanted, &embedded.drawing, expected, checks),
                    false => checks.not_possible_at("index.shown", INDEX_FILE, "a page shows the code of another text"),
                }
            }
        }
    }
    Content { record, index, layout, backgrounds: known.into_found() }
}

/// What is drawn, beside the words.
fn check_drawn(
    drawing: &Drawing,
    expected: Option<&Document>,
    press: Option<&(Press<'_>, Fonts<'_>)>,
    known: &mut Known<'_>,
    checks: &mut Checks,
) {
    drawn::check_sight(drawing, checks);
    drawn::check_glyphs(drawing, checks);
    match (expected, press) {
        (Some(expected), Some((_, fonts))) => {
            drawn::check_expected(drawing, expected, fonts, checks);
            drawn::check_shapes(drawing, expected, fonts, known, checks);
        }
        _ => {
            for name in ["face.outlines", "face.shapes"] {
                checks.not_possible(name, Reason::CheckNotPossible, "the record was not laid out again");
            }
        }
    }
}

fn read_record(found: &[Vec<u8>], checks: &mut Checks) -> Option<Record> {
    let bytes = match found {
        [] => {
            checks.failed("record.present", Reason::RecordMissing, RECORD_FILE, "");
            return None;
        }
        [one] => one,
        _ => {
            checks.failed("record.form", Reason::RecordMalformed, RECORD_FILE, TWICE);
            return None;
        }
    };
    match Record::from_canonical_json(bytes) {
        Ok(record) => {
            checks.passed("record.form", RECORD_FILE);
            Some(record)
        }
        Err(error) => {
            checks.failed("record.form", Reason::RecordMalformed, RECORD_FILE, error.to_string());
            None
        }
    }
}

fn read_index(found: &[Vec<u8>], checks: &mut Checks) -> Option<IndexText> {
    let failed = |checks: &mut Checks, reason, detail: String| {
        checks.failed("index.form", reason, INDEX_FILE, detail);
        None
    };
    let bytes = match found {
        [] => {
            checks.failed("index.present", Reason::IndexMissing, INDEX_FILE, "");
            return None;
        }
        [one] => one,
        _ => return failed(checks, Reason::TokenMalformed, TWICE.to_owned()),
    };
    match std::str::from_utf8(bytes).map(IndexText::parse) {
        Ok(Ok(index)) => {
            checks.passed("index.form", INDEX_FILE);
            Some(index)
        }
        // Inside a license no other text belongs here: it is not some other system's code that was scanned.
        Ok(Err(TextError::Foreign(why))) => failed(checks, Reason::TokenMalformed, why.to_owned()),
        Ok(Err(error)) => failed(checks, super::token::reason_of(&error), error.to_string()),
        Err(error) => failed(checks, Reason::TokenMalformed, error.to_string()),
    }
}

/// The first claim that the record contradicts.
fn differing_claim(claims: &Claims, record: &Record) -> Option<&'static str> {
    let comparisons = [
        ("identifier", claims.license_id().is_ok_and(|id| id == *record.id())),
        ("number", claims.number == record.number()),
        (
            "kind of holder",
            (claims.holder_kind == HolderKind::Person) == record.holders().iter().any(Holder::is_person),
        ),
        ("holder", is_holder(&claims.holder, &record.holder())),
        ("valid from", claims.valid_from == record.valid_from()),
        ("valid to", claims.valid_to == record.valid_to()),
        ("face digest", claims.face == record.digest().as_bytes()[..16]),
    ];
    comparisons.into_iter().find(|(_, equal)| !equal).map(|(name, _)| name)
}

/// The same names with the same values, each once, whatever their order; and no name that the record does not give.
fn check_metadata(record: &Record, found: &[(String, String)], checks: &mut Checks) {
    let mut expected = record.metadata();
    let mut found = found.to_vec();
    expected.sort();
    found.sort();
    let differing = expected
        .iter()
        .find(|pair| !found.contains(pair))
        .or_else(|| found.iter().find(|pair| !expected.contains(pair)));
    let differing = differing.or_else(|| found.get(expected.len()));
    let detail = differing.map(|(key, _)| key.clone()).unwrap_or_default();
    checks.record("metadata.record", differing.is_none(), Reason::MetadataDiffers, "", detail);
}

/// Title, author and the like are those that the record gives: viewers and archives show them before any page.
fn check_properties(record: &Record, index: Option<&IndexText>, found: &Properties, checks: &mut Checks) {
    let wanted = crate::issue::properties(record);
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    // The program, of any version.
    let maker = |creator: &Option<String>| {
        let (name, version) = creator.as_deref()?.split_once(' ')?;
        let plain = version.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+'));
        (plain && version.len() <= 32).then(|| name.to_owned())
    };
    // A further face may be made later than the license was issued, never before.
    let issued = index.and_then(|index| {
        let at = i64::try_from(index.token().claims().issued_at).ok()?;
        time::OffsetDateTime::from_unix_timestamp(at).ok()
    });
    let day = issued.map(|at| crate::calendar::china_date(at).to_string());
    let comparisons = [
        ("title", found.title == some(&wanted.title)),
        ("author", found.author == some(&wanted.author)),
        ("subject", found.subject == some(&wanted.subject)),
        ("keywords", found.keywords == wanted.keywords),
        ("creator", maker(&found.creator) == maker(&Some(wanted.creator))),
        ("day of making", found.created.is_some() && found.created >= day),
        ("day of the last change", found.modified == found.created),
    ];
    let differing = comparisons.iter().find(|(_, equal)| !equal).map(|(name, _)| *name);
    let detail = differing.unwrap_or_default();
    checks.record("metadata.properties", differing.is_none(), Reason::MetadataDiffers, "", detail);
}

/// A QR code on a page is read by phones: none may be another than the attached index.
fn check_codes(wanted: &Wanted<'_>, codes: &[Seen], checks: &mut Checks) -> bool {
    if codes.is_empty() {
        return true;
    }
    let same = codes.iter().all(|code| code.shows(wanted));
    let detail = if same { "" } else { "a page shows the QR code of another text" };
    checks.record("index.picture", same, Reason::IndexDiffers, INDEX_FILE, detail)
}

/// Lays the record out again and compares page by page what is drawn; returns the layout that agrees. White space is not
/// compared: where a reader puts blanks between spread labels is its own affair.
fn check_face(
    record: &Record,
    index: &IndexText,
    (faces, seal): (&[String], Option<Length>),
    press: Option<&(Press<'_>, Fonts<'_>)>,
    checks: &mut Checks,
) -> Option<Document> {
    const NAME: &str = "face.record";
    let Some((press, fonts)) = press else {
        checks.not_done(NAME, Reason::FaceNotCompared, "");
        return None;
    };
    let text = index.to_string();
    let own = match crate::issue::own_face(record, &text, press.catalog, fonts.held(), seal) {
        Ok(Some(own)) => own,
        Ok(None) => {
            checks.not_possible(NAME, Reason::FaceNotCompared, "no template of this type and version");
            return None;
        }
        // The values contradict one another: no license was ever filled so.
        Err(IssueError::Record(error)) => {
            checks.failed(NAME, Reason::RecordMalformed, RECORD_FILE, error.to_string());
            return None;
        }
        // A font that the issuer had may be missing here: that says nothing about the file.
        Err(error) => {
            checks.not_possible(NAME, Reason::FaceNotCompared, error.to_string());
            return None;
        }
    };
    let agrees = |document: &Document| difference(&crate::issue::texts(document), faces).is_none();
    // A license may have several faces (正本, 副本): one record, one file for each.
    let difference = difference(&crate::issue::texts(&own), faces);
    let Some((place, detail)) = difference else {
        checks.passed(NAME, "");
        return Some(own);
    };
    // The words of a page that holds them all are the same in every font; only where they go on to another one, fonts count.
    let single = |document: &Document| faces.len() == 1 && document.pages.len() == 1;
    let mut in_any_font = single(&own);
    for other in crate::issue::other_faces(record, &text, press.catalog, fonts.held(), seal) {
        match other {
            Ok(other) if agrees(&other) => {
                checks.passed(NAME, "");
                return Some(other);
            }
            other => in_any_font &= other.is_ok_and(|other| single(&other)),
        }
    }
    match in_any_font {
        true => checks.failed(NAME, Reason::FaceDiffers, place, detail),
        false => fonts.differs(NAME, Reason::FaceDiffers, place, detail, checks),
    }
    None
}

/// Where what is drawn parts from what should be.
fn difference(expected: &[String], drawn: &[String]) -> Option<(String, String)> {
    for (at, page) in expected.iter().enumerate() {
        let drawn = drawn.get(at).map(|text| squeeze(text)).unwrap_or_default();
        let page = squeeze(page);
        if drawn != page {
            return Some((format!("page {}", at + 1), first_difference(&page, &drawn)));
        }
    }
    (drawn.len() > expected.len()).then(|| (String::new(), "more pages than the record lays out to".to_owned()))
}

fn squeeze(text: &str) -> Cow<'_, str> {
    if text.contains(char::is_whitespace) {
        Cow::Owned(text.chars().filter(|c| !c.is_whitespace()).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// Where two texts part, by position; the words themselves may be personal and stay out of reports.
fn first_difference(expected: &str, drawn: &str) -> String {
    let at = expected.chars().zip(drawn.chars()).take_while(|(a, b)| a == b).count();
    format!("differs from character {} of {} ({} drawn)", at + 1, expected.chars().count(), drawn.chars().count())
}
