//! Validation data from a folder and from the network: only what is needed, and of that only what helps.

use std::fs;

use license_core::pdf_signing::{Knowledge, Material, Needs, PdfSigningError, needs};
use pki::path::Source;
use pki_client::FetchSource;

use super::{Lasting, LastingError};

/// Rounds: an issuer that was found may need an issuer.
const ROUNDS: usize = 4;
/// Larger files of the folder are not for us.
const MAX_BYTES: u64 = 32 << 20;
/// Files of the folder that are looked at.
const MAX_FILES: usize = 500;

impl Lasting {
    /// What the document lacks, as far as it is to be had; and what could not be fetched.
    pub(super) fn gather(
        &self,
        pdf: &[u8],
        knowledge: &Knowledge<'_>,
    ) -> Result<(Material, Vec<String>), LastingError> {
        let mut search =
            Search { pdf, knowledge, material: Material::new(), left: needs(pdf, knowledge, &Material::new())? };
        if !search.left.is_empty() {
            self.search_folder(&mut search)?;
        }
        let Some(fetcher) = self.fetcher.as_ref().filter(|_| !search.left.is_empty()) else {
            return Ok((search.material, Vec::new()));
        };
        let source = fetcher.question();
        for _ in 0..ROUNDS {
            let before = size(&search.left);
            search.fetch(&source)?;
            if search.left.is_empty() || size(&search.left) == before {
                break;
            }
        }
        let faults = source.log().into_iter().filter_map(|fetched| {
            let fault = fetched.fault?;
            Some(format!("{}: {fault}", fetched.address))
        });
        Ok((search.material, faults.collect()))
    }

    fn search_folder(&self, search: &mut Search<'_>) -> Result<(), PdfSigningError> {
        let Some(folder) = &self.options.evidence else { return Ok(()) };
        let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
        let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).take(MAX_FILES).collect();
        paths.sort();
        for path in paths {
            let small = fs::metadata(&path).is_ok_and(|found| found.is_file() && found.len() <= MAX_BYTES);
            let Some(bytes) = small.then(|| fs::read(&path).ok()).flatten() else { continue };
            match path.extension().and_then(|extension| extension.to_str()) {
                Some("crl") => search.offer(|material| material.add_crl(&bytes))?,
                Some("ocsp") => search.offer(|material| material.add_ocsp(&bytes))?,
                Some("pem" | "cer" | "crt") => search.offer(|material| material.add_certificates(&bytes))?,
                _ => continue,
            };
        }
        Ok(())
    }
}

struct Search<'a> {
    pdf: &'a [u8],
    knowledge: &'a Knowledge<'a>,
    material: Material,
    left: Needs,
}

impl Search<'_> {
    fn fetch(&mut self, source: &FetchSource<'_>) -> Result<(), PdfSigningError> {
        for missing in self.left.issuers.clone() {
            for issuer in source.issuers(&missing.certificate) {
                self.offer(|material| material.add_certificates(issuer.der()))?;
            }
        }
        for missing in self.left.statuses.clone() {
            if !self.lacks(&missing.certificate) {
                // A list that came for another one told of this one, too.
                continue;
            }
            for answer in source.ocsp(&missing.certificate, &missing.issuer) {
                self.offer(|material| material.add_ocsp(answer.der()))?;
            }
            if self.lacks(&missing.certificate) {
                for crl in source.crls(&missing.certificate) {
                    self.offer(|material| material.add_crl(crl.der()))?;
                }
            }
        }
        Ok(())
    }

    fn lacks(&self, certificate: &pki::Certificate) -> bool {
        self.left.statuses.iter().any(|missing| missing.certificate == *certificate)
    }

    /// Takes a piece when it makes the list of what is missing another one: shorter, or about the next certificate.
    /// Unreadable bytes and what helps nothing are left; that a path fails is told, for then the piece says so.
    fn offer(
        &mut self,
        add: impl FnOnce(&mut Material) -> Result<(), PdfSigningError>,
    ) -> Result<bool, PdfSigningError> {
        let mut with = self.material.clone();
        if add(&mut with).is_err() {
            return Ok(false);
        }
        let left = needs(self.pdf, self.knowledge, &with)?;
        let helps = names(&left) != names(&self.left);
        if helps {
            self.material = with;
            self.left = left;
        }
        Ok(helps)
    }
}

fn size(needs: &Needs) -> usize {
    needs.issuers.len() + needs.statuses.len()
}

fn names(needs: &Needs) -> Vec<Vec<u8>> {
    let issuers = needs.issuers.iter().map(|missing| &missing.certificate);
    let statuses = needs.statuses.iter().map(|missing| &missing.certificate);
    issuers.chain(statuses).map(|certificate| certificate.der().to_vec()).collect()
}
