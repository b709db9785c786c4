//! The resolver's door to the world, on top of system calls.

use super::handle::{self, Handle, Stat};
use super::ladder::Ladder;
use super::process::{Lasting, Memory, Process};
use super::read::{DT_DIR, DT_LNK, DT_UNKNOWN, entries, other, read_all, read_into};
use super::syscall::{self, EACCES, EAGAIN, ELOOP, EMFILE, ENAMETOOLONG, ENOENT, ENOTDIR, Errno};
use crate::variables::Variables;
use alloc::ffi::CString;
use alloc::vec::Vec;
use core::cell::{OnceCell, RefCell};
use core::ffi::CStr;
use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::ops::Deref;
use goward_resolver::accounts::{self, UserDatabase};
use goward_resolver::path::{is_absolute, join, join_bytes};
use goward_resolver::{
    ACCESS_LIST, Ancestor, Facts, FileId, FileText, Host, Kind, Listed, Node, Os, Owner,
    Privileges, ReadError, SHIM_MAGIC,
};

/// Every shim of ours is smaller, unless it has debug information; every real `go` and `gofmt` is
/// larger.
const LARGEST_SHIM: u64 = if cfg!(debug_assertions) { 64 << 20 } else { 1 << 20 };
/// So many milliseconds the holder of a lease on a file may take to give it up.
const LEASE: usize = 100;
/// A file changed less than this many nanoseconds ago may still be being written.
const FRESH: u64 = 300_000_000;

/// This machine, as a process sees it. Each thread has one of its own.
pub struct LinuxHost<P: Process> {
    process: P,
    cwd: OnceCell<Option<Vec<u8>>>,
    exe: OnceCell<Option<Vec<u8>>>,
    ladder: RefCell<Ladder>,
    /// Every file that a brief process has opened so far; none of them is looked into again.
    opened: RefCell<Vec<Handle>>,
    /// The last program that was searched for the magic.
    program: RefCell<Vec<u8>>,
    database: UserDatabase,
}

impl LinuxHost<Lasting> {
    /// For a process that lives on, with the variables that it is to see.
    pub fn new(variables: impl IntoIterator<Item = (Vec<u8>, Vec<u8>)>) -> LinuxHost<Lasting> {
        LinuxHost::of(Lasting::new(Variables::new(variables)))
    }

    /// Looks as the executable at that path would.
    pub fn stand_in_for(&mut self, exe: Vec<u8>) {
        self.exe = OnceCell::from(Some(exe));
    }
}

impl<P: Process> LinuxHost<P> {
    /// For that process.
    #[inline(always)]
    pub fn of(process: P) -> LinuxHost<P> {
        let (cwd, exe, ladder) = (OnceCell::new(), OnceCell::new(), RefCell::new(Ladder::new()));
        let (opened, program) = (RefCell::default(), RefCell::default());
        let database = UserDatabase::default();
        LinuxHost { process, cwd, exe, ladder, opened, program, database }
    }

    pub(crate) fn process(&self) -> &P {
        &self.process
    }

    /// Opens something; where descriptors run out, once more without those opened before.
    fn open(&self, open: &dyn Fn() -> Result<Handle, Errno>) -> Result<Open<P>, Errno> {
        // The holder of a lease, such as a file server, gets a moment to give it up.
        let (mut opened, mut left) = (open(), LEASE);
        while left > 0 && opened == Err(Errno(EAGAIN)) {
            syscall::pause();
            (opened, left) = (open(), left - 1);
        }
        let handle = match opened {
            Err(Errno(EMFILE)) if self.release() => open()?,
            opened => opened?,
        };
        if P::BRIEF {
            self.opened.borrow_mut().push(handle);
        }
        Ok(Open(handle, PhantomData))
    }

    /// Gives all descriptors back; whether there were any.
    pub(crate) fn release(&self) -> bool {
        let of_ladder = self.ladder.try_borrow_mut().is_ok_and(|mut ladder| ladder.release());
        let files = self.opened.take();
        files.iter().for_each(|file| file.close());
        of_ladder || !files.is_empty()
    }

    fn read_open(&self, file: Handle, limit: usize) -> Result<FileText, ReadError> {
        let stat = file.stat().map_err(other)?;
        if stat.is_directory() {
            return Err(ReadError::Directory);
        }
        if !stat.is_file() && !stat.is_null() {
            return Err(ReadError::NotRegular);
        }
        if stat.size > limit as u64 {
            return Err(ReadError::TooLarge);
        }
        let bytes = read_all::<P::Memory>(file, stat.size as usize, limit)?;
        // If the text is not as long as `stat` has just said, a process is rewriting the file.
        let changing = bytes.len() as u64 != stat.size;
        let young = || syscall::now().abs_diff(stat.modified) < FRESH;
        let fresh = stat.is_file() && !bytes.ends_with(b"\n") && (changing || young());
        let owner = Owner::of(self, stat.owner);
        Ok(FileText { bytes, owner, facts: facts(stat, file.has_list(stat)), link: None, fresh })
    }
}

impl<P: Process> Host for LinuxHost<P> {
    fn system(&self) -> Os {
        Os::HERE
    }

    fn arch(&self) -> &str {
        if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" }
    }

    fn var(&self, key: &str) -> Option<&[u8]> {
        self.process.var(key)
    }

    fn cwd(&self) -> Option<Vec<u8>> {
        let physical = || {
            let mut cwd = handle::getcwd::<P::Memory>().ok()?;
            cwd.pop();
            // A directory that is not below our root is reported as "(unreachable)/…".
            is_absolute(Os::Linux, &cwd).then_some(cwd)
        };
        if P::BRIEF { self.cwd.get_or_init(physical).clone() } else { physical() }
    }

    fn exe(&self) -> Option<Vec<u8>> {
        let exact = || handle::readlink::<P::Memory>(c"/proc/self/exe").ok();
        self.exe.get_or_init(|| self.executed().or_else(exact)).clone()
    }

    fn user_database(&self) -> &UserDatabase {
        &self.database
    }

    fn home_of(&self, user: u32) -> Option<Vec<u8>> {
        // The file is the system's own and no FIFO, so to open it never waits.
        let path = Name::<P::Memory>::new(accounts::PASSWD)?;
        let file = self.open(&|| Handle::open(&path)).ok()?;
        accounts::home_of(user, &mut |text| {
            text.reserve(accounts::PIECE);
            file.read(text).ok()
        })
    }

    fn home(&self) -> Option<Vec<u8>> {
        match self.var("HOME") {
            Some(home) if !home.is_empty() => is_absolute(Os::Linux, home).then(|| home.to_vec()),
            _ => self.home_of(self.user()).filter(|home| is_absolute(Os::Linux, home)),
        }
    }

    fn read(&self, path: &[u8], limit: usize) -> Result<Option<FileText>, ReadError> {
        let Some(path) = Name::<P::Memory>::new(path) else { return Ok(None) };
        match self.open(&|| Handle::open(&path)) {
            Ok(file) => {
                drop(path);
                self.read_open(*file, limit).map(Some)
            }
            Err(error) => explain_open(&path, error),
        }
    }

    fn read_entry(&self, path: &[u8], limit: usize) -> Result<Option<FileText>, ReadError> {
        let Some(entry) = Name::<P::Memory>::new(path) else { return Ok(None) };
        match self.open(&|| Handle::open_entry(&entry)) {
            Ok(file) => {
                drop(entry);
                return self.read_open(*file, limit).map(Some);
            }
            Err(Errno(ELOOP)) => {}
            Err(error) => return explain_open(&entry, error),
        }
        // A link is looked at before it is followed. If it is gone by then, it counts as a stranger's.
        let link = self.entry(path).filter(Facts::is_link).map_or(u32::MAX, |link| link.owner);
        Ok(self.read(path, limit)?.map(|text| text.through_link(self, link)))
    }

    fn may_exist(&self, ancestor: &Ancestor<'_>, name: &str) -> bool {
        if ancestor.physical {
            let Ok(mut ladder) = self.ladder.try_borrow_mut() else { return true };
            // Since the last walk the directories above may have been exchanged.
            if !P::BRIEF && ancestor.up == 0 {
                ladder.release();
            }
            return !ladder.lacks(ancestor, name);
        }
        let mut path = join(Os::Linux, ancestor.dir, name);
        path.push(0);
        let lacks = Handle::CURRENT.lacks(&path);
        P::Memory::give_back(path);
        !lacks
    }

    fn kind(&self, path: &[u8]) -> Kind {
        match stat::<P::Memory>(path) {
            None => Kind::Absent,
            Some(stat) if stat.is_directory() => Kind::Directory,
            Some(stat) if stat.is_file() => Kind::File { executable: stat.mode & 0o111 != 0 },
            Some(_) => Kind::Other,
        }
    }

    fn identity(&self, path: &[u8]) -> Option<FileId> {
        let stat = stat::<P::Memory>(path)?;
        Some(FileId { volume: stat.device, index: stat.inode })
    }

    fn canonical(&self, path: &[u8]) -> Option<Vec<u8>> {
        // The kernel knows the answer: it is where the handle's link leads.
        let path = Name::<P::Memory>::new(path)?;
        let file = self.open(&|| Handle::open_path(&path)).ok()?;
        let mut link = *b"/proc/self/fd/\0\0\0\0\0\0\0\0\0\0\0";
        file.render(&mut link[14..24]);
        handle::readlink::<P::Memory>(CStr::from_bytes_until_nul(&link).ok()?).ok()
    }

    fn list(&self, dir: &[u8]) -> Vec<Listed> {
        let Some(path) = Name::<P::Memory>::new(dir) else { return Vec::new() };
        let Ok(handle) = self.open(&|| Handle::open_directory(&path)) else { return Vec::new() };
        let mut names = Vec::new();
        // Less than a page: of a larger frame the compiler touches every page.
        let mut room = [MaybeUninit::uninit(); 4000];
        while let Ok(records @ [_, ..]) = handle.entries(&mut room) {
            for entry in entries(records) {
                let path = || join_bytes(Os::Linux, dir, entry.name);
                // Some file systems do not tell.
                let unknown = || self.entry(&path()).is_some_and(|facts| facts.is_link());
                let link = entry.kind == DT_LNK || (entry.kind == DT_UNKNOWN && unknown());
                let directory = match entry.kind {
                    DT_DIR => true,
                    DT_LNK | DT_UNKNOWN => {
                        stat::<P::Memory>(&path()).is_some_and(Stat::is_directory)
                    }
                    _ => false,
                };
                if directory {
                    names.push(Listed { name: entry.name.to_vec(), link });
                }
            }
        }
        names
    }

    fn entry(&self, path: &[u8]) -> Option<Facts> {
        let path = Name::<P::Memory>::new(path)?;
        let stat = handle::stat_link(&path).ok()?;
        Some(facts(stat, handle::has_list(&path, stat)))
    }

    fn link(&self, path: &[u8]) -> Option<Vec<u8>> {
        handle::readlink::<P::Memory>(&Name::<P::Memory>::new(path)?).ok()
    }

    fn target(&self, path: &[u8]) -> Option<Facts> {
        let path = Name::<P::Memory>::new(path)?;
        let stat = handle::stat(&path).ok()?;
        Some(facts(stat, handle::has_list(&path, stat)))
    }

    fn user(&self) -> u32 {
        self.process.identity().user
    }

    fn privileges(&self) -> Privileges {
        self.process.identity().privileges
    }

    fn has_shim_magic(&self, path: &[u8]) -> bool {
        let Some(path) = Name::<P::Memory>::new(path) else { return false };
        let Ok(file) = self.open(&|| Handle::open(&path)) else { return false };
        let size = match file.stat() {
            Ok(stat) if stat.is_file() && stat.size <= LARGEST_SHIM => stat.size as usize,
            _ => return false,
        };
        // PATH may have many programs to look through, and a shim's memory is never given back.
        let mut bytes = self.program.borrow_mut();
        bytes.clear();
        read_into::<P::Memory>(&mut bytes, *file, size, LARGEST_SHIM as usize).is_ok()
            && bytes.windows(SHIM_MAGIC.len()).any(|window| window == SHIM_MAGIC)
    }

    fn pause(&self) {
        syscall::pause();
    }
}

impl<P: Process> LinuxHost<P> {
    /// The path that was executed, if that is the executable's true one: then it need not be asked
    /// of `/proc`, where the first look of a process costs a fifth of all.
    fn executed(&self) -> Option<Vec<u8>> {
        let path = self.process.executed()?;
        let text = path.to_bytes();
        let plain = |part: &[u8]| !matches!(part, b"" | b"." | b"..");
        let clean = text.strip_prefix(b"/")?.split(|byte| *byte == b'/').all(plain);
        (clean && self.open(&|| Handle::open_true_path(path)).is_ok()).then(|| text.to_vec())
    }
}

/// Something that was opened. A brief process leaves it to its end to close it.
struct Open<P: Process>(Handle, PhantomData<P>);

impl<P: Process> Deref for Open<P> {
    type Target = Handle;

    fn deref(&self) -> &Handle {
        &self.0
    }
}

impl<P: Process> Drop for Open<P> {
    fn drop(&mut self) {
        if !P::BRIEF {
            self.0.close();
        }
    }
}

impl<P: Process> Drop for LinuxHost<P> {
    fn drop(&mut self) {
        if !P::BRIEF {
            self.release();
        }
    }
}

/// A path in the form that the kernel takes, for the calls of one function: it ends with the one NUL that is in it.
struct Name<M: Memory>(Vec<u8>, PhantomData<M>);

impl<M: Memory> Name<M> {
    /// `None` if no file can have that name.
    fn new(path: &[u8]) -> Option<Name<M>> {
        CString::new(path).ok().map(|path| Name(path.into_bytes_with_nul(), PhantomData))
    }
}

impl<M: Memory> Deref for Name<M> {
    type Target = CStr;

    fn deref(&self) -> &CStr {
        // SAFETY: the bytes come from a C string.
        unsafe { CStr::from_bytes_with_nul_unchecked(&self.0) }
    }
}

impl<M: Memory> Drop for Name<M> {
    fn drop(&mut self) {
        M::give_back(core::mem::take(&mut self.0));
    }
}

fn facts(stat: Stat, listed: bool) -> Facts {
    let node = match stat {
        stat if stat.is_link() => Node::Link,
        stat if stat.is_directory() => Node::Directory,
        stat if stat.is_file() => Node::File,
        _ => Node::Other,
    };
    let list = if listed { ACCESS_LIST } else { 0 };
    Facts { node, owner: stat.owner, group: stat.group, mode: stat.mode & 0o7777 | list }
}

fn stat<M: Memory>(path: &[u8]) -> Option<Stat> {
    handle::stat(&Name::<M>::new(path)?).ok()
}

/// Why a file could not be opened: absent, or there and unreadable.
fn explain_open(path: &CStr, error: Errno) -> Result<Option<FileText>, ReadError> {
    match error.0 {
        // A name longer than the system can have names nothing.
        ENOENT | ENOTDIR | ENAMETOOLONG => Ok(None),
        ELOOP => Err(ReadError::LinkLoop),
        number => match handle::stat(path) {
            Ok(stat) if stat.is_directory() => Err(ReadError::Directory),
            // Sockets cannot be opened.
            Ok(stat) if !stat.is_file() => Err(ReadError::NotRegular),
            Ok(_) if number == EACCES => Err(ReadError::Denied),
            // A directory that may not be searched counts as empty.
            Err(_) if number == EACCES => Ok(None),
            // Descriptors have run out, but `stat` still tells that the file is absent.
            Err(Errno(ENOENT | ENOTDIR)) => Ok(None),
            _ => Err(ReadError::Other(number)),
        },
    }
}
