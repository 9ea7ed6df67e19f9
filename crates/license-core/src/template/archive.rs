//! All files of a template as one byte string: what an installation keeps so that a license can be laid out again
//! decades after its template was replaced.
//!
//! ```text
//! "LTA1"  u8 length, type id  u16 count  { u16 length, name  u32 length, bytes } …      big-endian
//! ```
//!
//! The files are those that the digest covers, in the order of [`Template::files`]; each template has exactly one
//! archive, and nothing else is read. The sample record is left out: it is no part of the digest.

use std::borrow::Cow;
use std::sync::Arc;

use super::load::{SAMPLE, TEMPLATE, Template, TemplateError};
use crate::assets::Assets;

/// Largest archive, in bytes: four of the largest backgrounds.
pub const MAX_ARCHIVE: usize = 16 << 20;
/// Most files of one template.
const MAX_FILES: usize = 64;
const MAGIC: &[u8] = b"LTA1";

/// Why bytes are no archive, or a template has none.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// Over a limit.
    #[error("larger than {MAX_ARCHIVE} bytes or {MAX_FILES} files")]
    TooLarge,
    /// Cut short, or not written by this library.
    #[error("not a template archive: {0}")]
    Malformed(&'static str),
    /// The files make no template.
    #[error(transparent)]
    Template(#[from] TemplateError),
}

impl Template {
    /// The files as one byte string.
    pub fn archive(&self) -> Result<Vec<u8>, ArchiveError> {
        let size: usize = self.files().map(|(name, bytes)| name.len() + bytes.len() + 6).sum();
        if size > MAX_ARCHIVE - 512 || self.files().count() > MAX_FILES {
            return Err(ArchiveError::TooLarge);
        }
        let mut out = MAGIC.to_vec();
        out.push(u8::try_from(self.id().len()).map_err(|_| ArchiveError::TooLarge)?);
        out.extend_from_slice(self.id().as_bytes());
        out.extend_from_slice(&(self.files().count() as u16).to_be_bytes());
        for (name, bytes) in self.files() {
            out.extend_from_slice(&u16::try_from(name.len()).map_err(|_| ArchiveError::TooLarge)?.to_be_bytes());
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(&(bytes.len() as u32).to_be_bytes());
            out.extend_from_slice(bytes);
        }
        Ok(out)
    }

    /// Reads an archive back. The template is for laying out what it once filled: rules for new data that this
    /// version no longer knows are no error. Whoever expects a certain template compares the digest.
    pub fn from_archive(bytes: &[u8]) -> Result<Arc<Template>, ArchiveError> {
        let (id, unpacked) = unpack(bytes)?;
        let template = Template::read(&unpacked, &id)?;
        let problems: Vec<_> = template.problems().iter().filter(|problem| problem.file != TEMPLATE).cloned().collect();
        if !problems.is_empty() {
            return Err(TemplateError { id, problems }.into());
        }
        if template.id() != id {
            return Err(ArchiveError::Malformed("the template is of another type"));
        }
        // Order, repetition and files that no face names: one comparison finds them all.
        if template.archive()? != bytes {
            return Err(ArchiveError::Malformed("not in its one form"));
        }
        Ok(Arc::new(template))
    }
}

fn unpack(bytes: &[u8]) -> Result<(String, Unpacked), ArchiveError> {
    if bytes.len() > MAX_ARCHIVE {
        return Err(ArchiveError::TooLarge);
    }
    let mut rest = bytes.strip_prefix(MAGIC).ok_or(ArchiveError::Malformed("another beginning"))?;
    let length = number::<1>(&mut rest)?;
    let id = text(&mut rest, length)?;
    let count = number::<2>(&mut rest)?;
    if count > MAX_FILES {
        return Err(ArchiveError::TooLarge);
    }
    let mut files = Vec::new();
    for _ in 0..count {
        let length = number::<2>(&mut rest)?;
        let name = text(&mut rest, length)?;
        let length = number::<4>(&mut rest)?;
        files.push((format!("templates/{id}/{name}"), take(&mut rest, length)?.to_vec()));
    }
    Ok((id, Unpacked(files)))
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], ArchiveError> {
    let (taken, after) = rest.split_at_checked(length).ok_or(ArchiveError::Malformed("cut short"))?;
    *rest = after;
    Ok(taken)
}

fn number<const N: usize>(rest: &mut &[u8]) -> Result<usize, ArchiveError> {
    Ok(take(rest, N)?.iter().fold(0, |number, byte| number << 8 | usize::from(*byte)))
}

fn text(rest: &mut &[u8], length: usize) -> Result<String, ArchiveError> {
    let bytes = take(rest, length)?;
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| ArchiveError::Malformed("a name is not UTF-8"))
}

/// Paths and bytes.
struct Unpacked(Vec<(String, Vec<u8>)>);

impl Assets for Unpacked {
    fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        if let Some((_, bytes)) = self.0.iter().find(|(name, _)| name == path) {
            return Some(Cow::Owned(bytes.clone()));
        }
        path.ends_with(SAMPLE).then_some(Cow::Borrowed(b"null"))
    }

    /// Nothing lists an archive: it is read by name.
    fn list(&self, _: &str) -> Vec<String> {
        Vec::new()
    }
}
