//! A package: named files in order, as they lie in the zip.

use std::collections::HashMap;

use crate::error::WriteError;
use crate::part::Part;
use crate::zip::read::Container;

/// Named files in order. What a reader found out about the zip they came from travels along.
#[derive(Clone, Debug, Default)]
pub struct Package {
    parts: Vec<(String, Part)>,
    index: HashMap<String, usize>,
    container: Option<Box<Container>>,
}

impl Package {
    /// A package without files.
    pub fn new() -> Package {
        Package::default()
    }

    /// Adds a file at the end. Names are absolute without the leading slash: `Doc_0/Document.xml`.
    pub fn add(&mut self, name: impl Into<String>, part: impl Into<Part>) -> Result<(), WriteError> {
        let name = name.into();
        if self.index.contains_key(&name) {
            return Err(WriteError::DuplicateName(name));
        }
        self.index.insert(name.clone(), self.parts.len());
        self.parts.push((name, part.into()));
        Ok(())
    }

    /// Replaces a file in place, or adds it.
    pub fn set(&mut self, name: impl Into<String>, part: impl Into<Part>) {
        let name = name.into();
        match self.index.get(&name) {
            Some(&at) => self.parts[at].1 = part.into(),
            None => {
                self.index.insert(name.clone(), self.parts.len());
                self.parts.push((name, part.into()));
            }
        }
    }

    /// The file of this exact name.
    pub fn part(&self, name: &str) -> Option<&Part> {
        self.index.get(name).map(|&at| &self.parts[at].1)
    }

    /// All files in order.
    pub fn parts(&self) -> impl ExactSizeIterator<Item = (&str, &Part)> {
        self.parts.iter().map(|(name, part)| (name.as_str(), part))
    }

    /// The zip: same package, same bytes. Files that came compressed are copied as they were.
    pub fn to_zip(&self) -> Result<Vec<u8>, WriteError> {
        crate::zip::write::zip(self.parts())
    }

    /// Where the last file begins in a zip as [`Prepared::finish_zip`](crate::Prepared::finish_zip) writes it, when that
    /// file has this name and is stored.
    ///
    /// Everything behind that place follows from the bytes before it and from the file itself: its header, the
    /// directory, the end record. Nothing for a zip with any header that is written otherwise, or with a byte too many.
    pub fn last_file_at(zip: &[u8], name: &str) -> Option<usize> {
        crate::zip::write::last_file_at(zip, name)
    }

    /// What was found in the zip this package was read from; nothing when it was made here.
    pub(crate) fn container(&self) -> Option<&Container> {
        self.container.as_deref()
    }

    pub(crate) fn with_container(mut self, container: Container) -> Package {
        self.container = Some(Box::new(container));
        self
    }

    /// The same files, now a package of our own making.
    pub(crate) fn without_container(mut self) -> Package {
        self.container = None;
        self
    }
}
