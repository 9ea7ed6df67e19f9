//! The signature dictionary (12.8.1) of a signature to come.

use time::OffsetDateTime;

use super::field::Lock;
use super::options::SignatureOptions;
use super::placeholder;
use super::serialize::{self, named};
use super::update::Update;
use crate::error::Error;
use crate::read::object::{Dict, Id, Object};

impl SignatureOptions {
    /// Adds the dictionary to the update; the locked fields, if any, are under the signature, too.
    pub(super) fn write(&self, lock: Option<&Lock>, update: &mut Update<'_>) -> Result<Id, Error> {
        let mut dict = Dict::default();
        dict.set(b"Type", named(if self.is_time_stamp() { "DocTimeStamp" } else { "Sig" }));
        dict.set(b"Filter", named("Adobe.PPKLite"));
        dict.set(b"SubFilter", named(&self.sub_filter));
        for (key, value) in [(&b"Name"[..], &self.signer), (b"Reason", &self.reason), (b"Location", &self.location)] {
            if let Some(value) = value {
                dict.set(key, serialize::text(value));
            }
        }
        if let Some(time) = self.time {
            dict.set(b"M", serialize::text(&date(time)));
        }
        let mut references = Vec::new();
        if let Some(p) = self.certify {
            references.push(Object::Dict(doc_mdp(p)));
        }
        if let Some(lock) = lock {
            references.push(Object::Dict(field_mdp(lock, update.root()?)));
        }
        if !references.is_empty() {
            dict.set(b"Reference", Object::Array(references.into()));
        }
        let mut body = Vec::new();
        serialize::dict(&dict, &mut body);
        body.truncate(body.len() - 2);
        let placeholders = format!("{} {} >>", placeholder::contents_text(self.capacity), placeholder::BYTE_RANGE_TEXT);
        body.extend(placeholders.bytes());
        Ok(update.add_bytes(body))
    }
}

fn doc_mdp(p: u8) -> Dict {
    let mut parms = Dict::default();
    parms.set(b"Type", named("TransformParams"));
    parms.set(b"P", Object::Int(i64::from(p)));
    parms.set(b"V", named("1.2"));
    reference("DocMDP", parms)
}

/// 12.8.2.4. `/Data` is required there; it is the document, that is its catalog.
fn field_mdp(lock: &Lock, root: Id) -> Dict {
    let mut parms = lock.entries();
    parms.set(b"Type", named("TransformParams"));
    parms.set(b"V", named("1.2"));
    let mut reference = reference("FieldMDP", parms);
    reference.set(b"Data", Object::Ref(root));
    reference
}

fn reference(method: &str, parms: Dict) -> Dict {
    let mut reference = Dict::default();
    reference.set(b"Type", named("SigRef"));
    reference.set(b"TransformMethod", named(method));
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
