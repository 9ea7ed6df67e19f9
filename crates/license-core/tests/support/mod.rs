//! What the tests of this crate share: the repository's own templates and fonts.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, missing_docs)]

pub mod samples;
pub mod sheet;

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use license_core::assets::Assets;
use license_core::fonts::FontLibrary;

/// The workspace as an asset tree.
pub struct Repository;

impl Assets for Repository {
    fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        std::fs::read(locate(path)).ok().map(Cow::Owned)
    }

    fn list(&self, folder: &str) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(locate(folder)) else { return Vec::new() };
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn locate(path: &str) -> PathBuf {
    if path.starts_with("fonts") { root().join("assets").join(path) } else { root().join(path) }
}

/// One library for all tests of a binary: unpacking is the slow part.
pub fn fonts() -> &'static FontLibrary {
    shared_fonts()
}

/// The same, to be kept.
pub fn shared_fonts() -> &'static Arc<FontLibrary> {
    static FONTS: OnceLock<Arc<FontLibrary>> = OnceLock::new();
    FONTS.get_or_init(|| Arc::new(FontLibrary::new(Arc::new(Repository)).unwrap()))
}
