//! `Content.xml`: a page or template, its layers and objects.

use crate::error::WriteError;
use crate::model::{Fill, ImageObject, Layer, LayerKind, LineCap, LineJoin, Object, PathObject, Segment, TextObject};
use crate::units::{Rect, Size, Um, put_thousandths, put_uint};

use super::xml::{Value, Xml};
use super::{Ids, layer_kind, physical_box};

/// The numbers that fonts and images have got.
#[derive(Default)]
pub(crate) struct Refs {
    pub(crate) font_ids: Vec<u32>,
    pub(crate) image_ids: Vec<u32>,
}

/// Writes one page; `place` names it in errors.
pub(crate) fn page_xml(
    place: &str,
    size: Size,
    templates: &[(u32, LayerKind)],
    layers: &[Layer],
    refs: &Refs,
    ids: &mut Ids,
) -> Result<Vec<u8>, WriteError> {
    check_box(place, size.width, size.height)?;
    let objects: usize = layers.iter().map(|layer| layer.objects.len()).sum();
    let xml = Xml::with_capacity("Page", 512 + objects * 256);
    let mut page = Writer { xml, place, refs, ids };
    for (id, z_order) in templates {
        page.xml.open("Template").attr("TemplateID", *id).attr("ZOrder", layer_kind(*z_order)).close();
    }
    page.xml.open("Area");
    physical_box(&mut page.xml, size);
    page.xml.close();
    if !layers.is_empty() {
        page.xml.open("Content");
        for layer in layers {
            let id = page.ids.take()?;
            page.xml.open("Layer").attr("ID", id).attr("Type", layer_kind(layer.kind));
            for object in &layer.objects {
                match object {
                    Object::Text(text) => page.text(text)?,
                    Object::Path(path) => page.path(path)?,
                    Object::Image(image) => page.image(image)?,
                }
            }
            page.xml.close();
        }
        page.xml.close();
    }
    page.xml.finish()
}

struct Writer<'a> {
    xml: Xml,
    place: &'a str,
    refs: &'a Refs,
    ids: &'a mut Ids,
}

impl Writer<'_> {
    fn text(&mut self, text: &TextObject) -> Result<(), WriteError> {
        let chars: Vec<char> = text.text.chars().collect();
        self.check_text(text, chars.len())?;
        let font = dangling(self.refs.font_ids.get(text.font.0), self.place, "font", text.font.0)?;
        let (mut x, mut y) = text.origin;
        let mut start = 0;
        while start < chars.len() {
            let end = run_end(&chars, start);
            self.text_run(text, &chars, start..end, (x, y), font)?;
            for i in start..end.min(chars.len() - 1) {
                x += text.delta_x[i];
                y += text.delta_y.get(i).copied().unwrap_or_default();
            }
            start = end;
        }
        Ok(())
    }

    /// One TextObject with one TextCode, so that every reading of `CodePosition` agrees.
    fn text_run(
        &mut self,
        text: &TextObject,
        chars: &[char],
        run: std::ops::Range<usize>,
        (x, y): (Um, Um),
        font: u32,
    ) -> Result<(), WriteError> {
        let id = self.ids.take()?;
        self.xml.open("TextObject").attr("ID", id).attr("Boundary", text.boundary);
        if let Some(ctm) = &text.ctm {
            self.xml.attr("CTM", Numbers { linear: ctm.linear, shift: (ctm.e, ctm.f) });
        }
        self.xml.attr("Font", font).attr("Size", text.size);
        if text.weight != 400 {
            self.xml.attr("Weight", u32::from(text.weight));
        }
        self.color("FillColor", text.fill);
        if let Some(glyphs) = &text.glyphs {
            // Counted in UTF-16 units, as the readers written in Java, JavaScript and for Windows count.
            let codes: usize = chars[run.clone()].iter().map(|c| c.len_utf16()).sum();
            let glyphs = &glyphs[run.clone()];
            self.xml.open("CGTransform").attr("CodePosition", 0u32);
            self.xml.attr("CodeCount", codes as u32).attr("GlyphCount", glyphs.len() as u32).open("Glyphs");
            let out = self.xml.raw();
            for (i, glyph) in glyphs.iter().enumerate() {
                if i > 0 {
                    out.push(b' ');
                }
                put_uint(out, u64::from(*glyph));
            }
            self.xml.close().close();
        }
        self.xml.open("TextCode").attr("X", x).attr("Y", y);
        let advances = run.start..run.end - 1;
        if !advances.is_empty() {
            self.xml.attr("DeltaX", &text.delta_x[advances.clone()]);
            if let Some(delta_y) = text.delta_y.get(advances) {
                self.xml.attr("DeltaY", delta_y);
            }
        }
        let content: String = chars[run].iter().collect();
        self.xml.text(&content, "TextCode").close().close();
        Ok(())
    }

    fn check_text(&self, text: &TextObject, characters: usize) -> Result<(), WriteError> {
        check_box(self.place, text.boundary.width, text.boundary.height)?;
        if characters == 0 {
            return Err(WriteError::EmptyText { place: self.place.to_owned() });
        }
        let mismatch = |what, count| {
            Err(WriteError::CountMismatch {
                place: self.place.to_owned(),
                what,
                count,
                characters,
                text: text.text.clone(),
            })
        };
        if text.delta_x.len() != characters - 1 {
            return mismatch("advances", text.delta_x.len());
        }
        if !text.delta_y.is_empty() && text.delta_y.len() != characters - 1 {
            return mismatch("advances", text.delta_y.len());
        }
        match &text.glyphs {
            Some(glyphs) if glyphs.len() != characters => mismatch("glyph ids", glyphs.len()),
            _ => Ok(()),
        }
    }

    fn path(&mut self, path: &PathObject) -> Result<(), WriteError> {
        check_box(self.place, path.boundary.width, path.boundary.height)?;
        if !matches!(path.segments.first(), Some(Segment::Move(..))) {
            return Err(WriteError::Path { place: self.place.to_owned() });
        }
        let id = self.ids.take()?;
        self.xml.open("PathObject").attr("ID", id).attr("Boundary", path.boundary);
        if let Some(stroke) = &path.stroke {
            self.xml.attr("LineWidth", stroke.width);
            match stroke.cap {
                LineCap::Butt => {}
                LineCap::Round => {
                    self.xml.attr("Cap", "Round");
                }
                LineCap::Square => {
                    self.xml.attr("Cap", "Square");
                }
            }
            match stroke.join {
                LineJoin::Miter => {}
                LineJoin::Round => {
                    self.xml.attr("Join", "Round");
                }
                LineJoin::Bevel => {
                    self.xml.attr("Join", "Bevel");
                }
            }
        } else {
            self.xml.attr("Stroke", "false");
        }
        if path.fill.is_some() {
            self.xml.attr("Fill", "true");
        }
        if path.even_odd {
            self.xml.attr("Rule", "Even-Odd");
        }
        // A path names its line before its inside; a text the other way round.
        if let Some(stroke) = &path.stroke {
            self.color("StrokeColor", stroke.fill);
        }
        if let Some(fill) = path.fill {
            self.color("FillColor", fill);
        }
        self.xml.open("AbbreviatedData");
        let out = self.xml.raw();
        for (i, segment) in path.segments.iter().enumerate() {
            if i > 0 {
                out.push(b' ');
            }
            put_segment(out, segment);
        }
        self.xml.close().close();
        Ok(())
    }

    fn image(&mut self, image: &ImageObject) -> Result<(), WriteError> {
        let Rect { width, height, .. } = image.boundary;
        check_box(self.place, width, height)?;
        let resource = dangling(self.refs.image_ids.get(image.image.0), self.place, "image", image.image.0)?;
        let id = self.ids.take()?;
        self.xml.open("ImageObject").attr("ID", id).attr("Boundary", image.boundary);
        // A picture fills the unit square; the CTM stretches it.
        self.xml.attr("CTM", Numbers { linear: [width.0, 0, 0, height.0], shift: (Um::ZERO, Um::ZERO) });
        if image.alpha != 255 {
            self.xml.attr("Alpha", u32::from(image.alpha));
        }
        self.xml.attr("ResourceID", resource).close();
        Ok(())
    }

    /// Transparency goes on the colour: readers differ on whether texts and paths heed their own `Alpha`.
    fn color(&mut self, name: &'static str, fill: Fill) {
        self.xml.open(name).attr("Value", fill.color);
        if fill.alpha != 255 {
            self.xml.attr("Alpha", u32::from(fill.alpha));
        }
        self.xml.close();
    }
}

/// Six numbers of a CTM.
struct Numbers {
    linear: [i32; 4],
    shift: (Um, Um),
}

impl Value for Numbers {
    fn put(&self, xml: &mut Xml, name: &'static str) {
        let [a, b, c, d] = self.linear.map(Um);
        [a, b, c, d, self.shift.0, self.shift.1].as_slice().put(xml, name);
    }
}

impl Value for crate::model::Color {
    fn put(&self, xml: &mut Xml, name: &'static str) {
        [self.r, self.g, self.b].map(|channel| Um(i32::from(channel) * 1000)).as_slice().put(xml, name);
    }
}

/// Characters beyond the basic plane stand alone: readers disagree on whether they count as one position or two.
fn run_end(chars: &[char], start: usize) -> usize {
    if chars[start].len_utf16() == 2 {
        return start + 1;
    }
    chars[start..].iter().position(|c| c.len_utf16() == 2).map_or(chars.len(), |length| start + length)
}

fn put_segment(out: &mut Vec<u8>, segment: &Segment) {
    let mut put = |operator: u8, numbers: &[Um]| {
        out.push(operator);
        for number in numbers {
            out.push(b' ');
            put_thousandths(out, i64::from(number.0));
        }
    };
    match *segment {
        Segment::Move(x, y) => put(b'M', &[x, y]),
        Segment::Line(x, y) => put(b'L', &[x, y]),
        Segment::Cubic(x1, y1, x2, y2, x, y) => put(b'B', &[x1, y1, x2, y2, x, y]),
        Segment::Close => put(b'C', &[]),
    }
}

fn dangling(id: Option<&u32>, place: &str, what: &'static str, index: usize) -> Result<u32, WriteError> {
    id.copied().ok_or_else(|| WriteError::DanglingReference { place: place.to_owned(), what, index })
}

/// `ST_Box`: width and height above zero.
pub(crate) fn check_box(place: &str, width: Um, height: Um) -> Result<(), WriteError> {
    if width.0 > 0 && height.0 > 0 {
        Ok(())
    } else {
        Err(WriteError::EmptyBox { place: place.to_owned(), width, height })
    }
}
