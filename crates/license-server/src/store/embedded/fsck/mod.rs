//! Checking everything stored: what leads where, what must be there, what the bytes give.
//!
//! Runs beside normal work: the engine is looked at in chunks, and files are read between them.

mod files;

use super::{EmbeddedStore, read, trail};
use crate::store::error::StoreError;
use crate::store::keys;
use crate::store::kv::{Pair, Snapshot, prefix_end};
use crate::store::model::{Completed, StoredLicense};
use crate::store::requests::{Finding, FsckSummary};
use crate::store::rows;
use crate::store::status::Status;
use license_core::id::LicenseId;
use std::collections::BTreeMap;

/// Rows looked at between two looks at the engine.
const CHUNK: usize = 200;

pub(super) fn run(store: &EmbeddedStore, on_finding: &mut dyn FnMut(Finding)) -> Result<FsckSummary, StoreError> {
    let mut check = Check { store, on_finding, summary: FsckSummary::default(), tally: BTreeMap::new() };
    let before = check.counts_at_rest()?;
    check.licenses()?;
    check.assets()?;
    check.indexes()?;
    check.completed_keys()?;
    check.counts(before)?;
    check.audit()?;
    check.orphans()?;
    Ok(check.summary)
}

struct Check<'a> {
    store: &'a EmbeddedStore,
    on_finding: &'a mut dyn FnMut(Finding),
    summary: FsckSummary,
    /// Counts by name, to be compared with the kept ones.
    tally: BTreeMap<String, u64>,
}

impl Check<'_> {
    fn found(&mut self, finding: Finding) {
        if finding.is_fault() {
            self.summary.faults += 1;
        } else {
            self.summary.notes += 1;
        }
        (self.on_finding)(finding);
    }

    /// Walks a table chunk by chunk; each chunk is seen at one moment, together with whatever `visit` looks up.
    fn walk(
        &mut self,
        prefix: &[u8],
        mut visit: impl FnMut(&mut Self, &dyn Snapshot, &Pair) -> Result<(), StoreError>,
        mut between: impl FnMut(&mut Self) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let (mut from, end) = (prefix.to_vec(), prefix_end(prefix));
        loop {
            let store = self.store;
            let view = store.snapshot()?;
            let rows = view.scan(&from, &end, CHUNK)?;
            let Some((last, _)) = rows.last() else { return Ok(()) };
            from = [last.as_slice(), &[0]].concat();
            for row in &rows {
                visit(self, &*view, row)?;
            }
            drop(view);
            between(self)?;
        }
    }

    fn licenses(&mut self) -> Result<(), StoreError> {
        let files = std::cell::RefCell::new(Vec::new());
        self.walk(
            &[keys::LICENSES],
            |check, view, (key, row)| {
                check.summary.licenses += 1;
                match rows::decode::<StoredLicense>(key, row) {
                    Ok(license) if keys::license(&license.id) == *key => {
                        check.license(view, &license)?;
                        let refs = license
                            .files
                            .into_iter()
                            .chain(license.earlier)
                            .map(|file| (license.id.clone(), file.digest, file.len));
                        files.borrow_mut().extend(refs);
                    }
                    _ => check.found(Finding::UnreadableRow { key: key.escape_ascii().to_string() }),
                }
                Ok(())
            },
            |check| {
                for (license, digest, len) in files.borrow_mut().drain(..) {
                    check.file(license, digest, len)?;
                }
                Ok(())
            },
        )
    }

    fn license(&mut self, view: &dyn Snapshot, license: &StoredLicense) -> Result<(), StoreError> {
        let id = &license.id;
        for name in [
            keys::COUNT_LICENSES.to_owned(),
            keys::count_of_status(license.status),
            keys::count_of_type(&license.type_id),
        ] {
            *self.tally.entry(name).or_default() += 1;
        }
        match rows::license(view, id) {
            Ok(_) => {}
            Err(StoreError::Damaged { .. }) => self.found(Finding::DamagedRecord { license: id.clone() }),
            Err(other) => return Err(other),
        }
        let unique = [keys::base(id.base()), keys::number(&license.type_id, &license.number)];
        let keys = keys::index_of(license).into_iter().chain(unique);
        // Files that came later counted a revision without changing the state.
        let changed = license.status_changed.as_ref().map_or(1, |change| change.revision);
        for key in keys.chain([keys::history_at(id, changed)]) {
            if view.value(&key)?.is_none() {
                self.found(Finding::MissingIndex { license: id.clone(), key: key.escape_ascii().to_string() });
            }
        }
        for digest in license.assets() {
            if view.value(&keys::asset(digest))?.is_none() {
                self.found(Finding::UnknownAsset { by: id.to_string(), digest: *digest });
            }
        }
        if !self.versions_fit(view, license)? {
            self.found(Finding::BrokenVersions { license: id.clone() });
        }
        Ok(())
    }

    fn versions_fit(&self, view: &dyn Snapshot, license: &StoredLicense) -> Result<bool, StoreError> {
        // A neighbour that cannot be read is found in its own turn.
        let neighbour = |id: &Option<LicenseId>| -> Result<Option<StoredLicense>, StoreError> {
            let Some(id) = id else { return Ok(None) };
            let key = keys::license(id);
            Ok(view.value(&key)?.and_then(|row| rows::decode(&key, &row).ok()))
        };
        let own = Some(&license.id);
        let before = license.supersedes.is_none()
            || neighbour(&license.supersedes)?.is_some_and(|old| old.superseded_by.as_ref() == own);
        let after = license.superseded_by.is_none()
            || neighbour(&license.superseded_by)?.is_some_and(|new| new.supersedes.as_ref() == own);
        let state = (license.status == Status::Superseded) == license.superseded_by.is_some();
        Ok(before && after && state)
    }

    /// Every index entry must lead to a license that has it.
    fn indexes(&mut self) -> Result<(), StoreError> {
        for table in keys::INDEXES {
            self.walk(
                &[*table],
                |check, view, (key, _)| {
                    check.summary.index_entries += 1;
                    let fits = match keys::id_in(key) {
                        None => false,
                        Some(id) => {
                            let row = keys::license(&id);
                            let license = view.value(&row)?.and_then(|bytes| rows::decode(&row, &bytes).ok());
                            license.is_some_and(|license| keys::index_of(&license).contains(key))
                        }
                    };
                    if !fits {
                        check.found(Finding::DanglingIndex { key: key.escape_ascii().to_string() });
                    }
                    Ok(())
                },
                |_| Ok(()),
            )?;
        }
        for table in [b'B', b'N'] {
            self.walk(
                &[table],
                |check, view, (key, value)| {
                    let leads = rows::to_id(key, value).ok().map(|id| view.value(&keys::license(&id))).transpose()?;
                    if leads.flatten().is_none() {
                        check.found(Finding::DanglingIndex { key: key.escape_ascii().to_string() });
                    }
                    Ok(())
                },
                |_| Ok(()),
            )?;
        }
        Ok(())
    }

    fn completed_keys(&mut self) -> Result<(), StoreError> {
        self.walk(
            &[keys::COMPLETED],
            |check, view, (key, row)| {
                let Ok(completed) = rows::decode::<Completed>(key, row) else {
                    check.found(Finding::UnreadableRow { key: key.escape_ascii().to_string() });
                    return Ok(());
                };
                for id in &completed.ids {
                    if view.value(&keys::license(id))?.is_none() {
                        check.found(Finding::DanglingKey { key: key.escape_ascii().to_string() });
                    }
                }
                Ok(())
            },
            |_| Ok(()),
        )?;
        let tally = std::cell::Cell::new(0);
        self.walk(
            &[keys::OUTBOX],
            |_, _, _| {
                tally.set(tally.get() + 1);
                Ok(())
            },
            |_| Ok(()),
        )?;
        self.tally.insert(keys::COUNT_OUTBOX.to_owned(), tally.get());
        Ok(())
    }

    /// The kept counts by name, and the audit head, which every write moves.
    fn counts_at_rest(&self) -> Result<(BTreeMap<String, u64>, u64), StoreError> {
        let view = self.store.snapshot()?;
        let counts = match read::counts(&*view) {
            Ok(counts) => counts,
            Err(StoreError::Damaged { .. }) => return Ok(Default::default()),
            Err(other) => return Err(other),
        };
        let mut kept = BTreeMap::from([
            (keys::COUNT_LICENSES.to_owned(), counts.licenses),
            (keys::COUNT_OUTBOX.to_owned(), counts.outbox_pending),
            (keys::COUNT_ASSETS.to_owned(), counts.assets),
        ]);
        kept.extend(counts.by_status.iter().map(|(status, n)| (keys::count_of_status(*status), *n)));
        kept.extend(counts.by_type.iter().map(|(type_id, n)| (keys::count_of_type(type_id), *n)));
        Ok((kept, counts.audit_entries))
    }

    fn counts(&mut self, before: (BTreeMap<String, u64>, u64)) -> Result<(), StoreError> {
        if self.counts_at_rest()? != before {
            // Somebody wrote meanwhile; what was counted belongs to no single moment.
            return Ok(());
        }
        let mut names: Vec<&String> = self.tally.keys().chain(before.0.keys()).collect();
        names.sort();
        names.dedup();
        let number = |of: &BTreeMap<String, u64>, name: &String| of.get(name).copied().unwrap_or(0);
        let wrong: Vec<Finding> = names
            .into_iter()
            .map(|name| (name, number(&before.0, name), number(&self.tally, name)))
            .filter(|(_, kept, counted)| kept != counted)
            .map(|(name, kept, counted)| Finding::WrongCount { name: name.clone(), kept, counted })
            .collect();
        wrong.into_iter().for_each(|finding| self.found(finding));
        Ok(())
    }

    fn audit(&mut self) -> Result<(), StoreError> {
        let report = trail::verify(self.store)?;
        self.summary.audit_entries = report.sound;
        if let Some(at) = report.broken {
            self.found(Finding::AuditBroken { at });
        }
        Ok(())
    }

    fn orphans(&mut self) -> Result<(), StoreError> {
        let store = self.store;
        let mut failed = None;
        store.blobs.each(&mut |digest| {
            let prefix = keys::has_file(&digest);
            let used = store.snapshot().and_then(|view| {
                let of_license = !view.scan(&prefix, &prefix_end(&prefix), 1)?.is_empty();
                Ok(of_license || view.value(&keys::asset(&digest))?.is_some())
            });
            match used {
                Ok(false) => self.found(Finding::OrphanFile { digest }),
                Ok(true) => {}
                Err(error) => failed = Some(error),
            }
        })?;
        failed.map_or(Ok(()), Err)
    }
}
