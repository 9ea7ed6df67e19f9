//! The text of a box: fixed words and places for values.
//!
//! `{field}` and `{field:format}` stand for a value, `{label:field}` for a field's label; `{{` and `}}` are braces.

use super::format::Format;

/// A parsed box text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expression {
    /// The parts in order.
    pub parts: Vec<Part>,
}

/// A part of a box text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Fixed words.
    Words(String),
    /// A value, in a format.
    Value(String, Format),
    /// The label of a field.
    Label(String),
}

/// A box text that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExpressionError {
    /// `{` without `}`, or the other way round.
    #[error("brace at character {position} has no partner (write {{{{ or }}}} for a brace)")]
    Unbalanced {
        /// Place in the text, in characters from 0.
        position: usize,
    },
    /// A place without a proper key.
    #[error("`{{{place}}}` does not name a field")]
    BadKey {
        /// What stands between the braces.
        place: String,
    },
    /// A format that does not exist.
    #[error("`{{{place}}}`: there is no format `{format}`")]
    UnknownFormat {
        /// What stands between the braces.
        place: String,
        /// The format.
        format: String,
    },
}

impl Expression {
    /// Reads a box text.
    pub fn parse(text: &str) -> Result<Expression, ExpressionError> {
        let mut parts = Vec::new();
        let mut words = String::new();
        let mut rest = text.chars().enumerate().peekable();
        while let Some((position, char)) = rest.next() {
            let doubled = matches!(char, '{' | '}') && rest.next_if(|next| next.1 == char).is_some();
            match char {
                '{' if !doubled => {
                    let mut place = String::new();
                    loop {
                        match rest.next() {
                            Some((_, '}')) => break,
                            Some((_, char)) if char != '{' => place.push(char),
                            _ => return Err(ExpressionError::Unbalanced { position }),
                        }
                    }
                    if !words.is_empty() {
                        parts.push(Part::Words(std::mem::take(&mut words)));
                    }
                    parts.push(part(place)?);
                }
                '}' if !doubled => return Err(ExpressionError::Unbalanced { position }),
                _ => words.push(char),
            }
        }
        if !words.is_empty() {
            parts.push(Part::Words(words));
        }
        Ok(Expression { parts })
    }

    /// Keys of all fields named, values and labels, in order.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Words(_) => None,
            Part::Value(key, _) | Part::Label(key) => Some(key.as_str()),
        })
    }

    /// The first field whose value is drawn.
    pub fn first_value(&self) -> Option<&str> {
        self.parts.iter().find_map(|part| match part {
            Part::Value(key, _) => Some(key.as_str()),
            _ => None,
        })
    }

    /// The field of a text that is one label and nothing else.
    pub fn only_label(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [Part::Label(key)] => Some(key),
            _ => None,
        }
    }

    /// The field of a text that is one plain value and nothing else: a table, if the field is one.
    pub fn only_value(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [Part::Value(key, Format::Plain)] => Some(key),
            _ => None,
        }
    }
}

fn part(place: String) -> Result<Part, ExpressionError> {
    let (key, format) = match place.split_once(':') {
        Some(("label", key)) if is_key(key) => return Ok(Part::Label(key.to_owned())),
        Some((key, format)) => (key, Some(format)),
        None => (place.as_str(), None),
    };
    if !is_key(key) {
        return Err(ExpressionError::BadKey { place });
    }
    let format = match format {
        None => Format::Plain,
        Some(name) => Format::parse(name)
            .ok_or_else(|| ExpressionError::UnknownFormat { place: place.clone(), format: name.to_owned() })?,
    };
    Ok(Part::Value(key.to_owned(), format))
}

fn is_key(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn reads_words_values_and_labels() {
        let expression = Expression::parse("自 {valid_from:date} 至{label:valid_to}{{x}}").unwrap();
        assert_eq!(
            expression.parts,
            [
                Part::Words("自 ".into()),
                Part::Value("valid_from".into(), Format::Date),
                Part::Words(" 至".into()),
                Part::Label("valid_to".into()),
                Part::Words("{x}".into()),
            ]
        );
        assert_eq!(expression.fields().collect::<Vec<_>>(), ["valid_from", "valid_to"]);
        assert_eq!(Expression::parse("{a}").unwrap().only_value(), Some("a"));
        assert_eq!(Expression::parse("{label:a}").unwrap().only_label(), Some("a"));
        assert_eq!(Expression::parse("").unwrap().parts, []);
    }

    #[test]
    fn mistakes() {
        for (text, message) in [
            ("名称{name", "brace at character 2"),
            ("}", "brace at character 0"),
            ("{a{b}", "brace at character 0"),
            ("{}", "does not name a field"),
            ("{Name}", "`{Name}` does not name a field"),
            ("{label:}", "no format"),
            ("{name:bold}", "there is no format `bold`"),
        ] {
            let error = Expression::parse(text).unwrap_err().to_string();
            let expected = if text == "{label:}" { "`{label:}`" } else { message };
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
