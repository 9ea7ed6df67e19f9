//! `license seal new`: draws the round seal and has the seal maker sign it (GB/T 38540 v4).

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use eseal::{Picture, SealContent, SignerList, Version};
use license_core::fonts::FontLibrary;
use license_core::length::Length;
use license_core::seal_art::{SealDesign, draw};
use pki::{Certificate, Signer};
use time::OffsetDateTime;

use crate::files::write_new;

/// What to put on a new seal.
pub(crate) struct NewSeal<'a> {
    /// 14 digits: division code, type, serial.
    pub(crate) id: &'a str,
    /// Name of the organ, on the ring.
    pub(crate) name: &'a str,
    /// A straight line below the star.
    pub(crate) bottom_line: Option<&'a str>,
    /// 42, 45 or 50 mm.
    pub(crate) diameter_mm: u32,
    /// Whose seal it is: the certificate that may use it.
    pub(crate) signer: &'a Certificate,
    /// Which standard it follows.
    pub(crate) version: Version,
}

/// Draws, signs and writes `path` and, beside it, the picture as PNG.
pub(crate) fn make(
    path: &Path,
    seal: &NewSeal<'_>,
    maker: &dyn Signer,
    fonts: &Arc<FontLibrary>,
    now: OffsetDateTime,
) -> Result<()> {
    if !(20..=60).contains(&seal.diameter_mm) {
        bail!("a seal has 20 to 60 mm, not {}", seal.diameter_mm);
    }
    if seal.id.is_empty() || seal.id.len() > 64 || !seal.id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        bail!("a seal's id has 1 to 64 letters and digits; registered ones have 14 digits");
    }
    let mut design = SealDesign::new(seal.name);
    design.bottom_line = seal.bottom_line.map(str::to_owned);
    design.diameter = Length::from_mm(f64::from(seal.diameter_mm));
    let drawn = draw(&design, fonts)?;
    let content = SealContent {
        id: seal.id.to_owned(),
        vendor_id: "license-cli".to_owned(),
        kind: 1,
        name: seal.name.to_owned(),
        signers: SignerList::Certificates(vec![seal.signer.der().to_vec()]),
        created: now,
        valid_from: seal.signer.not_before(),
        valid_until: seal.signer.not_after(),
        picture: Picture {
            format: "png".to_owned(),
            data: drawn.png.to_vec(),
            width_mm: seal.diameter_mm,
            height_mm: seal.diameter_mm,
        },
        extensions: Vec::new(),
    };
    let prepared = eseal::prepare_seal(&content, seal.version, maker.certificate())?;
    let signature = maker.sign(prepared.to_be_signed())?;
    let made = prepared.finish(&signature)?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    write_new(path, made.der())?;
    write_new(&path.with_extension("png"), &drawn.png)
}
