//! The data of one version of a license (证照信息): core metadata and the type's own items.

use std::collections::BTreeMap;

/// A checked value of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Text of a text or enum field.
    Text(String),
    /// A calendar date without a time zone.
    Date(time::Date),
    /// A whole number.
    Integer(i64),
    /// Rows of a table; every row has every column (possibly empty).
    Table(Vec<BTreeMap<String, String>>),
}
