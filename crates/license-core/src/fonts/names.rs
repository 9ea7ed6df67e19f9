//! The `name` table of a subset: who made the font, and what this cut of it is called.

use super::Face;

/// Builds the table. Descriptions and addresses of the whole font are left out: they would cost a kilobyte in each.
pub(super) fn build(face: &Face, name: &str, family: &str) -> Vec<u8> {
    let records = [
        (0, copyright(face).unwrap_or_default()),
        (1, utf16(family)),
        (2, utf16("Regular")),
        (3, utf16(name)),
        (4, utf16(family)),
        (6, utf16(name)),
    ];
    let mut table = Vec::with_capacity(6 + 12 * records.len() + 256);
    let mut text = Vec::new();
    for value in [0, records.len() as u16, 6 + 12 * records.len() as u16] {
        table.extend_from_slice(&value.to_be_bytes());
    }
    for (id, value) in records {
        // Windows, basic plane, American English.
        for field in [3, 1, 0x409, id, value.len() as u16, text.len() as u16] {
            table.extend_from_slice(&u16::to_be_bytes(field));
        }
        text.extend(value);
    }
    table.extend(text);
    table
}

fn copyright(face: &Face) -> Option<Vec<u8>> {
    let font = ttf_parser::Face::parse(face.data(), 0).ok()?;
    let records = font.names().into_iter();
    let notice =
        records.filter(|record| record.name_id == 0 && record.is_unicode()).find_map(|record| record.to_string())?;
    Some(utf16(&notice.chars().take(LONGEST_NOTICE).collect::<String>()))
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

/// Characters of a copyright notice; a department's own font may bring a novel.
const LONGEST_NOTICE: usize = 400;
