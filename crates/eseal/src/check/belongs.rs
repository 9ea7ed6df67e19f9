//! Whether the parts belong together: this file, this seal, this signer.

use super::{failed, not_done};
use crate::seal::Seal;
use crate::signature::SealSignature;
use pki::{Digest, Outcome};

pub(super) fn listed(signature: &SealSignature) -> Outcome {
    let signers = &signature.seal().content().signers;
    if signers.contains(&signature.signer_der) {
        Outcome::Passed
    } else {
        Outcome::Failed(format!("the signer is none of the {} certificates the seal lists", signers.len()))
    }
}

pub(super) fn data_hash(signature: &SealSignature, expected: &Digest) -> Outcome {
    if signature.data_hash() == expected.as_bytes() {
        Outcome::Passed
    } else {
        failed("dataHash is not the digest of Signature.xml")
    }
}

/// The standards only ask that propertyInfo says what is protected. Nearly all write the path of Signature.xml, one
/// vendor JSON with a name of the entry. What names another file, be it beside this one, is not this file's; what names
/// none, or the entry file of every package, says nothing.
pub(super) fn property_info(signature: &SealSignature, path: Option<&str>) -> Outcome {
    let Some(path) = path else { return not_done("the path of Signature.xml was not given") };
    belonging(signature.property_info(), path.trim_start_matches('/'))
}

fn belonging(said: &str, path: &str) -> Outcome {
    let (rest, named) = without(said, path);
    let mut others = files(&rest);
    let value = || values(&rest).find(|file| !named && folder(file) != folder(path));
    if said.trim_end().chars().any(char::is_control) {
        Outcome::Failed(format!("propertyInfo has control characters: {said:?}"))
    } else if let Some(other) = others.find(|file| !named || is_same_kind(file, path)) {
        Outcome::Failed(format!("propertyInfo names {other}, where /{path} is meant: {said:?}"))
    } else if let Some(other) = value() {
        Outcome::Failed(format!("propertyInfo names {other}, where /{path} is meant: {said:?}"))
    } else if named {
        Outcome::Passed
    } else {
        Outcome::NotDone(format!("propertyInfo does not name /{path}: {said:?}"))
    }
}

/// The text without the path where it occurs as a whole, and whether it did: `Sign_1/Signature.xml` is no part of
/// `Sign_11/Signature.xml`.
fn without(text: &str, path: &str) -> (String, bool) {
    // Anything else beside a path makes it another one: more folders, `other.ofd!`, a name that goes on.
    let parts = |char: char| {
        char.is_whitespace()
            || matches!(char, '"' | '\'' | ',' | ';' | ':' | '=' | '|' | '(' | '[' | '{' | '<')
            || matches!(char, ')' | ']' | '}' | '>')
    };
    let is_whole = |at: usize| {
        let (before, after) = (&text[..at], &text[at + path.len()..]);
        let before = before.strip_suffix('/').unwrap_or(before);
        before.chars().next_back().is_none_or(parts) && after.chars().next().is_none_or(|c| parts(c) || c.is_control())
    };
    let (mut rest, mut from) = (String::new(), 0);
    if !path.is_empty() {
        for (at, _) in text.match_indices(path).filter(|(at, _)| is_whole(*at)) {
            rest.push_str(&text[from..at]);
            rest.push(' ');
            from = at + path.len();
        }
    }
    rest.push_str(&text[from..]);
    (rest, from > 0)
}

/// What could be paths in a text.
fn paths(text: &str) -> impl Iterator<Item = &str> {
    let is_path = |char: char| char.is_alphanumeric() || matches!(char, '_' | '.' | '-' | '/' | '\\');
    text.split(move |char| !is_path(char))
}

/// The files of signature values and seals that a text names: those of another signature are another signature's.
fn values(text: &str) -> impl Iterator<Item = &str> {
    let is_value = |name: &&str| [".dat", ".esl"].iter().any(|end| name.to_ascii_lowercase().ends_with(end));
    paths(text).filter(is_value)
}

fn folder(path: &str) -> &str {
    path.trim_start_matches('/').rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The XML files that a text names, the entry file aside.
fn files(text: &str) -> impl Iterator<Item = &str> {
    paths(text).filter(|name| {
        name.to_ascii_lowercase().contains(".xml") && !name.trim_start_matches('/').eq_ignore_ascii_case(ENTRY_FILE)
    })
}

/// Whether two paths end in the same name, so that one can be taken for the other.
fn is_same_kind(a: &str, b: &str) -> bool {
    let last = |path: &str| path.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
    last(a) == last(b)
}

/// What every package has; naming it tells no package from another.
const ENTRY_FILE: &str = "OFD.xml";

pub(super) fn seal_file(seal: &Seal, file: Option<&[u8]>) -> Outcome {
    match file {
        None => not_done("the package has no seal file"),
        Some(file) if file == seal.der() => Outcome::Passed,
        Some(_) => failed("the seal file is not the seal inside the signature"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_named_as_a_whole_and_no_other() {
        let path = "Doc_0/Signs/Sign_1/Signature.xml";
        for good in [
            "/Doc_0/Signs/Sign_1/Signature.xml",
            "Doc_0/Signs/Sign_1/Signature.xml",
            "{\"Entry\":\"/Doc_0/Signs/Sign_1/Signature.xml\"}\n",
            "x; /Doc_0/Signs/Sign_1/Signature.xml,",
            "OFD.xml /Doc_0/Document.xml /Doc_0/Signs/Sign_1/Signature.xml",
            "{\"DocName\":\"信.ofd\",\"Entry\":\"/Doc_0/Signs/Sign_1/Signature.xml\"}",
        ] {
            assert_eq!(belonging(good, path), Outcome::Passed, "{good}");
        }
        for bad in [
            "/Doc_0/Signs/Sign_11/Signature.xml",
            "/Doc_0/Signs/Sign_1/Signature.xml2",
            "/Other/Doc_0/Signs/Sign_1/Signature.xml",
            "XDoc_0/Signs/Sign_1/Signature.xml",
            "other.ofd!/Doc_0/Signs/Sign_1/Signature.xml",
            "文/Doc_0/Signs/Sign_1/Signature.xml",
            "/Doc_0/Signs/Sign_1/Signature.xml/x",
            "/Doc_0/Signs/Sign_2/SignedValue.dat",
            "/Doc_0/Signs/Sign_2/Seal.esl",
            "/Doc_1/Document.xml",
            "{\"Entry\":\"/Doc_0/Signs/Sign_0/Signature.xml\",\"Was\":\"/Doc_0/Signs/Sign_1/Signature.xml\"}",
            "/Doc_0/Signs/Sign_1/Signature.xml,/Doc_0/Signs/Sign_2/signature.XML",
            "/Doc_0/Signs/Sign_1/Signature.xml\0/Doc_0/Signs/Sign_2/x",
        ] {
            assert!(matches!(belonging(bad, path), Outcome::Failed(_)), "{bad}");
        }
        let chinese = "文档/Signs/Sign_0/Signature.xml";
        assert_eq!(belonging("/文档/Signs/Sign_0/Signature.xml", chinese), Outcome::Passed);
        assert!(matches!(belonging("/证照/Signs/Sign_0/Signature.xml", chinese), Outcome::Failed(_)));
        for silent in ["", " ", "/OFD.xml", "a letter", "签章保护文件", "/Doc_0/Signs/Sign_1/SignedValue.dat"] {
            assert!(matches!(belonging(silent, path), Outcome::NotDone(_)), "{silent}");
        }
    }
}
