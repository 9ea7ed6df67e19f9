//! Comparing declared digests with real ones. The digest itself is the caller's.

use std::collections::HashMap;

use super::facts::Facts;
use super::signature::Resolution;
use crate::part::Part;

/// How one reference fared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferenceOutcome {
    /// The signature, as an index into [`Facts::signatures`].
    pub signature: usize,
    /// The reference, as an index into its references.
    pub reference: usize,
    /// `@FileRef`.
    pub file_ref: String,
    /// The outcome.
    pub status: ReferenceStatus,
}

/// Outcome of one reference. Only [`ReferenceStatus::Matches`] is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReferenceStatus {
    /// The file is what was signed.
    Matches,
    /// The file has changed.
    Differs,
    /// There is no such file.
    Unresolved,
    /// The check value is not base64.
    NoCheckValue,
    /// The caller does not know, or does not trust, the digest method.
    UnknownMethod,
}

/// A digest by the name of its method; `None` for methods that are unknown or must not count as secure.
pub type DigestByMethod<'a> = dyn Fn(&str, &[u8]) -> Option<Vec<u8>> + 'a;

impl Facts {
    /// Digests every referenced file with the method its signature names and compares.
    ///
    /// `digest` gets the method as written, and `MD5` when it is absent, as the schema has it. Methods that give one digest
    /// of no bytes are one, however they are spelled.
    pub fn check_references(&self, digest: &DigestByMethod<'_>) -> Vec<ReferenceOutcome> {
        let mut outcomes = Vec::new();
        let known = self.digests(digest);
        for (s, signature) in self.signatures.iter().enumerate() {
            let method = signature.check_method.as_deref().unwrap_or("MD5");
            let of_nothing = digest(method, b"");
            for (r, reference) in signature.references.iter().enumerate() {
                let status = match (&reference.resolution, &reference.check_value) {
                    (Resolution::Missing | Resolution::Outside, _) => ReferenceStatus::Unresolved,
                    (_, None) => ReferenceStatus::NoCheckValue,
                    (Resolution::Entry { name, .. }, Some(declared)) => {
                        let of_file = of_nothing.as_ref().and_then(|function| known.get(name.as_str())?.get(function));
                        match of_file {
                            None => ReferenceStatus::UnknownMethod,
                            Some(real) if real == declared => ReferenceStatus::Matches,
                            Some(_) => ReferenceStatus::Differs,
                        }
                    }
                };
                outcomes.push(ReferenceOutcome {
                    signature: s,
                    reference: r,
                    file_ref: reference.file_ref.clone(),
                    status,
                });
            }
        }
        outcomes
    }

    /// The digests of all files that signatures name, by file and by the digest of no bytes. Many signatures may name the
    /// same file: it is opened once, and digested once per method.
    fn digests(&self, digest: &DigestByMethod<'_>) -> HashMap<&str, HashMap<Vec<u8>, Vec<u8>>> {
        let mut wanted: HashMap<&str, (&Part, HashMap<Vec<u8>, &str>)> = HashMap::new();
        for signature in &self.signatures {
            let method = signature.check_method.as_deref().unwrap_or("MD5");
            let Some(function) = digest(method, b"") else { continue };
            for reference in signature.references.iter().filter(|reference| reference.check_value.is_some()) {
                if let Resolution::Entry { name, part } = &reference.resolution {
                    let (_, methods) = wanted.entry(name).or_insert_with(|| (part, HashMap::new()));
                    if !methods.contains_key(&function) {
                        methods.insert(function.clone(), method);
                    }
                }
            }
        }
        let of_part = |(name, (part, methods)): (_, (&Part, HashMap<Vec<u8>, &str>))| {
            let bytes = part.open();
            let digests =
                methods.into_iter().filter_map(|(function, method)| Some((function, digest(method, &bytes)?)));
            (name, digests.collect())
        };
        wanted.into_iter().map(of_part).collect()
    }
}
