//! Taking TrueType files apart and putting them together (ISO/IEC 14496-22 clause 4.5).

/// A table by its tag.
pub(crate) type Table<'a> = ([u8; 4], &'a [u8]);

/// The tables of a file, or nothing when its directory is damaged.
pub(crate) fn tables(file: &[u8]) -> Option<Vec<Table<'_>>> {
    let count = usize::from(u16::from_be_bytes(file.get(4..6)?.try_into().ok()?));
    let directory = file.get(12..12 + 16 * count)?;
    directory
        .chunks_exact(16)
        .map(|entry| {
            let word = |at: usize| Some(u32::from_be_bytes(entry.get(at..at + 4)?.try_into().ok()?) as usize);
            let offset = word(8)?;
            Some((entry.get(..4)?.try_into().ok()?, file.get(offset..offset.checked_add(word(12)?)?)?))
        })
        .collect()
}

/// A file from its tables, with all checksums right; nothing when there is no `head`.
///
/// The directory is sorted by tag, as it must be; the outlines come last in the file, behind all that is small.
pub(crate) fn assemble(mut tables: Vec<Table<'_>>) -> Option<Vec<u8>> {
    tables.sort_unstable_by_key(|&(tag, _)| tag);
    let mut order: Vec<usize> = (0..tables.len()).collect();
    order.sort_by_key(|&at| tables[at].0 == *b"glyf");
    let count = tables.len();
    let selector = count.checked_ilog2()? as u16;
    let range = 16u16 << selector;
    let mut file = Vec::with_capacity(12 + tables.iter().map(|(_, data)| 16 + data.len() + 3).sum::<usize>());
    file.extend_from_slice(&[0, 1, 0, 0]);
    for value in [count as u16, range, selector, 16 * count as u16 - range] {
        file.extend_from_slice(&value.to_be_bytes());
    }
    file.resize(12 + 16 * count, 0);
    let mut adjustment = None;
    for at in order {
        let (tag, data) = &tables[at];
        let offset = file.len();
        file.extend_from_slice(data);
        if tag == b"head" {
            let place = offset + 8;
            // The sum over the whole file counts this place as zero.
            file.get_mut(place..place + 4)?.fill(0);
            adjustment = Some(place);
        }
        file.resize(file.len().next_multiple_of(4), 0);
        let sum = checksum(&file[offset..]);
        let entry = &mut file[12 + 16 * at..28 + 16 * at];
        entry[..4].copy_from_slice(tag);
        for (slot, value) in [sum, offset as u32, data.len() as u32].into_iter().enumerate() {
            entry[4 + 4 * slot..8 + 4 * slot].copy_from_slice(&value.to_be_bytes());
        }
    }
    let place = adjustment?;
    let value = 0xB1B0_AFBA_u32.wrapping_sub(checksum(&file));
    file[place..place + 4].copy_from_slice(&value.to_be_bytes());
    Some(file)
}

/// Sum of big-endian words; `data` is padded to whole ones.
fn checksum(data: &[u8]) -> u32 {
    data.chunks_exact(4)
        .fold(0, |sum: u32, word| sum.wrapping_add(u32::from_be_bytes([word[0], word[1], word[2], word[3]])))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn files_come_apart_as_they_were_put_together() {
        let head = [7; 54];
        let file = assemble(vec![(*b"head", &head), (*b"OS/2", b"abc"), (*b"glyf", b"")]).unwrap();
        assert_eq!(checksum(&file), 0xB1B0_AFBA);
        let parts = tables(&file).unwrap();
        assert_eq!(parts.iter().map(|(tag, _)| *tag).collect::<Vec<_>>(), [*b"OS/2", *b"glyf", *b"head"]);
        assert_eq!(parts[0].1, b"abc");
        assert_eq!(parts[2].1.len(), 54);
    }

    #[test]
    fn damage_is_refused() {
        assert_eq!(tables(b""), None);
        assert_eq!(tables(&[0, 1, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0]), None);
        assert_eq!(assemble(vec![]), None);
        assert_eq!(assemble(vec![(*b"head", b"short")]), None);
    }
}
