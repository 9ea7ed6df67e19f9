//! The cross-reference section of an update, in the style of the file: table (7.5.4) or stream (7.5.8).

use std::collections::BTreeMap;

use super::serialize;
use crate::read::object::{Dict, Object};

/// Of each object number its generation and offset.
pub(super) type Places = BTreeMap<u32, (u16, usize)>;

pub(super) fn table(places: &Places, trailer: &Dict, out: &mut Vec<u8>) {
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

pub(super) fn stream(id: u32, places: &Places, mut dict: Dict, out: &mut Vec<u8>) {
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
    dict.set(b"Type", serialize::named("XRef"));
    dict.set(b"W", Object::Array([1, 8, 2].map(Object::Int).into()));
    dict.set(b"Index", Object::Array(index.into()));
    dict.set(b"Length", Object::Int(data.len() as i64));
    out.extend(format!("{id} 0 obj\n").bytes());
    serialize::dict(&dict, out);
    out.extend(b"\nstream\n");
    out.extend(data);
    out.extend(b"\nendstream\nendobj\n");
}

/// Runs of consecutive object numbers.
fn runs(places: &Places) -> Vec<Vec<(u32, u16, usize)>> {
    let mut runs: Vec<Vec<(u32, u16, usize)>> = Vec::new();
    for (&num, &(generation, offset)) in places {
        match runs.last_mut() {
            Some(run) if run.last().is_some_and(|(last, ..)| last + 1 == num) => run.push((num, generation, offset)),
            _ => runs.push(vec![(num, generation, offset)]),
        }
    }
    runs
}
