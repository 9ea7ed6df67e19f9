//! Prepared fields, fields signed where they were prepared, and files that spell things their own way.
#![allow(clippy::unwrap_used)]

mod common;

use common::{one_page, one_page_with_xref_stream, plain_page, revise};
use pdf_sign::{
    Appearance, BlankField, Budget, ChangeKind, Error, ExistingField, Flaw, Lock, NewField, SignatureOptions, Slot,
    ValidationData, add_blank_field, add_validation_data, inspect, prepare,
};

fn cms(seed: u8) -> Vec<u8> {
    let mut der = common::fake_cms();
    der[9] = seed;
    der
}

fn blank(name: &str) -> BlankField {
    BlankField { name: name.into(), page: 0, rect: [50.0, 50.0, 150.0, 100.0], lock: None }
}

fn sign(pdf: Vec<u8>, slot: Slot, seed: u8) -> Vec<u8> {
    prepare(pdf, slot).unwrap().finish(&cms(seed)).unwrap()
}

/// A signature with a picture.
fn shown() -> SignatureOptions {
    let (rgb, alpha) = (vec![200, 0, 0, 0, 0, 200], Some(vec![255, 128]));
    SignatureOptions {
        appearance: Appearance::Image { width: 2, height: 1, rgb, alpha },
        ..SignatureOptions::default()
    }
}

/// A certified file in which fields wait.
fn certified(pdf: Vec<u8>, p: u8, waiting: &[BlankField]) -> Vec<u8> {
    let pdf = waiting.iter().fold(pdf, |pdf, field| add_blank_field(pdf, field).unwrap());
    let mut field = NewField::invisible("issuer");
    field.signature.certify = Some(p);
    sign(pdf, Slot::NewField(field), 1)
}

#[test]
fn a_prepared_field_is_filled_and_earlier_signatures_stay_whole() {
    for pdf in [plain_page(), common::writer(false).finish_with_xref_stream(pdf_writer::Ref::new(20))] {
        let first = certified(pdf, 2, &[blank("inspection"), blank("next year")]);
        let facts = inspect(&first, &Budget::default());
        assert_eq!(facts.flaws(), []);
        assert_eq!(facts.empty_fields.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["inspection", "next year"]);
        let slot = ExistingField { signature: shown(), ..ExistingField::named("inspection") };
        let second = sign(first.clone(), Slot::ExistingField(slot), 2);
        assert!(second.starts_with(&first));
        let facts = inspect(&second, &Budget::default());
        assert_eq!(facts.flaws(), []);
        assert!(facts.signatures[1].is_visible() && facts.signatures[1].covers_file);
        assert_eq!(facts.unused, [0; 0], "the blank picture of the field was in use once");
        let kinds: Vec<&ChangeKind> = facts.later_changes(&facts.signatures[0]).map(|(_, c)| &c.kind).collect();
        let filled = |kind: &&ChangeKind| {
            matches!(kind, ChangeKind::NewSignature { existing_field: true, visible: true, timestamp: false, .. })
        };
        assert_eq!(kinds.iter().filter(|kind| filled(kind)).count(), 1, "{kinds:?}");
        let third = sign(second, Slot::ExistingField(ExistingField::named("next year")), 3);
        assert_eq!(inspect(&third, &Budget::default()).flaws(), []);
    }
}

#[test]
fn what_cannot_be_filled_is_named() {
    let pdf = certified(plain_page(), 2, &[blank("a")]);
    let named = |pdf: &[u8], name: &str| prepare(pdf.to_vec(), Slot::ExistingField(ExistingField::named(name)));
    assert_eq!(named(&pdf, "b"), Err(Error::NoSuchField { name: "b".into(), empty: vec!["a".into()] }));
    assert_eq!(named(&pdf, "issuer"), Err(Error::FieldSigned("issuer".into())));
    let mut late = ExistingField::named("a");
    late.signature.certify = Some(2);
    assert!(matches!(prepare(pdf.clone(), Slot::ExistingField(late)), Err(Error::Unwritable(_))));
    assert!(matches!(add_blank_field(pdf, &blank("c")), Err(Error::Unwritable(_))), "a field after the seal");
    let flat = BlankField { rect: [0.0; 4], ..blank("flat") };
    let pdf = certified(plain_page(), 2, &[flat]);
    let shown = ExistingField { signature: shown(), ..ExistingField::named("flat") };
    assert!(matches!(prepare(pdf, Slot::ExistingField(shown)), Err(Error::Unwritable(_))));
}

#[test]
fn a_lock_becomes_a_reference_under_the_signature() {
    for (lock, wanted) in [
        (Lock::All, "/TransformMethod /FieldMDP /TransformParams <</Action /All "),
        (Lock::Include(vec!["a".into(), "年检".into()]), "/Action /Include /Fields [(a) <FEFF5E7468C0>]"),
        (Lock::Exclude(vec!["a".into()]), "/Action /Exclude /Fields [(a)]"),
    ] {
        let pdf = certified(plain_page(), 2, &[BlankField { lock: Some(lock), ..blank("locking") }]);
        let signed = sign(pdf, Slot::ExistingField(ExistingField::named("locking")), 2);
        let text = String::from_utf8_lossy(&signed).into_owned();
        assert!(text.contains(wanted), "{wanted}");
        assert_eq!(inspect(&signed, &Budget::default()).flaws(), []);
    }
}

#[test]
fn nothing_is_respelled_but_what_changes() {
    // A page, a form and a catalog with numbers, strings and names that no writer of ours would write.
    let page = "<< /Type /Page /Parent 2 0 R /MediaBox [ +0.000 0 595.275590551181102362 00842.50 ] /Contents 4 0 R \
         /Resources<</Font<</F1 5 0 R>>>> /PieceInfo << /X#20y << /Private (a\\(b\\051) /N -.00000000012 >> >> >>";
    let pdf = rewritten(plain_page(), 3, page);
    let signed = sign(pdf.clone(), Slot::NewField(NewField::invisible("a")), 1);
    let update = String::from_utf8_lossy(&signed[pdf.len()..]).into_owned();
    let (head, _) = page.rsplit_once(" >>").unwrap();
    assert!(update.contains(head), "{update}");
    assert!(update.contains("/Annots ["), "{update}");
    let again = sign(signed.clone(), Slot::NewField(NewField::invisible("b")), 2);
    let update = String::from_utf8_lossy(&again[signed.len()..]).into_owned();
    assert!(update.contains(head), "twice: {update}");
    let flaws = inspect(&again, &Budget::default()).flaws();
    assert!(!flaws.iter().any(|flaw| matches!(flaw, Flaw::Altered { .. })), "{flaws:?}");
}

#[test]
fn pages_inside_object_streams_are_copied_out_as_they_are() {
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595.2760 841.8900]/Contents 4 0 R/Resources<<>>>>";
    let pdf = packed(&[(1, "<</Type/Catalog/Pages 2 0 R>>"), (2, "<</Type/Pages/Kids[3 0 R]/Count 1>>"), (3, page)]);
    assert_eq!(inspect(&pdf, &Budget::default()).problems, []);
    let signed = sign(pdf.clone(), Slot::NewField(NewField::invisible("a")), 1);
    let update = String::from_utf8_lossy(&signed[pdf.len()..]).into_owned();
    assert!(update.contains("/MediaBox[0 0 595.2760 841.8900]/Contents 4 0 R/Resources<<>> /Annots ["), "{update}");
    assert!(update.contains("/Type /XRef"), "the style of the file is kept");
    assert_eq!(inspect(&signed, &Budget::default()).flaws(), []);
}

#[test]
fn the_extension_of_etsi_is_noted_once_and_not_in_pdf_2() {
    let count = |pdf: &[u8]| String::from_utf8_lossy(pdf).matches("/ESIC").count();
    let lower = |pdf: &[u8]| String::from_utf8_lossy(pdf).contains("/ExtensionLevel 1");
    let first = sign(plain_page(), Slot::NewField(NewField::invisible("a")), 1);
    assert_eq!(count(&first), 1);
    let second = sign(first, Slot::NewField(NewField::time_stamp("b")), 2);
    assert!(count(&second) == 2 && !lower(&second), "the catalog is copied, and level 2 contains level 1");
    let mut new = plain_page();
    new[5..8].copy_from_slice(b"2.0");
    assert_eq!(count(&sign(new, Slot::NewField(NewField::invisible("a")), 1)), 0);
}

fn data(certs: &[&[u8]], crls: &[&[u8]]) -> ValidationData {
    let mut data = ValidationData::default();
    data.certs.extend(certs.iter().map(|item| item.to_vec()));
    data.crls.extend(crls.iter().map(|item| item.to_vec()));
    data
}

#[test]
fn the_store_grows_and_keeps_what_it_has() {
    let name = |digit: &str| digit.repeat(40);
    let entry = |digit: &str, data| pdf_sign::SignatureData { name: name(digit), data };
    for pdf in
        [common::signed(), prepare(one_page_with_xref_stream(), Slot::Placeholder).unwrap().finish(&cms(0)).unwrap()]
    {
        let first =
            add_validation_data(pdf.clone(), &data(&[b"root"], &[]), &[entry("A", data(&[b"ca"], &[b"list 1"]))])
                .unwrap();
        assert!(first.starts_with(&pdf));
        let again =
            add_validation_data(first.clone(), &data(&[b"ca", b"root"], &[b"list 1"]), &[entry("A", data(&[], &[]))]);
        assert_eq!(again.unwrap(), first, "nothing new, nothing written");
        let update = &[entry("A", data(&[b"never"], &[])), entry("B", data(&[b"ca", b"tsa"], &[b"list 2"]))];
        let second = add_validation_data(first.clone(), &data(&[], &[]), update).unwrap();
        assert!(second.starts_with(&first));
        let document = pdf_sign::Document::open(&second, &Budget::default()).unwrap();
        let mut held = document.validation_data().unwrap();
        held.certs.sort();
        assert_eq!(held.certs, [b"ca".to_vec(), b"root".to_vec(), b"tsa".to_vec()]);
        assert_eq!(held.crls, [b"list 1".to_vec(), b"list 2".to_vec()]);
        let tail = String::from_utf8_lossy(&second[first.len()..]).into_owned();
        assert!(tail.contains(&name("A")) && tail.contains(&name("B")), "{tail}");
        let facts = inspect(&second, &Budget::default());
        assert_eq!(facts.flaws(), []);
        assert!(
            facts
                .later_changes(&facts.signatures[0])
                .all(|(_, change)| { matches!(change.kind, ChangeKind::ValidationData | ChangeKind::FileStructure) })
        );
        // An archive time-stamp over all that, in a file certified as final.
        let stamped = sign(second, Slot::NewField(NewField::time_stamp("ts")), 7);
        assert_eq!(inspect(&stamped, &Budget::default()).flaws(), []);
    }
    let bad = pdf_sign::SignatureData { name: name("a"), data: data(&[], &[]) };
    assert!(matches!(add_validation_data(one_page(), &data(&[b"x"], &[]), &[bad]), Err(Error::Unwritable(_))));
}

/// The same file with another object in place of one, as its only revision.
fn rewritten(pdf: Vec<u8>, number: u32, body: &str) -> Vec<u8> {
    let text = pdf;
    let find =
        |needle: &[u8], from: usize| text[from..].windows(needle.len()).position(|w| w == needle).unwrap() + from;
    let start = find(format!("\n{number} 0 obj").as_bytes(), 0) + 1;
    let end = find(b"endobj", start) + 6;
    let objects = [&text[..start], format!("{number} 0 obj\n{body}\nendobj").as_bytes(), &text[end..]].concat();
    let table = objects.windows(6).position(|w| w == b"\nxref\n").unwrap() + 1;
    let mut out = objects[..table].to_vec();
    let mut offsets = Vec::new();
    for number in 1..100 {
        let head = format!("\n{number} 0 obj");
        if let Some(at) = out.windows(head.len()).position(|w| w == head.as_bytes()) {
            offsets.push((number, at + 1));
        }
    }
    out.extend(b"xref\n0 1\n0000000000 65535 f \n");
    for (number, at) in &offsets {
        out.extend(format!("{number} 1\n{at:010} 00000 n \n").bytes());
    }
    let size = offsets.last().unwrap().0 + 1;
    out.extend(format!("trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n").bytes());
    out
}

/// A file whose objects 1 to 3 are in an object stream.
fn packed(objects: &[(u32, &str)]) -> Vec<u8> {
    let mut header = String::new();
    let mut bodies = String::new();
    for (number, body) in objects {
        header += &format!("{number} {} ", bodies.len());
        bodies += &format!("{body}\n");
    }
    let mut out = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec();
    let contents = out.len();
    out.extend(b"4 0 obj\n<</Length 0>>\nstream\n\nendstream\nendobj\n");
    let stream = out.len();
    let data = format!("{header}{bodies}");
    let (n, first, length) = (objects.len(), header.len(), data.len());
    out.extend(
        format!("5 0 obj\n<</Type/ObjStm/N {n}/First {first}/Length {length}>>\nstream\n{data}\nendstream\nendobj\n")
            .bytes(),
    );
    let xref = out.len();
    let mut entries = vec![0, 0, 0, 0, 0];
    for index in 0..3 {
        entries.extend([2, 0, 0, 5, index]);
    }
    for at in [contents, stream, xref] {
        entries.push(1);
        entries.extend(&(at as u32).to_be_bytes()[1..]);
        entries.push(0);
    }
    let length = entries.len();
    out.extend(format!("6 0 obj\n<</Type/XRef/Size 7/W[1 3 1]/Root 1 0 R/Length {length}>>\nstream\n").bytes());
    out.extend(entries);
    out.extend(format!("\nendstream\nendobj\nstartxref\n{xref}\n%%EOF\n").bytes());
    out
}

/// A field that waits is for somebody's signature. A time-stamp in it is a matter of policy, visible or not; one that shows
/// something, or comes where nothing may, is none.
#[test]
fn a_time_stamp_in_a_field_that_waited_is_seen() {
    let flat = BlankField { rect: [0.0; 4], ..blank("flat") };
    for (p, field, name, forbidden) in [
        (2, flat.clone(), "flat", false),
        (2, blank("b"), "b", true),
        (1, flat, "flat", true),
        (1, blank("b"), "b", true),
    ] {
        let pdf = certified(plain_page(), p, &[field]);
        let slot = ExistingField { signature: SignatureOptions::time_stamp(), ..ExistingField::named(name) };
        let flaws = inspect(&sign(pdf, Slot::ExistingField(slot), 2), &Budget::default()).flaws();
        let found = flaws.iter().find_map(|flaw| match flaw {
            Flaw::StampInField { forbidden, .. } => Some(*forbidden),
            _ => None,
        });
        assert_eq!(found, Some(forbidden), "P = {p}, {name}: {flaws:?}");
        assert_eq!(flaws.iter().all(Flaw::is_matter_of_policy), !forbidden, "P = {p}, {name}: {flaws:?}");
    }
}

/// What, the appearance, what else uses it, what signing makes of it, and whether that is for the signer to say.
type Looks<'a> = (&'a str, &'a str, Option<&'a str>, &'a [(u32, &'a str)], bool);

/// The appearance of a prepared field is for whoever signs in it to say, unless it is somebody else's too: an appearance
/// dictionary, or a stream in it, that something else shows as well.
#[test]
fn looks_that_a_field_shares_are_not_for_its_signer_to_change() {
    const OTHER: &str = "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica /Other 41 0 R>>";
    const PICTURE: &str =
        "<</Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 12>>\nstream\n0 0 9 9 re f\nendstream";
    const CHANGED: &str =
        "<</Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 12>>\nstream\n0 0 5 5 re f\nendstream";
    let page = "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <</Font <</F1 5 0 R>>>> \
         /Annots [40 0 R]>>";
    let widget = |looks: &str, value: &str| {
        format!(
            "<</Type /Annot /Subtype /Widget /FT /Sig /T (b) /F 132 /Rect [9 9 99 99] /P 3 0 R /AP {looks}{value}>>"
        )
    };
    let value =
        "<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /ByteRange [0 1 2 3] /Contents <3000>>>";
    // (what is used, what else uses it, what signing makes of it) and whether that is for the signer to say.
    let cases: [Looks<'_>; 9] = [
        ("a dictionary of its own, left", "41 0 R", None, &[], true),
        ("a dictionary of its own, replaced", "41 0 R", None, &[(8, "<</N 143 0 R>>"), (143, PICTURE)], true),
        ("a dictionary of its own, overwritten", "41 0 R", None, &[(41, "<</N 143 0 R>>"), (143, PICTURE)], true),
        ("a shared dictionary, left", "41 0 R", Some(OTHER), &[], true),
        ("a shared dictionary, replaced", "41 0 R", Some(OTHER), &[(8, "<</N 143 0 R>>"), (143, PICTURE)], false),
        ("a shared dictionary, overwritten", "41 0 R", Some(OTHER), &[(41, "<</N 143 0 R>>"), (143, PICTURE)], false),
        ("a stream of its own, overwritten", "<</N 42 0 R>>", None, &[(42, CHANGED)], true),
        (
            "a stream of the page, overwritten",
            "<</N 42 0 R>>",
            Some("<</Type /Font /Subtype /Type1 /BaseFont /Helvetica /Other 42 0 R>>"),
            &[(42, CHANGED)],
            false,
        ),
        (
            "the states of a dictionary that the page has, too",
            "<</N <</On 42 0 R>>>>",
            Some("<</Type /Font /Subtype /Type1 /BaseFont /Helvetica /Other 42 0 R>>"),
            &[(42, CHANGED)],
            false,
        ),
    ];
    for (what, looks, other, made, allowed) in cases {
        let catalog = "<</Type /Catalog /Pages 2 0 R /AcroForm <</Fields [40 0 R] /SigFlags 3>>>>";
        let mut objects = vec![(1, catalog.to_owned()), (3, page.to_owned()), (40, widget(looks, ""))];
        objects.extend([(41, "<</N 42 0 R>>".to_owned()), (42, PICTURE.to_owned())]);
        objects.extend(other.map(|other| (5, other.to_owned())));
        let base = sign(revise(plain_page(), &objects), Slot::NewField(NewField::invisible("a")), 1);
        let looks = made.iter().find(|(number, _)| *number == 8).map_or(looks, |(_, looks)| looks);
        let mut update = vec![(40, widget(looks, " /V 144 0 R")), (144, value.to_owned())];
        update
            .extend(made.iter().filter(|(number, _)| *number != 8).map(|(number, body)| (*number, (*body).to_owned())));
        let flaws = inspect(&revise(base, &update), &Budget::default()).flaws();
        let altered = flaws.iter().any(|flaw| matches!(flaw, Flaw::Altered { .. }));
        assert_eq!(altered, !allowed, "{what}: {flaws:?}");
    }
}
