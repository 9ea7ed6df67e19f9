//! What is remembered of a token: that a signature held, and nothing else.
#![allow(clippy::unwrap_used, missing_docs)]

mod verify_support;

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use license_core::trust::{Issuer, Period, TrustList};
use license_core::verify::{self, Entry, Limits, Policy, Reason, Register, Report, SignatureMemory, Status, Verdict};
use time::{Duration, OffsetDateTime};
use verify_support::{HOUSING, ISSUED, JUDGED, MARKET, good, other, permit, trust};

#[derive(Default)]
struct Memory {
    known: Mutex<HashSet<[u8; 32]>>,
    hits: AtomicUsize,
}

impl SignatureMemory for Memory {
    fn knows(&self, signature: &[u8; 32]) -> bool {
        let known = self.known.lock().unwrap().contains(signature);
        self.hits.fetch_add(usize::from(known), Ordering::Relaxed);
        known
    }

    fn learn(&self, signature: [u8; 32]) {
        assert!(self.known.lock().unwrap().insert(signature), "learned what it knew");
    }
}

impl Memory {
    fn judge(&self, text: &str, trust: &TrustList, status: Option<Status>, at: OffsetDateTime) -> Report {
        let register = status.map_or(Register::NotAsked, |status| {
            Register::Found(Box::new(Entry {
                status,
                record_digest: *good().record().digest().as_bytes(),
                token: good().index().token_text(),
                file_digests: Vec::new(),
            }))
        });
        let policy = Policy { register: Some(&register), memory: Some(self), ..Policy::default() };
        verify::judge(&verify::inspect_text(text, &Limits::default()), trust, &policy, at)
    }

    /// Knowing the good token, from a judgement under the usual trust list.
    fn of_good() -> Memory {
        let memory = Memory::default();
        let report = memory.judge(&good().index().to_string(), trust(), Some(Status::Valid), JUDGED);
        assert_eq!((report.verdict, memory.len(), memory.hits()), (Verdict::Passed, 1, 0));
        memory
    }

    fn len(&self) -> usize {
        self.known.lock().unwrap().len()
    }

    fn hits(&self) -> usize {
        self.hits.load(Ordering::Relaxed)
    }
}

/// The trust list with another entry for the issuer of the good license.
fn changed(change: impl FnOnce(&mut Issuer)) -> TrustList {
    let mut list = trust().clone();
    change(list.issuers.iter_mut().find(|issuer| issuer.code == MARKET).unwrap());
    list
}

#[test]
fn a_known_token_is_judged_as_an_unknown_one() {
    let memory = Memory::of_good();
    let text = good().index().to_string();
    for (status, at) in [
        (Some(Status::Valid), JUDGED),
        (None, JUDGED),
        (Some(Status::Revoked), JUDGED),
        (Some(Status::Superseded), JUDGED + Duration::days(4000)),
        (Some(Status::Valid), ISSUED - Duration::days(20_000)),
    ] {
        let known = memory.judge(&text, trust(), status, at);
        assert_eq!(known, Memory::default().judge(&text, trust(), status, at), "{status:?} {at}");
    }
    assert_eq!((memory.len(), memory.hits()), (1, 5));
}

#[test]
fn a_known_token_fails_when_its_license_is_revoked() {
    let memory = Memory::of_good();
    let report = memory.judge(&good().index().to_string(), trust(), Some(Status::Revoked), JUDGED);
    assert_eq!((report.verdict, report.headline()), (Verdict::Failed, Some(Reason::RegisterRevoked)));
    assert_eq!(memory.hits(), 1);
}

#[test]
fn a_known_token_fails_when_the_trust_list_changes() {
    let text = good().index().to_string();
    let housing = trust().issuers.iter().find(|issuer| issuer.code == HOUSING).unwrap().index_keys[0].clone();
    let ended = Period { from: None, until: Some(ISSUED - Duration::days(1)) };
    for (list, reason, asked) in [
        (changed(|issuer| issuer.code = "11340100MB1D00039X".to_owned()), Reason::TokenIssuerUnknown, 0),
        (changed(|issuer| issuer.index_keys.clear()), Reason::TokenKeyUnknown, 0),
        (changed(|issuer| issuer.types.clear()), Reason::TokenTypeNotAllowed, 1),
        (changed(|issuer| issuer.index_keys[0].period = ended), Reason::TokenKeyPeriod, 1),
        // Another key under the same short name: what is known of the old key says nothing of it.
        (changed(|issuer| issuer.index_keys[0].key = housing.key), Reason::TokenSignature, 0),
    ] {
        let memory = Memory::of_good();
        let report = memory.judge(&text, &list, Some(Status::Valid), JUDGED);
        assert_ne!(report.verdict, Verdict::Passed);
        assert_eq!(report.headline(), Some(reason));
        assert_eq!((report.subject, memory.hits(), memory.len()), (None, asked, 1), "{reason:?}");
    }
}

#[test]
fn a_changed_token_is_not_known_and_not_learned() {
    let memory = Memory::of_good();
    let token = good().index().token().as_bytes();
    let mut judged = 0;
    for at in 0..token.len() {
        let mut changed = token.to_vec();
        changed[at] ^= 1;
        let text = format!("{}{}", good().index().prefix(), data_encoding::BASE32_NOPAD.encode(&changed));
        let report = memory.judge(&text, trust(), None, JUDGED);
        assert_ne!(report.verdict, Verdict::Passed, "byte {at}");
        assert_eq!((memory.hits(), memory.len()), (0, 1), "byte {at}");
        judged += usize::from(report.headline() == Some(Reason::TokenSignature));
    }
    assert!(judged > 60, "only {judged} reached the signature");
}

/// Where the last byte of the seal maker's signature stands in an OFD whose seal value is stored.
fn maker_signature_at(ofd: &[u8]) -> usize {
    let package = ofd::read(ofd, &ofd::Budget::default()).unwrap();
    let (_, value) = package.parts().find(|(name, _)| name.ends_with("SignedValue.dat")).unwrap();
    let eseal::Facts::Seal(signature) = eseal::inspect(value.bytes()) else { panic!("no seal") };
    let wanted = signature.seal().signature();
    ofd.windows(wanted.len()).position(|bytes| bytes == wanted).unwrap() + wanted.len() - 1
}

#[test]
fn other_tokens_and_files_are_learned_by_themselves() {
    let memory = Memory::of_good();
    for issued in [other(), permit()] {
        memory.judge(&issued.index().to_string(), trust(), None, JUDGED);
    }
    assert_eq!((memory.hits(), memory.len()), (0, 3));
    // The index inside a file is the same token; the certificates of both signers and of the seal maker are new, but
    // for one CA that stands above two of them; and the root that the PDF encloses signs itself.
    let judge = |file: &[u8], trust: &TrustList| {
        let policy = Policy { memory: Some(&memory), ..Policy::default() };
        verify::judge(&verify::inspect(file, &Limits::default()), trust, &policy, JUDGED)
    };
    let files = [good().ofd(), good().pdf()];
    files.iter().for_each(|file| assert_ne!(judge(file, trust()).verdict, Verdict::Failed));
    assert_eq!((memory.hits(), memory.len()), (2, 9), "what one judgement learned it asks nobody");
    files.iter().for_each(|file| assert_ne!(judge(file, trust()).verdict, Verdict::Failed));
    assert_eq!(memory.len(), 9, "nothing new the second time");

    // The seal of the OFD is a third kind of thing to know; it is asked for where the file is opened.
    let judge_known = |file: &[u8], trust: &TrustList| {
        let policy = Policy { memory: Some(&memory), ..Policy::default() };
        verify::judge(&verify::inspect_with(file, &Limits::default(), Some(&memory)), trust, &policy, JUDGED)
    };
    let before = judge(good().ofd(), trust());
    assert_eq!(judge_known(good().ofd(), trust()), before);
    let hits = (memory.hits(), memory.len());
    assert_eq!((judge_known(good().ofd(), trust()), hits.1), (before, 10), "the seal was learned");
    assert_eq!((memory.hits(), memory.len()), (hits.0 + 6, 10), "token, signer, maker, their CA once, the seal twice");
    // Another seal of the maker, or this one changed, is not the known one.
    let mut other = good().ofd().to_vec();
    let maker = maker_signature_at(&other);
    other[maker] ^= 1;
    let report = judge_known(&other, trust());
    assert!(
        report.reasons().any(|reason| reason == Reason::SealMakerSignature),
        "{}",
        verify_support::explain(&report)
    );
    assert_eq!(memory.len(), 10);

    // A signature that holds makes nobody trusted: without the roots all of them are strangers again.
    let nobody = TrustList { anchors: Vec::new(), ..trust().clone() };
    for file in files {
        let report = judge(file, &nobody);
        assert_ne!(report.verdict, Verdict::Passed);
        assert!(
            report.reasons().any(|reason| reason == Reason::SignerUntrusted),
            "{}",
            verify_support::explain(&report)
        );
    }
}
