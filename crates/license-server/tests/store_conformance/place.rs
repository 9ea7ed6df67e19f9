//! Stores of every kind, to be closed, reached into and opened again; and what the rooms ask of them in common.
#![allow(unreachable_pub)]

use license_core::id::{Digest, LicenseId};
use license_server::store::blobs::MemoryBlobs;
use license_server::store::kv::Kv;
use license_server::store::kv::memory::MemoryKv;
use license_server::store::kv::redb::RedbKv;
use license_server::store::kv::sled::SledKv;
use license_server::store::{
    ChangeStatus, Claim, EmbeddedStore, Finding, MAX_PAGE, PageRequest, Query, Refusal, Status, Store, StoreError,
    StoreUrl, Supersede, Transition,
};
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;
use time::Duration;

use crate::store_support::{AT, new_license, note};

/// A store that can be closed, reached into, and opened again.
pub enum Place {
    Memory(Arc<MemoryKv>, Arc<MemoryBlobs>),
    Dir(StoreUrl, PathBuf, #[allow(dead_code, reason = "removes the folder when dropped")] TempDir),
}

impl Place {
    pub fn memory() -> Self {
        Self::Memory(Arc::default(), Arc::default())
    }

    pub fn redb() -> Self {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("store");
        Self::Dir(StoreUrl::Redb(path.clone()), path, dir)
    }

    pub fn sled() -> Self {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("store");
        Self::Dir(StoreUrl::Sled(path.clone()), path, dir)
    }

    pub fn open(&self) -> EmbeddedStore {
        match self {
            Self::Memory(engine, blobs) => EmbeddedStore::with_parts(engine.clone(), blobs.clone()).unwrap(),
            Self::Dir(url, ..) => EmbeddedStore::open(url).unwrap(),
        }
    }

    /// Changes rows behind the closed store's back.
    pub fn tamper(&self, change: impl FnOnce(&dyn Kv)) {
        match self {
            Self::Memory(engine, _) => change(&**engine),
            Self::Dir(StoreUrl::Redb(_), path, _) => change(&RedbKv::open(&path.join("store.redb")).unwrap()),
            Self::Dir(_, path, _) => change(&SledKv::open(&path.join("sled")).unwrap()),
        }
    }

    pub fn harm_file(&self, digest: &Digest, bytes: Option<&[u8]>) {
        match self {
            Self::Memory(_, blobs) => blobs.harm(*digest, bytes.map(<[u8]>::to_vec)),
            Self::Dir(_, path, _) => {
                let name = digest.to_string();
                let file = path.join("files").join(&name[..2]).join(&name[2..4]).join(&name);
                std::fs::create_dir_all(file.parent().unwrap()).unwrap();
                match bytes {
                    Some(bytes) => std::fs::write(file, bytes).unwrap(),
                    None => std::fs::remove_file(file).unwrap(),
                }
            }
        }
    }
}

pub fn refused<T: std::fmt::Debug>(result: Result<T, StoreError>) -> Refusal {
    result.unwrap_err().refusal().expect("a refusal").clone()
}

pub fn to(status: Status) -> Transition {
    Transition {
        to: status,
        actor: "officer".into(),
        at: AT,
        reason: "行政许可法第七十条".into(),
        case_number: "CASE-9".into(),
    }
}

pub fn change(store: &dyn Store, id: &LicenseId, revision: u64, status: Status) -> Result<u64, StoreError> {
    let request = ChangeStatus {
        id: id.clone(),
        expected_revision: revision,
        transition: to(status),
        idempotency: None,
        audit: note("license.change"),
    };
    store.change_status(request).map(|license| license.revision)
}

pub fn successor(old: &LicenseId, revision: u64, serial: &str, version: u16) -> Supersede {
    Supersede {
        old: old.clone(),
        expected_revision: revision,
        new: new_license(serial, version),
        transition: to(Status::Superseded),
        idempotency: None,
        audit: note("license.supersede"),
    }
}

pub fn findings(store: &dyn Store) -> Vec<Finding> {
    let mut all = Vec::new();
    store.fsck(&mut |finding| all.push(finding)).unwrap();
    all
}

pub fn ids(store: &dyn Store, query: &Query) -> Vec<LicenseId> {
    store.list(query, &PageRequest::first(MAX_PAGE)).unwrap().items.into_iter().map(|license| license.id).collect()
}

pub fn claim(worker: &str, limit: usize, minutes: i64) -> Claim {
    Claim { worker: worker.into(), limit, now: AT + Duration::minutes(minutes), lease: Duration::minutes(5) }
}
