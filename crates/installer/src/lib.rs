//! Brings Go toolchains into the store, and removes them.
//!
//! ```text
//! find ─► lock ─► source ─► fetch ─► hash ─► inflate ─► unpack ─► verify ─► check ─► publish ─► link
//! index,          who       one thread each side of a small       digest    VERSION,  syncfs,
//! table           vouches   ring, into a private directory        by trust  files     one rename
//! ```
//!
//! An [`Installer`] does it: [`Installer::find`] turns a [`Query`] into a [`Release`] by the mirrors'
//! indexes or the compiled-in table; [`Installer::install`] does the rest. A toolchain is installed when its directory exists: the one
//! rename of `publish` makes it appear whole or not at all, and takes a proof of
//! verification that only `verify` can make. Nothing here prints, reads configuration or
//! asks; who calls gives a [`Store`], [`Settings`] and a [`Progress`].

// Closes the environment of the tests.
#[cfg(test)]
use goward_testkit as _;

mod assurance;
mod audit;
mod authority;
mod canonical;
mod checkpoint;
mod clock;
mod database;
mod digests;
mod error;
mod fetch;
mod format;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod hash;
mod install;
mod installer;
mod mirror;
mod platform;
mod progress;
mod query;
mod random;
pub mod read;
mod selfupdate;
mod shown;
pub mod signals;
mod store;
mod tree;
mod unpack;

pub use assurance::Assurance;
pub use audit::{Audit, Difference, DifferenceKind, Extent, Glance};
pub use canonical::canonical;
pub use database::{Module, Vouched};
pub use digests::{Digest, RELEASES_AS_OF, is_known_release, known_releases};
pub use error::{Error, ErrorKind};
pub use fetch::credentials::Credentials;
pub use fetch::date::day;
pub use fetch::policy::Limits;
pub use fetch::url::redact;
pub use format::Format;
pub use goward_sumdb::{H1, Summary, Unsummed};
pub use install::Installed;
pub use install::build::Build;
pub use install::build::bootstrap::{Bootstrap, enough};
pub use install::build::checkout::{Checkout, build_checkout};
pub use install::local::Local;
pub use installer::Installer;
pub use mirror::Mirror;
pub use mirror::index::ask::Reach;
pub use mirror::index::{Entry, Index};
pub use mirror::release::Release;
pub use mirror::settings::Settings;
pub use platform::Platform;
pub use progress::{Progress, Silent, Stage};
pub use query::{Artifact, Query};
pub use selfupdate::{Dist, ReleaseVersion, SelfUpdate, Signed};
pub use shown::Shown;
pub use store::cached::CachedToolchain;
pub use store::consent::Consent;
pub use store::dismantle::plan::{Dismantling, Stay};
pub use store::layout::CONFIG;
pub use store::original::Original;
pub use store::program::Program;
pub use store::prune::{Use, last_use, size_of};
pub use store::receipt::Receipt;
pub use store::replace;
pub use store::{Store, Toolchain};
