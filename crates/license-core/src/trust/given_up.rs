//! Whether a key may be used now: asked by whoever is about to sign something that every verifier would refuse.

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
}
