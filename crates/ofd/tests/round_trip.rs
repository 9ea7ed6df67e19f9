//! B2: what is written is read back, in schema order, byte for byte the same each time.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use ofd::model::*;
use ofd::*;

fn xml(package: &Package, name: &str) -> String {
    String::from_utf8(package.part(name).unwrap_or_else(|| panic!("{name}")).bytes().to_vec()).unwrap()
}

#[test]
fn text_and_metadata_come_back() {
    let bytes = document().package().unwrap().to_zip().unwrap();
    let facts = inspect_bytes(&bytes, &Budget::default()).unwrap();
    assert_eq!(facts.problems, []);
    assert!(facts.unreachable.is_empty() && facts.signatures.is_empty());

    let info = info();
    assert_eq!(facts.info.doc_id, Some(info.doc_id));
    assert_eq!(facts.info.title, info.title);
    assert_eq!(facts.info.author, info.author);
    assert_eq!(facts.info.creation_date.as_deref(), Some("2026-11-21"));
    assert_eq!(facts.info.keywords, info.keywords);
    assert_eq!(facts.info.creator, info.creator);
    assert_eq!(facts.info.custom_datas, info.custom_datas);

    let page = &facts.pages[0];
    assert_eq!(page.size(), Size::A4);
    assert_eq!(page.paths, 50);
    let runs: Vec<(&str, i32, i32, &str, Source)> =
        page.text.iter().map(|run| (run.text.as_str(), run.x.0, run.y.0, &*run.font_name, run.source)).collect();
    // Body first, then the foreground template, then the foreground layer. 𠮷 stands alone.
    assert_eq!(
        runs,
        [
            ("名称 <某某> & 公司", 20_000, 43_700, "ECertSong", Source::Page),
            ("住所", 20_000, 63_700, "ECertSong", Source::Page),
            ("𠮷", 28_466, 63_700, "ECertSong", Source::Page),
            ("祥路", 32_699, 63_700, "ECertSong", Source::Page),
            ("样张", 20_000, 283_700, "宋体", Source::Template),
            ("上", 90_000, 13_700, "ECertSong", Source::Page),
        ]
    );
    assert_eq!(page.text.iter().flat_map(|run| run.glyphs.clone()).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    assert!(page.text.iter().all(|run| run.visible && run.size == Um(4233)));
    assert_eq!(page.pictures[0].boundary, Rect::mm(150, 30, 25, 35));
    assert_eq!(facts.images[page.pictures[0].image.unwrap()].file.as_ref().unwrap().bytes(), FAKE_PNG);
    assert_eq!(facts.pages[1].size(), Size::new(Um::mm(297), Um::mm(210)));
    assert_eq!(facts.fonts.iter().map(FontFacts::embedded).collect::<Vec<_>>(), [true, false]);
    let attached: Vec<(&str, &[u8], bool)> = facts
        .attachments
        .iter()
        .map(|attachment| (attachment.name.as_str(), attachment.file.as_ref().unwrap().bytes(), attachment.visible))
        .collect();
    assert_eq!(attached, [("record.json", br#"{"a":1}"#.as_slice(), false), ("索引", &[1, 2, 3], false)]);
}

#[test]
fn same_input_same_bytes() {
    let once = sign(document().package().unwrap(), &request(SignatureKind::Seal)).unwrap().to_zip().unwrap();
    let twice = sign(document().package().unwrap(), &request(SignatureKind::Seal)).unwrap().to_zip().unwrap();
    assert_eq!(once, twice);
    // Reading and packing again changes nothing either: the compressed bytes are copied.
    assert_eq!(read(&once, &Budget::default()).unwrap().to_zip().unwrap(), once);
}

#[test]
fn files_are_where_every_viewer_looks() {
    let package = sign(document().package().unwrap(), &request(SignatureKind::Seal)).unwrap();
    let names: Vec<&str> = package.parts().map(|(name, _)| name).collect();
    assert_eq!(
        names,
        [
            "OFD.xml",
            "Doc_0/Document.xml",
            "Doc_0/PublicRes.xml",
            "Doc_0/DocumentRes.xml",
            "Doc_0/Attachs/Attachments.xml",
            "Doc_0/Tpls/Tpl_0/Content.xml",
            "Doc_0/Tpls/Tpl_1/Content.xml",
            "Doc_0/Pages/Page_0/Content.xml",
            "Doc_0/Pages/Page_1/Content.xml",
            "Doc_0/Res/font_54.ttf",
            "Doc_0/Res/image_56.png",
            "Doc_0/Attachs/record.json",
            "Doc_0/Attachs/attach_1.cwt",
            "Doc_0/Signs/Signatures.xml",
            "Doc_0/Signs/Sign_0/Seal.esl",
            "Doc_0/Signs/Sign_0/Signature.xml",
            "Doc_0/Signs/Sign_0/SignedValue.dat",
        ]
    );
}

/// Children that the schema puts in a sequence, in that sequence (fact sheet 1.5 to 1.10, 2.2, 2.3).
#[test]
fn elements_stand_in_schema_order() {
    let package = sign(document().package().unwrap(), &request(SignatureKind::Seal)).unwrap();
    let orders: &[(&str, &[&str])] = &[
        ("DocBody", &["DocInfo", "DocRoot", "Versions", "Signatures"]),
        (
            "DocInfo",
            &[
                "DocID",
                "Title",
                "Author",
                "Subject",
                "Abstract",
                "CreationDate",
                "ModDate",
                "DocUsage",
                "Cover",
                "Keywords",
                "Creator",
                "CreatorVersion",
                "CustomDatas",
            ],
        ),
        (
            "Document",
            &[
                "CommonData",
                "Pages",
                "Outlines",
                "Permissions",
                "Actions",
                "VPreferences",
                "Bookmarks",
                "Annotations",
                "CustomTags",
                "Attachments",
                "Extensions",
            ],
        ),
        ("CommonData", &["MaxUnitID", "PageArea", "PublicRes", "DocumentRes", "TemplatePage", "DefaultCS"]),
        ("Page", &["Template", "PageRes", "Area", "Content", "Actions"]),
        ("TextObject", &["Actions", "Clips", "FillColor", "StrokeColor", "CGTransform", "TextCode"]),
        ("PathObject", &["Actions", "Clips", "StrokeColor", "FillColor", "AbbreviatedData"]),
        ("Signatures", &["MaxSignId", "Signature"]),
        (
            "SignedInfo",
            &["Provider", "SignatureMethod", "SignatureDateTime", "Parameters", "References", "StampAnnot", "Seal"],
        ),
        ("Signature", &["SignedInfo", "SignedValue"]),
    ];
    let mut checked = 0;
    for (name, part) in package.parts().filter(|(name, _)| name.ends_with(".xml")) {
        let text = std::str::from_utf8(part.bytes()).unwrap();
        let mut reader = quick_xml::Reader::from_str(text);
        let mut stack: Vec<(String, usize)> = Vec::new();
        loop {
            let event = reader.read_event().unwrap();
            let (tag, empty) = match &event {
                quick_xml::events::Event::Start(tag) => (tag, false),
                quick_xml::events::Event::Empty(tag) => (tag, true),
                quick_xml::events::Event::End(_) => {
                    stack.pop();
                    continue;
                }
                quick_xml::events::Event::Eof => break,
                _ => continue,
            };
            let qualified = tag.name().into_inner().to_owned();
            let local = qualified.strip_prefix("ofd:").unwrap_or_else(|| panic!("{name}: {qualified} without prefix"));
            if let Some((parent, reached)) = stack.last_mut()
                && let Some((_, order)) = orders.iter().find(|(of, _)| of == parent)
            {
                let at = order.iter().position(|child| *child == local);
                let at = at.unwrap_or_else(|| panic!("{name}: {local} does not belong in {parent}"));
                assert!(at >= *reached, "{name}: {local} comes too late in {parent}");
                *reached = at;
                checked += 1;
            }
            if !empty {
                stack.push((local.to_owned(), 0));
            }
        }
    }
    assert!(checked > 60, "{checked}");
}

#[test]
fn ids_are_unique_and_counted() {
    let package = document().package().unwrap();
    let mut ids = Vec::new();
    for (_, part) in package.parts().filter(|(name, _)| name.ends_with(".xml") && !name.contains("Attachs")) {
        let text = String::from_utf8(part.bytes().to_vec()).unwrap();
        ids.extend(text.split(" ID=\"").skip(1).map(|rest| rest.split('"').next().unwrap().parse::<u32>().unwrap()));
    }
    let max = *ids.iter().max().unwrap();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
    assert!(xml(&package, "Doc_0/Document.xml").contains(&format!("<ofd:MaxUnitID>{max}</ofd:MaxUnitID>")));
}

#[test]
fn glyphs_and_advances_are_exact() {
    let package = document().package().unwrap();
    let page = xml(&package, "Doc_0/Pages/Page_0/Content.xml");
    assert!(page.contains(
        "<ofd:CGTransform CodePosition=\"0\" CodeCount=\"2\" GlyphCount=\"1\"><ofd:Glyphs>3</ofd:Glyphs></ofd:CGTransform>\
         <ofd:TextCode X=\"8.466\" Y=\"3.7\">𠮷</ofd:TextCode>"
    ));
    assert!(page.contains("<ofd:TextCode X=\"0\" Y=\"3.7\" DeltaX=\"4.233\">住所</ofd:TextCode>"));
    assert!(page.contains("CTM=\"25 0 0 35 0 0\""));
    assert!(
        xml(&package, "Doc_0/Tpls/Tpl_0/Content.xml")
            .contains("<ofd:AbbreviatedData>M 0 0 B 0.001 -0.02 0.3 4 50.5 0 L 3 4 C<")
    );
}

#[test]
fn every_mistake_has_its_error() {
    let wrong = |change: &dyn Fn(&mut Document)| {
        let mut document = document();
        change(&mut document);
        document.package().unwrap_err()
    };
    let put = |object: Object| {
        wrong(&move |document: &mut Document| document.pages[0].layers[0].objects.push(object.clone()))
    };
    assert!(matches!(wrong(&|d| d.info.doc_id = "x".to_owned()), WriteError::DocId(_)));
    assert!(matches!(wrong(&|d| d.pages.clear()), WriteError::NoPages));
    assert!(matches!(
        wrong(&|d| d.info.title = Some("\u{8}".to_owned())),
        WriteError::Character { place: "Title", code: 8 }
    ));
    assert!(matches!(wrong(&|d| d.pages[1].size = Size::default()), WriteError::EmptyBox { .. }));
    assert!(matches!(
        wrong(&|d| d.pages[1].templates.push(TemplateRef(9))),
        WriteError::DanglingReference { what: "template", .. }
    ));
    assert!(matches!(wrong(&|d| d.images[0] = Image::new(b"GIF89a".to_vec())), WriteError::ImageFormat { index: 0 }));
    assert!(matches!(wrong(&|d| d.templates.push(d.templates[0].clone())), WriteError::PrebuiltIdsOverlap { .. }));
    assert!(matches!(
        put(Object::Text(text(FontRef(7), 1, 1, "一"))),
        WriteError::DanglingReference { what: "font", .. }
    ));
    let mut bad = text(FontRef(0), 1, 1, "一二");
    bad.delta_x.clear();
    assert!(matches!(put(Object::Text(bad.clone())), WriteError::CountMismatch { what: "advances", .. }));
    bad.delta_x = vec![Um(1)];
    bad.glyphs = Some(vec![1]);
    assert!(matches!(put(Object::Text(bad.clone())), WriteError::CountMismatch { what: "glyph ids", .. }));
    bad.text.clear();
    assert!(matches!(put(Object::Text(bad)), WriteError::EmptyText { .. }));
    let path = PathObject { boundary: Rect::mm(1, 1, 1, 1), ..PathObject::default() };
    assert!(matches!(put(Object::Path(path)), WriteError::Path { .. }));
    let layers = [Layer::body(vec![Object::Text(text(FontRef(0), 1, 1, "一"))])];
    assert_eq!(Prebuilt::new(Size::A4, &layers, 1).unwrap_err(), WriteError::PrebuiltNeedsResources);
}

/// The container is read the same by a zip reader that we did not write.
#[test]
fn an_independent_zip_reader_agrees() {
    let package = document().package().unwrap();
    let bytes = package.to_zip().unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&bytes)).unwrap();
    archive.validate_header_consistency().unwrap();
    assert_eq!(archive.len(), package.parts().len());
    assert_eq!(archive.name_for_index(0).unwrap().unwrap(), "OFD.xml");
    for (name, part) in package.parts() {
        let mut file = archive.by_name(name).unwrap();
        let mut content = Vec::new();
        std::io::Read::read_to_end(&mut file, &mut content).unwrap();
        assert_eq!(content, part.bytes(), "{name}");
    }
}
