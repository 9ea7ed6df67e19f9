//! Looks at a license type while it is being written: every mistake, then a picture of its sample.
//! `cargo run -p license-core --example new_template [FOLDER [TYPE [PNG]]]`. `FOLDER` holds `templates/<type>/`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use license_assets::{Bundled, Directory, Layered};
use license_core::assets::Assets;
use license_core::fill::{FillContext, fill};
use license_core::fonts::FontLibrary;
use license_core::layout::{Marks, lay_out};
use license_core::render::png::{PaintOptions, paint};
use license_core::template::{Finding, Template, lint};
use time::Date;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let folder = args.next().unwrap_or_else(|| ".".to_owned());
    let type_id = args.next().unwrap_or_else(|| "food-operation-permit".to_owned());
    let out = args.next().map_or_else(|| PathBuf::from("target/new-template.png"), PathBuf::from);
    let (findings, picture) = look(Path::new(&folder), &type_id, time::OffsetDateTime::now_utc().date())?;
    findings.iter().for_each(|finding| println!("{finding}"));
    std::fs::write(&out, picture)?;
    println!("{} findings; the sample is painted in {}", findings.len(), out.display());
    Ok(())
}

pub(crate) fn look(folder: &Path, type_id: &str, today: Date) -> Result<(Vec<Finding>, Vec<u8>)> {
    // The department's folder in front, the fonts and types that ship behind it.
    let assets: Arc<dyn Assets> = Arc::new(Layered::new(vec![Box::new(Directory::new(folder)), Box::new(Bundled)]));
    let fonts = FontLibrary::new(assets.clone())?;
    let findings = lint(&Template::read(&*assets, type_id)?, &fonts);

    let template = Template::load(&*assets, type_id)?;
    let issuer = template.sample[&template.file.core.issuer].as_str().unwrap_or("样例机关");
    let issuer_code = template.file.kind.defined_by.code.parse()?;
    let context = FillContext { issuer_name: issuer, issuer_code, today, fonts: Some(&fonts) };
    let filled = fill(&template, &template.sample, &context).map_err(|errors| format!("{errors:#?}"))?;
    let marks = Marks { specimen: true, ..Marks::default() };
    let document = lay_out(&filled, &fonts, &marks).map_err(|errors| format!("{errors:#?}"))?;
    let first = document.pages.first().ok_or("no page")?;
    Ok((findings, paint(first, &fonts, 150, &PaintOptions::default())?))
}
