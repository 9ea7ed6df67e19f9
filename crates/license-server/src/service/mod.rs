//! The use cases, one file each. This room owns the clock, the randomness, the signers and the store, and has never
//! seen HTTP. All methods are synchronous and thread-safe.

mod archive;
pub mod clients;
mod clock;
mod editions;
mod error;
mod faces;
mod fetch;
mod issue;
mod preview;
mod recent;
mod renew;
mod serial;
mod signatures;
mod signed_report;
mod status;
pub mod trust;
mod verify;
mod words;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use license_core::fonts::{FontLibrary, WebFont};
use license_core::issue::{Issuer, Printer};
use license_core::template::{Catalog, Template};
use pki::Signer;
use time::OffsetDateTime;

use crate::deployment::{Deployment, IssuerFile, Verification, keep_list};
use crate::lasting::Lasting;
use crate::store::inflight::InFlight;
use crate::store::{IdempotencyKey, Store};

pub use clock::{Clock, SystemClock};
pub use error::ServiceError;
pub use fetch::{Access, FileOf};
pub use issue::{Accepted, IssueRequest};
pub use preview::{FaceOf, PreviewOptions};
pub use renew::{RenewalReport, Weakening};
pub use signed_report::Question;
pub use status::{Action, StatusRequest};
pub use words::{MAX_CASE_NUMBER, MAX_MATTER_CODE, MAX_REASON, RequestFault};

use archive::Archive;
use preview::Previews;
use recent::Recent;
use serial::Serials;
use signatures::Signatures;
use trust::{Imported, TrustBook, TrustError, TrustView};

/// Who acts, on whose behalf: goes into the audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The client application or operator.
    pub name: String,
}

/// Everything an issuing office has: types, fonts, issuers, trust, the register.
pub struct Office {
    catalog: Catalog,
    archive: Archive,
    fonts: Arc<FontLibrary>,
    printer: Printer,
    issuers: Vec<(IssuerFile, Arc<Issuer>)>,
    trust: TrustBook,
    report_signer: Option<Arc<dyn Signer>>,
    operator: String,
    address: String,
    specimen: bool,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    serials: Serials,
    previews: Previews,
    signatures: Signatures,
    recent: Recent,
    trying: InFlight<IdempotencyKey>,
    lasting: Option<Arc<Lasting>>,
    renewal_minutes: u32,
    rests: renew::Rests,
    verification: Verification,
    folder: Option<PathBuf>,
}

impl Office {
    /// Opens the office of a deployment over a store.
    pub fn new(deployment: Deployment, catalog: Catalog, fonts: Arc<FontLibrary>, store: Arc<dyn Store>) -> Office {
        Office::with_clock(deployment, catalog, fonts, store, Arc::new(SystemClock))
    }

    /// As [`new`](Self::new), with another clock. Templates that older licenses were issued by come from the store, and
    /// new ones go there.
    pub fn with_clock(
        deployment: Deployment,
        mut catalog: Catalog,
        fonts: Arc<FontLibrary>,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
    ) -> Office {
        let archive = Archive::open(store.clone(), &mut catalog, fonts.clone(), clock.now());
        let (list, signed, roots) = (deployment.trust, deployment.trust_text, deployment.roots);
        let trust = TrustBook::open(&*store, list, signed, roots, clock.now());
        let office = Office {
            printer: Printer::new(fonts.clone()),
            fonts,
            catalog,
            archive,
            issuers: deployment.office.issuers.into_iter().zip(deployment.issuers).collect(),
            trust,
            report_signer: deployment.report_signer,
            operator: deployment.office.operator,
            address: deployment.office.address,
            specimen: deployment.office.specimen,
            store,
            clock,
            serials: Serials::default(),
            previews: Previews::default(),
            signatures: Signatures::default(),
            recent: Recent::default(),
            trying: InFlight::default(),
            renewal_minutes: deployment.office.time_stamp.as_ref().map_or(0, |file| file.every_minutes),
            lasting: deployment.lasting,
            rests: renew::Rests::default(),
            verification: deployment.verification,
            folder: None,
        };
        office.restore_usage();
        office
    }

    /// The same; trust lists that are taken in are written into the deployment's folder, too: for those who verify with the
    /// folder alone, and for the next change of its keys.
    #[must_use]
    pub fn keeping_lists_in(mut self, folder: &Path) -> Office {
        self.folder = Some(folder.to_owned());
        self
    }

    /// The license types.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The fonts.
    pub fn fonts(&self) -> &FontLibrary {
        &self.fonts
    }

    /// Cuts a font for a page.
    pub fn web_font(&self, font: &WebFont) -> Result<Vec<u8>, ServiceError> {
        font.file(&self.fonts).map_err(|error| ServiceError::Paint(error.to_string()))
    }

    /// The register.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// What is trusted now: the own list, and others' within the limits that it sets them.
    pub fn trust(&self) -> Arc<TrustView> {
        self.trust.view()
    }

    /// The editions of the own list.
    pub fn trust_book(&self) -> &TrustBook {
        &self.trust
    }

    /// Takes in a signed trust list, the own one's next edition or another operator's.
    pub fn import_trust(&self, caller: &Caller, text: &str) -> Result<Imported, TrustError> {
        let imported = self.trust.import(&*self.store, text, &caller.name, self.clock.now())?;
        if let Some(folder) = self.folder.as_deref().filter(|_| !imported.known) {
            // The register has it, and that is what counts here.
            if let Err(error) = keep_list(folder, imported.name.as_deref(), text) {
                let remedy =
                    "before keys are rotated, stop the service and run `license trust import` with this edition";
                tracing::error!(%error, remedy, "the trust list was taken in, but is not in the deployment's folder");
            }
        }
        Ok(imported)
    }

    /// What ends, and when: certificates, seals, the lists.
    pub fn expiries(&self) -> Vec<crate::deployment::Expiry> {
        let view = self.trust.view();
        crate::deployment::of_office(self.issuers.iter().map(|(_, issuer)| &**issuer), &view.own)
    }

    /// What stands before the token in QR codes.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Whether everything issued here bears 样张 SPECIMEN.
    pub fn is_specimen(&self) -> bool {
        self.specimen
    }

    /// Who runs the service.
    pub fn operator(&self) -> &str {
        &self.operator
    }

    /// The clock.
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    fn template(&self, type_id: &str) -> Result<&Arc<Template>, ServiceError> {
        self.catalog.get(type_id).ok_or_else(|| ServiceError::UnknownType(type_id.to_owned()))
    }

    fn issuer_of(&self, type_id: &str) -> Result<&Arc<Issuer>, ServiceError> {
        let mut found = self.issuers.iter().filter(|(file, _)| file.types.iter().any(|id| id == type_id));
        match (found.next(), found.next()) {
            (Some((_, issuer)), None) => Ok(issuer),
            _ => Err(ServiceError::NoIssuer(type_id.to_owned())),
        }
    }

    /// The same for signing: no key of it, and not the maker of its seal, is given up in the trust list that is in use at this
    /// moment.
    fn signing_issuer_of(&self, type_id: &str, now: OffsetDateTime) -> Result<&Arc<Issuer>, ServiceError> {
        let issuer = self.issuer_of(type_id)?;
        let (view, code) = (self.trust.view(), issuer.code().as_str());
        for (role, signer) in
            [("document", issuer.document_signer()), ("seal", issuer.seal_signer()), ("index", issuer.index_signer())]
        {
            let path = std::iter::once(signer.certificate()).chain(signer.chain());
            if let Some(event) = view.own.given_up(code, path, now) {
                return Err(ServiceError::KeyGivenUp { issuer: code.to_owned(), role, event: event.clone() });
            }
        }
        if let Some(event) = view.own.seal_given_up(issuer.seal(), now) {
            return Err(ServiceError::SealGivenUp { issuer: code.to_owned(), event: event.clone() });
        }
        Ok(issuer)
    }
}

impl std::fmt::Debug for Office {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Office").field("operator", &self.operator).finish_non_exhaustive()
    }
}

/// Where a deployment keeps its store unless told otherwise.
pub fn default_store(folder: &Path) -> PathBuf {
    folder.join("store")
}
