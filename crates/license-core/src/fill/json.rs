//! JSON in which every name stands once. RFC 8259 leaves open which of two equal names counts, so that two systems may
//! read two different licenses out of one text: such a text is refused.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// Why a text is not taken as JSON.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonFault {
    /// No complete JSON.
    #[error("no complete JSON: {0}")]
    Syntax(String),
    /// A name that stands twice in one object.
    #[error("{pointer}: the name stands twice in one object (line {line}, column {column}): keep one of the two")]
    Duplicate {
        /// JSON pointer to it.
        pointer: String,
        /// Line of the second one, from 1.
        line: usize,
        /// Its column, from 1.
        column: usize,
    },
}

/// Reads JSON in which every name stands once.
pub fn read_json(bytes: &[u8]) -> Result<Value, JsonFault> {
    check_json(bytes)?;
    serde_json::from_slice(bytes).map_err(|error| JsonFault::Syntax(error.to_string()))
}

/// Whether the bytes are JSON in which every name stands once.
pub fn check_json(bytes: &[u8]) -> Result<(), JsonFault> {
    let path = Path::default();
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let read = Node(&path).deserialize(&mut reader).and_then(|()| reader.end());
    read.map_err(|error| match path.0.into_inner().found {
        Some(pointer) => JsonFault::Duplicate { pointer, line: error.line(), column: error.column() },
        None => JsonFault::Syntax(error.to_string()),
    })
}

#[derive(Default)]
struct Path(RefCell<Walk>);

#[derive(Default)]
struct Walk {
    steps: Vec<String>,
    found: Option<String>,
}

struct Node<'a>(&'a Path);

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut names = std::collections::HashSet::new();
        while let Some(name) = map.next_key::<String>()? {
            self.0.0.borrow_mut().steps.push(name.replace('~', "~0").replace('/', "~1"));
            if !names.insert(name) {
                let mut walk = self.0.0.borrow_mut();
                let pointer = walk.steps.iter().fold(String::new(), |all, step| all + "/" + step);
                walk.found = Some(pointer);
                return Err(A::Error::custom("a name stands twice"));
            }
            map.next_value_seed(Node(self.0))?;
            self.0.0.borrow_mut().steps.pop();
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        for at in 0_usize.. {
            self.0.0.borrow_mut().steps.push(at.to_string());
            let more = items.next_element_seed(Node(self.0))?;
            self.0.0.borrow_mut().steps.pop();
            if more.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        IgnoredAny.visit_newtype_struct(deserializer).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn pointer(text: &str) -> String {
        match read_json(text.as_bytes()) {
            Err(JsonFault::Duplicate { pointer, .. }) => pointer,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn a_name_stands_once() {
        assert_eq!(pointer(r#"{"a":1,"a":1}"#), "/a");
        assert_eq!(pointer(r#"{"data":{"name":"甲","x":[{"b":1},{"b":1,"c":2,"b":3}]}}"#), "/data/x/1/b");
        // The same name, written otherwise; and names that a pointer must escape.
        assert_eq!(pointer(r#"{"a":1,"\u0061":2}"#), "/a");
        assert_eq!(pointer(r#"{"a/b~":{"c":1,"c":1}}"#), "/a~1b~0/c");
        assert!(read_json(br#"{"a":{"a":1},"b":{"a":[1,2.5,null,true,"x",{}]}}"#).is_ok());
    }

    #[test]
    fn anything_else_is_no_json() {
        for text in ["", "{", r#"{"a":1"#, "{} {}", "nul", r#"{"a":}"#, "[1,]"] {
            assert!(matches!(read_json(text.as_bytes()), Err(JsonFault::Syntax(_))), "{text}");
        }
        assert!(matches!(read_json("[".repeat(100_000).as_bytes()), Err(JsonFault::Syntax(_))));
    }
}
