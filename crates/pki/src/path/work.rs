//! What one question may cost, and the one place where its signatures are checked.

use super::reason::PathReason;
use super::{MAX_FETCHES, MAX_NAME_COMPARISONS, MAX_SIGNATURE_CHECKS, MAX_STEPS};
use crate::algorithm::{self, AlgorithmError, Refusal, SignatureAlgorithm};
use crate::asn1::{self, tag};
use crate::certificate::Certificate;
use crate::crl::Crl;
use crate::digest::DigestAlgorithm;
use crate::ocsp::OcspResponse;

/// Signature algorithms beyond those of this house, by the caller's own means and on the caller's own responsibility.
///
/// Test suites of the past need DSA; licenses do not. Nothing in this house passes one.
pub trait ForeignAlgorithms {
    /// Whether the key of this SubjectPublicKeyInfo may be used.
    fn accepts_key(&self, spki: &[u8]) -> bool;

    /// Whether the signature holds under this AlgorithmIdentifier and SubjectPublicKeyInfo; `None` when the algorithm is
    /// unknown here, too.
    fn verify(&self, algorithm: &[u8], spki: &[u8], message: &[u8], signature: &[u8]) -> Option<bool>;
}

/// A memory of signatures of certificates, lists and answers that were checked and held, kept between questions.
///
/// A name stands for the key, the algorithm and every signed byte with its signature, so nothing else is ever taken for
/// what was checked. That a signature held is all that is remembered: trust, dates, names, revocation are asked anew.
/// A memory may forget whenever it likes; it must not say that it knows what it was never told.
pub trait PathMemory {
    /// Whether the signature of this name is known to hold.
    fn knows(&self, signature: &[u8; 32]) -> bool;

    /// The same of one that costs so many times as much to check as one by SM2 ([`PublicKey::cost`]): for whoever counts.
    ///
    /// [`PublicKey::cost`]: crate::PublicKey::cost
    fn knows_costly(&self, signature: &[u8; 32], _cost: usize) -> bool {
        self.knows(signature)
    }

    /// The signature of this name was just checked and holds.
    fn learn(&self, signature: [u8; 32]);

    /// Whether one more signature may be checked: for whoever asks many questions about one file.
    fn may_check(&self) -> bool {
        true
    }
}

/// What is left to be spent, and what was found out already.
pub(super) struct Work<'a> {
    signatures: usize,
    names: usize,
    steps: usize,
    fetches: usize,
    foreign: Option<&'a dyn ForeignAlgorithms>,
    memory: Option<&'a dyn PathMemory>,
    /// The values are kept, so that they stay what they are while they serve as keys.
    known: Vec<(Signed, Vec<u8>, bool)>,
}

/// Something with a signature.
#[derive(Clone, PartialEq)]
pub(super) enum Signed {
    Certificate(Certificate),
    Crl(Crl),
    Ocsp(OcspResponse),
}

impl<'a> Work<'a> {
    pub(super) const fn new(foreign: Option<&'a dyn ForeignAlgorithms>, memory: Option<&'a dyn PathMemory>) -> Self {
        Self {
            signatures: MAX_SIGNATURE_CHECKS,
            names: MAX_NAME_COMPARISONS,
            steps: MAX_STEPS,
            fetches: MAX_FETCHES,
            foreign,
            memory,
            known: Vec::new(),
        }
    }

    pub(super) fn compare_names(&mut self) -> Result<(), PathReason> {
        spend(&mut self.names)
    }

    pub(super) fn step(&mut self) -> Result<(), PathReason> {
        spend(&mut self.steps)
    }

    /// Whether the source may be asked once more.
    pub(super) fn may_fetch(&mut self) -> bool {
        spend(&mut self.fetches).is_ok()
    }

    /// Whether signatures by the key of `certificate` can be checked, and are worth it.
    pub(super) fn accepts_key(&self, certificate: &Certificate) -> Result<(), PathReason> {
        let foreign = || self.foreign.is_some_and(|foreign| foreign.accepts_key(certificate.spki_der()));
        match certificate.public_key() {
            Ok(key) if !key.kind().is_weak() => Ok(()),
            _ if foreign() => Ok(()),
            Ok(_) => Err(PathReason::WeakAlgorithm),
            Err(error) => Err(refused(error.refusal())),
        }
    }

    /// The same of the signature algorithm of `certificate`.
    pub(super) fn accepts_algorithm(&self, certificate: &Certificate) -> Result<(), PathReason> {
        match certificate.signature_algorithm() {
            Ok(algorithm) if !algorithm.is_weak() => Ok(()),
            _ if self.foreign.is_some() => Ok(()),
            Ok(_) => Err(PathReason::WeakAlgorithm),
            Err(error) => Err(refused(error.refusal())),
        }
    }

    /// Whether `key` made the signature. Asked twice, it is checked once.
    pub(super) fn verify(&mut self, signed: &Signed, key: &IssuerKey) -> Result<bool, PathReason> {
        if let Some((_, _, holds)) = self.known.iter().find(|(known, spki, _)| known == signed && spki == key.spki()) {
            return Ok(*holds);
        }
        spend(&mut self.signatures)?;
        let holds = match (key.certificate.public_key(), signed.algorithm(), self.foreign) {
            (Ok(public), Ok(algorithm), _) if !algorithm.is_weak() && !public.kind().is_weak() => {
                let verify = || public.verify(algorithm, signed.message(), signed.signature()).is_ok();
                match self.memory {
                    Some(memory) => remembered(memory, (signed, key, public.cost(algorithm)), verify)?,
                    None => verify(),
                }
            }
            (_, _, Some(foreign)) => foreign
                .verify(signed.algorithm_identifier(), key.spki(), signed.message(), signed.signature())
                .ok_or(PathReason::UnsupportedAlgorithm)?,
            (Ok(_), Ok(_), None) => return Err(PathReason::WeakAlgorithm),
            (Err(error), Ok(_), None) => return Err(refused(error.refusal())),
            (Ok(_), Err(error), None) => return Err(refused(error.refusal())),
            // One of the two that is weak decides.
            (Err(key), Err(algorithm), None) => {
                let weak = [key.refusal(), algorithm.refusal()].contains(&Refusal::Weak);
                return Err(if weak { PathReason::WeakAlgorithm } else { refused(key.refusal()) });
            }
        };
        self.known.push((signed.clone(), key.spki().to_vec(), holds));
        Ok(holds)
    }
}

const fn refused(refusal: Refusal) -> PathReason {
    match refusal {
        Refusal::Unsupported => PathReason::UnsupportedAlgorithm,
        Refusal::Weak => PathReason::WeakAlgorithm,
        Refusal::Malformed => PathReason::MalformedAlgorithm,
    }
}

/// Asks the memory first, and tells it what it did not know. Failures are not remembered.
fn remembered(
    memory: &dyn PathMemory,
    (signed, key, cost): (&Signed, &IssuerKey, usize),
    verify: impl Fn() -> bool,
) -> Result<bool, PathReason> {
    let name = name([key.spki(), signed.algorithm_identifier(), signed.message(), signed.signature()]);
    if memory.knows_costly(&name, cost) {
        return Ok(true);
    }
    if !memory.may_check() {
        return Err(PathReason::BudgetExceeded);
    }
    let holds = verify();
    if holds {
        memory.learn(name);
    }
    Ok(holds)
}

/// The name under which a [`PathMemory`] knows the signature of `issuer`'s key on `certificate`: for whoever checks it by
/// other means than a path.
pub fn signature_name(certificate: &Certificate, issuer: &Certificate) -> [u8; 32] {
    let (algorithm, message) = (certificate.algorithm_identifier(), certificate.tbs_der());
    name([issuer.spki_der(), algorithm, message, certificate.signature()])
}

/// SHA-256 over all parts, each behind its length.
fn name(parts: [&[u8]; 4]) -> [u8; 32] {
    let mut hasher = DigestAlgorithm::Sha256.hasher();
    for part in parts {
        hasher.update(&(part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    let mut name = [0; 32];
    name.copy_from_slice(hasher.finish().as_bytes());
    name
}

fn spend(left: &mut usize) -> Result<(), PathReason> {
    *left = left.checked_sub(1).ok_or(PathReason::BudgetExceeded)?;
    Ok(())
}

impl Signed {
    fn message(&self) -> &[u8] {
        match self {
            Self::Certificate(certificate) => certificate.tbs_der(),
            Self::Crl(crl) => crl.tbs_der(),
            Self::Ocsp(response) => response.tbs_der(),
        }
    }

    fn signature(&self) -> &[u8] {
        match self {
            Self::Certificate(certificate) => certificate.signature(),
            Self::Crl(crl) => crl.signature(),
            Self::Ocsp(response) => response.signature(),
        }
    }

    fn algorithm(&self) -> Result<SignatureAlgorithm, &AlgorithmError> {
        match self {
            Self::Certificate(certificate) => certificate.signature_algorithm(),
            Self::Crl(crl) => crl.signature_algorithm(),
            Self::Ocsp(response) => response.signature_algorithm(),
        }
    }

    fn algorithm_identifier(&self) -> &[u8] {
        match self {
            Self::Certificate(certificate) => certificate.algorithm_identifier(),
            Self::Crl(crl) => crl.algorithm_identifier(),
            Self::Ocsp(response) => response.algorithm_identifier(),
        }
    }
}

/// The key of an issuer, with the parameters it inherits from above (RFC 5280 6.1.4 d to f).
#[derive(Clone)]
pub(super) struct IssuerKey {
    pub(super) certificate: Certificate,
    completed: Option<Vec<u8>>,
}

impl IssuerKey {
    pub(super) const fn new(certificate: Certificate) -> Self {
        Self { certificate, completed: None }
    }

    /// The key of `certificate`, which lies below the holder of `above`.
    pub(super) fn below(above: &Self, certificate: Certificate) -> Self {
        let mut key = Self::new(certificate);
        if key.lacks_parameters() {
            key.completed = inherit(key.certificate.spki_der(), above.spki());
        }
        key
    }

    /// Whether it cannot be used before its parameters are known. No algorithm of this house inherits any.
    pub(super) fn lacks_parameters(&self) -> bool {
        let absent = || -> Option<bool> {
            let (_, parameters, _) = parts(self.spki())?;
            Some(parameters.is_empty() || parameters == asn1::null())
        };
        self.certificate.public_key().is_err() && absent().unwrap_or(false)
    }

    pub(super) fn spki(&self) -> &[u8] {
        self.completed.as_deref().unwrap_or_else(|| self.certificate.spki_der())
    }
}

/// The identifier, the parameters and the key bits of a SubjectPublicKeyInfo.
fn parts(spki: &[u8]) -> Option<(der::asn1::ObjectIdentifier, &[u8], &[u8])> {
    let mut inside = asn1::whole(spki, tag::SEQUENCE, "SubjectPublicKeyInfo").ok()?.children();
    let (id, parameters) = algorithm::split(inside.expect(tag::SEQUENCE, "algorithm").ok()?.raw).ok()?;
    Some((id, parameters, inside.expect(tag::BIT_STRING, "subjectPublicKey").ok()?.raw))
}

fn inherit(own: &[u8], above: &[u8]) -> Option<Vec<u8>> {
    let ((id, _, bits), (above_id, parameters, _)) = (parts(own)?, parts(above)?);
    (id == above_id).then(|| asn1::sequence(&[&asn1::sequence(&[&asn1::oid(&id), parameters]), bits]))
}
