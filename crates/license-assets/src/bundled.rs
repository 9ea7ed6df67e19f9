//! Files that are part of the program.

use std::borrow::Cow;

use license_core::assets::Assets;

/// The files of `templates/` and `assets/fonts/`, compiled in. Costs nothing until a file is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bundled;

impl Assets for Bundled {
    fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        let at = FILES.binary_search_by(|(name, _)| (*name).cmp(path)).ok()?;
        Some(Cow::Borrowed(FILES[at].1))
    }

    fn list(&self, folder: &str) -> Vec<String> {
        let mut names: Vec<String> = FILES
            .iter()
            .filter_map(|(path, _)| path.strip_prefix(folder)?.strip_prefix('/')?.split('/').next())
            .map(str::to_owned)
            .collect();
        names.dedup();
        names
    }
}

// `FILES: &[(&str, &[u8])]`, sorted by path; written by build.rs.
include!(concat!(env!("OUT_DIR"), "/files.rs"));
