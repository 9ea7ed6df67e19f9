//! Check characters. Error detection, not cryptography.

/// ISO/IEC 7064 MOD 37,36 (GB/T 17710): the check character over `0-9A-Z`. `None` for other characters.
pub(super) fn mod37_36(body: impl IntoIterator<Item = u8>) -> Option<u8> {
    let mut p = 36;
    for byte in body {
        let sum = (p + base36(byte)?) % 36;
        p = (if sum == 0 { 36 } else { sum }) * 2 % 37;
    }
    // The last step is modulo 36 again: p = 1 gives 0, not 36.
    Some(BASE36[((37 - p) % 36) as usize])
}

/// ISO/IEC 7064 MOD 11,10 (GB/T 17710): the check digit over digits.
pub(super) fn mod11_10(body: &[u8]) -> Option<u8> {
    let mut p = 10;
    for &byte in body {
        let digit = byte.is_ascii_digit().then(|| u32::from(byte - b'0'))?;
        let sum = (p + digit) % 10;
        p = (if sum == 0 { 10 } else { sum }) * 2 % 11;
    }
    Some(b'0' + ((11 - p) % 10) as u8)
}

/// ISO/IEC 7064 MOD 11-2 as GB 11643 uses it: the 18th character for 17 digits.
pub(super) fn mod11_2(body: &[u8]) -> u8 {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.iter().zip(WEIGHTS).map(|(&byte, weight)| u32::from(byte - b'0') * weight).sum();
    b"10X98765432"[(sum % 11) as usize]
}

/// The check character of an organization code (GB 11714) for its eight characters.
pub(super) fn organization(body: &[u8]) -> Option<u8> {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    let mut sum = 0;
    for (&byte, weight) in body.iter().zip(WEIGHTS) {
        sum += base36(byte)? * weight;
    }
    Some(match 11 - sum % 11 {
        10 => b'X',
        11 => b'0',
        digit => b'0' + digit as u8,
    })
}

/// The check character of a unified social credit code (GB 32100) for its first 17 characters.
pub(super) fn credit(body: &[u8]) -> Option<u8> {
    let mut sum = 0;
    let mut weight = 1;
    for &byte in body {
        sum += CREDIT_ALPHABET.iter().position(|&b| b == byte)? * weight;
        weight = weight * 3 % 31;
    }
    Some(CREDIT_ALPHABET[(31 - sum % 31) % 31])
}

/// GB 32100: digits and capitals without I, O, S, V, Z.
pub(super) const CREDIT_ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

const BASE36: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

fn base36(byte: u8) -> Option<u32> {
    match byte {
        b'0'..=b'9' => Some(u32::from(byte - b'0')),
        b'A'..=b'Z' => Some(u32::from(byte - b'A') + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_example_of_iso_7064() {
        assert_eq!(mod11_10(b"0794"), Some(b'5'));
    }

    #[test]
    fn only_letters_and_digits_have_values() {
        assert_eq!(mod37_36(*b"12*"), None);
        assert_eq!(mod11_10(b"12A"), None);
        assert_eq!(credit(b"12I"), None);
    }
}
