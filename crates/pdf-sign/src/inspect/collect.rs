//! All signatures of all revisions: those that fields hold, those that fields held once, and those nobody holds.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use super::facts::{EmptyField, Facts, Signature, Standing};
use super::raw;
use crate::Lock;
use crate::problem::{Limit, Problem, ProblemKind};
use crate::read::document::{Document, State, View};
use crate::read::fields::SignatureField;
use crate::read::object::{Dict, Id, Object};
use crate::read::strings;

/// A signature is told apart by its object number and the revision that defined it there.
/// A dictionary written into a field directly goes by the field.
type Key = (u32, usize);

/// What a name of a list takes up besides its bytes.
const NAME: usize = size_of::<String>() + 2 * size_of::<usize>();

struct Found<'d> {
    dict: &'d Dict,
    view: View<'d>,
    field: Option<SignatureField<'d>>,
    object: Option<u32>,
    standing: Standing,
    shared: bool,
}

pub(crate) fn signatures<'d>(doc: &'d Document<'d>, facts: &mut Facts) -> Result<(), Problem> {
    let last = doc.last();
    let pages = last.pages()?;
    facts.pages = pages.len();
    facts.has_dss = last.catalog().is_some_and(|catalog| last.dict(catalog, b"DSS").is_some());
    facts.has_xfa = last.form().is_some_and(|form| form.has(b"XFA"));
    facts.certification = last
        .catalog()
        .and_then(|catalog| last.dict(catalog, b"Perms"))
        .and_then(|perms| perms.get(b"DocMDP").reference())
        .map(|id| id.num);
    let mut page_of = HashMap::new();
    let mut annotated = 0;
    for (index, page) in pages.iter().enumerate() {
        let annotations = last.array(page.dict, b"Annots");
        annotated += annotations.len();
        if annotated > doc.meter.budget.annotations {
            return Err(ProblemKind::OverBudget(Limit::Annotations).in_object(page.id.num));
        }
        for annotation in annotations.iter().filter_map(Object::reference) {
            page_of.entry(annotation).or_insert(index);
        }
    }

    let (found, empty) = collect(doc)?;
    for field in empty {
        let (page, rect) = place(&field, last, &page_of);
        facts.empty_fields.push(EmptyField { name: field.name, page, rect });
    }
    let mut found: Vec<(Key, Found<'_>)> = found.into_iter().collect();
    found.sort_by_key(|((num, revision), _)| (*revision, *num));
    for ((num, revision), found) in found {
        facts.signatures.push(describe(doc, found, revision, &page_of).map_err(|kind| kind.in_object(num))?);
    }
    // Ordered by what they sign, for those that sign a revision.
    facts.signatures.sort_by_key(|s| s.revision.unwrap_or(s.defined_in));

    let mut first: HashMap<&[u8], usize> = HashMap::new();
    let mut twice = HashSet::new();
    for (at, signature) in facts.signatures.iter().enumerate().filter(|(_, s)| !s.contents.is_empty()) {
        match first.entry(&signature.contents) {
            Entry::Vacant(place) => drop(place.insert(at)),
            Entry::Occupied(known) => twice.extend([at, *known.get()]),
        }
    }
    for at in twice {
        facts.signatures[at].duplicate = true;
    }
    Ok(())
}

type Collected<'d> = (HashMap<Key, Found<'d>>, Vec<SignatureField<'d>>);

fn collect<'d>(doc: &'d Document<'d>) -> Result<Collected<'d>, Problem> {
    let mut found: HashMap<Key, Found<'d>> = HashMap::new();
    let mut empty = Vec::new();
    let newest = doc.revisions.len() - 1;
    for revision in 0..=newest {
        let view = doc.view(revision);
        let mut seen = HashSet::new();
        for field in view.signature_fields()? {
            let Some(dict) = view.resolve(field.value).dict() else {
                if revision == newest {
                    empty.push(field);
                }
                continue;
            };
            let object = field.value.reference().map(|id| id.num);
            let num = object.unwrap_or(field.id.num);
            let key = (num, view.definition(num).map_or(revision, |def| def.revision));
            let shared = !seen.insert(key);
            let entry = found.entry(key).or_insert_with(|| Found {
                dict,
                view,
                field: None,
                object,
                standing: Standing::Removed,
                shared: false,
            });
            entry.shared |= shared;
            entry.view = view;
            if !shared {
                entry.field = Some(field);
            }
            if revision == newest {
                entry.standing = Standing::Current;
            }
            room(doc, found.len())?;
        }
    }
    for (num, def) in doc.definitions() {
        let State::Used { object, .. } = &def.state else { continue };
        let Some(dict) = object.dict() else { continue };
        let signature = dict.has(b"ByteRange") && dict.has(b"Contents");
        if signature && !found.contains_key(&(num, def.revision)) {
            let orphan = Found {
                dict,
                view: doc.view(def.revision),
                field: None,
                object: Some(num),
                standing: Standing::Orphan,
                shared: false,
            };
            // A field that carries its dictionary directly holds neither key itself.
            found.insert((num, def.revision), orphan);
            room(doc, found.len())?;
        }
    }
    Ok((found, empty))
}

fn room(doc: &Document<'_>, signatures: usize) -> Result<(), Problem> {
    if signatures > doc.meter.budget.signatures {
        return Err(ProblemKind::OverBudget(Limit::Signatures).in_file());
    }
    Ok(())
}

/// What one signature says. Strings may be those of many, and large: each copy counts.
fn describe(
    doc: &Document<'_>,
    found: Found<'_>,
    defined_in: usize,
    page_of: &HashMap<Id, usize>,
) -> Result<Signature, ProblemKind> {
    let Found { dict, view, field, object, standing, shared } = found;
    let span = object.and_then(|num| match &doc.view(defined_in).definition(num)?.state {
        State::Used { span, container: None, object: Object::Dict(_), .. } => Some(span.clone()),
        _ => None,
    });
    let meter = &doc.meter;
    let value = dict.get(b"Contents").string().unwrap_or_default().len();
    meter.take(Limit::SignatureBytes, value)?;
    meter.keep(value)?;
    meter.steps(view.array(dict, b"Reference").len())?;
    let raw = raw::check(doc, dict, span, defined_in);
    let (page, rect) = field.as_ref().map_or((None, None), |field| place(field, view, page_of));
    let kept = |bytes: &[u8]| meter.keep(bytes.len().saturating_mul(3));
    let name = |key: &[u8]| -> Result<Option<String>, ProblemKind> {
        let Some(name) = view.value(dict, key).name() else { return Ok(None) };
        kept(name)?;
        Ok(Some(String::from_utf8_lossy(name).into_owned()))
    };
    let text = |key: &[u8]| -> Result<Option<String>, ProblemKind> {
        let Some(text) = view.value(dict, key).string() else { return Ok(None) };
        kept(text)?;
        Ok(Some(strings::text(text)))
    };
    let claimed_time_text = text(b"M")?;
    Ok(Signature {
        field: field.map(|field| field.name),
        object,
        standing,
        shared,
        duplicate: false,
        page,
        rect,
        type_name: name(b"Type")?,
        filter: name(b"Filter")?,
        sub_filter: name(b"SubFilter")?,
        byte_range: raw.byte_range,
        contents: raw.contents,
        der_len: raw.der_len,
        checks: raw.checks,
        claimed_time: claimed_time_text.as_deref().and_then(strings::date),
        claimed_time_text,
        reason: text(b"Reason")?,
        name: text(b"Name")?,
        location: text(b"Location")?,
        contact: text(b"ContactInfo")?,
        has_cert_key: dict.has(b"Cert"),
        certifies: certifies(view, dict),
        permits: permits(view, dict),
        locks: locks(view, dict)?,
        revision: raw.revision,
        defined_in,
        covers_file: raw.covers_file,
    })
}

/// The parameters of the transforms of one method, in the signature's references (12.8.1).
fn transforms<'d>(view: View<'d>, dict: &'d Dict, method: &[u8]) -> Vec<Option<&'d Dict>> {
    let references = view.array(dict, b"Reference").iter().filter_map(|r| view.resolve(r).dict());
    let of_method = references.filter(|r| view.value(r, b"TransformMethod").name() == Some(method));
    of_method.map(|r| view.dict(r, b"TransformParams")).collect()
}

/// P of the DocMDP transform, 2 when left out; 0 for one that is none, or two of them.
fn certifies(view: View<'_>, dict: &Dict) -> Option<u8> {
    let found = transforms(view, dict, b"DocMDP");
    let [params] = found.as_slice() else { return (!found.is_empty()).then_some(0) };
    Some(params.and_then(|params| permission(view, params)).unwrap_or(2))
}

/// The least that a DocMDP transform, or the lock of the field through FieldMDP, lets happen afterwards.
fn permits(view: View<'_>, dict: &Dict) -> Option<u8> {
    let locks = transforms(view, dict, b"FieldMDP").into_iter().flatten();
    certifies(view, dict).into_iter().chain(locks.filter_map(|params| permission(view, params))).min()
}

fn permission(view: View<'_>, params: &Dict) -> Option<u8> {
    match view.value(params, b"P") {
        Object::Null => None,
        Object::Int(n @ 1..=3) => Some(*n as u8),
        _ => Some(0),
    }
}

/// FieldMDP: what is not understood locks everything.
fn locks(view: View<'_>, dict: &Dict) -> Result<Vec<Lock>, ProblemKind> {
    let meter = &view.doc.meter;
    let lock = |params: Option<&Dict>| {
        let Some(params) = params else { return Ok(Lock::All) };
        let names = || -> Result<Vec<String>, ProblemKind> {
            let fields = view.array(params, b"Fields");
            meter.steps(fields.len())?;
            let names = fields.iter().filter_map(|name| view.resolve(name).string());
            let copy = |name: &[u8]| {
                meter.keep(NAME + name.len().saturating_mul(3))?;
                Ok(strings::text(name))
            };
            names.map(copy).collect()
        };
        Ok(match view.value(params, b"Action").name() {
            Some(b"Include") => Lock::Include(names()?),
            Some(b"Exclude") => Lock::Exclude(names()?),
            _ => Lock::All,
        })
    };
    transforms(view, dict, b"FieldMDP").into_iter().map(lock).collect()
}

fn place(
    field: &SignatureField<'_>,
    view: View<'_>,
    page_of: &HashMap<Id, usize>,
) -> (Option<usize>, Option<[f64; 4]>) {
    let Some((id, widget)) = field.widgets.first() else { return (None, None) };
    (page_of.get(id).copied(), rect(view, view.value(widget, b"Rect")))
}

/// A rectangle with its corners put in order (7.9.5).
pub(crate) fn rect(view: View<'_>, object: &Object) -> Option<[f64; 4]> {
    let numbers = object.array()?;
    let numbers: Vec<f64> = numbers.iter().map(|n| number(view, n)).collect::<Option<_>>()?;
    let [x0, y0, x1, y1] = numbers.try_into().ok()?;
    Some([f64::min(x0, x1), f64::min(y0, y1), f64::max(x0, x1), f64::max(y0, y1)])
}

fn number(view: View<'_>, object: &Object) -> Option<f64> {
    match object {
        Object::Ref(id) => view.get(*id).number(),
        other => other.number(),
    }
}
