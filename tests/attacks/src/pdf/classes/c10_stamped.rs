//! Class 10: put in after signing, and closed by a time-stamp, which anybody can buy; or left open behind the last signature,
//! in the shadow of validation data that are of use.

use pki::Signer as _;

use super::super::attack::PdfAttack;
use super::super::bench::{Bench, at, form, page};
use super::super::file::{File, Update, body, object_with, replaced, stream};
use super::super::sign::{certifies, dictionary, fill, fill_by, pades};
use crate::attack::Attacker;
use crate::keys::SEALED;
use crate::seal::token;

const CHANGED: &[&str] = &["pdf.changed-after"];
const ANNOTATIONS: &str = "8 0 R 10 0 R 12 0 R";

pub(super) fn make(bench: &Bench) -> Vec<PdfAttack> {
    let mut attacks = drawn(bench);
    attacks.extend(hidden(bench));
    attacks.extend(open(bench));
    let mut attacks: Vec<PdfAttack> = attacks.into_iter().map(|attack| attack.of("license")).collect();
    attacks.extend(notices(bench));
    attacks
}

/// A license, and what a revision behind it needs to know.
struct License<'b> {
    bench: &'b Bench,
    catalog: (u32, String),
    page: (u32, String),
    free: u32,
}

impl<'b> License<'b> {
    fn of(bench: &'b Bench) -> License<'b> {
        let pdf = &bench.license;
        let text = |words: &[&str]| {
            let number = object_with(pdf, words);
            (number, String::from_utf8(body(pdf, number)).expect("text"))
        };
        let there = |number: &u32| super::super::file::find(pdf, format!("\n{number} 0 obj").as_bytes()).is_some();
        let free = (1..).find(|number| (*number..number + 20).all(|number| !there(&number))).expect("a number");
        License { bench, catalog: text(&["/Type/Catalog"]), page: text(&["/Type/Page/"]), free }
    }

    /// A revision with these objects, listed on the page and in the form.
    fn revision(&self, fields: &str, annotations: &str, objects: Vec<(u32, Vec<u8>)>) -> Update {
        let grown = |body: &str, list: &str, items: &str| {
            let at = body.find(list).expect("a list")
                + body[body.find(list).expect("a list")..].find('[').expect("it opens")
                + 1;
            format!("{}{items} {}", &body[..at], &body[at..])
        };
        let mut all = vec![
            (self.catalog.0, 0, grown(&self.catalog.1, "/Fields", fields).into_bytes()),
            (self.page.0, 0, grown(&self.page.1, "/Annots", annotations).into_bytes()),
        ];
        all.extend(objects.into_iter().map(|(number, body)| (number, 0, body)));
        Update { objects: all, ..Update::default() }
    }

    /// The same, closed by a document time-stamp: field `free`, value `free + 1`.
    fn stamped(&self, (field, value): (&str, &str), others: (&str, &str), objects: Vec<(u32, Vec<u8>)>) -> Update {
        let free = self.free;
        let field = format!("<</FT /Sig /V {} 0 R /Type /Annot /P {} 0 R /F 132 {field}>>", free + 1, self.page.0);
        let mut all = vec![(free, field.into_bytes()), (free + 1, dictionary("DocTimeStamp", "ETSI.RFC3161", value))];
        all.extend(objects);
        self.revision(&format!("{} {free} 0 R", others.0), &format!("{} {free} 0 R", others.1), all)
    }

    fn close(&self, update: &Update) -> Vec<u8> {
        let stamper = &self.bench.keys.stamper;
        fill(update.on(&self.bench.license), &|ranges| token(&ranges.concat(), SEALED, stamper))
    }

    /// The catalog with more in it.
    fn catalog(&self, more: &str) -> (u32, u16, Vec<u8>) {
        (self.catalog.0, 0, self.catalog.1.replacen("<<", &format!("<<{more}"), 1).into_bytes())
    }
}

const INVISIBLE: &str = "/Subtype /Widget /T (stamp) /Rect [0 0 0 0]";

/// What is drawn or acts, under the name of a signature field.
fn drawn(bench: &Bench) -> Vec<PdfAttack> {
    let license = License::of(bench);
    let (first, page) = (license.free + 2, license.page.0);
    let kid = |subtype: &str, more: &str, objects: Vec<(u32, Vec<u8>)>| {
        let field = format!("<</FT /Sig /T (late) /Kids [{} 0 R]>>", first + 1);
        let drawn = format!(
            "<</Type /Annot /Subtype /{subtype} /Parent {first} 0 R /P {page} 0 R /Rect [187 225 187 225] /F 4 {more}>>"
        );
        let mut all = vec![(first, field.into_bytes()), (first + 1, drawn.into_bytes())];
        all.extend(objects);
        (format!("{first} 0 R"), format!("{} 0 R", first + 1), all)
    };
    let own = |subtype: &str, rect: &str, more: &str, objects: Vec<(u32, Vec<u8>)>| {
        let drawn =
            format!("<</Type /Annot /Subtype /{subtype} /FT /Sig /T (late) /P {page} 0 R /Rect [{rect}] /F 4 {more}>>");
        let mut all = vec![(first, drawn.into_bytes())];
        all.extend(objects);
        (format!("{first} 0 R"), format!("{first} 0 R"), all)
    };
    let look = || stream("/Type /XObject /Subtype /Form /BBox [0 0 100 100] ", b"1 0 0 RG 6 w 10 10 m 90 90 l S");
    let closed = |(fields, annotations, objects): (String, String, Vec<(u32, Vec<u8>)>)| {
        license.close(&license.stamped((INVISIBLE, ""), (&fields, &annotations), objects))
    };
    let shown = format!("/AP <</N {} 0 R>>", first + 2);
    let ink = "/InkList [[190 221 197 231]] /C [0 0 0] /BS <</W 1>>";
    let file = format!("/FS <</Type /Filespec /F (invoice.exe) /EF <</F {} 0 R>>>>", first + 2);
    let quads = "/QuadPoints [187 240 270 240 187 220 270 220] /C [1 0 0]";
    let about = [
        ("line", "an empty field with a Line for a widget: a white bar over a date, drawn by viewers themselves"),
        ("ink", "the same with Ink: another date"),
        ("text-note", "the same with a note that opens"),
        ("redact", "the same with Redact"),
        ("link", "the same with a Link whose /PA leads away"),
        ("attached-program", "the same with FileAttachment: a program"),
        ("highlight", "an empty field that is itself a Highlight of no size"),
        ("overlay", "an empty field that is itself a Stamp with a picture over the face"),
        ("words", "an empty field that is itself a FreeText with a picture of words"),
        ("hidden-widget", "an empty field with a hidden widget that has a picture"),
    ];
    let made = [
        closed(kid("Line", "/L [186 226 272 226] /C [1 1 1] /BS <</W 15>>", vec![])),
        closed(kid("Ink", ink, vec![])),
        closed(kid("Text", "/Contents (Valid until 2099-12-31) /Open true", vec![])),
        closed(kid("Redact", quads, vec![])),
        closed(kid("Link", "/PA <</S /URI /URI (https://example.org)>>", vec![])),
        closed(kid("FileAttachment", &file, vec![(first + 2, stream("/Type /EmbeddedFile ", b"MZ"))])),
        closed(own("Highlight", "187 225 187 225", quads, vec![])),
        closed(own("Stamp", "380 30 480 130", &shown, vec![(first + 2, look())])),
        closed(own("FreeText", "380 30 480 130", &shown, vec![(first + 2, look())])),
        closed(own("Widget", "0 0 0 0", &shown, vec![(first + 2, look())])),
    ];
    let mut attacks: Vec<PdfAttack> =
        about.into_iter().zip(made).map(|((name, how), bytes)| PdfAttack::new(name, how, CHANGED, bytes)).collect();
    let one = |field: &str, objects| license.close(&license.stamped((field, ""), ("", ""), objects));
    attacks.extend([
        PdfAttack::new("ink-unstamped", "Ink in an empty field, without a time-stamp", CHANGED, {
            let (fields, annotations, objects) = kid("Ink", ink, vec![]);
            license.revision(&fields, &annotations, objects).on(&bench.license)
        }),
        PdfAttack::new("stamp-is-a-stamp", "the field of the time-stamp is itself a Stamp with a picture", CHANGED, {
            one(&format!("/Subtype /Stamp /T (stamp) /Rect [380 30 480 130] {shown}"), vec![(first + 2, look())])
        }),
        PdfAttack::new("stamp-visible", "the field of the time-stamp takes up room", CHANGED, {
            one(&format!("/Subtype /Widget /T (stamp) /Rect [380 30 480 130] {shown}"), vec![(first + 2, look())])
        }),
        PdfAttack::new("stamp-acts", "the field of the time-stamp has an action", CHANGED, {
            one("/Subtype /Widget /T (stamp) /Rect [0 0 0 0] /A <</S /URI /URI (https://example.org)>>", vec![])
        }),
        PdfAttack::new("stamp-of-issuers-name", "the field of the time-stamp has the name of the issuer's", CHANGED, {
            let issuer = body(&bench.license, object_with(&bench.license, &["/FT/Sig"]));
            let issuer = String::from_utf8(issuer).expect("text");
            let name = issuer.split("/T(").nth(1).and_then(|rest| rest.split(')').next()).expect("a name");
            one(&format!("/Subtype /Widget /T ({name}) /Rect [0 0 0 0]"), vec![])
        }),
        PdfAttack::new("key-in-field", "the field of the time-stamp holds data that nobody shows", CHANGED, {
            one(&format!("{INVISIBLE} /Foo {first} 0 R"), vec![(first, stream("", b"hidden"))])
        }),
    ]);
    attacks
}

/// What is seen by nobody, under a time-stamp.
fn hidden(bench: &Bench) -> Vec<PdfAttack> {
    let license = License::of(bench);
    let first = license.free + 2;
    let said = |value: &str, objects| license.close(&license.stamped((INVISIBLE, value), ("", ""), objects));
    let changed = |from: &str, to: &str, objects| {
        let mut update = license.stamped((INVISIBLE, ""), ("", ""), objects);
        update.objects[0].2 = replaced(&update.objects[0].2, from.as_bytes(), to.as_bytes());
        license.close(&update)
    };
    let junk = || vec![(first, stream("", b"hidden"))];
    let flags = license.catalog.1.split("/SigFlags").nth(1).expect("flags");
    let flags = format!("/SigFlags{}3", &flags[..flags.find('3').expect("3")]);
    vec![
        PdfAttack::new("reason-in-stamp", "the time-stamp's dictionary says who inspected, and when", CHANGED, {
            said("/Reason (inspected, valid until 2099) /Name (Authority) /M (D:20200101000000Z)", vec![])
        })
        .intact(),
        PdfAttack::new("certification-in-stamp", "the time-stamp's dictionary certifies with P = 3", CHANGED, {
            said(&certifies(3), vec![])
        })
        .intact(),
        PdfAttack::new("key-in-stamp", "the time-stamp's dictionary holds data that nobody shows", CHANGED, {
            said(&format!("/Foo {first} 0 R"), junk())
        })
        .intact(),
        PdfAttack::new("junk-in-store", "the store holds what is no validation data", CHANGED, {
            changed("/Type/Catalog", &format!("/Type/Catalog/DSS <</CRLs [{first} 0 R]>>"), junk())
        })
        .intact(),
        PdfAttack::new("key-in-extensions", "the extensions hold data that nobody shows", CHANGED, {
            changed("/Extensions<<", &format!("/Extensions<</X {first} 0 R"), junk())
        })
        .intact(),
        PdfAttack::new("key-in-trailer", "the trailer holds data that nobody shows", CHANGED, {
            let update = license.stamped((INVISIBLE, ""), ("", ""), vec![]);
            license.close(&Update { extra: "/Foo (hidden)".to_owned(), ..update })
        })
        .intact(),
        PdfAttack::new("flags-dropped", "SigFlags says that there are no signatures", CHANGED, {
            changed(&flags, "/SigFlags 0", vec![])
        }),
    ]
}

/// Behind the last signature: a certificate that is of use, and something beside it.
fn open(bench: &Bench) -> Vec<PdfAttack> {
    let license = License::of(bench);
    let free = license.free;
    let ca = bench.keys.ca.certificate().der();
    let store = |dss: &str, entry: &[u8], objects: Vec<(u32, u16, Vec<u8>)>| {
        let mut all = vec![
            license.catalog(&format!("/DSS {free} 0 R")),
            (free, 0, format!("<</Type /DSS /Certs [{} 0 R] {dss}>>", free + 1).into_bytes()),
            (free + 1, 0, entry.to_vec()),
        ];
        all.extend(objects);
        Update { objects: all, ..Update::default() }
    };
    let plain = stream("", ca);
    let with = |dss: &str, more: &[u8]| store(dss, &plain, vec![(free + 2, 0, more.to_vec())]).on(&bench.license);
    let of = |update: Update| update.on(&bench.license);
    let comment = |number: usize, before: &str, behind: &str| {
        let mut update = store("", &plain, vec![]);
        let body = &update.objects[number].2;
        update.objects[number].2 = [before.as_bytes(), body, behind.as_bytes()].concat();
        update.on(&bench.license)
    };
    let extensions = |to: &str| {
        let mut update = store("", &plain, vec![]);
        let catalog = String::from_utf8(update.objects[0].2.clone()).expect("text");
        let at = catalog.find("/Extensions").expect("extensions");
        let end = at + catalog[at..].find(">>>>").or_else(|| catalog[at..].find(">> >>")).expect("two ends");
        let end = end + if catalog[end..].starts_with(">>>>") { 4 } else { 5 };
        update.objects[0].2 = format!("{}{to}{}", &catalog[..at], &catalog[end..]).into_bytes();
        update.on(&bench.license)
    };
    let entry = format!("/VRI <</{} {} 0 R>>", "A".repeat(40), free + 2);
    let hidden = |name, how, bytes| PdfAttack::new(name, how, CHANGED, bytes).intact();
    let base = store("", &plain, vec![]).on(&bench.license);
    let id = super::super::file::find_last(&base, b"/ID").expect("identifiers");
    let opened = (id..base.len()).filter(|at| base[*at] == b'<').nth(1).expect("the second");
    vec![
        PdfAttack::new(
            "open-store-key",
            "the store has a key of its own",
            CHANGED,
            with(&format!("/Foo {} 0 R", free + 2), &stream("", b"hidden")),
        ),
        hidden("open-entry-key", "an entry of the VRI has a text", {
            with(&entry, format!("<</Type /VRI /TU (hidden) /Cert [{} 0 R]>>", free + 1).as_bytes())
        }),
        hidden(
            "open-entry-unlisted",
            "an entry of the VRI that the store does not list",
            with("", b"<</Type /VRI /Foo (hidden)>>"),
        ),
        hidden("open-stream-key", "the stream of the certificate has a key of its own", {
            of(store("", &stream("/Foo (hidden)", ca), vec![]))
        }),
        hidden("open-stream-behind", "bytes behind the packed certificate", {
            of(store("", &stream("/Filter /FlateDecode ", &[stored(ca), b"hidden".to_vec()].concat()), vec![]))
        }),
        PdfAttack::new("open-behind-der", "bytes behind the certificate", &["pdf.uncovered"], {
            of(store("", &stream("", &[ca, b"hidden"].concat()), vec![]))
        })
        .intact(),
        PdfAttack::new("open-twice", "the certificate twice", &["pdf.uncovered"], {
            let twice = format!("/CRLs [] /Certs [{} 0 R {} 0 R]", free + 1, free + 2);
            let mut update = store("", &plain, vec![(free + 2, 0, plain.clone())]);
            update.objects[1].2 = format!("<</Type /DSS {twice}>>").into_bytes();
            of(update)
        })
        .intact(),
        hidden("open-listed-twice", "the certificate listed twice", {
            let mut update = store("", &plain, vec![]);
            update.objects[1].2 = format!("<</Type /DSS /Certs [{0} 0 R {0} 0 R]>>", free + 1).into_bytes();
            of(update)
        }),
        hidden("open-trailer-key", "the trailer holds data that nobody shows", {
            of(Update { extra: "/Foo (hidden)".to_owned(), ..store("", &plain, vec![]) })
        }),
        hidden("open-identifier", "the second identifier is a text", {
            [
                &base[..opened + 1],
                b"48494444454e>]",
                &base[opened + base[opened..].iter().position(|b| *b == b']').expect("it ends") + 1..],
            ]
            .concat()
        }),
        hidden("open-comment-before", "a comment before an object", comment(0, "% hidden\n", "")),
        hidden("open-comment-behind", "a comment behind an object", comment(1, "", " % hidden")),
        hidden(
            "open-extension",
            "an extension of nobody",
            extensions("/Extensions <</ESIC <</BaseVersion /1.7 /ExtensionLevel 2>> /X (hidden)>>"),
        ),
        hidden("open-extension-level", "ETSI's extension at another level, of another version", {
            extensions("/Extensions <</ESIC <</BaseVersion /1.3 /ExtensionLevel 99>>>>")
        }),
        hidden("open-extensions-dropped", "the extensions are gone", extensions("")),
    ]
}

/// A zlib stream (RFC 1950) with one stored block, made without a library whose next version may pack otherwise.
fn stored(data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).expect("a small certificate");
    let (mut a, mut b) = (1u32, 0u32);
    for byte in data {
        a = (a + u32::from(*byte)) % 65521;
        b = (b + a) % 65521;
    }
    let mut out = vec![0x78, 0x01, 0x01];
    out.extend(length.to_le_bytes());
    out.extend((!length).to_le_bytes());
    out.extend_from_slice(data);
    out.extend((b << 16 | a).to_be_bytes());
    out
}

/// The same tools on an ordinary document.
fn notices(bench: &Bench) -> Vec<PdfAttack> {
    let keys = &bench.keys;
    let permits =
        |permission: u8| bench.signed(|file: &mut File| file.set(at::SIGNATURE, pades(&certifies(permission))));
    let annual = "<</FT /Sig /T (annual) /V 20 0 R /Type /Annot /Subtype /Widget /P 3 0 R /F 132 /Rect [72 100 172 200] /AP <</N 21 0 R>>>>";
    let look = stream("/Type /XObject /Subtype /Form /BBox [0 0 100 100] ", b"0 0 1 rg 10 10 80 80 re f");
    let passed = |pdf: &[u8]| {
        let value = dictionary("DocTimeStamp", "ETSI.RFC3161", "");
        let update = Update::of([(at::ANNUAL, annual.as_bytes()), (20, &value), (21, &look)]);
        fill(update.on(pdf), &|ranges| token(&ranges.concat(), SEALED, &keys.stamper))
    };
    let all = format!("{ANNOTATIONS} 30 0 R");
    let signed = |pdf: &[u8], field: &str| {
        let update = Update::of([
            (at::PAGE, page("4 0 R", &all, "").as_bytes()),
            (at::FORM, form(&all, "").as_bytes()),
            (30, field.as_bytes()),
            (31, &pades("")),
            (32, &look),
        ]);
        fill_by(update.on(pdf), &keys.impostor)
    };
    let defaults = bench.signed(|file| {
        let more = "/DA (/F1 9 Tf) /DR <</Font <</F1 5 0 R>>>> /NeedAppearances true";
        file.set(at::FORM, form(ANNOTATIONS, more));
    });
    let reform = |pdf: &[u8], form: &str, objects: &[(u32, &[u8])]| {
        let mut update = Update::of([(at::FORM, form.as_bytes())]);
        update.objects.extend(objects.iter().map(|(number, body)| (*number, 0, body.to_vec())));
        update.on(pdf)
    };
    vec![
        PdfAttack::new("inspected-by-nobody", "the prepared field holds a time-stamp and shows a seal", CHANGED, {
            passed(&bench.notice)
        }),
        PdfAttack::new("inspected-by-nobody-at-1", "the same after P = 1", CHANGED, passed(&permits(1))),
        PdfAttack::new("ink-at-1", "P = 1: Ink in an empty field, without a time-stamp", CHANGED, {
            let kid = "<</Type /Annot /Subtype /Ink /Parent 30 0 R /P 3 0 R /Rect [0 0 0 0] /F 4 /InkList [[72 700 200 715]]>>";
            let listed = page("4 0 R", &format!("{ANNOTATIONS} 31 0 R"), "");
            Update::of([
                (at::PAGE, listed.as_bytes()),
                (at::FORM, form(&all, "").as_bytes()),
                (30, b"<</FT /Sig /T (late) /Kids [31 0 R]>>"),
                (31, kid.as_bytes()),
            ])
            .on(&permits(1))
        }),
        PdfAttack::new("signature-is-a-stamp", "a later signature in a field that is a Stamp with a picture", CHANGED, {
            signed(
                &bench.notice,
                "<</FT /Sig /T (later) /V 31 0 R /Type /Annot /Subtype /Stamp /P 3 0 R /F 132 /Rect [60 690 300 730] /AP <</N 32 0 R>>>>",
            )
        })
        .by(Attacker::OwnKey),
        PdfAttack::new("name-taken", "a later, invisible signature in a field of the issuer's name", CHANGED, {
            signed(
                &bench.approval,
                "<</FT /Sig /T (issuer) /V 31 0 R /Type /Annot /Subtype /Widget /P 3 0 R /F 132 /Rect [0 0 0 0]>>",
            )
        })
        .of("notice-approval")
        .by(Attacker::OwnKey),
        PdfAttack::new("flags-dropped-notice", "SigFlags says that there are no signatures", CHANGED, {
            reform(&bench.notice, &form(ANNOTATIONS, "").replace("/SigFlags 3", "/SigFlags 0"), &[])
        }),
        PdfAttack::new("font-exchanged", "the form's font by that name is another: fields are painted anew", CHANGED, {
            let more = "/DA (/F1 9 Tf) /DR <</Font <</F1 30 0 R>>>> /NeedAppearances true";
            reform(&defaults, &form(ANNOTATIONS, more), &[(30, b"<</Type /Font /Subtype /Type1 /BaseFont /ZapfDingbats>>")])
        }),
        PdfAttack::new("appearance-exchanged", "the form's default is white: fields are painted anew", CHANGED, {
            let more = "/DA (/F1 9 Tf 1 g) /DR <</Font <</F1 5 0 R>>>> /NeedAppearances true";
            reform(&defaults, &form(ANNOTATIONS, more), &[])
        }),
        PdfAttack::new("defaults-at-1", "P = 1: the form gets defaults", CHANGED, {
            reform(&permits(1), &form(ANNOTATIONS, "/DA (/F1 0 Tf 1 g)"), &[])
        }),
    ]
}
