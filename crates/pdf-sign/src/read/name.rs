//! Names (7.3.5), which most of a PDF consists of: short ones are kept where they are used.

use std::fmt;
use std::ops::Deref;

/// The bytes of a name, without its slash.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name(Text);

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Text {
    /// What is not used is zero.
    Short(u8, [u8; SHORT]),
    Long(Box<Box<[u8]>>),
}

/// As many as fit beside a pointer and its tag.
const SHORT: usize = 14;

impl Name {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        let mut short = [0; SHORT];
        match short.get_mut(..bytes.len()) {
            Some(room) => {
                room.copy_from_slice(bytes);
                Self(Text::Short(bytes.len() as u8, short))
            }
            None => Self(Text::Long(Box::new(bytes.into()))),
        }
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        match &self.0 {
            Text::Short(length, bytes) => &bytes[..usize::from(*length)],
            Text::Long(bytes) => bytes,
        }
    }

    /// Bytes that it takes up besides its own place.
    pub(crate) fn outside(&self) -> usize {
        match &self.0 {
            Text::Short(..) => 0,
            Text::Long(bytes) => bytes.len() + 4 * size_of::<usize>(),
        }
    }
}

impl Deref for Name {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.as_slice()
    }
}

impl PartialEq<[u8]> for Name {
    fn eq(&self, other: &[u8]) -> bool {
        self.as_slice() == other
    }
}

impl<const N: usize> PartialEq<[u8; N]> for Name {
    fn eq(&self, other: &[u8; N]) -> bool {
        self.as_slice() == other
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}", String::from_utf8_lossy(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_names_are_their_bytes() {
        for length in [0, 1, 13, 14, 15, 16, 300] {
            let bytes: Vec<u8> = (0..length).map(|at| (at * 7) as u8).collect();
            let name = Name::new(&bytes);
            assert_eq!((name.as_slice(), name.outside() > 0), (bytes.as_slice(), length > SHORT));
            assert_eq!(name, Name::new(&bytes));
            assert_ne!(name, Name::new(&[&bytes[..], b"\0"].concat()));
        }
        assert_eq!(size_of::<Name>(), 16);
    }
}
