//! Pages and templates: layers and objects in paint order.

use std::collections::HashMap;

use crate::model::LayerKind;
use crate::problem::ProblemKind;
use crate::units::{Rect, Um};
use crate::xml::Element;

use super::Reader;
use super::document::read_actions;
use super::facts::{AnnotationFacts, Facts, PageFacts, Picture, Source, TextRun};
use super::marks::{self, Around, Mark, MarkKind};
use super::numbers::{Affine, boolean, length, number, rect};
use super::origins::origins;
use super::resources::{Resources, collect, load, parse};

/// What a page or template shows, layer by layer.
#[derive(Clone, Default)]
pub(crate) struct Shown {
    pub(crate) layers: Vec<(LayerKind, Content)>,
    pub(crate) templates: Vec<(LayerKind, String)>,
    pub(crate) area: Option<Rect>,
}

/// Objects in paint order.
#[derive(Clone, Default)]
pub(crate) struct Content {
    text: Vec<TextRun>,
    pictures: Vec<Picture>,
    paths: usize,
    marks: Vec<Mark>,
}

/// Template pages by id: where they are, how they lie, and, once read, what they show.
pub(crate) type Templates = HashMap<String, (LayerKind, Option<Shown>)>;

/// Reads a page or template file.
pub(crate) fn read_page(
    reader: &mut Reader<'_>,
    path: &str,
    source: Source,
    resources: &Resources<'_>,
    facts: &mut Facts,
) -> Option<Shown> {
    let text = reader.text(path)?;
    let tree = reader.tree(&text, path, "Page")?;
    let root = tree.root();
    let texts = load(reader, &root, &["PageRes"], path);
    let trees = parse(reader, &texts);
    let resources = collect(reader, &trees, Some(resources), facts);

    reader.order(&root, &["Template", "PageRes", "Area", "Content", "Actions"], path);
    let mut shown = Shown::default();
    let area = reader.single(&root, "Area", path);
    shown.area = area.and_then(|area| physical_box(reader, &area, path));
    for link in root.all("Template") {
        let z_order =
            link.attr("ZOrder").map_or(LayerKind::Background, |kind| layer_kind(&kind, LayerKind::Background));
        shown.templates.push((z_order, link.attr("TemplateID").unwrap_or_default().into_owned()));
    }
    read_actions(reader, root.all("Actions"), path, facts);
    if let Some(content) = reader.single(&root, "Content", path) {
        for layer in content.all("Layer") {
            let kind = layer.attr("Type").map_or(LayerKind::Body, |kind| layer_kind(&kind, LayerKind::Body));
            let mut walk = Walk {
                reader,
                facts,
                resources: &resources,
                place: path,
                source,
                out: Content::default(),
                missing_id: false,
            };
            walk.block(&layer, &Affine::IDENTITY, true, Around::layer(&layer));
            let out = walk.out;
            shown.layers.push((kind, out));
        }
    }
    Some(shown)
}

/// The objects of an appearance (annotations): a page block with an origin of its own.
pub(crate) fn read_appearance(
    reader: &mut Reader<'_>,
    place: &str,
    appearance: &Element<'_, '_>,
    boundary: Option<Rect>,
    resources: &Resources<'_>,
    facts: &mut Facts,
) -> Content {
    let origin = boundary.map_or(Affine::IDENTITY, |b| Affine::shift(b.x.to_mm(), b.y.to_mm()));
    let mut walk = Walk {
        reader,
        facts,
        resources,
        place,
        source: Source::Annotation,
        out: Content::default(),
        missing_id: false,
    };
    let around = Around::layer(appearance);
    let around = Around { clip: boundary.unwrap_or(around.clip), ..around };
    walk.block(appearance, &origin, true, around);
    walk.out
}

/// Puts layers and templates on a page, bottom to top.
pub(crate) fn paint(
    reader: &mut Reader<'_>,
    page: &mut PageFacts,
    mut shown: Shown,
    templates: &Templates,
    place: &str,
) {
    for kind in [LayerKind::Background, LayerKind::Body, LayerKind::Foreground] {
        for (_, id) in shown.templates.iter().filter(|(z_order, _)| *z_order == kind) {
            match templates.get(id) {
                Some((_, Some(template))) => {
                    for (_, content) in &template.layers {
                        // A long template on many pages costs as much as its copies.
                        if !(0..=content.text.len() + content.marks.len()).all(|_| reader.spend_object(place)) {
                            return;
                        }
                        let text = content.text.iter().map(|run| run.text.len()).sum();
                        if !reader.spend_text(text, place) {
                            return;
                        }
                        page.put(content.clone());
                    }
                }
                Some((_, None)) => {}
                None => reader.note(ProblemKind::UnknownReference, place, format!("template {id}")),
            }
        }
        for (_, content) in shown.layers.iter_mut().filter(|(layer, _)| *layer == kind) {
            page.put(std::mem::take(content));
        }
    }
}

impl Content {
    pub(crate) fn into_annotation(self, annotation: &mut AnnotationFacts) {
        annotation.text = self.text;
        annotation.pictures = self.pictures;
        annotation.paths = self.paths;
    }
}

impl PageFacts {
    pub(crate) fn put(&mut self, mut content: Content) {
        let (runs, pictures) = (self.text.len(), self.pictures.len());
        for mark in &mut content.marks {
            match &mut mark.kind {
                MarkKind::Text(text) => text.run += runs,
                MarkKind::Picture(picture) => *picture += pictures,
                MarkKind::Path(_) => {}
            }
        }
        self.marks.append(&mut content.marks);
        self.text.append(&mut content.text);
        self.pictures.append(&mut content.pictures);
        self.paths += content.paths;
    }
}

/// `PhysicalBox`, or what stands in for it.
pub(crate) fn physical_box(reader: &mut Reader<'_>, area: &Element<'_, '_>, place: &str) -> Option<Rect> {
    for name in ["PhysicalBox", "ApplicationBox", "CropBox", "ContentBox"] {
        if let Some(text) = area.child_text(name) {
            match rect(text) {
                Some(found) => return Some(found),
                None => reader.note(ProblemKind::BadValue, place, format!("{name} {text}")),
            }
        }
    }
    None
}

pub(crate) fn layer_kind(text: &str, default: LayerKind) -> LayerKind {
    match text {
        "Background" => LayerKind::Background,
        "Body" => LayerKind::Body,
        "Foreground" => LayerKind::Foreground,
        _ => default,
    }
}

/// A walk over objects; nesting is bounded by the depth of the tree and of composites.
struct Walk<'w, 'p> {
    reader: &'w mut Reader<'p>,
    facts: &'w mut Facts,
    resources: &'w Resources<'w>,
    place: &'w str,
    source: Source,
    out: Content,
    /// One note a layer is enough.
    missing_id: bool,
}

/// A block still to be walked.
struct Todo<'e> {
    children: Box<dyn Iterator<Item = Element<'e, 'e>> + 'e>,
    matrix: Affine,
    visible: bool,
    around: Around,
}

impl<'w> Walk<'w, '_> {
    fn block<'e>(&mut self, block: &Element<'e, 'e>, matrix: &Affine, visible: bool, around: Around)
    where
        'w: 'e,
    {
        let mut stack = vec![Todo { children: Box::new(block.children()), matrix: *matrix, visible, around }];
        while let Some(todo) = stack.last_mut() {
            let Some(object) = todo.children.next() else {
                stack.pop();
                continue;
            };
            let (matrix, mut visible, around) = (todo.matrix, todo.visible, todo.around);
            let kind = object.name();
            if !matches!(kind, "TextObject" | "PathObject" | "ImageObject" | "CompositeObject" | "PageBlock") {
                continue;
            }
            if !self.reader.spend_object(self.place) {
                return;
            }
            visible &= object.attr("Visible").and_then(|text| boolean(&text)).unwrap_or(true)
                && object.attr("Alpha").and_then(|text| number(&text)).is_none_or(|alpha| alpha > 0.0);
            if !self.missing_id && kind != "PageBlock" && object.attr("ID").is_none() {
                self.missing_id = true;
                self.reader.note(ProblemKind::MissingAttribute, self.place, format!("ID of {kind}"));
            }
            let boundary = object.attr("Boundary").and_then(|text| rect(&text));
            if boundary.is_none() && kind != "PageBlock" {
                self.reader.note(ProblemKind::BadValue, self.place, format!("Boundary of {kind}"));
            }
            let around = match self.reader.painted {
                true => around.object(&object, boundary.map(|boundary| matrix.bounds(&boundary))),
                false => around,
            };
            let boundary = boundary.unwrap_or_default();
            let own = self.own_matrix(&object, &boundary).then(&matrix);
            if object.children().next().is_some_and(|first| first.name() == "Actions") {
                read_actions(self.reader, object.all("Actions"), self.place, self.facts);
            }
            self.patterns(&object, &own, visible, around, &mut stack);
            match kind {
                "TextObject" => self.text(&object, &own, visible, &around),
                "ImageObject" => self.picture(&object, (matrix.bounds(&boundary), own.bounds(&UNIT)), visible, &around),
                "PathObject" => {
                    self.out.paths += 1;
                    let length = object.child("AbbreviatedData").map_or(0, |data| data.text().len());
                    if self.reader.painted && visible && self.reader.spend_path(length, self.place) {
                        let path = marks::path(&object, &own, &around);
                        self.mark(MarkKind::Path(path), &around);
                    }
                }
                _ => {
                    let (inside, matrix) =
                        if kind == "PageBlock" { (Some(object), matrix) } else { (self.composite(&object), own) };
                    if stack.len() > self.reader.budget.xml_depth {
                        self.reader.note(ProblemKind::NestedTooDeep, self.place, kind);
                    } else if let Some(inside) = inside {
                        stack.push(Todo { children: Box::new(inside.children()), matrix, visible, around });
                    }
                }
            }
        }
    }

    /// The cells of patterns that an object is painted with: what they show is repeated over its shape.
    fn patterns<'e>(
        &mut self,
        object: &Element<'e, 'e>,
        matrix: &Affine,
        visible: bool,
        around: Around,
        stack: &mut Vec<Todo<'e>>,
    ) {
        let is_color = |name: &str| matches!(name, "FillColor" | "StrokeColor");
        for color in object.children().filter(|child| is_color(child.name())) {
            for pattern in color.all("Pattern") {
                if stack.len() > self.reader.budget.xml_depth {
                    return self.reader.note(ProblemKind::NestedTooDeep, self.place, "Pattern");
                }
                let matrix = self.own_matrix(&pattern, &Rect::default()).then(matrix);
                for cell in pattern.all("CellContent") {
                    stack.push(Todo { children: Box::new(cell.children()), matrix, visible, around });
                }
            }
        }
    }

    /// CTM first, then the shift to the boundary.
    fn own_matrix(&mut self, object: &Element<'_, '_>, boundary: &Rect) -> Affine {
        let ctm = match object.attr("CTM") {
            Some(text) => Affine::parse(&text).unwrap_or_else(|| {
                self.reader.note(ProblemKind::BadValue, self.place, format!("CTM {text}"));
                Affine::IDENTITY
            }),
            None => Affine::IDENTITY,
        };
        ctm.then(&Affine::shift(boundary.x.to_mm(), boundary.y.to_mm()))
    }

    fn mark(&mut self, kind: MarkKind, around: &Around) {
        self.out.marks.push(Mark {
            kind,
            clip: around.clip,
            alpha: (around.alpha * 255.0).round() as u8,
            clipped: around.clipped,
            source: self.source,
        });
    }

    fn text(&mut self, object: &Element<'_, '_>, matrix: &Affine, visible: bool, around: &Around) {
        let font_id = object.attr("Font").unwrap_or_default();
        let font = self.resources.font(&font_id);
        if font.is_none() {
            self.reader.note(ProblemKind::UnknownReference, self.place, format!("font {font_id}"));
        }
        let font_name =
            font.and_then(|font| self.facts.fonts.get(font)).map_or_else(|| "".into(), |font| font.name.clone());
        let size = object.attr("Size").and_then(|text| length(&text)).unwrap_or_default();
        let clear = |name| {
            let alpha = object.child(name)?.attr("Alpha")?;
            number(&alpha).map(|alpha| alpha <= 0.0)
        };
        let visible = visible && !(clear("FillColor") == Some(true) && object.child("StrokeColor").is_none());
        // CT_Text: filled unless it says otherwise, stroked only when it says so.
        let painted = |name, default| object.attr(name).and_then(|text| boolean(&text)).unwrap_or(default);
        let visible = visible && (painted("Fill", true) || painted("Stroke", false));

        let mut glyphs: Vec<u32> = Vec::new();
        let (mut x, mut y) = (0.0, 0.0);
        for child in object.children() {
            match child.name() {
                "CGTransform" => {
                    let list = child.child("Glyphs").map(|glyphs| glyphs.text()).unwrap_or_default();
                    let room = self.reader.glyphs;
                    let before = glyphs.len();
                    let found = list.split_whitespace().filter_map(|glyph| glyph.parse::<u32>().ok());
                    glyphs.extend(found.take(room));
                    self.reader.glyphs -= glyphs.len() - before;
                    if self.reader.glyphs == 0 {
                        self.reader.note(ProblemKind::OverBudget, self.place, "glyphs");
                    }
                }
                "TextCode" => {
                    if !self.reader.spend_text(child.text().len(), self.place) {
                        return;
                    }
                    // A later TextCode may leave its position out and takes the one before.
                    x = child.attr("X").and_then(|text| number(&text)).unwrap_or(x);
                    y = child.attr("Y").and_then(|text| number(&text)).unwrap_or(y);
                    let (page_x, page_y) = matrix.apply(x, y);
                    let placed = if self.reader.placed {
                        let (delta_x, delta_y) = (child.attr("DeltaX"), child.attr("DeltaY"));
                        origins(child.text(), (x, y), delta_x.as_deref(), delta_y.as_deref(), matrix)
                    } else {
                        Vec::new()
                    };
                    if self.reader.painted && visible {
                        let run = self.out.text.len();
                        let mark = marks::text(object, run, matrix, around, marks::glyphs(object, child.text()));
                        self.mark(MarkKind::Text(mark), around);
                    }
                    self.out.text.push(TextRun {
                        text: child.text().to_owned(),
                        x: Um::from_mm(page_x),
                        y: Um::from_mm(page_y),
                        font,
                        font_name: font_name.clone(),
                        size,
                        glyphs: std::mem::take(&mut glyphs),
                        origins: placed,
                        source: self.source,
                        visible,
                    });
                }
                _ => {}
            }
        }
    }

    fn picture(
        &mut self,
        object: &Element<'_, '_>,
        (boundary, placement): (Rect, Rect),
        visible: bool,
        around: &Around,
    ) {
        let id = object.attr("ResourceID").unwrap_or_default();
        let image = self.resources.image(&id);
        if image.is_none() {
            self.reader.note(ProblemKind::UnknownReference, self.place, format!("image {id}"));
        }
        let id = object.attr("ID").unwrap_or_default().into_owned();
        if self.reader.painted && visible {
            // A mask leaves of a picture what it likes.
            let clipped = around.clipped || object.attr("ImageMask").is_some();
            self.mark(MarkKind::Picture(self.out.pictures.len()), &Around { clipped, ..*around });
        }
        self.out.pictures.push(Picture { id, image, boundary, placement, visible, source: self.source });
    }

    fn composite(&mut self, object: &Element<'_, '_>) -> Option<Element<'w, 'w>> {
        let id = object.attr("ResourceID").unwrap_or_default();
        let Some(unit) = self.resources.composite(&id) else {
            self.reader.note(ProblemKind::UnknownReference, self.place, format!("composite {id}"));
            return None;
        };
        unit.child("Content")
    }
}

/// What a picture fills in object space.
const UNIT: Rect = Rect::mm(0, 0, 1, 1);
