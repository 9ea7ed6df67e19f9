//! Faces: page, background, slots, lines; the boxes have a file of their own.

use std::collections::BTreeSet;

use super::geometry::{FARTHEST, is_sane, seal_rect};
use super::{Findings, boxes, fields};
use crate::length::{Rect, Size};
use crate::page::Rgb;
use crate::template::Template;
use crate::template::model::{Face, FieldType, TemplateFile};

pub(super) fn check(template: &Template, findings: &mut Findings) {
    let file = &template.file;
    if file.faces.is_empty() {
        findings.error("face.none", "face", "a template needs a face", "");
    }
    let mut seen = BTreeSet::new();
    for (at, face) in file.faces.iter().enumerate() {
        let place = format!("face.{}", face.id);
        if !seen.insert(&face.id) || !is_id(&face.id) {
            findings.error(
                "face.id",
                &place,
                "face ids must be well formed and differ",
                "lower-case letters, digits, hyphens",
            );
        }
        if let Some(condition) = &face.when {
            fields::condition(file, condition, &format!("{place}.when"), findings);
        }
        let [width, height] = face.size;
        if !is_sane([0.0, 0.0, width, height]) || width < SMALLEST || height < SMALLEST {
            let hint = format!("{SMALLEST} to {FARTHEST} mm");
            findings.error("face.size", &place, format!("a page of {width} × {height} mm"), &hint);
            continue;
        }
        let page = Rect::from_mm([0.0, 0.0, width, height]);
        let art = template.backgrounds.get(at).and_then(Option::as_ref);
        if art.is_some_and(|art| art.size != Size { width: page.width, height: page.height }) {
            findings.error("face.background", &place, "the background is drawn for another page size", "");
        }
        slots(face, &place, &page, findings);
        signatures(face, &place, findings);
        lines(face, &place, &page, findings);
        boxes::check(file, face, &place, findings);
    }
    if template.continuation.as_ref().is_some_and(|art| art.size != crate::layout::CONTINUATION) {
        let message = "the background of continuation pages is drawn for another page size";
        findings.error("continuation.background", "continuation", message, "210 × 297 mm");
    }
    reached(file, findings);
}

/// The area in which a face's boxes and slots must stay.
pub(super) fn safe_area(face: &Face) -> Rect {
    Rect::from_mm(face.safe_area.unwrap_or([0.0, 0.0, face.size[0], face.size[1]]))
}

fn slots(face: &Face, place: &str, page: &Rect, findings: &mut Findings) {
    if face.safe_area.is_some_and(|area| !is_sane(area) || !page.contains(&Rect::from_mm(area))) {
        findings.error("face.safe-area", &format!("{place}.safe_area"), "the safe area is not on the page", "");
    }
    let safe = safe_area(face);
    let qr_place = format!("{place}.qr");
    let [_, _, width, height] = face.qr.at;
    if !is_sane(face.qr.at) {
        findings.error("qr.size", &qr_place, "an impossible place", "");
        return;
    }
    if width.min(height) < SMALLEST_QR {
        let message = format!("{width} × {height} mm are too small for a telephone's camera");
        findings.error("qr.size", &qr_place, message, &format!("at least {SMALLEST_QR} mm"));
    }
    let code = Rect::from_mm(face.qr.at);
    if !safe.contains(&code) {
        findings.error("qr.off-page", &qr_place, "outside the safe area", "");
    }
    let seal_place = format!("{place}.seal");
    let around = seal_rect(&face.seal);
    if !is_sane(around) || !(SMALLEST_SEAL..=LARGEST_SEAL).contains(&face.seal.diameter) {
        let hint = format!("{SMALLEST_SEAL} to {LARGEST_SEAL} mm");
        findings.error("seal.size", &seal_place, format!("a seal of {} mm", face.seal.diameter), &hint);
        return;
    }
    if !page.contains(&Rect::from_mm(around)) {
        findings.error("seal.off-page", &seal_place, "the seal leaves the page", "");
    } else if !safe.contains(&Rect::from_mm(around)) {
        findings.warning("seal.off-page", &seal_place, "the seal leaves the safe area", "");
    }
    if super::geometry::seal_covers(&face.seal, &code) {
        findings.error("seal.covers", &seal_place, "the seal covers the QR code", "");
    }
}

/// Fields for later signatures: what they will show must hide nothing.
fn signatures(face: &Face, place: &str, findings: &mut Findings) {
    let mut seen = BTreeSet::from([crate::issue::SIGNATURE_FIELD]);
    let sane = |at: [f64; 4]| is_sane(at).then(|| Rect::from_mm(at));
    for (index, slot) in face.signatures.iter().enumerate() {
        let place = format!("{place}.signature.{}", slot.name);
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if slot.name.is_empty() || !slot.name.bytes().all(plain) || !seen.insert(&slot.name) {
            let message = "names of signature fields must be well formed and differ, also from the issuer's own";
            findings.error("signature.name", &place, message, "letters, digits, - and _");
        }
        let Some(area) = sane(slot.at) else {
            findings.error(
                "signature.size",
                &place,
                format!("{:?} is no box", slot.at),
                "x, y, width and height in mm",
            );
            continue;
        };
        if !safe_area(face).contains(&area) {
            findings.error("signature.off-page", &place, "the field leaves the page or its safe area", "");
        }
        let boxes = face.boxes.iter().filter_map(|shown| Some((shown.id.as_str(), sane(shown.at)?)));
        let others = face.signatures[..index].iter().filter_map(|slot| Some((slot.name.as_str(), sane(slot.at)?)));
        let code = sane(face.qr.at).map(|at| ("qr", at));
        for (id, _) in boxes.chain(others).chain(code).filter(|(_, other)| other.overlaps(&area)) {
            findings.error("signature.overlap", &place, format!("the later signature would cover `{id}`"), "");
        }
        if super::geometry::seal_covers(&face.seal, &area) {
            findings.error("signature.overlap", &place, "the later signature would cover the seal", "");
        }
    }
}

fn lines(face: &Face, place: &str, page: &Rect, findings: &mut Findings) {
    for (at, line) in face.lines.iter().enumerate() {
        let place = format!("{place}.line[{at}]");
        let [x1, y1, x2, y2] = line.at;
        let inside = |x: f64, y: f64| {
            x.is_finite()
                && y.is_finite()
                && (0.0..=page.width.mm()).contains(&x)
                && (0.0..=page.height.mm()).contains(&y)
        };
        if !inside(x1, y1) || !inside(x2, y2) {
            findings.error("line.off-page", &place, "the line leaves the page", "");
        }
        if !(line.width > 0.0 && line.width <= 10.0) {
            findings.error("line.width", &place, format!("a line {} mm wide", line.width), "");
        }
        if Rgb::from_hex(&line.color).is_none() {
            findings.error("line.color", &place, format!("`{}` is not #RRGGBB", line.color), "");
        }
    }
}

/// Every record finds a face, and every face finds a record.
fn reached(file: &TemplateFile, findings: &mut Findings) {
    if let Some(always) = file.faces.iter().position(|face| face.when.is_none()) {
        for face in &file.faces[always + 1..] {
            let hint = "the first face whose `when` holds is taken";
            findings.error("face.unreached", &format!("face.{}", face.id), "a face before it always holds", hint);
        }
        return;
    }
    let conditions: Vec<_> = file.faces.iter().filter_map(|face| face.when.as_ref()).collect();
    let Some(first) = conditions.first() else { return };
    let field = file.fields.iter().find(|field| field.key == first.field);
    let covered = conditions.iter().all(|condition| condition.field == first.field)
        && field.is_some_and(|field| {
            let all = |option: &String| conditions.iter().any(|condition| condition.is.contains(option));
            // Records without the field take the first face.
            field.kind == FieldType::Enum && !field.open && field.options.iter().all(all)
        });
    if !covered {
        findings.warning("face.uncovered", "face", "some records may find no face", "let the last face have no `when`");
    }
}

pub(super) fn is_id(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// Smallest side of a page in mm.
const SMALLEST: f64 = 50.0;
/// Four modules of quiet zone included; see the index format.
const SMALLEST_QR: f64 = 22.0;
/// 国发〔1999〕25号: 35 mm steel stamps to 60 mm of the State Council.
const SMALLEST_SEAL: f64 = 35.0;
const LARGEST_SEAL: f64 = 60.0;
