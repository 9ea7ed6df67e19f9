//! Class 5: several documents in one package. Readers differ in which one they show.

use crate::attack::{Attack, Attacker, Base};
use crate::parts::{Parts, between};
use crate::seal::{Scene, Value};
use crate::sign::{Signing, stamps, unsigned};
use crate::workshop::{PAGE, Workshop};

const SEVERAL: &[&str] = &["ofd.multiple-documents"];

/// A forged document beside the first one, under `Doc_1`.
fn add_second(parts: &mut Parts) {
    for name in parts.names().into_iter().filter(|name| name.starts_with("Doc_0/") && !name.contains("/Signs/")) {
        let bytes = parts.get(&name).to_vec();
        parts.set(&name.replacen("Doc_0", "Doc_1", 1), bytes);
    }
    let (from, to) = if parts.text(PAGE).contains("1000") { ("1000", "9000") } else { ("12315", "12312") };
    parts.replace("Doc_1/Pages/Page_0/Content.xml", from, to);
}

/// `DocBody` of the genuine document, and one that leads to the forged one without signatures.
fn bodies(parts: &Parts) -> (String, String) {
    let text = parts.text("OFD.xml");
    let inside = between(&text, "<ofd:DocBody>", "</ofd:DocBody>");
    let genuine = format!("<ofd:DocBody>{inside}</ofd:DocBody>");
    let start = genuine.find("<ofd:Signatures>").unwrap_or(genuine.len() - "</ofd:DocBody>".len());
    let forged = format!("{}</ofd:DocBody>", &genuine[..start]).replace("Doc_0/Document.xml", "Doc_1/Document.xml");
    (genuine, forged)
}

fn several(base: &Parts, forged_first: bool) -> Parts {
    let mut parts = base.clone();
    add_second(&mut parts);
    let (genuine, forged) = bodies(&parts);
    let both = if forged_first { format!("{forged}{genuine}") } else { format!("{genuine}{forged}") };
    parts.replace("OFD.xml", &genuine, &both);
    parts
}

pub(super) fn make(shop: &Workshop) -> Vec<Attack> {
    // Sealed by a program that leaves OFD.xml out: nothing that is signed need be touched.
    let open = {
        let stamps = stamps(&shop.notice);
        let mut parts = unsigned(&shop.notice);
        let value = shop.by_market();
        let make = |scene: &Scene<'_>| value.over(scene);
        let protects = |name: &str| name != "OFD.xml";
        Signing { protects: Some(&protects), ..Signing::new(&make, &stamps) }.put_on(&mut parts);
        parts
    };
    let redirected = {
        let mut parts = open.clone();
        add_second(&mut parts);
        parts.replace("OFD.xml", "Doc_0/Document.xml", "Doc_1/Document.xml");
        parts.to_zip()
    };
    let two_roots = {
        let mut parts = open.clone();
        add_second(&mut parts);
        let root = "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>";
        parts.replace("OFD.xml", root, &format!("{root}{}", root.replace("Doc_0", "Doc_1")));
        parts.to_zip()
    };
    let version = {
        let mut parts = open.clone();
        add_second(&mut parts);
        let list = "<ofd:Versions><ofd:Version ID=\"1\" Index=\"1\" Current=\"true\" BaseLoc=\"Doc_1/Version.xml\"/>\
                    </ofd:Versions><ofd:Signatures>";
        parts.replace("OFD.xml", "<ofd:Signatures>", list);
        let xml = format!(
            "<ofd:DocVersion {} ID=\"1\"><ofd:FileList><ofd:File ID=\"1\">Document.xml</ofd:File></ofd:FileList>\
             <ofd:DocRoot>Document.xml</ofd:DocRoot></ofd:DocVersion>",
            crate::sign::NAMESPACE
        );
        parts.set("Doc_1/Version.xml", xml);
        parts.to_zip()
    };
    let by_other = {
        let mut parts = several(&unsigned(&shop.license), true);
        let value = Value { binds_container: true, ..shop.by_housing() };
        let make = |scene: &Scene<'_>| value.over(scene);
        let stamps = stamps(&shop.license);
        Signing::new(&make, &stamps).put_on(&mut parts);
        parts.to_zip()
    };
    vec![
        Attack::new(
            "forged-behind",
            "a forged second document behind the sealed one",
            &["ofd.multiple-documents", "ofd.digest"],
            several(&shop.notice, false).to_zip(),
        ),
        Attack::new(
            "forged-before",
            "a forged document before the sealed one",
            &["ofd.multiple-documents", "ofd.digest"],
            several(&shop.notice, true).to_zip(),
        ),
        Attack::new(
            "forged-before-open-entry",
            "OFD.xml was left out of the seal: every signature holds, and the first document is a forged one",
            SEVERAL,
            several(&open, true).to_zip(),
        )
        .intact(),
        Attack::new(
            "forged-behind-open-entry",
            "OFD.xml was left out of the seal: every signature holds, and the last document is a forged one",
            SEVERAL,
            several(&open, false).to_zip(),
        )
        .intact(),
        Attack::new(
            "sealed-by-other-issuer",
            "two documents, both sealed by another trusted issuer in one package",
            SEVERAL,
            by_other,
        )
        .intact()
        .of(Base::License)
        .by(Attacker::OtherIssuer),
        Attack::new(
            "root-redirected",
            "OFD.xml was left out of the seal: DocRoot leads to a forged document, the sealed one lies beside it",
            &["ofd.uncovered"],
            redirected,
        )
        .intact(),
        Attack::new(
            "two-roots",
            "OFD.xml was left out of the seal: a second DocRoot in the same DocBody",
            &["ofd.structure"],
            two_roots,
        )
        .intact(),
        Attack::new(
            "current-version",
            "OFD.xml was left out of the seal: a list of versions calls a forged document current",
            &["ofd.versions", "ofd.uncovered"],
            version,
        )
        .intact(),
    ]
}
