//! Brings Go toolchains into the store.
