//! A PIN in memory: from a file or the environment, never printed, wiped when dropped.

use std::fmt;
use std::path::Path;

use cryptoki::types::RawAuthPin;
use zeroize::Zeroizing;

use crate::Pkcs11Error;

/// Longest PIN that is taken; tokens allow far less.
const MAX_PIN_BYTES: usize = 255;

/// The PIN of a token's user.
#[derive(Clone, PartialEq, Eq)]
pub struct Pin(Zeroizing<Vec<u8>>);

impl Pin {
    /// The first line of a file, which nobody but its owner should be able to read: a file that others may read or
    /// write is refused.
    pub fn from_file(path: &Path) -> Result<Pin, Pkcs11Error> {
        let fault = |problem: &dyn fmt::Display| Pkcs11Error::PinSource(format!("{}: {problem}", path.display()));
        let text = Zeroizing::new(std::fs::read(path).map_err(|error| fault(&error))?);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(path).map_err(|error| fault(&error))?.permissions().mode();
            if mode & 0o077 != 0 {
                return Err(fault(&format!("others may use it (mode {:o}); chmod 600", mode & 0o777)));
            }
        }
        Pin::new(text.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default())
            .map_err(|error| fault(&error))
    }

    /// The value of an environment variable.
    pub fn from_env(name: &str) -> Result<Pin, Pkcs11Error> {
        let value = std::env::var_os(name).map(|value| Zeroizing::new(value.into_encoded_bytes()));
        let value = value.ok_or_else(|| Pkcs11Error::PinSource(format!("the environment has no {name}")))?;
        Pin::new(&value).map_err(|error| Pkcs11Error::PinSource(format!("{name}: {error}")))
    }

    fn new(bytes: &[u8]) -> Result<Pin, &'static str> {
        match bytes.len() {
            0 => Err("is empty"),
            1..=MAX_PIN_BYTES => Ok(Pin(Zeroizing::new(bytes.to_vec()))),
            _ => Err("is too long for a PIN"),
        }
    }

    /// The same in the wrapper that the library wipes after the call.
    pub(crate) fn raw(&self) -> RawAuthPin {
        RawAuthPin::new(Box::new(self.0.to_vec()))
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(…)")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_pin_is_the_first_line_of_its_owners_file_and_never_prints() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pin");
        let write = |text: &str, mode: u32| {
            std::fs::write(&path, text).unwrap();
            #[cfg(unix)]
            std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
        };
        write("4711\r\nmore", 0o600);
        let pin = Pin::from_file(&path).unwrap();
        assert_eq!(pin.0.as_slice(), b"4711");
        assert!(!format!("{pin:?}").contains("4711"));
        write("\n", 0o600);
        assert!(Pin::from_file(&path).unwrap_err().to_string().contains("is empty"));
        write("4711", 0o640);
        let error = Pin::from_file(&path).unwrap_err().to_string();
        assert!(error.contains("chmod 600") && !error.contains("4711"), "{error}");
        assert!(Pin::from_env("NO_SUCH_VARIABLE_HERE").is_err());
    }
}
