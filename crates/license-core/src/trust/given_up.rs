//! Whether a key may be used now: asked by whoever is about to sign something that every verifier would refuse.

use eseal::Seal;
use pki::Certificate;
use time::OffsetDateTime;

use super::list::TrustList;
use super::terms::{Event, Status};

impl TrustList {
    /// Why `issuer` must not sign with a key at `now`: what this list says about that key, about one above it or about the
    /// issuer itself. `path` is from the signer up, as far as it is known. What others' lists say is not asked.
    pub fn given_up<'c>(
        &self,
        issuer: &str,
        path: impl IntoIterator<Item = &'c Certificate>,
        now: OffsetDateTime,
    ) -> Option<&Event> {
        let path: Vec<&[u8]> = path.into_iter().map(Certificate::spki_der).collect();
        let issuers = self.issuers.iter().filter(|known| known.origin.is_none());
        let keys = issuers.clone().flat_map(|known| {
            let index = known.index_keys.iter().map(|key| (key.key.spki_der(), &key.history));
            index.chain(known.signing_keys.iter().map(|key| (key.spki.as_slice(), &key.history)))
        });
        let anchors = self.anchors.iter().filter(|known| known.origin.is_none());
        let anchors = anchors.map(|known| (known.certificate.spki_der(), &known.history));
        let services = self.services.iter().filter(|known| known.origin.is_none());
        let services = services.map(|known| (known.certificate.spki_der(), &known.history));
        let entries = keys.chain(anchors).chain(services).filter(|(_, history)| !history.is_empty());
        let mut histories: Vec<&Vec<Event>> =
            entries.filter(|(spki, _)| path.contains(spki)).map(|(_, history)| history).collect();
        histories.extend(issuers.filter(|known| known.code == issuer).map(|known| &known.history));
        let past = || histories.iter().map(|history| history.iter().filter(|event| event.at <= now));
        let lost = past().flatten().filter(|event| event.status == Status::Compromised);
        lost.min_by_key(|event| event.at)
            .or_else(|| past().filter_map(Iterator::last).find(|event| event.status != Status::Granted))
    }

    /// Why nobody would believe a seal that is used at `now`: this list gives up its maker, or a CA above. A seal is as old
    /// as the signature that it lies in, so that even one that was made before proves nothing. A maker that is merely not
    /// granted any more leaves what it made.
    pub fn seal_given_up(&self, seal: &Seal, now: OffsetDateTime) -> Option<&Event> {
        let histories = self.anchors.iter().map(|anchor| &anchor.history);
        let mut histories = histories.chain(self.services.iter().map(|service| &service.history));
        if histories.all(Vec::is_empty) {
            return None;
        }
        let above = self.above(seal.maker().ok()?);
        self.given_up("", &above, now).filter(|event| event.status == Status::Compromised)
    }

    /// A certificate and all that this list knows above it, by name and by key: a CA that got a new key keeps its name, and
    /// one key may have several certificates.
    fn above(&self, certificate: Certificate) -> Vec<Certificate> {
        let anchors = self.anchors.iter().map(|anchor| &anchor.certificate);
        let services = self.services.iter().map(|service| &service.certificate);
        let known: Vec<&Certificate> = self.authorities.iter().chain(anchors).chain(services).collect();
        let signed = |below: &Certificate, ca: &Certificate| {
            let key = ca.public_key().ok().filter(|_| ca.subject().matches(below.issuer()));
            key.and_then(|key| below.verify_signed_by(key)).is_some_and(|result| result.is_ok())
        };
        let (mut found, mut at) = (vec![certificate], 0);
        while let Some(below) = found.get(at).cloned() {
            for ca in &known {
                if !found.contains(*ca) && signed(&below, ca) {
                    found.push((*ca).clone());
                }
            }
            at += 1;
        }
        found
    }
}
