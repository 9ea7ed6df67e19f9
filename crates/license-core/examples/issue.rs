//! Issues one license, as an approval system does at the end of a case:
//! `cargo run -p license-core --example issue [DEPLOYMENT [OUT]]`. `DEPLOYMENT` holds `keys/` and `seals/`.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use license_assets::Bundled;
use license_core::fill::fill;
use license_core::fonts::FontLibrary;
use license_core::id::LicenseId;
use license_core::issue::{Issued, Issuer, Occasion, Printer, issue};
use license_core::template::Template;
use pki::{Certificate, PrivateKey, SoftSigner};
use time::OffsetDateTime;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// A made-up authority, whose test keys lie in `fixtures/pki`.
const CODE: &str = "11340100MB1D00012R";

fn main() -> Result<()> {
    let mut args = std::env::args_os().skip(1).map(PathBuf::from);
    let deployment = args.next().unwrap_or_else(|| "fixtures/pki".into());
    let out = args.next().unwrap_or_else(|| "target/example-out".into());
    let license = issue_one(&deployment, OffsetDateTime::now_utc())?;
    fs::create_dir_all(&out)?;
    fs::write(out.join("license.ofd"), license.ofd())?;
    fs::write(out.join("license.pdf"), license.pdf())?;
    fs::write(out.join("license.qr.txt"), license.index().to_string())?;
    println!("{} is in {}", license.id(), out.display());
    Ok(())
}

pub(crate) fn issue_one(deployment: &Path, at: OffsetDateTime) -> Result<Issued> {
    // Once for all licenses: fonts and templates, the authority with its seal and its three keys.
    let fonts = Arc::new(FontLibrary::new(Arc::new(Bundled))?);
    let template = Template::load(&Bundled, "business-license")?;
    let read = |path: String| fs::read_to_string(deployment.join(path));
    let password = read("keys/password".to_owned())?;
    let signer = |role: &str| -> Result<Arc<SoftSigner>> {
        let key = read(format!("keys/{CODE}-{role}.key.pem"))?;
        let key = PrivateKey::from_encrypted_pem(&key, password.trim().as_bytes())?;
        let mut chain = Certificate::many_from_pem(&read(format!("keys/{CODE}-{role}.pem"))?)?;
        Ok(Arc::new(SoftSigner::new(key, chain.remove(0), chain)?))
    };
    let seal = fs::read(deployment.join(format!("seals/{CODE}.esl")))?;
    let [sealing, documents, indexes] = [signer("seal")?, signer("document")?, signer("index")?];
    let issuer = Issuer::new("样例市市场监督管理局", CODE, &seal, sealing, documents, indexes)?;
    let printer = Printer::new(fonts.clone());

    // For each license: its data (here the sample), checked; a number of its own; then one call.
    let mut data = template.sample.clone();
    data["issuing_authority"] = issuer.name().into();
    let filled = fill(&template, &data, &issuer.fill_context(at, &fonts)).map_err(|errors| format!("{errors:#?}"))?;
    let id = LicenseId::new(template.file.kind.code.parse()?, *issuer.code(), "2026000000001", 1)?;
    let occasion = Occasion { at, address: "HTTPS://LICENSE.EXAMPLE.GOV.CN/V/", status: 1, specimen: true };
    Ok(issue(filled, id, &issuer, &printer, &occasion)?)
}
