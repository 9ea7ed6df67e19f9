//! PDF objects (ISO 32000 7.3) as plain data.

use std::ops::Range;

use super::name::Name;

/// An object identifier: number and generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Id {
    pub(crate) num: u32,
    pub(crate) generation: u16,
}

/// As small as can be: a file may hold some hundred thousand.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Object {
    Null,
    Bool(bool),
    Int(i64),
    Real(f64),
    /// Literal or hexadecimal: the same value, so compared as the same.
    String(Box<[u8]>),
    Name(Name),
    Array(Box<[Object]>),
    Dict(Dict),
    Stream(Box<Stream>),
    Ref(Id),
}

/// Sorted by key, each key once: the parser sees to both.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Dict(pub(crate) Box<[(Name, Object)]>);

/// The dictionary, and where the raw bytes stand in the file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stream {
    pub(crate) dict: Dict,
    pub(crate) raw: Range<usize>,
}

impl Object {
    pub(crate) const NULL: &'static Object = &Object::Null;

    pub(crate) fn int(&self) -> Option<i64> {
        if let Self::Int(n) = self { Some(*n) } else { None }
    }

    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Int(n) => Some(*n as f64),
            Self::Real(x) => Some(*x),
            _ => None,
        }
    }

    pub(crate) fn name(&self) -> Option<&[u8]> {
        if let Self::Name(n) = self { Some(n) } else { None }
    }

    pub(crate) fn string(&self) -> Option<&[u8]> {
        if let Self::String(s) = self { Some(s) } else { None }
    }

    pub(crate) fn array(&self) -> Option<&[Object]> {
        if let Self::Array(a) = self { Some(a) } else { None }
    }

    /// The dictionary of a dictionary or of a stream.
    pub(crate) fn dict(&self) -> Option<&Dict> {
        match self {
            Self::Dict(d) => Some(d),
            Self::Stream(s) => Some(&s.dict),
            _ => None,
        }
    }

    pub(crate) fn stream(&self) -> Option<&Stream> {
        if let Self::Stream(s) = self { Some(s) } else { None }
    }

    pub(crate) fn reference(&self) -> Option<Id> {
        if let Self::Ref(id) = self { Some(*id) } else { None }
    }

    /// Direct references inside this object, not those behind them. Returns how many values were looked at.
    pub(crate) fn each_reference(&self, visit: &mut dyn FnMut(Id)) -> usize {
        let inside = match self {
            Self::Ref(id) => {
                visit(*id);
                0
            }
            Self::Array(items) => items.iter().map(|item| item.each_reference(visit)).sum(),
            Self::Dict(dict) => dict.each_reference(visit),
            Self::Stream(stream) => stream.dict.each_reference(visit),
            _ => 0,
        };
        inside + 1
    }

    /// How many values it consists of: what it takes to compare it with another one.
    pub(crate) fn weight(&self) -> usize {
        self.each_reference(&mut |_| {})
    }
}

impl Dict {
    /// The value as written, or null when absent: PDF makes no difference between the two.
    pub(crate) fn get(&self, key: &[u8]) -> &Object {
        match self.0.binary_search_by(|(k, _)| k.as_slice().cmp(key)) {
            Ok(at) => &self.0[at].1,
            Err(_) => Object::NULL,
        }
    }

    /// As of an object.
    pub(crate) fn each_reference(&self, visit: &mut dyn FnMut(Id)) -> usize {
        self.0.iter().map(|(_, value)| value.each_reference(visit)).sum()
    }

    pub(crate) fn has(&self, key: &[u8]) -> bool {
        *self.get(key) != Object::Null
    }

    pub(crate) fn is(&self, key: &[u8], name: &[u8]) -> bool {
        self.get(key).name() == Some(name)
    }

    pub(crate) fn set(&mut self, key: &[u8], value: Object) {
        match self.0.binary_search_by(|(k, _)| k.as_slice().cmp(key)) {
            Ok(at) => self.0[at].1 = value,
            Err(at) => {
                let mut entries = std::mem::take(&mut self.0).into_vec();
                entries.insert(at, (Name::new(key), value));
                self.0 = entries.into();
            }
        }
    }

    /// Null is absent: this makes it so.
    pub(crate) fn drop_nulls(&mut self) {
        let mut entries = std::mem::take(&mut self.0).into_vec();
        entries.retain(|(_, value)| *value != Object::Null);
        self.0 = entries.into();
    }

    /// The keys whose values differ between the two, absent counting as null.
    pub(crate) fn differing_keys<'a>(&'a self, other: &'a Dict) -> Vec<&'a [u8]> {
        let mut keys: Vec<&[u8]> = self.0.iter().chain(&other.0).map(|(k, _)| k.as_slice()).collect();
        keys.sort_unstable();
        keys.dedup();
        keys.retain(|key| self.get(key) != other.get(key));
        keys
    }
}
