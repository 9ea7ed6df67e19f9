//! Files that are part of the program.

use std::borrow::Cow;

use license_core::assets::Assets;
use license_core::id::Digest;

/// The files of `templates/` and `assets/fonts/`, compiled in. Costs nothing until a file is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bundled;

impl Assets for Bundled {
    fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        file(path).map(Cow::Borrowed)
    }

    fn list(&self, folder: &str) -> Vec<String> {
        let mut names: Vec<String> = NAMES
            .iter()
            .filter_map(|path| path.strip_prefix(folder)?.strip_prefix('/')?.split('/').next())
            .map(str::to_owned)
            .collect();
        names.dedup();
        names
    }

    fn digest(&self, path: &str) -> Option<Digest> {
        digest(path).map(Digest)
    }
}

// `NAMES`, sorted, `file(name)` and `digest(name)`; written by build.rs.
include!(concat!(env!("OUT_DIR"), "/files.rs"));
