//! Several sources as one.

use std::borrow::Cow;
use std::collections::BTreeSet;

use license_core::assets::Assets;
use license_core::id::Digest;

/// Sources in order of precedence: the first that has a file gives it. Listings are merged.
pub struct Layered {
    layers: Vec<Box<dyn Assets>>,
}

impl Layered {
    /// From the sources, the strongest first.
    pub fn new(layers: Vec<Box<dyn Assets>>) -> Layered {
        Layered { layers }
    }
}

impl Assets for Layered {
    fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        self.layers.iter().find_map(|layer| layer.read(path))
    }

    fn list(&self, folder: &str) -> Vec<String> {
        let names: BTreeSet<String> = self.layers.iter().flat_map(|layer| layer.list(folder)).collect();
        names.into_iter().collect()
    }

    fn digest(&self, path: &str) -> Option<Digest> {
        self.layers.iter().find_map(|layer| layer.digest(path))
    }
}
