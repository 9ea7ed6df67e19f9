//! Another reader's view of the same bytes.

use std::collections::HashMap;

use crate::problem::{ProblemKind, Problems};

use super::directory::Record;
use super::end::End;

/// The `zip` crate is the second reader: when it sees other entries than we do, so may the viewer.
pub(super) fn second_opinion(bytes: &[u8], records: &[Record], end: &End, problems: &mut Problems) {
    let archive = match zip::ZipArchive::new(std::io::Cursor::new(bytes)) {
        Ok(archive) => archive,
        Err(error) => return problems.add(ProblemKind::ReadersDisagree, "zip", error.to_string()),
    };
    let mut ours: HashMap<&[u8], Vec<&Record>> = HashMap::with_capacity(records.len());
    for record in records {
        // The name that an Info-ZIP field repeats in UTF-8 stands for the one in the header.
        let name = if record.second_name { record.name.as_bytes() } else { &record.raw_name };
        ours.entry(name).or_default().push(record);
    }
    let mut seen = 0;
    for index in 0..archive.len() {
        let Ok(theirs) = archive.by_index_data(index) else { break };
        seen += 1;
        let same = |record: &&&Record| {
            theirs.header_start() == record.offset.saturating_add(end.shift as u64)
                && theirs.size() == record.size
                && theirs.compressed_size() == record.packed
                && theirs.crc32() == record.crc
        };
        if ours.get(theirs.name_raw()).is_none_or(|list| list.iter().find(same).is_none()) {
            let name = String::from_utf8_lossy(theirs.name_raw()).into_owned();
            problems.add(ProblemKind::ReadersDisagree, name, "");
        }
    }
    if seen != ours.len() {
        problems.add(ProblemKind::ReadersDisagree, "zip", format!("{seen} names against {}", ours.len()));
    }
}
