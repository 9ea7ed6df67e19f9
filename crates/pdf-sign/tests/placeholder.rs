//! A PDF writer's own signature dictionary, patched in place.
#![allow(clippy::unwrap_used)]

mod common;

use common::{fake_cms, one_page, one_page_with_xref_stream};
use pdf_sign::{Error, Slot, placeholder, prepare};

#[test]
fn prepare_sign_finish_with_pdf_writer() {
    for pdf in [one_page(), one_page_with_xref_stream()] {
        let size = pdf.len();
        let prepared = prepare(pdf, Slot::Placeholder).unwrap();
        assert_eq!(prepared.capacity(), placeholder::USUAL_CAPACITY);
        let signed_bytes: Vec<u8> = prepared.to_be_signed().concat();
        let cms = fake_cms();
        let pdf = prepared.finish(&cms).unwrap();
        assert_eq!(pdf.len(), size);
        let text = String::from_utf8_lossy(&pdf).into_owned();
        let range = text.split("/ByteRange").nth(1).unwrap().split(']').next().unwrap();
        let numbers: Vec<usize> =
            range.trim_start_matches([' ', '[']).split_whitespace().map(|n| n.parse().unwrap()).collect();
        let [zero, a, b, c] = numbers[..] else { panic!("{numbers:?}") };
        assert_eq!((zero, b + c), (0, size));
        assert_eq!([&pdf[..a], &pdf[b..]].concat(), signed_bytes);
        assert_eq!((pdf[a], pdf[b - 1]), (b'<', b'>'));
        let digits = cms.iter().map(|b| format!("{b:02x}")).collect::<String>();
        assert!(pdf[a..].starts_with(format!("<{digits}00").as_bytes()));
    }
}

#[test]
fn raw_text_placeholder_works_too() {
    let mut pdf = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    let sig = format!("<< /Type /Sig {} {} >>", placeholder::contents_text(64), placeholder::BYTE_RANGE_TEXT);
    for (number, body) in
        [(1, "<< /Type /Catalog /Pages 2 0 R >>"), (2, "<< /Type /Pages /Kids [] /Count 0 >>"), (3, &sig)]
    {
        offsets.push(pdf.len());
        pdf.extend(format!("{number} 0 obj {body} endobj\n").bytes());
    }
    let xref = pdf.len();
    pdf.extend(b"xref\n0 4\n0000000000 65535 f \n");
    offsets.iter().for_each(|at| pdf.extend(format!("{at:010} 00000 n \n").bytes()));
    pdf.extend(format!("trailer << /Size 4 /Root 1 0 R >>\nstartxref\n{xref}\n%%EOF\n").bytes());
    assert_eq!(prepare(pdf, Slot::Placeholder).unwrap().capacity(), 64);
}

#[test]
fn too_large_says_how_much_and_missing_placeholders_are_named() {
    let prepared = prepare(one_page(), Slot::Placeholder).unwrap();
    let have = placeholder::USUAL_CAPACITY;
    assert_eq!(prepared.clone().finish(&vec![1; have + 1]), Err(Error::TooLarge { need: have + 1, have }));
    assert!(prepared.finish(&vec![1; have]).is_ok());
    assert_eq!(prepare(common::plain_page(), Slot::Placeholder), Err(Error::NoPlaceholder));
    assert!(matches!(prepare(b"%PDF-1.7 no".to_vec(), Slot::Placeholder), Err(Error::Malformed(_))));
}
