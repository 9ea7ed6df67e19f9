//! What a license does not have, sealed by its issuer: shapes that read as words, words that only some readers show,
//! properties and files of somebody else.

use crate::attack::Attack;
use crate::parts::Parts;
use crate::sign::NAMESPACE;
use crate::workshop::{ATTACHMENTS, DOCUMENT, DOCUMENT_RES, PAGE, PUBLIC_RES, Workshop};

use super::c14_content::{HOLDER, sealed};

/// The ink of the values.
const INK: &str = "26 26 26";

pub(super) fn make(shop: &Workshop) -> Vec<Attack> {
    let mut attacks = drawn(shop);
    attacks.extend(seldom_shown(shop));
    attacks.extend(around(shop));
    attacks
}

/// At the end of the page, over everything.
fn over(shop: &Workshop, object: &str) -> Vec<u8> {
    sealed(shop, |parts| put(parts, object))
}

fn put(parts: &mut Parts, object: &str) {
    parts.replace(PAGE, "</ofd:Layer>", &format!("{object}</ofd:Layer>"));
}

/// A path in the ink of the values.
fn path(boundary: &str, data: &str) -> String {
    format!(
        "<ofd:PathObject ID=\"9101\" Boundary=\"{boundary}\" Stroke=\"false\" Fill=\"true\"><ofd:FillColor Value=\"{INK}\"/>\
         <ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>"
    )
}

fn drawn(shop: &Workshop) -> Vec<Attack> {
    const CODES: &[&str] = &["face.foreign"];
    // 十 behind the holder's name, as an outline.
    let ten = "M 2 0 L 3 0 L 3 2 L 5 2 L 5 3 L 3 3 L 3 6 L 2 6 L 2 3 L 0 3 L 0 2 L 2 2 C";
    let picture = |boundary: &str, size: &str, file: Vec<u8>| {
        let object =
            format!("<ofd:ImageObject ID=\"9102\" Boundary=\"{boundary}\" CTM=\"{size}\" ResourceID=\"9103\"/>");
        sealed(shop, |parts| {
            let media = "<ofd:MultiMedia ID=\"9103\" Type=\"Image\" Format=\"PNG\"><ofd:MediaFile>more.png</ofd:MediaFile>\
                         </ofd:MultiMedia></ofd:MultiMedias>";
            parts.replace(DOCUMENT_RES, "</ofd:MultiMedias>", media);
            parts.set("Doc_0/Res/more.png", file);
            put(parts, &object);
        })
    };
    vec![
        Attack::new(
            "word-as-outline",
            "a character more behind the holder's name, drawn as a path",
            CODES,
            over(shop, &path("101 74 5 6", ten)),
        ),
        Attack::new(
            "bar-at-a-digit",
            "a bar before the year of the last day, where nothing was: 12029",
            CODES,
            over(shop, &path("65 129.5 0.5 3", "M 0 0 L 0.5 0 L 0.5 3 L 0 3 C")),
        ),
        Attack::new(
            "struck-out",
            "two crossed lines over an empty part of the page",
            CODES,
            over(
                shop,
                "<ofd:PathObject ID=\"9101\" Boundary=\"100 170 60 20\" LineWidth=\"1\"><ofd:StrokeColor Value=\"200 0 0\"/>\
                 <ofd:AbbreviatedData>M 0 0 L 60 20 M 0 20 L 60 0</ofd:AbbreviatedData></ofd:PathObject>",
            ),
        ),
        Attack::new(
            "words-as-picture",
            "a picture on an empty part of the page",
            CODES,
            picture("100 180 40 10", "40 0 0 10 0 0", crate::picture::png(40, |_, _| [0, 0, 0, 255])),
        ),
        Attack::new(
            "seal-as-picture",
            "a picture like a seal, beside the real one",
            CODES,
            picture("100 150 42 42", "42 0 0 42 0 0", crate::picture::seal_picture(7)),
        ),
        Attack::new(
            "filled-in-capitals",
            "a shape with Fill=\"TRUE\" and no line: some fill it",
            CODES,
            over(shop, &path("101 74 5 6", ten).replace("Fill=\"true\"", "Fill=\"TRUE\"")),
        ),
        Attack::new("code-with-words", "grey words in the quiet zone of the QR code", CODES, code_with_words(shop)),
        Attack::new(
            "layer-above",
            "a second layer with a shape in it",
            CODES,
            sealed(shop, |parts| {
                let layer = format!(
                    "<ofd:Layer ID=\"9104\" Type=\"Foreground\">{}</ofd:Layer></ofd:Content>",
                    path("101 74 5 6", ten)
                );
                parts.replace(PAGE, "</ofd:Content>", &layer);
            }),
        ),
    ]
}

/// The QR code of the license in greys: a bar of another grey in its margin.
fn code_with_words(shop: &Workshop) -> Vec<u8> {
    let name = shop.license.ending(".png");
    let mut reader =
        png::Decoder::new(std::io::Cursor::new(shop.license.get(&name).to_vec())).read_info().expect("our own picture");
    let mut bits = vec![0; reader.output_buffer_size().expect("a small picture")];
    let side = reader.next_frame(&mut bits).expect("our own picture").width;
    let row = side.div_ceil(8);
    let picture = crate::picture::png(side, |x, y| {
        let light = bits[(y * row + x / 8) as usize] << (x % 8) & 0x80 != 0;
        let word = y < 20 && x % 24 < 12;
        match (light, word) {
            (true, true) => [150, 150, 150, 255],
            (true, false) => [255; 4],
            (false, _) => [0, 0, 0, 255],
        }
    });
    sealed(shop, |parts| {
        parts.set(&name, picture);
    })
}

fn seldom_shown(shop: &Workshop) -> Vec<Attack> {
    const CODES: &[&str] = &["ofd.foreign"];
    let tagged = |attributes: &str| {
        sealed(shop, |parts| {
            let text = parts.text(PAGE);
            let at = text.find(HOLDER).and_then(|at| text[..at].rfind("<ofd:TextObject ")).expect("the holder's name");
            let at = at + "<ofd:TextObject ".len();
            parts.set(PAGE, format!("{}{attributes} {}", &text[..at], &text[at..]));
        })
    };
    let clear = format!(
        "<ofd:TextObject ID=\"9105\" Boundary=\"101 73 60 8\" Font=\"4\" Size=\"4.586\"><ofd:FillColor Value=\"{INK}\" Alpha=\"0\"/>\
         <ofd:TextCode X=\"2\" Y=\"5.2\" DeltaX=\"4.5\">样例</ofd:TextCode></ofd:TextObject>"
    );
    let strange = |prefix: &str, declared: &str| {
        let (x, words) = (prefix, "特准经营");
        over(
            shop,
            &format!(
                "<{x}TextObject {declared} ID=\"9105\" Boundary=\"101 73 60 8\" Font=\"4\" Size=\"4.586\"><{x}FillColor \
                 Value=\"{INK}\"/><{x}TextCode X=\"2\" Y=\"5.2\" DeltaX=\"4.5 4.5 4.5\">{words}</{x}TextCode></{x}TextObject>"
            ),
        )
    };
    let spaces = |attributes: &str, inside: &str| {
        sealed(shop, |parts| {
            let spaces = format!(
                "<ofd:ColorSpaces><ofd:ColorSpace ID=\"9106\" {attributes}>{inside}</ofd:ColorSpace></ofd:ColorSpaces>\
                 <ofd:Fonts>"
            );
            parts.replace(PUBLIC_RES, "<ofd:Fonts>", &spaces);
            parts.replace(DOCUMENT, "</ofd:CommonData>", "<ofd:DefaultCS>9106</ofd:DefaultCS></ofd:CommonData>");
        })
    };
    vec![
        Attack::new("blend-mode", "the holder's name is blended away", CODES, tagged("BlendMode=\"Screen\"")),
        Attack::new("visible-in-capitals", "Visible=\"FALSE\": hidden for some", CODES, tagged("Visible=\"FALSE\"")),
        Attack::new(
            "visible-in-small-letters",
            "visible=\"false\": hidden for some",
            CODES,
            tagged("visible=\"false\""),
        ),
        Attack::new("alpha-in-hexadecimal", "Alpha=\"#00\": clear for some", CODES, tagged("Alpha=\"#00\"")),
        Attack::new("size-in-points", "a size with a unit behind it", CODES, {
            sealed(shop, |parts| {
                let text = parts.text(PAGE);
                let at = text.find(HOLDER).and_then(|at| text[..at].rfind(" Size=\"")).expect("the holder's name");
                let end = at + 7 + text[at + 7..].find('"').expect("the end of the size");
                parts.set(PAGE, format!("{}mm{}", &text[..end], &text[end..]));
            })
        }),
        Attack::new("clear-words", "words in a clear colour: some show them", CODES, over(shop, &clear)),
        Attack::new("faint-name", "the holder's name, hardly there", &["face.differs"], {
            sealed(shop, |parts| {
                let text = parts.text(PAGE);
                let at = text.find(HOLDER).and_then(|at| text[..at].rfind("\"/><ofd:TextCode")).expect("its colour");
                parts.set(PAGE, format!("{}\" Alpha=\"60{}", &text[..at], &text[at..]));
            })
        }),
        Attack::new("weight-zero", "letters of no weight", CODES, tagged("Weight=\"0\"")),
        Attack::new("slanted", "letters set in italics", CODES, tagged("Italic=\"true\"")),
        Attack::new("no-such-draw-param", "a DrawParam that is not there", CODES, tagged("DrawParam=\"999\"")),
        Attack::new("default-cmyk", "all colours count as CMYK", CODES, spaces("Type=\"CMYK\"", "")),
        Attack::new(
            "default-palette",
            "all colours are looked up in a palette of white",
            CODES,
            spaces("Type=\"RGB\"", "<ofd:Palette><ofd:CV>255 255 255</ofd:CV></ofd:Palette>"),
        ),
        Attack::new("foreign-namespace", "words in another namespace", CODES, strange("x:", "xmlns:x=\"urn:x\"")),
        Attack::new(
            "next-namespace",
            "words in the namespace of some later year",
            CODES,
            strange("x:", "xmlns:x=\"http://www.ofdspec.org/2030\""),
        ),
        Attack::new(
            "element-in-small-letters",
            "words in <ofd:textobject>",
            CODES,
            over(
                shop,
                "<ofd:textobject ID=\"9105\" Boundary=\"101 73 60 8\"><ofd:textcode>特准经营</ofd:textcode></ofd:textobject>",
            ),
        ),
        Attack::new("comment", "words in a comment", CODES, over(shop, "<!-- 特准经营 -->")),
        Attack::new("style-sheet", "an instruction to transform the page", CODES, {
            sealed(shop, |parts| {
                parts.replace(PAGE, "<ofd:Page", "<?xml-stylesheet href=\"http://203.0.113.9/x.xsl\"?><ofd:Page");
            })
        }),
        Attack::new("font-of-the-system", "the font is called 宋体: some readers take their own", &["face.glyphs"], {
            sealed(shop, |parts| {
                parts.replace(PUBLIC_RES, "FontName=\"ECertKai-Regular\"", "FontName=\"宋体\"");
            })
        }),
        Attack::new("page-moved", "the page begins at -20 0", CODES, {
            sealed(shop, |parts| {
                parts.replace(PAGE, "<ofd:PhysicalBox>0 0 ", "<ofd:PhysicalBox>-20 0 ");
            })
        }),
    ]
}

fn around(shop: &Workshop) -> Vec<Attack> {
    const CODES: &[&str] = &["ofd.foreign"];
    let property = |from: &str, to: &str| {
        sealed(shop, |parts| {
            parts.replace("OFD.xml", from, to);
        })
    };
    let document = |element: &str, before: &str| {
        sealed(shop, |parts| {
            parts.replace(DOCUMENT, before, &format!("{element}{before}"));
        })
    };
    let attached = |name: &str, file: &str, visible: &str| {
        sealed(shop, |parts| {
            let more = format!(
                "<ofd:Attachment ID=\"A9\" Name=\"{name}\" Format=\"json\" Visible=\"{visible}\"><ofd:FileLoc>{file}</ofd:FileLoc>\
                 </ofd:Attachment></ofd:Attachments>"
            );
            parts.replace(ATTACHMENTS, "</ofd:Attachments>", &more);
            parts.set(&format!("Doc_0/Attachs/{file}"), "{\"holder\":\"somebody else\"}".to_owned());
        })
    };
    const PROPERTIES: &[&str] = &["metadata.differs"];
    vec![
        Attack::new(
            "title-changed",
            "a viewer shows the title of another license",
            PROPERTIES,
            property("<ofd:Title>食品经营许可证", "<ofd:Title>营业执照"),
        ),
        Attack::new(
            "author-changed",
            "a viewer shows another authority as the author",
            PROPERTIES,
            property("<ofd:Author>样例市市场监督管理局", "<ofd:Author>国家市场监督管理总局"),
        ),
        Attack::new(
            "subject-changed",
            "a viewer shows another number",
            PROPERTIES,
            property("</ofd:Subject>", "9</ofd:Subject>"),
        ),
        Attack::new(
            "made-before-issue",
            "a viewer shows a day of making long before the issue",
            PROPERTIES,
            property("<ofd:CreationDate>2026-", "<ofd:CreationDate>2016-"),
        ),
        Attack::new(
            "abstract-added",
            "an abstract that the record does not give",
            CODES,
            property("</ofd:Subject>", "</ofd:Subject><ofd:Abstract>特准经营</ofd:Abstract>"),
        ),
        Attack::new(
            "permissions-ended",
            "permissions that ended in 2020",
            CODES,
            document(
                "<ofd:Permissions><ofd:Print Printable=\"false\"/><ofd:ValidPeriod StartDate=\"2019-01-01T00:00:00\" \
                 EndDate=\"2020-01-01T00:00:00\"/></ofd:Permissions>",
                "<ofd:Attachments>",
            ),
        ),
        Attack::new(
            "action-at-opening",
            "an address is opened with the document",
            CODES,
            document(
                "<ofd:Actions><ofd:Action Event=\"DO\"><ofd:URI URI=\"http://203.0.113.9/\"/></ofd:Action></ofd:Actions>",
                "<ofd:Attachments>",
            ),
        ),
        Attack::new(
            "outline-of-words",
            "an outline that says something else",
            CODES,
            document("<ofd:Outlines><ofd:OutlineElem Title=\"有效期至2099年\"/></ofd:Outlines>", "<ofd:Attachments>"),
        ),
        Attack::new("tags-of-another", "custom tags that name another holder", CODES, {
            sealed(shop, |parts| {
                let link = "<ofd:CustomTags>Tags/CustomTags.xml</ofd:CustomTags><ofd:Attachments>";
                parts.replace(DOCUMENT, "<ofd:Attachments>", link);
                let list = format!(
                    "<ofd:CustomTags {NAMESPACE}><ofd:CustomTag TypeID=\"x\"><ofd:FileLoc>Tag.xml</ofd:FileLoc></ofd:CustomTag>\
                     </ofd:CustomTags>"
                );
                parts.set("Doc_0/Tags/CustomTags.xml", list);
                parts.set("Doc_0/Tags/Tag.xml", "<holder>somebody else</holder>".to_owned());
            })
        }),
        Attack::new(
            "attachment-more",
            "an attachment that viewers list beside the license",
            CODES,
            attached("original.json", "original.json", "true"),
        ),
        Attack::new(
            "record-in-another-case",
            "a second record under a name in capitals",
            CODES,
            attached("License-Record.json", "r2.json", "false"),
        ),
        Attack::new("carried-along", "a file that nothing leads to, under the seal", CODES, {
            sealed(shop, |parts| {
                parts.set("license-record.json", "{}".to_owned());
            })
        }),
        Attack::new("chain-of-words", "words behind the attached certificates", CODES, {
            sealed(shop, |parts| {
                let chain = parts.text("Doc_0/Attachs/license-chain.pem");
                parts.set("Doc_0/Attachs/license-chain.pem", format!("{chain}特准经营\n"));
            })
        }),
    ]
}
