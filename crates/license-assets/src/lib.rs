//! The templates and fonts that ship with the product, bundled or from a directory.
//!
//! ```
//! use license_assets::{Bundled, Directory, Layered};
//! use license_core::assets::Assets;
//!
//! // What the binary carries, and a department's own files in front of it.
//! let assets = Layered::new(vec![Box::new(Directory::new("/etc/license/assets")), Box::new(Bundled)]);
//! assert!(assets.list("fonts").iter().any(|name| name == "OFL.txt"));
//! ```
//!
//! A directory has the same layout as the bundle: `templates/<type>/…`, `fonts/<name>.ttf.zst`, and the license
//! texts of the fonts as `fonts/*.txt`.

mod bundled;
mod directory;
mod layered;

pub use bundled::Bundled;
pub use directory::Directory;
pub use layered::Layered;

/// Whether a path is relative, `/`-separated and stays below its root.
fn is_plain(path: &str) -> bool {
    path.split('/').all(|part| !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', ':', '\0']))
}

#[cfg(test)]
mod tests {
    use super::is_plain;

    #[test]
    fn only_plain_paths() {
        for good in ["fonts", "fonts/OFL.txt", "templates/business-license/template.toml", "a/..b"] {
            assert!(is_plain(good), "{good}");
        }
        for bad in ["", "/", "/etc/passwd", "..", "a/../b", "a//b", "./a", "a/", "a\\b", "c:/a", "a\0"] {
            assert!(!is_plain(bad), "{bad}");
        }
    }
}
