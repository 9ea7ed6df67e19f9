//! Embedded fonts: there, and with the tables of 6.2.6 c.

use crate::read::FontFacts;

use super::{ArchiveRule, Faults};

/// Checks one font.
pub(super) fn check(font: &FontFacts, faults: &mut Faults) {
    let place = font.path.as_deref().unwrap_or(&font.name);
    let Some(file) = &font.file else { return faults.add(ArchiveRule::FontEmbedded, place, &*font.name) };
    let Some(tables) = tables(file.bytes()) else {
        return faults.add(ArchiveRule::FontTables, place, "neither TrueType nor OpenType");
    };
    let missing: Vec<&str> = TABLES
        .iter()
        .filter(|wanted| !tables.iter().any(|tag| tag == wanted.as_bytes()))
        // Outlines of the other kind are in a table of their own.
        .filter(|wanted| !(matches!(**wanted, "glyf" | "loca") && tables.iter().any(|tag| tag.starts_with(b"CFF"))))
        .map(|tag| tag.trim_end())
        .collect();
    if !missing.is_empty() {
        faults.add(ArchiveRule::FontTables, place, format!("without {}", missing.join(" ")));
    }
}

/// The tags of the table directory, of the first face of a collection.
fn tables(file: &[u8]) -> Option<Vec<[u8; 4]>> {
    let start = match file.get(..4)? {
        b"ttcf" => u32::from_be_bytes(file.get(12..16)?.try_into().ok()?) as usize,
        b"OTTO" | b"true" | [0, 1, 0, 0] => 0,
        _ => return None,
    };
    let directory = file.get(start..)?;
    let count = usize::from(u16::from_be_bytes(directory.get(4..6)?.try_into().ok()?));
    directory.get(12..12 + 16 * count)?.chunks_exact(16).map(|record| record[..4].try_into().ok()).collect()
}

const TABLES: [&str; 10] = ["cmap", "glyf", "loca", "head", "hhea", "hmtx", "maxp", "name", "OS/2", "post"];
