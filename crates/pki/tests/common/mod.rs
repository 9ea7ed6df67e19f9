//! A small public-key world, made anew for each test.
#![allow(dead_code, clippy::unwrap_used, reason = "each test file uses its own part; a panic is a test's verdict")]

use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use pki::{CertificateTemplate, KeyKind, Name, PrivateKey, Signer, SoftSigner};
use time::OffsetDateTime;
use time::macros::datetime;

pub(crate) const FROM: OffsetDateTime = datetime!(2026-01-01 0:00 UTC);
pub(crate) const UNTIL: OffsetDateTime = datetime!(2036-01-01 0:00 UTC);
pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-21 12:00 UTC);

pub(crate) fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

pub(crate) fn key(kind: KeyKind) -> PrivateKey {
    PrivateKey::generate(kind, &mut rng()).unwrap()
}

pub(crate) fn name(common_name: &str) -> Name {
    Name::builder().country("CN").organization("测试机构").common_name(common_name).build()
}

/// A root, a CA below it, and a document signer below that.
pub(crate) struct World {
    pub(crate) root: SoftSigner,
    pub(crate) ca: SoftSigner,
    pub(crate) signer: SoftSigner,
}

impl World {
    pub(crate) fn new(kind: KeyKind) -> Self {
        Self::with_leaf(kind, CertificateTemplate::document_signer)
    }

    pub(crate) fn with_leaf(kind: KeyKind, leaf: impl Fn(Name) -> CertificateTemplate) -> Self {
        let root_key = key(kind);
        let root =
            CertificateTemplate::root_ca(name("Root")).serial(&[1]).valid(FROM, UNTIL).self_sign(&root_key).unwrap();
        let root = SoftSigner::new(root_key, root, vec![]).unwrap();
        let ca = child(&root, kind, CertificateTemplate::issuing_ca(name("CA"), 0).serial(&[0, 0xab, 2]));
        let signer = child(&ca, kind, leaf(name("Signer")).serial(&[3]));
        Self { root, ca, signer }
    }
}

/// A new key with a certificate issued by `issuer`; validity is set when the template has none of its own.
pub(crate) fn child(issuer: &SoftSigner, kind: KeyKind, template: CertificateTemplate) -> SoftSigner {
    child_valid(issuer, kind, template, FROM, UNTIL)
}

pub(crate) fn child_valid(
    issuer: &SoftSigner,
    kind: KeyKind,
    template: CertificateTemplate,
    from: OffsetDateTime,
    until: OffsetDateTime,
) -> SoftSigner {
    let key = key(kind);
    let certificate = template.valid(from, until).issue(key.public_key(), issuer).unwrap();
    let mut chain = vec![issuer.certificate().clone()];
    chain.extend(issuer.chain().iter().cloned());
    SoftSigner::new(key, certificate, chain).unwrap()
}

pub(crate) fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

pub(crate) mod dsa;
pub(crate) mod ocsp;
pub(crate) mod values;

/// A foreign corpus in the shared folder (LICENSE_SHARED, or `shared` beside the workspace); says so when it is not there.
pub(crate) fn corpus(name: &str) -> Option<std::path::PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let shared = std::env::var_os("LICENSE_SHARED").map_or_else(|| beside.into(), std::path::PathBuf::from);
    let folder = shared.join("fixtures").join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("SKIPPED: the corpus {name} is not at hand (looked in {})", folder.display());
    None
}

/// Runs openssl in `dir`; `None` and a loud line when it is not installed.
pub(crate) fn openssl(dir: &std::path::Path, arguments: &[&str]) -> Option<(bool, String)> {
    let output = match std::process::Command::new("openssl").current_dir(dir).args(arguments).output() {
        Ok(output) => output,
        Err(error) => {
            eprintln!("SKIPPED: openssl cannot be run: {error}");
            return None;
        }
    };
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    Some((output.status.success(), text))
}
