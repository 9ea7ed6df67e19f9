//! Cryptography by others: OpenSSL and gmssl.

use std::process::Command;

use tempfile::NamedTempFile;

use super::run::{Said, program, python, run, script};
use crate::issued::scratch;

/// The user id that everybody signs with (GM/T 0009).
const SM2_ID: &str = "distid:1234567812345678";

/// The OpenSSL command line, with `input` on its standard input.
pub fn openssl(args: &[&str], input: &[u8]) -> Option<Said> {
    let tool = program("openssl", "openssl")?;
    Some(run(Command::new(tool).args(args), input))
}

/// The SM3 digest of `data` as OpenSSL computes it.
pub fn openssl_sm3(data: &[u8]) -> Option<Vec<u8>> {
    Some(openssl(&["dgst", "-sm3", "-binary"], data)?.product())
}

/// Whether OpenSSL accepts an SM2 signature (DER) over `message` with the usual user id; `certificate` is DER.
pub fn openssl_sm2_verify(certificate: &[u8], message: &[u8], signature: &[u8]) -> Option<bool> {
    let key = openssl(&["x509", "-inform", "DER", "-pubkey", "-noout"], certificate)?.product();
    let (key, signature) = (scratch(&key, ".pem"), scratch(signature, ".der"));
    let [key, signature] = [&key, &signature].map(|file| file.path().to_str().expect("scratch files have plain names"));
    let said = openssl(&["dgst", "-sm3", "-verify", key, "-sigopt", SM2_ID, "-signature", signature], message)?;
    Some(said.ok() && said.text().contains("Verified OK"))
}

/// Whether OpenSSL accepts `certificate` (PEM) as issued by the CA in `issuer` (PEM) and valid at a Unix time. One link at
/// a time: the user id that SM2 needs reaches the end certificate of a path only.
pub fn openssl_issued(certificate: &str, issuer: &str, at: i64) -> Option<bool> {
    let [certificate, issuer] = [certificate, issuer].map(|pem| scratch(pem.as_bytes(), ".pem"));
    let path = |file: &NamedTempFile| file.path().to_str().expect("scratch files have plain names").to_owned();
    let (certificate, issuer, at) = (path(&certificate), path(&issuer), at.to_string());
    let trust = ["-no-CApath", "-no-CAstore", "-partial_chain", "-trusted", &issuer];
    let rules = ["-x509_strict", "-attime", &at, "-vfyopt", SM2_ID];
    Some(openssl(&[&["verify"][..], &trust, &rules, &[&certificate]].concat(), b"")?.ok())
}

/// The SM3 digest of `data` as gmssl computes it, in lower-case hex.
pub fn gmssl_sm3(data: &[u8]) -> Option<String> {
    let said = run(Command::new(python()?).arg(script("gmssl_peer.py")).arg("sm3"), data);
    Some(String::from_utf8_lossy(&said.product()).trim().to_owned())
}

/// Whether gmssl accepts an SM2 signature (DER, GB/T 35276) over `message` with the default user id `1234567812345678`.
/// `public_key` is the point as 65 bytes with the leading 04.
pub fn gmssl_sm2_verify(public_key: &[u8], message: &[u8], signature: &[u8]) -> Option<bool> {
    let mut command = Command::new(python()?);
    command.arg(script("gmssl_peer.py")).args(["verify", &hex(public_key), &hex(signature)]);
    let verdict = run(&mut command, message).product();
    Some(verdict.starts_with(b"good"))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
