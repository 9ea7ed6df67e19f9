//! Tokens of PDF syntax (ISO 32000 7.2, 7.3), for files and for content streams.

use super::name::Name;
use crate::problem::ProblemKind;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token<'a> {
    Int(i64),
    Real(f64),
    String(Vec<u8>),
    Name(Name),
    ArrayOpen,
    ArrayClose,
    DictOpen,
    DictClose,
    Keyword(&'a [u8]),
}

#[derive(Debug, Clone)]
pub(crate) struct Lexer<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) pos: usize,
}

pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

pub(crate) fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

const REGULAR: [bool; 256] = {
    let mut table = [true; 256];
    let others = b"\0\x09\x0a\x0c\x0d ()<>[]{}/%";
    let mut at = 0;
    while at < others.len() {
        table[others[at] as usize] = false;
        at += 1;
    }
    table
};

fn is_regular(byte: u8) -> bool {
    REGULAR[usize::from(byte)]
}

pub(crate) fn hex_value(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// Digits of numbers that need no rounding.
const EXACT_DIGITS: usize = 15;
const POWERS: [f64; EXACT_DIGITS + 1] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// Value of each digit, 16 for what is none.
const HEX: [u8; 256] = {
    let mut table = [16; 256];
    let mut at = 0;
    while at < 16 {
        table[b"0123456789abcdef"[at] as usize] = at as u8;
        table[b"0123456789ABCDEF"[at] as usize] = at as u8;
        at += 1;
    }
    table
};

fn byte_of(high: u8, low: u8) -> Option<u8> {
    let (high, low) = (HEX[usize::from(high)], HEX[usize::from(low)]);
    (high < 16 && low < 16).then_some(high << 4 | low)
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(bytes: &'a [u8], pos: usize) -> Self {
        Self { bytes, pos }
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.pos).copied()
    }

    pub(crate) fn skip_space(&mut self) {
        let rest = self.bytes.get(self.pos..).unwrap_or_default();
        self.pos += rest.iter().position(|byte| !is_space(*byte)).unwrap_or(rest.len());
    }

    pub(crate) fn skip_space_and_comments(&mut self) {
        loop {
            self.skip_space();
            if self.peek() != Some(b'%') {
                return;
            }
            while self.peek().is_some_and(|b| b != b'\n' && b != b'\r') {
                self.pos += 1;
            }
        }
    }

    /// Takes `word` if it stands here as a whole word.
    pub(crate) fn keyword(&mut self, word: &[u8]) -> bool {
        let Some(rest) = self.bytes.get(self.pos..) else { return false };
        let whole = rest.starts_with(word) && !rest.get(word.len()).copied().is_some_and(is_regular);
        if whole {
            self.pos += word.len();
        }
        whole
    }

    /// Takes one or more decimal digits and nothing else.
    pub(crate) fn digits(&mut self) -> Option<u64> {
        let start = self.pos;
        while self.peek().is_some_and(|b| b.is_ascii_digit()) {
            self.pos += 1;
        }
        std::str::from_utf8(&self.bytes[start..self.pos]).ok()?.parse().ok()
    }

    pub(crate) fn next(&mut self) -> Result<Option<Token<'a>>, ProblemKind> {
        self.skip_space_and_comments();
        let Some(byte) = self.peek() else { return Ok(None) };
        let token = match byte {
            b'[' => self.one(Token::ArrayOpen),
            b']' => self.one(Token::ArrayClose),
            b'<' if self.bytes.get(self.pos + 1) == Some(&b'<') => self.two(Token::DictOpen),
            b'>' if self.bytes.get(self.pos + 1) == Some(&b'>') => self.two(Token::DictClose),
            b'<' => Token::String(self.hex_string()?),
            b'(' => Token::String(self.literal_string()?),
            b'/' => Token::Name(self.name()?),
            b'+' | b'-' | b'.' | b'0'..=b'9' => self.number()?,
            _ if is_regular(byte) => {
                let rest = self.bytes.get(self.pos..).unwrap_or_default();
                let end = rest.iter().position(|byte| !is_regular(*byte)).unwrap_or(rest.len());
                self.pos += end;
                Token::Keyword(&rest[..end])
            }
            _ => return Err(ProblemKind::Syntax),
        };
        Ok(Some(token))
    }

    /// A whole number behind at most one blank, with few digits and another blank after it: most of what drawings are made
    /// of. Everything else is left to [`Lexer::next`], which would find the same.
    pub(crate) fn small_integer(&mut self) -> Option<i64> {
        let rest = self.bytes.get(self.pos..)?;
        let mut at = usize::from(matches!(rest.first(), Some(b' ' | b'\n')));
        let negative = rest.get(at) == Some(&b'-');
        at += usize::from(negative);
        let first = at;
        let mut value = 0i64;
        loop {
            match *rest.get(at)? {
                digit @ b'0'..=b'9' if at - first < 9 => value = value * 10 + i64::from(digit - b'0'),
                b' ' | b'\n' if at > first => break,
                _ => return None,
            }
            at += 1;
        }
        self.pos += at;
        Some(if negative { -value } else { value })
    }

    fn one(&mut self, token: Token<'a>) -> Token<'a> {
        self.pos += 1;
        token
    }

    fn two(&mut self, token: Token<'a>) -> Token<'a> {
        self.pos += 2;
        token
    }

    fn number(&mut self) -> Result<Token<'a>, ProblemKind> {
        let start = self.pos;
        let text = self.bytes.get(start..).unwrap_or_default();
        let negative = text.first() == Some(&b'-');
        let mut at = usize::from(matches!(text.first(), Some(b'+' | b'-')));
        let (mut value, mut digits, mut point) = (0u64, 0, None);
        let fine = loop {
            match text.get(at) {
                Some(digit @ b'0'..=b'9') => {
                    value = value.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
                    digits += 1;
                }
                Some(b'.') if point.is_none() => point = Some(digits),
                Some(other) => break !is_regular(*other),
                None => break true,
            }
            at += 1;
        };
        self.pos = start + at;
        if !fine || digits == 0 || at > 65 {
            return Err(ProblemKind::Syntax);
        }
        if digits > EXACT_DIGITS {
            return self.long_number(start, point.is_some());
        }
        // Both are whole numbers below 2^53: the quotient is the nearest number there is.
        Ok(match point {
            None => Token::Int(if negative { -(value as i64) } else { value as i64 }),
            Some(whole) => {
                let size = value as f64 / POWERS[digits - whole];
                Token::Real(if negative { -size } else { size })
            }
        })
    }

    /// More digits than can be counted in one go; the text is well formed.
    fn long_number(&self, start: usize, real: bool) -> Result<Token<'a>, ProblemKind> {
        let text = std::str::from_utf8(&self.bytes[start..self.pos]).map_err(|_| ProblemKind::Syntax)?;
        match real {
            true => text.parse().map(Token::Real).map_err(|_| ProblemKind::Syntax),
            false => text.parse().map(Token::Int).map_err(|_| ProblemKind::Syntax),
        }
    }

    fn name(&mut self) -> Result<Name, ProblemKind> {
        self.pos += 1;
        let rest = self.bytes.get(self.pos..).unwrap_or_default();
        let plain = rest.iter().position(|byte| !is_regular(*byte) || *byte == b'#').unwrap_or(rest.len());
        self.pos += plain;
        if self.peek() != Some(b'#') {
            return Ok(Name::new(&rest[..plain]));
        }
        let mut name = rest[..plain].to_vec();
        while let Some(byte) = self.peek().filter(|b| is_regular(*b)) {
            self.pos += 1;
            if byte != b'#' {
                name.push(byte);
                continue;
            }
            let high = self.bytes.get(self.pos).copied().and_then(hex_value);
            let low = self.bytes.get(self.pos + 1).copied().and_then(hex_value);
            let (Some(high), Some(low)) = (high, low) else { return Err(ProblemKind::Syntax) };
            name.push(high << 4 | low);
            self.pos += 2;
        }
        Ok(Name::new(&name))
    }

    fn hex_string(&mut self) -> Result<Vec<u8>, ProblemKind> {
        self.pos += 1;
        let rest = self.bytes.get(self.pos..).unwrap_or_default();
        let digits = rest.get(..memchr::memchr(b'>', rest).ok_or(ProblemKind::Syntax)?).unwrap_or_default();
        self.pos += digits.len() + 1;
        // Signature values are long and written without blanks.
        let mut out = Vec::with_capacity(digits.len() / 2);
        if digits.len().is_multiple_of(2) {
            out.extend(digits.chunks_exact(2).map_while(|pair| byte_of(pair[0], pair[1])));
            if out.len() == digits.len() / 2 {
                return Ok(out);
            }
            out.clear();
        }
        let mut half = None;
        for &byte in digits {
            if is_space(byte) {
                continue;
            }
            let value = hex_value(byte).ok_or(ProblemKind::Syntax)?;
            match half.take() {
                None => half = Some(value),
                Some(high) => out.push(high << 4 | value),
            }
        }
        out.extend(half.map(|high| high << 4));
        Ok(out)
    }

    fn literal_string(&mut self) -> Result<Vec<u8>, ProblemKind> {
        self.pos += 1;
        let mut out = Vec::new();
        let mut open = 1usize;
        loop {
            let byte = self.peek().ok_or(ProblemKind::Syntax)?;
            self.pos += 1;
            match byte {
                b'(' => open += 1,
                b')' if open == 1 => return Ok(out),
                b')' => open -= 1,
                b'\\' => {
                    self.escape(&mut out)?;
                    continue;
                }
                b'\r' => {
                    self.line_feed_after_return();
                    out.push(b'\n');
                    continue;
                }
                _ => {}
            }
            out.push(byte);
        }
    }

    fn line_feed_after_return(&mut self) {
        if self.peek() == Some(b'\n') {
            self.pos += 1;
        }
    }

    fn escape(&mut self, out: &mut Vec<u8>) -> Result<(), ProblemKind> {
        let byte = self.peek().ok_or(ProblemKind::Syntax)?;
        self.pos += 1;
        match byte {
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'\n' => {}
            b'\r' => self.line_feed_after_return(),
            b'0'..=b'7' => {
                let mut value = u32::from(byte - b'0');
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.peek() else { break };
                    value = value * 8 + u32::from(digit - b'0');
                    self.pos += 1;
                }
                out.push(value as u8); // high-order overflow is ignored (7.3.4.2)
            }
            other => out.push(other),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn tokens(text: &[u8]) -> Result<Vec<Token<'_>>, ProblemKind> {
        let mut lexer = Lexer::new(text, 0);
        let mut all = Vec::new();
        while let Some(token) = lexer.next()? {
            all.push(token);
        }
        Ok(all)
    }

    #[test]
    fn strings_names_and_numbers() {
        let got = tokens(b"(a\\(b(c)\\101\\\r\n) <4 1 4> /A#42c -.5 +7 % no\n12.").unwrap();
        let want = [
            Token::String(b"a(b(c)A".to_vec()),
            Token::String(b"A@".to_vec()),
            Token::Name(Name::new(b"ABc")),
            Token::Real(-0.5),
            Token::Int(7),
            Token::Real(12.0),
        ];
        assert_eq!(got, want);
    }

    #[test]
    fn numbers_are_the_nearest_there_are() {
        let mut seed = 7u64;
        for _ in 0..20_000 {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            let (whole, part) = (seed >> 40, seed & 0xFFFF_FFFF);
            for text in
                [format!("-{whole}.{part}"), format!("{}.{:03}", whole % 1000, part % 1000), format!("+.{part}")]
            {
                assert_eq!(tokens(text.as_bytes()).unwrap(), [Token::Real(text.parse().unwrap())], "{text}");
            }
        }
        let long = ["123456789012345.123456789012345678", "-9223372036854775808"];
        assert_eq!(tokens(long[0].as_bytes()).unwrap(), [Token::Real(long[0].parse().unwrap())]);
        assert_eq!(tokens(long[1].as_bytes()).unwrap(), [Token::Int(i64::MIN)]);
        assert!((0..=255u8).all(|byte| is_regular(byte) == (!is_space(byte) && !is_delimiter(byte))));
    }

    #[test]
    fn small_integers_are_what_next_finds() {
        for text in ["12 ", " 12\n", "\n-7 ", "-0 ", "999999999 ", "007 "] {
            let mut lexer = Lexer::new(text.as_bytes(), 0);
            let number = lexer.small_integer().unwrap();
            assert_eq!((tokens(text.as_bytes()).unwrap(), lexer.pos), (vec![Token::Int(number)], text.len() - 1));
        }
        for text in ["", "12", " ", "- ", "+1 ", "1.5 ", ".5 ", "1/ ", "  1 ", "1234567890 ", "%1 ", "--1 ", "1-1 "] {
            let mut lexer = Lexer::new(text.as_bytes(), 0);
            assert_eq!((lexer.small_integer(), lexer.pos), (None, 0), "{text}");
        }
    }

    #[test]
    fn nothing_lenient() {
        for bad in [&b"--5"[..], b"1e5", b"(open", b"<4", b"<4g>", b"/A#4", b"}", b"99999999999999999999", b"1.2.3"] {
            assert_eq!(tokens(bad), Err(ProblemKind::Syntax), "{}", String::from_utf8_lossy(bad));
        }
    }
}
