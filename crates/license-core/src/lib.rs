//! Electronic licenses: templates, layout, OFD and PDF, seals, signed index, verification.
