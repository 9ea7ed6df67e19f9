//! The templates and fonts that ship with the product, bundled or from a directory.
