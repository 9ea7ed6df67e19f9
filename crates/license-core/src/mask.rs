//! Masking (脱敏) of personal data for pages that anyone may see.

use crate::id::CreditCode;
use crate::template::model::Mask;

/// Masks a value. `holder_is_person` decides [`Mask::HolderName`].
pub fn apply(mask: Mask, value: &str, holder_is_person: bool) -> String {
    match mask {
        Mask::Name => name(value),
        Mask::HolderName if holder_is_person => name(value),
        Mask::HolderName => value.to_owned(),
        Mask::Id if value.parse::<CreditCode>().is_ok() => value.to_owned(),
        Mask::Id => keep(value, 6, 4),
        Mask::Phone => keep(value, 3, 4),
        Mask::Address => address(value),
        Mask::All => stars(value.chars().count()),
    }
}

/// Names: the first character of each name in a list stays.
pub fn name(value: &str) -> String {
    let mut first = true;
    value
        .chars()
        .map(|char| {
            let separator = matches!(char, '、' | ',' | '\u{FF0C}' | ';' | '\u{FF1B}');
            let shown = first || separator;
            first = separator;
            if shown { char } else { '*' }
        })
        .collect()
}

/// The first and last characters stay. What is too short to keep a secret is hidden whole.
pub fn keep(value: &str, head: usize, tail: usize) -> String {
    let count = value.chars().count();
    if count < head + tail + 4 {
        return stars(count);
    }
    value.chars().enumerate().map(|(at, char)| if at < head || at >= count - tail { char } else { '*' }).collect()
}

/// Addresses: down to the district, or the first six characters where none is named.
pub fn address(value: &str) -> String {
    let chars: Vec<char> = value.chars().collect();
    let searched = &chars[..chars.len().min(FARTHEST_DISTRICT)];
    // The first 区, 县 or 旗 that is not part of 自治区; else the first 市.
    let district = (2..searched.len()).find(|&at| match searched[at] {
        '县' | '旗' => true,
        '区' => searched[at - 1] != '治',
        _ => false,
    });
    let end = district.or_else(|| searched.iter().position(|&char| char == '市')).map_or(6, |at| at + 1);
    if end >= chars.len() {
        return if district.is_some() { value.to_owned() } else { stars(chars.len()) };
    }
    let mut shown: String = chars[..end].iter().collect();
    shown.push_str("****");
    shown
}

fn stars(count: usize) -> String {
    "*".repeat(count.min(MOST_STARS))
}

const FARTHEST_DISTRICT: usize = 24;
const MOST_STARS: usize = 18;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_first_character() {
        assert_eq!(name("李颀"), "李*");
        assert_eq!(name("欧阳小明、王五"), "欧***、王*");
        assert_eq!(apply(Mask::HolderName, "样例市某公司", false), "样例市某公司");
    }

    #[test]
    fn numbers_hide_the_birth_date() {
        assert_eq!(keep("11010519491231002X", 6, 4), "110105********002X");
        assert_eq!(keep("12345", 6, 4), "*****");
        assert_eq!(apply(Mask::Id, "91350100M000100Y43", false), "91350100M000100Y43");
    }

    #[test]
    fn addresses_end_at_the_district() {
        assert_eq!(address("山东省聊城市冠县崇文街道长江大道982号"), "山东省聊城市冠县****");
        assert_eq!(address("宁夏回族自治区石嘴山市大武口区长胜街道"), "宁夏回族自治区石嘴山市大武口区****");
        assert_eq!(address("样例市建外街道1号"), "样例市****");
        assert_eq!(address("长江大道1号"), "长江大道1号".replace(|_: char| true, "*"));
    }
}
