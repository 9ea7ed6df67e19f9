//! Key files of this house: PKCS#8 under a password, Argon2id (RFC 9106) and ChaCha20-Poly1305 (RFC 8439). The format is
//! described in `docs/formats/key-file.md`.

use std::fmt::Write as _;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand_core::CryptoRng;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::Zeroizing;

use crate::private_key::{PrivateKey, PrivateKeyError};
use crate::public_key::PublicKey;

/// First line.
const BEGIN: &str = "-----BEGIN LICENSE KEY-----";
/// Last line.
const END: &str = "-----END LICENSE KEY-----";
/// The one version there is.
const VERSION: &str = "1";
/// The one cipher of version 1.
const CIPHER: &str = "chacha20-poly1305";
/// Bytes of salt.
const SALT: usize = 16;
/// Characters in a line of base64.
const WIDTH: usize = 64;
/// Largest key: RSA of 8192 bits has 5 KB.
const MAX_CIPHERTEXT: usize = 16 * 1024;
/// Most memory that opening may take: parameters come from the file.
const MAX_MEMORY_KIB: u32 = 256 * 1024;
/// Most memory times passes.
const MAX_WORK_KIB: u64 = 1024 * 1024;
/// Most lanes.
const MAX_LANES: u32 = 16;

/// What it costs to try a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyFileCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Default for KeyFileCost {
    /// 64 MiB, three passes (RFC 9106 section 4, for machines with little memory), one lane.
    fn default() -> KeyFileCost {
        KeyFileCost { memory_kib: 64 * 1024, passes: 3, lanes: 1 }
    }
}

impl KeyFileCost {
    fn is_affordable(self) -> bool {
        self.memory_kib <= MAX_MEMORY_KIB
            && u64::from(self.memory_kib) * u64::from(self.passes) <= MAX_WORK_KIB
            && self.lanes <= MAX_LANES
    }

    fn key(self, password: &[u8], salt: &[u8]) -> Result<LessSafeKey, PrivateKeyError> {
        let unsupported = |_| PrivateKeyError::UnsupportedEncryption;
        let mut key = Zeroizing::new([0_u8; 32]);
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(key.len())).map_err(unsupported)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        argon2.hash_password_into(password, salt, &mut *key).map_err(unsupported)?;
        let key = UnboundKey::new(&CHACHA20_POLY1305, &*key).map_err(|_| PrivateKeyError::UnsupportedEncryption)?;
        Ok(LessSafeKey::new(key))
    }
}

/// Whether a text is a key file of this house, by its first line.
pub(crate) fn is_key_file(text: &str) -> bool {
    text.trim_start().starts_with(BEGIN)
}

/// What a key file says to everyone: its public key, and what it costs to try a password. Without the password nothing
/// shows that it is true.
#[derive(Clone, Debug)]
pub struct KeyFileHead {
    /// The public key.
    pub public_key: PublicKey,
    /// What it costs to try a password.
    pub cost: KeyFileCost,
}

impl KeyFileHead {
    /// Reads the head.
    pub fn parse(text: &str) -> Result<KeyFileHead, PrivateKeyError> {
        let parsed = Parsed::of(text)?;
        Ok(KeyFileHead { public_key: parsed.public_key, cost: parsed.cost })
    }
}

impl PrivateKey {
    /// Writes a key file. The password must not be empty.
    pub fn to_key_file<R: CryptoRng + ?Sized>(
        &self,
        password: &[u8],
        cost: KeyFileCost,
        rng: &mut R,
    ) -> Result<String, PrivateKeyError> {
        if password.is_empty() {
            return Err(PrivateKeyError::NoPassword);
        }
        if !cost.is_affordable() {
            return Err(PrivateKeyError::UnsupportedEncryption);
        }
        let (mut salt, mut nonce) = ([0; SALT], [0; NONCE_LEN]);
        rng.fill_bytes(&mut salt);
        rng.fill_bytes(&mut nonce);
        let head = head(cost, &salt, &nonce, self.public_key().spki_der());
        let mut content = self.to_pkcs8_der();
        let key = cost.key(password, &salt)?;
        let tag = key
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(head.as_bytes()),
                content.as_mut_slice(),
            )
            .map_err(|_| PrivateKeyError::UnsupportedEncryption)?;
        let ciphertext = [content.as_slice(), tag.as_ref()].concat();
        Ok(head + &body(&ciphertext))
    }
}

/// Opens a key file.
pub(crate) fn open(text: &str, password: &[u8]) -> Result<PrivateKey, PrivateKeyError> {
    let Parsed { head, cost, salt, nonce, public_key, ciphertext } = Parsed::of(text)?;
    if !cost.is_affordable() {
        return Err(PrivateKeyError::UnsupportedEncryption);
    }
    let mut content = Zeroizing::new(ciphertext);
    let key = cost.key(password, &salt)?;
    let plain = key
        .open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(head.as_bytes()), &mut content)
        .map_err(|_| PrivateKeyError::WrongPassword)?;
    let key = PrivateKey::from_pkcs8_der(plain)?;
    if key.public_key().spki_der() != public_key.spki_der() {
        return Err(PrivateKeyError::Malformed("the public key of the file is another one"));
    }
    Ok(key)
}

/// A file taken apart.
struct Parsed {
    /// Everything before the ciphertext, which the tag covers.
    head: String,
    cost: KeyFileCost,
    salt: [u8; SALT],
    nonce: [u8; NONCE_LEN],
    public_key: PublicKey,
    ciphertext: Vec<u8>,
}

impl Parsed {
    /// Only the spelling that [`PrivateKey::to_key_file`] writes is taken; blanks around the whole are not looked at.
    fn of(text: &str) -> Result<Parsed, PrivateKeyError> {
        let malformed = |what| PrivateKeyError::Malformed(what);
        let text = text.trim();
        let mut lines = text.lines();
        if lines.next() != Some(BEGIN) {
            return Err(malformed("no BEGIN LICENSE KEY"));
        }
        let mut member = |name: &'static str| {
            let line = lines.next().and_then(|line| line.strip_prefix(name)?.strip_prefix(": "));
            line.ok_or(PrivateKeyError::Malformed(name))
        };
        if member("Version")? != VERSION {
            return Err(PrivateKeyError::UnsupportedEncryption);
        }
        let cost = cost(member("KDF")?)?;
        let salt = STANDARD.decode(member("Salt")?).map_err(|_| malformed("Salt"))?;
        if member("Cipher")? != CIPHER {
            return Err(PrivateKeyError::UnsupportedEncryption);
        }
        let nonce = STANDARD.decode(member("Nonce")?).map_err(|_| malformed("Nonce"))?;
        let public = STANDARD.decode(member("Public")?).map_err(|_| malformed("Public"))?;
        let salt: [u8; SALT] = salt.try_into().map_err(|_| malformed("Salt"))?;
        let nonce: [u8; NONCE_LEN] = nonce.try_into().map_err(|_| malformed("Nonce"))?;
        let head = head(cost, &salt, &nonce, &public);
        let rest = text.strip_prefix(&head).ok_or(malformed("head"))?;
        let lines = rest.strip_suffix(END).ok_or(malformed("no END LICENSE KEY"))?;
        if lines.len() > 2 * MAX_CIPHERTEXT {
            return Err(malformed("too large"));
        }
        let ciphertext = STANDARD.decode(lines.replace('\n', "")).map_err(|_| malformed("base64"))?;
        if body(&ciphertext).trim_end() != rest {
            return Err(malformed("lines of base64"));
        }
        Ok(Parsed { head, cost, salt, nonce, public_key: PublicKey::from_spki_der(&public)?, ciphertext })
    }
}

fn head(cost: KeyFileCost, salt: &[u8], nonce: &[u8], spki: &[u8]) -> String {
    let KeyFileCost { memory_kib, passes, lanes } = cost;
    let [salt, nonce, spki] = [salt, nonce, spki].map(|bytes| STANDARD.encode(bytes));
    format!(
        "{BEGIN}\nVersion: {VERSION}\nKDF: argon2id m={memory_kib} t={passes} p={lanes}\nSalt: {salt}\n\
         Cipher: {CIPHER}\nNonce: {nonce}\nPublic: {spki}\n\n"
    )
}

fn body(ciphertext: &[u8]) -> String {
    let text = STANDARD.encode(ciphertext);
    let mut out = String::with_capacity(text.len() + text.len() / WIDTH + END.len() + 2);
    for line in text.as_bytes().chunks(WIDTH) {
        // Base64 is ASCII; writing to a string cannot fail.
        let _ = writeln!(out, "{}", std::str::from_utf8(line).unwrap_or_default());
    }
    out + END + "\n"
}

/// `argon2id m=… t=… p=…`.
fn cost(text: &str) -> Result<KeyFileCost, PrivateKeyError> {
    let words: Vec<&str> = text.split(' ').collect();
    let ["argon2id", memory, passes, lanes] = words.as_slice() else {
        return Err(PrivateKeyError::UnsupportedEncryption);
    };
    let number = |word: &str, name: &str| {
        let number = word.strip_prefix(name).and_then(|digits| digits.parse().ok());
        number.ok_or(PrivateKeyError::Malformed("KDF"))
    };
    Ok(KeyFileCost { memory_kib: number(memory, "m=")?, passes: number(passes, "t=")?, lanes: number(lanes, "p=")? })
}
