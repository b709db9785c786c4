//! The shim `go`.
fn main() {}
