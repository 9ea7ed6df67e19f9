//! What the renderer tests share: the repository's fonts, a hand-built license, foreign tools when installed.
#![allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used, reason = "each test file uses a part")]

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use license_core::assets::Assets;
use license_core::fonts::FontLibrary;

pub struct Folder(pub PathBuf);

impl Assets for Folder {
    fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        std::fs::read(self.0.join(path)).ok().map(Cow::Owned)
    }

    fn list(&self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.join(folder)).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub fn fonts() -> Arc<FontLibrary> {
    static FONTS: OnceLock<Arc<FontLibrary>> = OnceLock::new();
    Arc::clone(FONTS.get_or_init(|| Arc::new(FontLibrary::new(Arc::new(Folder(root().join("assets")))).unwrap())))
}
