//! Signature fields (12.7.4.5): added and signed at once, added empty for later, or signed where they were prepared.

use super::appearance::{self, Appearance};
use super::options::SignatureOptions;
use super::serialize::{self, coordinate, named};
use super::source::Source;
use super::update::{self, Update};
use crate::error::Error;
use crate::problem::ProblemKind;
use crate::read::document::View;
use crate::read::object::{Dict, Id, Object};
use crate::read::strings;

/// A signature field to be added.
#[derive(Debug, Clone, PartialEq)]
pub struct NewField {
    /// Name of the field; no other field may have it, and no dot may be in it.
    pub name: String,
    /// Page of the widget, counted from 0.
    pub page: usize,
    /// Left, bottom, right, top in points. All zero for an invisible signature.
    pub rect: [f64; 4],
    /// What it says and shows.
    pub signature: SignatureOptions,
}

/// An empty signature field that is there already, to be signed. What the field says of itself (its place, its `/Lock`)
/// stays as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct ExistingField {
    /// Full name of the field, with dots when it has parents.
    pub name: String,
    /// What it says and shows.
    pub signature: SignatureOptions,
}

/// A signature field to be added empty, for somebody who signs later.
#[derive(Debug, Clone, PartialEq)]
pub struct BlankField {
    /// Name of the field; no other field may have it, and no dot may be in it.
    pub name: String,
    /// Page of the widget, counted from 0.
    pub page: usize,
    /// Left, bottom, right, top in points. All zero for one that will not be seen.
    pub rect: [f64; 4],
    /// Which fields may not change any more once it is signed.
    pub lock: Option<Lock>,
}

/// `/Lock` (12.7.4.5, table 233): what signing the field locks.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lock {
    /// All fields.
    All,
    /// These fields.
    Include(Vec<String>),
    /// All fields but these.
    Exclude(Vec<String>),
}

impl NewField {
    /// An invisible field for a baseline signature.
    pub fn invisible(name: &str) -> Self {
        Self { name: name.into(), page: 0, rect: [0.0; 4], signature: SignatureOptions::default() }
    }

    /// An invisible field for a document time-stamp.
    pub fn time_stamp(name: &str) -> Self {
        Self { signature: SignatureOptions::time_stamp(), ..Self::invisible(name) }
    }
}

impl ExistingField {
    /// A baseline signature in this field.
    pub fn named(name: &str) -> Self {
        Self { name: name.into(), signature: SignatureOptions::default() }
    }
}

impl Lock {
    /// `/Action` and `/Fields`.
    pub(super) fn entries(&self) -> Dict {
        let (action, fields) = match self {
            Self::All => ("All", None),
            Self::Include(fields) => ("Include", Some(fields)),
            Self::Exclude(fields) => ("Exclude", Some(fields)),
        };
        let mut dict = Dict::default();
        dict.set(b"Action", named(action));
        if let Some(fields) = fields {
            dict.set(b"Fields", Object::Array(fields.iter().map(|name| serialize::text(name)).collect()));
        }
        dict
    }

    fn read(view: View<'_>, field: &Dict) -> Result<Option<Self>, Error> {
        let Some(dict) = view.dict(field, b"Lock") else { return Ok(None) };
        let names = view.array(dict, b"Fields").iter().filter_map(|name| view.resolve(name).string());
        let names = names.map(strings::text).collect();
        match view.value(dict, b"Action").name() {
            Some(b"All") => Ok(Some(Self::All)),
            Some(b"Include") => Ok(Some(Self::Include(names))),
            Some(b"Exclude") => Ok(Some(Self::Exclude(names))),
            _ => Err(Error::Unwritable("the field's /Lock has an /Action that is none of All, Include, Exclude")),
        }
    }
}

/// The file with an empty signature field added: an update, to be made before anything is signed.
///
/// Signed documents are refused: a field that comes after a seal is one that the seal did not foresee.
pub fn add_blank_field(pdf: Vec<u8>, field: &BlankField) -> Result<Vec<u8>, Error> {
    check_place(&field.name, field.rect)?;
    update::append(pdf, |update| {
        let signed = update.view.signature_fields()?.iter().any(|f| update.view.resolve(f.value).dict().is_some());
        if signed {
            return Err(Error::Unwritable("the document is signed: fields for later signatures come before the first"));
        }
        let mut widget = widget(&field.name, field.rect);
        if let Some(lock) = &field.lock {
            let mut entries = lock.entries();
            entries.set(b"Type", named("SigFieldLock"));
            let lock = update.add(&Object::Dict(entries));
            widget.set(b"Lock", Object::Ref(lock));
        }
        look(update, &mut widget, &Appearance::None, field.rect)?;
        place(update, widget, field.page, &field.name)?;
        Ok(())
    })
}

/// The file with the update appended, its signature dictionary still a placeholder.
pub(super) fn add(pdf: Vec<u8>, field: &NewField) -> Result<Vec<u8>, Error> {
    check_place(&field.name, field.rect)?;
    let options = &field.signature;
    options.check()?;
    update::append(pdf, |update| {
        check_first(update, options)?;
        let signature = options.write(None, update)?;
        let mut widget = widget(&field.name, field.rect);
        widget.set(b"V", Object::Ref(signature));
        look(update, &mut widget, &options.appearance, field.rect)?;
        place(update, widget, field.page, &field.name)?;
        finish(update, options, signature)
    })
}

/// The file with the update appended that fills the field, its signature dictionary still a placeholder.
pub(super) fn fill(pdf: Vec<u8>, slot: &ExistingField) -> Result<Vec<u8>, Error> {
    let options = &slot.signature;
    options.check()?;
    update::append(pdf, |update| {
        check_first(update, options)?;
        let view = update.view;
        let fields = view.signature_fields()?;
        let empty = |value: &Object| *view.resolve(value) == Object::Null;
        let field = fields.iter().find(|field| field.name == slot.name).ok_or_else(|| Error::NoSuchField {
            name: slot.name.clone(),
            empty: fields.iter().filter(|field| empty(field.value)).map(|field| field.name.clone()).collect(),
        })?;
        if !empty(field.value) {
            return Err(Error::FieldSigned(slot.name.clone()));
        }
        let lock = Lock::read(view, field.dict)?;
        let signature = options.write(lock.as_ref(), update)?;
        let form = match (&options.appearance, field.widgets.as_slice()) {
            (Appearance::None, _) => None,
            (picture, [(id, widget)]) => {
                let rect = crate::inspect::rect(view, view.value(widget, b"Rect"));
                let [left, bottom, right, top] = rect.ok_or(ProblemKind::FieldTree.in_object(id.num))?;
                if right <= left || top <= bottom {
                    return Err(Error::Unwritable("the field takes up no room, so it cannot show a picture"));
                }
                appearance::form(update, picture, [right - left, top - bottom])?.map(|form| (*id, form))
            }
            _ => return Err(Error::Unwritable("a field with several widgets, or none, shows no picture")),
        };
        update.edit(field.id, |update, text| {
            text.set(b"V", format!("{} 0 R", signature.num).as_bytes(), update.meter())
        })?;
        if let Some((widget, form)) = form {
            update.edit(widget, |update, text| {
                text.set(b"AP", format!("<</N {} 0 R>>", form.num).as_bytes(), update.meter())
            })?;
        }
        finish(update, options, signature)
    })
}

fn check_place(name: &str, rect: [f64; 4]) -> Result<(), Error> {
    if name.is_empty() || name.contains('.') {
        return Err(Error::Unwritable("a field name is not empty and has no dot"));
    }
    let [left, bottom, right, top] = rect;
    if !rect.iter().all(|n| n.is_finite() && n.abs() < 1e6) || right < left || top < bottom {
        return Err(Error::Unwritable("the rectangle is left, bottom, right, top in points"));
    }
    Ok(())
}

/// Certification comes before all other signatures; fields that wait do not count.
fn check_first(update: &Update<'_>, options: &SignatureOptions) -> Result<(), Error> {
    let signed = |value: &Object| update.view.resolve(value).dict().is_some();
    if options.certify.is_some() && update.view.signature_fields()?.iter().any(|field| signed(field.value)) {
        return Err(Error::Unwritable("a certification signature is the first signature of a file"));
    }
    Ok(())
}

fn widget(name: &str, rect: [f64; 4]) -> Dict {
    let mut widget = Dict::default();
    widget.set(b"Type", named("Annot"));
    widget.set(b"Subtype", named("Widget"));
    widget.set(b"FT", named("Sig"));
    widget.set(b"T", serialize::text(name));
    widget.set(b"F", Object::Int(132)); // Print, Locked
    widget.set(b"Rect", Object::Array(rect.map(coordinate).into()));
    widget
}

fn look(
    update: &mut Update<'_>,
    widget: &mut Dict,
    appearance: &Appearance,
    [left, bottom, right, top]: [f64; 4],
) -> Result<(), Error> {
    if let Some(form) = appearance::form(update, appearance, [right - left, top - bottom])? {
        let mut looks = Dict::default();
        looks.set(b"N", Object::Ref(form));
        widget.set(b"AP", Object::Dict(looks));
    }
    Ok(())
}

/// Lists the widget on its page and in the form.
fn place(update: &mut Update<'_>, mut widget: Dict, page: usize, name: &str) -> Result<Id, Error> {
    let view = update.view;
    let pages = view.pages()?;
    let page = pages.get(page).ok_or(Error::NoSuchPage { page, pages: pages.len() })?.id;
    let list = view.form().map(|form| view.array(form, b"Fields")).unwrap_or_default();
    let names = |field: &Object| {
        let dict = view.resolve(field).dict()?;
        Some(strings::text(view.value(dict, b"T").string()?))
    };
    if list.iter().filter_map(names).any(|taken| taken == name) {
        return Err(Error::FieldExists(name.to_owned()));
    }
    widget.set(b"P", Object::Ref(page));
    let widget = update.add(&Object::Dict(widget));
    let item = format!("{} 0 R", widget.num);
    update.edit(page, |update, page| update.entry(page, b"Annots", "[]", |_, list| list.push(item.as_bytes())))?;
    update.edit(update.root()?, |update, catalog| {
        update.entry(catalog, b"AcroForm", "<<>>", |update, form| {
            update.entry(form, b"Fields", "[]", |_, list| list.push(item.as_bytes()))
        })
    })?;
    Ok(widget)
}

/// What form and catalog have to say of a signature.
fn finish(update: &mut Update<'_>, options: &SignatureOptions, signature: Id) -> Result<(), Error> {
    update.edit(update.root()?, |update, catalog| {
        update.entry(catalog, b"AcroForm", "<<>>", flags)?;
        if options.certify.is_some() {
            let perms = format!("<</DocMDP {} 0 R>>", signature.num);
            catalog.set(b"Perms", perms.as_bytes(), update.meter())?;
        }
        options.extension_level().map_or(Ok(()), |level| update.extension(catalog, level))
    })
}

/// SignaturesExist and AppendOnly (table 219).
fn flags(update: &mut Update<'_>, form: &mut Source) -> Result<(), Error> {
    let meter = update.meter();
    let found = form.get(b"SigFlags", meter)?.map(|text| text.object(meter)).transpose()?;
    let known = found.and_then(|object| object.int()).unwrap_or(0);
    if known & 3 == 3 { Ok(()) } else { form.set(b"SigFlags", (known | 3).to_string().as_bytes(), meter) }
}
