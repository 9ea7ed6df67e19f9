//! The text of a QR code, and identifiers looked up in the register.

use license_core::trust::Period;
use license_core::verify::{Entry, Reason, Register, Status};
use pki::Signer as _;

use super::Case;
use super::verify_support::forge::{self, cose};
use super::verify_support::{ADDRESS, Court, ISSUED, MARKET, good, issue_sample, other, permit, pki_maker, signer};

fn text() -> String {
    good().index().to_string()
}

fn with(token: &[u8]) -> String {
    format!("{ADDRESS}{}", data_encoding::BASE32_NOPAD.encode(token))
}

/// The register's entry of the good license.
pub fn entry(status: Status) -> Entry {
    let issued = good();
    let digest = |bytes: &[u8]| pki::DigestAlgorithm::Sha256.digest(bytes).as_bytes().try_into().unwrap();
    Entry {
        status,
        record_digest: *issued.record().digest().as_bytes(),
        token: issued.index().token_text(),
        file_digests: vec![digest(issued.ofd()), digest(issued.pdf())],
    }
}

pub fn found(status: Status) -> Court {
    Court::with_register(Register::Found(Box::new(entry(status))))
}

pub fn cases() -> Vec<Case> {
    let mut cases = form();
    cases.extend(trust());
    cases.extend(register());
    cases
}

fn form() -> Vec<Case> {
    let index = signer(&format!("{MARKET}-index"));
    // The last claim, the position in the status list, in two bytes where one is enough.
    let payload = cose::payload(good().index().token().as_bytes());
    let long = [&payload[..payload.len() - 1], &[0x18, 0x01]].concat();
    let mut damaged = good().index().token().as_bytes().to_vec();
    *damaged.last_mut().unwrap() ^= 1;
    let tail: String = text().chars().rev().take(1).collect();
    vec![
        Case::text("a code of another system", "https://www.example.com/q?id=1", &[Reason::TokenForeign]),
        Case::text("half a code", &text()[..200], &[Reason::TokenMalformed]),
        Case::text("a letter doubled", text() + &tail, &[Reason::TokenMalformed]),
        Case::text(
            "lower case",
            text().to_lowercase().replace("https://license.example.gov.cn/v/", ADDRESS),
            &[Reason::TokenMalformed],
        ),
        Case::text("another spelling, signed", with(&cose::sign1(&long, &index)), &[Reason::TokenNotCanonical]),
        Case::text("another signature value", with(&damaged), &[Reason::TokenSignature]),
        Case::text("a good code", text(), &[Reason::RegisterNotChecked]),
        Case::text("a good code, pasted with blanks", format!("\u{a0}{}\n", text()), &[Reason::RegisterNotChecked]),
        Case::file(
            "a good code in a file of an editor",
            format!("\u{feff}{}\r\n", text()),
            &[Reason::RegisterNotChecked],
        ),
    ]
}

fn trust() -> Vec<Case> {
    let claims = |token: &[u8]| cose::payload(token);
    let stranger = pki_maker::root(pki::KeyKind::P256, pki_maker::name(MARKET, "样例"));
    let forged = cose::sign1(&claims(good().index().token().as_bytes()), &stranger);
    // The right name of the key does not make the right key.
    let kid = good().index().token().key_id();
    let disguised = cose::sign1_as(&claims(good().index().token().as_bytes()), &stranger, kid);
    let foreign_key = signer("11340100MB1D00020L-index");
    let of_other_issuer = cose::sign1(&claims(good().index().token().as_bytes()), &foreign_key);
    let early = Court::with_trust(|trust| {
        for key in trust.issuers.iter_mut().flat_map(|issuer| &mut issuer.index_keys) {
            key.period = Period { from: None, until: Some(ISSUED - time::Duration::days(1)) };
        }
    });
    vec![
        Case::text("nobody is trusted", text(), &[Reason::TokenIssuerUnknown])
            .before(Court::with_trust(|trust| trust.issuers.clear())),
        Case::text("a forger's key", with(&forged), &[Reason::TokenKeyUnknown]),
        Case::text("a forger's key under the issuer's name of the key", with(&disguised), &[Reason::TokenSignature]),
        Case::text("the key of another issuer", with(&of_other_issuer), &[Reason::TokenKeyUnknown]),
        Case::text("a type that the issuer may not issue", text(), &[Reason::TokenTypeNotAllowed]).before(
            Court::with_trust(|trust| {
                trust.issuers.iter_mut().for_each(|issuer| issuer.types = vec!["11100000MB0143028R999".to_owned()]);
            }),
        ),
        Case::text("a key that was withdrawn before", text(), &[Reason::TokenKeyPeriod]).before(early),
        Case::text("an old trust list", text(), &[Reason::TrustOverdue])
            .before(Court::with_trust(|trust| trust.next_update = Some(ISSUED))),
    ]
}

fn register() -> Vec<Case> {
    let states = [
        (Status::Suspended, Reason::RegisterSuspended),
        (Status::Withdrawn, Reason::RegisterWithdrawn),
        (Status::Cancelled, Reason::RegisterCancelled),
        (Status::TransferredOut, Reason::RegisterTransferredOut),
        (Status::Revoked, Reason::RegisterRevoked),
        (Status::Superseded, Reason::RegisterSuperseded),
    ];
    let mut cases: Vec<Case> = Vec::new();
    for (status, reason) in states {
        cases.push(Case::text("a state of the register, code", text(), &[reason]).before(found(status)));
        cases.push(Case::file("a state of the register, file", good().ofd(), &[reason]).before(found(status)));
        cases.push(Case::id("a state of the register, identifier", Some(text()), &[reason]).before(found(status)));
    }
    let permit_text = permit().index().to_string();
    let ends = permit().record().valid_to().unwrap();
    let before =
        issue_sample("business-license", "2026000000009", ISSUED, &|data| data["issued_on"] = "2026-12-01".into());
    cases.extend([
        Case::text("all is well online", text(), &[]).before(found(Status::Valid)),
        Case::file("all is well online, OFD", good().ofd(), &[]).before(found(Status::Valid)),
        Case::file("all is well online, PDF", good().pdf(), &[]).before(found(Status::Valid)),
        Case::id("all is well by identifier", Some(text()), &[]).before(found(Status::Valid)),
        Case::text("not in the register", text(), &[Reason::RegisterUnknown])
            .before(Court::with_register(Register::Unknown)),
        Case::id("an unknown identifier", None, &[Reason::RegisterUnknown])
            .before(Court::with_register(Register::Unknown)),
        Case::id("a register without a signed index", None, &[Reason::IndexMissing]).before(found(Status::Valid)),
        Case::text("the register keeps another one", other().index().to_string(), &[Reason::RegisterDiffers])
            .before(found(Status::Valid)),
        Case::file("another file than the register's", forge::repack(good().ofd(), |_| {}), &[])
            .before(found(Status::Valid)),
        Case::file("another file of the same license", reissued(), &[Reason::RegisterFileDiffers])
            .before(found(Status::Valid)),
        Case::text("expired", permit_text.clone(), &[Reason::ValidityExpired]).before(Court {
            at: ends.midnight().assume_offset(time::macros::offset!(+8)) + time::Duration::days(1),
            ..Court::default()
        }),
        Case::text("the last day is a good day", permit_text.clone(), &[Reason::RegisterNotChecked]).before(Court {
            at: ends.with_hms(23, 59, 59).unwrap().assume_offset(time::macros::offset!(+8)),
            ..Court::default()
        }),
        Case::text("not valid yet", before.index().to_string(), &[Reason::ValidityNotYet])
            .before(Court { at: ISSUED - time::Duration::days(1), ..Court::default() }),
    ]);
    cases
}

/// The good license sealed a second time: genuine by all signatures, but not the file that the register keeps.
fn reissued() -> Vec<u8> {
    assert_eq!(
        signer(&format!("{MARKET}-seal")).certificate().subject().organization().map(|o| &o[..18]),
        Some(MARKET)
    );
    super::verify_support::recipe::Recipe::of(good()).ofd()
}
