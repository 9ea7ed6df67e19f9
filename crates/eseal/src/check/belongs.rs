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
/// vendor JSON with a name of the entry. What names another file is not this file's; what names none says nothing.
pub(super) fn property_info(signature: &SealSignature, path: Option<&str>) -> Outcome {
    let Some(path) = path else { return not_done("the path of Signature.xml was not given") };
    let said = signature.property_info();
    if names(said, path.trim_start_matches('/')) {
        Outcome::Passed
    } else if said.to_ascii_lowercase().contains(".xml") {
        Outcome::Failed(format!("propertyInfo does not name {path}, but {said:?}"))
    } else if said.trim().is_empty() {
        failed("propertyInfo is empty")
    } else {
        Outcome::NotDone(format!("propertyInfo names no file: {said:?}"))
    }
}

/// Whether the path occurs as a whole: `Sign_1/Signature.xml` is no part of `Sign_11/Signature.xml`.
fn names(text: &str, path: &str) -> bool {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    !path.is_empty()
        && text.match_indices(path).any(|(at, _)| {
            let (before, after) = (&text.as_bytes()[..at], &text.as_bytes()[at + path.len()..]);
            // Absolute paths begin with a slash: more folders before it make another path.
            let root = match before {
                [rest @ .., b'/'] => !rest.last().is_some_and(is_name),
                rest => !rest.last().is_some_and(is_name),
            };
            root && !after.first().is_some_and(is_name)
        })
}

pub(super) fn seal_file(seal: &Seal, file: Option<&[u8]>) -> Outcome {
    match file {
        None => not_done("the package has no seal file"),
        Some(file) if file == seal.der() => Outcome::Passed,
        Some(_) => failed("the seal file is not the seal inside the signature"),
    }
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_path_is_named_as_a_whole() {
        let path = "Doc_0/Signs/Sign_1/Signature.xml";
        for good in [
            "/Doc_0/Signs/Sign_1/Signature.xml",
            "Doc_0/Signs/Sign_1/Signature.xml",
            "{\"Entry\":\"/Doc_0/Signs/Sign_1/Signature.xml\"}\n",
            "x; /Doc_0/Signs/Sign_1/Signature.xml,",
        ] {
            assert!(names(good, path), "{good}");
        }
        for bad in [
            "",
            "/Doc_0/Signs/Sign_11/Signature.xml",
            "/Doc_0/Signs/Sign_1/Signature.xml2",
            "/Other/Doc_0/Signs/Sign_1/Signature.xml",
            "XDoc_0/Signs/Sign_1/Signature.xml",
        ] {
            assert!(!names(bad, path), "{bad}");
        }
        assert!(!names("anything", ""));
    }
}
