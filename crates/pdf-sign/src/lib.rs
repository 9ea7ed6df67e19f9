//! Byte-range signatures over any PDF: prepare, finish, inspect. Knows no cryptography and no license.
