//! Class 14: what the machine reads is not what the eye sees. All of it sealed by the issuer.

use crate::attack::{Attack, Attacker, Base};
use crate::parts::Parts;
use crate::workshop::{PAGE, Workshop};

const RECORD: &str = "Doc_0/Attachs/license-record.json";
const INDEX: &str = "Doc_0/Attachs/license-index.txt";
/// The holder on the face of the good license, and somebody else.
const HOLDER: &str = "样例市颀颀面馆";
const OTHER_HOLDER: &str = "样例市颀颀餐馆";

pub(super) fn make(shop: &Workshop) -> Vec<Attack> {
    let mut attacks = contradictions(shop);
    attacks.extend(hidden(shop));
    attacks.extend(codes(shop));
    attacks.into_iter().map(|attack| attack.of(Base::License).by(Attacker::Insider).intact()).collect()
}

fn sealed(shop: &Workshop, change: impl FnOnce(&mut Parts)) -> Vec<u8> {
    shop.license_with(&shop.by_market(), change).to_zip()
}

fn contradictions(shop: &Workshop) -> Vec<Attack> {
    vec![
        Attack::new(
            "face-changed",
            "another holder on the face; record, index and metadata as they were",
            &["face.differs"],
            sealed(shop, |parts| {
                parts.replace_all(PAGE, HOLDER, OTHER_HOLDER);
            }),
        ),
        Attack::new(
            "record-changed",
            "another holder in the embedded record",
            &["index.differs"],
            sealed(shop, |parts| {
                parts.replace_all(RECORD, HOLDER, OTHER_HOLDER);
            }),
        ),
        Attack::new(
            "record-prolonged",
            "the embedded record is valid ten years longer",
            &["index.differs"],
            sealed(shop, |parts| {
                parts.replace_all(RECORD, "2029-03-04", "2039-03-04");
            }),
        ),
        Attack::new(
            "metadata-changed",
            "another holder in the metadata of OFD.xml",
            &["metadata.differs"],
            sealed(shop, |parts| {
                parts.replace("OFD.xml", HOLDER, OTHER_HOLDER);
            }),
        ),
        Attack::new(
            "metadata-added",
            "a value in the metadata that the record does not give",
            &["metadata.differs"],
            sealed(shop, |parts| {
                let more = "<ofd:CustomData Name=\"KZ_BEIZHU\">一切属实</ofd:CustomData></ofd:CustomDatas>";
                parts.replace("OFD.xml", "</ofd:CustomDatas>", more);
            }),
        ),
        Attack::new(
            "index-of-another",
            "the genuine index of another license is attached",
            &["index.differs"],
            sealed(shop, |parts| {
                let other = shop.license_other.get(INDEX).to_vec();
                parts.set(INDEX, other);
            }),
        ),
        Attack::new(
            "index-edited",
            "one character of the attached index is changed",
            &["token.signature"],
            sealed(shop, |parts| {
                let text = parts.text(INDEX);
                let at = text.len() - 20;
                let other = if &text[at..=at] == "A" { "B" } else { "A" };
                parts.set(INDEX, format!("{}{other}{}", &text[..at], &text[at + 1..]));
            }),
        ),
        Attack::new(
            "record-twice",
            "two records of one name: one for each reader",
            &["record.malformed"],
            sealed(shop, |parts| {
                let other = shop.license_other.get(RECORD).to_vec();
                parts.set("Doc_0/Attachs/record-2.json", other);
                parts.replace(
                    "Doc_0/Attachs/Attachments.xml",
                    "</ofd:Attachments>",
                    "<ofd:Attachment ID=\"A9\" Name=\"license-record.json\" Format=\"json\" Visible=\"false\">\
                 <ofd:FileLoc>record-2.json</ofd:FileLoc></ofd:Attachment></ofd:Attachments>",
                );
            }),
        ),
        Attack::new(
            "all-of-another",
            "record, index and metadata of another license behind this face",
            &["face.differs"],
            sealed(shop, |parts| {
                for name in [RECORD, INDEX, "OFD.xml"] {
                    let other = shop.license_other.get(name).to_vec();
                    parts.set(name, other);
                }
            }),
        ),
    ]
}

/// The element around the only occurrence of these words.
fn object_of(text: &str, words: &str) -> (usize, usize) {
    let at = text.find(words).expect("the words are on the page");
    let start = text[..at].rfind("<ofd:TextObject").expect("a text");
    let end = at + text[at..].find("</ofd:TextObject>").expect("its end") + "</ofd:TextObject>".len();
    (start, end)
}

/// The words that the program compares are there and cannot be seen; others can.
fn hidden(shop: &Workshop) -> Vec<Attack> {
    const CODES: &[&str] = &["face.differs"];
    let with = |hide: &dyn Fn(&str) -> String| {
        sealed(shop, |parts| {
            let text = parts.text(PAGE);
            let (start, end) = object_of(&text, HOLDER);
            let object = &text[start..end];
            parts.set(PAGE, format!("{}{}{}", &text[..start], hide(object), &text[end..]));
        })
    };
    let cover = |object: &str| {
        let boundary = crate::parts::between(object, "Boundary=\"", "\"").to_owned();
        format!(
            "{object}<ofd:PathObject ID=\"9001\" Boundary=\"{boundary}\" Stroke=\"false\" Fill=\"true\"><ofd:FillColor \
             Value=\"255 255 255\"/><ofd:AbbreviatedData>M 0 0 L 300 0 L 300 300 L 0 300 C</ofd:AbbreviatedData></ofd:PathObject>"
        )
    };
    vec![
        Attack::new(
            "words-switched-off",
            "the holder's name is there and switched off",
            CODES,
            with(&|object| object.replacen("<ofd:TextObject", "<ofd:TextObject Visible=\"false\"", 1)),
        ),
        Attack::new(
            "words-transparent",
            "the holder's name is fully transparent",
            CODES,
            with(&|object| object.replacen("<ofd:TextObject", "<ofd:TextObject Alpha=\"0\"", 1)),
        ),
        Attack::new(
            "words-not-filled",
            "the holder's name is neither filled nor stroked",
            CODES,
            with(&|object| object.replacen("<ofd:TextObject", "<ofd:TextObject Fill=\"false\" Stroke=\"false\"", 1)),
        ),
        Attack::new(
            "words-tiny",
            "the holder's name is a tenth of a millimetre high",
            CODES,
            with(&|object| object.replace("Size=\"4.586\"", "Size=\"0.1\"")),
        ),
        Attack::new(
            "words-white",
            "the holder's name has the colour of the paper",
            CODES,
            with(&|object| object.replacen("Value=\"26 26 26\"", "Value=\"255 255 255\"", 1)),
        ).open(),
        Attack::new("words-covered", "the holder's name lies under a white box", CODES, with(&cover)).open(),
        Attack::new(
            "words-clipped",
            "the holder's name lies outside of its own boundary",
            CODES,
            with(&|object| object.replacen("Y=\"5.243\"", "Y=\"95.243\"", 1)),
        ).open(),
        Attack::new(
            "words-twice",
            "another holder's name is drawn over the genuine one",
            CODES,
            with(&|object| format!("{object}{}", object.replace(HOLDER, OTHER_HOLDER))),
        ),
        Attack::new(
            "glyphs-of-others",
            "the holder's characters are drawn with the glyphs of other ones",
            CODES,
            with(&|object| {
                let glyphs = "<ofd:CGTransform CodePosition=\"0\" CodeCount=\"7\" GlyphCount=\"7\"><ofd:Glyphs>1 2 3 4 5 6 7</ofd:Glyphs>\
                          </ofd:CGTransform><ofd:TextCode";
                object.replacen("<ofd:TextCode", glyphs, 1)
            }),
        ).open(),
        Attack::new(
            "font-of-others",
            "the font draws other characters for the same text",
            CODES,
            sealed(shop, |parts| {
                let other = parts.get("Doc_0/Res/font_2.ttf").to_vec();
                parts.set("Doc_0/Res/font_4.ttf", other);
            }),
        ).open(),
    ]
}

/// The QR code on the page: its only picture.
fn codes(shop: &Workshop) -> Vec<Attack> {
    const CODES: &[&str] = &["face.differs"];
    let picture = shop.license.ending(".png");
    let with = |bytes: Vec<u8>| {
        sealed(shop, |parts| {
            parts.set(&picture, bytes);
        })
    };
    let other = shop.license_other.get(&shop.license_other.ending(".png")).to_vec();
    let cover = sealed(shop, |parts| {
        let text = parts.text(PAGE);
        let start = text.find("<ofd:ImageObject").expect("the QR code is a picture");
        let boundary = crate::parts::between(&text[start..], "Boundary=\"", "\"").to_owned();
        let cover = format!(
            "<ofd:PathObject ID=\"9002\" Boundary=\"{boundary}\" Stroke=\"false\" Fill=\"true\"><ofd:FillColor \
             Value=\"255 255 255\"/><ofd:AbbreviatedData>M 0 0 L 300 0 L 300 300 L 0 300 C</ofd:AbbreviatedData>\
             </ofd:PathObject></ofd:Layer></ofd:Content>"
        );
        parts.replace(PAGE, "</ofd:Layer></ofd:Content>", &cover);
    });
    let removed = sealed(shop, |parts| {
        let text = parts.text(PAGE);
        let start = text.find("<ofd:ImageObject").expect("the QR code is a picture");
        let end = start + text[start..].find("/>").expect("its end") + 2;
        parts.set(PAGE, format!("{}{}", &text[..start], &text[end..]));
    });
    vec![
        Attack::new(
            "qr-of-another",
            "the QR code drawn on the page is another license's",
            &["index.differs"],
            with(other),
        ),
        Attack::new("qr-blank", "the QR code is an empty box", CODES, with(crate::picture::png(40, |_, _| [255; 4])))
            .open(),
        Attack::new("qr-covered", "a white box covers the QR code", CODES, cover).open(),
        Attack::new("qr-removed", "the page shows no QR code", CODES, removed).open(),
    ]
}
