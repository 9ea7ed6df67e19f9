//! One face of a library: where its file is, and the face once a character asked for it.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use super::unpack::unpack;
use super::{Face, FontError, SetFace};
use crate::assets::Assets;
use crate::id::Digest;

/// A face that is unpacked when first needed.
pub(super) struct Slot {
    pub(super) name: String,
    /// Code points the face can have at all, so that a look-up elsewhere does not unpack it.
    pub(super) range: (u32, u32),
    source: Source,
    digest: OnceLock<Option<Digest>>,
    pub(super) face: OnceLock<Result<Box<Face>, FontError>>,
}

/// Where a font file is.
pub(super) enum Source {
    Assets(Arc<dyn Assets>, String),
    Extra(Arc<[u8]>),
}

impl Slot {
    pub(super) fn new(name: &str, range: (u32, u32), source: Source) -> Slot {
        Slot { name: name.to_owned(), range, source, digest: OnceLock::new(), face: OnceLock::new() }
    }

    /// Of a file that must have this digest.
    pub(super) fn of(face: &SetFace, source: Source) -> Slot {
        Slot { digest: OnceLock::from(Some(face.digest)), ..Slot::new(&face.name, face.range, source) }
    }

    /// Whether it is this face of a set.
    pub(super) fn is(&self, face: &SetFace) -> bool {
        self.name == face.name && self.range == face.range && self.digest() == Some(face.digest)
    }

    /// The face, unpacked now if it was not.
    pub(super) fn face(&self) -> &Result<Box<Face>, FontError> {
        self.face.get_or_init(|| Face::new(&self.name, unpack(&self.name, self.read()?)?).map(Box::new))
    }

    /// SHA-256 of the file; `None` when it is gone.
    pub(super) fn digest(&self) -> Option<Digest> {
        *self.digest.get_or_init(|| match &self.source {
            Source::Assets(assets, path) => assets.digest(path),
            Source::Extra(data) => Some(Digest::of(data)),
        })
    }

    /// As a set describes it.
    pub(super) fn described(&self) -> Result<SetFace, FontError> {
        let digest = self.digest().ok_or_else(|| FontError::Missing { path: self.path() })?;
        Ok(SetFace { name: self.name.clone(), digest, range: self.range })
    }

    /// The file. Bytes from outside the program may be others than a moment ago: the digest that was told stands.
    pub(super) fn read(&self) -> Result<Cow<'static, [u8]>, FontError> {
        let bytes = match &self.source {
            Source::Assets(assets, path) => {
                assets.read(path).ok_or_else(|| FontError::Missing { path: path.clone() })?
            }
            Source::Extra(data) => data.to_vec().into(),
        };
        if let Cow::Owned(bytes) = &bytes {
            let found = Digest::of(bytes);
            if *self.digest.get_or_init(|| Some(found)) != Some(found) {
                return Err(FontError::Changed { name: self.name.clone() });
            }
        }
        Ok(bytes)
    }

    fn path(&self) -> String {
        match &self.source {
            Source::Assets(_, path) => path.clone(),
            Source::Extra(_) => self.name.clone(),
        }
    }
}
