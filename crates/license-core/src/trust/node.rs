//! Reading JSON strictly: every value knows its place, and a member that nobody asked for is a mistake.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pki::Certificate;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::error::TrustListError;

/// A value and the way to it.
#[derive(Clone, Copy)]
pub(super) struct Node<'a> {
    value: &'a Value,
    place: Place<'a>,
}

#[derive(Clone, Copy)]
enum Place<'a> {
    Root,
    Member(&'a Place<'a>, &'a str),
    Item(&'a Place<'a>, usize),
}

/// An object all of whose members are known.
pub(super) struct Object<'a> {
    members: &'a Map<String, Value>,
    place: &'a Place<'a>,
}

impl<'a> Node<'a> {
    pub(super) fn root(value: &'a Value) -> Node<'a> {
        Node { value, place: Place::Root }
    }

    /// A mistake here.
    pub(super) fn wrong(&self, problem: impl Into<String>) -> TrustListError {
        TrustListError::Entry { place: self.place.pointer(), problem: problem.into() }
    }

    /// An object with no other members than these.
    pub(super) fn object(&'a self, known: &[&str]) -> Result<Object<'a>, TrustListError> {
        let members = self.value.as_object().ok_or_else(|| self.wrong("should be an object"))?;
        match members.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => {
                let place = Place::Member(&self.place, name).pointer();
                let problem = format!("is not known; known are {}", known.join(", "));
                Err(TrustListError::Entry { place, problem })
            }
            None => Ok(Object { members, place: &self.place }),
        }
    }

    /// Each item of a list.
    pub(super) fn list<T>(
        &self,
        most: usize,
        mut read: impl FnMut(Node<'_>) -> Result<T, TrustListError>,
    ) -> Result<Vec<T>, TrustListError> {
        let items = self.value.as_array().ok_or_else(|| self.wrong("should be a list"))?;
        if items.len() > most {
            return Err(self.wrong(format!("has {} items, and {most} are the limit", items.len())));
        }
        let item = |(at, value)| read(Node { value, place: Place::Item(&self.place, at) });
        items.iter().enumerate().map(item).collect()
    }

    /// A text of at most so many characters, without control characters.
    pub(super) fn text(&self, most: usize) -> Result<&'a str, TrustListError> {
        let text = self.value.as_str().ok_or_else(|| self.wrong("should be a text"))?;
        if text.chars().count() > most {
            return Err(self.wrong(format!("is longer than {most} characters")));
        }
        if text.chars().any(char::is_control) {
            return Err(self.wrong("has a control character in it"));
        }
        Ok(text)
    }

    /// One word of a table.
    pub(super) fn word<T: Copy>(&self, table: &[(T, &str)]) -> Result<T, TrustListError> {
        let found = self.value.as_str().and_then(|text| table.iter().find(|(_, word)| *word == text));
        found.map(|(value, _)| *value).ok_or_else(|| {
            let words: Vec<&str> = table.iter().map(|(_, word)| *word).collect();
            self.wrong(format!("should be one of {}", words.join(", ")))
        })
    }

    pub(super) fn number(&self) -> Result<u64, TrustListError> {
        self.value.as_u64().ok_or_else(|| self.wrong("should be a whole number, not negative"))
    }

    pub(super) fn boolean(&self) -> Result<bool, TrustListError> {
        self.value.as_bool().ok_or_else(|| self.wrong("should be true or false"))
    }

    pub(super) fn time(&self) -> Result<OffsetDateTime, TrustListError> {
        let text = self.value.as_str().unwrap_or_default();
        let time = OffsetDateTime::parse(text, &Rfc3339);
        time.map_err(|_| self.wrong("should be a time such as 2026-11-21T00:00:00Z (RFC 3339)"))
    }

    pub(super) fn base64(&self) -> Result<Vec<u8>, TrustListError> {
        let text = self.value.as_str().ok_or_else(|| self.wrong("should be base64"))?;
        STANDARD.decode(text).map_err(|error| self.wrong(format!("is no base64: {error}")))
    }

    pub(super) fn certificate(&self) -> Result<Certificate, TrustListError> {
        Certificate::from_der(&self.base64()?).map_err(|error| self.wrong(error.to_string()))
    }
}

impl<'a> Object<'a> {
    /// A member that must be there.
    pub(super) fn required(&self, name: &'a str) -> Result<Node<'a>, TrustListError> {
        self.optional(name).ok_or_else(|| {
            let place = Place::Member(self.place, name).pointer();
            TrustListError::Entry { place, problem: "is missing".to_owned() }
        })
    }

    /// A member that may be left out, or null.
    pub(super) fn optional(&self, name: &'a str) -> Option<Node<'a>> {
        let value = self.members.get(name).filter(|value| !value.is_null())?;
        Some(Node { value, place: Place::Member(self.place, name) })
    }

    /// A member that may be left out, read.
    pub(super) fn read<T: Default>(
        &self,
        name: &'a str,
        read: impl FnOnce(Node<'_>) -> Result<T, TrustListError>,
    ) -> Result<T, TrustListError> {
        self.optional(name).map_or_else(|| Ok(T::default()), read)
    }
}

impl Place<'_> {
    /// JSON pointer (RFC 6901).
    fn pointer(&self) -> String {
        match self {
            Place::Root => String::new(),
            Place::Member(above, name) => {
                format!("{}/{}", above.pointer(), name.replace('~', "~0").replace('/', "~1"))
            }
            Place::Item(above, at) => format!("{}/{at}", above.pointer()),
        }
    }
}
