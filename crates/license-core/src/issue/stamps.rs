//! Time-stamps that go into what is issued: one over the seal's signature, one over the PDF's.

use std::sync::Arc;

use eseal::Version;

use super::error::IssueError;
use crate::sealing::TimeStampService;

/// Room for a token in the PDF's signature, in bytes: a token with three certificates takes half of it.
pub(super) const STAMP_ROOM: usize = 12 * 1024;

/// Who stamps what an issuer issues. How a service is reached, and how often, is the caller's affair.
#[derive(Clone)]
pub struct Stamps {
    seal: Arc<dyn TimeStampService + Send + Sync>,
    document: Arc<dyn TimeStampService + Send + Sync>,
    required: bool,
}

/// What the services gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    /// Over the value of the seal's signature.
    pub seal: Option<Vec<u8>>,
    /// Over the value of the PDF's signature.
    pub document: Option<Vec<u8>>,
}

impl Stamps {
    /// `seal` stamps the signature in the OFD, `document` that in the PDF. When no token comes, the license is issued
    /// without, at level B-B.
    pub fn new(
        seal: Arc<dyn TimeStampService + Send + Sync>,
        document: Arc<dyn TimeStampService + Send + Sync>,
    ) -> Self {
        Self { seal, document, required: false }
    }

    /// No license without its time-stamps.
    pub fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// Asks both services. A seal signature of v1 has no place for a token.
    pub(super) fn over(&self, seal: &[u8], document: &[u8], version: Version) -> Result<Tokens, IssueError> {
        let seal = if version == Version::V1 { None } else { self.one(&*self.seal, seal)? };
        Ok(Tokens { seal, document: self.one(&*self.document, document)? })
    }

    fn one(&self, service: &dyn TimeStampService, value: &[u8]) -> Result<Option<Vec<u8>>, IssueError> {
        let token = service.token(value).and_then(|token| match token.len() {
            0..=STAMP_ROOM => Ok(token),
            longer => Err(format!("the token has {longer} bytes, and there is room for {STAMP_ROOM}")),
        });
        match token {
            Ok(token) => Ok(Some(token)),
            Err(why) if self.required => Err(IssueError::TimeStamp(why)),
            Err(_) => Ok(None),
        }
    }
}

impl std::fmt::Debug for Stamps {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stamps").field("required", &self.required).finish_non_exhaustive()
    }
}
