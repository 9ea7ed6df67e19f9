//! GB/T 33190 packages: write, read, signature slots. Knows no cryptography and no license.

mod budget;
mod error;
mod loc;
pub mod model;
mod package;
mod part;
mod problem;
mod read;
mod sign;
mod units;
mod write;
mod xml;
mod zip;

pub use budget::Budget;
pub use error::{Error, SignError, WriteError};
pub use model::{DocInfo, Document};
pub use package::Package;
pub use part::Part;
pub use problem::{Problem, ProblemClass, ProblemKind};
pub use read::{
    AnnotationFacts, AttachmentFacts, ContainerFacts, DocInfoFacts, Facts, FontFacts, ImageFacts, PageFacts, Picture,
    ProviderFacts, ReferenceFacts, ReferenceOutcome, ReferenceStatus, Resolution, SignatureFacts, Source, StampFacts, TextRun,
    inspect, inspect_bytes,
};
pub use sign::{Prepared, Provider, SignatureKind, SignatureRequest, StampAnnot, prepare};
pub use units::{Rect, Size, Um};
pub use zip::read::{EntryFacts, read};
