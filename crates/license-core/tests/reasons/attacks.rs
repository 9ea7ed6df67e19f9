//! What a forger would try who has good licenses at hand, or keys that are not the issuer's.

use license_core::page::Item;
use license_core::trust::TrustList;
use license_core::verify::{INDEX_FILE, RECORD_FILE, Reason};
use ofd::{Package, Provider, SignatureKind, SignatureRequest, StampAnnot, Um};
use pdf_sign::{NewField, Slot};
use pki::{CertificateTemplate, Digest, DigestAlgorithm, KeyKind, Signer as _, SoftSigner};

use super::Case;
use super::verify_support::forge;
use super::verify_support::recipe::{Recipe, finish, index_text, pades, sign_pdf, sign_slot};
use super::verify_support::stamps::{self, token};
use super::verify_support::{Court, HOUSING, ISSUED, JUDGED, MARKET, good, other, pki_maker, signer};

pub fn cases() -> Vec<Case> {
    let mut cases = borrowed();
    cases.extend(hidden());
    cases.extend(twice());
    cases.extend(second_signatures());
    cases.extend(stamps());
    cases.extend(addresses());
    cases
}

fn recipe() -> Recipe {
    Recipe::of(good())
}

/// A signer with the issuer's name under a root that nobody knows.
fn impostor(kind: KeyKind) -> std::sync::Arc<SoftSigner> {
    let root = pki_maker::root(kind, pki_maker::name("样例省政务服务和数据管理局", "Root"));
    let subject = signer(&format!("{MARKET}-document")).certificate().subject().clone();
    pki_maker::leaf(kind, CertificateTemplate::document_signer(subject), &root)
}

/// Everything of a good license but the signature.
fn borrowed() -> Vec<Case> {
    let by = impostor(KeyKind::Sm2);
    let seal = forge::seal(&recipe().seal, &[&by], &signer("seal-maker"), |_| {});
    let own_maker =
        pki_maker::leaf(KeyKind::Sm2, CertificateTemplate::seal_maker(pki_maker::name("x", "x")), &by_root());
    let all_own = forge::seal(&recipe().seal, &[&by], &own_maker, |_| {});
    let claims = good().index().token().claims();
    let by_document_key = index_text(claims, &signer(&format!("{MARKET}-document")));
    // The root's own name, with another key.
    let root = pki_maker::root(KeyKind::P256, signer("p256-root").certificate().subject().clone());
    let ca = pki_maker::leaf(KeyKind::P256, CertificateTemplate::issuing_ca(pki_maker::name("x", "CA"), 0), &root);
    let below = pki_maker::leaf(
        KeyKind::P256,
        CertificateTemplate::document_signer(pki_maker::name(&format!("{MARKET}样例"), "x")),
        &ca,
    );
    // A signer's certificate that pretends to be a CA.
    let pretender = pki_maker::leaf(
        KeyKind::P256,
        CertificateTemplate::document_signer(pki_maker::name(&format!("{MARKET}样例"), "x")),
        &signer(&format!("{HOUSING}-document")),
    );
    let mut swapped = Package::new();
    for (name, part) in forge::open(good().ofd()).parts() {
        // The sealed list of one license around the pages of another.
        let part = if name.contains("/Pages/") {
            forge::open(other().ofd()).part(name).unwrap().clone()
        } else {
            part.clone()
        };
        swapped.add(name, part).unwrap();
    }
    vec![
        Case::file("an impostor's seal key", recipe().with_seal(seal, by.clone()).ofd(), &[Reason::SignerUntrusted]),
        Case::file(
            "an impostor's seal",
            recipe().with_seal(all_own, by).ofd(),
            &[Reason::SignerUntrusted, Reason::SealMakerUntrusted],
        ),
        Case::file(
            "an impostor's PDF",
            recipe().with_document_signer(impostor(KeyKind::P256)).pdf(),
            &[Reason::SignerUntrusted],
        ),
        Case::file(
            "a root of the trusted name",
            recipe().with_document_signer(below).pdf(),
            &[Reason::SignerCertificate],
        ),
        Case::file(
            "a certificate below a signer's",
            recipe().with_document_signer(pretender).pdf(),
            &[Reason::SignerCertificate],
        ),
        Case::file(
            "an index by the document key",
            recipe().with_file(INDEX_FILE, by_document_key).redrawn().pdf(),
            &[Reason::TokenKeyUnknown],
        ),
        Case::file(
            "record and index of another license",
            recipe()
                .with_file(RECORD_FILE, other().record_json())
                .with_file(INDEX_FILE, other().index().to_string())
                .ofd(),
            &[Reason::IndexDiffers, Reason::MetadataDiffers, Reason::FaceDiffers],
        ),
        Case::file(
            "the pages of another license",
            swapped.to_zip().unwrap(),
            &[Reason::OfdDigest, Reason::FaceDiffers, Reason::FaceGlyphs, Reason::OfdStructure],
        ),
        Case::file(
            "an OFD behind a PDF",
            [good().pdf(), good().ofd()].concat(),
            &[Reason::PdfStructure, Reason::RecordMissing, Reason::IndexMissing],
        ),
        Case::file("a PDF behind an OFD", [good().ofd(), good().pdf()].concat(), &[Reason::OfdUnreadable]),
    ]
}

fn by_root() -> std::sync::Arc<SoftSigner> {
    pki_maker::root(KeyKind::Sm2, pki_maker::name("x", "Root"))
}

/// Words that a program finds and nobody sees do not stand for those that should be seen.
fn hidden() -> Vec<Case> {
    let changed = |change: &dyn Fn(&mut license_core::page::TextRun)| {
        let mut recipe = recipe();
        let items = recipe.document.pages[0].items.iter_mut();
        let runs = items.filter_map(|item| if let Item::Text(run) = item { Some(run) } else { None });
        runs.filter(|run| run.text().contains('壹')).for_each(change);
        recipe
    };
    let beside = changed(&|run| run.origin.x += license_core::length::Length::from_mm(1000.0));
    let tiny = changed(&|run| run.size = license_core::length::Length::from_mm(0.01));
    let hidden = &[Reason::FaceDiffers, Reason::FaceHidden];
    vec![
        Case::file("words beside the page, OFD", beside.ofd(), hidden),
        Case::file("words beside the page, PDF", beside.pdf(), hidden),
        Case::file("words of no size, OFD", tiny.ofd(), hidden),
        Case::file("words of no size, PDF", tiny.pdf(), hidden),
    ]
}

/// Two things of one name: one for the eye, one for the program.
fn twice() -> Vec<Case> {
    let twin = |name: &'static str, content: &[u8]| {
        let other_name: &'static str = if name == RECORD_FILE { "license-recorX.json" } else { "license-indeX.txt" };
        (recipe().with_file(other_name, content), other_name)
    };
    let ofd = |name: &'static str, content: &[u8]| {
        let (recipe, other_name) = twin(name, content);
        let mut package = recipe.package();
        let list = package.part("Doc_0/Attachs/Attachments.xml").unwrap().bytes().to_vec();
        let list =
            forge::replace(&list, format!("Name=\"{other_name}\"").as_bytes(), format!("Name=\"{name}\"").as_bytes());
        package.set("Doc_0/Attachs/Attachments.xml", list);
        recipe.ofd_with(package, &|what| forge::ses(&recipe.seal, recipe.at, what, &recipe.seal_signer))
    };
    let pdf = |name: &'static str, content: &[u8]| {
        let (recipe, other_name) = twin(name, content);
        let pdf = forge::replace(
            &recipe.pdf_unsigned(),
            format!("({other_name})").as_bytes(),
            format!("({name})").as_bytes(),
        );
        sign_pdf(pdf, &recipe.document_signer, &|digest, own| pades(digest, own))
    };
    let record = other().record_json();
    let index = other().index().to_string();
    vec![
        Case::file("two records, OFD", ofd(RECORD_FILE, record), &[Reason::RecordMalformed]),
        Case::file("two records, PDF", pdf(RECORD_FILE, record), &[Reason::RecordMalformed]),
        Case::file("two indexes, OFD", ofd(INDEX_FILE, index.as_bytes()), &[Reason::TokenMalformed]),
        Case::file("two indexes, PDF", pdf(INDEX_FILE, index.as_bytes()), &[Reason::TokenMalformed]),
        Case::file(
            "metadata of another meaning under the usual prefix",
            {
                let recipe = recipe();
                let pdf = forge::replace(
                    &recipe.pdf_unsigned(),
                    b"xmlns:el=\"urn:electronic-license:metadata:1:\"",
                    b"xmlns:el=\"urn:electronic-license:metadata:0:\"",
                );
                sign_pdf(pdf, &recipe.document_signer, &|digest, own| pades(digest, own))
            },
            &[Reason::MetadataDiffers],
        ),
        Case::file(
            "metadata of the usual meaning under another prefix",
            {
                let recipe = recipe();
                let pdf = forge::replace(&recipe.pdf_unsigned(), b"<el:", b"<xy:");
                let pdf = forge::replace(&pdf, b"</el:", b"</xy:");
                let pdf = forge::replace(
                    &pdf,
                    b"xmlns:el=\"urn:electronic-license:metadata:1:\"",
                    b"xmlns:xy=\"urn:electronic-license:metadata:1:\"",
                );
                sign_pdf(pdf, &recipe.document_signer, &|digest, own| pades(digest, own))
            },
            &[],
        ),
    ]
}

/// One more seal on an OFD that allows it.
fn seal_again(ofd: &[u8], seal: &eseal::Seal, by: &SoftSigner) -> Vec<u8> {
    let place = ofd::Rect { x: Um::mm(20), y: Um::mm(20), width: Um::mm(42), height: Um::mm(42) };
    let request = SignatureRequest {
        kind: SignatureKind::Seal,
        provider: Provider { name: "test".to_owned(), ..Provider::default() },
        signature_method: "1.2.156.10197.1.501".to_owned(),
        check_method: "1.2.156.10197.1.401".to_owned(),
        date_time: "20261201020000Z".to_owned(),
        stamps: vec![StampAnnot::new(0, place)],
        seal_file: None,
        protect_signature_list: true,
    };
    let sm3 = |bytes: &[u8]| DigestAlgorithm::Sm3.digest(bytes).as_bytes().to_vec();
    let prepared = ofd::prepare(forge::open(ofd), &request, &sm3).unwrap();
    finish(prepared, &|what| forge::ses(seal, super::verify_support::ISSUED, what, by))
}

fn second_signatures() -> Vec<Case> {
    let open = Recipe { protect_list: false, ..recipe() };
    let own = signer(&format!("{MARKET}-seal"));
    let twice = seal_again(&open.ofd(), &open.seal, &own);
    let by = impostor(KeyKind::Sm2);
    let maker = pki_maker::leaf(KeyKind::Sm2, CertificateTemplate::seal_maker(pki_maker::name("x", "x")), &by_root());
    let strange = forge::seal(&open.seal, &[&by], &maker, |_| {});
    let by_stranger = seal_again(&open.ofd(), &strange, &by);
    let first_broken = forge::rebuild(&twice, |name, bytes| {
        let mut bytes = bytes.to_vec();
        if name.ends_with("Sign_0/SignedValue.dat") {
            *bytes.last_mut().unwrap() ^= 1;
        }
        Some(bytes)
    });
    // Content that only the stranger's signature covers.
    let covered_by_stranger = {
        let later = open_with_hole();
        seal_again(&later, &strange, &by)
    };
    let approval = |by: &SoftSigner, rect: [f64; 4]| {
        let field = NewField { rect, ..NewField::invisible("Second") };
        sign_slot(Recipe::bare(good()).pdf(), Slot::NewField(field), by, &|digest, own| pades(digest, own))
    };
    let nowhere = [0.0; 4];
    vec![
        Case::file("two seals of the issuer", twice, &[]),
        Case::file(
            "two seals of the issuer, the second over what the first left open",
            seal_again(&open_with_hole(), &open.seal, &own),
            &[Reason::OfdPartlyCovered, Reason::OfdForeign],
        ),
        Case::file(
            "two seals of the issuer, the first broken",
            first_broken,
            &[Reason::OfdDigest, Reason::SealSignature, Reason::OfdStructure],
        ),
        Case::file(
            "a stranger's seal beside the issuer's",
            by_stranger,
            &[Reason::SignerUntrusted, Reason::SealMakerUntrusted],
        ),
        Case::file(
            "content that only a stranger sealed",
            covered_by_stranger,
            &[Reason::OfdUncovered, Reason::SignerUntrusted, Reason::SealMakerUntrusted],
        ),
        Case::file(
            "a stranger's signature on a certified PDF",
            approval(&impostor(KeyKind::P256), nowhere),
            &[Reason::PdfChangedAfter, Reason::SignerUntrusted],
        ),
        Case::file(
            "a visible signature over a certified PDF",
            approval(&signer(&format!("{MARKET}-document")), [10.0, 10.0, 500.0, 500.0]),
            &[Reason::PdfChangedAfter],
        ),
        Case::file(
            "the issuer's second signature on a certified PDF",
            approval(&signer(&format!("{MARKET}-document")), nowhere),
            &[Reason::PdfChangedAfter],
        ),
    ]
}

/// Sealed by the issuer with a link to a file that came later.
fn open_with_hole() -> Vec<u8> {
    let recipe = Recipe { protect_list: false, ..recipe() }.with_file("later.txt", b"later".to_vec());
    let package = recipe.package();
    let name = package.parts().map(|(name, _)| name.to_owned()).find(|name| name.ends_with("later.txt")).unwrap();
    let mut hole = Package::new();
    package
        .parts()
        .filter(|(found, _)| *found != name)
        .for_each(|(found, part)| hole.add(found, part.clone()).unwrap());
    let sealed = recipe.ofd_with(hole, &|what| forge::ses(&recipe.seal, recipe.at, what, &recipe.seal_signer));
    forge::repack(&sealed, |package| package.set(&name, b"later".to_vec()))
}

/// Time-stamps where a signature should be, and behind one.
fn stamps() -> Vec<Case> {
    let authority = pki_maker::leaf(
        KeyKind::P256,
        CertificateTemplate::time_stamper(pki_maker::name("x", "TSA")),
        &pki_maker::root(KeyKind::P256, pki_maker::name("x", "Root")),
    );
    let alone = forge::replace(&recipe().pdf_unsigned(), b"/ETSI.CAdES.detached", b"/ETSI.RFC3161       ");
    let alone = sign_pdf(alone, &authority, &|digest, own| token(digest, own, ISSUED));
    let behind = |make: &dyn Fn(&Digest, &SoftSigner) -> Vec<u8>| {
        let field = NewField::time_stamp("Stamp");
        sign_slot(Recipe::bare(good()).pdf(), Slot::NewField(field), &authority, make)
    };
    // Whoever buys a time-stamp closes the file with it: what stands beside it is nobody's word.
    let closed = |pdf: Vec<u8>, name: &str| stamps::sealed_by(pdf, name, &stamps::services().first, stamps::ARCHIVED);
    let bought = |pdf: Vec<u8>| closed(pdf, "Timestamp1");
    let signed = Recipe::bare(good()).pdf();
    let license = || signed.clone();
    let again = |marks: &[&str]| {
        let number = forge::objects_with(&license(), marks)[0];
        forge::append_update(&license(), &[(number, forge::object(&license(), number))])
    };
    let stored = stamps::with_data(license(), &[signer("p256-ca").certificate()], &[]);
    let at = forge::find(&stored[license().len()..], b"startxref").unwrap() + license().len() + 10;
    let early = {
        let end = at + stored[at..].iter().position(|byte| !byte.is_ascii_digit()).unwrap();
        let number: usize = std::str::from_utf8(&stored[at..end]).unwrap().parse().unwrap();
        [&stored[..at], (number - 1).to_string().as_bytes(), &stored[end..]].concat()
    };
    vec![
        Case::file("called as tools call it", closed(license(), "Timestamp-1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"), &[])
            .before(stamps::court(JUDGED)),
        Case::file("a name with a message", closed(license(), "ValidUntil2099"), &[Reason::PdfChangedAfter])
            .before(stamps::court(JUDGED)),
        Case::file("a name in Chinese", closed(license(), "本证照已延期"), &[Reason::PdfChangedAfter])
            .before(stamps::court(JUDGED)),
        Case::file("a page written once more", bought(again(&["/Type/Page/"])), &[Reason::PdfChangedAfter])
            .before(stamps::court(JUDGED)),
        Case::file("a font written once more", bought(again(&["/Type/Font/"])), &[Reason::PdfChangedAfter])
            .before(stamps::court(JUDGED)),
        Case::file("validation data", stored.clone(), &[]).before(stamps::court(JUDGED)),
        Case::file("an offset that names the line before", early, &[Reason::PdfChangedAfter, Reason::PdfUncovered])
            .before(stamps::court(JUDGED)),
        Case::file(
            "nothing but a time-stamp",
            alone,
            &[Reason::PdfUnsigned, Reason::PdfByteRange, Reason::PdfStructure, Reason::SignerUntrusted],
        ),
        Case::file(
            "a time-stamp of an unknown authority",
            behind(&|digest, own| token(digest, own, ISSUED)),
            &[Reason::SignerUntrusted],
        ),
        Case::file(
            "a time-stamp of another file",
            behind(&|_, own| token(&DigestAlgorithm::Sha256.digest(b"x"), own, ISSUED)),
            &[Reason::TimeStampImprint],
        ),
        Case::file(
            "a time-stamp that is none",
            behind(&|digest, own| pades(digest, own)),
            &[Reason::TimeStampMalformed],
        ),
    ]
}

/// A genuine token behind an address of the forger's.
fn addresses() -> Vec<Case> {
    let published = |list: &mut TrustList| list.addresses = vec![super::verify_support::ADDRESS.to_owned()];
    let court = || Court::with_trust(published);
    let token = good().index().token_text();
    let elsewhere = format!("HTTPS://LICENSE.EXAMPLE.GOV.CN.EVIL.EXAMPLE/V/{token}");
    vec![
        Case::text("a published address", good().index().to_string(), &[]).before(court()),
        Case::text("another address", elsewhere.clone(), &[Reason::TokenAddress]).before(court()),
        Case::text("another address, nothing published", elsewhere.clone(), &[])
            .before(Court::with_trust(|trust| trust.addresses.clear())),
        Case::file(
            "another address inside a file",
            recipe().with_file(INDEX_FILE, elsewhere).redrawn().pdf(),
            &[Reason::TokenAddress],
        )
        .before(court()),
    ]
}
