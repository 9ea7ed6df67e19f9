//! Where templates and fonts come from. The library opens no file: it asks an [`Assets`].

use std::borrow::Cow;
use std::sync::Arc;

use crate::id::Digest;

/// A read-only tree of named byte strings with `/`-separated relative paths.
///
/// Expected layout: `templates/<type>/template.toml` (with the files it names beside it) and `fonts/<name>.ttf.zst`.
pub trait Assets: Send + Sync {
    /// The bytes at `path`, or `None` when there is no such file.
    fn read(&self, path: &str) -> Option<Cow<'static, [u8]>>;

    /// Names directly below `folder`, sorted.
    fn list(&self, folder: &str) -> Vec<String>;

    /// SHA-256 of the bytes at `path`, for sources that know it without reading them.
    fn digest(&self, path: &str) -> Option<Digest> {
        self.read(path).map(|bytes| Digest::of(&bytes))
    }
}

impl<A: Assets + ?Sized> Assets for Arc<A> {
    fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        (**self).read(path)
    }

    fn list(&self, folder: &str) -> Vec<String> {
        (**self).list(folder)
    }

    fn digest(&self, path: &str) -> Option<Digest> {
        (**self).digest(path)
    }
}
