//! The way up from the current directory, by which most files of a walk are looked for.

use super::syscall::{self, Dir};
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::ffi::CStr;

/// How many directories above its lower end a rung reaches. Each step up in a path costs the
/// kernel a tenth of looking a name up at all, and each rung costs a call.
const REACH: usize = 19;
const UPWARDS: usize = REACH * 3;
/// Room for a name with its NUL.
const NAME: usize = 15;
/// The way up that far.
const WAY_UP: [u8; UPWARDS + NAME] =
    *b"../../../../../../../../../../../../../../../../../../../\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

/// The current directory, and later the highest directory that was opened above it.
pub(super) struct Ladder {
    rung: Cell<Rung>,
    /// Every directory opened so far. They stay open till the exec closes them, which is cheaper
    /// than closing each, unless descriptors run out.
    opened: RefCell<Vec<Dir>>,
    /// [`WAY_UP`] and the name that was looked for last.
    path: RefCell<[u8; UPWARDS + NAME]>,
}

#[derive(Clone, Copy)]
struct Rung {
    dir: Dir,
    /// How many directories it lies above the current one.
    level: usize,
}

impl Ladder {
    pub(super) fn new() -> Ladder {
        let rung = Rung { dir: Dir::CURRENT, level: 0 };
        let (opened, path) = (RefCell::new(Vec::new()), RefCell::new(WAY_UP));
        Ladder { rung: Cell::new(rung), opened, path }
    }

    /// Gives all descriptors back, and starts from the bottom again; whether there were any.
    pub(super) fn release(&self) -> bool {
        self.rung.set(Rung { dir: Dir::CURRENT, level: 0 });
        let opened = self.opened.take();
        opened.iter().for_each(|dir| dir.close());
        !opened.is_empty()
    }

    /// Whether there is certainly no file `name` in the directory that lies `up` levels above the
    /// current one, asked by a path like `../../name`: a third of what it costs to look an
    /// absolute path up.
    ///
    /// Any other answer than that there is no such file, be it for want of permission, is left to
    /// the absolute path, which is what Go looks at.
    pub(super) fn lacks(&self, up: usize, name: &str) -> bool {
        let rung = self.rung_below(up);
        let steps = up.checked_sub(rung.level).filter(|steps| *steps <= REACH);
        let (Some(steps), Ok(mut path)) = (steps, self.path.try_borrow_mut()) else { return false };
        let end = UPWARDS + name.len();
        let Some(place) = path.get_mut(UPWARDS..=end) else { return false };
        place[..name.len()].copy_from_slice(name.as_bytes());
        place[name.len()] = 0;
        syscall::is_absent(rung.dir, &path[UPWARDS - 3 * steps..=end])
    }

    /// The rung to start from; the next one if that is within reach.
    fn rung_below(&self, up: usize) -> Rung {
        let rung = self.rung.get();
        let next = rung.level + REACH;
        if up < next {
            return rung;
        }
        let way_up = CStr::from_bytes_until_nul(&WAY_UP).ok();
        if let Some(dir) = way_up.and_then(|way_up| rung.dir.open(way_up).ok()) {
            self.rung.set(Rung { dir, level: next });
            self.opened.borrow_mut().push(dir);
        }
        self.rung.get()
    }
}
