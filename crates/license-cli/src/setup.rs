//! A whole deployment in one go: keys, seals, trust list, `office.toml`. What `license demo` makes on first run and
//! what tests use; all of it marked as a test.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use license_core::fonts::FontLibrary;
use license_core::template::Catalog;
use license_server::deployment::{IssuerFile, OfficeFile};
use pki::Signer as _;
use time::OffsetDateTime;

use crate::files::write_new;
use crate::keys::{self, IssuerName, names};
use crate::{seal, trust};

/// An issuer of the made-up province 样例省.
struct Sample {
    code: &'static str,
    name: &'static str,
    types: &'static [&'static str],
    seal_id: &'static str,
    bottom_line: Option<&'static str>,
}

/// Made-up organs with valid credit codes; no real organ's name is ever put on a seal here.
const SAMPLES: [Sample; 3] = [
    Sample {
        code: "11340100MB1D00012R",
        name: "样例市市场监督管理局",
        types: &["business-license", "food-operation-permit"],
        seal_id: "34010000000001",
        bottom_line: None,
    },
    Sample {
        code: "11340100MB1D00020L",
        name: "样例省住房和城乡建设厅",
        types: &["supervision-qualification"],
        seal_id: "34000000000002",
        bottom_line: None,
    },
    Sample {
        code: "11340100MB1D00039H",
        name: "样例市自然资源和规划局",
        types: &["realestate-registration"],
        seal_id: "34010000000003",
        bottom_line: Some("不动产登记专用章"),
    },
];

/// The made-up operator.
const OPERATOR: &str = "样例省政务服务和数据管理局";

/// Makes a deployment at `folder`, which must not hold one yet.
pub(crate) fn sample_deployment(
    folder: &Path,
    address: &str,
    password: &[u8],
    catalog: &Catalog,
    fonts: &Arc<FontLibrary>,
    now: OffsetDateTime,
) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let issuers: Vec<IssuerName> = SAMPLES
        .iter()
        .map(|sample| IssuerName { code: sample.code.to_owned(), name: sample.name.to_owned() })
        .collect();
    keys::make(folder, OPERATOR, &issuers, password, now, keys::DEMO_COST)?;
    let files = folder.join("keys");
    let maker = crate::deployment::key(&files, names::SEAL_MAKER, password)?;
    for sample in &SAMPLES {
        let owner = crate::deployment::key(&files, &names::seal_signer(sample.code), password)?;
        let new = seal::NewSeal {
            id: sample.seal_id,
            name: sample.name,
            bottom_line: sample.bottom_line,
            diameter_mm: 42,
            signer: owner.certificate(),
            version: eseal::Version::V4,
        };
        seal::make(&folder.join("seals").join(format!("{}.esl", sample.code)), &new, &maker, fonts, now)?;
    }
    let office = OfficeFile {
        operator: OPERATOR.to_owned(),
        address: address.to_owned(),
        specimen: true,
        time_stamp: None,
        verification: None,
        issuers: SAMPLES.iter().map(Sample::entry).collect(),
        report_signer: Some(names::REPORT_SIGNER.to_owned()),
        pkcs11: std::collections::BTreeMap::new(),
    };
    trust::make(folder, &office, catalog, password, now)?;
    // Last: a folder with office.toml is complete.
    write_new(&folder.join("office.toml"), office.to_toml().as_bytes())
}

impl Sample {
    fn entry(&self) -> IssuerFile {
        IssuerFile {
            code: self.code.to_owned(),
            name: self.name.to_owned(),
            types: self.types.iter().map(|id| (*id).to_owned()).collect(),
            seal: format!("seals/{}.esl", self.code),
            seal_signer: names::seal_signer(self.code),
            document_signer: names::document_signer(self.code),
            index_signer: names::index_signer(self.code),
        }
    }
}
