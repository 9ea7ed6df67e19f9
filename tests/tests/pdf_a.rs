//! The rules of PDF/A-3b over every issued PDF; those for any file stand in `tests::pdf_a`.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

use serde_json::Value;
use tests::issued::{self, License};
use tests::pdf_a;
use tests::peers::{PdfObjects, qpdf_objects};

/// Runs a check over the objects of every issued PDF.
fn each(check: impl Fn(&License, &PdfObjects)) {
    for license in issued::all() {
        let Some(objects) = qpdf_objects(license.pdf_file().path()) else { return };
        check(license, &objects);
    }
}

#[test]
fn b2_every_rule_that_can_be_seen_holds() {
    for license in issued::all() {
        pdf_a::check(license.name, &license.pdf);
        let ends = license.pdf.windows(5).filter(|window| window == b"%%EOF").count();
        assert_eq!(ends, 1, "one revision: {}", license.name);
    }
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
