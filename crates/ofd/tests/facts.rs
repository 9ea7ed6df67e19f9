//! What is read besides pages: annotations, actions, declarations, tags, versions, further documents, the list of files.
#![allow(clippy::unwrap_used, missing_docs)]

use ofd::{Budget, Facts, Package, ProblemClass, ProblemKind, Rect, Source};

const NS: &str = "xmlns:ofd=\"http://www.ofdspec.org/2016\"";

fn inspect(files: &[(&str, String)]) -> Facts {
    let mut package = Package::new();
    for (name, text) in files {
        package.add(*name, text.clone().into_bytes()).unwrap();
    }
    ofd::inspect_bytes(&package.to_zip().unwrap(), &Budget::default()).unwrap()
}

fn files() -> Vec<(&'static str, String)> {
    let body = |root: &str, title: &str| {
        format!(
            "<ofd:DocBody><ofd:DocInfo><ofd:DocID>0</ofd:DocID><ofd:Title>{title}</ofd:Title></ofd:DocInfo><ofd:DocRoot>{root}</ofd:DocRoot></ofd:DocBody>"
        )
    };
    let document = format!(
        "<ofd:Document {NS}><ofd:CommonData><ofd:MaxUnitID>9</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 100 50</ofd:PhysicalBox></ofd:PageArea>\
         <ofd:DocumentRes>Res.xml</ofd:DocumentRes></ofd:CommonData><ofd:Pages><ofd:Page ID=\"1\" BaseLoc=\"P.xml\"/></ofd:Pages>\
         <ofd:Outlines><ofd:OutlineElem Title=\"a\"><ofd:OutlineElem Title=\"b\"/></ofd:OutlineElem></ofd:Outlines>\
         <ofd:Permissions><ofd:Edit>false</ofd:Edit><ofd:Print Printable=\"true\" Copies=\"1\"/></ofd:Permissions>\
         <ofd:Actions><ofd:Action Event=\"DO\"><ofd:URI URI=\"http://example.org/\"/></ofd:Action></ofd:Actions>\
         <ofd:Bookmarks><ofd:Bookmark Name=\"x\"/></ofd:Bookmarks><ofd:Annotations>An.xml</ofd:Annotations>\
         <ofd:CustomTags>Tags.xml</ofd:CustomTags></ofd:Document>"
    );
    let page = format!(
        "<ofd:Page {NS}><ofd:Content><ofd:Layer><ofd:PageBlock ID=\"2\"><ofd:ImageObject ID=\"3\" Boundary=\"10 5 20 20\" CTM=\"40 0 0 30 1 2\" ResourceID=\"8\"/></ofd:PageBlock>\
         <ofd:PathObject ID=\"4\" Boundary=\"0 0 1 1\"><ofd:Actions><ofd:Action Event=\"CLICK\"><ofd:Goto/></ofd:Action></ofd:Actions></ofd:PathObject></ofd:Layer></ofd:Content></ofd:Page>"
    );
    let annotation = format!(
        "<ofd:PageAnnot {NS}><ofd:Annot ID=\"5\" Type=\"Stamp\" Subtype=\"SignatureInFile\" Visible=\"false\"><ofd:Parameters><ofd:Parameter Name=\"k\">v</ofd:Parameter></ofd:Parameters>\
         <ofd:Appearance Boundary=\"50 20 10 10\"><ofd:ImageObject ID=\"6\" Boundary=\"1 1 4 4\" CTM=\"4 0 0 4 0 0\" ResourceID=\"8\"/></ofd:Appearance></ofd:Annot></ofd:PageAnnot>"
    );
    vec![
        (
            "OFD.xml",
            format!(
                "<ofd:OFD {NS} Version=\"1.1\" DocType=\"OFD\">{}{}</ofd:OFD>",
                body("D.xml", "one"),
                body("E.xml", "two")
            ),
        ),
        ("D.xml", document),
        (
            "E.xml",
            format!(
                "<ofd:Document {NS}><ofd:CommonData/><ofd:Pages><ofd:Page ID=\"1\" BaseLoc=\"P2.xml\"/><ofd:Page ID=\"2\" BaseLoc=\"P2.xml\"/></ofd:Pages></ofd:Document>"
            ),
        ),
        ("P.xml", page),
        ("P2.xml", format!("<ofd:Page {NS}/>")),
        (
            "Res.xml",
            format!(
                "<ofd:Res {NS}><ofd:MultiMedias><ofd:MultiMedia ID=\"8\" Type=\"Image\"><ofd:MediaFile>i.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>"
            ),
        ),
        ("i.png", "picture".to_owned()),
        (
            "An.xml",
            format!(
                "<ofd:Annotations {NS}><ofd:Page PageID=\"1\"><ofd:FileLoc>An1.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>"
            ),
        ),
        ("An1.xml", annotation),
        (
            "Tags.xml",
            format!(
                "<ofd:CustomTags {NS}><ofd:CustomTag TypeID=\"e-invoice\"><ofd:FileLoc>Tag.xml</ofd:FileLoc></ofd:CustomTag></ofd:CustomTags>"
            ),
        ),
        ("Tag.xml", "<tag/>".to_owned()),
        (
            "OFDEntries.xml",
            format!(
                "<ofd:DocEntries {NS} ID=\"1\" CreatorName=\"x\"><ofd:SignedValueLoc>/signedvalue.dat</ofd:SignedValueLoc><ofd:FileList>\
             <ofd:File ID=\"2\" FileLoc=\"/OFD.xml\"/><ofd:File ID=\"3\" FileLoc=\"/gone.xml\"/></ofd:FileList></ofd:DocEntries>"
            ),
        ),
        ("signedvalue.dat", "value".to_owned()),
    ]
}

#[test]
fn everything_is_found_in_its_place() {
    let facts = inspect(&files());
    assert_eq!((facts.outlines, facts.bookmarks, facts.extensions), (2, 1, 0));
    let permissions = facts.permissions.as_ref().unwrap();
    assert_eq!(permissions[0], ("Edit".to_owned(), "false".to_owned()));
    assert!(permissions.contains(&("Print/@Copies".to_owned(), "1".to_owned())));
    let actions: Vec<_> =
        facts.actions.iter().map(|found| (&*found.event, &*found.kind, &*found.target, &*found.place)).collect();
    assert_eq!(actions, [("CLICK", "Goto", "", "P.xml"), ("DO", "URI", "http://example.org/", "D.xml")]);
    assert_eq!((&*facts.custom_tags[0].kind, facts.custom_tags[0].path.as_deref()), ("e-invoice", Some("Tag.xml")));
    assert_eq!((facts.others.len(), facts.others[0].pages, facts.others[0].info.title.as_deref()), (1, 2, Some("two")));
    assert!(facts.unreachable.is_empty(), "{:?}", facts.unreachable);
    for kind in [ProblemKind::OtherVersion, ProblemKind::MissingAttribute] {
        assert!(facts.has(kind) && kind.class() == ProblemClass::Tolerated, "{kind:?}");
    }
    assert!(facts.has(ProblemKind::SeveralDocuments));
}

#[test]
fn pictures_lie_where_they_are_painted() {
    let facts = inspect(&files());
    let [picture] = facts.pages[0].pictures.as_slice() else { panic!("{:?}", facts.pages[0].pictures) };
    assert_eq!(
        (&*picture.id, picture.boundary, picture.placement),
        ("3", Rect::mm(10, 5, 20, 20), Rect::mm(11, 7, 40, 30))
    );
    assert_eq!(facts.images[picture.image.unwrap()].file.as_ref().unwrap().bytes(), b"picture");

    // A hidden annotation is known with what it would show, and shows nothing.
    let annotation = &facts.annotations[0];
    assert_eq!((annotation.page, annotation.visible, &*annotation.path), (Some(0), false, "An1.xml"));
    assert_eq!(annotation.parameters, [("k".to_owned(), "v".to_owned())]);
    assert_eq!(
        (annotation.pictures[0].placement, annotation.pictures[0].source),
        (Rect::mm(51, 21, 4, 4), Source::Annotation)
    );
    assert!(facts.reached.iter().any(|part| part == "An1.xml"));
}

#[test]
fn the_list_of_all_files_is_held_against_the_package() {
    let list = inspect(&files()).integrity.unwrap();
    let listed: Vec<_> = list.files.iter().map(|file| (&*file.file_loc, file.entry.as_deref())).collect();
    assert_eq!(listed, [("/OFD.xml", Some("OFD.xml")), ("/gone.xml", None)]);
    assert_eq!(
        (list.value_path.as_deref(), list.value.unwrap().bytes()),
        (Some("signedvalue.dat"), b"value".as_slice())
    );
    assert!(list.unlisted.contains(&"D.xml".to_owned()) && !list.unlisted.contains(&"OFDEntries.xml".to_owned()));
}

/// What the cells of a pattern show is shown, too: a seal may be painted as one.
#[test]
fn patterns_show_what_is_in_their_cells() {
    let cell = "<ofd:CellContent><ofd:ImageObject ID=\"21\" Boundary=\"0 0 30 30\" CTM=\"30 0 0 30 0 0\" ResourceID=\"8\"/></ofd:CellContent>";
    for (object, color) in [("PathObject", "FillColor"), ("PathObject", "StrokeColor"), ("TextObject", "FillColor")] {
        let mut files = files();
        let page = files.iter_mut().find(|(name, _)| *name == "P.xml").unwrap();
        let painted = format!(
            "<ofd:{object} ID=\"20\" Boundary=\"5 6 30 30\" Fill=\"true\"><ofd:{color}><ofd:Pattern Width=\"30\" Height=\"30\">{cell}</ofd:Pattern></ofd:{color}></ofd:{object}></ofd:Layer>"
        );
        page.1 = page.1.replace("</ofd:Layer>", &painted);
        let before = inspect(&self::files()).pages[0].pictures.len();
        let facts = inspect(&files);
        let found = facts.pages[0].pictures.iter().find(|picture| picture.id == "21").unwrap();
        assert_eq!((found.boundary, found.image), (Rect::mm(5, 6, 30, 30), Some(0)), "{object}");
        assert_eq!(facts.pages[0].pictures.len(), before + 1);
    }
}

/// A folder of resources is spelled with slashes, and lies in the package.
#[test]
fn folders_of_resources_have_one_spelling() {
    for (said, kind) in [("Res\\", ProblemKind::PathSpelling), ("../..", ProblemKind::PathOutside)] {
        let mut files = files();
        let res = files.iter_mut().find(|(name, _)| *name == "Res.xml").unwrap();
        res.1 = res.1.replacen("<ofd:Res ", &format!("<ofd:Res BaseLoc=\"{said}\" "), 1);
        assert!(inspect(&files).has(kind), "{said}");
    }
}
