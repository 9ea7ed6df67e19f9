//! Kinds of files that are hostile to verification rather than to reading.
#![allow(unreachable_pub)]

use license_core::verify::{INDEX_FILE, RECORD_FILE};
use ofd::Package;
use pki::asn1::{self, tag};
use pki::{DigestAlgorithm, Signer as _, oid};

use super::kinds::{self, NS, hostile, mix};
use super::verify_support::forge::{self, CmsParts};
use super::verify_support::{ISSUED, good, stamps};

/// Every kind by its name.
pub fn own() -> Vec<(String, Vec<u8>)> {
    let mut out = Vec::new();
    let mut put = |name: &str, bytes: Vec<u8>| out.push((name.to_owned(), bytes));

    // Pages that present themselves as the license whose record and index they carry.
    let words = |count: usize| -> String {
        let line = |at: usize| {
            let y = 10 + at * 270 / (count / 40 + 1);
            format!(
                "<ofd:TextObject ID=\"1\" Boundary=\"10 {y} 190 5\" Font=\"1\" Size=\"4\"><ofd:TextCode X=\"0\" Y=\"4\" DeltaX=\"g 39 4.5\">{}</ofd:TextCode></ofd:TextObject>",
                mix(40)
            )
        };
        (0..count / 40).map(line).collect()
    };
    let path = |data: &str, paint: &str| {
        format!(
            "<ofd:PathObject ID=\"2\" Boundary=\"0 0 210 297\" {paint}><ofd:FillColor Value=\"0 0 0\"/><ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>"
        )
    };
    let sheet = "M 0 0 L 210 0 L 210 297 L 0 297 C";
    let teeth: String =
        (0..200_000).map(|at| format!("L {} {} ", at % 210, if at % 2 == 0 { 0 } else { 297 })).collect();
    let steps: String = (0..12_000).map(|at| format!("M {0} 1 L {0} 2 ", at % 200)).collect();
    put("license: letters", license(1, &words(18_000), &[]));
    put("license: more letters than any", license(1, &words(60_000), &[]));
    put(
        "license: sheets over letters",
        license(1, &(words(18_000) + &path(sheet, "Fill=\"true\"").repeat(35_000)), &[]),
    );
    put(
        "license: one comb over letters",
        license(1, &(words(18_000) + &path(&format!("M 0 0 {teeth}C"), "Fill=\"true\"")), &[]),
    );
    put(
        "license: one comb of lines",
        license(1, &(words(18_000) + &path(&format!("M 0 0 {teeth}"), "LineWidth=\"0.1\"")), &[]),
    );
    put(
        "license: many combs",
        license(
            1,
            &(words(18_000) + &path(&format!("M 0 0 {}", &teeth[..20_000]), "LineWidth=\"0.1\"").repeat(400)),
            &[],
        ),
    );
    put(
        "license: paths that end badly",
        license(64, &(words(400) + &path(&format!("M 0 0 {teeth}X"), "Fill=\"true\"")), &[]),
    );
    put("license: shapes like codes", license(1, &path(&steps, "Fill=\"true\"").repeat(40), &[]));
    put(
        "license: a clip beside the letters",
        license(
            1,
            &(words(18_000) + &path(sheet, "Fill=\"true\"").replace("0 0 210 297", "0 0 5 297").repeat(35_000)),
            &[],
        ),
    );

    let code = license_core::qr::QrCode::new(&good().index().to_string()).unwrap();
    let picture = |count: usize| {
        let place = |at: usize| {
            format!(
                "<ofd:ImageObject ID=\"3\" ResourceID=\"{}\" Boundary=\"0 0 30 30\" CTM=\"30 0 0 30 0 0\"/>",
                100 + at % 16
            )
        };
        (0..count).map(place).collect::<String>()
    };
    put("license: fifty thousand codes", license(1, &picture(50_000), &[png(&code, 8)]));
    let large: Vec<Vec<u8>> = (0..16).map(|at| blank(2000 + at)).collect();
    put("license: large pictures", license(1, &picture(16), &large));

    // One part under many names: it is read once, or not at all.
    let list = |one: &dyn Fn(usize) -> String, count: usize| (0..count).map(one).collect::<String>();
    let record = |at: usize| {
        format!("<ofd:Attachment ID=\"{at}\" Name=\"{RECORD_FILE}\"><ofd:FileLoc>large</ofd:FileLoc></ofd:Attachment>")
    };
    let mut attached = ofd::read(&license(1, "", &[]), &ofd::Budget::default()).unwrap();
    attached.set("large", mix(1 << 20).into_bytes());
    attached.set("A.xml", format!("<ofd:Attachments {NS}>{}</ofd:Attachments>", list(&record, 9_000)).into_bytes());
    put("license: one file attached as nine thousand records", attached.to_zip().unwrap());
    let font = |at: usize| {
        format!("<ofd:Font ID=\"{}\" FontName=\"a\"><ofd:FontFile>large</ofd:FontFile></ofd:Font>", 1000 + at)
    };
    let mut fonts = ofd::read(&license(1, &words(400), &[]), &ofd::Budget::default()).unwrap();
    fonts.set("large", mix(1 << 20).into_bytes());
    let all = list(&font, 9_000);
    fonts.set("R.xml", format!("<ofd:Res {NS} BaseLoc=\".\"><ofd:Fonts>{all}</ofd:Fonts></ofd:Res>").into_bytes());
    put("license: one file as nine thousand fonts", fonts.to_zip().unwrap());

    // As a stranger's: what every package is asked.
    let part = |at: usize| (format!("part{at}"), mix(8 << 20));
    let parts: Vec<(String, String)> = (0..4).map(part).collect();
    let references: String = (parts.iter())
        .map(|(name, _)| {
            format!("<ofd:Reference FileRef=\"/{name}\"><ofd:CheckValue>AAAA</ofd:CheckValue></ofd:Reference>")
        })
        .collect();
    let mut files: Vec<(String, String)> = vec![
        ("P.xml".into(), kinds::page("")),
        ("S.xml".into(), {
            let list: String =
                (0..64).map(|at| format!("<ofd:Signature ID=\"{at}\" BaseLoc=\"G{at}.xml\"/>")).collect();
            format!("<ofd:Signatures {NS}>{list}</ofd:Signatures>")
        }),
    ];
    for at in 0..64 {
        let method =
            ["SM3", "sm3", "1.2.156.10197.1.401", "SHA256", "sha-512", "SHA384", "Sm3", "1.2.156.10197.1.401.2"]
                [at % 8];
        let method = format!("{}{method}", " ".repeat(at / 8));
        files.push((
            format!("G{at}.xml"),
            format!("<ofd:Signature {NS}><ofd:SignedInfo><ofd:References CheckMethod=\"{method}\">{references}</ofd:References></ofd:SignedInfo><ofd:SignedValue>V.dat</ofd:SignedValue></ofd:Signature>"),
        ));
    }
    files.extend(parts);
    let files: Vec<(&str, String)> = files.iter().map(|(name, file)| (name.as_str(), file.clone())).collect();
    put("one digest under many names", hostile(1, "", &files));

    let value = package_part(good().ofd(), "SignedValue.dat");
    let mut sealed = ofd::read(&hostile(1, "", &files[..66]), &ofd::Budget::default()).unwrap();
    sealed.set("V.dat", value);
    put("sixty-four seals", sealed.to_zip().unwrap());
    sealed.set("V.dat", stamped(16));
    put("sixty-four signatures with sixteen time-stamps each", sealed.to_zip().unwrap());
    let mut pictures = ofd::read(&license(1, &picture(16), &large), &ofd::Budget::default()).unwrap();
    pictures.set("A.xml", format!("<ofd:Attachments {NS}/>").into_bytes());
    put("large pictures", pictures.to_zip().unwrap());

    // Colour profiles that become a hundred megabytes each, on pages of either kind.
    let profile = zlib(&vec![0; 100 << 20]);
    let profiles: Vec<Vec<u8>> = (0..16).map(|at| with_profile(&png(&code, 2 + at), &profile)).collect();
    put("license: profiles of pictures", license(1, &picture(16), &profiles));
    let mut profiles = ofd::read(&license(1, &picture(16), &profiles), &ofd::Budget::default()).unwrap();
    profiles.set("A.xml", format!("<ofd:Attachments {NS}/>").into_bytes());
    put("profiles of pictures", profiles.to_zip().unwrap());

    let mut glyphs = ofd::read(good().ofd(), &ofd::Budget::default()).unwrap();
    let fonts: Vec<(String, Vec<u8>)> = (glyphs.parts())
        .filter(|(name, _)| name.ends_with(".ttf"))
        .map(|(name, part)| (name.to_owned(), doubling(&part.open())))
        .collect();
    assert!(!fonts.is_empty());
    for (name, font) in fonts {
        glyphs.set(&name, font);
    }
    put("license: glyphs of glyphs", glyphs.to_zip().unwrap());
    out
}

/// A signature without a seal under so many time-stamps, each with thirty certificates that might be above its service's.
fn stamped(count: usize) -> Vec<u8> {
    let service = &stamps::services().first;
    let digest = DigestAlgorithm::Sha256.digest(b"another");
    let above = |_| stamps::services().root.certificate().der().to_vec();
    let parts = CmsParts { certificates: (0..30).map(above).collect(), ..CmsParts::default() };
    let token = stamps::token_with(&digest, service, ISSUED, parts);
    let tokens = asn1::tlv(tag::SET, &[&token.repeat(count)]);
    let unsigned = vec![asn1::sequence(&[&asn1::oid(&oid::SIGNATURE_TIME_STAMP), &tokens])];
    forge::cms(service, &CmsParts { signed: forge::usual_attributes(&digest), unsigned, ..CmsParts::default() })
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut encoder, bytes).unwrap();
    encoder.finish().unwrap()
}

/// A picture with a colour profile.
fn with_profile(png: &[u8], packed: &[u8]) -> Vec<u8> {
    // Behind the signature and the chunk of 25 bytes that must come first.
    let (head, rest) = png.split_at(8 + 25);
    let chunk = [b"iCCPa\0\0", packed].concat();
    let mut sum = flate2::Crc::new();
    sum.update(&chunk);
    [head, &(chunk.len() as u32 - 4).to_be_bytes(), &chunk, &sum.sum().to_be_bytes(), rest].concat()
}

/// The same font with other outlines: glyphs of twice the one before, thirty levels of them. A font of fewer glyphs as it is.
fn doubling(font: &[u8]) -> Vec<u8> {
    let short = |bytes: &[u8], at: usize| usize::from(u16::from_be_bytes(bytes[at..at + 2].try_into().unwrap()));
    let long = |at: usize| u32::from_be_bytes(font[at..at + 4].try_into().unwrap()) as usize;
    let mut tables: Vec<([u8; 4], Vec<u8>)> = (font[12..].chunks(16).take(short(font, 4)).zip(0..))
        .map(|(entry, nth): (&[u8], usize)| {
            let at = long(12 + 16 * nth + 8);
            (entry[..4].try_into().unwrap(), font[at..at + long(12 + 16 * nth + 12)].to_vec())
        })
        .collect();
    let glyphs = short(&tables.iter().find(|(tag, _)| tag == b"maxp").unwrap().1, 4);
    if glyphs <= 32 {
        return font.to_vec();
    }
    let mut glyf = [&[0, 1], &[0; 8][..], &[0, 2, 0, 0], &[1; 3], &[0, 9, 0, 0, 1, 0, 0, 0, 0, 9, 0, 0, 0]].concat();
    let mut places = vec![0, glyf.len()];
    for at in 1..glyphs as u16 {
        let part = [(at - 1).min(30).to_be_bytes(), [0; 2]].concat();
        glyf.extend([&[0xFF, 0xFF], &[0; 8][..], &[0, 0x22], &part, &[0, 2], &part].concat());
        places.push(glyf.len());
    }
    let places: Vec<u8> = places.iter().flat_map(|place| (*place as u32).to_be_bytes()).collect();
    for (tag, table) in &mut tables {
        match &*tag {
            b"glyf" => table.clone_from(&glyf),
            b"loca" => table.clone_from(&places),
            b"head" => table[50..52].copy_from_slice(&[0, 1]),
            _ => {}
        }
    }
    let mut out = [&font[..4], &(tables.len() as u16).to_be_bytes(), &[0; 6]].concat();
    let mut at = 12 + 16 * tables.len();
    for (tag, table) in &tables {
        out.extend([&tag[..], &[0; 4], &(at as u32).to_be_bytes(), &(table.len() as u32).to_be_bytes()].concat());
        at += table.len();
    }
    tables.iter().for_each(|(_, table)| out.extend(table));
    out
}

fn package_part(zip: &[u8], end: &str) -> Vec<u8> {
    let package = ofd::read(zip, &ofd::Budget::default()).unwrap();
    let (_, part) = package.parts().find(|(name, _)| name.ends_with(end)).unwrap();
    part.bytes().to_vec()
}

/// Pages with record and index of a good license, pictures from id 100.
fn license(pages: usize, inside: &str, pictures: &[Vec<u8>]) -> Vec<u8> {
    let media: String = (0..16.min(pictures.len() * 16))
        .map(|at| {
            format!(
                "<ofd:MultiMedia ID=\"{}\" Type=\"Image\"><ofd:MediaFile>I{}.png</ofd:MediaFile></ofd:MultiMedia>",
                100 + at,
                at % pictures.len().max(1)
            )
        })
        .collect();
    let common = "<ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea><ofd:DocumentRes>R.xml</ofd:DocumentRes>";
    let page = format!("<ofd:Page {NS}><ofd:Content><ofd:Layer>{inside}</ofd:Layer></ofd:Content></ofd:Page>");
    let files = [
        ("P.xml", page),
        ("R.xml", format!("<ofd:Res {NS} BaseLoc=\".\"><ofd:MultiMedias>{media}</ofd:MultiMedias></ofd:Res>")),
        (
            "A.xml",
            format!(
                "<ofd:Attachments {NS}><ofd:Attachment ID=\"1\" Name=\"{RECORD_FILE}\"><ofd:FileLoc>record</ofd:FileLoc></ofd:Attachment><ofd:Attachment ID=\"2\" Name=\"{INDEX_FILE}\"><ofd:FileLoc>index</ofd:FileLoc></ofd:Attachment></ofd:Attachments>"
            ),
        ),
    ];
    let mut package: Package = ofd::read(&hostile(pages, common, &files), &ofd::Budget::default()).unwrap();
    let root = String::from_utf8(package.part("D.xml").unwrap().bytes().to_vec()).unwrap();
    let root = root.replace("</ofd:Document>", "<ofd:Attachments>A.xml</ofd:Attachments></ofd:Document>");
    package.set("D.xml", root.into_bytes());
    package.set("record", good().record_json().to_vec());
    package.set("index", good().index().to_string().into_bytes());
    for (at, picture) in pictures.iter().enumerate() {
        package.set(format!("I{at}.png"), picture.clone());
    }
    package.to_zip().unwrap()
}

/// A code with so many pixels a module.
fn png(code: &license_core::qr::QrCode, scale: usize) -> Vec<u8> {
    let side = (code.modules() + 8) * scale;
    let dark = |at: usize| {
        let inside = |at: usize| (at / scale).checked_sub(4).filter(|at| *at < code.modules());
        inside(at % side).zip(inside(at / side)).is_some_and(|(x, y)| code.dark()[y * code.modules() + x])
    };
    encode(
        side,
        png::ColorType::Grayscale,
        &(0..side * side).map(|at| if dark(at) { 0 } else { 255 }).collect::<Vec<u8>>(),
    )
}

fn blank(side: usize) -> Vec<u8> {
    encode(side, png::ColorType::Rgba, &vec![255; side * side * 4])
}

fn encode(side: usize, color: png::ColorType, pixels: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, side as u32, side as u32);
    encoder.set_color(color);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(pixels).unwrap();
    writer.finish().unwrap();
    out
}
