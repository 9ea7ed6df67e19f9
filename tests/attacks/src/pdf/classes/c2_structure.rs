//! Class 2: revisions and cross-reference data that two readers take in two ways.

use super::super::attack::PdfAttack;
use super::super::bench::{Bench, at};
use super::super::file::{Keep, Update, find_last, replaced, startxref, stream};
use super::super::sign::fill_by;
use crate::attack::Attacker;

const STRUCTURE: &[&str] = &["pdf.structure"];

pub(super) fn make(bench: &Bench) -> Vec<PdfAttack> {
    let mut attacks = broken_ends(bench);
    attacks.extend(around(bench));
    attacks.extend(tables(bench));
    attacks.extend(streams(bench));
    attacks.extend(inside(bench));
    attacks
}

fn dear() -> Vec<u8> {
    stream("", b"BT /F1 24 Tf 72 700 Td (Fee: 9000) Tj ET")
}

fn forged() -> Update {
    Update::of([(at::CONTENT, &dear())])
}

fn made(name: &'static str, how: &'static str, bytes: Vec<u8>) -> PdfAttack {
    PdfAttack::new(name, how, STRUCTURE, bytes)
}

/// The variants of the incremental saving attack: a revision that repairing readers see and strict ones miss.
fn broken_ends(bench: &Bench) -> Vec<PdfAttack> {
    let pdf = &bench.notice;
    let old = startxref(pdf);
    vec![
        made(
            "no-table",
            "objects and trailer, no table; startxref names the old one",
            Update { keep: Keep::Trailer, startxref: Some(old), ..forged() }.on(pdf),
        ),
        made(
            "no-end",
            "a whole revision without startxref and %%EOF",
            Update { keep: Keep::Table, ..forged() }.on(pdf),
        ),
        made("objects-alone", "nothing but the new object", Update { keep: Keep::Objects, ..forged() }.on(pdf)),
        made("bare-words", "the object, then the words xref and trailer", {
            let mut out = Update { keep: Keep::Objects, ..forged() }.on(pdf);
            out.extend_from_slice(b"xref\ntrailer\n<</Root 1 0 R>>\n");
            out
        }),
        made(
            "old-startxref",
            "a whole revision, but startxref names the old table",
            Update { startxref: Some(old), ..forged() }.on(pdf),
        ),
        made(
            "startxref-zero",
            "a whole revision, but startxref is 0",
            Update { startxref: Some(0), ..forged() }.on(pdf),
        ),
        made(
            "small-size",
            "a whole revision whose /Size hides the object",
            Update { size: Some(2), ..forged() }.on(pdf),
        ),
        made("prev-to-itself", "/Prev names its own table", {
            let out = forged().on(pdf);
            let at = startxref(&out);
            Update { prev: Some(at), ..forged() }.on(pdf)
        }),
        made("prev-skips", "/Prev skips a revision", {
            let first = Update::of([(15, b"(first)")]).on(pdf);
            Update { prev: Some(old), ..forged() }.on(&first)
        }),
        made("two-ends", "a second startxref and %%EOF", {
            let mut out = forged().on(pdf);
            out.extend(format!("startxref\n{old}\n%%EOF\n").bytes());
            out
        }),
    ]
}

/// Bytes before, behind and between.
fn around(bench: &Bench) -> Vec<PdfAttack> {
    let pdf = &bench.notice;
    let behind = |bytes: &[u8]| [pdf.as_slice(), bytes].concat();
    vec![
        made("byte-behind", "one byte behind %%EOF", behind(b"x")),
        made("lines-behind", "two empty lines behind %%EOF", behind(b"\n\n")),
        made("zip-behind", "the head of a zip behind the file", behind(b"PK\x03\x04more")),
        made("page-behind", "HTML behind the file", behind(b"<html><script>0</script></html>")),
        PdfAttack::new("byte-before", "one byte before %PDF-", &["pdf.unreadable"], [b"x", pdf.as_slice()].concat()),
        made(
            "comment-before-revision",
            "objects in a comment before a revision",
            Update { before: b"% 4 0 obj <</Length 0>> stream endstream endobj\n".to_vec(), ..Update::default() }
                .on(pdf),
        ),
        made(
            "object-unlisted",
            "an object in a revision that no table lists",
            Update {
                before: b"4 0 obj\n<</Length 3>>\nstream\nq Q\nendstream\nendobj\n".to_vec(),
                ..Update::default()
            }
            .on(pdf),
        ),
    ]
}

fn tables(bench: &Bench) -> Vec<PdfAttack> {
    let pdf = &bench.notice;
    let place = find_last(pdf, b"\n12 0 obj").expect("the remark") + 1;
    let line = format!("{place:010} 00000 n \n");
    let twice = Update {
        objects: vec![(at::CONTENT, 0, dear())],
        lines: vec![(at::CONTENT, format!("{place:010} 00000 n \n"))],
        ..Update::default()
    };
    vec![
        made(
            "points-back",
            "a revision of nothing but a table: object 4 is now another object of the signed revision",
            Update { lines: vec![(at::CONTENT, line.clone())], ..Update::default() }.on(pdf),
        ),
        made("listed-twice", "the table lists the object twice", twice.on(pdf)),
        made(
            "hybrid",
            "the trailer names a cross-reference stream beside the table (/XRefStm)",
            Update { extra: format!("/XRefStm {}", startxref(pdf)), ..Update::default() }.on(pdf),
        ),
        made(
            "encrypted",
            "the trailer of a later revision has /Encrypt",
            Update {
                extra: "/Encrypt 15 0 R".to_owned(),
                ..Update::of([(15, b"<</Filter /Standard /V 1 /R 2 /O (0) /U (0) /P -4>>")])
            }
            .on(pdf),
        ),
        made("wrong-number", "the table leads to an object with another number", {
            let out = Update::of([(15, b"(x)")]).on(pdf);
            replaced(&out, b"\n15 0 obj", b"\n16 0 obj")
        }),
        PdfAttack::new(
            "next-generation",
            "the content stream under the next generation number, the page refers to it",
            &["pdf.changed-after"],
            Update {
                objects: vec![
                    (at::CONTENT, 1, dear()),
                    (at::PAGE, 0, super::super::bench::page("4 1 R", "8 0 R 10 0 R 12 0 R", "").into_bytes()),
                ],
                ..Update::default()
            }
            .on(pdf),
        ),
        made("short-lines", "the lines of the table have 19 bytes", {
            let out = forged().on(pdf);
            let at = find_last(&out, b" 00000 n \n").expect("the line");
            [&out[..at + 8], &out[at + 9..]].concat()
        }),
    ]
}

/// Revisions with cross-reference streams and object streams over a file with tables.
fn streams(bench: &Bench) -> Vec<PdfAttack> {
    let packed = |objects: &[(u32, &str)], listed: &[(u32, u8, u32, u8)]| {
        let mut out = bench.notice.clone();
        let mut head = String::new();
        let mut bodies = String::new();
        for (number, body) in objects {
            head += &format!("{number} {} ", bodies.len());
            bodies += &format!("{body} ");
        }
        let container = out.len();
        let keys = format!("/Type /ObjStm /N {} /First {} ", objects.len(), head.len());
        out.extend_from_slice(b"30 0 obj\n");
        out.extend_from_slice(&stream(&keys, format!("{head}{bodies}").as_bytes()));
        out.extend_from_slice(b"\nendobj\n");
        let xref = out.len();
        let mut index = "30 2".to_owned();
        let row = |kind: u8, second: u32, third: u8| {
            let [a, b, c, d] = second.to_be_bytes();
            [kind, a, b, c, d, third]
        };
        let mut rows = [row(1, container as u32, 0), row(1, xref as u32, 0)].concat();
        for (number, kind, second, third) in listed {
            index += &format!(" {number} 1");
            rows.extend(row(*kind, *second, *third));
        }
        let prev = startxref(&bench.notice);
        let keys = format!(
            "/Type /XRef /Size 32 /W [1 4 1] /Index [{index}] /Root 1 0 R /Info 6 0 R /ID [<0102030405060708> <0102030405060708>] /Prev {prev} "
        );
        out.extend_from_slice(b"31 0 obj\n");
        out.extend_from_slice(&stream(&keys, &rows));
        out.extend(format!("\nendobj\nstartxref\n{xref}\n%%EOF\n").bytes());
        out
    };
    let font = "<</Type /Font /Subtype /Type1 /BaseFont /Symbol>>";
    vec![
        PdfAttack::new(
            "font-in-object-stream",
            "the font redefined inside an object stream",
            &["pdf.changed-after"],
            packed(&[(at::FONT, font)], &[(at::FONT, 2, 30, 0)]),
        ),
        made(
            "unlisted-in-object-stream",
            "the object stream holds an object that no cross-reference lists",
            packed(&[(at::FONT, font), (17, "(hidden)")], &[(at::FONT, 2, 30, 0)]),
        ),
        made(
            "wrong-place-in-object-stream",
            "the cross-reference names another object's place in the stream",
            packed(&[(at::FONT, font), (17, "(x)")], &[(at::FONT, 2, 30, 1), (17, 2, 30, 0)]),
        ),
        made(
            "object-stream-in-itself",
            "the object stream is said to stand inside itself",
            packed(&[(at::FONT, font)], &[(at::FONT, 2, 31, 0)]),
        ),
    ]
}

/// Oddities inside what the issuer signed: somebody inside, or a careless program.
fn inside(bench: &Bench) -> Vec<PdfAttack> {
    let insider = |name: &'static str, how: &'static str, bytes: Vec<u8>| made(name, how, bytes).by(Attacker::Insider);
    vec![
        insider(
            "key-twice",
            "the page has /Contents twice",
            bench.signed(|file| {
                file.replace(at::PAGE, "/Contents 4 0 R", "/Contents 4 0 R /Contents 4 0 R");
            }),
        ),
        insider(
            "key-twice-escaped",
            "the page has /Contents twice, once spelled /C#6fntents",
            bench.signed(|file| {
                file.replace(at::PAGE, "/Contents 4 0 R", "/Contents 4 0 R /C#6fntents 4 0 R");
            }),
        ),
        insider(
            "length-lies",
            "/Length of the content is too small",
            bench.signed(|file| {
                file.replace(at::CONTENT, "/Length 40", "/Length 8");
            }),
        ),
        insider("no-endobj", "an object without its end", {
            let whole = bench.draft.to_bytes();
            fill_by(
                replaced(&whole, b"<</Title (Notice)>>\nendobj", b"<</Title (Notice)>>\n      "),
                &bench.keys.market,
            )
        }),
        insider(
            "cyclic-pages",
            "the page tree contains itself",
            bench.signed(|file| {
                file.replace(at::PAGES, "/Kids [3 0 R]", "/Kids [3 0 R 2 0 R]");
            }),
        ),
        insider(
            "cyclic-fields",
            "a field is its own child",
            bench.signed(|file| {
                file.set(at::REMARK, "<</T (remark) /Kids [12 0 R]>>");
            }),
        ),
    ]
}
