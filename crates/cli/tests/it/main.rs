//! `goward` from outside: each test has a machine of its own, with a mirror of tiny releases.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test ends with the first surprise")]

mod adopted;
mod answers;
mod completed;
mod defaults;
mod demands;
mod examples;
mod explain;
mod first_go;
mod formats;
mod help;
mod hints;
mod imports;
mod in_place;
mod itself;
mod later;
mod life;
mod limits;
mod machine;
mod mirrors;
mod newest;
mod pair;
mod pins;
mod projects;
mod prune;
mod removals;
mod rights;
mod seen;
mod setup;
mod shells;
mod situations;
mod startup;
mod store;
mod strangers;
mod toolchains;
mod umask;
mod unfit;
mod upgrade;
mod wishes;
mod words;
mod workspaces;
