//! Decides which Go toolchain an invocation gets, and what its process is given.
//!
//! One noun per module, and the pipeline is a reading order:
//!
//! 1. [`Invocation`]: what was typed: `+SELECTOR`, `-C DIR`, the tool.
//! 2. [`Environment`]: the caller's true environment, an outer shim's changes taken back.
//! 3. [`Chain`]: every source that may select (`.goenv`, the go/env file, `.go-version`,
//!    `go.work`, `go.mod`), read in one walk up the directories.
//! 4. [`Selection`]: the first level that names a toolchain, with its [`Source`] (file and line).
//! 5. [`Resolution`](resolve::Resolution): what the store, other installs and PATH have for it.
//! 6. [`Plan`] and [`Launch`]: what to execute and what changes in its environment.
//!
//! [`decide`] runs all six. A [`Survey`] keeps what the first three found, for whoever has more than
//! one question: the plan, the default, and the [`trace`] of all levels.
//!
//! The crate links no `std`, has no dependencies, and reaches the world only through the trait
//! [`Host`], so that every rule can be tested in memory and the shim stays as small as the system
//! allows. It never writes, prints, waits for the network or starts anything.
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod accounts;
mod chain;
mod child;
mod consent;
mod decide;
mod default;
mod environment;
mod error;
mod floors;
mod go_line;
mod go_refuses;
mod goenv;
mod goenvfile;
mod gotoolchain;
mod gotrees;
mod home;
mod host;
mod invocation;
mod layers;
mod level;
mod line;
mod list;
mod manager;
mod miss;
mod modfile;
mod name;
pub mod path;
mod pinfile;
mod policy;
mod printable;
mod proxies;
mod range;
pub mod resolve;
mod roots;
mod select;
mod selection;
mod selector;
mod shell_word;
pub mod soundness;
mod source;
mod standing;
mod survey;
pub mod switch;
mod switching;
mod system;
mod target;
pub mod text;
mod tier;
pub mod trace;
mod trust;
mod trusted_paths;
mod version;
mod walk;
mod wanted;

pub use chain::{Chain, Refusals};
pub use decide::{Launch, Plan, decide, refuse_borrowed_rights};
pub use environment::{Caller, EnvChange, Environment, MARKER, Policy};
pub use error::{Code, Error, Refusal, on_one_line};
pub use go_line::GoLine;
pub use go_refuses::GoRefusal;
pub use goenv::{Goenv, Setting};
pub use goenvfile::GoEnvFile;
pub use gotoolchain::{Gotoolchain, Mode};
pub use gotrees::{GoTree, GoTrees, Keeper};
pub use home::Home;
pub use host::{
    ACCESS_LIST, Ancestor, Facts, FileId, FileText, Host, Kind, Listed, Node, Os, Owner,
    Privileges, ROOT, ReadError, SHIM_MAGIC, SHIM_VERSION, shim_version,
};
pub use invocation::{Invocation, Tool};
pub use layers::Layers;
pub use level::ChainLevel;
pub use manager::sound_manager;
pub use modfile::{Directive, Feature, Floor, ModuleFile};
pub use name::ToolchainName;
pub use pinfile::{PIN_LIMIT, Pin, PinFile, Syntax};
pub use policy::Minimum;
pub use printable::{escaped, is_plain, quoted, shown};
pub use proxies::PUBLIC_PROXIES;
pub use range::{Range, SelectorError};
pub use roots::{DEFAULT, LINKS, Link, Roots, SHIMS, SYSTEM_ROOT, TOOLCHAINS, TRUST, program};
pub use selection::{Selection, Want};
pub use selector::Selector;
pub use shell_word::{shown_word, word};
pub use source::{Origin, Source};
pub use standing::PassedOver;
pub use survey::Survey;
pub use system::{goroot_of, system_program};
pub use tier::Tier;
pub use trust::{is_trusted, trust_record, trust_subject};
pub use trusted_paths::TrustedPaths;
pub use version::Version;
pub use walk::{ENV_LIMIT, MOD_LIMIT, Unread};
