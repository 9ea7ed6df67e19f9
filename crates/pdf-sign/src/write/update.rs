//! A new signature field by an incremental update (7.5.6): appended only, in the cross-reference style of the file.

use std::collections::BTreeMap;
use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use time::OffsetDateTime;

use super::{placeholder, serialize};
use crate::budget::Budget;
use crate::error::Error;
use crate::problem::ProblemKind;
use crate::read::document::{Document, View};
use crate::read::object::{Dict, Id, Object};

/// A signature field to be added.
#[derive(Debug, Clone, PartialEq)]
pub struct NewField {
    /// Name of the field; no other field may have it, and no dot may be in it.
    pub name: String,
    /// Page of the widget, counted from 0.
    pub page: usize,
    /// Left, bottom, right, top in points. All zero for an invisible signature.
    pub rect: [f64; 4],
    /// What the widget shows.
    pub appearance: Appearance,
    /// `/SubFilter`: `ETSI.CAdES.detached`, or `ETSI.RFC3161` for a document time-stamp.
    pub sub_filter: String,
    /// Bytes reserved for the signature.
    pub capacity: usize,
    /// `/Name`: who claims to sign.
    pub signer: Option<String>,
    /// `/Reason`.
    pub reason: Option<String>,
    /// `/Location`.
    pub location: Option<String>,
    /// `/M`.
    pub time: Option<OffsetDateTime>,
    /// P of a certification signature: only for the first signature of a file.
    pub certify: Option<u8>,
}

/// What a widget shows.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Appearance {
    /// Nothing.
    None,
    /// A picture over the whole rectangle, rows from the top, 8 bits a channel.
    Image {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
        /// Three bytes a pixel.
        rgb: Vec<u8>,
        /// One byte a pixel, 255 is opaque.
        alpha: Option<Vec<u8>>,
    },
}

impl NewField {
    /// An invisible field for a baseline signature, to be filled in.
    pub fn invisible(name: &str) -> Self {
        Self {
            name: name.into(),
            page: 0,
            rect: [0.0; 4],
            appearance: Appearance::None,
            sub_filter: "ETSI.CAdES.detached".into(),
            capacity: placeholder::USUAL_CAPACITY,
            signer: None,
            reason: None,
            location: None,
            time: None,
            certify: None,
        }
    }
}

/// The objects of the update, by number: the generation, and the bytes between `obj` and `endobj`.
struct Update<'d> {
    view: View<'d>,
    objects: BTreeMap<u32, (u16, Vec<u8>)>,
    next: u32,
}

/// The file with the update appended, its signature dictionary still a placeholder.
pub(super) fn append(mut pdf: Vec<u8>, field: &NewField) -> Result<Vec<u8>, Error> {
    check(field)?;
    let doc = Document::open(&pdf, &Budget::default())?;
    let view = doc.last();
    let size = view.trailer().get(b"Size").int().and_then(|n| u32::try_from(n).ok());
    let next = size.filter(|n| *n < 8_388_607 - 8).ok_or(ProblemKind::Size.in_file())?;
    let mut update = Update { view, objects: BTreeMap::new(), next };
    update.field(field)?;
    let tail = update.bytes(&pdf);
    drop(doc);
    pdf.extend(tail);
    Ok(pdf)
}

fn check(field: &NewField) -> Result<(), Error> {
    if field.name.is_empty() || field.name.contains('.') {
        return Err(Error::Unwritable("a field name is not empty and has no dot"));
    }
    if field.capacity == 0 || field.capacity > placeholder::MAX_CAPACITY {
        return Err(Error::Unwritable("the room for a signature is 1 to 32767 bytes"));
    }
    if field.certify.is_some_and(|p| !(1..=3).contains(&p)) {
        return Err(Error::Unwritable("P of a certification is 1, 2 or 3"));
    }
    let [left, bottom, right, top] = field.rect;
    if !field.rect.iter().all(|n| n.is_finite() && n.abs() < 1e6) || right < left || top < bottom {
        return Err(Error::Unwritable("the rectangle is left, bottom, right, top in points"));
    }
    if let Appearance::Image { width, height, rgb, alpha } = &field.appearance {
        let pixels = (*width as usize).checked_mul(*height as usize).filter(|n| *n > 0);
        let fits =
            pixels.is_some_and(|n| n.checked_mul(3) == Some(rgb.len()) && alpha.as_ref().is_none_or(|a| a.len() == n));
        if !fits {
            return Err(Error::Unwritable("the picture has other dimensions than its bytes"));
        }
    }
    Ok(())
}

impl Update<'_> {
    fn field(&mut self, field: &NewField) -> Result<(), Error> {
        let pages = self.view.pages()?;
        let page = pages.get(field.page).ok_or(Error::NoSuchPage { page: field.page, pages: pages.len() })?;
        let (page, mut leaf) = (page.id, page.dict.clone());
        let wanted = serialize::text(&field.name);
        let list = self.view.form().map(|form| self.view.array(form, b"Fields")).unwrap_or_default();
        let taken =
            list.iter().filter_map(|f| self.view.resolve(f).dict()).any(|f| *self.view.value(f, b"T") == wanted);
        if taken {
            return Err(Error::FieldExists(field.name.clone()));
        }
        if field.certify.is_some() && !self.view.signature_fields()?.is_empty() {
            return Err(Error::Unwritable("a certification signature is the first signature of a file"));
        }

        let signature = self.signature(field);
        let mut widget = Dict::default();
        widget.set(b"Type", name("Annot"));
        widget.set(b"Subtype", name("Widget"));
        widget.set(b"FT", name("Sig"));
        widget.set(b"T", wanted);
        widget.set(b"V", Object::Ref(signature));
        widget.set(b"F", Object::Int(132)); // Print, Locked
        widget.set(b"P", Object::Ref(page));
        widget.set(b"Rect", Object::Array(field.rect.map(Object::Real).to_vec()));
        if let Some(form) = self.appearance(field)? {
            let mut looks = Dict::default();
            looks.set(b"N", Object::Ref(form));
            widget.set(b"AP", Object::Dict(looks));
        }
        let widget = self.add(Object::Dict(widget));

        self.push(&mut leaf, b"Annots", widget);
        self.put(page, &Object::Dict(leaf));
        self.form(widget, signature, field)
    }

    fn signature(&mut self, field: &NewField) -> Id {
        let timestamp = field.sub_filter == "ETSI.RFC3161";
        let mut dict = Dict::default();
        dict.set(b"Type", name(if timestamp { "DocTimeStamp" } else { "Sig" }));
        dict.set(b"Filter", name("Adobe.PPKLite"));
        dict.set(b"SubFilter", name(&field.sub_filter));
        let texts = [(&b"Name"[..], &field.signer), (b"Reason", &field.reason), (b"Location", &field.location)];
        for (key, value) in texts {
            if let Some(value) = value {
                dict.set(key, serialize::text(value));
            }
        }
        if let Some(time) = field.time {
            dict.set(b"M", serialize::text(&date(time)));
        }
        if let Some(p) = field.certify {
            dict.set(b"Reference", Object::Array(vec![Object::Dict(doc_mdp(p))]));
        }
        let mut body = Vec::new();
        serialize::dict(&dict, &mut body);
        body.truncate(body.len() - 2);
        let placeholders =
            format!("{} {} >>", placeholder::contents_text(field.capacity), placeholder::BYTE_RANGE_TEXT);
        body.extend(placeholders.bytes());
        self.add_bytes(body)
    }

    /// One form XObject whose box has the size of the rectangle.
    fn appearance(&mut self, field: &NewField) -> Result<Option<Id>, Error> {
        let Appearance::Image { width, height, rgb, alpha } = &field.appearance else { return Ok(None) };
        let picture = |space: &str| {
            let mut dict = Dict::default();
            dict.set(b"Type", name("XObject"));
            dict.set(b"Subtype", name("Image"));
            dict.set(b"Width", Object::Int(i64::from(*width)));
            dict.set(b"Height", Object::Int(i64::from(*height)));
            dict.set(b"BitsPerComponent", Object::Int(8));
            dict.set(b"ColorSpace", name(space));
            dict
        };
        let mut image = picture("DeviceRGB");
        if let Some(alpha) = alpha {
            let mask = self.add_stream(picture("DeviceGray"), alpha)?;
            image.set(b"SMask", Object::Ref(mask));
        }
        let image = self.add_stream(image, rgb)?;
        let [left, bottom, right, top] = field.rect;
        let (w, h) = (right - left, top - bottom);
        let mut pictures = Dict::default();
        pictures.set(b"Im", Object::Ref(image));
        let mut resources = Dict::default();
        resources.set(b"XObject", Object::Dict(pictures));
        let mut form = Dict::default();
        form.set(b"Type", name("XObject"));
        form.set(b"Subtype", name("Form"));
        form.set(b"BBox", Object::Array([0.0, 0.0, w, h].map(Object::Real).to_vec()));
        form.set(b"Resources", Object::Dict(resources));
        let mut content = b"q ".to_vec();
        for number in [w, 0.0, 0.0, h, 0.0, 0.0] {
            serialize::object(&Object::Real(number), &mut content);
            content.push(b' ');
        }
        content.extend(b"cm /Im Do Q");
        self.add_stream(form, &content).map(Some)
    }

    /// `/AcroForm` with the new field and `/SigFlags 3`; the catalog when it has to change for that.
    fn form(&mut self, widget: Id, signature: Id, field: &NewField) -> Result<(), Error> {
        let root = self.view.trailer().get(b"Root").reference().ok_or(ProblemKind::Trailer.in_file())?;
        let mut catalog = self.view.catalog().ok_or(ProblemKind::Trailer.in_file())?.clone();
        let mut form = self.view.form().cloned().unwrap_or_default();
        self.push(&mut form, b"Fields", widget);
        form.set(b"SigFlags", Object::Int(3));
        let mut changed = field.certify.is_some();
        match catalog.get(b"AcroForm").reference() {
            Some(id) => self.put(id, &Object::Dict(form)),
            None => {
                catalog.set(b"AcroForm", Object::Dict(form));
                changed = true;
            }
        }
        if field.certify.is_some() {
            let mut perms = Dict::default();
            perms.set(b"DocMDP", Object::Ref(signature));
            catalog.set(b"Perms", Object::Dict(perms));
        }
        if changed {
            self.put(root, &Object::Dict(catalog));
        }
        Ok(())
    }

    /// Appends to an array that is direct, behind a reference, or not there yet.
    fn push(&mut self, dict: &mut Dict, key: &[u8], item: Id) {
        let written = dict.get(key).clone();
        let mut items = match &written {
            Object::Ref(id) => self.view.get(*id).array().unwrap_or_default().to_vec(),
            other => other.array().unwrap_or_default().to_vec(),
        };
        items.push(Object::Ref(item));
        match written {
            Object::Ref(id) if self.view.get(id).array().is_some() => self.put(id, &Object::Array(items)),
            _ => dict.set(key, Object::Array(items)),
        }
    }

    fn put(&mut self, id: Id, object: &Object) {
        let mut body = Vec::new();
        serialize::object(object, &mut body);
        self.objects.insert(id.num, (id.generation, body));
    }

    fn add(&mut self, object: Object) -> Id {
        let mut body = Vec::new();
        serialize::object(&object, &mut body);
        self.add_bytes(body)
    }

    fn add_stream(&mut self, mut dict: Dict, data: &[u8]) -> Result<Id, Error> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        let packed = encoder.write_all(data).and_then(|()| encoder.finish());
        let packed = packed.map_err(|_| Error::Unwritable("a stream could not be compressed"))?;
        dict.set(b"Filter", name("FlateDecode"));
        dict.set(b"Length", Object::Int(packed.len() as i64));
        let mut body = Vec::new();
        serialize::dict(&dict, &mut body);
        body.extend(b"\nstream\n");
        body.extend(packed);
        body.extend(b"\nendstream");
        Ok(self.add_bytes(body))
    }

    fn add_bytes(&mut self, body: Vec<u8>) -> Id {
        let id = Id { num: self.next, generation: 0 };
        self.next += 1;
        self.objects.insert(id.num, (0, body));
        id
    }

    /// Objects, cross-reference section, trailer.
    fn bytes(mut self, pdf: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        if !pdf.ends_with(b"\n") {
            out.push(b'\n');
        }
        let mut places: BTreeMap<u32, (u16, usize)> = BTreeMap::new();
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
        trailer.0.retain(|(_, value)| *value != Object::Null);
        trailer.set(b"Prev", Object::Int(last.xref as i64));
        if let Some([first, _]) = self.view.trailer().get(b"ID").array() {
            trailer.set(b"ID", Object::Array(vec![first.clone(), Object::String(new_id(pdf, &out))]));
        }
        let xref = pdf.len() + out.len();
        if last.xref_is_stream {
            let id = self.next;
            self.next += 1;
            places.insert(id, (0, xref));
            trailer.set(b"Size", Object::Int(i64::from(self.next)));
            xref_stream(id, &places, trailer, &mut out);
        } else {
            trailer.set(b"Size", Object::Int(i64::from(self.next)));
            xref_table(&places, &trailer, &mut out);
        }
        out.extend(format!("startxref\n{xref}\n%%EOF\n").bytes());
        out
    }
}

fn xref_table(places: &BTreeMap<u32, (u16, usize)>, trailer: &Dict, out: &mut Vec<u8>) {
    out.extend(b"xref\n");
    for run in runs(places) {
        out.extend(format!("{} {}\n", run[0].0, run.len()).bytes());
        for (_, generation, offset) in run {
            out.extend(format!("{offset:010} {generation:05} n \n").bytes());
        }
    }
    out.extend(b"trailer\n");
    serialize::dict(trailer, out);
    out.push(b'\n');
}

fn xref_stream(id: u32, places: &BTreeMap<u32, (u16, usize)>, mut dict: Dict, out: &mut Vec<u8>) {
    let mut data = Vec::new();
    let mut index = Vec::new();
    for run in runs(places) {
        index.extend([i64::from(run[0].0), run.len() as i64].map(Object::Int));
        for (_, generation, offset) in run {
            data.push(1);
            data.extend((offset as u64).to_be_bytes());
            data.extend(generation.to_be_bytes());
        }
    }
    dict.set(b"Type", name("XRef"));
    dict.set(b"W", Object::Array([1, 8, 2].map(Object::Int).to_vec()));
    dict.set(b"Index", Object::Array(index));
    dict.set(b"Length", Object::Int(data.len() as i64));
    out.extend(format!("{id} 0 obj\n").bytes());
    serialize::dict(&dict, out);
    out.extend(b"\nstream\n");
    out.extend(data);
    out.extend(b"\nendstream\nendobj\n");
}

/// Runs of consecutive object numbers.
fn runs(places: &BTreeMap<u32, (u16, usize)>) -> Vec<Vec<(u32, u16, usize)>> {
    let mut runs: Vec<Vec<(u32, u16, usize)>> = Vec::new();
    for (&num, &(generation, offset)) in places {
        match runs.last_mut() {
            Some(run) if run.last().is_some_and(|(last, ..)| last + 1 == num) => run.push((num, generation, offset)),
            _ => runs.push(vec![(num, generation, offset)]),
        }
    }
    runs
}

fn name(text: &str) -> Object {
    Object::Name(text.as_bytes().to_vec())
}

fn doc_mdp(p: u8) -> Dict {
    let mut parms = Dict::default();
    parms.set(b"Type", name("TransformParams"));
    parms.set(b"P", Object::Int(i64::from(p)));
    parms.set(b"V", name("1.2"));
    let mut reference = Dict::default();
    reference.set(b"Type", name("SigRef"));
    reference.set(b"TransformMethod", name("DocMDP"));
    reference.set(b"TransformParams", Object::Dict(parms));
    reference
}

fn date(time: OffsetDateTime) -> String {
    let (hours, minutes, _) = time.offset().as_hms();
    let sign = if time.offset().is_negative() { '-' } else { '+' };
    format!(
        "D:{:04}{:02}{:02}{:02}{:02}{:02}{sign}{:02}'{:02}'",
        time.year(),
        u8::from(time.month()),
        time.day(),
        time.hour(),
        time.minute(),
        time.second(),
        hours.unsigned_abs(),
        minutes.unsigned_abs()
    )
}

/// The second half of `/ID` only has to differ from the one before (14.4): FNV-1a over all that was and all that is new.
fn new_id(pdf: &[u8], update: &[u8]) -> Vec<u8> {
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013B;
    const START: u128 = 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D;
    let sum = pdf.iter().chain(update).fold(START, |sum, byte| (sum ^ u128::from(*byte)).wrapping_mul(PRIME));
    sum.to_be_bytes().to_vec()
}
