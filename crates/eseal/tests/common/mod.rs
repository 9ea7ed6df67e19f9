//! A seal maker, a signer, and a seal between them.
#![allow(dead_code, clippy::unwrap_used, reason = "each test file uses its own part; a panic is a test's verdict")]

use eseal::{Picture, Seal, SealContent, SealingRequest, SignerList, Version};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use pki::{CertificateTemplate, Digest, DigestAlgorithm, KeyKind, Name, PrivateKey, Signer, SoftSigner};
use std::io::Read;
use std::path::{Path, PathBuf};
use time::OffsetDateTime;
use time::macros::datetime;

pub(crate) const FROM: OffsetDateTime = datetime!(2026-01-01 0:00 UTC);
pub(crate) const UNTIL: OffsetDateTime = datetime!(2031-01-01 0:00 UTC);
pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-21 12:00 UTC);
pub(crate) const PATH: &str = "/Doc_0/Signs/Sign_0/Signature.xml";

pub(crate) fn party(kind: KeyKind, name: &str) -> SoftSigner {
    let key = PrivateKey::generate(kind, &mut UnwrapErr(SysRng)).unwrap();
    let template = CertificateTemplate::seal_maker(Name::builder().country("CN").common_name(name).build());
    let certificate = template.serial(&[1]).valid(FROM, UNTIL).self_sign(&key).unwrap();
    SoftSigner::new(key, certificate, vec![]).unwrap()
}

pub(crate) struct World {
    pub(crate) maker: SoftSigner,
    pub(crate) signer: SoftSigner,
}

impl World {
    pub(crate) fn new() -> Self {
        Self { maker: party(KeyKind::Sm2, "制章系统"), signer: party(KeyKind::Sm2, "某市行政审批局") }
    }

    pub(crate) fn content(&self) -> SealContent {
        SealContent {
            id: "33010000000001".into(),
            vendor_id: "TEST".into(),
            kind: 1,
            name: "某市行政审批局电子证照专用章".into(),
            signers: SignerList::Certificates(vec![self.signer.certificate().der().to_vec()]),
            created: FROM,
            valid_from: FROM,
            valid_until: UNTIL,
            picture: Picture { format: "PNG".into(), data: vec![0x89; 300], width_mm: 42, height_mm: 42 },
            extensions: vec![],
        }
    }

    pub(crate) fn seal(&self) -> Seal {
        self.seal_with(&self.content())
    }

    pub(crate) fn seal_with(&self, content: &SealContent) -> Seal {
        let prepared = eseal::prepare_seal(content, Version::V4, self.maker.certificate()).unwrap();
        let signature = self.maker.sign(prepared.to_be_signed()).unwrap();
        prepared.finish(&signature).unwrap()
    }

    pub(crate) fn apply(&self, seal: &Seal, digest: &Digest) -> Vec<u8> {
        let prepared =
            eseal::prepare_signature(seal, &SealingRequest::new(digest, PATH, NOW), self.signer.certificate()).unwrap();
        let signature = self.signer.sign(prepared.to_be_signed()).unwrap();
        prepared.finish(&signature)
    }
}

pub(crate) fn sm3(data: &[u8]) -> Digest {
    DigestAlgorithm::Sm3.digest(data)
}

/// A file of the repository's own samples.
pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/ofd-samples").join(name)
}

/// A file of the foreign corpus, or a loud line.
pub(crate) fn foreign(name: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("LICENSE_SHARED").map_or_else(beside, PathBuf::from);
    let path = shared.join("fixtures/ofd-samples").join(name);
    if !path.exists() {
        eprintln!("SKIPPED: {name}: the foreign corpus is absent (LICENSE_SHARED)");
        return None;
    }
    Some(path)
}

/// One entry of a package, found by the end of its path.
pub(crate) fn entry(package: &Path, end: &str) -> Option<Vec<u8>> {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(package).unwrap()).unwrap();
    let mut names = archive.file_names().filter_map(Result::ok);
    let name = names.find(|name| name.ends_with(end))?.into_owned();
    drop(names);
    let mut bytes = Vec::new();
    archive.by_name(&name).unwrap().read_to_end(&mut bytes).unwrap();
    Some(bytes)
}
