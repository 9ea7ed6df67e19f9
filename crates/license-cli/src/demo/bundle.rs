//! What the demo leaves for other tools and points out to people.

use std::path::Path;

use anyhow::Result;
use license_server::service::{Accepted, Action, Caller, Office, StatusRequest};
use license_server::store::Status;

/// Files of this many licenses of each type.
const EACH: usize = 3;

/// The texts of three QR codes.
pub(super) struct Showcase {
    pub(super) good: String,
    pub(super) revoked: String,
    pub(super) forged: String,
}

/// Writes `out/`, revokes one license and forges one token.
pub(super) fn leave(office: &Office, data: &Path, accepted: &[Accepted]) -> Result<Option<Showcase>> {
    let out = data.join("out");
    for template in office.catalog().iter() {
        let of_type = accepted.iter().filter(|one| one.license.type_id == template.id());
        for one in of_type.take(EACH) {
            crate::issue::write_files(office, one, &out)?;
        }
    }
    let valid_today = |one: &&Accepted| {
        let today = license_core::calendar::china_date(office.clock().now());
        one.license.status == Status::Valid && one.license.valid_until.is_none_or(|until| until >= today)
    };
    let Some(good) = accepted.iter().find(valid_today) else { return Ok(None) };
    let revoked = match accepted.iter().find(|one| one.license.status == Status::Revoked) {
        Some(revoked) => revoked,
        None => {
            let Some(other) = accepted.iter().filter(valid_today).find(|one| one.license.id != good.license.id) else {
                return Ok(None);
            };
            let request = StatusRequest {
                action: Action::Revoke,
                reason: "演示：吊销".to_owned(),
                case_number: Some("DEMO-REVOKE-1".to_owned()),
                revision: None,
            };
            office.change_status(&Caller { name: "demo".to_owned() }, &other.license.id, &request)?;
            other
        }
    };
    let forged = super::forge::forge(&good.license.index_token)?;
    std::fs::write(out.join("forged.qr.txt"), &forged)?;
    Ok(Some(Showcase { good: good.license.index_token.clone(), revoked: revoked.license.index_token.clone(), forged }))
}
