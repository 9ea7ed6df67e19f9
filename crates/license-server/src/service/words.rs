//! The words of a request that are no field of a type: case number, matter code, reason.
//!
//! White space around them is taken off; what is left is kept letter by letter. Characters that nobody sees (control
//! characters, line ends, zero-width and direction marks) are refused: such a text would look like another one in a
//! list, and could write lines of its own into one.

use super::ServiceError;

/// Most characters of a case number (办件编号).
pub const MAX_CASE_NUMBER: usize = 64;
/// Most characters of a matter code (事项编码).
pub const MAX_MATTER_CODE: usize = 64;
/// Most characters of a reason.
pub const MAX_REASON: usize = 500;

/// A part of a request that is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestFault {
    /// JSON pointer into the request.
    pub pointer: String,
    /// Stable code of the rule.
    pub rule: &'static str,
    /// The character at fault, from 1.
    pub character: Option<usize>,
    /// What is wrong and what to do, in Chinese.
    pub message: String,
    /// The same in English.
    pub message_en: String,
}

impl RequestFault {
    /// A fault of a whole value.
    pub fn new(
        pointer: impl Into<String>,
        rule: &'static str,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> RequestFault {
        let (message, message_en) = (zh.into(), en.into());
        RequestFault { pointer: pointer.into(), rule, character: None, message, message_en }
    }
}

impl std::fmt::Display for RequestFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.pointer, self.message_en)
    }
}

impl From<RequestFault> for ServiceError {
    fn from(fault: RequestFault) -> ServiceError {
        ServiceError::Invalid(vec![fault])
    }
}

/// A text that must be there.
pub(super) fn required(pointer: &str, text: &str, most: usize) -> Result<String, RequestFault> {
    let text = text.trim();
    if text.is_empty() {
        return Err(RequestFault::new(pointer, "required", "不能为空", "is required: give a text that is not blank"));
    }
    visible(pointer, text, most)?;
    Ok(text.to_owned())
}

/// A text that may be missing, but not blank.
pub(super) fn optional(pointer: &str, text: Option<&str>, most: usize) -> Result<Option<String>, RequestFault> {
    match text {
        None => Ok(None),
        Some(text) if text.trim().is_empty() => Err(RequestFault::new(
            pointer,
            "blank",
            "不能为空，没有时请省略该项",
            "is blank: leave it out or give a text",
        )),
        Some(text) => required(pointer, text, most).map(Some),
    }
}

fn visible(pointer: &str, text: &str, most: usize) -> Result<(), RequestFault> {
    for (at, char) in text.chars().enumerate() {
        let (rule, zh, en) = match char {
            _ if char.is_control() => ("control-character", "控制字符", "a control character"),
            '\u{00AD}'
            | '\u{061C}'
            | '\u{180E}'
            | '\u{200B}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}'
            | '\u{FFF9}'..='\u{FFFB}' => ("invisible-character", "不可见字符", "a character that nobody sees"),
            '\u{FFFD}' => ("replacement-character", "乱码字符", "a character that was lost on the way"),
            _ => continue,
        };
        let code = format!("U+{:04X}", char as u32);
        return Err(RequestFault {
            character: Some(at + 1),
            ..RequestFault::new(
                pointer,
                rule,
                format!("第 {} 个字符是{zh}（{code}），请删除", at + 1),
                format!("character {} is {en} ({code}): take it out", at + 1),
            )
        });
    }
    let long = text.chars().count();
    if long > most {
        return Err(RequestFault::new(
            pointer,
            "max-length",
            format!("有 {long} 个字符，最多 {most} 个"),
            format!("has {long} characters: at most {most} are taken"),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn white_space_around_goes_and_unseen_characters_are_named() {
        assert_eq!(required("/reason", "  年检 合格\n", 10).unwrap(), "年检 合格");
        assert_eq!(optional("/case_number", None, 10), Ok(None));
        for (text, rule, character) in [
            ("", "required", None),
            (" \u{3000}", "required", None),
            ("办件\n1", "control-character", Some(3)),
            ("a\u{0}", "control-character", Some(2)),
            ("办\u{202E}1", "invisible-character", Some(2)),
            ("12345678901", "max-length", None),
        ] {
            let fault = required("/reason", text, 10).unwrap_err();
            assert_eq!((fault.rule, fault.character, fault.pointer.as_str()), (rule, character, "/reason"), "{text:?}");
        }
        assert_eq!(optional("/case_number", Some(" "), 10).unwrap_err().rule, "blank");
    }
}
