//! A sealed package changed and sealed again by hand: what `ofd::prepare` would refuse to seal, under a seal that holds.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ofd::Package;
use pki::DigestAlgorithm;

use super::forge::{self, Sealing};
use super::recipe::Recipe;

pub const XML: &str = "Doc_0/Signs/Sign_0/Signature.xml";
pub const VALUE: &str = "Doc_0/Signs/Sign_0/SignedValue.dat";
pub const LIST: &str = "Doc_0/Signs/Signatures.xml";

/// The package of `recipe` with `change` made to it and all digests made right again, new files included.
pub fn changed(recipe: &Recipe, change: impl FnOnce(&mut Package)) -> Vec<u8> {
    sealed(recipe, change, |xml| xml, &|recipe, what| forge::ses(&recipe.seal, recipe.at, what, &recipe.seal_signer))
}

/// The package of `recipe` with another Signature.xml.
pub fn with_xml(recipe: &Recipe, change: impl FnOnce(String) -> String) -> Vec<u8> {
    sealed(recipe, |_| {}, change, &|recipe, what| forge::ses(&recipe.seal, recipe.at, what, &recipe.seal_signer))
}

/// Both, under a signature value of the caller's making.
pub fn sealed(
    recipe: &Recipe,
    change: impl FnOnce(&mut Package),
    change_xml: impl FnOnce(String) -> String,
    make: &dyn Fn(&Recipe, &Sealing<'_>) -> Vec<u8>,
) -> Vec<u8> {
    let mut before = forge::open(&recipe.ofd());
    let digest = |bytes: &[u8]| STANDARD.encode(DigestAlgorithm::Sm3.digest(bytes).as_bytes());
    let digests: Vec<(String, String)> =
        before.parts().map(|(name, part)| (name.to_owned(), digest(part.bytes()))).collect();
    change(&mut before);
    let mut xml = String::from_utf8(before.part(XML).unwrap().bytes().to_vec()).unwrap();
    for (name, part) in before.parts().filter(|(name, _)| ![XML, VALUE].contains(name)) {
        let now = digest(part.bytes());
        match digests.iter().find(|(known, _)| known == name) {
            Some((_, old)) => xml = xml.replace(old, &now),
            None => {
                let reference = format!(
                    "<ofd:Reference FileRef=\"/{name}\"><ofd:CheckValue>{now}</ofd:CheckValue></ofd:Reference></ofd:References>"
                );
                xml = xml.replace("</ofd:References>", &reference);
            }
        }
    }
    let xml = change_xml(xml);
    // The value stands last, so that the container before it is known.
    let mut package = Package::new();
    for (name, part) in before.parts().filter(|(name, _)| ![XML, VALUE].contains(name)) {
        package.add(name, part.clone()).unwrap();
    }
    package.add(XML, xml.as_bytes().to_vec()).unwrap();
    package.add(VALUE, b"here".to_vec()).unwrap();
    let zip = package.to_zip().unwrap();
    let container = &zip[..Package::last_file_at(&zip, VALUE).unwrap()];
    let hash = DigestAlgorithm::Sm3.digest(xml.as_bytes());
    let value = make(recipe, &Sealing { hash: &hash, path: &format!("/{XML}"), container });
    package.set(VALUE, value);
    package.to_zip().unwrap()
}

/// A text part with one thing in place of another.
pub fn edit(package: &mut Package, name: &str, from: &str, to: &str) {
    let text = String::from_utf8(package.part(name).unwrap().bytes().to_vec()).unwrap();
    assert!(text.contains(from), "{name} has no {from}: {text}");
    package.set(name, text.replacen(from, to, 1).into_bytes());
}
