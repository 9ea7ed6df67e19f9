//! The OFD package and what its signature covers.

use license_core::verify::Reason;
use ofd::SignatureKind;
use pki::Signer as _;
use pki::cms::CmsOptions;

use super::Case;
use super::verify_support::forge::{self, Sealing, find};
use super::verify_support::recipe::{Recipe, with_options};
use super::verify_support::{ISSUED, good};

const VALUE: &str = "Doc_0/Signs/Sign_0/SignedValue.dat";

pub fn cases() -> Vec<Case> {
    let mut cases = container();
    cases.extend(references());
    cases
}

fn container() -> Vec<Case> {
    let good = good().ofd();
    let mut two_dates = good.to_vec();
    two_dates[10] ^= 1;
    let without = |name: &'static str| forge::rebuild(good, |found, bytes| (found != name).then(|| bytes.to_vec()));
    let recipe = Recipe::of(super::verify_support::good());
    let sealed = |names: &dyn Fn(Vec<u8>) -> Vec<u8>| {
        recipe.ofd_with(recipe.package(), &|what| {
            let names = names(forge::container_name(what));
            let to_sign = forge::ses_to_sign_with(recipe.seal.der(), recipe.at, what, &names);
            let signature = recipe.seal_signer.sign(&to_sign).unwrap();
            forge::ses_around(&to_sign, recipe.seal_signer.certificate().der(), &pki::oid::SM2_WITH_SM3, &signature)
        })
    };
    let unnamed = sealed(&|_| Vec::new());
    let named_twice = sealed(&|name| name.repeat(2));
    let elsewhere = sealed(&|name| [&name[..name.len() - 1], &[name[name.len() - 1] ^ 1]].concat());
    // Two entries of one name: written under another name of the same length, then renamed in both headers.
    let twin = forge::repack(good, |package| package.set("OFD.xmL", b"<x/>".to_vec()));
    let twin = forge::replace(&twin, b"OFD.xmL", b"OFD.xml");
    vec![
        Case::file("cut off", &good[..good.len() - 100], &[Reason::OfdUnreadable]),
        Case::file("nothing but a head", b"PK\x03\x04".repeat(50), &[Reason::OfdUnreadable]),
        Case::file("bytes behind", [good, b"x"].concat(), &[Reason::OfdOutsideBytes, Reason::OfdStructure]),
        Case::file("bytes before", [b"x", good].concat(), &[Reason::OfdOutsideBytes, Reason::OfdStructure]),
        Case::file("another date of an entry", two_dates, &[Reason::OfdStructure]),
        Case::file("two entries of one name", twin, &[Reason::OfdDuplicateEntry, Reason::OfdStructure]),
        Case::file("the same files, deflated again", forge::deflated_again(good), &[Reason::OfdStructure]),
        Case::file("a seal that does not name the container", unnamed, &[Reason::OfdStructure]),
        Case::file("a seal that names it twice", named_twice, &[Reason::SealExtension, Reason::OfdStructure]),
        Case::file("a seal that names another container", elsewhere, &[Reason::OfdStructure]),
        Case::file(
            "no OFD.xml",
            without("OFD.xml"),
            &[
                Reason::OfdReference,
                Reason::OfdUnsigned,
                Reason::OfdUnreferenced,
                Reason::OfdSignatureList,
                Reason::RecordMissing,
                Reason::IndexMissing,
            ],
        ),
        Case::file("no signature value", without(VALUE), &[Reason::OfdReference, Reason::OfdSignature]),
        Case::file(
            "never sealed",
            Recipe::of(super::verify_support::good()).package().to_zip().unwrap(),
            &[Reason::OfdUnsigned],
        ),
    ]
}

fn references() -> Vec<Case> {
    let garbage = forge::repack(good().ofd(), |package| package.set(VALUE, b"seal".to_vec()));
    let font = forge::names(good().ofd()).into_iter().find(|name| name.ends_with(".ttf")).unwrap();
    let changed_font = forge::rebuild(good().ofd(), |name, bytes| {
        let mut bytes = bytes.to_vec();
        if name == font {
            *bytes.last_mut().unwrap() ^= 1;
        }
        Some(bytes)
    });
    let words = forge::rebuild(good().ofd(), |name, bytes| {
        let text = String::from_utf8_lossy(bytes);
        Some(if name.ends_with("Page_0/Content.xml") {
            text.replacen("壹", "捌", 1).into_bytes()
        } else {
            bytes.to_vec()
        })
    });
    let smuggled = forge::repack(good().ofd(), |package| package.set("Doc_0/Res/more.png", b"\x89PNG".to_vec()));
    // A file that was named but not there when the document was sealed.
    let recipe = Recipe::of(good()).with_file("later.txt", b"later".to_vec());
    let later = {
        let package = recipe.package();
        let name = package.parts().map(|(name, _)| name.to_owned()).find(|name| name.ends_with("later.txt")).unwrap();
        let mut hole = ofd::Package::new();
        package
            .parts()
            .filter(|(found, _)| *found != name)
            .for_each(|(found, part)| hole.add(found, part.clone()).unwrap());
        let sealed = recipe.ofd_with(hole, &|what| forge::ses(&recipe.seal, recipe.at, what, &recipe.seal_signer));
        forge::repack(&sealed, |package| package.set(&name, b"later".to_vec()))
    };
    let open_list = Recipe { protect_list: false, ..Recipe::of(good()) };
    let plain = Recipe { kind: SignatureKind::Sign, ..Recipe::of(good()) };
    let cms = |what: &Sealing<'_>| with_options(what.hash, &plain.seal_signer, &CmsOptions::gbt35275(ISSUED));
    let weak = Recipe { check_method: "MD5".to_owned(), ..Recipe::of(good()) };
    assert!(find(good().ofd(), b"later.txt").is_none());
    vec![
        Case::file("a signature value that is none", garbage, &[Reason::OfdSignature]),
        // Whatever was packed again is also packed otherwise than it was sealed.
        Case::file("another font", changed_font, &[Reason::OfdDigest, Reason::OfdStructure]),
        Case::file(
            "another word",
            words,
            &[Reason::OfdDigest, Reason::FaceDiffers, Reason::FaceGlyphs, Reason::OfdStructure],
        ),
        Case::file("a file that nothing leads to", smuggled, &[Reason::OfdUnreferenced, Reason::OfdStructure]),
        Case::file("a file that was added to the document later", later, &[Reason::OfdUncovered, Reason::OfdStructure]),
        Case::file("a list of signatures that anyone may extend", open_list.ofd(), &[Reason::OfdUncovered]),
        Case::file("a signature without a seal", plain.ofd_with(plain.package(), &cms), &[Reason::OfdUnsigned]),
        Case::file("a broken digest function", weak.ofd(), &[Reason::OfdDigestMethod]),
    ]
}
