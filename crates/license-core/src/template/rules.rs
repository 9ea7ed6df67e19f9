//! What the texts inside a template mean: patterns, relations, checks, compiled once.

use std::collections::BTreeMap;

use regex_lite::Regex;
use time::Date;

use super::model::TemplateFile;

/// The compiled rules of a template.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rules {
    patterns: BTreeMap<String, Regex>,
    rows: BTreeMap<String, Regex>,
    relations: BTreeMap<String, Vec<Relation>>,
    checks: BTreeMap<String, Vec<Check>>,
    number: Option<Regex>,
}

impl Rules {
    /// Compiles what can be compiled and hands the rest to `problem` as place and message.
    pub(super) fn compile(file: &TemplateFile, mut problem: impl FnMut(String, String)) -> Rules {
        let mut rules = Rules::default();
        match anchored(&file.number.pattern) {
            Ok(regex) => rules.number = Some(regex),
            Err(message) => problem("number.pattern".to_owned(), message),
        }
        for field in &file.fields {
            let key = &field.key;
            if let Some(pattern) = &field.pattern {
                match anchored(pattern) {
                    Ok(regex) => drop(rules.patterns.insert(key.clone(), regex)),
                    Err(message) => problem(format!("field.{key}.pattern"), message),
                }
            }
            if let Some(table) = &field.table {
                match anchored(&table.row_pattern) {
                    Ok(regex) => drop(rules.rows.insert(key.clone(), regex)),
                    Err(message) => problem(format!("field.{key}.table.row_pattern"), message),
                }
            }
            for text in &field.relations {
                match Relation::parse(text) {
                    Some(relation) => rules.relations.entry(key.clone()).or_default().push(relation),
                    None => problem(
                        format!("field.{key}.relations"),
                        format!("`{text}` is not an operator (<, <=, >, >=) and a field, a date or `today`"),
                    ),
                }
            }
            for text in &field.checks {
                match Check::from_name(text) {
                    Some(check) => rules.checks.entry(key.clone()).or_default().push(check),
                    None => problem(
                        format!("field.{key}.checks"),
                        format!("no check is named `{text}`; there are {}", Check::names()),
                    ),
                }
            }
        }
        rules
    }

    /// The pattern of a field.
    pub(crate) fn pattern(&self, key: &str) -> Option<&Regex> {
        self.patterns.get(key)
    }

    /// The pattern of a table's rows.
    pub(crate) fn row(&self, key: &str) -> Option<&Regex> {
        self.rows.get(key)
    }

    /// The pattern of the printed number.
    pub(crate) fn number(&self) -> Option<&Regex> {
        self.number.as_ref()
    }

    /// The relations of a field.
    pub(crate) fn relations(&self, key: &str) -> &[Relation] {
        self.relations.get(key).map_or(&[], Vec::as_slice)
    }

    /// The named checks of a field.
    pub(crate) fn checks(&self, key: &str) -> &[Check] {
        self.checks.get(key).map_or(&[], Vec::as_slice)
    }
}

/// The whole value must match, whatever the pattern's author left out.
pub(crate) fn anchored(pattern: &str) -> Result<Regex, String> {
    if pattern.len() > MAX_PATTERN {
        return Err(format!("longer than {MAX_PATTERN} bytes"));
    }
    // The inner pattern alone first: `)(` must not pass by being wrapped.
    Regex::new(pattern).map_err(|error| error.to_string())?;
    Regex::new(&format!("^(?:{pattern})$")).map_err(|error| error.to_string())
}

/// A relation such as `<= issued_on`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Relation {
    pub(crate) operator: Operator,
    pub(crate) other: Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Other {
    Today,
    Day(Date),
    Field(String),
}

impl Relation {
    pub(crate) fn parse(text: &str) -> Option<Relation> {
        let (operator, other) = text.split_once(' ')?;
        let operator = match operator {
            "<" => Operator::Less,
            "<=" => Operator::LessOrEqual,
            ">" => Operator::Greater,
            ">=" => Operator::GreaterOrEqual,
            _ => return None,
        };
        let other = match other {
            "today" => Other::Today,
            text if text.starts_with(|char: char| char.is_ascii_digit()) => {
                Other::Day(crate::fill::parse_date(text).ok()?)
            }
            key if !key.is_empty() && !key.contains(' ') => Other::Field(key.to_owned()),
            _ => return None,
        };
        Some(Relation { operator, other })
    }
}

impl Operator {
    pub(crate) fn holds(self, left: Date, right: Date) -> bool {
        match self {
            Operator::Less => left < right,
            Operator::LessOrEqual => left <= right,
            Operator::Greater => left > right,
            Operator::GreaterOrEqual => left >= right,
        }
    }
}

/// The named checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    Uscc,
    Cid,
    UsccOrCid,
    Name,
    Division,
    Jy,
    UnitNo,
    OrganizationCode,
    Phone,
    CopyNo,
    PlainBrackets,
    Multiline,
}

impl Check {
    const ALL: [(&'static str, Check); 12] = [
        ("uscc", Check::Uscc),
        ("cid", Check::Cid),
        ("uscc-or-cid", Check::UsccOrCid),
        ("name", Check::Name),
        ("division", Check::Division),
        ("jy", Check::Jy),
        ("unit-no", Check::UnitNo),
        ("organization-code", Check::OrganizationCode),
        ("phone", Check::Phone),
        ("copy-no", Check::CopyNo),
        ("plain-brackets", Check::PlainBrackets),
        ("multiline", Check::Multiline),
    ];

    pub(crate) fn from_name(name: &str) -> Option<Check> {
        Check::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, check)| check)
    }

    pub(crate) fn names() -> String {
        Check::ALL.map(|(name, _)| name).join(", ")
    }

    /// Whether values are codes of plain capitals and digits, folded as such.
    pub(crate) fn is_code(self) -> bool {
        matches!(
            self,
            Check::Uscc
                | Check::Cid
                | Check::UsccOrCid
                | Check::Division
                | Check::Jy
                | Check::UnitNo
                | Check::OrganizationCode
        )
    }
}

const MAX_PATTERN: usize = 1000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relations_read() {
        assert_eq!(
            Relation::parse("<= issued_on"),
            Some(Relation { operator: Operator::LessOrEqual, other: Other::Field("issued_on".to_owned()) })
        );
        assert_eq!(Relation::parse("<= today").map(|relation| relation.other), Some(Other::Today));
        assert!(Relation::parse(">= 1949-10-01").is_some());
        for wrong in ["issued_on", "=> today", "<= 1949-13-01", "<= ", "< a b"] {
            assert_eq!(Relation::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn patterns_bind_the_whole_value() {
        assert!(!anchored("a|b").is_ok_and(|regex| regex.is_match("ab")));
        assert!(anchored("a)(b").is_err());
    }
}
