//! Which characters may begin or end a line, and which belong together.
//!
//! The rules are those of Chinese typesetting (GB/T 15834, CLREQ): closing marks never begin a line, opening marks
//! never end one, words of Latin letters and digits stay whole.

/// May not begin a line.
pub(super) fn never_first(char: char) -> bool {
    matches!(
        char,
        '，' | '。'
            | '、'
            | '；'
            | '：'
            | '！'
            | '？'
            | '）'
            | '》'
            | '」'
            | '』'
            | '】'
            | '〉'
            | '〕'
            | '］'
            | '｝'
            | '”'
            | '’'
            | '…'
            | '—'
            | '～'
            | '·'
            | '‧'
            | '・'
            | '％'
            | '‰'
            | '℃'
            | '°'
            | '／'
            | '　'
            | ','
            | '.'
            | ';'
            | ':'
            | '!'
            | '?'
            | ')'
            | ']'
            | '}'
            | '%'
            | '/'
            | ' '
            | '々'
    )
}

/// May not end a line.
pub(super) fn never_last(char: char) -> bool {
    matches!(
        char,
        '（' | '《'
            | '「'
            | '『'
            | '“'
            | '‘'
            | '【'
            | '〈'
            | '〔'
            | '［'
            | '｛'
            | '￥'
            | '¥'
            | '№'
            | '('
            | '['
            | '{'
    )
}

/// Part of a word or number that is not broken.
pub(super) fn in_word(char: char) -> bool {
    matches!(char, '!'..='~' | '\u{A1}'..='\u{B6}' | '\u{B8}'..='\u{24F}' | '\u{370}'..='\u{52F}')
}

/// White space at which a line may end; it hangs over the edge.
pub(super) fn is_space(char: char) -> bool {
    matches!(char, ' ' | '　')
}

/// Whether a line may end between two neighbours.
pub(super) fn may_break(before: char, after: char) -> bool {
    if never_first(after) || never_last(before) {
        return false;
    }
    is_space(before) || !(in_word(before) && in_word(after))
}

/// Full-width closing mark whose right half is empty.
pub(super) fn blank_right(char: char) -> bool {
    matches!(
        char,
        '，' | '。'
            | '、'
            | '；'
            | '：'
            | '）'
            | '》'
            | '」'
            | '』'
            | '】'
            | '〉'
            | '〕'
            | '］'
            | '｝'
            | '”'
            | '’'
    )
}

/// Full-width opening mark whose left half is empty.
pub(super) fn blank_left(char: char) -> bool {
    matches!(char, '（' | '《' | '「' | '『' | '【' | '〈' | '〔' | '［' | '｛' | '“' | '‘')
}

/// Whether the space between two neighbouring full-width marks is drawn half an em narrower (标点挤压).
pub(super) fn squeeze(before: char, after: char) -> bool {
    (blank_right(before) && (blank_right(after) || blank_left(after))) || (blank_left(before) && blank_left(after))
}
