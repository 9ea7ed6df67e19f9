//! Class 14, what is drawn: the words that a program compares are there, and the eye sees others or none.

use crate::attack::Attack;
use crate::font::{Font, exchanged};
use crate::parts::Parts;
use crate::workshop::{DOCUMENT, DOCUMENT_RES, PAGE, PUBLIC_RES, Workshop};

use super::c14_content::{HOLDER, OTHER_HOLDER, sealed};

/// Codes of our reports.
const HIDDEN: &[&str] = &["face.hidden"];
const GLYPHS: &[&str] = &["face.glyphs"];
const DIFFERS: &[&str] = &["face.differs"];
const NOT_SHOWN: &[&str] = &["index.not-shown"];
/// The font of the holder's name.
const FONT: &str = "Doc_0/Res/font_4.ttf";
const NAMESPACE: &str = "xmlns:ofd=\"http://www.ofdspec.org/2016\"";
/// A path over everything, as far as its boundary lets it.
const EVERYTHING: &str = "<ofd:AbbreviatedData>M 0 0 L 300 0 L 300 300 L 0 300 C</ofd:AbbreviatedData>";

pub(super) fn make(shop: &Workshop) -> Vec<Attack> {
    let mut attacks = coloured(shop);
    attacks.extend(covered(shop));
    attacks.extend(cut(shop));
    attacks.extend(placed(shop));
    attacks.extend(glyphs(shop));
    attacks.extend(fonts(shop));
    attacks.extend(codes(shop));
    attacks
}

/// The element around the only occurrence of these words.
fn object_of(text: &str, words: &str) -> (usize, usize) {
    let at = text.find(words).expect("the words are on the page");
    let start = text[..at].rfind("<ofd:TextObject").expect("a text");
    let end = at + text[at..].find("</ofd:TextObject>").expect("its end") + "</ofd:TextObject>".len();
    (start, end)
}

/// Another object in place of the holder's name.
fn instead(parts: &mut Parts, hide: impl Fn(&str) -> String) {
    let text = parts.text(PAGE);
    let (start, end) = object_of(&text, HOLDER);
    parts.set(PAGE, format!("{}{}{}", &text[..start], hide(&text[start..end]), &text[end..]));
}

fn with(shop: &Workshop, hide: impl Fn(&str) -> String) -> Vec<u8> {
    sealed(shop, |parts| instead(parts, hide))
}

fn boundary(object: &str) -> &str {
    crate::parts::between(object, "Boundary=\"", "\"")
}

/// A filled box without a line.
fn patch(boundary: &str, colour: &str) -> String {
    format!(
        "<ofd:PathObject ID=\"9001\" Boundary=\"{boundary}\" Stroke=\"false\" Fill=\"true\"><ofd:FillColor \
         Value=\"{colour}\"/>{EVERYTHING}</ofd:PathObject>"
    )
}

fn coloured(shop: &Workshop) -> Vec<Attack> {
    let colour =
        |value: &str| with(shop, |object| object.replacen("Value=\"26 26 26\"", &format!("Value=\"{value}\""), 1));
    let tagged = |attributes: &str| {
        with(shop, |object| object.replacen("<ofd:TextObject", &format!("<ofd:TextObject {attributes}"), 1))
    };
    vec![
        Attack::new(
            "words-switched-off",
            "the holder's name is there and switched off",
            DIFFERS,
            tagged("Visible=\"false\""),
        ),
        Attack::new("words-transparent", "the holder's name is fully transparent", DIFFERS, tagged("Alpha=\"0\"")),
        Attack::new(
            "words-not-filled",
            "the holder's name is neither filled nor stroked",
            DIFFERS,
            tagged("Fill=\"false\" Stroke=\"false\""),
        ),
        Attack::new("words-faint", "the holder's name is nearly transparent", HIDDEN, tagged("Alpha=\"20\"")),
        Attack::new("words-white", "the holder's name has the colour of the paper", HIDDEN, colour("255 255 255")),
        Attack::new(
            "words-nearly-white",
            "the holder's name is a shade darker than the paper",
            HIDDEN,
            colour("240 240 236"),
        ),
        Attack::new(
            "words-on-their-colour",
            "a box of the words' own colour is painted below the holder's name",
            HIDDEN,
            with(shop, |object| format!("{}{object}", patch(boundary(object), "26 26 26"))),
        ),
        Attack::new(
            "words-of-a-pattern",
            "the holder's name is painted with a shading from white to white",
            HIDDEN,
            with(shop, |object| {
                let shading = "<ofd:FillColor><ofd:AxialShd StartPoint=\"0 0\" EndPoint=\"40 0\"><ofd:Segment Position=\"0\">\
                     <ofd:Color Value=\"255 255 255\"/></ofd:Segment><ofd:Segment Position=\"1\"><ofd:Color Value=\"255 \
                     255 255\"/></ofd:Segment></ofd:AxialShd></ofd:FillColor>";
                object.replacen("<ofd:FillColor Value=\"26 26 26\"/>", shading, 1)
            }),
        ),
        Attack::new(
            "words-of-a-drawing-parameter",
            "the colour of the holder's name is left to a DrawParam, which says white",
            HIDDEN,
            sealed(shop, |parts| {
                instead(parts, |object| {
                    let object = object.replacen("<ofd:FillColor Value=\"26 26 26\"/>", "", 1);
                    object.replacen("<ofd:TextObject", "<ofd:TextObject DrawParam=\"9003\"", 1)
                });
                let white = "<ofd:DrawParams><ofd:DrawParam ID=\"9003\"><ofd:FillColor Value=\"255 255 255\"/></ofd:DrawParam>\
                             </ofd:DrawParams><ofd:Fonts>";
                parts.replace(PUBLIC_RES, "<ofd:Fonts>", white);
            }),
        ),
    ]
}

fn covered(shop: &Workshop) -> Vec<Attack> {
    let over = |cover: &dyn Fn(&str) -> String| with(shop, |object| format!("{object}{}", cover(boundary(object))));
    vec![
        Attack::new(
            "words-covered",
            "the holder's name lies under a white box",
            HIDDEN,
            over(&|boundary| patch(boundary, "255 255 255")),
        ),
        Attack::new(
            "words-covered-in-part",
            "a white box lies over one character of the holder's name",
            HIDDEN,
            over(&|_| patch("84.4 73 4.6 8", "255 255 255")),
        ),
        Attack::new(
            "words-covered-by-a-line",
            "a wide white line runs over the holder's name",
            HIDDEN,
            over(&|boundary| {
                format!(
                    "<ofd:PathObject ID=\"9001\" Boundary=\"{boundary}\" LineWidth=\"6\"><ofd:StrokeColor Value=\"255 255 \
                     255\"/><ofd:AbbreviatedData>M 0 4 L 36 4</ofd:AbbreviatedData></ofd:PathObject>"
                )
            }),
        ),
        Attack::new(
            "words-covered-by-an-arc",
            "a white disc, drawn with arcs, lies over the holder's name",
            HIDDEN,
            over(&|boundary| {
                format!(
                    "<ofd:PathObject ID=\"9001\" Boundary=\"{boundary}\" Stroke=\"false\" Fill=\"true\"><ofd:FillColor \
                     Value=\"255 255 255\"/><ofd:AbbreviatedData>M 0 4 A 20 20 0 1 1 36 4 A 20 20 0 1 1 0 4 C\
                     </ofd:AbbreviatedData></ofd:PathObject>"
                )
            }),
        ),
        Attack::new(
            "words-covered-by-veils",
            "nine white veils, none of which hides much, lie over the holder's name",
            HIDDEN,
            over(&|boundary| {
                let veil =
                    patch(boundary, "255 255 255").replacen("<ofd:PathObject", "<ofd:PathObject Alpha=\"60\"", 1);
                (0..9).map(|nth| veil.replacen("9001", &format!("901{nth}"), 1)).collect()
            }),
        ),
        Attack::new(
            "words-covered-by-a-picture",
            "a white picture lies over the holder's name",
            HIDDEN,
            sealed(shop, |parts| {
                parts.set("Doc_0/Res/white.png", crate::picture::png(8, |_, _| [255; 4]));
                parts.replace(
                    DOCUMENT_RES,
                    "</ofd:MultiMedias>",
                    "<ofd:MultiMedia ID=\"9004\" Type=\"Image\" Format=\"PNG\"><ofd:MediaFile>white.png</ofd:MediaFile>\
                     </ofd:MultiMedia></ofd:MultiMedias>",
                );
                instead(parts, |object| {
                    let boundary = boundary(object);
                    format!(
                        "{object}<ofd:ImageObject ID=\"9005\" Boundary=\"{boundary}\" CTM=\"36 0 0 8 0 0\" ResourceID=\"9004\"/>"
                    )
                });
            }),
        ),
        Attack::new(
            "words-covered-by-an-annotation",
            "an annotation, sealed with the page, lies white over the holder's name",
            HIDDEN,
            sealed(shop, |parts| {
                let page = crate::parts::between(&parts.text(DOCUMENT), "<ofd:Page ID=\"", "\"").to_owned();
                parts.set(
                    "Doc_0/Annots/Annotations.xml",
                    format!(
                        "<ofd:Annotations {NAMESPACE}><ofd:Page PageID=\"{page}\"><ofd:FileLoc>Page_0/Annotation.xml\
                         </ofd:FileLoc></ofd:Page></ofd:Annotations>"
                    ),
                );
                let inside = patch("0 0 36 8", "255 255 255");
                parts.set(
                    "Doc_0/Annots/Page_0/Annotation.xml",
                    format!(
                        "<ofd:PageAnnot {NAMESPACE}><ofd:Annot ID=\"90\" Type=\"Path\" Creator=\"x\" \
                         LastModDate=\"2026-12-02\"><ofd:Appearance Boundary=\"64 73 36 8\">{inside}</ofd:Appearance>\
                         </ofd:Annot></ofd:PageAnnot>"
                    ),
                );
                parts.replace(
                    DOCUMENT,
                    "<ofd:Attachments>",
                    "<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations><ofd:Attachments>",
                );
            }),
        ),
        Attack::new(
            "digit-crossed",
            "a hairline makes another character of one in the holder's name",
            HIDDEN,
            over(&|_| {
                "<ofd:PathObject ID=\"9001\" Boundary=\"66 73 5 8\" LineWidth=\"0.2\"><ofd:StrokeColor Value=\"26 26 26\"/>\
                 <ofd:AbbreviatedData>M 0.6 3.6 L 4 3.4</ofd:AbbreviatedData></ofd:PathObject>"
                    .to_owned()
            }),
        ),
        Attack::new(
            "words-outlined",
            "a wide white line runs round every letter of the holder's name, and over it",
            HIDDEN,
            with(shop, |object| {
                let object = object.replacen("<ofd:TextObject", "<ofd:TextObject Stroke=\"true\" LineWidth=\"5\"", 1);
                object.replacen(
                    "Value=\"26 26 26\"/>",
                    "Value=\"26 26 26\"/><ofd:StrokeColor Value=\"255 255 255\"/>",
                    1,
                )
            }),
        ),
        Attack::new(
            "words-twice",
            "another holder's name is drawn over the genuine one",
            DIFFERS,
            with(shop, |object| format!("{object}{}", object.replace(HOLDER, OTHER_HOLDER))),
        ),
    ]
}

fn cut(shop: &Workshop) -> Vec<Attack> {
    vec![
        Attack::new(
            "words-clipped",
            "the holder's name lies outside of its own boundary",
            HIDDEN,
            with(shop, |object| object.replacen("Y=\"5.243\"", "Y=\"95.243\"", 1)),
        ),
        Attack::new(
            "words-cut-at-the-boundary",
            "the boundary of the holder's name ends before its last characters",
            HIDDEN,
            with(shop, |object| object.replacen("Boundary=\"64 73 36 8\"", "Boundary=\"64 73 25 8\"", 1)),
        ),
        Attack::new(
            "words-cut-by-a-clip",
            "a clip leaves nothing of the holder's name",
            HIDDEN,
            with(shop, |object| {
                let clip = "<ofd:Clips><ofd:Clip><ofd:Area><ofd:Path Boundary=\"0 0 1 1\"><ofd:AbbreviatedData>M 0 0 L 1 0 L 1 1 C\
                            </ofd:AbbreviatedData></ofd:Path></ofd:Area></ofd:Clip></ofd:Clips><ofd:FillColor";
                object.replacen("<ofd:FillColor", clip, 1)
            }),
        ),
        Attack::new(
            "words-cut-by-a-block",
            "a composite around the holder's name shows none of it",
            HIDDEN,
            sealed(shop, |parts| {
                let text = parts.text(PAGE);
                let (start, end) = object_of(&text, HOLDER);
                let object = text[start..end].to_owned();
                instead(parts, |_| {
                    "<ofd:CompositeObject ID=\"9006\" Boundary=\"0 0 10 10\" ResourceID=\"9007\"/>".to_owned()
                });
                let unit = format!(
                    "<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID=\"9007\" Width=\"297\" Height=\"210\">\
                     <ofd:Content>{object}</ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits></ofd:Res>"
                );
                parts.replace(PUBLIC_RES, "</ofd:Res>", &unit);
            }),
        ),
        Attack::new(
            "words-tiny",
            "the holder's name is a tenth of a millimetre high",
            DIFFERS,
            with(shop, |object| object.replace("Size=\"4.586\"", "Size=\"0.1\"")),
        ),
        Attack::new(
            "words-shrunk",
            "a transformation makes the holder's name a fiftieth of its size",
            HIDDEN,
            with(shop, |object| object.replacen(" Font=", " CTM=\"0.02 0 0 0.02 2 5\" Font=", 1)),
        ),
        Attack::new(
            "words-turned",
            "the holder's name stands on its head",
            HIDDEN,
            with(shop, |object| object.replacen(" Font=", " CTM=\"-1 0 0 -1 36 8\" Font=", 1)),
        ),
    ]
}

fn placed(shop: &Workshop) -> Vec<Attack> {
    let deltas = "DeltaX=\"4.586 4.586 4.586 4.586 4.586 4.586\"";
    vec![
        Attack::new(
            "words-exchanged",
            "the holder's name stands where its representative should, and the other way round",
            DIFFERS,
            sealed(shop, |parts| {
                let text = parts.text(PAGE);
                let text = text.replacen("Boundary=\"64 73 36 8\"", "Boundary=\"64 97.5 36 8\"", 1);
                let text = text.replacen("Boundary=\"64 97 13 8\"", "Boundary=\"64 73 13 8\"", 1);
                parts.set(PAGE, text);
            }),
        ),
        Attack::new(
            "letters-exchanged",
            "the characters of the holder's name are drawn from right to left",
            DIFFERS,
            with(shop, |object| {
                let back = deltas.replace("4.586", "-4.586");
                object.replacen(deltas, &back, 1).replacen("X=\"2\"", "X=\"29.516\"", 1)
            }),
        ),
        Attack::new(
            "letters-piled-up",
            "all characters of the holder's name are drawn in one place",
            DIFFERS,
            with(shop, |object| object.replacen(deltas, "DeltaX=\"0 0 0 0 0 0\"", 1)),
        ),
        Attack::new(
            "words-moved",
            "the holder's name stands in an empty corner of the page",
            DIFFERS,
            with(shop, |object| object.replacen("Boundary=\"64 73 36 8\"", "Boundary=\"220 180 36 8\"", 1)),
        ),
        Attack::new(
            "words-grey",
            "the holder's name is light grey, far from what the template asks for",
            DIFFERS,
            with(shop, |object| object.replacen("Value=\"26 26 26\"", "Value=\"190 190 190\"", 1)),
        ),
    ]
}

fn glyphs(shop: &Workshop) -> Vec<Attack> {
    let transform = |codes: usize, glyphs: &[u16]| {
        let list: Vec<String> = glyphs.iter().map(u16::to_string).collect();
        let transform = format!(
            "<ofd:CGTransform CodePosition=\"0\" CodeCount=\"{codes}\" GlyphCount=\"{}\"><ofd:Glyphs>{}</ofd:Glyphs>\
             </ofd:CGTransform><ofd:TextCode",
            glyphs.len(),
            list.join(" ")
        );
        with(shop, |object| object.replacen("<ofd:TextCode", &transform, 1))
    };
    let map = Font::open(shop.license.get(FONT)).map();
    let own: Vec<u16> =
        HOLDER.chars().map(|wanted| map.iter().find(|(char, _)| *char == wanted).expect("its font").1).collect();
    let turned: Vec<u16> = own.iter().rev().copied().collect();
    let mut one_other = own.clone();
    one_other[5] = map.iter().find(|(_, glyph)| !own.contains(glyph)).expect("more characters").1;
    vec![
        Attack::new(
            "glyphs-of-others",
            "the holder's characters are drawn with the glyphs of other ones",
            GLYPHS,
            transform(7, &[1, 2, 3, 4, 5, 6, 7]),
        ),
        Attack::new(
            "glyphs-of-each-other",
            "the holder's characters are drawn with each other's glyphs",
            GLYPHS,
            transform(7, &turned),
        ),
        Attack::new(
            "glyph-of-another",
            "one character of the holder's name is drawn as another",
            GLYPHS,
            transform(7, &one_other),
        ),
        Attack::new(
            "blanks-drawn",
            "blanks behind the holder's name, which no program compares, are drawn with glyphs of characters",
            GLYPHS,
            with(shop, |object| {
                let more = object.replacen("Boundary=\"64 73 36 8\"", "Boundary=\"100 73 36 8\"", 1);
                let more = more.replacen(&format!(">{HOLDER}<"), ">\u{3000}\u{3000}\u{3000}<", 1);
                let list = format!("{} {} {}", own[0], own[1], own[2]);
                let glyphs = format!(
                    "<ofd:CGTransform CodePosition=\"0\" CodeCount=\"3\" GlyphCount=\"3\"><ofd:Glyphs>{list}</ofd:Glyphs>\
                     </ofd:CGTransform><ofd:TextCode"
                );
                format!("{object}{}", more.replacen("<ofd:TextCode", &glyphs, 1))
            }),
        ),
        Attack::new(
            "glyphs-of-several",
            "one glyph stands for the whole of the holder's name",
            GLYPHS,
            transform(7, &own[..1]),
        ),
        Attack::new(
            "glyphs-of-none",
            "the holder's characters are drawn with glyphs that the font does not have",
            GLYPHS,
            transform(7, &[60_000; 7]),
        ),
    ]
}

fn fonts(shop: &Workshop) -> Vec<Attack> {
    let with = |change: &dyn Fn(&mut Font)| {
        sealed(shop, |parts| {
            let mut font = Font::open(parts.get(FONT));
            change(&mut font);
            parts.set(FONT, font.to_file());
        })
    };
    vec![
        Attack::new(
            "font-of-others",
            "the font draws other characters for the same text",
            GLYPHS,
            sealed(shop, |parts| {
                let other = parts.get("Doc_0/Res/font_2.ttf").to_vec();
                parts.set(FONT, other);
            }),
        ),
        Attack::new(
            "font-map-lies",
            "the character map of the font exchanges two characters",
            GLYPHS,
            with(&|font| {
                font.exchange_in_map('面', '馆');
            }),
        ),
        Attack::new(
            "font-maps-contradict",
            "two character maps of one font: each reader takes another",
            GLYPHS,
            with(&|font| {
                let map = font.map();
                font.set_maps(&map, &exchanged(map.clone(), '面', '馆'));
            }),
        ),
        Attack::new(
            "font-outlines-exchanged",
            "the font is honest about characters and glyphs, and two outlines have changed places",
            GLYPHS,
            with(&|font| {
                font.exchange_outlines('面', '馆');
            }),
        ),
        Attack::new(
            "font-shrunk",
            "the font says that its glyphs are a tenth of their size",
            GLYPHS,
            with(&|font| {
                font.shrink();
            }),
        ),
        Attack::new(
            "font-not-embedded",
            "the font of the values is only named, so that every reader takes one of its own",
            GLYPHS,
            sealed(shop, |parts| {
                parts.replace(PUBLIC_RES, "<ofd:FontFile>font_4.ttf</ofd:FontFile>", "");
                parts.remove(FONT);
            }),
        ),
    ]
}

/// The QR code on the page: its only picture.
fn codes(shop: &Workshop) -> Vec<Attack> {
    let picture = shop.license.ending(".png");
    let with = |bytes: Vec<u8>| {
        sealed(shop, |parts| {
            parts.set(&picture, bytes);
        })
    };
    let changed = |change: &dyn Fn(&str) -> String| {
        sealed(shop, |parts| {
            let text = parts.text(PAGE);
            let start = text.find("<ofd:ImageObject").expect("the QR code is a picture");
            let end = start + text[start..].find("/>").expect("its end") + 2;
            parts.set(PAGE, format!("{}{}{}", &text[..start], change(&text[start..end]), &text[end..]));
        })
    };
    let other = shop.license_other.get(&shop.license_other.ending(".png")).to_vec();
    let smaller = |object: &str, boundary: &str, ctm: &str| {
        let old = crate::parts::between(object, "Boundary=\"", "\"");
        let old_ctm = crate::parts::between(object, "CTM=\"", "\"");
        object.replacen(old, boundary, 1).replacen(old_ctm, ctm, 1)
    };
    vec![
        Attack::new(
            "qr-of-another",
            "the QR code drawn on the page is another license's",
            &["index.differs"],
            with(other),
        ),
        Attack::new(
            "qr-blank",
            "the QR code is an empty box",
            NOT_SHOWN,
            with(crate::picture::png(40, |_, _| [255; 4])),
        ),
        Attack::new(
            "qr-unreadable",
            "the QR code is a chequered box that no phone reads",
            NOT_SHOWN,
            with(crate::picture::png(40, |x, y| if (x / 4 + y / 4) % 2 == 0 { [0, 0, 0, 255] } else { [255; 4] })),
        ),
        Attack::new(
            "qr-covered",
            "a white box covers the QR code",
            NOT_SHOWN,
            changed(&|object| format!("{object}{}", patch(boundary(object), "255 255 255"))),
        ),
        Attack::new(
            "qr-covered-in-part",
            "a black spot lies on the QR code",
            NOT_SHOWN,
            changed(&|object| {
                let numbers: Vec<f64> = boundary(object).split(' ').map(|n| n.parse().expect("a number")).collect();
                let spot = format!("{} {} 6 6", numbers[0] + 8.0, numbers[1] + 8.0);
                format!("{object}{}", patch(&spot, "0 0 0"))
            }),
        ),
        Attack::new("qr-removed", "the page shows no QR code", NOT_SHOWN, changed(&|_| String::new())),
        Attack::new(
            "qr-switched-off",
            "the QR code is there and switched off",
            NOT_SHOWN,
            changed(&|object| object.replacen("<ofd:ImageObject", "<ofd:ImageObject Visible=\"false\"", 1)),
        ),
        Attack::new(
            "qr-tiny",
            "the QR code is three millimetres wide",
            NOT_SHOWN,
            changed(&|object| smaller(object, "200 150 3 3", "3 0 0 3 0 0")),
        ),
        Attack::new(
            "qr-elsewhere",
            "the QR code stands in another corner of the page",
            NOT_SHOWN,
            changed(&|object| smaller(object, "10 10 20 20", "20 0 0 20 0 0")),
        ),
        Attack::new(
            "qr-masked",
            "a mask leaves nothing of the QR code",
            NOT_SHOWN,
            sealed(shop, |parts| {
                parts.set("Doc_0/Res/mask.png", crate::picture::png(8, |_, _| [0, 0, 0, 255]));
                parts.replace(
                    DOCUMENT_RES,
                    "</ofd:MultiMedias>",
                    "<ofd:MultiMedia ID=\"9008\" Type=\"Image\" Format=\"PNG\"><ofd:MediaFile>mask.png</ofd:MediaFile>\
                     </ofd:MultiMedia></ofd:MultiMedias>",
                );
                parts.replace(PAGE, "<ofd:ImageObject", "<ofd:ImageObject ImageMask=\"9008\"");
            }),
        ),
        Attack::new(
            "qr-cut",
            "the boundary of the QR code shows half of it",
            NOT_SHOWN,
            changed(&|object| {
                let numbers: Vec<&str> = boundary(object).split(' ').collect();
                object.replacen(boundary(object), &format!("{} {} {} 9", numbers[0], numbers[1], numbers[2]), 1)
            }),
        ),
    ]
}
