//! The `cmap` table: format 4 for the basic plane, format 12 as well when there are characters beyond it.

/// Builds the table for pairs of character and glyph, sorted by character, each character once.
pub(super) fn build(mapped: &[(char, u16)]) -> Vec<u8> {
    let basic = format_4(mapped);
    let full = mapped.iter().any(|&(char, _)| u32::from(char) > 0xFFFF).then(|| format_12(mapped));
    // (platform, encoding, subtable): Unicode, then Windows, as the table must be sorted.
    let mut records: Vec<(u16, u16, bool)> = vec![(0, 3, false), (3, 1, false)];
    if full.is_some() {
        records.insert(1, (0, 4, true));
        records.push((3, 10, true));
    }
    let start = 4 + 8 * records.len();
    let mut table = Vec::with_capacity(start + basic.len());
    put16(&mut table, 0);
    put16(&mut table, records.len() as u16);
    for (platform, encoding, is_full) in records {
        put16(&mut table, platform);
        put16(&mut table, encoding);
        put32(&mut table, (if is_full { start + basic.len() } else { start }) as u32);
    }
    table.extend(basic);
    table.extend(full.unwrap_or_default());
    table
}

/// Runs in which glyph numbers rise with the characters.
fn runs(mapped: &[(char, u16)]) -> Vec<(u32, u32, u16)> {
    let mut runs: Vec<(u32, u32, u16)> = Vec::new();
    for &(char, glyph) in mapped {
        let code = u32::from(char);
        match runs.last_mut() {
            Some((first, last, start))
                if *last + 1 == code && u32::from(*start) + code - *first == u32::from(glyph) =>
            {
                *last = code
            }
            _ => runs.push((code, code, glyph)),
        }
    }
    runs
}

fn format_4(mapped: &[(char, u16)]) -> Vec<u8> {
    let end = mapped.partition_point(|&(char, _)| u32::from(char) < 0xFFFF);
    let mut segments: Vec<(u16, u16, u16)> = runs(&mapped[..end])
        .into_iter()
        .map(|(first, last, glyph)| (first as u16, last as u16, glyph.wrapping_sub(first as u16)))
        .collect();
    // The closing segment leads U+FFFF to glyph 0.
    segments.push((0xFFFF, 0xFFFF, 1));
    let count = segments.len() as u16;
    let selector = count.ilog2() as u16;
    let range = 2u16 << selector;
    let mut table = Vec::with_capacity(16 + 8 * segments.len());
    for value in [4, 16 + 8 * count, 0, 2 * count, range, selector, 2 * count - range] {
        put16(&mut table, value);
    }
    for &(_, last, _) in &segments {
        put16(&mut table, last);
    }
    put16(&mut table, 0);
    for &(first, ..) in &segments {
        put16(&mut table, first);
    }
    for &(.., delta) in &segments {
        put16(&mut table, delta);
    }
    for _ in &segments {
        put16(&mut table, 0);
    }
    table
}

fn format_12(mapped: &[(char, u16)]) -> Vec<u8> {
    let groups = runs(mapped);
    let mut table = Vec::with_capacity(16 + 12 * groups.len());
    put16(&mut table, 12);
    put16(&mut table, 0);
    put32(&mut table, 16 + 12 * groups.len() as u32);
    put32(&mut table, 0);
    put32(&mut table, groups.len() as u32);
    for (first, last, glyph) in groups {
        put32(&mut table, first);
        put32(&mut table, last);
        put32(&mut table, glyph.into());
    }
    table
}

fn put16(out: &mut Vec<u8>, value: u16) {
    out.extend_from_slice(&value.to_be_bytes());
}

fn put32(out: &mut Vec<u8>, value: u32) {
    out.extend_from_slice(&value.to_be_bytes());
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use ttf_parser::cmap::Table;

    #[test]
    fn every_pair_is_found_in_every_fitting_subtable() {
        let mapped: Vec<(char, u16)> = [
            (' ', 1),
            ('A', 2),
            ('B', 3),
            ('C', 9),
            ('一', 4),
            ('丁', 5),
            ('\u{FFFD}', 6),
            ('\u{20BB7}', 7),
            ('\u{20BB8}', 8),
        ]
        .into();
        for mapped in [&mapped[..], &mapped[..7], &[]] {
            let bytes = build(mapped);
            let table = Table::parse(&bytes).unwrap();
            let mut subtables = 0;
            for subtable in table.subtables {
                subtables += 1;
                for &(char, glyph) in mapped {
                    let full = matches!(subtable.format, ttf_parser::cmap::Format::SegmentedCoverage(_));
                    let expected = (full || u32::from(char) < 0x10000).then_some(glyph);
                    assert_eq!(subtable.glyph_index(char.into()).map(|glyph| glyph.0), expected, "{char}");
                }
                assert_eq!(subtable.glyph_index('Z'.into()), None);
            }
            assert_eq!(subtables, if mapped.iter().any(|&(char, _)| char > '\u{FFFF}') { 4 } else { 2 });
        }
    }
}
