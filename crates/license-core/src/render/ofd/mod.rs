//! Pages → OFD (GB/T 33190).
