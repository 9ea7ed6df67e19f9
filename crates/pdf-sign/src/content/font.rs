//! Fonts as far as text needs them: how codes are cut, what they mean, how far they advance (9.6, 9.7).

use std::sync::Arc;

use super::cmap::{Meaning, ToUnicode};
use crate::problem::{Limit, ProblemKind};
use crate::read::document::View;
use crate::read::object::{Dict, Object};

#[derive(Debug)]
pub(super) struct Font {
    pub(super) name: Arc<str>,
    two_bytes: bool,
    to_unicode: Option<ToUnicode>,
    /// A simple font without `/ToUnicode` whose codes are Latin text.
    latin: bool,
    widths: Widths,
    /// Which of the fonts that were read, when their programs are kept.
    pub(super) number: Option<usize>,
    /// From codes to glyphs of the program.
    gids: Gids,
}

/// `/CIDToGIDMap` (9.7.4.2).
#[derive(Debug)]
enum Gids {
    /// There is no TrueType program whose glyphs could be numbered.
    None,
    Identity,
    /// Two bytes a code.
    Map(Vec<u8>),
}

#[derive(Debug)]
enum Widths {
    Simple {
        first: i64,
        widths: Vec<f64>,
        missing: f64,
    },
    /// First and last CID, and the width of each or of all.
    Cid {
        ranges: Vec<(u32, u32, Vec<f64>)>,
        default: f64,
    },
}

/// A range of widths, without them.
const RANGE: usize = 56;

/// One character code with its meaning (`None`: the font does not tell) and its advance in text units.
pub(super) struct Glyph<'f> {
    pub(super) code: u32,
    pub(super) text: Option<Meaning<'f>>,
    pub(super) advance: f64,
    /// A one-byte code 32: word spacing applies.
    pub(super) is_space: bool,
}

impl Font {
    pub(super) fn read<'d>(view: View<'d>, dict: &'d Dict) -> Result<Self, ProblemKind> {
        view.doc.meter.take(Limit::Fonts, 1)?;
        let two_bytes = view.value(dict, b"Subtype").name() == Some(b"Type0");
        let to_unicode = match view.value(dict, b"ToUnicode").stream() {
            Some(stream) => Some(ToUnicode::parse(&view.decode(stream, Limit::MapBytes)?, &view.doc.meter)?),
            None => None,
        };
        let name = view.value(dict, b"BaseFont").name().unwrap_or_default();
        let encoding = view.value(dict, b"Encoding");
        let base = match encoding {
            Object::Dict(encoding) if encoding.has(b"Differences") => None,
            Object::Dict(encoding) => encoding.get(b"BaseEncoding").name().or(Some(b"StandardEncoding")),
            Object::Name(name) => Some(name.as_slice()),
            _ => Some(&b"StandardEncoding"[..]),
        };
        let symbolic = matches!(name, b"Symbol" | b"ZapfDingbats");
        Ok(Self {
            name: String::from_utf8_lossy(name).into(),
            two_bytes,
            to_unicode,
            latin: !two_bytes && base.is_some() && !symbolic,
            number: None,
            gids: Gids::None,
            widths: if two_bytes { cid_widths(view, dict)? } else { simple_widths(view, dict)? },
        })
    }

    /// The TrueType file, when codes are numbers of glyphs in it: Type 0 with Identity-H over CIDFontType2.
    pub(super) fn program<'d>(&mut self, view: View<'d>, dict: &'d Dict) -> Result<Option<Vec<u8>>, ProblemKind> {
        let descendant = view.array(dict, b"DescendantFonts").first().and_then(|font| view.resolve(font).dict());
        let plain = self.two_bytes && view.value(dict, b"Encoding").name() == Some(b"Identity-H");
        let Some(descendant) = descendant.filter(|_| plain) else { return Ok(None) };
        if view.value(descendant, b"Subtype").name() != Some(b"CIDFontType2") {
            return Ok(None);
        }
        let gids = match view.value(descendant, b"CIDToGIDMap") {
            Object::Stream(map) => Gids::Map(view.decode(map, Limit::MapBytes)?.keep()),
            Object::Name(name) if name == b"Identity" => Gids::Identity,
            Object::Null => Gids::Identity,
            _ => return Ok(None),
        };
        let descriptor = view.dict(descendant, b"FontDescriptor");
        let Some(file) = descriptor.and_then(|descriptor| view.value(descriptor, b"FontFile2").stream()) else {
            return Ok(None);
        };
        self.gids = gids;
        Ok(Some(view.decode(file, Limit::FontBytes)?.keep()))
    }

    /// The glyph that a code draws.
    pub(super) fn glyph(&self, code: u32) -> Option<u16> {
        match &self.gids {
            Gids::None => None,
            Gids::Identity => u16::try_from(code).ok(),
            Gids::Map(map) => {
                let at = usize::try_from(code).ok()?.checked_mul(2)?;
                Some(u16::from_be_bytes([*map.get(at)?, *map.get(at + 1)?]))
            }
        }
    }

    pub(super) fn glyphs<'s>(&'s self, bytes: &'s [u8]) -> impl Iterator<Item = Glyph<'s>> + 's {
        let size = if self.two_bytes { 2 } else { 1 };
        bytes.chunks(size).map(move |chunk| {
            let code = chunk.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte));
            Glyph { code, text: self.text(code), advance: self.width(code) / 1000.0, is_space: size == 1 && code == 32 }
        })
    }

    fn text(&self, code: u32) -> Option<Meaning<'_>> {
        match &self.to_unicode {
            Some(map) => map.get(code),
            // Where the Latin encodings agree: printable ASCII.
            None if self.latin && (0x20..0x7F).contains(&code) => char::from_u32(code).map(Meaning::Char),
            None => None,
        }
    }

    fn width(&self, code: u32) -> f64 {
        match &self.widths {
            Widths::Simple { first, widths, missing } => {
                let at = usize::try_from(i64::from(code) - first).ok();
                at.and_then(|at| widths.get(at)).copied().unwrap_or(*missing)
            }
            Widths::Cid { ranges, default } => {
                let after = ranges.partition_point(|(first, ..)| *first <= code);
                let range = after.checked_sub(1).and_then(|at| ranges.get(at)).filter(|(_, last, _)| code <= *last);
                let width = range.and_then(|(first, _, widths)| match widths.as_slice() {
                    [all] => Some(all),
                    each => each.get((code - first) as usize),
                });
                width.copied().unwrap_or(*default)
            }
        }
    }
}

fn simple_widths<'d>(view: View<'d>, dict: &'d Dict) -> Result<Widths, ProblemKind> {
    let list = view.array(dict, b"Widths");
    view.doc.meter.steps(list.len())?;
    view.doc.meter.keep(list.len().saturating_mul(size_of::<f64>()))?;
    let descriptor = view.dict(dict, b"FontDescriptor");
    let missing = descriptor.and_then(|d| view.value(d, b"MissingWidth").number()).unwrap_or(0.0);
    Ok(Widths::Simple {
        first: view.value(dict, b"FirstChar").int().unwrap_or(0),
        widths: list.iter().map(|w| view.resolve(w).number().unwrap_or(0.0)).collect(),
        missing,
    })
}

/// `/W`: `c [w1 w2 …]` or `first last w` (9.7.4.3).
fn cid_widths<'d>(view: View<'d>, dict: &'d Dict) -> Result<Widths, ProblemKind> {
    let descendant = view.array(dict, b"DescendantFonts").first().and_then(|font| view.resolve(font).dict());
    let Some(descendant) = descendant else { return Ok(Widths::Cid { ranges: Vec::new(), default: 1000.0 }) };
    let default = view.value(descendant, b"DW").number().unwrap_or(1000.0);
    let list = view.array(descendant, b"W");
    let code = |object: Option<&'d Object>| object.and_then(|o| u32::try_from(view.resolve(o).int()?).ok());
    let mut ranges = Vec::new();
    let keep = |widths: usize| view.doc.meter.keep(RANGE.saturating_add(widths.saturating_mul(size_of::<f64>())));
    let mut at = 0;
    while let (Some(first), Some(next)) = (code(list.get(at)), list.get(at + 1)) {
        match view.resolve(next) {
            Object::Array(widths) => {
                view.doc.meter.steps(widths.len())?;
                keep(widths.len())?;
                let widths: Vec<f64> = widths.iter().map(|w| view.resolve(w).number().unwrap_or(default)).collect();
                if let Some(span) = u32::try_from(widths.len()).ok().and_then(|n| n.checked_sub(1)) {
                    ranges.push((first, first.saturating_add(span), widths));
                }
                at += 2;
            }
            _ => {
                let (Some(last), Some(width)) = (code(list.get(at + 1)), list.get(at + 2)) else { break };
                keep(1)?;
                ranges.push((first, last, vec![view.resolve(width).number().unwrap_or(default)]));
                at += 3;
            }
        }
        view.doc.meter.steps(1)?;
    }
    ranges.sort_by_key(|(first, ..)| *first);
    Ok(Widths::Cid { ranges, default })
}
