//! Administrative divisions (GB/T 2260).

use std::str::FromStr;
use std::sync::LazyLock;

use super::CodeError;
use super::text::{ascii, fixed, string_form, string_serde};

/// 行政区划代码: province 2, city 2, county 2 digits.
///
/// The province must exist. Whether the whole code is [known](AdminDivision::is_known) is another question: codes come
/// and go, so an unknown one is worth a warning and not an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AdminDivision([u8; 6]);

impl AdminDivision {
    /// The canonical text.
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }

    /// Whether the code is in force (edition 2023) or was at some time since 2002.
    pub fn is_known(&self) -> bool {
        // The centre itself stands in credit codes of ministries.
        &self.0 == b"100000" || KNOWN.binary_search(&self.0).is_ok()
    }

    /// The province it lies in.
    pub fn province(&self) -> AdminDivision {
        AdminDivision([self.0[0], self.0[1], b'0', b'0', b'0', b'0'])
    }
}

impl FromStr for AdminDivision {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<AdminDivision, CodeError> {
        let bytes: [u8; 6] = fixed(text, |_, byte| byte.is_ascii_digit())?;
        if &bytes != b"100000" && !PROVINCES.contains(&ascii(&bytes[..2])) {
            return Err(CodeError::Division);
        }
        Ok(AdminDivision(bytes))
    }
}

string_form!(AdminDivision);

/// 83 stands in residence permits of Taiwan residents.
const PROVINCES: [&str; 35] = [
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43", "44",
    "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82", "83",
];

static KNOWN: LazyLock<Vec<[u8; 6]>> = LazyLock::new(|| {
    let mut codes = Vec::new();
    for line in include_str!("divisions.txt").lines() {
        let mut words = line.split(' ').map(str::as_bytes);
        let Some(&[a, b, c, d]) = words.next() else { continue };
        codes.extend(words.filter_map(|word| <[u8; 2]>::try_from(word).ok()).map(|[e, f]| [a, b, c, d, e, f]));
    }
    codes
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole_and_sorted() {
        assert_eq!(
            KNOWN.len(),
            include_str!("divisions.txt").split_whitespace().filter(|word| word.len() == 2).count()
        );
        assert!(KNOWN.is_sorted());
        assert!(KNOWN.len() > 4000);
    }
}
