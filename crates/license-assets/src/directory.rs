//! Files below a folder, for installations with their own templates and fonts.

use std::borrow::Cow;
use std::path::PathBuf;

use license_core::assets::Assets;

use crate::is_plain;

/// Largest file read from a directory.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// A folder with the layout of the bundle. Paths that leave it are refused, symbolic links included.
#[derive(Clone, Debug)]
pub struct Directory {
    root: PathBuf,
}

impl Directory {
    /// The files below `root`; a folder that does not exist has none.
    pub fn new(root: impl Into<PathBuf>) -> Directory {
        Directory { root: root.into() }
    }

    fn resolve(&self, path: &str) -> Option<PathBuf> {
        if !is_plain(path) {
            return None;
        }
        let root = self.root.canonicalize().ok()?;
        let found = root.join(path).canonicalize().ok()?;
        found.starts_with(&root).then_some(found)
    }
}

impl Assets for Directory {
    fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        let file = self.resolve(path)?;
        let about = file.metadata().ok().filter(|about| about.is_file())?;
        if about.len() > MAX_FILE_BYTES {
            return None;
        }
        std::fs::read(file).ok().map(Cow::Owned)
    }

    fn list(&self, folder: &str) -> Vec<String> {
        let Some(entries) = self.resolve(folder).and_then(|folder| std::fs::read_dir(folder).ok()) else {
            return Vec::new();
        };
        let mut names: Vec<String> = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
        names.sort();
        names
    }
}
