//! What people type, brought nearer to the canonical form, with a note of each change.
//!
//! Folding never guesses: it undoes width, case and blanks, nothing else.

/// A change that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Fold {
    /// Blanks at the ends were removed.
    Trim,
    /// Full-width letters, digits or signs became plain ones.
    FullWidth,
    /// Lower case became upper case.
    UpperCase,
    /// Blanks inside a code were removed.
    InnerBlanks,
    /// A look-alike of the dot in minority names became U+00B7.
    NameDot,
    /// Half-width brackets of a number became the pattern's own or the other way round.
    Brackets,
    /// The half-width form of a list's separator became the full-width one.
    Separator,
}

impl Fold {
    /// Stable warning code.
    pub fn rule(self) -> &'static str {
        match self {
            Fold::Trim => "fold.trim",
            Fold::FullWidth => "fold.full-width",
            Fold::UpperCase => "fold.upper-case",
            Fold::InnerBlanks => "fold.inner-blanks",
            Fold::NameDot => "fold.name-dot",
            Fold::Brackets => "fold.brackets",
            Fold::Separator => "fold.separator",
        }
    }

    /// In Chinese.
    pub fn message_zh(self) -> &'static str {
        match self {
            Fold::Trim => "已去除首尾空白",
            Fold::FullWidth => "全角字符已转换为半角",
            Fold::UpperCase => "小写字母已转换为大写",
            Fold::InnerBlanks => "已去除中间空白",
            Fold::NameDot => "间隔号已统一为“·”(U+00B7)",
            Fold::Brackets => "括号已统一",
            Fold::Separator => "分隔号已统一",
        }
    }

    /// In English.
    pub fn message_en(self) -> &'static str {
        match self {
            Fold::Trim => "blanks at the ends were removed",
            Fold::FullWidth => "full-width characters were turned into plain ones",
            Fold::UpperCase => "lower case was turned into upper case",
            Fold::InnerBlanks => "blanks inside were removed",
            Fold::NameDot => "the dot in the name was unified to U+00B7",
            Fold::Brackets => "brackets were unified",
            Fold::Separator => "separators were unified",
        }
    }
}

/// Removes blanks at the ends.
pub fn trim(text: &str) -> (&str, Option<Fold>) {
    let trimmed = text.trim_matches(is_blank);
    (trimmed, (trimmed.len() != text.len()).then_some(Fold::Trim))
}

/// A code of plain letters and digits: trims, turns full width into plain, lower into upper case, drops inner blanks.
pub fn code(text: &str) -> (String, Vec<Fold>) {
    let (trimmed, fold) = trim(text);
    let mut folds: Vec<Fold> = fold.into_iter().collect();
    let mut out = String::with_capacity(trimmed.len());
    for char in trimmed.chars() {
        if is_blank(char) {
            note(&mut folds, Fold::InnerBlanks);
            continue;
        }
        let plain = narrow(char);
        if plain != char {
            note(&mut folds, Fold::FullWidth);
        }
        let upper = plain.to_ascii_uppercase();
        if upper != plain {
            note(&mut folds, Fold::UpperCase);
        }
        out.push(upper);
    }
    (out, folds)
}

/// A name: trims and unifies the dot of minority names.
pub fn name(text: &str) -> (String, Vec<Fold>) {
    let (trimmed, fold) = trim(text);
    let mut folds: Vec<Fold> = fold.into_iter().collect();
    let out = trimmed
        .chars()
        .map(|char| match char {
            '\u{2022}' | '\u{2027}' | '\u{30FB}' | '\u{FF65}' => {
                note(&mut folds, Fold::NameDot);
                '\u{B7}'
            }
            _ => char,
        })
        .collect();
    (out, folds)
}

/// A date or a number in words and digits: trims, turns full-width digits and hyphens into plain ones.
pub fn digits(text: &str) -> (String, Vec<Fold>) {
    let (trimmed, fold) = trim(text);
    let mut folds: Vec<Fold> = fold.into_iter().collect();
    let out = trimmed
        .chars()
        .map(|char| {
            let plain = narrow(char);
            if plain != char && (plain.is_ascii_alphanumeric() || plain == '-') {
                note(&mut folds, Fold::FullWidth);
                plain
            } else {
                char
            }
        })
        .collect();
    (out, folds)
}

/// Full-width brackets to plain ones, or the other way round.
pub fn brackets(text: &str, full_width: bool) -> (String, Vec<Fold>) {
    let pairs = [('(', '（'), (')', '）')];
    let mut folds = Vec::new();
    let out = text
        .chars()
        .map(|char| {
            let found = pairs.iter().find(|(plain, wide)| char == if full_width { *plain } else { *wide });
            match found {
                Some((plain, wide)) => {
                    note(&mut folds, Fold::Brackets);
                    if full_width { *wide } else { *plain }
                }
                None => char,
            }
        })
        .collect();
    (out, folds)
}

/// The half-width form of a full-width list separator (`；`, `，`) to the full-width one, outside of brackets.
pub fn separator(text: &str, separator: &str) -> (String, Vec<Fold>) {
    let mut chars = separator.chars();
    let (Some(wide), None) = (chars.next(), chars.next()) else { return (text.to_owned(), Vec::new()) };
    let plain = narrow(wide);
    let mut folds = Vec::new();
    let mut depth = 0usize;
    let out = text
        .chars()
        .map(|char| {
            match char {
                '(' | '（' => depth += 1,
                ')' | '）' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if char == plain && plain != wide && depth == 0 {
                note(&mut folds, Fold::Separator);
                return wide;
            }
            char
        })
        .collect();
    (out, folds)
}

/// Blanks that may stand around a value: space, ideographic space, no-break space, tab and line ends.
pub fn is_blank(char: char) -> bool {
    matches!(char, ' ' | '\u{3000}' | '\u{A0}' | '\t' | '\r' | '\n')
}

fn narrow(char: char) -> char {
    match char {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(char as u32 - 0xFEE0).unwrap_or(char),
        _ => char,
    }
}

fn note(folds: &mut Vec<Fold>, fold: Fold) {
    if !folds.contains(&fold) {
        folds.push(fold);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_fold_width_case_and_blanks() {
        let (text, folds) = code("\u{3000}９1350100m000 100y43\t");
        assert_eq!(text, "91350100M000100Y43");
        assert_eq!(folds, [Fold::Trim, Fold::FullWidth, Fold::UpperCase, Fold::InnerBlanks]);
        assert_eq!(code("91350100M000100Y43").1, []);
    }

    #[test]
    fn names_fold_the_dot_only() {
        let (text, folds) = name("阿卜杜拉・买买提");
        assert_eq!(text, "阿卜杜拉·买买提");
        assert_eq!(folds, [Fold::NameDot]);
        assert_eq!(name("扎西·次仁").1, []);
    }
}
