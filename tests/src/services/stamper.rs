//! `openssl ts`, one call for each question.

use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use pki::tsp::TimeStampRequest;

use super::fault::Fault;
use crate::peers::openssl;

/// OpenSSL counts its stamps in a file.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Two policies, the digests of this house but SHA-384.
pub(super) fn configure(folder: &Path) {
    let serial = folder.join("ssl/serial");
    let config = format!(
        "[tsa]\ndefault_tsa = one\n[one]\nserial = {}\ncrypto_device = builtin\nsigner_digest = sha256\n\
         default_policy = 1.2.3.4.1\nother_policies = 1.2.3.4.5\ndigests = sha256, sha512, sm3\n\
         accuracy = secs:1\nordering = no\ntsa_name = no\ness_cert_id_chain = no\ness_cert_id_alg = sha256\n",
        serial.display()
    );
    fs::write(folder.join("ssl/tsa.cnf"), config).expect("a scratch file can be written");
    fs::write(serial, "01").expect("a scratch file can be written");
}

pub(super) fn answer(folder: &Path, question: &[u8], fault: &Fault) -> Option<Vec<u8>> {
    let asked = TimeStampRequest::from_der(question).ok();
    let question = match (fault, asked) {
        (Fault::WrongNonce, Some(asked)) => again(&asked, *asked.digest(), &[0x77; 16]),
        (Fault::WrongSubject, Some(asked)) => {
            let other = asked.digest().algorithm().digest(b"something else");
            again(&asked, other, asked.nonce().unwrap_or_default())
        }
        (Fault::WrongPolicy, Some(asked)) => {
            TimeStampRequest::new(*asked.digest()).with_nonce(asked.nonce().unwrap_or_default()).to_der()
        }
        _ => question.to_vec(),
    };
    let who = if *fault == Fault::ExpiredSigner { "tsa-expired" } else { "tsa" };
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let path = |name: &str| folder.join("ssl").join(name).to_str().expect("scratch paths are plain").to_owned();
    let (query, reply) = (path("question.tsq"), path("answer.tsr"));
    fs::write(&query, question).ok()?;
    let said = openssl(
        &[
            "ts",
            "-reply",
            "-config",
            &path("tsa.cnf"),
            "-queryfile",
            &query,
            "-signer",
            &path(&format!("{who}.pem")),
            "-inkey",
            &path(&format!("{who}.key")),
            "-chain",
            &path("ca.pem"),
            "-out",
            &reply,
        ],
        b"",
    )?;
    if !said.ok() {
        eprintln!("openssl ts: {}", said.err);
    }
    fs::read(&reply).ok()
}

fn again(asked: &TimeStampRequest, digest: pki::Digest, nonce: &[u8]) -> Vec<u8> {
    let request = TimeStampRequest::new(digest).with_nonce(nonce);
    match asked.policy() {
        Some(policy) => request.with_policy(*policy).to_der(),
        None => request.to_der(),
    }
}
