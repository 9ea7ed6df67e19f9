//! Every kind of XML file of an OFD: the bytes take the place of that file in a small package that reaches it.

use std::sync::LazyLock;

use ofd::{Budget, Package, inspect};

/// A package with one file of each kind, all of them reached.
pub(crate) static BASE: LazyLock<Package> = LazyLock::new(|| {
    let mut package = Package::new();
    for (name, text) in PARTS {
        package.add(*name, text.as_bytes().to_vec()).expect("each name stands once");
    }
    package
});

/// What stands above a file of this kind, and what it leads to itself: the rest would be read again each time for nothing.
fn near(kind: &str) -> Package {
    let near: &[&str] = match kind {
        "ofd" | "document" => return BASE.clone(),
        "page" => &["Pages/", "PublicRes", "DocumentRes"],
        "template" => &["Pages/", "Tpls/", "PublicRes"],
        "res" => &["PublicRes", "Res/"],
        "signatures" | "signature" => &["Signs/"],
        "annotations" | "annotation" => &["Annots/"],
        "attachments" => &["Attachs/"],
        "custom_tags" => &["Tags/"],
        _ => &["entries.dat", "OFDEntries"],
    };
    let mut package = Package::new();
    let wanted = |name: &str| {
        ["OFD.xml", "Doc_0/Document.xml"].contains(&name)
            || near.iter().any(|near| name.trim_start_matches("Doc_0/").starts_with(near))
    };
    for (name, part) in BASE.parts().filter(|(name, _)| wanted(name)) {
        package.set(name, part.clone());
    }
    package
}

fn with(base: &Package, name: &str, data: &[u8]) {
    let budget = Budget { objects: 20_000, xml_nodes: 50_000, ..Budget::default() };
    let mut package = base.clone();
    package.set(name, data.to_vec());
    let facts = inspect(&package, &budget);
    assert!(facts.problems.len() <= budget.problems + 1, "more problems than there may be");
    assert!(facts.signatures.len() <= budget.signatures, "more signatures than there may be");
    for page in &facts.pages {
        page.plain_text();
        page.size();
    }
    facts.check_references(&|_, bytes| Some(vec![bytes.len() as u8; 32]));
}

macro_rules! kinds {
    ($($kind:ident $name:literal)*) => {
        $(pub(crate) fn $kind(data: &[u8]) {
            static NEAR: LazyLock<Package> = LazyLock::new(|| near(stringify!($kind)));
            with(&NEAR, $name, data);
        })*

        /// The file of each kind, by target.
        #[cfg(test)]
        const KINDS: &[(&str, &str)] = &[$((stringify!($kind), $name)),*];

        const PARTS: &[(&str, &str)] = &[
            $(($name, include_str!(concat!("../parts/", $name))),)*
            ("Doc_0/DocumentRes.xml", include_str!("../parts/Doc_0/DocumentRes.xml")),
            ("Doc_0/Tags/Tag.xml", "<tag/>"),
            ("Doc_0/Attachs/a.txt", "attached"),
            ("Doc_0/Res/font.ttf", "a font"),
            ("Doc_0/Res/image.png", "a picture"),
            ("Doc_0/Signs/Sign_0/SignedValue.dat", "0\u{6}\u{2}\u{1}\u{1}\u{2}\u{1}\u{1}"),
            ("Doc_0/Signs/Sign_0/Seal.esl", "a seal"),
            ("entries.dat", "0"),
        ];
    };
}

kinds! {
    ofd "OFD.xml"
    document "Doc_0/Document.xml"
    page "Doc_0/Pages/Page_0/Content.xml"
    template "Doc_0/Tpls/Tpl_0/Content.xml"
    res "Doc_0/PublicRes.xml"
    signatures "Doc_0/Signs/Signatures.xml"
    signature "Doc_0/Signs/Sign_0/Signature.xml"
    annotations "Doc_0/Annots/Annotations.xml"
    annotation "Doc_0/Annots/Page_0/Annotation.xml"
    attachments "Doc_0/Attachs/Attachments.xml"
    custom_tags "Doc_0/Tags/CustomTags.xml"
    entries "OFDEntries.xml"
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A target whose file nobody reads finds nothing.
    #[test]
    fn every_file_is_read() {
        let sound = inspect(&BASE, &Budget::default());
        assert!(sound.unreachable.is_empty(), "{:?}", sound.unreachable);
        assert_eq!((sound.pages.len(), sound.signatures.len(), sound.attachments.len()), (1, 1, 1));
        assert!(sound.pages[0].text.len() >= 2, "page and template");
        for (kind, name) in KINDS {
            for mut package in [BASE.clone(), near(kind)] {
                package.set(*name, b"<broken".to_vec());
                let broken = inspect(&package, &Budget::default());
                assert!(broken.problems.iter().any(|problem| problem.place == *name), "{kind}: {:?}", broken.problems);
            }
        }
    }
}
