//! One view of several lists: this one, and what it lets others vouch for.

use std::sync::Arc;

use super::entry::{Anchor, Issuer, Origin, Pointer, Service};
use super::error::TooManyAuthorities;
use super::list::TrustList;

/// Most CAs between roots and signers that another operator's list may name: every search for a path goes through them.
pub(super) const MAX_AUTHORITIES: usize = 256;

impl TrustList {
    /// The lists of other operators taken in, each within the limits that this list sets it.
    ///
    /// What this list says itself stays as it is: an issuer that both name is this list's. A list of an operator that this
    /// list does not name adds nothing, and lists that another list points to are not followed: trust is not handed on.
    /// A list that names too many CAs is refused, never cut: what it vouches for would hang on the order of its entries.
    pub fn merged<'o>(
        &self,
        others: impl IntoIterator<Item = (&'o str, &'o TrustList)>,
    ) -> Result<TrustList, TooManyAuthorities> {
        let mut merged = self.clone();
        for (name, other) in others {
            if let Some(pointer) = self.lists.iter().find(|pointer| pointer.name == name) {
                other.may_be_taken_in(name)?;
                merged.take_in(pointer, other);
            }
        }
        Ok(merged)
    }

    /// Whether another operator may take this list in under that name.
    pub fn may_be_taken_in(&self, name: &str) -> Result<(), TooManyAuthorities> {
        let found = self.authorities.len();
        if found > MAX_AUTHORITIES {
            return Err(TooManyAuthorities { name: name.to_owned(), found, limit: MAX_AUTHORITIES });
        }
        Ok(())
    }

    fn take_in(&mut self, pointer: &Pointer, other: &TrustList) {
        let origin = Some(Arc::new(Origin {
            name: pointer.name.clone(),
            period: pointer.period,
            scope: pointer.scope.clone(),
            history: pointer.history.clone(),
            next_update: other.next_update,
        }));
        let allowed = |purposes: &[super::Purpose]| {
            let shared = purposes.iter().filter(|purpose| pointer.purposes.contains(purpose));
            shared.copied().collect::<Vec<_>>()
        };
        for anchor in &other.anchors {
            let purposes = allowed(&anchor.purposes);
            if !purposes.is_empty() {
                self.anchors.push(Anchor { purposes, origin: origin.clone(), ..anchor.clone() });
            }
        }
        for service in &other.services {
            self.services.push(Service { origin: origin.clone(), ..service.clone() });
        }
        for authority in &other.authorities {
            if !self.authorities.contains(authority) {
                self.authorities.push(authority.clone());
            }
        }
        for issuer in &other.issuers {
            let issuer = Issuer { origin: origin.clone(), ..issuer.clone() };
            let within = pointer.scope.has_issuer(&issuer.code)
                && issuer.areas().into_iter().flatten().all(|area| pointer.scope.has_area(area));
            if within && self.issuer(&issuer.code).is_none() {
                self.issuers.push(issuer);
            }
        }
        // Without addresses of its own this list takes any.
        if !self.addresses.is_empty() {
            for address in &other.addresses {
                if !self.addresses.contains(address) {
                    self.addresses.push(address.clone());
                }
            }
        }
    }
}
