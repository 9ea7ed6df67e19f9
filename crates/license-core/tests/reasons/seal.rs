//! The electronic seal (GB/T 38540) and its signature.

use eseal::Seal;
use license_core::verify::Reason;
use pki::{Signer as _, oid};
use time::Duration;

use super::Case;
use super::verify_support::forge::{self, Sealing, ses_around, ses_to_sign};
use super::verify_support::recipe::Recipe;
use super::verify_support::{Court, HOUSING, ISSUED, MARKET, good, pki_maker, signer};

/// The good license under a signature value made by hand.
fn sealed(recipe: &Recipe, make: impl Fn(&Recipe, &Sealing<'_>) -> Vec<u8>) -> Vec<u8> {
    recipe.ofd_with(recipe.package(), &|what| make(recipe, what))
}

pub fn cases() -> Vec<Case> {
    let mut cases = values();
    cases.extend(seals());
    cases
}

fn values() -> Vec<Case> {
    let good = Recipe::of(good());
    let by = |recipe: &Recipe, to_sign: &[u8]| recipe.seal_signer.sign(to_sign).unwrap();
    let certificate = |recipe: &Recipe| recipe.seal_signer.certificate().der().to_vec();
    let garbage = sealed(&good, |recipe, what| {
        let to_sign = ses_to_sign(recipe.seal.der(), recipe.at, what);
        ses_around(&to_sign, b"no certificate", &oid::SM2_WITH_SM3, &by(recipe, &to_sign))
    });
    let raw = sealed(&good, |recipe, what| {
        let to_sign = ses_to_sign(recipe.seal.der(), recipe.at, what);
        let raw = pki::der_to_raw(&by(recipe, &to_sign), 32).unwrap();
        ses_around(&to_sign, &certificate(recipe), &oid::SM2_WITH_SM3, &raw)
    });
    let stamped = sealed(&good, |recipe, what| {
        let value = forge::ses(&recipe.seal, recipe.at, what, &recipe.seal_signer);
        let inside = pki::asn1::whole(&value, pki::asn1::tag::SEQUENCE, "value").unwrap().value.to_vec();
        let stamp = pki::asn1::explicit(0, &pki::asn1::bit_string(&pki::asn1::sequence(&[b"\x05\x00"])));
        pki::asn1::sequence(&[&inside, &stamp])
    });
    let other_key = sealed(&good, |recipe, what| {
        let to_sign = ses_to_sign(recipe.seal.der(), recipe.at, what);
        let signature = signer(&format!("{HOUSING}-seal")).sign(&to_sign).unwrap();
        ses_around(&to_sign, &certificate(recipe), &oid::SM2_WITH_SM3, &signature)
    });
    let other_name = sealed(&good, |recipe, what| {
        let to_sign = ses_to_sign(recipe.seal.der(), recipe.at, what);
        ses_around(&to_sign, &certificate(recipe), &oid::SM2_SIGN, &by(recipe, &to_sign))
    });
    let other_hash = sealed(&good, |recipe, what| {
        let hash = pki::DigestAlgorithm::Sm3.digest(b"another document");
        forge::ses(&recipe.seal, recipe.at, &Sealing { hash: &hash, ..*what }, &recipe.seal_signer)
    });
    let other_path = sealed(&good, |recipe, what| {
        let elsewhere = Sealing { path: "/Doc_1/Signature.xml", ..*what };
        forge::ses(&recipe.seal, recipe.at, &elsewhere, &recipe.seal_signer)
    });
    vec![
        Case::file(
            "no certificate of the signer",
            garbage,
            &[Reason::SealStructure, Reason::SealSignerNotListed, Reason::CheckNotPossible],
        ),
        Case::file("a signature value of another form", raw, &[Reason::SealStructure]),
        Case::file("a time-stamp that says nothing", stamped, &[Reason::SealStructure, Reason::TimeStampMalformed]),
        Case::file("somebody else's signature", other_key, &[Reason::SealSignature]),
        Case::file("another name of the algorithm", other_name, &[Reason::SealAlgorithm, Reason::SealStructure]),
        Case::file("the seal of another document", other_hash, &[Reason::SealDataHash]),
        Case::file("the seal of another place", other_path, &[Reason::SealProperty]),
    ]
}

fn seals() -> Vec<Case> {
    let recipe = || Recipe::of(good());
    let maker = signer("seal-maker");
    let own = signer(&format!("{MARKET}-seal"));
    let model = recipe().seal;
    let seal =
        |change: &dyn Fn(&mut eseal::SealContent)| forge::seal(&model, &[&own], &maker, |content| change(content));
    let repainted = {
        let der = forge::replace(
            model.der(),
            &model.content().picture.data,
            &forge::repainted(&model.content().picture).data,
        );
        recipe().with_seal(Seal::from_der(&der).unwrap(), own.clone())
    };
    let colleague = pki_maker::seal_signer(MARKET, |template| template);
    let unlisted = recipe().with_seal(model.clone(), colleague);
    let ended = recipe().with_seal(seal(&|content| content.valid_until = ISSUED - Duration::days(1)), own.clone());
    let pictured = |change: &dyn Fn(&mut eseal::Picture)| {
        recipe().with_seal(seal(&|content| change(&mut content.picture)), own.clone())
    };
    let no_picture = pictured(&|picture| picture.data = b"<html>".to_vec());
    let misnamed = pictured(&|picture| picture.format = "jpg".to_owned());
    let cut_off = pictured(&|picture| picture.data.truncate(picture.data.len() / 2));
    let copy =
        Recipe { seal_file: Some(seal(&|content| content.name = "另一枚".to_owned()).der().to_vec()), ..recipe() };
    let home_made = recipe().with_seal(forge::seal(&model, &[&own], &own, |_| {}), own.clone());
    let strange_root = pki_maker::root(pki::KeyKind::Sm2, pki_maker::name("制章", "Root"));
    let template = pki::CertificateTemplate::seal_maker(pki_maker::name("制章", "Maker"));
    let stranger = pki_maker::leaf(pki::KeyKind::Sm2, template, &strange_root);
    let strange = recipe().with_seal(forge::seal(&model, &[&own], &stranger, |_| {}), own.clone());
    vec![
        Case::file("another picture in the seal", repainted.ofd(), &[Reason::SealMakerSignature]),
        Case::file("a colleague who has no right to the seal", unlisted.ofd(), &[Reason::SealSignerNotListed]),
        Case::file("a seal whose picture is none", no_picture.ofd(), &[Reason::SealPicture]),
        Case::file("a seal whose picture is of another format", misnamed.ofd(), &[Reason::SealPicture]),
        Case::file("a seal whose picture is cut off", cut_off.ofd(), &[Reason::SealPicture]),
        Case::file("a seal that had ended", ended.ofd(), &[Reason::SealExpired]),
        Case::file("another seal beside the signature", copy.ofd(), &[Reason::SealCopyDiffers]),
        Case::file("a seal of the issuer's own making", home_made.ofd(), &[Reason::SealMakerUntrusted]),
        Case::file("a seal of an unknown maker", strange.ofd(), &[Reason::SealMakerUntrusted]),
        Case::file("a root that vouches for no seal makers", good().ofd(), &[Reason::SealMakerUntrusted]).before(
            Court::with_trust(|trust| {
                trust
                    .anchors
                    .iter_mut()
                    .for_each(|anchor| anchor.purposes = vec![license_core::trust::Purpose::DocumentSigning]);
            }),
        ),
    ]
}
