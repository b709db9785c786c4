//! The checksum database: which one vouches for toolchains, the way to it, and what is kept of it.
//!
//! `goward-sumdb` knows what is proven; here are Go's variables, the server, the store's files and what a
//! toolchain is as a module.

mod access;
mod gosumdb;
mod kept;
mod module;
mod proxies;
mod server;
mod tree;
mod vouched;

pub(crate) use access::Access;
pub(crate) use gosumdb::Database;
pub use module::Module;
pub(crate) use proxies::{MAX_PROXIES, Proxies, Proxy, with_scheme};
pub use vouched::Vouched;
pub(crate) use vouched::h1_of_zip;
