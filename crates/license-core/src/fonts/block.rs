//! Names of Unicode blocks, for messages about characters that no font has.

/// The Unicode block a character belongs to, as far as Chinese documents meet it.
pub fn block_name(char: char) -> &'static str {
    let code = char as u32;
    match BLOCKS.binary_search_by(|&(first, last, _)| {
        if last < code {
            std::cmp::Ordering::Less
        } else if first > code {
            std::cmp::Ordering::Greater
        } else {
            std::cmp::Ordering::Equal
        }
    }) {
        Ok(at) => BLOCKS[at].2,
        Err(_) => "other block",
    }
}

/// Whether the character is a private code, as old GB 18030-2005 and 大字符集 data use them.
pub fn is_private_use(char: char) -> bool {
    matches!(char as u32, 0xE000..=0xF8FF | 0xF0000..=0x10FFFF)
}

/// Whether the character is a Kangxi or CJK radical; in a name nearly always a copying fault.
pub fn is_radical(char: char) -> bool {
    matches!(char as u32, 0x2E80..=0x2FD5)
}

/// Whether the character only selects a variant of the one before it. Layout drops these, with a warning.
pub fn is_variation_selector(char: char) -> bool {
    matches!(char as u32, 0xFE00..=0xFE0F | 0xE0100..=0xE01EF)
}

const BLOCKS: [(u32, u32, &str); 61] = [
    (0x0000, 0x001F, "control characters"),
    (0x0020, 0x007F, "Basic Latin"),
    (0x0080, 0x009F, "control characters"),
    (0x00A0, 0x00FF, "Latin-1 Supplement"),
    (0x0100, 0x024F, "Latin Extended"),
    (0x0250, 0x036F, "phonetic letters and combining marks"),
    (0x0370, 0x03FF, "Greek"),
    (0x0400, 0x052F, "Cyrillic"),
    (0x0530, 0x058F, "Armenian"),
    (0x0590, 0x05FF, "Hebrew"),
    (0x0600, 0x06FF, "Arabic (Uyghur, Kazakh, Kyrgyz)"),
    (0x0750, 0x077F, "Arabic Supplement"),
    (0x0900, 0x097F, "Devanagari"),
    (0x0E00, 0x0E7F, "Thai"),
    (0x0F00, 0x0FFF, "Tibetan"),
    (0x1000, 0x109F, "Myanmar"),
    (0x1100, 0x11FF, "Hangul Jamo"),
    (0x1800, 0x18AF, "Mongolian"),
    (0x1950, 0x197F, "Tai Le"),
    (0x1980, 0x19DF, "New Tai Lue"),
    (0x1E00, 0x1EFF, "Latin Extended Additional"),
    (0x2000, 0x206F, "General Punctuation"),
    (0x2070, 0x20CF, "superscripts and currency"),
    (0x2100, 0x21FF, "letterlike symbols and arrows"),
    (0x2200, 0x23FF, "mathematical and technical symbols"),
    (0x2400, 0x24FF, "enclosed alphanumerics"),
    (0x2500, 0x27BF, "boxes, shapes and dingbats"),
    (0x2E80, 0x2EFF, "CJK Radicals Supplement"),
    (0x2F00, 0x2FDF, "Kangxi Radicals"),
    (0x2FF0, 0x2FFF, "Ideographic Description Characters"),
    (0x3000, 0x303F, "CJK Symbols and Punctuation"),
    (0x3040, 0x30FF, "Hiragana and Katakana"),
    (0x3100, 0x312F, "Bopomofo"),
    (0x3130, 0x318F, "Hangul Compatibility Jamo"),
    (0x31C0, 0x31EF, "CJK Strokes"),
    (0x3200, 0x33FF, "Enclosed CJK and CJK Compatibility"),
    (0x3400, 0x4DBF, "CJK Extension A"),
    (0x4E00, 0x9FFF, "CJK Unified Ideographs"),
    (0xA000, 0xA4CF, "Yi"),
    (0xAA80, 0xAADF, "Tai Viet"),
    (0xAC00, 0xD7AF, "Hangul Syllables"),
    (0xE000, 0xF8FF, "Private Use Area"),
    (0xF900, 0xFAFF, "CJK Compatibility Ideographs"),
    (0xFB50, 0xFDFF, "Arabic Presentation Forms-A"),
    (0xFE00, 0xFE0F, "Variation Selectors"),
    (0xFE10, 0xFE6F, "vertical, half and small forms"),
    (0xFE70, 0xFEFF, "Arabic Presentation Forms-B"),
    (0xFF00, 0xFFEF, "Halfwidth and Fullwidth Forms"),
    (0xFFF0, 0xFFFF, "Specials"),
    (0x1F000, 0x1FAFF, "pictographs and emoji"),
    (0x20000, 0x2A6DF, "CJK Extension B"),
    (0x2A700, 0x2B73F, "CJK Extension C"),
    (0x2B740, 0x2B81F, "CJK Extension D"),
    (0x2B820, 0x2CEAF, "CJK Extension E"),
    (0x2CEB0, 0x2EBEF, "CJK Extension F"),
    (0x2EBF0, 0x2EE5F, "CJK Extension I"),
    (0x2F800, 0x2FA1F, "CJK Compatibility Ideographs Supplement"),
    (0x30000, 0x3134F, "CJK Extension G"),
    (0x31350, 0x323AF, "CJK Extension H"),
    (0xE0100, 0xE01EF, "Variation Selectors Supplement"),
    (0xF0000, 0x10FFFF, "Supplementary Private Use Area"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_sorted_and_apart() {
        assert!(BLOCKS.windows(2).all(|pair| pair[0].1 < pair[1].0));
    }

    #[test]
    fn names() {
        assert_eq!(block_name('证'), "CJK Unified Ideographs");
        assert_eq!(block_name('\u{2EBF0}'), "CJK Extension I");
        assert_eq!(block_name('\u{2CB6C}'), "CJK Extension E");
        assert_eq!(block_name('\u{10FFFF}'), "Supplementary Private Use Area");
        assert!(is_private_use('\u{E000}') && !is_private_use('一'));
    }
}
