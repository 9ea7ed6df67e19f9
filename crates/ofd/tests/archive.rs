//! The archive profile OFD-A (GB/T 42133-2022): each rule by a document that breaks it and nothing else.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeSet;

use common::*;
use ofd::model::*;
use ofd::*;

/// A document that keeps the profile: an embedded font with its tables, a picture, a template.
fn archive() -> Document {
    let mut document = Document::new(info());
    document.archive = true;
    let font = document.add_font(Font::embedded("ECertSong", "ECert Song", font(&ALL_TABLES)));
    let picture = document.add_image(Image::new(FAKE_PNG.to_vec()));
    let objects = vec![
        Object::Text(text(font, 20, 40, "名称")),
        Object::Image(ImageObject::new(Rect::mm(150, 30, 25, 35), picture)),
    ];
    document.pages.push(Page { size: Size::A4, templates: vec![], layers: vec![Layer::body(objects)] });
    document.attachments.push(Attachment::hidden("record.json", "json", br#"{"a":1}"#.to_vec()));
    document
}

const ALL_TABLES: [&str; 10] = ["OS/2", "cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "name", "post"];

/// A table directory and nothing behind it.
fn font(tables: &[&str]) -> Vec<u8> {
    let mut file = vec![0, 1, 0, 0, 0, tables.len() as u8, 0, 0, 0, 0, 0, 0];
    for tag in tables {
        file.extend_from_slice(tag.as_bytes());
        file.extend_from_slice(&[0; 12]);
    }
    file
}

fn faults(package: &Package) -> Vec<ArchiveRule> {
    check_archive(package, &Budget::default()).into_iter().map(|fault| fault.rule).collect()
}

#[test]
fn an_archive_file_is_written_and_signed() {
    let package = archive().package().unwrap();
    let entry = String::from_utf8(package.part("OFD.xml").unwrap().bytes().to_vec()).unwrap();
    assert!(entry.contains("DocType=\"OFD-A\""), "{entry}");
    assert_eq!(check_archive(&package, &Budget::default()), []);
    let sealed = sign(package, &request(SignatureKind::Seal)).unwrap();
    assert_eq!(check_archive(&sealed, &Budget::default()), [], "6.13.1: signatures of the national forms stay");
}

#[test]
fn what_the_profile_forbids_is_not_written() {
    let named = Font { name: "宋体".to_owned(), family: None, bold: false, italic: false, file: None };
    let without = Font::embedded("A", "A", font(&ALL_TABLES[..9]));
    let strange = Font::embedded("A", "A", b"no font".to_vec());
    for (font, rule) in
        [(named, ArchiveRule::FontEmbedded), (without, ArchiveRule::FontTables), (strange, ArchiveRule::FontTables)]
    {
        let mut document = archive();
        document.add_font(font);
        let Err(WriteError::NotForArchives(faults)) = document.package() else { panic!("{rule:?}") };
        assert_eq!(faults.iter().map(|fault| fault.rule).collect::<Vec<_>>(), [rule]);
        document.archive = false;
        assert!(document.package().is_ok());
    }
    let mut film = archive();
    film.attachments.push(Attachment::hidden("film.mp4", "mp4", vec![1]));
    let error = film.package().unwrap_err().to_string();
    assert!(error.contains("GB/T 42133 6.2.6 g"), "{error}");
}

/// Each rule: a change to one file, and what is found.
#[test]
fn every_rule_finds_its_fault() {
    let page = "Doc_0/Pages/Page_0/Content.xml";
    let replacements: [(&str, &str, &str, ArchiveRule); 15] = [
        ("OFD.xml", "OFD-A", "OFD", ArchiveRule::DocType),
        ("Doc_0/Document.xml", "</ofd:Pages>", "</ofd:Pages><ofd:Permissions/>", ArchiveRule::Permissions),
        ("Doc_0/Document.xml", "</ofd:Pages>", "</ofd:Pages><ofd:VPreferences/>", ArchiveRule::Preferences),
        (
            "Doc_0/Document.xml",
            "</ofd:Pages>",
            "</ofd:Pages><ofd:Actions><ofd:Action Event=\"DO\"><ofd:URI URI=\"http://a\"/></ofd:Action></ofd:Actions>",
            ArchiveRule::Actions,
        ),
        (page, "<ofd:TextCode", "<ofd:Actions/><ofd:TextCode", ArchiveRule::ObjectActions),
        (page, "<ofd:ImageObject", "<ofd:ImageObject Interpolate=\"true\"", ArchiveRule::Interpolate),
        (page, " Size=", " Sized=", ArchiveRule::TextSize),
        (
            page,
            "<ofd:ImageObject",
            "<ofd:PageBlock ID=\"91\"><ofd:PageBlock ID=\"92\"><ofd:PageBlock ID=\"93\"><ofd:PageBlock ID=\"94\"/>\
             </ofd:PageBlock></ofd:PageBlock></ofd:PageBlock><ofd:ImageObject",
            ArchiveRule::BlockDepth,
        ),
        ("Doc_0/DocumentRes.xml", "Type=\"Image\"", "Type=\"Audio\"", ArchiveRule::AudioVideo),
        (
            "Doc_0/PublicRes.xml",
            "<ofd:Fonts>",
            "<ofd:ColorSpaces><ofd:ColorSpace ID=\"95\" Type=\"Lab\"/></ofd:ColorSpaces><ofd:Fonts>",
            ArchiveRule::ColorSpace,
        ),
        ("Doc_0/PublicRes.xml", "<ofd:Fonts>", "<ofd:DrawParams/><ofd:Fonts>", ArchiveRule::ResourcePlace),
        (
            "Doc_0/Attachs/Attachments.xml",
            "</ofd:Attachments>",
            "<ofd:Attachment ID=\"96\" Name=\"a\"><ofd:FileLoc>https://a.example/b</ofd:FileLoc></ofd:Attachment>\
             </ofd:Attachments>",
            ArchiveRule::SelfContained,
        ),
        (page, "</ofd:Page>", "</ofd:Page><", ArchiveRule::Readable),
        (
            "Doc_0/Document.xml",
            "</ofd:Pages>",
            "</ofd:Pages><ofd:Annotations>Annots.xml</ofd:Annotations>",
            ArchiveRule::Annotation,
        ),
        (
            "Doc_0/Document.xml",
            "</ofd:Document>",
            "<ofd:Extensions>Extensions.xml</ofd:Extensions></ofd:Document>",
            ArchiveRule::Extensions,
        ),
    ];
    let mut found = BTreeSet::from([ArchiveRule::FontEmbedded, ArchiveRule::FontTables]);
    for (file, old, new, rule) in replacements {
        let mut package = archive().package().unwrap();
        let text = String::from_utf8(package.part(file).unwrap().bytes().to_vec()).unwrap();
        assert!(text.contains(old), "{file}: {text}");
        package.set(file, text.replacen(old, new, 1).into_bytes());
        let with_parts = new.contains("Annots.xml") || new.contains("Extensions.xml");
        if with_parts {
            let space = "xmlns:ofd=\"http://www.ofdspec.org/2016\"";
            let page_id = inspect(&package, &Budget::default()).pages[0].id.clone();
            package.set(
                "Doc_0/Annots.xml",
                format!("<ofd:Annotations {space}><ofd:Page PageID=\"{page_id}\"><ofd:FileLoc>A.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>").into_bytes(),
            );
            package.set(
                "Doc_0/A.xml",
                format!("<ofd:PageAnnot {space}><ofd:Annot ID=\"97\" Type=\"Stamp\" NoZoom=\"true\"/></ofd:PageAnnot>")
                    .into_bytes(),
            );
            package.set("Doc_0/Extensions.xml", format!("<ofd:Extensions {space}/>").into_bytes());
        }
        let mut faults = faults(&package);
        if with_parts {
            faults.retain(|rule| *rule != ArchiveRule::NothingElse);
        }
        assert!(faults.contains(&rule), "{rule:?}: {faults:?}");
        assert!(
            faults.iter().all(|other| *other == rule || *other == ArchiveRule::SelfContained),
            "{rule:?}: {faults:?}"
        );
        found.insert(rule);
    }

    let mut smuggled = archive().package().unwrap();
    smuggled.set("Doc_0/extra.xml", b"<a/>".to_vec());
    assert_eq!(faults(&smuggled), [ArchiveRule::NothingElse]);
    found.insert(ArchiveRule::NothingElse);
    let mut picture = archive().package().unwrap();
    let name = picture.parts().map(|(name, _)| name).find(|name| name.ends_with(".png")).unwrap().to_owned();
    picture.set(&name, b"GIF89a".to_vec());
    assert_eq!(faults(&picture), [ArchiveRule::ImageFormat]);
    found.insert(ArchiveRule::ImageFormat);
    let mut twice = archive().package().unwrap();
    let text = String::from_utf8(twice.part("OFD.xml").unwrap().bytes().to_vec()).unwrap();
    let body = &text[text.find("<ofd:DocBody>").unwrap()..text.find("</ofd:OFD>").unwrap()];
    twice.set("OFD.xml", text.replace(body, &body.repeat(2)).into_bytes());
    assert!(faults(&twice).contains(&ArchiveRule::SingleDocument));
    found.insert(ArchiveRule::SingleDocument);

    let mut encrypted = archive().package().unwrap();
    encrypted.set("Encryptions.xml", b"<Encryptions/>".to_vec());
    assert!(faults(&encrypted).contains(&ArchiveRule::Encryption));
    found.insert(ArchiveRule::Encryption);

    let missing: Vec<&ArchiveRule> = ArchiveRule::ALL.iter().filter(|rule| !found.contains(rule)).collect();
    assert!(missing.is_empty(), "every rule has its case: {missing:?}");
    assert!(ArchiveRule::ALL.iter().all(|rule| rule.clause().starts_with('6')));
}
