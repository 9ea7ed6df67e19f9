//! A session that is logged in, with the key found: what the pool lends.

use cryptoki::error::{Error as Call, RvError};
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;

use crate::mechanism::Way;
use crate::module::{Gate, Module};
use crate::{KeyLocation, Pin, Pkcs11Error, token};

/// Private keys whose labels a message lists at most.
const SHOWN: usize = 10;

/// Closed by [`close`](Self::close) alone: dropped after the module was started anew, its handle may be another's.
pub(crate) struct Connection {
    session: Session,
    key: ObjectHandle,
    generation: u64,
}

impl Connection {
    /// Finds the token, opens a session, logs in, finds the key.
    pub(crate) fn open(
        module: &Module,
        gate: &Gate,
        location: &KeyLocation,
        pin: &Pin,
    ) -> Result<Connection, Pkcs11Error> {
        let (slot, _) = token::find(module, location)?;
        let session = module.cryptoki().open_ro_session_no_drop(slot);
        let session = session.map_err(|error| Pkcs11Error::device(&location.token, &error))?;
        let key = token::login(module, slot, &session, pin, location).and_then(|()| find_key(&session, location));
        match key {
            Ok(key) => Ok(Connection { session, key, generation: gate.generation() }),
            Err(error) => {
                // The first error is the one to tell.
                let _ = session.close();
                Err(error)
            }
        }
    }

    /// Whether it belongs to the module as it runs now.
    pub(crate) const fn is_of(&self, gate: &Gate) -> bool {
        self.generation == gate.generation()
    }

    /// Makes a signature value, as `pki` writes it.
    pub(crate) fn sign(&self, way: Way, input: &[u8]) -> Result<Vec<u8>, Call> {
        let mechanism = way.mechanism().ok_or(Call::InvalidValue)?;
        self.session.sign(&mechanism, self.key, input)
    }

    /// The session.
    pub(crate) const fn session(&self) -> &Session {
        &self.session
    }

    /// The private key.
    pub(crate) const fn key(&self) -> ObjectHandle {
        self.key
    }

    /// Closes the session, if it is one of the module as it runs now.
    pub(crate) fn close(self, gate: &Gate) {
        if self.is_of(gate) {
            // A session that is gone already needs no closing.
            let _ = self.session.close();
        }
    }
}

fn find_key(session: &Session, location: &KeyLocation) -> Result<ObjectHandle, Pkcs11Error> {
    let device = |error: Call| Pkcs11Error::device(&location.token, &error);
    let mut template = vec![Attribute::Class(ObjectClass::PRIVATE_KEY)];
    template.extend(location.label.as_ref().map(|label| Attribute::Label(label.clone().into_bytes())));
    template.extend(location.id.clone().map(Attribute::Id));
    let found = session.find_objects(&template).map_err(device)?;
    match found[..] {
        [key] => {
            refuse_always_authenticate(session, key, location)?;
            Ok(key)
        }
        [] => Err(Pkcs11Error::KeyAbsent { token: location.token.clone(), key: location.key(), seen: labels(session) }),
        _ => Err(Pkcs11Error::KeyAmbiguous { token: location.token.clone(), key: location.key(), count: found.len() }),
    }
}

fn refuse_always_authenticate(session: &Session, key: ObjectHandle, location: &KeyLocation) -> Result<(), Pkcs11Error> {
    match session.get_attributes(key, &[AttributeType::AlwaysAuthenticate]) {
        Ok(attributes) if attributes.contains(&Attribute::AlwaysAuthenticate(true)) => {
            Err(Pkcs11Error::AlwaysAuthenticate { key: location.key() })
        }
        // Older modules do not know the attribute.
        Ok(_) | Err(Call::Pkcs11(RvError::AttributeTypeInvalid, _)) => Ok(()),
        Err(error) => Err(Pkcs11Error::device(&location.token, &error)),
    }
}

/// Labels of the private keys there are, to help who mistyped one.
fn labels(session: &Session) -> Vec<String> {
    let keys = session.find_objects(&[Attribute::Class(ObjectClass::PRIVATE_KEY)]).unwrap_or_default();
    let label = |key: ObjectHandle| match session.get_attributes(key, &[AttributeType::Label]).ok()?.pop()? {
        Attribute::Label(label) => Some(String::from_utf8_lossy(&label).into_owned()),
        _ => None,
    };
    keys.into_iter().take(SHOWN).filter_map(label).collect()
}
