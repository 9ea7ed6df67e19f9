//! How a value is written on the face.

use time::Date;

use crate::record::Value;
use crate::template::model::Table;

/// A format named in a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Format {
    /// Text and numbers as they are, dates as `2024年3月5日`, tables with `；` between rows.
    Plain,
    /// `2024年3月5日`.
    Date,
    /// `2024 年 03 月 05 日`, for signature blocks.
    DateWide,
    /// As [`Format::Date`]; `长期` when there is no value.
    DateOrLong,
    /// Groups of so many characters with spaces between; what is left over makes the last group.
    Grouped(Vec<usize>),
    /// Digits 11 to 14 of a citizen number as `****`; other values as they are.
    MaskId,
}

impl Format {
    /// The format of this name.
    pub fn parse(name: &str) -> Option<Format> {
        Some(match name {
            "date" => Format::Date,
            "date-wide" => Format::DateWide,
            "date-or-long" => Format::DateOrLong,
            "mask-id" => Format::MaskId,
            _ => {
                let groups = name.strip_prefix("grouped-")?.split('-');
                let sizes: Option<Vec<usize>> =
                    groups.map(|size| size.parse().ok().filter(|size| (1..=99).contains(size))).collect();
                Format::Grouped(sizes?)
            }
        })
    }

    /// Whether the format writes something even when the value is absent.
    pub fn writes_absent(&self) -> bool {
        *self == Format::DateOrLong
    }

    /// Whether the format makes sense for dates only.
    pub fn is_for_dates(&self) -> bool {
        matches!(self, Format::Date | Format::DateWide | Format::DateOrLong)
    }

    /// The value in this format; `table` gives the column order of a table.
    pub fn write(&self, value: Option<&Value>, table: Option<&Table>) -> String {
        match value {
            None if self.writes_absent() => LONG_TERM.to_owned(),
            None => String::new(),
            Some(Value::Date(date)) => self.date(*date),
            Some(Value::Integer(number)) => number.to_string(),
            Some(Value::Text(text)) => self.text(text),
            Some(Value::Table(rows)) => {
                let rows = rows.iter().map(|row| match table {
                    Some(table) => table.columns.iter().filter_map(|column| row.get(&column.key)).cloned().collect(),
                    None => row.values().cloned().collect::<String>(),
                });
                rows.collect::<Vec<_>>().join(table.map_or("；", |table| &table.row_separator))
            }
        }
    }

    fn date(&self, date: Date) -> String {
        let (year, month, day) = (date.year(), u8::from(date.month()), date.day());
        match self {
            Format::DateWide => format!("{year} 年 {month:02} 月 {day:02} 日"),
            _ => format!("{year}年{month}月{day}日"),
        }
    }

    fn text(&self, text: &str) -> String {
        match self {
            Format::Grouped(sizes) => grouped(text, sizes),
            Format::MaskId if is_citizen_number(text) => format!("{}****{}", &text[..10], &text[14..]),
            _ => text.to_owned(),
        }
    }
}

fn grouped(text: &str, sizes: &[usize]) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut rest = chars.as_slice();
    let mut groups: Vec<String> = Vec::new();
    for &size in sizes {
        let (group, after) = rest.split_at(size.min(rest.len()));
        groups.push(group.iter().collect());
        rest = after;
    }
    groups.push(rest.iter().collect());
    groups.retain(|group| !group.is_empty());
    groups.join(" ")
}

/// Whether the text has the form of a citizen number (GB 11643). A credit code of 18 digits has no birth date inside.
fn is_citizen_number(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() != 18
        || !bytes[..17].iter().all(u8::is_ascii_digit)
        || !matches!(bytes[17], b'0'..=b'9' | b'X' | b'x')
    {
        return false;
    }
    let part = |from: usize, to: usize| bytes[from..to].iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    (1800..=2199).contains(&part(6, 10)) && (1..=12).contains(&part(10, 12)) && (1..=31).contains(&part(12, 14))
}

const LONG_TERM: &str = "长期";

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn values_as_written() {
        let date = Value::Date(time::macros::date!(2024 - 03 - 05));
        let text = |text: &str| Value::Text(text.to_owned());
        for (format, value, written) in [
            ("date", date.clone(), "2024年3月5日"),
            ("date-wide", date.clone(), "2024 年 03 月 05 日"),
            ("date-or-long", date, "2024年3月5日"),
            ("mask-id", text("110105199001011234"), "1101051990****1234"),
            ("mask-id", text("91110108MA01ABCD2X"), "91110108MA01ABCD2X"),
            ("mask-id", text("911101080000000012"), "911101080000000012"),
            ("grouped-6-6-7-9", text("110108001002GB00003F00040005"), "110108 001002 GB00003 F00040005"),
            ("grouped-4", text("一二三四五"), "一二三四 五"),
        ] {
            assert_eq!(Format::parse(format).unwrap().write(Some(&value), None), written, "{format}");
        }
        assert_eq!(Format::Plain.write(Some(&Value::Integer(20)), None), "20");
        assert_eq!(Format::DateOrLong.write(None, None), "长期");
        assert_eq!(Format::Date.write(None, None), "");
        assert_eq!(Format::parse("grouped-0"), None);
        assert_eq!(Format::parse("grouped-"), None);
    }
}
