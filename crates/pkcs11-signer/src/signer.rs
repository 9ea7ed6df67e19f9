//! The signer.

use std::fmt;

use cryptoki::mechanism::MechanismType;
use pki::{Certificate, PublicKey, SignError, SignatureAlgorithm, Signer};

use crate::mechanism::Way;
use crate::pool::Pool;
use crate::{KeyLocation, Pin, Pkcs11Error, certificates, token};

/// What the key signs when it is opened, so that a wrong key is found before the first license.
const FIRST_MESSAGE: &[u8] = b"pkcs11-signer: first signature after opening, of no meaning";

/// A key in hardware with its certificate; signs from any thread.
pub struct Pkcs11Signer {
    pool: Pool,
    way: Way,
    algorithm: SignatureAlgorithm,
    certificate: Certificate,
    public: PublicKey,
    chain: Vec<Certificate>,
}

impl Pkcs11Signer {
    /// Opens the key: loads the module, finds the token, logs in, finds the key, makes a first signature.
    ///
    /// `certificates` are the key's, then those above it; when empty, the token is asked for them.
    pub fn open(location: KeyLocation, pin: Pin, certificates: Vec<Certificate>) -> Result<Pkcs11Signer, Pkcs11Error> {
        let pool = Pool::new(location, pin)?;
        let key = pool.location().key();
        let mut chain = certificates;
        // Also where a file has them: token, PIN and key are complained of before certificates.
        let kept = pool.with(certificates::of_key)?;
        if chain.is_empty() {
            chain = kept;
        }
        if chain.is_empty() {
            return Err(Pkcs11Error::CertificateAbsent { token: pool.location().token.clone(), key });
        }
        let certificate = chain.remove(0);
        let public = match certificate.public_key() {
            Ok(public) => public.clone(),
            Err(problem) => return Err(Pkcs11Error::Certificate { key, problem: problem.to_string() }),
        };
        let (algorithm, way) =
            Way::choose(public.kind(), &offered(&pool)?, pool.location().sm2).map_err(|problem| {
                let algorithm = public.kind().default_algorithm();
                Pkcs11Error::Mechanism { token: pool.location().token.clone(), algorithm, problem }
            })?;
        let signer = Pkcs11Signer { pool, way, algorithm, certificate, public, chain };
        signer.signature(FIRST_MESSAGE)?;
        Ok(signer)
    }

    /// Signs, and says in full what went wrong.
    pub fn signature(&self, message: &[u8]) -> Result<Vec<u8>, Pkcs11Error> {
        let input = self.way.input(message);
        let value = self.pool.with(|connection| connection.sign(self.way, &input))?;
        let wrong = || Pkcs11Error::WrongSignature { key: self.pool.location().key() };
        let signature = self.way.output(value).ok_or_else(wrong)?;
        // A faulty device must not give an RSA key away, nor another key sign what this certificate stands for.
        self.public.verify(self.algorithm, message, &signature).map_err(|_| wrong())?;
        Ok(signature)
    }
}

fn offered(pool: &Pool) -> Result<Vec<MechanismType>, Pkcs11Error> {
    let _gate = pool.module().enter();
    let (slot, _) = token::find(pool.module(), pool.location())?;
    let offered = pool.module().cryptoki().get_mechanism_list(slot);
    offered.map_err(|error| Pkcs11Error::device(&pool.location().token, &error))
}

impl Signer for Pkcs11Signer {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        Ok(self.signature(message)?)
    }
}

impl fmt::Debug for Pkcs11Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (location, certificate) = (self.pool.location(), &self.certificate);
        f.debug_struct("Pkcs11Signer")
            .field("location", location)
            .field("certificate", certificate)
            .finish_non_exhaustive()
    }
}
