//! SM2 by others, many questions at a time.

use std::process::Command;

use serde_json::json;

use super::run::{program, python, run, script};

/// One question about a signature.
pub struct Sm2Question {
    /// The public point, 65 bytes with the leading 04.
    pub key: Vec<u8>,
    /// The user id.
    pub id: Vec<u8>,
    /// The message.
    pub message: Vec<u8>,
    /// The signature value.
    pub signature: Vec<u8>,
    /// Whether it is `r ‖ s` and not DER.
    pub raw: bool,
}

/// Which of the signatures gmssl accepts.
pub fn gmssl_sm2_verify_all(questions: &[Sm2Question]) -> Option<Vec<bool>> {
    let asked = questions.iter().map(|question| {
        json!({
            "key": hex(&question.key), "id": hex(&question.id), "msg": hex(&question.message),
            "sig": hex(&question.signature), "raw": question.raw,
        })
    });
    Some(gmssl(asked)?.iter().map(|answer| answer == "good").collect())
}

/// What gmssl is to sign: the secret scalar, the public point, the nonce and the message.
pub type Sm2Wanted = ([u8; 32], Vec<u8>, [u8; 32], Vec<u8>);

/// Signatures of gmssl in DER.
pub fn gmssl_sm2_sign_all(wanted: &[Sm2Wanted]) -> Option<Vec<Vec<u8>>> {
    let asked = wanted.iter().map(|(secret, key, nonce, message)| {
        json!({
            "secret": hex(secret), "key": hex(key), "nonce": hex(nonce), "msg": hex(message),
            "id": hex(b"1234567812345678"),
        })
    });
    Some(gmssl(asked)?.iter().map(|answer| unhex(answer)).collect())
}

fn gmssl(asked: impl Iterator<Item = serde_json::Value>) -> Option<Vec<String>> {
    let lines: String = asked.map(|line| format!("{line}\n")).collect();
    let said = run(Command::new(python()?).arg(script("sm2_peer.py")), lines.as_bytes());
    Some(String::from_utf8_lossy(&said.product()).lines().map(str::to_owned).collect())
}

/// Whether OpenSSL accepts an SM2 signature in DER; the key is a SubjectPublicKeyInfo.
pub fn openssl_sm2_verify_spki(spki: &[u8], id: &[u8], message: &[u8], signature: &[u8]) -> Option<bool> {
    let folder = tempfile::tempdir().expect("a scratch folder");
    put(&folder, "key", spki);
    put(&folder, "signature", signature);
    let id = format!("hexdistid:{}", hex(id));
    let rules = ["dgst", "-sm3", "-keyform", "DER", "-verify", "key", "-sigopt", &id, "-signature", "signature"];
    let mut openssl = Command::new(program("openssl", "openssl")?);
    Some(run(openssl.current_dir(folder.path()).args(rules), message).ok())
}

/// OpenSSL's signature by this key (PKCS#8) with the usual user id.
pub fn openssl_sm2_sign(pkcs8: &[u8], message: &[u8]) -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().expect("a scratch folder");
    put(&folder, "key", pkcs8);
    let rules = ["dgst", "-sm3", "-keyform", "DER", "-sign", "key", "-sigopt", "distid:1234567812345678"];
    let mut openssl = Command::new(program("openssl", "openssl")?);
    Some(run(openssl.current_dir(folder.path()).args(rules), message).product())
}

/// Whether OpenSSL reads a SubjectPublicKeyInfo as a sound SM2 key.
pub fn openssl_sm2_key(spki: &[u8]) -> Option<bool> {
    let mut openssl = Command::new(program("openssl", "openssl")?);
    let said = run(openssl.args(["pkey", "-pubin", "-inform", "DER", "-noout", "-pubcheck", "-text"]), spki);
    Some(said.ok() && said.text().contains("ASN1 OID: SM2") && said.text().contains("Key is valid"))
}

fn put(folder: &tempfile::TempDir, name: &str, bytes: &[u8]) {
    std::fs::write(folder.path().join(name), bytes).expect("a scratch file can be written");
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).filter_map(|at| u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()).collect()
}
