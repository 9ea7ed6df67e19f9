//! The rules of PDF/A-3b (ISO 19005-3) that can be seen in the objects, as qpdf reads them: nobody packages a validator
//! where these tests run, so the rules are spelled out here. They hold for a file as issued and after every update.

use serde_json::Value;

use crate::issued::scratch;
use crate::peers::{PdfObjects, qpdf_objects};

/// Checks every rule over a file; nothing is checked, said aloud, when qpdf is not installed.
///
/// # Panics
/// When a rule does not hold; `name` stands in the message.
#[track_caller]
pub fn check(name: &str, pdf: &[u8]) {
    header_and_end(name, pdf);
    let Some(objects) = qpdf_objects(scratch(pdf, ".pdf").path()) else { return };
    for rule in [trailer, colours, actions, filters, fonts, metadata, widgets, references] {
        rule(name, &objects);
    }
}

/// 6.1.2, 6.1.3.
///
/// # Panics
/// When it does not hold.
pub fn header_and_end(name: &str, pdf: &[u8]) {
    assert!(pdf.starts_with(b"%PDF-1.7\n%"), "{name}");
    assert!(pdf[10..14].iter().all(|byte| *byte > 127), "6.1.2: four high bytes in the comment: {name}");
    let ends = [&b"%%EOF"[..], b"%%EOF\n", b"%%EOF\r\n"];
    assert!(ends.iter().any(|end| pdf.ends_with(end)), "6.1.3: something follows %%EOF: {name}");
}

/// 6.1.3: an identifier, no encryption.
///
/// # Panics
/// When it does not hold.
pub fn trailer(name: &str, pdf: &PdfObjects) {
    let trailer = pdf.trailer();
    assert_eq!(trailer["/ID"].as_array().map(Vec::len), Some(2), "{name}");
    assert!(trailer["/Encrypt"].is_null(), "{name}");
}

/// 6.2.2 to 6.2.4: one output intent, and no colours beside it.
///
/// # Panics
/// When it does not hold.
pub fn colours(name: &str, pdf: &PdfObjects) {
    let intents = pdf.at(pdf.catalog(), &["/OutputIntents"]).as_array().expect("there are output intents");
    assert_eq!(intents.len(), 1, "{name}");
    let intent = pdf.resolved(&intents[0]);
    assert_eq!(intent["/S"], "/GTS_PDFA1");
    assert_eq!(pdf.at(intent, &["/DestOutputProfile", "/N"]), &Value::from(3), "{name}: sRGB");
    for dictionary in pdf.dictionaries() {
        let colours = [&dictionary["/ColorSpace"], &dictionary["/CS"]];
        assert!(colours.iter().all(|space| **space != "/DeviceCMYK"), "{name}: {dictionary}");
    }
}

/// 6.4, 6.5, 6.6: nothing in it can act.
///
/// # Panics
/// When it does not hold.
pub fn actions(name: &str, pdf: &PdfObjects) {
    let keys = ["/AA", "/OpenAction", "/JavaScript", "/JS", "/XFA", "/NeedAppearances"];
    for dictionary in pdf.dictionaries() {
        for key in keys.iter().chain(&["/A", "/NeedsRendering", "/Requirements"]) {
            assert!(dictionary[*key].is_null(), "6.6: {key} in {dictionary}: {name}");
        }
    }
}

/// 6.1.7, 6.2.8: filters that any reader has.
///
/// # Panics
/// When it does not hold.
pub fn filters(name: &str, pdf: &PdfObjects) {
    for dictionary in pdf.dictionaries() {
        let filter = &dictionary["/Filter"];
        let signature = filter == "/Adobe.PPKLite";
        let plain = filter.is_null() || filter == "/FlateDecode" || filter == "/DCTDecode" || signature;
        assert!(plain, "6.1.7: {filter}: {name}");
        for key in ["/FFilter", "/FDecodeParms", "/OPI", "/Alternates", "/Ref"] {
            assert!(dictionary[key].is_null(), "{key}: {name}");
        }
        assert!(dictionary["/Interpolate"] != true, "6.2.8: {name}");
    }
}

/// 6.2.11: fonts are composite, embedded, and named as subsets.
///
/// # Panics
/// When it does not hold.
pub fn fonts(name: &str, pdf: &PdfObjects) {
    let fonts: Vec<&Value> = pdf.dictionaries().into_iter().filter(|d| d["/Type"] == "/Font").collect();
    let (composite, parts): (Vec<&Value>, Vec<&Value>) = fonts.into_iter().partition(|f| f["/Subtype"] == "/Type0");
    assert!(!composite.is_empty(), "{name}");
    for font in composite {
        assert_eq!(font["/Encoding"], "/Identity-H", "{name}");
        assert!(pdf.is_stream(&font["/ToUnicode"]), "{name}: {font}");
    }
    for font in parts {
        assert_eq!(font["/Subtype"], "/CIDFontType2", "{name}: {font}");
        assert_eq!(font["/CIDToGIDMap"], "/Identity", "6.2.11.3.2: {name}");
        assert!(font["/W"].is_array() || font["/W"].is_string(), "{name}: {font}");
        let descriptor = pdf.at(font, &["/FontDescriptor"]);
        assert!(pdf.is_stream(&descriptor["/FontFile2"]), "6.2.11.4: {name}: {font}");
        let base = font["/BaseFont"].as_str().expect("a font has a name");
        let (tag, _) = base.trim_start_matches('/').split_once('+').expect("a subset has a tag");
        assert!(tag.len() == 6 && tag.bytes().all(|b| b.is_ascii_uppercase()), "{name}: {font}");
        assert_eq!(descriptor["/FontName"], font["/BaseFont"], "{name}");
    }
}

/// 6.6.2: metadata are plain, and the language is told.
///
/// # Panics
/// When it does not hold.
pub fn metadata(name: &str, pdf: &PdfObjects) {
    let catalog = pdf.catalog();
    assert_eq!(catalog["/Lang"], "u:zh-CN", "{name}");
    let metadata = pdf.at(catalog, &["/Metadata"]);
    assert!(metadata["/Filter"].is_null() && metadata["/Subtype"] == "/XML", "{name}: {metadata}");
}

/// 6.3.2, 6.3.3: every widget prints, is not hidden, and has one appearance when it takes up room.
///
/// # Panics
/// When it does not hold.
pub fn widgets(name: &str, pdf: &PdfObjects) {
    for widget in pdf.dictionaries().into_iter().filter(|d| d["/Subtype"] == "/Widget") {
        let flags = widget["/F"].as_u64().expect("a widget has flags");
        assert!(flags & 0b100 != 0 && flags & 0b1_0010_0011 == 0, "6.3.2: printed, not hidden: {flags}: {name}");
        let rect = pdf.at(widget, &["/Rect"]).as_array().expect("a widget has a place");
        let number = |at: usize| rect[at].as_f64().expect("of numbers");
        let flat = number(0) == number(2) || number(1) == number(3);
        let looks = pdf.at(widget, &["/AP"]).as_object();
        assert!(flat || looks.is_some(), "6.3.3: {name}: {widget}");
        if let Some(looks) = looks {
            assert_eq!(looks.keys().collect::<Vec<_>>(), ["/N"], "6.3.3: {name}");
            assert!(pdf.is_stream(&looks["/N"]), "{name}");
        }
    }
}

/// 6.1.12: what signatures may refer to.
///
/// # Panics
/// When it does not hold.
pub fn references(name: &str, pdf: &PdfObjects) {
    let perms = pdf.at(pdf.catalog(), &["/Perms"]);
    let keys: Vec<&String> = perms.as_object().map(|perms| perms.keys().collect()).unwrap_or_default();
    assert!(keys.iter().all(|key| *key == "/DocMDP" || *key == "/UR3"), "{name}: {keys:?}");
    for reference in pdf.dictionaries().into_iter().filter(|d| d["/Type"] == "/SigRef") {
        for key in ["/DigestLocation", "/DigestMethod", "/DigestValue"] {
            assert!(reference[key].is_null(), "{key}: {name}");
        }
    }
}
