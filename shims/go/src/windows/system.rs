//! The functions of kernel32 that `std` does not offer, and all of this package's `unsafe` code on
//! Windows. Names and layouts are those of the Windows headers (`processthreadsapi.h`,
//! `jobapi2.h`, `winnt.h`, `consoleapi.h`).
#![expect(unsafe_code, reason = "processes, jobs and console events have no safe interface")]

use std::ffi::c_void;
use std::io;
use std::mem;
use std::os::windows::io::{AsRawHandle as _, FromRawHandle as _, OwnedHandle, RawHandle};
use std::ptr;
use std::time::Duration;

const STD_HANDLES: [u32; 3] = [-10_i32 as u32, -11_i32 as u32, -12_i32 as u32];
const HANDLE_FLAG_INHERIT: u32 = 1;
const STARTF_USESTDHANDLES: u32 = 0x100;
/// The field of the standard input means a hot key instead.
const STARTF_USEHOTKEY: u32 = 0x200;
const DETACHED_PROCESS: u32 = 0x8;
const EXTENDED_STARTUPINFO_PRESENT: u32 = 0x80000;
const PROC_THREAD_ATTRIBUTE_JOB_LIST: usize = 0x2000D;
const INFINITE: u32 = u32::MAX;
const WAIT_FAILED: u32 = u32::MAX;
const CTRL_BREAK_EVENT: u32 = 1;
const JOB_OBJECT_EXTENDED_LIMIT_INFORMATION: i32 = 9;
const JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK: u32 = 0x1000;
const JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE: u32 = 0x2000;

/// `STARTUPINFOW`.
#[repr(C)]
struct StartupInfo {
    size: u32,
    reserved: *mut u16,
    desktop: *mut u16,
    title: *mut u16,
    /// Place and size of a window, its buffer and colours.
    window: [u32; 7],
    flags: u32,
    show_window: u16,
    /// What C runtimes hand on about open files.
    runtime_size: u16,
    runtime: *mut u8,
    streams: [RawHandle; 3],
}

/// `STARTUPINFOEXW`.
#[repr(C)]
struct ExtendedStartupInfo {
    info: StartupInfo,
    attributes: *mut c_void,
}

/// `PROCESS_INFORMATION`.
#[repr(C)]
struct ProcessInformation {
    process: RawHandle,
    thread: RawHandle,
    process_id: u32,
    thread_id: u32,
}

/// `JOBOBJECT_EXTENDED_LIMIT_INFORMATION` with the two structures in it.
#[repr(C)]
#[derive(Default)]
struct ExtendedLimits {
    user_times: [i64; 2],
    flags: u32,
    working_set: [usize; 2],
    processes: u32,
    affinity: usize,
    classes: [u32; 2],
    transfers: [u64; 6],
    memory: [usize; 4],
}

#[link(name = "kernel32")]
unsafe extern "system" {
    fn GetCommandLineW() -> *const u16;
    fn SetEnvironmentVariableW(name: *const u16, value: *const u16) -> i32;
    fn GetStdHandle(which: u32) -> RawHandle;
    fn SetHandleInformation(handle: RawHandle, mask: u32, flags: u32) -> i32;
    fn GetStartupInfoW(info: *mut StartupInfo);
    fn GetCurrentProcess() -> RawHandle;
    fn GetPriorityClass(process: RawHandle) -> u32;
    fn GetConsoleCP() -> u32;
    fn SetConsoleCtrlHandler(handler: Option<extern "system" fn(u32) -> i32>, add: i32) -> i32;
    fn CreateProcessW(
        application: *const u16,
        line: *mut u16,
        process_attributes: *const c_void,
        thread_attributes: *const c_void,
        inherit_handles: i32,
        flags: u32,
        environment: *const c_void,
        directory: *const u16,
        startup: *const ExtendedStartupInfo,
        information: *mut ProcessInformation,
    ) -> i32;
    fn CreateJobObjectW(attributes: *const c_void, name: *const u16) -> RawHandle;
    fn SetInformationJobObject(
        job: RawHandle,
        class: i32,
        information: *const ExtendedLimits,
        size: u32,
    ) -> i32;
    fn InitializeProcThreadAttributeList(
        list: *mut c_void,
        count: u32,
        flags: u32,
        size: *mut usize,
    ) -> i32;
    fn UpdateProcThreadAttribute(
        list: *mut c_void,
        flags: u32,
        attribute: usize,
        value: *const c_void,
        size: usize,
        previous: *mut c_void,
        returned: *mut usize,
    ) -> i32;
    fn DeleteProcThreadAttributeList(list: *mut c_void);
    fn WaitForSingleObject(handle: RawHandle, milliseconds: u32) -> u32;
    fn GetExitCodeProcess(process: RawHandle, code: *mut u32) -> i32;
}

/// Windows' yes or no.
fn check(done: i32) -> io::Result<()> {
    if done == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

fn with_nul(units: &[u16]) -> Vec<u16> {
    units.iter().copied().chain([0]).collect()
}

/// The command line of this process, as it was given.
pub(super) fn command_line() -> &'static [u16] {
    // SAFETY: the function takes nothing and gives a string that ends with 0; it lives as long as
    // the process, and nothing here writes to it.
    unsafe {
        let line = GetCommandLineW();
        let mut len = 0;
        while *line.add(len) != 0 {
            len += 1;
        }
        std::slice::from_raw_parts(line, len)
    }
}

/// Sets or removes a variable of this process. The system finds it in any case, keeps the
/// spelling and the place that it had, and hands all of them on to a child.
pub(super) fn set_variable(name: &[u16], value: Option<&[u16]>) -> io::Result<()> {
    let (name, value) = (with_nul(name), value.map(with_nul));
    let value = value.as_ref().map_or(ptr::null(), |value| value.as_ptr());
    // SAFETY: both are strings that end with 0, or null; they outlive the call. No other thread
    // reads the environment.
    let done = unsafe { SetEnvironmentVariableW(name.as_ptr(), value) };
    match check(done) {
        // To remove what is not there is an error of its own.
        Err(_) if value.is_null() => Ok(()),
        done => done,
    }
}

/// Lets Ctrl-C and Ctrl-Break pass this process by. The child gets them as well, and decides.
pub(super) fn leave_events_to_the_child() -> io::Result<()> {
    // SAFETY: the handler is a function that lives as long as the process and touches nothing.
    check(unsafe { SetConsoleCtrlHandler(Some(on_event), 1) })
}

/// Runs on a thread of its own. When the window closes or the user logs off, the system ends a
/// process as soon as its handler returns: the child's time to clean up is ours to wait.
extern "system" fn on_event(event: u32) -> i32 {
    while event > CTRL_BREAK_EVENT {
        std::thread::sleep(Duration::from_secs(60));
    }
    1
}

/// A child that runs.
pub(super) struct Child {
    process: OwnedHandle,
}

/// Starts `program` with the command line `line`. It gets every inheritable handle, the standard
/// streams, the console or the lack of one, the priority, and whatever else this process was
/// started with. It is in the job from its first moment.
pub(super) fn start(program: &[u16], line: &[u16], job: Option<&Job>) -> io::Result<Child> {
    let (program, mut line) = (with_nul(program), with_nul(line));
    let attributes = job.map(Attributes::for_job).transpose()?;
    let list = attributes.as_ref().map_or(ptr::null_mut(), Attributes::list);
    let mut startup = ExtendedStartupInfo { info: startup(), attributes: list };
    startup.info.size = size_of::<ExtendedStartupInfo>() as u32;
    let mut made = mem::MaybeUninit::<ProcessInformation>::uninit();
    // SAFETY: program and line are strings that end with 0, and line is ours to be written to; the
    // null pointers stand for defaults; startup and made are what the function takes and fills, and
    // the attributes live till its return.
    let done = unsafe {
        CreateProcessW(
            program.as_ptr(),
            line.as_mut_ptr(),
            ptr::null(),
            ptr::null(),
            1,
            EXTENDED_STARTUPINFO_PRESENT | inherited_flags(),
            ptr::null(),
            ptr::null(),
            &startup,
            made.as_mut_ptr(),
        )
    };
    check(done)?;
    // SAFETY: the call succeeded, so the structure is filled, and both handles are ours.
    unsafe {
        let made = made.assume_init();
        drop(OwnedHandle::from_raw_handle(made.thread));
        Ok(Child { process: OwnedHandle::from_raw_handle(made.process) })
    }
}

/// How this process was started, for another one; with its standard streams.
fn startup() -> StartupInfo {
    let mut info = mem::MaybeUninit::<StartupInfo>::zeroed();
    // SAFETY: the function fills the structure and cannot fail; zeroes are valid in it.
    let mut info = unsafe {
        GetStartupInfoW(info.as_mut_ptr());
        info.assume_init()
    };
    info.flags = (info.flags & !STARTF_USEHOTKEY) | STARTF_USESTDHANDLES;
    // SAFETY: the functions take any handle, also none; what cannot be inherited is not there for
    // the child either.
    unsafe {
        info.streams = STD_HANDLES.map(|which| GetStdHandle(which));
        for stream in info.streams {
            SetHandleInformation(stream, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
        }
    }
    info
}

/// What a child does not inherit by itself: a high priority, and to have no console, in whose
/// place it would get a new one with a window.
fn inherited_flags() -> u32 {
    // SAFETY: the functions take nothing but the process's own pseudo handle.
    unsafe {
        let detached = if GetConsoleCP() == 0 { DETACHED_PROCESS } else { 0 };
        GetPriorityClass(GetCurrentProcess()) | detached
    }
}

impl Child {
    /// Waits for its end and gives its exit code, all 32 bits of it.
    pub(super) fn wait(&self) -> io::Result<u32> {
        let mut code = 0;
        // SAFETY: the handle is open, and code is there to be written to.
        unsafe {
            if WaitForSingleObject(self.process.as_raw_handle(), INFINITE) == WAIT_FAILED {
                return Err(io::Error::last_os_error());
            }
            check(GetExitCodeProcess(self.process.as_raw_handle(), &mut code))?;
        }
        Ok(code)
    }
}

/// A job that ends when its handle is closed, which the system does for a process that is killed.
pub(super) struct Job {
    handle: OwnedHandle,
}

impl Job {
    /// A job for one process, and for nothing that it starts. Jobs nest: one that this process is
    /// in holds for the child as well.
    pub(super) fn new() -> io::Result<Job> {
        // SAFETY: null stands for no name and for a handle that no child inherits; the structure has
        // the layout that its class says; the handle is open.
        unsafe {
            let handle = CreateJobObjectW(ptr::null(), ptr::null());
            if handle.is_null() {
                return Err(io::Error::last_os_error());
            }
            let handle = OwnedHandle::from_raw_handle(handle);
            let flags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK;
            let limits = ExtendedLimits { flags, ..ExtendedLimits::default() };
            let size = size_of::<ExtendedLimits>() as u32;
            let class = JOB_OBJECT_EXTENDED_LIMIT_INFORMATION;
            check(SetInformationJobObject(handle.as_raw_handle(), class, &limits, size))?;
            Ok(Job { handle })
        }
    }
}

/// A list of one attribute for a process to be made: its job.
struct Attributes<'j> {
    /// As many bytes as the system asks for, aligned as pointers are.
    room: Vec<usize>,
    /// The list points at the handle.
    _job: &'j Job,
}

impl<'j> Attributes<'j> {
    fn for_job(job: &'j Job) -> io::Result<Attributes<'j>> {
        let mut size = 0;
        // SAFETY: without a list the function only says how large one is.
        unsafe { InitializeProcThreadAttributeList(ptr::null_mut(), 1, 0, &mut size) };
        let mut room = vec![0_usize; size.div_ceil(size_of::<usize>())];
        let list = room.as_mut_ptr().cast();
        // SAFETY: the list has the room that was asked for.
        check(unsafe { InitializeProcThreadAttributeList(list, 1, 0, &mut size) })?;
        let attributes = Attributes { room, _job: job };
        // SAFETY: the list is initialised. What it points at, the handle in the borrowed job, lives
        // longer than the list, and an OwnedHandle has the layout of a handle.
        check(unsafe {
            UpdateProcThreadAttribute(
                list,
                0,
                PROC_THREAD_ATTRIBUTE_JOB_LIST,
                ptr::from_ref(&job.handle).cast(),
                size_of::<RawHandle>(),
                ptr::null_mut(),
                ptr::null_mut(),
            )
        })?;
        Ok(attributes)
    }

    fn list(&self) -> *mut c_void {
        self.room.as_ptr().cast_mut().cast()
    }
}

impl Drop for Attributes<'_> {
    fn drop(&mut self) {
        // SAFETY: the list was initialised.
        unsafe { DeleteProcThreadAttributeList(self.list()) };
    }
}

// A wrong layout would be no error, but limits and streams that are not there.
#[cfg(target_pointer_width = "64")]
const _: () = assert!(
    size_of::<ExtendedStartupInfo>() == 112
        && size_of::<ProcessInformation>() == 24
        && size_of::<ExtendedLimits>() == 144
);
