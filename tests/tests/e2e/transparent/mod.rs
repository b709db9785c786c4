//! Behind the shim everything is as without it, to the byte: for real Go, its output and its exit
//! status; for any program, every fact of the process as which it starts.

#[cfg(target_os = "linux")]
mod arguments;
#[cfg(target_os = "linux")]
mod descriptors;
#[cfg(target_os = "linux")]
mod directories;
#[cfg(target_os = "linux")]
mod environment;
#[cfg(target_os = "linux")]
mod home;
#[cfg(target_os = "linux")]
mod identity;
#[cfg(target_os = "linux")]
mod limits;
#[cfg(target_os = "linux")]
mod load;
#[cfg(target_os = "linux")]
mod mounts;
#[cfg(target_os = "linux")]
mod signals;
#[cfg(target_os = "linux")]
mod start;
#[cfg(target_os = "linux")]
mod status;
#[cfg(target_os = "linux")]
mod terminal;
mod toolchain;
