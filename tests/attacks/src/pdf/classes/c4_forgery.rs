//! Class 4: signature dictionaries that some readers skip instead of checking (universal signature forgery).

use super::super::attack::PdfAttack;
use super::super::bench::{Bench, at};
use super::super::sign::{ROOM, pades};
use crate::attack::Attacker;

const RANGE: &[&str] = &["pdf.byte-range"];

pub(super) fn make(bench: &Bench) -> Vec<PdfAttack> {
    let forged = |name: &'static str, how: &'static str, codes, from: &str, to: &str| {
        let mut file = bench.draft.clone();
        file.replace(at::CONTENT, "1000", "9000");
        file.replace(at::SIGNATURE, from, to);
        PdfAttack::new(name, how, codes, file.to_bytes())
    };
    let room = format!("<{}>", "0".repeat(2 * ROOM));
    let numbers = "[0 0000000000 0000000000 0000000000]";
    let signature = |change: &dyn Fn(String) -> String| {
        let mut file = bench.draft.clone();
        let body = change(String::from_utf8(file.objects[&at::SIGNATURE].clone()).expect("text"));
        file.set(at::SIGNATURE, body);
        file.to_bytes()
    };
    vec![
        forged("contents-empty", "/Contents <>", RANGE, &room, "<>"),
        forged("contents-null", "/Contents null", RANGE, &room, "null"),
        forged("contents-zero", "/Contents <00>", RANGE, &room, "<00>"),
        forged("contents-missing", "no /Contents", RANGE, &format!("/Contents {room}"), ""),
        forged("contents-indirect", "/Contents is a reference", RANGE, &room, "6 0 R"),
        forged("contents-literal", "/Contents is a literal string", RANGE, &room, "(0000)"),
        forged("range-null", "/ByteRange null", RANGE, numbers, "null"),
        forged("range-missing", "no /ByteRange", RANGE, &format!("/ByteRange {numbers}"), ""),
        forged("range-empty", "/ByteRange []", RANGE, numbers, "[]"),
        forged("range-zero", "/ByteRange [0 0 0 0]", RANGE, numbers, "[0 0 0 0]"),
        forged("range-negative", "/ByteRange [0 -1 10 10]", RANGE, numbers, "[0 -1 10 10]"),
        forged(
            "range-huge",
            "/ByteRange with numbers beyond any file",
            RANGE,
            numbers,
            "[0 9223372036854775807 9223372036854775807 9]",
        ),
        forged("range-of-two", "/ByteRange [0 100]", RANGE, numbers, "[0 100]"),
        forged("range-of-six", "/ByteRange of six numbers", RANGE, numbers, "[0 10 20 10 40 10]"),
        forged("range-of-reals", "/ByteRange of reals", RANGE, numbers, "[0.0 10.0 20.0 10.0]"),
        PdfAttack::new(
            "range-indirect",
            "/ByteRange is a reference",
            RANGE,
            signature(&|body| body.replace(numbers, "15 0 R")),
        ),
        PdfAttack::new("value-missing", "the field's /V leads nowhere, the certification too", &["pdf.unsigned"], {
            let mut file = bench.draft.clone();
            file.objects.remove(&at::SIGNATURE);
            file.to_bytes()
        })
        .unsigned(),
        PdfAttack::new(
            "unknown-filter",
            "an unknown /SubFilter, which some readers skip",
            &["cms.structure"],
            bench.signed(|file| file.replace(at::SIGNATURE, "ETSI.CAdES.detached", "ETSI.CAdES.attached")),
        )
        .by(Attacker::Insider),
        PdfAttack::new(
            "filter-missing",
            "no /SubFilter",
            &["cms.structure"],
            bench.signed(|file| file.replace(at::SIGNATURE, "/SubFilter /ETSI.CAdES.detached", "")),
        )
        .by(Attacker::Insider),
        PdfAttack::new(
            "sha1-filter",
            "/SubFilter adbe.x509.rsa_sha1",
            &["cms.structure"],
            bench.signed(|file| file.replace(at::SIGNATURE, "ETSI.CAdES.detached", "adbe.x509.rsa_sha1")),
        )
        .by(Attacker::Insider),
        PdfAttack::new(
            "other-type",
            "/Type /Signature",
            RANGE,
            bench.signed(|file| file.replace(at::SIGNATURE, "/Type /Sig ", "/Type /Signature ")),
        )
        .by(Attacker::Insider),
        PdfAttack::new("two-fields-one-value", "two fields hold the same signature", RANGE, {
            bench.signed(|file| file.replace(at::ANNUAL, "/T (annual)", "/T (annual) /V 9 0 R"))
        })
        .by(Attacker::Insider),
        PdfAttack::new("orphan", "a second signature dictionary that no field holds", RANGE, {
            let orphan = String::from_utf8(pades("")).expect("text").replace(&room, "<3000>");
            bench.signed(|file| file.set(at::FREE, orphan.replace(numbers, "[0 1 2 3]")))
        })
        .by(Attacker::Insider),
    ]
}
