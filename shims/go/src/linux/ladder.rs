//! The way up from the current directory, by which most files of a walk are looked for.

use super::handle::Handle;
use alloc::vec::Vec;
use core::ffi::CStr;
use goward_resolver::path::ancestors;
use goward_resolver::{Ancestor, Os};

/// How many directories above and below itself a rung serves. Each step in a path, be it `..` or
/// a name, costs the kernel a tenth of looking a file up at all, and each rung costs a call.
const ABOVE: usize = 10;
const BELOW: usize = 10;
/// From one rung to the next.
const STRIDE: usize = ABOVE + 1 + BELOW;
/// The way up that far.
const WAY_UP: &CStr = c"../../../../../../../../../../../../../../../../../../../../../";

/// The current directory, and later the highest directory that was opened above it.
pub(crate) struct Ladder {
    rung: Rung,
    /// Every directory opened so far.
    opened: Vec<Handle>,
    /// The ancestor that is being looked through.
    ancestor: Option<usize>,
    /// The directory from which it is looked through; none if no rung serves it.
    from: Option<Handle>,
    /// The way from there, and behind it the name that was looked for last.
    path: Vec<u8>,
    way: usize,
}

#[derive(Clone, Copy)]
struct Rung {
    dir: Handle,
    /// How many directories it lies above the current one.
    ancestor: usize,
    /// The length of its path, with which the paths of all directories below it begin; unknown if no
    /// file is looked for there any more.
    length: Option<usize>,
}

/// The current directory. Nothing of a walk lies below it.
const FOOT: Rung = Rung { dir: Handle::CURRENT, ancestor: 0, length: None };

impl Ladder {
    #[inline]
    pub(crate) fn new() -> Ladder {
        // Room for most ways and names, so that it never moves.
        let (opened, path) = (Vec::new(), Vec::with_capacity(64));
        Ladder { rung: FOOT, opened, ancestor: None, from: None, path, way: 0 }
    }

    /// Gives all descriptors back, and starts from the bottom again; whether there were any.
    #[inline]
    pub(crate) fn release(&mut self) -> bool {
        let any = !self.opened.is_empty();
        self.opened.iter().for_each(|dir| dir.close());
        *self = Ladder::new();
        any
    }

    /// Whether there is certainly no file `name` in a directory above the current one, asked by a
    /// path like `../../name` or `b/c/name` from a directory near it. That costs a third of the lookup
    /// of an absolute path.
    ///
    /// Any other answer than that there is no such file, be it for want of permission, is left to
    /// the absolute path, which is what Go looks at.
    pub(crate) fn lacks(&mut self, ancestor: &Ancestor<'_>, name: &str) -> bool {
        if self.ancestor != Some(ancestor.up) {
            self.ancestor = Some(ancestor.up);
            self.path.clear();
            self.from = self.approach(ancestor);
            self.way = self.path.len();
        }
        self.path.truncate(self.way);
        self.path.extend_from_slice(name.as_bytes());
        self.path.push(0);
        self.from.is_some_and(|dir| dir.lacks(&self.path))
    }

    /// Writes the shortest way to an ancestor, and says where it begins.
    fn approach(&mut self, ancestor: &Ancestor<'_>) -> Option<Handle> {
        let distant = ancestor.up > self.rung.ancestor + ABOVE;
        if ancestor.left < if distant { ABOVE } else { ancestor.up.abs_diff(self.rung.ancestor) } {
            return self.down(Handle::CURRENT, ancestor.dir);
        }
        if distant && let Some(next) = self.rung.next(ancestor) {
            self.rung = next;
            self.opened.push(next.dir);
        }
        match ancestor.up.checked_sub(self.rung.ancestor) {
            Some(steps) => {
                self.path.extend_from_slice(WAY_UP.to_bytes().get(..3 * steps)?);
                Some(self.rung.dir)
            }
            None => self.down(self.rung.dir, ancestor.dir.get(self.rung.length? + 1..)?),
        }
    }

    fn down(&mut self, from: Handle, way: &[u8]) -> Option<Handle> {
        self.path.extend_from_slice(way);
        if !way.ends_with(b"/") {
            self.path.push(b'/');
        }
        Some(from)
    }
}

impl Rung {
    /// The rung above this one, if it is of use for `ancestor`. The root may be one, too.
    fn next(self, ancestor: &Ancestor<'_>) -> Option<Rung> {
        let next = self.ancestor + STRIDE;
        let length = match next.checked_sub(ancestor.up) {
            // The root is the one directory whose path ends with the slash that follows the others.
            Some(above) => {
                let path = ancestors(Os::Linux, ancestor.dir).nth(above)?;
                Some(path.strip_suffix(b"/").unwrap_or(path).len())
            }
            None => None,
        };
        let dir = self.dir.step(WAY_UP).ok()?;
        Some(Rung { dir, ancestor: next, length })
    }
}
