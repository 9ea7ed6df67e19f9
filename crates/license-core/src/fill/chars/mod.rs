//! Characters that may not stand in a value: invisible ones, private ones, and those that old systems broke.

mod table;

use super::error::Fault;
use super::limits::MAX_CHARACTER_FAULTS;
use crate::fonts::{is_private_use, is_radical};
use table::{GB18030_PRIVATE, KANGXI, MOJIBAKE_FIRST, MOJIBAKE_SECOND};

/// Every character at fault, up to a limit. `multiline` allows line feeds.
pub(super) fn faults(text: &str, multiline: bool) -> Vec<Fault> {
    let suspicious = text.chars().enumerate().filter_map(|(at, char)| Some(fault(char, multiline)?.at(at + 1)));
    suspicious.take(MAX_CHARACTER_FAULTS).collect()
}

fn fault(char: char, multiline: bool) -> Option<Fault> {
    let code = format!("U+{:04X}", char as u32);
    match char {
        '\n' if multiline => None,
        '\0'..='\u{1F}' | '\u{7F}'..='\u{9F}' => Some(Fault::new(
            "control-character",
            format!("含控制字符 {code}"),
            format!("holds the control character {code}"),
        )),
        '\u{AD}'
        | '\u{34F}'
        | '\u{61C}'
        | '\u{115F}'
        | '\u{1160}'
        | '\u{17B4}'
        | '\u{17B5}'
        | '\u{180E}'
        | '\u{200B}'..='\u{200F}'
        | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{3164}'
        | '\u{FEFF}'
        | '\u{FFA0}'
        | '\u{FFF9}'..='\u{FFFB}'
        | '\u{E0000}'..='\u{E007F}' => Some(Fault::new(
            "invisible-character",
            format!("含不可见字符 {code}"),
            format!("holds the invisible character {code}"),
        )),
        '\u{FFFD}' => Some(Fault::new(
            "replacement-character",
            "含替换字符 U+FFFD,原字在转码时已丢失",
            "holds U+FFFD: a character was lost in an earlier conversion",
        )),
        _ if is_private_use(char) => Some(private(char, &code)),
        _ if is_radical(char) => Some(radical(char, &code)),
        // Not characters at all (U+FDD0 to U+FDEF, U+xxFFFE, U+xxFFFF).
        _ if matches!(char as u32, 0xFDD0..=0xFDEF) || char as u32 & 0xFFFE == 0xFFFE => Some(Fault::new(
            "control-character",
            format!("含非字符码位 {code}"),
            format!("holds the noncharacter {code}"),
        )),
        _ => None,
    }
}

fn private(char: char, code: &str) -> Fault {
    let known = GB18030_PRIVATE.binary_search_by_key(&char, |&(private, _)| private);
    match known.map(|at| GB18030_PRIVATE[at].1) {
        Ok(now) => Fault::new(
            "private-use",
            format!("含自造字码位 {code}，应为“{now}”(U+{:04X})", now as u32),
            format!("holds the private code {code}; GB 18030-2022 has {now} (U+{:04X}) for it", now as u32),
        ),
        Err(_) => Fault::new(
            "private-use",
            format!("含自造字码位 {code}，请按来源系统的对照表换成标准字"),
            format!("holds the private code {code}; map it by the table of the system it came from"),
        ),
    }
}

fn radical(char: char, code: &str) -> Fault {
    let ideograph = (char as usize).checked_sub(0x2F00).and_then(|at| KANGXI.chars().nth(at));
    match ideograph {
        Some(now) => Fault::new(
            "radical",
            format!("含部首字符 {code}，应为汉字“{now}”(U+{:04X})", now as u32),
            format!("holds the radical {code}; the ideograph is {now} (U+{:04X})", now as u32),
        ),
        None => Fault::new(
            "radical",
            format!("含部首字符 {code}，请换成相应的汉字"),
            format!("holds the radical {code}; write the ideograph instead"),
        ),
    }
}

/// Whether a name looks like UTF-8 ideographs that were read as GBK: three characters for every two, of which the
/// first and second come from small sets that real names hardly ever combine.
pub(super) fn is_mojibake(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let triples = chars.len() / 3;
    let broken = chars
        .chunks_exact(3)
        .take_while(|triple| MOJIBAKE_FIRST.contains(triple[0]) && MOJIBAKE_SECOND.contains(triple[1]))
        .count();
    broken > 0 && broken * 2 >= triples
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_codes_are_mapped_when_the_standard_knows_them() {
        assert!(GB18030_PRIVATE.is_sorted());
        let found = faults("王\u{E831}", false);
        assert_eq!((found[0].rule.as_str(), found[0].character), ("private-use", Some(2)));
        assert!(found[0].zh.contains("U+215D7"), "{}", found[0].zh);
        assert!(faults("\u{E000}", false)[0].zh.contains("对照表"));
    }

    #[test]
    fn radicals_suggest_their_ideograph() {
        assert_eq!(KANGXI.chars().count(), 214);
        assert!(faults("\u{2F00}", false)[0].zh.contains('一'));
        assert!(faults("\u{2FD5}", false)[0].zh.contains('龠'));
        assert_eq!(faults("\u{2E81}", false)[0].rule, "radical");
    }

    #[test]
    fn broken_conversions_are_recognized_and_names_are_not() {
        assert!(is_mojibake("鏂版捣"));
        for name in ["新海科技有限公司", "濮阳市华龙区", "王喆", "涞源县", "珙县", "古丽娜扎·艾力", ""]
        {
            assert!(!is_mojibake(name), "{name}");
        }
    }
}
