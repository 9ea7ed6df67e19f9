//! Seals, stamps and times that no honest program makes, each under signatures that hold (GB/T 38540, GM/T 0031).

use eseal::{Seal, Version};
use license_core::verify::{INDEX_FILE, RECORD_FILE, Reason};
use pki::asn1::{self, tag};
use pki::{KeyKind, Signer as _, SoftSigner, oid};
use time::{Duration, OffsetDateTime};

use super::Case;
use super::verify_support::forge::{self, Sealing};
use super::verify_support::recipe::Recipe;
use super::verify_support::reseal::{changed, edit, sealed, with_xml};
use super::verify_support::stamps::token;
use super::verify_support::{Court, ISSUED, MARKET, good, pki_maker, signer};

pub fn cases() -> Vec<Case> {
    let mut cases = values();
    cases.extend(seals());
    cases.extend(stamps());
    cases.extend(times());
    cases.extend(tokens());
    cases
}

fn recipe() -> Recipe {
    Recipe::of(good())
}

/// The same file without license data: judged by the standards alone.
fn foreign() -> Recipe {
    recipe().without_file(RECORD_FILE).without_file(INDEX_FILE)
}

const FOREIGN: [Reason; 2] = [Reason::RecordMissing, Reason::IndexMissing];

fn and(reason: Reason) -> Vec<Reason> {
    [&FOREIGN[..], &[reason]].concat()
}

fn by_hand(make: impl Fn(&Recipe, &Sealing<'_>) -> Vec<u8>) -> Vec<u8> {
    sealed(&foreign(), |_| {}, |xml| xml, &make)
}

/// SES_Signature around this toSign.
fn around(recipe: &Recipe, to_sign: &[u8]) -> Vec<u8> {
    let signature = recipe.seal_signer.sign(to_sign).unwrap();
    forge::ses_around(to_sign, recipe.seal_signer.certificate().der(), &oid::SM2_WITH_SM3, &signature)
}

fn to_sign(recipe: &Recipe, what: &Sealing<'_>, version: u32, extensions: &[u8]) -> Vec<u8> {
    asn1::sequence(&[
        &asn1::integer(version),
        recipe.seal.der(),
        &asn1::generalized_time(recipe.at).unwrap(),
        &asn1::bit_string(what.hash.as_bytes()),
        &asn1::ia5_string(what.path, "path").unwrap(),
        extensions,
    ])
}

/// A signature of GM/T 0031-2014 with this timeInfo.
fn v1(seal: &Seal, by: &SoftSigner, what: &Sealing<'_>, time: &[u8]) -> Vec<u8> {
    let to_sign = asn1::sequence(&[
        &asn1::integer(1),
        seal.der(),
        &asn1::bit_string(time),
        &asn1::bit_string(what.hash.as_bytes()),
        &asn1::ia5_string(what.path, "path").unwrap(),
        &asn1::octet_string(by.certificate().der()),
        &asn1::oid(&oid::SM2_WITH_SM3),
    ]);
    asn1::sequence(&[&to_sign, &asn1::bit_string(&by.sign(&to_sign).unwrap())])
}

/// A seal of v1 of this type, by hand: types but 1 and 2 are not written by `eseal`.
fn v1_seal(kind: u8) -> Seal {
    let mut content = recipe().seal.content().clone();
    content.kind = 1;
    let maker = signer("seal-maker");
    let prepared = eseal::prepare_seal(&content, Version::V1, maker.certificate()).unwrap();
    let mut signed = prepared.to_be_signed().to_vec();
    // The type, and the name behind it.
    let at = forge::find(&signed, &[tag::INTEGER, 1, 1, tag::UTF8_STRING]).unwrap();
    signed[at + 2] = kind;
    let mut fields = asn1::whole(&signed, tag::SEQUENCE, "signed").unwrap().children();
    let [info, certificate, algorithm] = ["info", "cert", "algorithm"].map(|field| fields.any(field).unwrap().raw);
    let value = asn1::bit_string(&maker.sign(&signed).unwrap());
    Seal::from_der(&asn1::sequence(&[info, &asn1::sequence(&[certificate, algorithm, &value])])).unwrap()
}

fn values() -> Vec<Case> {
    let extension = |critical: bool| {
        let critical = if critical { asn1::boolean(true) } else { Vec::new() };
        let entry = asn1::sequence(&[&asn1::oid(&oid::SM3), &critical, &asn1::octet_string(b"x")]);
        asn1::explicit(0, &asn1::sequence(&[&entry]))
    };
    let text = b"2026-12-01 10:00:00";
    let bare = {
        let plain = Recipe { kind: ofd::SignatureKind::Sign, ..recipe() };
        plain.ofd_with(plain.package(), &|what| plain.seal_signer.sign(what.hash.as_bytes()).unwrap())
    };
    let raw = by_hand(|recipe, what| {
        let to_sign = to_sign(recipe, what, 4, &[]);
        let raw = pki::der_to_raw(&recipe.seal_signer.sign(&to_sign).unwrap(), 32).unwrap();
        forge::ses_around(&to_sign, recipe.seal_signer.certificate().der(), &oid::SM2_WITH_SM3, &raw)
    });
    vec![
        Case::file(
            "no license, and nothing else wrong",
            by_hand(|recipe, what| around(recipe, &to_sign(recipe, what, 4, &[]))),
            &FOREIGN,
        ),
        Case::file(
            "a seal of v4 under a signature of v5",
            by_hand(|recipe, what| around(recipe, &to_sign(recipe, what, 5, &[]))),
            &and(Reason::SealVersion),
        ),
        Case::file(
            "a seal of v1 under a signature of v4",
            by_hand(|recipe, what| {
                let recipe = Recipe { seal: v1_seal(1), ..foreign_of(recipe) };
                around(&recipe, &to_sign(&recipe, what, 4, &[]))
            }),
            &and(Reason::SealVersion),
        ),
        Case::file(
            "a seal of v4 under a signature of v1",
            by_hand(|recipe, what| v1(&recipe.seal, &recipe.seal_signer, what, text)),
            &and(Reason::SealVersion),
        ),
        Case::file(
            "a signature of v1",
            by_hand(|recipe, what| v1(&v1_seal(1), &recipe.seal_signer, what, text)),
            &FOREIGN,
        ),
        Case::file(
            "a seal of v1 of a type that is none",
            by_hand(|recipe, what| v1(&v1_seal(9), &recipe.seal_signer, what, text)),
            &and(Reason::SealKind),
        ),
        Case::file(
            "an extension that insists",
            by_hand(|recipe, what| around(recipe, &to_sign(recipe, what, 4, &extension(true)))),
            &and(Reason::SealExtension),
        ),
        Case::file(
            "an extension that does not",
            by_hand(|recipe, what| around(recipe, &to_sign(recipe, what, 4, &extension(false)))),
            &FOREIGN,
        ),
        Case::file("a value of r and s alone", raw, &and(Reason::SealRawValue)),
        Case::file("a signature without a certificate", bare, &[Reason::OfdUnverifiable]),
        Case::file(
            "a time that is none",
            by_hand(|recipe, what| v1(&v1_seal(1), &recipe.seal_signer, what, b"soon")),
            &and(Reason::TimeUnreadable),
        ),
    ]
}

fn foreign_of(recipe: &Recipe) -> Recipe {
    Recipe { at: recipe.at, ..foreign() }
}

fn seals() -> Vec<Case> {
    let own = signer(&format!("{MARKET}-seal"));
    let maker = signer("seal-maker");
    let model = recipe().seal;
    let made = |by: &SoftSigner, change: &dyn Fn(&mut eseal::SealContent)| {
        recipe().with_seal(forge::seal(&model, &[&own], by, |content| change(content)), own.clone()).ofd()
    };
    let day = Duration::days(1);
    let created = model.content().created;
    // Ends before it begins: no seal maker of ours would write that.
    let inverted = {
        let mut content = model.content().clone();
        (content.valid_from, content.valid_until) = (ISSUED - day, ISSUED + day);
        let prepared = eseal::prepare_seal(&content, Version::V4, maker.certificate()).unwrap();
        let (from, until) =
            (asn1::generalized_time(ISSUED - day).unwrap(), asn1::generalized_time(ISSUED + day).unwrap());
        let info = forge::replace(prepared.to_be_signed(), &[&*from, &*until].concat(), &[&*until, &*from].concat());
        let value = asn1::bit_string(&maker.sign(&info).unwrap());
        let certificate = asn1::octet_string(maker.certificate().der());
        let der = asn1::sequence(&[&info, &certificate, &asn1::oid(&oid::SM2_WITH_SM3), &value]);
        recipe().with_seal(Seal::from_der(&der).unwrap(), own.clone()).ofd()
    };
    let template = || pki::CertificateTemplate::seal_maker(pki_maker::name("制章", "Maker"));
    let ca = signer("sm2-ca");
    let expired = pki_maker::leaf_valid(KeyKind::Sm2, template(), &ca, created - day * 9, created - day);
    let mute = pki_maker::leaf(KeyKind::Sm2, template().with_key_usage(pki::KeyUsage::DATA_ENCIPHERMENT), &ca);
    let early = pki_maker::leaf_valid(
        KeyKind::Sm2,
        pki::CertificateTemplate::document_signer(own.certificate().subject().clone()),
        &ca,
        pki_maker::FROM,
        ISSUED - day,
    );
    let late = pki_maker::leaf_valid(
        KeyKind::Sm2,
        pki::CertificateTemplate::document_signer(own.certificate().subject().clone()),
        &ca,
        ISSUED + day,
        pki_maker::UNTIL,
    );
    let signed_by =
        |by: std::sync::Arc<SoftSigner>| recipe().with_seal(forge::seal(&model, &[&by], &maker, |_| {}), by).ofd();
    vec![
        Case::file(
            "a seal that had not begun",
            made(&maker, &|content| content.valid_from = ISSUED + day),
            &[Reason::SealNotYetValid],
        ),
        Case::file("a seal that ends before it begins", inverted, &[Reason::SealPeriod]),
        Case::file(
            "a seal made after it was used",
            made(&maker, &|content| content.created = ISSUED + day * 2),
            &[Reason::SealCreated],
        ),
        Case::file(
            "a seal of a maker whose certificate had expired",
            made(&expired, &|_| {}),
            &[Reason::SealMakerCertificate],
        ),
        Case::file(
            "a seal of a maker whose key is for encryption",
            made(&mute, &|_| {}),
            &[Reason::SealMakerCertificate],
        ),
        Case::file("a certificate that had expired, sealing", signed_by(early), &[Reason::SignerExpired]),
        Case::file("a certificate that had not begun, sealing", signed_by(late), &[Reason::SignerNotYetValid]),
    ]
}

fn stamps() -> Vec<Case> {
    let stamp = |xml: &str| {
        let start = xml.find("<ofd:StampAnnot").unwrap();
        (start, start + xml[start..].find("/>").unwrap() + 2)
    };
    let with = |name: &'static str, value: &'static str| {
        with_xml(&recipe(), |xml| {
            let (start, end) = stamp(&xml);
            let old = &xml[start..end];
            let at = old.find(name).unwrap() + name.len() + 2;
            let length = old[at..].find('"').unwrap();
            format!("{}{}{value}{}{}", &xml[..start], &old[..at], &old[at + length..], &xml[end..])
        })
    };
    let none = with_xml(&recipe(), |xml| {
        let (start, end) = stamp(&xml);
        format!("{}{}", &xml[..start], &xml[end..])
    });
    let twice = with_xml(&recipe(), |xml| {
        let (start, end) = stamp(&xml);
        format!("{}{}{}", &xml[..end], &xml[start..end], &xml[end..])
    });
    let picture = recipe().seal.content().picture.data.clone();
    let painted = |recipe: &Recipe, picture: &[u8]| {
        changed(recipe, |package| {
            package.add("Doc_0/Res/image.png", picture.to_vec()).unwrap();
            let media = "<ofd:MultiMedias><ofd:MultiMedia ID=\"9001\" Type=\"Image\" Format=\"PNG\"><ofd:MediaFile>image.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias>";
            edit(package, "Doc_0/PublicRes.xml", "</ofd:Res>", &format!("{media}</ofd:Res>"));
            let image =
                "<ofd:ImageObject ID=\"9002\" Boundary=\"20 20 42 42\" CTM=\"42 0 0 42 0 0\" ResourceID=\"9001\"/>";
            edit(package, "Doc_0/Pages/Page_0/Content.xml", "</ofd:Layer>", &format!("{image}</ofd:Layer>"));
        })
    };
    // The seal of somebody else, on a page that nobody known has sealed.
    let other = Seal::from_der(&super::verify_support::seal_der(super::verify_support::HOUSING)).unwrap();
    let nobody = || Court::with_trust(|trust| trust.anchors.clear());
    vec![
        Case::file("a seal on no page", with("PageRef", "99999"), &[Reason::StampPage]),
        Case::file("a seal without a place", with("Boundary", "1 2 3"), &[Reason::StampPage]),
        Case::file("a seal cut to nothing", with("Boundary", "1 2 42 42\" Clip=\"50 50 1 1"), &[Reason::StampPage]),
        Case::file("a seal beside the page", with("Boundary", "1000 20 42 42"), &[Reason::StampOffPage]),
        Case::file("a seal half over the edge", with("Boundary", "-30 20 42 42"), &[Reason::StampOffPage]),
        Case::file("a seal as large as the page", with("Boundary", "10 10 190 190"), &[Reason::StampSize]),
        Case::file("a seal out of shape", with("Boundary", "10 10 42 21"), &[Reason::StampSize]),
        Case::file("a seal that shows nowhere", none, &[Reason::StampMissing, Reason::StampSlot]),
        Case::file("a seal twice in one place", twice, &[Reason::StampRepeated]),
        Case::file(
            "the picture of the seal on the page",
            painted(&recipe(), &picture),
            &[Reason::StampPainted, Reason::FaceHidden],
        ),
        Case::file(
            "a picture that looks like a seal",
            painted(&foreign(), &other.content().picture.data),
            &[Reason::StampLookalike, Reason::SignerUntrusted, Reason::SealMakerUntrusted, FOREIGN[0], FOREIGN[1]],
        )
        .before(nobody()),
    ]
}

fn times() -> Vec<Case> {
    let dated = |text: &'static str| with_xml(&recipe(), |xml| xml.replacen("20261201020000Z", text, 1));
    vec![
        Case::file("another day in the signature's XML", dated("20261202020000Z"), &[Reason::TimeDiffers]),
        Case::file("local time in the signature's XML", dated("2026-12-01 10:00:00"), &[]),
        Case::file("local time that calls itself UTC", dated("20261201100000Z"), &[]),
        Case::file("words in place of a time", dated("today"), &[]),
        Case::file(
            "sealed tomorrow",
            recipe().claiming(super::verify_support::JUDGED + Duration::days(1)).ofd(),
            &[Reason::TimeFuture, Reason::TimeDiffers],
        ),
    ]
}

/// Time-stamps over the signature value.
fn tokens() -> Vec<Case> {
    let stamper = || pki::CertificateTemplate::time_stamper(pki_maker::name("x", "TSA"));
    let long = pki_maker::FROM + Duration::days(365 * 40);
    let root = pki_maker::root_valid(KeyKind::P256, pki_maker::name("x", "Time"), pki_maker::FROM, long);
    let authority = pki_maker::leaf(KeyKind::P256, stamper(), &root);
    let lasting = pki_maker::leaf_valid(KeyKind::P256, stamper(), &root, pki_maker::FROM, long);
    let unfit =
        pki_maker::leaf(KeyKind::P256, pki::CertificateTemplate::document_signer(pki_maker::name("x", "x")), &root);
    let court = |at: OffsetDateTime| {
        let mut court = Court::with_trust(|trust| {
            let purposes = vec![license_core::trust::Purpose::TimeStamping];
            trust.anchors.push(license_core::trust::Anchor::new("time", root.certificate().clone(), purposes));
        });
        court.at = at;
        court
    };
    let stamped = |make: &dyn Fn(&[u8]) -> Vec<u8>| {
        by_hand(|recipe, what| {
            let value = around(recipe, &to_sign(recipe, what, 4, &[]));
            let inside = asn1::whole(&value, tag::SEQUENCE, "value").unwrap().value.to_vec();
            let eseal::Facts::Seal(read) = eseal::inspect(&value) else { panic!("a seal") };
            let token = make(read.signature());
            asn1::sequence(&[&inside, &asn1::explicit(0, &asn1::bit_string(&token))])
        })
    };
    let sha = |bytes: &[u8]| pki::DigestAlgorithm::Sha256.digest(bytes);
    let good_token = |by: &SoftSigner, at: OffsetDateTime| stamped(&|value| token(&sha(value), by, at));
    let broken = stamped(&|value| {
        let mut token = token(&sha(value), &authority, ISSUED);
        *token.last_mut().unwrap() ^= 1;
        token
    });
    let judged = super::verify_support::JUDGED;
    vec![
        Case::file("a time-stamp of a trusted authority", good_token(&authority, ISSUED), &FOREIGN)
            .before(court(judged)),
        Case::file("a time-stamp that saves an old signature", good_token(&lasting, ISSUED), &[FOREIGN[0], FOREIGN[1]])
            .before(court(ISSUED + Duration::days(7300))),
        Case::file(
            "a time-stamp that has run out itself",
            good_token(&authority, ISSUED),
            &[FOREIGN[0], FOREIGN[1], Reason::TimeStampExpired, Reason::SignerLaterExpired],
        )
        .before(court(ISSUED + Duration::days(7300))),
        Case::file(
            "a time-stamp of an unknown authority over a seal",
            good_token(&authority, ISSUED),
            &and(Reason::TimeStampUntrusted),
        ),
        Case::file(
            "a time-stamp before the claimed time",
            good_token(&authority, ISSUED - Duration::days(1)),
            &and(Reason::TimeOrder),
        )
        .before(court(judged)),
        Case::file(
            "a time-stamp over something else",
            stamped(&|_| token(&sha(b"else"), &authority, ISSUED)),
            &and(Reason::TimeStampImprint),
        )
        .before(court(judged)),
        Case::file("a time-stamp that was changed", broken, &and(Reason::TimeStampSignature)).before(court(judged)),
        Case::file("a time-stamp by a signer's key", good_token(&unfit, ISSUED), &and(Reason::TimeStampCertificate))
            .before(court(judged)),
        Case::file(
            "three bytes in place of a time-stamp",
            stamped(&|_| vec![1, 2, 3]),
            &and(Reason::TimeStampMalformed),
        )
        .before(court(judged)),
    ]
}
