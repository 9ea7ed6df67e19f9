//! Packages that two readers may read in two ways, each under a seal that holds.

use license_core::verify::Reason;
use ofd::Package;

use super::Case;
use super::verify_support::forge;
use super::verify_support::good;
use super::verify_support::recipe::Recipe;
use super::verify_support::reseal::{LIST, XML, changed, edit, with_xml};

const DOCUMENT: &str = "Doc_0/Document.xml";
const RESOURCES: &str = "Doc_0/PublicRes.xml";

pub fn cases() -> Vec<Case> {
    let mut cases = entries();
    cases.extend(documents());
    cases.extend(signatures());
    cases
}

fn recipe() -> Recipe {
    Recipe::of(good())
}

fn entries() -> Vec<Case> {
    let add = |name: &'static str| changed(&recipe(), |package| package.add(name, b"x".to_vec()).unwrap());
    // The checksum of the first entry, in both headers alike.
    let mut damaged = good().ofd().to_vec();
    let record = damaged.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    damaged[14] ^= 1;
    damaged[record + 16] ^= 1;
    // Another name in the first entry's own header than in the directory.
    let mut renamed = good().ofd().to_vec();
    renamed[30] = b'X';
    let unsafe_name = &[Reason::OfdPath, Reason::OfdUnreferenced, Reason::OfdDigest];
    vec![
        Case::file("nothing is wrong with the way these are made", changed(&recipe(), |_| {}), &[]),
        Case::file("two names that differ in case", add("Doc_0/DOCUMENT.xml"), &[Reason::OfdDuplicateEntry]),
        Case::file("a name with a backslash", add("Doc_0\\x.bin"), unsafe_name),
        Case::file("a name that leads outside", add("../x.bin"), &[Reason::OfdPath, Reason::OfdUnreferenced]),
        Case::file("two names of one entry", renamed, &[Reason::OfdHeaderMismatch, Reason::OfdStructure]),
        Case::file(
            "a checksum that is not that of the data",
            damaged,
            &[Reason::OfdEntryDamaged, Reason::OfdStructure],
        ),
    ]
}

fn documents() -> Vec<Case> {
    let edited = |name: &'static str, from: &'static str, to: &'static str| {
        changed(&recipe(), |package| edit(package, name, from, to))
    };
    let twice = changed(&recipe(), |package| {
        let text = String::from_utf8(package.part("OFD.xml").unwrap().bytes().to_vec()).unwrap();
        let body = text[text.find("<ofd:DocBody>").unwrap()..].split("</ofd:DocBody>").next().unwrap().to_owned();
        edit(package, "OFD.xml", "</ofd:OFD>", &format!("{body}</ofd:DocBody></ofd:OFD>"));
    });
    let versions = changed(&recipe(), |package: &mut Package| {
        let list = "<ofd:Versions><ofd:Version ID=\"1\" Index=\"0\" BaseLoc=\"Doc_0/Version.xml\"/></ofd:Versions>";
        edit(package, "OFD.xml", "<ofd:Signatures>", &format!("{list}<ofd:Signatures>"));
        let version =
            "<ofd:DocVersion xmlns:ofd=\"http://www.ofdspec.org/2016\" ID=\"1\"><ofd:FileList/></ofd:DocVersion>";
        package.add("Doc_0/Version.xml", version.as_bytes().to_vec()).unwrap();
    });
    vec![
        Case::file(
            "words that read in two encodings",
            changed(&recipe(), |package| {
                edit(package, RESOURCES, "encoding=\"UTF-8\"", "encoding=\"GBK\"");
                edit(package, RESOURCES, "<ofd:Fonts>", "<!--中文--><ofd:Fonts>");
            }),
            &[Reason::OfdEncoding],
        ),
        Case::file(
            "a prefix that stands for nothing",
            edited(RESOURCES, "<ofd:Fonts>", "<other:x/><ofd:Fonts>"),
            &[Reason::OfdXml],
        ),
        Case::file(
            "a document type",
            edited(XML_OF_TAGS, "<ofd:Attachments", "<!DOCTYPE x [<!ENTITY a \"b\">]><ofd:Attachments"),
            &[Reason::OfdXml, Reason::RecordMissing, Reason::IndexMissing],
        ),
        Case::file("two documents in one package", twice, &[Reason::OfdMultipleDocuments, Reason::OfdUncovered]),
        Case::file("a list of versions", versions, &[Reason::OfdVersions, Reason::OfdForeign]),
        Case::file(
            "a template for above, which a page puts below",
            edited(DOCUMENT, "ZOrder=\"Background\"", "ZOrder=\"Foreground\""),
            &[Reason::OfdForeign],
        ),
        Case::file(
            "a template that no page shows",
            edited(
                DOCUMENT,
                "</ofd:CommonData>",
                "<ofd:TemplatePage ID=\"9999\" BaseLoc=\"Tpls/Tpl_0/Content.xml\"/></ofd:CommonData>",
            ),
            &[Reason::OfdForeign],
        ),
        Case::file(
            "a link that leads nowhere",
            edited(DOCUMENT, "<ofd:Attachments>", "<ofd:CustomTags>Tags.xml</ofd:CustomTags><ofd:Attachments>"),
            &[Reason::OfdReference],
        ),
        Case::file(
            "a link that leads outside",
            edited(DOCUMENT, "<ofd:Attachments>", "<ofd:CustomTags>../../Tags.xml</ofd:CustomTags><ofd:Attachments>"),
            &[Reason::OfdPath],
        ),
        Case::file(
            "a child that must stand alone, twice",
            edited(DOCUMENT, "</ofd:CommonData>", "</ofd:CommonData><ofd:CommonData/>"),
            &[Reason::OfdStructure],
        ),
    ]
}

const XML_OF_TAGS: &str = "Doc_0/Attachs/Attachments.xml";

fn signatures() -> Vec<Case> {
    let listed = |from: &'static str, to: &'static str| changed(&recipe(), |package| edit(package, LIST, from, to));
    let open = Recipe { protect_list: false, ..recipe() };
    // Taken off the list, the files left where they were.
    let taken_off = forge::repack(&open.ofd(), |package| {
        let text = String::from_utf8(package.part(LIST).unwrap().bytes().to_vec()).unwrap();
        let record = &text[text.find("<ofd:Signature ").unwrap()..text.find("</ofd:Signatures>").unwrap()];
        let record = record.to_owned();
        edit(package, LIST, &record, "");
    });
    let twice = with_xml(&recipe(), |xml| {
        let start = xml.find("<ofd:Reference ").unwrap();
        let end = xml.find("</ofd:Reference>").unwrap() + "</ofd:Reference>".len();
        let reference = xml[start..end].to_owned();
        xml.replacen("</ofd:References>", &format!("{reference}</ofd:References>"), 1)
    });
    let two_lists = with_xml(&recipe(), |xml| {
        xml.replacen("</ofd:References>", "</ofd:References><ofd:References CheckMethod=\"SM3\"></ofd:References>", 1)
    });
    let empty = with_xml(&recipe(), |xml| {
        let start = xml.find("<ofd:Reference ").unwrap();
        let end = xml.find("</ofd:References>").unwrap();
        format!("{}{}", &xml[..start], &xml[end..])
    });
    let no_value = with_xml(&recipe(), |xml| xml.replacen("<ofd:CheckValue>", "<ofd:CheckValue>*", 1));
    let method =
        |to: &'static str| with_xml(&recipe(), |xml| xml.replacen("1.2.156.10197.1.501</ofd:SignatureMethod>", to, 1));
    let digest = |to: &'static str| with_xml(&recipe(), |xml| xml.replacen("1.2.156.10197.1.401", to, 1));
    vec![
        Case::file(
            "a seal listed as a plain signature",
            listed("Type=\"Seal\"", "Type=\"Sign\""),
            &[Reason::OfdSignatureList],
        ),
        Case::file(
            "a signature of a kind that nobody knows",
            listed("Type=\"Seal\"", "Type=\"Other\""),
            &[Reason::OfdSignatureList],
        ),
        Case::file(
            "a signature that builds on another",
            listed(" Type=", " Relative=\"7\" Type="),
            &[Reason::OfdSignatureList],
        ),
        Case::file(
            "a record that leads to another file",
            forge::repack(&open.ofd(), |package| edit(package, LIST, XML, "Doc_0/Document.xml")),
            &[
                Reason::OfdSignatureList,
                Reason::OfdXml,
                Reason::OfdUnreferenced,
                Reason::OfdSignature,
                Reason::OfdUncovered,
            ],
        ),
        Case::file(
            "a seal taken off the list",
            taken_off,
            &[Reason::OfdSignatureList, Reason::OfdUnreferenced, Reason::OfdUnsigned],
        ),
        Case::file("a reference twice", twice, &[Reason::OfdReferences]),
        Case::file("two lists of references", two_lists, &[Reason::OfdReferences]),
        Case::file("no references", empty, &[Reason::OfdReferences, Reason::OfdUncovered]),
        Case::file("a check value that is none", no_value, &[Reason::OfdReferences]),
        Case::file(
            "a signature method of another kind",
            method("1.2.840.113549.1.1.11</ofd:SignatureMethod>"),
            &[Reason::OfdSignatureMethod],
        ),
        Case::file("a signature method by name", method("SM3withSM2</ofd:SignatureMethod>"), &[]),
        Case::file("MD5 by name", digest("MD5"), &[Reason::OfdDigestMethod]),
        Case::file("SHA-1 by identifier", digest("1.3.14.3.2.26"), &[Reason::OfdDigestMethod]),
        Case::file("SM3 by name", digest("sm3"), &[]),
        Case::file("SM3 with key, by identifier", digest("1.2.156.10197.1.401.2"), &[]),
        Case::file(
            "no digest method, which means MD5",
            with_xml(&recipe(), |xml| xml.replacen(" CheckMethod=\"1.2.156.10197.1.401\"", "", 1)),
            &[Reason::OfdDigestMethod],
        ),
    ]
}
