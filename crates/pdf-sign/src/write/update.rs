//! An incremental update (7.5.6): appended only, in the cross-reference style of the file.

use std::collections::BTreeMap;
use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::serialize::{self, named};
use super::source::Source;
use super::xref::{self, Places};
use crate::budget::Budget;
use crate::error::Error;
use crate::meter::Meter;
use crate::problem::ProblemKind;
use crate::read::document::{Document, View};
use crate::read::object::{Dict, Id, Object};

/// The objects of the update, by number: the generation, and the bytes between `obj` and `endobj`.
pub(super) struct Update<'d> {
    pub(super) view: View<'d>,
    objects: BTreeMap<u32, (u16, Vec<u8>)>,
    next: u32,
}

/// No object number is higher (7.3.10 with annex C), and one update adds no more than this.
const MAX_NUMBER: u32 = 8_388_607;
const ROOM: u32 = 4096;

/// The file with an update appended; the file itself when `change` adds and alters nothing.
pub(super) fn append(
    mut pdf: Vec<u8>,
    change: impl FnOnce(&mut Update<'_>) -> Result<(), Error>,
) -> Result<Vec<u8>, Error> {
    let doc = Document::open(&pdf, &Budget::default())?;
    let view = doc.last();
    let size = view.trailer().get(b"Size").int().and_then(|n| u32::try_from(n).ok());
    let next = size.filter(|n| *n < MAX_NUMBER - ROOM).ok_or(ProblemKind::Size.in_file())?;
    let mut update = Update { view, objects: BTreeMap::new(), next };
    change(&mut update)?;
    if update.objects.is_empty() {
        drop(doc);
        return Ok(pdf);
    }
    let tail = update.bytes(&pdf);
    drop(doc);
    pdf.extend(tail);
    Ok(pdf)
}

impl<'d> Update<'d> {
    pub(super) fn meter(&self) -> &'d Meter {
        &self.view.doc.meter
    }

    pub(super) fn root(&self) -> Result<Id, Error> {
        Ok(self.view.trailer().get(b"Root").reference().ok_or(ProblemKind::Trailer.in_file())?)
    }

    /// Edits an object; it goes into the update when its text changed.
    pub(super) fn edit(
        &mut self,
        id: Id,
        change: impl FnOnce(&mut Self, &mut Source) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let before = match self.objects.get(&id.num) {
            Some((_, body)) => Source::from(body.clone()),
            None => Source::of(self.view, id)?,
        };
        let mut text = before.clone();
        change(self, &mut text)?;
        if text != before {
            self.objects.insert(id.num, (id.generation, text.bytes().to_vec()));
        }
        Ok(())
    }

    /// Edits what an entry of `holder` stands for, directly or behind a reference; `blank` when there is nothing yet.
    pub(super) fn entry(
        &mut self,
        holder: &mut Source,
        key: &[u8],
        blank: &str,
        change: impl FnOnce(&mut Self, &mut Source) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let meter = self.meter();
        let found = holder.get(key, meter)?;
        if let Some(Object::Ref(id)) = found.as_ref().map(|text| text.object(meter)).transpose()?
            && *self.view.get(id) != Object::Null
        {
            return self.edit(id, change);
        }
        let before = found.filter(|text| !matches!(text.object(meter), Ok(Object::Ref(_))));
        let mut text = before.clone().unwrap_or_else(|| Source::new(blank));
        change(self, &mut text)?;
        if before.as_ref() == Some(&text) { Ok(()) } else { holder.set(key, text.bytes(), meter) }
    }

    pub(super) fn add(&mut self, object: &Object) -> Id {
        let mut body = Vec::new();
        serialize::object(object, &mut body);
        self.add_bytes(body)
    }

    /// A stream, deflated.
    pub(super) fn add_stream(&mut self, mut dict: Dict, data: &[u8]) -> Result<Id, Error> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        let packed = encoder.write_all(data).and_then(|()| encoder.finish());
        let packed = packed.map_err(|_| Error::Unwritable("a stream could not be compressed"))?;
        dict.set(b"Filter", named("FlateDecode"));
        dict.set(b"Length", Object::Int(packed.len() as i64));
        let mut body = Vec::new();
        serialize::dict(&dict, &mut body);
        body.extend(b"\nstream\n");
        body.extend(packed);
        body.extend(b"\nendstream");
        Ok(self.add_bytes(body))
    }

    pub(super) fn add_bytes(&mut self, body: Vec<u8>) -> Id {
        let id = Id { num: self.next, generation: 0 };
        self.next += 1;
        self.objects.insert(id.num, (0, body));
        id
    }

    /// Notes in the catalog that the file uses what ETSI added to PDF 1.7 (EN 319 142-1 5.6); PDF 2.0 has it of itself.
    pub(super) fn extension(&mut self, catalog: &mut Source, level: i64) -> Result<(), Error> {
        let header = self.view.doc.bytes.get(5).copied();
        let version = self.view.catalog().and_then(|catalog| self.view.value(catalog, b"Version").name());
        if header == Some(b'2') || version.is_some_and(|version| version.starts_with(b"2")) {
            return Ok(());
        }
        self.entry(catalog, b"Extensions", "<<>>", |update, extensions| {
            let meter = update.meter();
            // An array of several entries is PDF 2.0's way; whoever wrote it keeps it.
            let mut known = Vec::new();
            if let Some(found) = extensions.get(b"ESIC", meter)? {
                let written = found.object(meter)?;
                let entry = match written.reference() {
                    Some(id) => update.view.get(id).dict(),
                    None => written.dict(),
                };
                let Some(dict) = entry else { return Ok(()) };
                known.extend(dict.get(b"ExtensionLevel").int());
            }
            if known.iter().all(|known| *known < level) {
                let entry = format!("<</BaseVersion /1.7 /ExtensionLevel {level}>>");
                extensions.set(b"ESIC", entry.as_bytes(), meter)?;
            }
            Ok(())
        })
    }

    /// Objects, cross-reference section, trailer.
    fn bytes(mut self, pdf: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        if !pdf.ends_with(b"\n") {
            out.push(b'\n');
        }
        let mut places = Places::new();
        for (num, (generation, body)) in &self.objects {
            places.insert(*num, (*generation, pdf.len() + out.len()));
            out.extend(format!("{num} {generation} obj\n").bytes());
            out.extend(body);
            out.extend(b"\nendobj\n");
        }
        let last = &self.view.doc.revisions[self.view.revision];
        let mut trailer = Dict::default();
        for key in [&b"Root"[..], b"Info"] {
            trailer.set(key, self.view.trailer().get(key).clone());
        }
        trailer.drop_nulls();
        trailer.set(b"Prev", Object::Int(last.xref as i64));
        if let Some([first, _]) = self.view.trailer().get(b"ID").array() {
            let before = self.view.trailer().get(b"ID").array().unwrap_or_default();
            trailer.set(
                b"ID",
                Object::Array([first.clone(), Object::String(new_id(before, pdf.len(), &out).into())].into()),
            );
        }
        let xref = pdf.len() + out.len();
        if last.xref_is_stream {
            let id = self.next;
            self.next += 1;
            places.insert(id, (0, xref));
            trailer.set(b"Size", Object::Int(i64::from(self.next)));
            xref::stream(id, &places, trailer, &mut out);
        } else {
            trailer.set(b"Size", Object::Int(i64::from(self.next)));
            xref::table(&places, &trailer, &mut out);
        }
        out.extend(format!("startxref\n{xref}\n%%EOF\n").bytes());
        out
    }
}

/// The second half of `/ID` only has to differ from the one before (14.4): FNV-1a over that, the length of the file, and all
/// that is new.
fn new_id(before: &[Object], length: usize, update: &[u8]) -> Vec<u8> {
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013B;
    const START: u128 = 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D;
    let before = before.iter().filter_map(Object::string).flatten();
    let sum = before
        .chain(&(length as u64).to_be_bytes())
        .chain(update)
        .fold(START, |sum, byte| (sum ^ u128::from(*byte)).wrapping_mul(PRIME));
    sum.to_be_bytes().to_vec()
}
