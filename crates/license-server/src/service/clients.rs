//! Client applications (应用): who may call, with which secret, for what.
//!
//! Functions over the store alone, so that a command line can add one without opening any signing key.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};
use time::OffsetDateTime;

use super::ServiceError;
use crate::store::{AuditNote, Client, Page, PageRequest, Store, StoreError};

/// What a client may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Issue licenses and newer versions.
    Issue,
    /// Fetch records and files.
    Fetch,
    /// Change the state of licenses.
    Manage,
}

impl Scope {
    /// All of them.
    pub const ALL: [Scope; 3] = [Scope::Issue, Scope::Fetch, Scope::Manage];

    /// As written in requests and tokens.
    pub fn word(self) -> &'static str {
        match self {
            Scope::Issue => "issue",
            Scope::Fetch => "fetch",
            Scope::Manage => "manage",
        }
    }

    /// The scope of a word.
    pub fn from_word(word: &str) -> Option<Scope> {
        Scope::ALL.into_iter().find(|scope| scope.word() == word)
    }
}

/// A client to be added.
#[derive(Clone, Debug)]
pub struct NewClient {
    /// Name for people.
    pub name: String,
    /// The department it works for.
    pub department: String,
    /// What it may do; at least one.
    pub scopes: Vec<Scope>,
}

/// A client that was just added. The secret is shown this once: the store keeps its hash.
#[derive(Clone)]
pub struct AddedClient {
    /// `client_id`.
    pub id: String,
    /// `client_secret`.
    pub secret: String,
}

impl std::fmt::Debug for AddedClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AddedClient").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Adds a client under a new id and secret.
pub fn add(store: &dyn Store, new: &NewClient, actor: &str, at: OffsetDateTime) -> Result<AddedClient, ServiceError> {
    if new.name.trim().is_empty() {
        return Err(ServiceError::Request { field: "name", problem: "a client needs a name".to_owned() });
    }
    if new.scopes.is_empty() {
        return Err(ServiceError::Request {
            field: "scopes",
            problem: "at least one of issue, fetch, manage".to_owned(),
        });
    }
    let id = format!("app-{}", BASE32_NOPAD.encode(&random::<10>()?).to_ascii_lowercase());
    let secret = BASE64URL_NOPAD.encode(&random::<32>()?);
    let mut scopes: Vec<Scope> = new.scopes.clone();
    scopes.sort();
    scopes.dedup();
    let client = Client {
        id: id.clone(),
        name: new.name.trim().to_owned(),
        secret_hash: hash(&secret)?,
        scopes: scopes.iter().map(|scope| scope.word().to_owned()).collect(),
        department: new.department.trim().to_owned(),
        disabled: false,
        created_at: at,
        revision: 0,
    };
    store.put_client(client, note(actor, "client.add", at, &new.name))?;
    Ok(AddedClient { id, secret })
}

/// A page of clients.
pub fn list(store: &dyn Store, page: &PageRequest) -> Result<Page<Client>, ServiceError> {
    Ok(store.clients(page)?)
}

/// Locks a client out, or lets it in again. Tokens it holds stop working at once.
pub fn set_disabled(
    store: &dyn Store,
    id: &str,
    disabled: bool,
    actor: &str,
    at: OffsetDateTime,
) -> Result<Client, ServiceError> {
    let client = store.client(id)?.ok_or_else(|| ServiceError::NotFound(id.to_owned()))?;
    let action = if disabled { "client.disable" } else { "client.enable" };
    Ok(store.put_client(Client { disabled, ..client }, note(actor, action, at, ""))?)
}

/// The client with this id and secret; `None` whatever of it is wrong, after the same work.
pub fn authenticate(store: &dyn Store, id: &str, secret: &str) -> Result<Option<Client>, ServiceError> {
    let found = store.client(id)?;
    // Unknown ids cost a hash as well: time does not tell which ids exist.
    let stored = found.as_ref().map_or(NOBODY, |client| &client.secret_hash);
    let hash = PasswordHash::new(stored).map_err(|error| damaged(id, &error.to_string()))?;
    let good = Argon2::default().verify_password(secret.as_bytes(), &hash).is_ok();
    Ok(found.filter(|client| good && !client.disabled))
}

fn hash(secret: &str) -> Result<String, ServiceError> {
    let hash = Argon2::default().hash_password(secret.as_bytes()).map_err(|error| random_failed(&error.to_string()))?;
    Ok(hash.to_string())
}

fn random<const N: usize>() -> Result<[u8; N], ServiceError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| random_failed(&error.to_string()))?;
    Ok(bytes)
}

fn random_failed(problem: &str) -> ServiceError {
    StoreError::Unavailable(format!("no randomness: {problem}")).into()
}

fn damaged(id: &str, problem: &str) -> ServiceError {
    ServiceError::Damaged { id: id.to_owned(), problem: problem.to_owned() }
}

fn note(actor: &str, action: &str, at: OffsetDateTime, detail: &str) -> AuditNote {
    AuditNote {
        at,
        actor: actor.to_owned(),
        action: action.to_owned(),
        purpose: "administration".to_owned(),
        detail: detail.to_owned(),
    }
}

/// A hash with the usual parameters that no known secret fits.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm8tb25lLXVzZXMtdGhpcw$\
    6m0SpfZbl2f1jXoqDHNnDo5OaMm5gdjAy2pD0xQTb0w";

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::store::StoreUrl;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-21 12:00 +8);

    #[test]
    fn a_client_enters_with_its_secret_and_with_no_other() {
        let store = StoreUrl::Memory.open().unwrap();
        let new = NewClient {
            name: "审批系统".to_owned(),
            department: "样例市".to_owned(),
            scopes: vec![Scope::Manage, Scope::Issue, Scope::Issue],
        };
        let added = add(&*store, &new, "tester", NOW).unwrap();
        let client = authenticate(&*store, &added.id, &added.secret).unwrap().unwrap();
        assert_eq!(client.scopes, ["issue", "manage"]);
        assert!(authenticate(&*store, &added.id, "other").unwrap().is_none());
        assert!(authenticate(&*store, "app-nobody", &added.secret).unwrap().is_none());
        set_disabled(&*store, &added.id, true, "tester", NOW).unwrap();
        assert!(authenticate(&*store, &added.id, &added.secret).unwrap().is_none());
        assert!(!format!("{added:?} {client:?}").contains(&added.secret));
        assert!(!client.secret_hash.contains(&added.secret));
    }

    #[test]
    fn nobody_is_a_hash() {
        let hash = PasswordHash::new(NOBODY).unwrap();
        assert!(Argon2::default().verify_password(b"", &hash).is_err());
    }
}
