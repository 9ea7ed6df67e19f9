//! Cryptography by others: OpenSSL and gmssl.

use std::process::Command;

use super::run::{Said, program, python, run, script};

/// The OpenSSL command line, with `input` on its standard input.
pub fn openssl(args: &[&str], input: &[u8]) -> Option<Said> {
    let tool = program("openssl", "openssl")?;
    Some(run(Command::new(tool).args(args), input))
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
