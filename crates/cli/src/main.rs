//! The `goward` command.
fn main() {}
