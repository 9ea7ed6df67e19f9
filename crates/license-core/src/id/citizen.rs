//! Citizen numbers (GB 11643).

use std::fmt;
use std::str::FromStr;

use time::{Date, Month};

use super::text::{ascii, fixed, string_form, string_serde};
use super::{AdminDivision, CodeError, check};

/// 公民身份号码: division 6, birth date 8, order 3 (odd for men), check character 1. `Debug` masks it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CitizenId([u8; 18]);

impl CitizenId {
    /// The canonical text.
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }

    /// The division where the number was given; often a revoked one.
    pub fn division(&self) -> AdminDivision {
        self.as_str()[..6].parse().expect("checked when the number was made")
    }

    /// The date of birth.
    pub fn birth_date(&self) -> Date {
        birth_date(self.as_str()).expect("checked when the number was made")
    }

    /// Whether someone with this number can be alive on a day: born by then, and at most 130 years before.
    /// GB 11643 itself allows more: its own example is of 1880.
    pub fn is_plausible_on(&self, day: Date) -> bool {
        let born = self.birth_date();
        born <= day && day.year() - born.year() <= OLDEST
    }

    /// The first six and last four characters, the birth date hidden.
    pub fn masked(&self) -> String {
        format!("{}********{}", &self.as_str()[..6], &self.as_str()[14..])
    }
}

impl FromStr for CitizenId {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<CitizenId, CodeError> {
        let bytes: [u8; 18] = fixed(text, |at, byte| byte.is_ascii_digit() || (at == 17 && byte == b'X'))?;
        let number = CitizenId(bytes);
        number.as_str()[..6].parse::<AdminDivision>()?;
        birth_date(number.as_str()).ok_or(CodeError::BirthDate)?;
        if check::mod11_2(&bytes[..17]) != bytes[17] {
            return Err(CodeError::CheckCharacter);
        }
        Ok(number)
    }
}

impl fmt::Debug for CitizenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CitizenId({}…)", &self.as_str()[..2])
    }
}

string_form!(CitizenId);

fn birth_date(text: &str) -> Option<Date> {
    let month = Month::try_from(text[10..12].parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(text[6..10].parse().ok()?, month, text[12..14].parse().ok()?).ok()
}

const OLDEST: i32 = 130;
