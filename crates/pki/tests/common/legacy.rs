//! Algorithms that nobody should use, for the sake of suites of the past: whatever `openssl` still verifies.

use pki::path::ForeignAlgorithms;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// Asks `openssl dgst`, at security level 0.
pub(crate) struct Legacy;

/// The end of the algorithm's OBJECT IDENTIFIER, and the digest it stands for.
const DIGESTS: [(&[u8], &str); 14] = [
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x04], "md5"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05], "sha1"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b], "sha256"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0c], "sha384"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0d], "sha512"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0e], "sha224"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01], "sha1"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x01], "sha224"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02], "sha256"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03], "sha384"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04], "sha512"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x03], "sha1"),
    (&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x01], "sha224"),
    (&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x02], "sha256"),
];

impl ForeignAlgorithms for Legacy {
    fn accepts_key(&self, _spki: &[u8]) -> bool {
        true
    }

    fn verify(&self, algorithm: &[u8], spki: &[u8], message: &[u8], signature: &[u8]) -> Option<bool> {
        let length = usize::from(*algorithm.get(3)?);
        let oid = algorithm.get(4..4 + length)?;
        let (_, digest) = DIGESTS.iter().find(|(known, _)| *known == oid)?;
        let folder = tempfile::tempdir().ok()?;
        let (key, value) = (folder.path().join("key.der"), folder.path().join("signature"));
        std::fs::write(&key, spki).ok()?;
        std::fs::write(&value, signature).ok()?;
        let mut child = Command::new("openssl")
            .args(["dgst", &format!("-{digest}"), "-keyform", "DER", "-verify"])
            .arg(&key)
            .arg("-signature")
            .arg(&value)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        child.stdin.take()?.write_all(message).ok()?;
        Some(child.wait().ok()?.success())
    }
}
