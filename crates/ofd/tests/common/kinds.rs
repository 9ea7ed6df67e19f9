//! Packages that ask for more than they are worth, each in its own way: for the tests of this crate, and for whoever
//! measures what becomes of them further up (`cargo bench -p license-core --bench hostile`).
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, missing_docs)]

use ofd::Package;

const OFD: &str = r#"<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016" Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>0</ofd:DocID></ofd:DocInfo><ofd:DocRoot>D.xml</ofd:DocRoot><ofd:Signatures>S.xml</ofd:Signatures></ofd:DocBody></ofd:OFD>"#;
pub const NS: &str = r#"xmlns:ofd="http://www.ofdspec.org/2016""#;

/// A package of these files with one page, or as many as asked.
pub fn hostile(pages: usize, common: &str, files: &[(&str, String)]) -> Vec<u8> {
    let list: String = (0..pages).map(|i| format!("<ofd:Page ID=\"{i}\" BaseLoc=\"P.xml\"/>")).collect();
    let root = format!(
        "<ofd:Document {NS}><ofd:CommonData>{common}</ofd:CommonData><ofd:Pages>{list}</ofd:Pages></ofd:Document>"
    );
    let mut package = Package::new();
    package.add("OFD.xml", OFD.as_bytes().to_vec()).unwrap();
    package.add("D.xml", root.into_bytes()).unwrap();
    for (name, file) in files {
        package.add(*name, file.as_bytes().to_vec()).unwrap();
    }
    package.to_zip().unwrap()
}

/// A page with a template.
pub fn page(inside: &str) -> String {
    format!(
        "<ofd:Page {NS}><ofd:Template TemplateID=\"9\"/><ofd:Content><ofd:Layer>{inside}</ofd:Layer></ofd:Content></ofd:Page>"
    )
}

/// One page, and a link of the document to `A.xml` under this name.
fn linked(name: &str, files: &[(&str, String)]) -> Vec<u8> {
    let (common, name) = match name.rsplit_once("<ofd:") {
        Some((common, name)) => (format!("<ofd:{common}"), name),
        None => (String::new(), name),
    };
    let root = format!(
        "<ofd:Document {NS}><ofd:CommonData>{common}</ofd:CommonData><ofd:Pages><ofd:Page ID=\"0\" BaseLoc=\"P.xml\"/></ofd:Pages><ofd:{name}>A.xml</ofd:{name}></ofd:Document>"
    );
    let mut package = Package::new();
    package.add("OFD.xml", OFD.as_bytes().to_vec()).unwrap();
    package.add("D.xml", root.into_bytes()).unwrap();
    package.add("P.xml", page("").into_bytes()).unwrap();
    for (name, file) in files {
        package.add(*name, file.as_bytes().to_vec()).unwrap();
    }
    package.to_zip().unwrap()
}

/// One large file, attached nine thousand times under this name.
fn attached(name: &str) -> Vec<u8> {
    let list = format!("<ofd:Attachment ID=\"1\" Name=\"{name}\"><ofd:FileLoc>/B</ofd:FileLoc></ofd:Attachment>");
    let files = [
        ("A.xml", format!("<ofd:Attachments {NS}>{}</ofd:Attachments>", list.repeat(9000))),
        ("B", mix(64).repeat(14_000)),
    ];
    linked("Attachments", &files)
}

/// Letters without order.
pub fn mix(length: usize) -> String {
    // Hardly packs: the ratio is that of text.
    let mut state = 1u64;
    let mut out = String::with_capacity(length);
    while out.len() < length {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        out.push(char::from(b'a' + (state >> 59) as u8 % 26));
    }
    out
}

/// A zip of empty files, each with a name and extra fields, in the directory and before the file.
fn zip_of(count: usize, entry: impl Fn(usize) -> (Vec<u8>, Vec<u8>)) -> Vec<u8> {
    let twice = |at| {
        let (name, extra) = entry(at);
        (name, extra.clone(), extra)
    };
    zip_with(count, twice)
}

/// The same with other fields before the files than in the directory.
fn zip_with(count: usize, entry: impl Fn(usize) -> (Vec<u8>, Vec<u8>, Vec<u8>)) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    let short = |value: usize| (value as u16).to_le_bytes();
    for at in 0..count {
        let (name, extra, local) = entry(at);
        let lengths = |extra: &[u8]| [short(name.len()), short(extra.len())].concat();
        let offset = (out.len() as u32).to_le_bytes();
        out.extend([b"PK\x03\x04\x14\0", &[0; 20][..], &lengths(&local), &name, &local].concat());
        directory.extend(
            [b"PK\x01\x02\x14\0\x14\0", &[0; 20][..], &lengths(&extra), &[0; 10], &offset, &name, &extra].concat(),
        );
    }
    let numbers = [(directory.len() as u32).to_le_bytes(), (out.len() as u32).to_le_bytes()].concat();
    out.extend([&directory[..], b"PK\x05\x06\0\0\0\0", &short(count), &short(count), &numbers, &[0; 2]].concat());
    out
}

/// Names and fields of a zip that are more than files have.
fn directories() -> Vec<(&'static str, Vec<u8>)> {
    let field = |id: u16, body: &[u8]| [&id.to_le_bytes()[..], &(body.len() as u16).to_le_bytes(), body].concat();
    let plain = |at: usize| format!("x/{at}").into_bytes();
    let second = |at: usize| field(0x7075, &[&[1, 0, 0, 0, 0][..], &plain(at)].concat());
    // Neither UTF-8 nor ASCII: read as GBK, named in notes.
    let name = |at: usize, length: usize| {
        let mut name = format!("{at}/").into_bytes();
        name.extend(b"../\xB5\xE7\xD7\xD3/".repeat(length / 8));
        name
    };
    vec![
        ("fields of a zip", zip_of(250, |at| (plain(at), field(0x9999, &[]).repeat(15_000)))),
        ("fields before the files", zip_with(400, |at| (plain(at), Vec::new(), field(0x9999, &[]).repeat(15_000)))),
        ("few fields of many files", zip_of(4000, |at| (plain(at), field(0x9999, &[7; 25]).repeat(15)))),
        ("second names", zip_of(200, |at| (plain(at), second(at).repeat(4_000)))),
        ("second sizes", zip_of(200, |at| (plain(at), field(1, &[0; 16]).repeat(3_000)))),
        ("long names", zip_of(3500, |at| (name(at, 1800), Vec::new()))),
        ("names as long as may be", zip_of(2000, |at| (name(at, 990), Vec::new()))),
    ]
}

/// Pages in GBK, whose tables are slow to search.
fn in_gbk(times: usize) -> Vec<u8> {
    let mut state = 1u64;
    let mut text = Vec::with_capacity(700_000);
    while text.len() < 700_000 {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        text.extend([0x81 + (state >> 33) as u8 % 0x1E, 0x80 + (state >> 45) as u8 % 0x7E]);
    }
    let head = format!("<?xml version=\"1.0\" encoding=\"GBK\"?><ofd:Page {NS}><!--");
    let page = [head.as_bytes(), &text.repeat(times), b"--></ofd:Page>"].concat();
    let mut package = ofd::read(&hostile(1, "", &[]), &ofd::Budget::default()).unwrap();
    package.add("P.xml", page).unwrap();
    package.to_zip().unwrap()
}

/// Every kind by its name.
pub fn all() -> Vec<(&'static str, Vec<u8>)> {
    let text = "<ofd:TextObject ID=\"1\" Boundary=\"0 0 1 1\" Font=\"1\" Size=\"3\"><ofd:TextCode X=\"0\" Y=\"0\">";
    let template = "<ofd:TemplatePage ID=\"9\" BaseLoc=\"T.xml\"/>";
    let objects = format!("{text}x</ofd:TextCode></ofd:TextObject>").repeat(90_000);
    let glyphs = format!(
        "<ofd:TextObject ID=\"1\" Boundary=\"0 0 1 1\"><ofd:CGTransform><ofd:Glyphs>{}</ofd:Glyphs></ofd:CGTransform>{}",
        "1 ".repeat(5_000_000),
        "<ofd:TextCode>x</ofd:TextCode></ofd:TextObject>"
    );
    let references =
        "<ofd:Reference FileRef=\"/OFD.xml\"><ofd:CheckValue>AAAA</ofd:CheckValue></ofd:Reference>".repeat(60_000);
    let signature = format!(
        "<ofd:Signature {NS}><ofd:SignedInfo><ofd:References CheckMethod=\"x\">{references}</ofd:References></ofd:SignedInfo></ofd:Signature>"
    );
    let records: String = (0..64).map(|i| format!("<ofd:Signature ID=\"{i}\" BaseLoc=\"G.xml\"/>")).collect();
    let list = format!("<ofd:Signatures {NS}>{records}</ofd:Signatures>");
    let wide = format!("<ofd:Page {NS}>{}</ofd:Page>", "<b c=\"\"/>".repeat(1_200_000));
    let empty = || page("");
    let mut all = directories();
    all.push(("GBK", in_gbk(8)));
    all.push(("much GBK", in_gbk(30)));
    all.extend([
        ("text objects without end", hostile(1, "", &[("P.xml", page(&objects))])),
        (
            "a text on two thousand pages",
            hostile(
                2000,
                template,
                &[
                    ("P.xml", empty()),
                    ("T.xml", page(&format!("{text}{}</ofd:TextCode></ofd:TextObject>", mix(3 << 20)))),
                ],
            ),
        ),
        ("objects on two thousand pages", hostile(2000, template, &[("P.xml", empty()), ("T.xml", page(&objects))])),
        ("glyphs", hostile(1, "", &[("P.xml", page(&glyphs))])),
        ("elements", hostile(1, "", &[("P.xml", wide)])),
        ("depth", hostile(1, "", &[("P.xml", "<a>".repeat(4_000_000))])),
        ("references", hostile(1, "", &[("P.xml", empty()), ("S.xml", list), ("G.xml", signature)])),
        (
            "zeros",
            hostile(1, "", &[("P.xml", empty()), ("zeros", "\0".repeat(11 << 20)), ("more", "\0".repeat(11 << 20))]),
        ),
        ("noise", hostile(1, "", &[("P.xml", page(&mix(11 << 20)))])),
        ("pages", hostile(200_000, "", &[("P.xml", empty())])),
        ("two thousand pages of one large file", hostile(2000, "", &[("P.xml", page(&mix(11 << 20)))])),
        ("white space before many elements", {
            let inside = format!("{}{}", " ".repeat(8 << 20), "<b/>".repeat(200_000));
            hostile(1, "", &[("P.xml", format!("<ofd:Page {NS}>{inside}</ofd:Page>"))])
        }),
        ("white space before many words", {
            let inside = format!("{}{}", " ".repeat(8 << 20), "x<b/>".repeat(200_000));
            hostile(1, "", &[("P.xml", format!("<ofd:Page {NS}>{inside}</ofd:Page>"))])
        }),
        ("prefixes", {
            let open = |level: usize| {
                let list: String = (0..100).map(|at| format!(" xmlns:a{level}x{at}=\"u\"")).collect();
                format!("<b{list}>")
            };
            let inside: String = (0..58).map(open).collect();
            let inside = format!("{inside}{}{}", "<ofd:c/>".repeat(200_000), "</b>".repeat(58));
            hostile(5, "", &[("P.xml", format!("<ofd:Page {NS}>{inside}</ofd:Page>"))])
        }),
        ("annotations", {
            let list = "<ofd:Page PageID=\"0\"><ofd:FileLoc>B.xml</ofd:FileLoc></ofd:Page>".repeat(3000);
            let path = "<ofd:PathObject ID=\"1\" Boundary=\"0 0 1 1\"><ofd:AbbreviatedData>M 0 0</ofd:AbbreviatedData></ofd:PathObject>";
            let parameter = "<ofd:Parameter Name=\"a\">b</ofd:Parameter>".repeat(5);
            let annotation = format!(
                "<ofd:Annot ID=\"1\" Type=\"Path\"><ofd:Parameters>{parameter}</ofd:Parameters><ofd:Appearance Boundary=\"0 0 1 1\">{path}</ofd:Appearance></ofd:Annot>"
            );
            linked(
                "Annotations",
                &[
                    ("A.xml", format!("<ofd:Annotations {NS}>{list}</ofd:Annotations>")),
                    ("B.xml", format!("<ofd:PageAnnot {NS}>{}</ofd:PageAnnot>", annotation.repeat(1000))),
                ],
            )
        }),
        ("attached records", attached("license-record.json")),
        ("attached indexes", attached("license-index.txt")),
        ("attached chains", attached("license-chain.pem")),
        ("attachments", {
            let list = "<ofd:Attachment/>".repeat(250_000);
            linked("Attachments", &[("A.xml", format!("<ofd:Attachments {NS}>{list}</ofd:Attachments>"))])
        }),
        ("fonts of a license", {
            let fonts: String = (0..5000)
                .map(|id| format!("<ofd:Font ID=\"{id}\" FontName=\"a\"><ofd:FontFile>F</ofd:FontFile></ofd:Font>"))
                .collect();
            let record =
                "<ofd:Attachment ID=\"1\" Name=\"license-record.json\"><ofd:FileLoc>F</ofd:FileLoc></ofd:Attachment>";
            let files = [
                ("A.xml", format!("<ofd:Attachments {NS}>{record}</ofd:Attachments>")),
                ("R.xml", format!("<ofd:Res {NS} BaseLoc=\"\"><ofd:Fonts>{fonts}</ofd:Fonts></ofd:Res>")),
                ("F", mix(1 << 20)),
            ];
            linked("PublicRes>R.xml</ofd:PublicRes><ofd:Attachments", &files)
        }),
    ]);
    all
}
