//! Finding the token and logging in: the PIN is shown once, and never at the last try.

use cryptoki::error::{Error as Call, RvError};
use cryptoki::session::{Session, SessionState, UserType};
use cryptoki::slot::{Slot, TokenInfo};

use crate::module::Module;
use crate::{KeyLocation, Pin, Pkcs11Error};

/// Labels that a message lists at most.
const SHOWN: usize = 10;

/// The slot that holds the token.
pub(crate) fn find(module: &Module, location: &KeyLocation) -> Result<(Slot, TokenInfo), Pkcs11Error> {
    let slots = module.cryptoki().get_slots_with_token();
    let slots = slots.map_err(|error| Pkcs11Error::device(&location.token, &error))?;
    let mut seen = Vec::new();
    let mut found = Vec::new();
    for slot in slots {
        // A slot whose token has just gone answers with an error: it is not the one.
        let Ok(info) = module.cryptoki().get_token_info(slot) else { continue };
        if !info.token_initialized() {
            continue;
        }
        let serial = location.serial.as_ref().is_none_or(|serial| serial == info.serial_number());
        if info.label() == location.token && serial {
            found.push((slot, info));
        } else if seen.len() < SHOWN {
            seen.push(info.label().to_owned());
        }
    }
    match (found.pop(), found.len()) {
        (Some(one), 0) => Ok(one),
        (Some(_), others) => Err(Pkcs11Error::TokenAmbiguous { token: location.token.clone(), count: others + 1 }),
        (None, _) => {
            Err(Pkcs11Error::TokenAbsent { module: module.path().to_owned(), token: location.token.clone(), seen })
        }
    }
}

/// Logs in, unless a session of this process has done so: a login counts for all of them.
pub(crate) fn login(
    module: &Module,
    slot: Slot,
    session: &Session,
    pin: &Pin,
    location: &KeyLocation,
) -> Result<(), Pkcs11Error> {
    let token = || location.token.clone();
    let device = |error: Call| Pkcs11Error::device(&location.token, &error);
    // Locked until the token has answered.
    let mut refused = module.refused();
    let state = session.get_session_info().map_err(device)?.session_state();
    if matches!(state, SessionState::RoUser | SessionState::RwUser) {
        return Ok(());
    }
    // Asked now, not when the token was found: others may have used up tries since.
    let info = module.cryptoki().get_token_info(slot).map_err(device)?;
    if !info.login_required() {
        return Ok(());
    }
    if refused.iter().any(|(serial, known)| serial == info.serial_number() && known == pin) {
        return Err(Pkcs11Error::PinRefusedBefore { token: token() });
    }
    if info.user_pin_locked() {
        return Err(Pkcs11Error::PinUnusable { token: token(), problem: "its PIN is locked" });
    }
    if info.user_pin_final_try() {
        return Err(Pkcs11Error::PinLastTry { token: token() });
    }
    let answer = match session.login_with_raw(UserType::User, &pin.raw()) {
        Ok(()) => return Ok(()),
        Err(answer) => answer,
    };
    let Call::Pkcs11(code, _) = answer else { return Err(device(answer)) };
    let unusable = |problem| Err(Pkcs11Error::PinUnusable { token: token(), problem });
    match code {
        RvError::UserAlreadyLoggedIn => Ok(()),
        RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange => {
            refused.push((info.serial_number().to_owned(), pin.clone()));
            Err(Pkcs11Error::PinRefused { token: token() })
        }
        RvError::PinLocked => unusable("its PIN is locked"),
        RvError::PinExpired => unusable("its PIN has expired"),
        RvError::UserPinNotInitialized => unusable("its PIN was never set"),
        RvError::UserAnotherAlreadyLoggedIn => unusable("its security officer is logged in"),
        _ => Err(device(answer)),
    }
}
