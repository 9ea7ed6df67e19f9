//! Whether bytes of GBK mean the same to all readers.

use std::sync::OnceLock;

use encoding_rs::GBK;

/// Whether a text that decodes as GBK has only characters that everybody has at the same place: tables differ in the
/// euro sign, and beyond GBK itself, in the four bytes of GB 18030.
pub(super) fn is_common(bytes: &[u8]) -> bool {
    let pairs = PAIRS.get_or_init(Pairs::new);
    let mut rest = bytes;
    loop {
        rest = match rest {
            [] => return true,
            [0..=0x7F, after @ ..] => after,
            [lead, trail, after @ ..] if pairs.has(*lead, *trail) => after,
            _ => return false,
        };
    }
}

/// A bit for each pair of bytes that becomes a character, and the character these bytes again. Encoding is slow, a linear
/// search through tables: it is done once for each pair and not for each character of a stranger.
struct Pairs([u64; 1024]);

static PAIRS: OnceLock<Pairs> = OnceLock::new();

impl Pairs {
    fn new() -> Pairs {
        let mut pairs = Pairs([0; 1024]);
        for lead in 0x81..=0xFE {
            for trail in 0x40..=0xFE {
                let pair = [lead, trail];
                let Some(text) = GBK.decode_without_bom_handling_and_without_replacement(&pair) else { continue };
                if text != "€" && *GBK.encode(&text).0 == pair {
                    let at = Pairs::at(lead, trail);
                    pairs.0[at / 64] |= 1 << (at % 64);
                }
            }
        }
        pairs
    }

    fn at(lead: u8, trail: u8) -> usize {
        usize::from(lead) << 8 | usize::from(trail)
    }

    fn has(&self, lead: u8, trail: u8) -> bool {
        let at = Pairs::at(lead, trail);
        self.0[at / 64] >> (at % 64) & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn as_decoding_and_encoding_again() {
        let again = |bytes: &[u8]| {
            let text = GBK.decode_without_bom_handling_and_without_replacement(bytes)?;
            Some(!text.contains('€') && *GBK.encode(&text).0 == *bytes)
        };
        let mut common = 0;
        for lead in 0..=255 {
            for trail in 0..=255 {
                let Some(same) = again(&[lead, trail]) else { continue };
                assert_eq!(is_common(&[lead, trail]), same, "{lead:02x}{trail:02x}");
                common += u32::from(same && lead > 0x80);
            }
        }
        assert!(common > 21_000, "{common}");
        for bytes in [&b"a\xB5\xE7\xD7\xD3z"[..], b"\x81\x30\x81\x30", b"\xA2\xE3", b"\x80", b"\xB5\xE7\x80", b""] {
            assert_eq!(Some(is_common(bytes)), again(bytes), "{bytes:?}");
        }
    }
}
