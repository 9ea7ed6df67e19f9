//! The named checks of template fields.

use time::Date;

use super::chars;
use super::error::Fault;
use crate::id::{AdminDivision, CitizenId, CodeError, CreditCode, FoodPermitNumber, OrganizationCode, RealEstateUnit};
use crate::template::rules::Check;

/// What a check says about a value.
#[derive(Default)]
pub(super) struct Finding {
    pub(super) faults: Vec<Fault>,
    pub(super) warnings: Vec<Fault>,
}

/// Runs one named check over a folded value.
pub(super) fn run(check: Check, text: &str, today: Date) -> Finding {
    let mut finding = Finding::default();
    let result = match check {
        Check::Uscc => credit(text, &mut finding),
        Check::Cid => citizen(text, today, &mut finding),
        // Both have 18 characters: what begins with two digits of a province and ends so is taken for a citizen's.
        Check::UsccOrCid if looks_like_citizen(text) => citizen(text, today, &mut finding),
        Check::UsccOrCid => credit(text, &mut finding),
        Check::Division => text.parse().map(|division| note(&division, &mut finding)).map_err(|e| code("division", e)),
        Check::Jy => text
            .parse()
            .map(|number: FoodPermitNumber| note(&number.division(), &mut finding))
            .map_err(|error| code("jy", error)),
        Check::UnitNo => text
            .parse()
            .map(|unit: RealEstateUnit| note(&unit.division(), &mut finding))
            .map_err(|error| code("unit-no", error)),
        Check::OrganizationCode => {
            text.parse::<OrganizationCode>().map(drop).map_err(|error| code("organization-code", error))
        }
        Check::Name => name(text),
        Check::Phone => phone(text),
        Check::CopyNo => copy_no(text),
        // These change how the value is read; there is nothing left to check.
        Check::PlainBrackets | Check::Multiline => Ok(()),
    };
    finding.faults.extend(result.err());
    finding
}

fn credit(text: &str, finding: &mut Finding) -> Result<(), Fault> {
    let parsed: CreditCode = text.parse().map_err(|error| code("uscc", error))?;
    match parsed.division() {
        Some(division) => note(&division, finding),
        None => finding.warnings.push(unknown_division(&text[2..8])),
    }
    Ok(())
}

fn citizen(text: &str, today: Date, finding: &mut Finding) -> Result<(), Fault> {
    let parsed: CitizenId = text.parse().map_err(|error| code("cid", error))?;
    if parsed.birth_date() > today {
        return Err(Fault::new("cid.birth-date", "出生日期晚于今天", "the birth date inside lies in the future"));
    }
    if !parsed.is_plausible_on(today) {
        return Err(Fault::new(
            "cid.age",
            "出生日期早于 130 年前",
            "the birth date inside lies more than 130 years back",
        ));
    }
    note(&parsed.division(), finding);
    Ok(())
}

fn looks_like_citizen(text: &str) -> bool {
    let born = text.get(6..10).and_then(|year| year.parse::<u16>().ok());
    text.len() == 18
        && text.bytes().take(17).all(|byte| byte.is_ascii_digit())
        && born.is_some_and(|year| (1800..2200).contains(&year))
        && text.parse::<CreditCode>().is_err()
}

/// A division that is not in the table: a warning, for codes come and go.
fn note(division: &AdminDivision, finding: &mut Finding) {
    if !division.is_known() {
        finding.warnings.push(unknown_division(division.as_str()));
    }
}

fn unknown_division(text: &str) -> Fault {
    Fault::new(
        "division.unknown",
        format!("行政区划代码 {text} 不在代码表中，请核对"),
        format!("the division code {text} is not in the table; please check"),
    )
}

fn code(prefix: &str, error: CodeError) -> Fault {
    // The place is said once, in front of these words.
    let (zh, en) = match error {
        CodeError::Alphabet { found, .. } => {
            (format!("不得为“{}”", found.escape_debug()), format!("may not be {found:?}"))
        }
        CodeError::Department { found } => (
            format!("“{}”不是登记管理部门代码", found.escape_debug()),
            format!("no registration authority has the code {found:?}"),
        ),
        _ => (error.message_zh(), error.to_string()),
    };
    let fault = Fault::new(format!("{prefix}.{}", error.rule()), zh, en);
    match error.position() {
        Some(at) => fault.at(at),
        None => fault,
    }
}

/// Names of persons and bodies: no question marks where a character was lost, no broken conversions, and at least one
/// character that is a letter.
fn name(text: &str) -> Result<(), Fault> {
    if let Some(at) = text.chars().position(|char| matches!(char, '?' | '？' | '\u{25A1}' | '\u{3013}')) {
        return Err(Fault::new(
            "name.lost-character",
            "名称中有问号或方框，疑为生僻字在转码时丢失",
            "holds a question mark or an empty box: a rare character was probably lost",
        )
        .at(at + 1));
    }
    if chars::is_mojibake(text) {
        return Err(Fault::new(
            "name.mojibake",
            "疑为乱码：UTF-8 文本曾被按 GBK 读取",
            "looks like UTF-8 text that was once read as GBK",
        ));
    }
    if !text.chars().any(char::is_alphabetic) {
        return Err(Fault::new("name.no-letters", "名称中没有文字", "a name without letters"));
    }
    Ok(())
}

fn phone(text: &str) -> Result<(), Fault> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let form = text.bytes().all(|byte| byte.is_ascii_digit() || b"-+ ()".contains(&byte));
    if form && (3..=15).contains(&digits) {
        return Ok(());
    }
    Err(Fault::new("phone", "应为电话号码", "is not a telephone number"))
}

/// `k-n`: copy k of n.
fn copy_no(text: &str) -> Result<(), Fault> {
    let number = |part: &str| part.parse::<u16>().ok().filter(|number| *number > 0 && part == number.to_string());
    let parts = text.split_once('-').and_then(|(k, n)| Some((number(k)?, number(n)?)));
    match parts {
        Some((k, n)) if k <= n => Ok(()),
        Some(_) => Err(Fault::new("copy-no", "副本序号大于副本总数", "the copy's number exceeds the number of copies")),
        None => Err(Fault::new("copy-no", "应为“序号-总数”，如 1-2", "is not of the form `1-2`")),
    }
}
