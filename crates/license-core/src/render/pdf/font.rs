//! Embedded fonts: Type 0 over a TrueType subset, Identity-H, exact widths, ToUnicode (ISO 32000-1 9.7, ISO 19005-3 6.2.11).

use std::sync::Arc;

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Chunk, Filter, Finish, Name, Rect, Ref, Str};
use sha2::{Digest, Sha256};

use crate::fonts::{Assembled, Cut, Face};
use crate::render::RenderError;
use crate::render::deflate::Deflater;
use crate::render::glyphs::Glyphs;

/// A subset, packed, with everything its dictionaries say.
pub(super) struct EmbeddedFont {
    /// Sorted pairs of glyph and character; the code of each stands at the same place in `codes`.
    glyphs: Glyphs,
    codes: Vec<u16>,
    name: String,
    serif: bool,
    /// Advance of each code, from 1, in thousandths of an em.
    widths: Vec<f32>,
    metrics: Metrics,
    program: Vec<u8>,
    program_length: i32,
    to_unicode: Vec<u8>,
    /// Code → glyph, when two characters share a glyph and so need two codes.
    code_map: Option<Vec<u8>>,
}

struct Metrics {
    bbox: [f32; 4],
    ascent: f32,
    descent: f32,
    cap_height: f32,
}

impl EmbeddedFont {
    /// A font of a cut, with the cut's own deflated outlines when it is `quick`.
    pub(super) fn new(
        face: &Face,
        cut: &Arc<Cut>,
        quick: bool,
        glyphs: Glyphs,
        deflater: &mut Deflater,
    ) -> Result<EmbeddedFont, RenderError> {
        let remapper = &cut.remapper;
        let Assembled { file: program, outlines } =
            without_names(cut).ok_or_else(|| failed(face, "the subset is damaged"))?;

        let mut codes = Vec::with_capacity(glyphs.len());
        let mut extra = Vec::new();
        for (at, &(glyph, _)) in glyphs.iter().enumerate() {
            let own = remapper.get(glyph).unwrap_or(0);
            if at > 0 && glyphs[at - 1].0 == glyph {
                // Codes behind the last glyph are free.
                codes.push(remapper.num_gids() + extra.len() as u16);
                extra.push((own, glyph));
            } else {
                codes.push(own);
            }
        }
        let em = f32::from(face.units_per_em().max(1));
        let thousandths = |units: f32| units * 1000.0 / em;
        let old_ids = remapper.remapped_gids().skip(1).chain(extra.iter().map(|&(_, glyph)| glyph));
        let widths = old_ids.map(|glyph| thousandths(f32::from(face.advance_units(glyph)))).collect();
        let code_map = (!extra.is_empty()).then(|| {
            let own = (0..remapper.num_gids()).chain(extra.iter().map(|&(own, _)| own));
            deflater.deflate(&own.flat_map(u16::to_be_bytes).collect::<Vec<u8>>())
        });

        let name = format!("{}+{}", tag(&glyphs), face.name());
        let to_unicode = deflater.deflate(&to_unicode(&name, &glyphs, &codes));
        let [x1, y1, x2, y2] = face.bbox().map(|edge| thousandths(f32::from(edge)));
        let cap_height =
            if face.cap_height() > 0 { f32::from(face.cap_height()) } else { f32::from(face.ascent()) * 0.8 };
        Ok(EmbeddedFont {
            codes,
            serif: !face.name().contains("Hei"),
            widths,
            metrics: Metrics {
                bbox: [x1, y1, x2, y2],
                ascent: thousandths(face.ascent().into()),
                descent: thousandths(face.descent().into()),
                cap_height: thousandths(cap_height),
            },
            program_length: i32::try_from(program.len()).unwrap_or(i32::MAX),
            program: match outlines.filter(|_| quick) {
                Some(outlines) => deflater.deflate_before(&program, outlines.at, outlines.block()),
                None => deflater.deflate(&program),
            },
            to_unicode,
            code_map,
            name,
            glyphs,
        })
    }

    /// The code that shows this glyph and reads as this character.
    pub(super) fn code(&self, glyph: u16, char: char) -> u16 {
        self.glyphs.binary_search(&(glyph, char)).map_or(0, |at| self.codes[at])
    }

    /// Advance of a code in thousandths of an em, as readers will compute it.
    pub(super) fn width(&self, code: u16) -> f32 {
        usize::from(code).checked_sub(1).and_then(|at| self.widths.get(at)).copied().unwrap_or(DEFAULT_WIDTH)
    }

    /// Writes the font's objects under fresh references and returns that of the font itself.
    pub(super) fn write(&self, chunk: &mut Chunk, next: &mut Ref) -> Ref {
        let [id, cid, descriptor, program, to_unicode] = [(); 5].map(|()| next.bump());
        let name = Name(self.name.as_bytes());
        chunk
            .type0_font(id)
            .base_font(name)
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(cid)
            .to_unicode(to_unicode);

        let code_map = self.code_map.as_ref().map(|map| {
            let id = next.bump();
            chunk.stream(id, map).filter(Filter::FlateDecode);
            id
        });
        let mut font = chunk.cid_font(cid);
        font.subtype(CidFontType::Type2).base_font(name).font_descriptor(descriptor).default_width(DEFAULT_WIDTH);
        font.system_info(SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 });
        match code_map {
            Some(id) => font.cid_to_gid_map_stream(id),
            None => font.cid_to_gid_map_predefined(Name(b"Identity")),
        };
        let mut widths = font.widths();
        let mut at = 0;
        while at < self.widths.len() {
            let run = self.widths[at..].iter().take_while(|&&width| width != DEFAULT_WIDTH).count();
            if run > 0 {
                widths.consecutive(at as u16 + 1, self.widths[at..at + run].iter().copied());
            }
            at += run + 1;
        }
        widths.finish();
        font.finish();

        let Metrics { bbox: [x1, y1, x2, y2], ascent, descent, cap_height } = self.metrics;
        let flags = if self.serif { FontFlags::SYMBOLIC | FontFlags::SERIF } else { FontFlags::SYMBOLIC };
        chunk
            .font_descriptor(descriptor)
            .name(name)
            .flags(flags)
            .bbox(Rect::new(x1, y1, x2, y2))
            .italic_angle(0.0)
            .ascent(ascent)
            .descent(descent)
            .cap_height(cap_height)
            .stem_v(80.0)
            .font_file2(program);
        let mut stream = chunk.stream(program, &self.program);
        stream.filter(Filter::FlateDecode).pair(Name(b"Length1"), self.program_length);
        stream.finish();
        chunk.stream(to_unicode, &self.to_unicode).filter(Filter::FlateDecode);
        id
    }
}

/// Leaves out what no PDF reader looks at (ISO 32000-1 9.9): a kilobyte in every font.
fn without_names(cut: &Arc<Cut>) -> Option<Assembled> {
    let mut tables = cut.tables()?;
    tables.retain(|(tag, _)| tag != b"name" && tag != b"post");
    cut.assemble(tables)
}

fn failed(face: &Face, reason: &str) -> RenderError {
    RenderError::Font { face: face.name().to_owned(), reason: reason.to_owned() }
}

fn to_unicode(name: &str, glyphs: &Glyphs, codes: &[u16]) -> Vec<u8> {
    let info = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"UCS"), supplement: 0 };
    let mut map = UnicodeCmap::<u16>::new(Name(name.as_bytes()), info);
    for (&(_, char), &code) in glyphs.iter().zip(codes) {
        map.pair(code, char);
    }
    map.finish().into_vec()
}

/// Six capitals that differ between subsets (ISO 32000-1 9.6.4).
fn tag(glyphs: &Glyphs) -> String {
    let mut hash = Sha256::new();
    for &(glyph, char) in glyphs {
        hash.update(glyph.to_be_bytes());
        hash.update(u32::from(char).to_be_bytes());
    }
    hash.finalize().iter().take(6).map(|&byte| char::from(b'A' + byte % 26)).collect()
}

/// Hanzi are one em wide.
const DEFAULT_WIDTH: f32 = 1000.0;
