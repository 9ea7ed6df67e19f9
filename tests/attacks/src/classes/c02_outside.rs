//! Class 2: what stands outside the references. The seal holds; what it does not protect was changed or added.

use crate::attack::{Attack, Base};
use crate::parts::Parts;
use crate::seal::Scene;
use crate::sign::{NAMESPACE, Signing, stamps, unsigned};
use crate::workshop::{
    ATTACHMENTS, DIGITS, DOCUMENT, DOCUMENT_RES, EMBLEM, PAGE, PUBLIC_RES, TEMPLATE, TERMS, WORDS, Workshop,
};

const UNCOVERED: &[&str] = &["ofd.uncovered"];
const UNREFERENCED: &[&str] = &["ofd.unreferenced"];

pub(super) fn make(shop: &Workshop) -> Vec<Attack> {
    let mut attacks = left_out(shop);
    attacks.extend(annotations(shop));
    attacks.extend(smuggled(shop));
    attacks.extend(wrapped(shop));
    attacks
}

/// Sealed by a careless program that protects all but one file; that file was changed afterwards.
fn hole(shop: &Workshop, name: &str, before: impl FnOnce(&mut Parts), after: impl FnOnce(&mut Parts)) -> Vec<u8> {
    let stamps = stamps(&shop.notice);
    let mut parts = unsigned(&shop.notice);
    before(&mut parts);
    let value = shop.by_market();
    let make = |scene: &Scene<'_>| value.over(scene);
    let protects = |found: &str| found != name;
    Signing { protects: Some(&protects), ..Signing::new(&make, &stamps) }.put_on(&mut parts);
    after(&mut parts);
    parts.to_zip()
}

fn left_out(shop: &Workshop) -> Vec<Attack> {
    let open = |name: &str, after: &dyn Fn(&mut Parts)| hole(shop, name, |_| {}, after);
    let dear = |parts: &mut Parts| {
        parts.replace(PAGE, "1000", "9000");
    };
    let cover = "<ofd:PathObject ID=\"99\" Boundary=\"30 80 150 8\" Fill=\"true\" Stroke=\"false\">\
                 <ofd:FillColor Value=\"255 255 255\"/><ofd:AbbreviatedData>M 0 0 L 150 0 L 150 8 L 0 8 C\
                 </ofd:AbbreviatedData></ofd:PathObject></ofd:Layer>";
    vec![
        Attack::new("page", "the first page is not protected and names another amount", UNCOVERED, open(PAGE, &dear)),
        Attack::new(
            "template",
            "the template is not protected and was moved above the page, where it hides the date",
            UNCOVERED,
            open(TEMPLATE, &|parts| {
                parts.replace(TEMPLATE, "</ofd:Layer>", cover);
            }),
        ),
        Attack::new(
            "template-z-order",
            "Document.xml is not protected; the template now lies in the foreground",
            UNCOVERED,
            open(DOCUMENT, &|parts| {
                parts.replace(DOCUMENT, "ZOrder=\"Background\"", "ZOrder=\"Foreground\"");
            }),
        ),
        Attack::new(
            "font",
            "the font of the digits is not protected; another font shows other digits for the same text",
            UNCOVERED,
            open(DIGITS, &|parts| {
                let other = parts.get(WORDS).to_vec();
                parts.set(DIGITS, other);
            }),
        ),
        Attack::new(
            "font-link",
            "PublicRes.xml is not protected; digits are now drawn with the other font",
            UNCOVERED,
            open(PUBLIC_RES, &|parts| {
                parts.replace(PUBLIC_RES, "font_2.ttf", "font_3.ttf");
            }),
        ),
        Attack::new(
            "picture",
            "the emblem is not protected and was replaced",
            UNCOVERED,
            open(EMBLEM, &|parts| {
                parts.set(EMBLEM, crate::picture::png(40, |_, _| [0, 0, 0, 255]));
            }),
        ),
        Attack::new(
            "resource-list",
            "DocumentRes.xml is not protected and leads to another picture, added later",
            &["ofd.uncovered"],
            open(DOCUMENT_RES, &|parts| {
                parts.replace(DOCUMENT_RES, "image_4.png", "image_9.png");
                parts.set("Doc_0/Res/image_9.png", crate::picture::png(40, |_, _| [0, 0, 0, 255]));
            }),
        ),
        Attack::new(
            "attachment",
            "the attachment is not protected and names another fee",
            UNCOVERED,
            open(TERMS, &|parts| {
                parts.set(TERMS, "The fee is 9000.\n");
            }),
        ),
        Attack::new(
            "attachment-list",
            "the list of attachments is not protected and leads to another file of the same name",
            UNCOVERED,
            open(ATTACHMENTS, &|parts| {
                parts.replace(ATTACHMENTS, "<ofd:FileLoc>terms.txt", "<ofd:FileLoc>terms-2.txt");
                parts.set("Doc_0/Attachs/terms-2.txt", "The fee is 9000.\n");
            }),
        ),
        Attack::new(
            "entry-file",
            "OFD.xml is not protected, as three vendors do it; the metadata name another fee",
            UNCOVERED,
            open("OFD.xml", &|parts| {
                parts.replace("OFD.xml", "Name=\"fee\">1000", "Name=\"fee\">9000");
            }),
        ),
    ]
    .into_iter()
    .map(Attack::intact)
    .collect()
}

fn annotations(shop: &Workshop) -> Vec<Attack> {
    const LIST: &str = "Doc_0/Annots/Annotations.xml";
    const NOTES: &str = "Doc_0/Annots/Page_0/Annotation.xml";
    let list = format!(
        "<ofd:Annotations {NAMESPACE}><ofd:Page PageID=\"5\"><ofd:FileLoc>Page_0/Annotation.xml</ofd:FileLoc></ofd:Page>\
         </ofd:Annotations>"
    );
    let notes = |inside: &str| {
        format!(
            "<ofd:PageAnnot {NAMESPACE}><ofd:Annot ID=\"90\" Type=\"Stamp\" Creator=\"x\" LastModDate=\"2026-12-02\">\
             <ofd:Appearance Boundary=\"30 80 150 8\">{inside}</ofd:Appearance></ofd:Annot></ofd:PageAnnot>"
        )
    };
    let other_date = notes(
        "<ofd:PathObject ID=\"91\" Boundary=\"0 0 150 8\" Fill=\"true\" Stroke=\"false\"><ofd:FillColor \
         Value=\"255 255 255\"/><ofd:AbbreviatedData>M 0 0 L 150 0 L 150 8 L 0 8 C</ofd:AbbreviatedData>\
         </ofd:PathObject><ofd:TextObject ID=\"92\" Boundary=\"0 0 150 8\" Font=\"2\" Size=\"6\"><ofd:TextCode X=\"0\" \
         Y=\"5.3\" DeltaX=\"6 6 6 6 6 6 6 6 6 6\">2036年12月31日</ofd:TextCode></ofd:TextObject>",
    );
    let empty = notes("");
    let link = |parts: &mut Parts| {
        parts.replace(
            DOCUMENT,
            "<ofd:Attachments>",
            "<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations><ofd:Attachments>",
        );
        parts.set(LIST, list.as_str());
    };
    let with_notes = |parts: &mut Parts| {
        link(parts);
        parts.set(NOTES, empty.as_str());
    };
    let put = |parts: &mut Parts| {
        parts.set(NOTES, other_date.as_str());
    };
    vec![
        Attack::new(
            "annotation",
            "the annotation file is not protected; a note over the text shows another date",
            UNCOVERED,
            hole(shop, NOTES, with_notes, put),
        )
        .intact(),
        Attack::new(
            "annotation-later",
            "the list of annotations was sealed, the file it leads to came later and hides the date",
            UNCOVERED,
            hole(shop, NOTES, link, put),
        )
        .intact(),
        Attack::new(
            "annotation-added",
            "annotations are linked in Document.xml after sealing",
            &["ofd.digest", "ofd.uncovered"],
            shop.changed(|parts| {
                link(parts);
                put(parts);
            }),
        ),
        Attack::new(
            "page-added",
            "a page is linked in Document.xml after sealing",
            &["ofd.digest", "ofd.uncovered"],
            shop.changed(|parts| {
                let page = parts.text(PAGE).replace("1000", "9000");
                parts.replace(
                    DOCUMENT,
                    "</ofd:Pages>",
                    "<ofd:Page ID=\"60\" BaseLoc=\"Pages/Page_9/Content.xml\"/></ofd:Pages>",
                );
                parts.set("Doc_0/Pages/Page_9/Content.xml", page);
            }),
        ),
    ]
}

fn smuggled(shop: &Workshop) -> Vec<Attack> {
    vec![
        Attack::new(
            "smuggled-file",
            "a program is carried along; nothing leads to it",
            UNREFERENCED,
            shop.changed(|parts| {
                parts.set("Doc_0/Res/setup.exe", "MZ");
            }),
        )
        .intact(),
        Attack::new(
            "smuggled-document",
            "a whole second document lies beside the first",
            UNREFERENCED,
            shop.changed(|parts| {
                for name in
                    parts.names().into_iter().filter(|name| name.starts_with("Doc_0/") && !name.contains("/Signs/"))
                {
                    let bytes = parts.get(&name).to_vec();
                    parts.set(&name.replacen("Doc_0", "Doc_1", 1), bytes);
                }
            }),
        )
        .intact(),
        Attack::new("smuggled-license-file", "a file is added to a license", UNREFERENCED, {
            let mut parts = shop.license.clone();
            parts.set("Doc_0/Attachs/more.json", "{}");
            parts.to_zip()
        })
        .of(Base::License)
        .intact(),
    ]
}

fn wrapped(shop: &Workshop) -> Vec<Attack> {
    let wrap = |name: &str, license: bool| {
        let (mut parts, inside) =
            if license { (shop.license.clone(), &shop.license_zip) } else { (shop.notice.clone(), &shop.notice_zip) };
        parts = unsigned(&parts);
        parts.replace("OFD.xml", "<ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures>", "");
        parts.replace(ATTACHMENTS, "</ofd:Attachments>", &format!(
            "<ofd:Attachment ID=\"A7\" Name=\"{name}\" Format=\"ofd\" Visible=\"true\"><ofd:FileLoc>{name}</ofd:FileLoc>\
             </ofd:Attachment></ofd:Attachments>"
        ));
        parts.set(&format!("Doc_0/Attachs/{name}"), inside.clone());
        parts
    };
    vec![
        Attack::new(
            "genuine-inside-forged",
            "a forged, unsigned package carries the genuine sealed one as an attachment",
            &["ofd.unsigned"],
            {
                let mut parts = wrap("original.ofd", false);
                parts.replace(PAGE, "1000", "9000");
                parts.to_zip()
            },
        )
        .unsigned(),
        Attack::new(
            "genuine-license-inside-forged",
            "a forged, unsigned license carries the genuine sealed one as an attachment",
            &["ofd.unsigned"],
            wrap("original.ofd", true).to_zip(),
        )
        .of(Base::License)
        .unsigned(),
    ]
}
