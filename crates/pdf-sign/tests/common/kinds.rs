//! Files that ask for more than they are worth, each in its own way, and honest large ones: for the tests of this crate, and
//! for whoever measures what becomes of them further up (`cargo bench -p license-core --bench hostile`).
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, missing_docs)]

use std::io::Write;

use pdf_sign::{Limit, NewField, Slot, prepare};

/// A file, and the limit that stops it; none where it is read to its end, or fails for another reason.
pub struct Kind {
    pub name: &'static str,
    pub bytes: Vec<u8>,
    pub limit: Option<Limit>,
}

/// A file of these objects, numbered from 1, object 1 the catalog.
pub fn file(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut pdf = b"%PDF-1.7\n".to_vec();
    let mut table = String::from("0000000000 65535 f \n");
    for (index, body) in objects.iter().enumerate() {
        table += &format!("{:010} 00000 n \n", pdf.len());
        pdf.extend(format!("{} 0 obj\n", index + 1).bytes());
        pdf.extend(body);
        pdf.extend(b"\nendobj\n");
    }
    let (size, xref) = (objects.len() + 1, pdf.len());
    pdf.extend(
        format!("xref\n0 {size}\n{table}trailer\n<</Size {size} /Root 1 0 R>>\nstartxref\n{xref}\n%%EOF\n").bytes(),
    );
    pdf
}

/// An update with these objects, in ascending order.
pub fn revise(mut pdf: Vec<u8>, objects: &[(usize, Vec<u8>)]) -> Vec<u8> {
    let tail = String::from_utf8_lossy(&pdf[pdf.len() - 40..]).into_owned();
    let prev = tail.rsplit("startxref\n").next().unwrap().lines().next().unwrap().to_owned();
    let mut table = String::new();
    for (number, body) in objects {
        table += &format!("{number} 1\n{:010} 00000 n \n", pdf.len());
        pdf.extend(format!("{number} 0 obj\n").bytes());
        pdf.extend(body);
        pdf.extend(b"\nendobj\n");
    }
    let xref = pdf.len();
    let trailer = format!("<</Size 200000 /Root 1 0 R /Prev {prev}>>");
    pdf.extend(format!("xref\n{table}trailer\n{trailer}\nstartxref\n{xref}\n%%EOF\n").bytes());
    pdf
}

pub fn stream(keys: &str, data: &[u8]) -> Vec<u8> {
    let mut body = format!("<<{keys} /Length {}>>\nstream\n", data.len()).into_bytes();
    body.extend(data);
    body.extend(b"\nendstream");
    body
}

pub fn zlib(data: &[u8]) -> Vec<u8> {
    repeated(data, 1)
}

/// The same bytes so many times, deflated.
pub fn repeated(unit: &[u8], times: usize) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    (0..times).for_each(|_| encoder.write_all(unit).unwrap());
    encoder.finish().unwrap()
}

/// A deflated stream of the same bytes so many times.
fn bomb(keys: &str, unit: &[u8], times: usize) -> Vec<u8> {
    stream(&format!("{keys} /Filter /FlateDecode"), &repeated(unit, times))
}

fn text(body: impl Into<String>) -> Vec<u8> {
    body.into().into_bytes()
}

/// A document of one page under construction.
#[derive(Clone)]
struct Draft {
    /// Objects from number 4 on.
    objects: Vec<Vec<u8>>,
    catalog: String,
    names: String,
    page: String,
    resources: String,
    pages: String,
}

impl Draft {
    /// With these files attached.
    fn new(attached: &[(&str, Vec<u8>)]) -> Draft {
        let mut draft = Draft {
            objects: Vec::new(),
            catalog: String::new(),
            names: String::new(),
            page: String::new(),
            resources: String::new(),
            pages: "/Kids [3 0 R] /Count 1".to_owned(),
        };
        for (name, bytes) in attached {
            draft.attach(name, stream("/Type /EmbeddedFile", bytes));
        }
        draft
    }

    fn add(&mut self, object: Vec<u8>) -> usize {
        self.objects.push(object);
        self.objects.len() + 3
    }

    fn attach(&mut self, name: &str, file: Vec<u8>) {
        let file = self.add(file);
        let spec = self.add(text(format!("<</Type /Filespec /F ({name}) /UF ({name}) /EF <</F {file} 0 R>>>>")));
        self.names += &format!("({name}) {spec} 0 R ");
    }

    fn content(mut self, stream: Vec<u8>) -> Draft {
        let content = self.add(stream);
        self.page += &format!("/Contents {content} 0 R ");
        self
    }

    fn finish(self) -> Vec<u8> {
        let Draft { objects, catalog, names, page, resources, pages } = self;
        let catalog =
            format!("<</Type /Catalog /Pages 2 0 R /Names <</EmbeddedFiles <</Names [{names}]>>>> {catalog}>>");
        let page = format!("<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] {page} /Resources <<{resources}>>>>");
        let pages = format!("<</Type /Pages {pages}>>");
        let mut all = vec![text(catalog), text(pages), text(page)];
        all.extend(objects);
        file(&all)
    }

    /// Signed, by whatever that is worth.
    fn signed(self) -> Vec<u8> {
        let prepared = prepare(self.finish(), Slot::NewField(NewField::invisible("seal"))).unwrap();
        prepared.finish(&[&[0x30, 0x82, 1, 0x2C], &[7; 300][..]].concat()).unwrap()
    }
}

/// Every hostile kind. With a record and an index `attached`, further up they present themselves as a license.
pub fn hostile(attached: &[(&str, Vec<u8>)]) -> Vec<Kind> {
    let mut out = Vec::new();
    let mut put = |name, limit: Option<Limit>, bytes: Vec<u8>| out.push(Kind { name, bytes, limit });
    let new = || Draft::new(attached);
    content(&new, &mut put);
    painted(&new, &mut put);
    fonts(&new, &mut put);
    carried(&new, &mut put);
    structure(&new, &mut put);
    signatures(&new, &mut put);
    revisions(&new, &mut put);
    out
}

type Put<'p> = dyn FnMut(&'static str, Option<Limit>, Vec<u8>) + 'p;

/// Content streams as bytes and tokens.
fn content(new: &dyn Fn() -> Draft, put: &mut Put<'_>) {
    let page = |unit: &[u8], times| new().content(bomb("", unit, times)).finish();
    put("200 MB of zeros as content", Some(Limit::ContentBytes), page(&[0; 1 << 20], 200));
    let twice = zlib(&repeated(&[0; 1 << 20], 200));
    let twice = new().content(stream("/Filter [/FlateDecode /FlateDecode]", &twice)).finish();
    put("the same, deflated twice", Some(Limit::ContentBytes), twice);
    let digits =
        new().content(stream("/Filter [/FlateDecode /ASCII85Decode]", &repeated(&[b'z'; 1 << 20], 15))).finish();
    put("60 MB written as fifteen", Some(Limit::ContentBytes), digits);
    put("operators", Some(Limit::Operators), page(b"g ", 1_100_000));
    put("operands without an operator", Some(Limit::HeldBytes), page(b"1 ", 3_000_000));
    put("saved states", None, page(b"q ", 2_000_000));
    put("arrays in arrays", Some(Limit::Depth), page(b"[", 3_000_000));
    put("dictionaries in dictionaries", None, page(b"<<", 3_000_000));
    let numbers = zlib(&[b"[".as_slice(), &b"1 ".repeat(3_000_000)].concat());
    let numbers = new().content(stream("/Filter /FlateDecode", &numbers)).finish();
    put("one array of numbers", Some(Limit::HeldBytes), numbers);
    let mut array = new();
    let part = array.add(bomb("", b"0 0 m ", 900_000));
    array.page += &format!("/Contents [{}] ", format!("{part} 0 R ").repeat(50));
    put("one content fifty times", Some(Limit::ContentBytes), array.finish());
    let mut many = new();
    let parts = many.add(text(format!("[{}]", "9999 0 R ".repeat(200_000))));
    let pages: Vec<usize> = (0..1000)
        .map(|_| many.add(text(format!("<</Type /Page /MediaBox [0 0 9 9] /Contents {parts} 0 R>>"))))
        .collect();
    let kids: String = pages.iter().map(|page| format!("{page} 0 R ")).collect();
    many.pages = format!("/Kids [{kids}] /Count 1000");
    put("one list of contents on a thousand pages", Some(Limit::Steps), many.finish());
}

/// What is painted.
fn painted(new: &dyn Fn() -> Draft, put: &mut Put<'_>) {
    let page = |unit: &[u8], times| new().content(bomb("", unit, times)).finish();
    put("lines", Some(Limit::HeldBytes), page(b"0 0 m 1 1 l S\n", 300_000));
    put("one path", None, page(b"5 5 l\n", 900_000));
    put("curves", None, page(b"1 1 2 2 3 3 c\n", 500_000));
    put("boxes as one clip", None, page(b"0 0 9 9 re\n", 600_000));
    put("fields of colour", Some(Limit::HeldBytes), page(b"0 0 9 9 re f\n", 300_000));

    let form = |draft: &mut Draft, content: &[u8], times, resources: &str| {
        let keys = format!("/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources <<{resources}>>");
        draft.add(bomb(&keys, content, times))
    };
    let mut forms = new();
    let empty = form(&mut forms, b" ", 1, "");
    forms.resources = format!("/XObject <</X {empty} 0 R>>");
    put("a form thirty thousand times", Some(Limit::Forms), forms.content(bomb("", b"/X Do ", 30_000)).finish());
    let mut nested = new();
    let mut inner = form(&mut nested, b"0 0 9 9 re f ", 1, "");
    for _ in 0..30 {
        inner = form(&mut nested, b"/X Do ", 2, &format!("/XObject <</X {inner} 0 R>>"));
    }
    nested.resources = format!("/XObject <</X {inner} 0 R>>");
    put("forms in forms", Some(Limit::FormDepth), nested.content(stream("", b"/X Do")).finish());
    let mut large = new();
    let mut inner = form(&mut large, b" ", 1, "");
    for _ in 0..10 {
        let body = [b"/X Do ".as_slice(), &vec![b' '; 6 << 20]].concat();
        inner = form(&mut large, &body, 1, &format!("/XObject <</X {inner} 0 R>>"));
    }
    large.resources = format!("/XObject <</X {inner} 0 R>>");
    put("large forms in large forms", Some(Limit::HeldBytes), large.content(stream("", b"/X Do")).finish());

    let picture = |side: usize, data: Vec<u8>| {
        let keys = format!("/Type /XObject /Subtype /Image /Width {side} /Height {side} /BitsPerComponent 8");
        stream(&format!("{keys} /ColorSpace /DeviceGray /Filter /FlateDecode"), &data)
    };
    let mut pictures = new();
    let [small, huge, lying] = [
        picture(600, repeated(&[9; 600], 600)),
        picture(60_000, repeated(&[9; 1 << 20], 100)),
        picture(100, repeated(&[9; 1 << 20], 60)),
    ]
    .map(|picture| pictures.add(picture));
    pictures.resources = format!("/XObject <</S {small} 0 R /H {huge} 0 R /L {lying} 0 R>>");
    let draw = |name: &str, times: usize| {
        pictures.clone().content(bomb("", format!("/{name} Do ").as_bytes(), times)).finish()
    };
    put("a small picture five thousand times", None, draw("S", 5_000));
    put("a picture of 3.6 billion pixels", None, draw("H", 50));
    put("a picture that is larger than it says", None, draw("L", 20_000));
    let mut pictures = new();
    let lying = picture(10, repeated(&[9; 1 << 17], 1));
    let (mut names, mut content) = (String::new(), String::new());
    for nth in 0..3_000 {
        names += &format!("/L{nth} {} 0 R ", pictures.add(lying.clone()));
        content += &format!("/L{nth} Do ");
    }
    pictures.resources = format!("/XObject <<{names}>>");
    let content = stream("", content.as_bytes());
    put("pictures that are larger than they say", None, pictures.content(content).finish());

    let said = |unit: &str, times: usize| {
        let mut draft = new();
        let font = draft.add(text("<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>"));
        let words = draft.add(text(format!("<</ActualText ({})>>", "a".repeat(1 << 20))));
        draft.resources = format!("/Font <</F {font} 0 R>> /Properties <</W {words} 0 R>>");
        let content = [b"BT /F 12 Tf ".as_slice(), &unit.repeat(times).into_bytes()].concat();
        draft.content(stream("/Filter /FlateDecode", &zlib(&content))).finish()
    };
    put("runs of text", Some(Limit::HeldBytes), said("(a)Tj ", 400_000));
    put("runs of nothing", Some(Limit::TextRuns), said("()Tj ", 200_000));
    put("glyphs", Some(Limit::HeldBytes), said(&format!("({})Tj ", "a".repeat(2000)), 1_000));
    put("words for words, nested", Some(Limit::HeldBytes), said("/Span /W BDC ", 900));
    put("words for words, one by one", Some(Limit::HeldBytes), said("/Span /W BDC EMC ", 50_000));

    let mut annotations = new();
    let looks = form(&mut annotations, b"0 0 9 9 re f ", 1, "");
    let stamp = format!("<</Type /Annot /Subtype /Stamp /Rect [0 0 9 9] /AP <</N {looks} 0 R>>>>");
    let stamps: String = (0..25_000).map(|_| format!("{} 0 R ", annotations.add(text(&*stamp)))).collect();
    annotations.page += &format!("/Annots [{stamps}]");
    put("annotations", Some(Limit::Annotations), annotations.finish());
}

fn fonts(new: &dyn Fn() -> Draft, put: &mut Put<'_>) {
    let show = b"BT /F 12 Tf <00010002> Tj ET";
    let typed = |to_unicode: Vec<u8>, program: Vec<u8>, widths: &str| {
        let mut draft = new();
        let (map, file) = (draft.add(to_unicode), draft.add(program));
        let looks = draft.add(text(format!("<</Type /FontDescriptor /FontFile2 {file} 0 R>>")));
        let inner = format!("<</Type /Font /Subtype /CIDFontType2 /W [{widths}] /FontDescriptor {looks} 0 R>>");
        let inner = draft.add(text(inner));
        let font = format!(
            "<</Type /Font /Subtype /Type0 /Encoding /Identity-H /DescendantFonts [{inner} 0 R] /ToUnicode {map} 0 R>>"
        );
        (draft, font)
    };
    let one = |to_unicode: Vec<u8>, program: Vec<u8>, widths: &str| {
        let (mut draft, font) = typed(to_unicode, program, widths);
        let font = draft.add(text(font));
        draft.resources = format!("/Font <</F {font} 0 R>>");
        draft.content(stream("", show)).finish()
    };
    let none = || stream("", b"");
    put("a font of 200 MB", Some(Limit::FontBytes), one(none(), bomb("", &[0; 1 << 20], 200), ""));
    put("a map of 20 MB", Some(Limit::MapBytes), one(bomb("", b"<0000> <ffff> <0041>\n", 1_000_000), none(), ""));
    let entries = [b"1 beginbfchar ".as_slice(), &b"<1><2>".repeat(240_000), b" endbfchar"].concat();
    put("a map of 240 000 entries", Some(Limit::HeldBytes), one(bomb("", &entries, 1), none(), ""));
    let sections = b"1 beginbfchar <1><2><1><2><1><2><1><2> endbfchar ".repeat(40_000);
    let (mut draft, font) = typed(bomb("", &sections, 1), none(), "");
    let names: String = (0..3).map(|at| format!("/F{at} {} 0 R ", draft.add(text(&*font)))).collect();
    draft.resources = format!("/Font <<{names}>>");
    let several = draft.content(stream("", b"BT /F0 1 Tf (a) Tj /F1 1 Tf (a) Tj /F2 1 Tf (a) Tj ET")).finish();
    put("three maps of 160 000 entries", Some(Limit::MapEntries), several);
    put("widths", None, one(none(), none(), &"0 65535 7 ".repeat(60_000)));
    let shared = |count: usize, program: Vec<u8>, widths: &str| {
        let (mut draft, font) = typed(none(), program, widths);
        let names: String = (0..count).map(|at| format!("/F{at} {} 0 R ", draft.add(text(&*font)))).collect();
        draft.resources = format!("/Font <<{names}>>");
        let content: String = (0..count).map(|at| format!("/F{at} 9 Tf <0001> Tj ")).collect();
        draft.content(stream("", content.as_bytes())).finish()
    };
    put("fonts", Some(Limit::Fonts), shared(300, none(), ""));
    put("fonts of 4 MB", Some(Limit::HeldBytes), shared(20, bomb("", &[0; 1 << 20], 4), ""));
    put(
        "fonts that share widths",
        Some(Limit::HeldBytes),
        shared(200, none(), &format!("0 [{}]", "5 ".repeat(100_000))),
    );
    let mut named = new();
    let name = "N".repeat(1 << 20);
    let font = named.add(text(format!("<</Type /Font /Subtype /Type1 /BaseFont /{name}>>")));
    named.resources = format!("/Font <</F {font} 0 R>>");
    let content = [b"BT /F 12 Tf ".as_slice(), &b"(a) Tj ".repeat(40_000)].concat();
    put("a font with a long name, used often", None, named.content(bomb("", &content, 1)).finish());
}

/// Attachments, metadata, validation data.
fn carried(new: &dyn Fn() -> Draft, put: &mut Put<'_>) {
    let mut one = new();
    one.attach("other.bin", bomb("/Type /EmbeddedFile", &[0; 1 << 20], 200));
    put("an attachment of 200 MB", Some(Limit::AttachmentBytes), one.finish());
    let mut many = new();
    (0..300).for_each(|at| many.attach(&format!("{at}"), stream("/Type /EmbeddedFile", b"a")));
    put("attachments", Some(Limit::Attachments), many.finish());
    let mut named = new();
    let name = named.add(text(format!("({})", "a".repeat(1 << 20))));
    let file = named.add(stream("", b"a"));
    let specs: String =
        (0..200).map(|_| format!("(a) <</F {name} 0 R /Desc {name} 0 R /EF <</F {file} 0 R>>>> ")).collect();
    named.names += &specs;
    put("attachments of one long name", Some(Limit::HeldBytes), named.finish());
    let mut tree = new();
    let mut node = tree.add(text("<</Names []>>"));
    for _ in 0..60 {
        node = tree.add(text(format!("<</Kids [{node} 0 R {node} 0 R]>>")));
    }
    tree.names.clear();
    tree.catalog = format!("/AF [] /Dests {node} 0 R");
    put("a tree that doubles", None, tree.finish());
    let mut packet = new();
    let metadata = packet.add(bomb("/Type /Metadata /Subtype /XML", b"<a>", 20_000_000));
    packet.catalog = format!("/Metadata {metadata} 0 R");
    put("metadata of 60 MB", Some(Limit::MetadataBytes), packet.finish());

    let store = |items: &dyn Fn(&mut Draft) -> String| {
        let mut draft = new();
        let list = items(&mut draft);
        draft.catalog = format!("/DSS <</CRLs [{list}]>>");
        draft.signed()
    };
    let each = |draft: &mut Draft, count: usize, item: &[u8]| -> String {
        (0..count).map(|_| format!("{} 0 R ", draft.add(item.to_vec()))).collect()
    };
    put("validation data, item by item", Some(Limit::StoreItems), store(&|draft| each(draft, 3000, &stream("", b"0"))));
    let large = bomb("", &[0x30; 1 << 20], 200);
    put("validation data of 200 MB", Some(Limit::StoreBytes), store(&|draft| each(draft, 1, &large)));
    let several = bomb("", &[0x30; 1 << 20], 5);
    put("validation data of 100 MB", Some(Limit::StoreBytes), store(&|draft| each(draft, 20, &several)));
    put("one item, 200 000 times", None, store(&|draft| each(draft, 1, &stream("", b"0")).repeat(200_000)));
}

/// Objects, streams of objects, pages.
fn structure(new: &dyn Fn() -> Draft, put: &mut Put<'_>) {
    let with = |object: Vec<u8>| {
        let mut draft = new();
        draft.add(object);
        draft.finish()
    };
    put("arrays in arrays, as an object", Some(Limit::Depth), with(b"[".repeat(500_000)));
    put(
        "an array of numbers",
        Some(Limit::HeldBytes),
        with([b"[".as_slice(), &b"1 ".repeat(1_500_000), b"]"].concat()),
    );
    put("a dictionary of numbers", Some(Limit::HeldBytes), {
        let entries: String = (0..700_000).map(|at| format!("/{at} 1")).collect();
        with(text(format!("<<{entries}>>")))
    });
    put("a long string", Some(Limit::HeldBytes), with([b"(".as_slice(), &vec![b'a'; 26 << 20], b")"].concat()));
    put("a string that does not end", None, with([b"(".as_slice(), &vec![b'a'; 20 << 20]].concat()));
    let mut objects = new();
    objects.objects.resize(100_001, text("null"));
    put("objects", Some(Limit::Objects), objects.finish());
    let mut objects = new();
    objects.objects.resize(99_000, text("[1 2 3]"));
    put("objects, just as many as may be", None, objects.finish());
    let mut objects = new();
    objects.objects.resize(70_000, text("<</Type /Annot /Subtype /Stamp /Rect [0 0 9 9] /AP <</N 4 0 R>>>>"));
    put("objects of some size", Some(Limit::HeldBytes), objects.finish());
    let mut chain = new();
    chain.objects = (5..50_000).map(|next| text(format!("{next} 0 R"))).collect();
    chain.page = "/Contents 4 0 R".to_owned();
    put("a chain of references", None, chain.finish());

    let mut same = new();
    same.pages = format!("/Kids [{}] /Count 1", "3 0 R ".repeat(200_000));
    put("one page 200 000 times", None, same.finish());
    let mut pages = new();
    let page = text("<</Type /Page /Parent 2 0 R /MediaBox [0 0 9 9]>>");
    let kids: String = (0..12_000).map(|_| format!("{} 0 R ", pages.add(page.clone()))).collect();
    pages.pages = format!("/Kids [{kids}] /Count 12000");
    put("pages", Some(Limit::Pages), pages.finish());

    put("a stream of objects of 200 MB", Some(Limit::StructureBytes), packed(&repeated(&[b' '; 1 << 20], 200)));
    let numbers = [b"4 0 [".as_slice(), &b"1 ".repeat(2_000_000), b"]"].concat();
    put("a stream of numbers", Some(Limit::HeldBytes), packed(&zlib(&numbers)));
    let rows = bomb("/Type /XRef /W [1 4 2] /Size 9 /Root 1 0 R", &[0; 1 << 20], 200);
    let mut pdf = b"%PDF-1.7\n1 0 obj\n".to_vec();
    pdf.extend(rows);
    pdf.extend(b"\nendobj\nstartxref\n9\n%%EOF\n");
    put("a cross-reference stream of 200 MB", Some(Limit::StructureBytes), pdf);
}

/// One object in an object stream of this deflated content.
fn packed(data: &[u8]) -> Vec<u8> {
    let mut pdf = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    let mut put = |pdf: &mut Vec<u8>, number: usize, body: &[u8]| {
        places.push(pdf.len());
        pdf.extend(format!("{number} 0 obj\n").bytes());
        pdf.extend(body);
        pdf.extend(b"\nendobj\n");
    };
    put(&mut pdf, 1, b"<</Type /Catalog /Pages 2 0 R>>");
    put(&mut pdf, 2, b"<</Type /Pages /Kids [] /Count 0>>");
    put(&mut pdf, 3, &stream("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", data));
    let xref = pdf.len();
    let mut rows = vec![0, 0, 0, 0, 0, 0];
    for place in places {
        rows.push(1);
        rows.extend((place as u32).to_be_bytes());
        rows.push(0);
    }
    rows.extend([2, 0, 0, 0, 3, 0]);
    let keys = "/Type /XRef /W [1 4 1] /Size 6 /Index [0 5] /Root 1 0 R";
    pdf.extend(b"5 0 obj\n");
    pdf.extend(stream(keys, &rows));
    pdf.extend(format!("\nendobj\nstartxref\n{xref}\n%%EOF\n").bytes());
    pdf
}

/// Fields and signature dictionaries.
fn signatures(new: &dyn Fn() -> Draft, put: &mut Put<'_>) {
    let fields =
        |count: usize, signature: &dyn Fn(&mut Draft, usize) -> String, more: &dyn Fn(&mut Draft) -> String| {
            let mut draft = new();
            let more = more(&mut draft);
            let list: String = (0..count)
                .map(|at| {
                    let value = signature(&mut draft, at);
                    let value = draft.add(text(format!("<</Type /Sig /ByteRange [0 9 9 9] {value} {more}>>")));
                    format!("{} 0 R ", draft.add(text(format!("<</FT /Sig /T ({at}) /V {value} 0 R>>"))))
                })
                .collect();
            draft.catalog = format!("/AcroForm <</Fields [{list}]>>");
            draft.finish()
        };
    let short = |_: &mut Draft, _: usize| "/Contents <00>".to_owned();
    let nothing = |_: &mut Draft| String::new();
    put("signatures", Some(Limit::Signatures), fields(1000, &short, &nothing));
    let long = |_: &mut Draft, _: usize| format!("/Contents ({})", "a".repeat(100_000));
    put("large signatures", Some(Limit::SignatureBytes), fields(100, &long, &nothing));
    let words = |draft: &mut Draft| {
        let words = draft.add(text(format!("({})", "a".repeat(1 << 20))));
        format!("/Reason {words} 0 R /Name {words} 0 R /Location {words} 0 R")
    };
    put("signatures that share their words", Some(Limit::HeldBytes), fields(200, &short, &words));
    let lock = |draft: &mut Draft| {
        let list = draft.add(text(format!("[{}]", "(a)".repeat(50_000))));
        let params = format!("<</Action /Include /Fields {list} 0 R>>");
        format!("/Reference [<</TransformMethod /FieldMDP /TransformParams {params}>>]")
    };
    put("signatures that lock much", Some(Limit::HeldBytes), fields(200, &short, &lock));
    let references = |draft: &mut Draft| {
        let list = draft.add(text(format!("[{}]", "9999 0 R ".repeat(200_000))));
        format!("/Reference {list} 0 R")
    };
    put("signatures with many references", Some(Limit::Steps), fields(200, &short, &references));
    let mut orphans = new();
    let orphan = text("<</Type /Sig /ByteRange [0 9 9 9] /Contents <00>>>");
    orphans.objects.extend(std::iter::repeat_n(orphan, 60_000));
    put("signatures of no field", Some(Limit::Signatures), orphans.finish());
    let mut chain = new();
    let first = chain.objects.len() + 4;
    for next in first + 1..first + 30_000 {
        chain.add(text(format!("<</FT /Sig /T (a) /Kids [{next} 0 R]>>")));
    }
    chain.catalog = format!("/AcroForm <</Fields [{first} 0 R]>>");
    put("fields in fields", Some(Limit::Depth), chain.finish());
    let mut kids = new();
    let widget = kids.add(text("<</Subtype /Widget /Rect [0 0 9 9]>>"));
    let field = kids.add(text(format!("<</FT /Sig /T (a) /Kids [{}]>>", format!("{widget} 0 R ").repeat(300_000))));
    kids.catalog = format!("/AcroForm <</Fields [{field} 0 R]>>");
    put("one widget 300 000 times", None, kids.finish());
}

/// What later revisions did.
fn revisions(new: &dyn Fn() -> Draft, put: &mut Put<'_>) {
    let mut many = new().signed();
    for at in 0..70 {
        many = revise(many, &[(1000 + at, text("null"))]);
    }
    put("revisions", Some(Limit::Revisions), many);
    let mut draft = new();
    draft.objects.resize(60_000, text("null"));
    let list = draft.add(text(format!("[{}]", (4..60_000).map(|at| format!("{at} 0 R ")).collect::<String>())));
    draft.catalog = format!("/Extra {list} 0 R");
    let mut long = draft.signed();
    for at in 0..60 {
        long = revise(long, &[(100_000 + at, text("null"))]);
    }
    put("sixty revisions of sixty thousand objects", Some(Limit::Steps), long);
    let changed: Vec<(usize, Vec<u8>)> = (70_000..120_000).map(|at| (at, text(format!("{} 0 R", at + 1)))).collect();
    put("an update of fifty thousand objects", None, revise(new().signed(), &changed));

    // A form whose resources have grown: every kind of them leads to one dictionary.
    let form = |kinds: usize, names: usize| {
        let mut draft = new();
        let all: String = (0..names).map(|at| format!("/R{at} 9999 0 R")).collect();
        let inner = draft.add(text(format!("<<{all}>>")));
        let kinds: String = (0..kinds).map(|at| format!("/K{at} {inner} 0 R")).collect();
        let outer = draft.add(text(format!("<<{kinds}>>")));
        let form = draft.add(text(format!("<</Fields [] /DR {outer} 0 R>>")));
        draft.catalog = format!("/AcroForm {form} 0 R");
        let pdf = draft.signed();
        // The form as the signature left it, with other resources.
        let all = String::from_utf8_lossy(&pdf).into_owned();
        let at = all.rfind(&format!("/DR {outer} 0 R")).unwrap();
        let start = all[..at].rfind("obj").unwrap() + 3;
        let end = at + all[at..].find("endobj").unwrap();
        let now = all[start..end].replace(&format!("/DR {outer} 0 R"), "/DR 150001 0 R");
        let more = format!("<<{kinds} /More 150002 0 R>>");
        revise(pdf, &[(form, text(now)), (150_001, text(more)), (150_002, text("<</New 150003 0 R>>"))])
    };
    put("resources of a thousand kinds", Some(Limit::Steps), form(1_000, 50_000));
    put("resources of fifty thousand kinds", None, form(50_000, 3));
    // Pages that share a list of annotations, each of them large.
    let mut draft = new();
    let annotation = format!("<</Subtype /Text /Words [{}]>>", "1 ".repeat(200_000));
    let list = draft.add(text(format!("[{annotation}]")));
    let kids: String = (0..5_000)
        .map(|_| {
            let page = format!("<</Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Annots {list} 0 R>>");
            format!("{} 0 R ", draft.add(text(page)))
        })
        .collect();
    draft.pages = format!("/Kids [3 0 R {kids}] /Count 5001");
    let pdf = prepare(draft.signed(), Slot::NewField(NewField::invisible("second"))).unwrap();
    put("pages that share large annotations", Some(Limit::Steps), pdf.finish(&[0x30, 2, 5, 0]).unwrap());
}

/// Honest files of some size: pages of text with fonts, scanned pages, a structure for readers who do not see.
pub fn honest() -> Vec<(&'static str, Vec<u8>)> {
    let pages = |count: usize, draft: &mut Draft, page: &dyn Fn(&mut Draft, usize) -> String| {
        let kids: String = (0..count)
            .map(|at| {
                let keys = page(draft, at);
                let page = format!("<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] {keys}>>");
                format!("{} 0 R ", draft.add(text(page)))
            })
            .collect();
        draft.pages = format!("/Kids [3 0 R {kids}] /Count {}", count + 1);
    };
    let mut written = Draft::new(&[]);
    let font = written.add(text("<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>"));
    pages(300, &mut written, &|draft, at| {
        let line = |nth: usize| {
            format!("1 0 0 1 70 {} Tm (Page {at}, line {nth}: {}) Tj\n", 800 - 15 * nth, "word ".repeat(14))
        };
        let lines: String = (0..48).map(line).collect();
        let content = stream("/Filter /FlateDecode", &zlib(format!("BT /F 11 Tf {lines} ET").as_bytes()));
        let content = draft.add(content);
        let links: String = (0..20)
            .map(|nth| {
                let link =
                    format!("<</Type /Annot /Subtype /Link /Rect [0 {nth} 9 9] /Border [0 0 0] /Dest [3 0 R /Fit]>>");
                format!("{} 0 R ", draft.add(text(link)))
            })
            .collect();
        format!("/Contents {content} 0 R /Resources <</Font <</F {font} 0 R>>>> /Annots [{links}]")
    });
    let mut scanned = Draft::new(&[]);
    pages(300, &mut scanned, &|draft, at| {
        let noise: Vec<u8> = (0..90_000u32).map(|n| (n.wrapping_mul(2_654_435_761 + at as u32) >> 13) as u8).collect();
        let keys =
            "/Type /XObject /Subtype /Image /Width 1240 /Height 1754 /BitsPerComponent 8 /ColorSpace /DeviceGray";
        let picture = draft.add(stream(&format!("{keys} /Filter /DCTDecode"), &noise));
        let content = draft.add(stream("", b"q 595 0 0 842 0 0 cm /I Do Q"));
        format!("/Contents {content} 0 R /Resources <</XObject <</I {picture} 0 R>>>>")
    });
    let mut tagged = Draft::new(&[]);
    let tree = tagged.add(text("null"));
    pages(300, &mut tagged, &|draft, at| {
        let content = draft.add(stream("", b"/P <</MCID 0>> BDC EMC"));
        for mcid in 0..100 {
            let kids = format!("[<</Type /MCR /MCID {mcid} /Pg 3 0 R>>]");
            draft.add(text(format!("<</Type /StructElem /S /P /P {tree} 0 R /Pg 3 0 R /K {kids} /Lang (zh-CN)>>")));
        }
        format!("/Contents {content} 0 R /StructParents {at}")
    });
    let all: String = (tree + 1..tagged.objects.len() + 4).map(|at| format!("{at} 0 R ")).collect();
    tagged.objects[tree - 4] = text(format!("<</Type /StructTreeRoot /K [{all}]>>"));
    tagged.catalog = format!("/StructTreeRoot {tree} 0 R /MarkInfo <</Marked true>>");
    vec![
        ("300 pages of text", written.signed()),
        ("300 scanned pages", scanned.signed()),
        ("300 tagged pages", tagged.signed()),
    ]
}
