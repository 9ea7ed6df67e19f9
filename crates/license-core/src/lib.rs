//! Electronic licenses: templates, layout, OFD and PDF, seals, signed index, verification.

pub mod art;
pub mod assets;
pub mod calendar;
pub mod fill;
pub mod fonts;
pub mod id;
pub mod index;
pub mod issue;
pub mod layout;
pub mod length;
pub mod mask;
pub mod page;
pub mod qr;
pub mod record;
pub mod render;
pub mod seal_art;
pub mod template;
pub mod trust;
pub mod verify;
