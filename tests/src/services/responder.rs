//! `openssl ocsp`, one call for each question.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pki::Signer as _;
use pki::ocsp::OcspRequest;

use super::authority::Authority;
use super::fault::Fault;
use super::http::Ask;
use crate::peers::openssl;

pub(super) fn answer(folder: &Path, authority: &Authority, ask: &Ask, fault: &Fault) -> Option<Vec<u8>> {
    let question = match ask.method.as_str() {
        "POST" => ask.body.clone(),
        _ => by_get(&ask.path)?,
    };
    let issuer = authority.ca.certificate();
    let question = match fault {
        Fault::WrongSubject => OcspRequest::new(authority.member("ocsp").certificate(), issuer).to_der(),
        Fault::WrongNonce => {
            OcspRequest::new(authority.member("signer").certificate(), issuer).with_nonce(&[9; 32]).to_der()
        }
        _ => question,
    };
    // Each question has files of its own: several may come at once.
    let own = tempfile::tempdir_in(folder).ok()?;
    let put = |name: &str, bytes: &[u8]| -> Option<String> {
        let path = own.path().join(name);
        fs::write(&path, bytes).ok()?;
        Some(path.to_str()?.to_owned())
    };
    let index = put("index.txt", authority.index().as_bytes())?;
    let request = put("request.der", &question)?;
    let reply = own.path().join("reply.der");
    let who = if *fault == Fault::ExpiredSigner { "ocsp-expired" } else { "ocsp" };
    let path = |name: String| folder.join("ssl").join(name).to_str().expect("scratch paths are plain").to_owned();
    let said = openssl(
        &[
            "ocsp",
            "-index",
            &index,
            "-CA",
            &path("ca.pem".to_owned()),
            "-rsigner",
            &path(format!("{who}.pem")),
            "-rkey",
            &path(format!("{who}.key")),
            "-reqin",
            &request,
            "-respout",
            reply.to_str()?,
            "-ndays",
            "1",
            "-rmd",
            "sha256",
        ],
        b"",
    )?;
    if !said.ok() {
        eprintln!("openssl ocsp: {}", said.err);
    }
    fs::read(&reply).ok()
}

/// RFC 6960 A.1: base64 of the question, percent-encoded, behind the address.
fn by_get(path: &str) -> Option<Vec<u8>> {
    let text = path.strip_prefix("/ocsp/")?.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=");
    STANDARD.decode(text).ok()
}
