//! Digests, keys, signature algorithms (SM2, ECDSA, RSA, Ed25519), X.509 paths, CMS. Knows no document.
