//! Where things lie: the workspace, its fixtures, the foreign corpora beside it.

use std::env;
use std::path::{Path, PathBuf};

/// The root of the workspace.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests are a member of the workspace, one folder below its root")
}

/// A committed fixture, by its path below `fixtures/`.
pub fn fixture(path: &str) -> PathBuf {
    root().join("fixtures").join(path)
}

/// A file of the shared folder, which holds the foreign corpora: `LICENSE_SHARED`, or `../shared` beside the workspace.
/// `None`, said aloud, when it is not on this machine; no test may need it to pass.
pub fn shared(path: &str) -> Option<PathBuf> {
    let folder = env::var_os("LICENSE_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from);
    let found = folder.join(path);
    if found.exists() {
        return Some(found);
    }
    eprintln!("SKIPPED: {path} is not in the shared folder (LICENSE_SHARED names it)");
    None
}

/// Where `cargo xtask test` puts the peers that come from PyPI.
pub(crate) fn peers() -> PathBuf {
    env::var_os("LICENSE_PEERS").map_or_else(|| root().join("target/peers"), PathBuf::from)
}
