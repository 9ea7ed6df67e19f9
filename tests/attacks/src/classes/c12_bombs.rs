//! Class 12: small files that want much: memory, time, depth. Refused within budgets, never by falling over.

use crate::attack::{Attack, Attacker};
use crate::parts::Parts;
use crate::sign::{LIST, NAMESPACE, SIGNATURE};
use crate::workshop::{ATTACHMENTS, DIGITS, DOCUMENT, DOCUMENT_RES, PAGE, Workshop};
use crate::zip::{Entry, Zip};

const LARGE: &[&str] = &["input.too-large"];

pub(super) fn make(shop: &Workshop) -> Vec<Attack> {
    let mut attacks = zips(shop);
    attacks.extend(documents(shop));
    attacks.extend(signatures(shop));
    attacks
}

fn zips(shop: &Workshop) -> Vec<Attack> {
    let with = |change: &dyn Fn(&mut Zip)| {
        let mut zip = Zip::of(&shop.notice);
        change(&mut zip);
        zip.to_bytes()
    };
    vec![
        Attack::new(
            "zeros",
            "thirty megabytes of zeros in thirty kilobytes",
            LARGE,
            with(&|zip| {
                zip.entries.push(Entry::deflated("Doc_0/Res/zeros.bin", &vec![0; 30 << 20]));
            }),
        )
        .unsigned()
        .unclear(),
        Attack::new(
            "shared-body",
            "four hundred directory records share one megabyte of zeros",
            &["ofd.unreadable"],
            with(&|zip| {
                let body = zip.entries.len();
                zip.entries.push(Entry::deflated("Doc_0/Res/000.bin", &vec![0; 1 << 20]));
                for at in 1..400 {
                    let mut twin = zip.entries[body].clone();
                    twin.name = format!("Doc_0/Res/{at:03}.bin").into_bytes();
                    (twin.present, twin.offset_of) = (false, Some(body));
                    zip.entries.push(twin);
                }
            }),
        ),
        Attack::new(
            "declared-gigabytes",
            "the headers of the page declare nearly four gigabytes: readers that reserve what is declared fall over",
            LARGE,
            with(&|zip| {
                let entry = zip.entry(PAGE);
                entry.told.2 = 0xffff_fff0;
            }),
        )
        .unsigned()
        .unclear(),
        Attack::new(
            "many-entries",
            "five thousand empty entries",
            LARGE,
            with(&|zip| {
                for at in 0..5000 {
                    zip.entries.push(Entry::stored(&format!("{at:x}"), b""));
                }
            }),
        )
        .unsigned()
        .unclear(),
        Attack::new("path-operators", "a page of two million path operators", LARGE, {
            let path = "L 0 0 ".repeat(2_000_000);
            with(&|zip| {
                let page = shop.notice.text(PAGE).replace("M 0 0 L 150 0", &format!("M 0 0 {path}"));
                *zip.entry(PAGE) = Entry::deflated(PAGE, page.as_bytes());
            })
        })
        .unsigned()
        .unclear(),
    ]
}

fn sealed(shop: &Workshop, change: &dyn Fn(&mut Parts)) -> Vec<u8> {
    shop.sealed_by_market(change).to_zip()
}

/// Sealed like this: no digest gives it away, only the budget of the reader.
fn documents(shop: &Workshop) -> Vec<Attack> {
    let composites = |units: &str| {
        sealed(shop, &|parts| {
            parts.replace(
                DOCUMENT_RES,
                "</ofd:Res>",
                &format!("<ofd:CompositeGraphicUnits>{units}</ofd:CompositeGraphicUnits></ofd:Res>"),
            );
            let object =
                "<ofd:CompositeObject ID=\"96\" Boundary=\"0 0 10 10\" ResourceID=\"200\"/></ofd:Layer></ofd:Content>";
            parts.replace(PAGE, "</ofd:Layer></ofd:Content>", object);
        })
    };
    let unit = |id: usize, inside: usize, count: usize| {
        let object =
            format!("<ofd:CompositeObject ID=\"{}\" Boundary=\"0 0 10 10\" ResourceID=\"{inside}\"/>", id + 1000);
        format!(
            "<ofd:CompositeGraphicUnit ID=\"{id}\" Width=\"10\" Height=\"10\"><ofd:Content>{}</ofd:Content></ofd:CompositeGraphicUnit>",
            object.repeat(count)
        )
    };
    let page = |from: &'static str, to: String| {
        sealed(shop, &|parts| {
            parts.replace(PAGE, from, &to);
        })
    };
    let attacks = vec![
        Attack::new("depth", "page blocks nested twenty thousand deep", LARGE, {
            let (open, close) = ("<ofd:PageBlock ID=\"97\">".repeat(20_000), "</ofd:PageBlock>".repeat(20_000));
            page("</ofd:Layer></ofd:Content>", format!("{open}{close}</ofd:Layer></ofd:Content>"))
        }),
        Attack::new("attributes", "one element with five thousand attributes", LARGE, {
            let attributes: String = (0..5000).map(|at| format!(" a{at}=\"\"")).collect();
            page("<ofd:Content>", format!("<ofd:Content{attributes}>"))
        }),
        Attack::new(
            "prefixes",
            "a hundred prefixes on each of fifty levels, and a hundred thousand elements below",
            LARGE,
            {
                let open = |level: usize| {
                    let list: String = (0..100).map(|at| format!(" xmlns:a{level}x{at}=\"u\"")).collect();
                    format!("<ofd:PageBlock ID=\"97\"{list}>")
                };
                let levels: String = (0..50).map(open).collect();
                let elements = "<ofd:C/>".repeat(100_000);
                let close = "</ofd:PageBlock>".repeat(50);
                page("</ofd:Layer></ofd:Content>", format!("{levels}{elements}{close}</ofd:Layer></ofd:Content>"))
            },
        ),
        Attack::new("pages", "twenty thousand pages that are one file", LARGE, {
            let pages: String = (0..20_000)
                .map(|at| format!("<ofd:Page ID=\"{}\" BaseLoc=\"Pages/Page_0/Content.xml\"/>", 1000 + at))
                .collect();
            sealed(shop, &|parts| {
                parts.replace(DOCUMENT, "</ofd:Pages>", &format!("{pages}</ofd:Pages>"));
            })
        }),
        Attack::new("composite-cycle", "a composite that contains itself", LARGE, composites(&unit(200, 200, 1))),
        Attack::new("composite-ring", "three composites that contain each other in a ring", LARGE, {
            composites(&[unit(200, 201, 1), unit(201, 202, 1), unit(202, 200, 1)].concat())
        }),
        Attack::new("composite-tree", "nine composites, each ten times the next: a thousand million objects", LARGE, {
            let units: String = (0..9).map(|at| unit(200 + at, 201 + at, 10)).collect();
            composites(&format!("{units}{}", unit(209, 4, 0)))
        }),
    ];
    let mut attacks: Vec<Attack> =
        attacks.into_iter().map(|attack| attack.by(Attacker::Insider).intact().unclear()).collect();
    attacks.push(
        Attack::new(
            "records",
            "one file of a megabyte, attached nine thousand times as the record of a license",
            &["record.malformed"],
            {
                let attachment = "<ofd:Attachment ID=\"99\" Name=\"license-record.json\"><ofd:FileLoc>record</ofd:FileLoc></ofd:Attachment>";
                sealed(shop, &|parts| {
                    parts.replace(
                        ATTACHMENTS,
                        "</ofd:Attachments>",
                        &format!("{}</ofd:Attachments>", attachment.repeat(9000)),
                    );
                    parts.set("Doc_0/Attachs/record", "0123456789abcdef".repeat(1 << 16));
                })
            },
        )
        .by(Attacker::Insider)
        .intact(),
    );
    attacks.push(Attack::new(
        "glyph-cycle",
        "the font of the digits is exchanged for one whose glyphs contain themselves: readers that draw first never end",
        &["ofd.digest"],
        shop.changed(|parts| {
            let font = with_cycle(parts.get(DIGITS));
            parts.set(DIGITS, font);
        }),
    ));
    attacks
}

fn signatures(shop: &Workshop) -> Vec<Attack> {
    let open = |change: &dyn Fn(&mut Parts)| {
        let mut parts = shop.notice_open.clone();
        change(&mut parts);
        parts.to_zip()
    };
    vec![
        Attack::new(
            "many-signatures",
            "the open list names ten thousand signatures, all of them the first",
            LARGE,
            open(&|parts| {
                let records: String = (0..10_000)
                    .map(|at| format!("<ofd:Signature ID=\"{at}\" Type=\"Seal\" BaseLoc=\"/{SIGNATURE}\"/>"))
                    .collect();
                parts.set(
                    LIST,
                    format!("<ofd:Signatures {NAMESPACE}><ofd:MaxSignId>2</ofd:MaxSignId>{records}</ofd:Signatures>"),
                );
            }),
        )
        .intact()
        .of(crate::attack::Base::Open),
        Attack::new(
            "many-references",
            "Signature.xml repeats one reference twenty thousand times",
            LARGE,
            shop.changed(|parts| {
                let text = parts.text(SIGNATURE);
                let start = text.find("<ofd:Reference ").expect("a reference");
                let end = start + text[start..].find("</ofd:Reference>").expect("its end") + "</ofd:Reference>".len();
                let repeated = text[start..end].repeat(20_000);
                parts.replace(SIGNATURE, "</ofd:References>", &format!("{repeated}</ofd:References>"));
            }),
        ),
    ]
}

/// The same font; every glyph with an outline is a composite of itself (OpenType `glyf`).
fn with_cycle(font: &[u8]) -> Vec<u8> {
    let word = |at: usize| u16::from_be_bytes([font[at], font[at + 1]]);
    let long = |at: usize| u32::from_be_bytes([font[at], font[at + 1], font[at + 2], font[at + 3]]) as usize;
    let table = |tag: &[u8]| {
        let rows = (0..usize::from(word(4))).map(|at| 12 + 16 * at);
        let row = rows.clone().find(|row| &font[*row..row + 4] == tag).expect("a TrueType font");
        (long(row + 8), long(row + 12))
    };
    let (head, _) = table(b"head");
    let (loca, loca_length) = table(b"loca");
    let (glyf, _) = table(b"glyf");
    let wide = word(head + 50) == 1;
    let count = loca_length / if wide { 4 } else { 2 } - 1;
    let offset = |glyph: usize| if wide { long(loca + 4 * glyph) } else { 2 * usize::from(word(loca + 2 * glyph)) };
    let mut out = font.to_vec();
    for glyph in 0..count {
        let (start, end) = (offset(glyph), offset(glyph + 1));
        // numberOfContours -1, the bounding box as it was, then one component: itself, by words, moved by nothing.
        if end - start >= 18 {
            let at = glyf + start;
            out[at..at + 2].copy_from_slice(&(-1i16).to_be_bytes());
            out[at + 10..at + 12].copy_from_slice(&0x0001u16.to_be_bytes());
            out[at + 12..at + 14].copy_from_slice(&(glyph as u16).to_be_bytes());
            out[at + 14..at + 18].fill(0);
        }
    }
    out
}
