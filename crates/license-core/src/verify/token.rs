//! Checking an index against the trust list, in the order of `docs/formats/index.md`.

use time::{Date, OffsetDateTime};

use super::memory::{self, SignatureMemory};
use super::reasons::Reason;
use super::report::{Checks, Integrity, RevocationReport, SignatureReport, Subject};
use super::standing;
use crate::calendar::china_date;
use crate::index::{HolderKind, IndexText, TextError, Token, TokenError};
use crate::trust::{Issuer, Moment, TrustList};

/// What became of a token.
pub(super) struct Judged {
    pub(super) integrity: Integrity,
    pub(super) signature: SignatureReport,
    /// Only when an issuer of the trust list signed it.
    pub(super) subject: Option<Subject>,
}

/// The reason that a text is no index.
pub(super) fn reason_of(error: &TextError) -> Reason {
    match error {
        TextError::Foreign(_) => Reason::TokenForeign,
        TextError::Token(TokenError::NotCanonical) => Reason::TokenNotCanonical,
        _ => Reason::TokenMalformed,
    }
}

/// What shows that an index is not younger than it says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Proof {
    /// When it was there at the latest.
    pub(super) existed_at: Option<OffsetDateTime>,
    /// The instant of the question.
    pub(super) asked: OffsetDateTime,
}

/// Issuer, key, signature, right to issue, key period, how issuer and key stood.
pub(super) fn judge(
    token: &Token,
    (trust, proof): (&TrustList, Proof),
    memory: Option<&dyn SignatureMemory>,
    place: &str,
    checks: &mut Checks,
) -> Judged {
    let claims = token.claims();
    let issued_at = i64::try_from(claims.issued_at).ok().and_then(|at| OffsetDateTime::from_unix_timestamp(at).ok());
    let mut signature = SignatureReport {
        integrity: Integrity::Broken,
        form: "cose".to_owned(),
        signer: String::new(),
        time: issued_at,
        time_proven: false,
        proof: None,
        revocation: RevocationReport::default(),
        time_stamps: Vec::new(),
        level: None,
        indication: None,
        place: place.to_owned(),
    };
    let Some(issuer) = trust.issuer(&claims.issuer) else {
        checks.failed("token.issuer", Reason::TokenIssuerUnknown, place, &claims.issuer);
        // Without a key nothing is known of the bytes: they parse, no more.
        signature.integrity = Integrity::Unsigned;
        return Judged { integrity: Integrity::Unsigned, signature, subject: None };
    };
    checks.passed("token.issuer", place);
    let candidates =
        || issuer.index_keys.iter().filter(|key| key.id == token.key_id() && key.algorithm == token.algorithm());
    if candidates().next().is_none() {
        checks.failed("token.key", Reason::TokenKeyUnknown, place, "");
        return Judged { integrity: Integrity::Broken, signature, subject: None };
    }
    checks.passed("token.key", place);
    let Some(key) = candidates().find(|key| memory::verify(token, &key.key, memory)) else {
        checks.failed("token.signature", Reason::TokenSignature, place, "");
        return Judged { integrity: Integrity::Broken, signature, subject: None };
    };
    checks.passed("token.signature", place);
    signature.integrity = Integrity::Intact;
    signature.signer = issuer.name.clone();
    let may = issuer.may_issue(&claims.type_code);
    let in_period = issued_at.is_some_and(|at| key.period.contains(at));
    checks.record("token.type", may, Reason::TokenTypeNotAllowed, place, &claims.type_code);
    checks.record("token.key-period", in_period, Reason::TokenKeyPeriod, place, "");
    let stood = issued_at.is_some_and(|at| {
        let moment = Moment { signed: at, existed: proof.existed_at, asked: proof.asked };
        let objection =
            (trust.objection_to_issuer(issuer, &moment)).or_else(|| trust.objection_to_index_key(issuer, key, &moment));
        standing::note(objection, "token.key-status", place, checks)
    });
    let subject = issued_at.filter(|_| may && in_period && stood).map(|at| subject(token, issuer, at));
    Judged { integrity: Integrity::Intact, signature, subject }
}

/// The address is under no signature: a genuine token behind a foreign one leads its reader to a page of lies.
pub(super) fn check_address(index: &IndexText, trust: &TrustList, place: &str, checks: &mut Checks) {
    if !trust.addresses.is_empty() {
        let known = trust.knows_address(index.prefix());
        checks.record("token.address", known, Reason::TokenAddress, place, index.prefix());
    }
}

/// Whether today lies within the validity.
pub(super) fn check_validity(from: Option<Date>, to: Option<Date>, at: OffsetDateTime, checks: &mut Checks) {
    let today = china_date(at);
    if let Some(from) = from.filter(|from| today < *from) {
        return checks.failed("validity.period", Reason::ValidityNotYet, "", format!("{from}"));
    }
    if let Some(to) = to.filter(|to| today > *to) {
        return checks.failed("validity.period", Reason::ValidityExpired, "", format!("{to}"));
    }
    checks.passed("validity.period", "");
}

fn subject(token: &Token, issuer: &Issuer, issued_at: OffsetDateTime) -> Subject {
    let claims = token.claims();
    Subject {
        id: claims.license_id().map(|id| id.to_string()).unwrap_or_default(),
        type_code: claims.type_code.clone(),
        type_name: None,
        number: claims.number.clone(),
        issuer_code: claims.issuer.clone(),
        issuer_name: issuer.name.clone(),
        holder: claims.holder.clone(),
        holder_is_person: claims.holder_kind == HolderKind::Person,
        valid_from: claims.valid_from,
        valid_to: claims.valid_to,
        issued_at,
    }
}
