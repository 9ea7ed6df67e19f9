//! The audit chain in the store.

use super::{EmbeddedStore, check, read};
use crate::store::audit::{AuditEntry, AuditHead, AuditNote, AuditRecord, ChainBreak, ChainFault, ChainReport};
use crate::store::committer::Draft;
use crate::store::error::StoreError;
use crate::store::keys;
use crate::store::kv::{Snapshot, prefix_end};
use crate::store::requests::{MAX_PAGE, MAX_SET, Page, PageRequest};
use crate::store::rows;
use license_core::id::Digest;

/// Entries checked between two looks at the engine, so that writers are not held up.
const CHUNK: u64 = 1000;

pub(super) fn head(view: &dyn Snapshot) -> Result<AuditHead, StoreError> {
    Ok(rows::read(view, keys::AUDIT_HEAD)?.unwrap_or(AuditHead::EMPTY))
}

pub(super) fn append(draft: &mut Draft<'_>, subject: &str, note: &AuditNote) -> Result<AuditHead, StoreError> {
    let entry = head(draft)?.append(subject, note);
    let head = AuditHead { seq: entry.seq, hash: entry.hash };
    draft.put(keys::audit(entry.seq), rows::encode(&entry)?);
    draft.put(keys::audit_subject_at(subject, entry.seq), Vec::new());
    if !note.detail.is_empty() {
        draft.put(keys::audit_detail(entry.seq), note.detail.as_bytes());
    }
    draft.put(keys::AUDIT_HEAD, rows::encode(&head)?);
    Ok(head)
}

pub(super) fn append_all(store: &EmbeddedStore, notes: Vec<(String, AuditNote)>) -> Result<AuditHead, StoreError> {
    if notes.len() > MAX_SET {
        return Err(StoreError::invalid("notes", format!("{} at once, at most {MAX_SET}", notes.len())));
    }
    for (subject, note) in &notes {
        check::text("subject", subject)?;
        check::note(note)?;
    }
    store.committer.commit(move |draft| {
        let mut newest = head(draft)?;
        for (subject, note) in &notes {
            newest = append(draft, subject, note)?;
        }
        Ok(newest)
    })
}

fn at(view: &dyn Snapshot, seq: u64) -> Result<AuditRecord, StoreError> {
    let key = keys::audit(seq);
    let entry = rows::read(view, &key)?.ok_or_else(|| StoreError::damaged(&key, "no such entry"))?;
    Ok(AuditRecord { entry, detail: detail(view, seq)? })
}

fn detail(view: &dyn Snapshot, seq: u64) -> Result<Option<String>, StoreError> {
    let key = keys::audit_detail(seq);
    let detail = view.value(&key)?.map(String::from_utf8).transpose();
    detail.map_err(|e| StoreError::damaged(&key, e))
}

pub(super) fn of(view: &dyn Snapshot, subject: &str, page: &PageRequest) -> Result<Page<AuditRecord>, StoreError> {
    read::paged(view, &keys::audit_subject(subject), page, |(key, _)| {
        let seq = key.last_chunk().map(|seq| u64::from_be_bytes(*seq));
        at(view, seq.ok_or_else(|| StoreError::damaged(key, "no position at its end"))?)
    })
}

pub(super) fn tail(view: &dyn Snapshot, limit: usize) -> Result<Vec<AuditRecord>, StoreError> {
    let newest = head(view)?.seq;
    let oldest = newest.saturating_sub(limit.clamp(1, MAX_PAGE) as u64);
    (oldest..newest).rev().map(|seq| at(view, seq + 1)).collect()
}

pub(super) fn verify(store: &EmbeddedStore) -> Result<ChainReport, StoreError> {
    let head = match head(&*store.snapshot()?) {
        Ok(head) => head,
        Err(StoreError::Damaged { .. }) => AuditHead::EMPTY,
        Err(other) => return Err(other),
    };
    let mut walked = AuditHead::EMPTY;
    let broken = loop {
        match verify_chunk(&*store.snapshot()?, &mut walked, head)? {
            Walk::More => {}
            Walk::Done => break None,
            Walk::Broken(at) => break Some(at),
        }
    };
    Ok(ChainReport { head, sound: walked.seq, broken })
}

enum Walk {
    More,
    Done,
    Broken(ChainBreak),
}

fn verify_chunk(view: &dyn Snapshot, walked: &mut AuditHead, head: AuditHead) -> Result<Walk, StoreError> {
    let broken = |seq, fault| Ok(Walk::Broken(ChainBreak { seq, fault }));
    let end = prefix_end(&[keys::AUDIT]);
    let rows = view.scan(&keys::audit(walked.seq + 1), &end, CHUNK as usize)?;
    let last_chunk = (rows.len() as u64) < CHUNK;
    for (key, row) in rows {
        let seq = walked.seq + 1;
        if seq > head.seq && head.seq > 0 {
            break;
        }
        let Ok(entry) = rows::decode::<AuditEntry>(&key, &row) else {
            return broken(seq, ChainFault::Unreadable);
        };
        if key != keys::audit(seq) {
            return broken(seq, ChainFault::Gap);
        }
        match entry.follows(*walked) {
            Err(fault) => return broken(seq, fault),
            Ok(next) => {
                // An erased detail is no fault, a changed one is.
                let detail = view.value(&keys::audit_detail(seq))?;
                if detail.is_some_and(|detail| Digest::of(&detail) != entry.detail_digest) {
                    return broken(seq, ChainFault::DetailAltered);
                }
                *walked = next;
            }
        }
    }
    if walked.seq == head.seq {
        if *walked == head { Ok(Walk::Done) } else { broken(head.seq, ChainFault::HeadDiffers) }
    } else if last_chunk {
        broken(walked.seq + 1, if head.seq == 0 { ChainFault::HeadDiffers } else { ChainFault::Gap })
    } else {
        Ok(Walk::More)
    }
}
