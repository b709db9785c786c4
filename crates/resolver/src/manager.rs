//! The manager that belongs to a shim, and whether it can be asked.

use crate::environment::Environment;
use crate::host::{Host, Kind, Os};
use crate::miss::Miss;
use crate::path::{join, parent};
use crate::roots::root_of;
use crate::soundness;
use crate::text;
use crate::trusted_paths::TrustedPaths;
use alloc::string::String;
use alloc::vec::Vec;

/// Where the manager of a shim lies: `<root>/bin/goward` for `<root>/shims/go`, else in the shim's
/// own directory, as in a build tree.
fn manager_of(os: Os, shim: &[u8]) -> Option<Vec<u8>> {
    let name = text!("goward{}", os.exe_suffix());
    Some(match root_of(os, shim) {
        Some(root) => join(os, root, &text!("bin/{}", name)),
        None => join(os, parent(os, shim)?, &name),
    })
}

/// The manager of the shim `shim`, if there is one and no user but the caller and root can change
/// it; else why it cannot be asked to install anything.
pub fn sound_manager(host: &dyn Host, shim: &[u8]) -> Result<Vec<u8>, String> {
    let none = || String::from(Miss::NO_MANAGER);
    let manager = manager_of(host.os(), shim).ok_or_else(none)?;
    if !matches!(host.kind(&manager), Kind::File { .. }) {
        return Err(none());
    }
    let dir = parent(host.os(), &manager).unwrap_or_default();
    let trusted = || {
        let trusted = TrustedPaths::read(&Environment::new(host));
        trusted.is_ok_and(|trusted| trusted.hold(host, dir))
    };
    // A user with write access to a directory on the way can exchange its files at any moment.
    for path in [root_of(host.os(), shim).unwrap_or(dir), dir, &manager] {
        if let Some((facts, Some(fault))) = soundness::examine(host, path)
            && !trusted()
        {
            let why = soundness::refusal(host, path, &facts, fault);
            return Err(text!("cannot install anything: {}", why));
        }
    }
    Ok(manager)
}
