//! The rules of PDF/A-3b (ISO 19005-3) that can be seen in the objects, as qpdf reads them: nobody packages a validator
//! where these tests run, so the rules are spelled out here.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

use serde_json::Value;
use tests::issued::{self, License};
use tests::peers::{PdfObjects, qpdf_objects};

/// Runs a check over the objects of every issued PDF.
fn each(check: impl Fn(&License, &PdfObjects)) {
    for license in issued::all() {
        let Some(objects) = qpdf_objects(license.pdf_file().path()) else { return };
        check(license, &objects);
    }
}

#[test]
fn header_and_end_stand_where_they_must() {
    for license in issued::all() {
        let pdf = &license.pdf;
        assert!(pdf.starts_with(b"%PDF-1.7\n%"), "{}", license.name);
        assert!(pdf[10..14].iter().all(|byte| *byte > 127), "6.1.2: four high bytes in the comment: {}", license.name);
        let ends = [&b"%%EOF"[..], b"%%EOF\n", b"%%EOF\r\n"];
        assert!(ends.iter().any(|end| pdf.ends_with(end)), "6.1.3: something follows %%EOF: {}", license.name);
        let ends = pdf.windows(5).filter(|window| window == b"%%EOF").count();
        assert_eq!(ends, 1, "one revision: {}", license.name);
    }
}

#[test]
fn the_trailer_has_an_id_and_no_encryption() {
    each(|license, pdf| {
        let trailer = pdf.trailer();
        assert_eq!(trailer["/ID"].as_array().map(Vec::len), Some(2), "{}", license.name);
        assert!(trailer["/Encrypt"].is_null(), "{}", license.name);
    });
}

#[test]
fn colours_have_an_output_intent() {
    each(|license, pdf| {
        let intents = pdf.at(pdf.catalog(), &["/OutputIntents"]).as_array().unwrap();
        assert_eq!(intents.len(), 1, "{}", license.name);
        let intent = pdf.resolved(&intents[0]);
        assert_eq!(intent["/S"], "/GTS_PDFA1");
        assert_eq!(pdf.at(intent, &["/DestOutputProfile", "/N"]), &Value::from(3), "{}: sRGB", license.name);
        for dictionary in pdf.dictionaries() {
            let colours = [&dictionary["/ColorSpace"], &dictionary["/CS"]];
            assert!(colours.iter().all(|space| **space != "/DeviceCMYK"), "{}: {dictionary}", license.name);
        }
    });
}

#[test]
fn nothing_in_it_can_act() {
    let actions = ["/AA", "/OpenAction", "/JavaScript", "/JS", "/XFA", "/NeedAppearances"];
    each(|license, pdf| {
        for dictionary in pdf.dictionaries() {
            for key in actions.iter().chain(&["/A", "/NeedsRendering", "/Requirements"]) {
                assert!(dictionary[*key].is_null(), "6.6: {key} in {dictionary}: {}", license.name);
            }
        }
    });
}

#[test]
fn streams_use_filters_that_any_reader_has() {
    each(|license, pdf| {
        for dictionary in pdf.dictionaries() {
            let filter = &dictionary["/Filter"];
            let signature = filter == "/Adobe.PPKLite";
            let plain = filter.is_null() || filter == "/FlateDecode" || filter == "/DCTDecode" || signature;
            assert!(plain, "6.1.7: {filter}: {}", license.name);
            for key in ["/FFilter", "/FDecodeParms", "/OPI", "/Alternates", "/Ref"] {
                assert!(dictionary[key].is_null(), "{key}: {}", license.name);
            }
            assert!(dictionary["/Interpolate"] != true, "6.2.8: {}", license.name);
        }
    });
}

#[test]
fn fonts_are_composite_embedded_and_named_as_subsets() {
    each(|license, pdf| {
        let fonts: Vec<&Value> = pdf.dictionaries().into_iter().filter(|d| d["/Type"] == "/Font").collect();
        let (composite, parts): (Vec<&Value>, Vec<&Value>) = fonts.into_iter().partition(|f| f["/Subtype"] == "/Type0");
        assert!(!composite.is_empty(), "{}", license.name);
        for font in composite {
            assert_eq!(font["/Encoding"], "/Identity-H", "{}", license.name);
            assert!(pdf.is_stream(&font["/ToUnicode"]), "{}: {font}", license.name);
        }
        for font in parts {
            assert_eq!(font["/Subtype"], "/CIDFontType2", "{}: {font}", license.name);
            assert_eq!(font["/CIDToGIDMap"], "/Identity", "6.2.11.3.2: {}", license.name);
            assert!(font["/W"].is_array() || font["/W"].is_string(), "{}: {font}", license.name);
            let descriptor = pdf.at(font, &["/FontDescriptor"]);
            assert!(pdf.is_stream(&descriptor["/FontFile2"]), "6.2.11.4: {}: {font}", license.name);
            let (tag, _) = font["/BaseFont"].as_str().unwrap().trim_start_matches('/').split_once('+').unwrap();
            assert!(tag.len() == 6 && tag.bytes().all(|b| b.is_ascii_uppercase()), "{}: {font}", license.name);
            assert_eq!(descriptor["/FontName"], font["/BaseFont"], "{}", license.name);
        }
    });
}

#[test]
fn attachments_say_what_they_are() {
    each(|license, pdf| {
        let files = pdf.at(pdf.catalog(), &["/AF"]).as_array().unwrap();
        assert_eq!(files.len(), 2, "{}", license.name);
        for file in files.iter().map(|file| pdf.resolved(file)) {
            assert!(file["/F"].is_string() && file["/UF"].is_string(), "6.8: {file}");
            assert!(["/Data", "/Supplement"].iter().any(|r| file["/AFRelationship"] == *r), "6.8: {file}");
            let stream = pdf.at(file, &["/EF", "/F"]);
            assert!(stream["/Subtype"].as_str().unwrap().contains('/'), "{stream}");
            assert!(stream["/Params"]["/ModDate"].as_str().unwrap().starts_with("u:D:"), "{stream}");
        }
        assert!(pdf.at(pdf.catalog(), &["/Names", "/EmbeddedFiles"]).is_object(), "{}", license.name);
    });
}

#[test]
fn metadata_are_plain_and_the_language_is_told() {
    each(|license, pdf| {
        let catalog = pdf.catalog();
        assert_eq!(catalog["/Lang"], "u:zh-CN", "{}", license.name);
        let metadata = pdf.at(catalog, &["/Metadata"]);
        assert!(metadata["/Filter"].is_null() && metadata["/Subtype"] == "/XML", "{}: {metadata}", license.name);
    });
}

#[test]
fn b3_the_signature_certifies_and_shows_the_seal() {
    each(|license, pdf| {
        let form = pdf.at(pdf.catalog(), &["/AcroForm"]);
        assert_eq!(form["/SigFlags"], 3, "{}", license.name);
        let fields = pdf.at(form, &["/Fields"]).as_array().unwrap();
        assert_eq!(fields.len(), 1, "{}", license.name);
        let widget = pdf.resolved(&fields[0]);
        let flags = widget["/F"].as_u64().unwrap();
        assert!(flags & 0b100 != 0 && flags & 0b10_0011 == 0, "6.3.2: printed, not hidden: {flags}");
        let appearance = pdf.at(widget, &["/AP"]).as_object().unwrap();
        assert_eq!(appearance.keys().collect::<Vec<_>>(), ["/N"], "6.3.3: {}", license.name);
        assert!(pdf.is_stream(&appearance["/N"]), "{}", license.name);
        let signature = pdf.at(widget, &["/V"]);
        assert_eq!(signature["/SubFilter"], "/ETSI.CAdES.detached");
        assert_eq!(pdf.at(pdf.catalog(), &["/Perms", "/DocMDP"]), signature, "{}", license.name);
        let reference = pdf.resolved(&pdf.at(signature, &["/Reference"])[0]);
        assert_eq!(reference["/TransformMethod"], "/DocMDP");
        assert_eq!(pdf.at(reference, &["/TransformParams", "/P"]), &Value::from(1), "{}", license.name);
    });
}

#[test]
fn the_seal_has_its_true_size() {
    each(|license, pdf| {
        let form = pdf.at(pdf.catalog(), &["/AcroForm"]);
        let widget = pdf.resolved(&pdf.at(form, &["/Fields"])[0]);
        let rect: Vec<f64> =
            pdf.at(widget, &["/Rect"]).as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect();
        let mm = |points: f64| points * 25.4 / 72.0;
        let (width, height) = (mm(rect[2] - rect[0]), mm(rect[3] - rect[1]));
        assert!((width - 42.0).abs() < 0.1 && (height - 42.0).abs() < 0.1, "{}: {width} × {height} mm", license.name);
    });
}
