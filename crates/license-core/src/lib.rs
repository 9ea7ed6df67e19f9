//! Electronic licenses: templates, layout, OFD and PDF, seals, signed index, verification.

pub mod assets;
pub mod fill;
pub mod length;
pub mod page;
pub mod record;
pub mod template;
pub mod verify;
