//! What stands behind the doors to validation data and metadata, in any document: these data and nothing else. A key too
//! many, a stream that refers to more, a page that calls itself information: each is a way in for what nobody signed.
//!
//! Licenses are held to more than that (`closed`).

use std::collections::BTreeSet;

use super::Comparison;
use super::walk::TRAILER;
use crate::problem::Problem;
use crate::read::object::{Dict, Id, Object};

/// Keys of the store, and of one entry of its VRI (ISO 32000-2, tables 261 and 262).
const OF_STORE: [&[u8]; 5] = [b"CRLs", b"Certs", b"OCSPs", b"Type", b"VRI"];
const OF_ENTRY: [&[u8]; 6] = [b"CRL", b"Cert", b"OCSP", b"TS", b"TU", b"Type"];
/// Keys of an XMP stream (ISO 32000-2, table 347).
const OF_METADATA: [&[u8]; 5] = [b"DecodeParms", b"Filter", b"Length", b"Subtype", b"Type"];
/// Keys of streams that may have more than one value.
const OF_STREAM: [&[u8]; 3] = [b"DecodeParms", b"Filter", b"Length"];

impl<'d> Comparison<'d> {
    /// Objects behind these doors that are, or hold, something else; 0 stands for the trailer.
    pub(super) fn intruders(&self) -> Result<BTreeSet<u32>, Problem> {
        let mut found = BTreeSet::new();
        self.information(&mut found);
        let root = self.new.trailer().get(b"Root").reference();
        if let (Some(root), Some(old), Some(new)) = (root, self.old.catalog(), self.new.catalog()) {
            self.store_parts(root, old, new, &mut found)?;
            self.metadata(root, old, new, &mut found);
        }
        Ok(found)
    }

    /// The object that a value stands in, and what it is.
    fn held(&self, value: &'d Object, above: u32) -> (u32, &'d Object) {
        value.reference().map_or((above, value), |id| (id.num, self.new.get(id)))
    }

    fn is_composite(&self, value: &'d Object) -> bool {
        matches!(self.new.resolve(value), Object::Array(_) | Object::Dict(_) | Object::Stream(_))
    }

    fn store_parts(&self, root: Id, old: &'d Dict, new: &'d Dict, found: &mut BTreeSet<u32>) -> Result<(), Problem> {
        let (at, store) = self.held(new.get(b"DSS"), root.num);
        let store = match store {
            Object::Null => return Ok(()),
            Object::Dict(store) => store,
            _ => {
                found.insert(at);
                return Ok(());
            }
        };
        // What the signed document had there is its own matter.
        let before = self.old.dict(old, b"DSS");
        let had = |key: &[u8], value: &Object| before.is_some_and(|before| before.get(key) == value);
        if !store.0.iter().all(|(key, value)| OF_STORE.contains(&&key[..]) || had(key, value)) {
            found.insert(at);
        }
        for key in [&b"CRLs"[..], b"Certs", b"OCSPs"] {
            self.list_parts(at, store.get(key), found)?;
        }
        let (at, entries) = self.held(store.get(b"VRI"), at);
        let before = before.and_then(|before| self.old.dict(before, b"VRI"));
        for (name, value) in entries.dict().map(|dict| &*dict.0).unwrap_or_default() {
            self.new.doc.meter.steps(1).map_err(|kind| kind.in_object(at))?;
            let named = name.len() == 40 && name.iter().all(u8::is_ascii_hexdigit);
            let (entry_at, entry) = self.held(value, at);
            let known = before.is_some_and(|before| before.get(name) == value);
            let Object::Dict(entry) = entry else {
                if !(known || named && *entry == Object::Null) {
                    found.insert(at);
                }
                continue;
            };
            if !known && !named {
                found.insert(at);
            }
            if !entry.0.iter().all(|(key, _)| OF_ENTRY.contains(&&key[..])) {
                found.insert(entry_at);
            }
            for key in [&b"CRL"[..], b"Cert", b"OCSP"] {
                self.list_parts(entry_at, entry.get(key), found)?;
            }
        }
        if !matches!(entries, Object::Null | Object::Dict(_)) {
            found.insert(at);
        }
        Ok(())
    }

    /// A list of streams that refer to nothing.
    fn list_parts(&self, above: u32, value: &'d Object, found: &mut BTreeSet<u32>) -> Result<(), Problem> {
        let (at, list) = self.held(value, above);
        let items = match list {
            Object::Null => return Ok(()),
            Object::Array(items) => items,
            _ => {
                found.insert(at);
                return Ok(());
            }
        };
        for item in items {
            self.new.doc.meter.steps(1).map_err(|kind| kind.in_object(at))?;
            match item.reference().map(|id| (id, self.new.get(id))) {
                Some((_, Object::Null)) => {}
                Some((id, Object::Stream(stream))) => {
                    let plain = |key: &[u8], value: &'d Object| OF_STREAM.contains(&key) || !self.is_composite(value);
                    if self.changed.contains(&id.num) && !stream.dict.0.iter().all(|(key, value)| plain(key, value)) {
                        found.insert(id.num);
                    }
                }
                _ => {
                    found.insert(at);
                }
            }
        }
        Ok(())
    }

    /// The XMP packet: a stream that says so, and no more.
    fn metadata(&self, root: Id, old: &Dict, new: &'d Dict, found: &mut BTreeSet<u32>) {
        const KEY: &[u8] = b"Metadata";
        let (at, metadata) = self.held(new.get(KEY), root.num);
        let same = old.get(KEY) == new.get(KEY) && !self.changed.contains(&at);
        let sound = match metadata {
            Object::Null => true,
            Object::Stream(stream) => {
                stream.dict.is(b"Type", b"Metadata")
                    && stream.dict.is(b"Subtype", b"XML")
                    && stream.dict.0.iter().all(|(key, _)| OF_METADATA.contains(&&key[..]))
            }
            _ => false,
        };
        if !same && !sound {
            found.insert(if self.changed.contains(&at) { at } else { root.num });
        }
    }

    /// The information dictionary: an object of its own, with texts, dates and names.
    fn information(&self, found: &mut BTreeSet<u32>) {
        const KEY: &[u8] = b"Info";
        let (old, value) = (self.old.trailer().get(KEY), self.new.trailer().get(KEY));
        let Some(id) = value.reference() else {
            if *value != Object::Null && old != value {
                found.insert(TRAILER);
            }
            return;
        };
        // A writer may have left it out in between.
        let revisions = &self.new.doc.revisions;
        let known = revisions.iter().take(self.new.revision).any(|revision| revision.trailer.get(KEY) == value);
        if !known && *self.old.get(id) != Object::Null {
            found.insert(TRAILER);
        }
        let empty = Dict::default();
        let before = old.reference().and_then(|id| self.old.get(id).dict()).unwrap_or(&empty);
        let sound = match self.new.get(id) {
            Object::Null => true,
            Object::Dict(info) => {
                info.0.iter().all(|(key, value)| before.get(key) == value || !self.is_composite(value))
            }
            _ => false,
        };
        if !sound {
            found.insert(id.num);
        }
    }
}
