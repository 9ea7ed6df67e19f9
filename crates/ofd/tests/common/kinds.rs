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
    // Every element asks what its prefix stands for.
    let declared = |level: usize| (0..250).map(|at| format!(" xmlns:a{level}x{at}=''")).collect::<String>();
    let prefixes: String = (0..55).map(|level| format!("<ofd:PageBlock{}>", declared(level))).collect();
    let prefixes = format!("{prefixes}{}{}", "<ofd:C/>".repeat(200_000), "</ofd:PageBlock>".repeat(55));
    let empty = || page("");
    vec![
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
        ("prefixes", hostile(1, "", &[("P.xml", page(&prefixes))])),
        ("depth", hostile(1, "", &[("P.xml", "<a>".repeat(4_000_000))])),
        ("references", hostile(1, "", &[("P.xml", empty()), ("S.xml", list), ("G.xml", signature)])),
        (
            "zeros",
            hostile(1, "", &[("P.xml", empty()), ("zeros", "\0".repeat(11 << 20)), ("more", "\0".repeat(11 << 20))]),
        ),
        ("noise", hostile(1, "", &[("P.xml", page(&mix(11 << 20)))])),
        ("pages", hostile(200_000, "", &[("P.xml", empty())])),
    ]
}
