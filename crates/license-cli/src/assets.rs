//! Templates and fonts: what the binary carries, and `--assets DIR` in front of it.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, anyhow};
use license_assets::{Bundled, Directory, Layered};
use license_core::assets::Assets;
use license_core::fonts::FontLibrary;
use license_core::template::Catalog;

use crate::fault::fault;

/// What `--assets` chose.
pub(crate) fn open(directory: Option<&Path>) -> Result<Arc<dyn Assets>> {
    let Some(directory) = directory else { return Ok(Arc::new(Bundled)) };
    if !directory.is_dir() {
        return Err(fault(
            format!("--assets {}", directory.display()),
            "no such folder",
            "give a folder with templates/ or fonts/",
        ));
    }
    Ok(Arc::new(Layered::new(vec![Box::new(Directory::new(directory)), Box::new(Bundled)])))
}

/// All license types.
pub(crate) fn catalog(assets: &dyn Assets) -> Result<Catalog> {
    Catalog::load(assets)
        .map_err(|errors| anyhow!("{}", errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
}

/// The fonts.
pub(crate) fn fonts(assets: Arc<dyn Assets>) -> Result<Arc<FontLibrary>> {
    Ok(Arc::new(FontLibrary::new(assets)?))
}
