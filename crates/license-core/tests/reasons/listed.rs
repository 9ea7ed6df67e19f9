//! Packages closed by a signed list of all files (GM/T 0099-2020 annex D).

use license_core::verify::{INDEX_FILE, RECORD_FILE, Reason};
use ofd::{EntriesRequest, Package};
use pki::cms::CmsOptions;
use pki::{DigestAlgorithm, KeyKind, Signer as _};

use super::Case;
use super::verify_support::recipe::{Recipe, with_options};
use super::verify_support::{ISSUED, MARKET, forge, good, pki_maker, signer};

const LIST: &str = "OFDEntries.xml";
const VALUE: &str = "signedvalue.dat";

/// A closed package; what is wrong with it is done before the list is signed, and after.
fn closed(before: impl FnOnce(&mut String), after: impl FnOnce(&mut Package)) -> Vec<u8> {
    closed_by(&signer(&format!("{MARKET}-seal")), before, after)
}

fn closed_by(by: &pki::SoftSigner, before: impl FnOnce(&mut String), after: impl FnOnce(&mut Package)) -> Vec<u8> {
    let foreign = Recipe::of(good()).without_file(RECORD_FILE).without_file(INDEX_FILE);
    let prepared = ofd::prepare_entries(forge::open(&foreign.ofd()), &EntriesRequest::default()).unwrap();
    let mut list = String::from_utf8(prepared.to_be_signed().to_vec()).unwrap();
    before(&mut list);
    let value = with_options(&DigestAlgorithm::Sm3.digest(list.as_bytes()), by, &CmsOptions::gbt35275(ISSUED));
    let mut package = prepared.finish(value);
    package.set(LIST, list.into_bytes());
    after(&mut package);
    package.to_zip().unwrap()
}

pub fn cases() -> Vec<Case> {
    let and = |reasons: &[Reason]| [&[Reason::RecordMissing, Reason::IndexMissing], reasons].concat();
    let nothing = |_: &mut String| {};
    let first = |list: &str| {
        let start = list.find("<ofd:File ").unwrap();
        let end = start + list[start..].find("/>").unwrap() + 2;
        list[start..end].to_owned()
    };
    let stranger = {
        let root = pki_maker::root(KeyKind::Sm2, pki_maker::name("x", "Root"));
        pki_maker::leaf(KeyKind::Sm2, pki::CertificateTemplate::document_signer(pki_maker::name("x", "x")), &root)
    };
    let bare = |package: &mut Package| {
        let value = signer(&format!("{MARKET}-seal")).sign(b"x").unwrap();
        package.set(VALUE, value);
    };
    vec![
        Case::file("a closed package", closed(nothing, |_| {}), &and(&[])),
        Case::file(
            "a file smuggled into a closed package",
            closed(nothing, |package| package.set("Doc_0/more.bin", b"x".to_vec())),
            &and(&[Reason::IntegrityUnlisted, Reason::OfdUnreferenced]),
        ),
        Case::file(
            "a file that is not in the list",
            closed(|list| *list = list.replacen(&first(list), "", 1), |_| {}),
            &and(&[Reason::IntegrityUnlisted]),
        ),
        Case::file(
            "a listed file that is not there",
            closed(
                |list| {
                    *list =
                        list.replacen("</ofd:FileList>", "<ofd:File ID=\"999\" FileLoc=\"/none\"/></ofd:FileList>", 1)
                },
                |_| {},
            ),
            &and(&[Reason::IntegrityList]),
        ),
        Case::file(
            "a file listed twice",
            closed(
                |list| {
                    let twice = format!("{}</ofd:FileList>", first(list));
                    *list = list.replacen("</ofd:FileList>", &twice, 1);
                },
                |_| {},
            ),
            &and(&[Reason::IntegrityList]),
        ),
        Case::file(
            "a list changed after it was signed",
            closed(nothing, |package| {
                let list = String::from_utf8(package.part(LIST).unwrap().bytes().to_vec()).unwrap();
                package.set(LIST, list.replacen("<ofd:FileList>", "<ofd:FileList> ", 1).into_bytes());
            }),
            &and(&[Reason::IntegritySignature]),
        ),
        Case::file(
            "a list without its signature",
            closed(nothing, |package| package.set(VALUE, b"x".to_vec())),
            &and(&[Reason::IntegritySignature]),
        ),
        Case::file("a list under a bare signature", closed(nothing, bare), &and(&[Reason::OfdUnverifiable])),
        Case::file(
            "a list closed by a stranger",
            closed_by(&stranger, nothing, |_| {}),
            &and(&[Reason::SignerUntrusted]),
        ),
    ]
}
