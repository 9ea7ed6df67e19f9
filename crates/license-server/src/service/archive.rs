//! Templates outlive their installation: every template that licenses are issued by is kept in the register, so that
//! they can be painted and compared decades after its files were replaced.
//!
//! ```text
//! template/index/1, 2, …             {"type", "digest", "parts"}   written last, never changed
//! template/<type>/<digest>/0, 1, …   the archive, deflated, cut into settings
//! ```
//!
//! A crash between the two leaves parts that no entry names; the next start writes the same ones again.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use license_core::id::Digest;
use license_core::template::{Catalog, MAX_ARCHIVE, Template};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::ServiceError;
use crate::store::{AuditNote, MAX_RECORD, Store, StoreError};

/// Most parts of one template: what does not compress at all still fits.
const MAX_PARTS: usize = MAX_ARCHIVE / MAX_RECORD + 1;
/// Most templates ever kept. All are in memory.
const MAX_KEPT: u64 = 10_000;

/// What of the register's templates is known here.
#[derive(Default)]
pub(super) struct Archive {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Digests that can be read back.
    kept: BTreeSet<[u8; 32]>,
    /// Entries of the index as far as known.
    entries: u64,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    #[serde(rename = "type")]
    type_id: String,
    digest: Digest,
    parts: usize,
}

impl Archive {
    /// Puts the register's templates into the catalog and the catalog's into the register. What fails is logged: the
    /// office can still verify and fetch, and [`keep`](Archive::keep) is asked again before a license is issued.
    pub(super) fn open(store: &dyn Store, catalog: &mut Catalog, now: OffsetDateTime) -> Archive {
        let archive = Archive::default();
        if let Err(error) = archive.load(store, catalog) {
            tracing::error!(%error, "templates of older licenses cannot be read");
        }
        for template in catalog.iter() {
            if let Err(error) = archive.keep(store, template, now) {
                tracing::error!(%error, template = template.id(), "the template cannot be kept");
            }
        }
        archive
    }

    /// Keeps a template, once.
    pub(super) fn keep(&self, store: &dyn Store, template: &Template, now: OffsetDateTime) -> Result<(), ServiceError> {
        // Held while writing: two that issue at the same time must not take the same place in the index.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.kept.contains(&template.digest) {
            return Ok(());
        }
        while store.setting(&index(state.entries + 1))?.is_some() {
            state.entries += 1;
        }
        if state.entries >= MAX_KEPT {
            return Err(StoreError::invalid("template", format!("{MAX_KEPT} are kept already")).into());
        }
        let packed = pack(template).map_err(|problem| StoreError::invalid("template", problem))?;
        let note = || AuditNote {
            at: now,
            actor: "office".to_owned(),
            action: "template.archive".to_owned(),
            purpose: "keep".to_owned(),
            detail: format!("{} version {}", template.id(), template.file.kind.version),
        };
        let entry = Entry {
            type_id: template.id().to_owned(),
            digest: Digest(template.digest),
            parts: packed.len().div_ceil(MAX_RECORD),
        };
        for (at, part) in packed.chunks(MAX_RECORD).enumerate() {
            store.put_setting(&entry.part(at), part.to_vec(), note())?;
        }
        let row = serde_json::to_vec(&entry).map_err(|error| StoreError::invalid("template", error.to_string()))?;
        store.put_setting(&index(state.entries + 1), row, note())?;
        state.entries += 1;
        state.kept.insert(template.digest);
        Ok(())
    }

    fn load(&self, store: &dyn Store, catalog: &mut Catalog) -> Result<(), StoreError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        while state.entries < MAX_KEPT {
            let name = index(state.entries + 1);
            let Some(row) = store.setting(&name)? else { break };
            state.entries += 1;
            match read(store, &row)? {
                Ok(template) => {
                    state.kept.insert(template.digest);
                    catalog.add_archived(template);
                }
                // One damaged template leaves the others readable; if it is a current one, it is kept anew.
                Err(problem) => tracing::error!(entry = name, problem, "a kept template is damaged"),
            }
        }
        Ok(())
    }
}

impl Entry {
    fn part(&self, at: usize) -> String {
        format!("template/{}/{}/{at}", self.type_id, self.digest)
    }
}

fn index(entry: u64) -> String {
    format!("template/index/{entry}")
}

/// The template that a row of the index names; the inner error says what is damaged.
fn read(store: &dyn Store, row: &[u8]) -> Result<Result<Arc<Template>, String>, StoreError> {
    let entry: Entry = match serde_json::from_slice(row) {
        Ok(entry) => entry,
        Err(error) => return Ok(Err(error.to_string())),
    };
    if entry.parts > MAX_PARTS {
        return Ok(Err(format!("{} parts", entry.parts)));
    }
    let mut packed = Vec::new();
    for at in 0..entry.parts {
        let Some(part) = store.setting(&entry.part(at))? else { return Ok(Err(format!("part {at} is missing"))) };
        packed.extend_from_slice(&part);
    }
    Ok(unpack(&packed).and_then(|template| {
        let same = template.id() == entry.type_id && template.digest == entry.digest.0;
        if same { Ok(template) } else { Err("it is another template".to_owned()) }
    }))
}

fn pack(template: &Template) -> Result<Vec<u8>, String> {
    let archive = template.archive().map_err(|error| error.to_string())?;
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&archive).map_err(|error| error.to_string())?;
    encoder.finish().map_err(|error| error.to_string())
}

fn unpack(packed: &[u8]) -> Result<Arc<Template>, String> {
    let mut archive = Vec::new();
    let limit = MAX_ARCHIVE as u64 + 1;
    ZlibDecoder::new(packed).take(limit).read_to_end(&mut archive).map_err(|error| error.to_string())?;
    Template::from_archive(&archive).map_err(|error| error.to_string())
}
