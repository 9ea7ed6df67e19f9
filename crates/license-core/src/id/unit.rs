//! Real-estate unit numbers.

use std::str::FromStr;

use super::text::{ascii, fixed, string_form, string_serde};
use super::{AdminDivision, CodeError};

/// 不动产单元号: division 6, cadastral area 3, sub-area 3, kind of right 2, parcel 5, kind of thing on it 1, unit 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RealEstateUnit([u8; 28]);

impl RealEstateUnit {
    /// The canonical text, without blanks.
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }

    /// The division (digits 1 to 6).
    pub fn division(&self) -> AdminDivision {
        self.as_str()[..6].parse().expect("checked when the number was made")
    }

    /// In the four groups in which it is printed.
    pub fn grouped(&self) -> String {
        let text = self.as_str();
        format!("{} {} {} {}", &text[..6], &text[6..12], &text[12..19], &text[19..])
    }
}

impl FromStr for RealEstateUnit {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<RealEstateUnit, CodeError> {
        let bytes: [u8; 28] = fixed(text, |at, byte| match at {
            // G state, J collective, Z disputed; then the kind of right.
            12 => b"GJZ".contains(&byte),
            13 => byte.is_ascii_uppercase(),
            // F building, L forest, Q other, W none.
            19 => b"FLQW".contains(&byte),
            _ => byte.is_ascii_digit(),
        })?;
        ascii(&bytes[..6]).parse::<AdminDivision>()?;
        Ok(RealEstateUnit(bytes))
    }
}

string_form!(RealEstateUnit);
