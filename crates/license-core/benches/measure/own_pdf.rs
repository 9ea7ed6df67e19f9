//! Kinds of PDFs that are hostile to verification: those that are hostile to reading, with the record and the index of a
//! license, and some more.
#![allow(dead_code, unreachable_pub)]

use license_core::verify::{INDEX_FILE, RECORD_FILE};
use pdf_sign::Budget;

use super::pdf_kinds::{file, hostile, repeated, revise, stream};
use super::verify_support::good;

/// Every kind by its name, and whether a budget stops it.
pub fn all() -> Vec<(String, Vec<u8>, bool)> {
    let attached =
        [(RECORD_FILE, good().record_json().to_vec()), (INDEX_FILE, good().index().to_string().into_bytes())];
    // What the security store and other attachments hold is looked at by few; of those no more is said than by strangers.
    let unseen = ["an attachment of 200 MB", "attachments of one long name"];
    let mut out: Vec<(String, Vec<u8>, bool)> = hostile(&attached)
        .into_iter()
        .map(|kind| (kind.name.to_owned(), kind.bytes, kind.limit.is_some() && !unseen.contains(&kind.name)))
        .collect();
    out.extend(updates());
    out.push(("two hundred signatures over a large file".to_owned(), signed_often(12 << 20), true));
    out
}

/// What was appended to a good license.
fn updates() -> Vec<(String, Vec<u8>, bool)> {
    let pdf = good().pdf();
    let (page, body) = object(pdf, "/Type/Page/").or_else(|| object(pdf, "/Type /Page\n")).unwrap();
    let contents = body.find("/Contents").unwrap();
    let digits = body[contents..].find(|c: char| c.is_ascii_digit()).unwrap() + contents;
    let end = body[digits..].find(" 0 R").unwrap() + digits;
    let with = |unit: &[u8], times: usize| {
        let changed = format!("{}90000{}", &body[..digits], &body[end..]);
        let content = stream("/Filter /FlateDecode", &repeated(unit, times));
        revise(pdf.to_vec(), &[(page, changed.into_bytes()), (90_000, content)])
    };
    let put = |name: &str, bytes, large| (format!("update of a license: {name}"), bytes, large);
    let nothing: Vec<(usize, Vec<u8>)> = (90_000..150_000).map(|at| (at, b"null".to_vec())).collect();
    let references: Vec<(usize, Vec<u8>)> =
        (90_000..150_000).map(|at| (at, format!("{} 0 R", at + 1).into_bytes())).collect();
    vec![
        put("200 MB of zeros", with(&[0; 1 << 20], 200), true),
        put("lines", with(b"0 0 m 1 1 l S ", 500_000), true),
        put("text", with(b"BT /F0 12 Tf <00010002000300040005> Tj ET ", 150_000), true),
        put("pictures and forms", with(b"/X Do /X0 Do /X1 Do /Im0 Do ", 100_000), false),
        put("sixty thousand objects", revise(pdf.to_vec(), &nothing), false),
        put("sixty thousand references", revise(pdf.to_vec(), &references), false),
    ]
}

/// The first object with this in it: its number and its text.
fn object(pdf: &[u8], what: &str) -> Option<(usize, String)> {
    let at = pdf.windows(what.len()).position(|found| found == what.as_bytes())?;
    let before = String::from_utf8_lossy(&pdf[at.saturating_sub(2000)..at]).into_owned();
    let start = before.rfind(" 0 obj")?;
    let number = before[..start].rsplit(|c: char| !c.is_ascii_digit()).next()?.parse().ok()?;
    let rest = String::from_utf8_lossy(&pdf[at..pdf.len().min(at + 4000)]).into_owned();
    Some((number, before[start + 6..].to_owned() + &rest[..rest.find("endobj")?]))
}

/// One signature value in many fields, each over other bytes.
fn signed_often(padding: usize) -> Vec<u8> {
    let facts = pdf_sign::inspect(good().pdf(), &Budget::default());
    let der: String = facts.signatures[0].der().unwrap().iter().map(|byte| format!("{byte:02x}")).collect();
    let mut objects = vec![
        Vec::new(),
        b"<</Type /Pages /Kids [3 0 R] /Count 1>>".to_vec(),
        b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 9 9]>>".to_vec(),
        stream("", &vec![b' '; padding]),
    ];
    let mut fields = String::new();
    for at in 0..200 {
        let keys = "/Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached";
        objects.push(format!("<<{keys} /ByteRange [0 {} 2000 {}] /Contents <{der}>>>", 900 - at, padding).into_bytes());
        objects.push(format!("<</FT /Sig /T ({at}) /V {} 0 R>>", objects.len()).into_bytes());
        fields += &format!("{} 0 R ", objects.len());
    }
    objects[0] = format!("<</Type /Catalog /Pages 2 0 R /AcroForm <</Fields [{fields}]>>>>").into_bytes();
    file(&objects)
}
