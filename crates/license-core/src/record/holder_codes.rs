//! 持证主体代码类型代码 (GB/T 36903 Annex A): kinds of codes that tell who a holder is.

/// Organizations, by unified social credit code (GB 32100).
pub(super) const CREDIT_CODE: &str = "001";
/// Organizations, by another document.
pub(super) const OTHER_ORGANIZATION: &str = "099";
/// Natural persons, by citizen number (GB 11643).
pub(super) const CITIZEN_NUMBER: &str = "111";
/// Natural persons, by another document.
pub(super) const OTHER_PERSON: &str = "999";

/// Code, name, and whether it is a natural person's.
#[rustfmt::skip]
const CODE_TYPES: &[(&str, &str, bool)] = &[
    (CREDIT_CODE,        "统一社会信用代码",       false),
    (OTHER_ORGANIZATION, "其他法人和其他组织有效证件", false),
    (CITIZEN_NUMBER,     "公民身份号码",           true),
    ("114",              "中国人民解放军军官证",       true),
    ("115",              "中国人民武装警察部队警官证",   true),
    ("118",              "中国人民解放军士兵证",       true),
    ("119",              "中国人民武装警察部队士兵证",   true),
    ("120",              "中国人民解放军文职人员证",     true),
    ("122",              "中国人民武装警察部队文职人员证", true),
    ("411",              "外交护照",             true),
    ("412",              "公务护照",             true),
    ("413",              "公务普通护照",           true),
    ("414",              "普通护照",             true),
    ("511",              "台湾居民来往大陆通行证",     true),
    ("516",              "港澳居民来往内地通行证",     true),
    (OTHER_PERSON,       "其他自然人有效证件",       true),
];

/// The code of a kind that is given by its code or by its name.
pub fn holder_code_type(given: &str) -> Option<&'static str> {
    CODE_TYPES.iter().find(|(code, name, _)| *code == given || *name == given).map(|(code, ..)| *code)
}

/// Its name; the code itself when it is not known here.
pub(super) fn name(code: &str) -> &str {
    CODE_TYPES.iter().find(|(known, ..)| *known == code).map_or(code, |(_, name, _)| name)
}

/// Whether holders with such codes are natural persons. What is not known here is treated as one: it is masked.
pub(super) fn is_person(code: &str) -> bool {
    CODE_TYPES.iter().find(|(known, ..)| *known == code).is_none_or(|(.., person)| *person)
}
