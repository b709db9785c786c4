//! Brings Go toolchains into the store, and removes them.
//!
//! ```text
//! find ─► lock ─► source ─► fetch ─► hash ─► inflate ─► unpack ─► verify ─► check ─► publish ─► link
//! index,          who       one thread each side of a small       digest    VERSION,  syncfs,
//! table           vouches   ring, into a private directory        by trust  files     one rename
//! ```
//!
//! [`find()`] turns a [`Want`] into a [`Release`] by the mirrors' indexes or the compiled-in
//! table; [`install()`] does the rest. A toolchain is installed when its directory exists: the one
//! rename of `publish` makes it appear whole or not at all, and takes a proof of
//! verification that only `verify` can make. Nothing here prints, reads configuration or
//! asks; who calls gives [`Settings`] and a [`Progress`].

// Closes the environment of the tests.
#[cfg(test)]
use goward_testkit as _;

mod audit;
mod bring;
mod build;
mod canonical;
mod check;
mod checkpoint;
mod clock;
mod credentials;
mod database;
mod digests;
mod dismantle;
mod displace;
mod error;
mod fetch;
mod file_list;
mod find;
mod format;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod goproxy;
mod hash;
mod index;
mod install;
mod installer;
mod link;
mod local;
mod lock;
mod mirror;
mod outage;
mod owner;
mod platform;
mod progress;
mod prune;
mod publish;
mod random;
pub mod read;
mod receipt;
mod release;
mod replace;
mod settings;
mod shown;
mod source;
mod space;
mod staging;
mod store;
mod template;
pub mod temporary;
mod trust;
mod uninstall;
mod unpack;
mod url;
mod verify;
mod want;

pub use audit::{Audit, Difference, DifferenceKind, Extent, Witness};
pub use bring::bring;
pub use build::{Bootstrap, Build, Checkout, build_checkout, enough, remove_checkout};
pub use canonical::canonical;
pub use credentials::Credentials;
pub use database::{Module, Vouched};
pub use digests::{Digest, known_releases};
pub use dismantle::{Dismantling, Stay};
pub use error::{Error, ErrorKind};
pub use find::find;
pub use format::Format;
pub use index::{Entry, Index};
pub use install::{Installed, build, install, reinstall};
pub use installer::Installer;
pub use local::{Local, install_local};
pub use mirror::Mirror;
#[cfg(unix)]
pub use owner::fault_of;
pub use platform::Platform;
pub use progress::{Progress, Silent, Stage};
pub use prune::{CachedToolchain, Use, last_use, remove_other, size_of};
pub use receipt::Receipt;
pub use release::Release;
pub use settings::{Limits, Settings};
pub use shown::Shown;
pub use store::{Store, Toolchain};
pub use trust::Trust;
pub use want::Want;
