//! The closed form of an update to a document that nobody but its maker may add to: validation data, document
//! time-stamps in fields of their own, signatures in prepared fields, and of these the parts that mean something.
//!
//! Everything is accounted for: an object that stands in none of these places, or has a key too many, is superfluous.
//! For other documents that is a matter of policy.

use std::collections::{BTreeSet, HashSet};

use super::walk::{Doors, TRAILER, walk};
use super::{Change, ChangeKind, Comparison};
use crate::problem::{Limit, Problem, ProblemKind};
use crate::read::document::State;
use crate::read::fields::SignatureField;
use crate::read::object::{Dict, Id, Object, Stream};

/// Keys of trailers and cross-reference streams. Others are superfluous unless they were there.
const OF_TRAILER: [&[u8]; 11] =
    [b"DecodeParms", b"Filter", b"ID", b"Index", b"Info", b"Length", b"Prev", b"Root", b"Size", b"Type", b"W"];
/// The lists of the store, and of one entry of its VRI (ISO 32000-2, tables 261 and 262).
const LISTS: [&[u8]; 3] = [b"CRLs", b"Certs", b"OCSPs"];
const ENTRY_LISTS: [&[u8]; 3] = [b"CRL", b"Cert", b"OCSP"];
/// What a document time-stamp says (ISO 32000-2 12.8.5); a signature may say more.
const OF_STAMP: [&[u8]; 5] = [b"ByteRange", b"Contents", b"Filter", b"SubFilter", b"Type"];
const OF_SIGNATURE: [&[u8]; 7] = [b"ContactInfo", b"Location", b"M", b"Name", b"Prop_Build", b"Reason", b"Reference"];
/// What packing adds to data that cannot be packed.
const PACKED_MORE: usize = 64;
/// What tools call the fields of their time-stamps, in small letters; a number or an identifier may follow. Readers show the
/// name beside the signatures: no place for words of one's own.
const STEMS: [&[u8]; 15] = [
    b"archive",
    b"archivetimestamp",
    b"doctimestamp",
    b"documenttimestamp",
    b"dts",
    b"lta",
    b"sig",
    b"signature",
    b"stamp",
    b"time-stamp",
    b"time_stamp",
    b"timestamp",
    b"timestampsignature",
    b"ts",
    b"tst",
];
/// Longest name of the field of a signature.
const LONGEST_NAME: usize = 64;
/// Longest number or identifier: that of a UUID, and what separates it.
const LONGEST_NUMBER: usize = 38;

/// Objects in their proper places, and what is superfluous though it has no number of its own.
#[derive(Default)]
struct Account {
    proper: HashSet<u32>,
    excess: BTreeSet<u32>,
}

impl<'d> Comparison<'d> {
    /// The objects of this revision that are superfluous; 0 stands for the trailer.
    pub(super) fn superfluous(&self, changes: &[Change]) -> Result<BTreeSet<u32>, Problem> {
        let mut account = Account { excess: self.flagged.clone(), ..Account::default() };
        if !self.trailer_is_closed() {
            account.excess.insert(TRAILER);
        }
        self.catalog_parts(&mut account)?;
        for (field, existing) in &self.signed_fields {
            self.field(field, *existing, &mut account)?;
        }
        let doc = self.new.doc;
        for num in &doc.revisions[self.new.revision].defined {
            let free = matches!(self.new.definition(*num).map(|def| &def.state), None | Some(State::Free));
            // What is written once more, and says the same, is there for a reader that spells otherwise.
            if free || !self.changed.contains(num) {
                account.excess.insert(*num);
            }
        }
        for change in changes {
            let packed = || self.new.get(Id { num: change.object, generation: 0 }).dict();
            let superfluous = match &change.kind {
                ChangeKind::NewField { .. } => true,
                ChangeKind::NewSignature { .. } => !account.proper.contains(&change.object),
                ChangeKind::FileStructure => packed().is_some_and(|dict| dict.is(b"Type", b"ObjStm")),
                ChangeKind::ValidationData | ChangeKind::Bookkeeping => {
                    let place = self.explained.contains_key(&change.object);
                    !place && !account.proper.contains(&change.object)
                }
                _ => false,
            };
            if superfluous {
                account.excess.insert(change.object);
            }
        }
        Ok(account.excess)
    }

    fn trailer_is_closed(&self) -> bool {
        let (old, new) = (self.old.trailer(), self.new.trailer());
        let revisions = &self.new.doc.revisions;
        let known = |key: &[u8]| OF_TRAILER.contains(&key) || old.get(key) == new.get(key);
        let id = match (old.get(b"ID").array(), new.get(b"ID").array()) {
            (None, None) => !new.has(b"ID"),
            (Some([first, _]), Some([same, Object::String(second)])) => {
                first == same && matches!(second.len(), 16 | 32)
            }
            _ => false,
        };
        id && new.0.iter().all(|(key, _)| known(key))
            && old.get(b"Info") == new.get(b"Info")
            && revisions[self.new.revision].xref_is_stream == revisions[0].xref_is_stream
    }

    /// The store and the developer extensions.
    fn catalog_parts(&self, account: &mut Account) -> Result<(), Problem> {
        let root = self.new.trailer().get(b"Root").reference();
        let (Some(root), Some(old), Some(new)) = (root, self.old.catalog(), self.new.catalog()) else { return Ok(()) };
        if !self.store(new.get(b"DSS"), account)? && self.changed.contains(&root.num) {
            account.excess.insert(root.num);
        }
        if !self.extensions(old, new, account) {
            account.excess.insert(root.num);
        }
        Ok(())
    }

    /// Follows a value to the dictionary, array or stream that it is; one step at most.
    fn part(&self, value: &'d Object, account: &mut Account) -> &'d Object {
        let Object::Ref(id) = value else { return value };
        account.proper.insert(id.num);
        self.new.get(*id)
    }

    fn store(&self, value: &'d Object, account: &mut Account) -> Result<bool, Problem> {
        let id = value.reference();
        let Some(dss) = self.part(value, account).dict() else { return Ok(*value == Object::Null) };
        let mut good = dss.0.iter().all(|(key, _)| LISTS.contains(&&key[..]) || matches!(&key[..], b"Type" | b"VRI"));
        good &= !dss.has(b"Type") || dss.is(b"Type", b"DSS");
        for key in LISTS {
            good &= self.list(dss.get(key), account)?;
        }
        let entries = self.part(dss.get(b"VRI"), account);
        for (name, entry) in entries.dict().map(|dict| &*dict.0).unwrap_or_default() {
            let named = name.len() == 40 && name.iter().all(u8::is_ascii_hexdigit);
            good &= named && self.entry(entry, account)?;
        }
        good &= matches!(entries, Object::Null | Object::Dict(_));
        if let (false, Some(id)) = (good, id) {
            account.proper.remove(&id.num);
        }
        Ok(good || id.is_some())
    }

    /// One entry of the VRI: references to what the store has, and perhaps when it was made.
    fn entry(&self, value: &'d Object, account: &mut Account) -> Result<bool, Problem> {
        let Object::Dict(entry) = self.part(value, account) else { return Ok(false) };
        let mut good = entry.0.iter().all(|(key, value)| match &key[..] {
            b"Type" => value.name() == Some(b"VRI"),
            b"TU" => value.string().is_some_and(is_date),
            key => ENTRY_LISTS.contains(&key),
        });
        for key in ENTRY_LISTS {
            good &= self.list(entry.get(key), account)?;
        }
        Ok(good)
    }

    /// A list of streams, each once, each nothing but its data.
    fn list(&self, value: &'d Object, account: &mut Account) -> Result<bool, Problem> {
        let items = match self.part(value, account) {
            Object::Null => return Ok(true),
            Object::Array(items) => items,
            _ => return Ok(false),
        };
        let mut seen = HashSet::new();
        let mut good = true;
        for item in items {
            let Some(id) = item.reference() else { return Ok(false) };
            self.new.doc.meter.steps(1).map_err(|kind| kind.in_object(id.num))?;
            good &= seen.insert(id);
            if account.proper.contains(&id.num) || !self.changed.contains(&id.num) {
                continue; // looked at before
            }
            if let Some(stream) = self.new.get(id).stream()
                && self.is_plain(stream).map_err(|kind| kind.in_object(id.num))?
            {
                account.proper.insert(id.num);
            }
        }
        Ok(good)
    }

    /// A stream of data alone: as it is, or deflated with nothing behind.
    fn is_plain(&self, stream: &'d Stream) -> Result<bool, ProblemKind> {
        let keys = stream.dict.0.iter().all(|(key, value)| match &key[..] {
            b"Length" => value.int().is_some(),
            b"Filter" => value.name() == Some(b"FlateDecode"),
            _ => false,
        });
        if !keys || !stream.dict.has(b"Filter") {
            return Ok(keys);
        }
        let raw = &self.new.doc.bytes[stream.raw.clone()];
        let meter = &self.new.doc.meter;
        let mut room =
            std::io::Read::take(flate2::read::ZlibDecoder::new(raw), meter.left(Limit::InflatedBytes) as u64);
        let out = std::io::copy(&mut room, &mut std::io::sink()).map_err(|_| ProblemKind::Filter)?;
        meter.inflated(out as usize)?;
        let used = room.into_inner().total_in();
        Ok(used == raw.len() as u64 && raw.len() <= out as usize + out as usize / 1000 + PACKED_MORE)
    }

    /// ETSI's entry may come, or name a higher level; everything else stays (7.12).
    fn extensions(&self, old: &'d Dict, new: &'d Dict, account: &mut Account) -> bool {
        const KEY: &[u8] = b"Extensions";
        let empty = Dict::default();
        let before = self.old.dict(old, KEY).unwrap_or(&empty);
        let Some(now) = self.part(new.get(KEY), account).dict() else { return !old.has(KEY) && !new.has(KEY) };
        let entry = self.part(now.get(b"ESIC"), account);
        let level = |entry: Option<&Dict>| entry.and_then(|dict| dict.get(b"ExtensionLevel").int());
        let esic = || {
            let keys = entry.dict().is_some_and(|dict| {
                dict.0.iter().all(|(key, value)| match &key[..] {
                    b"Type" => value.name() == Some(b"DeveloperExtensions"),
                    b"BaseVersion" => value.name() == Some(b"1.7"),
                    b"ExtensionLevel" => matches!(value, Object::Int(1..=9)),
                    _ => false,
                })
            });
            keys && level(entry.dict()) > level(self.old.dict(before, b"ESIC"))
        };
        before.differing_keys(now).iter().all(|key| *key == b"ESIC" && esic())
            && (self.old.value(before, b"ESIC") == entry || esic())
    }

    fn field(&self, field: &SignatureField<'d>, existing: bool, account: &mut Account) -> Result<(), Problem> {
        let dict = field.value.reference().and_then(|id| Some((id, self.new.get(id).dict()?)));
        let Some((id, signature)) = dict else { return Ok(()) };
        let stamp = signature.is(b"Type", b"DocTimeStamp") || signature.is(b"SubFilter", b"ETSI.RFC3161");
        let known = |key: &[u8]| OF_STAMP.contains(&key) || !stamp && OF_SIGNATURE.contains(&key);
        let keys = signature.0.iter().all(|(key, value)| known(key) || key == b"V" && *value == Object::Int(0));
        if keys && signature.is(b"Filter", b"Adobe.PPKLite") {
            account.proper.insert(id.num);
        }
        if existing {
            // What a prepared field shows is the matter of whoever signs in it, and under that signature.
            let mut starts = Vec::new();
            for (_, widget) in field.widgets.iter().filter(|_| !stamp) {
                widget.get(b"AP").each_reference(&mut |id| starts.push(id));
            }
            return walk(self.new, starts, &Doors::new(), &mut account.proper, None);
        }
        // What a signer calls the field of a signature is the signer's word; a time-stamp is nobody's.
        let called = |name: &[u8]| if stamp { is_usual(name) } else { name.len() <= LONGEST_NAME };
        let little = |dict: &'d Dict| self.says_little(dict, &called);
        if little(field.dict) && field.widgets.iter().all(|(_, widget)| little(widget)) {
            account.proper.insert(field.id.num);
            account.proper.extend(field.widgets.iter().map(|(id, _)| id.num));
        }
        Ok(())
    }

    /// A new field that says where it is, and no more.
    fn says_little(&self, dict: &'d Dict, called: &dyn Fn(&[u8]) -> bool) -> bool {
        dict.0.iter().all(|(key, value)| match &key[..] {
            b"FT" | b"Type" | b"Subtype" => value.name().is_some(),
            b"F" => value.int().is_some(),
            b"Kids" => value.array().is_some_and(|kids| kids.iter().all(|kid| kid.reference().is_some())),
            b"P" => value.reference().is_some_and(|page| self.old.get(page).dict().is_some_and(is_page)),
            b"Parent" | b"V" => value.reference().is_some(),
            b"Rect" => value.array().is_some_and(|rect| rect.len() == 4 && rect.iter().all(|n| n.number().is_some())),
            b"T" => value.string().is_some_and(called),
            b"TU" => value.string() == Some(b"Timestamp"), // pyHanko's
            _ => false,
        })
    }
}

/// Whether a field is called what a tool would call it.
fn is_usual(name: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    let numbers = |rest: &[u8]| {
        let number = |byte: &u8| byte.is_ascii_hexdigit() || matches!(byte, b'-' | b'_' | b' ');
        rest.len() <= LONGEST_NUMBER && rest.iter().all(number)
    };
    STEMS.iter().any(|stem| name.strip_prefix(*stem).is_some_and(numbers))
}

fn is_page(dict: &Dict) -> bool {
    dict.is(b"Type", b"Page")
}

/// `D:20261201100000+08'00'` and its shorter forms (7.9.4).
fn is_date(text: &[u8]) -> bool {
    let digits = text.strip_prefix(b"D:").unwrap_or(text);
    digits.len() <= 21 && digits.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'\'' | b'Z'))
}
