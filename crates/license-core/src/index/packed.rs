//! Identifiers of digits and capital letters, packed into bytes: 36 symbols cost 5.17 bits instead of 8.
//!
//! The characters are the digits of a base-36 number with a leading 1 (so that leading zeros survive), written
//! big-endian without leading zero bytes.

/// Longest identifier that is packed.
pub(super) const MAX_CHARS: usize = 64;

/// Whether `text` can be packed.
pub(super) fn packable(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= MAX_CHARS
        && text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
}

/// Packs; `None` when a character is not a digit or capital letter.
pub(super) fn pack(text: &str) -> Option<Vec<u8>> {
    if !packable(text) {
        return None;
    }
    let mut little_endian = vec![1u8];
    for byte in text.bytes() {
        let digit = if byte.is_ascii_digit() { byte - b'0' } else { byte - b'A' + 10 };
        let mut carry = u32::from(digit);
        for place in &mut little_endian {
            let value = u32::from(*place) * 36 + carry;
            *place = value as u8;
            carry = value >> 8;
        }
        if carry > 0 {
            little_endian.push(carry as u8);
        }
    }
    little_endian.reverse();
    Some(little_endian)
}

/// Unpacks; `None` unless the bytes are the one packing of an identifier.
pub(super) fn unpack(bytes: &[u8]) -> Option<String> {
    if bytes.is_empty() || bytes.len() > 48 || bytes[0] == 0 {
        return None;
    }
    let mut number = bytes.to_vec();
    let mut reversed = Vec::new();
    while number.iter().any(|byte| *byte != 0) {
        let mut rest = 0u32;
        for place in &mut number {
            let value = rest * 256 + u32::from(*place);
            *place = (value / 36) as u8;
            rest = value % 36;
        }
        let digit = rest as u8;
        reversed.push(if digit < 10 { b'0' + digit } else { b'A' + digit - 10 });
    }
    // The most significant digit is the leading 1 and is no part of the text.
    if reversed.pop() != Some(b'1') || reversed.is_empty() || reversed.len() > MAX_CHARS {
        return None;
    }
    reversed.reverse();
    String::from_utf8(reversed).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packing_is_exact() {
        for text in ["0", "Z", "00000", "11100000MB0143028R001", "2026000001", &"Z".repeat(64)] {
            let packed = pack(text).unwrap();
            assert_eq!(unpack(&packed).as_deref(), Some(text));
            assert!(packed.len() <= 1 + (text.len() * 5170).div_ceil(8000));
        }
        assert_eq!(pack("11100000MB0143028R001").unwrap().len(), 14);
        assert_eq!(pack("a"), None);
        assert_eq!(unpack(&[2]), None, "no leading 1");
        assert_eq!(unpack(&[0, 40]), None, "leading zero byte");
    }
}
