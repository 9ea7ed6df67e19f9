//! Keys in SoftHSM2: what they sign, and what is said when something is wrong.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

mod support;

use std::fs;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use cryptoki::context::Pkcs11;
use cryptoki::object::{Attribute, CertificateType, ObjectClass};
use cryptoki::session::UserType;
use cryptoki::types::AuthPin;
use pkcs11_signer::{KeyLocation, Pin, Pkcs11Error, Pkcs11Signer, Sm2Mechanism};
use pki::{KeyKind, PrivateKey, SignatureAlgorithm, Signer};
use support::{PIN, Stage, certificates, new_key, play, rsa_key};

/// A token "licenses" with a P-256 key "document", id 01.
fn p256(stage: &Stage) -> PrivateKey {
    let key = new_key(KeyKind::P256);
    stage.token("licenses", PIN);
    stage.key("licenses", "document", "01", &key);
    key
}

fn document(stage: &Stage) -> KeyLocation {
    KeyLocation::new(&stage.module, "licenses").with_label("document")
}

fn holds(signer: &dyn Signer, message: &[u8]) {
    let signature = signer.sign(message).unwrap();
    let key = signer.certificate().public_key().unwrap();
    key.verify(signer.algorithm(), message, &signature).unwrap();
}

#[test]
fn p256_rsa_and_ed25519_keys_sign() {
    play("p256_rsa_and_ed25519_keys_sign", |stage| {
        stage.token("licenses", PIN);
        let keys = [
            ("p256", "01", new_key(KeyKind::P256), SignatureAlgorithm::ECDSA_SHA256),
            ("p384", "02", new_key(KeyKind::P384), SignatureAlgorithm::ECDSA_SHA384),
            ("rsa", "03", rsa_key(&stage.folder, 3072), SignatureAlgorithm::RSA_PKCS1_SHA256),
            ("ed25519", "04", new_key(KeyKind::Ed25519), SignatureAlgorithm::Ed25519),
        ];
        for (label, id, key, algorithm) in &keys {
            stage.key("licenses", label, id, key);
            let location = KeyLocation::new(&stage.module, "licenses").with_label(*label);
            let signer = Pkcs11Signer::open(location, stage.pin(PIN), certificates(key)).unwrap();
            assert_eq!((signer.algorithm(), signer.chain().len()), (*algorithm, 1));
            [&b""[..], b"message", &[7; 300_000]].iter().for_each(|message| holds(&signer, message));
        }
        let by_id = KeyLocation::new(&stage.module, "licenses").with_id([3]);
        holds(&Pkcs11Signer::open(by_id, stage.pin(PIN), certificates(&keys[2].2)).unwrap(), b"by id");
        let any = KeyLocation::new(&stage.module, "licenses");
        let error = Pkcs11Signer::open(any, stage.pin(PIN), certificates(&keys[0].2)).unwrap_err();
        assert!(matches!(error, Pkcs11Error::KeyAmbiguous { count: 4, .. }), "{error}");
        // The first signature shows that certificate and key do not belong together.
        let mixed = KeyLocation::new(&stage.module, "licenses").with_label("p256");
        let error = Pkcs11Signer::open(mixed, stage.pin(PIN), certificates(&new_key(KeyKind::P256))).unwrap_err();
        assert!(matches!(error, Pkcs11Error::WrongSignature { .. }), "{error}");
    });
}

#[test]
fn eight_threads_share_three_sessions() {
    play("eight_threads_share_three_sessions", |stage| {
        let key = p256(stage);
        let location = document(stage).with_sessions(3);
        let signer = Arc::new(Pkcs11Signer::open(location, stage.pin(PIN), certificates(&key)).unwrap());
        let threads: Vec<_> = (0..8u8)
            .map(|number| {
                let signer = Arc::clone(&signer);
                thread::spawn(move || (0..40u8).for_each(|round| holds(&*signer, &[number, round])))
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        // Two signers on one token: one login, one module.
        let second = Pkcs11Signer::open(document(stage), stage.pin(PIN), certificates(&key)).unwrap();
        drop(signer);
        holds(&second, b"still logged in");
    });
}

#[test]
fn whoever_waits_too_long_for_a_session_is_told() {
    play("whoever_waits_too_long_for_a_session_is_told", |stage| {
        stage.token("licenses", PIN);
        let key = rsa_key(&stage.folder, 4096);
        stage.key("licenses", "document", "01", &key);
        let location = KeyLocation { wait: Duration::ZERO, ..document(stage).with_sessions(1) };
        let signer = Arc::new(Pkcs11Signer::open(location, stage.pin(PIN), certificates(&key)).unwrap());
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let signer = Arc::clone(&signer);
                thread::spawn(move || (0..20).filter_map(|_| signer.signature(b"x").err()).collect::<Vec<_>>())
            })
            .collect();
        let errors: Vec<_> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
        assert!(!errors.is_empty(), "eight threads met on one session");
        assert!(errors.iter().all(|error| matches!(error, Pkcs11Error::Busy { sessions: 1, .. })), "{errors:?}");
        holds(&*signer, b"afterwards");
    });
}

#[test]
fn a_wrong_pin_is_shown_to_the_token_once() {
    play("a_wrong_pin_is_shown_to_the_token_once", |stage| {
        let key = p256(stage);
        let chain = certificates(&key);
        let (wrong, right) = (stage.pin("000000"), stage.pin(PIN));
        let open = |pin: &Pin| Pkcs11Signer::open(document(stage), pin.clone(), chain.clone());
        let answers = thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| open(&wrong).unwrap_err())).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        });
        let asked = answers.iter().filter(|error| matches!(error, Pkcs11Error::PinRefused { .. })).count();
        let spared = answers.iter().filter(|error| matches!(error, Pkcs11Error::PinRefusedBefore { .. })).count();
        assert_eq!((asked, spared), (1, 7), "{answers:?}");
        assert!(answers.iter().all(|error| !error.to_string().contains("000000")), "no PIN in a message");
        let signer = open(&right).unwrap();
        holds(&signer, b"the right one is taken");
        let shown = format!("{signer:?}");
        assert!(!shown.contains(PIN) && shown.contains("document"), "{shown}");
    });
}

#[test]
fn names_that_are_wrong_are_told_with_those_that_are_there() {
    play("names_that_are_wrong_are_told_with_those_that_are_there", |stage| {
        let key = p256(stage);
        let open = |location| Pkcs11Signer::open(location, stage.pin(PIN), certificates(&key)).unwrap_err().to_string();
        let label = open(KeyLocation::new(&stage.module, "licenses").with_label("documents"));
        assert!(
            label.contains(r#"no private key "documents""#) && label.contains(r#"there are "document""#),
            "{label}"
        );
        let id = open(document(stage).with_id([0xab]));
        assert!(id.contains("with id ab"), "{id}");
        let token = open(KeyLocation::new(&stage.module, "licences").with_label("document"));
        assert!(token.contains(r#"no token "licences""#) && token.contains(r#"there are "licenses""#), "{token}");
        let serial = open(document(stage).with_serial("0000"));
        assert!(serial.contains("no token"), "{serial}");
        let module = open(KeyLocation::new("/nowhere/module.so", "licenses"));
        assert!(module.contains("/nowhere/module.so"), "{module}");
        let text = stage.folder.join("softhsm2.conf");
        let module = open(KeyLocation::new(&text, "licenses"));
        assert!(module.contains("softhsm2.conf"), "{module}");
    });
}

#[test]
fn two_tokens_of_one_label_are_told_apart_by_their_serial_numbers() {
    play("two_tokens_of_one_label_are_told_apart_by_their_serial_numbers", |stage| {
        let key = p256(stage);
        stage.token("licenses", PIN);
        let open = |location| Pkcs11Signer::open(location, stage.pin(PIN), certificates(&key));
        let error = open(document(stage)).unwrap_err();
        assert!(matches!(error, Pkcs11Error::TokenAmbiguous { count: 2, .. }), "{error}");
        let library = Pkcs11::new(&stage.module).unwrap();
        let slots = library.get_slots_with_initialized_token().unwrap();
        let serials = slots.iter().map(|slot| library.get_token_info(*slot).unwrap().serial_number().to_owned());
        let opened = serials.filter(|serial| open(document(stage).with_serial(serial)).is_ok()).count();
        assert_eq!(opened, 1, "the one that has the key");
    });
}

#[test]
fn certificates_come_from_the_token_when_none_are_given() {
    play("certificates_come_from_the_token_when_none_are_given", |stage| {
        let key = p256(stage);
        let open = || Pkcs11Signer::open(document(stage), stage.pin(PIN), vec![]);
        let error = open().unwrap_err();
        assert!(matches!(error, Pkcs11Error::CertificateAbsent { .. }), "{error}");
        let chain = certificates(&key);
        let library = Pkcs11::new(&stage.module).unwrap();
        let slot = library.get_slots_with_initialized_token().unwrap()[0];
        let session = library.open_rw_session(slot).unwrap();
        session.login(UserType::User, Some(&AuthPin::from(PIN))).ok();
        let names = [
            ("another", 9, certificates(&new_key(KeyKind::P256)).remove(0)),
            ("document", 1, chain[0].clone()),
            ("CA", 2, chain[1].clone()),
        ];
        for (label, id, certificate) in names {
            let subject = certificate.subject().der().to_vec();
            let object = [
                Attribute::Class(ObjectClass::CERTIFICATE),
                Attribute::CertificateType(CertificateType::X_509),
                Attribute::Token(true),
                Attribute::Label(label.into()),
                Attribute::Id(vec![id]),
                Attribute::Subject(subject),
                Attribute::Value(certificate.der().to_vec()),
            ];
            session.create_object(&object).unwrap();
        }
        let signer = open().unwrap();
        assert_eq!((signer.certificate(), signer.chain()), (&chain[0], &chain[1..]));
        holds(&signer, b"message");
    });
}

#[test]
fn sm2_needs_a_mechanism_that_the_token_has() {
    play("sm2_needs_a_mechanism_that_the_token_has", |stage| {
        p256(stage);
        let sm2 = certificates(&new_key(KeyKind::Sm2));
        let open = |location| Pkcs11Signer::open(location, stage.pin(PIN), sm2.clone()).unwrap_err().to_string();
        let none = open(document(stage));
        assert!(none.contains("cannot sign SM2 with SM3") && none.contains("name the vendor's"), "{none}");
        let other = open(KeyLocation { sm2: Some(Sm2Mechanism(0x8000_0103)), ..document(stage) });
        assert!(other.contains("does not offer"), "{other}");
    });
}

#[test]
fn a_token_that_went_away_is_told_and_works_when_it_is_back() {
    play("a_token_that_went_away_is_told_and_works_when_it_is_back", |stage| {
        let key = p256(stage);
        let signer = Pkcs11Signer::open(document(stage), stage.pin(PIN), certificates(&key)).unwrap();
        holds(&signer, b"before");
        let (tokens, away) = (stage.tokens(), stage.folder.join("away"));

        fs::rename(&tokens, &away).unwrap();
        for _ in 0..3 {
            let error = signer.signature(b"without a token").unwrap_err();
            let told = matches!(error, Pkcs11Error::TokenAbsent { .. } | Pkcs11Error::Module { .. });
            assert!(told, "{error}");
        }
        fs::rename(&away, &tokens).unwrap();
        thread::sleep(Duration::from_millis(600));
        thread::scope(|scope| {
            (0..8).for_each(|_| _ = scope.spawn(|| holds(&signer, b"it is back")));
        });

        // Replaced by a spare with the same label, key and PIN.
        fs::remove_dir_all(&tokens).unwrap();
        fs::create_dir(&tokens).unwrap();
        assert!(signer.signature(b"an empty slot").is_err());
        stage.token("licenses", PIN);
        stage.key("licenses", "document", "07", &key);
        thread::sleep(Duration::from_millis(600));
        holds(&signer, b"the spare");

        // Replaced by one with another key: nothing it signs gets out.
        fs::remove_dir_all(&tokens).unwrap();
        fs::create_dir(&tokens).unwrap();
        stage.token("licenses", PIN);
        stage.key("licenses", "document", "07", &new_key(KeyKind::P256));
        thread::sleep(Duration::from_millis(600));
        let error = signer.signature(b"another key").unwrap_err();
        assert!(matches!(error, Pkcs11Error::WrongSignature { .. }), "{error}");

        // Replaced by one with another PIN: shown once.
        fs::remove_dir_all(&tokens).unwrap();
        fs::create_dir(&tokens).unwrap();
        stage.token("licenses", "999999");
        thread::sleep(Duration::from_millis(600));
        let first = signer.signature(b"another PIN").unwrap_err();
        assert!(matches!(first, Pkcs11Error::PinRefused { .. }), "{first}");
        let second = signer.signature(b"another PIN").unwrap_err();
        assert!(matches!(second, Pkcs11Error::PinRefusedBefore { .. }), "{second}");
    });
}
