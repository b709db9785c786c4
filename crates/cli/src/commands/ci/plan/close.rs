//! Takes from other users the right to write to a tree of the tool cache. GitHub's images leave all of it open, and
//! a Go that another user can change is none that goward runs.

#[cfg(unix)]
use std::fs::{self, Metadata};
use std::path::Path;
use std::process::{Command, Stdio};

/// A tree, and the tool cache that it is in.
#[derive(Clone, Copy)]
pub(super) struct Tree<'a> {
    pub(super) goroot: &'a Path,
    pub(super) tools: &'a Path,
}

/// The writing bits of the group and of all others.
#[cfg(unix)]
const OTHERS: u32 = 0o022;
/// Only the owner of an entry may take it away.
#[cfg(unix)]
const STICKY: u32 = 0o1000;

impl Tree<'_> {
    /// Does so as the owner; where `hosted`, as root, which GitHub's own machines let each job be. Whether it was
    /// done.
    ///
    /// The directories around the tree stay open, since actions put other tools there: they only become sticky, so
    /// that no other user can take the tree away.
    pub(super) fn close(self, hosted: bool) -> bool {
        self.as_owner().is_ok() || hosted && self.as_root()
    }

    #[cfg(unix)]
    fn as_owner(self) -> std::io::Result<()> {
        // From the top down: in a directory that is closed nothing can be exchanged any more.
        for directory in self.around() {
            change(directory, |mode| if mode & OTHERS == 0 { mode } else { mode | STICKY })?;
        }
        change(self.goroot, |mode| mode & !OTHERS)?;
        let mut open = vec![self.goroot.to_owned()];
        while let Some(directory) = open.pop() {
            for entry in fs::read_dir(directory)? {
                let entry = entry?;
                let (path, kind) = (entry.path(), entry.file_type()?);
                if kind.is_dir() || kind.is_file() {
                    change(&path, |mode| mode & !OTHERS)?;
                }
                if kind.is_dir() {
                    open.push(path);
                }
            }
        }
        Ok(())
    }

    #[cfg(not(unix))]
    fn as_owner(self) -> std::io::Result<()> {
        Err(std::io::ErrorKind::Unsupported.into())
    }

    fn as_root(self) -> bool {
        let around: Vec<&Path> = self.around().into_iter().filter(|dir| is_open(dir)).collect();
        let sticky = around.is_empty() || chmod(&["+t"], &around);
        sticky && chmod(&["-R", "go-w"], &[self.goroot])
    }

    /// The directories from the tool cache down to the tree, without the tree.
    fn around(&self) -> Vec<&Path> {
        let tools = goward_installer::canonical(self.tools).unwrap_or_default();
        let above = self.goroot.ancestors().skip(1);
        let mut around: Vec<&Path> = above.take_while(|dir| dir.starts_with(&tools)).collect();
        around.reverse();
        around
    }
}

/// Runs chmod as root, if sudo asks for no password.
fn chmod(how: &[&str], paths: &[&Path]) -> bool {
    let mut command = Command::new("/usr/bin/sudo");
    command.args(["-n", "--", "/bin/chmod"]).args(how).arg("--").args(paths);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    goward_installer::signals::give(&mut command);
    command.status().is_ok_and(|status| status.success())
}

#[cfg(unix)]
fn mode(found: &Metadata) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&found.permissions())
}

#[cfg(unix)]
fn is_open(directory: &Path) -> bool {
    directory.symlink_metadata().is_ok_and(|found| mode(&found) & OTHERS != 0)
}

#[cfg(not(unix))]
fn is_open(_directory: &Path) -> bool {
    false
}

/// Gives a file or directory the mode that `new` makes of its own.
#[cfg(unix)]
fn change(path: &Path, new: impl Fn(u32) -> u32) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let old = mode(&path.symlink_metadata()?);
    match new(old) {
        same if same == old => Ok(()),
        new => fs::set_permissions(path, fs::Permissions::from_mode(new & 0o7777)),
    }
}
