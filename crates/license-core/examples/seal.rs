//! Seals an OFD that exists already, with a key that is elsewhere: `cargo run -p license-core --example seal IN OUT`.
//!
//! The house that keeps the document prepares and finishes; the house that keeps the key sees the message alone. Here a
//! key file of `fixtures/pki` stands in for it.

use std::error::Error;
use std::path::Path;

use eseal::Seal;
use license_core::sealing::{Keyword, Place, SealRequest, SealingError, prepare};
use pki::{Certificate, PrivateKey, Signer as _, SoftSigner};
use time::OffsetDateTime;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Seals `document` over the words `盖章`, else at the foot of the first page. `device` signs a message with SM2 and SM3;
/// it may be a card, a cabinet or a service, and answers DER or the bare 64 bytes.
pub fn seal_one(
    document: &[u8],
    seal: &Seal,
    certificate: &Certificate,
    device: &dyn Fn(&[u8]) -> Result<Vec<u8>>,
    at: OffsetDateTime,
) -> Result<Vec<u8>> {
    let package = ofd::read(document, &ofd::Budget::default())?;
    let request = |place| SealRequest::new(seal, certificate, at).at(place);
    let prepared = match prepare(package.clone(), &request(Place::Keyword(Keyword::new("盖章")))) {
        Err(SealingError::KeywordNotFound { .. }) => {
            prepare(package, &request(Place::top_left(0, ofd::Um::mm(20), ofd::Um::mm(20))))?
        }
        prepared => prepared?,
    };
    let signature = device(prepared.to_be_signed())?; // the only bytes that leave this house
    Ok(prepared.finish(&signature)?) // refuses a value that does not hold
}

/// What stands in for the other house.
pub fn test_signer(pki: &Path, name: &str) -> Result<SoftSigner> {
    let text = |file: &str| std::fs::read_to_string(pki.join("keys").join(file));
    let key = PrivateKey::from_encrypted_pem(&text(&format!("{name}.key.pem"))?, text("password")?.trim().as_bytes())?;
    let mut chain = Certificate::many_from_pem(&text(&format!("{name}.pem"))?)?;
    Ok(SoftSigner::new(key, chain.remove(0), chain)?)
}

fn main() -> Result<()> {
    let [_, input, output] = &std::env::args().collect::<Vec<_>>()[..] else { return Err("IN OUT".into()) };
    let pki = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/pki");
    let signer = test_signer(&pki, "11340100MB1D00012R-seal")?;
    let seal = Seal::from_der(&std::fs::read(pki.join("seals/11340100MB1D00012R.esl"))?)?;
    let device = |message: &[u8]| -> Result<Vec<u8>> { Ok(signer.sign(message)?) };
    let sealed = seal_one(&std::fs::read(input)?, &seal, signer.certificate(), &device, OffsetDateTime::now_utc())?;
    Ok(std::fs::write(output, sealed)?)
}
